"""MoviePy clips that know what changed between two frames, and the layer that shows them in a picture.

`Footage` is a `VideoClip` like any other, so MoviePy's own vocabulary works on it; but a `ClipLayer` asks
it what it shows (`look`) and takes over only the rectangles that changed. Its frame function writes into
one reused buffer, so a frame is valid until the next one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import cairo
import numpy as np
from av.video.frame import VideoFrame
from moviepy.video.VideoClip import VideoClip

from explainers.compositor.layer import PROPERTIES, Layer, Note, Rect, Span, Track
from explainers.compositor.picture import Painter, Picture
from explainers.timing import frame_at


class Footage(VideoClip):
    """A clip of constant size that says what it shows. `fps` is whole frames a second.

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
        """Rectangles in which the frames of two looks differ; all of it unless a clip knows better."""
        return list(self.parts) if before != after else []

    def pixels(self, look: Any) -> np.ndarray:
        """The frame as BGRA, uint8 of shape (height, width, 4): always the same array, written anew."""
        raise NotImplementedError

    def gives_planes(self, look: Any) -> bool:
        """Whether `planes` has the frame."""
        return False

    def planes(self, look: Any) -> VideoFrame:
        """The frame as yuv420p in the film's own colours, valid until the next one is asked for."""
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
        triples = zip(self.picture.layers, before.states, after.states, strict=True)
        rects = (rect for layer, old, new in triples if old != new for rect in layer.dirty(old, new))
        # A stroke may reach beyond the pane's edge, where there is nothing to take over.
        return [inside for rect in rects if not (inside := rect.cut(self.parts[0])).empty]

    def pixels(self, look: PaneLook) -> np.ndarray:
        self._painter.paint(look.frame)
        return self._painter.pixels

    def spans(self) -> list[Span]:
        return [span for layer in self.picture.layers for span in layer.spans()]


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
        return [_shifted(r, x, y) for (piece, x, y), old, new in triples for r in piece.changed(old, new)]

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


def _shifted(rect: Rect, x: int, y: int) -> Rect:
    return Rect(rect.left + x, rect.top + y, rect.right + x, rect.bottom + y)


@dataclass
class ClipLayer(Layer):
    """`footage` with its top left pixel at (`x`, `y`), playing from `start_s` of the shot.

    It has the tracks of a tile (`opacity`, `share`, `dx`, `dy`), so that a stage's handle can make it enter
    and leave. It is dirty only where the footage says that it changed.
    """

    footage: Footage
    x: int
    y: int
    start_s: float = 0.0
    z: float = 5.0
    note: Note | None = None
    tracks: dict[str, Track] = field(default_factory=dict)

    def track(self, name: str) -> Track:
        """The track of a property, made at its neutral value when first asked for."""
        if name not in ("opacity", "share", "dx", "dy"):
            raise ValueError(f"footage has no {name!r} to change; it has opacity, share, dx and dy")
        return self.tracks.setdefault(name, Track(PROPERTIES[name]))

    def _at(self, name: str, t: float) -> float:
        return self.tracks[name].at(t) if name in self.tracks else PROPERTIES[name]

    def state(self, t: float) -> Hashable | None:
        opacity = round(self._at("opacity", t) * self._at("share", t), 3)
        if opacity <= 0.001 or t < self.start_s:
            return None
        look = self.footage.look(t - self.start_s)
        return look, round(self._at("dx", t)), round(self._at("dy", t)), min(1.0, opacity)

    def box(self, state: Any) -> Rect:
        return reduce(Rect.joined, self._parts(state))

    def alpha(self, state: Any) -> float:
        return float(state[3])

    def _parts(self, state: Any) -> list[Rect]:
        return [self._placed(part, state) for part in self.footage.parts]

    def _placed(self, rect: Rect, state: Any) -> Rect:
        return _shifted(rect, self.x + state[1], self.y + state[2])

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is None or after is None or before[1:] != after[1:]:
            return [rect for state in (before, after) if state is not None for rect in self._parts(state)]
        return [self._placed(rect, after) for rect in self.footage.changed(before[0], after[0])]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        look, dx, dy, opacity = state
        pixels = self.footage.pixels(look)
        height, width = pixels.shape[:2]
        surface = cairo.ImageSurface.create_for_data(
            pixels.data, cairo.FORMAT_RGB24, width, height, pixels.strides[0]
        )
        ctx.save()
        for rect in self._parts(state):
            ctx.rectangle(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
        ctx.clip()
        ctx.set_source_surface(surface, self.x + dx, self.y + dy)
        ctx.get_source().set_filter(cairo.FILTER_NEAREST)
        ctx.paint_with_alpha(opacity)
        ctx.restore()

    def direct(self, state: Any) -> Rect | None:
        """The pixels it covers where it can give them as yuv420p just as they are, else None."""
        if state[3] < 1.0 or not self.footage.gives_planes(state[0]):
            return None
        rect = self._placed(self.footage.parts[0], state)
        return None if any(edge % 2 for edge in rect) else rect

    def planes(self, state: Any) -> VideoFrame:
        """The frame of a state for which `direct` gives a rectangle."""
        return self.footage.planes(state[0])

    def spans(self) -> list[Span]:
        changes = [span for track in self.tracks.values() for span in track.spans()]
        begins = [(self.start_s, self.start_s)] if self.start_s else []
        played = [(start + self.start_s, end + self.start_s) for start, end in self.footage.spans()]
        return changes + begins + played


FrameAt = Callable[[int], np.ndarray]
"""A frame by its number, as RGB, uint8 of shape (height, width, 3)."""


def crossfade(before: FrameAt, after: FrameAt, frames: int, fps: int) -> Iterator[np.ndarray]:
    """The 2 x `frames` frames in place of the last `frames` of one shot and the first of the next.

    `before` is asked for frames 0 to `frames` - 1 of what it replaces and then holds its last one;
    `after` holds its first one and then plays. Yields RGB arrays, uint8 of shape (height, width, 3).
    """
    from moviepy import CompositeVideoClip, vfx

    length_s = 2 * frames / fps

    def clip(frame_of: FrameAt, number_of: Callable[[int], int]) -> VideoClip:
        return VideoClip(lambda t: frame_of(number_of(int(t * fps))), duration=length_s)

    leaving = clip(before, lambda number: min(number, frames - 1))
    coming = clip(after, lambda number: max(0, number - frames))
    both = CompositeVideoClip([leaving, coming.with_effects([vfx.CrossFadeIn(length_s)])])
    for number in range(2 * frames):
        # In the middle of a frame, so that the first and the last are mixed by the same share.
        yield both.get_frame((number + 0.5) / fps)
