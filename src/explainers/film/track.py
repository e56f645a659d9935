"""Keyframed values: a number that is a function of time, and the stretches in which it changes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from explainers.timing import Easing, ease_in_out

Span = tuple[float, float]
"""Start and end in seconds of a stretch in which something changes."""


@dataclass
class Track:
    """A value that rests, and moves between rests. Keys may not overlap and are added in order."""

    initial: float
    _starts: list[float] = field(default_factory=list)
    _keys: list[tuple[float, float, float, float, Easing]] = field(default_factory=list)

    def at(self, t: float) -> float:
        """The value at `t` seconds."""
        index = bisect_right(self._starts, t) - 1
        if index < 0:
            return self.initial
        start, end, before, after, easing = self._keys[index]
        if t >= end:
            return after
        return before + (after - before) * easing((t - start) / (end - start))

    def to(
        self, value: float, start_s: float, duration_s: float = 0.0, easing: Easing = ease_in_out
    ) -> Track:
        """Move to `value` from `start_s`, over `duration_s` seconds. A running move is cut short there.

        Raises ValueError where `start_s` lies before the last key.
        """
        if self._starts and start_s < self._starts[-1] - 1e-9:
            raise ValueError(f"a key at {start_s:.3f} s lies before the last one at {self._starts[-1]:.3f} s")
        before = self.at(start_s)
        if self._starts and start_s < self._keys[-1][1]:
            begin, _, first, _, _ = self._keys[-1]
            self._keys[-1] = (begin, start_s, first, before, self._keys[-1][4])
        self._starts.append(start_s)
        self._keys.append((start_s, start_s + max(duration_s, 0.0), before, value, easing))
        return self

    @property
    def last(self) -> float:
        """The value after every key."""
        return self._keys[-1][3] if self._keys else self.initial

    def spans(self) -> list[Span]:
        """The stretches in which the value changes, in order."""
        return [(start, end) for start, end, before, after, _ in self._keys if before != after]

    def keys(self) -> list[tuple[float, float, float, float, str]]:
        """Every key as plain data, for digests: start, end, value before, value after, easing."""
        return [(s, e, a, b, easing.__name__) for s, e, a, b, easing in self._keys]
