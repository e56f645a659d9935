"""Where layers stand and how edges run: lines of layers, arrows along them, channels between them.

Everything is worked out for lines that run to the right and lie below each other, and turned over its
diagonal for upright frames.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import NamedTuple

from explainers.kinds.network.params import Layer, Params
from explainers.kinds.network.tensors import Sizes
from explainers.stage import Box, Point, Stage
from explainers.theme import LABEL


class Measures(NamedTuple):
    """Lengths in design units at full size; `along` is the gap between layers of an upright line."""

    pad: float = 22.0
    box: float = 84.0
    backbone: float = 250.0
    branch: float = 54.0
    branch_gap: float = 9.0
    branch_columns: int = 1
    heading: float = 50.0
    frame: float = 20.0
    picture: float = 252.0
    """Width of a picture; `under` is the height of the words under one."""
    under: float = 46.0
    lane: float = 46.0
    """Of a channel between lines."""
    along: float = 82.0
    near: float = 150.0
    """From where a way between lines begins to the words on it."""


WIDE = Measures()
UPRIGHT = Measures(backbone=150.0, lane=88.0)
COMPACT = Measures(
    pad=20,
    box=60,
    backbone=60,
    branch=50,
    branch_columns=2,
    heading=44,
    frame=14,
    picture=148,
    under=44,
    lane=70,
    along=48,
    near=60,
)
"""For square frames: lower boxes, the branches two in a row, small pictures."""

GAP, ROOM, CLEAR = 64.0, 38.0, 7.0
"""Between layers, beside a size on an edge, and before a box."""
SIZE_TEXT = 28.0


@dataclass(frozen=True)
class Edge:
    """A way from a layer to another, and where the words on it stand: middle and baseline."""

    source: str
    target: str
    read: str
    points: tuple[Point, ...]
    words: Point
    upright: bool = False
    before: bool = False
    """The words stand left of the way and not right of it."""


@dataclass
class Layout:
    """Boxes of layers, branches and pictures, the edges, and the room left beside the first line."""

    scale: float
    upright: bool
    measures: Measures = WIDE
    boxes: dict[str, Box] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    free: Box | None = None


def layout_of(stage: Stage, params: Params, sizes: Sizes, body: Box, aspect: float, beside: bool) -> Layout:
    """Lines or columns, whichever leaves the type larger; `beside` keeps room after the first line."""

    def arranged(measures: Measures, upright: bool) -> Layout:
        return _Arranged(Lengths(stage, params, sizes, aspect, measures, upright), body, beside).layout

    ways = ((WIDE, False), (UPRIGHT, True))
    found = [arranged(*way) for way in ways]
    best = max(found, key=lambda one: one.scale)
    if best.scale * LABEL < stage.least_label:
        best = max(best, arranged(COMPACT, True), key=lambda one: one.scale)
    return best


class Lengths:
    """The lengths of a network's lines and what stands in them; `aspect` is the pictures' own."""

    def __init__(
        self, stage: Stage, params: Params, sizes: Sizes, aspect: float, measures: Measures, upright: bool
    ):
        self.stage, self.sizes, self.aspect = stage, sizes, aspect
        self.measures, self.upright = measures, upright
        self.layers = {layer.id: layer for layer in params.layers}
        everything = ["input", *self.layers, *(["output"] if params.classes else [])]
        self.lines = [list(row) for row in params.rows] or [everything]
        self.known = set(itertools.chain(*self.lines))

    def size(self, name: str) -> tuple[float, float]:
        """Length of a layer or picture along the line and across it."""
        wide, tall = self._own(name)
        return (tall, wide) if self.upright else (wide, tall)

    def _own(self, name: str) -> tuple[float, float]:
        m = self.measures
        if name in ("input", "output"):
            # Upright, the words under a picture take room along the line.
            return m.picture, m.picture / self.aspect + (self.margins(name) if self.upright else 0)
        layer = self.layers[name]
        words = self.stage.text_width(layer.words, LABEL) + 2 * m.pad
        if layer.parallel:
            widest = max(self.stage.text_width(one.words, LABEL) for one in layer.parallel) + 2 * m.pad
            lines = -(-len(layer.parallel) // m.branch_columns)
            across = m.branch_columns * widest + (m.branch_columns - 1) * m.branch_gap + 2 * m.frame
            branches = lines * m.branch + (lines - 1) * m.branch_gap
            return max(words, across), branches + m.heading + m.frame
        return (max(words, 190.0), m.backbone) if layer.taps else (max(words, 118.0), m.box)

    def margins(self, name: str) -> float:
        """Heights of the words over and under a picture: the input's size stands over it."""
        return 2 * self.measures.under if name == "input" else self.measures.under

    def reach(self, name: str) -> tuple[float, float]:
        """How far it reaches across the line, over and under its middle: pictures have words below them."""
        half = self.size(name)[1] / 2
        return half, half + (self.measures.under if name in ("input", "output") and not self.upright else 0)

    def gap(self, before: str, after: str) -> float:
        """Between two neighbours: room for the size on the edge between them."""
        reads = self.sizes.reads.get(after, ())
        read = next((one for one in reads if one.split(".")[0] == before), None)
        if read is not None and self.upright:
            return self.measures.along
        if read is None or not self.sized(after, read):
            return GAP
        return max(GAP, self.stage.text_width(self.sizes.tensors[read].area, SIZE_TEXT, mono=True) + ROOM)

    def sized(self, target: str, read: str) -> bool:
        """Whether the size stands on the edge: pictures have theirs below them."""
        return target != "output" and read != "input"

    def length(self, line: list[str]) -> float:
        """Length of a whole line."""
        gaps = sum(self.gap(a, b) for a, b in itertools.pairwise(line))
        return sum(self.size(name)[0] for name in line) + gaps

    def line(self, name: str) -> int:
        """In which line a layer or picture stands."""
        return next(index for index, line in enumerate(self.lines) if name in line)

    def edges(self) -> list[tuple[str, str, str]]:
        """Source, target and tensor of every edge between what stands in lines."""
        found = ((read.split(".")[0], to, read) for to, reads in self.sizes.reads.items() for read in reads)
        return [one for one in found if self.known.issuperset(one[:2])]

    def lanes(self) -> list[int]:
        """How many edges run between a line and the next."""
        counts = [0] * max(0, len(self.lines) - 1)
        for source, target, _ in self.edges():
            if (here := self.line(source)) != (there := self.line(target)):
                counts[min(here, there)] += 1
        return counts


