"""One model for every recorded execution: arrays in seconds from the run's start.

A run comes in one of three fidelities, and says which in its caveats:

- totals only: what happened between start and end is a steady rate;
- a progress timeline: counts of finished requests at some moments, straight lines between them;
- per request: arrival, first token, finish, and, where the log kept them, every token.

Unknown times are NaN, unknown counts are -1, and what a run can't say at all is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from explainers.runs import curves
from explainers.runs.curves import Curve, FloatArray, IntArray

Kind = Literal["measured", "simulated"]

DATASET_SETTINGS = (
    *("dataset_sha256", "dataset_path", "hf_subset", "hf_split", "seed", "random_input_len"),
    *("random_output_len", "random_range_ratio", "random_prefix_len", "sharegpt_output_len"),
)
"""Settings by which a log states what its requests were; readers keep those that a log has."""

PASS_KINDS = ("prefill", "full", "shallow", "deep")
"""What a pass ran: a prompt, all layers, the layers up to the ramp, or those behind it."""

CANCELLED, NEVER_FINISHED = "cancelled", "never finished"
"""Errors of requests that did not fail: given up by the client, or still open when the log ends."""


@dataclass(frozen=True)
class Provenance:
    """Where a run comes from. `source` is `path@commit` or a file's name; `sha256` is of that file."""

    system: str = ""
    policy: str = ""
    label: str = ""
    model: str = ""
    hardware: str = ""
    dataset: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    sha256: str | None = None
    kind: Kind = "measured"


@dataclass(frozen=True)
class Totals:
    """Counts over the whole run; None is "the log does not say", never zero.

    `throughput_tok_s` is output tokens over `total_time_s`, as the source printed it where it did.
    `completed` and `failed` count requests where the source says how many of each there were.
    `prompt_tokens` are those of all requests: a log that leaves out failed ones does not say.
    """

    total_time_s: float | None = None
    requests: int | None = None
    output_tokens: int | None = None
    throughput_tok_s: float | None = None
    ee_tokens: int | None = None
    non_ee_tokens: int | None = None
    involuntary_exits: int | None = None
    involuntary_stays: int | None = None
    completed: int | None = None
    failed: int | None = None
    prompt_tokens: int | None = None


