"""Runs of the same dataset on one virtual clock, in equal panes.

Each pane fills a cell for every few requests that are done (`requests`), or shows the batch at work
(`lanes`), the text of one request as it is written (`stream`), or how long was waited (`latency`); and it
counts with the clock: output tokens, tokens per second, the share of tokens that left early, tokens forced
out. A pane stops with a mark and
its time when its run ends, while the clock goes on for the others. `lead` is a sentence under the panes
whose numbers are differences of what the panes show. What a log can't say is left out, never a zero.

A run is replayed from its log; every pane has the same clock, so no pane can run faster than another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.race.clock import duration_s
from explainers.kinds.race.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.race.lanes import LanesView
from explainers.kinds.race.latency import LatencyView
from explainers.kinds.race.lead import lead_mistakes
from explainers.kinds.race.measures import Race
from explainers.kinds.race.params import Params, Picture
from explainers.kinds.race.requests import RequestsView
from explainers.kinds.race.sparkline import SparklineView
from explainers.kinds.race.stream import StreamView
from explainers.kinds.race.view import View
from explainers.storyboard.mistakes import Loc, Mistake, without_effect

if TYPE_CHECKING:
    from explainers.stage import Stage

VIEWS: dict[Picture | Literal["sparkline"], type[View]] = {
    "requests": RequestsView,
    "lanes": LanesView,
    "stream": StreamView,
    "latency": LatencyView,
    "sparkline": SparklineView,
}
"""What moves in a pane, by the name in a race's `views`; its other views are `measures.MEASURES`."""

SQUARE, SQUARE_PANES = (0.8, 1.25), 2
"""Shapes of frame (width over height) in which more panes than these have no room."""


class RaceKind(SceneKind):
    params = Params
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The clock above, the panes side by side, the lead below."""
        from explainers.kinds.race.draw import draw

        draw(shot, stage, {name: VIEWS[name] for name in shot.params.views if name in VIEWS})

    def duration_s(self, shot: ShotPlan) -> float:
        """The runs' length at the clock's speed, and time to read how it ended."""
        return duration_s(Race.of(shot))

    def footer(self, shot: ShotPlan) -> tuple[str, ...]:
        """What a viewer must know of each view, and that datasets or work differ where they do."""
        race, params = Race.of(shot), shot.params
        parts = [note for view in _shown(params) for note in view.footnotes(race)]
        if params.different_datasets:
            parts.append("datasets differ")
        if params.unequal_work and race.lost:
            parts.append("the runs did not do the same work")
        return tuple(parts)

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """What the runs call themselves, and what was written where that is seen."""
        race, found = Race.of(shot), list[tuple[Loc, str]]()
        for index, run in enumerate(race.runs):
            of, loc = run.provenance, ("panes", index, "run")
            found.append((loc, " ".join((of.system, of.policy, of.label, of.model, of.hardware, of.dataset))))
            found += [(loc, text) for view in _shown(race.params) if (text := view.text(race, run))]
        return found

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Too many panes, ranges outside the runs, unlike datasets, views without data, fields without
        effect, and slips in the lead."""
        race = Race.of(shot)
        return [
            *_too_many_panes(race, shot.canvas.width / shot.canvas.height),
            *_range(race),
            *_datasets(race),
            *_views(race),
            *_without_effect(race),
            *lead_mistakes(race),
        ]


def _shown(params: Params) -> list[type[View]]:
    """The moving views of a race, in the order of VIEWS."""
    return [view for name, view in VIEWS.items() if name in params.views]


def _too_many_panes(race: Race, shape: float) -> Iterator[Mistake]:
    panes = len(race.runs)
    if SQUARE[0] < shape < SQUARE[1] and panes > SQUARE_PANES:
        expected = f"at most {SQUARE_PANES}, or a wide or high frame"
        message = f"{panes} panes have no room in a square frame"
        yield Mistake(("panes",), "too-many-panes", message, expected)


def _range(race: Race) -> Iterator[Mistake]:
    end, first, until = race.end_s, race.params.clock.from_, race.params.clock.until
    expected = f"a time from 0 to {end:.2f} s"
    if not isinstance(until, str) and until > end + 1e-6:
        message = f"the clock runs to {until:g} s, but the last run ends at {end:.2f} s"
        yield Mistake(("clock", "until"), "range-outside-run", message, expected)
    if first >= (end if isinstance(until, str) else min(end, until)):
        message = f"the clock begins at {first:g} s, where nothing is left to show"
        yield Mistake(("clock", "from"), "range-outside-run", message, expected)


def _datasets(race: Race) -> Iterator[Mistake]:
    from explainers.runs.compare import same_dataset

    for index, run in enumerate(race.runs[1:], start=1):
        same, reason = same_dataset(race.runs[0], run)
        if same is False and not race.params.different_datasets:
            message = f"this run and the first had different datasets: {reason}"
            expected = "one dataset, or different_datasets: true"
            yield Mistake(("panes", index, "run"), "different-datasets", message, expected)


def _views(race: Race) -> Iterator[Mistake]:
    for index, run in enumerate(race.runs):
        for view in _shown(race.params):
            if message := view.lacks(race, run):
                yield Mistake(("panes", index, "run"), "view-without-data", message)


def _without_effect(race: Race) -> Iterator[Mistake]:
    """Fields that only views use that the race does not show."""
    for name, view in VIEWS.items():
        if name not in race.params.views:
            yield from without_effect(race.params, view.fields, f"a race without the view '{name}'")
