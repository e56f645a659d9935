"""The stream: the next words of many requests fall through a tall stack of layers, and easy ones leave at the ramp.

The film opens with it, under its name, and closes on it, at half its light, behind the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile
from explainers.kinds.base import KindParams, SceneKind, ShotPlan
from explainers.storyboard.types import Frozen, Label, Name, Number, Role, ShownText
from explainers.theme import FOOTER, LABEL, STRONG, Theme, mix
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.stage import Box, Stage

WORDS = (
    "sky of< seven the< iron is< Paris> to< jazz a< tax> in< moon the< amber> and< violin is< of< Rome> seven "
    "it< salt> to< oak the< rust> Oslo a< cello> on< nine of< tide>"
).split()
"""The next words of as many requests: `<` leaves at the ramp, `>` falls in the second lane."""
EVERY_S, SPEED, FIRST_S = 0.42, 260.0, -2.97
"""How often a word enters, how fast it falls, in design units a second, and when the first one entered."""
GREEN_S, SLIDE_S, ARC_S = 0.12, 0.25, 1.1
"""A word that leaves turns green, moves to the stack's edge, and flies its arc."""
BLUE_S, FADE = 0.3, 45.0
CHIP, GAP, BACK = 76.0, 58.0, (208.0, -77.0)
"""The height of a chip, and of a layer in the stack; where a layer's back edge lies from its front."""
STEPS = (0.0, 0.36, 1.0)
"""The shares of its growth in which a chip is rasterised: it is only ever made smaller from there."""


class Figure(Frozen):
    """A number of the film, large, with what it is."""

    id: Name
    """Its name, for what carries on."""
    value: ShownText
    """The number."""
    label: ShownText
    """What it is of."""
    role: Role = "text"
    """Its colour."""


class Params(KindParams):
    """The words before the stream."""

    heading: Label | None = None
    """The film's name."""
    ramp: ShownText
    """What the ramp is."""
    credit: ShownText | None = None
    """A line over the source's, from the third second on."""
    figures: tuple[Figure, ...] = ()
    """Numbers, one below the other, where the name would be."""
    lines: tuple[ShownText, ...] = ()
    """Words below the numbers."""
    light: Number = 1.0
    """How bright the stream is, 0 to 1."""


@dataclass(frozen=True)
class View:
    """Where the stack stands in a frame of a shape, in design units.

    `left`, `right`, `ramp`: the front edges of its layers, and the height of the ramp's. Words enter at `top`,
    fall in `lanes`, and are gone at `bottom`; those that leave are at `land` when they are `grown` times as
    large. The ramp's name stands between `label[0]` and `label[1]`.
    """

    left: float
    right: float
    ramp: float
    top: float
    bottom: float
    lanes: tuple[float, float]
    label: tuple[float, float]
    land: tuple[float, float]
    grown: float = 1.6

    @classmethod
    def of(cls, stage: Stage) -> View:
        wide, tall = stage.width, stage.height
        if wide > tall:
            lanes, label = (1094, 1690), (1236, 1556)
            return cls(930, wide - 190, 481, -42, tall - 162, lanes, label, (450, 790), 2.1)
        if wide == tall:
            return cls(430, wide - 60, 690, 390, tall - 190, (556, 556), (706, wide - 96), (130, 830))
        return cls(380, wide - 60, 1080, 640, tall - 240, (506, 506), (652, wide - 96), (120, 1330))

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
        x1, y1 = x0 + 0.12 * wide, y0 + 0.4 * tall
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
            opacity = 1 - _share(u, 0.45)
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

    def box(self, state: Any) -> Rect:
        first, *others = self._boxes(state)
        for other in others:
            first = first.joined(other)
        return first

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        return [box for pose in (before, after) if pose is not None for box in self._boxes(pose)]

    def spans(self) -> list[Span]:
        start, end = max(0.0, self.flight.enters_s), min(self.length_s, self.flight.ends_s)
        return [(start, end)] if start < end else []

    def _band(self, pose: Pose) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        """What is behind a chip that flies: pairs of points on both sides of its way, the last at the chip."""
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


