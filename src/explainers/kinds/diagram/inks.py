"""How nodes, tables, tokens, groups and edges look: plain, outlined and dimmed."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.kinds.diagram.params import Edge, Node, Place
from explainers.kinds.diagram.plates import DARK, NEUTRAL, dock_inks, gates_inks, head_inks, lane_ink, slate
from explainers.kinds.diagram.routing import Route
from explainers.kinds.diagram.schedule import Emphasis, Look
from explainers.kinds.diagram.sizes import LINE, NUMBER, NUMBER_ROOM, SECOND, Sizes
from explainers.kinds.diagram.wiring import Words
from explainers.stage import Box, Point, Stage, material, shapes
from explainers.stage.ink import Ink
from explainers.theme import LABEL, REGULAR, STRONG, Theme, mix


def colors(theme: Theme, look: Look, share: float = 0.2) -> tuple[str, str, str]:
    """Outline, fill and text of a shape. Neutral shapes are outlined in the theme's line colour."""
    neutral, color, words = look.role in NEUTRAL, theme.color(look.role), theme.color("text")
    outline = theme.line if neutral else color
    fill = theme.fill("text") if neutral else theme.fill(look.role, share)
    if look.emphasis == "dim":
        # Fills and lines step back; words are read as well as before.
        quiet = theme.line if neutral else mix(theme.background, color, 0.5)
        return quiet, mix(theme.background, fill, 0.55), words
    if look.emphasis == "out":
        return words, mix(fill, outline, share * 0.6), words
    if look.emphasis == "lit":
        return outline, mix(fill, outline, share * 0.4), words
    return outline, fill, theme.color("muted") if look.role == "muted" else words


def _stroke(emphasis: Emphasis, outlined: float = 5.0) -> float:
    return outlined if emphasis in ("out", "lit") else 3.0


# -- nodes ---------------------------------------------------------------------------------------


def shape_inks(
    stage: Stage, node: Node, box: Box, slots: Sequence[Box], docked: bool, look: Look
) -> list[Ink]:
    """The frame of a node with its empty slots; nothing for bare ones and words.

    What is `docked` lies on a panel of slate, and is slate itself, a little lighter.
    """
    if node.shape in ("text", "formula") or node.bare:
        return []
    if node.shape == "gates":
        return gates_inks(stage, box, look)
    # A tray is quiet, so that the tokens in it stand out.
    theme, tray = stage.theme, node.shape == "tray"
    outline, fill, _ = colors(theme, look, 0.13 if tray else 0.2)
    if node.shape == "bar" and look.emphasis != "dim":
        fill = mix(fill, theme.color(look.role), 0.3)
    if node.shape in ("tray", "table") and look.role in NEUTRAL:
        fill = theme.panel
    elif tray and theme.dark and look.emphasis != "dim":
        fill = mix(DARK, theme.color(look.role), 0.15)
    if docked:
        fill = slate(theme, 0.24 if look.emphasis in ("out", "lit") else 0.12)
        outline = (
            slate(theme, 0.75 if theme.dark else 1.0) if look.role in NEUTRAL else theme.color(look.role)
        )
        outline = theme.line if not theme.dark and look.role in NEUTRAL else outline
        outline = theme.color("text") if look.emphasis == "out" else outline
    stroke, box = _stroke(look.emphasis), stage.snapped(box)
    if node.shape == "diamond":
        return [shapes.diamond(box, outline, fill, stroke)]
    inks: list[Ink] = []
    if not node.open:
        if tray and look.emphasis == "lit" and look.role not in NEUTRAL:
            alpha = 0.3 if theme.dark else 0.12
            inks.append(material.glow(box.center, box.width * 0.62, box.height * 1.15, outline, alpha))
        if not tray or look.emphasis != "dim":
            inks.append(material.Shadow(box, 18.0, 16.0, 5.0, 0.35 if theme.dark else 0.12))
        radius = {"bar": 10.0, "tray": 20.0}.get(node.shape, 16.0)
        lift = (0.1 if docked else 0.02 if tray else 0.07) if theme.dark else 0.4
        inks.append(material.plate(box, fill, outline, radius, stroke, lift))
    if tray:
        color = theme.color("muted" if look.role in NEUTRAL else look.role)
        dashes = mix(fill, color, 0.45 if look.emphasis == "dim" else 0.7)
        inks += [shapes.panel(stage.snapped(slot), dashes, None, 13.0, 2.2, dashed=True) for slot in slots]
    return inks


