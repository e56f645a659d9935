"""Where things stand in a race, in design units, for any number of panes and any shape of frame."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.stage import Box, Stage

BAR_HEIGHT, BAR_ROW, BAR_GAP = 84.0, 60.0, 26.0
PANE_GAP, PAD_X, PAD_Y = 52.0, 36.0, 34.0
LEAD_LEADING = 56.0
WIDE = 2.3
"""A pane wider than this times its height has its counters beside the cells, not below."""
HEADER, SMALL_ROW, LARGE_ROW, SPARK = 52.0, 52.0, 124.0, 84.0


@dataclass(frozen=True)
class Regions:
    """The clock bar and the panes. `stacked` says that the bar has two rows."""

    bar: Box
    stacked: bool
    panes: tuple[Box, ...]


def regions(stage: Stage, panes: int, bar_width: float, lines_below: int) -> Regions:
    """`bar_width` is what the words of the bar need; `lines_below` the lines of text under the panes."""
    body = stage.body
    stacked = bar_width > body.width
    top = body.top + 8
    bar = Box(body.left, top, body.right, top + BAR_HEIGHT + (BAR_ROW if stacked else 0))
    area = Box(body.left, bar.bottom + BAR_GAP, body.right, body.bottom - 8 - (lines_below - 1) * LEAD_LEADING)
    return Regions(bar, stacked, tuple(_tiled(area, panes)))


def _tiled(area: Box, panes: int) -> list[Box]:
    """Equal boxes: beside each other in a wide frame, below each other in a high one, four as a square."""
    landscape = area.width > area.height
    if panes == 4 and landscape:
        return [box for row in area.rows([1, 1], 24) for box in row.columns([1, 1], PANE_GAP)]
    return area.columns([1] * panes, PANE_GAP) if landscape else area.rows([1] * panes, 28)


@dataclass(frozen=True)
class PaneLayout:
    """Boxes of one pane. `cells` and `spark` belong to the moving picture, the others to words."""

    inner: Box
    wide: bool
    header: Box
    cells: Box
    spark: Box | None
    counters: Box

    @property
    def view(self) -> Box:
        """The box of everything that is footage."""
        return self.cells.joined(self.spark) if self.spark else self.cells


def pane_layout(box: Box, large: bool, small_rows: int, header_rows: int, spark: bool) -> PaneLayout:
    """`large` says whether there are large counters, the others how many rows there are of each."""
    inner = Box(box.left + PAD_X, box.top + PAD_Y, box.right - PAD_X, box.bottom - PAD_Y + 4)
    wide = box.width / box.height > WIDE
    left, right = inner, inner
    if wide:
        left, right = inner.columns([1.25, 1], 48)
    header = Box(left.left, left.top, left.right, left.top + HEADER * header_rows)
    below = 0.0 if wide else (LARGE_ROW if large else 0.0) + SMALL_ROW * small_rows
    counters = right if wide else Box(inner.left, inner.bottom - below, inner.right, inner.bottom)
    bottom = left.bottom if wide else counters.top - (38 if below else 0)
    views = Box(left.left, header.bottom + 24, left.right, bottom)
    line = Box(views.left, views.bottom - SPARK, views.right, views.bottom) if spark else None
    cells = Box(views.left, views.top, views.right, line.top - 22) if line else views
    return PaneLayout(inner, wide, header, cells, line, counters)
