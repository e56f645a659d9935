"""The transcript: everything that is said, shown and counted, as Markdown."""

from __future__ import annotations

import re

from explainers.facts.ledger import Fact
from explainers.kinds.base import ShotPlan
from explainers.plan import Plan


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
