"""Where layers stand and how edges run: lines of layers, arrows along them, channels between them.

Everything is worked out for lines that run to the right and lie below each other, and turned over its
diagonal for upright frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from explainers.kinds.network.lengths import Lengths
from explainers.kinds.network.measures import COMPACT, UPRIGHT, WIDE, Measures
from explainers.kinds.network.params import Layer, Params
from explainers.kinds.network.sizes import Sizes
from explainers.kinds.network.ways import Edge, Ways
from explainers.stage import Box, Stage
from explainers.theme import LABEL


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
        ways = Ways(lengths, body, scale, self.layout.boxes, self.spans, self.channels)
        self.layout.edges = ways.all()

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
        elif layer is None:
            pass
        elif layer.parallel:
            inner = Box(
                box.left + m.frame * scale,
                box.top + m.heading * scale,
                box.right - m.frame * scale,
                box.bottom - m.frame * scale,
            )
            columns, gap = m.branch_columns, m.branch_gap * scale
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
