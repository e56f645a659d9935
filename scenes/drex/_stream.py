"""Words on their way: where the stack of layers stands, how a word falls or leaves, and its layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.stage import Stage

EVERY_S, SPEED, FIRST_S = 0.42, 260.0, -2.97
"""How often a word enters, how fast it falls, in design units a second, and when the first one entered."""
GREEN_S, SLIDE_S, ARC_S = 0.12, 0.25, 1.1
"""A word that leaves turns green, moves to the stack's edge, and flies its arc."""
BLUE_S, QUIT_S, FADE = 0.3, 0.25, 45.0
"""How long a word takes to turn blue, and to go where it does not fly; how deep it sinks as it fades."""
CHIP, GAP, BACK = 76.0, 58.0, (208.0, -77.0)
"""The height of a chip, and of a layer in the stack; where a layer's back edge lies from its front."""
STEPS = (0.0, 0.36, 1.0)
"""The shares of its growth in which a chip is rasterised: it is only ever made smaller from there."""


@dataclass(frozen=True)
class View:
    """Where the stack stands in a frame of a shape, in design units.

    `left`, `right`, `ramp`: the front edges of its layers, and the height of the ramp's. Words enter at
    `top`, fall in `lanes`, and are gone at `bottom`; those that leave are at `land` when they are `grown`
    times as large. The ramp's name stands between `label[0]` and `label[1]`.
    """

    left: float
    right: float
    ramp: float
    top: float
    bottom: float
    lanes: tuple[float, float]
    label: tuple[float, float]
    land: tuple[float, float]
    grown: float = 1.5

    @classmethod
    def of(cls, stage: Stage) -> View:
        wide, tall = stage.width, stage.height
        if wide > tall:
            lanes, label = (1094, 1308), (1448, 1758)
            return cls(930, wide - 190, 481, -42, tall - 162, lanes, label, (450, 790), 2.1)
        if wide == tall:
            return cls(430, wide - 60, 690, 390, tall - 190, (614, 614), (754, wide - 96), (20, 870))
        return cls(380, wide - 60, 1080, 640, tall - 240, (506, 506), (652, wide - 96), (10, 1370))

    @property
    def edge(self) -> tuple[float, float]:
        """The middle of a chip that is about to fly."""
        return self.left + 26, self.ramp - 33

    @property
    def turn(self) -> float:
        """The height of a chip that turns green."""
        return self.edge[1] - SPEED * (GREEN_S + SLIDE_S)

    def flown(self, share: float) -> tuple[float, float]:
        """The place after a share of the arc; from its end on it goes straight."""
        (x0, y0), (x3, y3) = self.edge, self.land
        wide, tall, rest = x3 - x0, y3 - y0, 1 - share
        x2, y2 = x0 + 0.71 * wide, y0 + 0.84 * tall
        if share > 1:
            return x3 - 3 * (x3 - x2) * rest, y3 - 3 * (y3 - y2) * rest
        a, b, c, d = rest**3, 3 * rest * rest * share, 3 * rest * share * share, share**3
        x1, y1 = x0 + 0.13 * wide, y0 + 0.5 * tall
        return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


class Pose(NamedTuple):
    """How a chip is seen at a moment: the place of its middle in pixels, its size, and how much of its looks
    `green` and `blue` and of its tail is there; `flown` is the share of its arc that is behind it."""

    x: float
    y: float
    size: float
    green: float
    blue: float
    opacity: float
    tail: float
    flown: float | None


@dataclass(frozen=True)
class Flight:
    """The way of one word: `enters_s` at the top of its lane, `leaves` at the ramp."""

    view: View
    lane: float
    enters_s: float
    leaves: bool
    quits: bool
    scale: float

    @property
    def turns_s(self) -> float:
        return self.enters_s + (self.view.turn - self.view.top) / SPEED

    @property
    def ends_s(self) -> float:
        if self.leaves:
            return self.turns_s + GREEN_S + SLIDE_S + 2.2 * ARC_S
        return self.enters_s + (self.view.bottom - self.view.top) / SPEED

    def pose(self, t: float) -> Pose | None:
        """Its pose at `t` seconds; None before it enters and once it is gone."""
        if not self.enters_s <= t < self.ends_s:
            return None
        x, y, view = self.lane, self.view.top + SPEED * (t - self.enters_s), self.view
        opacity = min(1.0, (t - self.enters_s) * SPEED / 60 if view.top > 0 else 1.0)
        if not self.leaves:
            blue = _share(y - view.edge[1], SPEED * BLUE_S)
            opacity = min(opacity, (view.bottom - y) / FADE)
            return Pose(*self._whole(x, y), 1.0, 0.0, round(blue, 3), round(opacity, 3), 1.0, None)
        since = t - self.turns_s
        green, slid = round(_share(since, GREEN_S), 3), _share(since - GREEN_S, SLIDE_S)
        flying = since - GREEN_S - SLIDE_S
        if flying <= 0:
            x += (view.edge[0] - x) * ease_in_out(slid)
            return Pose(*self._whole(x, y), 1.0, green, 0.0, round(opacity, 3), round(1 - slid, 3), None)
        u = flying / ARC_S
        flown = u**1.25 if u < 1 else 1 + 1.25 * (u - 1)
        x, y = view.flown(flown)
        size = 1 + (view.grown - 1) * min(1.0, u) ** 1.4
        if self.quits:
            opacity = 1 - _share(flying, QUIT_S)
        if opacity <= 0:
            return None
        place = round(x * self.scale, 2), round(y * self.scale, 2)
        return Pose(*place, round(size, 4), 1.0, 0.0, round(opacity, 3), 0.0, round(flown, 4))

    def _whole(self, x: float, y: float) -> tuple[int, int]:
        """A place on whole pixels: what only falls is copied, not filtered."""
        return round(x * self.scale), round(y * self.scale)

    def passes_s(self, y: float) -> float | None:
        """When its middle is at the height `y`; None where it never is."""
        last = self.view.turn if self.leaves else self.view.bottom - FADE
        return self.enters_s + (y - self.view.top) / SPEED if y < last else None


