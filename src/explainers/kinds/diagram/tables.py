"""How a table node is laid out: its heading, and a label and a value for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.kinds.diagram.params import Node
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.stage import Stage

ROW_HEIGHT, NARROW_ROW, TABLE_PAD, VALUE_GAP = 68.0, 54.0, 36.0, 48.0
"""Height of a row in a wide frame and in others, room around the rows, and before the values."""
STACKED_ROW, STACKED_PAD, STACKED_LEAST = 44.0, 24.0, 330.0
"""Height of a line, room around them and their least width, where values stand under their labels."""


@dataclass(frozen=True)
class Table:
    """Size in design units, the heading's lines, and where rows stand: middles of lines from the top.

    `rows` holds the middle of a row's label and of its value; `stacked` says that values stand below
    their labels, from the left.
    """

    width: float
    height: float
    heading: tuple[tuple[str, float], ...]
    rows: dict[str, tuple[float, float]]
    pad: float
    stacked: bool


def table_of(stage: Stage, node: Node, stacked: bool) -> Table:
    """The table of a node. Values stand right of the labels, or below them, which takes less width."""
    labels = [stage.text_width(row.label, LABEL) for row in node.rows.values()]
    values = [stage.text_width(row.value, LABEL, STRONG) for row in node.rows.values() if row.value]
    if not stacked:
        heading = [node.text] if node.text else []
        inside = max(labels, default=0.0) + (max(values) + VALUE_GAP if values else 0.0)
        inside = max([inside, *(stage.text_width(line, LABEL, STRONG) for line in heading)])
        step = NARROW_ROW if stage.width <= stage.height else ROW_HEIGHT
        pad, y = TABLE_PAD, TABLE_PAD - 10 + step / 2
    else:
        inside = max([STACKED_LEAST, *labels, *values])
        heading = stage.lines(node.text, inside, LABEL, STRONG) if node.text else []
        inside = max([inside, *(stage.text_width(line, LABEL, STRONG) for line in heading)])
        step, pad, y = STACKED_ROW, STACKED_PAD, STACKED_PAD - 8 + STACKED_ROW / 2
    lines, rows = [], {}
    for line in heading:
        lines.append((line, y))
        y += step
    for part, row in node.rows.items():
        below = step if stacked and row.label and row.value else 0.0
        rows[part] = (y, y + below)
        y += step + below
    return Table(inside + 2 * pad, y - step / 2 + pad - 10, tuple(lines), rows, pad, stacked)
