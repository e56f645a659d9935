"""A shot's picture: layers over a background, painted frame by frame on one reused surface."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cairo
import numpy as np

from explainers.digest import digest_value
from explainers.film.layer import Layer
from explainers.film.region import Rect, merged


@dataclass(frozen=True, eq=False)
class Picture:
    """What is seen for `duration_frames` frames of `width` x `height` pixels at `fps` a second.

    `background` is a uint8 BGRA array of shape (height, width, 4).
    """

    width: int
    height: int
    fps: int
    duration_frames: int
    background: np.ndarray
    layers: Sequence[Layer]

    def digest(self) -> str:
        """Content key of everything drawn."""
        parts = [layer.description() for layer in self.layers]
        return digest_value([self.width, self.height, self.fps, self.duration_frames, self.background, parts])


class Painter:
    """Paints a picture's frames in any order; frames in sequence cost only what changed.

    `pixels` is the one surface, uint8 BGRA of shape (height, width, 4), reused for every frame.
    """

    def __init__(self, picture: Picture):
        self.picture = picture
        stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_RGB24, picture.width)
        self._memory = np.zeros((picture.height, stride // 4, 4), np.uint8)
        self.pixels = self._memory[:, : picture.width]
        surface = cairo.ImageSurface.create_for_data(
            self._memory.data, cairo.FORMAT_RGB24, picture.width, picture.height, stride
        )
        self._ctx = cairo.Context(surface)
        self._frame_box = Rect(0, 0, picture.width, picture.height)
        self._layers = sorted(picture.layers, key=lambda layer: layer.z)
        self._states: list[Any] = [None] * len(self._layers)
        self._boxes: list[Rect | None] = [None] * len(self._layers)
        self._active = self._activity()
        self._frame: int | None = None

    def _activity(self) -> dict[int, list[int]]:
        """For each frame, the layers whose state may differ from the frame before."""
        active: dict[int, list[int]] = defaultdict(list)
        for index, layer in enumerate(self._layers):
            frames: set[int] = set()
            for start, end in layer.spans():
                first = max(0, math.floor(start * self.picture.fps))
                last = min(self.picture.duration_frames - 1, math.ceil(end * self.picture.fps) + 1)
                frames.update(range(first, last + 1))
            for frame in frames:
                active[frame].append(index)
        return active

    def paint(self, frame: int) -> list[Rect]:
        """Bring the surface to `frame`; the rectangles that changed, none for a held frame."""
        if self._frame is None:
            self.pixels[:] = self.picture.background
            self._refresh(range(len(self._layers)), frame)
            self._repaint([self._frame_box])
            self._frame = frame
            return [self._frame_box]
        follows = frame == self._frame + 1
        self._frame = frame
        changed = self._refresh(self._active.get(frame, ()) if follows else range(len(self._layers)), frame)
        dirty = merged(rect.cut(self._frame_box) for rect in changed)
        if dirty:
            self._repaint(dirty)
        return dirty

    def _refresh(self, indices: Any, frame: int) -> list[Rect]:
        t = frame / self.picture.fps
        changed: list[Rect] = []
        for index in indices:
            layer, before = self._layers[index], self._states[index]
            after = layer.state(t)
            if after != before:
                changed += layer.dirty(before, after)
                self._states[index] = after
                self._boxes[index] = layer.box(after) if after is not None else None
        return changed

    def _repaint(self, dirty: list[Rect]) -> None:
        ctx = self._ctx
        for rect in dirty:
            rows, columns = slice(rect.top, rect.bottom), slice(rect.left, rect.right)
            self.pixels[rows, columns] = self.picture.background[rows, columns]
        ctx.save()
        for rect in dirty:
            ctx.rectangle(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
        ctx.clip()
        for layer, state, box in zip(self._layers, self._states, self._boxes, strict=True):
            if box is not None and any(box.meets(rect) for rect in dirty):
                layer.paint(ctx, state)
        ctx.restore()


def still(picture: Picture, frame: int) -> np.ndarray:
    """One frame as RGB, uint8 of shape (height, width, 3), by the video's own path."""
    painter = Painter(picture)
    painter.paint(frame)
    return np.ascontiguousarray(painter.pixels[:, :, 2::-1])
