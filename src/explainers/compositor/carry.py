"""Carrying on: what two neighbouring shots both name is one thing that travels from the one to the other.

The first frames of the second shot show the way. A thing goes by its name and part: its box moves and changes
its size, and its old look becomes its new one: looks of unlike hues follow each other from the left, since
between blue and amber, mixed, lies green. Parts that only one of the shots has travel with their thing
while they go or come. What has no name and is alike in place and size becomes the other in place. The rest
leaves, or enters as its own shot says. Words never dissolve over other words: the old ones go first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from colorsys import rgb_to_hsv
from dataclasses import dataclass, replace
from functools import reduce
from math import ceil, floor
from typing import Any

import cairo
import numpy as np

from explainers.compositor.camera import SeenLayer
from explainers.compositor.layer import Layer, Rect, Span, TileLayer
from explainers.compositor.picture import Picture
from explainers.timing import ease_in, ease_in_out, ease_out

TRAVEL_S, CROSS_S, ENTER_S = 0.8, 0.36, 0.35
"""How long things travel, what leaves with the first shot takes, and what comes with the second."""
WORDS_GONE_S, WORDS_COME_S = 0.18, 0.56
"""When words that don't travel are gone, and from when new ones come."""
STRETCHED = 6.0
"""A look that would have to be drawn so many times as large is left out until it need not be."""
_ARRIVES_S = 1.5
"""A thing of the second shot that is not there by then is not the same thing: it enters as it does."""
COLOURFUL, UNLIKE = 0.3, 0.15
"""The saturation from which a look has a hue, and how far apart hues don't mix, of a circle of 1."""
SOFT = 0.12
"""Half the width of the edge between looks that follow each other, as a share of the thing's."""
_LETTERED = frozenset(("label", "caption", "count", "value", "flag"))
"""The parts of things that are words with the light or the shade under them."""
_ALIKE = 0.7
"""The share of their common area from which two things without a name are alike in place and size."""


@dataclass(frozen=True)
class Pair:
    """A thing that travels: its name in the second shot, and in the first; for `--explain` and for checks."""

    name: str
    before: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class _Thing:
    """A layer at one moment: what it looks like, and where."""

    layer: Layer
    state: Any

    @property
    def box(self) -> Rect:
        return self.layer.box(self.state)

    @property
    def words(self) -> str | None:
        note = self.layer.note
        return self.layer.words(self.state) if note is not None and note.kind == "text" else None

    @property
    def of(self) -> tuple[str, str]:
        """The thing and the part of it that this layer belongs to."""
        return self.layer.name, self.layer.part


Edges = tuple[float, float, float, float]


