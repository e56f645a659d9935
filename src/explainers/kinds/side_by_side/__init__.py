"""Two or three panes beside each other: footage, terminal recordings, figures, in any mixture.

A pane's file says what it is. Panes have one clock above them (`clock: shared`) or their own times in their
headers. Panes that are compared play at one speed, or it is an error: two clocks are never mixed silently.
When one ends, it stands still with a mark and its time while the others go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.side_by_side.checks import length_s, mistakes_in
from explainers.kinds.side_by_side.content import kind_of
from explainers.kinds.side_by_side.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.side_by_side.params import BeatParams, Panes, Params
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.footage.conform import Request
    from explainers.stage import Stage


class SideBySideKind(SceneKind):
    params: ClassVar[type[Panes]] = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The clock, the panes, and the marks where one ends."""
        if any(pane.file not in shot.assets for pane in shot.params.panes):
            from explainers.stage.chrome import slate

            slate(stage, stage.body, shot.missing)
            return
        from explainers.kinds.side_by_side.drawing import draw

        draw(shot, stage)

    def footage(self, shot: ShotPlan) -> tuple[Request, ...]:
        """What must be conformed before the shot can be drawn."""
        from explainers.kinds.side_by_side.layout import requests

        return requests(shot)

    def duration_s(self, shot: ShotPlan) -> float:
        """Until every pane has been shown, and a moment more."""
        params, beats, assets = shot.params, shot.beats, shot.assets
        return length_s(params, beats, assets)

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """What programs wrote in the panes that are terminal recordings."""
        from explainers.kinds.terminal.source import texts_in

        panes = [(index, pane) for index, pane in enumerate(shot.params.panes) if kind_of(pane) == "terminal"]
        return [text for index, pane in panes for text in texts_in(pane, shot, ("panes", index))]

    def caveats(self, shot: ShotPlan) -> list[str]:
        """What viewers must know of the panes' captures."""
        params, assets = shot.params, shot.assets
        from explainers.kinds.capture.place import caveats_of

        return caveats_of([pane for pane in params.panes if kind_of(pane) == "capture"], assets)

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """What only the files show to be wrong."""
        return list(mistakes_in(shot))
