"""What edges and their words do to each other: ways both ways, loops, and words that nothing runs through.

`Router` finds each edge's natural way by itself. Here the edges are laid together: two between the same nodes
run side by side, an edge from a node to itself is a loop outside of it, and one that would run through a
node, through words or along another edge is led around them on a grid of clear lines. Then its words get
the first free place along it. Natural ways on which nothing is wrong stay as they are.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.params import Edge, Place
from explainers.kinds.diagram.plates import BADGE_RADIUS
from explainers.kinds.diagram.routing import AROUND, CLEAR, SIGNS, Route, badge_spot, length
from explainers.kinds.diagram.sizes import LINE, Sizes
from explainers.stage import Box, Point, around
from explainers.theme import LABEL, REGULAR, STRONG

PAIRED = 34.0
"""Between two edges that join the same nodes."""
LOOP, LOOP_HALF = 46.0, 34.0
"""How far a loop reaches out of its node, and half of its width."""
OVER, ASIDE = 38.0, 22.0
"""From a level line to the middle of the words over it; from an upright one to the words beside it."""
WORDS_ROOM = 30.0
"""Room at both ends of words on an edge between neighbours."""
CLOSE, ROUND_WORDS = 17.0, 20.0
"""How near a detour comes to nodes and words at least, and where it runs around words."""
NEAR = 14.0
"""Lines nearer than this lie on each other."""
_BEND, _CROSS, _ALONG, _FRAME = 46.0, 160.0, 3000.0, 1500.0
"""What a way costs beside its length: a corner, another edge crossed, one it lies on, a frame's border."""

Stretch = tuple[Point, Point]


@dataclass(frozen=True)
class Words:
    """The words of an edge: the point and anchor of their first line, and the box of all of them."""

    at: Point
    anchor: str
    box: Box


@dataclass
class Wiring:
    """The routes and words of all edges by name. `reach` is a box around what was added to natural ways, and
    `crossed` names nodes whose label a natural way runs through."""

    routes: dict[str, Route]
    words: dict[str, Words] = field(default_factory=dict)
    crossed: frozenset[str] = frozenset()
    reach: Box | None = None


def words_size(sizes: Sizes, edge: Edge) -> tuple[float, float]:
    """Width and height of an edge's words; zeros without any."""
    if not edge.label:
        return 0.0, 0.0
    weight, lines = STRONG if edge.role else REGULAR, edge.label.split("\n")
    return max(sizes.stage.text_width(line, LABEL, weight) for line in lines), len(lines) * LABEL * LINE


def loop_side(graph: Graph, edge: Edge) -> str:
    """The side of its node on which a loop is drawn: where it says, or away from its place's neighbours."""
    if edge.leave or edge.enter:
        return edge.leave or str(edge.enter)
    column = next((place for place in _places(graph.params.place) if edge.from_ in place.nodes), None)
    names = column.nodes if column is not None and column.column else (edge.from_,)
    return "top" if names[0] == edge.from_ else "bottom" if names[-1] == edge.from_ else "right"


def _places(places: Sequence[str | Place]) -> Iterator[Place]:
    for place in places:
        if isinstance(place, Place):
            yield place
            yield from _places(place.nodes)


def loop_rooms(sizes: Sizes, name: str) -> dict[str, float]:
    """The room that a node's loops and their words take outside of it, by side."""
    rooms: dict[str, float] = {}
    for edge in sizes.graph.edges.values():
        if edge.from_ == edge.to == name:
            side, (width, height) = loop_side(sizes.graph, edge), words_size(sizes, edge)
            beyond = height + 12 if side in ("top", "bottom") else width + ASIDE
            rooms[side] = rooms.get(side, 0.0) + LOOP + CLEAR + (beyond if edge.label else 12.0)
    return rooms


