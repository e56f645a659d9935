"""Footage becomes training data: a drive plays, frames are cut from it, some are picked, one is annotated.

The drive fills its part of the frame, and as it plays its frames peel off into a strip. Picked ones are
lifted. One of them comes back, and class by class its polygons are drawn and filled, each class arriving
in the legend, until the label map is whole. Polygons are traced from the label map, whoever made it.
`image` and `labels` are the annotated frame; `video` is the drive. Where the files are missing a drawn
`stand_in` plays from `stand_in_at` on, is cut and is annotated by its own exact map, and the source line
says so; without one there is a slate.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from explainers.errors import nearest
from explainers.kinds._example_pictures import bay_files
from explainers.kinds._pairs import Mapped, wrong_classes
from explainers.kinds.base import KindBeat, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import AssetPath, Frozen, Name, Seconds, ShownText

if TYPE_CHECKING:
    from explainers.stage import Stage

STEPS = ("film", "pick", "annotate", "map")
DEFAULT_S = {"film": 0.0, "pick": 5.6, "annotate": 7.6, "map": 15.0}
ROLL_S, TRAVEL_S = 0.4, 0.9
"""From the beginning of the film until the drive plays; the longer one where the shot carries on another."""
CLASS_S = 0.85
"""How long one class takes at least where a beat's length is not written."""


class Params(Mapped):
    """A drive, the frames cut from it, and one annotated frame."""

    video: AssetPath | None = None
    """The footage."""
    every: Seconds = 0.6
    """Seconds of footage between two frames."""
    count: Annotated[int, Field(ge=2, le=12)] = 8
    """How many frames are cut."""
    pick: tuple[Annotated[int, Field(ge=1)], ...] = (2, 6)
    """Which are picked, counted from 1."""
    annotate: Annotated[int, Field(ge=1)] = 6
    """Which of the picked is annotated."""
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.68
    """How strong an annotated class lies on the picture."""


class Pointed(Frozen):
    """What a beat points at in the annotated frame."""

    at: Name
    """The sort of thing: a tag of the drawn picture's patches."""
    text: ShownText
    """What is said of it."""


class BeatParams(KindBeat):
    """One step of the way; steps come in their order."""

    show: Literal["film", "pick", "annotate", "map"]
    """The drive with its strip, the picked frames, the polygons, the whole map."""
    point: Pointed | None = None
    """What the drawn picture shows of one sort is outlined, the largest of them, with words; the author's own
    frame has no such names, and nothing is said of it."""


EXAMPLE_FILES = bay_files(
    {"drive.mp4": "A drive", "frame.jpg": "One frame of it", "frame-labels.png": "Its label map"}
)


def begin_s(shot: ShotPlan) -> float:
    """When the drive begins to play."""
    return starts_of(shot).get("film", 0.0) + (ROLL_S if shot.carry is None else TRAVEL_S)


def starts_of(shot: ShotPlan) -> dict[str, float]:
    """When each step begins, in seconds; without beats all of them come."""
    return {beat.params.show: beat.start_s for beat in shot.beats} or DEFAULT_S


class FramesKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The four steps, each with the beat that says so."""
        from explainers.kinds.frames.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """What a step needs to happen."""
        return {"film": 5.4, "pick": 2.0, "annotate": 9 * CLASS_S + 1.0, "map": 2.4}[beat.show]

    def duration_s(self, shot: ShotPlan) -> float:
        """All four steps where there are no beats."""
        return 0.0 if shot.beats else 17.0

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """A class table that is none, picks that are not cut, steps out of order, nothing to show."""
        params: Params = shot.params
        found = wrong_classes(shot)
        for index, number in enumerate(params.pick):
            if number > params.count:
                message = f"frame {number} of {params.count}"
                found.append(
                    Mistake(("pick", index), "out-of-range", message, f"a number from 1 to {params.count}")
                )
        if params.annotate not in params.pick:
            picked = ", ".join(map(str, params.pick))
            found.append(
                Mistake(("annotate",), "out-of-range", f"frame {params.annotate} is not picked", picked)
            )
        if params.stand_in is None and not (params.video and params.image and params.labels):
            found.append(
                Mistake((), "missing-key", "nothing to show", "video, image and labels, or a stand_in")
            )
        starts = starts_of(shot)
        after = min((at for name, at in starts.items() if name != "film"), default=shot.duration_s)
        last = begin_s(shot) + params.every * (params.count - 1)
        if "film" in starts and last > after + 0.1:
            cut = f"the last of {params.count} frames is cut at {last:.1f} s"
            message = f"{cut}, and the film ends at {after:.1f} s"
            expected = "fewer frames, less time between them, or a longer film"
            found.append(Mistake(("every",), "too-long", message, expected))
        found += _wrong_points(shot)
        seen = [beat.params.show for beat in shot.beats if beat.params]
        for index, (before, after) in enumerate(itertools.pairwise(seen), 1):
            if STEPS.index(after) <= STEPS.index(before):
                message = f"{after} can't follow {before}"
                found.append(Mistake(("beats", index, "show"), "out-of-order", message, ", ".join(STEPS)))
        return found


def _wrong_points(shot: ShotPlan) -> list[Mistake]:
    """Points at what the drawn picture does not show, or before there is an annotated frame."""
    params: Params = shot.params
    found = []
    for index, beat in enumerate(shot.beats):
        if beat.params.point is None:
            continue
        loc = ("beats", index, "point")
        if beat.params.show not in ("annotate", "map"):
            message = "there is no annotated frame yet to point into"
            found.append(Mistake(loc, "out-of-order", message, "a beat that shows annotate or map"))
        if params.stand_in:
            moment = params.stand_in_at + params.every * (params.annotate - 1)
            tags = sorted({one.tag for one in shot.pictures[params.stand_in].patches(moment) if one.tag})
            if (name := beat.params.point.at) not in tags:
                message = f"{params.stand_in} shows no {name!r} in the annotated frame"
                found.append(
                    Mistake((*loc, "at"), "unknown-name", message, ", ".join(tags), nearest(name, tags))
                )
    return found
