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

from typing import TYPE_CHECKING

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.race import clock as _clock
from explainers.kinds.race import words as _words
from explainers.kinds.race.checks import mistakes_in
from explainers.kinds.race.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.race.params import Params
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage


class RaceKind(SceneKind):
    params = Params
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The clock above, the panes side by side, the lead below."""
        from explainers.kinds.race.drawing import draw

        draw(shot, stage)

    def duration_s(self, shot: ShotPlan) -> float:
        """The runs' length at the clock's speed, and time to read how it ended."""
        params, runs = shot.params, shot.runs
        return _clock.duration_s(params, runs)

    def footer(self, shot: ShotPlan) -> tuple[str, ...]:
        """What a cell and its outline mean, and that datasets differ where they do."""
        params, runs = shot.params, shot.runs
        meaning = _words.cell_meaning(params, runs)
        if meaning and params.lead and len(params.panes) > 1:
            meaning += ", outlined: ahead"
        lost = _words.lost_meaning(params, runs)
        if meaning and lost:
            meaning += f", crossed: {lost}"
        differ = "datasets differ" if params.different_datasets else None
        work = "the runs did not do the same work" if params.unequal_work and lost else None
        return tuple(part for part in (meaning, *_words.said_of_views(params, runs), differ, work) if part)

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """What the runs call themselves, and what was written where that is seen."""
        from explainers.kinds.race.written import request_of, row_of, written_of

        params, found = shot.params, list[tuple[Loc, str]]()
        request = request_of(params, shot.runs) if "stream" in params.views else None
        for index, pane in enumerate(params.panes):
            run, loc = shot.runs[pane.run], ("panes", index, "run")
            of = run.provenance
            found.append((loc, " ".join((of.system, of.policy, of.label, of.model, of.hardware, of.dataset))))
            written = written_of(run, row_of(run, request)) if request else None
            if written is not None:
                found.append((loc, f"{request} {''.join(written.pieces)}".replace("\t", " ")))
        return found

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """What only the runs show to be wrong."""
        return list(mistakes_in(shot.params, shot.runs, shot.canvas.width / shot.canvas.height))
