"""Frames, easings and reading time. Times are seconds, frame numbers count from 0 at a shot's start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Easing = Callable[[float], float]

READING_CHARACTERS_PER_S = 15.0
READING_LEAD_S = 0.8
"""Reading speed, and the time to find the place."""


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


def timecode(seconds: float, hours: bool = False, separator: str = ".") -> str:
    """`MM:SS.mmm`, or `HH:MM:SS.mmm` with `hours`."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    tail = f"{rest // 1000:02d}{separator}{rest % 1000:03d}"
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{tail}" if hours else f"{minutes:02d}:{tail}"