class Chips:
    """Makes the tiles of words, for a stage and a brightness."""

    def __init__(self, stage: Stage, light: float):
        self.stage, self.light = stage, light
        theme = stage.theme
        dark = theme.dark
        self.ground = theme.ground[1]
        self.text = theme.color("text") if light > 0.75 else mix(self.ground, theme.color("text"), 0.72)
        self.tag = theme.color("muted")
        self.cell = theme.ground[2] if dark else theme.panel
        self.fills = {
            "plain": (
                self._dim("#33457C" if dark else "#E3EAF6"),
                self._dim("#9FB2E4" if dark else "#6E7F9C"),
            ),
            "blue": self._pair("accent", 0.36, 0.14),
            "green": self._pair("exit", 0.38, 0.14),
        }

    def _dim(self, color: str) -> str:
        return mix(self.ground, color, self.light)

    def _pair(self, role: str, dark: float, pale: float) -> tuple[str, str]:
        """Fill and edge of a chip in the colour of a role."""
        theme = self.stage.theme
        color = theme.color(role)
        return self._dim(mix(self.ground, color, dark if theme.dark else pale)), self._dim(color)

    def tiles(self, tag: str, word: str, look: str, sizes: tuple[float, ...]) -> list[tuple[float, Tile]]:
        """A chip's tiles in a look, with the sizes they are made in, about its middle."""
        from explainers.stage import Box, ink, material

        stage, dark = self.stage, self.stage.theme.dark
        named = stage.style(32, STRONG, self.tag, mono=True)
        worded = stage.style(46, STRONG, self.text, mono=True)
        cell, wide = len(tag) * 19.2 + 30, len(word) * 27.6 + 46
        box = Box(-(cell + wide) / 2, -CHIP / 2, (cell + wide) / 2, CHIP / 2)
        fill, edge = self.fills[look]
        inks: list[ink.Ink] = []
        if look == "green" and dark and self.light > 0.75:
            inks.append(material.glow((0, 10), box.width * 0.95, CHIP * 1.5, edge, 0.34))
        inks += [
            material.Shadow(box, 17, 16, 7, (0.5 if dark else 0.22) * self.light),
            material.chip(box, fill, edge, cell, self.cell),
            stage.middle_run(tag, box.left + cell / 2, 1, named),
            stage.middle_run(word, box.right - wide / 2, 0, worded),
        ]
        return [(size, ink.raster(inks, stage.scale * size)) for size in sizes]

    def tail(self) -> Tile:
        """What is behind a chip that falls."""
        from explainers.stage import Box, ink, material

        box, color = Box(-76, -CHIP / 2, 76, CHIP / 2), self.stage.theme.color("accent")
        alpha = (0.5 if self.stage.theme.dark else 0.34) * self.light
        return ink.raster([material.tail(box, color, "top", 112, alpha)], self.stage.scale)


def _stack(stage: Stage, view: View, light: float) -> None:
    """The layers above the ramp, the ramp, and the layers below it, back to front."""
    from explainers.stage import Box, material

    theme = stage.theme
    sky, dark = theme.color("layers"), theme.dark
    heights = [view.ramp + GAP * index for index in range(-40, 41) if index]
    first = view.top if view.top > 0 else -GAP
    for name, kept in (("deep", 1), ("shallow", -1)):
        decks = []
        for y in sorted(
            (y for y in heights if (y - view.ramp) * kept > 0 and first < y < stage.height + 80), reverse=True
        ):
            far = abs(y - view.ramp) / stage.height
            strength = light * ((1.0 - 0.5 * far) if kept < 0 else (0.62 - 0.5 * far))
            front = Box(view.left, y, view.right, y + 9)
            decks.append(material.deck(front, BACK, sky, 0.26 * strength, (0.85 if dark else 0.7) * strength))
        with stage.named(name, "panel"):
            stage.mobject(*decks, z=1.0)
    purple = theme.color("ramp")
    front = Box(view.left - 30, view.ramp, view.right + 30, view.ramp + 16)
    with stage.named("ramp", "panel"):
        if dark:
            stage.mobject(
                material.glow((view.left + 460, view.ramp - 30), 720, 210, purple, 0.2 * light), z=1.5
            )
        stage.mobject(material.deck(front, (BACK[0], BACK[1] - 4), purple, 0.62 * light, 1.0 * light), z=2.0)


