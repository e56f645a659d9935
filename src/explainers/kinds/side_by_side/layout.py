"""Where the clock, the headers and the panes stand, in pixels of the frame. Needs no Manim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explainers.kinds.side_by_side.params import Panes

from explainers.film.layer import Rect
from explainers.footage.conform import Request
from explainers.kinds.base import ShotPlan
from explainers.kinds.capture.layout import cells, room
from explainers.kinds.side_by_side.content import Content, content_of

BAR, BAR_GAP, GAP, HEAD = 84.0, 24.0, 48.0, 82.0
SIDE, FLAT = 0.36, 2.2
"""The clock bar, the room below it, the room between panes, and a pane's header, in design units; in a cell
that is so much wider than high the header stands beside the pane, and takes that share of the width."""


@dataclass(frozen=True)
class Placed:
    """The panes of a shot: their cells, headers and all, and the pixels of their content."""

    contents: tuple[Content, ...]
    bar: Rect | None
    cells: tuple[Rect, ...]
    panes: tuple[Rect, ...]
    scale: float
    beside: bool = False


def placed(shot: ShotPlan) -> Placed:
    """Everything in its place. InvalidInput, naming the file, where a pane can't be shown."""
    params: Panes = shot.params
    contents = tuple(content_of(pane, shot) for pane in params.panes)
    space = room(shot, header=False)
    area, scale = space.area, space.scale
    bar = None
    if params.clock == "shared" and any(one.clock for one in contents):
        bar = area._replace(bottom=area.top + round(BAR * scale))
        area = area._replace(top=bar.bottom + round(BAR_GAP * scale))
    head = round(HEAD * scale)
    gap = round(GAP * scale)
    bare = cells(area, len(contents), gap, 0)
    if (bare[0].right - bare[0].left) / (bare[0].bottom - bare[0].top) > FLAT:
        return _beside(contents, bar, bare, scale)
    boxes = cells(area, len(contents), gap, head)
    panes = [content.fitted(box, scale) for content, box in zip(contents, boxes, strict=True)]
    panes = _lifted(panes, boxes, len(contents))
    whole = tuple(box._replace(top=pane.top - head) for box, pane in zip(boxes, panes, strict=True))
    return Placed(contents, bar, whole, tuple(panes), scale)


def _beside(contents: tuple[Content, ...], bar: Rect | None, bare: Sequence[Rect], scale: float) -> Placed:
    """Headers on the left of their panes: what is seen gets the whole height of a flat cell."""
    panes = []
    for content, cell in zip(contents, bare, strict=True):
        left = cell.left + round((cell.right - cell.left) * SIDE)
        pane = content.fitted(cell._replace(left=left, top=cell.top + round(14 * scale)), scale)
        right = (cell.right - pane.right) & ~1
        panes.append(pane._replace(left=pane.left + right, right=pane.right + right))
    return Placed(contents, bar, tuple(bare), tuple(panes), scale, beside=True)


def _lifted(panes: Sequence[Rect], boxes: Sequence[Rect], count: int) -> list[Rect]:
    """Panes in one row begin at one height, so that their headers are in line."""
    found = []
    for pane, box in zip(panes, boxes, strict=True):
        row = [p for p, b in zip(panes, boxes, strict=True) if b.top == box.top]
        top = min(p.top for p in row)
        high = max(p.bottom - p.top for p in row)
        if top + high > box.bottom:
            top = (box.bottom - high) & ~1
        found.append(Rect(pane.left, top, pane.right, top + pane.bottom - pane.top))
    return found


def requests(shot: ShotPlan) -> tuple[Request, ...]:
    """What build must conform for the shot; nothing while a file is missing."""
    if any(pane.file not in shot.assets for pane in shot.params.panes):
        return ()
    at = placed(shot)
    return tuple(
        one for content, pane in zip(at.contents, at.panes, strict=True) for one in content.requests(pane)
    )
