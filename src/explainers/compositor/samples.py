"""What a picture shows over time, as plain data: where each layer stands, how opaque, how full the frame is.

Layers are looked at ten times a second, and only in the stretches in which they say that they may change.
Whatever judges motion reads this record and nothing else, so it needs no pixels and no drawing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.compositor.layer import Layer, Rect
from explainers.compositor.patches import Clipped, Playing
from explainers.compositor.picture import Picture
from explainers.theme import CHROME, PLATES, design_scale

RATE = 10
"""Samples a second."""
FILL_S = 0.5
"""Seconds between two measurements of how much of the frame is in use."""
MARGIN_X, MARGIN_Y = 96.0, 54.0
"""The safe area's margins in design units."""
_CELL, _POINTS = 27.0, 4
"""Design units of a cell of the safe area, and the points along each of its sides that are looked at."""
_REACH = 2
"""Cells around something that it takes up; words take up as many units as their size."""
_WHOLE = 216.0
"""Design units up to which a shape takes up all of its box; in a larger one only what is painted counts."""
_FAINT, _ALPHA = 0.12, 30
"""Opacity, and alpha of 255, under which nothing is in use."""


class Seen(NamedTuple):
    """A layer's state from a frame on; `box` is None where nothing is shown."""

    frame: int
    state: Any
    box: Rect | None
    opacity: float


def unpaintable(layer: Layer) -> bool:
    """Whether a layer's frames come in order only, from a clock of its own."""
    return layer.note is not None and layer.note.role == "scene"


