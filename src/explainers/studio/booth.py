"""The booth's jobs: the lines with their takes, recordings that are taken in, and words that were tapped."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from explainers.inputs import put_file
from explainers.studio.desk import Context
from explainers.studio.files import Refused
from explainers.studio.look import Look, StudioProject
from explainers.voice.lines import Line
from explainers.voice.takes import OWN, RECORDINGS, NoTake, Takes, takes_folder

LONGEST_S = 40.0
"""How long a recording of one line may be; the page stops there."""


def lines(context: Context, studio: StudioProject, look: Look) -> list[dict[str, Any]]:
    """Every line of the video, in order, as the booth shows it."""
    found, takes = _lines(studio, look)
    return [_shown(line, takes) for line in found]


def keep(context: Context, studio: StudioProject, look: Look, line_name: str, sound: bytes) -> dict[str, Any]:
    """Keep a recording of a line, align it and listen to it; the line as it is then.

    Refused where there is no such line, RenderFailed where the recording holds no sound.
    """
    line, takes = _line(studio, look, line_name, make=True)
    if line_name in takes.named:
        raise Refused(f"voice.takes names the recording of {line_name}: {takes.named[line_name].name}", 409)
    path = takes.folder / f"{line_name}{RECORDINGS[0]}"
    before = path.read_bytes() if path.is_file() else None
    takes.folder.mkdir(parents=True, exist_ok=True)
    put_file(path, io.BytesIO(sound))
    try:
        takes.take(line)
    except BaseException:
        # What was there is better than what can't be heard.
        if before is None:
            path.unlink()
        else:
            put_file(path, io.BytesIO(before))
        raise
    return _shown(line, takes)


def drop(context: Context, studio: StudioProject, look: Look, line_name: str) -> dict[str, Any]:
    """Take the author's recording of a line away; the line as it is then."""
    line, takes = _line(studio, look, line_name)
    for ending in RECORDINGS:
        with contextlib.suppress(FileNotFoundError):
            (takes.folder / f"{line_name}{ending}").unlink()
    return _shown(line, takes)


def mark(
    context: Context, studio: StudioProject, look: Look, line_name: str, starts: list[float]
) -> dict[str, Any]:
    """Put the words of a line's take where they were tapped; the line as it is then.

    Refused where there is not a second for every word, each after the one before.
    """
    line, takes = _line(studio, look, line_name)
    length = takes.take(line).duration_s
    rising = all(a < b for a, b in zip(starts, [*starts[1:], length], strict=True))
    if len(starts) != len(line.said) or starts[0] < 0 or not rising:
        raise Refused(f"{line_name} needs {len(line.said)} seconds, one for each word, in their order", 400)
    takes.mark(line, starts)
    return _shown(line, takes)


def sound(context: Context, studio: StudioProject, look: Look, line_name: str) -> str:
    """The path of a line's take; Refused where there is none."""
    try:
        line, takes = _line(studio, look, line_name)
        return str(takes.take(line).path)
    except NoTake as error:
        raise Refused(str(error), 404) from None


JOBS = {"lines": lines, "keep": keep, "drop": drop, "mark": mark, "sound": sound}


def _lines(studio: StudioProject, look: Look, make: bool = False) -> tuple[list[Line], Takes]:
    """The lines of a video, and their takes, which are made where they may be."""
    plan = studio.plan(look, "draft")
    takes = Takes(takes_folder(studio.project, look.video, look.language or ""), make)
    takes.named = plan.recordings
    return [line.line for line in plan.lines], takes


def _line(studio: StudioProject, look: Look, name: str, make: bool = False) -> tuple[Line, Takes]:
    lines, takes = _lines(studio, look, make)
    found = {line.name: line for line in lines}
    if name not in found:
        raise Refused(f"{look.video} has no line {name!r}", 404)
    return found[name], takes


def _shown(line: Line, takes: Takes) -> dict[str, Any]:
    """A line with what its take is like; `said` are its words as they are heard, each with its second."""
    facts: dict[str, Any] = {"name": line.name, "text": line.text, "read": line.voiced, "said": line.said}
    try:
        take = takes.take(line)
    except NoTake as error:
        return facts | {"state": "stale" if error.stale else "none", "longest_s": LONGEST_S}
    return facts | {
        "state": "recorded" if take.engine == OWN else "spoken",
        "by": take.engine,
        "version": take.path.stat().st_mtime_ns,
        "seconds": take.duration_s,
        "differs": take.differs,
        "clipped": take.clipped,
        "unsure": [one.token for one in take.heard if not one.sure],
        "heard": [one.start_s for one in take.heard],
        "longest_s": LONGEST_S,
    }
