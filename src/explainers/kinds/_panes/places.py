"""Where panes stand in the frame, worked out without Manim: captures are conformed to their pane's size.

Everything is in pixels of the frame; the margins are those of the stage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.compositor.layer import Rect
from explainers.kinds.base import ShotPlan
from explainers.theme import design_scale

if TYPE_CHECKING:
    from explainers.kinds._panes.content import Content

MARGIN_X, BODY_TOP, BODY_BOTTOM, BODY_TOP_UNTITLED, BODY_BOTTOM_SILENT = 96.0, 168.0, 216.0, 72.0, 110.0
"""Where panes may stand, in design units; without a title they begin higher, without statements end lower."""
SECOND_LINE, LINE_CHARACTERS = 56.0, 60
"""A statement longer than so many characters has a second line, of that height."""
HEADER = 68.0
"""The row over a pane with its label and its speed."""
BAR, BAR_GAP, GAP, HEAD, FOOT = 84.0, 24.0, 48.0, 82.0, 140.0
SIDE, FLAT = 0.36, 2.2
"""Of several panes, in design units: the clock bar, the room below it, the room between panes, a pane's
header and its counters; in a cell that is so much wider than high the header stands beside the pane, in that
share of it."""
SOURCES, TITLE_BAR, LOW_BAR, FULL_FOOT, SEAM, OUTSIDE = 112.0, 150.0, 126.0, 254.0, 24.0, 40.0
"""Where panes fill the frame: the height of the sources at its lower edge, of a window's title bar (with and
without room for the clock), of the counters under it; the room between windows, and what lies outside."""
LETTER, STEP, SOURCE_LETTER, SOURCE_STEP, CHIP = 29.5, 75.5, 11.45, 35.0, 170.0
"""Of a statement in its column and of the sources: the usual width of a letter and the height of a line; and
the width that the sources' chip takes."""


@dataclass(frozen=True)
class Placed:
    """The panes of a shot and the pixels of what they hold. Several have cells, with headers, and a bar.

    `feet` are where the counters of each stand. `windows` reach over the frame's edges, where the shot's
    layout lets the picture fill the frame; what is in them stays within the margins.
    """

    contents: tuple[Content, ...]
    panes: tuple[Rect, ...]
    scale: float
    cells: tuple[Rect, ...] = ()
    bar: Rect | None = None
    beside: bool = False
    feet: tuple[Rect, ...] = ()
    windows: tuple[Rect, ...] = ()


def room(shot: ShotPlan, header: bool) -> tuple[Rect, float]:
    """The shot's body, below a row for labels where `header` says that there is one, and its scale."""
    canvas = shot.canvas
    if shot.pane:
        return Rect(0, round(HEADER * shot.pane * header), canvas.width, canvas.height), shot.pane
    scale = design_scale(canvas.width, canvas.height)
    texts = [shot.statement or "", *(beat.statement or "" for beat in shot.beats)]
    second_line = SECOND_LINE if max(map(len, texts)) > LINE_CHARACTERS else 0.0
    bottom = BODY_BOTTOM + second_line if any(texts) else BODY_BOTTOM_SILENT
    top = (BODY_TOP if shot.title else BODY_TOP_UNTITLED) + (HEADER if header else 0.0)
    left, right, wide, high = MARGIN_X, MARGIN_X, canvas.width / scale, canvas.height / scale
    layout = shot.layout
    if layout.place != "top":
        # As the chrome divides the frame between words and picture.
        top, bottom = BODY_TOP_UNTITLED + (HEADER if header else 0.0), BODY_BOTTOM_SILENT
        column = wide * (layout.share or 0.34) + GAP
        if layout.place == "corner" or (layout.place in ("left", "right") and wide <= high):
            top += 0.2 * high
        elif layout.place in ("left", "right"):
            left, right = left + column * (layout.place == "left"), right + column * (layout.place == "right")
        elif layout.place in ("bleed", "number"):
            bottom = _words(shot, wide, high) if layout.place == "bleed" else 0.4 * high
    edges = (left, top, wide - right, high - bottom)
    return Rect(*(round(edge * scale) for edge in edges)), scale


