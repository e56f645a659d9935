"""The moving parts of bars and charts: bars that grow, lines that are drawn, dots that appear.

Each is a film layer whose state is a few numbers: what changed between two frames is all that is
painted. Lengths and places are design units where they come in, pixels inside.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cairo

from explainers.film.layer import DrawnLayer, Note
from explainers.film.region import Rect
from explainers.film.track import Span, Track
from explainers.stage.box import Box, Point
from explainers.stage.handle import CHANGE_S, Group, Handle
from explainers.stage.numbers import number_layer
from explainers.stage.words import Style
from explainers.theme import channels, mix
from explainers.timing import ease_in_out

QUIET = 0.42
"""How bright what a beat does not speak of stays."""

Quietable = Handle | Group | Track


class Spotlight:
    """Things by name, so that a beat can bring some out and quiet the others for as long as it lasts."""

    def __init__(self) -> None:
        self._things: list[tuple[frozenset[str], Quietable]] = []

    def add(self, names: Iterable[str], *things: Quietable) -> None:
        """Things that stay bright when any of `names` is brought out."""
        self._things += [(frozenset(names), thing) for thing in things]

    def plan(self, beats: Iterable[tuple[float, Sequence[str]]]) -> None:
        """Follow the beats: the start of each in seconds, and the names it brings out (none: all)."""
        for start_s, names in beats:
            for own, thing in self._things:
                _dim(thing, start_s, 1.0 if not names or own & set(names) else QUIET)


def _dim(thing: Quietable, t: float, share: float) -> None:
    if isinstance(thing, Track):
        if thing.last != share:
            thing.to(share, t, CHANGE_S, ease_in_out)
    elif isinstance(thing, Group):
        for inner in thing.handles:
            _dim(inner, t, share)
    else:
        # `share` multiplies opacity, so that a thing may be quietened before, while or after it enters.
        for layer in thing.layers:
            _dim(layer.track("share"), t, share)


def _spans(tracks: Sequence[Track]) -> list[Span]:
    return [span for track in tracks for span in track.spans()]


def _keys(tracks: Sequence[Track]) -> list[Any]:
    return [[track.initial, track.keys()] for track in tracks]


def _source(ctx: cairo.Context, color: str, opacity: float) -> None:
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
        _source(ctx, mix(background, color, state[1]), 1.0)
        ctx.fill()

    def between(before: Any, after: Any) -> list[Rect]:
        if before[1] != after[1]:
            return [cover(before), cover(after)]
        reach = math.ceil(radius * scale) + 1
        low, high = sorted((before[0], after[0]))
        return [Rect(math.floor(low) - reach, top, math.ceil(high) + reach, bottom)]

    tracks = [growth, light]
    depends = ["bar", base, tip, top, bottom, radius * scale, color, background, _keys(tracks)]
    return DrawnLayer(look, cover, draw, lambda: _spans(tracks), depends, z, note, between)


def plated_number(
    text_at: Callable[[float], tuple[str, float, float, float] | None],
    style: Style,
    scale: float,
    spans: Callable[[], list[Span]],
    depends: Any,
    plate: str,
    z: float = 10.0,
    anchor: str = "left",
    note: Note | None = None,
) -> DrawnLayer:
    """A changing number on a plate of the background's colour, so that no gridline runs through it."""
    inner = number_layer(text_at, style, scale, spans, ["plated", plate, depends], z, anchor, note)
    margin = math.ceil(0.12 * style.size * scale)

    def cover(state: Any) -> Rect:
        box = inner.cover(state)
        return box._replace(left=box.left - margin, right=box.right + margin)

    def draw(ctx: cairo.Context, state: Any) -> None:
        box, rise = cover(state), style.size * scale
        top, bottom = state[2] - 0.9 * rise, state[2] + 0.17 * rise
        ctx.rectangle(box.left, top, box.right - box.left, bottom - top)
        # The plate is there as soon as the number is: dimmed numbers keep a whole one.
        _source(ctx, plate, min(1.0, state[3] / QUIET))
        ctx.fill()
        inner.draw(ctx, state)

    return DrawnLayer(inner.look, cover, draw, inner.changes, inner.depends, z, note)


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
    for a, b in zip(places, places[1:], strict=False):
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
            math.floor(min(xs) - pad), math.floor(min(ys) - pad), math.ceil(max(xs) + pad), math.ceil(max(ys) + pad)
        )

    def cover(state: Any) -> Rect:
        return around(until(state[0]))

    def draw(ctx: cairo.Context, state: Any) -> None:
        ctx.new_path()
        for x, y in until(state[0]):
            ctx.line_to(x, y)
        ctx.set_line_width(width * scale)
        ctx.set_line_join(cairo.LINE_JOIN_ROUND)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        _source(ctx, color, state[1])
        ctx.stroke()

    def between(before: Any, after: Any) -> list[Rect]:
        if before[1] != after[1]:
            return [cover(before), cover(after)]
        less, more = sorted((until(before[0]), until(after[0])), key=len)
        return [around([less[-1], *more[max(0, len(less) - 2) :]])]

    tracks = [drawn, light]
    depends = ["line", places, width * scale, color, _keys(tracks)]
    return DrawnLayer(look, cover, draw, lambda: _spans(tracks), depends, z, note, between)


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
    dots: Sequence[Dot], scale: float, radius: float, background: str, z: float = 5.0, note: Note | None = None
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
            full = radius * scale * size
            ctx.new_path()
            ctx.arc(dot.x * scale, dot.y * scale, full, 0, 2 * math.pi)
            _source(ctx, background, 1.0)
            ctx.fill_preserve() if dot.hollow else None
            if dot.hollow:
                ctx.new_path()
                ctx.arc(dot.x * scale, dot.y * scale, full * 0.78, 0, 2 * math.pi)
                ctx.set_line_width(full * 0.44)
                _source(ctx, dot.color, light)
                ctx.stroke()
            else:
                _source(ctx, dot.color, light)
                ctx.fill()

    def between(before: Any, after: Any) -> list[Rect]:
        return [box_of(i) for i, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]

    tracks = [track for dot in dots for track in (dot.size, dot.light)]
    places = [[dot.x, dot.y, dot.color, dot.hollow] for dot in dots]
    depends = ["dots", places, scale, radius, background, _keys(tracks)]
    return DrawnLayer(look, cover, draw, lambda: _spans(tracks), depends, z, note, between)
