"""Hatching: the ground of what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.stage import shapes
from explainers.stage.box import Box
from explainers.theme import mix

if TYPE_CHECKING:
    from explainers.stage.ink import Ink
    from explainers.stage.stage import Stage

STEP = 17.0


def hatched(stage: Stage, box: Box, radius: float = 10.0) -> list[Ink]:
    """An outlined box with diagonal lines in a quiet colour."""
    color = mix(stage.theme.background, stage.theme.color("muted"), 0.5)
    inks: list[Ink] = [
        shapes.panel(box, mix(stage.theme.background, color, 0.9), stage.theme.panel, radius, 2.0)
    ]
    inner = box.inset(3)
    offset = STEP
    while offset < inner.width + inner.height:
        # A line from the top or right edge down to the left or bottom one.
        start = (min(inner.left + offset, inner.right), inner.top + max(0.0, offset - inner.width))
        end = (inner.left + max(0.0, offset - inner.height), min(inner.top + offset, inner.bottom))
        corner = radius * 0.3
        if abs(start[0] - end[0]) > corner:
            inks.append(shapes.route([start, end], color, 2.0))
        offset += STEP
    return inks
