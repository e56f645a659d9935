"""Lines that are drawn and dots that appear, as film layers. Places are design units where they come in."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cairo

from explainers.film.layer import DrawnLayer, Note, Rect, Track
from explainers.stage.box import Point
from explainers.stage.marks import spans_of, use_color


def line_layer(
    points: Sequence[Point],
    scale: float,
    color: str,
    drawn: Track,
    light: Track,
    width: float = 5.0,
    z: float = 4.0,
    note: Note | None = None,
) -> DrawnLayer:
    """A line through `points` of which the share `drawn` (0 to 1 of its length) is there."""
    places = [(x * scale, y * scale) for x, y in points]
    lengths = [0.0]
    for a, b in itertools.pairwise(places):
        lengths.append(lengths[-1] + math.dist(a, b))
    pad = width * scale / 2 + 1.5

    def look(t: float) -> Hashable | None:
        share = drawn.at(t)
        return (round(share, 5), round(light.at(t), 3)) if share > 0 else None

    def until(share: float) -> list[Point]:
        reach = lengths[-1] * share
        index = max(1, min(bisect_right(lengths, reach), len(places) - 1))
        before, after = places[index - 1], places[index]
        rest = lengths[index] - lengths[index - 1]
        part = (reach - lengths[index - 1]) / rest if rest else 1.0
        end = before[0] + (after[0] - before[0]) * part, before[1] + (after[1] - before[1]) * part
        return [*places[:index], end]

    def around(some: Sequence[Point]) -> Rect:
        xs, ys = [x for x, _ in some], [y for _, y in some]
        return Rect(
            math.floor(min(xs) - pad),
            math.floor(min(ys) - pad),
            math.ceil(max(xs) + pad),
            math.ceil(max(ys) + pad),
        )

    def cover(state: Any) -> Rect:
        return around(until(state[0]))

    @lru_cache(maxsize=1)
    def stroked(share: float) -> tuple[cairo.ImageSurface, Rect]:
        """The line as a mask of its own. Cairo's edges differ a little with the clip they are drawn under;
        drawn without one, a frame is the same whether it is asked for alone or follows another."""
        box = around(until(share))
        mask = cairo.ImageSurface(cairo.FORMAT_A8, box.right - box.left, box.bottom - box.top)
        ctx = cairo.Context(mask)
        ctx.translate(-box.left, -box.top)
        for x, y in until(share):
            ctx.line_to(x, y)
        ctx.set_line_width(width * scale)
        ctx.set_line_join(cairo.LINE_JOIN_ROUND)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        ctx.stroke()
        return mask, box

    def draw(ctx: cairo.Context, state: Any) -> None:
        mask, box = stroked(state[0])
        use_color(ctx, color, state[1])
        ctx.mask_surface(mask, box.left, box.top)

    def between(before: Any, after: Any) -> list[Rect]:
        if before[1] != after[1]:
            return [cover(before), cover(after)]
        less, more = sorted((until(before[0]), until(after[0])), key=len)
        # The tip's direction shapes its last joint, so the stretch before that is painted again too.
        return [around([less[-1], *more[max(0, len(less) - 3) :]])]

    tracks = [drawn, light]
    return DrawnLayer(look, cover, draw, lambda: spans_of(tracks), z, note, between)


@dataclass(frozen=True)
class Dot:
    """A dot's centre, its share of full size over time and its brightness; `hollow` draws a ring."""

    x: float
    y: float
    size: Track
    light: Track
    color: str
    hollow: bool = False


def dots_layer(
    dots: Sequence[Dot],
    scale: float,
    radius: float,
    background: str,
    z: float = 5.0,
    note: Note | None = None,
) -> DrawnLayer:
    """Dots that grow to `radius`; the inside of a ring is of the background's colour."""
    reach = radius * scale + 2

    def look(t: float) -> Hashable | None:
        state = tuple((round(dot.size.at(t), 3), round(dot.light.at(t), 3)) for dot in dots)
        return state if any(size for size, _ in state) else None

    def box_of(index: int) -> Rect:
        x, y = dots[index].x * scale, dots[index].y * scale
        return Rect(math.floor(x - reach), math.floor(y - reach), math.ceil(x + reach), math.ceil(y + reach))

    def cover(state: Any) -> Rect:
        boxes = [box_of(index) for index, (size, _) in enumerate(state) if size]
        whole = boxes[0]
        for box in boxes[1:]:
            whole = whole.joined(box)
        return whole

    def draw(ctx: cairo.Context, state: Any) -> None:
        for dot, (size, light) in zip(dots, state, strict=True):
            if not size:
                continue
            x, y, full = dot.x * scale, dot.y * scale, radius * scale * size
            # What lies under a dimmed dot or in a ring does not shine through.
            use_color(ctx, background, 1.0)
            ctx.new_path()
            ctx.arc(x, y, full, 0, 2 * math.pi)
            ctx.fill()
            use_color(ctx, dot.color, light)
            ctx.new_path()
            ctx.arc(x, y, full * 0.78 if dot.hollow else full, 0, 2 * math.pi)
            if dot.hollow:
                ctx.set_line_width(full * 0.44)
                ctx.stroke()
            else:
                ctx.fill()

    def between(before: Any, after: Any) -> list[Rect]:
        return [box_of(i) for i, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]

    tracks = [track for dot in dots for track in (dot.size, dot.light)]
    return DrawnLayer(look, cover, draw, lambda: spans_of(tracks), z, note, between)
