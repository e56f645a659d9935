"""What requests waited for: time to first token, time between tokens, time to the finish."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.runs.model import FloatArray, Run

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, eq=False)
class Latencies:
    """Seconds, one entry a known wait; empty where the run can't say.

    `first_token_s` and `request_s` have an entry a request that went well, `between_tokens_s` one a pair
    of neighbouring tokens. `known_at_s[name]` runs parallel: the moment each wait was over.
    """

    first_token_s: FloatArray
    between_tokens_s: FloatArray
    request_s: FloatArray
    first_token_at_s: FloatArray
    between_tokens_at_s: FloatArray
    request_at_s: FloatArray


def latencies(run: Run) -> Latencies:
    """All waits of a run; between tokens they are as interpolated as its caveats say."""
    nothing = np.zeros(0)
    if run.requests is None:
        return Latencies(nothing, nothing, nothing, nothing, nothing, nothing)
    requests, ok = run.requests, run.requests.ok
    first, first_at = _known(requests.first_token_s, requests.arrival_s, ok)
    whole, whole_at = _known(requests.finish_s, requests.arrival_s, ok)
    between = between_at = nothing
    if run.tokens is not None and run.tokens.at_s.size:
        starts = run.tokens.offsets[:-1][np.diff(run.tokens.offsets) > 0]
        inside = np.ones(run.tokens.at_s.size, dtype=np.bool_)
        inside[starts] = False
        between = np.diff(run.tokens.at_s, prepend=0.0)[inside]
        between_at = run.tokens.at_s[inside]
    return Latencies(first, between, whole, first_at, between_at, whole_at)


def _known(end_s: FloatArray, start_s: FloatArray, ok: np.ndarray) -> tuple[FloatArray, FloatArray]:
    known = ok & np.isfinite(end_s) & np.isfinite(start_s)
    return end_s[known] - start_s[known], end_s[known]


def percentile(values: FloatArray, rank: float) -> float | None:
    """The value at `rank` percent, or None where there are no values."""
    known = values[np.isfinite(values)]
    return float(np.percentile(known, rank)) if known.size else None
