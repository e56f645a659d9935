"""How a stack of layers looks: plates, a bar with gates, chips with their light, badges, docked panels."""

from __future__ import annotations

from collections.abc import Sequence

import cairo

from explainers.kinds.diagram.params import Place
from explainers.kinds.diagram.schedule import Look
from explainers.kinds.diagram.sizes import GATE_HEIGHT, HEAD_PAD, SECOND, Sizes
from explainers.stage import Box, Point, Stage, material
from explainers.stage.ink import Ink
from explainers.theme import LABEL, REGULAR, STRONG, Theme, mix

NAME, HEADING = 42.0, 78.0
"""Sizes of the name on a plate and of a panel's heading."""
LANE = 8.0
"""Width of a line in a lane."""
BADGE_RADIUS, BADGE_SIZE = 30.0, 36.0
DARK = "#0A0B10"
"""What lies under the quiet insides of dark shapes: on the ground's own blue, yellow would turn grey."""
NEUTRAL = ("text", "muted")
"""Roles without a colour of their own."""


def slate(theme: Theme, share: float = 0.16) -> str:
    """The neutral grey of panels and of what lies on them, a little lighter than the ground."""
    return mix("#26303F" if theme.dark else "#F1F4F9", "#8A97B4" if theme.dark else "#FFFFFF", share)


# -- chips -----------------------------------------------------------------------------------------


def chip_fill(theme: Theme, look: Look) -> str:
    """The inside of a chip, at its bottom."""
    if look.role in NEUTRAL:
        return mix(theme.background, theme.line, 0.55) if theme.dark else theme.fill("text")
    return mix(DARK, theme.color(look.role), 0.22) if theme.dark else theme.fill(look.role, 0.14)


def chip_inks(sizes: Sizes, box: Box, small: bool, tag: str | None, look: Look) -> list[Ink]:
    """A token: a chip, lighter at the top, with its text in the mono and a cell for whose it is.

    A second line of its text is set smaller.
    """
    stage = sizes.stage
    theme, box, fill = stage.theme, stage.snapped(box), chip_fill(stage.theme, look)
    color = theme.color("text")
    edge = mix(theme.line, theme.color("accent"), 0.35) if look.role in NEUTRAL else theme.color(look.role)
    if look.emphasis == "dim":
        fill, edge = mix(theme.background, fill, 0.7), mix(theme.background, edge, 0.6)
    elif look.emphasis == "out":
        edge = color
    radius, stroke = 10.0 if small else 14.0, 4.5 if look.emphasis == "out" else 3.0
    inks: list[Ink] = [material.plate(box, fill, edge, radius, stroke, 0.1 if theme.dark else 0.5)]
    x, y = box.center
    if tag:
        cell = box._replace(right=box.left + sizes.tag_width(small))
        inks += [_cell(cell, mix(fill, theme.ground[2], 0.5 if theme.dark else 0.7), radius, stroke)]
        style = stage.style(SECOND, REGULAR, "muted", mono=True)
        inks.append(stage.middle_run(tag, cell.center[0] + 2, y, style))
        x = (cell.right + box.right) / 2
    size, lines = sizes.token_text(small), look.text.split("\n")
    top = y - (len(lines) - 1) * size * 0.62
    for index, line in enumerate(lines):
        shade = color if index == 0 else mix(theme.color(look.role), color, 0.3)
        style = stage.style(size, STRONG if index == 0 else REGULAR, shade, mono=True)
        inks.append(stage.middle_run(line, x, top + index * size * 1.24, style))
    return inks


def _cell(box: Box, fill: str, radius: float, stroke: float) -> material.Painted:
    """The left end of a chip in a darker colour, inside its outline."""

    def paint(ctx: cairo.Context) -> None:
        inner = box.inset(stroke, stroke)._replace(right=box.right)
        ctx.new_path()
        ctx.arc(inner.left + radius - stroke, inner.top + radius - stroke, radius - stroke, 3.14159, 4.71239)
        ctx.line_to(inner.right, inner.top)
        ctx.line_to(inner.right, inner.bottom)
        ctx.arc(
            inner.left + radius - stroke, inner.bottom - radius + stroke, radius - stroke, 1.5708, 3.14159
        )
        ctx.close_path()
        material.use(ctx, fill)
        ctx.fill()

    return material.Painted(box, paint)


