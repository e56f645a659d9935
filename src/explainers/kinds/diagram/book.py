"""Who is where: the tokens of a diagram and their slots, kept up to date from act to act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from explainers.errors import nearest
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.acts import Act
from explainers.kinds.diagram.graph import Cast, Found
from explainers.kinds.diagram.params import Params
from explainers.storyboard.mistakes import Loc


@dataclass
class Book:
    """The acts so far, where every token is after them (node and slot), and the mistakes met on the way."""

    params: Params
    cast: Cast = field(init=False)
    acts: list[Act] = field(default_factory=list)
    mistakes: list[Found] = field(default_factory=list)
    where: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cast = Cast(self.params)
        for name, node in self.params.nodes.items():
            for slot, token in enumerate(node.holds):
                if token in self.where:
                    message = f"the token {token!r} is held twice"
                    self.mistakes.append(Found(("nodes", name, "holds", slot), "token-not-there", message))
                self.where[token] = (name, slot)

    def add(self, act: Act) -> None:
        self.acts.append(act)

    def paint(self, tokens: Iterable[str], role: Any, start_s: float) -> float:
        if role is None:
            return start_s
        for token in tokens:
            self.add(acts.Look(start_s, acts.LOOK_S, token, None, role))
        return start_s + acts.LOOK_S

    def count(self, node: str, t: float, under_way: int = 0) -> None:
        if self.cast.nodes[node].counter:
            filled = sum(1 for where, _ in self.where.values() if where == node) - under_way
            self.add(acts.Count(t, 0.0, node, filled))

    def slot(self, token: str, node: str, wanted: int | None, loc: Loc) -> int | None:
        """A free slot, the wanted one if it is; None inside a node without slots; -1 where all are full."""
        slots = self.cast.slots(node)
        if not slots:
            return None
        taken = {slot for where, slot in self.where.values() if where == node}
        free = [slot for slot in range(slots) if slot not in taken]
        if not free:
            message = f"there is no room for {token!r}: {node!r} has {slots} slots and all are taken"
            self.mistakes.append(Found(loc, "too-many-tokens", message))
            return -1
        return wanted if wanted in free else free[0]

    def token(self, name: str, loc: Loc) -> bool:
        if name in self.where:
            return True
        if name in self.cast.tokens:
            self.mistakes.append(Found(loc, "token-not-there", f"the token {name!r} is not on stage here"))
            return False
        return self.one_of(name, [*self.where], loc, "token")

    def node(self, name: str, loc: Loc) -> bool:
        return self.one_of(name, [*self.cast.nodes], loc, "node")

    def nodes(self, names: Iterable[str], loc: Loc) -> bool:
        """Whether all of them are nodes; each that is not is a mistake."""
        known = [self.node(name, (*loc, index)) for index, name in enumerate(names)]
        return all(known)

    def thing(self, name: str, loc: Loc) -> bool:
        return self.one_of(name, [*self.cast.things(), *self.where], loc, "node, group, edge, token or row")

    def known(self, names: Iterable[str], loc: Loc) -> set[str]:
        return {name for index, name in enumerate(names) if self.thing(name, (*loc, index))}

    def one_of(self, name: str, known: Sequence[str], loc: Loc, what: str) -> bool:
        if name not in known:
            self.missing(name, known, loc, what)
        return name in known

    def missing(self, name: str, known: Sequence[str], loc: Loc, what: str) -> None:
        code = {"node": "unknown-node", "token": "unknown-token"}.get(what, "unknown-thing")
        self.mistakes.append(Found(loc, code, f"there is no {what} {name!r}", nearest(name, known)))

    def way(self, way: Sequence[str], loc: Loc) -> bool:
        """Whether all nodes exist and edges lead from each to the next."""
        good = self.nodes(way, loc)
        for index, (start, end) in enumerate(pairwise(way) if good else ()):
            if self.cast.edge(start, end) is None:
                message = f"no edge leads from {start!r} to {end!r}"
                self.mistakes.append(Found((*loc, index + 1), "no-edge", message))
                good = False
        return good

    def in_lanes(self, way: Sequence[str]) -> bool:
        return all((edge := self.cast.edge(a, b)) is not None and edge.lanes for a, b in pairwise(way))

    def way_of(
        self, token: str, along: tuple[str, ...], into: str | None, loc: Loc
    ) -> tuple[str, ...] | None:
        here = self.where[token][0]
        if not along:
            return self.cast.way(here, into) if into else None
        way = along if along[0] == here else (here, *along)
        if along[0] != here and self.cast.edge(here, along[0]) is None:
            message = f"the token {token!r} is in {here!r}, not in {along[0]!r}, and no edge leads there"
            self.mistakes.append(Found(loc, "token-not-there", message, here))
            return None
        return (*way, into) if into and into != way[-1] else way