def number_inks(stage: Stage, slots: Sequence[Box], look: Look) -> list[Ink]:
    """The numbers of slots, from 1, each over its own."""
    theme = stage.theme
    color = mix(theme.color("muted"), theme.color("text"), 0.0 if look.emphasis == "dim" else 0.5)
    style = stage.style(NUMBER, REGULAR, color, mono=True)
    return [
        stage.middle_run(str(number), slot.center[0], slot.top - NUMBER_ROOM / 2 - 2, style)
        for number, slot in enumerate(slots, 1)
    ]


def label_inks(sizes: Sizes, name: str, box: Box, look: Look) -> list[Ink]:
    """The label of a node, inside or beside it, and its second line."""
    theme, node, text = sizes.stage.theme, sizes.params.nodes[name], look.text
    if sizes.label_at(name) == "head":
        return head_inks(sizes, name, box, look) if text else []
    outside = sizes.label_at(name) != "center"
    color = colors(theme, look)[2]
    if outside and look.role != "text":
        color = theme.color(look.role)
    weight = STRONG if look.emphasis in ("out", "lit") or outside else REGULAR
    x, y, anchor = _label_place(sizes, name, box, text)
    room = box.width - (24 if node.shape != "diamond" else box.width * 0.3)
    lines = text.split("\n") if text else []
    height = len(lines) * LABEL * LINE
    inks: list[Ink] = []
    for index, line in enumerate(lines):
        middle = y - height / 2 + (index + 0.5) * LABEL * LINE
        inks.append(_line(sizes, line, (x, middle), LABEL, weight, color, anchor, 0 if outside else room))
    quiet = mix(theme.color("muted"), theme.color("text"), 0.6)
    for index, line in enumerate(sizes.aside(name)):
        place = (x + sizes.counter_width(name) + 34, box.center[1] + 8 + index * 44)
        inks.append(_line(sizes, line, place, LABEL, REGULAR, quiet, "left", 0))
    if node.text and not outside:
        place = (x, y + height / 2 + SECOND * 0.4)
        inks.append(_line(sizes, node.text, place, SECOND, REGULAR, theme.color("muted"), anchor, room))
    return inks


def _label_place(sizes: Sizes, name: str, box: Box, text: str) -> tuple[float, float, str]:
    """Anchor point and alignment of a label."""
    node, side = sizes.params.nodes[name], sizes.label_at(name)
    x, y = box.center
    if side == "center":
        return x, y - (SECOND * LINE / 2 if node.text else 0), "center"
    if side in ("left", "right"):
        counter = sizes.counter_size(name)
        y -= (LABEL * LINE / 2 if counter < 60 else 48.0) if node.counter else 0
        gap = sizes.label_gap(name)
        return (box.left - gap, y, "right") if side == "left" else (box.right + gap, y, "left")
    if node.open and side == "top":
        return box.left, box.top - sizes.text_size(text)[1] / 2 - 12, "left"
    x -= sizes.counter_width(name) / 2
    height = 0.0
    if text:
        # Words over or under a short node may be wider than it: they stay inside the frame.
        width, height = sizes.text_size(text)
        safe = sizes.stage.safe
        x = min(max(x, safe.left + width / 2), safe.right - width / 2)
    return x, box.top - height / 2 - 12 if side == "top" else box.bottom + height / 2 + 12, "center"


def _line(
    sizes: Sizes, text: str, at: Point, size: float, weight: int, color: str, anchor: str, room: float
) -> Ink:
    """A line of a label; one with mathematics is set by Typst. Where `room` is not 0 it shrinks to 28."""
    stage, (x, y) = sizes.stage, at
    if text in sizes.typeset:
        typeset = sizes.typeset[text]
        share = min(1.0, room / typeset.width) if room else 1.0
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[anchor] * typeset.width * share
        return typeset.placed("", left, y, color, share)
    while room and size > 28 and stage.text_width(text, size, weight) > room:
        size -= 1
    return stage.middle_run(text, x, y, stage.style(size, weight, color), anchor)


