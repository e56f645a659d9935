"""Painting drawn pictures: their pixels, their label maps, and layers in which they play. Needs Cairo."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.compositor.drawn import DrawnPicture, Patch
from explainers.compositor.layer import Layer, Note, OverLayer, Rect, Span, Tile, Track, blank
from explainers.theme import channels


def fill(ctx: cairo.Context, patch: Patch) -> None:
    """Fill a patch with the colour that is set."""
    ctx.new_path()
    if patch.oval:
        (x, y), (rx, ry) = patch.points
        ctx.save()
        ctx.translate(x, y)
        ctx.scale(max(rx, 1e-6), max(ry, 1e-6))
        ctx.arc(0, 0, 1, 0, 2 * math.pi)
        ctx.restore()
    else:
        for x, y in patch.points.tolist():
            ctx.line_to(x, y)
        ctx.close_path()
    ctx.fill()


def paint(ctx: cairo.Context, scene: DrawnPicture, t: float) -> None:
    """Paint the picture at `t` on a context whose user space is the picture's."""
    for patch in scene.patches(t):
        ctx.set_source_rgba(*patch.color, patch.opacity)
        fill(ctx, patch)


def scene_pixels(scene: DrawnPicture, t: float, width: int, height: int) -> NDArray[np.uint8]:
    """The picture at `t` as RGB, uint8 of shape (height, width, 3)."""
    tile = blank(width, height)
    ctx = cairo.Context(tile.surface)
    ctx.scale(width / scene.size[0], height / scene.size[1])
    paint(ctx, scene, t)
    tile.surface.flush()
    return np.ascontiguousarray(tile.pixels[:, :, 2::-1])


@lru_cache(maxsize=8)
def scene_labels(
    scene: DrawnPicture, t: float, names: tuple[str, ...], width: int, height: int
) -> NDArray[np.uint8]:
    """The label map at `t`: for each pixel the place of its label in `names`, uint8 (height, width).

    KeyError where a patch has a label that is not in `names`.
    """
    codes = {name: index for index, name in enumerate(names)}
    seen = [(patch, codes[patch.label]) for patch in scene.patches(t) if patch.label is not None]
    found = _coded(scene, seen, width, height)
    found.flags.writeable = False
    return found


def scene_mask(scene: DrawnPicture, t: float, tag: str, width: int, height: int) -> NDArray[np.bool_]:
    """Where at `t` a pixel is seen of what has this tag, of shape (height, width)."""
    covering = (patch for patch in scene.patches(t) if patch.label is not None or patch.tag)
    return _coded(scene, [(patch, 255 * (patch.tag == tag)) for patch in covering], width, height) > 127


def _coded(
    scene: DrawnPicture, patches: Sequence[tuple[Patch, int]], width: int, height: int
) -> NDArray[np.uint8]:
    """Each pixel's code (0 to 255), of the last patch that covers it; edges are not smoothed."""
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
    ctx = cairo.Context(surface)
    ctx.set_antialias(cairo.ANTIALIAS_NONE)
    ctx.scale(width / scene.size[0], height / scene.size[1])
    for patch, code in patches:
        ctx.set_source_rgb(0, 0, code / 255)
        fill(ctx, patch)
    surface.flush()
    memory = np.frombuffer(surface.get_data(), np.uint8).reshape(height, surface.get_stride())
    return memory[:, : width * 4 : 4].copy()


def rounded_clip(ctx: cairo.Context, box: Rect, radius: float) -> None:
    """Clip to a box with rounded corners, all in pixels."""
    quarter = math.pi / 2
    ctx.new_path()
    for x, y, turn in (
        (box.right - radius, box.top + radius, -1),
        (box.right - radius, box.bottom - radius, 0),
        (box.left + radius, box.bottom - radius, 1),
        (box.left + radius, box.top + radius, 2),
    ):
        ctx.arc(x, y, radius, turn * quarter, (turn + 1) * quarter)
    ctx.close_path()
    ctx.clip()


