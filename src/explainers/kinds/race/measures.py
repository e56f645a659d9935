"""What can be shown of a run at a moment, and how each is called. Nothing is shown that a log can't say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.facts.numbers import THIN, written

if TYPE_CHECKING:
    from explainers.runs.model import Run

UNKNOWN = "–"
"""Stands where a number will come as soon as there is one."""

TOLERANCE = 1e-6
"""A count that misses a whole number by less is that number."""


@dataclass(frozen=True)
class Measure:
    """A number of a pane, called `short` where there is little room.

    `text_at(run, s)` writes it at run second `s`, `known(run)` says whether the run can tell it.
    """

    label: str
    short: str
    text_at: Callable[[Run, float], str]
    known: Callable[[Run], bool]
    role: str = "text"

    def widest(self, run: Run) -> str:
        """The longest that the number gets."""
        texts = [self.text_at(run, run.end_s * share) for share in (0.05, 0.3, 0.6, 1.0)]
        return max(texts, key=len)


def done(run: Run, s: float) -> int:
    """Finished requests at run second `s`, as a counter shows them."""
    return math.floor(run.completed_at(s) + TOLERANCE)


def tokens(run: Run, s: float) -> int:
    """Output tokens at run second `s`, as a counter shows them."""
    return math.floor(run.output_tokens_at(s) + TOLERANCE)


def _throughput(run: Run, s: float) -> str:
    return f"{run.throughput_at(s):,.1f}" if tokens(run, s) else UNKNOWN


def _exit_share(run: Run, s: float) -> str:
    share = run.early_exit_share_at(s)
    if share is None or s <= 0:
        return UNKNOWN
    return f"0{THIN}%" if share == 0 else written(share, ".1%")


MEASURES = {
    "output_tokens": Measure(
        "output tokens", "tokens", lambda run, s: f"{tokens(run, s):,}", lambda run: run.knows_tokens
    ),
    "throughput": Measure("tokens / s", "tokens / s", _throughput, lambda run: run.knows_tokens),
    "early_exit_share": Measure(
        "tokens that left early",
        "left early",
        _exit_share,
        lambda run: run.early_exit_share_at(run.end_s) is not None,
        "exit",
    ),
    "involuntary_exits": Measure(
        "forced out",
        "forced out",
        lambda run, s: f"{run.totals.involuntary_exits or 0:,}",
        lambda run: run.totals.involuntary_exits is not None,
        "warn",
    ),
}
"""Views that are one number."""

LARGE, SMALL = ("output_tokens", "throughput"), ("early_exit_share", "involuntary_exits")
"""Counters that stand large under their names, and those that stand small beside them."""


def per_cell(requests: int, most: int = 240) -> int:
    """How many requests make a cell: a round number that leaves cells few enough to be counted."""
    power = 1
    while True:
        for step in (1, 2, 5):
            if requests <= most * step * power:
                return step * power
        power *= 10
