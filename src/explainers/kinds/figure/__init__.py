"""A paper's figure: a page of a PDF, an SVG or a picture, shown part by part.

`regions` name parts of it (shares of the figure, or its own points or pixels); beats let them appear, zoom
into one, outline it, or dim the rest. Vector figures are drawn anew for every place they come to rest at, so
that a part is as sharp close up as the whole was. Figures lie on a white sheet, since that is what they were
drawn for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.figure.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.figure.params import BeatParams, Params
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage


class FigureKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The sheet, the figure, and what the beats do with it."""
        if shot.params.file not in shot.assets:
            from explainers.stage.chrome import slate

            slate(stage, stage.body, shot.missing)
            return
        from explainers.kinds.figure.drawing import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """A zoom or an appearance, and time to look."""
        return 2.4 if beat.zoom is not None else 1.8

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """A file that can't be drawn, and parts that are not there."""
        from explainers.kinds.figure.source import wrong_figure

        return list(wrong_figure(shot))
