"""A neural network as blocks of its tensors: a picture goes in, something comes out, edge to edge.

Layers are written in the order data goes through them: a backbone with `taps`, `parallel` branches,
`conv`, `upsample`, `concat`. Sizes are computed from the input's size and the strides; a size that can't
be is an error with its place. Every tensor is a block at one scale: its face, the picture at that
resolution, is height by width, its depth follows its channels. Branches open like a hand; a layer that
reads an earlier tensor arches over. Until a beat reveals them, blocks are faint outlines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from explainers.kinds._cells import wrong_names
from explainers.kinds._example_pictures import bay_files
from explainers.kinds._pairs import wrong_classes
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.network.params import BeatParams, Params
from explainers.kinds.network.tensors import sizes_of
from explainers.storyboard.mistakes import Mistake, without_effect

if TYPE_CHECKING:
    from explainers.stage import Stage


REVEAL_S, PEEL_S, DEPTH_S, FAN_S = 0.45, 0.5, 0.3, 0.07
"""From one layer to the next, a block's way off the one before, its depth, and from a branch to the next."""
TRAVEL_S = 0.9
"""When what a shot carries on has arrived."""

EXAMPLE_FILES = bay_files()


class NetworkKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The layers that are there from the start, then what the beats bring."""
        from explainers.kinds.network.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """Every layer after the one before it."""
        return 1.4 + REVEAL_S * len(beat.reveal) + (0.8 if beat.whole else 0.0)

    def duration_s(self, shot: ShotPlan) -> float:
        """Time to follow the way from left to right."""
        params: Params = shot.params
        return 2.0 + 0.5 * len(params.layers)

    def names(self, params: Params, beats: Sequence[Any]) -> Iterable[str]:
        """Layers by their words, which texts may use: `ResNet50`, `3×3`."""
        return {*(layer.words for layer in params.layers), *(layer.id for layer in params.layers)}

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Sizes that can't be, layers without a line, names that nothing has."""
        params: Params = shot.params
        table = shot.tables.get(params.classes) if params.classes else None
        found = wrong_classes(shot) if params.classes else []
        if params.classes is None:
            found += without_effect(params, ("labels", "output_label"), "a network without `classes`")
        found += sizes_of(params, len(table.rows) if table else None).mistakes
        ids = [layer.id for layer in params.layers]
        known = [*ids, *(["output"] if params.classes else [])]
        shown = False
        for index, beat in enumerate(shot.beats):
            verbs: BeatParams = beat.params
            found += wrong_names(verbs.reveal, known, "layer", ("beats", index, "reveal"))
            shown |= "output" in verbs.reveal
            if verbs.whole and not (shown or not any(beat.params.reveal for beat in shot.beats)):
                loc = ("beats", index, "whole")
                found.append(
                    Mistake(loc, "out-of-order", "nothing has come out yet", "reveal: [output] before")
                )
        return found


def entrances(shot: ShotPlan) -> dict[str, float]:
    """When each layer comes: with its beat, with the layer before it where no beat names it, else at once."""
    params: Params = shot.params
    written: dict[str, float] = {}
    for beat in shot.beats:
        when = max(beat.start_s + 0.1, TRAVEL_S if shot.carry is not None else 0.0)
        for name in beat.params.reveal:
            written[name] = when
            layer = next((layer for layer in params.layers if layer.id == name), None)
            when += REVEAL_S * max(1, len(layer.taps) if layer else 1)
    found, before = {"input": 0.0}, 0.0
    for layer in params.layers:
        before = found[layer.id] = written.get(layer.id, before)
    found["output"] = written.get("output", before + 0.3 if before else 0.0)
    return found
