"""Where footage stands in the frame, worked out without Manim: build needs the pane's size to conform to it.

Everything is in pixels of the frame; the margins are those of the stage.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainers.film.layer import Rect
from explainers.kinds.base import ShotPlan
from explainers.theme import design_scale

MARGIN_X, BODY_TOP, BODY_BOTTOM, BODY_TOP_UNTITLED = 96.0, 168.0, 216.0, 72.0
"""Where footage may stand, in design units; without a title it begins higher."""
SECOND_LINE, LINE_CHARACTERS = 56.0, 60
"""A statement longer than so many characters has a second line, of that height."""
HEADER = 68.0
"""The row over a pane with its label and its speed."""


@dataclass(frozen=True)
class Room:
    """The room for footage: `scale` is pixels a design unit, `area` is in pixels."""

    scale: float
    area: Rect

    def units(self, pixels: float) -> float:
        return pixels / self.scale


def room(shot: ShotPlan, header: bool) -> Room:
    """The shot's body, below a row for labels where `header` says that there is one."""
    canvas = shot.canvas
    scale = design_scale(canvas.width, canvas.height)
    texts = [shot.statement or "", *(beat.statement or "" for beat in shot.beats)]
    two = max(map(len, texts)) > LINE_CHARACTERS
    bottom = (BODY_BOTTOM + (SECOND_LINE if two else 0.0)) if any(texts) else 110.0
    top = (BODY_TOP if shot.title else BODY_TOP_UNTITLED) + (HEADER if header else 0.0)
    edges = (MARGIN_X, top, canvas.width / scale - MARGIN_X, canvas.height / scale - bottom)
    return Room(scale, Rect(*(round(edge * scale) for edge in edges)))


def centered(area: Rect, aspect: float, top: bool = False) -> Rect:
    """The largest rectangle of that aspect in `area`, its sides even and on even pixels."""
    width, height = area.right - area.left, area.bottom - area.top
    if width / height > aspect:
        wide, high = height * aspect, float(height)
    else:
        wide, high = float(width), width / aspect
    wide, high = max(2, int(wide / 2 + 1e-6) * 2), max(2, int(high / 2 + 1e-6) * 2)
    left = (area.left + (width - wide) // 2) & ~1
    upper = (area.top + (0 if top else (height - high) // 2)) & ~1
    return Rect(int(left), int(upper), int(left + wide), int(upper + high))


def cells(area: Rect, count: int, gap: int, header: int) -> list[Rect]:
    """`count` equal rectangles: side by side, below each other in a high frame, four as a square.

    Each has `header` pixels left free above it.
    """
    width, height = area.right - area.left, area.bottom - area.top
    columns = 1 if height > width else (2 if count == 4 else count)
    rows = -(-count // columns)
    wide = (width - gap * (columns - 1)) // columns
    high = (height - gap * (rows - 1)) // rows
    found = []
    for index in range(count):
        row, column = divmod(index, columns)
        left, top = area.left + column * (wide + gap), area.top + row * (high + gap)
        found.append(Rect(left, top + header, left + wide, top + high))
    return found
