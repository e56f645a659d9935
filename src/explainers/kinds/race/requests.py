"""The view `requests`: a field of equal cells, one for every few requests, that fills as they are done.

Each look of the field is drawn once as a tile, and only changed cells are painted again: what a frame costs
depends on the cells that changed since the frame before, not on their number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, blank
from explainers.errors import RenderFailed
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.lead import Rivals
from explainers.kinds.race.measures import Race, done, round_up
from explainers.kinds.race.view import View
from explainers.runs.summary import lost_at
from explainers.theme import mix

if TYPE_CHECKING:
    from explainers.kinds.race.pane import Pen
    from explainers.runs.model import Run
    from explainers.stage import Box

LEAST_HEIGHT = 24.0
"""Design units the view needs at the least."""
MOST_CELLS = 240
SHAPE = 0.62
"""Width over height of a cell."""
GAP, GAP_SHARE = 4.5, 0.2
"""Room between cells in design units, at most this share of a cell's side."""
EMPTY_SHARE = 0.42
"""How far an empty cell's colour lies from the panel's towards the theme's line colour."""
PARTIAL = (0.25, 0.5)
"""Opacity of the cell being filled: at its first request, and how much it gains until its last."""


class RequestsView(View):
    weight = 0.8

    @classmethod
    def meaning(cls, race: Race) -> str | None:
        requests, unit = race.runs[0].request_count, race.params.unit
        if not requests:
            return None
        size = per_cell(requests)
        return f"one cell = {size:,} {unit}" if size > 1 else f"{requests:,} cells = {requests:,} {unit}"

    @classmethod
    def footnotes(cls, race: Race) -> Sequence[str]:
        meaning = cls.meaning(race)
        if not meaning:
            return ()
        outlined = ", outlined: ahead" if race.params.lead and len(race.runs) > 1 else ""
        return (meaning + outlined + (f", crossed: {race.lost}" if race.lost else ""),)

    @classmethod
    def lacks(cls, race: Race, run: Run) -> str | None:
        if run.request_count:
            return None
        return "this run does not say how many requests it had, so there are no cells to fill"

    def layers(self, pen: Pen, box: Box) -> list[CellsLayer]:
        run, clock, end_s, scale, theme = pen.run, self.clock, pen.end_s, self.stage.scale, self.stage.theme
        if not (total := run.request_count):
            return []
        if box.height < LEAST_HEIGHT:
            raise RenderFailed("the race's views leave its requests no room in this shape; name fewer views")
        size, (left, top, right, bottom) = per_cell(total), pen.pixels(box)
        rival = Rivals.of(self.race).against(run) if self.race.params.lead else None
        # Small cells lie closer together, so that they stay cells and do not become dots.
        gap = min(GAP * scale, GAP_SHARE * math.sqrt(box.width * box.height * size / total) * scale)
        stop_s = max(pen.stop_s, clock.film(rival.end_s) if rival else 0.0)
        layer = CellsLayer(
            grid=fitted(-(-total // size), left, top, right - left, bottom - top, max(1.0, gap)),
            total=total,
            per_cell=size,
            count_at=lambda t: done(run, min(clock.at(t), end_s)),
            rival_at=(lambda t: done(rival, clock.at(t))) if rival else None,
            changes=((START_S, stop_s),),
            lost_at=(lambda t: lost_at(run, min(clock.at(t), end_s))) if run.outcomes.lost else None,
            lost=theme.color("warn"),
            full=pen.color,
            empty=mix(theme.panel, theme.line, EMPTY_SHARE),
            outline=theme.color("text"),
            stroke=max(1.0, 3 * scale),
            radius=4 * scale,
        )
        return [layer]


def per_cell(requests: int) -> int:
    """How many requests make a cell: a round number that leaves cells few enough to be counted."""
    return round(round_up(requests / MOST_CELLS, (1, 2, 5)))


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


def fitted(count: int, left: int, top: int, width: int, height: int, gap: float) -> Grid:
    """The grid of `count` cells in a box of pixels whose cells come nearest to SHAPE.

    Full rows are preferred to a ragged last one.
    """

    def flaw(columns: int) -> float:
        rows = -(-count // columns)
        cell = ((width + gap) / columns - gap, (height + gap) / rows - gap)
        if min(cell) < 1:
            return math.inf
        ragged = 0.5 if rows * columns > count else 0.0
        return abs(math.log(cell[0] / cell[1] / SHAPE)) + ragged

    columns = min(range(1, count + 1), key=flaw)
    row_step = max(1, int((height + gap) / -(-count // columns)))
    cell_width, cell_height = max(1, int((width + gap) / columns - gap)), max(1, round(row_step - gap))
    return Grid(count, columns, left, top, left + width, cell_width, cell_height, row_step)


@dataclass
class CellsLayer(Layer):
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
        outlined = min(full, self._filled(self.rival_at(t))[0]) if self.rival_at else full
        lost, crossed = self.lost_at(t) if self.lost_at else 0, self.grid.count
        if lost > 0:
            crossed = max(0, min(crossed - 1, -(-(self.total - lost) // self.per_cell)))
        return full, rest, outlined, crossed

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
            end = last[0] + (last[1] > 0 or first[0] == last[0])
            rects += self.grid.stretch(first[0], min(self.grid.count, end))
        for index in (2, 3):
            if before[index] != after[index]:
                rects += self.grid.stretch(*sorted((before[index], after[index])))
        return rects

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        grid, (full, rest, outlined, crossed) = self.grid, state
        _stamp(ctx, self._tiles["empty"], [grid.box])
        _stamp(ctx, self._tiles["full"], grid.stretch(0, full))
        if rest:
            opacity = PARTIAL[0] + PARTIAL[1] * rest / self.per_cell
            _stamp(ctx, self._tiles["full"], [grid.cell(full)], opacity)
        _stamp(ctx, self._tiles["outlined"], grid.stretch(outlined, full))
        _stamp(ctx, self._tiles["crossed"], grid.stretch(crossed, grid.count))

    @cached_property
    def _tiles(self) -> dict[str, Tile]:
        crossing = max(1.0, self.stroke * 0.7)
        return {
            "empty": _tile(self.grid, self.empty, self.radius),
            "full": _tile(self.grid, self.full, self.radius),
            "outlined": _tile(self.grid, self.outline, self.radius, self.stroke),
            "crossed": _tile(self.grid, self.lost, self.radius, crossing, crossed=True),
        }

    def spans(self) -> list[Span]:
        return list(self.changes)


def _stamp(ctx: cairo.Context, tile: Tile, rects: Sequence[Rect], opacity: float = 1.0) -> None:
    """Paint those parts of the tile that lie in `rects`."""
    if not rects:
        return
    ctx.save()
    for left, top, right, bottom in rects:
        ctx.rectangle(left, top, right - left, bottom - top)
    ctx.clip()
    ctx.set_source_surface(tile.surface, tile.x, tile.y)
    ctx.get_source().set_filter(cairo.FILTER_NEAREST)
    ctx.paint_with_alpha(opacity)
    ctx.restore()


def _tile(grid: Grid, color: str, radius: float, stroke: float = 0.0, crossed: bool = False) -> Tile:
    """The whole grid with every cell filled in one colour, or outlined inside its edge by `stroke` pixels.

    `crossed` draws two diagonals in each cell, besides its outline.
    """
    from explainers.stage import Box, material

    box = grid.box
    tile = blank(box.right - box.left, box.bottom - box.top, box.left, box.top)
    ctx = cairo.Context(tile.surface)
    material.use(ctx, color)
    inset = stroke / 2
    radius = max(0.0, min(radius, grid.cell_width / 2, grid.cell_height / 2) - inset)
    for index in range(grid.count):
        cell = grid.cell(index)
        left, top = cell.left - box.left + inset, cell.top - box.top + inset
        right, bottom = cell.right - box.left - inset, cell.bottom - box.top - inset
        material.add_rounded(ctx, Box(left, top, right, bottom), radius)
        if crossed:
            for start, end in (((left, top), (right, bottom)), ((right, top), (left, bottom))):
                ctx.move_to(*start)
                ctx.line_to(*end)
    if stroke:
        ctx.set_line_width(stroke)
        ctx.stroke()
    else:
        ctx.fill()
    tile.surface.flush()
    return tile
