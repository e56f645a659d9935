"""How edges run: straight where two nodes face each other, else with right-angled corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from explainers.kinds.diagram.graph import Graph
from explainers.kinds.diagram.params import Edge

if TYPE_CHECKING:
    from explainers.stage import Box, Point

CLEAR = 5.0
"""Between an arrow's end and a frame: it touches nothing and points at something."""
_APART = 30.0
_SIGNS = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}


@dataclass(frozen=True)
class Route:
    """The lines of an edge, one for each lane, as points from start to end; `middle` is the way tokens go."""

    lines: tuple[tuple[Point, ...], ...]
    middle: tuple[Point, ...]

    @property
    def vertical(self) -> bool:
        """Whether its longest stretch runs up or down."""
        (x0, y0), (x1, y1) = self.longest
        return abs(y1 - y0) > abs(x1 - x0)

    @property
    def badge_stretch(self) -> tuple[Point, Point]:
        """Where a badge sits: the middle stretch of a way with two corners if it is long enough."""
        if len(self.middle) == 4 and length(self.middle[1:3]) >= 66:
            return self.middle[1], self.middle[2]
        return self.longest

    @property
    def longest(self) -> tuple[Point, Point]:
        """The longest straight stretch."""
        pairs = zip(self.middle, self.middle[1:], strict=False)
        return max(pairs, key=lambda pair: abs(pair[0][0] - pair[1][0]) + abs(pair[0][1] - pair[1][1]))


