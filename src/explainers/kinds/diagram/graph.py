"""Who is who in a diagram: nodes, groups, edges, rows and terms by the names that verbs use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from explainers.errors import nearest
from explainers.kinds.diagram.params import Edge, Node, Params, Place
from explainers.kinds.diagram.shapes import arrangements, in_shape
from explainers.storyboard.mistakes import Loc


class Found(NamedTuple):
    """A mistake inside the shot: path, stable code, sentence, and the nearest word that exists."""

    loc: Loc
    code: str
    message: str
    near: str | None = None


_SHAPES = {
    ("slots", "holds", "columns", "small", "bare", "counter"): ("box", "tray", "diamond"),
    ("rows",): ("table",),
    ("terms", "roles"): ("formula",),
    ("length",): ("bar",),
}
"""What only nodes of certain shapes have."""


def _idle(name: str, node: Node, cast: Cast) -> Iterator[tuple[str, str]]:
    """What is written of a node and shows nowhere, and why."""
    written = {key for key in node.model_fields_set if getattr(node, key) not in (None, (), {})}
    for keys, shapes in _SHAPES.items():
        for key in keys:
            if key in written and node.shape not in shapes:
                yield key, f"{name!r} is a {node.shape}, and only a {' or '.join(shapes)} has it"
    if node.beside is None:
        yield from ((key, f"{name!r} stands beside no node") for key in ("side", "apart") if key in written)
    if node.shape in ("box", "tray", "diamond") and not cast.slots(name):
        for key in ("columns", "small", "bare", "counter"):
            if key in written:
                yield key, f"{name!r} has no slots"
    side = node.label_at or ("right" if node.shape == "tray" else "center")
    if "text" in written and node.shape in ("box", "tray", "diamond", "bar") and side != "center":
        yield "text", f"the label of {name!r} stands outside of it, and a second line stands inside"
    if node.shape in ("text", "table", "formula") and "label_at" in written:
        yield "label_at", f"{name!r} is a {node.shape}"


class Cast:
    """The names in a diagram and how its nodes are connected."""

    def __init__(self, params: Params):
        self.params = params
        self.nodes = params.nodes
        self.edges: dict[str, Edge] = {edge.name: edge for edge in params.edges}
        self.members: dict[str, tuple[str, ...]] = {}
        for cell in params.place:
            self._gather(cell)

    def _gather(self, cell: str | Place) -> tuple[str, ...]:
        if isinstance(cell, str):
            return (cell,)
        inside = tuple(name for one in cell.nodes for name in self._gather(one))
        if cell.name:
            self.members[cell.name] = inside
        return inside

    @cached_property
    def parts(self) -> dict[str, str]:
        """Rows and terms (`table.row`) with the node they belong to."""
        return {
            f"{name}.{part}": name for name, node in self.nodes.items() for part in (*node.rows, *node.terms)
        }

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every token that is described or held from the start."""
        return frozenset(self.params.tokens) | {token for node in self.nodes.values() for token in node.holds}

    def things(self) -> list[str]:
        """Everything a verb can name."""
        return [*self.nodes, *self.members, *self.edges, *self.parts, *self.tokens]

    def slots(self, name: str) -> int:
        """How many tokens a node shows; 0 where tokens vanish inside."""
        node = self.nodes[name]
        return node.slots or len(node.holds) or (1 if node.shape == "tray" else 0)

    def edge(self, start: str, end: str) -> Edge | None:
        """The edge between two nodes, in either direction."""
        return self.edges.get(f"{start} -> {end}") or self.edges.get(f"{end} -> {start}")

    def way(self, start: str, end: str) -> tuple[str, ...]:
        """The shortest way from one node to another along the edges; straight where there is none."""
        before: dict[str, str] = {start: start}
        queue = deque([start])
        while queue and end not in before:
            here = queue.popleft()
            for edge in self.edges.values():
                if edge.from_ == here and edge.to not in before:
                    before[edge.to] = here
                    queue.append(edge.to)
        if end not in before:
            return (start, end)
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        return tuple(reversed(way))

    def expanded(self, names: Iterable[str]) -> set[str]:
        """The names, with the members of groups, the nodes of rows and terms, and words beside them."""
        found: set[str] = set()
        for name in names:
            found.add(name)
            found.update(self.members.get(name, ()))
            if name in self.parts:
                found.add(self.parts[name])
        return found | {
            name for name, node in self.nodes.items() if node.shape == "text" and node.beside in found
        }

    def mistakes(self) -> Iterator[Found]:
        """What is wrong with nodes, edges and places by themselves."""
        ends = [*self.nodes, *self.members]
        for index, edge in enumerate(self.params.edges):
            for name in (edge.from_, edge.to):
                if name not in ends:
                    yield Found(
                        ("edges", index), "unknown-node", f"there is no node {name!r}", nearest(name, ends)
                    )
        for name, node in self.nodes.items():
            yield from self._node(name, node)
        own = [*self._besides(), *self._places()]
        yield from own
        if not own:
            yield from self._in_shapes()

    def _node(self, name: str, node: Node) -> Iterator[Found]:
        loc: Loc = ("nodes", name)
        if node.slots is not None and len(node.holds) > node.slots:
            message = f"{name!r} holds {len(node.holds)} tokens and has {node.slots} slots"
            yield Found((*loc, "holds"), "too-many-tokens", message)
        for key, why in _idle(name, node, self):
            yield Found((*loc, key), "no-effect", f"{key!r} has no effect: {why}")
        for term in node.roles:
            if term not in node.terms:
                yield Found(
                    (*loc, "roles"), "unknown-term", f"there is no term {term!r}", nearest(term, node.terms)
                )

    def _besides(self) -> Iterator[Found]:
        for name, node in self.nodes.items():
            loc: Loc = ("nodes", name, "beside")
            if node.beside is not None and node.beside not in self.nodes:
                near = nearest(node.beside, self.nodes)
                yield Found(loc, "unknown-node", f"there is no node {node.beside!r}", near)
            elif node.beside is not None and self._goes_round(name):
                message = f"{name!r} stands beside a node that stands beside it"
                yield Found(loc, "beside-itself", message)

    def _goes_round(self, name: str) -> bool:
        """Whether a node comes back to itself by what it stands beside."""
        seen, here = {name}, self.nodes[name].beside
        while here is not None and here in self.nodes:
            if here in seen:
                return True
            seen.add(here)
            here = self.nodes[here].beside
        return False

    def _places(self) -> Iterator[Found]:
        if not self.params.place:
            return
        seen: list[str] = []
        for index, cell in enumerate(self.params.place):
            yield from self._cell(cell, ("place", index), seen)
        for name, node in self.nodes.items():
            if name not in seen and node.beside is None:
                message = f"the node {name!r} has no place"
                yield Found(("nodes", name), "unplaced-node", message)

    def _in_shapes(self) -> Iterator[Found]:
        """The same for what is written for other shapes of frames, at the place where it is written."""
        for shape, arrangement in arrangements(self.params):
            for name in arrangement.nodes:
                if name not in self.nodes:
                    near = nearest(name, self.nodes)
                    yield Found((shape, "nodes", name), "unknown-node", f"there is no node {name!r}", near)
            for name in arrangement.edges:
                if name not in self.edges:
                    near = nearest(name, self.edges)
                    yield Found((shape, "edges", name), "unknown-edge", f"there is no edge {name!r}", near)
            shaped = Cast(in_shape(self.params, shape))
            for found in (*shaped._besides(), *shaped._places()):
                yield found._replace(loc=(shape, *found.loc))

    def _cell(self, cell: str | Place, loc: Loc, seen: list[str]) -> Iterator[Found]:
        if isinstance(cell, Place):
            for index, inner in enumerate(cell.nodes):
                yield from self._cell(inner, (*loc, "nodes", index), seen)
            return
        if cell not in self.nodes:
            yield Found(loc, "unknown-node", f"there is no node {cell!r}", nearest(cell, self.nodes))
        elif cell in seen:
            yield Found(loc, "placed-twice", f"the node {cell!r} is placed a second time")
        seen.append(cell)
