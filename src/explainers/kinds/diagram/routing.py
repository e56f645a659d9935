"""How edges run: straight where two nodes face each other, else with right-angled corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist

from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.params import Edge, Place
from explainers.stage import Box, Point

CLEAR = 5.0
"""Between an arrow's end and a frame: it touches nothing and points at something."""
STACKED = ("plates", "gates")
"""Shapes that lines in lanes touch."""
_APART = 30.0
AROUND = 38.0
"""Between nodes and a line that runs around them, with room for a badge on it."""
_FACING = {"top": "bottom", "bottom": "top"}
"""The edge of a panel above or below that faces the picture."""
SIGNS = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}


def length(points: Sequence[Point]) -> float:
    """The length of a line through points."""
    return sum(dist(*pair) for pair in pairwise(points))


@dataclass(frozen=True)
class Route:
    """The lines of an edge, one for each lane, as points from start to end; tokens travel on `middle`."""

    lines: tuple[tuple[Point, ...], ...]
    middle: tuple[Point, ...]

    @property
    def longest(self) -> tuple[Point, Point]:
        """The longest straight stretch."""
        return max(pairwise(self.middle), key=length)

    @property
    def vertical(self) -> bool:
        """Whether its longest stretch runs up or down."""
        (x0, y0), (x1, y1) = self.longest
        return abs(y1 - y0) > abs(x1 - x0)

    @property
    def badge_stretch(self) -> tuple[Point, Point]:
        """Where a badge sits: the middle stretch of a route with two corners if it is long enough."""
        if len(self.middle) == 4 and length(self.middle[1:3]) >= 66:
            return self.middle[1], self.middle[2]
        return self.longest


def badge_spot(route: Route, edge: Edge, start: Box) -> Point:
    """Where an edge's badge sits: in the middle of a stretch, or where tokens take off to fly."""
    if edge.arc:
        return start.right - 40.0, start.top - 36.0
    (x0, y0), (x1, y1) = route.badge_stretch
    return (x0 + x1) / 2, (y0 + y1) / 2


