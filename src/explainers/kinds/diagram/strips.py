"""How large memories, indices and bars are, and where the slots of a strip lie, in design units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from explainers.facts.numbers import written
from explainers.kinds.diagram.params import Node
from explainers.stage import Box, Point
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.kinds.diagram.sizes import Sizes

STRIPS = ("memory", "index")
"""Shapes that are strips of cells: each slot has words over it, and all of them a heading."""
CELL_HEAD, STRIP_HEAD, CELL_PAD = 42.0, 46.0, 14.0
"""Height of the words over a slot in its cell and of a strip's heading, and room beside a slot."""
PAD_X, PAD_Y = 20.0, 11.0
"""Room around the cells of a strip."""
SUM, SUM_GAP, BRACKET = 66.0, 26.0, 34.0
"""Size of the number behind a bar, the gap before it, and the room for a bracket under one."""


def cell_size(sizes: Sizes, name: str) -> tuple[float, float]:
    """Width and height of a cell: a slot with the words over it."""
    node = sizes.params.nodes[name]
    width, height = sizes.token_size(node.small)
    words = max((sizes.stage.text_width(head, LABEL) for head in node.heads), default=0.0)
    return max(width, words) + CELL_PAD, height + CELL_HEAD


def heading_at(node: Node) -> str:
    """Whether a strip's heading stands at its `top` or `bottom`: lines leave an index at the other side."""
    return node.label_at or ("bottom" if node.shape == "index" else "top")


def strip_size(sizes: Sizes, name: str) -> tuple[float, float]:
    """Width and height of a strip with its heading; its cells lie side by side."""
    (columns, lines), (width, height) = sizes.slot_grid(name), cell_size(sizes, name)
    head = STRIP_HEAD if sizes.label(name) else 0.0
    wide = max(columns * width, sizes.text_size(sizes.label(name))[0] if head else 0.0)
    return wide + 2 * PAD_X, lines * height + 2 * PAD_Y + head


def cells(sizes: Sizes, name: str, box: Box) -> list[Box]:
    """The cells of a strip, line by line, evenly spread over its box."""
    (columns, lines), (_, height) = sizes.slot_grid(name), cell_size(sizes, name)
    head = STRIP_HEAD if sizes.label(name) else 0.0
    at_top = heading_at(sizes.params.nodes[name]) == "top"
    inner = box.inset(PAD_X, PAD_Y)
    inner = inner._replace(top=inner.top + head) if at_top else inner._replace(bottom=inner.bottom - head)
    step_x, step_y = inner.width / columns, max(height, inner.height / lines)
    corners = (
        (i % columns * step_x + inner.left, i // columns * step_y + inner.top) for i in range(columns * lines)
    )
    return [Box(x, y, x + step_x, y + step_y) for x, y in corners][: sizes.graph.slots(name)]


def strip_centers(sizes: Sizes, name: str, box: Box) -> list[Point]:
    """The centres of a strip's slots: under the words of their cells."""
    return [(cell.center[0], cell.center[1] + CELL_HEAD / 2 - 3) for cell in cells(sizes, name, box)]


def bar_length(node: Node) -> float:
    """The whole length of a bar with all its pieces."""
    return float(node.length or 0) * float(1 if node.times is None else node.times)


def length_text(node: Node, length: float) -> str:
    """A length of a bar in its format, with its unit."""
    return " ".join([written(length, node.format), *([node.unit] if node.unit else [])])


def sum_below(sizes: Sizes) -> bool:
    """Whether the number of a bar of several pieces stands under it: in an upright frame."""
    return sizes.stage.height > 1.2 * sizes.stage.width


def sum_room(sizes: Sizes, node: Node) -> tuple[float, float]:
    """The room that the number of a bar of several pieces takes at its right, and with the bracket below."""
    if node.shape != "bar" or node.times is None:
        return 0.0, 0.0
    if node.format is None:
        return 0.0, BRACKET
    if sum_below(sizes):
        return 0.0, BRACKET + SUM
    return SUM_GAP + sizes.stage.text_width(
        length_text(node, bar_length(node)), SUM, STRONG, mono=True
    ), BRACKET


def most_unit(sizes: Sizes) -> float:
    """Design units of a bar's length of one at most, so that the numbers behind the bars have room."""
    room = sizes.stage.body.width * (0.8 if sizes.narrow else 0.9)
    sums = [
        (room - sum_room(sizes, node)[0]) / bar_length(node)
        for node in sizes.params.nodes.values()
        if node.shape == "bar" and node.times is not None and bar_length(node)
    ]
    return min(sums, default=math.inf)
