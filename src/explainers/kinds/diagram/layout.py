"""Where nodes and groups lie: rows, columns and grids, nested, in design units.

Two passes: what every place wants, from the inside out, then boxes from the outside in. Room that is
left over goes into the gaps first, up to a limit, and around the whole last; where room is missing
the gaps shrink first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.kinds.diagram.beside import place_beside
from explainers.kinds.diagram.params import Place
from explainers.kinds.diagram.sizes import Size, Sizes
from explainers.kinds.diagram.wants import FRAME_GAP, FRAME_PAD, GAPS, HEADING, Cell, Wants

if TYPE_CHECKING:
    from explainers.stage import Box


@dataclass
class Layout:
    """The boxes of nodes and groups."""

    nodes: dict[str, Box]
    groups: dict[str, tuple[Box, Place]]


def arrange(sizes: Sizes, root: Cell, body: Box) -> Layout:
    """Boxes for all nodes, the whole centred in `body`."""
    return _Arranger(sizes).run(root, body)


def needed(sizes: Sizes, root: Cell) -> tuple[float, float]:
    """Width and height below which the diagram would have to be squeezed."""
    return Wants(sizes).needs(root)


def tree(places: Sequence[str | Place], axis: str, turned: bool = False) -> Cell:
    """The outermost places side by side (`row`) or below each other (`column`).

    Where they are `turned`, their shares were meant for the other direction and don't count.
    """
    return Cell(None, axis, [_cell(one, turned) for one in places])


def _cell(one: str | Place, turned: bool = False) -> Cell:
    if isinstance(one, str):
        return Cell(one)
    axis = "column" if one.column else "grid" if one.grid else "row"
    if one.space is not None:
        axis = ""
    place = one.model_copy(update={"share": None, "space": None}) if turned else one
    return Cell(one.name, axis, [_cell(inner) for inner in one.nodes], place)


class _Arranger(Wants):
    """Gives boxes to cells; `layout` is filled on the way."""

    def __init__(self, sizes: Sizes):
        from explainers.stage import Box

        super().__init__(sizes)
        self.Box = Box
        self.layout = Layout({}, {})

    def run(self, root: Cell, body: Box) -> Layout:
        size = self.wants(root)
        wide = self.wants(root, slack=2)
        shares = any(c.place and (c.place.share or c.place.space) for c in root.cells)
        width = (
            body.width - size.left - size.right
            if shares
            else min(body.width - size.left - size.right, wide.width)
        )
        height = min(body.height - size.top - size.bottom, wide.height)
        left = body.left + size.left + (body.width - width - size.left - size.right) / 2
        top = body.top + size.top + (body.height - height - size.top - size.bottom) / 2
        self.put(root, self.Box(left, top, left + width, top + height))
        place_beside(self, self.layout.nodes)
        return self.layout

    def put(self, cell: Cell, box: Box) -> None:
        """Give a cell its box, and its cells theirs."""
        if not cell.axis:
            if cell.name:
                self.layout.nodes[cell.name] = self._fitted(cell.name, box)
            return
        if cell.framed and cell.place and cell.name:
            self.layout.groups[cell.name] = (box, cell.place)
            if self.lane(cell):
                box = self.Box(
                    box.left + FRAME_PAD + self.heading(cell),
                    box.top + FRAME_PAD,
                    box.right - FRAME_PAD,
                    box.bottom - FRAME_PAD,
                )
            else:
                box = self.Box(
                    box.left + FRAME_PAD,
                    box.top + HEADING + FRAME_PAD / 2,
                    box.right - FRAME_PAD,
                    box.bottom - FRAME_PAD,
                )
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
        size = self.line(cell, inner, 1) if cell.axis != "grid" else Size(0, 0)
        return self.Box(
            box.left + size.left, box.top + size.top, box.right - size.right, box.bottom - size.bottom
        )

    def _put_line(self, cell: Cell, inner: Sequence[Size], box: Box) -> None:
        row = cell.axis == "row"
        length = box.width if row else box.height
        wanted = [self._along(one, size, row, length) for one, size in zip(cell.cells, inner, strict=True)]
        pairs = zip(cell.cells, cell.cells[1:], inner, inner[1:], strict=False)
        rooms = [self.between(one, other, (a, b), row) for one, other, a, b in pairs]
        gaps = self._gaps(cell, length - sum(wanted), rooms)
        total: float = sum(wanted)
        if total > 0 and total + sum(gaps) > length:
            squeeze = max(0.3, (length - sum(gaps)) / total)
            wanted = [one * squeeze for one in wanted]
        at = (box.left if row else box.top) + (length - sum(wanted) - sum(gaps)) / 2
        for index, (one, size) in enumerate(zip(cell.cells, inner, strict=True)):
            end = at + wanted[index]
            self.put(one, self._across(one, size, box, at, end, row))
            at = end + (gaps[index] if index < len(gaps) else 0.0)

    def _along(self, cell: Cell, size: Size, row: bool, length: float) -> float:
        share = (cell.place.share or cell.place.space) if cell.place else None
        if share:
            return share * length
        loose = self.wants(cell, slack=2) if cell.axis else size
        # A place below others takes the room its own gaps would like; a node keeps its size.
        if row:
            return size.width
        return min(loose.height, length) if cell.axis == "column" else size.height

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
        widths, heights = self.tracks(cell, inner)
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
                    self.put(
                        cell.cells[index],
                        self.Box(
                            x + size.left,
                            middle - size.height / 2,
                            x + size.left + wide,
                            middle + size.height / 2,
                        ),
                    )
                x += width + gap_x
            y += height + gap_y

    def _fitted(self, name: str, box: Box) -> Box:
        """A node fills the width of its place, but for words, bars and what has its own width."""
        node = self.sizes.params.nodes[name]
        size = self.sizes.node(name)
        if node.shape not in ("text", "formula", "bar") and node.width is None:
            return box
        width = min(size.width, box.width)
        left = {"start": box.left, "center": box.center[0] - width / 2, "end": box.right - width}[node.align]
        return self.Box(left, box.top, left + width, box.bottom)


def _even(left_over: float, count: int, limits: tuple[float, float, float]) -> float:
    return min(limits[2], max(limits[0], left_over / (count - 1))) if count > 1 else 0.0