class Router:
    """Routes all edges of a diagram. `slots` gives the centres of a node's slots."""

    def __init__(self, graph: Graph, boxes: dict[str, Box], slots: dict[str, list[Point]]):
        self.graph, self.boxes, self.slots = graph, boxes, slots
        self.taken: list[tuple[float, float, float]] = []

    def routes(self) -> dict[str, Route]:
        """The route of every edge by name."""
        return {name: self._route(edge) for name, edge in self.graph.edges.items()}

    def _route(self, edge: Edge) -> Route:
        start, end = self.boxes[edge.from_], self.boxes[edge.to]
        leave, enter = _sides(edge, start, end)
        if (panel := self._panel_of(edge.from_)) and enter in ("left", "right"):
            points = self._from_panel(edge, panel, enter)
            return Route((points,), points)
        vertical, overlap = leave in ("top", "bottom"), None
        if {leave, enter} in ({"top", "bottom"}, {"left", "right"}) and _faces(start, leave, end):
            overlap = _overlap(start, end, vertical)
        if overlap is None:
            points = self._bent_clear(edge, leave, enter, None)
            return Route((points,), points)

        def straight(at: float) -> tuple[Point, ...]:
            ends = self._port(edge.from_, leave, at, vertical), self._port(edge.to, enter, at, vertical)
            return tuple(
                self._docked(edge, name, point)
                for name, point in zip((edge.from_, edge.to), ends, strict=True)
            )

        middle = straight(_straight_at(start, end, overlap, vertical))
        if edge.lanes:
            lanes = tuple(straight(at) for at in self._lanes(edge, overlap, vertical))
            return Route(lanes or (middle,), middle)
        if self._blocked(edge, middle):
            side = "left" if vertical else "top"
            pinned = edge.leave or edge.enter
            middle = self._bent_clear(edge, leave, enter, middle) if pinned else self._bent(edge, side, side)
        return Route((middle,), middle)

    def _bent_clear(
        self, edge: Edge, leave: str, enter: str, otherwise: tuple[Point, ...] | None
    ) -> tuple[Point, ...]:
        """The first route with corners that runs through no other node, from and to the sides that are
        written; where none is clear `otherwise`, or the natural route."""
        start, end = self.boxes[edge.from_].center, self.boxes[edge.to].center
        down = ("bottom", "top") if end[1] > start[1] else ("top", "bottom")
        over = ("right", "left") if end[0] > start[0] else ("left", "right")
        taken = list(self.taken)
        for first, last in ((leave, enter), down, over, (over[0], down[1]), (down[0], over[1])):
            if edge.leave not in (None, first) or edge.enter not in (None, last):
                continue
            points = self._bent(edge, first, last)
            if not any(self._blocked(edge, stretch) for stretch in pairwise(points)):
                return points
            self.taken = list(taken)
        return otherwise or self._bent(edge, leave, enter)

    def _blocked(self, edge: Edge, line: Sequence[Point]) -> bool:
        """Whether another node lies in the way of a straight line."""
        (left, right), (top, bottom) = (sorted(ends) for ends in zip(*line, strict=True))
        groups = self.graph.groups
        ends = {edge.from_, edge.to, *groups.get(edge.from_, ()), *groups.get(edge.to, ())}
        for name in self.graph.nodes.keys() - ends:
            box = self.boxes[name]
            across = box.left < right + 1 and box.right > left - 1
            if across and box.top < bottom + 1 and box.bottom > top - 1:
                return True
        return False

    def _lanes(self, edge: Edge, overlap: tuple[float, float], vertical: bool) -> list[float]:
        """Where the lanes of a batch run: over the slots of the node that has them."""
        slots = self.slots.get(edge.to) or self._upstream(edge.from_, set())
        places = sorted({round(point[0 if vertical else 1], 1) for point in slots})
        return [place for place in places if overlap[0] <= place <= overlap[1]]

    def _upstream(self, name: str, passed: set[str]) -> list[Point]:
        """The slots of a node, or of the nearest one before it in the same lanes."""
        if self.slots.get(name) or name in passed:
            return self.slots.get(name, [])
        before = [edge.from_ for edge in self.graph.edges.values() if edge.to == name and edge.lanes]
        return next((found for other in before if (found := self._upstream(other, passed | {name}))), [])

    def _port(self, name: str, side: str, at: float, vertical: bool) -> Point:
        """The point just outside a node's side; a diamond's sides slope."""
        box = self.boxes[name]
        x, y = box.center
        inward = 0.0
        if name in self.graph.nodes and self.graph.nodes[name].shape == "diamond":
            half, other = (box.width / 2, box.height / 2) if vertical else (box.height / 2, box.width / 2)
            inward = other * min(1.0, abs(at - (x if vertical else y)) / half)
        sign = sum(SIGNS[side])
        # Lines in lanes run from plate to plate; an arrow ends just outside.
        clear = 0.0 if name in self.graph.nodes and self.graph.nodes[name].shape in STACKED else CLEAR
        outer: float = getattr(box, side) - sign * inward + sign * clear
        return (at, outer) if vertical else (outer, at)

    def _docked(self, edge: Edge, name: str, point: Point) -> Point:
        """An end at a node of a docked panel lies on the panel's edge."""
        for place in self.graph.docks:
            if name in place.nodes and place.name and place.dock in ("left", "right"):
                box, gap = self.boxes[place.name], CLEAR
                return (box.right + gap if place.dock == "left" else box.left - gap), point[1]
        return point

    def _panel_of(self, name: str) -> Place | None:
        """The panel above or below the picture that holds a node."""
        return next((p for p in self.graph.docks if name in p.nodes and p.dock in ("top", "bottom")), None)

    def _from_panel(self, edge: Edge, panel: Place, enter: str) -> tuple[Point, ...]:
        """From a panel above or below to a side of a node, around all that stands between the two.

        It begins straight at the panel's edge where its node is wide enough for that, or else runs along
        the panel first.
        """
        node, edge_y = self.boxes[edge.from_], getattr(self.boxes[str(panel.name)], _FACING[str(panel.dock)])
        sign, down = SIGNS[enter][0], SIGNS[_FACING[str(panel.dock)]][1]
        end_x, end_y = self._outside(edge.to, enter)
        low, high = sorted((edge_y, end_y))
        boxes = [self.boxes[name] for name in self.graph.nodes if name not in panel.nodes]
        beside = [box for box in boxes if box.top < high and box.bottom > low]
        outermost = end_x + sign * AROUND
        while wider := [
            reach
            for box in beside
            if box.left - AROUND < max(outermost, end_x) and box.right + AROUND > min(outermost, end_x)
            if ((reach := getattr(box, enter) + sign * AROUND) - outermost) * sign > 0.5
        ]:
            outermost = (max if sign > 0 else min)(wider)
        far = self._free(outermost, low, high, [sign * step * 1.7 for step in range(4)])
        start_y = edge_y + down * CLEAR
        if node.left + 14 <= far <= node.right - 14:
            return (far, start_y), (far, end_y), (end_x, end_y)
        x, along = node.center[0], start_y + down * AROUND
        return (x, start_y), (x, along), (far, along), (far, end_y), (end_x, end_y)

    def _bent(self, edge: Edge, leave: str, enter: str) -> tuple[Point, ...]:
        """A route with corners: out of one side, around, and into the other."""
        start, end = self._outside(edge.from_, leave), self._outside(edge.to, enter)
        across, into = leave in ("left", "right"), enter in ("left", "right")
        if across != into:
            return start, ((end[0], start[1]) if across else (start[0], end[1])), end
        axis = 0 if across else 1
        if leave == enter:
            sign = SIGNS[leave][axis]
            outermost = (max if sign > 0 else min)(start[axis], end[axis]) + sign * 44
            # Further in there would be no room for a badge between the line and the boxes.
            far = self._free(outermost, start[1 - axis], end[1 - axis], (0, sign, 2 * sign, 3 * sign))
        else:
            middle = (start[axis] + end[axis]) / 2
            far = self._free(middle, start[1 - axis], end[1 - axis], (0, 1, -1, 2, -2, 3, -3))
        if across:
            return start, (far, start[1]), (far, end[1]), end
        return start, (start[0], far), (end[0], far), end

    def _outside(self, name: str, side: str) -> Point:
        x, y = self.boxes[name].side(side)
        sign_x, sign_y = SIGNS[side]
        return x + sign_x * CLEAR, y + sign_y * CLEAR

    def _free(self, wanted: float, start: float, end: float, steps: Sequence[float]) -> float:
        """Where a middle stretch runs so that it does not lie on another one; `steps` away are tried."""
        low, high = sorted((start, end))
        at = wanted
        for step in steps:
            at = wanted + step * _APART
            if not any(
                abs(at - place) < _APART / 2 and low < to and since < high for place, since, to in self.taken
            ):
                break
        self.taken.append((at, low, high))
        return at


