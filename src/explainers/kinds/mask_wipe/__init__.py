"""A picture and its label map: side by side, then one over the other, wiped, faded or laid over it.

The first beats show the pair. With the first beat that shows anything else the map travels onto the
picture and the legend takes its place; with `shares` each class says how many of the pixels it has,
counted from the map. Where the files are missing a drawn `stand_in` shows a scene with its own exact
map, marked as an illustration; without one there is a slate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from explainers.facts.numbers import NumberFormat
from explainers.kinds._example_pictures import bay_files
from explainers.kinds._pairs import Pictured, wrong_classes
from explainers.kinds.base import BeatPlan, KindBeat, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import Boolean, Label

if TYPE_CHECKING:
    from explainers.stage import Stage

TRAVEL_S, SWEEP_S, HOLD_S = 0.8, 1.5, 0.5
"""The map's way onto the picture, one sweep of a wipe, and the rest between two sweeps."""
THERE_S = 1.1
"""When everything that is there from the start has entered, and may go."""


class Params(Pictured):
    """A picture and its map."""

    image_label: Label = "Input"
    """Words over the picture."""
    labels_label: Label = "Prediction"
    """Words over the map."""
    drawn_label: Label = "Exact label map"
    """Words over the map of a drawn stand-in, which nobody predicted."""
    overlay_label: Label = "Overlay"
    """Words over the two laid over each other."""
    shares: Boolean = True
    """The legend says each class's share of the pixels, the largest first."""
    format: NumberFormat = ".1f"
    """How shares are written, in percent."""


class BeatParams(KindBeat):
    """What is seen from this beat on."""

    show: Literal["pair", "wipe", "image", "labels", "overlay"] = "pair"
    """`wipe` sweeps from the map to the picture and back; `image`, `labels`, `overlay` fade there."""
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.5
    """The map's opacity in an overlay."""


EXAMPLE = """
storyboard: 1
title: A picture and its label map
shots:
  - id: compare
    kind: mask-wipe
    title: What the network makes of a bay
    statement: Every pixel gets one class.
    image: captures/bay.jpg
    labels: captures/bay-labels.png
    classes: classes
    stand_in: bay
    beats:
      - {id: pair, duration: 2s}
      - {id: wipe, show: wipe}
      - {id: overlay, show: overlay, opacity: 0.3, duration: 2.5s}
"""

EXAMPLE_FILES = bay_files({"bay.jpg": "A bay", "bay-labels.png": "Its label map"})


@dataclass(frozen=True)
class Step:
    """What a beat shows, from `start_s` on; `join_s` is when the map leaves for the picture, where it does.

    A wipe takes `sweep_s` there and as long back.
    """

    show: str
    opacity: float
    start_s: float
    join_s: float | None = None
    sweep_s: float = 0.0


def steps_of(beats: Sequence[BeatPlan]) -> dict[int, Step]:
    """The steps after the pair, by their beat's index; each waits for the last move of the one before."""
    found: dict[int, Step] = {}
    free_s = THERE_S
    for index, beat in enumerate(beats):
        if beat.params.show == "pair":
            continue
        begin_s = max(beat.start_s, free_s)
        join_s = None if found else begin_s
        start_s = begin_s if found else begin_s + TRAVEL_S
        sweep_s, free_s = 0.0, start_s + 0.1
        if beat.params.show == "wipe":
            sweep_s = min(SWEEP_S, max(1.2, beat.end_s - start_s - 2 * HOLD_S) / 2)
            free_s += HOLD_S * 1.5 + sweep_s * 1.5
        found[index] = Step(beat.params.show, beat.params.opacity, start_s, join_s, sweep_s)
    return found


class MaskWipeKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The pair first, then what the beats say."""
        from explainers.kinds.mask_wipe.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """A wipe goes there and back, from wherever the map is."""
        return TRAVEL_S + 2 * SWEEP_S + 2 * HOLD_S if beat.show == "wipe" else TRAVEL_S + 1.6

    def duration_s(self, shot: ShotPlan) -> float:
        """The pair is looked at for a while where no beat says anything."""
        return 5.0

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """A class table that is none, half a pair, and a pair that follows something else."""
        params: Params = shot.params
        found = wrong_classes(shot)
        if (params.image is None) != (params.labels is None):
            key = "labels" if params.labels is None else "image"
            found.append(
                Mistake(
                    (), "missing-key", f"a picture needs its label map, and the other way round: no {key!r}"
                )
            )
        elif params.image is None and params.stand_in is None:
            found.append(Mistake((), "missing-key", "nothing to show", "image and labels, or a stand_in"))
        for index, step in steps_of(shot.beats).items():
            if step.start_s >= shot.duration_s:
                message = f"{step.show} would begin at {step.start_s:.1f} s, and the shot ends before"
                expected = "longer beats: each waits for the one before it"
                found.append(Mistake(("beats", index, "show"), "too-short", message, expected))
        together = False
        for index, beat in enumerate(shot.beats):
            shown = getattr(beat.params, "show", "pair")
            if together and shown == "pair":
                message = "the pair can't come back once the map lies on the picture"
                found.append(
                    Mistake(("beats", index, "show"), "out-of-order", message, "wipe, image, labels, overlay")
                )
            together |= shown != "pair"
        return found
