"""The marks of charts and counters: bars that grow, lines that are drawn, dots, numbers that change.

Each is a film layer whose state is a few numbers, so that only what differs between two frames is painted.
Lengths and places are design units where they come in and pixels inside; `scale` is pixels a design unit.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, Track
from explainers.compositor.patches import Sketched
from explainers.errors import RenderFailed
from explainers.fonts import right_to_left
from explainers.stage import ink
from explainers.stage.material import Ground, use
from explainers.stage.shapes import Box, Point
from explainers.stage.text import Style, TextRun
from explainers.theme import MONO, mix

if TYPE_CHECKING:
    pass


def spans_of(tracks: Iterable[Track]) -> list[Span]:
    """When any of the tracks changes."""
    return [span for track in tracks for span in track.spans()]


LANDING_S = 0.2
"""How long a number takes to appear; it is there when what it belongs to has arrived."""


def landing(way: Track) -> Track:
    """The opacity of the number of something that moves: until it lands, no digits could be read as data."""
    keys = way.keys()
    return Track(0.0).to(1.0, keys[-1][1] - LANDING_S, LANDING_S) if keys else Track(1.0)


@dataclass(eq=False)
class BarLayer(Layer):
    """A bar that grows from its left edge (its right one with `backwards`) to the whole of `extent`.

    At rest its edges lie on whole pixels; while it grows its end lies where `growth` (0 to 1) says.
    `light` dims it towards `background`; what lies under it never shines through.
    """

    extent: Box
    scale: float
    color: str
    background: str
    growth: Track
    light: Track
    z: float = 3.0
    radius: float = 8.0
    backwards: bool = False
    note: Note | None = None

    def __post_init__(self) -> None:
        left, self._top, right, self._bottom = (round(edge * self.scale) for edge in self.extent)
        self._base, self._tip = (right, left) if self.backwards else (left, right)

    def state(self, t: float) -> Hashable | None:
        end = self._base + (self._tip - self._base) * self.growth.at(t)
        return None if abs(end - self._base) < 0.05 else (round(end * 32) / 32, round(self.light.at(t), 3))

    def box(self, state: Any) -> Rect:
        low, high = sorted((self._base, state[0]))
        return Rect(math.floor(low), self._top, math.ceil(high), self._bottom)

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        (low, high), top, bottom = sorted((self._base, state[0])), self._top, self._bottom
        corner = min(self.radius * self.scale, (high - low) / 2, (bottom - top) / 2)
        ctx.new_path()
        for x, y, turn in ((high, top, -0.5), (high, bottom, 0.0), (low, bottom, 0.5), (low, top, 1.0)):
            inward_x = x - corner if x == high else x + corner
            inward_y = y + corner if y == top else y - corner
            ctx.arc(inward_x, inward_y, corner, turn * math.pi, (turn + 0.5) * math.pi)
        ctx.close_path()
        use(ctx, mix(self.background, self.color, state[1]))
        ctx.fill()

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        reach = math.ceil(self.radius * self.scale) + 1
        # A bar too short for its corners changes its shape at both ends.
        if (
            None in (before, after)
            or before[1] != after[1]
            or min(abs(one[0] - self._base) for one in (before, after)) < 2 * reach
        ):
            return super().dirty(before, after)
        low, high = sorted((before[0], after[0]))
        return [Rect(math.floor(low) - reach, self._top, math.ceil(high) + reach, self._bottom)]

    def spans(self) -> list[Span]:
        return spans_of((self.growth, self.light))


@dataclass(eq=False)
class LineLayer(Sketched):
    """A line through `points` of which the share `drawn` (0 to 1 of its length) is there.

    `clip` may cut it off: it is called with the context before each painting.
    """

    points: Sequence[Point]
    scale: float
    color: str
    drawn: Track
    light: Track
    width: float = 5.0
    z: float = 4.0
    note: Note | None = None
    clip: Callable[[cairo.Context], None] | None = None
    dotted: bool = False

    def __post_init__(self) -> None:
        self._places = [(x * self.scale, y * self.scale) for x, y in self.points]
        steps = (math.dist(a, b) for a, b in itertools.pairwise(self._places))
        self._lengths = list(itertools.accumulate(steps, initial=0.0))
        self._stroked: tuple[float, cairo.ImageSurface, Rect] | None = None

    def state(self, t: float) -> Hashable | None:
        share = self.drawn.at(t)
        return (round(share, 5), round(self.light.at(t), 3)) if share > 0 else None

    def _until(self, share: float) -> list[Point]:
        """The points of the line's first part, of which the last is its tip."""
        places, lengths = self._places, self._lengths
        reach = lengths[-1] * share
        index = max(1, min(bisect_right(lengths, reach), len(places) - 1))
        before, after = places[index - 1], places[index]
        rest = lengths[index] - lengths[index - 1]
        part = (reach - lengths[index - 1]) / rest if rest else 1.0
        end = before[0] + (after[0] - before[0]) * part, before[1] + (after[1] - before[1]) * part
        return [*places[:index], end]

    def _around(self, points: Sequence[Point]) -> Rect:
        pad = self.width * self.scale / 2 + 1.5
        xs, ys = [x for x, _ in points], [y for _, y in points]
        low, high = (min(xs) - pad, min(ys) - pad), (max(xs) + pad, max(ys) + pad)
        return Rect(*(math.floor(edge) for edge in low), *(math.ceil(edge) for edge in high))

    def box(self, state: Any) -> Rect:
        return self._around(self._until(state[0]))

    def _stroke(self, share: float) -> tuple[float, cairo.ImageSurface, Rect]:
        """The line as a mask of its own. Cairo's edges differ a little with the clip they are drawn under;
        drawn without one, a frame is the same whether it is drawn alone or follows another."""
        box = self._around(self._until(share))
        mask = cairo.ImageSurface(cairo.FORMAT_A8, box.right - box.left, box.bottom - box.top)
        ctx = cairo.Context(mask)
        ctx.translate(-box.left, -box.top)
        for x, y in self._until(share):
            ctx.line_to(x, y)
        ctx.set_line_width(self.width * self.scale)
        ctx.set_line_join(cairo.LINE_JOIN_ROUND)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        if self.dotted:
            ctx.set_dash([0.6 * self.scale, 2.4 * self.width * self.scale])
        ctx.stroke()
        return share, mask, box

    def paint_closer(self, ctx: cairo.Context, state: Any, zoom: float) -> None:
        """Paint a state on a context that is scaled: stroked anew, so that it is as sharp as anything."""
        super().paint(ctx, state)

    def sketch(self, ctx: cairo.Context, state: Any) -> None:
        if self.clip:
            self.clip(ctx)
        for x, y in self._until(state[0]):
            ctx.line_to(x, y)
        ctx.set_line_width(self.width * self.scale)
        ctx.set_line_join(cairo.LINE_JOIN_ROUND)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        if self.dotted:
            ctx.set_dash([0.6 * self.scale, 2.4 * self.width * self.scale])
        use(ctx, self.color, state[1])
        ctx.stroke()

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        if self._stroked is None or self._stroked[0] != state[0]:
            self._stroked = self._stroke(state[0])
        _, mask, box = self._stroked
        ctx.save()
        if self.clip:
            self.clip(ctx)
        use(ctx, self.color, state[1])
        ctx.mask_surface(mask, box.left, box.top)
        ctx.restore()

    def spans(self) -> list[Span]:
        return spans_of((self.drawn, self.light))


