"""How a diagram hangs together: its nodes, groups, edges, rows and terms by the names that verbs use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from explainers.errors import nearest
from explainers.kinds.diagram.params import Edge, Node, Params, Place, Verbs, in_shape
from explainers.storyboard.mistakes import Loc, Mistake

_SHAPES = {
    ("slots", "holds", "columns", "small", "bare", "counter", "together"): (
        "box",
        "tray",
        "diamond",
        "gates",
    ),
    ("open", "grouped", "numbered"): ("tray",),
    ("thin",): ("plates",),
    ("large",): ("text",),
    ("rows",): ("table",),
    ("terms", "roles"): ("formula",),
    ("length", "times", "each", "format", "unit", "against"): ("bar",),
    ("at", "of", "heads", "picks"): (),
}
"""What only nodes of certain shapes have."""
_STRIPS = {
    "memory": ("slots", "holds", "columns", "small", "at"),
    "index": ("slots", "columns", "of", "heads", "picks"),
}
"""What memories and indices have of it."""


MOST_PIECES = 64
"""So many pieces a bar has at most."""


class Graph:
    """The things in a diagram by name, and how its nodes are connected. `groups` holds their nodes."""

    def __init__(self, params: Params):
        self.params, self.nodes = params, params.nodes
        self.edges: dict[str, Edge] = {edge.name: edge for edge in params.edges}
        self.groups: dict[str, tuple[str, ...]] = {}
        for place in params.place:
            self._gather(place)

    def _gather(self, place: str | Place) -> tuple[str, ...]:
        if isinstance(place, str):
            return (place,)
        inside = tuple(name for inner in place.nodes for name in self._gather(inner))
        if place.name:
            self.groups[place.name] = inside
        return inside

    def ends(self, edge: str) -> tuple[str, str]:
        """The names between which an edge runs."""
        return self.edges[edge].from_, self.edges[edge].to

    @cached_property
    def docks(self) -> tuple[Place, ...]:
        """The places that are panels at an edge of the frame."""
        return tuple(place for place in self.params.place if isinstance(place, Place) and place.dock)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Rows and terms (`table.row`) with the node they belong to."""
        return {
            f"{name}.{part}": name for name, node in self.nodes.items() for part in (*node.rows, *node.terms)
        }

    @cached_property
    def homes(self) -> dict[str, tuple[str, int]]:
        """Every token that is held from the start, with its node and slot."""
        return {
            token: (name, node.at[index] - 1 if index < len(node.at) else index)
            for name, node in self.nodes.items()
            for index, token in enumerate(node.holds)
        }

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every token that is described or held from the start."""
        return frozenset(self.params.tokens) | self.homes.keys()

    def things(self) -> list[str]:
        """Everything a verb can name."""
        return [*self.nodes, *self.groups, *self.edges, *self.parts, *self.tokens]

    def slots(self, name: str) -> int:
        """How many tokens a node shows; 0 where tokens vanish inside."""
        node = self.nodes[name]
        if node.shape == "index":
            return node.slots or max(len(node.heads), len(node.picks), 1)
        least = 1 if node.shape in ("tray", "memory") else 0
        return node.slots or max([len(node.holds), least, *node.at])

    def edge(self, start: str, end: str) -> Edge | None:
        """The edge between two nodes, in either direction."""
        return self.edges.get(f"{start} -> {end}") or self.edges.get(f"{end} -> {start}")

    def path(self, start: str, end: str) -> tuple[str, ...]:
        """The shortest path from one node to another along the edges; straight where there is none."""
        paths: dict[str, tuple[str, ...]] = {start: (start,)}
        reached = [start]
        for here in reached:
            for edge in self.edges.values():
                if edge.from_ == here and edge.to not in paths:
                    paths[edge.to] = (*paths[here], edge.to)
                    reached.append(edge.to)
        return paths.get(end, (start, end))

    def expanded(self, names: Iterable[str]) -> set[str]:
        """The names, with the members of groups, the nodes of rows and terms, and words beside them."""
        found = set(names)
        for name in names:
            found.update(self.groups.get(name, ()))
            if name in self.parts:
                found.add(self.parts[name])
        return found | {n for n, node in self.nodes.items() if node.shape == "text" and node.beside in found}

    def mistakes(self) -> Iterator[Mistake]:
        """What is wrong with nodes, edges and places by themselves."""
        ends = [*self.nodes, *self.groups]
        for index, edge in enumerate(self.params.edges):
            for name in (edge.from_, edge.to):
                yield from _unknown("node", name, ends, ("edges", index))
            if self.edges[edge.name] is not edge:
                message = f"there is an edge {edge.name!r} already: beats could not tell the two apart"
                yield Mistake(("edges", index), "same-edge", message, "one edge, with the words of both")
            if edge.from_ == edge.to:
                yield from self._in_loop(index, edge)
            for key, flat in (("dashed", edge.dashed), ("heads", edge.heads != "end")):
                if flat and (edge.arc or edge.bare):
                    message = f"{key!r} has no effect: no line is drawn where tokens alone show the way"
                    yield Mistake(("edges", index, key), "no-effect", message)
        for name, node in self.nodes.items():
            yield from self._in_node(name, node)
        if self.params.bars and not any(node.shape == "bar" for node in self.nodes.values()):
            yield Mistake(("bars",), "no-effect", "'bars' has no effect: no node is a bar")
        placed = [*self._in_placing()]
        yield from placed
        for shape in ("square", "upright"):
            arrangement = getattr(self.params, shape)
            if placed or arrangement is None:
                continue
            for name in arrangement.nodes:
                yield from _unknown("node", name, self.nodes, (shape, "nodes", name))
            for name in arrangement.edges:
                yield from _unknown("edge", name, self.edges, (shape, "edges", name))
            for mistake in Graph(in_shape(self.params, shape))._in_placing():
                yield mistake.under(shape)

    def _in_loop(self, index: int, edge: Edge) -> Iterator[Mistake]:
        """What an edge from a node to itself can't be."""
        for key in ("lanes", "arc", "bare", "badge"):
            if getattr(edge, key):
                message = f"{key!r} has no effect: {edge.name!r} is a loop at its node"
                yield Mistake(("edges", index, key), "no-effect", message)
        if edge.leave and edge.enter and edge.leave != edge.enter:
            message = f"a loop leaves from the side it enters: {edge.leave!r} and {edge.enter!r} are two"
            yield Mistake(("edges", index, "enter"), "two-sides", message, edge.leave)

    def _in_node(self, name: str, node: Node) -> Iterator[Mistake]:
        loc: Loc = ("nodes", name)
        if node.slots is not None and len(node.holds) > node.slots:
            message = f"{name!r} holds {len(node.holds)} tokens and has {node.slots} slots"
            yield Mistake((*loc, "holds"), "too-many-tokens", message)
        for place, code, message in self._in_strip(name, node):
            yield Mistake((*loc, *place), code, message)
        for key, shape, other in (("of", "memory", node.of), ("against", "bar", node.against)):
            if other is not None:
                known = [n for n, there in self.nodes.items() if there.shape == shape and n != name]
                yield from _unknown(shape, other, known, (*loc, key))
        for key, why in self._without_effect(name, node):
            yield Mistake((*loc, key), "no-effect", f"{key!r} has no effect: {why}")
        for term in node.roles:
            yield from _unknown("term", term, node.terms, (*loc, "roles"))

    def _in_strip(self, name: str, node: Node) -> Iterator[tuple[Loc, str, str]]:
        """What is wrong with the places of tokens, the entries of an index and the pieces of a bar."""
        slots, times = self.slots(name), node.times
        if node.at and len(node.at) != len(node.holds):
            yield ("at",), "wrong-count", f"{len(node.at)} slots for {len(node.holds)} tokens in `holds`"
        for index, number in enumerate(node.at):
            if number > slots:
                yield ("at", index), "no-slot", f"{name!r} has {slots} slots, and no slot {number}"
            elif number in node.at[:index]:
                yield ("at", index), "no-slot", f"slot {number} is taken twice"
        for key in ("heads", "picks") if node.shape == "index" else ():
            if (count := len(getattr(node, key))) > slots:
                yield (key,), "wrong-count", f"{count} `{key}` for {slots} entries"
        if node.shape == "index" and node.of is None:
            yield (), "missing-key", f"the index {name!r} needs `of`, the memory that it points into"
        memory = self.nodes.get(node.of or "")
        for index, token in enumerate(node.picks if memory else ()):
            if memory and token not in memory.holds:
                message = f"{node.of!r} holds no token {token!r}"
                yield ("picks", index), "token-not-there", message
        inside = node.shape == "bar" and node.label_at in (None, "center")
        if node.shape == "bar" and (node.length is None or float(node.length) < 0):
            said = "no length" if node.length is None else f"{float(node.length):g}"
            yield ("length",), "bad-value", f"a bar is as long as its length, 0 or more: {name!r} has {said}"
        if node.text and (inside or node.shape in ("memory", "index")):
            yield ("text",), "no-effect", f"'text' has no effect: {name!r} is a {node.shape}, and has a label"
        if times is not None and (float(times) != int(float(times)) or not 1 <= float(times) <= MOST_PIECES):
            yield ("times",), "bad-value", f"a bar has 1 to {MOST_PIECES} whole pieces, not {times:g}"
        elif node.each and len(node.each) != int(float(1 if times is None else times)):
            yield ("each",), "wrong-count", f"{len(node.each)} words for {float(times or 1):g} pieces"

    def _without_effect(self, name: str, node: Node) -> Iterator[tuple[str, str]]:
        """Every key of a node that is written and shows nowhere, and why."""
        written = {key for key in node.model_fields_set if getattr(node, key) not in (None, (), {})}
        for keys, shapes in _SHAPES.items():
            for key in keys:
                have = [*shapes, *(shape for shape, its in _STRIPS.items() if key in its)]
                if key in written and node.shape not in have:
                    yield key, f"{name!r} is a {node.shape}, and only a {' or '.join(have)} has it"
        if node.beside is None:
            outside = {"tray": "right"}.get(node.shape, "center")
            aside = (node.label_at or outside) in ("left", "right") and node.label != "" and not node.bare
            for key in ("side", *(() if aside else ("apart",))):
                if key in written:
                    yield key, f"{name!r} stands beside no node"
        if node.shape in ("box", "tray", "diamond", "gates") and not self.slots(name):
            for key in ("columns", "small", "bare", "counter", "numbered", "together"):
                if key in written:
                    yield key, f"{name!r} has no slots"
        side = node.label_at or {"tray": "right", "plates": "head", "gates": "head"}.get(node.shape, "center")
        words = ("box", "tray", "diamond", "bar", "plates", "gates")
        counts = node.counter and side in ("left", "right")
        if "text" in written and node.shape in words and side != "center" and not counts:
            yield "text", f"the label of {name!r} stands outside of it, and a second line stands inside"
        if node.format is None:
            for key in ("unit", "against"):
                if key in written and node.shape == "bar":
                    yield key, f"{name!r} shows no number: it has no `format`"
        if node.shape in ("memory", "index") and node.label_at not in (None, "top", "bottom"):
            yield "label_at", f"{name!r} is a {node.shape}, with its heading at the top or bottom"
        if node.shape in ("text", "table", "formula") and "label_at" in written:
            yield "label_at", f"{name!r} is a {node.shape}"

    def _in_placing(self) -> Iterator[Mistake]:
        """What is wrong with where nodes stand: in places, or beside other nodes."""
        for name, node in self.nodes.items():
            loc: Loc = ("nodes", name, "beside")
            if node.beside is not None:
                yield from _unknown("node", node.beside, self.nodes, loc)
                if self._goes_round(name):
                    message = f"{name!r} stands beside a node that stands beside it"
                    yield Mistake(loc, "beside-itself", message)
        if self.params.place:
            placed: list[str] = []
            yield from self._in_places(self.params.place, ("place",), placed)
            for name, node in self.nodes.items():
                if name not in placed and node.beside is None:
                    yield Mistake(("nodes", name), "unplaced-node", f"the node {name!r} has no place")

    def _goes_round(self, name: str) -> bool:
        """Whether a node comes back to itself by what it stands beside."""
        passed, here = {name}, self.nodes[name].beside
        while here in self.nodes and here not in passed:
            passed.add(here)
            here = self.nodes[here].beside
        return here in passed

    def _in_places(self, places: Sequence[str | Place], loc: Loc, placed: list[str]) -> Iterator[Mistake]:
        for index, place in enumerate(places):
            if isinstance(place, Place):
                if place.dock and len(loc) > 1:
                    message = "a panel is docked at the frame's edge, not within another place"
                    yield Mistake((*loc, index, "dock"), "nested-dock", message)
                axes = [key for key in ("column", "row", "grid") if getattr(place, key)]
                for key in axes[1:]:
                    message = f"a place is a column, a row or a grid: it is already a {axes[0]}"
                    yield Mistake((*loc, index, key), "two-directions", message)
                if place.space is not None and (place.name or place.nodes):
                    message = "a space is nothing but room: it has no name and holds no nodes"
                    yield Mistake((*loc, index, "space"), "space-with-nodes", message)
                if place.pad is not None and (place.dock or not place.label):
                    message = "'pad' has no effect: it is the room inside a frame, which a `label` makes"
                    yield Mistake((*loc, index, "pad"), "no-effect", message)
                for key in ("lane", "gap") if place.dock else ():
                    if getattr(place, key):
                        message = f"{key!r} has no effect: nodes of a panel stand at the height of others"
                        yield Mistake((*loc, index, key), "no-effect", message)
                if place.dock and not place.name:
                    message = "a panel has a name: column, row or grid"
                    yield Mistake((*loc, index, "dock"), "missing-key", message)
                if place.text and not (place.dock and place.label):
                    message = "'text' has no effect: it stands under the heading of a docked panel"
                    yield Mistake((*loc, index, "text"), "no-effect", message)
                inner = [name for name in place.nodes if not isinstance(name, str)]
                if place.dock and inner:
                    message = "a docked panel holds nodes, and no further places"
                    yield Mistake((*loc, index, "nodes"), "nested-dock", message)
                yield from self._in_places(place.nodes, (*loc, index, "nodes"), placed)
                continue
            yield from _unknown("node", place, self.nodes, (*loc, index))
            if place in placed and place in self.nodes:
                yield Mistake((*loc, index), "placed-twice", f"the node {place!r} is placed a second time")
            placed.append(place)


def brought_by(steps: Iterable[Verbs]) -> set[str]:
    """The tokens that verbs bring: what fills, and what others merge into."""
    filled = {token for step in steps if step.fill for token in step.fill.with_}
    return filled | {step.merge.into for step in steps if step.merge and step.merge.into}


def _unknown(what: str, name: str, known: Iterable[str], loc: Loc) -> Iterator[Mistake]:
    if name not in known:
        message = f"there is no {what} {name!r}"
        yield Mistake(loc, f"unknown-{what}", message, did_you_mean=nearest(name, known))
