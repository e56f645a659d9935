"""Panes that are compared at different speeds.

Two panes side by side are read as one clock. Where one of them plays faster the comparison is false,
whatever its label says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explainers.check.compared import parts_of, speed_of
from explainers.check.finding import Finding
from explainers.check.subject import Words

CODE: Final = "unequal-speed"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    for shot in subject.plan.shots:
        for path, part in parts_of(shot.params):
            for name in type(part).model_fields:
                entries = getattr(part, name)
                if isinstance(entries, (list, tuple)) and len(entries) > 1:
                    loc = (*subject.shot_locs[shot.id], *path, name)
                    yield from _compared(entries, loc, shot.id, subject)


def _compared(entries: Any, loc: Any, shot: str, subject: Words) -> Iterator[Finding]:
    speeds = [speed_of(entry) for entry in entries]
    # Stretches of one clip follow each other; panes are seen together.
    if all(speed is None for speed in speeds) or any(
        hasattr(one, "until") or hasattr(one, "to") for one in entries
    ):
        return
    factors = [1.0 if speed is None else speed[1] for speed in speeds]
    for index, (speed, factor) in enumerate(zip(speeds, factors, strict=True)):
        if factor != factors[0]:
            message = f"this pane plays at {factor:g}x, the first one at {factors[0]:g}x"
            where = (*loc, index, speed[0]) if speed else (*loc, index)
            fix = "one speed for all panes, or shots of their own"
            yield subject.found(CODE, SEVERITY, message, where, shot=shot, fix=fix)