class Sketched(Layer):
    """A layer that draws its state with Cairo. The drawing is kept while the state and the view are the same.

    Cairo's edges differ a little with the clip they are drawn under. Drawn whole on a surface of its own, a
    frame is the same whether it is drawn alone or follows another.
    """

    _kept: tuple[Any, cairo.ImageSurface, int, int] | None = None

    def sketch(self, ctx: cairo.Context, state: Any) -> None:
        """Draw a state, in pixels of the frame as it is without a camera."""
        raise NotImplementedError

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        matrix = ctx.get_matrix()
        key = state, matrix.xx, matrix.xy, matrix.x0, matrix.yx, matrix.yy, matrix.y0
        if self._kept is None or self._kept[0] != key:
            area = self._seen(self.box(state), matrix, ctx.get_target())
            surface = cairo.ImageSurface(
                cairo.FORMAT_ARGB32, max(1, area.width), max(1, area.bottom - area.top)
            )
            own = cairo.Context(surface)
            own.translate(-area.left, -area.top)
            own.transform(matrix)
            self.sketch(own, state)
            self._kept = key, surface, area.left, area.top
        _, surface, left, top = self._kept
        ctx.save()
        ctx.identity_matrix()
        ctx.set_source_surface(surface, left, top)
        ctx.get_source().set_filter(cairo.FILTER_NEAREST)
        ctx.paint()
        ctx.restore()

    @staticmethod
    def _seen(box: Rect, matrix: cairo.Matrix, target: cairo.Surface) -> Rect:
        """The pixels of the target that a box covers under a matrix."""
        corners = [matrix.transform_point(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        area = Rect(math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys)))
        if isinstance(target, cairo.ImageSurface):
            area = area.cut(Rect(0, 0, target.get_width(), target.get_height()))
        return area


@dataclass
class Playing(Layer):
    """What plays in `rect` (pixels) from `start_s` to `end_s` of a shot, in steps of `1 / fps`.

    Where it `waits` its first step is seen before the start, where it `stays` its last one from the end on,
    until `gone_s`.
    """

    rect: Rect
    start_s: float
    end_s: float
    fps: int
    radius: float = 0.0
    z: float = 3.0
    note: Note | None = None
    waits: bool = False
    stays: bool = False
    gone_s: float = math.inf

    def state(self, t: float) -> float | None:
        """The number of the step that is seen; None where nothing is."""
        before, after = t < self.start_s, t >= self.end_s
        if (before and not self.waits) or (after and not self.stays) or t >= self.gone_s:
            return None
        return round((min(max(t, self.start_s), self.end_s) - self.start_s) * self.fps)

    def box(self, state: float) -> Rect:
        return self.rect

    def dirty(self, before: float | None, after: float | None) -> list[Rect]:
        return [self.rect]

    def spans(self) -> list[Span]:
        gone = [(self.gone_s, self.gone_s)] if self.gone_s < math.inf else []
        return [(self.start_s, self.end_s), *gone]


@dataclass
class ScenePlaying(Sketched, Playing):
    """A drawn picture alive; at `start_s` it is at its own `first_s`.

    Its own size lies in `place` (pixels), else in `rect`; what it has beyond its size fills the rest.
    """

    scene: DrawnPicture = field(kw_only=True)
    first_s: float = 0.0
    place: Rect | None = None

    def state(self, t: float) -> float | None:
        step = super().state(t)
        return None if step is None else self.first_s + step / self.fps

    def sketch(self, ctx: cairo.Context, state: float) -> None:
        rounded_clip(ctx, self.rect, self.radius)
        place, size = self.place or self.rect, self.scene.size
        ctx.translate(place.left, place.top)
        ctx.scale((place.right - place.left) / size[0], (place.bottom - place.top) / size[1])
        paint(ctx, self.scene, state)