class _Arranged:
    """One way to lay a network out, turned over its diagonal where it is upright."""

    def __init__(self, lengths: Lengths, body: Box, beside: bool):
        self.lengths, self.body, self.beside = lengths, body, beside
        room = (body.height, body.width) if lengths.upright else (body.width, body.height)
        self.along_room, self.across_room = room
        lines = lengths.lines
        self.long = [lengths.length(line) for line in lines]
        self.over, under = (
            [max(lengths.reach(name)[side] for name in line) for line in lines] for side in (0, 1)
        )
        self.deep = [a + b for a, b in zip(self.over, under, strict=True)]
        self.lane, self.channels = lengths.measures.lane, lengths.lanes()
        self.whole = sum(self.deep) + sum(self.lane * (lanes + 0.8) for lanes in self.channels)
        scale = min(1.0, self.along_room / max(self.long), self.across_room / self.whole)
        self.spans: list[tuple[float, float]] = []
        self.layout = Layout(scale, lengths.upright, lengths.measures)
        self._place()
        self._edges()

    def _place(self) -> None:
        scale = self.layout.scale
        start_across = (self.across_room - self.whole * scale) / 2
        for index, (line, length) in enumerate(zip(self.lengths.lines, self.long, strict=True)):
            along = 0.0 if self.beside and index == 0 else (self.along_room - length * scale) / 2
            middle = start_across + self.over[index] * scale
            self.spans.append((start_across, start_across + self.deep[index] * scale))
            for place, name in enumerate(line):
                long, wide = self.lengths.size(name)
                self._put(name, along, middle, long * scale, wide * scale)
                along += long * scale
                if place + 1 < len(line):
                    along += self.lengths.gap(name, line[place + 1]) * scale
            if index == 0 and self.beside:
                first, last = self.spans[0]
                self.layout.free = self._turned(along + 60 * scale, first, self.along_room, last)
                if self.lengths.upright and len(self.lengths.lines) > 1:
                    # Little room is left after the line: what is shown stands where the next one comes later.
                    self.layout.free = self._turned(0.0, last + 40, self.along_room, self.across_room)
            if index < len(self.channels):
                start_across += (self.deep[index] + self.lane * (self.channels[index] + 0.8)) * scale

    def _put(self, name: str, along: float, middle: float, long: float, wide: float) -> None:
        box = self._turned(along, middle - wide / 2, along + long, middle + wide / 2)
        layer: Layer | None = self.lengths.layers.get(name)
        scale, m = self.layout.scale, self.lengths.measures
        if layer is None and self.lengths.upright:
            above = (self.lengths.margins(name) - m.under) * scale
            box = box._replace(top=box.top + above, bottom=box.bottom - m.under * scale)
        elif layer is not None and layer.parallel:
            frame, columns, gap = m.frame * scale, m.branch_columns, m.branch_gap * scale
            inner = Box(box.left + frame, box.top + m.heading * scale, box.right - frame, box.bottom - frame)
            lines = inner.rows([1] * -(-len(layer.parallel) // columns), gap)
            places = [place for line in lines for place in line.columns([1] * columns, gap)]
            for branch, place in zip(layer.parallel, places, strict=False):
                self.layout.boxes[branch.id] = self.lengths.stage.snapped(place)
        self.layout.boxes[name] = self.lengths.stage.snapped(box)

    def _turned(self, along: float, across: float, to_along: float, to_across: float) -> Box:
        body = self.body
        if self.lengths.upright:
            return Box(body.left + across, body.top + along, body.left + to_across, body.top + to_along)
        return Box(body.left + along, body.top + across, body.left + to_along, body.top + to_across)

    def _edges(self) -> None:
        """Straight along a line, and bent through the channels between lines."""
        between: dict[int, list[tuple[str, str, str]]] = {}
        for source, target, read in self.lengths.edges():
            here, there = self.lengths.line(source), self.lengths.line(target)
            if here == there:
                self._straight(source, target, read)
            else:
                between.setdefault(min(here, there), []).append((source, target, read))
        for channel, edges in between.items():
            # The source nearest to the lines' start takes the lane nearest to it: ways do not cross.
            edges.sort(key=lambda one: self._centre(one[0])[0])
            for lane, (source, target, read) in enumerate(edges):
                self._bent(channel, lane, source, target, read)

    def _centre(self, name: str) -> tuple[float, float]:
        """The middle of a box, along its line and across."""
        x, y = self.layout.boxes[name].center
        along, across = x - self.body.left, y - self.body.top
        return (across, along) if self.lengths.upright else (along, across)

    def _ends(self, name: str) -> tuple[float, float, float, float]:
        """A box as it lies in its line: start and end along, start and end across."""
        box = self.layout.boxes[name]
        xs = (box.left - self.body.left, box.right - self.body.left)
        ys = (box.top - self.body.top, box.bottom - self.body.top)
        if name in ("input", "output") and self.lengths.upright:
            ys = (ys[0], ys[1] + self.lengths.measures.under * self.layout.scale)
        return (*ys, *xs) if self.lengths.upright else (*xs, *ys)

    def _point(self, along: float, across: float) -> Point:
        if self.lengths.upright:
            along, across = across, along
        return self.body.left + along, self.body.top + across

    def _straight(self, source: str, target: str, read: str) -> None:
        start, end = self._ends(source)[1] + CLEAR, self._ends(target)[0] - CLEAR
        across = self._centre(target)[1] if target in ("input", "output") else self._centre(source)[1]
        words = self._point((start + end) / 2, across)
        points = (self._point(start, across), self._point(end, across))
        shown = read if self.lengths.sized(target, read) else ""
        self.layout.edges.append(Edge(source, target, shown, points, words, self.lengths.upright))

    def _bent(self, channel: int, lane: int, source: str, target: str, read: str) -> None:
        scale = self.layout.scale
        air = 0.3 if self.lengths.upright else 0.75
        level = self.spans[channel][1] + self.lane * (lane + air) * scale
        leave, arrive = self._centre(source)[0], self._centre(target)[0]
        down = self.lengths.line(source) < self.lengths.line(target)
        first = self._ends(source)[3] + CLEAR if down else self._ends(source)[2] - CLEAR
        last = self._ends(target)[2] - CLEAR if down else self._ends(target)[3] + CLEAR
        corners = ((leave, first), (leave, level), (arrive, level), (arrive, last))
        points = tuple(self._point(*one) for one in corners)
        # The words stand on the long stretch, near where it begins.
        sign = 1 if arrive > leave else -1
        near = leave + sign * min(abs(arrive - leave) / 2, self.lengths.measures.near * scale)
        # Where lanes lie close, the words of the first stand on its free side.
        before = self.lengths.measures is COMPACT and lane == 0 and self.channels[channel] > 1
        words = self._point(near, level)
        self.layout.edges.append(Edge(source, target, read, points, words, self.lengths.upright, before))
