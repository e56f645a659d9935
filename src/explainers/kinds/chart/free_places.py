"""Free places for words in a plot: beside a point, off lines and other words, moved apart where they meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from explainers.kinds.chart.params import Side
from explainers.stage import Box, Point

LINES, WORDS = 14.0, 40.0
"""Boxes along lines are no wider than the first, dots no wider than the second."""
EDGE = 32.0
SIDES: tuple[Side, ...] = ("above", "right", "below", "left")


def box_beside(point: Point, width: float, size: float, side: Side, reach: float) -> Box:
    """The box of words of `width` whose capitals lie `reach` from the point's centre on that side."""
    x, y = point
    cap = size * 0.73
    if side in ("above", "below"):
        top = y - reach - cap if side == "above" else y + reach
        return Box(x - width / 2, top, x + width / 2, top + cap)
    left = x + reach if side == "right" else x - reach - width
    return Box(left, y - cap / 2, left + width, y + cap / 2)


def free_box(
    point: Point, width: float, size: float, side: Side, reach: float, taken: Sequence[Box], bounds: Box
) -> Box:
    """The box on `side`, or, with `auto`, on the one that meets the fewest boxes of `taken`; further away
    where words stand on each side."""
    if side != "auto":
        return box_beside(point, width, size, side, reach)
    tried = [
        (cost(box, taken, bounds) + further, index, box)
        for index, (further, one) in enumerate(itertools.product((0, 6, 12, 18, 24), SIDES))
        for box in [_slid(box_beside(point, width, size, one, reach * (1 + further / 4)), one, bounds)]
    ]
    return min(tried, key=lambda each: each[:2])[2]


def _slid(box: Box, side: Side, bounds: Box) -> Box:
    """A box above or below its point, moved along until it is inside; its end stays at the point."""
    over = max(0.0, bounds.left - box.left) - max(0.0, box.right - bounds.right)
    if side not in ("above", "below") or abs(over) > box.width / 2:
        return box
    return box._replace(left=box.left + over, right=box.right + over)


def cost(box: Box, taken: Iterable[Box], bounds: Box) -> int:
    """What of `taken` a box of words meets, words and dots above all, and whether it leaves `bounds`."""
    outside = max(
        bounds.left - box.left,
        box.right - bounds.right,
        bounds.top - box.top,
        box.bottom - bounds.bottom,
        0.0,
    )
    off_lines, off_words = box.inset(-8, -6), box.inset(-8, -11)
    met = [(off_words if other.width > WORDS else off_lines).meets(other) * _weight(other) for other in taken]
    # A little over the edge is better than across a line, and words over words than beyond the frame.
    return (4 if outside else 0) + (60 if outside > EDGE else 0) + sum(met)


def _weight(taken: Box) -> int:
    """How much it costs to lie on words, on a dot, on a piece of a line."""
    return 40 if taken.width > WORDS else 10 if taken.width > LINES else 2


def along(points: Sequence[Point], step: float = 14.0, thick: float = 6.0) -> list[Box]:
    """Small boxes that cover a line through `points`, to keep words off it."""
    boxes = []
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        count = max(1, round(max(abs(x1 - x0), abs(y1 - y0)) / step))
        for index in range(count + 1):
            x, y = x0 + (x1 - x0) * index / count, y0 + (y1 - y0) * index / count
            boxes.append(Box(x - thick, y - thick, x + thick, y + thick))
    return boxes


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to `wanted`, in their order, `gap` apart, inside `low` to `high`."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = [wanted[index] for index in order]
    for _ in range(60):
        for index in range(len(places) - 1):
            lack = gap - (places[index + 1] - places[index])
            if lack > 0:
                places[index] -= lack / 2
                places[index + 1] += lack / 2
        places = [min(max(place, low), high) for place in places]
    result = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        result[index] = places[rank]
    return result
