"""Counts as functions of time.

Each curve is made once a run and then evaluated at any moment: a frame costs a search, not a scan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Curve:
    """Values at ascending moments, both of shape (k,); `steps` holds a value until the next moment.

    Before the first moment a step curve is 0, a line curve its first value; after the last moment both keep
    the last value.
    """

    at_s: FloatArray
    value: FloatArray
    steps: bool = False

    def at(self, t: ArrayLike) -> FloatArray:
        """Values at `t`, of the shape of `t`."""
        if not self.steps:
            return np.asarray(
                np.interp(np.asarray(t, dtype=np.float64), self.at_s, self.value), dtype=np.float64
            )
        found = _before(self.at_s, t)
        return np.asarray(np.where(found > 0, self.value[np.maximum(found - 1, 0)], 0.0), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class CountCurve(Curve):
    """How many of the ascending moments are over; `value` is not used."""

    def at(self, t: ArrayLike) -> FloatArray:
        return np.asarray(_before(self.at_s, t), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class JumpCurve(Curve):
    """Straight lines, and one more at each of the ascending `jumps_at_s`."""

    jumps_at_s: FloatArray = field(default_factory=lambda: np.zeros(0))

    def at(self, t: ArrayLike) -> FloatArray:
        return np.asarray(super().at(t) + _before(self.jumps_at_s, t), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class SumCurve(Curve):
    """`exact`, what has known moments, and a straight line (this curve's own) for what has none."""

    exact: Curve = field(default_factory=lambda: counts(np.zeros(0)))

    def at(self, t: ArrayLike) -> FloatArray:
        return np.asarray(super().at(t) + self.exact.at(t), dtype=np.float64)


def _before(moments: FloatArray, t: ArrayLike) -> NDArray[np.intp]:
    return np.asarray(np.searchsorted(moments, np.asarray(t, dtype=np.float64), side="right"))


def counts(at_s: FloatArray) -> CountCurve:
    """How many of the moments `at_s`, in any order, are over."""
    moments = np.sort(at_s)
    return CountCurve(moments, moments)


def steady(end_s: float, total: float) -> Curve:
    """A straight line from 0 to `total` at `end_s`."""
    return Curve(np.array([0.0, max(end_s, 1e-9)]), np.array([0.0, float(total)]))


def with_rest(exact: Curve, rest: int, end_s: float) -> Curve:
    """`exact`, and `rest` more at a steady rate where it lacks some."""
    if rest <= 0 or end_s <= 0:
        return exact
    line = steady(end_s, rest)
    return SumCurve(line.at_s, line.value, exact=exact)


def timeline(at_s: FloatArray, count: IntArray, end_s: float, total: int | None) -> Curve:
    """Straight lines through counts at ascending moments. The last one is `total` at `end_s` where known."""
    if total is not None:
        # The last update names a whole second; the totals know when the last request really finished.
        before = count < total
        at_s, count = np.append(at_s[before], end_s), np.append(count[before], total)
    at_s = np.minimum(at_s, end_s)
    if at_s[0] > 0:
        at_s, count = np.insert(at_s, 0, 0.0), np.insert(count, 0, 0)
    return Curve(at_s, count.astype(np.float64))


def spread(elapsed_s: FloatArray, resolution_s: float) -> FloatArray:
    """Ascending moments told apart: k updates printed in the same grain of the clock share it evenly.

    A bar that prints whole seconds cuts them off, so two updates at "5" are put at 5.0 and 5.5.
    """
    if resolution_s <= 0 or not elapsed_s.size:
        return elapsed_s
    _, first, count = np.unique(elapsed_s, return_index=True, return_counts=True)
    rank = np.arange(elapsed_s.size) - np.repeat(first, count)
    return np.asarray(elapsed_s + resolution_s * rank / np.repeat(count, count), dtype=np.float64)


def within(first_s: FloatArray, finish_s: FloatArray, tokens: IntArray) -> Curve | None:
    """A straight line from each request's first token to its finish, all added up, or None."""
    known = np.isfinite(first_s) & np.isfinite(finish_s) & (tokens > 0)
    if not known.any():
        return None
    first, finish, count = first_s[known], finish_s[known], tokens[known].astype(np.float64)
    span = np.maximum(finish - first, 1e-6)
    # The first token comes at once, the others at an even rate until the finish.
    edges = np.concatenate((first, first + span))
    slopes = np.concatenate(((count - 1) / span, -(count - 1) / span))
    order = np.argsort(edges, kind="stable")
    at_s, rate = edges[order], np.cumsum(slopes[order])
    value = np.concatenate(([0.0], np.cumsum(rate[:-1] * np.diff(at_s))))
    return JumpCurve(at_s, value, jumps_at_s=np.sort(first))