def chip_shadow(theme: Theme, box: Box) -> Ink:
    """The soft shadow under a chip."""
    return material.Shadow(box, 14.0, 14.0, 6.0, 0.5 if theme.dark else 0.22)


# -- plates and gates ------------------------------------------------------------------------------


def plate_inks(stage: Stage, box: Box, slabs: Sequence[Box], lanes: Sequence[float], look: Look) -> list[Ink]:
    """Layers: slabs below each other, lanes showing in the gaps."""
    theme, color = stage.theme, stage.theme.color(look.role)
    ground, share = theme.background, 0.36 if theme.dark else 0.2
    color = mix(color, "#1F5FB0", 0.3) if theme.dark and look.role != "muted" else color
    if look.emphasis == "dim":
        share *= 0.6
    elif look.emphasis in ("out", "lit"):
        share *= 1.35
    inks: list[Ink] = [lane_ink(x, box.top, box.bottom, theme.color("layers")) for x in lanes]
    # What passes is seen in the gaps alone: under a slab lies the ground.
    inks += [*(material.slab(stage.snapped(one), color, ground, 10.0, share) for one in slabs)]
    if box.bottom >= stage.height - 12:
        # Where a stack runs out of the frame it goes dark: the source stands there.
        inks.append(material.fade(box._replace(top=box.bottom - 100), theme.ground[2], 0.0, 0.8, "top"))
    return inks


def lane_ink(x: float, top: float, bottom: float, color: str, alpha: float = 0.85) -> Ink:
    """A line of a lane, straight down."""

    def paint(ctx: cairo.Context) -> None:
        material.use(ctx, color, alpha)
        ctx.rectangle(x - LANE / 2, top, LANE, bottom - top)
        ctx.fill()

    return material.Painted(Box(x - LANE / 2, top, x + LANE / 2, bottom), paint)


def gates_inks(stage: Stage, box: Box, look: Look) -> list[Ink]:
    """The bar of an exit ramp; its gates are drawn one by one."""
    theme = stage.theme
    color = theme.color("text" if look.role in NEUTRAL else look.role)
    fill = ramp_fill(theme, look.role)
    edge = theme.color("text") if look.emphasis == "out" else color
    if look.emphasis == "dim":
        edge = mix(theme.background, color, 0.6)
    return [
        material.Shadow(box, 20.0, 18.0, 6.0, 0.4 if theme.dark else 0.15),
        material.plate(stage.snapped(box), fill, edge, 20.0, 3.5, 0.08 if theme.dark else 0.4),
    ]


def ramp_fill(theme: Theme, role: str) -> str:
    """The inside of a bar with gates, at its bottom."""
    color = theme.color("text" if role in NEUTRAL else role)
    return mix(theme.ground[2], color, 0.27 if theme.dark else 0.13)


def gate_box(bar: Box, x: float, width: float) -> Box:
    """The opening of a gate in a bar, down to its lower edge."""
    return Box(x - width / 2, bar.bottom - GATE_HEIGHT, x + width / 2, bar.bottom)


def gate_inks(stage: Stage, box: Box, ramp: str, look: Look) -> list[Ink]:
    """A gate whose state is the look's text: idle, `down` (its floor is gone) or `out` (its floor is shut).

    The look's role is its colour.
    """
    theme, box = stage.theme, stage.snapped(box)
    state, color = look.text, theme.color(look.role)
    dark = theme.ground[2] if theme.dark else "#FFFFFF"
    base = ramp_fill(theme, ramp)

    def paint(ctx: cairo.Context) -> None:
        cut, (left, top, right, bottom) = 10.0, box
        ctx.new_path()
        ctx.move_to(left, bottom)
        ctx.line_to(left, top + cut)
        ctx.line_to(left + cut, top + 1.5)
        ctx.line_to(right - cut, top + 1.5)
        ctx.line_to(right, top + cut)
        ctx.line_to(right, bottom)
        path = ctx.copy_path()
        shut = mix(dark, base, 0.15)
        material.use(ctx, shut if state != "down" else mix(dark, "#3A4560" if theme.dark else "#C8D2E2", 0.4))
        ctx.fill()
        ctx.append_path(path)
        material.use(ctx, color)
        ctx.set_line_width(3.5 if state else 3.0)
        ctx.set_line_join(cairo.LINE_JOIN_ROUND)
        ctx.stroke()
        if state == "out":
            ctx.rectangle(left - 4, bottom - 7, right - left + 8, 13)
            ctx.fill()
        elif state == "down":
            # The bar's lower edge is gone where the floor is open.
            material.use(ctx, mix(dark, "#3A4560" if theme.dark else "#C8D2E2", 0.4))
            ctx.rectangle(left + 2, bottom - 5, right - left - 4, 6)
            ctx.fill()

    inks: list[Ink] = []
    if state == "out":
        inks.append(
            material.glow((box.center[0], box.bottom + 4), 110, 60, color, 0.4 if theme.dark else 0.18)
        )
    return [*inks, material.Painted(box.inset(-8, -8), paint)]


