"""Drawing taps over a picture. Needs Manim; imported when the shot is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cairo

from explainers.compositor.labels import colored
from explainers.compositor.layer import Note, Rect, Span, Tile, Track
from explainers.compositor.patches import ScenePlaying, Sketched
from explainers.kinds._pairs import Pair, picture_of, thing_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.taps import DARKEN_S, SPREAD_S, Params
from explainers.stage import Box, Handle, Stage, material
from explainers.stage.chrome import body_over, pill, slate, source_top, words_right, words_top
from explainers.stage.material import use
from explainers.stage.photos import fitted, photo, photo_tile, pixel_rect
from explainers.theme import LABEL, channels, mix
from explainers.timing import ease_in_out

DIM, DARK = 0.26, 0.66
"""How much of the ground lies over the picture, and over what is outside of it."""
WINDOW = 1.55
"""Side of a spread tap's window, in cells."""
INSET, INSET_HEIGHT, INSET_LINE = 620.0, 226.0, 46.0
"""Size of the small map of the network, and of one more line in it."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """The picture, its cells, the taps, and the small map."""
    pair = picture_of(shot)
    if pair is None:
        slate(stage, fitted(body_over(stage, shot), 1.5), shot.missing)
        return
    _Taps(shot, stage, pair).play()


@dataclass(eq=False)
class TapsLayer(Sketched):
    """A kernel's taps: windows on the undimmed picture `tile`, joined to their middle; hollow beyond `edge`.

    `middle` and `cell` are in pixels; `spread` gives the rate over time, `light` how bright all of it is.
    """

    middle: tuple[float, float]
    cell: float
    half: int
    edge: Rect
    tile: Tile
    spread: Track
    light: Track
    color: str
    glow: str
    clear: tuple[Rect, ...]
    """Where it is drawn, in pixels: not over words."""
    z: float = 9.0
    """Above the shade under the shot's words, so that taps outside of the picture are seen."""
    note: Note | None = None

    def state(self, t: float) -> tuple[float, float] | None:
        light = round(self.light.at(t), 3)
        return (round(self.spread.at(t), 3), light) if light > 0 else None

    def box(self, state: Any) -> Rect:
        x, y = self.middle
        reach = (state[0] * self.half + 2.4) * self.cell
        return Rect(math.floor(x - reach), math.floor(y - reach), math.ceil(x + reach), math.ceil(y + reach))

    def spans(self) -> list[Span]:
        return [*self.spread.spans(), *self.light.spans()]

    def sketch(self, ctx: cairo.Context, state: Any) -> None:
        spread, light = state
        (x0, y0), unit = self.middle, self.cell / 36.0
        steps = range(-self.half, self.half + 1)
        places = [(x0 + i * spread * self.cell, y0 + j * spread * self.cell) for j in steps for i in steps]
        side = self.cell * (1 + (WINDOW - 1) * min(1.0, max(0.0, (spread - 1) / 3)))
        ctx.save()
        _clip(ctx, self.clear)
        ctx.push_group()
        for x, y in places:
            if (x, y) != self.middle:
                self._join(ctx, x, y, side / 2, unit)
        for x, y in places:
            self._window(ctx, x, y, side, unit)
        ctx.pop_group_to_source()
        ctx.paint_with_alpha(light)
        ctx.restore()

    def _inside(self, x: float, y: float) -> bool:
        return self.edge.left <= x < self.edge.right and self.edge.top <= y < self.edge.bottom

    def _join(self, ctx: cairo.Context, x: float, y: float, half: float, unit: float) -> None:
        """A line from the middle's window to another's, each left at its edge."""
        use(ctx, self.color, 0.95)
        ctx.set_line_width(3.4 * unit)
        if not self._inside(x, y):
            ctx.set_dash([3 * unit, 9 * unit])
            ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        dx, dy = x - self.middle[0], y - self.middle[1]
        short = half / max(abs(dx), abs(dy))
        if short < 0.5:
            ctx.move_to(self.middle[0] + dx * short, self.middle[1] + dy * short)
            ctx.line_to(x - dx * short, y - dy * short)
            ctx.stroke()
        ctx.set_dash([])

    def _window(self, ctx: cairo.Context, x: float, y: float, side: float, unit: float) -> None:
        inside, half = self._inside(x, y), side / 2
        ctx.save()
        if inside:
            red, green, blue = (one / 255 for one in channels(self.glow))
            light = cairo.RadialGradient(x, y, half * 0.8, x, y, half * 2.3)
            light.add_color_stop_rgba(0, red, green, blue, 0.55)
            light.add_color_stop_rgba(0.45, red, green, blue, 0.18)
            light.add_color_stop_rgba(1, red, green, blue, 0.0)
            ctx.set_source(light)
            ctx.arc(x, y, half * 2.3, 0, 2 * math.pi)
            ctx.fill()
            _round(ctx, x, y, half, 7 * unit)
            ctx.save()
            ctx.clip()
            ctx.set_source_surface(self.tile.surface, self.tile.x, self.tile.y)
            ctx.paint()
            ctx.restore()
        use(ctx, self.color)
        ctx.set_line_width((5.5 if inside else 3.4) * unit)
        if not inside:
            ctx.set_dash([7 * unit, 7 * unit])
        _round(ctx, x, y, half, 7 * unit)
        ctx.stroke()
        ctx.restore()