@dataclass(eq=False)
class _Travelling(Layer):
    """One layer of the first shot, of the second, or of both, on the way from `start` to `end` (boxes).

    From `TRAVEL_S` on it is the second shot's layer; until `ready_s` that shows how it looks then.
    """

    frame: Rect
    start: Rect
    end: Rect
    before: _Thing | None = None
    after: _Thing | None = None
    ready_s: float = 0.0
    crosses: bool = False
    """Whether these words would pass over others on their way: then they go here and come there."""
    joins: bool = False
    """Whether it is a new part of a thing that travels: it comes when the thing is nearly there."""
    shade: bool = False
    """Whether it is the light or the shade of words, or of a head: it comes and goes with words."""

    def __post_init__(self) -> None:
        shown = self.after or self.before
        assert shown is not None
        self.z, self.note = shown.layer.z, shown.layer.note
        self.name, self.part, self.pinned = shown.layer.name, shown.layer.part, shown.layer.pinned
        self._echo = _looks_alike(self.before, self.after)
        # Words in another colour go over into it.
        self._same = self._echo and _color(self.before) == _color(self.after)
        self._unlike = _of_unlike_hues(self.before, self.after)
        # The new look of something that was larger before is drawn for that size.
        larger = (self.start.bottom - self.start.top) / max(1, self.end.bottom - self.end.top)
        self._sharp = round(max(1.0, larger), 2) if self._echo else 1.0

    def state(self, t: float) -> Hashable | None:
        share = round(ease_in_out(min(1.0, t / TRAVEL_S)), 4)
        if share >= 1.0:
            stands = self.after.layer.state(max(t, self.ready_s)) if self.after else None
            return None if stands is None else ("stands", stands)
        shown = self._opacities(t, share)
        return ("travels", share, *shown) if any(shown) else None

    def _opacities(self, t: float, share: float) -> tuple[float, float]:
        """The opacities of the old look and of the new one."""
        both = self.before is not None and self.after is not None
        if self.in_turn:
            old, new = 1 - t / WORDS_GONE_S, (t - WORDS_COME_S) / (TRAVEL_S - WORDS_COME_S)
        elif not both:
            # What is no words may come while something else is still there: the frame is never empty.
            comes, lasts = (WORDS_COME_S, TRAVEL_S - WORDS_COME_S) if self.joins else (CROSS_S / 2, ENTER_S)
            old, new = 1 - ease_in(min(1.0, t / CROSS_S)), ease_out(max(0.0, t - comes) / lasts)
        elif share == 0:
            old, new = 1.0, 0.0
        elif self._same:
            old, new = 0.0, 1.0
        else:
            old, new = 1 - share, share
        old, new = min(1.0, max(0.0, old)), min(1.0, max(0.0, new))
        return round(old if self.before else 0.0, 4), round(new if self.after else 0.0, 4)

    @property
    def layer(self) -> Layer | None:
        """The second shot's layer."""
        return self.after.layer if self.after else None

    @property
    def in_turn(self) -> bool:
        """Whether it is words of which the old ones go first and the new ones then come in their place."""
        return (self._words() or self.shade) and (not self._echo or self.crosses)

    def _place_of(self, thing: _Thing, share: float) -> Edges:
        if self.in_turn:
            return self.start if thing is self.before else self.end
        return self.place(share)

    @property
    def lettered(self) -> bool:
        """Whether it is words that travel as they are, on no plate of their own."""
        return self._words() and self._echo and "chip" not in self.part

    def place(self, share: float) -> Edges:
        left, top, right, bottom = (a + (b - a) * share for a, b in zip(self.start, self.end, strict=True))
        return left, top, right, bottom

    def alpha(self, state: Any) -> float:
        if state[0] == "stands":
            assert self.after is not None
            return self.after.layer.alpha(state[1])
        return min(1.0, sum(opacity * one.layer.alpha(one.state) for one, opacity in self._shown(state)))

    def words(self, state: Any) -> str:
        if state[0] == "stands":
            assert self.after is not None
            return self.after.layer.words(state[1])
        shown = self.before if self.before and state[2] >= state[3] else self.after
        return shown.layer.words(shown.state) if shown else ""

    def box(self, state: Any) -> Rect:
        if state[0] == "stands":
            assert self.after is not None
            return self.after.layer.box(state[1])
        fit, share = self._fit(), state[1]
        return reduce(
            Rect.joined,
            (_carried_box(one, self._place_of(one, share), fit) for one, _ in self._shown(state)),
        )

    def _shown(self, state: Any) -> list[tuple[_Thing, float]]:
        """The looks that are seen on the way, each with its opacity."""
        looks = zip((self.before, self.after), state[2:], strict=True)
        return [(thing, opacity) for thing, opacity in looks if thing is not None and opacity > 0]

    def _fit(self) -> str:
        """How looks take the size of the place: words keep their proportions, and other words their size."""
        return "stretched" if not self._words() else "scaled" if self._echo else "kept"

    def _words(self) -> bool:
        return any(thing is not None and thing.words is not None for thing in (self.before, self.after))

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        if state[0] == "stands":
            assert self.after is not None
            self.after.layer.paint(ctx, state[1])
            return
        # A group is as large as what is clipped: only what this layer covers needs one.
        left, top, right, bottom = self.box(state)
        ctx.save()
        ctx.rectangle(left - 1, top - 1, right - left + 2, bottom - top + 2)
        ctx.clip()
        self._paint_on_the_way(ctx, state)
        ctx.restore()

    def _paint_on_the_way(self, ctx: cairo.Context, state: Any) -> None:
        _, share, old, new = state
        both = old > 0 and new > 0 and self.before and self.after
        if both and self._unlike:
            self._paint_sweeping(ctx, share)
            return
        if both:
            # The two looks add up, so that what is alike in both doesn't grow faint halfway.
            ctx.push_group()
        for thing, opacity in ((self.before, old), (self.after, new)):
            if thing is not None and opacity > 0:
                place = self._place_of(thing, share)
                if max(_scales(thing, place, self._fit())) > STRETCHED:
                    continue
                if both and thing is self.after:
                    ctx.set_operator(cairo.OPERATOR_ADD)
                _paint(ctx, thing, place, opacity, self._fit(), self._sharp)
        if both:
            ctx.set_operator(cairo.OPERATOR_OVER)
            ctx.pop_group_to_source()
            ctx.paint()

    def _paint_sweeping(self, ctx: cairo.Context, share: float) -> None:
        """Paint both looks, the new one as far from the left as `share`, with a soft edge between them."""
        place = self._place_of(self.before, share) if self.before else self.place(share)
        wide = place[2] - place[0]
        edge = place[0] - SOFT * wide + share * (1 + 2 * SOFT) * wide
        ctx.push_group()
        for thing, from_left in ((self.before, 0.0), (self.after, 1.0)):
            if thing is None or max(_scales(thing, place, self._fit())) > STRETCHED:
                continue
            shown = cairo.LinearGradient(edge - SOFT * wide, 0, edge + SOFT * wide, 0)
            shown.add_color_stop_rgba(0, 0, 0, 0, from_left)
            shown.add_color_stop_rgba(1, 0, 0, 0, 1 - from_left)
            ctx.push_group()
            _paint(ctx, thing, place, 1.0, self._fit(), self._sharp)
            ctx.pop_group_to_source()
            ctx.set_operator(cairo.OPERATOR_ADD)
            ctx.mask(shown)
            ctx.set_operator(cairo.OPERATOR_OVER)
        ctx.pop_group_to_source()
        ctx.paint()

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is not None and after is not None and before[0] == after[0] == "stands":
            assert self.after is not None
            return self.after.layer.dirty(before[1], after[1])
        # On the way the frame is painted whole, as it is when it is drawn alone.
        return [self.frame]

    def spans(self) -> list[Span]:
        own = self.after.layer.spans() if self.after else []
        return [(0.0, max(TRAVEL_S, self.ready_s)), *own]


