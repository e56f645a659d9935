"""Where things stand in a race, in design units, for any number of panes and any shape of frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explainers.stage import Box, Stage

BAR_HEIGHT, BAR_ROW, BAR_GAP = 84.0, 48.0, 26.0
PANE_GAP = 52.0
LEAD_LEADING = 56.0
LARGE_ROW, SMALL_ROW, ROW = 124.0, 52.0, 48.0
SPARK = 82.0
PICTURE_GAP = 30.0
WEIGHTS = {"requests": 0.8, "lanes": 1.0, "stream": 1.1, "latency": 1.1}
"""How the room of a pane is shared between its pictures."""

Mode = Literal["columns", "rows", "beside"]
"""Where counters stand: in columns below the cells, in rows where it is narrow, beside where it is flat."""


@dataclass(frozen=True)
class Regions:
    """The clock bar and the panes. `rows_below` is how many rows of words the bar has under the clock."""

    bar: Box
    rows_below: int
    panes: tuple[Box, ...]


def regions(stage: Stage, panes: int, rows_below: int, lines_below: int, lift: float = 0.0) -> Regions:
    """`rows_below` are the rows of words under the clock; `lines_below` the lines of text under the panes.

    `lift` is the room that a footer of several lines takes from them.
    """
    body = stage.body
    top = body.top + 8
    bar = Box(body.left, top, body.right, top + BAR_HEIGHT + BAR_ROW * rows_below)
    area = Box(
        body.left, bar.bottom + BAR_GAP, body.right, body.bottom - 8 - lift - (lines_below - 1) * LEAD_LEADING
    )
    return Regions(bar, rows_below, tuple(stage.snapped(box) for box in _tiled(area, panes)))


def _tiled(area: Box, panes: int) -> list[Box]:
    """Equal boxes: beside each other, below each other in a high frame, four as a square."""
    if area.height > area.width:
        return area.rows([1] * panes, 28)
    if panes == 4:
        return [box for row in area.rows([1, 1], 24) for box in row.columns([1, 1], PANE_GAP)]
    return area.columns([1] * panes, PANE_GAP)


@dataclass(frozen=True)
class PaneLayout:
    """Boxes of one pane. `pictures` (by view) and `spark` hold what moves, the others words."""

    mode: Mode
    header: Box
    header_rows: int
    spark: Box | None
    counters: Box
    pictures: Mapping[str, Box] = field(default_factory=dict)

    @property
    def view(self) -> Box | None:
        """The box of everything that is footage; None where nothing moves but numbers."""
        boxes = [*self.pictures.values(), *([self.spark] if self.spark else [])]
        whole = boxes[0] if boxes else None
        for box in boxes[1:]:
            whole = whole.joined(box) if whole else box
        return whole

    @property
    def header_row(self) -> float:
        return self.header.height / self.header_rows


def inner(box: Box) -> Box:
    """The pane without its padding; a small pane has less."""
    small = box.height < 500
    return Box(
        box.left + 36, box.top + (28 if small else 34), box.right - 36, box.bottom - (22 if small else 30)
    )


def mode_of(box: Box) -> Mode:
    """How the counters of a pane of this shape stand."""
    if box.width / box.height > 2.3:
        return "beside"
    return "columns" if box.width >= 740 else "rows"


def header_width(box: Box) -> float:
    """The room for a pane's name and its count on one row."""
    inside = inner(box)
    return _beside(inside)[0].width if mode_of(box) == "beside" else inside.width


def _beside(inside: Box) -> list[Box]:
    return inside.columns([1.25, 1], 48)


def pane_layout(
    box: Box, large: int, small: int, header_rows: int, spark: bool, pictures: Sequence[str]
) -> PaneLayout:
    """`large` and `small` count the counters of each size; the mark at the end has a row where they do.

    `pictures` are the views that share the rest, in this order from the top.
    """
    inside, mode = inner(box), mode_of(box)
    left, right = _beside(inside) if mode == "beside" else (inside, inside)
    below = {
        "beside": 0.0,
        "rows": ROW * (large + small + 1),
        # Without large counters the mark stands on the row of the small ones.
        "columns": (LARGE_ROW if large else 0.0) + (SMALL_ROW if small or not large else 0.0),
    }[mode]
    counters = right if mode == "beside" else inside._replace(top=inside.bottom - below)
    row = 48.0 if box.height < 500 else 52.0
    header = left._replace(bottom=left.top + row * header_rows)
    bottom = counters.top - (38.0 if mode == "columns" else 22.0) if below else left.bottom
    views = Box(left.left, header.bottom + (24 if row > 50 else 18), left.right, bottom)
    line = views._replace(top=views.bottom - SPARK) if spark else None
    room = views._replace(bottom=line.top - 32) if line else views
    shares = room.rows([WEIGHTS[name] for name in pictures], PICTURE_GAP) if pictures else []
    return PaneLayout(mode, header, header_rows, line, counters, dict(zip(pictures, shares, strict=True)))
