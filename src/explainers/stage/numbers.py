"""Numbers that change: glyphs laid out once in the mono, put together again for every value."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Sequence
from functools import cache, lru_cache
from typing import Any

import cairo

from explainers.errors import RenderFailed
from explainers.film.layer import DrawnLayer, Note, Rect, Span, Tile
from explainers.fonts import right_to_left
from explainers.stage import ink
from explainers.stage.words import Style, TextRun
from explainers.theme import MONO


@lru_cache(maxsize=1024)
def _glyph(character: str, style: Style, scale: float) -> Tile | None:
    if character in " \u202f":
        return None
    if right_to_left(character):
        message = f"a number is set digit by digit, and {character!r} joins what is beside it"
        raise RenderFailed(f"{message}: write its unit in letters that stand alone")
    run = TextRun(character, style)
    # The pen starts at the cell's left edge: digits line up whatever their ink.
    return ink.raster([TextRun(character, style, run.line.ink[0] * style.size)], scale)


def number_width(text: str, style: Style) -> float:
    """Width of a number's cells in design units; a narrow space takes less than one, a wide letter two."""
    return sum(_advance(c) for c in text) * ink.font_measures(MONO)[1] * style.size


@cache
def _advance(character: str) -> float:
    """Cells that a character takes: two where it is wide, as the unit of a number may be."""
    if character == "\u202f":
        return 0.4
    return 2.0 if unicodedata.east_asian_width(character[0]) in "WF" else 1.0


def draw_number(
    ctx: cairo.Context,
    text: Sequence[str],
    style: Style,
    x_px: float,
    baseline_px: float,
    scale: float,
    opacity: float = 1.0,
) -> None:
    """Paint a number, a cell a glyph, whose first cell begins at pixel `x_px`, on `baseline_px`."""
    step = ink.font_measures(MONO)[1] * style.size * scale
    x = x_px
    for character in text:
        tile = _glyph(character, style, scale)
        if tile is not None:
            ctx.set_source_surface(tile.surface, round(x) + tile.x, round(baseline_px) + tile.y)
            ctx.get_source().set_filter(cairo.FILTER_NEAREST)
            ctx.paint_with_alpha(opacity)
        x += step * _advance(character)


def number_layer(
    text_at: Callable[[float], tuple[str, float, float, float] | None],
    style: Style,
    scale: float,
    spans: Callable[[], list[Span]],
    z: float,
    anchor: str = "left",
    note: Note | None = None,
) -> DrawnLayer:
    """A layer that shows a changing number.

    `text_at(t)` gives the text, the anchor's x and baseline in design units and the opacity, or None.
    `anchor` is `left`, `center` or `right`.
    """
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}[anchor]

    def look(t: float) -> Hashable | None:
        shown = text_at(t)
        if shown is None or shown[3] <= 0.001:
            return None
        text, x, baseline, opacity = shown
        left = (x - shift * number_width(text, style)) * scale
        return text, round(left), round(baseline * scale), round(opacity, 3)

    def cover(state: Any) -> Rect:
        text, left, baseline, _ = state
        width, size = number_width(text, style) * scale, style.size * scale
        return Rect(
            int(left - 0.1 * size),
            int(baseline - size),
            int(left + width + 0.1 * size) + 1,
            int(baseline + 0.35 * size) + 1,
        )

    def draw(ctx: cairo.Context, state: Any) -> None:
        text, left, baseline, opacity = state
        draw_number(ctx, text, style, left, baseline, scale, opacity)

    return DrawnLayer(look, cover, draw, spans, z, note)
