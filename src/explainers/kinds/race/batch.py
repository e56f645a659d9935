"""The batch at work: which slot each request held, and what it did there, stretch by stretch.

Exact to the pass where the run lists the requests of each; else to the token; else a bar a request.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explainers.runs.model import PASS_KINDS

if TYPE_CHECKING:
    from explainers.runs.model import FloatArray, IntArray, Iterations, Requests, Run

BEFORE, WORK, EXIT = range(3)
"""What a stretch is: before the first token (a prefill, by pass), a token, a token that left early."""

_PREFILL = PASS_KINDS.index("prefill")
_MICROSECONDS = 2e-6
"""Times come in whole microseconds; a token at the end of a pass may miss it by one."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Stretches of time, each in the row of a request; arrays of shape (stretches,), times in run seconds."""

    row: IntArray
    start_s: FloatArray
    end_s: FloatArray
    kind: IntArray

    def at(self, index: IntArray | NDArray[np.bool_] | slice) -> Stretches:
        return Stretches(self.row[index], self.start_s[index], self.end_s[index], self.kind[index])

    def typical_s(self) -> float:
        """The median length, 0 where there are none."""
        return float(np.median(self.end_s - self.start_s)) if self.row.size else 0.0


@dataclass(frozen=True, eq=False)
class Batch:
    """Bars, one a request with a known time in the batch, of kind 1 where it failed; and what was done in
    them, sorted by the start. Rows are slots, which count from 0; `requests` has the request of each bar.

    `by_pass` says that parts are the run's passes, `by_token` that each is a token, `starts` that bars begin
    where work began (else at the first token).
    """

    slots: int
    requests: IntArray
    bars: Stretches
    parts: Stretches
    by_pass: bool
    by_token: bool
    starts: bool

    @cached_property
    def typical_part_s(self) -> float:
        """The median length of a part that is a token."""
        return self.parts.at(self.parts.kind != BEFORE).typical_s()

    @cached_property
    def _reach_s(self) -> FloatArray:
        """The latest end of all parts up to each one: finds the first that is still in sight."""
        return np.maximum.accumulate(self.parts.end_s) if self.parts.row.size else self.parts.end_s

    def between(self, start_s: float, end_s: float) -> slice:
        """Where all parts that meet the time from `start_s` to `end_s` are."""
        first = int(np.searchsorted(self._reach_s, start_s, side="right"))
        return slice(first, int(np.searchsorted(self.parts.start_s, end_s, side="left")))


def batch_of(run: Run) -> Batch | None:
    """The batch of a run; None where the run says of no request when it was at work."""
    requests, passes = run.requests, run.iterations
    if requests is None:
        return None
    by_pass = False
    if passes is not None and passes.members is not None:
        # From the start of each request's first pass to the end of its last.
        parts, by_pass = _by_pass(run, passes), True
        start_s, end_s = np.full(len(requests), np.inf), np.full(len(requests), -np.inf)
        np.minimum.at(start_s, parts.row, parts.start_s)
        np.maximum.at(end_s, parts.row, parts.end_s)
    else:
        start_s, end_s = _held(run, requests)
        parts = _by_token(run, requests, start_s, end_s)
    known = np.isfinite(start_s) & np.isfinite(end_s) & (end_s > start_s)
    if not known.any():
        return None
    slot, slots = _slots(start_s, end_s, known)
    parts = parts.at(np.argsort(parts.start_s, kind="stable"))
    parts = parts.at(known[parts.row] & (parts.end_s > parts.start_s))
    bars = Stretches(slot, start_s, end_s, (~requests.ok).astype(np.int64)).at(known)
    by_token = not by_pass and run.tokens is not None and run.tokens.at_s.size > 0
    starts = by_pass or requests.start_s is not None
    return Batch(
        slots, np.flatnonzero(known), bars, replace(parts, row=slot[parts.row]), by_pass, by_token, starts
    )


