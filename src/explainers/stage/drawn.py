"""Drawn scenes: flat patches of colour that carry a label, so that picture and label map cannot differ.

A scene gives its patches at any time, back to front, in units of its own size. The picture fills them
with their colours, smoothed; the label map fills the very same patches with their labels, unsmoothed.
A patch without a label is paint on what lies under it (a shadow, a window, a lane marking).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.film.layer import DrawnLayer, Note, Rect, Tile, blank

Rgb = tuple[float, float, float]
"""Red, green and blue, 0 to 1."""


class Patch(NamedTuple):
    """A filled shape: the corners of a polygon, float of shape (n, 2), or with `oval` a centre and two
    half axes, of shape (2, 2). A `tag` names what it belongs to, for pointing at it."""

    points: NDArray[np.float64]
    color: Rgb
    label: str | None = None
    opacity: float = 1.0
    oval: bool = False
    tag: str = ""


class Scene(Protocol):
    """`size` is width and height in the units of its patches; `name` stands for it in content keys."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> tuple[float, float]: ...

    def __hash__(self) -> int: ...

    def patches(self, t: float) -> Sequence[Patch]:
        """What is seen at `t` seconds, back to front. The first ones cover the whole scene."""


def blended(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of `other` in `one`."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def fill(ctx: cairo.Context, patch: Patch) -> None:
    """Fill a patch with the colour that is set."""
    if patch.oval:
        (x, y), (rx, ry) = patch.points
        ctx.save()
        ctx.translate(x, y)
        ctx.scale(max(rx, 1e-6), max(ry, 1e-6))
        ctx.new_path()
        ctx.arc(0, 0, 1, 0, 2 * math.pi)
        ctx.restore()
    else:
        ctx.new_path()
        for x, y in patch.points.tolist():
            ctx.line_to(x, y)
        ctx.close_path()
    ctx.fill()


def paint(ctx: cairo.Context, scene: Scene, t: float) -> None:
    """Paint the picture at `t` on a context whose user space is the scene's."""
    for patch in scene.patches(t):
        ctx.set_source_rgba(*patch.color, patch.opacity)
        fill(ctx, patch)


def scene_tile(scene: Scene, t: float, width: int, height: int) -> Tile:
    """The picture at `t`, `width` x `height` pixels."""
    tile = blank(width, height)
    ctx = cairo.Context(tile.surface)
    ctx.scale(width / scene.size[0], height / scene.size[1])
    paint(ctx, scene, t)
    tile.surface.flush()
    return tile


def scene_pixels(scene: Scene, t: float, width: int, height: int) -> NDArray[np.uint8]:
    """The picture at `t` as RGB, uint8 of shape (height, width, 3)."""
    return np.ascontiguousarray(scene_tile(scene, t, width, height).pixels[:, :, 2::-1])


def scene_labels(scene: Scene, t: float, names: Sequence[str], width: int, height: int) -> NDArray[np.uint8]:
    """The label map at `t`: for each pixel the place of its label in `names`, uint8 (height, width).

    KeyError where a patch has a label that is not in `names`.
    """
    return _labels(scene, t, tuple(names), width, height)


@lru_cache(maxsize=8)
def _labels(scene: Scene, t: float, names: tuple[str, ...], width: int, height: int) -> NDArray[np.uint8]:
    codes = {name: index for index, name in enumerate(names)}
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_RGB24, width)
    memory = np.zeros((height, stride), np.uint8)
    surface = cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_RGB24, width, height, stride)
    ctx = cairo.Context(surface)
    ctx.set_antialias(cairo.ANTIALIAS_NONE)
    ctx.scale(width / scene.size[0], height / scene.size[1])
    for patch in scene.patches(t):
        if patch.label is not None:
            ctx.set_source_rgb(0, 0, codes[patch.label] / 255)
            fill(ctx, patch)
    surface.flush()
    found = memory[:, : width * 4 : 4].copy()
    found.flags.writeable = False
    return found


def scene_mask(scene: Scene, t: float, tag: str, width: int, height: int) -> NDArray[np.bool_]:
    """Where at `t` a pixel is seen of what has this tag, of shape (height, width)."""
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
    ctx = cairo.Context(surface)
    ctx.set_antialias(cairo.ANTIALIAS_NONE)
    ctx.scale(width / scene.size[0], height / scene.size[1])
    for patch in scene.patches(t):
        if patch.label is not None or patch.tag:
            ctx.set_source_rgb(0, 0, 1 if patch.tag == tag else 0)
            fill(ctx, patch)
    surface.flush()
    memory = np.frombuffer(surface.get_data(), np.uint8).reshape(height, surface.get_stride())
    return memory[:, : width * 4 : 4] > 127


def scene_layer(
    scene: Scene,
    box: Rect,
    start_s: float,
    end_s: float,
    first_s: float = 0.0,
    fps: int = 60,
    z: float = 3.0,
    radius: float = 0.0,
    note: Note | None = None,
) -> DrawnLayer:
    """The scene alive in `box` (pixels) between two times of the shot; outside them it is not there.

    At `start_s` the scene is at its own `first_s`. It moves in steps of `1 / fps`.
    """

    def look(t: float) -> float | None:
        return round((t - start_s) * fps) / fps + first_s if start_s <= t < end_s else None

    def draw(ctx: cairo.Context, at: float) -> None:
        rounded_clip(ctx, box, radius)
        ctx.translate(box.left, box.top)
        ctx.scale((box.right - box.left) / scene.size[0], (box.bottom - box.top) / scene.size[1])
        paint(ctx, scene, at)

    return DrawnLayer(look, lambda at: box, draw, lambda: [(start_s, end_s)], z, note)


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


def frames_layer(
    frames: Sequence[NDArray[np.uint8]],
    box: Rect,
    start_s: float,
    end_s: float,
    fps: int,
    z: float = 3.0,
    radius: float = 0.0,
    note: Note | None = None,
) -> DrawnLayer:
    """Frames (RGB, of the box's size) shown one after another between two times of the shot."""
    tiles: dict[int, Tile] = {}

    def look(t: float) -> int | None:
        return min(int((t - start_s) * fps + 0.5), len(frames) - 1) if start_s <= t < end_s else None

    def draw(ctx: cairo.Context, index: int) -> None:
        if index not in tiles:
            tiles.clear()
            tile = blank(box.right - box.left, box.bottom - box.top)
            tile.pixels[:, :, :3], tile.pixels[:, :, 3] = frames[index][:, :, ::-1], 255
            tiles[index] = tile
        rounded_clip(ctx, box, radius)
        ctx.set_source_surface(tiles[index].surface, box.left, box.top)
        ctx.paint()

    return DrawnLayer(look, lambda index: box, draw, lambda: [(start_s, end_s)], z, note)
