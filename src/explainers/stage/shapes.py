"""Places and shapes in design units: boxes, panels, diamonds, routes with arrowheads, hatching.

x points to the right, y down, and the origin is the frame's top left corner. Shapes are Manim mobjects,
whose coordinates are design units over `UNIT` with y negated, so that a stroke width of 3 is 3 design
pixels.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from manim import DashedVMobject, Polygon, VGroup, VMobject

UNIT = 100.0
"""Design units in one Manim unit."""
HEAD_LENGTH, HEAD_WIDTH = 17.0, 22.0
"""An arrowhead's length and width."""

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
        low = min(self.left, other.left), min(self.top, other.top)
        return Box(*low, max(self.right, other.right), max(self.bottom, other.bottom))

    def meets(self, other: Box) -> bool:
        """Whether both share an area."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

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
        return [
            Box(start, self.top, end, self.bottom)
            for start, end in _split(self.left, self.width, shares, gap)
        ]

    def rows(self, shares: Sequence[float], gap: float = 0.0) -> list[Box]:
        """Boxes below each other of these relative heights with `gap` between them."""
        return [
            Box(self.left, start, self.right, end)
            for start, end in _split(self.top, self.height, shares, gap)
        ]


def _split(start: float, whole: float, shares: Sequence[float], gap: float) -> list[Point]:
    """Stretches of these relative lengths with `gap` between them, each by its start and end."""
    unit, stretches = (whole - gap * (len(shares) - 1)) / sum(shares), []
    for share in shares:
        stretches.append((start, start + unit * share))
        start += unit * share + gap
    return stretches


def around(x: float, y: float, width: float, height: float) -> Box:
    """The box of that size centred at (x, y)."""
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def at(x: float, y: float) -> np.ndarray:
    """A design point as Manim coordinates."""
    return np.array([x / UNIT, -y / UNIT, 0.0])


def panel(
    box: Box,
    outline: str | None = None,
    fill: str | None = None,
    radius: float = 14.0,
    stroke: float = 3.0,
    dashed: bool = False,
    opacity: float = 1.0,
) -> VGroup:
    """A rounded rectangle, its outline inside the box. Colours are `#RRGGBB` or None for none."""
    inner = box.inset(stroke / 2) if outline else box
    corner = max(0.0, min(radius, inner.width / 2, inner.height / 2))
    parts = VGroup()
    if fill:
        parts.add(_rounded(inner, corner).set_stroke(width=0).set_fill(fill, opacity=opacity))
    if outline:
        line = _rounded(inner, corner).set_fill(opacity=0).set_stroke(outline, width=stroke, opacity=opacity)
        if dashed:
            count = max(8, round((inner.width + inner.height) * 2 / 22))
            line = DashedVMobject(line, num_dashes=count, dashed_ratio=0.55)
        parts.add(line)
    return parts


_ROUND = 4 / 3 * (math.sqrt(2) - 1)
"""How far the handles of a cubic curve reach that is nearly a quarter of a circle of radius 1."""


def _rounded(box: Box, corner: float) -> VMobject:
    """The outline of a box, clockwise from its upper left, with quarters of circles for corners: Manim's own
    works out every corner's arc and its angles, which takes most of the time of a panel."""
    (left, top), (right, bottom) = at(*box[:2])[:2], at(*box[2:])[:2]
    r, h = corner / UNIT, corner / UNIT * (1 - _ROUND)
    # Each side with the corner after it: where it begins and ends, the corner's handles, and its end.
    up, down, far, near = top - r, bottom + r, right - r, left + r
    turns = [
        [(near, top), (far, top), (right - h, top), (right, top - h), (right, up)],
        [(right, up), (right, down), (right, bottom + h), (right - h, bottom), (far, bottom)],
        [(far, bottom), (near, bottom), (left + h, bottom), (left, bottom + h), (left, down)],
        [(left, down), (left, up), (left, top - h), (left + h, top), (near, top)],
    ]
    points = np.zeros((32 if r else 16, 3))
    flat = []
    for start, end, *bend in turns:
        (x0, y0), (x1, y1) = start, end
        thirds = [((2 * x0 + x1) / 3, (2 * y0 + y1) / 3), ((x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3)]
        flat += [start, *thirds, end, *([end, *bend] if r else [])]
    points[:, :2] = flat
    return VMobject().set_points(points)


def diamond(box: Box, outline: str, fill: str | None, stroke: float = 3.0) -> VGroup:
    """A diamond whose corners touch the middles of the box's sides."""
    inner = box.inset(stroke, stroke / 2)
    corners = [at(*inner.side(name)) for name in ("left", "top", "right", "bottom")]
    shape = Polygon(*corners).set_stroke(outline, width=stroke)
    return VGroup(shape.set_fill(fill, opacity=1) if fill else shape.set_fill(opacity=0))


def route(
    points: Sequence[Point], color: str, stroke: float = 3.5, radius: float = 10.0, dashed: bool = False
) -> VMobject:
    """A line through `points` with rounded corners, no head."""
    path = VMobject().set_fill(opacity=0).set_stroke(color, width=stroke)
    path.start_new_path(at(*points[0]))
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        first, second = _towards(corner, before, reach), _towards(corner, after, reach)
        path.add_line_to(at(*first))
        path.add_quadratic_bezier_curve_to(at(*corner), at(*second))
    path.add_line_to(at(*points[-1]))
    if not dashed:
        return path
    length = sum(math.dist(a, b) for a, b in itertools.pairwise(points))
    return DashedVMobject(path, num_dashes=max(4, round(length / 18)), dashed_ratio=0.55)


def arrow(
    points: Sequence[Point], color: str, stroke: float = 3.5, radius: float = 10.0, dashed: bool = False
) -> VGroup:
    """A route that ends in an open arrowhead whose tip is the last point exactly."""
    end, before = points[-1], points[-2]
    # The shaft stops short of the tip, so that the head stays sharp.
    shaft = [*points[:-1], _towards(end, before, min(stroke, math.dist(end, before) / 2))]
    length = math.dist(before, end) or 1.0
    ux, uy = (end[0] - before[0]) / length, (end[1] - before[1]) / length
    size = min(1.0, length / (HEAD_LENGTH * 1.15))
    base = end[0] - ux * HEAD_LENGTH * size, end[1] - uy * HEAD_LENGTH * size
    wing = HEAD_WIDTH / 2 * size
    head = VMobject().set_fill(opacity=0).set_stroke(color, width=stroke)
    head.set_points_as_corners(
        [at(base[0] - uy * wing, base[1] + ux * wing), at(*end), at(base[0] + uy * wing, base[1] - ux * wing)]
    )
    return VGroup(route(shaft, color, stroke, radius, dashed), head)


def disc(x: float, y: float, radius: float, fill: str) -> VMobject:
    """A filled circle."""
    box = Box(x - radius, y - radius, x + radius, y + radius)
    return panel(box, fill=fill, radius=radius)


def _towards(start: Point, target: Point, distance: float) -> Point:
    whole = math.dist(start, target) or 1.0
    share = distance / whole
    return start[0] + (target[0] - start[0]) * share, start[1] + (target[1] - start[1]) * share
