"""Nodes, edges, groups and lanes, and tokens on their way through them.

What is written in `place` stands side by side; a place is a `column`, `row` or `grid` of nodes and
further places, and one with a `label` is a group in a frame (or a `lane`). Without `place` the nodes
stand in layers along the edges. Tokens stand in the slots of trays and travel along edges; they go
through nodes that have no slots. An edge `a => b` has a lane a slot: tokens go through as a batch.

`plates` are layers of a network, with lanes running through them; `gates` are a bar with a gate a lane, in
which `decide` shows what is read of each token before its gate opens down or to the side. An edge with
`arc` is flown over. A place with `dock` is a panel along an edge of the frame. A badge on an edge is
outlined before its step, a ring while it happens, and solid when it is done.

A `memory` has numbered places in which tokens stand `at` any, and an `index` `of` it holds the numbers of
those that it `pick`s, with lines to them: nothing moves. A `bar` may be drawn several `times`, its pieces end
to end over a bracket with their sum, and held `against` another bar.

Beats name what happens: `reveal`, `hide`, `highlight`, `mark`, `transform`, `relabel`, `recolor`,
`decide`, `move`, `split`, `merge`, `fill`, `empty`, `reorder`, `map`, `unmap`, `pulse`, `write`, `times`,
`pick`, `strike`, and `then` for further steps in the same beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.formula import formula_mistakes
from explainers.kinds.diagram.graph import Graph, brought_by
from explainers.kinds.diagram.params import BeatParams, Params
from explainers.kinds.diagram.schedule import Schedule
from explainers.kinds.diagram.script import script_of
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage

STILL_S = 0.8
"""Stillness after a beat's last act."""


class DiagramKind(SceneKind):
    params = Params
    beat_params = BeatParams

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Lay the diagram out, put everything on stage, and perform the beats."""
        from explainers.kinds.diagram.draw import Drawing
        from explainers.stage.chrome import body_over

        Drawing(stage, shot.params, shot.beats, body_over(stage, shot), shot.carry is not None)

    def beat_s(self, beat: BeatParams) -> float:
        """How long an `auto` beat takes: its acts one after another, and a moment of stillness."""
        return acts.beat_s(beat) + STILL_S

    def names(self, params: Params, beats: Sequence[Any]) -> Iterable[str]:
        """Nodes and tokens by name, those that a beat brings included: texts may speak of `s1`."""
        graph = Graph(params)
        steps = [step for beat in beats if beat for step in (beat, *beat.then)]
        return {*graph.nodes, *graph.tokens, *brought_by(steps)}

    def mistakes(self, shot: ShotPlan) -> Iterable[Mistake]:
        """Unknown names, nodes without a place, formulas that Typst does not take, and if there are none,
        what beats ask for that can't be: tokens that are elsewhere, slots that are full."""
        graph = Graph(shot.params)
        formulas = formula_mistakes(shot.params, [beat.params for beat in shot.beats])
        by_themselves = [*graph.mistakes(), *formulas]
        beats = [(float(index), float(index + 1), beat.params) for index, beat in enumerate(shot.beats)]
        if by_themselves:
            return by_themselves
        script = script_of(graph, beats)
        return script.mistakes or Schedule(graph, script.acts).covered()
