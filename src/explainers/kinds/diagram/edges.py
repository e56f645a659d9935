"""How edges look: their arrows, badges and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds.diagram.looks import Look
from explainers.kinds.diagram.params import Edge
from explainers.kinds.diagram.routing import Route
from explainers.kinds.diagram.sizes import LINE
from explainers.theme import LABEL, REGULAR, STRONG, mix

if TYPE_CHECKING:
    from explainers.stage import Stage
    from explainers.stage.ink import Ink
    from explainers.theme import Theme

BADGE_RADIUS, BADGE_SIZE = 25.0, 34.0


def edge_inks(stage: Stage, route: Route, edge: Edge, look: Look) -> list[Ink]:
    """The arrows of an edge."""
    from explainers.stage import shapes

    theme, role, emphasis = stage.theme, edge.role, look.emphasis
    color = theme.color(role) if role else theme.color("muted")
    stroke = 4.0 if role else 3.5
    if emphasis == "dim":
        color = mix(theme.background, color, 0.38)
    elif emphasis == "out":
        color, stroke = theme.color(role) if role else theme.color("text"), 5.0
    inks: list[Ink] = []
    for line in route.lines:
        if edge.heads == "none":
            inks.append(shapes.route(line, color, stroke, dashed=edge.dashed))
            continue
        inks.append(shapes.arrow(line, color, stroke, dashed=edge.dashed))
        if edge.heads == "both":
            inks.append(shapes.arrow(tuple(reversed(line)), color, stroke))
    return inks


def badge_inks(stage: Stage, number: int, x: float, y: float, look: Look) -> list[Ink]:
    """A numbered disc, bright from its beat on."""
    from explainers.stage import shapes

    theme = stage.theme
    disc, ink = badge_colors(theme, look)
    style = stage.style(BADGE_SIZE, STRONG, ink)
    ring = shapes.disc(x, y, BADGE_RADIUS + 5, theme.background)
    return [ring, shapes.disc(x, y, BADGE_RADIUS, disc), stage.middle_run(str(number), x, y, style)]


def badge_colors(theme: Theme, look: Look) -> tuple[str, str]:
    """The disc and the number of a badge; muted until it is marked."""
    if look.emphasis == "dim":
        return theme.fill("text"), theme.color("muted")
    return theme.color("text"), theme.background


def badge_place(route: Route) -> tuple[float, float]:
    """In the middle of a stretch; beside it where the arrow is too short to be seen around the badge."""
    (x0, y0), (x1, y1) = route.badge_stretch
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    if len(route.middle) > 2 or abs(x1 - x0) + abs(y1 - y0) >= 5 * BADGE_RADIUS:
        return x, y
    return (x + BADGE_RADIUS + 20, y) if route.vertical else (x, y - BADGE_RADIUS - 20)


def edge_label_inks(stage: Stage, route: Route, edge: Edge, look: Look) -> list[Ink]:
    """The words of an edge: over a level stretch, right of an upright one."""
    (x0, y0), (x1, y1) = route.longest
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    parts = look.text.split("\n")
    above = (len(parts) - 1) * LABEL * LINE
    if route.vertical:
        x, y = x + 22 + (BADGE_RADIUS if edge.badge else 0), y - above / 2
    else:
        y -= 38 + above
    role = "muted" if look.emphasis == "dim" or not edge.role else edge.role
    style = stage.style(LABEL, STRONG if edge.role else REGULAR, stage.theme.color(role))
    anchor = "left" if route.vertical else "center"
    return [stage.middle_run(part, x, y + i * LABEL * LINE, style, anchor) for i, part in enumerate(parts)]