class Wirer:
    """Lays edges together, see the module. `boxes` are those of nodes and groups."""

    def __init__(self, sizes: Sizes, boxes: dict[str, Box], frames: dict[str, tuple[Box, Place]]):
        self.sizes, self.graph, self.boxes = sizes, sizes.graph, boxes
        self.borders = [stretch for box, place in frames.values() if not place.dock for stretch in _rim(box)]
        self.headings = [_heading(sizes, box, place) for box, place in frames.values() if place.label]
        self.labels = {name: box for name in self.graph.nodes if (box := self._node_label(name))}
        self.loops: dict[str, Box] = {}
        self.wiring = Wiring({})

    def wired(self, natural: dict[str, Route]) -> Wiring:
        """The edges with their words, from the natural way of each."""
        edges, done = self.graph.edges, self.wiring
        routes = dict(natural)
        for name, edge in edges.items():
            if edge.from_ == edge.to:
                routes[name] = self._loop(edge)
                xs, ys = zip(*routes[name].middle, strict=True)
                self.loops[name] = Box(min(xs), min(ys), max(xs), max(ys))
                self._reaches(*routes[name].middle)
        for name, edge in edges.items():
            twin = f"{edge.to} -> {edge.from_}"
            if twin in edges and name < twin:
                routes |= self._side_by_side(name, twin, routes)
        done.crossed = frozenset(
            label
            for label, box in self.labels.items()
            for name, route in routes.items()
            if not (edges[name].arc or edges[name].bare)
            and any(_cuts(box, stretch, 0.0) for stretch in pairwise(route.middle))
        )
        fixed = [name for name in edges if self._stays(edges[name], routes[name])]
        done.routes |= {name: routes[name] for name in fixed}
        for name in fixed:
            self._put_words(name)
        for name in sorted(edges.keys() - set(fixed), key=lambda n: (length(routes[n].middle), n)):
            way = routes[name].middle
            if self._wrong(edges[name], way) and (found := self._search(edges[name])):
                self._reaches(*found)
                routes[name] = Route((found,), found)
            done.routes[name] = routes[name]
            self._put_words(name)
        done.routes = {name: done.routes[name] for name in edges}
        return done

    def _stays(self, edge: Edge, route: Route) -> bool:
        """Whether there is no choice: tokens' own ways, loops, and straight lines with nothing between."""
        if edge.lanes or edge.arc or edge.bare or edge.from_ == edge.to:
            return True
        if any(end in place.nodes for place in self.graph.docks for end in (edge.from_, edge.to)):
            return True
        if any(
            _cuts(box, stretch, 0.0) for stretch in pairwise(route.middle[:2]) for box in self.labels.values()
        ):
            return False
        return len(route.middle) == 2 and not self._hits(edge, route.middle)

    # -- ways ----------------------------------------------------------------------------------

    def _loop(self, edge: Edge) -> Route:
        side, box = loop_side(self.graph, edge), self.boxes[edge.from_]
        x, y = box.side(side)
        dx, dy = SIGNS[side]
        half = min(LOOP_HALF, (box.width if dy else box.height) * 0.36)
        near, far = CLEAR, CLEAR + LOOP
        offsets = ((-half, near), (-half, far), (half, far), (half, near))
        points = tuple((x + dx * out + dy * dy * at, y + dy * out + dx * dx * at) for at, out in offsets)
        return Route((points,), points)

    def _side_by_side(self, name: str, twin: str, routes: dict[str, Route]) -> dict[str, Route]:
        """Two straight edges both ways between two nodes, half of `PAIRED` off where either would be."""
        edge, middle = self.graph.edges[name], routes[name].middle
        if len(middle) != 2 or len(routes[twin].middle) != 2 or edge.lanes or self._hits(edge, middle):
            return {}
        (x0, y0), (x1, y1) = middle
        axis = 1 if abs(x1 - x0) > abs(y1 - y0) else 0
        ends = [self.boxes[end] for end in (edge.from_, edge.to)]
        room = min(box.height if axis else box.width for box in ends) / 2 - 10
        diamonds = any(self._is_diamond(end) for end in (edge.from_, edge.to))
        half = min(PAIRED / 2, max(4.0, room)) * (0.7 if diamonds else 1.0)
        # As in traffic: what goes right runs above, what goes down runs at the right.
        side = -half if (x1 > x0 if axis else y1 < y0) else half
        found = {}
        for one, line, away in ((name, middle, side), (twin, routes[twin].middle, -side)):
            at = line[0][axis]
            moved = tuple((x, at + away) if axis else (at + away, y) for x, y in line)
            if diamonds:
                moved = self._to_slopes(self.graph.edges[one], moved, axis)
            found[one] = Route((moved,), moved)
        return found

    def _is_diamond(self, name: str) -> bool:
        return name in self.graph.nodes and self.graph.nodes[name].shape == "diamond"

    def _to_slopes(self, edge: Edge, line: tuple[Point, ...], axis: int) -> tuple[Point, ...]:
        """Ends at diamonds are moved in to where their sides slope away."""
        moved = [list(point) for point in line]
        for end, name in ((0, edge.from_), (-1, edge.to)):
            if self._is_diamond(name):
                box, across = self.boxes[name], 1 - axis
                wide, high = (box.width, box.height) if axis else (box.height, box.width)
                slope = wide / 2 * min(1.0, abs(moved[end][axis] - box.center[axis]) / (high / 2))
                moved[end][across] += slope if box.center[across] > moved[end][across] else -slope
        return tuple((x, y) for x, y in moved)

    def _hits(self, edge: Edge, way: Sequence[Point]) -> bool:
        """Whether a way runs through a node, one of those that it joins included."""
        if any(_cuts(box, stretch, 1.0) for box in self._between(edge) for stretch in pairwise(way)):
            return True
        ends = [
            (self.boxes[end], self._is_diamond(end)) for end in {edge.from_, edge.to} & set(self.graph.nodes)
        ]
        # The sides of a diamond slope: an edge ends within the box around it.
        insides = [
            box.inset(*((box.width * 0.3, box.height * 0.3) if slopes else (1.0, 1.0)))
            for box, slopes in ends
        ]
        return any(_cuts(box, stretch, 0.0) for box in insides for stretch in pairwise(way))

    def _between(self, edge: Edge) -> list[Box]:
        groups, ends = self.graph.groups, (edge.from_, edge.to)
        inside = {name for end in ends for name in (end, *groups.get(end, ()))}
        return [self.boxes[name] for name in self.graph.nodes if name not in inside]

    def _wrong(self, edge: Edge, way: Sequence[Point]) -> bool:
        """Whether a way runs through nodes or words, or on an edge that does not begin or end with it."""
        if self._hits(edge, way):
            return True
        if any(_cuts(box, stretch, 0.0) for box in self._clear() for stretch in pairwise(way)):
            return True
        return any(
            _lies_on(stretch, other)
            for name, route in self.wiring.routes.items()
            if not self._fans(edge, self.graph.edges[name])
            for stretch in pairwise(way)
            for other in pairwise(route.middle)
        )

    def _clear(self) -> list[Box]:
        """What a line keeps away from beside nodes: words and loops."""
        words = [one.box for one in self.wiring.words.values()]
        return [*self.labels.values(), *self.loops.values(), *words]

    @staticmethod
    def _fans(edge: Edge, other: Edge) -> bool:
        """Whether two edges begin or end together, and may share the stretch where they do."""
        return edge.from_ == other.from_ or edge.to == other.to

    def _search(self, edge: Edge) -> tuple[Point, ...] | None:
        """The cheapest way around everything, from and to the sides that are written; None where none is."""
        solid = [*self._between(edge), *(self.boxes[end] for end in (edge.from_, edge.to))]
        clear = [*self._clear(), *self.headings]
        taken = [
            (stretch, self._fans(edge, self.graph.edges[name]))
            for name, route in self.wiring.routes.items()
            for stretch in pairwise(route.middle)
        ]
        starts, ends = self._ports(edge.from_, edge.leave), self._ports(edge.to, edge.enter)
        grid = [
            sorted(
                {
                    round(value, 1)
                    for box, away in (*((b, AROUND) for b in solid), *((b, ROUND_WORDS) for b in clear))
                    for value in (box[axis] - away, box[axis + 2] + away)
                }
                | {round(point[axis], 1) for point, _, _ in (*starts, *ends)}
            )
            for axis in (0, 1)
        ]
        goals = {(_rounded(point), (-dx, -dy)): cost for point, (dx, dy), cost in ends}
        queue: list[tuple[float, Point, Point, tuple[Point, ...]]] = [
            (cost, _rounded(point), toward, (_rounded(point),)) for point, toward, cost in starts
        ]
        heapq.heapify(queue)
        best: dict[tuple[Point, Point], float] = {}
        while queue:
            cost, here, toward, way = heapq.heappop(queue)
            if toward == (0.0, 0.0):
                return _corners(way)
            if best.get((here, toward), cost + 1) <= cost:
                continue
            best[here, toward] = cost
            if (here, toward) in goals and len(way) > 1:
                heapq.heappush(queue, (cost + goals[here, toward], here, (0.0, 0.0), way))
            turns = [toward] if len(way) == 1 else [toward, (toward[1], toward[0]), (-toward[1], -toward[0])]
            for turn in turns:
                there = _next(grid, here, turn)
                if there is None or any(_close(box, (here, there)) for box in (*solid, *clear)):
                    continue
                more = abs(there[0] - here[0]) + abs(there[1] - here[1]) + _BEND * (turn != toward)
                more += sum(_price((here, there), other, fans) for other, fans in taken)
                more += sum(_FRAME for border in self.borders if _lies_on((here, there), border))
                heapq.heappush(queue, (cost + more, there, turn, (*way, there)))
        return None

    def _ports(self, name: str, side: str | None) -> list[tuple[Point, Point, float]]:
        """Where an edge may touch a node: the point, the way out of it, and what it costs to be off the
        middle."""
        box, found = self.boxes[name], []
        for one in (side,) if side else ("right", "left", "bottom", "top"):
            (x, y), (dx, dy) = box.side(one), SIGNS[one]
            room = (box.width if dy else box.height) / 2 - 12
            aways = [0.0] if self._is_diamond(name) else [0.0, -30.0, 30.0, -20.0, 20.0]
            for away in aways:
                if abs(away) <= max(0.0, room):
                    point = (x + dx * CLEAR + dy * dy * away, y + dy * CLEAR + dx * dx * away)
                    found.append((point, (float(dx), float(dy)), abs(away) * 0.4))
        return found

    # -- words ---------------------------------------------------------------------------------

    def _node_label(self, name: str) -> Box | None:
        """The box of a label that stands outside of its node."""
        sizes, box, side = self.sizes, self.boxes[name], self.sizes.label_at(name)
        if side in ("center", "head") or not (text := sizes.label(name)):
            return None
        width, height = sizes.text_size(text)
        (x, y), (dx, dy), gap = (
            box.side(side),
            SIGNS[side],
            sizes.label_gap(name) if side in "leftright" else 12,
        )
        return around(x + dx * (gap + width / 2), y + dy * (gap + height / 2), width, height)

    def _put_words(self, name: str) -> None:
        """Give an edge's words the first place along it where they lie on nothing, or else the best one."""
        edge, route = self.graph.edges[name], self.wiring.routes[name]
        if not edge.label:
            return
        spots = list(self._spots(edge, route))
        found = min(spots, key=lambda one: (self._disturbed(one.box), spots.index(one)))
        self.wiring.words[name] = found
        self._reaches((found.box.left, found.box.top), (found.box.right, found.box.bottom))

    def _spots(self, edge: Edge, route: Route) -> Iterator[Words]:
        """Places along an edge: over or under level stretches, right or left of upright ones, long ones
        first."""
        width, height = words_size(self.sizes, edge)
        badge, stretches = badge_spot(route, edge, self.boxes[edge.from_]), list(pairwise(route.middle))
        line = LABEL * LINE
        for at in (0.5, 0.3, 0.7):
            for stretch in sorted(stretches, key=length, reverse=True):
                (x0, y0), (x1, y1) = stretch
                x, y = x0 + (x1 - x0) * at, y0 + (y1 - y0) * at
                if abs(x1 - x0) >= abs(y1 - y0):
                    for middle in (y - OVER - (height - line), y + OVER):
                        yield Words((x, middle), "center", _block((x - width / 2, middle), width, height))
                    continue
                beside = ASIDE + (BADGE_RADIUS if edge.badge and abs(badge[1] - y) < line else 0.0)
                top = y - (height - line) / 2
                yield Words((x + beside, top), "left", _block((x + beside, top), width, height))
                yield Words((x - beside, top), "right", _block((x - beside - width, top), width, height))

    def _disturbed(self, box: Box) -> float:
        """How much lies where words would stand."""
        safe, tight = self.sizes.stage.safe, box.inset(2, 4)
        boxes = [self.boxes[name] for name in self.graph.nodes]
        boxes += [*self.labels.values(), *self.headings, *(one.box for one in self.wiring.words.values())]
        count = 3.0 * sum(tight.meets(other) for other in boxes)
        lines = [stretch for route in self.wiring.routes.values() for stretch in pairwise(route.middle)]
        count += 2.0 * sum(_cuts(tight, stretch, 0.0) for stretch in lines)
        count += 2.0 * sum(_cuts(box.inset(-14.0, 0.0), border, 0.0) for border in self.borders)
        for name, route in self.wiring.routes.items():
            if (other := self.graph.edges[name]).badge:
                x, y = badge_spot(route, other, self.boxes[other.from_])
                count += 2.0 * tight.meets(around(x, y, 2 * BADGE_RADIUS, 2 * BADGE_RADIUS))
        return count + 0.5 * (box.left < safe.left or box.right > safe.right)

    def _reaches(self, *points: Point) -> None:
        """Remember how far what was added to natural ways reaches."""
        xs, ys = zip(*points, strict=True)
        box = Box(min(xs), min(ys), max(xs), max(ys))
        self.wiring.reach = box.joined(self.wiring.reach) if self.wiring.reach else box