def _lights(stage: Stage, view: View, flights: list[Flight], light: float) -> None:
    """Each layer lights up where a word passes it."""
    from explainers.stage import Box, material

    color, strength = stage.theme.color("layers"), (0.5 if stage.theme.dark else 0.22) * light
    for lane in dict.fromkeys(view.lanes):
        for index in range(-12, 20):
            y = view.ramp + GAP * index
            if view.top > 0 and y < view.top + GAP:
                continue
            times = sorted(
                at
                for flight in flights
                if flight.lane == lane and (at := flight.passes_s(y - 20)) is not None
                if -0.5 < at < stage.duration_s
            )
            if not index or not times:
                continue
            with stage.named("shallow" if index < 0 else "deep", "light"):
                spot = stage.mobject(material.glow((lane + 40, y - 22), 210, 44, color, strength), z=3.0)
                edge = Box(lane - 150, y, lane + 150, y + 9)
                sides = (edge._replace(right=lane), edge._replace(left=lane))
                ends = [
                    material.fade(side, color, *way)
                    for side, way in zip(sides, ((0, 1), (1, 0)), strict=True)
                ]
                bar = stage.mobject(*ends, z=3.0)
            for handle, most in ((spot, 1.0), (bar, 0.75 * light)):
                handle.hide()
                for at in times:
                    handle.fade(at, most, 0.09).fade(at + 0.09, 0.0, 0.4)


