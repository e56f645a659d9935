"""Counts as functions of time, from the most exact thing a run knows to the least.

Each curve is made once a run and then asked at any moment: a frame costs a search, not a scan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from explainers.runs.model import Run
    from explainers.runs.parts import Progress, Requests

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """Values at ascending moments, both of shape (k,); `steps` holds a value until the next moment.

    Before the first moment a step curve is `before`, a line curve its first value; after the last
    moment both keep the last value.
    """

    at_s: FloatArray
    value: FloatArray
    steps: bool = False
    before: float = 0.0

    def at(self, t: ArrayLike) -> FloatArray:
        """Values at `t`, of the shape of `t`."""
        moments = np.asarray(t, dtype=np.float64)
        if not self.steps:
            return np.asarray(np.interp(moments, self.at_s, self.value), dtype=np.float64)
        found = np.searchsorted(self.at_s, moments, side="right")
        held = self.value[np.maximum(found - 1, 0)]
        return np.asarray(np.where(found > 0, held, self.before), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class CountCurve(Curve):
    """How many of the ascending moments have passed; `value` is not looked at."""

    def at(self, t: ArrayLike) -> FloatArray:
        found = np.searchsorted(self.at_s, np.asarray(t, dtype=np.float64), side="right")
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class JumpCurve(Curve):
    """Straight lines, and one more at each of the ascending `jumps_at_s`."""

    jumps_at_s: FloatArray = field(default_factory=lambda: np.zeros(0))

    def at(self, t: ArrayLike) -> FloatArray:
        jumps = np.searchsorted(self.jumps_at_s, np.asarray(t, dtype=np.float64), side="right")
        return np.asarray(super().at(t) + jumps, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class SumCurve(Curve):
    """`exact`, what has known moments, and a straight line (this curve's own) for what has none."""

    exact: Curve = field(default_factory=lambda: CountCurve(np.zeros(0), np.zeros(0)))

    def at(self, t: ArrayLike) -> FloatArray:
        return np.asarray(super().at(t) + self.exact.at(t), dtype=np.float64)


def end_s(run: Run) -> float:
    """The measured length of a run, else its last finish, token, pass or progress update."""
    if run.totals.total_time_s is not None:
        return run.totals.total_time_s
    moments: list[FloatArray] = []
    if run.requests is not None:
        moments += [run.requests.arrival_s, run.requests.finish_s]
    if run.tokens is not None:
        moments.append(run.tokens.at_s)
    if run.iterations is not None:
        moments.append(run.iterations.start_s + run.iterations.duration_s)
    if run.progress is not None:
        moments.append(run.progress.elapsed_s)
    moments += [counter.at_s for counter in run.counters.values()]
    lasts = [float(known.max()) for each in moments if (known := each[np.isfinite(each)]).size]
    return max(lasts, default=0.0)


def completed(run: Run) -> Curve | None:
    """Completed requests: exact finishes, else the progress timeline, else a steady rate.

    Requests that were completed at an unknown moment are added at a steady rate, so that the last value is
    the number of all that were.
    """
    if run.requests is not None:
        finishes = run.requests.finish_s[run.requests.ok]
        known = np.sort(finishes[np.isfinite(finishes)])
        if known.size:
            return _with_rest(CountCurve(known, known), finishes.size - known.size, run.end_s)
        if not finishes.size:
            return _steady(run.end_s, 0)
    if run.progress is not None and run.progress.elapsed_s.size:
        # A log cut short has no total time, and did not finish all it was asked to.
        total = run.outcomes.completed if run.totals.total_time_s is not None else None
        return _from_progress(run.progress, run.end_s, total)
    if run.outcomes.completed is not None and run.totals.total_time_s is not None:
        return _steady(run.end_s, run.outcomes.completed)
    return None


def output_tokens(run: Run) -> Curve | None:
    """Output tokens: every token, else lines within each request, else a counter, else a steady rate."""
    total = run.totals.output_tokens
    if run.tokens is not None and run.tokens.at_s.size:
        at_s = run.tokens.at_s
        if total is not None and at_s.size > total and run.requests is not None:
            # Totals of completed requests only: what failed ones wrote is not in them.
            at_s = at_s[np.repeat(run.requests.ok, np.diff(run.tokens.offsets))]
        at_s = np.sort(at_s)
        return _with_rest(CountCurve(at_s, at_s), (total or 0) - at_s.size, run.end_s)
    if run.requests is not None and (within := within_requests(run.requests)) is not None:
        return _with_rest(within, (total or 0) - round(float(within.at(np.inf))), run.end_s)
    if (counter := run.counters.get("output_tokens")) is not None and counter.at_s.size:
        return Curve(counter.at_s, counter.value)
    if total is not None and run.totals.total_time_s is not None:
        return _steady(run.end_s, total)
    return None


def exit_share(run: Run) -> Curve | None:
    """Share of tokens that left early: by token, else by pass, else the whole run's."""
    if run.tokens is not None and run.tokens.exit_layers is not None and run.tokens.at_s.size:
        order = np.argsort(run.tokens.at_s, kind="stable")
        left = np.cumsum(run.tokens.exit_layers[order] > 0)
        return Curve(run.tokens.at_s[order], left / np.arange(1, left.size + 1), steps=True)
    passes = run.iterations
    if passes is not None and passes.ramp_exits is not None and passes.batch.size:
        written = np.cumsum(passes.batch)
        share = np.cumsum(passes.ramp_exits) / np.maximum(written, 1)
        return Curve(passes.start_s + passes.duration_s, share, steps=True)
    totals = run.totals
    if totals.ee_tokens is None:
        return None
    others = totals.non_ee_tokens
    written_total = totals.ee_tokens + others if others is not None else totals.output_tokens
    if not written_total:
        return None
    whole = totals.ee_tokens / written_total
    return Curve(np.array([0.0]), np.array([whole]))


def _steady(end: float, total: float) -> Curve:
    return Curve(np.array([0.0, max(end, 1e-9)]), np.array([0.0, float(total)]))


def _with_rest(exact: Curve, rest: int, end: float) -> Curve:
    """`exact`, and `rest` more at a steady rate where it lacks some."""
    if rest <= 0 or end <= 0:
        return exact
    line = _steady(end, rest)
    return SumCurve(line.at_s, line.value, exact=exact)


def _from_progress(progress: Progress, end: float, total: int | None) -> Curve:
    at_s, counts = spread(progress.elapsed_s, progress.resolution_s), progress.completed_requests
    if total is not None:
        # The last update names a whole second; the totals know when the last request really finished.
        before = counts < total
        at_s, counts = np.append(at_s[before], end), np.append(counts[before], total)
    at_s = np.minimum(at_s, end)
    if at_s[0] > 0:
        at_s, counts = np.insert(at_s, 0, 0.0), np.insert(counts, 0, 0)
    return Curve(at_s, counts.astype(np.float64))


def spread(elapsed_s: FloatArray, resolution_s: float) -> FloatArray:
    """Ascending moments told apart: k updates printed in the same grain of the clock share it evenly.

    A bar that prints whole seconds cuts them off, so two updates at "5" are put at 5.0 and 5.5.
    """
    if resolution_s <= 0 or not elapsed_s.size:
        return elapsed_s
    _, first, count = np.unique(elapsed_s, return_index=True, return_counts=True)
    rank = np.arange(elapsed_s.size) - np.repeat(first, count)
    return np.asarray(elapsed_s + resolution_s * rank / np.repeat(count, count), dtype=np.float64)


def within_requests(requests: Requests) -> Curve | None:
    """A straight line from each request's first token to its finish, all added up."""
    known = np.isfinite(requests.first_token_s) & np.isfinite(requests.finish_s)
    known &= requests.output_tokens > 0
    if not known.any():
        return None
    first, finish = requests.first_token_s[known], requests.finish_s[known]
    count = requests.output_tokens[known].astype(np.float64)
    span = np.maximum(finish - first, 1e-6)
    # The first token comes at once, the others at an even rate until the finish.
    edges = np.concatenate((first, first + span))
    slopes = np.concatenate(((count - 1) / span, -(count - 1) / span))
    order = np.argsort(edges, kind="stable")
    at_s, rate = edges[order], np.cumsum(slopes[order])
    value = np.concatenate(([0.0], np.cumsum(rate[:-1] * np.diff(at_s))))
    return JumpCurve(at_s, value, jumps_at_s=np.sort(first))
