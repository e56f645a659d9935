"""Axes whose piece from zero folds away, and the bars and gridlines on them.

An axis is first whole, so that lengths are seen as they are. Then the piece from zero to the cut is folded,
the two strokes of the cut are drawn as it closes, and the rest stretches. Everything on the axis follows the
same scale at every moment. Lengths are design units where they come in and pixels inside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, Track, blank
from explainers.facts.numbers import written
from explainers.stage import material, shapes
from explainers.stage.axes import TICK_DROP, nice_ticks, tick_words
from explainers.stage.marks import NumberLayer, number_width, spans_of
from explainers.stage.shapes import Box
from explainers.theme import LABEL, mix

if TYPE_CHECKING:
    from explainers.stage.stage import Stage

APART, SLANT, OVER = 18.0, 8.0, 8.0
"""The strokes of a cut: how far they are apart, how much they lean, how far they reach over a bar."""
PLACE = 0.45
"""Where in the folded piece the strokes of the cut stand."""


@dataclass(frozen=True)
class Folding:
    """Values from zero to `high` between `start` and `end`; folded, `kept` units remain up to `cut`."""

    high: float
    start: float
    end: float
    cut: float = 0.0
    kept: float = 0.0
    fold: Track = field(default_factory=lambda: Track(0.0))

    def at(self, value: float, t: float) -> float:
        """The place of a value at `t` seconds."""
        share = self.fold.at(t)
        whole = self.start + (self.end - self.start) * value / self.high
        return whole + (self.folded(value) - whole) * share if share else whole

    def folded(self, value: float) -> float:
        """The place of a value once the piece before the cut is folded away."""
        if value <= self.cut:
            return self.start + self.kept * value / self.cut
        rest = self.end - self.start - self.kept
        return self.start + self.kept + rest * (value - self.cut) / (self.high - self.cut)

    def upper(self, cut: float, about: int) -> float:
        """A round end for an axis up to `high` that is cut at `cut`, or is whole where that is zero."""
        tried = [nice_ticks(cut, self.high, steps)[-1] for steps in _steps(about, cut)]
        # An end that the values have themselves is kept.
        return next((end for end in tried if math.isclose(end, self.high, rel_tol=1e-6)), tried[0])

    def last(self, value: float) -> float:
        """Where a value rests in the end."""
        return self.at(value, math.inf)

    def closing(self, t: float) -> float:
        """How much of the cut's strokes is drawn, 0 to 1: they come while the second half folds."""
        return min(1.0, max(0.0, 2 * self.fold.at(t) - 1))

    def ticks(self, about: int) -> tuple[list[float], list[float]]:
        """The round values of the whole axis, and those of the folded one."""
        whole = self._inside(0.0, about)
        return whole, [0.0, *self._inside(self.cut, about)] if self.cut else whole

    def _inside(self, low: float, about: int) -> list[float]:
        """Round values from `low` that end with the axis."""
        for steps in _steps(about, low):
            ticks = nice_ticks(low, self.high, steps)
            if ticks[-1] <= self.high * (1 + 1e-6):
                return [tick for tick in ticks if tick >= low]
        return [low, self.high]


def _steps(about: int, cut: float) -> tuple[int, ...]:
    """Counts of steps to try, best first; the rest of an axis after its cut has room for one more."""
    best = about + 1 if cut and about > 1 else about
    return best, best - 1 or 1, best + 1, best + 2, 2, 1


@dataclass(eq=False)
class TiledLayer(Layer):
    """A layer that is painted on a tile of its own, and kept as long as its state stays.

    Cairo's edges differ a little with the clip they are painted under; on its own tile a frame is the same
    whether it is drawn alone or follows another.
    """

    def __post_init__(self) -> None:
        self._kept: tuple[Any, Tile] | None = None

    def draw(self, ctx: cairo.Context, state: Any) -> None:
        """Paint a state, in pixels of the frame, on an empty tile."""
        raise NotImplementedError

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        if self._kept is None or self._kept[0] != state:
            box = self.box(state)
            tile = blank(box.width, box.bottom - box.top, box.left, box.top)
            inner = cairo.Context(tile.surface)
            inner.translate(-box.left, -box.top)
            self.draw(inner, state)
            tile.surface.flush()
            self._kept = state, tile
        tile = self._kept[1]
        ctx.set_source_surface(tile.surface, tile.x, tile.y)
        ctx.get_source().set_filter(cairo.FILTER_NEAREST)
        ctx.paint()


@dataclass(frozen=True)
class Coat:
    """How a bar is painted: its colour at the tail, at the head and on the bright edge of its end."""

    tail: str
    head: str
    edge: str
    hatched: str | None = None
    """The colour of diagonal stripes."""
    gloss: float = 0.16
    """The share of white at the upper edge."""


