"""How long requests and tokens were waited for, and how many of those waits were over at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from explainers.runs.summary import latencies, percentile

if TYPE_CHECKING:
    from explainers.runs.model import FloatArray, IntArray, Run

NAMES = ("first token", "next token")


@dataclass(frozen=True, eq=False)
class Waits:
    """Waits in seconds in the order in which they ended, at `at_s`; both of shape (n,)."""

    length_s: FloatArray
    at_s: FloatArray

    def grown(self, edges_s: FloatArray, moments_s: FloatArray) -> IntArray:
        """How many waits of at most each edge were over by each moment; shape (moments, edges).

        Both ascend. The cost is one look at every wait, however many moments there are.
        """
        row = np.searchsorted(moments_s, self.at_s, side="left")
        column = np.searchsorted(edges_s, self.length_s, side="left")
        kept = (row < moments_s.size) & (column < edges_s.size)
        flat = np.bincount(
            row[kept] * edges_s.size + column[kept], minlength=moments_s.size * edges_s.size
        ).reshape(moments_s.size, edges_s.size)
        return np.asarray(np.cumsum(np.cumsum(flat, axis=0, dtype=np.int64), axis=1))

    def middle(self, s: float) -> float | None:
        """Half of the waits that were over by run second `s` were longer; None where none was."""
        return percentile(self.length_s[: int(np.searchsorted(self.at_s, s, side="right"))], 50)


@lru_cache(maxsize=8)
def waits_of(run: Run) -> dict[str, Waits]:
    """A run's waits by name; those that it can't say are left out."""
    all_of = latencies(run)
    pairs = zip(
        NAMES,
        (
            (all_of.first_token_s, all_of.first_token_at_s),
            (all_of.between_tokens_s, all_of.between_tokens_at_s),
        ),
        strict=True,
    )
    found = {}
    for name, (length_s, at_s) in pairs:
        if length_s.size:
            order = np.argsort(at_s, kind="stable")
            found[name] = Waits(length_s[order], at_s[order])
    return found


def axis_end_s(waits: list[Waits]) -> float:
    """The round end of an axis that shows 99 % of each run's waits."""
    longest = max((float(np.quantile(each.length_s, 0.99)) for each in waits), default=1.0)
    power = 10.0 ** np.floor(np.log10(max(longest, 1e-6)))
    return float(next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= longest))
