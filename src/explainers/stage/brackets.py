"""Brackets between two values, with their difference as a large number: for bars, dots, tracks and charts.

A dotted way leads from the first value to the height of the second, a bracket spans the two, and its leader
ends at a number in free space, with words that say what it is. Lengths are design units, times seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from explainers.compositor.layer import Layer, Track
from explainers.facts.numbers import written
from explainers.stage.marks import LineLayer
from explainers.stage.shapes import Box, Point
from explainers.theme import LABEL, REGULAR, STRONG
from explainers.timing import BRACKET_S, ease_out

if TYPE_CHECKING:
    from explainers.stage.stage import Stage

DRAW_S, NUMBER_S = 0.3 * BRACKET_S, 0.4 * BRACKET_S
"""How long the dotted way and the bracket take to be drawn, each, and the number to arrive."""


@dataclass(frozen=True)
class Bracket:
    """A difference between two values on one scale: from (`x0`, `y0`) a dotted way leads to `level`, where
    the bracket reaches from `x0` to `x1`; it points to its ends with `drop`, and leads on to (`x`, `y`)."""

    x0: float
    y0: float
    x1: float
    level: float
    drop: float
    x: float
    y: float


def difference(before: float, after: float, spec: str) -> str:
    """The difference of two values as written: as a share of the first in a format of per cent."""
    return written(after / before - 1 if "%" in spec else after - before, spec)


def draw_bracket(stage: Stage, one: Bracket, role: str, start_s: float) -> None:
    """Draw the dotted way from `start_s` on, then the bracket with its leader: from cause to effect."""
    color, done = stage.theme.color(role), start_s + DRAW_S

    def line(points: list[Point], begin: float, width: float, dotted: bool = False) -> None:
        drawn = Track(0.0).to(1.0, begin, DRAW_S, ease_out)
        stage.drawn(LineLayer(points, stage.scale, color, drawn, Track(1.0), width, 7.0, dotted=dotted))

    first, last = sorted((one.x0, one.x1))
    line([(one.x0, one.y0), (one.x0, one.level)], start_s, 4.0, dotted=True)
    line([(first, one.level + one.drop), (first, one.level), (one.x, one.level), (one.x, one.y)], done, 5.5)
    line([(last, one.level), (last, one.level + one.drop)], done + DRAW_S * 0.5, 5.5)


@dataclass(frozen=True)
class Said:
    """A large number with its words in a place: sizes chosen so that all fits in `box`."""

    box: Box
    number: str
    size: float
    lines: tuple[tuple[str, int], ...]
    words_size: float = 40.0
    fits: bool = True


def fitted_words(
    stage: Stage, room: Box, number: str, words: str, most: float = 160.0, measure: float = 0.0
) -> Said:
    """The number as large as fits in `room`, with its words under it, at the lower left of the room.

    A line break in `words` parts a strong line from quieter ones; lines are about as wide as the number, or
    up to `measure`.
    """
    size, least = most, 64.0
    while True:
        said = _said(stage, room, number, words, size, measure)
        if said.box.height <= room.height and said.box.width <= room.width:
            return said
        if size <= least:
            return replace(said, fits=False)
        size -= 4.0


def _said(stage: Stage, room: Box, number: str, words: str, size: float, measure: float) -> Said:
    wide = stage.text_width(number, size, STRONG)
    small = max(LABEL, min(37.5, size * 0.3))
    measure = min(room.width, max(measure, 1.16 * wide, 13.0 * small))
    parts = words.split("\n") if words else []
    lines = tuple(
        (line, STRONG if index == 0 and len(parts) > 1 else REGULAR)
        for index, part in enumerate(parts)
        for line in stage.lines(part, measure, small, STRONG if index == 0 and len(parts) > 1 else REGULAR)
    )
    across = max([wide, *(stage.text_width(line, small, weight) for line, weight in lines)])
    high = size * 0.74 + len(lines) * small * 1.22 + (small * 0.55 if lines else 0.0)
    left = room.left
    return Said(Box(left, room.bottom - high, left + across, room.bottom), number, size, lines, small)


def draw_said(stage: Stage, said: Said, role: str, start_s: float) -> list[Layer]:
    """The number arrives, and its words with it; gives their layers."""
    first = len(stage.layers)
    x, y = said.box.left, said.box.top + said.size * 0.74
    # The ink of a large figure begins a little right of its pen.
    stage.words(said.number, x - said.size * 0.05, y, said.size, STRONG, role).enter(
        start_s, dy=28, duration_s=NUMBER_S
    )
    y += said.words_size * 0.35
    for index, (line, weight) in enumerate(said.lines):
        y += said.words_size * 1.22
        words = stage.words(line, x, y, said.words_size, weight)
        words.enter(start_s + 0.08 * (index + 1), dy=24, duration_s=NUMBER_S)
    return stage.layers[first:]
