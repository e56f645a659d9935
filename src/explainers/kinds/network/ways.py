"""How edges run: straight along a line, and bent through the channels between lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from explainers.kinds.network.lengths import Lengths
from explainers.kinds.network.measures import CLEAR, COMPACT, Measures
from explainers.stage import Box, Point


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
class Ways:
    """The edges of a network whose `boxes` stand in `body` at a `scale`.

    `spans` are where each line begins and ends across; `channels` how many edges run after each.
    """

    lengths: Lengths
    body: Box
    scale: float
    boxes: Mapping[str, Box]
    spans: Sequence[tuple[float, float]]
    channels: Sequence[int]
    _found: list[Edge] = field(default_factory=list)

    @property
    def measures(self) -> Measures:
        return self.lengths.measures

    @property
    def upright(self) -> bool:
        return self.lengths.upright

    def all(self) -> list[Edge]:
        """Every edge between what stands in lines."""
        between: dict[int, list[tuple[str, str, str]]] = {}
        for target, reads in self.lengths.sizes.reads.items():
            for read in reads:
                source = read.split(".")[0]
                if target not in self.lengths.known or source not in self.lengths.known:
                    continue
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
        return self._found

    def _centre(self, name: str) -> tuple[float, float]:
        x, y = self.boxes[name].center
        return (
            (y - self.body.top, x - self.body.left)
            if self.upright
            else (x - self.body.left, y - self.body.top)
        )

    def _ends(self, name: str) -> tuple[float, float, float, float]:
        """A box as it lies in its line: start and end along, start and end across."""
        box = self.boxes[name]
        xs = (box.left - self.body.left, box.right - self.body.left)
        ys = (box.top - self.body.top, box.bottom - self.body.top)
        if name in ("input", "output") and self.upright:
            ys = (ys[0], ys[1] + self.measures.under * self.scale)
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
        self._found.append(
            Edge(
                source,
                target,
                read if self.lengths.sized(target, read) else "",
                (self._point(start, across), self._point(end, across)),
                words,
                self.upright,
            )
        )

    def _bent(self, channel: int, lane: int, source: str, target: str, read: str) -> None:
        scale = self.scale
        level = self.spans[channel][1] + self.measures.lane * (lane + (0.3 if self.upright else 0.75)) * scale
        leave, arrive = self._centre(source)[0], self._centre(target)[0]
        down = self.lengths.line(source) < self.lengths.line(target)
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
        near = leave + sign * min(abs(arrive - leave) / 2, self.measures.near * scale)
        # Where lanes lie close, the words of the first stand on its free side.
        before = self.measures is COMPACT and lane == 0 and self.channels[channel] > 1
        words = self._point(near, level)
        self._found.append(Edge(source, target, read, points, words, self.upright, before))
