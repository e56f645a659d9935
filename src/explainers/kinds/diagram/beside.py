"""Nodes that stand next to another instead of in a place of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.diagram.sizes import Size
from explainers.kinds.diagram.wants import Wants

if TYPE_CHECKING:
    from explainers.stage import Box


def place_beside(wants: Wants, boxes: dict[str, Box]) -> None:
    """Adds their boxes to `boxes`; nearest first, so that chains hang together."""
    nodes = wants.sizes.params.nodes
    waiting = [name for name, node in nodes.items() if node.beside]
    taken: dict[tuple[str, str], float] = {}
    while ready := [name for name in waiting if nodes[name].beside in boxes]:
        for name in ready:
            waiting.remove(name)
            anchor, side = str(nodes[name].beside), nodes[name].side
            size = wants.node(name)
            label = getattr(wants.sizes.node(anchor), side)
            # Several on one side stand behind each other, the label of their neighbour before them.
            away = taken.get((anchor, side), label) + wants.beside_gap(anchor, name)
            boxes[name] = _next_to(boxes[anchor], side, away, size)
            along = size.whole_width if side in ("left", "right") else size.whole_height
            taken[anchor, side] = away + along


def _next_to(box: Box, side: str, away: float, size: Size) -> Box:
    """A box of that size whose outermost part begins `away` from a side of another."""
    from explainers.stage import around

    x, y = box.center
    if side == "right":
        x = box.right + away + size.left + size.width / 2
    elif side == "left":
        x = box.left - away - size.right - size.width / 2
    elif side == "bottom":
        y = box.bottom + away + size.top + size.height / 2
    else:
        y = box.top - away - size.bottom - size.height / 2
    return around(x, y, size.width, size.height)
