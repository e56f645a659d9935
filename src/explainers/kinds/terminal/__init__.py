"""A terminal recording, drawn anew from what the program wrote: sharp at any size, right at any speed.

The file is an asciinema cast. Pauses longer than `idle_limit` (or the recording's own limit) are shortened,
and that is said; so is every speed that is not real time. Full-screen programs, wide characters, colours
and the cursor are there. Beats may let it stand still and outline lines of the screen.

The screen is that of xterm.js with Unicode 11, cell by cell, with these differences: after a resize lines are
cut and not wrapped anew; saving the cursor keeps all four character sets; cursor steps within margins begin
where the cursor is; accents without a letter and signs that choose a form of an emoji are left out; half a
surrogate pair is a replacement character; links are not underlined; blinking text, a screen turned to reverse
video and pictures (Sixel and others) are not there. Character sets are plain, British and line drawing. A
recording that says a size of 0 has that of its first resize, or as much as it writes; `size` says another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.errors import InvalidInput
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.terminal.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.terminal.params import BeatParams, Params
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage


STILL_S = 1.2


class TerminalKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The window, the recording, its label and speed."""
        if shot.params.file not in shot.assets:
            from explainers.stage.chrome import slate

            slate(stage, stage.body, shot.missing)
            return
        from explainers.kinds.terminal.drawing import draw

        draw(shot, stage)

    def duration_s(self, shot: ShotPlan) -> float:
        """Until the recording has been shown, and a moment more."""
        params, beats, assets = shot.params, shot.beats, shot.assets
        from explainers.kinds.terminal.source import length_s

        if params.file not in assets:
            return 0.0
        freezes = [(beat.start_s, beat.end_s) for beat in beats if beat.params and beat.params.freeze]
        try:
            return length_s(params, assets, freezes) + STILL_S
        except InvalidInput:
            # `mistakes` says what is wrong with the file, at its place in the storyboard.
            return 0.0

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """What the program wrote."""
        from explainers.kinds.terminal.source import texts_in

        return list(texts_in(shot.params, shot))

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """A cast that can't be read, and times outside it."""
        from explainers.kinds.terminal.source import wrong_recording

        return list(wrong_recording(shot.params, shot))