@dataclass(eq=False)
class Classes(Sketched):
    """The classes of a picture in their colours, each as strong as its share (0 to 1), with light edges.

    `codes_at` gives the map, uint8 of shape (height, width), at a moment; `moment` gives the moment at a time
    of the shot, None while there is none. `place` is where the map lies, in pixels, and `rect` what is seen
    of it.
    """

    place: Rect
    rect: Rect
    codes_at: Callable[[float], NDArray[np.uint8]]
    moment: Callable[[float], float | None]
    colors: Sequence[str]
    shares: Sequence[Track]
    playing: Sequence[Span] = ()
    """When the moment changes."""
    edge: float = 0.7
    """Opacity of the line where a class that is coloured meets another."""
    z: float = 4.0
    note: Note | None = None

    def state(self, t: float) -> tuple[float, tuple[float, ...]] | None:
        shares = tuple(round(one.at(t), 3) for one in self.shares)
        moment = self.moment(t) if any(shares) else None
        return None if moment is None else (moment, shares)

    def box(self, state: Any) -> Rect:
        return self.rect

    def spans(self) -> list[Span]:
        return [*self.playing, *(span for one in self.shares for span in one.spans())]

    def sketch(self, ctx: cairo.Context, state: Any) -> None:
        moment, shares = state
        codes = self.codes_at(moment)
        tall, wide = codes.shape
        tile = blank(wide, tall)
        table = np.zeros((256, 4), np.uint8)
        for index, (color, share) in enumerate(zip(self.colors, shares, strict=True)):
            table[index] = *(round(one * share) for one in reversed(channels(color))), round(255 * share)
        tile.pixels[:] = table[codes]
        strong = np.zeros(256)
        strong[: len(shares)] = shares
        for one, other in (
            (np.s_[:, :-1], np.s_[:, 1:]),
            (np.s_[:-1], np.s_[1:]),
        ):
            lines = codes[one] != codes[other]
            light = self.edge * np.maximum(strong[codes[one][lines]], strong[codes[other][lines]])[:, None]
            under = tile.pixels[one][lines]
            tile.pixels[one][lines] = np.round(under * (1 - light) + 255 * light).astype(np.uint8)
        tile.surface.mark_dirty()
        box = self.rect
        ctx.rectangle(box.left, box.top, box.right - box.left, box.bottom - box.top)
        ctx.clip()
        ctx.translate(self.place.left, self.place.top)
        ctx.scale((self.place.right - self.place.left) / wide, (self.place.bottom - self.place.top) / tall)
        ctx.set_source_surface(tile.surface, 0, 0)
        ctx.get_source().set_filter(cairo.FILTER_BILINEAR)
        ctx.paint()


@dataclass
class FramesPlaying(Playing):
    """Frames (RGB, of the box's size) one after another; the last one stays."""

    frames: Sequence[NDArray[np.uint8]] = field(kw_only=True)
    _tile: tuple[int, Tile] | None = field(default=None, repr=False)

    def state(self, t: float) -> float | None:
        step = super().state(t)
        return None if step is None else min(int(step), len(self.frames) - 1)

    def paint(self, ctx: cairo.Context, state: float) -> None:
        index = int(state)
        if self._tile is None or self._tile[0] != index:
            tile = blank(self.rect.right - self.rect.left, self.rect.bottom - self.rect.top)
            tile.pixels[:, :, :3], tile.pixels[:, :, 3] = self.frames[index][:, :, ::-1], 255
            self._tile = index, tile
        ctx.save()
        rounded_clip(ctx, self.rect, self.radius)
        ctx.set_source_surface(self._tile[1].surface, self.rect.left, self.rect.top)
        ctx.paint()
        ctx.restore()


@dataclass
class Clipped(OverLayer):
    """A layer that is cut off at a box with rounded corners, in pixels."""

    rect: Rect
    radius: float

    def __post_init__(self) -> None:
        self.z, self.note = self.layer.z, self.layer.note

    def paint(self, ctx: cairo.Context, state: object) -> None:
        ctx.save()
        rounded_clip(ctx, self.rect, self.radius)
        self.layer.paint(ctx, state)
        ctx.restore()