def coat(stage: Stage, color: str, hatched: bool = False, faint: bool = False, share: float = 0.62) -> Coat:
    """Dark at the tail and bright at the head; on a light theme pale at the tail and dark at the end."""
    if faint:
        color = mix(stage.theme.background, color, 0.6)
    theme = stage.theme
    light, tone = ("#FFFFFF", 0.45) if theme.dark else ("#000000", 0.3)
    tail = mix(theme.background, color, 0.62)
    return Coat(tail, color, mix(color, light, tone), mix(color, light, tone) if hatched else None)


@dataclass(eq=False)
class FoldingBar(TiledLayer):
    """A bar between two values of an axis that may fold; `growth` (0 to 1) of it stands.

    `light` (0 to 1) is its opacity. Where the axis is folded the bar is cut through.
    """

    lane: Box
    values: tuple[float, float]
    axis: Folding
    coat: Coat
    scale: float
    growth: Track
    light: Track
    stroke: str
    """The colour of the cut's strokes."""
    z: float = 3.0
    radius: float = 8.0
    edged: bool = True
    note: Note | None = None

    def state(self, t: float) -> Hashable | None:
        growth = self.growth.at(t)
        low, high = (self.axis.at(value * growth, t) * self.scale for value in self.values)
        if high - low < 0.05:
            return None
        # A resting end lies on a whole pixel.
        moving = 0 < growth < 1 or 0 < self.axis.fold.at(t) < 1
        low, high = (round(edge * 32) / 32 if moving else round(edge) for edge in (low, high))
        # What is not zero is seen.
        high = max(high, low + 1)
        closing = self.axis.closing(t) if self.axis.cut and not self.values[0] else 0.0
        x = self.axis.at(self.axis.cut * PLACE, t) * self.scale
        return low, high, round(self.light.at(t), 3), (round(x * 8) / 8, round(closing, 3)) if closing else ()

    def box(self, state: Any) -> Rect:
        over, bar = math.ceil(OVER * self.scale) + 2 if state[3] else 0, self.covered(state)
        return bar._replace(top=bar.top - over, bottom=bar.bottom + over)

    def draw(self, ctx: cairo.Context, state: Any) -> None:
        low, high, light, cut = state
        (_, top, _, bottom), unit = self.covered(state), self.scale
        bar = Box(low, top, high, bottom)
        material.rounded(ctx, bar, self.radius * unit)
        ctx.clip()
        coat = self.coat
        material.paint_glossy(ctx, self.covered(state), coat.tail, coat.head, coat.gloss)
        if coat.hatched:
            material.hatch(bar, coat.hatched, 0.3, 26.0 * unit, fixed=True).paint(ctx)
        if self.edged:
            material.use(ctx, coat.edge)
            wide = min(7.0 * unit, (high - low) * 0.5)
            ctx.rectangle(high - wide, top, wide, bottom - top)
            ctx.fill()
        ctx.reset_clip()
        if cut:
            self._cut(ctx, bar, *cut)
        if light < 1:
            ctx.set_operator(cairo.OPERATOR_DEST_IN)
            ctx.set_source_rgba(0, 0, 0, light)
            ctx.paint()

    def _cut(self, ctx: cairo.Context, bar: Box, x: float, closing: float) -> None:
        """A slanting gap through the bar, and a stroke on either side that is drawn downwards."""
        unit = self.scale
        apart, lean, over = APART / 2 * unit, SLANT * unit, OVER * unit
        top, bottom = bar.top - over, bar.bottom + over
        ctx.set_operator(cairo.OPERATOR_CLEAR)
        wide = apart * closing
        for dx, y in ((lean - wide, top), (lean + wide, top), (wide - lean, bottom), (-lean - wide, bottom)):
            ctx.line_to(x + dx, y)
        ctx.close_path()
        ctx.fill()
        ctx.set_operator(cairo.OPERATOR_OVER)
        material.use(ctx, self.stroke)
        ctx.set_line_width(3.5 * unit)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        for side in (-wide, wide):
            ctx.move_to(x + side + lean, top)
            ctx.line_to(x + side + lean - 2 * lean * closing, top + (bottom - top) * closing)
        ctx.stroke()

    def covered(self, state: Any) -> Rect:
        """The pixels of the bar without the strokes that reach over it."""
        top, bottom = (round(edge * self.scale) for edge in (self.lane.top, self.lane.bottom))
        return Rect(math.floor(state[0]), top, math.ceil(state[1]), bottom)

    def spans(self) -> list[Span]:
        return spans_of((self.growth, self.light, self.axis.fold))