def widened(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """A mask with what lies up to `by` places around it."""
    for _ in range(by):
        high = mask.copy()
        high[1:] |= mask[:-1]
        high[:-1] |= mask[1:]
        mask = high.copy()
        mask[:, 1:] |= high[:, :-1]
        mask[:, :-1] |= high[:, 1:]
    return mask


def sampled(
    picture: Picture, layers: Sequence[Layer], ink_box: Callable[[int, Any], Rect | None]
) -> dict[str, Any]:
    """The picture's samples; `layers` are in the order they are painted in.

    Each layer with its number, its names and its `states`: `[frame, left, top, right, bottom, opacity]`
    in pixels from a frame on, and `[frame]` where nothing is shown. `ink` is the part of a box that words'
    ink, or a plate without its shadow, takes as shares of width and height; `cut` the box a layer is clipped
    at. `ink_box` finds the ink of a state. `filled` says for frames half a second apart which share of the
    safe area is in use, with the chrome and without.
    """
    step = max(1, round(picture.fps / RATE))
    last = picture.duration_frames - 1
    grid = sorted({*range(0, last + 1, step), last})
    seen = [_seen(layer, picture, grid) for layer in layers]
    found = []
    for index, (layer, states) in enumerate(zip(layers, seen, strict=True)):
        shown = [state for state in states if state.box is not None]
        if not shown:
            continue
        entry: dict[str, Any] = {"layer": index, "name": layer.name, "part": layer.part}
        entry |= {"pinned": layer.pinned, "kind": layer.note.kind if layer.note else ""}
        if layer.part in PLATES or (layer.note is not None and layer.note.kind == "text"):
            # The last of the brightest: what is carried looks otherwise on its way.
            brightest = max(shown, key=lambda one: (one.opacity, one.frame))
            entry["ink"] = _share(brightest.box, ink_box(index, brightest.state))
        inner = layer
        while hasattr(inner, "layer"):
            if isinstance(inner, Clipped):
                # What is cut off is ink as well, though none that is painted.
                entry |= {"cut": list(inner.rect), "ink": [0.0, 0.0, 1.0, 1.0]}
            inner = inner.layer
        entry["states"] = [
            [state.frame, *(state.box or ()), *([round(state.opacity, 3)] if state.box else [])]
            for state in states
        ]
        found.append(entry)
    return {"every": step, "layers": found, "filled": _filled(picture, layers, seen, grid)}


def _seen(layer: Layer, picture: Picture, grid: Sequence[int]) -> list[Seen]:
    """The layer's states in order, each where it differs from the one before."""
    if unpaintable(layer):
        return [Seen(0, "scene", Rect(0, 0, picture.width, picture.height), 1.0)]
    fps, wanted = picture.fps, {0, len(grid) - 1}
    for start, end in layer.spans():
        first = max(0, bisect_right(grid, math.floor(start * fps)) - 1)
        until = bisect_right(grid, math.ceil(end * fps)) + 1
        wanted.update(range(first, min(until, len(grid) - 1) + 1))
    states: list[Seen] = []
    for place in sorted(wanted):
        state = layer.state(grid[place] / fps)
        if not states or state != states[-1].state:
            box = layer.box(state) if state is not None else None
            states.append(Seen(grid[place], state, box, layer.alpha(state) if box else 0.0))
    return states


def _share(box: Rect | None, ink: Rect | None) -> list[float]:
    """The part of a box that its ink takes: left, top, right and bottom as shares of its width and height."""
    if box is None or ink is None or box.empty:
        return [0.0, 0.0, 1.0, 1.0]
    width, height = box.right - box.left, box.bottom - box.top
    across, down = (ink.left - box.left, ink.right - box.left), (ink.top - box.top, ink.bottom - box.top)
    return [
        round(edge, 3) for edge in (across[0] / width, down[0] / height, across[1] / width, down[1] / height)
    ]


# -- how much of the frame is in use -----------------------------------------------------------------------


def _filled(
    picture: Picture, layers: Sequence[Layer], seen: Sequence[Sequence[Seen]], grid: Sequence[int]
) -> list[list[float]]:
    cells = _Cells(picture)
    step = max(1, round(FILL_S * picture.fps))
    frames = sorted({*range(0, picture.duration_frames, step), grid[-1]})
    known: dict[tuple[int, int], NDArray[np.bool_]] = {}
    places, found = [0] * len(layers), []
    for frame in frames:
        whole, without = cells.empty(), cells.empty()
        for index, (layer, states) in enumerate(zip(layers, seen, strict=True)):
            while places[index] + 1 < len(states) and states[places[index] + 1].frame <= frame:
                places[index] += 1
            one = states[places[index]]
            if one.box is None or one.opacity < _FAINT:
                continue
            key = index, places[index]
            if key not in known:
                known[key] = cells.of(layer, one)
            whole |= known[key]
            if layer.name not in CHROME:
                without |= known[key]
        found.append([frame, round(float(whole.mean()), 3), round(float(without.mean()), 3)])
    return found


class _Cells:
    """The safe area of a picture in cells, and which of them a layer's state takes up."""

    def __init__(self, picture: Picture):
        self.scale = design_scale(picture.width, picture.height)
        self.left, self.top = MARGIN_X * self.scale, MARGIN_Y * self.scale
        self.side = _CELL * self.scale
        self.columns = max(1, round((picture.width - 2 * self.left) / self.side))
        self.rows = max(1, round((picture.height - 2 * self.top) / self.side))
        width, height = self.columns * _POINTS, self.rows * _POINTS
        stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_A8, width)
        self._memory = np.zeros((height, stride), np.uint8)
        self._surface = cairo.ImageSurface.create_for_data(
            self._memory.data, cairo.FORMAT_A8, width, height, stride
        )

    def empty(self) -> NDArray[np.bool_]:
        return np.zeros((self.rows, self.columns), bool)

    def of(self, layer: Layer, seen: Seen) -> NDArray[np.bool_]:
        box, note = seen.box, layer.note
        if box is None or box.empty:
            return self.empty()
        inner = layer
        while hasattr(inner, "layer"):
            inner = inner.layer
        solid = isinstance(inner, Playing) or hasattr(inner, "planes") or unpaintable(layer)
        words = note is not None and note.kind == "text"
        small = max(box.right - box.left, box.bottom - box.top) <= _WHOLE * self.scale
        if solid or words or small:
            reach = max(_REACH * _CELL, note.size if words and note else 0.0) * self.scale
            return self._around(box, reach)
        return widened(self._painted(layer, seen.state), _REACH)

    def _around(self, box: Rect, reach: float) -> NDArray[np.bool_]:
        found = self.empty()
        rows = (box.top - reach - self.top) / self.side, (box.bottom + reach - self.top) / self.side
        columns = (box.left - reach - self.left) / self.side, (box.right + reach - self.left) / self.side
        top, left = (max(0, round(low)) for low in (rows[0], columns[0]))
        found[top : max(0, round(rows[1])), left : max(0, round(columns[1]))] = True
        return found

    def _painted(self, layer: Layer, state: Any) -> NDArray[np.bool_]:
        """The cells in which a layer paints anything, found by painting it small."""
        self._memory[:] = 0
        ctx = cairo.Context(self._surface)
        ctx.scale(_POINTS / self.side, _POINTS / self.side)
        ctx.translate(-self.left, -self.top)
        layer.paint(ctx, state)
        self._surface.flush()
        points = self._memory[:, : self.columns * _POINTS] >= _ALPHA
        return np.any(points.reshape(self.rows, _POINTS, self.columns, _POINTS), axis=(1, 3))
