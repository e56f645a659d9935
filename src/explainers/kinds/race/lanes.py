"""The batch at work: which slot each request held, and what it did there, stretch by stretch.

Exact to the pass where the run lists the requests of each; else to the token; else a bar a request.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explainers.runs.model import PASS_KINDS

if TYPE_CHECKING:
    from explainers.runs.model import FloatArray, IntArray, Run

BEFORE, WORK, EXIT = range(3)
"""What a stretch is: before the first token (a prefill, by pass), a token, a token that left early."""

_PREFILL = PASS_KINDS.index("prefill")
_MICROSECONDS = 2e-6
"""Times come in whole microseconds; a token at the end of a pass may miss it by one."""


@dataclass(frozen=True, eq=False)
class Lanes:
    """Bars, one a request with a known time in the batch, and stretches sorted by their start.

    `bar_*` have shape (bars,), `part_*` (stretches,); times are run seconds, slots count from 0.
    `passes` says that stretches are the run's own passes, `starts` that bars begin where work began (else
    at the first token).
    """

    slots: int
    bar_request: IntArray
    bar_slot: IntArray
    bar_start_s: FloatArray
    bar_end_s: FloatArray
    bar_failed: NDArray[np.bool_]
    part_slot: IntArray
    part_start_s: FloatArray
    part_end_s: FloatArray
    part_kind: IntArray
    part_reach_s: FloatArray
    """The latest end of a stretch up to this one: finds the first that is still in sight."""
    passes: bool
    starts: bool

    def parts(self, start_s: float, end_s: float) -> slice:
        """Where all stretches that meet the time from `start_s` to `end_s` are."""
        first = int(np.searchsorted(self.part_reach_s, start_s, side="right"))
        return slice(first, int(np.searchsorted(self.part_start_s, end_s, side="left")))

    @property
    def typical_bar_s(self) -> float:
        """Half of the bars are longer."""
        return float(np.median(self.bar_end_s - self.bar_start_s))

    @property
    def typical_part_s(self) -> float:
        """Half of the stretches of work are longer."""
        work = self.part_kind != BEFORE
        return float(np.median((self.part_end_s - self.part_start_s)[work])) if work.any() else 0.0


def lanes_of(run: Run) -> Lanes | None:
    """The lanes of a run; None where it says of no request when it was at work."""
    if run.requests is None:
        return None
    passes = run.iterations is not None and run.iterations.members is not None
    start_s, end_s = _held_by_passes(run) if passes else _held(run)
    known = np.isfinite(start_s) & np.isfinite(end_s) & (end_s > start_s)
    if not known.any():
        return None
    slot, slots = _slots(start_s, end_s, known)
    request, part_start_s, part_end_s, kind = _passes(run) if passes else _parts(run, start_s, end_s)
    order = np.argsort(part_start_s, kind="stable")
    order = order[(known[request] & (part_end_s > part_start_s))[order]]
    rows = np.flatnonzero(known)
    return Lanes(
        slots,
        rows,
        slot[rows],
        start_s[rows],
        end_s[rows],
        ~run.requests.ok[rows],
        slot[request[order]],
        part_start_s[order],
        part_end_s[order],
        kind[order],
        np.maximum.accumulate(part_end_s[order]) if order.size else part_end_s[order],
        passes,
        passes or run.requests.start_s is not None,
    )


def _held(run: Run) -> tuple[FloatArray, FloatArray]:
    """From when to when each request was in the batch: from its start, else its first token."""
    assert run.requests is not None
    requests = run.requests
    start_s = requests.first_token_s.copy()
    if requests.start_s is not None:
        start_s = np.where(np.isfinite(requests.start_s), requests.start_s, start_s)
    # What never ended held its slot until the run did.
    return start_s, np.where(np.isfinite(requests.finish_s) | requests.ok, requests.finish_s, run.end_s)


def _held_by_passes(run: Run) -> tuple[FloatArray, FloatArray]:
    """From the start of each request's first pass to the end of its last."""
    assert run.requests is not None and run.iterations is not None
    request, pass_start_s, pass_end_s = _members(run)
    start_s, end_s = np.full(len(run.requests), np.inf), np.full(len(run.requests), -np.inf)
    np.minimum.at(start_s, request, pass_start_s)
    np.maximum.at(end_s, request, pass_end_s)
    return start_s, end_s


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


def _members(run: Run) -> tuple[IntArray, FloatArray, FloatArray]:
    """Request, start and end of each place in each pass."""
    passes = run.iterations
    assert passes is not None and passes.members is not None
    ends = passes.start_s + passes.duration_s
    return passes.members, np.repeat(passes.start_s, passes.batch), np.repeat(ends, passes.batch)


def _passes(run: Run) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    """A stretch for each request in each pass."""
    request, start_s, end_s = _members(run)
    passes = run.iterations
    assert passes is not None
    kind = np.full(request.size, WORK, dtype=np.int64)
    if passes.kinds is not None:
        kind[np.repeat(passes.kinds == _PREFILL, passes.batch)] = BEFORE
    kind[_left_in(run, request, start_s, end_s)] = EXIT
    return request, start_s, end_s, kind


def _left_in(run: Run, request: IntArray, start_s: FloatArray, end_s: FloatArray) -> NDArray[np.bool_]:
    """Whether the request's token of that pass left early."""
    tokens, passes = run.tokens, run.iterations
    if tokens is not None and tokens.exit_layers is not None and tokens.at_s.size:
        # One ascending key for all tokens: requests far apart, times within.
        apart = float(max(tokens.at_s.max(), end_s.max())) + 1.0
        owner = np.repeat(np.arange(tokens.offsets.size - 1), np.diff(tokens.offsets))
        keys = owner * apart + tokens.at_s
        last = np.searchsorted(keys, request * apart + end_s + _MICROSECONDS, side="right") - 1
        found = np.maximum(last, 0)
        inside = (last >= 0) & (owner[found] == request) & (tokens.at_s[found] > start_s + _MICROSECONDS)
        return np.asarray(inside & (tokens.exit_layers[found] > 0))
    if passes is not None and passes.ramp_exits is not None:
        # Who left is known only where all did.
        return np.asarray(np.repeat((passes.ramp_exits == passes.batch) & (passes.batch > 0), passes.batch))
    return np.zeros(request.size, dtype=np.bool_)


def _parts(
    run: Run, start_s: FloatArray, end_s: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    """A stretch for each token from the one before it; else from start to first token and to the finish."""
    assert run.requests is not None
    rows = np.arange(len(run.requests))
    tokens = run.tokens
    if tokens is None or not tokens.at_s.size:
        first_s = np.where(np.isfinite(run.requests.first_token_s), run.requests.first_token_s, start_s)
        kinds = np.repeat([BEFORE, WORK], rows.size)
        edges = (np.concatenate((start_s, first_s)), np.concatenate((first_s, end_s)))
        return np.concatenate((rows, rows)), *edges, kinds
    request = np.repeat(rows, np.diff(tokens.offsets))
    before_s = np.concatenate(([0.0], tokens.at_s[:-1]))
    first = tokens.offsets[:-1][np.diff(tokens.offsets) > 0]
    before_s[first] = start_s[request[first]]
    kind = np.full(request.size, WORK, dtype=np.int64)
    if tokens.exit_layers is not None:
        kind[tokens.exit_layers > 0] = EXIT
    kind[first] = BEFORE
    return request, before_s, tokens.at_s, kind
