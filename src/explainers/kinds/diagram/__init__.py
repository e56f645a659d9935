"""Nodes, edges, groups and lanes, and tokens on their way through them.

What is written in `place` stands side by side; a place is a `column`, `row` or `grid` of nodes and
further places, and one with a `label` is a group in a frame (or a `lane`). Without `place` the nodes
stand in layers along the edges. Tokens stand in the slots of trays and travel along edges; they go
through nodes that have no slots. An edge `a => b` has a lane a slot: tokens go through as a batch.

A `memory` has numbered places in which tokens stand `at` any, and an `index` `of` it holds the numbers of
those that it `pick`s, with lines to them: nothing moves. A `bar` may be drawn several `times`, its pieces end
to end over a bracket with their sum, and held `against` another bar.

Beats name what happens: `reveal`, `hide`, `highlight`, `mark`, `transform`, `relabel`, `recolor`, `move`,
`split`, `merge`, `fill`, `empty`, `reorder`, `map`, `unmap`, `pulse`, `write`, `times`, `pick`, `strike`, and
`then` for further steps in the same beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.params import BeatParams, Params
from explainers.kinds.diagram.script import script_of
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage

STILL_S = 0.8
"""Stillness after a beat's last act."""

EXAMPLE = """
storyboard: 1
title: A cache in front of a database
shots:
  - id: cache
    kind: diagram
    title: A cache answers what it has seen
    statement: Two requests ask for two pages.
    nodes:
      visitors: {shape: tray, slots: 2, columns: 1, holds: [a, b], label: requests, label_at: top}
      proxy: Proxy
      cache: {shape: tray, slots: 3, columns: 1, holds: [c], label_at: bottom, counter: true, role: cache}
      database: {label: Database, role: buffer}
      answers: {shape: tray, slots: 2, columns: 1, label: answered, label_at: top, role: exit}
    tokens: {a: /home, b: /news, c: /home, d: /news}
    place:
      - {column: left, nodes: [visitors]}
      - {column: middle, label: Edge, nodes: [proxy, cache]}
      - {column: right, nodes: [answers, database]}
    edges:
      - visitors -> proxy
      - proxy -> cache
      - {from: proxy, to: answers, role: exit, badge: 1}
      - {from: cache, to: database, badge: 2, role: buffer}
      - database -> answers
    beats:
      - id: hit
        duration: 3s
        mark: 1
        statement: What was asked before is answered at once.
        move: {tokens: a, along: [visitors, proxy, answers], role: exit}
      - id: miss
        duration: 4s
        mark: 2
        highlight: [database]
        statement: What is new has to go to the database.
        move: {tokens: b, along: [visitors, proxy, cache, database]}
        then:
          - move: {tokens: b, along: [database, answers], role: exit}
      - id: keep
        duration: 3s
        highlight: [cache]
        statement: The answer stays in the cache.
        fill: {node: cache, with: d, from: database}
"""


class DiagramKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Lay the diagram out, put everything on stage, and perform the beats."""
        from explainers.kinds.diagram.draw import Drawing
        from explainers.stage.chrome import body_over

        Drawing(stage, shot.params, shot.beats, body_over(stage, shot))

    def beat_s(self, beat: BeatParams) -> float:
        """How long an `auto` beat takes: its acts one after another, and a moment of stillness."""
        return acts.beat_s(beat) + STILL_S

    def names(self, params: Params, beats: Sequence[Any]) -> Iterable[str]:
        """Nodes and tokens by name, those that a beat brings included: texts may speak of `s1`."""
        graph = Graph(params)
        steps = [step for beat in beats if beat for step in (beat, *beat.then)]
        brought = {token for step in steps if step.fill for token in step.fill.with_}
        return {*graph.nodes, *graph.tokens, *brought}

    def mistakes(self, shot: ShotPlan) -> Iterable[Mistake]:
        """Unknown names, nodes without a place, and if there are none, what beats ask for that can't be:
        tokens that are elsewhere, slots that are full."""
        graph = Graph(shot.params)
        by_themselves = [*graph.mistakes()]
        beats = [(float(index), float(index + 1), beat.params) for index, beat in enumerate(shot.beats)]
        return by_themselves or script_of(graph, beats).mistakes
