"""Shapes in design units, as Manim mobjects: panels, diamonds, routes with arrowheads, badges."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from manim import DashedVMobject, Polygon, Rectangle, RoundedRectangle, VGroup, VMobject

from explainers.stage.box import Box, Point
from explainers.stage.ink import UNIT

HEAD_LENGTH, HEAD_WIDTH = 17.0, 22.0
"""An arrowhead's length and width in design units."""


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
    corner = max(0.0, min(radius, inner.width / 2, inner.height / 2)) / UNIT
    size = {"width": inner.width / UNIT, "height": inner.height / UNIT}
    shape = RoundedRectangle(corner_radius=corner, **size) if corner > 0 else Rectangle(**size)
    shape.move_to(at(*inner.center))
    parts = VGroup()
    if fill:
        parts.add(shape.copy().set_stroke(width=0).set_fill(fill, opacity=opacity))
    if outline:
        line = shape.copy().set_fill(opacity=0).set_stroke(outline, width=stroke, opacity=opacity)
        if dashed:
            count = max(8, round((inner.width + inner.height) * 2 / 22))
            line = DashedVMobject(line, num_dashes=count, dashed_ratio=0.55)
        parts.add(line)
    return parts


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
        reach = min(radius, _distance(before, corner) / 2, _distance(corner, after) / 2)
        first, second = _towards(corner, before, reach), _towards(corner, after, reach)
        path.add_line_to(at(*first))
        path.add_quadratic_bezier_curve_to(at(*corner), at(*second))
    path.add_line_to(at(*points[-1]))
    return (
        DashedVMobject(path, num_dashes=max(4, round(_length(points) / 18)), dashed_ratio=0.55)
        if dashed
        else path
    )


def arrow(
    points: Sequence[Point], color: str, stroke: float = 3.5, radius: float = 10.0, dashed: bool = False
) -> VGroup:
    """A route that ends in an open arrowhead whose tip is the last point exactly."""
    end, before = points[-1], points[-2]
    # The shaft stops short of the tip, so that the head stays sharp.
    shaft = [*points[:-1], _towards(end, before, min(stroke, _distance(end, before) / 2))]
    dx, dy = (end[0] - before[0]), (end[1] - before[1])
    length = float(np.hypot(dx, dy)) or 1.0
    ux, uy = dx / length, dy / length
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


def _distance(a: Point, b: Point) -> float:
    return float(np.hypot(b[0] - a[0], b[1] - a[1]))


def _towards(start: Point, target: Point, distance: float) -> Point:
    whole = _distance(start, target) or 1.0
    share = distance / whole
    return start[0] + (target[0] - start[0]) * share, start[1] + (target[1] - start[1]) * share


def _length(points: Sequence[Point]) -> float:
    return sum(_distance(a, b) for a, b in itertools.pairwise(points))
