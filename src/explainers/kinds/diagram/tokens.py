"""Tokens: where they stand, and how they travel along edges from slot to slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainers.film.layer import Note
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.looks import Look, token_inks
from explainers.kinds.diagram.routes import Route
from explainers.kinds.diagram.sizes import SLOT_GAP, Sizes
from explainers.kinds.diagram.timeline import Timeline, staged
from explainers.theme import LABEL
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.film.track import Span
    from explainers.stage import Box, Handle, Point, Stage

DENSE_GAP = 4.0
"""Between the tokens of a batch that has closed its ranks."""


def slot_centers(sizes: Sizes, name: str, box: Box) -> list[Point]:
    """The centres of a node's slots, evenly spread over its box, line by line."""
    node, count = sizes.params.nodes[name], sizes.cast.slots(name)
    if not count:
        return []
    columns = min(node.columns or count, count)
    lines = -(-count // columns)
    width, height = sizes.token_size(node.small)
    pad_x, pad_y = sizes.pads(name)
    gap = SLOT_GAP * (0.6 if node.small else 1.0)
    # Slots keep the same distance to each other and half of it to the frame, so that lanes line up.
    step_x = max(width + gap, (box.width - 2 * pad_x + gap) / columns)
    step_y = max(height + gap, (box.height - 2 * pad_y + gap) / lines) if lines > 1 else 0.0
    x, y = box.center
    return [
        (x + (i % columns - (columns - 1) / 2) * step_x, y + (i // columns - (lines - 1) / 2) * step_y) for i in range(count)
    ]


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
        text = look.text.replace("\n", " ")
        return Note("text", text, LABEL * (0.8 if small else 1.0), stage.theme.color(look.role), role=look.role)

    handle = staged(stage, timeline, lambda look: token_inks(stage, home, *size, look, small), 5.0, note, solid=True)
    assert handle is not None
    return Figure(handle, home, size, home)


class Ways:
    """Turns the nodes on a token's way into points."""

    def __init__(self, sizes: Sizes, boxes: dict[str, Box], slots: dict[str, list[Point]], routes: dict[str, Route]):
        self.sizes, self.boxes, self.slots, self.routes = sizes, boxes, slots, routes

    def of(self, figure: Figure, travel: acts.Travel) -> list[Point]:
        """The points of a travel, from where the token is."""
        if travel.arc:
            return self._arc(figure, travel)
        shift = self._shift(figure, travel)
        last = travel.way[-1]
        points = [figure.at]
        if travel.dense and len(travel.way) == 1:
            return [*points, _moved(self.boxes[last].center, shift)]
        here = (figure.at[0] - shift[0], figure.at[1] - shift[1])
        for before, after in zip(travel.way, travel.way[1:], strict=False):
            end = after == last and before == travel.way[-2]
            points += [_moved(p, shift) for p in self._hop(here, before, after, bool(travel.dense))]
            here = (points[-1][0] - shift[0], points[-1][1] - shift[1])
            inside = self._inside(here, before, after, end, travel)
            points.append(inside)
            here = (inside[0] - shift[0], inside[1] - shift[1])
        return points

    def _shift(self, figure: Figure, travel: acts.Travel) -> Point:
        if not travel.dense:
            return 0.0, 0.0
        index, count = travel.dense
        return (index - (count - 1) / 2) * (figure.size[0] + DENSE_GAP), 0.0

    def _hop(self, here: Point, before: str, after: str, dense: bool) -> list[Point]:
        """The points of the edge between two nodes; none in lanes, where everybody keeps to his own."""
        edge = self.sizes.cast.edge(before, after)
        if edge is None or (edge.lanes and not dense):
            return []
        middle = self.routes[edge.name].middle
        return list(middle if edge.from_ == before else reversed(middle))

    def _inside(self, here: Point, before: str, after: str, end: bool, travel: acts.Travel) -> Point:
        """Where a token stands in, or passes through, a node."""
        box, shift = self.boxes[after], self._no_shift(travel, end)
        if end and travel.slot is not None:
            return self.slots[after][travel.slot]
        edge = self.sizes.cast.edge(before, after)
        x, y = box.center
        if edge is not None and edge.lanes and not travel.dense:
            vertical = self.routes[edge.name].vertical
            x, y = (min(max(here[0], box.left), box.right), y) if vertical else (x, min(max(here[1], box.top), box.bottom))
        return x + shift[0], y + shift[1]

    def _no_shift(self, travel: acts.Travel, end: bool) -> Point:
        if not travel.dense:
            return 0.0, 0.0
        index, count = travel.dense
        return (index - (count - 1) / 2) * (self.sizes.token[0] + DENSE_GAP), 0.0

    def _arc(self, figure: Figure, travel: acts.Travel) -> list[Point]:
        """A bow above for those that go right, below for those that go left: nobody runs through another."""
        start, end = figure.at, self.slots[travel.way[-1]][travel.slot or 0]
        sign = -1 if end[0] >= start[0] else 1
        rise = figure.size[1] * 1.05
        steps = 14
        return [
            (start[0] + (end[0] - start[0]) * i / steps, start[1] + (end[1] - start[1]) * i / steps + sign * rise * (4 * (i / steps) * (1 - i / steps)))
            for i in range(steps + 1)
        ]


def _moved(point: Point, shift: Point) -> Point:
    return point[0] + shift[0], point[1] + shift[1]
