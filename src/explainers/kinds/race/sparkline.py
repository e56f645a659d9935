"""The rate over time of a run, where its log has a timeline: a line that is drawn as the clock runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explainers.runs.model import FloatArray, Run

POINTS = 240
"""Moments at which the rate is worked out, over the whole race."""
WINDOW_SHARE = 0.06
"""The stretch of time, as a share of the run, over which a rate is taken."""


def rate_name(run: Run, unit: str) -> str | None:
    """What the line shows: tokens where their times are known, else finished requests; None for totals."""
    if run.knows_token_times:
        return "tokens / s"
    return f"{unit} / min" if run.knows_finishes else None


def rates(run: Run, until_s: float) -> tuple[FloatArray, FloatArray]:
    """Moments and rates, both of shape (POINTS,); each rate over the WINDOW_SHARE of the run before it."""
    window = run.end_s * WINDOW_SHARE
    at_s = np.linspace(0.0, min(run.end_s, until_s), POINTS)
    before = np.maximum(at_s - window, 0.0)
    by_tokens = rate_name(run, "") == "tokens / s"
    count = run.output_tokens_at if by_tokens else run.completed_at
    span = np.maximum(at_s - before, window)
    return at_s, (count(at_s) - count(before)) / span * (1.0 if by_tokens else 60.0)
