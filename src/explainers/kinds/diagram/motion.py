"""What moves: tokens on their paths, lines that stay tied to them, dots, and shapes that change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp
from typing import Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.kinds.diagram import acts
from explainers.kinds.diagram.composition import Composition
from explainers.kinds.diagram.routing import length
from explainers.stage import Box, Handle, Point, around, material
from explainers.theme import mix
from explainers.timing import Easing, ease_in_out

DENSE_GAP = 4.0
"""Between the tokens of a batch that has closed its ranks."""
_ARC_STEPS, _FLIGHT_STEPS = 14, 40
_BAND, FADED = 0.42, 1.35
"""The share of a flight that the band behind it covers, and when it is gone, in lengths of the flight."""


def free(handle: Handle, t: float, *names: str) -> float:
    """`t`, or the start of the last thing the handle does, if that is later: calls go forward in time.

    An author may hide what is still on its way; it then leaves when it has begun to come. With `names` only
    these tracks count.
    """
    kept = names or [name for layer in handle.layers for name in layer.tracks if name != "share"]
    tracks = [layer.tracks[name] for layer in handle.layers for name in kept if name in layer.tracks]
    return max([t, *(track.keys()[-1][0] for track in tracks if track.keys())])


# -- tokens --------------------------------------------------------------------------------------


@dataclass
class Sprite:
    """A token on stage: its handle, where it was drawn and how large, and where it is after the acts so far.

    Points and sizes are in design units. `moves` are the stretches of time in which it travels. `low` are the
    handles (shadow and chip) that pass behind plates, `high` those that fly over them, `tails` what trails
    behind a fall by its colour; all of them move together.
    """

    handle: Handle
    home: Point
    size: tuple[float, float]
    at: Point
    moves: list[Span] = field(default_factory=list)
    low: list[Handle] = field(default_factory=list)
    high: list[Handle] = field(default_factory=list)
    tails: dict[str, Handle] = field(default_factory=dict)
    scale: float = 1.0
    flying: bool = False

    def box(self, t: float) -> Box:
        """Where it is at a time, in design units."""
        layer, scale = self.handle.layers[0], self.handle.pixels
        dx, dy = layer.track("dx").at(t) / scale, layer.track("dy").at(t) / scale
        share = layer.track("scale").at(t)
        return around(self.home[0] + dx, self.home[1] + dy, self.size[0] * share, self.size[1] * share)

    @property
    def all(self) -> list[Handle]:
        return [*self.low, *self.high, *self.tails.values()]

    def fade(self, t: float, opacity: float, duration_s: float) -> None:
        """Go to an opacity, where it passes behind plates or over them."""
        for handle in self.high if self.flying else self.low:
            handle.fade(free(handle, t, "opacity"), opacity, duration_s)

    def lift(self, t: float, flying: bool) -> None:
        """From `t` on, fly over plates, or pass behind them again."""
        if self.high and flying != self.flying:
            self.fade(t, 0.0, 0.0)
            self.flying = flying
            self.fade(t, 1.0, 0.0)

    def jump(self, point: Point, t: float) -> None:
        """Be at a point from `t` on."""
        t = free(self.handle, t, "dx", "dy")
        for handle in self.all:
            handle.move(t, point[0] - self.home[0], point[1] - self.home[1], 0.0)
        self.at = point

    def follow(
        self, points: Sequence[Point], start_s: float, duration_s: float, easing: Easing = ease_in_out
    ) -> float:
        """Travel through points; the first is where it is. Returns the start, in seconds."""
        x, y = self.home
        start_s = free(self.handle, start_s, "dx", "dy")
        for handle in self.all:
            handle.follow(start_s, [(px - x, py - y) for px, py in points], duration_s, easing)
        self.moves.append((start_s, start_s + duration_s))
        self.at = points[-1]
        return start_s

    def resize(self, scale: float, start_s: float, duration_s: float) -> None:
        """Grow or shrink to a scale about its middle."""
        if abs(scale - self.scale) > 0.001:
            for handle in [*self.low, *self.high]:
                handle.grow(free(handle, start_s, "scale"), scale, duration_s)
            self.scale = scale

    def trail(self, role: str, start_s: float, duration_s: float, hidden: float = 0.0) -> None:
        """Show the tail of a fall while it lasts, after the share of it that is `hidden` behind a bar."""
        if (tail := self.tails.get(role)) is not None:
            start = start_s + hidden * duration_s
            tail.fade(free(tail, start, "opacity"), 1.0, duration_s * (0.4 if not hidden else 0.2))
            tail.fade(start_s + duration_s * 0.85, 0.0, 0.25)


def edge_points(at: Composition, before: str, after: str) -> list[Point]:
    """The points of the edge between two nodes, in the direction of travel; none without one."""
    edge = at.sizes.graph.edge(before, after)
    if edge is None:
        return []
    middle = at.routes[edge.name].middle
    return list(middle if edge.from_ == before else reversed(middle))


def travel_points(at: Composition, sprite: Sprite, travel: acts.Travel) -> list[Point]:
    """The points of a travel, from where the token is."""
    path, boxes, shift, points = travel.path, at.layout.nodes, 0.0, [sprite.at]
    if travel.way == "fly":
        return flight(at, sprite.at, travel)
    if travel.arc:
        return _arc(sprite, at.slots[path[-1]][travel.slot or 0])
    if travel.dense:
        index, count = travel.dense
        shift = (index - (count - 1) / 2) * (sprite.size[0] + DENSE_GAP)
    if len(path) == 1:
        return [sprite.at, (boxes[path[0]].center[0] + shift, boxes[path[0]].center[1])]
    for index, (before, after) in enumerate(pairwise(path), 2):
        edge, box = at.sizes.graph.edge(before, after), boxes[after]
        x, y = box.center
        if edge is None or not edge.lanes or travel.dense:
            points += [(px + shift, py) for px, py in edge_points(at, before, after)]
            x += shift
        elif at.routes[edge.name].vertical:
            # A token in a lane stays in it, and passes a node there.
            x = min(max(points[-1][0], box.left), box.right)
        else:
            y = min(max(points[-1][1], box.top), box.bottom)
        last = index == len(path) and travel.slot is not None
        points.append(at.slots[after][travel.slot or 0] if last else (x, y))
    return points


def flight(at: Composition, start: Point, travel: acts.Travel) -> list[Point]:
    """An arc from above a node to a slot of the last one; the further, the higher, so that none crosses."""
    first, last = at.boxes[travel.path[-2]], travel.path[-1]
    slots = at.slots[last]
    (x0, y0), (x1, y1) = (
        start,
        slots[travel.slot] if slots and travel.slot is not None else at.boxes[last].center,
    )
    rise = 40.0 + 0.17 * at.stage.height * (1.0 - exp(-abs(x1 - x0) / 600.0))
    top = min(first.top, at.boxes[last].top) - rise
    # From inside the node straight up, over in one curve, and down into the slot: the same way back.
    edge = at.sizes.graph.edge(travel.path[-2], last)
    over = 0.08 * (x1 - x0)
    if edge is not None and edge.to == last:
        lead = (x0, y0), (x0, top), (x1 + over, top), (x1, y1)
    else:
        lead = (x0, y0), (x0 - over, top), (x1, top), (x1, y1)
    return [_bezier(lead, step / _FLIGHT_STEPS) for step in range(_FLIGHT_STEPS + 1)]


def _bezier(points: tuple[Point, Point, Point, Point], share: float) -> Point:
    rest = 1.0 - share
    weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, points, strict=True)) for axis in (0, 1))
    return x, y


def _arc(sprite: Sprite, end: Point) -> list[Point]:
    """A bow above for those that go right, below for those that go left: none runs through another."""
    (x0, y0), (x1, y1) = sprite.at, end
    rise = sprite.size[1] * 0.62 * (-1 if x1 >= x0 else 1)
    shares = [step / _ARC_STEPS for step in range(_ARC_STEPS + 1)]
    return [(x0 + (x1 - x0) * s, y0 + (y1 - y0) * s + rise * (4 * s * (1 - s))) for s in shares]


# -- layers that are drawn anew as they move -----------------------------------------------------


@dataclass
class LinkLayer(Layer):
    """A curve from one token or node to another that stays tied to both.

    `grown` draws it from 0 to 1, and `shown` is its opacity. Between places of one node it
    arches over what stands between them, `around` on the side away from that node's label.
    """

    start: Sprite | Box
    end: Sprite | Box
    color: str
    scale: float
    shown: Track
    grown: Track
    around: str | None = None
    z: float = 4.5
    note: Note | None = None

    def state(self, t: float) -> Any:
        share, opacity = self.grown.at(t), self.shown.at(t)
        if share <= 0.001 or opacity <= 0.001:
            return None
        start, end = (end.box(t) if isinstance(end, Sprite) else end for end in (self.start, self.end))
        curve = _curve(start, end) if self.around is None else _arch(start, end, self.around)
        points = tuple(round(n * self.scale, 1) for point in curve for n in point)
        return points, round(share, 3), round(opacity, 3)

    def box(self, state: Any) -> Rect:
        return _around(state[0][0::2], state[0][1::2], 20 * self.scale)

    def spans(self) -> list[Span]:
        moves = [span for end in (self.start, self.end) if isinstance(end, Sprite) for span in end.moves]
        return [*self.shown.spans(), *self.grown.spans(), *moves]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        (x0, y0, x1, y1, x2, y2, x3, y3), share, opacity = state
        material.use(ctx, self.color, opacity)
        ctx.set_line_width(4.0 * self.scale)
        ctx.move_to(x0, y0)
        # The first part of a Bézier curve is one itself: cut where the line has grown to.
        a, b = _between((x0, y0), (x1, y1), share), _between((x1, y1), (x2, y2), share)
        c = _between((x2, y2), (x3, y3), share)
        d, e = _between(a, b, share), _between(b, c, share)
        tip = _between(d, e, share)
        ctx.curve_to(*a, *d, *tip)
        ctx.stroke()
        ctx.arc(x0, y0, 6.5 * self.scale, 0, 6.2832)
        ctx.fill()
        if share > 0.15:
            _head(ctx, d, tip, self.scale)


@dataclass
class DotLayer(Layer):
    """A dot with a short tail that runs along a line of points and is gone at its end."""

    points: Sequence[Point]
    color: str
    scale: float
    start_s: float
    duration_s: float
    z: float = 7.5
    note: Note | None = None

    def state(self, t: float) -> Any:
        share, whole = (t - self.start_s) / self.duration_s, length(self.points)
        if not 0.0 <= share <= 1.0:
            return None
        eased = ease_in_out(share)
        points = [point_at(self.points, max(0.0, eased - back / whole)) for back in (0.0, 16.0, 32.0)]
        opacity = min(1.0, share * 8, (1 - share) * 8)
        pixels = tuple((round(x * self.scale, 1), round(y * self.scale, 1)) for x, y in points)
        return pixels, round(opacity, 3)

    def box(self, state: Any) -> Rect:
        xs, ys = zip(*state[0], strict=True)
        return _around(xs, ys, 16 * self.scale)

    def spans(self) -> list[Span]:
        return [(self.start_s, self.start_s + self.duration_s)]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        points, opacity = state
        for (x, y), radius, share in zip(reversed(points), (5.0, 8.0, 12.0), (0.3, 0.55, 1.0), strict=True):
            material.use(ctx, self.color, opacity * share)
            ctx.arc(x, y, radius * self.scale, 0, 6.2832)
            ctx.fill()


@dataclass
class BandLayer(Layer):
    """What flies an arc draws a band behind it that widens to its head, and has its way dotted before it.

    The dots end at the height `edge`, where it comes down to a node.
    """

    points: Sequence[Point]
    color: str
    scale: float
    start_s: float
    duration_s: float
    width: float
    edge: float
    strength: float = 1.0
    z: float = 4.8
    note: Note | None = None

    def state(self, t: float) -> Any:
        share = (t - self.start_s) / self.duration_s
        if not 0.0 < share < FADED:
            return None
        head = ease_in_out(min(1.0, share))
        fading = min(1.0, share * 4, (FADED - share) / (FADED - 1.0))
        return round(head, 4), round(fading, 3)

    def box(self, state: Any) -> Rect:
        xs, ys = zip(*((x * self.scale, y * self.scale) for x, y in self.points), strict=True)
        return _around(xs, ys, self.width * self.scale)

    def spans(self) -> list[Span]:
        return [(self.start_s, self.start_s + self.duration_s * FADED)]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        head, fading = state
        back = max(0.0, head - _BAND)
        count = 24
        spots = [point_at(self.points, back + (head - back) * i / count) for i in range(count + 1)]
        ctx.save()
        ctx.scale(self.scale, self.scale)
        for i, (before, after) in enumerate(pairwise(spots)):
            # Each stretch is a quadrangle, a little wider and stronger than the one before.
            normal = _normal(spots, i), _normal(spots, i + 1)
            halves = self.width / 2 * (i / count) ** 0.7, self.width / 2 * ((i + 1) / count) ** 0.7
            material.use(ctx, self.color, 0.5 * self.strength * fading * (i / count) ** 1.5)
            ctx.move_to(before[0] - normal[0][0] * halves[0], before[1] - normal[0][1] * halves[0])
            ctx.line_to(after[0] - normal[1][0] * halves[1], after[1] - normal[1][1] * halves[1])
            ctx.line_to(after[0] + normal[1][0] * halves[1], after[1] + normal[1][1] * halves[1])
            ctx.line_to(before[0] + normal[0][0] * halves[0], before[1] + normal[0][1] * halves[0])
            ctx.fill()
        material.use(ctx, self.color, 0.8 * fading)
        ctx.set_line_width(4.0)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        # The dots are anchored to the way: the chip uncovers none and passes over them.
        ctx.set_dash([0.0, 12.0], length(self.points) * head)
        ahead = [point_at(self.points, head + (1.0 - head) * i / 60) for i in range(61)]
        ahead = [point for i, point in enumerate(ahead) if point[1] <= self.edge or i < 2]
        ctx.move_to(*ahead[0])
        for point in ahead[1:]:
            ctx.line_to(*point)
        if head < 0.995:
            ctx.stroke()
        ctx.restore()


def _normal(points: Sequence[Point], index: int) -> Point:
    """The unit vector across a line of points at one of them."""
    (x0, y0), (x1, y1) = points[max(0, index - 1)], points[min(len(points) - 1, index + 1)]
    size = length(((x0, y0), (x1, y1))) or 1.0
    return -(y1 - y0) / size, (x1 - x0) / size


@dataclass
class MorphLayer(Layer):
    """A rounded box that travels and grows from one box to another, its outline and fill changing too.

    `outline` and `fill` are the colours before and after.
    """

    start: Box
    end: Box
    outline: tuple[str, str]
    fill: tuple[str, str]
    scale: float
    start_s: float
    duration_s: float
    z: float = 6.5
    note: Note | None = None

    def state(self, t: float) -> Any:
        share = (t - self.start_s) / self.duration_s
        return round(ease_in_out(share), 4) if 0.0 <= share < 1.0 else None

    def _edges(self, share: float) -> Box:
        return Box(*((a + (b - a) * share) * self.scale for a, b in zip(self.start, self.end, strict=True)))

    def box(self, state: Any) -> Rect:
        left, top, right, bottom = self._edges(state)
        return Rect(int(left) - 3, int(top) - 3, int(right) + 4, int(bottom) + 4)

    def spans(self) -> list[Span]:
        return [(self.start_s, self.start_s + self.duration_s)]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        left, top, right, bottom = self._edges(state).inset(1.5 * self.scale)
        radius = 14 * self.scale
        ctx.new_sub_path()
        for x, y, turn in ((right, top, -1), (right, bottom, 0), (left, bottom, 1), (left, top, 2)):
            dx, dy = (-radius if x == right else radius), (-radius if y == bottom else radius)
            ctx.arc(x + dx, y + dy, radius, turn * 1.5708, (turn + 1) * 1.5708)
        ctx.close_path()
        material.use(ctx, mix(*self.fill, state))
        ctx.fill_preserve()
        material.use(ctx, mix(*self.outline, state))
        ctx.set_line_width(3 * self.scale)
        ctx.stroke()


def point_at(points: Sequence[Point], share: float) -> Point:
    """The point at a share of the length of a line of points."""
    left = length(points) * min(1.0, max(0.0, share))
    for before, after in pairwise(points):
        stretch = length((before, after))
        if left <= stretch and stretch:
            return _between(before, after, left / stretch)
        left -= stretch
    return points[-1]


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _around(xs: Sequence[float], ys: Sequence[float], pad: float) -> Rect:
    return Rect(int(min(xs) - pad), int(min(ys) - pad), int(max(xs) + pad) + 1, int(max(ys) + pad) + 1)


def _curve(start: Box, end: Box) -> tuple[Point, Point, Point, Point]:
    """An S from the facing side of one box to that of the other."""
    (x0, y0), (x1, y1) = start.center, end.center
    if max(end.top - start.bottom, start.top - end.bottom) > 0:
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


def _arch(start: Box, end: Box, label: str) -> tuple[Point, Point, Point, Point]:
    """A curve beside a line of boxes: over it to the right, under it to the left; right of a column that it
    runs down, left of one that it runs up; but never on the side of the label."""
    (x0, y0), (x1, y1) = start.center, end.center
    high = 30.0 + 0.2 * (abs(x1 - x0) + abs(y1 - y0))
    # Off the middle, so that a line that comes and one that goes do not meet there.
    if abs(x1 - x0) >= abs(y1 - y0):
        x0, x1 = x0 - 12, x1 + 12
    if abs(x1 - x0) >= abs(y1 - y0):
        up = label not in ("top", "head") and (x1 > x0 or label == "bottom")
        first = (x0, start.top - 4 if up else start.bottom + 4)
        last = (x1, end.top - 8 if up else end.bottom + 8)
        high *= -1 if up else 1
        return first, (x0, first[1] + high), (x1, last[1] + high), last
    down = label != "right" and (y1 > y0 or label == "left")
    first = (start.right + 4 if down else start.left - 4, y0)
    last = (end.right + 8 if down else end.left - 8, y1)
    high *= 1 if down else -1
    return first, (first[0] + high, y0), (last[0] + high, y1), last


def _head(ctx: cairo.Context, before: Point, tip: Point, scale: float) -> None:
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    size = length((before, tip)) or 1.0
    ux, uy = dx / size, dy / size
    back, wing = 14.0 * scale, 9.0 * scale
    ctx.move_to(tip[0] - ux * back - uy * wing, tip[1] - uy * back + ux * wing)
    ctx.line_to(*tip)
    ctx.line_to(tip[0] - ux * back + uy * wing, tip[1] - uy * back - ux * wing)
    ctx.stroke()
