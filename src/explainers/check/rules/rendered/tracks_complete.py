"""Captions, chapters or a transcript that leave something out.

The captions file has every cue of the storyboard, in at most two lines; the transcript has every shot and
every number with its source; the poster has alternative text. They are compared with the storyboard as it
is now, so that an edited caption that was not rendered again is found.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Rendered

CODE: Final = "tracks-complete"
SEVERITY: Final = "error"

_TIMING = re.compile(r"^\d\d:\d\d(?::\d\d)?\.\d{3} --> ")


def find(subject: Rendered) -> Iterator[Finding]:
    for record in subject.manifest.get("captions", ()):
        name = str(record.get("file", ""))
        cues = _cues(subject.file(name)) if Path(name).name == name else None
        if cues is None:
            yield subject.at_file(
                CODE, SEVERITY, f"the captions {name} are not there", name, fix="render again"
            )
            continue
        wanted = [" ".join(cue.text.split()) for cue in subject.plan.cues]
        missing = [words for words in wanted if words not in {" ".join(cue.split()) for cue in cues}]
        if missing:
            message = f"{len(missing)} of {len(wanted)} captions are not in {name}, the first: {missing[0]!r}"
            yield subject.at_file(CODE, SEVERITY, message, name, fix="render again")
        if any(cue.count("\n") > 1 for cue in cues):
            message = f"{name} has a caption of more than two lines"
            yield subject.at_file(CODE, SEVERITY, message, name, fix="split it")
    yield from _transcript(subject)
    poster = subject.manifest.get("poster")
    if isinstance(poster, dict) and not str(poster.get("alt", "")).strip():
        message = "the poster has no alternative text"
        yield subject.at_file(CODE, SEVERITY, message, "manifest.json", fix="render again")


def _cues(path: Path) -> list[str] | None:
    """The words of each cue of a WebVTT file; None where it can't be read."""
    try:
        blocks = path.read_text(encoding="utf-8").replace("\r\n", "\n").split("\n\n")
    except (OSError, UnicodeDecodeError):
        return None
    found = []
    for block in blocks:
        lines = block.strip().split("\n")
        timing = next((index for index, line in enumerate(lines) if _TIMING.match(line)), None)
        if timing is not None:
            found.append(html.unescape("\n".join(lines[timing + 1 :])))
    return found


def _transcript(subject: Rendered) -> Iterator[Finding]:
    name = "transcript.md"
    try:
        text = re.sub(r"\\(.)", r"\1", subject.file(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        yield subject.at_file(CODE, SEVERITY, "there is no transcript", name, fix="render again")
        return
    for shot in subject.plan.shots:
        lacking = [said for said in (shot.title, shot.statement) if said and said not in text]
        if lacking:
            message = f"the transcript lacks {lacking[0]!r} of the shot {shot.id!r}"
            yield subject.at_file(CODE, SEVERITY, message, name, shot=shot.id, fix="render again")
    for fact in subject.plan.facts_used:
        if f"{fact}:" not in text:
            message = f"the transcript lacks the number {fact!r}"
            yield subject.at_file(CODE, SEVERITY, message, name, fix="render again")
