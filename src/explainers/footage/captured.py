"""Captures as clips: what build conformed, played by a timeline, seen through windows that may move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

import cairo
import numpy as np
from av.video.frame import VideoFrame

from explainers.film.layer import Rect, Span
from explainers.footage.conform import Request
from explainers.footage.panes import Footage
from explainers.footage.reader import Frames
from explainers.footage.timeline import Timeline
from explainers.footage.views import Area, View, view_at
from explainers.timing import frame_at


class Material(Protocol):
    """Where the pixels of one view come from."""

    @property
    def window(self) -> Area:
        """The part of the capture that it shows."""

    def number(self, source_s: float) -> int:
        """The frame on screen at a second of the capture."""

    def bgra(self, number: int) -> np.ndarray:
        """A frame, uint8 BGRA of shape (height, width, 4)."""


@dataclass
class Conformed:
    """A request and the file that build made of it."""

    request: Request
    path: Path

    def __post_init__(self) -> None:
        self.frames = Frames(self.path, self.request.frames)

    @property
    def window(self) -> Area:
        return self.request.window

    def number(self, source_s: float) -> int:
        return self.request.frame_at(source_s)

    def bgra(self, number: int) -> np.ndarray:
        return self.frames.bgra(number)

    def yuv(self, number: int) -> VideoFrame:
        """A frame as yuv420p, as the film's own frames are."""
        return self.frames.at(number)


@dataclass
class Drawn:
    """A picture that stands still: a screenshot, a figure, drawn once by `make` for its window."""

    window: Area
    pixels: np.ndarray

    def number(self, source_s: float) -> int:
        return 0

    def bgra(self, number: int) -> np.ndarray:
        return self.pixels


class Seen(NamedTuple):
    """What a capture shows: the view, the frame of its material, and the window while it moves."""

    view: int
    frame: int
    window: Area | None


class Captured(Footage):
    """A capture in a pane of `size` pixels: one material a view, `clock` tells which frame of it."""

    def __init__(
        self,
        size: tuple[int, int],
        fps: int,
        duration_s: float,
        clock: Timeline,
        views: Sequence[View],
        materials: Sequence[Material],
    ):
        self.parts = (Rect(0, 0, *size),)
        self._clock, self._views, self._materials, self._rate = clock, tuple(views), tuple(materials), fps
        super().__init__(size, duration_s, fps)

    def look(self, t: float) -> Seen:
        t = frame_at(t, self._rate) / self._rate
        index = view_at(self._views, t)
        number = self._materials[index].number(self._clock.at(t))
        view = self._views[index]
        return Seen(index, number, view.at(t) if view.moves else None)

    def changed(self, before: Seen, after: Seen) -> list[Rect]:
        return list(self.parts) if before != after else []

    def pixels(self, look: Seen) -> np.ndarray:
        material = self._materials[look.view]
        frame = material.bgra(look.frame)
        return frame if look.window is None else self._resized(frame, material.window, look.window)

    def gives_planes(self, look: Seen) -> bool:
        """Whether the frame is seen just as it was conformed."""
        return look.window is None and isinstance(self._materials[look.view], Conformed)

    def planes(self, look: Seen) -> VideoFrame:
        """A frame that `gives_planes`, as yuv420p."""
        material = self._materials[look.view]
        assert isinstance(material, Conformed)
        return material.yuv(look.frame)

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
        # Past its edge a picture repeats its last pixels: no dark seam where a window touches the border.
        ctx.get_source().set_extend(cairo.EXTEND_PAD)
        ctx.get_source().set_filter(cairo.FILTER_BILINEAR)
        ctx.paint()
        surface.flush()
        return buffer[:, :width]

    def spans(self) -> list[Span]:
        moving = [(view.start_s, view.end_s) for view in self._views]
        moving = [span for span, view in zip(moving, self._views, strict=True) if view.moves]
        cuts = [(view.start_s, view.start_s) for view in self._views[1:]]
        return [*self._clock.spans(), *moving, *cuts]


@lru_cache(maxsize=4)
def _buffer(height: int, stride: int) -> np.ndarray:
    return np.zeros((height, stride // 4, 4), np.uint8)


def conformed(requests: Sequence[Request], files: Mapping[Request, Path]) -> list[Conformed]:
    """The materials of requests, from what build made of them; KeyError for one that was not made."""
    return [Conformed(request, files[request]) for request in requests]