APART = "\u2002"
"""Parts a token's name from its reading."""


def gate_text(stage: Stage, box: Box, look: Look) -> list[Ink]:
    """What is read in a gate, after whose it is, where both fit in a size for chips."""
    if not look.text:
        return []
    (x, y), (whose, _, text) = box.center, look.text.partition(APART)
    # The mono's letters are 0.6 of its size wide. The name is smaller, and half a letter before the reading.
    size = min(44.0, (box.width - 26) / (0.6 * len(text) + 0.3 + 0.48 * len(whose)))
    if size < LABEL:
        size = min(44.0, (box.width - 14) / (0.61 * len(text)))
        return [stage.middle_run(text, x, y - 4, stage.style(size, STRONG, look.role, mono=True))]
    half = size * (0.3 * len(text) + 0.15 + 0.24 * len(whose))
    value = stage.style(size, STRONG, look.role, mono=True)
    quiet = stage.style(size * 0.8, REGULAR, "muted", mono=True)
    return [
        stage.middle_run(text, x + half, y - 4, value, "right"),
        stage.middle_run(whose, x - half, y - 4, quiet, "left"),
    ]


def head_inks(sizes: Sizes, name: str, box: Box, look: Look) -> list[Ink]:
    """A name inside at the left: on its plate, or at the head of a bar or tray."""
    stage, node = sizes.stage, sizes.params.nodes[name]
    plate = node.shape == "plates"
    color = stage.theme.color("text")
    size, weight = (NAME, REGULAR) if plate else (LABEL + 2.0, STRONG)
    if plate:
        box = sizes.named_part(name, box)
    lines, room = look.text.split("\n"), box.width - 2 * HEAD_PAD
    size = min(stage.fitting_size(line, room, size, 28, weight) for line in lines)
    y = box.center[1] if plate else box.top + 36.0
    first = y - (len(lines) - 1) * size * 0.6 if plate else y
    x = box.left + (HEAD_PAD if not plate else 28.0)
    runs = []
    for index, line in enumerate(lines):
        style = stage.style(size, weight, color)
        runs.append(stage.middle_run(line, x, first + index * size * 1.2, style, "left"))
    return [*runs]


# -- badges and panels -----------------------------------------------------------------------------


def badge_colors(theme: Theme, look: Look) -> tuple[str, str]:
    """The disc and the number of a badge: dark until its step is done."""
    if look.emphasis == "plain":
        return theme.color("text"), theme.background
    return (theme.ground[2] if look.emphasis == "out" else theme.fill("text")), theme.color("text")


def badge_number(stage: Stage, number: int, at: Point, look: Look) -> list[Ink]:
    """The number of a badge."""
    color = badge_colors(stage.theme, look)[1]
    return [stage.middle_run(str(number), *at, stage.style(BADGE_SIZE, STRONG, color, mono=True))]


def badge_inks(stage: Stage, at: Point, look: Look) -> list[Ink]:
    """The disc of a badge: outlined before its step, a bright ring meanwhile, solid when it is done."""
    theme, (x, y) = stage.theme, at
    disc = badge_colors(theme, look)[0]
    box = Box(x - BADGE_RADIUS, y - BADGE_RADIUS, x + BADGE_RADIUS, y + BADGE_RADIUS)
    bright = theme.color("text")
    edge, stroke = {"dim": (mix(theme.line, theme.color("muted"), 0.6), 3.0), "out": (bright, 6.0)}.get(
        look.emphasis, (bright, 3.0)
    )
    inks: list[Ink] = []
    if look.emphasis == "out":
        inks.append(material.glow(at, 96, 96, bright, 0.5 if theme.dark else 0.2))
    inks.append(material.plate(box, disc, edge, BADGE_RADIUS, stroke, 0.0))
    return inks


