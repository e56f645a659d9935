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


def find(subject: Rendered) -> Iterator[Finding]:
    wanted = [" ".join(cue.text.split()) for cue in subject.plan.cues]
    for track in subject.manifest.captions:
        words = _words(subject.file(track.file))
        if words is None:
            message = f"the captions {track.file} are not there"
            yield subject.at_file(CODE, SEVERITY, message, track.file, fix="render again")
            continue
        there = {cue.line for cue in subject.manifest.cues}
        missing = [cue for cue in wanted if cue not in there or cue not in words]
        if missing:
            message = (
                f"{len(missing)} of {len(wanted)} captions are not in {track.file}, the first: {missing[0]!r}"
            )
            yield subject.at_file(CODE, SEVERITY, message, track.file, fix="render again")
        if any(cue.text.count("\n") > 1 for cue in subject.manifest.cues):
            message = f"{track.file} has a caption of more than two lines"
            yield subject.at_file(CODE, SEVERITY, message, track.file, fix="split it")
    yield from _transcript(subject)
    if not subject.manifest.poster.alt.strip():
        message = "the poster has no alternative text"
        yield subject.at_file(CODE, SEVERITY, message, "manifest.json", fix="render again")


def _words(path: Path) -> str | None:
    """All words of a captions file in one line; None where it can't be read."""
    try:
        return " ".join(html.unescape(path.read_text(encoding="utf-8")).split())
    except (OSError, UnicodeDecodeError):
        return None


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