def _looks_alike(one: _Thing | None, other: _Thing | None) -> bool:
    """Whether two are words that say the same, or the same pixels: then the new look stands for both."""
    if one is None or other is None:
        return False
    if one.words is not None:
        # The same words on other lines, or beside other things, are another picture of them.
        ratio = (one.box.width * (other.box.bottom - other.box.top)) / max(
            1, other.box.width * (one.box.bottom - one.box.top)
        )
        return one.words == other.words and abs(ratio - 1) < 0.06
    first, second = _tile(one.layer), _tile(other.layer)
    if first is None or second is None or first.tile.pixels.shape != second.tile.pixels.shape:
        return False
    return bool((first.tile.pixels == second.tile.pixels).all())


def _of_unlike_hues(one: _Thing | None, other: _Thing | None) -> bool:
    """Whether both looks are colourful, each in another hue."""
    if one is None or other is None:
        return False
    (first, strong), (second, rich) = (_hue(thing) for thing in (one, other))
    apart = abs(first - second)
    return min(strong, rich) > COLOURFUL and min(apart, 1 - apart) > UNLIKE


def _hue(thing: _Thing) -> tuple[float, float]:
    """The hue and saturation of a look's mean colour, 0 to 1."""
    box, side = thing.box, 24
    surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, side, side)
    ctx = cairo.Context(surface)
    ctx.scale(side / max(1, box.width), side / max(1, box.bottom - box.top))
    ctx.translate(-box.left, -box.top)
    thing.layer.paint(ctx, thing.state)
    surface.flush()
    pixels = np.frombuffer(surface.get_data(), np.uint8).reshape(-1, 4).astype(float)
    blue, green, red, alpha = pixels.sum(axis=0)
    hue, saturation, _ = rgb_to_hsv(*(value / max(1.0, alpha) for value in (red, green, blue)))
    return hue, saturation


def _color(thing: _Thing | None) -> str | None:
    return thing.layer.note.color if thing and thing.layer.note else None


