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

from collections.abc import Mapping
from typing import TYPE_CHECKING

from explainers.kinds.base import BeatPlan, ShotPlan
from explainers.kinds.race import clock as _clock
from explainers.kinds.race import words as _words
from explainers.kinds.race.checks import mistakes_in
from explainers.kinds.race.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.race.params import Params
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.runs.model import Run
    from explainers.stage import Stage

__all__ = ["EXAMPLE", "EXAMPLE_FILES", "Params", "duration_s", "footer", "mistakes", "picture"]


def picture(shot: ShotPlan, stage: Stage) -> None:
    """The clock above, the panes side by side, the lead below."""
    from explainers.kinds.race.drawing import draw

    draw(shot, stage)


def duration_s(params: Params, beats: tuple[BeatPlan, ...], runs: Mapping[str, Run]) -> float:
    """The runs' length at the clock's speed, and time to read how it ended."""
    return _clock.duration_s(params, runs)


def footer(params: Params, runs: Mapping[str, Run]) -> tuple[str, ...]:
    """What a cell and its outline mean, and that datasets differ where they do."""
    meaning = _words.cell_meaning(params, runs)
    if meaning and params.lead and len(params.panes) > 1:
        meaning += ", outlined: ahead"
    lost = _words.lost_meaning(params, runs)
    if meaning and lost:
        meaning += f", crossed: {lost}"
    differ = "datasets differ" if params.different_datasets else None
    work = "the runs did not do the same work" if params.unequal_work and lost else None
    return tuple(part for part in (meaning, *_words.said_of_views(params, runs), differ, work) if part)


def mistakes(shot: ShotPlan) -> list[Mistake]:
    """What only the runs show to be wrong."""
    return list(mistakes_in(shot.params, shot.runs, shot.canvas.width / shot.canvas.height))
