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
MOST_WAITS = 20_000
"""Single waits of a run; of more there are as many quantiles and one, evenly apart."""
STEPS = 60
"""Stretches of the longest run's timeline, at most."""
TIMELINE = {"time": "s", "tokens": "tokens", "throughput": "tok/s", "completed": "requests"}
TIMELINE |= {"running": "requests", "queued": "requests"}
"""Columns of a run's timeline, and their units."""
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
            if not waits[wait].size and f"{wait}.{name}" in run.stated:
                known[f"{wait}.{name}"] = run.stated[f"{wait}.{name}"]
            elif not waits[wait].size:
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


def single_waits(run: Run, wait: str) -> FloatArray | str:
    """Seconds of each `wait` of the run, ascending, or why single ones are not known.

    Of more than 20,000 there are 20,001 quantiles, evenly apart from the least to the largest: percentiles of
    them are those of all.
    """
    waits, why = _waits(run)
    if wait in why or not waits[wait].size:
        return why.get(wait) or f"its log holds no {WAITS[wait]}"
    values = np.sort(waits[wait])
    if values.size > MOST_WAITS:
        values = np.percentile(values, np.linspace(0, 100, MOST_WAITS + 1))
    return np.asarray(values, dtype=np.float64)


def timeline(run: Run, step_s: float) -> tuple[dict[str, FloatArray], dict[str, str]]:
    """What the run did at every `step_s` seconds, by the columns of `TIMELINE`, and why it lacks the others.

    `throughput` is that of the stretch that begins at the moment, 0 at the end. A request is `queued` from
    its arrival until it starts, or until its first token where the log knows no start, and then `running`
    until it ends.
    """
    at_s = np.minimum(np.arange(int(np.ceil(run.end_s / step_s - 1e-9)) + 1) * step_s, run.end_s)
    known, lacking = {"time": at_s}, dict[str, str]()
    if run.knows_token_times:
        known["tokens"] = run.output_tokens_at(at_s)
        known["throughput"] = np.append(np.diff(known["tokens"]) / np.diff(at_s), 0.0)
    else:
        lacking |= dict.fromkeys(("tokens", "throughput"), "its log holds no times of tokens")
    if run.knows_finishes:
        known["completed"] = run.completed_at(at_s)
    else:
        lacking["completed"] = "its log does not say when requests finished"
    rows = run.requests
    if rows is not None:
        start = rows.first_token_s
        if rows.start_s is not None:
            start = np.where(np.isfinite(rows.start_s), rows.start_s, start)
        # What ended without a start waited until then.
        start = np.where(np.isfinite(start), start, rows.finish_s)
        for name, since, until in (("queued", rows.arrival_s, start), ("running", start, rows.finish_s)):
            if np.isfinite(since).any() and np.isfinite(until).any():
                # What never began or ended is counted until the run's end.
                begun, over = np.sort(since[np.isfinite(since)]), np.sort(until[np.isfinite(since)])
                known[name] = np.searchsorted(begun, at_s, "right") - np.searchsorted(over, at_s, "right")
                known[name] = known[name].astype(np.float64)
    for name in ("queued", "running"):
        if (counter := run.counters.get(name)) is not None and counter.at_s.size:
            found = np.searchsorted(counter.at_s, at_s, side="right")
            known[name] = np.where(found > 0, counter.value[np.maximum(found - 1, 0)], 0.0)
        elif name not in known:
            lacking[name] = "its log holds no moments of single requests"
    return known, lacking


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
