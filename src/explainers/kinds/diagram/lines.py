"""What is drawn anew as it moves: lines that point, dots that run, and a shape that becomes another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from explainers.kinds.diagram.routes import length
from explainers.theme import channels, mix
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    import cairo

    from explainers.film.layer import DrawnLayer, Span, Track
    from explainers.stage import Box, Point, Stage

Where = Callable[[float], "Box"]
"""Where a thing is at a time."""


def link(
    stage: Stage,
    start: Where,
    end: Where,
    color: str,
    shown: Track,
    grown: Track,
    moves: Sequence[Span],
) -> None:
    """A curve from one thing to another that stays tied to both; `grown` draws it, `shown` fades it."""
    from explainers.film.layer import DrawnLayer, Rect

    scale = stage.scale
    red, green, blue = (c / 255 for c in channels(color))

    def look(t: float) -> Any:
        share, opacity = grown.at(t), shown.at(t)
        if share <= 0.001 or opacity <= 0.001:
            return None
        points = _curve(start(t), end(t))
        return tuple(round(n * scale, 1) for p in points for n in p), round(share, 3), round(opacity, 3)

    def cover(state: Any) -> Rect:
        xs, ys = state[0][0::2], state[0][1::2]
        pad = 20 * scale
        return Rect(int(min(xs) - pad), int(min(ys) - pad), int(max(xs) + pad) + 1, int(max(ys) + pad) + 1)

    def draw(ctx: cairo.Context, state: Any) -> None:
        (x0, y0, x1, y1, x2, y2, x3, y3), share, opacity = state
        ctx.set_source_rgba(red, green, blue, opacity)
        ctx.set_line_width(4.0 * scale)
        ctx.move_to(x0, y0)
        # The first part of a Bézier curve is one itself: cut where the line has grown to.
        a, b, c = (
            _between((x0, y0), (x1, y1), share),
            _between((x1, y1), (x2, y2), share),
            _between((x2, y2), (x3, y3), share),
        )
        d, e = _between(a, b, share), _between(b, c, share)
        tip = _between(d, e, share)
        ctx.curve_to(*a, *d, *tip)
        ctx.stroke()
        ctx.arc(x0, y0, 6.5 * scale, 0, 6.2832)
        ctx.fill()
        _head(ctx, d, tip, scale) if share > 0.15 else None

    spans = [*shown.spans(), *grown.spans(), *moves]
    stage.drawn(DrawnLayer(look, cover, draw, lambda: spans, 4.5))


def _curve(start: Box, end: Box) -> tuple[Point, Point, Point, Point]:
    """An S from the facing side of one box to that of the other."""
    (x0, y0), (x1, y1) = start.center, end.center
    apart_y = max(end.top - start.bottom, start.top - end.bottom)
    if apart_y > 0:
        down = y1 > y0
        first = (x0, start.bottom + 4 if down else start.top - 4)
        last = (x1, end.top - 8 if down else end.bottom + 8)
        middle = (first[1] + last[1]) / 2
        return first, (first[0], middle), (last[0], middle), last
    right = x1 > x0
    first = (start.right + 4 if right else start.left - 4, y0)
    last = (end.left - 8 if right else end.right + 8, y1)
    middle = (first[0] + last[0]) / 2
    return first, (middle, first[1]), (middle, last[1]), last


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _head(ctx: cairo.Context, before: Point, tip: Point, scale: float) -> None:
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    size = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / size, dy / size
    back, wing = 14.0 * scale, 9.0 * scale
    ctx.move_to(tip[0] - ux * back - uy * wing, tip[1] - uy * back + ux * wing)
    ctx.line_to(*tip)
    ctx.line_to(tip[0] - ux * back + uy * wing, tip[1] - uy * back - ux * wing)
    ctx.stroke()


def dot(stage: Stage, way: Sequence[Point], color: str, start_s: float, duration_s: float) -> None:
    """A dot with a short tail that runs along a way and is gone at its end."""
    from explainers.film.layer import DrawnLayer, Rect

    scale, whole = stage.scale, length(way)
    red, green, blue = (c / 255 for c in channels(color))

    def look(t: float) -> Any:
        share = (t - start_s) / duration_s
        if not 0.0 <= share <= 1.0:
            return None
        eased = ease_in_out(share)
        points = [point_at(way, max(0.0, eased - back / whole)) for back in (0.0, 16.0, 32.0)]
        opacity = min(1.0, share * 8, (1 - share) * 8)
        return tuple((round(x * scale, 1), round(y * scale, 1)) for x, y in points), round(opacity, 3)

    def cover(state: Any) -> Rect:
        xs, ys = [p[0] for p in state[0]], [p[1] for p in state[0]]
        pad = 16 * scale
        return Rect(int(min(xs) - pad), int(min(ys) - pad), int(max(xs) + pad) + 1, int(max(ys) + pad) + 1)

    def draw(ctx: cairo.Context, state: Any) -> None:
        points, opacity = state
        for (x, y), radius, share in zip(reversed(points), (5.0, 8.0, 12.0), (0.3, 0.55, 1.0), strict=True):
            ctx.set_source_rgba(red, green, blue, opacity * share)
            ctx.arc(x, y, radius * scale, 0, 6.2832)
            ctx.fill()

    spans = [(start_s, start_s + duration_s)]
    stage.drawn(DrawnLayer(look, cover, draw, lambda: spans, 7.5))


def point_at(way: Sequence[Point], share: float) -> Point:
    """The point at a share of a way's length."""
    left = length(way) * min(1.0, max(0.0, share))
    for before, after in pairwise(way):
        stretch = length((before, after))
        if left <= stretch and stretch:
            return _between(before, after, left / stretch)
        left -= stretch
    return way[-1]


