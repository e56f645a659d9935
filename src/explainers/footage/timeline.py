"""The clock of one piece of footage: seconds of the shot to seconds of the capture.

It is made of stretches of constant speed. A stretch of speed 0 stands still; every other speed than 1 is
shown on screen by whoever draws the footage.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from explainers.film.layer import Span


@dataclass(frozen=True)
class Stretch:
    """From `start_s` to `end_s` of the shot the capture plays from its second `from_s` at `speed`."""

    start_s: float
    end_s: float
    from_s: float
    speed: float


@dataclass(frozen=True)
class Timeline:
    """Stretches in order, without gaps. Before the first the capture shows its beginning, after the last
    its end."""

    stretches: tuple[Stretch, ...]

    def at(self, t: float) -> float:
        """Seconds of the capture at `t` seconds of the shot."""
        starts = [one.start_s for one in self.stretches]
        one = self.stretches[max(0, bisect_right(starts, t) - 1)]
        return one.from_s + (min(max(t, one.start_s), one.end_s) - one.start_s) * one.speed

    def speed_at(self, t: float) -> float:
        """The factor at `t` seconds of the shot; 0 where the capture stands still."""
        return next((one.speed for one in self.stretches if one.start_s <= t < one.end_s), 0.0)

    @property
    def end_s(self) -> float:
        """The second of the shot at which the capture has been shown whole."""
        return self.stretches[-1].end_s

    @property
    def until_s(self) -> float:
        """The last second of the capture that is shown."""
        last = self.stretches[-1]
        return last.from_s + (last.end_s - last.start_s) * last.speed

    @property
    def from_s(self) -> float:
        """The first second of the capture that is shown."""
        return self.stretches[0].from_s

    def spans(self) -> list[Span]:
        """Where the capture moves."""
        return [(one.start_s, one.end_s) for one in self.stretches if one.speed]

    def factors(self) -> list[Stretch]:
        """Stretches as they are told on screen: neighbours of one speed are one."""
        told: list[Stretch] = []
        for one in self.stretches:
            if told and told[-1].speed == one.speed:
                told[-1] = Stretch(told[-1].start_s, one.end_s, told[-1].from_s, one.speed)
            elif one.end_s > one.start_s:
                told.append(one)
        return told

    def rate(self, fps: int) -> Fraction:
        """Frames a second of the capture from which every frame of the shot can be picked."""
        moving = [one.speed for one in self.stretches if one.speed]
        return Fraction(fps) / Fraction(min(moving, default=1.0)).limit_denominator(1000)


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
            pause = next((one for one in pauses if one[1] > t + 1e-9), None)
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
        # A stretch shorter than a microsecond is a float's dust.
        edges |= {edge for edge in (begin, end) if from_s + 1e-6 < edge < until_s - 1e-6}
    pieces = []
    for begin, end in pairwise(sorted(edges)):
        middle = (begin + end) / 2
        own = next((factor for first, last, factor in faster if first <= middle < last), speed)
        pieces.append((begin, end, own))
    return pieces
