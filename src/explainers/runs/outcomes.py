"""How the requests of a run ended, and whether two runs did the same work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explainers.runs.parts import CANCELLED, NEVER_FINISHED

if TYPE_CHECKING:
    from explainers.runs.model import Run
    from explainers.runs.parts import FloatArray


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


def outcomes(run: Run) -> Outcomes:
    """The outcomes of a run's requests: one by one where the log lists them, else by its totals.

    Requests that the totals count and no list or progress timeline holds never finished.
    """
    totals = run.totals
    if run.requests is not None:
        errors = [error for error in run.requests.errors or () if error is not None]
        cancelled, unfinished = errors.count(CANCELLED), errors.count(NEVER_FINISHED)
        missing = max(0, (totals.requests or 0) - len(run.requests))
        return Outcomes(
            len(run.requests) - len(errors),
            len(errors) - cancelled - unfinished,
            cancelled,
            unfinished + missing,
        )
    failed, completed = totals.failed or 0, totals.completed
    if completed is None and run.progress is not None and totals.total_time_s is None:
        # A log without a total time was cut: it saw this many end.
        counts = run.progress.completed_requests
        completed = int(counts[-1]) if counts.size else 0
    if completed is None:
        return Outcomes(totals.requests - failed if totals.requests is not None else None, failed)
    return Outcomes(completed, failed, unfinished=max(0, (totals.requests or 0) - completed - failed))


def lost_at(run: Run, s: float) -> int:
    """Requests known at run second `s` not to be completed: at their own moment, else when the run ends."""
    if s >= run.end_s:
        return run.outcomes.lost
    if run.requests is None:
        return 0
    ends: FloatArray = run.requests.finish_s[~run.requests.ok]
    return int(np.count_nonzero(ends <= s))


def unequal_work(left: Run, right: Run) -> str | None:
    """Why times and rates of two runs can't be compared: requests that one of them did not complete.

    None where both completed every request, as far as their logs say.
    """
    ours, theirs = left.outcomes, right.outcomes
    if not ours.lost and not theirs.lost:
        return None
    said = [_said(run) for run in (left, right)]
    return f"{said[0]} against {said[1]}"


def _said(run: Run) -> str:
    found, total = run.outcomes, run.request_count
    if not found.lost:
        return f"{found.completed:,} completed" if found.completed is not None else "nothing known to be lost"
    return f"{found.completed or 0:,} of {total:,} completed ({found.words})" if total else found.words
