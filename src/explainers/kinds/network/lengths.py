"""How long and how deep layers and lines are, as if lines ran to the right and lay below each other."""

from __future__ import annotations

import itertools

from explainers.kinds.network.measures import GAP, ROOM, SIZE_TEXT, Measures
from explainers.kinds.network.params import Params
from explainers.kinds.network.sizes import Sizes
from explainers.stage import Stage
from explainers.theme import LABEL


def lines_of(params: Params) -> list[list[str]]:
    """The lines as written, or one line of everything."""
    if params.rows:
        return [list(row) for row in params.rows]
    return [["input", *(layer.id for layer in params.layers), *(["output"] if params.classes else [])]]


class Lengths:
    """The lengths of a network's lines and what stands in them; `aspect` is the pictures' own."""

    def __init__(
        self, stage: Stage, params: Params, sizes: Sizes, aspect: float, measures: Measures, upright: bool
    ):
        self.stage, self.sizes, self.aspect = stage, sizes, aspect
        self.measures, self.upright = measures, upright
        self.layers = {layer.id: layer for layer in params.layers}
        self.lines = lines_of(params)

    def size(self, name: str) -> tuple[float, float]:
        """Length of a layer or picture along the line and across it."""
        wide, tall = self._own(name)
        return (tall, wide) if self.upright else (wide, tall)

    def _own(self, name: str) -> tuple[float, float]:
        if name in ("input", "output"):
            # Upright, the words under a picture take room along the line.
            return self.measures.picture, self.measures.picture / self.aspect + (
                self.margins(name) if self.upright else 0
            )
        layer = self.layers[name]
        words = self.stage.text_width(layer.words, LABEL) + 2 * self.measures.pad
        if layer.parallel:
            widest = (
                max(self.stage.text_width(one.words, LABEL) for one in layer.parallel) + 2 * self.measures.pad
            )
            columns = self.measures.branch_columns
            across = columns * widest + (columns - 1) * self.measures.branch_gap + 2 * self.measures.frame
            lines = -(-len(layer.parallel) // columns)
            branches = lines * self.measures.branch + (lines - 1) * self.measures.branch_gap
            return max(words, across), branches + self.measures.heading + self.measures.frame
        if layer.taps:
            return max(words, 190.0), self.measures.backbone
        return max(words, 118.0), self.measures.box

    def margins(self, name: str) -> float:
        """Heights of the words over and under a picture: the input's size stands over it."""
        return 2 * self.measures.under if name == "input" else self.measures.under

    def reach(self, name: str) -> tuple[float, float]:
        """How far it reaches across the line, over and under its middle: pictures have words below them."""
        half = self.size(name)[1] / 2
        return half, half + (self.measures.under if name in ("input", "output") and not self.upright else 0)

    def gap(self, before: str, after: str) -> float:
        """Between two neighbours: room for the size on the edge between them."""
        read = self._read(before, after)
        if read is None:
            return GAP
        if self.upright:
            return self.measures.along
        return (
            max(GAP, self.stage.text_width(self.sizes.tensors[read].area, SIZE_TEXT, mono=True) + ROOM)
            if self.sized(after, read)
            else GAP
        )

    def sized(self, target: str, read: str) -> bool:
        """Whether the size stands on the edge: pictures have theirs below them."""
        return target != "output" and read != "input"

    def _read(self, before: str, after: str) -> str | None:
        return next((one for one in self.sizes.reads.get(after, ()) if one.split(".")[0] == before), None)

    def length(self, line: list[str]) -> float:
        """Length of a whole line."""
        gaps = sum(self.gap(a, b) for a, b in itertools.pairwise(line))
        return sum(self.size(name)[0] for name in line) + gaps

    def line(self, name: str) -> int:
        """In which line a layer or picture stands."""
        return next(index for index, line in enumerate(self.lines) if name in line)

    def lanes(self) -> list[int]:
        """How many edges run between a line and the next."""
        counts = [0] * max(0, len(self.lines) - 1)
        for target, reads in self.sizes.reads.items():
            for read in reads:
                source = read.split(".")[0]
                if target in self.known and source in self.known and self.line(source) != self.line(target):
                    counts[min(self.line(source), self.line(target))] += 1
        return counts

    @property
    def known(self) -> set[str]:
        """All that stands in a line."""
        return {name for line in self.lines for name in line}
