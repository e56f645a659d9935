"""A device that shows an app: screenshots, or screens drawn from their parts, with taps and scrolls.

The device is as tall as its part of the frame. Beats tap a part of the screen, which answers at once, go
on to another screen, scroll to a part, and send packets between the device and a service: the call that a
tap makes, and what comes back. A screen whose screenshot is missing is drawn from its `parts` where the
shot names a `stand_in`, and the source line says so; without one there is a slate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.kinds._cells import wrong_names
from explainers.kinds._example_pictures import bay_files
from explainers.kinds._pairs import wrong_classes
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.phone.params import PAIR, BeatParams, Params
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage

TAP_S, ANSWER_S, SEND_S, SLIDE_S, SCROLL_S = 0.5, 0.12, 0.9, 0.5, 1.2
"""A tap, how soon what is tapped shows it, a packet's way, and the ways to another screen and to a part."""

EXAMPLE_FILES = bay_files()


def _one(name: str, known: list[str], what: str, loc: tuple[str | int, ...]) -> list[Mistake]:
    return [replace(one, loc=loc) for one in wrong_names([name], known, what, ())]


class PhoneKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES
    source_share = 0.34

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The device with its first screen, then what the beats say."""
        from explainers.kinds.phone.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """The tap, the packet, the way to the next screen and the scroll, one after another."""
        seconds = 0.4 + (TAP_S if beat.tap else 0.0) + (SEND_S + 0.6 if beat.send else 0.0)
        return seconds + (SLIDE_S + 1.2 if beat.screen else 0.0) + (SCROLL_S + 0.8 if beat.scroll else 0.0)

    def duration_s(self, shot: ShotPlan) -> float:
        """A look at the first screen."""
        return 3.0

    def illustrated(self, shot: ShotPlan) -> list[str]:
        """Screens without a screenshot, and the drawn picture in them where the pair is not there."""
        params, assets = shot.params, shot.assets
        drawn = [screen for screen in params.screens if screen.image not in assets]
        if not drawn or (params.stand_in is None and any(screen.image for screen in drawn)):
            return []
        shown = any(part.picture in PAIR for screen in drawn for part in screen.parts)
        pair = params.image in assets and params.labels in assets
        stand_in = params.stand_in if shown and not pair else None
        return ["drawn screens", *([f"drawn {stand_in.replace('-', ' ')}"] if stand_in else [])]

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Names that nothing has, screens without anything, pictures without files."""
        params: Params = shot.params
        found = wrong_classes(shot) if params.classes else []
        screens = {one.id: one for one in params.screens}
        here = params.screens[0]
        for index, beat in enumerate(shot.beats):
            verbs: BeatParams = beat.params
            loc = ("beats", index)
            parts = [part.id for part in here.parts if part.id]
            if verbs.tap:
                found += _one(verbs.tap, parts, "part", (*loc, "tap"))
            if verbs.screen:
                found += _one(verbs.screen, list(screens), "screen", (*loc, "screen"))
                here = screens.get(verbs.screen, here)
            if verbs.scroll:
                parts = [part.id for part in here.parts if part.id]
                found += _one(verbs.scroll, parts, "part", (*loc, "scroll"))
            if verbs.send:
                found += _one(verbs.send, [one.id for one in params.packets], "packet", (*loc, "send"))
        for index, packet in enumerate(params.packets):
            if packet.picture in ("labels", "overlay") and not params.classes:
                lacking = "a map needs the shot's classes"
                found.append(Mistake(("packets", index, "picture"), "missing-key", lacking))
        for index, screen in enumerate(params.screens):
            if not screen.image and not screen.parts:
                found.append(Mistake(("screens", index), "missing-key", "a screen needs an image or parts"))
            for place, part in enumerate(screen.parts):
                if (part.legend or part.picture in ("labels", "overlay")) and not params.classes:
                    where = ("screens", index, "parts", place)
                    found.append(Mistake(where, "missing-key", "a map needs the shot's classes"))
        return found
