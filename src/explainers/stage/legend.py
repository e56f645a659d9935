"""A legend of classes: swatches with outlines (dark colours are seen on dark ground), and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.compositor.labels import LabelClass
from explainers.compositor.layer import Note
from explainers.stage import shapes
from explainers.stage.handle import Handle
from explainers.stage.shapes import Box
from explainers.theme import LABEL

if TYPE_CHECKING:
    from explainers.stage.ink import Ink
    from explainers.stage.stage import Stage

SWATCH, GAP, LARGEST_STEP = 44.0, 20.0, 66.0


@dataclass(frozen=True)
class Row:
    """A class's line: its box, and its swatch and words, to be brought on stage."""

    box: Box
    swatch: Handle
    words: Handle


def swatch_ink(box: Box, color: str, outline: str) -> Ink:
    """A square of a class's colour with an outline that is seen on any ground."""
    return shapes.panel(box, outline, color, radius=8, stroke=2.5)


def legend(stage: Stage, classes: Sequence[LabelClass], box: Box, z: float = 5.0) -> list[Row]:
    """One line a class, from the top of `box` down; closer together where it is low."""
    step = min(LARGEST_STEP, box.height / len(classes))
    side = min(SWATCH, step * 0.7)
    rows = []
    for index, one in enumerate(classes):
        lane = Box(box.left, box.top + step * index, box.right, box.top + step * (index + 1))
        square = stage.snapped(
            Box(lane.left, lane.center[1] - side / 2, lane.left + side, lane.center[1] + side / 2)
        )
        note = Note("shape", one.words, color=one.color)
        swatch = stage.mobject(swatch_ink(square, one.color, stage.theme.color("text")), z=z, note=note)
        words = stage.middle(one.words, lane.left + side + GAP, lane.center[1], LABEL, anchor="left", z=z)
        rows.append(Row(lane, swatch, words))
    return rows


def words_width(stage: Stage, classes: Sequence[LabelClass]) -> float:
    """From a line's left to the end of the longest words."""
    return SWATCH + GAP + max(stage.text_width(one.words, LABEL) for one in classes)