def _tile(layer: Layer) -> TileLayer | None:
    inner = layer.layer if isinstance(layer, SeenLayer) else layer
    return inner if isinstance(inner, TileLayer) else None


def _scales(thing: _Thing, place: Edges, fit: str) -> tuple[float, float]:
    """How much larger it is in `place`."""
    box = thing.box
    across = (place[2] - place[0]) / max(1, box.width)
    up = (place[3] - place[1]) / max(1, box.bottom - box.top)
    return {"kept": (1.0, 1.0), "scaled": (up, up), "stretched": (across, up)}[fit]


def _carried_box(thing: _Thing, place: Edges, fit: str) -> Rect:
    across, up = _scales(thing, place, fit)
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    wide, high = thing.box.width * across / 2, (thing.box.bottom - thing.box.top) * up / 2
    return Rect(floor(x - wide) - 1, floor(y - high) - 1, ceil(x + wide) + 1, ceil(y + high) + 1)


def _paint(ctx: cairo.Context, thing: _Thing, place: Edges, opacity: float, fit: str, sharp: float) -> None:
    box, (across, up) = thing.box, _scales(thing, place, fit)
    ctx.save()
    tile = _tile(thing.layer)
    if tile is not None and tile.edges and tile is thing.layer and fit == "stretched":
        _nine(ctx, tile, place, opacity)
        ctx.restore()
        return
    if opacity < 1.0 and tile is not None:
        # A tile is painted at an opacity at once; anything else in a group.
        thing, opacity = _fainter(thing, opacity), 1.0
    # A group is made before the context is scaled: its pixels are then the frame's own.
    if opacity < 1.0:
        ctx.push_group()
    ctx.save()
    ctx.translate((place[0] + place[2]) / 2, (place[1] + place[3]) / 2)
    ctx.scale(across, up)
    ctx.translate(-(box.left + box.right) / 2, -(box.top + box.bottom) / 2)
    thing.layer.paint_closer(ctx, thing.state, sharp)
    ctx.restore()
    if opacity < 1.0:
        ctx.pop_group_to_source()
        ctx.paint_with_alpha(opacity)
    ctx.restore()


def _fainter(thing: _Thing, opacity: float) -> _Thing:
    """A tile, also one that the camera sees, at a share of its opacity."""
    seen = isinstance(thing.layer, SeenLayer)
    dx, dy, own, *rest = thing.state[0] if seen else thing.state
    state = (dx, dy, own * opacity, *rest)
    return replace(thing, state=(state, *thing.state[1:]) if seen else state)