def morph(
    stage: Stage,
    start: Box,
    end: Box,
    colors: tuple[tuple[str, str], tuple[str, str]],
    start_s: float,
    duration_s: float,
) -> DrawnLayer:
    """A rounded box that travels and grows from one box to another, its outline and fill changing too."""
    from explainers.film.layer import DrawnLayer, Rect

    scale = stage.scale

    def look(t: float) -> Any:
        share = (t - start_s) / duration_s
        if not 0.0 <= share < 1.0:
            return None
        return round(ease_in_out(share), 4)

    def box(share: float) -> tuple[float, ...]:
        return tuple((a + (b - a) * share) * scale for a, b in zip(start, end, strict=True))

    def cover(share: Any) -> Rect:
        left, top, right, bottom = box(share)
        return Rect(int(left) - 3, int(top) - 3, int(right) + 4, int(bottom) + 4)

    def draw(ctx: cairo.Context, share: Any) -> None:
        left, top, right, bottom = box(share)
        outline, fill = (mix(a, b, share) for a, b in zip(*colors, strict=True))
        inset, radius = 1.5 * scale, 14 * scale
        left, top, right, bottom = left + inset, top + inset, right - inset, bottom - inset
        ctx.new_sub_path()
        for x, y, turn in ((right, top, -1), (right, bottom, 0), (left, bottom, 1), (left, top, 2)):
            dx, dy = (-radius if x == right else radius), (-radius if y == bottom else radius)
            ctx.arc(x + dx, y + dy, radius, turn * 1.5708, (turn + 1) * 1.5708)
        ctx.close_path()
        ctx.set_source_rgb(*(c / 255 for c in channels(fill)))
        ctx.fill_preserve()
        ctx.set_source_rgb(*(c / 255 for c in channels(outline)))
        ctx.set_line_width(3 * scale)
        ctx.stroke()

    spans = [(start_s, start_s + duration_s)]
    layer = DrawnLayer(look, cover, draw, lambda: spans, 6.5)
    stage.drawn(layer)
    return layer
