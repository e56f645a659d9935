"""Captions drawn into the picture, for the rendition that asks for it: layers over everything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explainers.film.layer import Layer
from explainers.kinds.base import Stretch
from explainers.plan import CuePlan
from explainers.stage import Box, Stage
from explainers.theme import LABEL, Theme

ABOVE_STATEMENT = 208.0
"""Design units from the frame's bottom edge to the caption's."""

_SIZE, _LEADING, _PADDING, _Z = LABEL + 4.0, 1.3, 18.0, 1000.0


def caption_layers(canvas: Stretch, theme: Theme, cues: Iterable[CuePlan]) -> Sequence[Layer]:
    """Layers that show each cue, with times in the shot, on a panel above the statement."""
    stage = Stage(canvas, theme, max((cue.end_s for cue in cues), default=0.0))
    for cue in cues:
        _caption(stage, cue)
    return tuple(stage.layers)


def _caption(stage: Stage, cue: CuePlan) -> None:
    lines = cue.text.split("\n")
    width = max(stage.text_width(line, _SIZE) for line in lines)
    height = len(lines) * _SIZE * _LEADING
    bottom = stage.height - ABOVE_STATEMENT
    left, right = (stage.width - width) / 2 - _PADDING, (stage.width + width) / 2 + _PADDING
    box = Box(left, bottom - height - _PADDING, right, bottom)
    shown = [stage.panel(box, stage.theme.line, stage.theme.panel, radius=10, stroke=2, z=_Z)]
    for number, line in enumerate(lines):
        middle = box.top + _PADDING / 2 + (number + 0.5) * _SIZE * _LEADING
        shown.append(stage.middle(line, stage.width / 2, middle, _SIZE, z=_Z + 1, over=stage.theme.panel))
    for handle in shown:
        handle.hide().fade(cue.start_s, 1.0, duration_s=0.0).fade(cue.end_s, 0.0, duration_s=0.0)
