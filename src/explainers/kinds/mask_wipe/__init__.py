"""A picture and its label map, one over the other: an edge sweeps between them, and the map can be laid over.

The picture is as large as its part of the frame. A beat's `cover` says how much of it the map covers from
the left on: the edge sweeps there. With the map come its classes, each with its share of the pixels,
counted from the map, in the class's own colour. Where the files are missing a drawn `stand_in` shows a
scene with its own exact map, and the source line says so; without one there is a slate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from explainers.facts.numbers import NumberFormat
from explainers.kinds._example_pictures import bay_files
from explainers.kinds._pairs import Mapped, wrong_classes
from explainers.kinds.base import KindBeat, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import Boolean, Label

if TYPE_CHECKING:
    from explainers.stage import Stage

SWEEP_S = 1.2
"""How long the edge takes from where it is to where a beat sends it."""


class Params(Mapped):
    """A picture and its map."""

    image_label: Label = "Input"
    """Words on the picture."""
    labels_label: Label = "Prediction"
    """Words on the map."""
    drawn_label: Label = "Exact label map"
    """Words on the map of a drawn stand-in, which no model gave."""
    shares: Boolean = True
    """Each class has its share of the pixels beside it, the largest first."""
    shares_label: Label = "share of the pixels"
    """Words over the shares; of a drawn stand-in they say that they are the drawing's."""
    format: NumberFormat = ".1f"
    """How shares are written, in percent."""


class BeatParams(KindBeat):
    """What is seen from this beat on."""

    cover: Annotated[float, Field(ge=0, le=1)] | None = None
    """How much of the picture the map covers, from the left on: the edge sweeps there."""
    opacity: Annotated[float, Field(gt=0, le=1)] | None = None
    """How strong the map lies on the picture."""


EXAMPLE_FILES = bay_files({"bay.jpg": "A bay", "bay-labels.png": "Its label map"})


class MaskWipeKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The picture first, then what the beats say."""
        from explainers.kinds.mask_wipe.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """A sweep, and time to look."""
        return SWEEP_S + 1.4 if beat.cover is not None or beat.opacity else 0.0

    def duration_s(self, shot: ShotPlan) -> float:
        """The picture is looked at for a while where no beat says anything."""
        return 4.0

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """A class table that is none, half a pair, a beat that is too short for what it shows."""
        params: Params = shot.params
        found = wrong_classes(shot)
        if (params.image is None) != (params.labels is None):
            key = "labels" if params.labels is None else "image"
            message = f"a picture needs its label map, and the other way round: no {key!r}"
            found.append(Mistake((), "missing-key", message))
        elif params.image is None and params.stand_in is None:
            found.append(Mistake((), "missing-key", "nothing to show", "image and labels, or a stand_in"))
        cover = 0.0
        for index, beat in enumerate(shot.beats):
            verbs: BeatParams = beat.params
            if verbs.cover is not None and beat.duration_s < SWEEP_S + 0.2:
                message = f"the edge takes {SWEEP_S:g} s, and the beat lasts {beat.duration_s:.1f} s"
                found.append(Mistake(("beats", index, "cover"), "too-short", message, "a longer beat"))
            cover = cover if verbs.cover is None else verbs.cover
            if verbs.opacity is not None and cover == 0:
                message = "the map covers nothing of the picture yet"
                found.append(
                    Mistake(("beats", index, "opacity"), "no-effect", message, "cover, before or here")
                )
        return found