@dataclass(eq=False)
class GridLayer(TiledLayer):
    """An upright gridline, at `x_at` of the time, that is interrupted by what stands on it.

    `shown` is its opacity, `moves` what both depend on. `around` are the layers that it does not run
    through: bars and their numbers.
    """

    x_at: Callable[[float], float]
    top: float
    bottom: float
    scale: float
    color: str
    around: Sequence[Layer]
    shown: Callable[[float], float] = lambda _t: 1.0
    moves: Sequence[Track] = ()
    width: float = 2.0
    z: float = 1.0
    note: Note | None = None

    def state(self, t: float) -> Hashable | None:
        shown = round(self.shown(t), 3)
        if shown <= 0:
            return None
        wide = max(1, round(self.width * self.scale))
        left = round(self.x_at(t) * self.scale - wide / 2)
        line = Rect(left, round(self.top * self.scale), left + wide, round(self.bottom * self.scale))
        found = [
            layer.covered(state) if isinstance(layer, FoldingBar) else layer.box(state)
            for layer in self.around
            if (state := layer.state(t)) is not None
        ]
        return line, shown, tuple(sorted((box.top, box.bottom) for box in found if box.meets(line)))

    def box(self, state: Any) -> Rect:
        return state[0]

    def draw(self, ctx: cairo.Context, state: Any) -> None:
        line, shown, gaps = state
        material.use(ctx, self.color, shown)
        top = line.top
        for first, last in (*gaps, (line.bottom, line.bottom)):
            if first > top:
                ctx.rectangle(line.left, top, line.width, first - top)
            top = max(top, last)
        ctx.fill()

    def spans(self) -> list[Span]:
        return [*spans_of(self.moves), *(span for layer in self.around for span in layer.spans())]


def tick_texts(ticks: Sequence[float], spec: str | None) -> list[str]:
    """The ticks of an axis from zero as written; zero has no places."""
    texts = tick_words(ticks, spec=spec)
    return [text if tick or "%" in text else "0" for tick, text in zip(ticks, texts, strict=True)]


def draw_axis(
    stage: Stage,
    axis: Folding,
    about: int,
    top: float,
    bottom: float,
    spec: str | None,
    around: Sequence[Layer],
) -> None:
    """Gridlines and ticks of a horizontal axis. Those of the whole axis alone go as it folds, others come."""
    whole, folded = axis.ticks(about)
    texts = dict(zip(folded, tick_texts(folded, spec), strict=True))
    texts = dict(zip(whole, tick_texts(whole, spec), strict=True)) | texts
    style = stage.style(LABEL, role="muted", mono=True)
    for tick in sorted({*whole, *folded}):

        def shown(t: float, tick: float = tick) -> float:
            share = axis.fold.at(t)
            come = 1.0 if tick in whole else min(1.0, max(0.0, 2.5 * share - 1.5))
            return come * (1.0 if tick in folded else max(0.0, 1 - 2.5 * share))

        color, wide = (stage.theme.color("muted"), 2.5) if tick == 0 else (stage.theme.line, 2.0)
        # Bars stand on the line of zero; the others stop at what is in their way.
        near = around if tick else ()
        line = GridLayer(
            partial(axis.at, tick), top, bottom, stage.scale, color, near, shown, [axis.fold], wide
        )
        half = number_width(texts[tick], style) / 2
        least, most = stage.safe.left + half, stage.safe.right - half

        def text_at(
            t: float, tick: float = tick, least: float = least, most: float = most
        ) -> tuple[str, float, float, float]:
            x = min(max(axis.at(tick, t), least), most)
            return texts[tick], x, bottom + TICK_DROP, shown(t, tick)

        note = Note("text", texts[tick], LABEL, style.color, stage.theme.background, "muted")
        spans = spans_of([axis.fold])
        with stage.named(f"tick {texts[tick]}", "axis"):
            stage.drawn(line)
            stage.drawn(NumberLayer(text_at, style, stage.scale, partial(list, spans), 10.0, "center", note))


def cut_words(axis: Folding, spec: str | None) -> str:
    """The words that say where an axis is cut."""
    return f"axis cut at {written(axis.cut, spec) if spec else f'{axis.cut:,.10g}'}"


def strokes(x: float, y: float, color: str, high: float = 26.0, apart: float = 11.0) -> list[shapes.VMobject]:
    """The two slanting strokes of a cut over a level line."""
    lean = high * 0.16
    return [
        shapes.route([(x + side + lean, y - high / 2), (x + side - lean, y + high / 2)], color, 3.0)
        for side in (-apart / 2, apart / 2)
    ]
