"""How nodes, tokens and groups look: plain, outlined (look here), and dimmed (still there)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from explainers.kinds.diagram.sizes import token_text
from explainers.theme import LABEL, REGULAR, STRONG, contrast, mix

if TYPE_CHECKING:
    from explainers.kinds.diagram.params import Node, Place
    from explainers.stage import Box, Point, Stage
    from explainers.stage.ink import Ink
    from explainers.theme import Theme

READABLE = 4.55
"""Contrast of words, with what rounding takes away."""

Emphasis = Literal["plain", "out", "dim"]


class Look(NamedTuple):
    """What a thing shows at a time: its text, its role, and how it stands out."""

    text: str
    role: str
    emphasis: Emphasis = "plain"

    @property
    def key(self) -> str:
        return f"{self.emphasis} {self.role} {self.text}"


def colors(theme: Theme, role: str, emphasis: Emphasis, share: float = 0.2) -> tuple[str, str, str]:
    """Outline, fill and text of a shape. Neutral shapes are outlined in the theme's line colour."""
    neutral = role in ("text", "muted")
    outline = theme.line if neutral else theme.color(role)
    fill = theme.fill("text") if neutral else theme.fill(role, share)
    if emphasis == "dim":
        quiet = theme.line if neutral else mix(theme.background, theme.color(role), 0.4)
        return quiet, mix(theme.background, fill, 0.45), theme.color("muted")
    if emphasis == "out":
        return (
            theme.color("text"),
            mix(fill, theme.line if neutral else theme.color(role), share * 0.6),
            theme.color("text"),
        )
    return outline, fill, theme.color("muted") if role == "muted" else theme.color("text")


def shape_inks(stage: Stage, node: Node, box: Box, look: Look, slots: Sequence[Box]) -> list[Ink]:
    """The frame of a node with its empty slots; nothing for bare ones and words."""
    from explainers.stage import shapes

    if node.shape in ("text", "formula") or node.bare:
        return []
    theme = stage.theme
    # A tray is quiet, so that the tokens in it stand out.
    outline, fill, _ = colors(theme, look.role, look.emphasis, 0.09 if node.shape == "tray" else 0.2)
    if node.shape in ("tray", "table") and look.role in ("text", "muted"):
        fill = theme.panel
    stroke = 5.0 if look.emphasis == "out" else 3.0
    box = stage.snapped(box)
    if node.shape == "diamond":
        return [shapes.diamond(box, outline, fill, stroke)]
    inks: list[Ink] = [shapes.panel(box, outline, fill, 16.0 if node.shape != "bar" else 10.0, stroke)]
    if node.shape == "tray":
        share = 0.4 if look.emphasis == "dim" else 0.75
        dashes = mix(fill, theme.color("muted"), share)
        inks += [shapes.panel(stage.snapped(one), dashes, None, 12.0, 2.0, dashed=True) for one in slots]
    return inks


def token_inks(
    stage: Stage, center: Point, width: float, height: float, look: Look, small: bool
) -> list[Ink]:
    """A token: a small box with its text in the mono, a second line set smaller."""
    from explainers.stage import around, shapes

    theme = stage.theme
    outline, fill, color = colors(theme, look.role, look.emphasis)
    if look.role in ("text", "muted") and look.emphasis != "dim":
        outline = mix(theme.line, theme.color("muted"), 0.45)
    size = token_text(small)
    stroke = 4.5 if look.emphasis == "out" else 3.0
    box = stage.snapped(around(*center, width, height))
    inks: list[Ink] = [shapes.panel(box, outline, fill, 12.0, stroke)]
    lines = look.text.split("\n")
    x, y = box.center
    top = y - (len(lines) - 1) * size * 0.62
    for index, line in enumerate(lines):
        strong = index == 0 or len(lines) == 1
        shade = color if strong or look.emphasis == "dim" else mix(theme.color(look.role), color, 0.3)
        style = stage.style(size, STRONG if strong else REGULAR, shade, mono=True)
        inks.append(stage.middle_run(line, x, top + index * size * 1.24, style))
    return inks


def group_inks(stage: Stage, box: Box, place: Place, look: Look) -> list[Ink]:
    """The frame of a group, or the band of a lane."""
    from explainers.stage import shapes

    theme = stage.theme
    outline, fill, _ = colors(theme, look.role, look.emphasis)
    stroke = 5.0 if look.emphasis == "out" else 3.0
    if place.lane:
        return [
            shapes.panel(
                stage.snapped(box), None if look.emphasis != "out" else outline, theme.panel, 18.0, stroke
            )
        ]
    if look.role in ("text", "muted"):
        fill = theme.panel
    return [shapes.panel(stage.snapped(box), outline, fill, 20.0, stroke)]


def heading_inks(stage: Stage, box: Box, lane: bool, look: Look) -> list[Ink]:
    """The heading of a group: above its nodes, or at the left of a lane."""
    theme = stage.theme
    color = theme.color(look.role)
    if look.emphasis == "dim" and look.role != "muted":
        color = _quiet(theme, color, colors(theme, look.role, look.emphasis)[1])
    style = stage.style(LABEL, STRONG, color)
    if lane:
        return [stage.middle_run(look.text, box.left + 30, box.center[1], style, "left")]
    return [stage.middle_run(look.text, box.center[0], box.top + 52, style)]


def _quiet(theme: Theme, color: str, ground: str) -> str:
    """A colour stepped back as far as its words can still be read on that ground."""
    shades = [mix(theme.background, color, share) for share in (0.75, 0.85, 0.95)]
    return next((shade for shade in shades if contrast(shade, ground) >= READABLE), color)
