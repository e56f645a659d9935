"""What was recorded so far, on disk, and the run it becomes: a line a finished request, for Ctrl-C.

The first line is the plan of the recording; a resumed one must have the same. Each session writes its own
line, and its times start where the last one's ended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from explainers.errors import Diagnostic, InvalidInput
from explainers.record.endpoint import Endpoint
from explainers.runs.model import TOKENS_INTERPOLATED, Counter, Provenance, Run, Totals
from explainers.runs.reading import LoggedRequest, assembled, spread_tokens, totals_of

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


def run_of(
    journal: Journal,
    order: list[str],
    endpoint: Endpoint,
    settings: dict[str, str],
    words: tuple[str, str, str],
) -> Run:
    """The run of a journal, requests in the dataset's order. `words`: label, hardware, dataset."""
    place = {each: index for index, each in enumerate(order)}
    records = sorted(journal.done, key=lambda each: place.get(each["id"], len(place)))
    rows = [_logged(each) for each in records]
    requests, tokens = assembled(rows, zero_s=0.0)
    label, hardware, dataset = words
    api = "chat" if endpoint.chat else "completions"
    provenance = Provenance(
        system=f"OpenAI-compatible server ({api})",
        label=label,
        model=endpoint.model,
        hardware=hardware,
        dataset=dataset,
        settings=settings,
        source="explainers record",
    )
    return Run(
        provenance,
        totals_of(requests, Totals(requests=len(order))),
        _caveats(journal, records, rows, len(order)),
        requests=requests,
        tokens=tokens,
        counters=_retries(records),
    )


def _logged(record: dict[str, Any]) -> LoggedRequest:
    at_s = record["at_s"]
    count = record.get("output_tokens")
    row = LoggedRequest(record["id"], record["arrival_s"], record["start_s"], finish_s=record["finish_s"])
    row.prompt_tokens = -1 if record.get("prompt_tokens") is None else int(record["prompt_tokens"])
    row.error = record.get("error") or (None if at_s else "no token in the stream")
    # The server's own count is right where several tokens come in a piece; a cut stream has none.
    row.output_tokens = int(count) if count and at_s else len(at_s)
    if at_s:
        row.first_token_s = at_s[0]
        even = row.output_tokens != len(at_s)
        row.token_s = spread_tokens(at_s, row.output_tokens) if even else np.array(at_s)
        pieces = record.get("pieces")
        row.pieces = pieces if pieces and not even else None
        row.text = "".join(pieces) if pieces else None
    return row


def _caveats(
    journal: Journal, records: list[dict[str, Any]], rows: list[LoggedRequest], requests: int
) -> tuple[str, ...]:
    caveats = []
    even = sum(len(each["at_s"]) != row.output_tokens for each, row in zip(records, rows, strict=True))
    if even:
        caveats.append(f"{TOKENS_INTERPOLATED} in {even} of {len(rows)} requests: several tokens in a chunk")
    if any(each.get("output_tokens") is None and each["at_s"] and not each.get("error") for each in records):
        caveats.append("the server gave no token counts: one token a chunk assumed")
    if len(rows) < requests:
        caveats.append(f"interrupted: {len(rows)} of {requests} requests")
    if journal.sessions > 1:
        caveats.append(f"recorded in {journal.sessions} sessions, one after the other")
    if failed := sum(row.error is not None for row in rows):
        caveats.append(f"{failed} requests ended in an error")
    if retried := sum(bool(each.get("retries")) for each in records):
        caveats.append(f"{retried} requests were sent again")
    return tuple(caveats)


def _retries(records: list[dict[str, Any]]) -> dict[str, Counter]:
    """Sending again over time, at the moment the request was over; nothing where there was none."""
    again = sorted((float(each["finish_s"]), int(each["retries"])) for each in records if each.get("retries"))
    if not again:
        return {}
    moments, counts = zip(*again, strict=True)
    return {"retries": Counter(np.array(moments), np.cumsum(counts).astype(np.float64))}
