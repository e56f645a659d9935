"""Tokens: where they stand, and how they travel along edges from slot to slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from explainers.film.layer import Note
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.looks import Look, colors, token_inks
from explainers.kinds.diagram.sizes import Sizes, token_text
from explainers.kinds.diagram.timeline import Timeline, free, staged
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.film.layer import Span
    from explainers.kinds.diagram.compose import Composition
    from explainers.stage import Box, Handle, Point, Stage

DENSE_GAP = 4.0
"""Between the tokens of a batch that has closed its ranks."""


@dataclass
class Figure:
    """A token on stage: its handle, where it was drawn, and where it is after the acts so far."""

    handle: Handle
    home: Point
    size: tuple[float, float]
    at: Point
    moves: list[Span] = field(default_factory=list)

    def box(self, t: float) -> Box:
        """Where it is at a time, in design units."""
        from explainers.stage import around

        layer = self.handle.layers[0]
        scale = self.handle.pixels
        dx, dy = layer.track("dx").at(t) / scale, layer.track("dy").at(t) / scale
        return around(self.home[0] + dx, self.home[1] + dy, *self.size)

    def follow(self, points: Sequence[Point], start_s: float, duration_s: float) -> None:
        """Travel through points; the first is where it is."""
        x, y = self.home
        start_s = free(self.handle, start_s)
        self.handle.follow(start_s, [(px - x, py - y) for px, py in points], duration_s, ease_in_out)
        self.moves.append((start_s, start_s + duration_s))
        self.at = points[-1]


def figure(stage: Stage, sizes: Sizes, name: str, home: Point, timeline: Timeline) -> Figure:
    """Draw a token's looks at its first place."""
    small = sizes.is_small(name)
    size = sizes.token_size(small)
    # A whole pixel for its home keeps the text crisp wherever it rests.
    home = (round(home[0] * stage.scale) / stage.scale, round(home[1] * stage.scale) / stage.scale)

    def note(look: Look) -> Note:
        fill = colors(stage.theme, look.role, look.emphasis)[1]
        size = token_text(small) * stage.zoom
        return Note("text", look.text.replace("\n", " "), size, over=fill, role=look.role)

    handle = staged(
        stage, timeline, lambda look: token_inks(stage, home, *size, look, small), 5.0, note, solid=True
    )
    assert handle is not None
    return Figure(handle, home, size, home)


class Ways:
    """Turns the nodes on a token's way into points."""

    def __init__(self, at: Composition):
        self.sizes, self.boxes, self.slots, self.routes = at.sizes, at.layout.nodes, at.slots, at.routes

    def of(self, figure: Figure, travel: acts.Travel) -> list[Point]:
        """The points of a travel, from where the token is."""
        if travel.arc:
            return self._arc(figure, travel)
        shift = _shift(figure, travel)
        points = [figure.at]
        if len(travel.way) == 1:
            return [*points, _moved(self.boxes[travel.way[0]].center, shift)]
        for index, (before, after) in enumerate(pairwise(travel.way)):
            points += [_moved(point, shift) for point in self._hop(before, after, bool(travel.dense))]
            last = index == len(travel.way) - 2
            if last and travel.slot is not None:
                points.append(self.slots[after][travel.slot])
            else:
                points.append(self._through(points[-1], before, after, shift, bool(travel.dense)))
        return points

    def _hop(self, before: str, after: str, dense: bool) -> list[Point]:
        """The points of the edge between two nodes; none in lanes, where everybody keeps to his own."""
        edge = self.sizes.cast.edge(before, after)
        return [] if edge is None or (edge.lanes and not dense) else self.edge(before, after)

    def edge(self, before: str, after: str) -> list[Point]:
        """The points of the edge between two nodes, in the direction of travel; none without one."""
        edge = self.sizes.cast.edge(before, after)
        if edge is None:
            return []
        middle = self.routes[edge.name].middle
        return list(middle if edge.from_ == before else reversed(middle))

    def _through(self, here: Point, before: str, after: str, shift: Point, dense: bool) -> Point:
        """Where a token passes a node, or rests inside: in the middle, or in its own lane."""
        box, edge = self.boxes[after], self.sizes.cast.edge(before, after)
        if edge is None or not edge.lanes or dense:
            return _moved(box.center, shift)
        if self.routes[edge.name].vertical:
            return min(max(here[0], box.left), box.right), box.center[1]
        return box.center[0], min(max(here[1], box.top), box.bottom)

    def _arc(self, figure: Figure, travel: acts.Travel) -> list[Point]:
        """A bow above for those that go right, below for those that go left: nobody runs through another."""
        start, end = figure.at, self.slots[travel.way[-1]][travel.slot or 0]
        sign = -1 if end[0] >= start[0] else 1
        rise = figure.size[1] * 0.62
        steps = 14
        return [
            (
                start[0] + (end[0] - start[0]) * i / steps,
                start[1]
                + (end[1] - start[1]) * i / steps
                + sign * rise * (4 * (i / steps) * (1 - i / steps)),
            )
            for i in range(steps + 1)
        ]


def _moved(point: Point, shift: Point) -> Point:
    return point[0] + shift[0], point[1] + shift[1]


def _shift(figure: Figure, travel: acts.Travel) -> Point:
    """How far from the middle of its batch a token travels."""
    if not travel.dense:
        return 0.0, 0.0
    index, count = travel.dense
    return (index - (count - 1) / 2) * (figure.size[0] + DENSE_GAP), 0.0
