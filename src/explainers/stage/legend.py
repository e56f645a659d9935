"""A legend of classes: swatches with outlines (dark colours are seen on dark ground), words, and shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.compositor.labels import LabelClass
from explainers.compositor.layer import Note, Track
from explainers.stage import shapes
from explainers.stage.handle import Group, Handle
from explainers.stage.marks import BarLayer
from explainers.stage.shapes import Box
from explainers.theme import LABEL
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.stage.ink import Ink
    from explainers.stage.stage import Stage

SWATCH, GAP, LARGEST_STEP = 44.0, 20.0, 66.0
GROW_S = 0.9


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


def share_bars(
    stage: Stage,
    rows: Sequence[Row],
    values: Sequence[float],
    texts: Sequence[str],
    after: float,
    start_s: float,
) -> Group:
    """A bar and a number for each line: bars begin `after` from the left and share one scale from zero.

    Where there is no room for bars only the numbers are seen. Gives the numbers.
    """
    number = max(stage.text_width(text, LABEL, mono=True) for text in texts)
    room = rows[0].box.width - after - GAP - number
    most = max(values) or 1.0
    numbers = []
    for index, (row, value, text) in enumerate(zip(rows, values, texts, strict=True)):
        when = start_s + 0.06 * index
        right = row.box.right
        if room >= 120:
            left = row.box.left + after
            thick = min(30.0, row.box.height * 0.5)
            middle = row.box.center[1]
            bar = Box(left, middle - thick / 2, left + room * value / most, middle + thick / 2)
            growth = Track(0.0).to(1.0, when, GROW_S, ease_in_out)
            color, background = stage.theme.fill("baseline"), stage.theme.background
            note = stage.data_note(text, color)
            stage.drawn(
                BarLayer(bar, stage.scale, color, background, growth, Track(1.0), radius=5, note=note)
            )
        words = stage.middle(text, right, row.box.center[1], LABEL, anchor="right", mono=True, z=6)
        numbers.append(words.enter(when + GROW_S * 0.4, dy=0))
    return Group(numbers)
