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
from typing import TypeVar

import numpy as np

from explainers.runs import curves
from explainers.runs.curves import Curve
from explainers.runs.outcomes import Outcomes, outcomes
from explainers.runs.parts import (
    CANCELLED,
    NEVER_FINISHED,
    PASS_KINDS,
    Counter,
    FloatArray,
    IntArray,
    Iterations,
    Kind,
    Progress,
    Provenance,
    Requests,
    Tokens,
    Totals,
)

__all__ = [
    "CANCELLED", "CUT_SHORT", "NEVER_FINISHED", "NO_START_TIMES", "PASS_KINDS", "REST_STEADY",
    "TOKENS_INTERPOLATED", "TOKENS_STEADY", "TOTALS_ONLY",
    "Counter", "FloatArray", "IntArray", "Iterations", "Kind", "Progress", "Provenance", "Requests", "Run",
    "Tokens", "Totals",
]  # fmt: skip

Time = TypeVar("Time", float, FloatArray)
"""A moment or many: methods give back the shape they are given."""

TOTALS_ONLY = "totals measured, steady rate between"
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
        """Requests in the dataset, completed or not; None where the log doesn't say."""
        if self.totals.requests is not None:
            return self.totals.requests
        if self.requests is None and self.totals.completed is not None:
            return self.totals.completed + (self.totals.failed or 0)
        return len(self.requests) if self.requests is not None else None

    @cached_property
    def outcomes(self) -> Outcomes:
        """How many requests were completed, failed, were cancelled or never finished."""
        return outcomes(self)

    def completed_at(self, t: Time) -> Time:
        """Requests finished without error by `t` seconds; a fraction only between known counts."""
        return _shaped(t, self._completed.at(t)) if self._completed else _shaped(t, np.zeros_like(t))

    def output_tokens_at(self, t: Time) -> Time:
        """Output tokens written by `t` seconds; 0 where the run says nothing of tokens."""
        return _shaped(t, self._tokens.at(t)) if self._tokens else _shaped(t, np.zeros_like(t))

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
        steady = isinstance(self._tokens, curves.SumCurve) or (
            self.tokens is None and "output_tokens" not in self.counters and not self._writes_within
        )
        return self.knows_tokens and not steady

    @cached_property
    def _writes_within(self) -> bool:
        return self.requests is not None and curves.within_requests(self.requests) is not None

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
        return curves.completed(self)

    @cached_property
    def _tokens(self) -> Curve | None:
        return curves.output_tokens(self)

    @cached_property
    def _exit_share(self) -> Curve | None:
        return curves.exit_share(self)


def _shaped(like: Time, values: FloatArray) -> Time:
    return values if isinstance(like, np.ndarray) else float(values)
