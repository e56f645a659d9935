"""Footage in a pane: its clock, its windows, and what must be conformed of it.

Everything follows from the shot alone, so that build, which conforms, and the picture, which shows what was
conformed, come to the same requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from explainers.compositor.layer import Rect
from explainers.footage.conform import Request
from explainers.footage.media import CODE, Media, probe
from explainers.footage.timeline import STILL, Area, Timeline, View, even
from explainers.kinds._panes.content import Windowed
from explainers.kinds._panes.params import Played
from explainers.kinds._panes.places import centered, size_of
from explainers.storyboard.mistakes import Mistake, without_effect

if TYPE_CHECKING:
    from explainers.footage.captured import Captured, Conformed, Drawn
    from explainers.stage import Box, Stage

TIMES = ("from", "until", "speed", "paces")
"""What only means something where there is time."""
LEAST = 8
"""Pixels of the smallest part that can be shown."""


@dataclass
class FootagePane(Windowed):
    """A video, a GIF, a folder of pictures, or a screenshot, which has no clock."""

    fields: Played

    name = "capture"
    reads = Played

    @cached_property
    def media(self) -> Media:
        return probe(self.path, self.fields.frames_fps)

    @property
    def size(self) -> tuple[float, float]:
        return float(self.media.width), float(self.media.height)

    @cached_property
    def clock(self) -> Timeline | None:
        return None if self.media.kind == "still" else self.playing(self.media.duration_s)

    def aligned(self, area: Area, inside: Area) -> Area:
        left, top, right, bottom = even(area, inside)
        return float(left), float(top), float(right), float(bottom)

    def fitted(self, area: Rect, scale: float) -> Rect:
        return centered(area, self.aspect)

    def requests(self, pane: Rect) -> tuple[Request, ...]:
        """What must be conformed for a pane, one for each view; none of a screenshot."""
        clock = self.clock
        return (
            () if clock is None else tuple(self._request(clock, view, size_of(pane)) for view in self.views)
        )

    def _request(self, clock: Timeline, view: View, pane: tuple[int, int]) -> Request:
        media, rate = self.media, clock.rate(self.shot.canvas.fps)
        size = self.moving_size(view, pane) if view.moves else pane
        first, last = clock.at(view.start_s), clock.at(view.end_s)
        if len(self.views) == 1:
            # The whole capture, whatever the shot's length: a longer shot conforms nothing anew.
            first, last = clock.from_s, clock.until_s
        # A frame before and one behind, so that rounding never asks for one that is not there.
        step = float(1 / rate)
        first = max(clock.from_s, int(first / step) * step)
        # However long the last picture is held, nothing changes once it is there.
        first = min(first, int(media.last_s / step) * step)
        last = min(clock.until_s, last + 2 * step, media.last_s + 2 * step)
        window = even(view.reach, self.area(None))
        return Request(media, first, max(last, first + step), window, *size, rate, self.shot.theme.panel)

    def moving_size(self, view: View, pane: tuple[int, int]) -> tuple[int, int]:
        """Never more pixels than the capture has."""
        left, top, right, bottom = even(view.reach, self.area(None))
        scale = min(1.0, pane[0] / view.narrowest)
        wide, high = (right - left) * scale, (bottom - top) * scale
        return max(2, round(wide / 2) * 2), max(2, round(high / 2) * 2)

    def clip(self, pane: Rect) -> Captured:
        """The capture as a clip of the pane's size; what was conformed is in the shot's `media`."""
        from explainers.footage.art import open_art
        from explainers.footage.captured import Captured, Conformed

        shot, size = self.shot, size_of(pane)
        materials: Sequence[Conformed | Drawn]
        if self.clock is None:
            materials = self.drawn(open_art(self.path, over=shot.theme.panel), size)
        else:
            materials = [Conformed(request, shot.media[request]) for request in self.requests(pane)]
        clock = self.clock or STILL
        return Captured(size, shot.canvas.fps, shot.duration_s, clock, self.views, materials)

    def show(self, stage: Stage, pane: Rect, window: Box | None = None) -> None:
        """The footage with a thin line around it."""
        from explainers.kinds._panes.marks import box_of, show_clip

        frame = window or box_of(pane, stage).inset(-2)
        clip, text = self.clip(pane), self.label or "capture"
        show_clip(stage, clip, pane, frame, stage.theme.panel, 3, text, enters=window is None)

    def caveats(self) -> Sequence[str]:
        return self.media.caveats

    def wrong(self) -> Iterator[Mistake]:
        media = self.media
        if self.clock is None:
            yield from without_effect(self.fields, TIMES, "a picture that does not move", self.loc)
        else:
            yield from self.out_of_range(media.duration_s)
        if media.kind != "frames":
            what = "anything but a folder of pictures"
            yield from without_effect(self.fields, ("frames_fps",), what, self.loc)
        for loc, part in self.parts():
            left, top, right, bottom = self.area(part)
            if right - left < LEAST or bottom - top < LEAST:
                message = f"nothing of the picture, {media.width}x{media.height} pixels, lies there"
                yield Mistake(loc, CODE, message)
