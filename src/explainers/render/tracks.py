"""The captions and chapters tracks, as WebVTT."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.kinds.base import Stretch
from explainers.plan import ChapterPlan, CuePlan
from explainers.theme import design_scale
from explainers.timing import timecode

FOOT = 192.0
"""Design units at the frame's bottom that belong to statement and footer."""

_LINE_SHARE = 6.0
"""Percent of the frame's height that players give a caption line."""


def captions_vtt(cues: Sequence[CuePlan], canvas: Stretch) -> str:
    """The captions; each stands above the statement, a second line pushing it up."""
    blocks = [_block(cue.start_s, cue.end_s, cue.text, f" line:{_line(cue, canvas)}%") for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def chapters_vtt(chapters: Sequence[ChapterPlan], duration_s: float) -> str:
    """The chapters; each lasts until the next one begins, the last until the video ends."""
    starts = [chapter.start_s for chapter in chapters]
    ends = [*starts[1:], duration_s][: len(starts)]
    blocks = [_block(one.start_s, end, one.title) for one, end in zip(chapters, ends, strict=True)]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def escaped(text: str) -> str:
    """Text as cue payload: no markup, no arrow that would read as a timing line, no empty line."""
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    return "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _line(cue: CuePlan, canvas: Stretch) -> int:
    height = canvas.height / design_scale(canvas.width, canvas.height)
    return int((1 - FOOT / height) * 100 - _LINE_SHARE * (cue.text.count("\n") + 1))


def _block(start_s: float, end_s: float, text: str, settings: str = "") -> str:
    return f"{timecode(start_s, hours=True)} --> {timecode(end_s, hours=True)}{settings}\n{escaped(text)}"
