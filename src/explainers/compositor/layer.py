"""Layers: what a picture is made of. A layer's look is a pure function of time.

A layer says what it shows at a time (`state`, a value that compares equal when the look is the same),
which pixels that covers (`box`), and how it is painted. The painter does the rest: it paints again
only what lies under a state that changed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol
from weakref import WeakValueDictionary

import cairo
import numpy as np

from explainers.timing import Easing, ease_in_out


class Rect(NamedTuple):
    """Half-open pixel rectangle: columns `left` to `right`, rows `top` to `bottom`, ends excluded."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def empty(self) -> bool:
        return self.left >= self.right or self.top >= self.bottom

    @property
    def area(self) -> int:
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def meets(self, other: Rect) -> bool:
        """Whether the two share a pixel."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def cut(self, other: Rect) -> Rect:
        """The part inside `other`; may be empty."""
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def joined(self, other: Rect) -> Rect:
        """The smallest rectangle around both."""
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def _worth_joining(one: Rect, other: Rect) -> bool:
    """Whether one rectangle around two that overlap covers hardly more than they do."""
    covered = one.area + other.area - one.cut(other).area
    return 4 * one.joined(other).area <= 5 * covered


def merged(rects: Iterable[Rect], most: int = 12) -> list[Rect]:
    """Rectangles that cover the same pixels, at most `most` of them.

    Those that overlap are joined unless that would cover many more pixels than they do; then they stay two.
    """
    result: list[Rect] = []
    for rect in rects:
        if rect.empty:
            continue
        pending = rect
        while near := [one for one in result if pending.meets(one) and _worth_joining(pending, one)]:
            pending = pending.joined(near[0])
            result.remove(near[0])
        result.append(pending)
    while len(result) > most:
        # Join the pair that wastes the fewest pixels; lists are short, so trying all is cheap.
        pairs = [
            (a.joined(b).area - a.area - b.area, i, j)
            for i, a in enumerate(result)
            for j, b in enumerate(result)
            if i < j
        ]
        _, i, j = min(pairs)
        joined = result[i].joined(result[j])
        result = [r for k, r in enumerate(result) if k not in (i, j)] + [joined]
    return result


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a tile was drawn from: shapes and texts in design units, `scale` pixels a unit, and which pixel
    of those its corner was. Figures are drawn from it again, in lines and letters."""

    inks: tuple[Any, ...]
    scale: float
    left: int
    top: int

    def __post_init__(self) -> None:
        _DRAWINGS[id(self)] = self


DRAWING = "application/x-explainers-drawing"
"""The mime type under which a tile's surface says what it was drawn from."""
_DRAWINGS: WeakValueDictionary[int, Drawing] = WeakValueDictionary()


def drawing_of(surface: cairo.Surface) -> Drawing | None:
    """What the tile of a surface was drawn from; None of other surfaces, and of tiles made of pixels."""
    key = surface.get_mime_data(DRAWING)
    return _DRAWINGS.get(int(key)) if key else None


@dataclass(frozen=True, eq=False)
class Tile:
    """Premultiplied BGRA pixels, uint8 of shape (height, width, 4), whose top left pixel lies at
    (`x`, `y`) of the frame, in whole pixels."""

    pixels: np.ndarray
    x: int
    y: int
    drawing: Drawing | None = None

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @cached_property
    def surface(self) -> cairo.ImageSurface:
        """The pixels as a Cairo surface; it shares their memory."""
        surface = cairo.ImageSurface.create_for_data(
            self.pixels.data, cairo.FORMAT_ARGB32, self.width, self.height, self.pixels.strides[0]
        )
        if self.drawing is not None:
            surface.set_mime_data(DRAWING, str(id(self.drawing)).encode())
        return surface

    def moved(self, x: int, y: int) -> Tile:
        """The same pixels, placed at (`x`, `y`)."""
        return Tile(self.pixels, x, y, self.drawing)