class Hook(SceneKind):
    params = Params

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The stack, the stream, and the words before them."""
        params: Params = shot.params
        view, light = View.of(stage), float(params.light)
        if params.lines and stage.width <= stage.height:
            # No word falls through these lines.
            view = replace(view, bottom=_last_lines(stage, params)[0][1] - 70)
        flights = []
        for index, word in enumerate(WORDS):
            enters = FIRST_S + EVERY_S * index
            lane = view.lanes[word.endswith(">") or index % 9 in (0, 4)]
            lane = view.lanes[0] if word.endswith("<") else lane
            flights.append(Flight(view, lane, enters, word.endswith("<"), bool(params.figures), stage.scale))
        _stack(stage, view, light)
        _lights(stage, view, flights, light)
        self._stream(stage, flights, light)
        self._ground_below(stage, view)
        with stage.named("ramp", "label"):
            size = 38.0
            lines = stage.lines(params.ramp, view.label[1] - view.label[0], size, STRONG)
            for index, line in enumerate(lines):
                y = view.ramp - 33 + 44 * (index - (len(lines) - 1) / 2)
                stage.middle(line, sum(view.label) / 2, y, size, weight=STRONG, z=4.0)
        if params.figures:
            self._figures(stage, params)
        else:
            self._opening(stage, shot)

    def _stream(self, stage: Stage, flights: list[Flight], light: float) -> None:
        chips = Chips(stage, light)
        tail, band = chips.tail(), stage.theme.color("exit")
        sizes = tuple(1 + (flights[0].view.grown - 1) * step for step in STEPS)
        for number, (word, flight) in enumerate(zip(WORDS, flights, strict=True), 1):
            if flight.enters_s >= stage.duration_s or flight.ends_s <= 0:
                continue
            tag, plain = f"s{number}", word.rstrip("<>")
            looks = {"plain": chips.tiles(tag, plain, "plain", (1.0,))}
            looks |= (
                {"green": chips.tiles(tag, plain, "green", sizes)}
                if flight.leaves
                else {"blue": chips.tiles(tag, plain, "blue", (1.0,))}
            )
            with stage.named(tag, "chip"):
                note = Note("shape", f"{tag} {plain}")
                stage.drawn(Word(flight, looks, tail, band, stage.duration_s, 5.0 + flight.leaves, note))

    def _ground_below(self, stage: Stage, view: View) -> None:
        """The stack sinks into the ground where the source stands."""
        from explainers.stage import Box, material

        color = stage.theme.ground[2]
        with stage.named("ground", pinned=True):
            box = Box(0, view.bottom - 90, stage.width, view.bottom + 40)
            rest = Box(0, view.bottom + 40, stage.width, stage.height)
            stage.mobject(
                material.fade(box, color, 0, 0.74, "top"), material.fade(rest, color, 0.74, 0.74), z=4.5
            )

    def _opening(self, stage: Stage, shot: ShotPlan) -> None:
        """The name, the sentence, the question, and the paper."""
        params: Params = shot.params
        left, wide = stage.safe.left, stage.width > stage.height
        square = stage.width == stage.height
        size, y = (220.0, 253.0) if wide else (150.0, 186.0) if square else (220.0, 270.0)
        at = 0.9
        if params.heading:
            with stage.named("name", pinned=True):
                stage.words(params.heading, left, y, size, STRONG, "ours", z=60.0).enter(
                    at, dy=32, duration_s=0.4
                )
        y += size * 0.5 if wide else size * 0.48
        room = 700.0 if wide else stage.safe.width
        sentence, _, question = (shot.statement or "").partition("\n")
        for at, text, size, weight in ((1.2, sentence, 68.0, STRONG), (1.6, question, 50.0, 400)):
            size = size if wide else 46.0 if square else 64.0
            with stage.named("statement", pinned=True):
                for line in stage.lines(text, room, size, weight) if text else ():
                    stage.words(line, left, y, size, weight, z=60.0).enter(at, dy=32, duration_s=0.4)
                    y += size * 1.24
            y += 4
        if params.credit:
            lines, last = stage.lines(params.credit, stage.safe.width, FOOTER), _above_source(stage)
            with stage.named("credit", pinned=True):
                for above, line in enumerate(reversed(lines)):
                    base = last - above * FOOTER * 1.25
                    words = stage.words(
                        line, stage.safe.right, base, FOOTER, role="muted", anchor="right", z=60.0
                    )
                    words.enter(3.0, dy=24, duration_s=0.4)

    def _figures(self, stage: Stage, params: Params) -> None:
        """The numbers, one below the other, and the words below them."""
        left, wide = stage.safe.left, stage.width > stage.height
        square = stage.width == stage.height
        size, step, y = (
            (160.0, 236.0, 204.0) if wide else (88.0, 96.0, 140.0) if square else (132.0, 188.0, 190.0)
        )
        for index, figure in enumerate(params.figures):
            with stage.named(figure.id, "value"):
                words = figure.value.replace("-", "−")
                value = stage.words(words, left, y, size, STRONG, figure.role, mono=True, z=60.0)
            with stage.named(figure.id, "label"):
                beside = (value.box.right + 28, y) if square else (left, y + (60 if wide else 52))
                label = stage.words(figure.label, *beside, 42 if wide else LABEL, z=60.0)
            # The first one is there from the first frame on: the shot before hands it over.
            for handle in (value, label) if index else ():
                handle.enter(0.2 + 0.6 * index, dy=32, duration_s=0.4)
            y += step
        for index, (line, y) in enumerate(_last_lines(stage, params)):
            with stage.named("line", str(index), pinned=True):
                stage.words(line, left, y, LABEL, z=60.0).enter(2.0 + 0.12 * index, dy=24, duration_s=0.4)


def _above_source(stage: Stage) -> float:
    """The baseline of a line over the source's, in design units."""
    tops = [
        layer.box(state).top for layer in stage.layers if layer.name == "source" if (state := layer.state(0))
    ]
    return min(tops) / stage.scale - 16 if tops else stage.safe.bottom


def _last_lines(stage: Stage, params: Params) -> list[tuple[str, float]]:
    """The words below the numbers, with their baselines."""
    room = 800.0 if stage.width > stage.height else stage.safe.width
    lines = [part for line in params.lines for part in stage.lines(line, room, LABEL)]
    last = _above_source(stage) - 14
    return [(line, last - LABEL * 1.3 * (len(lines) - 1 - index)) for index, line in enumerate(lines)]
