"""Where the slots of a node lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.diagram.sizes import Sizes

if TYPE_CHECKING:
    from explainers.stage import Box, Point


def slot_centers(sizes: Sizes, name: str, box: Box) -> list[Point]:
    """The centres of a node's slots, evenly spread over its box, line by line."""
    node, count = sizes.params.nodes[name], sizes.graph.slots(name)
    if not count:
        return []
    columns = min(node.columns or count, count)
    lines = -(-count // columns)
    width, height = sizes.token_size(node.small)
    pad_x, pad_y = sizes.pads(name)
    gap = sizes.slot_gap(node)
    # Slots keep the same distance to each other and half of it to the frame, so that lanes line up.
    step_x = max(width + gap, (box.width - 2 * pad_x + gap) / columns)
    step_y = max(height + gap, (box.height - 2 * pad_y + gap) / lines) if lines > 1 else 0.0
    x, y = box.center
    return [
        (x + (i % columns - (columns - 1) / 2) * step_x, y + (i // columns - (lines - 1) / 2) * step_y)
        for i in range(count)
    ]
