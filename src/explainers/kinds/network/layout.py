"""Where layers stand and how edges run: lines of layers, arrows along them, channels between them.

Everything is worked out for lines that run to the right and lie below each other, and turned over its
diagonal for upright frames.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import NamedTuple

from explainers.kinds.network.params import Layer, Params
from explainers.kinds.network.sizes import Sizes
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
    ways = ((WIDE, False), (UPRIGHT, True))
    found = [_Arranged(stage, params, sizes, body, aspect, beside, *way).layout for way in ways]
    best = max(found, key=lambda one: one.scale)
    if best.scale * LABEL < stage.least_label:
        compact = _Arranged(stage, params, sizes, body, aspect, beside, COMPACT, True).layout
        best = max(best, compact, key=lambda one: one.scale)
    return best


def lines_of(params: Params) -> list[list[str]]:
    """The lines as written, or one line of everything."""
    if params.rows:
        return [list(row) for row in params.rows]
    return [["input", *(layer.id for layer in params.layers), *(["output"] if params.classes else [])]]


class _Arranged:
    def __init__(
        self,
        stage: Stage,
        params: Params,
        sizes: Sizes,
        body: Box,
        aspect: float,
        beside: bool,
        measures: Measures,
        upright: bool,
    ):
        self.m = measures
        self.stage, self.params, self.sizes, self.aspect = stage, params, sizes, aspect
        self.layers = {layer.id: layer for layer in params.layers}
        self.upright, self.lines = upright, lines_of(params)
        self.along_room, self.across_room = (
            (body.height, body.width) if upright else (body.width, body.height)
        )
        lengths = [self._length(line) for line in self.lines]
        over, under = (
            [max(self._reach(name)[side] for name in line) for line in self.lines] for side in (0, 1)
        )
        deep = [a + b for a, b in zip(over, under, strict=True)]
        self.lane = measures.lane
        self.channels = self._lanes()
        whole = sum(deep) + sum(self.lane * (lanes + 0.8) for lanes in self.channels)
        scale = min(1.0, self.along_room / max(lengths), self.across_room / whole)
        self.layout = Layout(scale, upright, measures)
        self._place(body, lengths, over, deep, whole, beside)
        self._edges()

    # -- sizes, as if lines ran to the right -----------------------------------------------------

    def _size(self, name: str) -> tuple[float, float]:
        """Length along the line and across it."""
        wide, tall = self._own(name)
        return (tall, wide) if self.upright else (wide, tall)

    def _own(self, name: str) -> tuple[float, float]:
        if name in ("input", "output"):
            # Upright, the words under a picture take room along the line.
            return self.m.picture, self.m.picture / self.aspect + (self._margins(name) if self.upright else 0)
        layer = self.layers[name]
        words = self.stage.text_width(layer.words, LABEL) + 2 * self.m.pad
        if layer.parallel:
            widest = max(self.stage.text_width(one.words, LABEL) for one in layer.parallel) + 2 * self.m.pad
            columns = self.m.branch_columns
            across = columns * widest + (columns - 1) * self.m.branch_gap + 2 * self.m.frame
            lines = -(-len(layer.parallel) // columns)
            branches = lines * self.m.branch + (lines - 1) * self.m.branch_gap
            return max(words, across), branches + self.m.heading + self.m.frame
        if layer.taps:
            return max(words, 190.0), self.m.backbone
        return max(words, 118.0), self.m.box

    def _margins(self, name: str) -> float:
        """Heights of the words over and under a picture: the input's size stands over it."""
        return 2 * self.m.under if name == "input" else self.m.under

    def _reach(self, name: str) -> tuple[float, float]:
        """How far it reaches across the line, over and under its middle: pictures have words below them."""
        half = self._size(name)[1] / 2
        return half, half + (self.m.under if name in ("input", "output") and not self.upright else 0)

    def _gap(self, before: str, after: str) -> float:
        """Between two neighbours: room for the size on the edge between them."""
        read = self._read(before, after)
        if read is None:
            return GAP
        if self.upright:
            return self.m.along
        return (
            max(GAP, self.stage.text_width(self.sizes.tensors[read].area, SIZE_TEXT, mono=True) + ROOM)
            if self._sized(after, read)
            else GAP
        )

    def _sized(self, target: str, read: str) -> bool:
        """Whether the size stands on the edge: pictures have theirs below them."""
        return target != "output" and read != "input"

    def _read(self, before: str, after: str) -> str | None:
        return next((one for one in self.sizes.reads.get(after, ()) if one.split(".")[0] == before), None)

    def _length(self, line: list[str]) -> float:
        gaps = sum(self._gap(a, b) for a, b in itertools.pairwise(line))
        return sum(self._size(name)[0] for name in line) + gaps

    def _line(self, name: str) -> int:
        return next(index for index, line in enumerate(self.lines) if name in line)

    def _lanes(self) -> list[int]:
        """How many edges run between a line and the next."""
        counts = [0] * max(0, len(self.lines) - 1)
        for target, reads in self.sizes.reads.items():
            for read in reads:
                source = read.split(".")[0]
                if (
                    target in self._known
                    and source in self._known
                    and self._line(source) != self._line(target)
                ):
                    counts[min(self._line(source), self._line(target))] += 1
        return counts

    @property
    def _known(self) -> set[str]:
        return {name for line in self.lines for name in line}

    # -- places ------------------------------------------------------------------------------------

    def _place(
        self,
        body: Box,
        lengths: list[float],
        over: list[float],
        deep: list[float],
        whole: float,
        beside: bool,
    ) -> None:
        scale = self.layout.scale
        start_across = (self.across_room - whole * scale) / 2
        self.spans: list[tuple[float, float]] = []
        for index, (line, length) in enumerate(zip(self.lines, lengths, strict=True)):
            along = 0.0 if beside and index == 0 else (self.along_room - length * scale) / 2
            middle = start_across + over[index] * scale
            self.spans.append((start_across, start_across + deep[index] * scale))
            for place, name in enumerate(line):
                long, wide = self._size(name)
                self._put(name, body, along, middle, long * scale, wide * scale)
                along += long * scale
                if place + 1 < len(line):
                    along += self._gap(name, line[place + 1]) * scale
            if index == 0 and beside:
                first, last = self.spans[0]
                self.layout.free = self._turned(body, along + 60 * scale, first, self.along_room, last)
                if self.upright and len(self.lines) > 1:
                    # Little room is left after the line: what is shown stands where the next one comes later.
                    self.layout.free = self._turned(body, 0.0, last + 40, self.along_room, self.across_room)
            if index < len(self.channels):
                start_across += (deep[index] + self.lane * (self.channels[index] + 0.8)) * scale
        self.body = body

    def _turned(self, body: Box, along: float, across: float, to_along: float, to_across: float) -> Box:
        if self.upright:
            return Box(body.left + across, body.top + along, body.left + to_across, body.top + to_along)
        return Box(body.left + along, body.top + across, body.left + to_along, body.top + to_across)

    def _put(self, name: str, body: Box, along: float, middle: float, long: float, wide: float) -> None:
        box = self._turned(body, along, middle - wide / 2, along + long, middle + wide / 2)
        layer: Layer | None = self.layers.get(name)
        scale = self.layout.scale
        if layer is None and self.upright:
            above = (self._margins(name) - self.m.under) * scale
            box = box._replace(top=box.top + above, bottom=box.bottom - self.m.under * scale)
        elif layer is None:
            pass
        elif layer.parallel:
            inner = Box(
                box.left + self.m.frame * scale,
                box.top + self.m.heading * scale,
                box.right - self.m.frame * scale,
                box.bottom - self.m.frame * scale,
            )
            columns, gap = self.m.branch_columns, self.m.branch_gap * scale
            lines = inner.rows([1] * -(-len(layer.parallel) // columns), gap)
            places = [place for line in lines for place in line.columns([1] * columns, gap)]
            for branch, place in zip(layer.parallel, places, strict=False):
                self.layout.boxes[branch.id] = self.stage.snapped(place)
        self.layout.boxes[name] = self.stage.snapped(box)

    # -- edges -------------------------------------------------------------------------------------

    def _edges(self) -> None:
        between: dict[int, list[tuple[str, str, str]]] = {}
        for target, reads in self.sizes.reads.items():
            for read in reads:
                source = read.split(".")[0]
                if target not in self._known or source not in self._known:
                    continue
                here, there = self._line(source), self._line(target)
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
        x, y = self.layout.boxes[name].center
        return (
            (y - self.body.top, x - self.body.left)
            if self.upright
            else (x - self.body.left, y - self.body.top)
        )

    def _ends(self, name: str) -> tuple[float, float, float, float]:
        """A box as it lies in its line: start and end along, start and end across."""
        box = self.layout.boxes[name]
        xs = (box.left - self.body.left, box.right - self.body.left)
        ys = (box.top - self.body.top, box.bottom - self.body.top)
        if name in ("input", "output") and self.upright:
            ys = (ys[0], ys[1] + self.m.under * self.layout.scale)
        return (*ys, *xs) if self.upright else (*xs, *ys)

    def _point(self, along: float, across: float) -> Point:
        return (
            (self.body.left + across, self.body.top + along)
            if self.upright
            else (self.body.left + along, self.body.top + across)
        )

    def _straight(self, source: str, target: str, read: str) -> None:
        start, end = self._ends(source)[1] + CLEAR, self._ends(target)[0] - CLEAR
        across = self._centre(target)[1] if target in ("input", "output") else self._centre(source)[1]
        words = self._point((start + end) / 2, across)
        self.layout.edges.append(
            Edge(
                source,
                target,
                read if self._sized(target, read) else "",
                (self._point(start, across), self._point(end, across)),
                words,
                self.upright,
            )
        )

    def _bent(self, channel: int, lane: int, source: str, target: str, read: str) -> None:
        scale = self.layout.scale
        level = self.spans[channel][1] + self.lane * (lane + (0.3 if self.upright else 0.75)) * scale
        leave, arrive = self._centre(source)[0], self._centre(target)[0]
        down = self._line(source) < self._line(target)
        first = self._ends(source)[3] + CLEAR if down else self._ends(source)[2] - CLEAR
        last = self._ends(target)[2] - CLEAR if down else self._ends(target)[3] + CLEAR
        points = (
            self._point(leave, first),
            self._point(leave, level),
            self._point(arrive, level),
            self._point(arrive, last),
        )
        # The words stand on the long stretch, near where it begins.
        sign = 1 if arrive > leave else -1
        near = leave + sign * min(abs(arrive - leave) / 2, self.m.near * scale)
        # Where lanes lie close, the words of the first stand on its free side.
        before = self.m is COMPACT and lane == 0 and self.channels[channel] > 1
        words = self._point(near, level)
        self.layout.edges.append(Edge(source, target, read, points, words, self.upright, before))