def _heading(sizes: Sizes, box: Box, place: Place) -> Box:
    """The words of a framed place, over its nodes or at the left of a lane."""
    width = sizes.stage.text_width(place.label or "", LABEL, STRONG)
    if place.lane and sizes.stage.width > sizes.stage.height:
        return around(box.left + 30 + width / 2, box.center[1], width, LABEL)
    return around(box.center[0], box.top + 52, width, LABEL)


def _rim(box: Box) -> list[Stretch]:
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    return list(pairwise([*corners, corners[0]]))


def _block(first: Point, width: float, height: float) -> Box:
    """The box of lines of which the first has its middle at a height and begins at x."""
    top = first[1] - LABEL * LINE / 2
    return Box(first[0], top, first[0] + width, top + height)


def _cuts(box: Box, stretch: Stretch, away: float) -> bool:
    """Whether a level or upright stretch comes nearer to a box than `away`."""
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(*stretch, strict=True))
    across = box.left < right + away and box.right > left - away
    return across and box.top < bottom + away and box.bottom > top - away


def _close(box: Box, step: Stretch) -> bool:
    """Whether a step runs along a box nearer than `CLOSE`, or into it; head on it may end at the box."""
    away = (2.0, CLOSE) if step[0][1] == step[1][1] else (CLOSE, 2.0)
    return _cuts(box.inset(-away[0], -away[1]), step, 0.0)


