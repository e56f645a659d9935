"""What nodes and places want: their natural sizes, from the inside out, in design units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from explainers.kinds.diagram.params import Params, Place
from explainers.kinds.diagram.sizes import Size, Sizes
from explainers.theme import LABEL, STRONG

GAPS = {"row": (36.0, 66.0, 150.0), "column": (22.0, 46.0, 72.0)}
"""The smallest, the natural and the largest gap between neighbours."""
FRAME_PAD, FRAME_GAP = 30.0, 110.0
HEADING = 74.0
"""Height of a group's heading."""
BESIDE_GAP, NOTE_GAP = 72.0, 28.0
"""Between a node and one placed beside it, with and without an edge between them."""


@dataclass
class Cell:
    """A node, or a place with cells in it, as the layout sees it."""

    name: str | None
    axis: str = ""
    cells: list[Cell] = field(default_factory=list)
    place: Place | None = None

    @property
    def framed(self) -> bool:
        return bool(self.place and self.place.label)


class Wants:
    """Natural sizes of cells; `beside` holds the nodes that stand next to another."""

    def __init__(self, sizes: Sizes):
        self.sizes = sizes
        self.beside: dict[str, list[str]] = {}
        for name, node in sizes.params.nodes.items():
            if node.beside:
                self.beside.setdefault(node.beside, []).append(name)
        self.lane_heading = max(
            (sizes.stage.text_width(label, LABEL, STRONG) for label in _lanes(sizes.params)), default=0.0
        )

    def needs(self, root: Cell) -> tuple[float, float]:
        """The natural size with the smallest gaps, and enough for every share of it."""
        size, row = self.wants(root, slack=0), root.axis == "row"
        width, height = size.whole_width, size.whole_height
        for cell in root.cells:
            share = cell.place.share if cell.place else None
            own = self.wants(cell, slack=0)
            if share and row:
                width = max(width, own.width / share + size.left + size.right)
            elif share:
                height = max(height, own.height / share + size.top + size.bottom)
        return width, height

    def wants(self, cell: Cell, slack: int = 1) -> Size:
        """The size with the smallest (`slack` 0), the natural (1) or the largest gaps (2)."""
        if not cell.axis:
            return self.node(cell.name) if cell.name else Size(0, 0)
        inner = [self.wants(one, slack) for one in cell.cells]
        if not inner:
            return Size(0, 0)
        size = self.grid(cell, inner, slack) if cell.axis == "grid" else self.line(cell, inner, slack)
        if not cell.framed:
            return size
        heading = self.heading(cell)
        pad = 2 * FRAME_PAD
        if self.lane(cell):
            return Size(size.whole_width + pad + heading, size.whole_height + pad)
        return Size(max(size.whole_width, heading) + pad, size.whole_height + pad + HEADING - FRAME_PAD / 2)

    def lane(self, cell: Cell) -> bool:
        return bool(cell.place and cell.place.lane and self.sizes.stage.width > self.sizes.stage.height)

    def heading(self, cell: Cell) -> float:
        """The width of a group's heading; lanes have equal ones, so that their nodes line up."""
        if self.lane(cell):
            return self.lane_heading + 40
        label = cell.place.label if cell.place and cell.place.label else ""
        return self.sizes.stage.text_width(label, LABEL, STRONG)

    def node(self, name: str) -> Size:
        size = self.sizes.node(name)
        room = {"left": size.left, "top": size.top, "right": size.right, "bottom": size.bottom}
        for other in self.beside.get(name, ()):
            side, own = self.sizes.params.nodes[other].side, self.node(other)
            along = own.whole_width if side in ("left", "right") else own.whole_height
            room[side] += along + self.beside_gap(name, other)
        return Size(size.width, size.height, **room)

    def overhang(self, cell: Cell, side: str) -> tuple[float, float] | None:
        """How far what stands at a node's left or right reaches over its top and bottom; None for nothing."""
        if cell.axis or cell.name is None:
            return None
        node, size = self.sizes.params.nodes[cell.name], self.sizes.node(cell.name)
        found = []
        if self.sizes.label_at(cell.name) == side and (label := self.sizes.label(cell.name)):
            height = self.sizes.text_size(label, LABEL)[1] + (LABEL * 1.4 if node.counter else 0)
            found.append(((height - size.height) / 2, (height - size.height) / 2))
        for other in self.beside.get(cell.name, ()):
            if self.sizes.params.nodes[other].side == side:
                own = self.node(other)
                more = (own.height - size.height) / 2
                found.append((more + own.top, more + own.bottom))
        return (max(one for one, _ in found), max(one for _, one in found)) if found else None

    def between(self, one: Cell, other: Cell, sizes: tuple[Size, Size], row: bool) -> float:
        """The room that must be left between two neighbours for what stands beside them."""
        if row:
            room = sizes[0].right + sizes[1].left
            return room + 20 if room else 0.0
        room = sizes[0].bottom + sizes[1].top
        needed = room + 8 if room else 0.0
        for side in ("left", "right"):
            above, below = self.overhang(one, side), self.overhang(other, side)
            if above and below:
                needed = max(needed, above[1] + below[0] + 14)
        return needed

    def beside_gap(self, name: str, other: str) -> float:
        apart = self.sizes.params.nodes[other].apart
        if apart is not None:
            return apart
        return BESIDE_GAP if self.sizes.graph.edge(name, other) else NOTE_GAP

    def line(self, cell: Cell, inner: Sequence[Size], slack: int) -> Size:
        row = cell.axis == "row"
        gap = self.gap(cell, slack)
        pairs = zip(cell.cells, cell.cells[1:], inner, inner[1:], strict=False)
        between = sum(max(gap, self.between(one, other, (a, b), row)) for one, other, a, b in pairs)
        if row:
            width = sum(one.width for one in inner) + between
            height, top, bottom = (
                max(o.height for o in inner),
                max(o.top for o in inner),
                max(o.bottom for o in inner),
            )
            return Size(width, height, inner[0].left, top, inner[-1].right, bottom)
        height = sum(one.height for one in inner) + between
        left, right = max(o.left for o in inner), max(o.right for o in inner)
        return Size(max(o.width for o in inner), height, left, inner[0].top, right, inner[-1].bottom)

    def gap(self, cell: Cell, slack: int) -> float:
        if cell.place and cell.place.gap is not None:
            return cell.place.gap
        axis = "row" if cell.axis == "row" else "column"
        return FRAME_GAP if slack == 2 and cell.framed and axis == "column" else GAPS[axis][slack]

    def grid(self, cell: Cell, inner: Sequence[Size], slack: int) -> Size:
        widths, heights = self.tracks(cell, inner)
        gap_x, gap_y = (GAPS[axis][slack] for axis in ("row", "column"))
        return Size(sum(widths) + gap_x * (len(widths) - 1), sum(heights) + gap_y * (len(heights) - 1))

    def tracks(self, cell: Cell, inner: Sequence[Size]) -> tuple[list[float], list[float]]:
        """The widths of a grid's columns and the heights of its lines."""
        count = min(cell.place.columns if cell.place else 2, len(inner))
        lines = [inner[at : at + count] for at in range(0, len(inner), count)]
        widths = [max(line[i].whole_width for line in lines if i < len(line)) for i in range(count)]
        return widths, [max(one.whole_height for one in line) for line in lines]


def _lanes(params: Params) -> Iterator[str]:
    """The labels of all lanes."""
    waiting: list[str | Place] = [*params.place]
    while waiting:
        place = waiting.pop()
        if isinstance(place, Place):
            waiting += place.nodes
            if place.lane and place.label:
                yield place.label
