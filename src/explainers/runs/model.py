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
from explainers.runs.curves import Curve

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Time = TypeVar("Time", float, FloatArray)
"""A moment or many: methods give back the shape they are given."""

Kind = Literal["measured", "simulated"]

TOTALS_ONLY = "totals measured, steady rate between"
TOKENS_STEADY = "output tokens: total measured, steady rate between"
TOKENS_INTERPOLATED = "tokens interpolated"
NO_START_TIMES = "no start times: all assumed to arrive at 0"
CUT_SHORT = "log cut short"


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
    """

    total_time_s: float | None = None
    requests: int | None = None
    output_tokens: int | None = None
    throughput_tok_s: float | None = None
    ee_tokens: int | None = None
    non_ee_tokens: int | None = None
    involuntary_exits: int | None = None
    involuntary_stays: int | None = None


@dataclass(frozen=True, eq=False)
class Requests:
    """One row a request, in the order of the source. Arrays of shape (n,), times in seconds.

    `start_s` is when the server began to work on it. `errors[i]` is None where the request went well.
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
        """True where the request did not end in an error; shape (n,)."""
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
    of pass j, by row, are `members[member_offsets[j]:member_offsets[j + 1]]`.
    """

    start_s: FloatArray
    duration_s: FloatArray
    batch: IntArray
    ramp_exits: IntArray | None = None
    member_offsets: IntArray | None = None
    members: IntArray | None = None


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

    @property
    def label(self) -> str:
        """What a pane calls this run: its label, else its policy, else its system."""
        return self.provenance.label or self.provenance.policy or self.provenance.system

    @cached_property
    def end_s(self) -> float:
        """Length of the run: the measured total, else the last thing that happened."""
        return curves.end_s(self)

    @cached_property
    def request_count(self) -> int | None:
        """Requests in the dataset, errors included; None where the log doesn't say."""
        if self.totals.requests is not None:
            return self.totals.requests
        return len(self.requests) if self.requests is not None else None

    def completed_at(self, t: Time) -> Time:
        """Requests finished without error by `t` seconds; a fraction only between known counts."""
        return _shaped(t, self._completed.at(t)) if self._completed else _shaped(t, np.zeros_like(t))

    def output_tokens_at(self, t: Time) -> Time:
        """Output tokens written by `t` seconds; 0 where the run says nothing of tokens."""
        return _shaped(t, self._tokens.at(t)) if self._tokens else _shaped(t, np.zeros_like(t))

    def throughput_at(self, t: Time) -> Time:
        """Output tokens per second from the start to `t`; past the end, the whole run's."""
        elapsed = np.minimum(np.asarray(t, dtype=np.float64), self.end_s)
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
    def _completed(self) -> Curve | None:
        return curves.completed(self)

    @cached_property
    def _tokens(self) -> Curve | None:
        return curves.output_tokens(self)

    @cached_property
    def _exit_share(self) -> Curve | None:
        return curves.exit_share(self)


def _shaped(like: Time, values: NDArray[np.float64]) -> Time:
    return values if isinstance(like, np.ndarray) else float(values)