def _held(run: Run, requests: Requests) -> tuple[FloatArray, FloatArray]:
    """From when to when each request was in the batch: from its start, else its first token."""
    start_s = requests.first_token_s
    if requests.start_s is not None:
        start_s = np.where(np.isfinite(requests.start_s), requests.start_s, start_s)
    # What never ended held its slot until the run did.
    return start_s, np.where(np.isfinite(requests.finish_s) | requests.ok, requests.finish_s, run.end_s)


def _slots(start_s: FloatArray, end_s: FloatArray, known: NDArray[np.bool_]) -> tuple[IntArray, int]:
    """A slot for each request: the lowest that is free when it starts."""
    slot = np.full(start_s.size, -1, dtype=np.int64)
    free: list[int] = []
    held: list[tuple[float, int]] = []
    count = 0
    for row in np.argsort(start_s, kind="stable").tolist():
        if not known[row]:
            continue
        while held and held[0][0] <= start_s[row] + _MICROSECONDS:
            heapq.heappush(free, heapq.heappop(held)[1])
        if free:
            slot[row] = heapq.heappop(free)
        else:
            slot[row], count = count, count + 1
        heapq.heappush(held, (float(end_s[row]), int(slot[row])))
    return slot, count


def _by_pass(run: Run, passes: Iterations) -> Stretches:
    """A stretch for each request in each pass."""
    assert passes.members is not None
    request, start_s = passes.members, np.repeat(passes.start_s, passes.batch)
    end_s = np.repeat(passes.start_s + passes.duration_s, passes.batch)
    kind = np.full(request.size, WORK, dtype=np.int64)
    if passes.kinds is not None:
        kind[np.repeat(passes.kinds == _PREFILL, passes.batch)] = BEFORE
    kind[_left_early(run, passes, request, start_s, end_s)] = EXIT
    return Stretches(request, start_s, end_s, kind)


def _left_early(
    run: Run, passes: Iterations, request: IntArray, start_s: FloatArray, end_s: FloatArray
) -> NDArray[np.bool_]:
    """Whether the request's token of that pass left early."""
    tokens = run.tokens
    if tokens is not None and tokens.exit_layers is not None and tokens.at_s.size:
        # One ascending key for all tokens: requests far apart, times within.
        apart = float(max(tokens.at_s.max(), end_s.max())) + 1.0
        owner = np.repeat(np.arange(tokens.offsets.size - 1), np.diff(tokens.offsets))
        keys = owner * apart + tokens.at_s
        last = np.searchsorted(keys, request * apart + end_s + _MICROSECONDS, side="right") - 1
        found = np.maximum(last, 0)
        inside = (last >= 0) & (owner[found] == request) & (tokens.at_s[found] > start_s + _MICROSECONDS)
        return np.asarray(inside & (tokens.exit_layers[found] > 0))
    if passes.ramp_exits is not None:
        # Who left is known only where all did.
        return np.asarray(np.repeat((passes.ramp_exits == passes.batch) & (passes.batch > 0), passes.batch))
    return np.zeros(request.size, dtype=np.bool_)


def _by_token(run: Run, requests: Requests, start_s: FloatArray, end_s: FloatArray) -> Stretches:
    """A stretch for each token from the one before it; else from start to first token and to the finish."""
    rows, tokens = np.arange(len(requests)), run.tokens
    if tokens is None or not tokens.at_s.size:
        first_s = np.where(np.isfinite(requests.first_token_s), requests.first_token_s, start_s)
        starts, ends = np.concatenate((start_s, first_s)), np.concatenate((first_s, end_s))
        return Stretches(np.concatenate((rows, rows)), starts, ends, np.repeat([BEFORE, WORK], rows.size))
    request = np.repeat(rows, np.diff(tokens.offsets))
    before_s = np.concatenate(([0.0], tokens.at_s[:-1]))
    first = tokens.offsets[:-1][np.diff(tokens.offsets) > 0]
    before_s[first] = start_s[request[first]]
    kind = np.full(request.size, WORK, dtype=np.int64)
    if tokens.exit_layers is not None:
        kind[tokens.exit_layers > 0] = EXIT
    kind[first] = BEFORE
    return Stretches(request, before_s, tokens.at_s, kind)
