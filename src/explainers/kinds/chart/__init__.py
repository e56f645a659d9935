"""Charts of tables: lines, scatters, dots and stacked bars, built up by beats.

The axes are there from the start; points come one by one, lines are drawn on, bars grow. Names stand at
the ends of what they name. An axis that does not begin at zero is marked, in sign and words. A shot may
hold several panels. `engine: matplotlib` draws a panel as a Matplotlib figure in the theme instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.chart.checks import mistakes
from explainers.kinds.chart.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.chart.params import BeatParams, Params
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage


BUILT_S = 3.2
"""How long a panel takes to come, with a moment of stillness."""


class ChartKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES
    marks_cut_axes = True

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The panels side by side, each with its axes, data and words."""
        from explainers.kinds.chart.draw import draw

        draw(shot, stage)

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """Names of rows, where the storyboard gives none."""
        from explainers.kinds.chart.data import lanes_of

        panels = enumerate(shot.params.panels)
        lanes = [(index, panel) for index, panel in panels if panel.mark in ("stacked", "dots")]
        return [
            (("panels", index), lane.label) for index, panel in lanes for lane in lanes_of(panel, shot.tables)
        ]

    def duration_s(self, shot: ShotPlan) -> float:
        """Until the last thing has come and stood still for a while."""
        last = max((beat.start_s for beat in shot.beats if beat.params and beat.params.show), default=0.0)
        return last + BUILT_S

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        return mistakes(shot)
