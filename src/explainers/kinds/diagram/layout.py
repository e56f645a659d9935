"""Where nodes and groups lie: rows, columns and grids, nested, in design units.

Two passes: what every place wants, from the inside out, then boxes from the outside in. Room that is
left over goes into the gaps first, up to a limit, and around the whole last; where room is missing
the gaps shrink first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainers.kinds.diagram.model import Place
from explainers.kinds.diagram.sizes import LABEL_GAP, Size, Sizes
from explainers.theme import LABEL

if TYPE_CHECKING:
    from explainers.stage import Box

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


@dataclass
class Layout:
    """The boxes of nodes and groups."""

    nodes: dict[str, Box]
    groups: dict[str, tuple[Box, Place]]


def arrange(sizes: Sizes, places: Sequence[str | Place], upright: bool, body: Box) -> Layout:
    """Boxes for all nodes, the whole centred in `body`. `upright` turns the outermost places downwards."""
    root = Cell(None, "column" if upright else "row", [_cell(one) for one in places])
    return _Arranger(sizes).run(root, body)


def _cell(one: str | Place) -> Cell:
    if isinstance(one, str):
        return Cell(one)
    axis = "column" if one.column else "grid" if one.grid else "row"
    if one.space is not None:
        axis = ""
    return Cell(one.name, axis, [_cell(inner) for inner in one.nodes], one)


class _Arranger:
    def __init__(self, sizes: Sizes):
        from explainers.stage import Box

        self.Box = Box
        self.sizes = sizes
        self.layout = Layout({}, {})
        self.beside: dict[str, list[str]] = {}
        for name, node in sizes.params.nodes.items():
            if node.beside:
                self.beside.setdefault(node.beside, []).append(name)

    def run(self, root: Cell, body: Box) -> Layout:
        size = self.wants(root)
        wide = self.wants(root, loose=True)
        shares = any(c.place and (c.place.share or c.place.space) for c in root.cells)
        width = body.width - size.left - size.right if shares else min(body.width - size.left - size.right, wide.width)
        height = min(body.height - size.top - size.bottom, wide.height)
        left = body.left + size.left + (body.width - width - size.left - size.right) / 2
        top = body.top + size.top + (body.height - height - size.top - size.bottom) / 2
        self.put(root, self.Box(left, top, left + width, top + height))
        self._put_beside()
        return self.layout

    # -- what places want ----------------------------------------------------------------------

    def wants(self, cell: Cell, loose: bool = False) -> Size:
        """The natural size; `loose` with the largest gaps."""
        if not cell.axis:
            return self._node(cell.name) if cell.name else Size(0, 0)
        inner = [self.wants(one, loose) for one in cell.cells]
        if not inner:
            return Size(0, 0)
        size = self._grid(cell, inner, loose) if cell.axis == "grid" else self._line(cell, inner, loose)
        if not cell.framed:
            return size
        heading = self._heading(cell)
        pad = 2 * FRAME_PAD
        if self._lane(cell):
            return Size(size.whole_width + pad + heading, size.whole_height + pad)
        return Size(max(size.whole_width, heading) + pad, size.whole_height + pad + HEADING - FRAME_PAD / 2)

    def _lane(self, cell: Cell) -> bool:
        return bool(cell.place and cell.place.lane and self.sizes.stage.width > self.sizes.stage.height)

    def _heading(self, cell: Cell) -> float:
        label = cell.place.label if cell.place and cell.place.label else ""
        return self.sizes.stage.text_width(label, LABEL) + (40 if self._lane(cell) else 0)

    def _node(self, name: str) -> Size:
        size = self.sizes.node(name)
        room = {"left": size.left, "top": size.top, "right": size.right, "bottom": size.bottom}
        for other in self.beside.get(name, ()):
            side, own = self.sizes.params.nodes[other].side, self._node(other)
            along = own.whole_width if side in ("left", "right") else own.whole_height
            room[side] += along + self._beside_gap(name, other)
        return Size(size.width, size.height, **room)

    def _overhang(self, cell: Cell, side: str) -> tuple[float, float] | None:
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
                own = self._node(other)
                more = (own.height - size.height) / 2
                found.append((more + own.top, more + own.bottom))
        return (max(one for one, _ in found), max(one for _, one in found)) if found else None

    def _between(self, one: Cell, other: Cell, sizes: tuple[Size, Size], row: bool) -> float:
        """The room that must be left between two neighbours for what stands beside them."""
        if row:
            room = sizes[0].right + sizes[1].left
            return room + 20 if room else 0.0
        room = sizes[0].bottom + sizes[1].top
        needed = room + 8 if room else 0.0
        for side in ("left", "right"):
            above, below = self._overhang(one, side), self._overhang(other, side)
            if above and below:
                needed = max(needed, above[1] + below[0] + 14)
        return needed

    def _beside_gap(self, name: str, other: str) -> float:
        apart = self.sizes.params.nodes[other].apart
        if apart is not None:
            return apart
        return BESIDE_GAP if self.sizes.cast.edge(name, other) else NOTE_GAP

    def _line(self, cell: Cell, inner: Sequence[Size], loose: bool) -> Size:
        row = cell.axis == "row"
        gap = self._gap(cell, loose)
        pairs = zip(cell.cells, cell.cells[1:], inner, inner[1:], strict=False)
        between = sum(max(gap, self._between(one, other, (a, b), row)) for one, other, a, b in pairs)
        if row:
            width = sum(one.width for one in inner) + between
            height, top, bottom = max(o.height for o in inner), max(o.top for o in inner), max(o.bottom for o in inner)
            return Size(width, height, inner[0].left, top, inner[-1].right, bottom)
        height = sum(one.height for one in inner) + between
        left, right = max(o.left for o in inner), max(o.right for o in inner)
        return Size(max(o.width for o in inner), height, left, inner[0].top, right, inner[-1].bottom)

    def _gap(self, cell: Cell, loose: bool) -> float:
        if cell.place and cell.place.gap is not None:
            return cell.place.gap
        axis = "row" if cell.axis == "row" else "column"
        return (FRAME_GAP if cell.framed and axis == "column" else GAPS[axis][2]) if loose else GAPS[axis][1]

    def _grid(self, cell: Cell, inner: Sequence[Size], loose: bool) -> Size:
        widths, heights = self._tracks(cell, inner)
        gap_x, gap_y = (GAPS[axis][2 if loose else 1] for axis in ("row", "column"))
        return Size(sum(widths) + gap_x * (len(widths) - 1), sum(heights) + gap_y * (len(heights) - 1))

    def _tracks(self, cell: Cell, inner: Sequence[Size]) -> tuple[list[float], list[float]]:
        """The widths of a grid's columns and the heights of its lines."""
        count = min(cell.place.columns if cell.place else 2, len(inner))
        lines = [inner[at : at + count] for at in range(0, len(inner), count)]
        widths = [max(line[i].whole_width for line in lines if i < len(line)) for i in range(count)]
        return widths, [max(one.whole_height for one in line) for line in lines]

    # -- boxes ---------------------------------------------------------------------------------

    def put(self, cell: Cell, box: Box) -> None:
        """Give a cell its box, and its cells theirs."""
        if not cell.axis:
            if cell.name:
                self.layout.nodes[cell.name] = self._fitted(cell.name, box)
            return
        if cell.framed and cell.place and cell.name:
            self.layout.groups[cell.name] = (box, cell.place)
            if self._lane(cell):
                box = self.Box(box.left + FRAME_PAD + self._heading(cell), box.top + FRAME_PAD, box.right - FRAME_PAD, box.bottom - FRAME_PAD)
            else:
                box = self.Box(box.left + FRAME_PAD, box.top + HEADING + FRAME_PAD / 2, box.right - FRAME_PAD, box.bottom - FRAME_PAD)
            box = self._without_margins(cell, box)
        if not cell.cells:
            return
        inner = [self.wants(one) for one in cell.cells]
        if cell.axis == "grid":
            self._put_grid(cell, inner, box)
        else:
            self._put_line(cell, inner, box)

    def _without_margins(self, cell: Cell, box: Box) -> Box:
        inner = [self.wants(one) for one in cell.cells]
        size = self._line(cell, inner, False) if cell.axis != "grid" else Size(0, 0)
        return self.Box(box.left + size.left, box.top + size.top, box.right - size.right, box.bottom - size.bottom)

    def _put_line(self, cell: Cell, inner: Sequence[Size], box: Box) -> None:
        row = cell.axis == "row"
        length = box.width if row else box.height
        wanted = [self._along(one, size, row, length) for one, size in zip(cell.cells, inner, strict=True)]
        pairs = zip(cell.cells, cell.cells[1:], inner, inner[1:], strict=False)
        rooms = [self._between(one, other, (a, b), row) for one, other, a, b in pairs]
        gaps = self._gaps(cell, length - sum(wanted), rooms)
        if sum(wanted) + sum(gaps) > length and sum(wanted):
            share = max(0.3, (length - sum(gaps)) / sum(wanted))
            wanted = [one * share for one in wanted]
        at = (box.left if row else box.top) + (length - sum(wanted) - sum(gaps)) / 2
        for index, (one, size) in enumerate(zip(cell.cells, inner, strict=True)):
            end = at + wanted[index]
            self.put(one, self._across(one, size, box, at, end, row))
            at = end + (gaps[index] if index < len(gaps) else 0.0)

    def _along(self, cell: Cell, size: Size, row: bool, length: float) -> float:
        share = cell.place and (cell.place.share or cell.place.space)
        if share:
            return share * length
        loose = self.wants(cell, loose=True) if cell.axis else size
        # A place below others takes the room its own gaps would like; a node keeps its size.
        return size.width if row else min(loose.height, length) if cell.axis == "column" else size.height

    def _gaps(self, cell: Cell, left_over: float, rooms: Sequence[float]) -> list[float]:
        if cell.place and cell.place.gap is not None:
            return [max(cell.place.gap, room) for room in rooms]
        if not rooms:
            return []
        axis = "row" if cell.axis == "row" else "column"
        smallest = GAPS[axis][0]
        largest = FRAME_GAP if cell.framed and axis == "column" else GAPS[axis][2]
        if any(one.place and (one.place.share or one.place.space) for one in cell.cells):
            # Who gives shares means the whole length: nothing is left over around it.
            largest = max(largest, left_over)
        # Equal gaps look calm; a gap that must hold something may be wider than the others.
        gap = min(largest, max(smallest, left_over / len(rooms)))
        for _ in range(4):
            wide = [room for room in rooms if room > gap]
            narrow = len(rooms) - len(wide)
            if not wide or not narrow:
                break
            gap = min(largest, max(smallest, (left_over - sum(wide)) / narrow))
        return [max(gap, room) for room in rooms]

    def _across(self, cell: Cell, size: Size, box: Box, start: float, end: float, row: bool) -> Box:
        if row:
            height = box.height if cell.axis in ("column", "grid") else min(size.height, box.height)
            middle = (box.top + box.bottom) / 2
            return self.Box(start, middle - height / 2, end, middle + height / 2)
        return self.Box(box.left, start, box.right, end)

    def _put_grid(self, cell: Cell, inner: Sequence[Size], box: Box) -> None:
        widths, heights = self._tracks(cell, inner)
        gap_x = _even(box.width - sum(widths), len(widths), GAPS["row"])
        gap_y = _even(box.height - sum(heights), len(heights), GAPS["column"])
        left = box.left + (box.width - sum(widths) - gap_x * (len(widths) - 1)) / 2
        y = box.top + (box.height - sum(heights) - gap_y * (len(heights) - 1)) / 2
        for line, height in enumerate(heights):
            x = left
            for column, width in enumerate(widths):
                index = line * len(widths) + column
                if index < len(inner):
                    size = inner[index]
                    middle = y + height / 2
                    wide = width - size.left - size.right
                    self.put(cell.cells[index], self.Box(x + size.left, middle - size.height / 2, x + size.left + wide, middle + size.height / 2))
                x += width + gap_x
            y += height + gap_y

    def _fitted(self, name: str, box: Box) -> Box:
        """A node fills the width of its place, but for words, tables, bars and what has a width of its own."""
        node = self.sizes.params.nodes[name]
        size = self.sizes.node(name)
        if node.shape not in ("text", "formula", "bar", "table") and node.width is None:
            return box
        width = min(size.width, box.width)
        left = {"start": box.left, "center": box.center[0] - width / 2, "end": box.right - width}[node.align]
        return self.Box(left, box.top, left + width, box.bottom)

    def _put_beside(self) -> None:
        """Nodes beside others, nearest first, so that chains hang together."""
        waiting = [name for name, node in self.sizes.params.nodes.items() if node.beside]
        outward: dict[tuple[str, str], float] = {}
        while waiting:
            ready = [name for name in waiting if self.sizes.params.nodes[name].beside in self.layout.nodes]
            if not ready:
                break
            for name in ready:
                waiting.remove(name)
                node = self.sizes.params.nodes[name]
                self._put_one_beside(name, str(node.beside), node.side, outward)

    def _put_one_beside(self, name: str, anchor: str, side: str, outward: dict[tuple[str, str], float]) -> None:
        box, size = self.layout.nodes[anchor], self._node(name)
        x, y = box.center
        label = getattr(self.sizes.node(anchor), side)
        near = outward.get((anchor, side), label) + self._beside_gap(anchor, name)
        if side in ("left", "right"):
            start = box.right + near + size.left if side == "right" else box.left - near - size.right - size.width
            placed = self.Box(start, y - size.height / 2, start + size.width, y + size.height / 2)
            outward[anchor, side] = near + size.whole_width
        else:
            start = box.bottom + near + size.top if side == "bottom" else box.top - near - size.bottom - size.height
            placed = self.Box(x - size.width / 2, start, x + size.width / 2, start + size.height)
            outward[anchor, side] = near + size.whole_height
        self.layout.nodes[name] = placed


def _even(left_over: float, count: int, limits: tuple[float, float, float]) -> float:
    return min(limits[2], max(limits[0], left_over / (count - 1))) if count > 1 else 0.0


__all__ = ["LABEL_GAP", "Layout", "arrange"]