def _words(shot: ShotPlan, wide: float, high: float) -> float:
    """The height of statements and sources over the frame's lower edge, before they are laid out.

    A statement has four lines at most, and two are kept free for every shot.
    """
    sources = math.ceil(len(shot.footer or "") * SOURCE_LETTER / (wide - 2 * MARGIN_X - CHIP))
    height = SOURCES + max(0, sources - 1) * SOURCE_STEP
    if shot.layout.place == "picture":
        return height
    column = wide - 2 * MARGIN_X if wide <= high else wide * (shot.layout.share or 0.6)
    texts = [shot.statement or "", *(beat.statement or "" for beat in shot.beats)]
    lines = (sum(math.ceil(len(part) * LETTER / column) for part in text.split("\n")) for text in texts)
    return height + STEP * min(4, max(2, *lines))


def grown(rect: Rect, pixels: int) -> Rect:
    """The rectangle with so many pixels more on each side."""
    return Rect(rect.left - pixels, rect.top - pixels, rect.right + pixels, rect.bottom + pixels)


def size_of(rect: Rect) -> tuple[int, int]:
    """Width and height."""
    return rect.right - rect.left, rect.bottom - rect.top


def centered(area: Rect, aspect: float) -> Rect:
    """The largest rectangle of that aspect in `area`, its sides even and on even pixels."""
    width, height = size_of(area)
    if width / height > aspect:
        wide, high = height * aspect, float(height)
    else:
        wide, high = float(width), width / aspect
    return middle(area, max(2, int(wide / 2 + 1e-6) * 2), max(2, int(high / 2 + 1e-6) * 2))


