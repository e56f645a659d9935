"""What of a capture is on screen at a moment: which second of it (`Timeline`), and which part (`View`).

A timeline is made of stretches of constant speed. A stretch of speed 0 stands still; every speed other than 1
is shown on screen by whoever draws the footage. Views are windows at rest and moves between them: a rest is
conformed to the pane's own pixels, and only while the window moves is a frame resized as it is drawn.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from explainers.compositor.layer import Span
from explainers.timing import ease_in_out

Area = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of the capture as it is shown."""


@dataclass(frozen=True)
class Stretch:
    """From `start_s` to `end_s` of the shot the capture plays from its second `from_s` at `speed`."""

    start_s: float
    end_s: float
    from_s: float
    speed: float

    @property
    def until_s(self) -> float:
        """The second of the capture at which it ends."""
        return self.from_s + (self.end_s - self.start_s) * self.speed


@dataclass(frozen=True)
class Timeline:
    """Stretches in order, without gaps: seconds of the shot to seconds of the capture.

    Before the first stretch the capture shows its beginning, after the last its end.
    """

    stretches: tuple[Stretch, ...]

    def at(self, t: float) -> float:
        """Seconds of the capture at `t` seconds of the shot."""
        index = bisect_right([stretch.start_s for stretch in self.stretches], t) - 1
        now = self.stretches[max(0, index)]
        return now.from_s + (min(max(t, now.start_s), now.end_s) - now.start_s) * now.speed

    def speed_at(self, t: float) -> float:
        """The factor at `t` seconds of the shot; 0 where the capture stands still."""
        return next((each.speed for each in self.stretches if each.start_s <= t < each.end_s), 0.0)

    def moment_of(self, source_s: float) -> float | None:
        """The second of the shot at which the capture shows `source_s`; None where it never does."""
        for stretch in self.stretches:
            if stretch.speed and stretch.from_s <= source_s <= stretch.until_s:
                return stretch.start_s + (source_s - stretch.from_s) / stretch.speed
        return None

    @property
    def end_s(self) -> float:
        """The second of the shot at which the capture has been shown whole."""
        return self.stretches[-1].end_s

    @property
    def from_s(self) -> float:
        """The first second of the capture that is shown."""
        return self.stretches[0].from_s

    @property
    def until_s(self) -> float:
        """The last second of the capture that is shown."""
        return self.stretches[-1].until_s

    def spans(self) -> list[Span]:
        """Where the capture moves."""
        return [(stretch.start_s, stretch.end_s) for stretch in self.stretches if stretch.speed]

    def factors(self) -> list[Stretch]:
        """Stretches as the screen names them: neighbours of one speed are joined."""
        joined: list[Stretch] = []
        for stretch in self.stretches:
            if joined and joined[-1].speed == stretch.speed:
                before = joined.pop()
                joined.append(Stretch(before.start_s, stretch.end_s, before.from_s, stretch.speed))
            elif stretch.end_s > stretch.start_s:
                joined.append(stretch)
        return joined

    def rate(self, fps: int) -> Fraction:
        """Frames a second of the capture from which every frame of the shot can be picked."""
        slowest = min((stretch.speed for stretch in self.stretches if stretch.speed), default=1.0)
        return Fraction(fps) / Fraction(slowest).limit_denominator(1000)


STILL = Timeline((Stretch(0.0, 0.0, 0.0, 0.0),))
"""The timeline of what never moves."""


def timeline(
    from_s: float,
    until_s: float,
    speed: float,
    faster: Sequence[tuple[float, float, float]] = (),
    freezes: Iterable[Span] = (),
    start_s: float = 0.0,
) -> Timeline:
    """The clock of a capture shown from `from_s` to `until_s`, beginning at `start_s` of the shot.

    `faster` are (from, until, speed) in seconds of the capture, for the rest `speed` holds. In `freezes`,
    seconds of the shot, it stands still.
    """
    stretches: list[Stretch] = []
    t = start_s
    pauses = sorted(freezes)
    for begin, end, factor in _pieces(from_s, until_s, speed, faster):
        at = begin
        while at < end - 1e-9:
            pause = next((span for span in pauses if span[1] > t + 1e-9), None)
            if pause and pause[0] <= t + 1e-9:
                stretches.append(Stretch(t, pause[1], at, 0.0))
                t = pause[1]
                continue
            until = t + (end - at) / factor
            stop = min(until, pause[0]) if pause else until
            stretches.append(Stretch(t, stop, at, factor))
            at, t = end if stop == until else at + (stop - t) * factor, stop
    return Timeline(tuple(stretches) or (Stretch(start_s, start_s, from_s, 0.0),))


