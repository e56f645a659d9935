"""A neural network from its layers: a picture goes in, tensor sizes ride on the edges, something comes out.

Layers are written in the order data goes through them: a backbone with `taps`, `parallel` branches,
`conv`, `upsample`, `concat`. Sizes are computed from the input's size and the strides; a size that can't
be is an error with its place. `rows` says which layers stand in which line; an edge to another line runs
between the lines. A beat's `taps` show a branch's kernel, its taps as far apart as its rate, on the map
that it reads; taps that fall outside of the map are hollow.
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


TAP_S, REVEAL_S = 1.7, 0.35

EXAMPLE = """
storyboard: 1
title: A small network
shots:
  - id: net
    kind: network
    title: Wide context, sharp edges
    statement: Two paths meet before the last layers.
    stand_in: bay
    classes: classes
    size: 128x192x3
    rows: [[input, backbone, wide, up], [low, concat, refine, larger, scores, output]]
    layers:
      - id: backbone
        label: Backbone
        taps: {fine: {stride: 4, channels: 24}, deep: {stride: 16, channels: 96}}
      - id: wide
        label: Wide
        channels: 64
        parallel:
          - {id: pool, label: pooling}
          - {id: near, conv: 1x1}
          - {id: far, conv: 3x3, rate: 2}
      - {id: up, upsample: 4, size: 32x48}
      - {id: low, from: backbone.fine, conv: 1x1, channels: 16}
      - {id: concat, concat: [low, up]}
      - {id: refine, conv: 3x3, times: 2, channels: 64}
      - {id: larger, upsample: 4}
      - {id: scores, label: "softmax", conv: 1x1, channels: 7}
    beats:
      - {id: all, duration: 2s}
      - {id: wide, highlight: [wide], taps: [far]}
      - {id: fine, highlight: [low, concat]}
"""

EXAMPLE_FILES = bay_files()


class NetworkKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The layers that are there from the start, then what the beats bring."""
        from explainers.kinds.network.draw import draw

        draw(shot, stage)

    def beat_s(self, beat: BeatParams) -> float:
        """Every layer after the one before it, every kernel long enough to be counted."""
        return 1.4 + REVEAL_S * len(beat.reveal) + TAP_S * len(beat.taps)

    def duration_s(self, shot: ShotPlan) -> float:
        """Time to follow the way from left to right."""
        params: Params = shot.params
        return 2.0 + 0.5 * len(params.layers)

    def names(self, params: Params, beats: Sequence[Any]) -> Iterable[str]:
        """Layers by their words: texts may speak of `ResNet50`."""
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
        # Without classes no label map comes out.
        output = ["output"] if params.classes else []
        placed = [name for row in params.rows for name in row]
        for line, row in enumerate(params.rows):
            found += wrong_names(row, ["input", *ids, *output], "layer", ("rows", line))
        if params.rows:
            wanted = ["input", *ids, *output]
            counts = {name: placed.count(name) for name in wanted if placed.count(name) != 1}
            for name, count in counts.items():
                message = f"the layer {name!r} stands in {count} lines"
                found.append(Mistake(("rows",), "unplaced-layer", message, "one line"))
        branches = {branch.id: branch for layer in params.layers for branch in layer.parallel}
        known = ["input", *ids, *branches, *output]
        for index, beat in enumerate(shot.beats):
            verbs: BeatParams = beat.params
            found += wrong_names(verbs.reveal, known, "layer", ("beats", index, "reveal"))
            found += wrong_names(verbs.highlight, known, "layer", ("beats", index, "highlight"))
            convolutions = [name for name, one in branches.items() if one.conv]
            found += wrong_names(verbs.taps, convolutions, "convolution", ("beats", index, "taps"))
        return found