def middle(area: Rect, width: int, height: int) -> Rect:
    """A rectangle of that size in the middle of `area`, on even pixels."""
    left = (area.left + (area.right - area.left - width) // 2) & ~1
    top = (area.top + (area.bottom - area.top - height) // 2) & ~1
    return Rect(left, top, left + width, top + height)


def placed_row(shot: ShotPlan, contents: tuple[Content, ...], shared_clock: bool) -> Placed:
    """Several panes in their places. InvalidInput, naming the file, where a pane can't be shown."""
    area, scale = room(shot, header=False)
    counted = any(content.fields.run for content in contents)
    if shot.layout.place in ("bleed", "picture"):
        return _filling(shot, contents, shared_clock, counted)
    bar = None
    if shared_clock and any(content.clock for content in contents):
        bar = area._replace(bottom=area.top + round(BAR * scale))
        area = area._replace(top=bar.bottom + round(BAR_GAP * scale))
    head, gap = round(HEAD * scale), round(GAP * scale)
    cells = _cells(area, len(contents), gap)
    width, height = size_of(cells[0])
    if width / height > FLAT:
        panes = [_beside(content, cell, scale) for content, cell in zip(contents, cells, strict=True)]
        under = round((HEAD + 62) * scale)
        sides = (cell._replace(top=cell.top + under, right=round(cell.left + width * SIDE)) for cell in cells)
        return Placed(contents, tuple(panes), scale, tuple(cells), bar, True, tuple(sides) if counted else ())
    foot = round(FOOT * scale) if counted else 0
    boxes = [cell._replace(top=cell.top + head, bottom=cell.bottom - foot) for cell in cells]
    panes = [content.fitted(box, scale) for content, box in zip(contents, boxes, strict=True)]
    panes = _lifted(panes, boxes)
    whole = tuple(box._replace(top=pane.top - head) for box, pane in zip(boxes, panes, strict=True))
    feet = tuple(
        box._replace(top=pane.bottom, bottom=box.bottom + foot)
        for box, pane in zip(boxes, panes, strict=True)
    )
    return Placed(contents, tuple(panes), scale, whole, bar, feet=feet if counted else ())


def _filling(shot: ShotPlan, contents: tuple[Content, ...], shared_clock: bool, counted: bool) -> Placed:
    """Windows that reach the frame's edges, with the words below them."""
    canvas, scale = shot.canvas, design_scale(shot.canvas.width, shot.canvas.height)
    low = canvas.width <= canvas.height
    outside, margin = round(OUTSIDE * scale), round(MARGIN_X * scale)
    head = round((LOW_BAR if low else TITLE_BAR) * scale)
    words = _words(shot, canvas.width / scale, canvas.height / scale)
    area = Rect(0, 0, canvas.width, canvas.height - round(words * scale))
    bar = None
    if shared_clock and any(content.clock for content in contents):
        bar = Rect(margin, round(36 * scale), canvas.width - margin, round((36 + BAR) * scale))
        if low:
            # No room for it in a title bar.
            area = area._replace(top=round((36 + BAR + BAR_GAP) * scale))
    cells = _cells(area, len(contents), round(SEAM * scale))
    foot = round(FULL_FOOT * scale) if counted else 0
    windows, inner, panes = [], [], []
    for content, cell in zip(contents, cells, strict=True):
        edges = area.top if bar and area.top else -outside
        window = Rect(
            cell.left - outside * (cell.left == area.left),
            edges if cell.top == area.top else cell.top,
            cell.right + outside * (cell.right >= area.right - 1),
            cell.bottom - foot,
        )
        inside = Rect(
            max(cell.left + margin // 2, margin),
            cell.top,
            min(cell.right - margin // 2, canvas.width - margin),
            cell.bottom,
        )
        pad = content.pad(scale)
        box = Rect(inside.left - pad, inside.top + head - pad, inside.right + pad, window.bottom)
        pane = content.fitted(box, scale)
        windows.append(window)
        inner.append(inside)
        panes.append(pane._replace(left=box.left & ~1, right=(box.left & ~1) + pane.right - pane.left))
    feet = tuple(box._replace(top=window.bottom) for box, window in zip(inner, windows, strict=True))
    return Placed(
        contents, tuple(panes), scale, tuple(inner), bar, feet=feet if counted else (), windows=tuple(windows)
    )


def _cells(area: Rect, count: int, gap: int) -> list[Rect]:
    """`count` equal rectangles: side by side, below each other in a high frame, four as a square."""
    width, height = size_of(area)
    columns = 1 if height > width else (2 if count == 4 else count)
    rows = -(-count // columns)
    wide, high = (width - gap * (columns - 1)) // columns, (height - gap * (rows - 1)) // rows
    found = []
    for row, column in (divmod(index, columns) for index in range(count)):
        left, top = area.left + column * (wide + gap), area.top + row * (high + gap)
        found.append(Rect(left, top, left + wide, top + high))
    return found


def _beside(content: Content, cell: Rect, scale: float) -> Rect:
    """A pane whose header stands on its left: what is seen gets the whole height of a flat cell."""
    left = cell.left + round((cell.right - cell.left) * SIDE)
    pane = content.fitted(cell._replace(left=left, top=cell.top + round(14 * scale)), scale)
    right = (cell.right - pane.right) & ~1
    return pane._replace(left=pane.left + right, right=pane.right + right)


def _lifted(panes: Sequence[Rect], boxes: Sequence[Rect]) -> list[Rect]:
    """Panes in one row begin at one height, so that their headers are in line."""
    found = []
    for pane, box in zip(panes, boxes, strict=True):
        row = [other for other, its in zip(panes, boxes, strict=True) if its.top == box.top]
        top = min(other.top for other in row)
        high = max(other.bottom - other.top for other in row)
        if top + high > box.bottom:
            top = (box.bottom - high) & ~1
        found.append(Rect(pane.left, top, pane.right, top + pane.bottom - pane.top))
    return found
