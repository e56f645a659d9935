"""A capture made ready: what is in the file, its clock, its windows, and what must be conformed of it.

Everything follows from the shot alone, so that build, which conforms, and the picture, which shows what
was conformed, come to the same requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.footage.views import Area, View, even, fitted, views
from explainers.kinds.capture.params import BeatParams, Played

from explainers.film.layer import Span
from explainers.footage.conform import Request
from explainers.footage.media import Media, probe
from explainers.footage.timeline import Timeline, timeline

if TYPE_CHECKING:
    from explainers.footage.captured import Captured, Material
    from explainers.kinds.base import BeatPlan, ShotPlan

START_S = 0.5
"""Footage begins to move when its pane has arrived."""
ZOOM_S = 0.8


@dataclass(frozen=True)
class Capture:
    """A capture as a shot shows it; `pane` is its size in pixels."""

    media: Media
    clock: Timeline
    whole: Area
    views: tuple[View, ...]
    over: str
    fps: int
    duration_s: float

    @property
    def aspect(self) -> float:
        """Width over height of what is seen."""
        return (self.whole[2] - self.whole[0]) / (self.whole[3] - self.whole[1])

    def requests(self, pane: tuple[int, int]) -> tuple[Request, ...]:
        """What must be conformed for a pane of that size, one for each view; none of a screenshot."""
        if self.media.kind == "still":
            return ()
        return tuple(self._request(view, pane) for view in self.views)

    def _request(self, view: View, pane: tuple[int, int]) -> Request:
        edges = (0.0, 0.0, float(self.media.width), float(self.media.height))
        window = even(view.reach, edges)
        size = pane if not view.moves else self._moving_size(view, window, pane)
        rate = self.clock.rate(self.fps)
        first, last = self.clock.at(view.start_s), self.clock.at(view.end_s)
        if len(self.views) == 1:
            # The whole capture, whatever the shot's length: a longer shot conforms nothing anew.
            first, last = self.clock.from_s, self.clock.until_s
        # A frame before and one behind, so that rounding never asks for one that is not there.
        step = float(1 / rate)
        first = max(self.clock.from_s, int(first / step) * step)
        # However long the last picture is held, nothing changes once it is there.
        first = min(first, int(self.media.last_s / step) * step)
        last = min(self.clock.until_s, last + 2 * step, self.media.last_s + 2 * step)
        return Request(self.media, first, max(last, first + step), window, *size, rate, self.over)

    def _moving_size(self, view: View, window: Sequence[int], pane: tuple[int, int]) -> tuple[int, int]:
        """As many pixels as the sharpest moment of a move needs, and never more than the capture has."""
        narrowest = min(view.before[2] - view.before[0], view.after[2] - view.after[0])
        scale = min(1.0, pane[0] / narrowest)
        wide, high = (window[2] - window[0]) * scale, (window[3] - window[1]) * scale
        return max(2, round(wide / 2) * 2), max(2, round(high / 2) * 2)

    def clip(self, pane: tuple[int, int], files: Mapping[Request, Path]) -> Captured:
        """The capture as a clip of that size; `files` are what build conformed."""
        from explainers.footage.captured import Captured, conformed

        materials: Sequence[Material]
        if self.media.kind == "still":
            materials = self._stills(pane)
        else:
            materials = conformed(self.requests(pane), files)
        return Captured(pane, self.fps, self.duration_s, self.clock, self.views, materials)

    def _stills(self, pane: tuple[int, int]) -> list[Material]:
        from explainers.footage.art import open_art
        from explainers.footage.captured import Drawn

        art = open_art(self.media.path, over=self.over)
        found: list[Material] = []
        for view in self.views:
            window = view.reach
            size = pane if not view.moves else self._moving_size(view, even(window, self._edges), pane)
            found.append(Drawn(window, art.raster(window, size)))
        return found

    @property
    def _edges(self) -> Area:
        return 0.0, 0.0, float(self.media.width), float(self.media.height)

    @cached_property
    def rest(self) -> Area:
        """The window at the end."""
        return self.views[-1].after


def capture_of(
    played: Played,
    shot: ShotPlan,
    beats: Sequence[BeatPlan] = (),
    start_s: float = START_S,
) -> Capture:
    """The capture of a pane of the shot. InvalidInput, naming the file, where it can't be shown."""
    media = probe(shot.assets[played.file], played.frames_fps)
    edges = (0.0, 0.0, float(media.width), float(media.height))
    whole = tuple(map(float, even(area_of(played.crop, media), edges))) if played.crop else edges
    whole = (whole[0], whole[1], whole[2], whole[3])
    freezes = [(beat.start_s, beat.end_s) for beat in beats if getattr(beat.params, "freeze", False)]
    clock = clock_of(played, media.duration_s, freezes, start_s)
    moves = _moves(beats, media, whole)
    return Capture(
        media,
        clock,
        whole,
        views(whole, moves, shot.duration_s),
        shot.theme.panel,
        shot.canvas.fps,
        shot.duration_s,
    )


def clock_of(
    played: Played, length_s: float, freezes: Iterable[Span] = (), start_s: float = START_S
) -> Timeline:
    """The clock of footage of that length, which stands still in `freezes`, seconds of the shot."""
    until = min(played.until if played.until is not None else length_s, length_s)
    paces = [(pace.from_, pace.until, pace.speed) for pace in played.paces]
    return timeline(min(played.from_, until), until, played.speed, paces, freezes, start_s)


def area_of(region: tuple[float, float, float, float] | None, media: Media) -> Area:
    """A region in pixels of the capture, cut at its edges."""
    if region is None:
        return 0.0, 0.0, float(media.width), float(media.height)
    x, y, width, height = region
    sx, sy = (media.width, media.height) if max(region) <= 1 else (1, 1)
    right, bottom = min(media.width, (x + width) * sx), min(media.height, (y + height) * sy)
    return x * sx, y * sy, float(right), float(bottom)


def point_of(spot: tuple[float, float], media: Media) -> tuple[float, float]:
    """A point in pixels of the capture."""
    sx, sy = (media.width, media.height) if max(spot) <= 1 else (1, 1)
    return spot[0] * sx, spot[1] * sy


def _moves(beats: Sequence[BeatPlan], media: Media, whole: Area) -> list[tuple[float, float, Area]]:
    aspect = (whole[2] - whole[0]) / (whole[3] - whole[1])
    found = []
    for beat in beats:
        zoom = own_of(beat).zoom
        if zoom is None:
            continue
        if zoom == "all":
            target = whole
        else:
            inside = fitted(area_of(zoom, media), aspect, whole)
            target = tuple(map(float, even(inside, whole)))  # type: ignore[assignment]
        found.append((beat.start_s, min(ZOOM_S, beat.duration_s), target))
    return found


def own_of(beat: BeatPlan) -> BeatParams:
    return beat.params if isinstance(beat.params, BeatParams) else BeatParams()