def blank(width: int, height: int, x: int = 0, y: int = 0) -> Tile:
    """A transparent tile; rows are aligned as Cairo wants them."""
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_ARGB32, max(1, width))
    pixels = np.zeros((max(1, height), stride // 4, 4), np.uint8)[:, : max(1, width)]
    return Tile(pixels, x, y)


Span = tuple[float, float]
"""Start and end in seconds of a stretch in which something changes."""


@dataclass
class Track:
    """A value that rests, and moves between rests. Keys may not overlap and are added in order."""

    initial: float
    _starts: list[float] = field(default_factory=list)
    _keys: list[tuple[float, float, float, float, Easing]] = field(default_factory=list)

    def at(self, t: float) -> float:
        """The value at `t` seconds."""
        index = bisect_right(self._starts, t) - 1
        if index < 0:
            return self.initial
        start, end, before, after, easing = self._keys[index]
        if t >= end:
            return after
        return before + (after - before) * easing((t - start) / (end - start))

    def to(
        self, value: float, start_s: float, duration_s: float = 0.0, easing: Easing = ease_in_out
    ) -> Track:
        """Move to `value` from `start_s`, over `duration_s` seconds. A running move is cut short there.

        Raises ValueError where `start_s` lies before the last key.
        """
        if self._starts and start_s < self._starts[-1] - 1e-9:
            raise ValueError(f"a key at {start_s:.3f} s lies before the last one at {self._starts[-1]:.3f} s")
        before = self.at(start_s)
        if self._starts and start_s < self._keys[-1][1]:
            begin, _, first, _, _ = self._keys[-1]
            self._keys[-1] = (begin, start_s, first, before, self._keys[-1][4])
        self._starts.append(start_s)
        self._keys.append((start_s, start_s + max(duration_s, 0.0), before, value, easing))
        return self

    @property
    def last(self) -> float:
        """The value after every key."""
        return self._keys[-1][3] if self._keys else self.initial

    def spans(self) -> list[Span]:
        """The stretches in which the value changes, in order."""
        return [(start, end) for start, end, before, after, _ in self._keys if before != after]

    def keys(self) -> list[tuple[float, float, float, float, Easing]]:
        """Every key: start, end, value before, value after, easing."""
        return list(self._keys)


Side = Literal["left", "right", "top", "bottom"]


@dataclass(frozen=True)
class Note:
    """What a layer means, for checks and transcripts: its words, size in design units and colours.

    `kind` is `text`, `shape`, `data`, `picture`, or with its name as `text` an `edge` (a line between things)
    or a `frame` (words stand in it or outside); `holds` names text layers a shape is meant to hold.
    """

    kind: str
    text: str = ""
    size: float = 0.0
    color: str = ""
    over: str = ""
    role: str = ""


class Layer(Protocol):
    """See the module's docstring. `z` orders layers, lower ones first; equal ones as they were added."""

    z: float
    note: Note | None
    name: str = ""
    """The thing it belongs to (a node, a track, a bar), for the camera and for what carries on."""
    part: str = ""
    """Which part of that thing it is (`panel`, `label`)."""
    pinned: bool = False
    """Whether it stays where it is when the camera moves."""

    def state(self, t: float) -> Hashable | None:
        """What is shown at `t` seconds; None when nothing is."""

    def box(self, state: Any) -> Rect:
        """The pixels a state may touch."""

    def alpha(self, state: Any) -> float:
        """How opaque a state is seen, from 0 to 1; for checks."""
        return 1.0

    def words(self, state: Any) -> str:
        """The words of a state, where the layer is a text; those of a changing number begin its state."""
        if isinstance(state, tuple) and isinstance(state[0], str):
            return state[0]
        return self.note.text if self.note else ""

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        """Paint a state; the context's clip is set to what must be painted again."""

    def paint_closer(self, ctx: cairo.Context, state: Any, zoom: float) -> None:
        """Paint a state on a context that is scaled, as sharp as `zoom` needs; by default as it always is."""
        self.paint(ctx, state)

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        """What must be painted again when the state goes from `before` to `after`; by default both boxes."""
        return [self.box(state) for state in (before, after) if state is not None]

    def spans(self) -> list[Span]:
        """Stretches of time in which the state may change."""


PROPERTIES = {"opacity": 1.0, "share": 1.0, "dx": 0.0, "dy": 0.0, "scale": 1.0, "reveal": 1.0}


@dataclass
class TileLayer(Layer):
    """A tile with keyframed opacity, offset (pixels), scale (about `pivot`) and reveal (0 to 1).

    `share` multiplies opacity: one belongs to entering and leaving, the other to changing looks.

    Offsets at rest should be whole pixels: then the tile is copied and text stays as crisp as drawn.
    """

    tile: Tile
    z: float = 0.0
    reveal_from: Side = "left"
    note: Note | None = None
    pivot: tuple[float, float] | None = None
    name: str = ""
    part: str = ""
    pinned: bool = False
    tracks: dict[str, Track] = field(default_factory=dict)
    redrawn: Callable[[float], Tile] | None = None
    """The tile at a zoom, placed in pixels of that zoom; else the tile is scaled."""
    edges: int = 0
    """How many pixels at its edges stay as they are when it becomes another size: a panel's corners."""
    _closer: dict[float, Tile] = field(default_factory=dict, repr=False)

    def track(self, name: str) -> Track:
        """The track of a property, made at its neutral value when first asked for."""
        if name not in self.tracks:
            self.tracks[name] = Track(PROPERTIES[name])
        return self.tracks[name]

    def _at(self, name: str, t: float) -> float:
        track = self.tracks.get(name)
        return track.at(t) if track else PROPERTIES[name]

    def state(self, t: float) -> Hashable | None:
        opacity = self._at("opacity", t) * self._at("share", t)
        reveal = self._at("reveal", t)
        scale = self._at("scale", t)
        if opacity <= 0.001 or reveal <= 0.0 or scale <= 0.001:
            return None
        # A 256th of a pixel and of full opacity is finer than eight bits can show.
        return (
            round(self._at("dx", t) * 256) / 256,
            round(self._at("dy", t) * 256) / 256,
            round(min(opacity, 1.0), 4),
            round(scale, 5),
            round(min(reveal, 1.0), 4),
        )

    def box(self, state: Any) -> Rect:
        dx, dy, _, scale, reveal = state
        left, top = self.tile.x + dx, self.tile.y + dy
        right, bottom = left + self.tile.width, top + self.tile.height
        if scale != 1.0:
            px, py = self._pivot()
            left, right = px + dx + (left - dx - px) * scale, px + dx + (right - dx - px) * scale
            top, bottom = py + dy + (top - dy - py) * scale, py + dy + (bottom - dy - py) * scale
        if reveal < 1.0:
            left, top, right, bottom = self._revealed(left, top, right, bottom, reveal)
        pad = 0 if scale == 1.0 and dx == int(dx) and dy == int(dy) else 1
        return Rect(
            math.floor(left) - pad, math.floor(top) - pad, math.ceil(right) + pad, math.ceil(bottom) + pad
        )

    def alpha(self, state: Any) -> float:
        return float(state[2])

    def _pivot(self) -> tuple[float, float]:
        return self.pivot or (self.tile.x + self.tile.width / 2, self.tile.y + self.tile.height / 2)

    def _revealed(self, left: float, top: float, right: float, bottom: float, share: float) -> list[float]:
        """The edges of a tile of which a share is uncovered."""
        edges = [left, top, right, bottom]
        start = ("left", "top", "right", "bottom").index(self.reveal_from)
        end = (start + 2) % 4
        edges[end] = edges[start] + (edges[end] - edges[start]) * share
        return edges

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        self._paint(ctx, state, self.tile, 1.0)

    def paint_closer(self, ctx: cairo.Context, state: Any, zoom: float) -> None:
        """Paint a state on a context that is scaled, with the tile drawn for `zoom`."""
        if self.redrawn is None or zoom == 1.0:
            self._paint(ctx, state, self.tile, 1.0, soft=True)
            return
        if zoom not in self._closer:
            self._closer[zoom] = self.redrawn(zoom)
        self._paint(ctx, state, self._closer[zoom], zoom, soft=True)

    def _paint(self, ctx: cairo.Context, state: Any, tile: Tile, zoom: float, soft: bool = False) -> None:
        dx, dy, opacity, scale, reveal = state
        ctx.save()
        if reveal < 1.0:
            x, y = self.tile.x + dx, self.tile.y + dy
            left, top, right, bottom = self._revealed(x, y, x + self.tile.width, y + self.tile.height, reveal)
            ctx.rectangle(left, top, right - left, bottom - top)
            ctx.clip()
        ctx.translate(dx, dy)
        if scale != 1.0:
            px, py = self._pivot()
            ctx.translate(px, py)
            ctx.scale(scale, scale)
            ctx.translate(-px, -py)
        if zoom != 1.0:
            ctx.scale(1 / zoom, 1 / zoom)
        ctx.set_source_surface(tile.surface, tile.x, tile.y)
        exact = not soft and scale == 1.0 and dx == int(dx) and dy == int(dy)
        smooth = cairo.FILTER_GOOD if soft else cairo.FILTER_BILINEAR
        ctx.get_source().set_filter(cairo.FILTER_NEAREST if exact else smooth)
        if opacity >= 1.0:
            ctx.paint()
        else:
            ctx.paint_with_alpha(opacity)
        ctx.restore()

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is not None and after is not None and before[:4] == after[:4] and before[3] == 1.0:
            return [self._edge(self.box(before), self.box(after))]
        return [self.box(state) for state in (before, after) if state is not None]

    def _edge(self, before: Rect, after: Rect) -> Rect:
        """What a moving reveal uncovers or covers: the stretch between its two edges, a pixel wider."""
        both = before.joined(after)
        match self.reveal_from:
            case "left":
                return both._replace(left=min(before.right, after.right) - 2)
            case "right":
                return both._replace(right=max(before.left, after.left) + 2)
            case "top":
                return both._replace(top=min(before.bottom, after.bottom) - 2)
        return both._replace(bottom=max(before.top, after.top) + 2)

    def spans(self) -> list[Span]:
        return [span for track in self.tracks.values() for span in track.spans()]


@dataclass(eq=False)
class OverLayer(Layer):
    """A layer that looks as another one, `layer`, but for what a subclass changes."""

    layer: Layer

    def state(self, t: float) -> Hashable | None:
        return self.layer.state(t)

    def alpha(self, state: Any) -> float:
        return self.layer.alpha(state)

    def box(self, state: Any) -> Rect:
        return self.layer.box(state)

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        return self.layer.dirty(before, after)

    def spans(self) -> list[Span]:
        return self.layer.spans()


@dataclass(eq=False)
class ShiftedLayer(OverLayer):
    """A layer that was drawn for a smaller picture, with that picture's corner at (`left`, `top`)."""

    left: int
    top: int

    def __post_init__(self) -> None:
        one = self.layer
        self.z, self.note, self.name, self.part, self.pinned = one.z, one.note, one.name, one.part, one.pinned

    def words(self, state: Any) -> str:
        return self.layer.words(state)

    def _moved(self, rect: Rect) -> Rect:
        return Rect(
            rect.left + self.left, rect.top + self.top, rect.right + self.left, rect.bottom + self.top
        )

    def box(self, state: Any) -> Rect:
        return self._moved(self.layer.box(state))

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        return [self._moved(rect) for rect in self.layer.dirty(before, after)]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        ctx.save()
        ctx.translate(self.left, self.top)
        self.layer.paint(ctx, state)
        ctx.restore()

    def paint_closer(self, ctx: cairo.Context, state: Any, zoom: float) -> None:
        ctx.save()
        ctx.translate(self.left, self.top)
        self.layer.paint_closer(ctx, state, zoom)
        ctx.restore()


def shifted(layer: Layer, left: int, top: int) -> Layer:
    """A layer of a smaller picture whose corner lies at these pixels; what is a tile stays one."""
    if type(layer) is not TileLayer:
        return ShiftedLayer(layer, left, top)
    closer = layer.redrawn
    if closer is not None:

        def redrawn(zoom: float) -> Tile:
            tile = closer(zoom)
            return tile.moved(tile.x + round(left * zoom), tile.y + round(top * zoom))

        layer.redrawn = redrawn
    layer.tile = layer.tile.moved(layer.tile.x + left, layer.tile.y + top)
    if layer.pivot:
        layer.pivot = layer.pivot[0] + left, layer.pivot[1] + top
    return layer
