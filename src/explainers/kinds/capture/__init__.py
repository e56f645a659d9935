"""Footage in a pane: a recording of a screen, a driving video, a GIF, a folder of pictures, a screenshot.

It may be trimmed (`from`, `until`), cropped and played at any speed; each stretch that is not real time
says its factor above the pane. Beats zoom into a part, let it stand still, outline parts, dim the rest, and
name what is seen; `clicks` are rings where something was clicked. Regions are shares of the picture, or its
pixels.

The file is made ready once: its size, its constant rate and its colours are then the film's own. It lasts as
long as its pictures or as it says, whichever is longer; the last picture stays. A recording that was never
closed, because its program was killed, shows what can be read, and the footer says where it broke off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.capture.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.capture.params import BeatParams, Params
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.footage.conform import Request
    from explainers.stage import Stage


class CaptureKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The pane with its footage, label and speed above it, marks over it."""
        if shot.params.file not in shot.assets:
            from explainers.stage.chrome import slate

            slate(stage, stage.body, shot.missing)
            return
        from explainers.kinds.capture.drawing import draw

        draw(shot, stage)

    def footage(self, shot: ShotPlan) -> tuple[Request, ...]:
        """What must be conformed before the shot can be drawn."""
        from explainers.kinds.capture.place import requests

        return requests(shot)

    def duration_s(self, shot: ShotPlan) -> float:
        """Until the capture has been shown, and a moment more."""
        params, beats, assets = shot.params, shot.beats, shot.assets
        from explainers.errors import InvalidInput
        from explainers.kinds.capture.place import length_s

        if params.file not in assets:
            return 0.0
        try:
            return length_s(params, beats, assets)
        except InvalidInput:
            # `mistakes` says what is wrong with the file, at its place in the storyboard.
            return 0.0

    def caveats(self, shot: ShotPlan) -> list[str]:
        """What viewers must know of the file."""
        params, assets = shot.params, shot.assets
        from explainers.kinds.capture.place import caveats_of

        return caveats_of([params], assets)

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """A file that can't be shown, and times and parts outside it."""
        from explainers.kinds.capture.place import wrong_footage

        return list(wrong_footage(shot.params, shot))