class Router:
    """Routes all edges of a diagram. `slots` gives the centres of a node's slots."""

    def __init__(self, graph: Graph, boxes: dict[str, Box], slots: dict[str, list[Point]]):
        self.graph, self.boxes, self.slots = graph, boxes, slots
        self.taken: list[tuple[float, float, float]] = []

    def routes(self) -> dict[str, Route]:
        """The route of every edge by name."""
        return {name: self.route(edge) for name, edge in self.graph.edges.items()}

    def route(self, edge: Edge) -> Route:
        start, end = self.boxes[edge.from_], self.boxes[edge.to]
        leave, enter = self._sides(edge, start, end)
        opposite = {leave, enter} in ({"top", "bottom"}, {"left", "right"})
        straight = opposite and _faces(start, leave, end)
        vertical = leave in ("top", "bottom")
        overlap = _overlap(start, end, vertical)
        if straight and overlap is not None:
            middle = self._line(edge, self._through(start, end, overlap, vertical), vertical, leave, enter)
            if not edge.lanes and self._blocked(edge, middle):
                if edge.leave or edge.enter:
                    points = self._clear_way(edge, leave, enter, middle)
                else:
                    side = "left" if vertical else "top"
                    points = self._bent(edge, side, side)
                return Route((points,), points)
            lanes = self._lanes(edge, overlap, vertical)
            lines = (
                tuple(self._line(edge, at, vertical, leave, enter) for at in lanes) if lanes else (middle,)
            )
            return Route(lines, middle)
        points = self._clear_way(edge, leave, enter)
        return Route((points,), points)

    def _clear_way(
        self, edge: Edge, leave: str, enter: str, otherwise: tuple[Point, ...] | None = None
    ) -> tuple[Point, ...]:
        """The first way with corners that runs through no other node, from and to the sides that are written;
        the natural way, or the one given, where none is clear."""
        start, end = self.boxes[edge.from_].center, self.boxes[edge.to].center
        down = ("bottom", "top") if end[1] > start[1] else ("top", "bottom")
        over = ("right", "left") if end[0] > start[0] else ("left", "right")
        ways = [(leave, enter), down, over, (over[0], down[1]), (down[0], over[1])]
        taken = list(self.taken)
        for one, other in ways:
            if edge.leave not in (None, one) or edge.enter not in (None, other):
                continue
            points = self._bent(edge, one, other)
            if not any(self._blocked(edge, stretch) for stretch in pairwise(points)):
                return points
            self.taken = list(taken)
        return otherwise or self._bent(edge, leave, enter)

    @staticmethod
    def _through(start: Box, end: Box, overlap: tuple[float, float], vertical: bool) -> float:
        """Where a straight edge runs: through the middle of the smaller node, if the other is there too."""
        axis = 0 if vertical else 1
        small, large = sorted((start, end), key=lambda box: box.width if vertical else box.height)
        middles = [box.center[axis] for box in (small, large)]
        low, high = overlap[0] + 14, overlap[1] - 14
        return next((middle for middle in middles if low <= middle <= high), sum(overlap) / 2)

    def _blocked(self, edge: Edge, line: Sequence[Point]) -> bool:
        """Whether another node lies in the way of a straight line."""
        (x0, y0), (x1, y1) = line[0], line[-1]
        ends = {
            edge.from_,
            edge.to,
            *self.graph.groups.get(edge.from_, ()),
            *self.graph.groups.get(edge.to, ()),
        }
        for name in self.graph.nodes:
            box = self.boxes[name]
            across = box.left < max(x0, x1) + 1 and box.right > min(x0, x1) - 1
            if name not in ends and across and box.top < max(y0, y1) + 1 and box.bottom > min(y0, y1) - 1:
                return True
        return False

    def _sides(self, edge: Edge, start: Box, end: Box) -> tuple[str, str]:
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

    def _lanes(self, edge: Edge, overlap: tuple[float, float], vertical: bool) -> list[float]:
        """Where the lanes of a batch run: over the slots of the node that has them."""
        if not edge.lanes:
            return []
        slots = self.slots.get(edge.to) or self._upstream(edge.from_, set())
        at = sorted({round(point[0 if vertical else 1], 1) for point in slots})
        return [one for one in at if overlap[0] <= one <= overlap[1]]

    def _upstream(self, name: str, seen: set[str]) -> list[Point]:
        """The slots of a node, or of the nearest one before it in the same lanes."""
        if self.slots.get(name) or name in seen:
            return self.slots.get(name, [])
        before = [edge.from_ for edge in self.graph.edges.values() if edge.to == name and edge.lanes]
        return next((found for one in before if (found := self._upstream(one, seen | {name}))), [])

    def _line(self, edge: Edge, at: float, vertical: bool, leave: str, enter: str) -> tuple[Point, ...]:
        first = self._port(edge.from_, leave, at, vertical)
        last = self._port(edge.to, enter, at, vertical)
        return first, last

    def _port(self, name: str, side: str, at: float, vertical: bool) -> Point:
        """The point just outside a node's side; a diamond's sides slope."""
        box = self.boxes[name]
        x, y = box.center
        inward = 0.0
        if name in self.graph.nodes and self.graph.nodes[name].shape == "diamond":
            half, other = (box.width / 2, box.height / 2) if vertical else (box.height / 2, box.width / 2)
            inward = other * min(1.0, abs(at - (x if vertical else y)) / half)
        sign_x, sign_y = _SIGNS[side]
        if vertical:
            edge_y = box.bottom - inward if side == "bottom" else box.top + inward
            return at, edge_y + sign_y * CLEAR
        edge_x = box.right - inward if side == "right" else box.left + inward
        return edge_x + sign_x * CLEAR, at

    def _bent(self, edge: Edge, leave: str, enter: str) -> tuple[Point, ...]:
        """A way with corners: out of one side, around, and into the other."""
        start, end = self._side(edge.from_, leave), self._side(edge.to, enter)
        across, into = leave in ("left", "right"), enter in ("left", "right")
        if across != into:
            corner = (end[0], start[1]) if across else (start[0], end[1])
            return start, corner, end
        axis = 0 if across else 1
        if leave == enter:
            sign = _SIGNS[leave][axis]
            outermost = (max if sign > 0 else min)(start[axis], end[axis]) + sign * 44
            # Further in there would be no room for a badge between the way and the boxes.
            far = self._free(outermost, start[1 - axis], end[1 - axis], (0, sign, 2 * sign, 3 * sign))
        else:
            middle = (start[axis] + end[axis]) / 2
            far = self._free(middle, start[1 - axis], end[1 - axis], (0, 1, -1, 2, -2, 3, -3))
        first, second = ((far, start[1]), (far, end[1])) if across else ((start[0], far), (end[0], far))
        return start, first, second, end

    def _side(self, name: str, side: str) -> Point:
        x, y = self.boxes[name].side(side)
        sign_x, sign_y = _SIGNS[side]
        return x + sign_x * CLEAR, y + sign_y * CLEAR

    def _free(self, wanted: float, one: float, other: float, steps: Sequence[float]) -> float:
        """Where a middle stretch runs so that it does not lie on another one; `steps` away are tried."""
        low, high = sorted((one, other))
        at = wanted
        for step in steps:
            at = wanted + step * _APART
            if not any(
                abs(at - place) < _APART / 2 and low < to and since < high for place, since, to in self.taken
            ):
                break
        self.taken.append((at, low, high))
        return at


def _faces(one: Box, side: str, other: Box) -> bool:
    """Whether a box lies beyond that side of another one."""
    axis = 0 if side in ("left", "right") else 1
    return (other.center[axis] - one.center[axis]) * _SIGNS[side][axis] > 0


def _overlap(one: Box, other: Box, vertical: bool) -> tuple[float, float] | None:
    """The stretch in which two boxes face each other, if it is wide enough for an arrow."""
    if vertical:
        low, high = max(one.left, other.left), min(one.right, other.right)
    else:
        low, high = max(one.top, other.top), min(one.bottom, other.bottom)
    return (low, high) if high - low > 12 else None


def length(points: Sequence[Point]) -> float:
    """The length of a way."""
    return sum(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 for (x0, y0), (x1, y1) in pairwise(points))