def _clip(ctx: cairo.Context, boxes: Iterable[Box | Rect]) -> None:
    for left, top, right, bottom in boxes:
        ctx.rectangle(left, top, max(0.0, right - left), max(0.0, bottom - top))
    ctx.clip()


def _round(ctx: cairo.Context, x: float, y: float, half: float, radius: float) -> None:
    ctx.new_path()
    for turn, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        start = turn * math.pi / 2
        ctx.arc(x + sx * (half - radius), y + sy * (half - radius), radius, start, start + math.pi / 2)
    ctx.close_path()


class _Taps:
    def __init__(self, shot: ShotPlan, stage: Stage, pair: Pair):
        self.shot, self.stage, self.pair = shot, stage, pair
        self.params: Params = shot.params
        body, inside = body_over(stage, shot), self.params.inside
        self.inset_tall = INSET_HEIGHT + INSET_LINE * bool(inside and inside.words)
        aspect = self.params.size[1] / self.params.size[0]
        self.full = body.width > 0.98 * stage.width and body.height > 0.98 * stage.height
        self.place = fitted(body, aspect)
        if self.full and stage.width > stage.height:
            tall = 0.8 * stage.height
            left = (stage.width - tall * aspect) * 0.552
            self.place = Box(left, 0.03 * stage.height, left + tall * aspect, 0.83 * stage.height)
        elif self.full:
            # Below the small map; a square has room for both if the street reaches beyond the picture.
            wide = stage.width * (1.0 if stage.height > 1.2 * stage.width else 0.78)
            top = max((stage.height - wide / aspect) * 0.42, (self.inset_tall + 60.0) * bool(inside))
            left = (stage.width - wide) / 2
            self.place = Box(left, top, left + wide, top + wide / aspect)
        self.place = stage.snapped(self.place)
        columns, _ = self.params.cells
        self.cell = self.place.width / columns
        column, row = self.params.middle
        self.middle = (self.place.left + (column + 0.5) * self.cell, self.place.top + (row + 0.5) * self.cell)
        self.color = stage.theme.color("text")
        self.begin_s = DARKEN_S if shot.carry is not None else 0.1
        self.clear = [Box(0.0, 0.0, stage.width, stage.height)]
        if self.full:
            above = self.clear[0]._replace(bottom=words_top(stage, shot) - 16.0)
            beside = Box(words_right(stage, shot) + 24.0, 0.0, stage.width, source_top(stage, shot) + 30.0)
            self.clear = [above, beside]

    def play(self) -> None:
        self._picture()
        self._cells()
        rates = self._rates()
        spread, light = Track(1.0), Track(0.0).to(1.0, self.begin_s + 0.5, 0.3)
        for (start, rate), (gone, _) in zip(rates, [*rates[1:], (math.inf, 0)], strict=True):
            if rate != spread.last:
                spread.to(float(rate), max(start, self.begin_s + 0.8), SPREAD_S, ease_in_out)
            self._said(rate, start, gone)
        stage, scale = self.stage, self.stage.scale
        tile = photo_tile(stage, self.pair.pixels, self.place, 0.0)
        layer = TapsLayer(
            (self.middle[0] * scale, self.middle[1] * scale),
            self.cell * scale,
            self.params.conv // 2,
            pixel_rect(stage, self.place),
            tile,
            spread,
            light,
            self.color,
            stage.theme.color("accent"),
            tuple(pixel_rect(stage, one) for one in self.clear),
            note=Note("shape", "taps", color=self.color),
        )
        with stage.named("taps"):
            stage.drawn(layer)
        if self.params.inside:
            self._inset(rates)

    def _rates(self) -> list[tuple[float, int]]:
        """When the taps go to which rate."""
        found = [(beat.start_s, beat.params.rate) for beat in self.shot.beats if beat.params.rate]
        return found or [(0.0, 1)]

    def _picture(self) -> None:
        """The picture; around it what a drawn one has beyond its size; a shade over both."""
        stage, name = self.stage, thing_of(self.params)
        whole = Box(0.0, 0.0, stage.width, stage.height)
        if self.pair.drawn and self.full:
            scene = self.shot.pictures[self.params.stand_in or ""]
            around = ScenePlaying(pixel_rect(stage, whole), 0.0, 0.0, 30, z=1.0, stays=True, scene=scene)
            around.first_s, around.place = self.params.stand_in_at, pixel_rect(stage, self.place)
            with stage.named(name, "around"):
                stage.drawn(around)
        with stage.named(name, "picture"):
            photo(stage, self.pair.pixels, self.place, 2.0, 0.0, text="the input")
        ground, box = stage.theme.ground[2], self.place

        def outside(ctx: cairo.Context) -> None:
            ctx.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
            ctx.rectangle(0, 0, stage.width, stage.height)
            ctx.rectangle(box.left, box.top, box.width, box.height)
            use(ctx, ground, DARK)
            ctx.fill()

        with stage.named("shade"):
            shades = [stage.mobject(material.plate(box, ground, radius=0.0, lift=0.0, alpha=DIM), z=3.0)]
            if self.full:
                shades.append(stage.mobject(material.Painted(whole, outside), z=3.0))
                if stage.width > stage.height:
                    left = material.fade(Box(0, 0, box.left + 200, stage.height), ground, 0.9, 0.0)
                    shades.append(stage.mobject(left, z=3.0))
            for shade in shades:
                shade.enter(self.begin_s, dy=0, duration_s=0.4)

    def _cells(self) -> None:
        """The input's edge, and the cells of the tensor."""
        stage, box, color = self.stage, self.place, self.color
        (columns, rows), around = self.params.cells, box.inset(-2)
        places = [box.left + index * self.cell for index in range(1, columns)]
        lines = [[(x, box.top), (x, box.bottom)] for x in places]
        places = [box.top + index * self.cell for index in range(1, rows)]
        lines += [[(box.left, y), (box.right, y)] for y in places]
        inks = [material.strokes(around, lines, color, 1.5, 0.13)]
        inks += [material.strokes(around, [material.around(box)], color, 4.0)]
        with stage.named("cells", "panel"):
            cells = stage.mobject(*inks, z=4.0, note=Note("shape", f"{rows}×{columns} cells"))
        cells.reveal(self.begin_s + 0.2, 0.5, "left")

    def _said(self, rate: int, start_s: float, gone_s: float) -> None:
        """The words at a rate, and its ring once it is left."""
        stage, reach = self.stage, rate * (self.params.conv // 2) * self.cell
        (x, y), when = self.middle, max(start_s, self.begin_s + 0.8) + SPREAD_S
        if rate > 1:
            right = min(x + reach, stage.safe.right - stage.text_width(f"rate {rate}", LABEL) / 2 - 20)
            top = max(stage.safe.top, y - 0.55 * reach - 28)
            with stage.named(f"rate-{rate}", "label"):
                words = pill(stage, f"rate {rate}", right, top, z=56.0, anchor="center")
            words.enter(when - 0.1, dy=0)
            if reach > 220:
                said = pill(stage, f"{rate} cells", x - reach / 2, y - 28, z=56.0, anchor="center")
                said.enter(when, dy=0)
                if gone_s < math.inf:
                    said.leave(gone_s - 0.15, duration_s=0.15)
        if self.params.is_outside(rate) and not self._outside_before(rate):
            below = y + reach > self.place.bottom
            top = min(self.place.bottom, words_top(stage, self.shot) - 50.0) if below else self.place.top
            top -= 28.0
            right = min(self.place.right, stage.safe.right)
            pill(stage, self.params.outside, right, top, z=56.0, anchor="right").enter(when, dy=0)
        if gone_s < math.inf and rate > 1:
            self._ring(reach, gone_s, rate)

    def _outside_before(self, rate: int) -> bool:
        earlier = [one for _, one in self._rates()]
        return any(self.params.is_outside(one) for one in earlier[: earlier.index(rate)])

    def _ring(self, reach: float, when: float, rate: int) -> None:
        """A dotted square through the outer taps, with a small square at each."""
        (x, y), color, half = self.middle, self.color, self.params.conv // 2
        ring, steps = Box(x - reach, y - reach, x + reach, y + reach), range(-half, half + 1)
        box, tap = ring.inset(-14), Box(x - 10, y - 10, x + 10, y + 10)
        apart = reach / half
        taps = [tap.shifted(i * apart, j * apart) for j in steps for i in steps if i or j]

        def paint(ctx: cairo.Context) -> None:
            _clip(ctx, self.clear)
            material.strokes(box, [material.around(ring)], color, 3.0, 0.6, (1.0, 9.0)).paint(ctx)
            material.strokes(box, [material.around(one) for one in taps], color, 3.0, 0.8).paint(ctx)

        with self.stage.named(f"rate-{rate}", "ring"):
            self.stage.mobject(material.Painted(box, paint), z=8.8).enter(when, dy=0, duration_s=0.3)

    # -- where in the network ----------------------------------------------------------------------

    def _inset(self, rates: list[tuple[float, int]]) -> None:
        """Picture, blocks that get smaller, the branches of which one is bright, a block, the label map."""
        stage, inside = self.stage, self.params.inside
        assert inside is not None
        wide = min(INSET, stage.safe.width)
        box = Box(64.0, 60.0, 64.0 + wide, 60.0 + self.inset_tall)
        if stage.width <= stage.height:
            box = box.shifted(stage.safe.left - 64.0, self.place.top - self.inset_tall - 60.0 - 24.0)
        theme, unit = stage.theme, wide / INSET
        accent, ground = theme.color("accent"), theme.ground[1]
        middle = box.top + 82.0
        thumb = 140.0 * unit
        left = Box(box.left + 32 * unit, middle - thumb / 3, box.left + 32 * unit + thumb, middle + thumb / 3)
        right = left.shifted(box.width - 64 * unit - thumb, 0)
        branches = Box(box.left + 308 * unit, box.top + 14, box.left + 384 * unit, box.top + 150)
        lanes = branches.rows([1] * inside.branches, 8.0)
        ends = (box.left + 282 * unit, box.left + 410 * unit)
        ways = [[(start, middle), (start + 22, middle)] for start in (left.right + 4, right.left - 26)]
        for lane in lanes:
            ways += [[(ends[0], middle), (lane.left, lane.center[1])]]
            ways += [[(ends[1], middle), (lane.right, lane.center[1])]]
        blocks = [
            Box(box.left + x * unit, middle - tall / 2, box.left + (x + 19) * unit, middle + tall / 2)
            for x, tall in ((205, 72), (232, 48), (258, 26), (412, 72))
        ]
        edge = theme.line
        inks = [
            material.plate(box, ground, edge, 24.0, 2.5, 0.05, alpha=0.9),
            material.strokes(box, ways, theme.color("muted"), 3.0, 0.8),
            *(material.plate(one, mix(ground, accent, 0.34), accent, 5.0, 2.5) for one in [*blocks, *lanes]),
        ]
        with stage.named("map", "panel"):
            panel = stage.mobject(*inks, z=20.0, note=Note("shape", f"map of the network: {inside.layer}"))
        parts = [panel]
        with stage.named("map", "picture"):
            parts.append(photo(stage, self.pair.pixels, left, 21.0, 8.0, text="the input"))
            if self.params.classes:
                shown = colored(self.pair.codes, self.pair.classes)
                parts.append(photo(stage, shown, right, 21.0, 8.0, text="what comes out"))
        for part in parts:
            part.enter(self.begin_s, dx=-24, dy=0)
        spread = [(start, rate) for start, rate in rates if rate > 1]

        def said(text: str, y: float) -> Handle:
            size = stage.fitting_size(text, wide - 40.0, LABEL, stage.least_label)
            return stage.middle(text, box.center[0], y, size, z=22.0, over=ground)

        if inside.words:
            said(inside.words, box.bottom - 40.0 - INSET_LINE).enter(self.begin_s, dx=-24, dy=0)
        later = [*(start for start, _ in spread[1:]), math.inf]
        for index, ((start, rate), gone) in enumerate(zip(spread, later, strict=True)):
            lane = lanes[inside.branches - len(spread) + index]
            bright = material.plate(lane, theme.color("text"), accent, 5.0, 2.5, 0.0)
            glow = material.glow(lane.center, lane.width, 34.0, accent, 0.6)
            when = max(start, self.begin_s + 0.8)
            words = said(f"here: {inside.layer}, rate {rate}", box.bottom - 40.0)
            lit = stage.mobject(glow, bright, z=21.5)
            for part in (lit, words):
                part.enter(when + 0.15, dy=0, duration_s=0.25)
                if gone < math.inf:
                    part.leave(gone, duration_s=0.15)
