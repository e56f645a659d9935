"""Which way round a diagram stands in a frame, and from how far away it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from explainers.kinds.diagram.formula import typeset_all
from explainers.kinds.diagram.layout import Arranger, Cell, Layout, layered, tree, undocked
from explainers.kinds.diagram.params import Node, Params, Verbs
from explainers.kinds.diagram.routing import Route, Router
from explainers.kinds.diagram.sizes import Sizes, all_texts
from explainers.kinds.diagram.wiring import Wirer, Words
from explainers.stage import Box, Point, Stage
from explainers.storyboard.film import shape_of

ENOUGH = 1.04
"""So much too large may be squeezed: it does not show."""
OUTSIDE = 31
"""Room beside an edge that runs around the outside: half of the badge on it."""
FARTHEST = 2.2
"""A diagram that needs more room than this many frames is squeezed after all."""


@dataclass(frozen=True)
class Composition:
    """The stage to draw on, and where everything lies on it, in its design units.

    `boxes` are those of nodes and of groups, framed or not; `slots` the centres of slots by node,
    `words` those of edges, `crossed` has nodes whose label an edge would run through, `reach` is a box around
    loops, detours and words, and `zoom` how many times further away than usual it is shown.
    """

    stage: Stage
    sizes: Sizes
    layout: Layout
    boxes: dict[str, Box]
    slots: dict[str, list[Point]]
    routes: dict[str, Route]
    words: dict[str, Words]
    crossed: frozenset[str]
    reach: Box | None
    zoom: float


def composed(stage: Stage, params: Params, steps: Sequence[Verbs], body: Box) -> Composition:
    """Lay a diagram out in `body`, labels without a written side where no edge runs through them."""
    found = _composed(stage, params, steps, body)
    for side in ("top", "bottom", "left"):
        moved = {name for name in found.crossed if _may_move(params.nodes[name])}
        if not moved:
            break
        nodes = {
            name: node.model_copy(update={"label_at": side}) if name in moved else node
            for name, node in found.sizes.params.nodes.items()
        }
        other = _composed(stage, params.model_copy(update={"nodes": nodes}), steps, body)
        if len(other.crossed) <= len(found.crossed):
            found = other
    return found


def _may_move(node: Node) -> bool:
    """Whether the side of a node's label is ours to choose: none is written, nor words that stand beside."""
    return node.label_at is None and node.shape == "tray" and not node.text and node.apart is None


def _composed(stage: Stage, params: Params, steps: Sequence[Verbs], body: Box) -> Composition:
    """Lay a diagram out in `body`.

    Wide frames show the places side by side. Others show them the way round that needs less shrinking;
    a diagram too large for its frame is drawn smaller as a whole.
    """
    nodes = params.nodes
    labels = [text for name in nodes for text in [nodes[name].label or "", *all_texts(params, steps, name)]]
    typeset = typeset_all(params, labels, body.width, stage.letters)

    def shown_from(root: Cell, stacked: bool, room: Box) -> tuple[float, Sizes, Cell]:
        """How far away the diagram must be shown to fit, and its sizes from there."""
        zoom = 1.0 / params.near if stage.width > stage.height else 1.0
        for _ in range(4):
            sizes = Sizes(stage.zoomed(zoom), params, steps, typeset, stacked)
            width, height = Arranger(sizes).needed(root)
            more = max(width / (room.width * zoom), height / (room.height * zoom))
            if more <= ENOUGH or zoom >= FARTHEST:
                break
            zoom = min(FARTHEST, zoom * more)
        return zoom, sizes, root

    def best(room: Box) -> Composition:
        found = [shown_from(root, stacked, room) for root, stacked in _orientations(stage, params)]
        zoom, sizes, root = reduce(lambda best, other: other if other[0] < best[0] - 0.02 else best, found)
        return _placed(sizes, root, Box(*(edge * zoom for edge in room)), zoom)

    room = body = undocked(params, body, stage.safe, stage.width, stage.height)
    found = best(body)
    for _ in range(3):
        # An edge around the outside needs room there, and so does its badge: all else moves in.
        bent = [route.middle for route in found.routes.values() if len(route.middle) > 2]
        across = [x / found.zoom for middle in bent for x, _ in middle]
        left = max(0.0, body.left + OUTSIDE - min(across, default=body.right))
        right = max(0.0, max(across, default=body.left) + OUTSIDE - body.right)
        top = bottom = 0.0
        if found.reach:
            reach = Box(*(edge / found.zoom for edge in found.reach))
            left, right = max(left, body.left - reach.left), max(right, reach.right - body.right)
            top, bottom = max(0.0, body.top - reach.top), max(0.0, reach.bottom - body.bottom)
        if max(left, right, top, bottom) < 1:
            break
        # What is moved in on one side is centred again in what is left.
        room = Box(room.left + 2 * left, room.top + 2 * top, room.right - 2 * right, room.bottom - 2 * bottom)
        found = best(room)
    return found


def _placed(sizes: Sizes, root: Cell, body: Box, zoom: float) -> Composition:
    layout = Arranger(sizes).arrange(root, body)
    boxes = {**layout.nodes, **{name: box for name, (box, _) in layout.groups.items()}}
    for name, members in sizes.graph.groups.items():
        inside = [layout.nodes[member] for member in members if member in layout.nodes]
        if name not in boxes and inside:
            boxes[name] = reduce(Box.joined, inside)
    slots = {name: sizes.slot_centers(name, box) for name, box in layout.nodes.items()}
    boxes |= {name: sizes.gates_box(name, box) for name, box in layout.nodes.items()}
    wiring = Wirer(sizes, boxes, layout.groups).wired(Router(sizes.graph, boxes, slots).routes())
    lines = wiring.routes, wiring.words, wiring.crossed, wiring.reach
    return Composition(sizes.stage, sizes, layout, boxes, slots, *lines, zoom)


def _orientations(stage: Stage, params: Params) -> Iterable[tuple[Cell, bool]]:
    """The ways a diagram may stand, the preferred one first; each with whether tables' values stand below
    their labels, which takes less width and more height."""
    places, shape = params.place or layered(params), shape_of(stage.width, stage.height)
    across = tree(places, "row")
    if shape == "wide" or (len(across.cells) == 1 and across.cells[0].axis == "column"):
        return [(across, False)]
    if (written := getattr(params, shape)) is not None and written.place:
        root = tree(places, "row" if shape == "square" else "column")
        return [(root, False), (root, True)]
    return [(tree(places, "column", turned=True), False), (across, False), (across, True)]