def _lies_on(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches run in one direction, nearer than `NEAR`, beside each other for a while."""
    for axis in (0, 1):
        flat = [abs(a[axis] - b[axis]) < 1.0 < abs(a[1 - axis] - b[1 - axis]) for a, b in (one, other)]
        if all(flat) and abs(one[0][axis] - other[0][axis]) < NEAR:
            (a, b), (c, d) = (sorted((s[0][1 - axis], s[1][1 - axis])) for s in (one, other))
            return min(b, d) - max(a, c) > 10.0
    return False


def _price(step: Stretch, other: Stretch, fans: bool) -> float:
    """What it costs to lie on another edge's stretch, or to cross it."""
    if _lies_on(step, other):
        return 0.0 if fans else _ALONG
    (ax, ay), (bx, by) = step
    box = Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
    return _CROSS if not fans and _cuts(box, other, 0.5) else 0.0


def _rounded(point: Point) -> Point:
    return round(point[0], 1), round(point[1], 1)


def _next(grid: Sequence[Sequence[float]], here: Point, toward: Point) -> Point | None:
    """The next crossing of the grid's lines in a direction."""
    axis = 0 if toward[0] else 1
    lines, sign = grid[axis], toward[axis]
    beyond = [value for value in lines if (value - here[axis]) * sign > 0.05]
    if not beyond:
        return None
    value = min(beyond) if sign > 0 else max(beyond)
    return (value, here[1]) if axis == 0 else (here[0], value)


def _corners(way: Sequence[Point]) -> tuple[Point, ...]:
    """A way without the points in the middle of its stretches."""
    inner = [
        b
        for a, b, c in zip(way, way[1:], way[2:], strict=False)
        if (a[0] == b[0]) != (b[0] == c[0]) or (a[1] == b[1]) != (b[1] == c[1])
    ]
    return (way[0], *inner, way[-1])
