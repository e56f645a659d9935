"""Bars on an axis that does not start at zero, without a mark.

A bar's length is its message; on a cut axis it lies. An axis may be cut where the shot says so on
screen: in the axis' own mark, in the statement, or in a note. A kind that always marks a cut axis itself
says so with `MARKS_CUT_AXES = True`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from explainers.check.compared import parts_of
from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "cut-axis"
SEVERITY: Final = "error"

_START = re.compile(r"(axis_|x_|y_|value_)?(min|start|from|low|origin)_?(value)?$")
_SAID = re.compile(
    r"\b(cut|does not start|doesn't start|starts? at|begins? at|truncated|zoomed)\b", re.IGNORECASE
)
_BARS = ("bars", "bar", "columns", "stacked")


def find(subject: Words) -> Iterator[Finding]:
    for shot in subject.plan.shots:
        if subject.plan.kinds[shot.kind].marks_cut_axes:
            continue
        for path, part in parts_of(shot.params):
            name, start = _axis_start(part, path)
            if name is None or start == 0 or not _draws_bars(shot.kind, shot.params, path):
                continue
            said = " ".join(text.text for text in subject.of_shot(shot.id) if text.seen)
            if _SAID.search(said) or getattr(part, "cut", None):
                continue
            message = f"the bars' axis starts at {start:g}, not at zero, and nothing on screen says so"
            loc = (*subject.shot_locs[shot.id], *path, name)
            fix = "start at zero, or say in the statement that the axis is cut and why"
            yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)


def _axis_start(part: Any, path: tuple[str | int, ...]) -> tuple[str | None, float]:
    """The field of an axis' start and its value; None where the part is no axis or does not cut."""
    axis = bool(path) and ("axis" in str(path[-1]) or path[-1] in ("x", "y"))
    for name in type(part).model_fields:
        value = getattr(part, name)
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        if numeric and _START.fullmatch(name) and (axis or "axis" in name or name[:2] in ("x_", "y_")):
            return name, float(value)
    return None, 0.0


def _draws_bars(kind: str, params: Any, path: tuple[str | int, ...]) -> bool:
    """Whether the numbers on an axis are shown as lengths: the panel it belongs to says with what marks it
    draws, else the kind or its fields are named after bars."""
    enclosing = [part for where, part in parts_of(params) if path[: len(where)] == where]
    marks = [mark for part in enclosing if isinstance(mark := getattr(part, "mark", None), str)]
    if marks:
        return marks[-1] in _BARS
    return kind in _BARS or any(getattr(params, name, None) for name in _BARS)
