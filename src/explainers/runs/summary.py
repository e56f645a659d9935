"""A run in a few lines of words, and its rate as a line of little bars."""

from __future__ import annotations

import numpy as np

from explainers.runs.latency import latencies, percentile
from explainers.runs.model import Run

BARS = "▁▂▃▄▅▆▇█"


def summary(run: Run) -> list[tuple[str, str]]:
    """Name and value of what the run knows, for a terminal; what it doesn't know is left out."""
    provenance, totals = run.provenance, run.totals
    lines = [
        ("system", provenance.system),
        ("policy", provenance.label or provenance.policy),
        ("model", provenance.model),
        ("hardware", provenance.hardware),
        ("dataset", provenance.dataset),
        ("kind", provenance.kind),
        ("source", provenance.source),
        ("length", f"{run.end_s:.2f} s"),
        ("requests", _requests(run)),
        ("output tokens", f"{totals.output_tokens:,}" if totals.output_tokens is not None else ""),
        ("throughput", f"{totals.throughput_tok_s:.2f} tok/s" if totals.throughput_tok_s is not None else ""),
    ]
    share = run.early_exit_share_at(run.end_s)
    lines.append(("early exits", f"{share:.2%} of tokens" if share is not None else ""))
    lines += [("passes", f"{run.iterations.batch.size:,}")] if run.iterations is not None else []
    waits = latencies(run)
    for name, values in (
        ("first token", waits.first_token_s),
        ("between tokens", waits.between_tokens_s),
        ("request", waits.request_s),
    ):
        middle, high = percentile(values, 50), percentile(values, 95)
        lines.append((name, f"p50 {middle:.3f} s, p95 {high:.3f} s" if middle is not None else ""))
    lines += [("caveat", caveat) for caveat in run.caveats]
    return [(name, value) for name, value in lines if value]


def _requests(run: Run) -> str:
    if run.request_count is None:
        return ""
    found = run.outcomes
    done = f", {found.completed:,} completed" if found.lost and found.completed is not None else ""
    return f"{run.request_count:,}{done}" + (f", {found.words}" if found.lost else "")


def sparkline(run: Run, width: int = 60) -> str:
    """Output tokens (else finished requests) per stretch of time, `width` stretches; "" where unknown."""
    if not run.end_s or not (run.knows_tokens or run.knows_completed):
        return ""
    edges = np.linspace(0.0, run.end_s, width + 1)
    counts = run.output_tokens_at(edges) if run.knows_tokens else run.completed_at(edges)
    rates = np.diff(counts)
    top = rates.max()
    if top <= 0:
        return BARS[0] * width
    levels = np.round(rates / top * (len(BARS) - 1)).astype(int)
    return "".join(BARS[level] for level in np.clip(levels, 0, len(BARS) - 1))