@dataclass(frozen=True)
class Dot:
    """A dot's centre, its share of full size over time and its brightness; `hollow` draws a ring."""

    x: float
    y: float
    size: Track
    light: Track
    color: str
    hollow: bool = False


@dataclass(eq=False)
class DotsLayer(Layer):
    """Dots that grow to `radius`, rimmed by the ground; a ring shows what lies under it."""

    dots: Sequence[Dot]
    scale: float
    radius: float
    ground: Ground
    z: float = 5.0
    note: Note | None = None

    def state(self, t: float) -> Hashable | None:
        state = tuple((round(dot.size.at(t), 3), round(dot.light.at(t), 3)) for dot in self.dots)
        return state if any(size for size, _ in state) else None

    def _box_of(self, dot: Dot) -> Rect:
        x, y, reach = dot.x * self.scale, dot.y * self.scale, self.radius * self.scale * 1.14 + 2
        return Rect(math.floor(x - reach), math.floor(y - reach), math.ceil(x + reach), math.ceil(y + reach))

    def box(self, state: Any) -> Rect:
        pairs = zip(self.dots, state, strict=True)
        return reduce(Rect.joined, (self._box_of(dot) for dot, (size, _) in pairs if size))

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        ctx.save()
        for dot, (size, light) in zip(self.dots, state, strict=True):
            if not size:
                continue
            x, y, full = dot.x * self.scale, dot.y * self.scale, self.radius * self.scale * size
            # What lies under a dimmed dot does not shine through, and a dot stands clear of its line.
            if not dot.hollow:
                ctx.new_path()
                ctx.arc(x, y, full * 1.14, 0, 2 * math.pi)
                self.ground.fill(ctx)
            use(ctx, dot.color, light)
            ctx.new_path()
            ctx.arc(x, y, full * 0.78 if dot.hollow else full, 0, 2 * math.pi)
            if dot.hollow:
                ctx.set_line_width(full * 0.44)
                ctx.stroke()
            else:
                ctx.fill()
        ctx.restore()

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if None in (before, after):
            return super().dirty(before, after)
        pairs = zip(self.dots, before, after, strict=True)
        return [self._box_of(dot) for dot, old, new in pairs if old != new]

    def spans(self) -> list[Span]:
        return spans_of(track for dot in self.dots for track in (dot.size, dot.light))


