"""Rectangles in design units: x to the right, y down, the origin at the frame's top left corner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle given by its edges, in design units (pixels of a 1080-line frame)."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def center(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def inset(self, dx: float, dy: float | None = None) -> Box:
        """Smaller by `dx` left and right, and by `dy` (or `dx`) above and below."""
        dy = dx if dy is None else dy
        return Box(self.left + dx, self.top + dy, self.right - dx, self.bottom - dy)

    def shifted(self, dx: float, dy: float) -> Box:
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def joined(self, other: Box) -> Box:
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def side(self, name: str) -> Point:
        """The middle of the `left`, `right`, `top` or `bottom` side, or the `center`."""
        x, y = self.center
        return {
            "left": (self.left, y),
            "right": (self.right, y),
            "top": (x, self.top),
            "bottom": (x, self.bottom),
            "center": (x, y),
        }[name]

    def columns(self, shares: Sequence[float], gap: float = 0.0) -> list[Box]:
        """Side by side boxes of these relative widths with `gap` between them."""
        unit = (self.width - gap * (len(shares) - 1)) / sum(shares)
        boxes, x = [], self.left
        for share in shares:
            boxes.append(Box(x, self.top, x + unit * share, self.bottom))
            x += unit * share + gap
        return boxes

    def rows(self, shares: Sequence[float], gap: float = 0.0) -> list[Box]:
        """Boxes below each other of these relative heights with `gap` between them."""
        unit = (self.height - gap * (len(shares) - 1)) / sum(shares)
        boxes, y = [], self.top
        for share in shares:
            boxes.append(Box(self.left, y, self.right, y + unit * share))
            y += unit * share + gap
        return boxes


def around(x: float, y: float, width: float, height: float) -> Box:
    """The box of that size centred at (x, y)."""
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
