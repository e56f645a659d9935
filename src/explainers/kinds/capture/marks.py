"""What points into footage: white outlines, dimming around a part, words with a line, rings of clicks."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import cairo
from explainers.footage.views import Area, View, view_at
from explainers.kinds.capture.params import Callout

from explainers.film.layer import DrawnLayer, Rect, Track
from explainers.footage.timeline import Timeline
from explainers.stage import Box, Stage, shapes
from explainers.theme import LABEL, STRONG, channels
from explainers.timing import ease_in_out, ease_out

DIM = 0.68
"""How much of the background lies over what the spotlight leaves out."""
RING_S, RING = 0.6, (14.0, 44.0)
"""How long a click's ring lasts, and its radius from and to, in design units."""
PLATE, REACH = 18.0, 96.0
"""Around a callout's words, and from its point to its plate."""


@dataclass(frozen=True)
class Placed:
    """A capture's pane in the frame: from pixels of the capture to design units."""

    pane: Rect
    views: tuple[View, ...]
    scale: float

    @property
    def box(self) -> Box:
        return Box(*(edge / self.scale for edge in self.pane))

    def point(self, x: float, y: float, t: float) -> tuple[float, float]:
        """A point of the capture at `t`, in design units."""
        left, top, right, bottom = self.views[view_at(self.views, t)].at(t)
        wide, high = self.pane.right - self.pane.left, self.pane.bottom - self.pane.top
        px = self.pane.left + (x - left) / (right - left) * wide
        py = self.pane.top + (y - top) / (bottom - top) * high
        return px / self.scale, py / self.scale

    def area(self, area: Area, t: float) -> Box:
        """A part of the capture at `t`, cut at the pane's edges."""
        (left, top), (right, bottom) = self.point(area[0], area[1], t), self.point(area[2], area[3], t)
        box = self.box
        return Box(max(left, box.left), max(top, box.top), min(right, box.right), min(bottom, box.bottom))


def outline(stage: Stage, box: Box, start_s: float, end_s: float) -> None:
    """A white outline on a dark one, so that it is seen on any footage."""
    around = stage.snapped(box.inset(-6))
    dark = shapes.panel(around.inset(-3), stage.theme.background, None, 11, 10, opacity=0.8)
    light = shapes.panel(around, stage.theme.color("text"), None, 8, 4)
    mark = stage.mobject(dark, light, z=22).enter(start_s, dy=0, duration_s=0.3)
    if end_s < stage.duration_s:
        mark.leave(end_s - 0.25, duration_s=0.25)


def spotlight(stage: Stage, pane: Rect, box: Box, start_s: float, end_s: float) -> None:
    """Everything in the pane but `box` is dimmed."""
    light = Track(0.0).to(1.0, start_s, 0.4, ease_in_out)
    if end_s < stage.duration_s:
        light.to(0.0, end_s - 0.3, 0.3, ease_in_out)
    left, top, right, bottom = [round(edge * stage.scale) for edge in box]
    red, green, blue = (value / 255 for value in channels(stage.theme.background))
    radius = 10 * stage.scale

    def look(t: float) -> Hashable | None:
        shown = round(light.at(t), 3)
        return shown if shown > 0.001 else None

    def draw(ctx: cairo.Context, state: Any) -> None:
        ctx.rectangle(pane.left, pane.top, pane.right - pane.left, pane.bottom - pane.top)
        rounded(ctx, left, top, right, bottom, radius)
        ctx.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
        ctx.set_source_rgba(red, green, blue, DIM * state)
        ctx.fill()

    stage.drawn(DrawnLayer(look, lambda _: pane, draw, light.spans, z=18))