@lru_cache(maxsize=1024)
def _glyph(character: str, style: Style, scale: float) -> Tile | None:
    if character in " \u202f":
        return None
    if right_to_left(character):
        message = f"a number is set digit by digit, and {character!r} joins what is beside it"
        raise RenderFailed(f"{message}: write its unit in letters that stand alone")
    run = TextRun(character, style)
    # The pen starts at the cell's left edge: digits line up whatever their ink.
    return ink.raster([TextRun(character, style, run.line.ink[0] * style.size)], scale)


def number_width(text: str, style: Style) -> float:
    """Width of a number's cells in design units; a narrow space takes less than one, a wide letter two."""
    return sum(_advance(c) for c in text) * ink.font_measures(MONO)[1] * style.size


@cache
def _advance(character: str) -> float:
    """Cells that a character takes: two where it is wide, as the unit of a number may be."""
    if character == "\u202f":
        return 0.4
    return 2.0 if unicodedata.east_asian_width(character[0]) in "WF" else 1.0


def draw_number(
    ctx: cairo.Context,
    text: Sequence[str],
    style: Style,
    x_px: float,
    baseline_px: float,
    scale: float,
    opacity: float = 1.0,
) -> None:
    """Paint a number, a cell a glyph, whose first cell begins at pixel `x_px`, on `baseline_px`."""
    step = ink.font_measures(MONO)[1] * style.size * scale
    x = x_px
    for character in text:
        tile = _glyph(character, style, scale)
        if tile is not None:
            ctx.set_source_surface(tile.surface, round(x) + tile.x, round(baseline_px) + tile.y)
            # Glyphs lie on whole pixels unless the camera is on its way.
            if ctx.get_matrix().xx == 1.0:
                ctx.get_source().set_filter(cairo.FILTER_NEAREST)
            ctx.paint_with_alpha(opacity)
        x += step * _advance(character)


@dataclass(eq=False)
class NumberLayer(Layer):
    """A changing number in the mono: glyphs laid out once, put together again for every value.

    `text_at(t)` gives the text, the x of its `anchor` (`left`, `center` or `right`) and its baseline in
    design units and the opacity, or None.
    """

    text_at: Callable[[float], tuple[str, float, float, float] | None]
    style: Style
    scale: float
    changes: Callable[[], list[Span]]
    z: float = 10.0
    anchor: str = "left"
    note: Note | None = None

    def state(self, t: float) -> Hashable | None:
        shown = self.text_at(t)
        if shown is None or shown[3] <= 0.001:
            return None
        text, x, baseline, opacity = shown
        shift = {"left": 0.0, "center": 0.5, "right": 1.0}[self.anchor]
        left = (x - shift * number_width(text, self.style)) * self.scale
        return text, round(left), round(baseline * self.scale), round(opacity, 3)

    def box(self, state: Any) -> Rect:
        text, left, baseline, _ = state
        width, size = number_width(text, self.style) * self.scale, self.style.size * self.scale
        return Rect(
            int(left - 0.1 * size),
            int(baseline - size),
            int(left + width + 0.1 * size) + 1,
            int(baseline + 0.35 * size) + 1,
        )

    def paint_closer(self, ctx: cairo.Context, state: Any, zoom: float) -> None:
        """Paint a state on a context that is scaled, with glyphs drawn for `zoom`."""
        text, left, baseline, opacity = state
        ctx.save()
        ctx.scale(1 / zoom, 1 / zoom)
        draw_number(ctx, text, self.style, left * zoom, baseline * zoom, self.scale * zoom, opacity)
        ctx.restore()

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        text, left, baseline, opacity = state
        draw_number(ctx, text, self.style, left, baseline, self.scale, opacity)

    def alpha(self, state: Any) -> float:
        return float(state[3])

    def spans(self) -> list[Span]:
        return self.changes()
