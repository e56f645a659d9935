"""Panes: MoviePy clips that know what changed between two frames, side by side in one buffer.

A pane is a `VideoClip` like any other, so MoviePy's own vocabulary works on it; but a `ClipLayer`
asks it what it shows (`look`) and takes over only the rectangles that changed. Its frame function
writes into one reused buffer, so a frame is valid until the next one is asked for.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from moviepy.video.VideoClip import VideoClip

from explainers.film.layer import Rect, Span
from explainers.film.picture import Painter, Picture
from explainers.timing import frame_at


class Footage(VideoClip):
    """A clip of constant size that tells what it shows. `fps` is whole frames a second.

    `parts` are the rectangles it really covers; the rest of its frame is left to what lies below.
    """

    parts: tuple[Rect, ...]

    def __init__(self, size: tuple[int, int], duration_s: float, fps: int):
        self.size = size
        super().__init__(frame_function=self.rgb, duration=duration_s)
        self.fps = fps

    def rgb(self, t: float) -> np.ndarray:
        """The frame at `t` as MoviePy wants it: RGB, uint8 of shape (height, width, 3), a view."""
        return self.pixels(self.look(t))[:, :, 2::-1]

    def look(self, t: float) -> Any:
        """What is shown at `t`; equal when the frames are."""
        raise NotImplementedError

    def changed(self, before: Any, after: Any) -> list[Rect]:
        """Rectangles in which the frames of two looks differ."""
        raise NotImplementedError

    def pixels(self, look: Any) -> np.ndarray:
        """The frame as BGRA, uint8 of shape (height, width, 4): always the same array, written anew."""
        raise NotImplementedError

    def spans(self) -> list[Span]:
        """Stretches in which the look may change."""
        return [(0.0, float(self.duration))]


@dataclass(frozen=True)
class PaneLook:
    """The states of a pane's layers; `frame` is one of the frames that look like this."""

    states: tuple[Hashable | None, ...]
    frame: int = field(compare=False)


class Pane(Footage):
    """A small picture of its own, painted at its own size."""

    def __init__(self, picture: Picture):
        self.picture = picture
        self._painter = Painter(picture)
        self.parts = (Rect(0, 0, picture.width, picture.height),)
        self._rate = picture.fps
        super().__init__((picture.width, picture.height), picture.duration_frames / picture.fps, picture.fps)

    def look(self, t: float) -> PaneLook:
        frame = min(frame_at(t, self._rate), self.picture.duration_frames - 1)
        at = frame / self._rate
        return PaneLook(tuple(layer.state(at) for layer in self.picture.layers), frame)

    def changed(self, before: PaneLook, after: PaneLook) -> list[Rect]:
        pairs = zip(self.picture.layers, before.states, after.states, strict=True)
        rects = (rect for layer, one, other in pairs if one != other for rect in layer.dirty(one, other))
        # A stroke may reach past the pane's edge, where there is nothing to take over.
        return [inside for rect in rects if not (inside := rect.cut(self.parts[0])).empty]

    def pixels(self, look: PaneLook) -> np.ndarray:
        self._painter.paint(look.frame)
        return self._painter.pixels

    def spans(self) -> list[Span]:
        return [span for layer in self.picture.layers for span in layer.spans()]


class Played(Footage):
    """Any MoviePy clip of constant size, frame by frame."""

    def __init__(self, clip: VideoClip, fps: int):
        width, height = (int(side) for side in clip.size)
        self._clip, self._rate, self._shown = clip, fps, -1
        self._buffer = np.full((height, width, 4), 255, np.uint8)
        self._frames = max(1, frame_at(float(clip.duration), fps))
        self.parts = (Rect(0, 0, width, height),)
        super().__init__((width, height), float(clip.duration), fps)

    def look(self, t: float) -> int:
        return min(frame_at(t, self._rate), self._frames - 1)

    def changed(self, before: int, after: int) -> list[Rect]:
        return list(self.parts) if before != after else []

    def pixels(self, look: int) -> np.ndarray:
        if look != self._shown:
            self._buffer[:, :, 2::-1] = self._clip.get_frame(look / self._rate)
            self._shown = look
        return self._buffer


class Composed(Footage):
    """Footage placed in one buffer; each piece writes only the rectangles that changed."""

    def __init__(self, pieces: Sequence[tuple[Footage, int, int]], size: tuple[int, int]):
        self.pieces = tuple(pieces)
        self._buffer = np.zeros((size[1], size[0], 4), np.uint8)
        self._shown: tuple[Any, ...] | None = None
        self.parts = tuple(_shifted(part, x, y) for piece, x, y in pieces for part in piece.parts)
        length = max(float(piece.duration) for piece, _, _ in pieces)
        super().__init__(size, length, max(int(piece.fps) for piece, _, _ in pieces))

    def look(self, t: float) -> tuple[Any, ...]:
        return tuple(piece.look(t) for piece, _, _ in self.pieces)

    def changed(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> list[Rect]:
        triples = zip(self.pieces, before, after, strict=True)
        return [_shifted(r, x, y) for (piece, x, y), one, other in triples for r in piece.changed(one, other)]

    def pixels(self, look: tuple[Any, ...]) -> np.ndarray:
        for index, (piece, x, y) in enumerate(self.pieces):
            before = self._shown[index] if self._shown else None
            rects = piece.changed(before, look[index]) if self._shown else list(piece.parts)
            if rects:
                frame = piece.pixels(look[index])
                for left, top, right, bottom in rects:
                    self._buffer[y + top : y + bottom, x + left : x + right] = frame[top:bottom, left:right]
        self._shown = look
        return self._buffer

    def spans(self) -> list[Span]:
        return [span for piece, _, _ in self.pieces for span in piece.spans()]


def side_by_side(pieces: Sequence[Footage], gap: int = 0) -> Composed:
    """Footage in a row, tops aligned, `gap` pixels between; the pixels between belong to nobody."""
    placed, x = [], 0
    for piece in pieces:
        placed.append((piece, x, 0))
        x += int(piece.size[0]) + gap
    return Composed(placed, (x - gap, max(int(piece.size[1]) for piece in pieces)))


def _shifted(rect: Rect, x: int, y: int) -> Rect:
    return Rect(rect.left + x, rect.top + y, rect.right + x, rect.bottom + y)
