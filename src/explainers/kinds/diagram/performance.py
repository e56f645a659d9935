"""The picture of a diagram: everything on stage, and the acts of its beats performed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainers.film.layer import Track
from explainers.kinds.diagram import acts, lines
from explainers.kinds.diagram.looks import colors
from explainers.kinds.diagram.model import Params
from explainers.kinds.diagram.opening import OPEN_S, Opening
from explainers.kinds.diagram.timeline import free
from explainers.kinds.diagram.tokens import Ways

if TYPE_CHECKING:
    from explainers.kinds.base import BeatPlan
    from explainers.stage import Box, Handle, Stage

_DRIFT = {"left": (-260, 0), "right": (260, 0), "top": (0, -160), "bottom": (0, 160)}


class Performance(Opening):
    """One diagram on one stage. Building it adds every layer."""

    def __init__(self, stage: Stage, params: Params, beats: Sequence[BeatPlan], body: Box):
        super().__init__(stage, params, beats, body)
        self._perform()

    # -- acts ----------------------------------------------------------------------------------

    def _perform(self) -> None:
        ways = Ways(self.at)
        links: list[tuple[acts.Link, Track]] = []
        left: set[str] = set()
        appeared = {token for node in self.params.nodes.values() for token in node.holds}
        for act in self.acts:
            if isinstance(act, acts.Travel):
                self._travel(act, ways)
            elif isinstance(act, acts.Appear):
                self._appear(act, again=act.token in appeared)
                appeared.add(act.token)
            elif isinstance(act, acts.Leave):
                self._leave(act)
                left |= {act.name}
            elif isinstance(act, acts.Enter) and act.name in left:
                self._return(act)
            elif isinstance(act, acts.Write):
                for handle in self.scenery.handles[f"{act.node}.{act.term}"]:
                    handle.enter(free(handle, act.start_s), dy=20, duration_s=act.duration_s)
            elif isinstance(act, acts.Morph):
                self._morph(act)
            elif isinstance(act, acts.Signal):
                self._signal(act)
            elif isinstance(act, acts.Link):
                links.append((act, Track(1.0)))
            elif isinstance(act, acts.Focus | acts.Unlink):
                for link, shown in links:
                    self._link_looks(link, shown, act)
        for link, shown in links:
            self._link(link, shown)
        for name, label in self.scenery.yielding.items():
            self._yield(name, label)

    def _travel(self, act: acts.Travel, ways: Ways) -> None:
        token = self.tokens[act.token]
        points = ways.of(token, act)
        if not self.at.slots[act.way[0]] and len(act.way) > 1:
            token.handle.fade(free(token.handle, act.start_s), 1.0, min(0.25, act.duration_s * 0.25))
        token.follow(points, act.start_s, act.duration_s)
        if act.slot is None and not self.at.slots[act.way[-1]]:
            # What is inside is not seen; it fades as it goes in.
            token.handle.fade(
                free(token.handle, act.start_s + act.duration_s * 0.8), 0.0, act.duration_s * 0.2
            )

    def _appear(self, act: acts.Appear, again: bool) -> None:
        if not again:
            return
        token = self.tokens[act.token]
        spot = (
            self.at.slots[act.node][act.slot]
            if act.slot is not None
            else self.at.layout.nodes[act.node].center
        )
        token.handle.move(
            free(token.handle, act.start_s), spot[0] - token.home[0], spot[1] - token.home[1], 0.0
        )
        token.at = spot
        if act.slot is not None:
            token.handle.fade(free(token.handle, act.start_s), 1.0, act.duration_s)

    def _leave(self, act: acts.Leave) -> None:
        if act.name in self.tokens:
            token = self.tokens[act.name]
            if act.by:
                x, y = token.at
                dx, dy = _DRIFT[act.by]
                token.follow([token.at, (x + dx, y + dy)], act.start_s, act.duration_s)
            wait = act.duration_s * 0.4 if act.by else 0.0
            token.handle.fade(free(token.handle, act.start_s + wait), 0.0, act.duration_s - wait)
            return
        for name in self._with_edges(act.name) & self.scenery.handles.keys():
            for handle in self.scenery.handles[name]:
                handle.leave(free(handle, act.start_s), duration_s=act.duration_s)

    def _with_edges(self, name: str) -> set[str]:
        """A thing with its members, rows and edges."""
        names = self.cast.expanded([name]) if name not in self.cast.parts else {name}
        names |= {one for one, edge in self.cast.edges.items() if {edge.from_, edge.to} & names}
        return names | {part for part, node in self.cast.parts.items() if node in names}

    def _return(self, act: acts.Enter) -> None:
        """What was hidden comes back."""
        for name in self._with_edges(act.name) & self.scenery.handles.keys():
            for handle in self.scenery.handles[name]:
                handle.fade(free(handle, act.start_s), 1.0, act.duration_s)

    def _morph(self, act: acts.Morph) -> None:
        """The one's frame travels and becomes the other's; its words go, and its edges with them."""
        before, after = self.params.nodes[act.start], self.params.nodes[act.end]
        old, new = (colors(self.stage.theme, node.role, "plain")[:2] for node in (before, after))
        boxes = self.at.layout.nodes
        lines.morph(self.stage, boxes[act.start], boxes[act.end], (old, new), act.start_s, act.duration_s)
        for index, handle in enumerate(self.scenery.handles[act.start]):
            handle.leave(free(handle, act.start_s), duration_s=0.0 if index == 0 else act.duration_s * 0.4)
        for name, edge in self.cast.edges.items():
            for handle in self.scenery.handles[name] if act.start in (edge.from_, edge.to) else ():
                handle.leave(free(handle, act.start_s))

    def _signal(self, act: acts.Signal) -> None:
        ways = Ways(self.at)
        points = [
            point
            for before, after in zip(act.way, act.way[1:], strict=False)
            for point in ways.edge(before, after)
        ]
        lines.dot(self.stage, points, self.stage.theme.color(act.role), act.start_s, act.duration_s)

    def _link_looks(self, link: acts.Link, shown: Track, act: acts.Focus | acts.Unlink) -> None:
        """A line is dimmed with the things it ties together, and gone when it is let go."""
        if isinstance(act, acts.Unlink):
            if act.start == link.start:
                shown.to(0.0, act.start_s, act.duration_s)
            return
        if shown.last <= 0.0:
            return
        places = [self.score.place_of(name, act.start_s) for name in (link.start, link.end)]
        lit = None if act.outlined is None or act.bright is None else act.outlined | act.bright
        shown.to(
            1.0 if lit is None or {link.start, link.end, *places} & lit else 0.3, act.start_s, act.duration_s
        )

    def _link(self, act: acts.Link, shown: Track) -> None:
        grown = Track(0.0).to(1.0, act.start_s, act.duration_s)
        moves = [
            span for name in (act.start, act.end) if name in self.tokens for span in self.tokens[name].moves
        ]
        start, end = self._where(act.start), self._where(act.end)
        color = self.stage.theme.color(act.role)
        lines.link(self.stage, start, end, color, shown, grown, moves)

    def _where(self, name: str) -> lines.Where:
        if name in self.tokens:
            return self.tokens[name].box
        box = self.at.layout.nodes[name]
        return lambda t: box

    def _yield(self, name: str, label: Handle) -> None:
        """A label inside a node with slots makes room while tokens stand on it."""
        count = 0
        for t, step in self.score.visits(name, OPEN_S):
            before, count = count, count + step
            if bool(before) != bool(count):
                label.fade(free(label, t), 0.0 if count else 1.0, 0.2)
