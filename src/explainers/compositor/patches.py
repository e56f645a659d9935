"""Painting drawn pictures: their pixels, their label maps, and layers in which they play. Needs Cairo."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.compositor.drawn import DrawnPicture, Patch
from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, blank


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


@dataclass
class Playing(Layer):
    """What plays in `rect` (pixels) from `start_s` to `end_s` of a shot, in steps of `1 / fps`."""

    rect: Rect
    start_s: float
    end_s: float
    fps: int
    radius: float = 0.0
    z: float = 3.0
    note: Note | None = None

    def state(self, t: float) -> float | None:
        """The number of the step that is seen; None before the start and from the end on."""
        return round((t - self.start_s) * self.fps) if self.start_s <= t < self.end_s else None

    def box(self, state: float) -> Rect:
        return self.rect

    def dirty(self, before: float | None, after: float | None) -> list[Rect]:
        return [self.rect]

    def spans(self) -> list[Span]:
        return [(self.start_s, self.end_s)]


@dataclass
class ScenePlaying(Playing):
    """A drawn picture alive; at `start_s` it is at its own `first_s`."""

    scene: DrawnPicture = field(kw_only=True)
    first_s: float = 0.0

    def state(self, t: float) -> float | None:
        step = super().state(t)
        return None if step is None else step / self.fps + self.first_s

    def paint(self, ctx: cairo.Context, state: float) -> None:
        box, size = self.rect, self.scene.size
        ctx.save()
        rounded_clip(ctx, box, self.radius)
        ctx.translate(box.left, box.top)
        ctx.scale((box.right - box.left) / size[0], (box.bottom - box.top) / size[1])
        paint(ctx, self.scene, state)
        ctx.restore()


@dataclass
class FramesPlaying(Playing):
    """Frames (RGB, of the box's size) one after another; the last one stays."""

    frames: Sequence[NDArray[np.uint8]] = field(kw_only=True)
    _tile: tuple[int, Tile] | None = field(default=None, repr=False)

    def state(self, t: float) -> float | None:
        if not self.start_s <= t < self.end_s:
            return None
        return min(int((t - self.start_s) * self.fps + 0.5), len(self.frames) - 1)

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
class Clipped(Layer):
    """A layer that is cut off at a box with rounded corners, in pixels."""

    layer: Layer
    rect: Rect
    radius: float

    def __post_init__(self) -> None:
        self.z, self.note = self.layer.z, self.layer.note

    def state(self, t: float) -> Hashable | None:
        return self.layer.state(t)

    def box(self, state: Any) -> Rect:
        return self.layer.box(state)

    def alpha(self, state: Any) -> float:
        return self.layer.alpha(state)

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        return self.layer.dirty(before, after)

    def spans(self) -> list[Span]:
        return self.layer.spans()

    def paint(self, ctx: cairo.Context, state: object) -> None:
        ctx.save()
        rounded_clip(ctx, self.rect, self.radius)
        self.layer.paint(ctx, state)
        ctx.restore()