def word_inks(sizes: Sizes, node: Node, box: Box, look: Look) -> list[Ink]:
    """The lines of a node that is nothing but text."""
    stage, anchor = sizes.stage, {"start": "left", "center": "center", "end": "right"}[node.align]
    x, lines = box.side(anchor)[0], sizes.words(node)
    size, weight = sizes.word_look(node)
    top = box.center[1] - len(lines) * size * LINE / 2
    theme, lively = stage.theme, look.role not in NEUTRAL and node.large
    # On the ground where its light is, a large word's colour is a little lighter than the role's.
    color = mix(theme.color(look.role), theme.color("text"), 0.2) if lively else look.role
    style = stage.style(size, STRONG if look.emphasis == "out" else weight, color)
    middles = [top + (index + 0.5) * size * LINE for index in range(len(lines))]
    return [stage.middle_run(line, x, y, style, anchor) for line, y in zip(lines, middles, strict=True)]


def cell_inks(stage: Stage, text: str, at: Point, value: bool, anchor: str, look: Look) -> list[Ink]:
    """A cell of a table: words, or a value in the row's colour."""
    role = look.role if value else "text"
    return [stage.middle_run(text, *at, stage.style(LABEL, STRONG if value else REGULAR, role), anchor)]


# -- groups --------------------------------------------------------------------------------------


def group_inks(stage: Stage, box: Box, place: Place, look: Look) -> list[Ink]:
    """The frame of a group, the band of a lane, or a panel."""
    if place.dock:
        return dock_inks(stage, box, place, look)
    outline, fill, _ = colors(stage.theme, look)
    stroke, box, panel = _stroke(look.emphasis), stage.snapped(box), stage.theme.panel
    if place.lane:
        return [shapes.panel(box, outline if look.emphasis == "out" else None, panel, 18.0, stroke)]
    return [shapes.panel(box, outline, panel if look.role in NEUTRAL else fill, 20.0, stroke)]


def heading_inks(stage: Stage, box: Box, lane: bool, look: Look) -> list[Ink]:
    """The heading of a group: above its nodes, or at the left of a lane."""
    style = stage.style(LABEL, STRONG, look.role)
    if lane:
        return [stage.middle_run(look.text, box.left + 30, box.center[1], style, "left")]
    return [stage.middle_run(look.text, box.center[0], box.top + 52, style)]


# -- edges ---------------------------------------------------------------------------------------


def edge_inks(stage: Stage, route: Route, edge: Edge, stacked: bool, look: Look) -> list[Ink]:
    """The arrows of an edge; nothing where tokens alone show the way."""
    if edge.arc or edge.bare:
        return []
    theme = stage.theme
    color, stroke = theme.color(edge.role or "muted"), 4.0 if edge.role else 3.5
    if look.emphasis == "dim":
        color = mix(theme.background, color, 0.5)
    elif look.emphasis == "out":
        color, stroke = theme.color(edge.role or "text"), 5.0
    inks: list[Ink] = []
    if stacked:
        shade = theme.color(edge.role or "layers")
        return [
            lane_ink(x, y, bottom, shade, 0.5 if look.emphasis == "dim" else 0.85)
            for (x, y), (_, bottom) in route.lines
        ]
    for line in route.lines:
        draw = shapes.route if edge.heads == "none" else shapes.arrow
        inks.append(draw(line, color, stroke, dashed=edge.dashed))
        if edge.heads == "both":
            inks.append(shapes.arrow(tuple(reversed(line)), color, stroke))
    return inks


def edge_label_inks(stage: Stage, words: Words, edge: Edge, look: Look) -> list[Ink]:
    """The words of an edge, line by line."""
    (x, y), lines = words.at, look.text.split("\n")
    style = stage.style(LABEL, STRONG if edge.role else REGULAR, edge.role or "muted")
    return [
        stage.middle_run(line, x, y + index * LABEL * LINE, style, words.anchor)
        for index, line in enumerate(lines)
    ]