def dock_inks(stage: Stage, box: Box, place: Place, look: Look) -> list[Ink]:
    """A panel along an edge of the frame: slate, with a bright inner edge in its role's colour."""
    theme, side = stage.theme, str(place.dock)
    color, fill = theme.color(look.role), slate(theme, 0.0)
    light = slate(theme, 0.1)

    def paint(ctx: cairo.Context) -> None:
        outer = mix(fill, theme.ground[2], 0.35)
        stops = [(0.0, outer, 1.0), (0.7, fill, 1.0), (1.0, light, 1.0)]
        if side in ("right", "bottom"):
            stops = [(1 - share, hue, alpha) for share, hue, alpha in reversed(stops)]
        ctx.rectangle(box.left, box.top, box.width, box.height)
        material.use_shade(ctx, box, stops, side in ("left", "right"))
        ctx.fill()
        material.use(ctx, color)
        edges = {
            "left": (box.right - 7, box.top, 7, box.height),
            "right": (box.left, box.top, 7, box.height),
            "top": (box.left, box.bottom - 7, box.width, 7),
            "bottom": (box.left, box.top, box.width, 7),
        }
        ctx.rectangle(*edges[side])
        ctx.fill()

    inks: list[Ink] = []
    if theme.dark:
        reach = 90.0
        beside = {
            "left": (Box(box.right, box.top, box.right + reach, box.bottom), "left"),
            "right": (Box(box.left - reach, box.top, box.left, box.bottom), "right"),
            "top": (Box(box.left, box.bottom, box.right, box.bottom + reach), "top"),
            "bottom": (Box(box.left, box.top - reach, box.right, box.top), "bottom"),
        }[side]
        inks.append(material.fade(beside[0], "#000000", 0.45, 0.0, beside[1]))
    return [*inks, material.Painted(box, paint)]


def dock_heading(stage: Stage, box: Box, place: Place, nodes: Sequence[Box], look: Look) -> list[Ink]:
    """A panel's heading and the quiet words under it, in its widest gap; over its nodes where they stand
    side by side, with the words after it."""
    upright = place.dock in ("left", "right")
    words = place.text.split("\n") if place.text else []
    # Along a side the margin is part of the panel, and nobody writes into it.
    left, right = max(box.left + 14, stage.safe.left), min(box.right - 14, stage.safe.right)
    room = min(box.width - 60, right - left) if upright else box.width - 60
    size = stage.fitting_size(look.text, room, HEADING, LABEL, STRONG)
    height = size + len(words) * 46.0
    if upright:
        edges = [
            box.top,
            *(edge for one in sorted(nodes, key=lambda one: one.top) for edge in (one.top, one.bottom)),
        ]
        gaps = list(zip(edges[::2], [*edges[1::2], box.bottom], strict=True))
        top, bottom = max(gaps, key=lambda gap: gap[1] - gap[0])
        half = stage.text_width(look.text, size, STRONG) / 2
        x = min(max(box.center[0], left + half), right - half)
        y, anchor = (top + bottom - height) / 2 + size * 0.4, "center"
    else:
        gap = min((one.top for one in nodes), default=box.bottom) - box.top
        size = min(size, gap * 0.8)
        x, y, anchor = stage.safe.left, box.top + gap / 2, "left"
    runs: list[Ink] = [stage.middle_run(look.text, x, y, stage.style(size, STRONG, look.role), anchor)]
    quiet = mix(stage.theme.color("muted"), stage.theme.color("text"), 0.6)
    room = min(box.width - 24, right - left) if upright else box.width - 24
    small = min([34.0, *(stage.fitting_size(line, room, 34.0, 26.0) for line in words)])
    for index, line in enumerate(words):
        at = (
            (x, y + size * 0.5 + 34 + index * 46.0)
            if upright
            else (x + 40 + stage.text_width(look.text, size, STRONG), y - (len(words) - 1) * 23 + index * 46)
        )
        runs.append(stage.middle_run(line, *at, stage.style(small, REGULAR, quiet), anchor))
    return runs
