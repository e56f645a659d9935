"""Brackets between two values, with their difference as a large number: for bars, dots, tracks and charts.

A dotted way leads from the first value to the height of the second, a bracket spans the two, and its leader
ends at a number in free space, with words that say what it is. Where values change, the bracket goes with
them. Lengths are design units, times seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.facts.numbers import written
from explainers.stage import material
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


@dataclass(eq=False)
class BracketLayer(Layer):
    """A bracket where `place` says that it is, in which `moves` are the times when that changes.

    It lies on whole pixels, so that a frame drawn alone is the same. `drawn` goes from 0 to 1 for the dotted
    way and on to 2 for the bracket with its leader.
    """

    place: Callable[[float], Bracket]
    color: str
    scale: float
    drawn: Track
    shown: Track
    moves: Sequence[Span] = ()
    z: float = 6.0
    note: Note | None = None

    def state(self, t: float) -> Any:
        drawn, opacity = round(self.drawn.at(t), 3), round(self.shown.at(t), 3)
        if not drawn or not opacity:
            return None
        return Bracket(*(round(edge * self.scale) for edge in astuple(self.place(t)))), drawn, opacity

    def alpha(self, state: Any) -> float:
        return float(state[2])

    def box(self, state: Any) -> Rect:
        one, pad = state[0], max(2, round(8 * self.scale))
        xs, ys = (one.x0, one.x1, one.x), (one.y0, one.level, one.level + one.drop, one.y)
        return Rect(min(xs) - pad, min(ys) - pad, max(xs) + pad, max(ys) + pad)

    def spans(self) -> list[Span]:
        return [*self.drawn.spans(), *self.shown.spans(), *self.moves]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        one, drawn, opacity = state
        thin, thick, dash = (max(2, round(size * self.scale)) for size in (4.0, 5.5, 7.0))
        ctx.save()
        material.use(ctx, self.color, opacity)
        way, up = round(abs(one.level - one.y0) * min(1.0, drawn)), one.level < one.y0
        for y in range(0, way, 2 * dash):
            high = min(dash, way - y)
            ctx.rectangle(one.x0 - thin // 2, one.y0 - y - high if up else one.y0 + y, thin, high)
        ctx.fill()
        ctx.set_line_width(thick)
        ctx.set_line_cap(cairo.LINE_CAP_SQUARE)
        ctx.translate(thick % 2 / 2, thick % 2 / 2)
        first, last = sorted((one.x0, one.x1))
        end = one.level + one.drop
        _stroke(ctx, [(first, end), (first, one.level), (one.x, one.level), (one.x, one.y)], drawn - 1.0)
        _stroke(ctx, [(last, one.level), (last, end)], 2.0 * drawn - 3.0)
        ctx.restore()


def _stroke(ctx: cairo.Context, points: Sequence[Point], share: float) -> None:
    """Draw the first part of a line of level and upright pieces."""
    left = min(1.0, share) * sum(abs(x - x0) + abs(y - y0) for (x0, y0), (x, y) in pairwise(points))
    if left <= 0:
        return
    ctx.move_to(*points[0])
    for (x0, y0), (x, y) in pairwise(points):
        length = abs(x - x0) + abs(y - y0)
        part = min(1.0, left / length) if length else 1.0
        ctx.line_to(x0 + (x - x0) * part, y0 + (y - y0) * part)
        left -= length
        if left <= 0:
            break
    ctx.stroke()


def draw_bracket(stage: Stage, one: Bracket, role: str, start_s: float) -> None:
    """Draw the dotted way from `start_s` on, then the bracket with its leader: from cause to effect."""
    drawn = Track(0.0).to(1.0, start_s, DRAW_S, ease_out).to(2.0, start_s + DRAW_S, DRAW_S, ease_out)
    stage.drawn(BracketLayer(lambda t: one, stage.theme.color(role), stage.scale, drawn, Track(1.0)))


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


def largest_words(stage: Stage, rooms: Iterable[Box], number: str, words: str) -> tuple[Said, Box]:
    """The number and its words in the room in which they are largest, the first of equals, and that room."""
    tried = [(fitted_words(stage, room, number, words), room) for room in rooms]
    return max(tried, key=lambda one: (one[0].fits, one[0].size))


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
