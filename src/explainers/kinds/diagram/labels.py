"""Words in and beside nodes, and in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.diagram.looks import Look, colors
from explainers.kinds.diagram.params import Node
from explainers.kinds.diagram.sizes import LABEL_GAP, LINE, SECOND, Sizes
from explainers.theme import LABEL, REGULAR, STRONG

if TYPE_CHECKING:
    from explainers.stage import Box, Stage
    from explainers.stage.ink import Ink


def label_inks(stage: Stage, sizes: Sizes, name: str, box: Box, look: Look) -> list[Ink]:
    """The label of a node, inside or beside it, and its second line."""
    node, text = sizes.params.nodes[name], look.text
    side = sizes.label_at(name)
    if not text and not node.text:
        return []
    outside = side != "center"
    _, _, color = colors(stage.theme, look.role, look.emphasis)
    if outside and look.emphasis != "dim" and look.role != "text":
        color = stage.theme.color(look.role)
    bold = STRONG if look.emphasis == "out" or outside else REGULAR
    x, y, anchor, height = _label_spot(sizes, name, box, side, text)
    room = box.width - (24 if node.shape != "diamond" else box.width * 0.3)
    lines = text.split("\n") if text else []
    inks: list[Ink] = []
    for index, line in enumerate(lines):
        middle = y - height / 2 + (index + 0.5) * LABEL * LINE
        inks.append(
            _line(stage, sizes, line, x, middle, LABEL, bold, color, anchor, None if outside else room)
        )
    if node.text and not outside:
        muted = stage.theme.color("muted")
        inks.append(
            _line(
                stage,
                sizes,
                node.text,
                x,
                y + height / 2 + SECOND * 0.4,
                SECOND,
                REGULAR,
                muted,
                anchor,
                room,
            )
        )
    return inks


def _label_spot(sizes: Sizes, name: str, box: Box, side: str, text: str) -> tuple[float, float, str, float]:
    """Anchor point, alignment and height of a label."""
    node = sizes.params.nodes[name]
    height = (text.count("\n") + 1) * LABEL * LINE if text else 0.0
    x, y = box.center
    if node.counter and side in ("left", "right"):
        y -= LABEL * LINE / 2
    if side == "center":
        return x, y - (SECOND * LINE / 2 if node.text else 0), "center", height
    if side in ("left", "right"):
        edge = box.left - LABEL_GAP if side == "left" else box.right + LABEL_GAP
        return edge, y, "right" if side == "left" else "left", height
    x -= sizes.counter_width(name) / 2
    if text:
        # Words over or under a short node may be wider than it: they stay inside the frame.
        half, safe = sizes.text_size(text)[0] / 2, sizes.stage.safe
        x = min(max(x, safe.left + half), safe.right - half)
    return x, box.top - height / 2 - 12 if side == "top" else box.bottom + height / 2 + 12, "center", height


def _line(
    stage: Stage,
    sizes: Sizes,
    text: str,
    x: float,
    y: float,
    size: float,
    weight: int,
    color: str,
    anchor: str,
    room: float | None,
) -> Ink:
    """A line of a label; one with mathematics is set by Typst. It shrinks to 28 where room is short."""
    if text in sizes.typeset:
        typeset = sizes.typeset[text]
        share = min(1.0, room / typeset.width) if room else 1.0
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[anchor] * typeset.width * share
        return typeset.placed("", left, y, color, share)
    while room and size > 28 and stage.text_width(text, size, weight) > room:
        size -= 1
    return stage.middle_run(text, x, y, stage.style(size, weight, color), anchor)


def word_inks(stage: Stage, sizes: Sizes, node: Node, box: Box, look: Look) -> list[Ink]:
    """The lines of a node that is nothing but text."""
    anchor, x = {
        "start": ("left", box.left),
        "center": ("center", box.center[0]),
        "end": ("right", box.right),
    }[node.align]
    rows = sizes.words(node)
    top = box.center[1] - len(rows) * LABEL * LINE / 2
    color = stage.theme.color(look.role if look.emphasis != "dim" else "muted")
    style = stage.style(LABEL, STRONG if look.emphasis == "out" else REGULAR, color)
    return [
        stage.middle_run(row, x, top + (i + 0.5) * LABEL * LINE, style, anchor) for i, row in enumerate(rows)
    ]


def cell_inks(
    stage: Stage, text: str, x: float, y: float, value: bool, at_right: bool, look: Look
) -> list[Ink]:
    """A cell of a table: words or a value, from the left or to the right."""
    role = "muted" if look.emphasis == "dim" else look.role if value else "text"
    style = stage.style(LABEL, STRONG if value else REGULAR, stage.theme.color(role))
    return [stage.middle_run(text, x, y, style, "right" if at_right else "left")]