def _share(passed: float, whole: float) -> float:
    return min(1.0, max(0.0, passed / whole))


@dataclass
class Word(Layer):
    """A chip on its way. `looks` are its tiles by look and size, `tail` what is behind it while it falls; all
    have their origin in the chip's middle."""

    flight: Flight
    looks: dict[str, list[tuple[float, Tile]]]
    tail: Tile
    band: str
    length_s: float
    z: float = 5.0
    note: Note | None = None
    name: str = ""
    part: str = ""
    pinned: bool = False

    def state(self, t: float) -> Pose | None:
        return self.flight.pose(t)

    def _parts(self, pose: Pose) -> Iterator[tuple[Tile, float, float]]:
        """The tiles of a pose, each with its size and opacity, lowest first."""
        if pose.tail:
            yield self.tail, 1.0, pose.tail * pose.opacity
        if pose.green < 1 and pose.blue < 1:
            yield self.looks["plain"][0][1], 1.0, pose.opacity
        for look, share in (("green", pose.green), ("blue", pose.blue)):
            if share:
                made, tile = next(one for one in self.looks[look] if one[0] >= pose.size - 1e-6)
                yield tile, pose.size / made, pose.opacity * share

    def _boxes(self, pose: Pose) -> Iterator[Rect]:
        for tile, size, _ in self._parts(pose):
            left, top = pose.x + tile.x * size, pose.y + tile.y * size
            right, bottom = left + tile.width * size, top + tile.height * size
            yield Rect(int(left) - 2, int(top) - 2, int(right) + 2, int(bottom) + 2)
        if pose.flown is not None:
            corners = [point for pair in self._band(pose) for point in pair]
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            yield Rect(int(min(xs)) - 2, int(min(ys)) - 2, int(max(xs)) + 2, int(max(ys)) + 2)

    def alpha(self, state: Any) -> float:
        return float(state.opacity)

    def box(self, state: Any) -> Rect:
        return reduce(Rect.joined, self._boxes(state))

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        poses = [pose for pose in (before, after) if pose is not None]
        if any(pose.flown is not None for pose in poses):
            return [box for pose in poses for box in self._boxes(pose)]
        return [reduce(Rect.joined, map(self.box, poses))]

    def spans(self) -> list[Span]:
        start, end = max(0.0, self.flight.enters_s), min(self.length_s, self.flight.ends_s)
        return [(start, end)] if start < end else []

    def _band(self, pose: Pose) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        """What is behind a chip that flies: pairs of points beside its way, the last at the chip."""
        assert pose.flown is not None
        flight, pairs = self.flight, []
        first = max(0.0, pose.flown - 0.6)
        for step in range(9):
            share = first + (pose.flown - first) * step / 8
            (x, y), (x1, y1) = flight.view.flown(share), flight.view.flown(share + 0.01)
            along = ((x1 - x) ** 2 + (y1 - y) ** 2) ** 0.5 or 1.0
            half = CHIP * 0.42 * pose.size * step / 8
            dx, dy = (y1 - y) / along * half, -(x1 - x) / along * half
            s = flight.scale
            pairs.append((((x + dx) * s, (y + dy) * s), ((x - dx) * s, (y - dy) * s)))
        return pairs

    def paint(self, ctx: Any, state: Any) -> None:
        import cairo

        from explainers.stage import material

        pose: Pose = state
        if pose.flown:
            pairs = self._band(pose)
            for x, y in [one for one, _ in pairs] + [other for _, other in reversed(pairs)]:
                ctx.line_to(x, y)
            ctx.close_path()
            (x0, y0), _ = pairs[0]
            stops = [
                (0, self.band, 0.0),
                (0.6, self.band, 0.24 * pose.opacity),
                (1, self.band, 0.5 * pose.opacity),
            ]
            ctx.set_source(material.shade((x0, y0), (pose.x, pose.y), stops))
            ctx.fill()
        plain = tuple(ctx.get_matrix())[:4] == (1, 0, 0, 1)
        for tile, size, opacity in self._parts(pose):
            ctx.save()
            ctx.translate(pose.x, pose.y)
            ctx.scale(size, size)
            ctx.set_source_surface(tile.surface, tile.x, tile.y)
            still = plain and size == 1.0 and pose.flown is None
            ctx.get_source().set_filter(cairo.FILTER_NEAREST if still else cairo.FILTER_BILINEAR)
            ctx.paint_with_alpha(opacity)
            ctx.restore()