@dataclass(frozen=True, eq=False)
class Requests:
    """One row a request, in the order of the source. Arrays of shape (n,), times in seconds.

    `start_s` is when the server began to work on it. `errors[i]` is None where the request was completed;
    CANCELLED and NEVER_FINISHED are errors that are no failure.
    """

    ids: tuple[str, ...]
    arrival_s: FloatArray
    first_token_s: FloatArray
    finish_s: FloatArray
    prompt_tokens: IntArray
    output_tokens: IntArray
    start_s: FloatArray | None = None
    errors: tuple[str | None, ...] | None = None
    texts: tuple[str | None, ...] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def ok(self) -> NDArray[np.bool_]:
        """True where the request was completed; shape (n,)."""
        if self.errors is None:
            return np.ones(len(self), dtype=np.bool_)
        return np.array([error is None for error in self.errors], dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Tokens:
    """When each output token came out: request i has `at_s[offsets[i]:offsets[i + 1]]`, ascending.

    `offsets` has shape (n + 1,). `exit_layers`, where known, is the layer each token left at, 0 for the
    last one (no early exit); `pieces` its text. Both run parallel to `at_s`.
    """

    offsets: IntArray
    at_s: FloatArray
    exit_layers: IntArray | None = None
    pieces: tuple[str, ...] | None = None

    def of(self, request: int) -> FloatArray:
        """Token times of one request, by its row; shape (its output tokens,)."""
        return self.at_s[self.offsets[request] : self.offsets[request + 1]]


@dataclass(frozen=True, eq=False)
class Iterations:
    """Passes through the model, in time order; shape (k,).

    `batch` counts the requests in the pass, `ramp_exits` the tokens that left at the ramp. The requests
    of pass j, by row, are `members[member_offsets[j]:member_offsets[j + 1]]`; `kinds[j]` is an index in
    PASS_KINDS.
    """

    start_s: FloatArray
    duration_s: FloatArray
    batch: IntArray
    ramp_exits: IntArray | None = None
    member_offsets: IntArray | None = None
    members: IntArray | None = None
    kinds: IntArray | None = None


@dataclass(frozen=True, eq=False)
class Progress:
    """Finished requests at some moments, ascending. `resolution_s` is the grain of the source's clock."""

    elapsed_s: FloatArray
    completed_requests: IntArray
    resolution_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Counter:
    """Any other number over time, such as requests running; holds its value until the next moment."""

    at_s: FloatArray
    value: FloatArray
    unit: str = ""


@dataclass(frozen=True)
class Outcomes:
    """Counts of requests. `completed` is None where the log does not even say how many there were.

    `failed` ended in an error, `cancelled` were given up by the client, `unfinished` were sent or planned
    and never ended.
    """

    completed: int | None = None
    failed: int = 0
    cancelled: int = 0
    unfinished: int = 0

    @property
    def lost(self) -> int:
        """Requests that were not completed, for whatever reason."""
        return self.failed + self.cancelled + self.unfinished

    @property
    def all_lost(self) -> bool:
        return self.lost > 0 and not self.completed

    @property
    def verb(self) -> str:
        """What became of those that were not completed: `failed`, `cancelled`, `unfinished`, `not done`."""
        kinds = {"failed": self.failed, "cancelled": self.cancelled, "unfinished": self.unfinished}
        there = [word for word, count in kinds.items() if count]
        return there[0] if len(there) == 1 else "not done" if there else ""

    @property
    def words(self) -> str:
        """`25 failed, 3 cancelled`, or `all failed`; empty where every request was completed."""
        if self.all_lost and self.verb != "not done":
            return f"all {self.verb}"
        counts = (("failed", self.failed), ("cancelled", self.cancelled), ("unfinished", self.unfinished))
        return ", ".join(f"{count:,} {word}" for word, count in counts if count)


Time = TypeVar("Time", float, FloatArray)
"""A moment or many: methods give back the shape they are given."""

TOTALS_ONLY = "totals measured, steady rate between"
WHOLE_SECONDS = "progress in whole seconds, straight lines between"
TOKENS_STEADY = "output tokens: total measured, steady rate between"
REST_STEADY = "what has no times is at a steady rate"
TOKENS_INTERPOLATED = "tokens interpolated"
NO_START_TIMES = "no start times: all assumed to arrive at 0"
CUT_SHORT = "log cut short"


@dataclass(frozen=True, eq=False)
class Run:
    """A recorded (or simulated) execution of a dataset by one system."""

    provenance: Provenance
    totals: Totals
    caveats: tuple[str, ...] = ()
    progress: Progress | None = None
    requests: Requests | None = None
    tokens: Tokens | None = None
    iterations: Iterations | None = None
    counters: Mapping[str, Counter] = field(default_factory=dict)
    stated: Mapping[str, float] = field(default_factory=dict)
    """Seconds of waits that the log states and does not list, such as `itl.p99`."""

    @property
    def label(self) -> str:
        """What a pane calls this run: its label, else its policy, else its system."""
        return self.provenance.label or self.provenance.policy or self.provenance.system

    @cached_property
    def end_s(self) -> float:
        """The measured length of the run, else its last finish, token, pass, progress update or counter."""
        if self.totals.total_time_s is not None:
            return self.totals.total_time_s
        moments: list[FloatArray] = [counter.at_s for counter in self.counters.values()]
        if self.requests is not None:
            moments += [self.requests.arrival_s, self.requests.finish_s]
        if self.tokens is not None:
            moments.append(self.tokens.at_s)
        if self.iterations is not None:
            moments.append(self.iterations.start_s + self.iterations.duration_s)
        if self.progress is not None:
            moments.append(self.progress.elapsed_s)
        lasts = [float(known.max()) for each in moments if (known := each[np.isfinite(each)]).size]
        return max(lasts, default=0.0)

    @cached_property
    def request_count(self) -> int | None:
        """Requests in the dataset, completed or not; None where the log doesn't say."""
        if self.totals.requests is not None:
            return self.totals.requests
        if self.requests is None and self.totals.completed is not None:
            return self.totals.completed + (self.totals.failed or 0)
        return len(self.requests) if self.requests is not None else None

    @cached_property
    def outcomes(self) -> Outcomes:
        """The outcomes of the requests: each by itself where the log lists them, else by the totals.

        Requests that the totals count and no list or progress timeline holds never finished.
        """
        totals = self.totals
        if self.requests is not None:
            errors = [error for error in self.requests.errors or () if error is not None]
            cancelled, unfinished = errors.count(CANCELLED), errors.count(NEVER_FINISHED)
            missing = max(0, (totals.requests or 0) - len(self.requests))
            failed = len(errors) - cancelled - unfinished
            return Outcomes(len(self.requests) - len(errors), failed, cancelled, unfinished + missing)
        failed, completed = totals.failed or 0, totals.completed
        if completed is None and self.progress is not None and totals.total_time_s is None:
            # A log without a total time was cut: it saw this many end.
            counts = self.progress.completed_requests
            completed = int(counts[-1]) if counts.size else 0
        if completed is None:
            return Outcomes(totals.requests - failed if totals.requests is not None else None, failed)
        return Outcomes(completed, failed, unfinished=max(0, (totals.requests or 0) - completed - failed))

    def completed_at(self, t: Time) -> Time:
        """Requests finished without error by `t` seconds; a fraction only between known counts."""
        return _shaped(t, self._completed.at(t) if self._completed else np.zeros_like(t))

    def output_tokens_at(self, t: Time) -> Time:
        """Output tokens written by `t` seconds; 0 where the run says nothing of tokens."""
        return _shaped(t, self._tokens.at(t) if self._tokens else np.zeros_like(t))

    def throughput_at(self, t: Time) -> Time:
        """Output tokens per second from the start to `t`; past the end, the whole run's.

        Where the times of some tokens are unknown, it is the whole run's at any moment after the start.
        """
        elapsed = np.minimum(np.asarray(t, dtype=np.float64), self.end_s)
        if isinstance(self._tokens, curves.SumCurve):
            elapsed = np.where(elapsed > 0, self.end_s, elapsed)
        written = self._tokens.at(elapsed) if self._tokens else np.zeros_like(elapsed)
        rate = np.divide(written, elapsed, out=np.zeros_like(written), where=elapsed > 0)
        return _shaped(t, rate)

    def early_exit_share_at(self, t: Time) -> Time | None:
        """Share (0 to 1) of the tokens by `t` that left early; None where the run can't say.

        A run of totals only gives the whole run's share at any moment.
        """
        return _shaped(t, self._exit_share.at(t)) if self._exit_share else None

    @cached_property
    def knows_tokens(self) -> bool:
        """Whether `output_tokens_at` and `throughput_at` have anything to say."""
        return self._tokens is not None

    @cached_property
    def knows_token_times(self) -> bool:
        """Whether every token's moment is known or lies between known ones, so that "so far" is true."""
        if self._tokens is None or isinstance(self._tokens, curves.SumCurve):
            return False
        return self.tokens is not None or "output_tokens" in self.counters or self._within is not None

    @cached_property
    def fills_in(self) -> bool:
        """Whether some of what is counted has moments, and the rest is added at a steady rate."""
        return any(isinstance(curve, curves.SumCurve) for curve in (self._tokens, self._completed))

    @cached_property
    def knows_finishes(self) -> bool:
        """Whether `completed_at` leans on recorded moments, and is no steady rate."""
        timed = self.progress is not None or (
            self.requests is not None and bool(np.isfinite(self.requests.finish_s[self.requests.ok]).any())
        )
        return self.knows_completed and timed and not isinstance(self._completed, curves.SumCurve)

    @cached_property
    def knows_completed(self) -> bool:
        """Whether `completed_at` has anything to say."""
        return self._completed is not None

    @cached_property
    def _completed(self) -> Curve | None:
        """Completed requests: exact finishes, else the progress timeline, else a steady rate.

        Requests that were completed at an unknown moment are added at a steady rate, so that the last value
        is the number of all that were.
        """
        timed = self.totals.total_time_s is not None
        if self.requests is not None:
            finishes = self.requests.finish_s[self.requests.ok]
            known = finishes[np.isfinite(finishes)]
            if known.size:
                return curves.with_rest(curves.counts(known), finishes.size - known.size, self.end_s)
            if not finishes.size:
                return curves.steady(self.end_s, 0)
        if self.progress is not None and self.progress.elapsed_s.size:
            # A log cut short has no total time, and did not finish everything that it was given.
            total, at_s = self.outcomes.completed if timed else None, self.progress.elapsed_s
            moments = curves.spread(at_s, self.progress.resolution_s)
            return curves.timeline(moments, self.progress.completed_requests, self.end_s, total)
        if self.outcomes.completed is not None and timed:
            return curves.steady(self.end_s, self.outcomes.completed)
        return None

    @cached_property
    def _tokens(self) -> Curve | None:
        """Output tokens: every token, else lines within each request, else a counter, else a steady rate."""
        total = self.totals.output_tokens
        if self.tokens is not None and self.tokens.at_s.size:
            at_s = self.tokens.at_s
            if total is not None and at_s.size > total and self.requests is not None:
                # Totals of completed requests only: what failed ones wrote is not in them.
                at_s = at_s[np.repeat(self.requests.ok, np.diff(self.tokens.offsets))]
            return curves.with_rest(curves.counts(at_s), (total or 0) - at_s.size, self.end_s)
        if self._within is not None:
            return curves.with_rest(
                self._within, (total or 0) - round(float(self._within.at(np.inf))), self.end_s
            )
        if (counter := self.counters.get("output_tokens")) is not None and counter.at_s.size:
            return Curve(counter.at_s, counter.value)
        if total is not None and self.totals.total_time_s is not None:
            return curves.steady(self.end_s, total)
        return None

    @cached_property
    def _within(self) -> Curve | None:
        """Output tokens as straight lines from each request's first token to its finish."""
        rows = self.requests
        return curves.within(rows.first_token_s, rows.finish_s, rows.output_tokens) if rows else None

    @cached_property
    def _exit_share(self) -> Curve | None:
        """Share of tokens that left early: by token, else by pass, else the whole run's."""
        tokens, passes, totals = self.tokens, self.iterations, self.totals
        if tokens is not None and tokens.exit_layers is not None and tokens.at_s.size:
            order = np.argsort(tokens.at_s, kind="stable")
            left = np.cumsum(tokens.exit_layers[order] > 0)
            return Curve(tokens.at_s[order], left / np.arange(1, left.size + 1), steps=True)
        if passes is not None and passes.ramp_exits is not None and passes.batch.size:
            share = np.cumsum(passes.ramp_exits) / np.maximum(np.cumsum(passes.batch), 1)
            return Curve(passes.start_s + passes.duration_s, share, steps=True)
        if totals.ee_tokens is None:
            return None
        others = totals.non_ee_tokens
        written = totals.ee_tokens + others if others is not None else totals.output_tokens
        return Curve(np.zeros(1), np.array([totals.ee_tokens / written])) if written else None


def _shaped(like: Time, values: FloatArray) -> Time:
    return values if isinstance(like, np.ndarray) else float(values)
