"""Rules about what the files show and say."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Rendered
from explainers.facts.numbers import written
from explainers.inputs import content


@rule("slate", "error")
def slate(subject: Rendered) -> Iterator[Finding]:
    """A slate in a final video.

    Missing footage is a slate that names the file. In a draft that is a help; in a final video it is a hole.
    """
    if subject.manifest.quality != "final":
        return
    slates = {shot.id: shot.slates for shot in subject.plan.shots}
    # What the manifest says was drawn counts more than what would be drawn today.
    slates |= {shot.id: shot.slates for shot in subject.manifest.shots if shot.slates is not None}
    for shot_id, missing in slates.items():
        for path in dict.fromkeys(missing):
            message = f"the final video shows a slate for {path}"
            fix = "supply the file, or give the shot a drawn stand-in"
            shot = shot_id if shot_id in subject.words.shot_locs else None
            yield subject.words.found(message, shot=shot, fix=fix)


@rule("table-changed", "error")
def table_changed(subject: Rendered) -> Iterator[Finding]:
    """A number in the render that the table no longer holds.

    The video in the folder shows what its tables said when it was rendered. A fact whose value is another
    today is a number on screen that nobody can find any more.
    """
    facts = subject.words.facts
    for record in subject.manifest.facts:
        name, value = record.name, record.value
        if not isinstance(value, (int, float)):
            continue
        fact = facts.get(name)
        if fact is None:
            message = f"the render shows the fact {name!r}, which the storyboard no longer has"
            yield subject.words.found(message, ("facts",), key=True, fix="render again")
        elif fact.value != value:
            before, now = written(value, fact.format), fact.text
            if before == now:
                before, now = f"{value:.10g}", f"{fact.value:.10g}"
            message = f"the render has {name} = {before}, the data say {now} today"
            yield subject.words.found(message, ("facts", name), key=True, fix="render again")


@rule("tracks-complete", "error")
def tracks_complete(subject: Rendered) -> Iterator[Finding]:
    """Captions, chapters or a transcript that leave something out.

    The captions file has every cue of the storyboard, in at most two lines; the transcript has every shot and
    every number with its source; the poster has alternative text. They are compared with the storyboard as it
    is now, so that an edited caption that was not rendered again is found.
    """
    wanted = [" ".join(cue.text.split()) for cue in subject.plan.cues]
    for track in subject.manifest.captions:
        words = _words(subject.file(track.file))
        if words is None:
            message = f"the captions {track.file} are not there"
            yield subject.at_file(message, track.file)
            continue
        there = {cue.line for cue in subject.manifest.cues}
        missing = [cue for cue in wanted if cue not in there or cue not in words]
        if missing:
            message = (
                f"{len(missing)} of {len(wanted)} captions are not in {track.file}, the first: {missing[0]!r}"
            )
            yield subject.at_file(message, track.file)
        if any(cue.text.count("\n") > 1 for cue in subject.manifest.cues):
            message = f"{track.file} has a caption of more than two lines"
            yield subject.at_file(message, track.file, fix="split it")
    yield from _transcript(subject)
    if not subject.manifest.poster.alt.strip():
        message = "the poster has no alternative text"
        yield subject.at_file(message, "manifest.json")


def _words(path: Path) -> str | None:
    """All words of a captions file in one line; None where it can't be read."""
    try:
        return " ".join(html.unescape(content(path).decode()).split())
    except (OSError, UnicodeDecodeError):
        return None


def _transcript(subject: Rendered) -> Iterator[Finding]:
    name = "transcript.md"
    try:
        text = html.unescape(re.sub(r"\\(.)", r"\1", content(subject.file(name)).decode()))
    except (OSError, UnicodeDecodeError):
        yield subject.at_file("there is no transcript", name)
        return
    for shot in subject.plan.shots:
        lacking = [words for words in (shot.title, shot.statement) if words and words not in text]
        if lacking:
            message = f"the transcript lacks {lacking[0]!r} of the shot {shot.id!r}"
            yield subject.at_file(message, name, shot=shot.id)
    for fact in subject.plan.facts_used:
        if f"{fact}:" not in text:
            message = f"the transcript lacks the number {fact!r}"
            yield subject.at_file(message, name)
