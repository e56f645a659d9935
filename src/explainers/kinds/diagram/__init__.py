"""Nodes, edges, groups and lanes, and tokens on their way through them.

What is written in `place` stands side by side; a place is a `column`, `row` or `grid` of nodes and
further places, and one with a `label` is a group in a frame (or a `lane`). Without `place` the nodes
stand in layers along the edges. Tokens stand in the slots of trays and travel along edges; they go
through nodes that have no slots. An edge `a => b` has a lane a slot: tokens go through as a batch.

Beats name what happens: `reveal`, `hide`, `highlight`, `mark`, `transform`, `relabel`, `recolor`, `move`,
`split`, `merge`, `fill`, `empty`, `reorder`, `map`, `unmap`, `pulse`, `write`, and `then` for further
steps in the same beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.diagram.examples import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.diagram.graph import Cast, Found
from explainers.kinds.diagram.pace import beat_seconds
from explainers.kinds.diagram.params import Params
from explainers.kinds.diagram.script import script_of
from explainers.kinds.diagram.verbs import BeatParams
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage


STILL_S = 0.8
"""Stillness after a beat's last act."""


def check(params: Params, beats: Sequence[Any]) -> Iterator[Found]:
    """What is asked for that can't be: unknown names, tokens that are elsewhere, slots that are full.

    `beats` are the shot's `BeatParams` in order, None where a beat has none of this kind's verbs.
    """
    cast = Cast(params)
    own = list(cast.mistakes())
    yield from own
    if own:
        return
    spans = [(float(index), float(index + 1), beat) for index, beat in enumerate(beats)]
    yield from script_of(params, spans).mistakes


class DiagramKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Lay the diagram out, put everything on stage, and perform the beats."""
        from explainers.kinds.diagram.performance import Performance
        from explainers.stage.chrome import body_over

        Performance(stage, shot.params, shot.beats, body_over(stage, shot))

    def beat_s(self, beat: BeatParams) -> float:
        """How long an `auto` beat takes: its acts one after another, and a moment of stillness."""
        return beat_seconds(beat) + STILL_S

    def names(self, params: Params, beats: Sequence[Any]) -> Iterable[str]:
        """Nodes and tokens by name, those that a beat brings included: texts may speak of `s1`."""
        cast = Cast(params)
        steps = [step for beat in beats if beat for step in (beat, *beat.then)]
        return {
            *cast.nodes,
            *cast.tokens,
            *(token for step in steps if step.fill for token in step.fill.with_),
        }

    def mistakes(self, shot: ShotPlan) -> Iterable[Mistake]:
        """The same for a planned shot; places are relative to the shot."""
        for found in check(shot.params, [beat.params for beat in shot.beats]):
            yield Mistake(found.loc, found.code, found.message, did_you_mean=found.near)
