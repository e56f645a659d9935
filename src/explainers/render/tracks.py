"""The words beside a video: captions and chapters as WebVTT, and the transcript as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explainers.facts.ledger import Fact
from explainers.kinds.base import ShotPlan, Stretch
from explainers.plan import ChapterPlan, CuePlan, Plan
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


def transcript(plan: Plan) -> str:
    """Title, a section a shot with its time, statements and captions, then the facts and sources."""
    lines = [f"# {_plain(plan.title)}", ""]
    if plan.description:
        lines += [_plain(plan.description), ""]
    for shot in plan.shots:
        lines += _shot(plan, shot)
    if facts := [fact for name, fact in plan.facts.facts.items() if name in plan.facts_used]:
        lines += ["## Numbers", "", *(_fact(plan, fact) for fact in facts), ""]
    if plan.sources:
        lines += ["## Sources", ""]
        for source in plan.sources.values():
            link = f" <{source.url}>" if source.url else ""
            lines.append(f"- {_plain(source.citation)} ({source.kind}).{link}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _shot(plan: Plan, shot: ShotPlan) -> list[str]:
    start_s = plan.start_frames[shot.id] / shot.canvas.fps
    times = f"{clock(start_s)} to {clock(start_s + shot.duration_s)}"
    lines = [f"## {_plain(shot.title or _heading(shot))}", "", f"*{times}*", ""]
    statements = [shot.statement, *(beat.statement for beat in shot.beats)]
    for statement in dict.fromkeys(text for text in statements if text):
        lines += [f"**{_plain(statement)}**", ""]
    if said := " ".join(cue.text.replace("\n", " ") for cue in plan.cues if cue.shot_id == shot.id):
        lines += [_plain(said), ""]
    if shot.footer:
        lines += [f"Source: {_plain(shot.footer)}", ""]
    return lines


def _heading(shot: ShotPlan) -> str:
    """The words of a shot without a title: its large line where its kind has one, else its id."""
    heading = getattr(shot.params, "heading", None)
    return heading if isinstance(heading, str) else shot.id


def _fact(plan: Plan, fact: Fact) -> str:
    unit = f" {fact.unit}" if fact.unit else ""
    origin = f"table {fact.table}, {fact.expression}" if fact.table else fact.expression
    where = ", ".join(f"{column} = {_value(value)}" for column, value in fact.where.items())
    places = [
        plan.sources[name].label or plan.sources[name].citation
        for name in fact.sources
        if name in plan.sources
    ]
    details = "; ".join(part for part in (origin, where, ", ".join(places)) if part)
    return f"- {fact.name}: {_plain(fact.text + unit)}" + (f" ({_plain(details)})" if details else "")


def _value(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def clock(seconds: float) -> str:
    """`M:SS`, to the second."""
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02d}"


def _plain(text: str) -> str:
    """Text that Markdown takes as words."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)