def _nine(ctx: cairo.Context, layer: TileLayer, place: Edges, opacity: float) -> None:
    """Paint a panel's tile in another size: its corners stay as they are, its sides and middle stretch."""
    tile, edge = layer.tile, layer.edges
    left, top, right, bottom = place
    x_edge = min(edge, tile.width // 2, max(0.0, (right - left) / 2))
    y_edge = min(edge, tile.height // 2, max(0.0, (bottom - top) / 2))
    xs = (
        (0, x_edge, left),
        (x_edge, tile.width - 2 * x_edge, left + x_edge),
        (tile.width - x_edge, x_edge, right - x_edge),
    )
    ys = (
        (0, y_edge, top),
        (y_edge, tile.height - 2 * y_edge, top + y_edge),
        (tile.height - y_edge, y_edge, bottom - y_edge),
    )
    for row, (y_from, y_long, y_to) in enumerate(ys):
        for column, (x_from, x_long, x_to) in enumerate(xs):
            wide = x_long if column != 1 else max(0.0, right - left - 2 * x_edge)
            high = y_long if row != 1 else max(0.0, bottom - top - 2 * y_edge)
            if min(wide, high, x_long, y_long) <= 0:
                continue
            ctx.save()
            ctx.rectangle(x_to, y_to, wide, high)
            ctx.clip()
            ctx.translate(x_to, y_to)
            ctx.scale(wide / x_long, high / y_long)
            ctx.set_source_surface(tile.surface, -x_from, -y_from)
            ctx.get_source().set_filter(cairo.FILTER_BILINEAR)
            ctx.paint_with_alpha(opacity)
            ctx.restore()


def carried(before: Picture, after: Picture, names: Mapping[str, str]) -> Picture:
    """The second picture, whose first frames carry the first on; `names` maps its names to the first's."""
    return replace(after, layers=tuple(_Carry(before, after, names).layers()))


def pairs(before: Picture, after: Picture, names: Mapping[str, str]) -> list[Pair]:
    """What travels from the first picture to the second, in the order of the second's layers."""
    carry = _Carry(before, after, names)
    found: dict[str, list[str]] = {}
    for index, old in carry.matched.items():
        layer = carry.after[index].layer
        if layer.name and old is not None:
            found.setdefault(layer.name, []).append(layer.part)
    return [Pair(name, names.get(name, name), tuple(dict.fromkeys(parts))) for name, parts in found.items()]


class _Carry:
    """Which layer of the first picture becomes which of the second."""

    def __init__(self, before: Picture, after: Picture, names: Mapping[str, str]):
        self.names, self.width, self.height = names, after.width, after.height
        end_s = (before.duration_frames - 1) / before.fps
        old = sorted(before.layers, key=lambda layer: layer.z)
        states = ((layer, layer.state(end_s)) for layer in old)
        self.before = [_Thing(layer, state) for layer, state in states if state is not None]
        self.ready: list[float] = []
        self.after: list[_Thing] = []
        self.late: list[Layer] = []
        for layer in after.layers:
            ready_s = _ready_s(layer, after)
            if ready_s is None:
                self.late.append(layer)
            else:
                self.ready.append(ready_s)
                self.after.append(_Thing(layer, layer.state(ready_s)))
        self.matched = self._matched()

    def _matched(self) -> dict[int, _Thing | None]:
        """For each layer of the second picture, by its place, the one of the first that becomes it."""
        by_part: dict[tuple[str, str], list[_Thing]] = defaultdict(list)
        for thing in self.before:
            by_part[thing.layer.name, thing.layer.part].append(thing)
        found: dict[int, _Thing | None] = {}
        for index, thing in enumerate(self.after):
            layer = thing.layer
            if layer.pinned and layer.note is not None:
                # What the camera leaves alone stays where it is, or is replaced on a clean frame.
                alike = by_part[layer.name, layer.part]
                same = [one for one in alike if one.layer.note == layer.note and one.box == thing.box]
                found[index] = same[0] if same else None
                if same:
                    by_part[layer.name, layer.part].remove(same[0])
            elif layer.name:
                waiting = by_part[self.names.get(layer.name, layer.name), layer.part]
                found[index] = waiting.pop(0) if waiting else None
            else:
                alike = [one for one in by_part["", layer.part] if _alike(one, thing)]
                found[index] = alike[0] if alike else None
                if alike:
                    by_part["", layer.part].remove(alike[0])
        return found

    def layers(self) -> Iterable[Layer]:
        """The second picture's layers, and those of the first that leave."""
        used = {id(one) for one in self.matched.values() if one is not None}
        old_boxes = _boxes(self.before)
        new_boxes = _boxes(self.after)
        frame = Rect(0, 0, self.width, self.height)
        back = {self.names.get(name, name): name for name in new_boxes}
        made: list[Layer] = []
        on_their_way = [(at, one) for at, one in self.matched.items() if one is not None]
        for thing in self.before:
            if id(thing) in used:
                continue
            name = thing.layer.name
            start, end = old_boxes.get(name), new_boxes.get(back.get(name, ""))
            to = thing.box
            if start is not None and end is not None and _rides(thing):
                to = _mapped(thing.box, start, end)
            leaves = _Travelling(frame, thing.box, to, before=thing)
            # What leaves stays over what it lay over, wherever that lies in the second shot.
            under = [self.after[at].layer.z for at, one in on_their_way if one.layer.z < leaves.z]
            leaves.z = max([leaves.z, *(z + 0.001 for z in under)])
            made.append(leaves)
        for index, thing in enumerate(self.after):
            old, layer = self.matched[index], thing.layer
            if old is not None:
                both = _Travelling(frame, old.box, thing.box, old, thing, self.ready[index])
                if both.in_turn:
                    leaving = _Travelling(frame, old.box, old.box, before=old)
                    leaving.name = layer.name
                    made.append(leaving)
                    made.append(
                        _Travelling(frame, thing.box, thing.box, after=thing, ready_s=self.ready[index])
                    )
                else:
                    made.append(both)
                continue
            start = old_boxes.get(self.names.get(layer.name, layer.name)) if layer.name else None
            end = new_boxes.get(layer.name)
            if start is not None and end is not None and _rides(thing):
                begins = _mapped(thing.box, end, start)
                made.append(_Travelling(frame, begins, thing.box, None, thing, self.ready[index], joins=True))
            elif layer.state(0.0) is not None:
                made.append(_Travelling(frame, thing.box, thing.box, None, thing, self.ready[index]))
            else:
                made.append(layer)
        lettered = {one.of for one in (*self.before, *self.after) if one.words is not None and one.layer.name}
        for one in made:
            if isinstance(one, _Travelling):
                under_words = (one.name, one.part) in lettered and one.part in _LETTERED
                one.shade = one.note is None and (under_words or one.part == "glow")
                one.crosses = one.lettered and any(_meet(one, other) for other in made if other is not one)
        return [*made, *self.late]


def _rides(thing: _Thing) -> bool:
    """Whether a part that only one of the shots has travels with its thing; words go and come in place."""
    return not thing.layer.pinned and (thing.words is None or "chip" in thing.layer.part)


def _meet(one: _Travelling, other: Layer) -> bool:
    """Whether words would lie on other words somewhere on their way."""
    for share in (0.15, 0.3, 0.45, 0.6, 0.75, 0.9):
        mine = one.place(share)
        if isinstance(other, _Travelling):
            if not other.lettered:
                return False
            theirs = other.place(share)
        else:
            # Words that enter in their own way stand still, or nearly so.
            if other.note is None or other.note.kind != "text" or share < 0.3:
                continue
            state = other.state(TRAVEL_S)
            if state is None:
                return False
            theirs = other.box(state)
        across = min(mine[2], theirs[2]) - max(mine[0], theirs[0])
        down = min(mine[3], theirs[3]) - max(mine[1], theirs[1])
        if across > 0 and down > 0:
            sizes = [(box[2] - box[0]) * (box[3] - box[1]) for box in (mine, theirs)]
            if across * down > 0.08 * min(sizes):
                return True
    return False


def _ready_s(layer: Layer, picture: Picture) -> float | None:
    """When a layer of the second shot has arrived, if it comes at once; None where it comes later."""
    step, last = 1 / picture.fps, (picture.duration_frames - 1) / picture.fps
    for number in range(ceil(min(last, _ARRIVES_S) * picture.fps) + 1):
        t = number * step
        if layer.state(t) is not None:
            # What is on its way in has arrived when the moves that it comes with are over.
            ends = [end for start, end in layer.spans() if start <= t + 2 * step and t < end <= t + 1.0]
            ready_s = min(last, max([t, *ends]))
            return ready_s if layer.state(ready_s) is not None else t
    return None


def _boxes(things: Sequence[_Thing]) -> dict[str, Rect]:
    """The rectangle around all parts of each thing that has a name."""
    found: dict[str, Rect] = {}
    for thing in things:
        if thing.layer.name:
            known = found.get(thing.layer.name)
            found[thing.layer.name] = thing.box.joined(known) if known else thing.box
    return found


def _mapped(box: Rect, one: Rect, other: Rect) -> Rect:
    """Where a box within `one` comes to when `one` becomes `other`; its own size stays."""
    x = (box.left + box.right) / 2
    y = (box.top + box.bottom) / 2
    x = other.left + (x - one.left) / max(1, one.width) * other.width
    y = other.top + (y - one.top) / max(1, one.bottom - one.top) * (other.bottom - other.top)
    wide, high = box.width / 2, (box.bottom - box.top) / 2
    return Rect(round(x - wide), round(y - high), round(x + wide), round(y + high))


def _alike(one: _Thing, other: _Thing) -> bool:
    """Whether two things without a name are of one sort, and alike in place and size."""
    kinds = [thing.layer.note.kind if thing.layer.note else "" for thing in (one, other)]
    if kinds[0] != kinds[1] or one.words != other.words:
        return False
    common = one.box.cut(other.box).area
    return common >= _ALIKE * max(one.box.area, other.box.area, 1)
