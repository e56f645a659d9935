"""A field of equal cells that fills up: two tiles drawn once, and only changed cells painted again.

What a frame costs depends on the cells that changed since the frame before, not on their number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cairo

from explainers.film.layer import Note, Rect, Span, Tile, blank
from explainers.theme import channels

PARTIAL = (0.25, 0.5)
"""Opacity of the cell being filled: at its first request, and how much it gains until its last."""


@dataclass(frozen=True)
class Grid:
    """`count` cells in rows of `columns`, filled row by row from the top left; all in whole pixels.

    Cells are `cell_width` x `cell_height`; the first one's corner is (`left`, `top`) and the last column
    ends at `right` exactly, so gaps may differ by a pixel.
    """

    count: int
    columns: int
    left: int
    top: int
    right: int
    cell_width: int
    cell_height: int
    row_step: int

    @property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    @property
    def box(self) -> Rect:
        bottom = self.top + (self.rows - 1) * self.row_step + self.cell_height
        return Rect(self.left, self.top, self.right, bottom)

    def cell(self, index: int) -> Rect:
        """The pixels of a cell."""
        row, column = divmod(index, self.columns)
        step = (self.right - self.left - self.cell_width) / max(1, self.columns - 1)
        left, top = self.left + round(column * step), self.top + row * self.row_step
        return Rect(left, top, left + self.cell_width, top + self.cell_height)

    def stretch(self, first: int, end: int) -> list[Rect]:
        """Rectangles that cover the cells `first` to `end`, exclusive, and no others."""
        rects: list[Rect] = []
        while first < end:
            row, column = divmod(first, self.columns)
            whole = (end - first) // self.columns if column == 0 else 0
            last = first + whole * self.columns if whole else min(end, (row + 1) * self.columns)
            rects.append(self.cell(first).joined(self.cell(last - 1)))
            if whole:
                # Whole rows reach from the first column to the last one.
                rects[-1] = rects[-1]._replace(left=self.left, right=self.right)
            first = last
        return rects


def fitted(count: int, left: int, top: int, width: int, height: int, gap: float, shape: float = 0.62) -> Grid:
    """The grid of `count` cells in a box of pixels whose cells come nearest to `shape` (width over height).

    Full rows are preferred to a ragged last one.
    """

    def flaw(columns: int) -> float:
        rows = -(-count // columns)
        cell = ((width + gap) / columns - gap, (height + gap) / rows - gap)
        if min(cell) < 1:
            return math.inf
        ragged = 0.5 if rows * columns > count else 0.0
        return abs(math.log(cell[0] / cell[1] / shape)) + ragged

    columns = min(range(1, count + 1), key=flaw)
    rows = -(-count // columns)
    row_step = max(1, int((height + gap) / rows))
    return Grid(
        count=count,
        columns=columns,
        left=left,
        top=top,
        right=left + width,
        cell_width=max(1, int((width + gap) / columns - gap)),
        cell_height=max(1, round(row_step - gap)),
        row_step=row_step,
    )


@dataclass
class CellsLayer:
    """Cells filled by a count: `count_at(t)` of `total` things are done, `per_cell` of them make a cell.

    The state is (full cells, things in the cell being filled, first outlined cell, first crossed cell); a
    last cell for fewer things is full with those. Full cells past those that `rival_at(t)` things would fill
    are outlined. `lost_at(t)` things will never be done: from the last cell backwards, the cells that this
    leaves without any (one at least) are crossed out in the colour `lost`.
    `changes` are the stretches in which a count may change.
    """

    grid: Grid
    total: int
    per_cell: int
    count_at: Callable[[float], int]
    changes: tuple[Span, ...]
    full: str
    empty: str
    rival_at: Callable[[float], int] | None = None
    lost_at: Callable[[float], int] | None = None
    lost: str = "#FF0000"
    outline: str = "#FFFFFF"
    stroke: float = 3.0
    radius: float = 3.0
    z: float = 0.0
    note: Note | None = None

    def state(self, t: float) -> tuple[int, int, int, int]:
        full, rest = self._filled(self.count_at(t))
        marked = min(full, self._filled(self.rival_at(t))[0]) if self.rival_at else full
        return full, rest, marked, self._crossed(self.lost_at(t) if self.lost_at else 0)

    def _crossed(self, lost: int) -> int:
        cells = self.grid.count
        return cells if lost <= 0 else max(0, min(cells - 1, -(-(self.total - lost) // self.per_cell)))

    def _filled(self, count: int) -> tuple[int, int]:
        return (self.grid.count, 0) if count >= self.total else divmod(count, self.per_cell)

    def box(self, state: Any) -> Rect:
        return self.grid.box

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is None or after is None:
            return [self.grid.box]
        rects: list[Rect] = []
        if before[:2] != after[:2]:
            first, last = sorted((before[:2], after[:2]))
            rects += self.grid.stretch(
                first[0], min(self.grid.count, last[0] + (last[1] > 0 or first[0] == last[0]))
            )
        for index in (2, 3):
            if before[index] != after[index]:
                rects += self.grid.stretch(*sorted((before[index], after[index])))
        return rects

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        full, rest, marked, crossed = state
        self._stamp(ctx, self._empty, [self.grid.box])
        self._stamp(ctx, self._full, self.grid.stretch(0, full))
        if rest:
            opacity = PARTIAL[0] + PARTIAL[1] * rest / self.per_cell
            self._stamp(ctx, self._full, [self.grid.cell(full)], opacity)
        self._stamp(ctx, self._marked, self.grid.stretch(marked, full))
        if self.lost_at:
            self._stamp(ctx, self._lost, self.grid.stretch(crossed, self.grid.count))

    def _stamp(self, ctx: cairo.Context, tile: Tile, rects: list[Rect], opacity: float = 1.0) -> None:
        if not rects:
            return
        ctx.save()
        for rect in rects:
            ctx.rectangle(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
        ctx.clip()
        ctx.set_source_surface(tile.surface, tile.x, tile.y)
        ctx.get_source().set_filter(cairo.FILTER_NEAREST)
        ctx.paint_with_alpha(opacity)
        ctx.restore()

    @cached_property
    def _empty(self) -> Tile:
        return field_of(self.grid, self.empty, self.radius)

    @cached_property
    def _full(self) -> Tile:
        return field_of(self.grid, self.full, self.radius)

    @cached_property
    def _marked(self) -> Tile:
        return field_of(self.grid, self.outline, self.radius, self.stroke)

    @cached_property
    def _lost(self) -> Tile:
        return field_of(self.grid, self.lost, self.radius, max(1.0, self.stroke * 0.7), crossed=True)

    def spans(self) -> list[Span]:
        return list(self.changes)


def field_of(
    grid: Grid, color: str, radius: float, stroke: float | None = None, crossed: bool = False
) -> Tile:
    """The whole grid with every cell filled in one colour, or outlined inside its edge by `stroke` pixels.

    `crossed` draws two diagonals in each cell, besides its outline.
    """
    box = grid.box
    tile = blank(box.right - box.left, box.bottom - box.top, box.left, box.top)
    ctx = cairo.Context(tile.surface)
    red, green, blue = channels(color)
    ctx.set_source_rgb(red / 255, green / 255, blue / 255)
    radius = min(radius, grid.cell_width / 2, grid.cell_height / 2)
    inset = (stroke or 0.0) / 2
    for index in range(grid.count):
        left, top, right, bottom = grid.cell(index)
        edges = (
            left - box.left + inset,
            top - box.top + inset,
            right - box.left - inset,
            bottom - box.top - inset,
        )
        _rounded(ctx, *edges, max(0.0, radius - inset))
        if crossed:
            x, y, right_x, bottom_y = edges
            for start, end in (((x, y), (right_x, bottom_y)), ((right_x, y), (x, bottom_y))):
                ctx.move_to(*start)
                ctx.line_to(*end)
    if stroke:
        ctx.set_line_width(stroke)
        ctx.stroke()
    else:
        ctx.fill()
    tile.surface.flush()
    return tile


def _rounded(ctx: cairo.Context, left: float, top: float, right: float, bottom: float, radius: float) -> None:
    quarter = math.pi / 2
    ctx.new_sub_path()
    ctx.arc(right - radius, top + radius, radius, -quarter, 0)
    ctx.arc(right - radius, bottom - radius, radius, 0, quarter)
    ctx.arc(left + radius, bottom - radius, radius, quarter, 2 * quarter)
    ctx.arc(left + radius, top + radius, radius, 2 * quarter, 3 * quarter)
    ctx.close_path()