def callout(
    stage: Stage, one: Callout, at: tuple[float, float], pane: Box, start_s: float, end_s: float
) -> None:
    """Words on a plate, and a line from it that ends in a dot on what they are about."""
    lines = stage.lines(one.text, min(520.0, pane.width * 0.45), LABEL, STRONG)
    width = max(stage.text_width(line, LABEL, STRONG) for line in lines) + 2 * PLATE
    height = len(lines) * LABEL * 1.25 + 2 * PLATE - 4
    x, y = at
    sides = {
        "right": (x + REACH, y - height / 2),
        "left": (x - REACH - width, y - height / 2),
        "above": (x - width / 2, y - REACH - height),
        "below": (x - width / 2, y + REACH),
    }
    left, top = sides[one.side]
    # The plate stays inside the pane, where the words are seen to belong to it.
    left = min(max(left, pane.left + 12), pane.right - 12 - width)
    top = min(max(top, pane.top + 12), pane.bottom - 12 - height)
    plate = stage.snapped(Box(left, top, left + width, top + height))
    end = plate.side({"right": "left", "left": "right", "above": "bottom", "below": "top"}[one.side])
    white = stage.theme.color("text")
    parts = [
        shapes.route([at, end], stage.theme.background, 9),
        shapes.route([at, end], white, 3.5),
        shapes.disc(x, y, 13, stage.theme.background),
        shapes.disc(x, y, 9, white),
        shapes.panel(plate, white, stage.theme.panel, 10, 3),
    ]
    handles = [stage.mobject(*parts, z=24)]
    style_top = plate.top + PLATE + LABEL * 0.86
    for index, line in enumerate(lines):
        handles.append(
            stage.words(
                line,
                plate.left + PLATE,
                style_top + index * LABEL * 1.25,
                LABEL,
                STRONG,
                z=25,
                over=stage.theme.panel,
            )
        )
    for handle in handles:
        handle.enter(start_s, dy=10, duration_s=0.35)
        if end_s < stage.duration_s:
            handle.leave(end_s - 0.25, duration_s=0.25)


def click(stage: Stage, at: tuple[float, float], when_s: float) -> None:
    """A ring that opens where something was clicked."""
    x, y, scale = at[0] * stage.scale, at[1] * stage.scale, stage.scale
    most = (RING[1] + 8) * scale
    box = Rect(math.floor(x - most), math.floor(y - most), math.ceil(x + most), math.ceil(y + most))
    white = [value / 255 for value in channels(stage.theme.color("text"))]
    dark = [value / 255 for value in channels(stage.theme.background)]

    def look(t: float) -> Hashable | None:
        share = (t - when_s) / RING_S
        return round(share, 3) if 0 <= share < 1 else None

    def draw(ctx: cairo.Context, share: Any) -> None:
        radius = (RING[0] + (RING[1] - RING[0]) * ease_out(share)) * scale
        opacity = 1 - ease_in_out(share)
        for color, width, strength in ((dark, 9, 0.7), (white, 4.5, 1.0)):
            ctx.arc(x, y, radius, 0, 2 * math.pi)
            ctx.set_line_width(width * scale)
            ctx.set_source_rgba(color[0], color[1], color[2], opacity * strength)
            ctx.stroke()

    span = [(when_s, when_s + RING_S)]
    stage.drawn(DrawnLayer(look, lambda _: box, draw, lambda: span, z=23))


def moment_of(clock: Timeline, source_s: float) -> float | None:
    """The second of the shot at which the capture shows `source_s`; None where it never does."""
    for one in clock.stretches:
        if one.speed and one.from_s <= source_s <= one.from_s + (one.end_s - one.start_s) * one.speed:
            return one.start_s + (source_s - one.from_s) / one.speed
    return None


def rounded(ctx: cairo.Context, left: float, top: float, right: float, bottom: float, radius: float) -> None:
    """Adds a rounded rectangle to the path."""
    quarter = math.pi / 2
    ctx.new_sub_path()
    ctx.arc(right - radius, top + radius, radius, -quarter, 0)
    ctx.arc(right - radius, bottom - radius, radius, 0, quarter)
    ctx.arc(left + radius, bottom - radius, radius, quarter, 2 * quarter)
    ctx.arc(left + radius, top + radius, radius, 2 * quarter, 3 * quarter)
    ctx.close_path()
