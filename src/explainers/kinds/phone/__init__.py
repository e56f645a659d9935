"""A device that shows an app: screenshots, or screens drawn from their parts, with taps and scrolls.

Beats tap a part of the screen, go on to another screen, scroll to a part, and reveal cards beside the
device, such as the call that a tap makes and what comes back. A screen whose screenshot is missing is
drawn from its `parts` where the shot names a `stand_in`, and is marked; without one there is a slate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds._cells import wrong_names
from explainers.kinds._pictures import wrong_classes
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.phone.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.phone.params import BeatParams, Params
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage


TAP_S, SLIDE_S, SCROLL_S, CARD_S = 0.7, 0.6, 1.6, 0.6


def _one(name: str, known: list[str], what: str, loc: tuple[str | int, ...]) -> list[Mistake]:
    return [
        Mistake(loc, one.code, one.message, one.expected, one.did_you_mean)
        for one in wrong_names([name], known, what, ())
    ]


class PhoneKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The device with its first screen, then what the beats say."""
        from explainers.kinds.phone.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """The tap, the way to the next screen, the scroll and the cards, one after another."""
        seconds = 0.4 + (TAP_S if beat.tap else 0.0) + (SLIDE_S + 1.2 if beat.screen else 0.0)
        return seconds + (SCROLL_S + 0.8 if beat.scroll else 0.0) + (CARD_S + 1.2) * len(beat.reveal)

    def duration_s(self, shot: ShotPlan) -> float:
        """A look at the first screen."""
        return 3.0

    def illustrated(self, shot: ShotPlan) -> list[str]:
        """Screens without a screenshot, and the street in them where the pair is not there."""
        params, assets = shot.params, shot.assets
        drawn = [screen for screen in params.screens if screen.image not in assets]
        if not drawn or (params.stand_in is None and any(screen.image for screen in drawn)):
            return []
        pictures = any(
            part.picture in ("image", "labels", "overlay") for screen in drawn for part in screen.parts
        )
        pair = params.image in assets and params.labels in assets
        street = pictures and not pair and params.stand_in
        return [
            "drawn screens",
            *([f"drawn {params.stand_in.replace('-', ' ')}"] if street and params.stand_in else []),
        ]

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Names that nothing has, screens without anything, pictures without files."""
        params: Params = shot.params
        found = wrong_classes(shot) if params.classes else []
        screens = {one.id: one for one in params.screens}
        here = params.screens[0]
        for index, beat in enumerate(shot.beats):
            verbs: BeatParams = beat.params
            loc = ("beats", index)
            if verbs.tap:
                found += _one(verbs.tap, [part.id for part in here.parts if part.id], "part", (*loc, "tap"))
            if verbs.screen:
                found += _one(verbs.screen, list(screens), "screen", (*loc, "screen"))
                here = screens.get(verbs.screen, here)
            if verbs.scroll:
                found += _one(
                    verbs.scroll, [part.id for part in here.parts if part.id], "part", (*loc, "scroll")
                )
            found += wrong_names(verbs.reveal, [card.id for card in params.cards], "card", (*loc, "reveal"))
        for index, screen in enumerate(params.screens):
            if not screen.image and not screen.parts:
                found.append(Mistake(("screens", index), "missing-key", "a screen needs an image or parts"))
            for place, part in enumerate(screen.parts):
                if (part.legend or part.picture in ("labels", "overlay")) and not params.classes:
                    found.append(
                        Mistake(
                            ("screens", index, "parts", place),
                            "missing-key",
                            "a map needs the shot's classes",
                        )
                    )
        return found
