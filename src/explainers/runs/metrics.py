"""What a run measured, by the field's names: `itl.p99`, `throughput`, `goodput`; each known, or with the
reason why this run can't say it.

Times are in seconds. Of the waits, `ttft` is from sending a request to its first token, `itl` between two
tokens, `tpot` a request's mean time per output token after the first, `e2e` from sending a request to its
last token; all over completed requests. Percentiles lie between the two nearest values, as NumPy's and the
benchmarks' own do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explainers.runs.model import TOKENS_INTERPOLATED, FloatArray, Run
from explainers.runs.summary import latencies

STATISTICS = {"mean": None, "p50": 50, "p90": 90, "p95": 95, "p99": 99, "max": 100}
"""What is said of the waits, and the percentile that it is."""
WAITS = {"ttft": "first tokens", "itl": "tokens", "tpot": "first tokens and lengths", "e2e": "finishes"}
"""The waits, and what a log must hold for them."""
SLO = ("ttft", "tpot", "e2e")
"""What a request can be held to, as the benchmarks' `goodput` does."""
UNITS = {
    **{"throughput": "tok/s", "request_rate": "req/s", "goodput": "req/s", "duration": "s"},
    **{f"{wait}.{name}": "s" for wait in WAITS for name in STATISTICS},
}
"""The units of metrics; those that are not here are counts and shares."""
IN_SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Metrics:
    """`known` are the values by metric, `lacking` why each of the others is not known of this run."""

    known: Mapping[str, float] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)


def metrics(run: Run, gpus: int | None = None, slo: Mapping[str, float] | None = None) -> Metrics:
    """The metrics of a run. `gpus` is how many it ran on, `slo` the most seconds of `ttft`, `tpot` and
    `e2e` that count for `goodput` and `slo_share`."""
    totals, outcomes = run.totals, run.outcomes
    nothing = "its log does not say"
    stated: dict[str, float | None] = {
        "throughput": totals.throughput_tok_s,
        "duration": totals.total_time_s if totals.total_time_s is not None else run.end_s or None,
        "requests": run.request_count,
        "completed": outcomes.completed,
        **{name: getattr(outcomes, name) for name in ("failed", "cancelled", "unfinished")},
        "tokens": totals.output_tokens,
        "prompt_tokens": totals.prompt_tokens,
        "early_exit_share": run.early_exit_share_at(run.end_s),
    }
    completed, duration = stated["completed"], stated["duration"]
    stated["request_rate"] = completed / duration if completed is not None and duration else None
    known = {name: float(value) for name, value in stated.items() if value is not None}
    lacking = {name: nothing for name, value in stated.items() if value is None}
    if gpus is None:
        lacking["gpus"] = "`gpus` is not written with the run in assets.yaml"
    else:
        known["gpus"] = float(gpus)
    waits, why = _waits(run)
    for wait in WAITS:
        for name, rank in STATISTICS.items():
            if not waits[wait].size:
                lacking[f"{wait}.{name}"] = why.get(wait) or f"its log holds no {WAITS[wait]}"
            elif wait in why and rank is not None:
                lacking[f"{wait}.{name}"] = why[wait]
            else:
                values = waits[wait]
                known[f"{wait}.{name}"] = float(
                    values.mean() if rank is None else np.percentile(values, rank)
                )
    _goodput(run, slo, duration, known, lacking)
    return Metrics(known, lacking)


def _waits(run: Run) -> tuple[dict[str, FloatArray], dict[str, str]]:
    """Seconds of each wait, and why single waits of a kind are not known although their mean is."""
    found = latencies(run)
    waits = {"ttft": found.first_token_s, "itl": found.between_tokens_s, "e2e": found.request_s}
    per_token = _per_token(run)
    waits["tpot"] = per_token[np.isfinite(per_token)]
    even = [one for one in run.caveats if one.startswith(TOKENS_INTERPOLATED) and " of " not in one]
    return waits, {"itl": f"{even[0]}, so only `itl.mean` and `tpot` are known"} if even else {}


def _per_token(run: Run) -> FloatArray:
    """Seconds a token after the first, one entry a request; NaN where it is not known."""
    rows = run.requests
    if rows is None:
        return np.zeros(0)
    several = rows.ok & (rows.output_tokens > 1)
    steps = np.where(several, rows.output_tokens - 1, np.nan)
    return np.asarray((rows.finish_s - rows.first_token_s) / steps, dtype=np.float64)


def _goodput(
    run: Run,
    slo: Mapping[str, float] | None,
    duration: float | None,
    known: dict[str, float],
    lacking: dict[str, str],
) -> None:
    """Adds completed requests a second within the SLO, and their share of all requests."""
    rows, names = run.requests, ("goodput", "slo_share")
    if not slo:
        lacking |= dict.fromkeys(names, f"no `slo` is written, such as slo: {{{SLO[0]}: 200ms}}")
        return
    if rows is None or not duration:
        lacking |= dict.fromkeys(names, "its log holds no single requests")
        return
    waits = {
        "ttft": rows.first_token_s - rows.arrival_s,
        # A request of one token has no time between tokens, and keeps any limit of it.
        "tpot": np.where(rows.output_tokens == 1, 0.0, _per_token(run)),
        "e2e": rows.finish_s - rows.arrival_s,
    }
    good = rows.ok.copy()
    for name, most in slo.items():
        if (unknown := int((rows.ok & ~np.isfinite(waits[name])).sum())) > 0:
            lacking |= dict.fromkeys(names, f"its log holds no {name} of {unknown:,} completed requests")
            return
        good &= waits[name] <= most
    known["goodput"] = float(good.sum()) / duration
    known["slo_share"] = float(good.sum()) / max(1, run.request_count or len(rows))
