"""Captures as clips: what was conformed, or drawn once, seen through windows that may move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cairo
import numpy as np
from av.video.frame import VideoFrame

from explainers.compositor.layer import Rect, Span
from explainers.footage.clips import Footage
from explainers.footage.conform import Frames, Request
from explainers.footage.timeline import Area, Timeline, View, view_at
from explainers.timing import frame_at


class Conformed:
    """The pixels of one view of a capture that moves: a request and the file that was conformed for it."""

    def __init__(self, request: Request, path: Path):
        self.window: Area = request.window
        self.number = request.frame_at
        self.frames = Frames(path, request.frames)

    def bgra(self, number: int) -> np.ndarray:
        """A frame, uint8 BGRA of shape (height, width, 4)."""
        return self.frames.bgra(number)


@dataclass
class Drawn:
    """The pixels of one view of what stands still, a screenshot or a figure: uint8 BGRA of its window."""

    window: Area
    pixels: np.ndarray

    def number(self, source_s: float) -> int:
        """The frame on screen at a second of the capture."""
        return 0

    def bgra(self, number: int) -> np.ndarray:
        return self.pixels


class CapturedLook(NamedTuple):
    """What a capture shows: the view, the frame of its material, and the window while it moves."""

    view: int
    frame: int
    window: Area | None


class Captured(Footage):
    """A capture in a pane of `size` pixels: one material a view, `clock` says which frame of it."""

    def __init__(
        self,
        size: tuple[int, int],
        fps: int,
        duration_s: float,
        clock: Timeline,
        views: Sequence[View],
        materials: Sequence[Conformed | Drawn],
    ):
        self.parts = (Rect(0, 0, *size),)
        self._clock, self._views, self._materials, self._rate = clock, tuple(views), tuple(materials), fps
        super().__init__(size, duration_s, fps)

    def look(self, t: float) -> CapturedLook:
        t = frame_at(t, self._rate) / self._rate
        index = view_at(self._views, t)
        view = self._views[index]
        number = self._materials[index].number(self._clock.at(t))
        return CapturedLook(index, number, view.at(t) if view.moves else None)

    def pixels(self, look: CapturedLook) -> np.ndarray:
        material = self._materials[look.view]
        frame = material.bgra(look.frame)
        return frame if look.window is None else self._resized(frame, material.window, look.window)

    def gives_planes(self, look: CapturedLook) -> bool:
        """Whether the frame is seen just as it was conformed."""
        return look.window is None and isinstance(self._materials[look.view], Conformed)

    def planes(self, look: CapturedLook) -> VideoFrame:
        material = self._materials[look.view]
        assert isinstance(material, Conformed)
        return material.frames.at(look.frame)

    def _resized(self, frame: np.ndarray, shown: Area, window: Area) -> np.ndarray:
        """The part of a frame in `window`, as large as the pane."""
        width, height = (int(side) for side in self.size)
        stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_RGB24, width)
        buffer = _buffer(height, stride)
        surface = cairo.ImageSurface.create_for_data(buffer.data, cairo.FORMAT_RGB24, width, height, stride)
        frame = np.ascontiguousarray(frame)
        source = cairo.ImageSurface.create_for_data(
            frame.data, cairo.FORMAT_RGB24, frame.shape[1], frame.shape[0], frame.strides[0]
        )
        ctx = cairo.Context(surface)
        ctx.scale(width / (window[2] - window[0]), height / (window[3] - window[1]))
        ctx.translate(shown[0] - window[0], shown[1] - window[1])
        ctx.scale((shown[2] - shown[0]) / frame.shape[1], (shown[3] - shown[1]) / frame.shape[0])
        ctx.set_source_surface(source, 0, 0)
        # Beyond its edge a picture repeats its last pixels: no dark seam where a window touches the border.
        ctx.get_source().set_extend(cairo.EXTEND_PAD)
        ctx.get_source().set_filter(cairo.FILTER_BILINEAR)
        ctx.paint()
        surface.flush()
        return buffer[:, :width]

    def spans(self) -> list[Span]:
        moving = [(view.start_s, view.end_s) for view in self._views if view.moves]
        cuts = [(view.start_s, view.start_s) for view in self._views[1:]]
        return [*self._clock.spans(), *moving, *cuts]


@lru_cache(maxsize=4)
def _buffer(height: int, stride: int) -> np.ndarray:
    return np.zeros((height, stride // 4, 4), np.uint8)
