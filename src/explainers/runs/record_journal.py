"""What was recorded so far, on disk: a line a finished request, so that nothing is lost to Ctrl-C.

The first line is the plan of the recording; a resumed one must have the same. Each session writes its own
line, and its times start where the last one's ended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from explainers.errors import Diagnostic, InvalidInput

SUFFIX = ".part.jsonl"


@dataclass
class Journal:
    """An open journal. `done` are the records of requests that need not be sent again."""

    path: Path
    done: list[dict[str, Any]] = field(default_factory=list)
    sessions: int = 0
    offset_s: float = 0.0
    _file: IO[str] | None = None

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record; it is on disk when this returns."""
        assert self._file is not None
        self._file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._file.flush()

    def add(self, record: dict[str, Any]) -> None:
        """Add a finished request."""
        self.done.append(record)
        self.write(record)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def open_journal(path: Path, plan: Mapping[str, Any], resume: bool) -> Journal:
    """Start a journal, or, with `resume`, go on with the one that is there.

    Raises InvalidInput where one is there and `resume` is not set, or where its plan is another.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    journal = Journal(path)
    if path.exists() and path.stat().st_size:
        if not resume:
            message = f"{path} holds an unfinished recording; go on with --resume or remove it"
            raise InvalidInput([Diagnostic("unfinished-recording", message)])
        _read(journal, plan)
    journal.sessions += 1
    new = not (path.exists() and path.stat().st_size)
    journal._file = path.open("a", encoding="utf-8")
    if new:
        journal.write({"plan": dict(plan)})
    journal.write({"session": journal.sessions, "offset_s": journal.offset_s})
    return journal


def _read(journal: Journal, plan: Mapping[str, Any]) -> None:
    text = journal.path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        # Cut in the middle of its last line: that request is sent again.
        journal.path.write_text("".join(lines[:-1]), encoding="utf-8")
        lines = lines[:-1]
    try:
        records = [json.loads(line) for line in lines if line.strip()]
        before = records[0]["plan"] if records else dict(plan)
        journal.sessions = sum("session" in each for each in records)
        journal.done = [each for each in records if "id" in each and not each.get("interrupted")]
        journal.offset_s = max((float(each["finish_s"]) for each in journal.done), default=0.0)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InvalidInput([Diagnostic("bad-journal", f"{journal.path} can't be read: {error}")]) from error
    for name, value in plan.items():
        if before.get(name) != value:
            message = f"{journal.path.name} was recorded with {name} {before.get(name)!r}, not {value!r}"
            raise InvalidInput([Diagnostic("other-recording", message)])