def _pieces(
    from_s: float, until_s: float, speed: float, faster: Sequence[tuple[float, float, float]]
) -> list[tuple[float, float, float]]:
    edges = {from_s, until_s}
    for begin, end, _ in faster:
        # A stretch shorter than a microsecond is a float's rounding error.
        edges |= {edge for edge in (begin, end) if from_s + 1e-6 < edge < until_s - 1e-6}
    pieces = []
    for begin, end in pairwise(sorted(edges)):
        middle = (begin + end) / 2
        factor = next((factor for first, last, factor in faster if first <= middle < last), speed)
        pieces.append((begin, end, factor))
    return pieces


@dataclass(frozen=True)
class View:
    """From `start_s` to `end_s` of the shot the window goes from `before` to `after`."""

    start_s: float
    end_s: float
    before: Area
    after: Area

    @property
    def moves(self) -> bool:
        return self.before != self.after

    def at(self, t: float) -> Area:
        """The window at `t` seconds of the shot."""
        if not self.moves:
            return self.after
        share = ease_in_out(min(1.0, max(0.0, (t - self.start_s) / (self.end_s - self.start_s))))
        left, top, right, bottom = (
            round(a + (b - a) * share, 3) for a, b in zip(self.before, self.after, strict=True)
        )
        return left, top, right, bottom

    @property
    def reach(self) -> Area:
        """Everything that is seen during the view."""
        (a, b, c, d), (e, f, g, h) = self.before, self.after
        return min(a, e), min(b, f), max(c, g), max(d, h)

    @property
    def narrowest(self) -> float:
        """The width of its narrowest window, where the capture is enlarged most."""
        return min(self.before[2] - self.before[0], self.after[2] - self.after[0])


def views(first: Area, moves: Sequence[tuple[float, float, Area]], end_s: float) -> tuple[View, ...]:
    """Rests and moves in order, from 0 to `end_s`; `moves` are (start, duration, window) in order."""
    found: list[View] = []
    at, window = 0.0, first
    for start, duration, target in moves:
        if target == window:
            continue
        if start > at:
            found.append(View(at, start, window, window))
        found.append(View(start, start + duration, window, target))
        at, window = start + duration, target
    if at < end_s or not found:
        found.append(View(at, max(end_s, at), window, window))
    return tuple(found)


def view_at(all_views: Sequence[View], t: float) -> int:
    """The number of the view at `t` seconds of the shot."""
    return max(0, bisect_right([view.start_s for view in all_views], t) - 1)


def aspect_of(area: Area) -> float:
    """Width over height."""
    return (area[2] - area[0]) / (area[3] - area[1])


def fitted(area: Area, aspect: float, inside: Area) -> Area:
    """The smallest area of that aspect around `area`, moved and shrunk to lie in `inside`."""
    left, top, right, bottom = area
    width, height = right - left, bottom - top
    if width / height < aspect:
        width = height * aspect
    else:
        height = width / aspect
    most_width, most_height = inside[2] - inside[0], inside[3] - inside[1]
    shrink = min(1.0, most_width / width, most_height / height)
    width, height = width * shrink, height * shrink
    x = min(max((left + right - width) / 2, inside[0]), inside[2] - width)
    y = min(max((top + bottom - height) / 2, inside[1]), inside[3] - height)
    return x, y, x + width, y + height


def even(area: Area, inside: Area) -> tuple[int, int, int, int]:
    """The area on even pixels, where colour samples begin; the far edges of `inside` stay as they are."""
    left, top = int(area[0] / 2 + 1e-6) * 2, int(area[1] / 2 + 1e-6) * 2
    right = int(inside[2]) if area[2] >= inside[2] - 1 else round(area[2] / 2) * 2
    bottom = int(inside[3]) if area[3] >= inside[3] - 1 else round(area[3] / 2) * 2
    return left, top, max(right, left + 2), max(bottom, top + 2)
