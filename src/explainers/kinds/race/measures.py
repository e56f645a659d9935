"""What can be said of the runs of a race: counters at a moment, and words. Nothing that a log can't say."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from explainers.facts.numbers import THIN, written
from explainers.fonts import HOUSE, Letters
from explainers.kinds.race.params import Counter, Params

if TYPE_CHECKING:
    from explainers.kinds.base import ShotPlan
    from explainers.runs.model import Run

UNKNOWN = "–"
"""Stands where a number will come as soon as there is one."""
MOST_CELLS, CELLS = 40, (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
"""Cells of a track at most, and their round sizes; and ten times these, and so on."""
STEADY = "constant rate, the average of each log"
"""What is said of tracks of runs whose logs have totals alone."""
TOLERANCE = 1e-6
"""A count that misses a whole number by less is that number."""


def round_up(least: float, steps: Sequence[float], power: float = 1.0) -> float:
    """The smallest of `steps` times `power`, or times a tenfold of it, that is at least `least`."""
    while max(steps) * power < least:
        power *= 10
    return min(step * power for step in steps if step * power >= least)


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
        """The longest text that the number gets."""
        return max((self.text_at(run, run.end_s * share) for share in (0.05, 0.3, 0.6, 1.0)), key=len)


MEASURES: dict[Counter, Measure] = {
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

LARGE: tuple[Counter, ...] = ("output_tokens", "throughput")
SMALL: tuple[Counter, ...] = ("early_exit_share", "involuntary_exits")
"""Counters that stand large under their names, and those that stand small beside them."""


def head_rate(run: Run, s: float) -> str:
    """Tokens per second at run second `s` as a track's head says it: finer where it is one of totals."""
    return written(run.throughput_at(max(s, 1e-3)), ",.1f" if run.knows_token_times else ",.2f")


def head_count(race: Race, run: Run, s: float, time_format: str) -> str:
    """How far a run is at its second `s` as its head says it: a count, or a time where the axis is one."""
    if race.params.axis == "time":
        return written(race.along(run, s), time_format)
    return f"{race.count(run, s):,}"


@dataclass(frozen=True)
class Race:
    """What an author wrote of a race, and its runs in the order of their panes."""

    params: Params
    runs: tuple[Run, ...]
    letters: Letters = HOUSE

    @classmethod
    def of(cls, shot: ShotPlan) -> Race:
        runs = tuple(shot.runs[entry.run] for entry in shot.params.entries)
        return cls(shot.params, runs, shot.letters)

    def loc(self, index: int, *field: str) -> tuple[str | int, ...]:
        """The place of a run of the race in what the author wrote."""
        return ("tracks" if self.params.tracks else "panes", index, *field)

    # -- on tracks: how far a run is along the axis ----------------------------------------------

    def along(self, run: Run, s: float) -> float:
        """How far a run is along the axis at its second `s`, up to the finish line."""
        return min(self._along(run, s), self.goal)

    def _along(self, run: Run, s: float) -> float:
        match self.params.axis:
            case "output_tokens":
                return float(run.output_tokens_at(s))
            case "time":
                return min(s, run.end_s)
        return float(run.completed_at(s))

    @cached_property
    def goal(self) -> float:
        """Where the finish line is on the axis: what all runs reach, of time the longest."""
        ends = [self._along(run, run.end_s) for run in self.runs]
        return max(ends) if self.params.axis == "time" else min(ends)

    def arrival_s(self, run: Run) -> float:
        """The run second at which a run reaches the finish line; in panes, and in time, its end."""
        if not self.params.tracks or self.params.axis == "time":
            return run.end_s
        if self._along(run, run.end_s) <= self.goal + TOLERANCE:
            return run.end_s
        low, high = 0.0, run.end_s
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if self._along(run, middle) >= self.goal else (middle, high)
        return high

    @cached_property
    def last_s(self) -> float:
        """When the last run arrives."""
        return max(map(self.arrival_s, self.runs))

    def count(self, run: Run, s: float) -> int:
        """How far a run is along the axis, as a counter shows it."""
        return math.floor(self.along(run, s) + TOLERANCE)

    @property
    def steady(self) -> bool:
        """Whether a track moves at a constant rate, because its log has totals alone."""
        known = {"requests": "knows_finishes", "output_tokens": "knows_token_times"}.get(self.params.axis)
        return known is not None and not all(getattr(run, known) for run in self.runs)

    @cached_property
    def cell(self) -> float:
        """How much of the axis a cell is."""
        return self.params.cell or round_up(self.goal / MOST_CELLS, CELLS)

    @property
    def amount(self) -> str:
        """What the axis counts, in words: `articles`."""
        return {"output_tokens": "tokens", "time": ""}.get(self.params.axis, self.params.unit)

    @property
    def end_s(self) -> float:
        """When the last run ends."""
        return max(run.end_s for run in self.runs)

    @property
    def first_end_s(self) -> float | None:
        """When the first run ends; who lost requests on the way is not first."""
        return min((run.end_s for run in self.runs if not run.outcomes.lost), default=None)

    @property
    def mixed(self) -> bool:
        """Whether measured and simulated runs are side by side."""
        return len({run.provenance.kind for run in self.runs}) > 1

    @property
    def raced(self) -> str:
        """What is raced: `Llama-2-70b-chat, batch 8, 2,160 articles`."""
        if self.params.raced is not None:
            return self.params.raced
        size = _common(run.provenance.settings.get("batch") for run in self.runs)
        return _listed(self._model, f"batch {size}" if size else "", self._amount)

    @property
    def compared(self) -> str:
        """What was compared: model, hardware where the runs name it, number of requests and dataset."""
        if self.params.compared is not None or self.params.raced is not None:
            return self.params.compared or self.params.raced or ""
        dataset = "" if self.same_dataset is False else _common(run.provenance.dataset for run in self.runs)
        # The recorder's name for a dataset counts its prompts, which the amount says already.
        dataset = re.sub(r", [\d,]+ prompts$", "", re.sub(r"\s*\([^)]*\)", "", dataset))
        amount = self._amount + (f" of {dataset}" if dataset else "")
        if dataset[:1].isdigit():
            # Such a name counts its requests itself: `100 drawn requests, seed 0`.
            amount = dataset
        return _listed(self._model, _common(run.provenance.hardware for run in self.runs), amount)

    @property
    def _model(self) -> str:
        return _common(run.provenance.model for run in self.runs)

    @property
    def _amount(self) -> str:
        count = _common(run.request_count for run in self.runs)
        return f"{count:,} {self.params.unit}" if count else ""

    @property
    def time_note(self) -> str:
        """`measured time`, or what else the clock shows."""
        return f"{'measured and simulated' if self.mixed else self.runs[0].provenance.kind} time"

    @property
    def same_dataset(self) -> bool | None:
        """Whether all runs had the same requests; None where the logs don't prove it."""
        from explainers.runs.summary import same_datasets

        return same_datasets(self.runs)

    @property
    def lost(self) -> str:
        """What became of the requests that panes cross out; empty where all runs completed theirs."""
        verbs = {run.outcomes.verb for run in self.runs} - {""}
        return verbs.pop() if len(verbs) == 1 else "not done" if verbs else ""


def _common(values: Iterable[Any]) -> Any:
    """The value that all runs have in common; an empty text where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
