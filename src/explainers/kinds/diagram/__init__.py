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
  - id: filter
    kind: diagram
    title: A filter in two stages
    statement: What is sure leaves early.
    layout: {place: corner, share: 0.24}
    tokens:
      e1: {text: m1, small: true, role: cache}
    nodes:
      rules: Rules
      mail: {shape: tray, slots: 2, open: true, holds: [m1, m2], label: "", width: 0.36, height: 0.08}
      quick: {shape: plates, label: Quick rules, role: layers, height: 0.17}
      check: {shape: gates, slots: 2, label: "Sure enough?", role: ramp, height: 0.15}
      waiting:
        {shape: tray, slots: 2, label: Waiting, text: until full, role: buffer, counter: true, apart: 80}
      slow: {shape: plates, thin: [1, 2], label: Slow rules, role: layers, height: 0.16}
      done:
        {shape: tray, slots: 2, label: Done, label_at: head, beside: check, apart: 80, width: 0.2, role: exit}
      log:
        shape: tray
        open: true
        slots: 4
        grouped: 2
        small: true
        beside: slow
        apart: 80
        label: Log
        label_at: top
        role: cache
    place:
      - {column: keeper, dock: left, label: Filter, text: counts, role: ours, nodes: [rules]}
      - column: stack
        gap: 0
        nodes:
          - {space: 0.05}
          - mail
          - {space: 0.03}
          - quick
          - {space: 0.05}
          - check
          - {space: 0.09}
          - waiting
          - {space: 0.11}
          - slow
    edges:
      - {from: rules, to: waiting, badge: 2, role: buffer, heads: none}
      - mail => quick
      - quick => check
      - {from: check, to: waiting, lanes: true, bare: true}
      - {from: waiting, to: slow, badge: 3}
      - {from: check, to: done, badge: 1, role: exit, arc: true}
      - {from: slow, to: log, role: cache}
    beats:
      - id: read
        duration: 3s
        move: {tokens: [m1, m2], along: [mail, quick, check]}
        then:
          - decide: {at: check, show: {m1: sure, m2: unsure}, out: m1}
      - id: part
        duration: 3s
        mark: [1, 2]
        split: {at: check, leave: m1, to: done, rest: waiting, rest_role: buffer}
      - id: note
        duration: 2s
        fill: {node: log, with: e1, from: slow}
"""


class DiagramKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE

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
