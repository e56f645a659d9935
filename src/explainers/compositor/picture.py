"""A shot's picture: layers over a background, painted frame by frame on one reused surface."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cairo
import numpy as np
from av.video.frame import VideoFrame

from explainers.compositor.layer import Layer, Rect, merged


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


class Painter:
    """Paints a picture's frames in any order; frames in sequence cost only what changed.

    `pixels` is the one surface, uint8 BGRA of shape (height, width, 4), reused for every frame.

    With `direct`, layers that have their pixels as yuv420p already and lie under nothing are not painted:
    they are in `direct` with their rectangles, and what changed in them since the frame before in `moved`.
    What is painted does not depend on their content, and so neither does what is converted around them.
    """

    def __init__(self, picture: Picture, direct: bool = False):
        self.picture = picture
        self.direct: dict[int, Rect] = {}
        self.moved: list[int] = []
        stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_RGB24, picture.width)
        self._memory = np.zeros((picture.height, stride // 4, 4), np.uint8)
        self.pixels = self._memory[:, : picture.width]
        surface = cairo.ImageSurface.create_for_data(
            self._memory.data, cairo.FORMAT_RGB24, picture.width, picture.height, stride
        )
        self._ctx = cairo.Context(surface)
        self._frame_box = Rect(0, 0, picture.width, picture.height)
        self._layers = sorted(picture.layers, key=lambda layer: layer.z)
        self._givers = [i for i, layer in enumerate(self._layers) if direct and hasattr(layer, "planes")]
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
            self.moved = list(self.direct)
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
        changes: list[tuple[int, Any, Any]] = []
        for index in indices:
            layer, before = self._layers[index], self._states[index]
            after = layer.state(t)
            if after != before:
                changes.append((index, before, after))
                self._states[index] = after
                self._boxes[index] = layer.box(after) if after is not None else None
        earlier = self.direct
        if self._givers and changes:
            self.direct = self._uncovered()
        self.moved = []
        changed = [rect for index, rect in earlier.items() if self.direct.get(index) != rect]
        changed += [rect for index, rect in self.direct.items() if earlier.get(index) != rect]
        for index, before, after in changes:
            if index in self.direct and self.direct[index] == earlier.get(index):
                self.moved.append(index)
            else:
                changed += self._layers[index].dirty(before, after)
        return changed

    def _uncovered(self) -> dict[int, Rect]:
        """Layers that give their own yuv420p now and lie under nothing, with the pixels they cover."""
        found = {}
        for index in self._givers:
            state = self._states[index]
            rect = self._layers[index].direct(state) if state is not None else None  # type: ignore[attr-defined]
            if rect is None or rect.cut(self._frame_box) != rect:
                continue
            if not any(box is not None and box.meets(rect) for box in self._boxes[index + 1 :]):
                found[index] = rect
        return found

    def planes(self, index: int) -> VideoFrame:
        """The frame of a layer in `direct`, as yuv420p of its rectangle's size."""
        return self._layers[index].planes(self._states[index])  # type: ignore[attr-defined]

    def _repaint(self, dirty: list[Rect]) -> None:
        ctx = self._ctx
        for rect in dirty:
            rows, columns = slice(rect.top, rect.bottom), slice(rect.left, rect.right)
            self.pixels[rows, columns] = self.picture.background[rows, columns]
        ctx.save()
        for rect in dirty:
            ctx.rectangle(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
        ctx.clip()
        for index, (layer, state, box) in enumerate(
            zip(self._layers, self._states, self._boxes, strict=True)
        ):
            if index not in self.direct and box is not None and any(box.meets(rect) for rect in dirty):
                layer.paint(ctx, state)
        ctx.restore()


def still(picture: Picture, frame: int) -> np.ndarray:
    """One frame as RGB, uint8 of shape (height, width, 3), by the video's own path."""
    painter = Painter(picture)
    painter.paint(frame)
    return np.ascontiguousarray(painter.pixels[:, :, 2::-1])