def _sides(edge: Edge, start: Box, end: Box) -> tuple[str, str]:
    """The sides an edge leaves from and arrives at: facing ones where nothing is written."""
    down, right = end.center[1] > start.center[1], end.center[0] > start.center[0]
    apart_x = max(end.left - start.right, start.left - end.right)
    apart_y = max(end.top - start.bottom, start.top - end.bottom)
    # Side by side wins where both are apart: reading goes from left to right.
    if apart_x >= 24 or apart_x > apart_y:
        natural = ("right", "left") if right else ("left", "right")
    else:
        natural = ("bottom", "top") if down else ("top", "bottom")
    return edge.leave or natural[0], edge.enter or natural[1]


def _straight_at(start: Box, end: Box, overlap: tuple[float, float], vertical: bool) -> float:
    """Where a straight edge runs: through the middle of the smaller node, if the other is there too."""
    boxes = sorted((start, end), key=lambda box: box.width if vertical else box.height)
    middles = [box.center[0 if vertical else 1] for box in boxes]
    low, high = overlap[0] + 14, overlap[1] - 14
    return next((middle for middle in middles if low <= middle <= high), sum(overlap) / 2)


def _faces(box: Box, side: str, other: Box) -> bool:
    """Whether another box lies beyond that side of a box."""
    axis = 0 if side in ("left", "right") else 1
    return (other.center[axis] - box.center[axis]) * SIGNS[side][axis] > 0


def _overlap(box: Box, other: Box, vertical: bool) -> tuple[float, float] | None:
    """The stretch in which two boxes face each other, if it is wide enough for an arrow."""
    first, last = (0, 2) if vertical else (1, 3)
    low, high = max(box[first], other[first]), min(box[last], other[last])
    return (low, high) if high - low > 12 else None
