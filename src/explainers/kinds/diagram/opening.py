"""How a diagram opens: everything that is there from the start enters, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainers.film.layer import Track
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.compose import composed
from explainers.kinds.diagram.model import Params
from explainers.kinds.diagram.names import Cast
from explainers.kinds.diagram.scenery import Scenery
from explainers.kinds.diagram.score import Score
from explainers.kinds.diagram.script import script_of
from explainers.kinds.diagram.shapes import in_shape, shape_of
from explainers.kinds.diagram.tokens import Figure, figure
from explainers.kinds.diagram.verbs import Verbs
from explainers.timing import ease_out

if TYPE_CHECKING:
    from explainers.kinds.base import BeatPlan
    from explainers.stage import Box, Handle, Stage

OPEN_S = 0.1
"""When the first things enter."""


class Opening:
    """The score, the composition `at` which everything lies, the scenery and the tokens of a diagram."""

    def __init__(self, stage: Stage, params: Params, beats: Sequence[BeatPlan], body: Box):
        params = in_shape(params, shape_of(stage.width, stage.height))
        self.params, self.cast = params, Cast(params)
        spans = [(beat.start_s, beat.end_s, beat.params) for beat in beats]
        self.score = Score(params, self.cast, script_of(params, spans).acts)
        self.acts = self.score.acts
        steps: list[Verbs] = [step for _, _, beat in spans if beat for step in (beat, *beat.then)]
        self.at = at = composed(stage, params, steps, body)
        self.stage = at.stage
        headings = {name: (place.label or "", place.role) for name, (_, place) in at.layout.groups.items()}
        self.lines = self.score.timelines(at.sizes, headings)
        self.scenery = Scenery(at, self.score, self.lines)
        self.tokens = {name: self._token(name) for name in self.score.tokens}
        self._enter_all()

    def _token(self, name: str) -> Figure:
        """A token at its first place."""
        node = next((one for one, what in self.params.nodes.items() if name in what.holds), None)
        if node is not None:
            slot: int | None = self.params.nodes[node].holds.index(name)
        else:
            first = next(act for act in self.acts if isinstance(act, acts.Appear) and act.token == name)
            node, slot = first.node, first.slot
        inside = slot is None or not self.at.slots[node]
        home = self.at.layout.nodes[node].center if inside else self.at.slots[node][slot or 0]
        return figure(self.stage, self.at.sizes, name, home, self.lines[name])

    def _enter_all(self) -> None:
        """What is there from the start enters in reading order, the rest when it is told to."""
        handles, entered = self.scenery.handles, self.score.entered
        there = [name for name in handles if name not in entered and name not in self.score.written]
        there.sort(key=self._spot)
        lag = min(0.04, 0.35 / max(1, len(there)))
        starts = {name: OPEN_S + index * lag for index, name in enumerate(there)}
        for name in handles:
            if name not in self.score.written:
                owner = self.cast.parts.get(name, name)
                t = entered.get(name, entered.get(owner, starts.get(name, OPEN_S)))
                edge_late = 0.15 if name in self.cast.edges and name in starts else 0.0
                self._enter(name, handles[name], t + edge_late)
        for name, node in self.params.nodes.items():
            if node.counter:
                self.scenery.counter(
                    name, Track(0.0).to(1.0, entered.get(name, OPEN_S), acts.ENTER_S, ease_out)
                )
        for name, token in self.tokens.items():
            self._enter_token(name, token)

    def _enter(self, name: str, handles: list[Handle], t: float) -> None:
        if name in self.params.nodes and self.params.nodes[name].shape == "bar":
            # A bar grows; what it is called comes when it is there.
            handles[0].reveal(t, 0.7, "left")
            for handle in handles[1:]:
                handle.enter(t + 0.4, dy=0)
            return
        for handle in handles:
            handle.enter(t, dy=0 if name in self.cast.edges else 24)

    def _enter_token(self, name: str, token: Figure) -> None:
        first = next((act for act in self.acts if isinstance(act, acts.Appear) and act.token == name), None)
        home = next((node for node, what in self.params.nodes.items() if name in what.holds), None)
        if home is not None and self.at.slots[home]:
            late = self.params.nodes[home].holds.index(name) * 0.06
            token.handle.enter(self.score.entered.get(home, OPEN_S + 0.3 + late), dy=24)
        elif home is not None or first is None or first.slot is None:
            token.handle.hide()
        else:
            token.handle.enter(first.start_s, dy=-30, duration_s=first.duration_s)

    def _spot(self, name: str) -> tuple[float, float]:
        """Where a thing begins, top first, for reading order."""
        owner = self.cast.parts.get(name, name)
        box = self.at.boxes.get(owner)
        if box is not None:
            return box.top, box.left
        x, y = self.at.routes[owner].middle[0]
        return y, x
