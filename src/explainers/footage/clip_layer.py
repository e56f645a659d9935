"""Footage in a picture: a layer that shows a clip's frames in a region, over or under what Manim drew."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import cairo
from av.video.frame import VideoFrame

from explainers.film.layer import PROPERTIES, Note, Rect, Span, Track
from explainers.footage.panes import Footage


@dataclass
class ClipLayer:
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
        rects = self._parts(state)
        whole = rects[0]
        for rect in rects[1:]:
            whole = whole.joined(rect)
        return whole

    def _parts(self, state: Any) -> list[Rect]:
        return [self._placed(part, state) for part in self.footage.parts]

    def _placed(self, rect: Rect, state: Any) -> Rect:
        x, y = self.x + state[1], self.y + state[2]
        return Rect(rect.left + x, rect.top + y, rect.right + x, rect.bottom + y)

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
        look, opacity = state[0], state[3]
        gives = getattr(self.footage, "gives_planes", None)
        if opacity < 1.0 or gives is None or not gives(look):
            return None
        rect = self._placed(self.footage.parts[0], state)
        return None if any(edge % 2 for edge in rect) else rect

    def planes(self, state: Any) -> VideoFrame:
        """The frame of a state for which `direct` gives a rectangle."""
        return self.footage.planes(state[0])

    def spans(self) -> list[Span]:
        own = [span for track in self.tracks.values() for span in track.spans()]
        begins = [(self.start_s, self.start_s)] if self.start_s else []
        played = [(start + self.start_s, end + self.start_s) for start, end in self.footage.spans()]
        return own + begins + played
