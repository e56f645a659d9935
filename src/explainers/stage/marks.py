"""The moving parts of bars and charts: bars that grow, and the numbers that ride on them.

Each is a film layer whose state is a few numbers: what changed between two frames is all that is
painted. Lengths and places are design units where they come in, pixels inside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import cairo

from explainers.film.layer import DrawnLayer, Note, Rect, Span, Track
from explainers.stage.box import Box
from explainers.stage.numbers import number_layer
from explainers.stage.spotlight import QUIET
from explainers.stage.words import Style
from explainers.theme import channels, mix


def spans_of(tracks: Sequence[Track]) -> list[Span]:
    """When any of the tracks changes."""
    return [span for track in tracks for span in track.spans()]


def use_color(ctx: cairo.Context, color: str, opacity: float) -> None:
    """Paint with `#RRGGBB` at an opacity of 0 to 1 from now on."""
    red, green, blue = channels(color)
    ctx.set_source_rgba(red / 255, green / 255, blue / 255, opacity)


def bar_layer(
    box: Box,
    scale: float,
    color: str,
    background: str,
    growth: Track,
    light: Track,
    z: float = 3.0,
    radius: float = 8.0,
    backwards: bool = False,
    note: Note | None = None,
) -> DrawnLayer:
    """A bar that grows from its left edge (its right one with `backwards`) to the whole of `box`.

    At rest its edges lie on whole pixels; while it grows its end lies where `growth` (0 to 1) says.
    `light` dims it towards `background`; what lies under it never shines through.
    """
    top, bottom = round(box.top * scale), round(box.bottom * scale)
    near, far = (box.right, box.left) if backwards else (box.left, box.right)
    base, tip = round(near * scale), round(far * scale)

    def look(t: float) -> Hashable | None:
        end = base + (tip - base) * growth.at(t)
        return None if abs(end - base) < 0.05 else (round(end * 32) / 32, round(light.at(t), 3))

    def cover(state: Any) -> Rect:
        low, high = sorted((base, state[0]))
        return Rect(math.floor(low), top, math.ceil(high), bottom)

    def draw(ctx: cairo.Context, state: Any) -> None:
        low, high = sorted((base, state[0]))
        corner = min(radius * scale, (high - low) / 2, (bottom - top) / 2)
        ctx.new_path()
        for x, y, turn in ((high, top, -0.5), (high, bottom, 0.0), (low, bottom, 0.5), (low, top, 1.0)):
            inward_x = x - corner if x == high else x + corner
            inward_y = y + corner if y == top else y - corner
            ctx.arc(inward_x, inward_y, corner, turn * math.pi, (turn + 0.5) * math.pi)
        ctx.close_path()
        use_color(ctx, mix(background, color, state[1]), 1.0)
        ctx.fill()

    def between(before: Any, after: Any) -> list[Rect]:
        reach = math.ceil(radius * scale) + 1
        # A bar too short for its corners changes its shape at both ends.
        short = min(abs(before[0] - base), abs(after[0] - base)) < 2 * reach
        if before[1] != after[1] or short:
            return [cover(before), cover(after)]
        low, high = sorted((before[0], after[0]))
        return [Rect(math.floor(low) - reach, top, math.ceil(high) + reach, bottom)]

    tracks = [growth, light]
    return DrawnLayer(look, cover, draw, lambda: spans_of(tracks), z, note, between)


def plated_number(
    text_at: Callable[[float], tuple[str, float, float, float] | None],
    style: Style,
    scale: float,
    spans: Callable[[], list[Span]],
    plate: str,
    z: float = 10.0,
    anchor: str = "left",
    note: Note | None = None,
) -> DrawnLayer:
    """A changing number on a plate of the background's colour, so that no gridline runs through it."""
    inner = number_layer(text_at, style, scale, spans, z, anchor, note)
    margin = math.ceil(0.12 * style.size * scale)

    def cover(state: Any) -> Rect:
        box = inner.cover(state)
        return box._replace(left=box.left - margin, right=box.right + margin)

    def draw(ctx: cairo.Context, state: Any) -> None:
        box, rise = cover(state), style.size * scale
        top, bottom = state[2] - 0.9 * rise, state[2] + 0.17 * rise
        ctx.rectangle(box.left, top, box.right - box.left, bottom - top)
        # The plate is there as soon as the number is: dimmed numbers keep a whole one.
        use_color(ctx, plate, min(1.0, state[3] / QUIET))
        ctx.fill()
        inner.draw(ctx, state)

    return DrawnLayer(inner.look, cover, draw, inner.changes, z, note)
