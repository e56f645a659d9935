"""Frames, easings and reading time. Times are seconds, frame numbers count from 0 at a shot's start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Easing = Callable[[float], float]

READING_CHARACTERS_PER_S = 15.0
READING_LEAD_S = 0.8
"""Reading speed, and the time to find the place."""
FOLD_S = 0.7
"""How long the piece of an axis before its cut takes to fold away."""
BRACKET_S = 1.0
"""How long a bracket takes: its dotted way, itself, and its number, which is the longest of the three."""


def linear(x: float) -> float:
    return x


def ease_out(x: float) -> float:
    """Fast start, soft arrival: for things that enter or travel to a rest."""
    return 1 - (1 - x) ** 3


def ease_in(x: float) -> float:
    """Soft start: for things that leave."""
    return x**3


def ease_in_out(x: float) -> float:
    """Soft at both ends: for things that travel from rest to rest."""
    return x * x * x * (x * (6 * x - 15) + 10)


@dataclass(frozen=True)
class PartOf:
    """The stretch of an easing from share `first` to share `last` of its time, as an easing of its own.

    Moves along a way of several straight stretches are made of these: one easing over the whole way.
    """

    easing: Easing
    first: float
    last: float

    def __call__(self, x: float) -> float:
        before, after = self.easing(self.first), self.easing(self.last)
        if after == before:
            return x
        return (self.easing(self.first + (self.last - self.first) * x) - before) / (after - before)


def when(easing: Easing, share: float) -> float:
    """The share of its time at which a rising easing reaches `share` of its way."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if easing(middle) < share else (low, middle)
    return (low + high) / 2


def frame_at(seconds: float, fps: int) -> int:
    """The frame on screen at `seconds`: the nearest frame boundary, halves upwards."""
    return int(seconds * fps + 0.5)


def reading_s(text: str) -> float:
    """Seconds a viewer needs to find and read `text`."""
    return READING_LEAD_S + len(text) / READING_CHARACTERS_PER_S if text else 0.0


def frame_spans(durations_s: Sequence[float], fps: int) -> list[tuple[int, int]]:
    """Start and exclusive end frame of consecutive stretches; rounding never accumulates."""
    spans, elapsed = [], 0.0
    for duration in durations_s:
        spans.append((frame_at(elapsed, fps), frame_at(elapsed + duration, fps)))
        elapsed += duration
    return spans


def timecode(seconds: float, hours: bool = False) -> str:
    """`MM:SS.mmm`, or `HH:MM:SS.mmm` with `hours`."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    tail = f"{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{tail}" if hours else f"{minutes:02d}:{tail}"


def clock(seconds: float) -> str:
    """`1:42`, or `1:02:03` from an hour on; the second a moment lies in."""
    minutes, rest = divmod(int(seconds + 1e-6), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
