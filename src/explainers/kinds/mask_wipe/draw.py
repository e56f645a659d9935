"""Drawing a mask-wipe shot. Needs Manim; imported when the shot is drawn."""

from __future__ import annotations

import cairo

from explainers.compositor.labels import LabelClass, shares
from explainers.compositor.layer import Note, Track, blank
from explainers.compositor.patches import Classes
from explainers.facts.numbers import THIN, written
from explainers.kinds._pairs import Pair, pair_of, thing_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.mask_wipe import SWEEP_S, Params
from explainers.stage import Box, Handle, Stage, material
from explainers.stage.chrome import body_over, column_bottom, pill, shaded, slate, source_left, source_top
from explainers.stage.marks import BarLayer
from explainers.stage.photos import RADIUS, fitted, legend, photo, pixel_rect
from explainers.theme import LABEL
from explainers.timing import ease_in_out

GROW_S = 0.8
"""How long a share's bar takes."""
STEP = 72.0
"""The most from one class to the next."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """The picture, and in the words' column its classes."""
    pair = pair_of(shot)
    if not isinstance(pair, Pair):
        slate(stage, fitted(body_over(stage, shot), 1.5), pair)
        return
    _Scene(shot, stage, pair).play()


def _places(shot: ShotPlan, stage: Stage, aspect: float) -> tuple[Box, Box]:
    """Where the picture stands, and the classes: in the words' column, beside the picture or below it."""
    body = body_over(stage, shot)
    if shot.layout.place in ("left", "right") and stage.width > stage.height:
        # As high as the frame; what does not fit is cut by the frame's edge.
        wide = body.height * aspect
        left = body.left if shot.layout.place == "left" else body.right - wide
        column = stage.column._replace(top=column_bottom(stage, shot) + 30.0)
        return Box(left, body.top, left + wide, body.bottom), column
    side = 48.0 if body.left < 1 else 0.0
    if stage.width <= stage.height and shot.layout.place in ("left", "right"):
        body = body._replace(top=column_bottom(stage, shot) + 30.0)
    if body.height > 1.2 * body.width:
        image = fitted(body, aspect, (0.5, 0.0))
        below = Box(body.left + 2 * side, image.bottom + 40.0, body.right - 2 * side, body.bottom)
        return image, below
    if body.height > 0.6 * body.width:
        # In a square the classes stand below the picture, side by side.
        inner = body._replace(left=max(body.left, stage.safe.left), right=min(body.right, stage.safe.right))
        image = fitted(body._replace(bottom=body.bottom - 3 * STEP - 24.0), aspect, (0.5, 0.0))
        return image, inner._replace(top=inner.bottom - 3 * STEP)
    one, other = body.inset(side, 0).columns([0.62, 0.38], 48.0)
    return fitted(one, aspect), other


class _Scene:
    def __init__(self, shot: ShotPlan, stage: Stage, pair: Pair):
        self.shot, self.stage, self.pair = shot, stage, pair
        self.params: Params = shot.params
        place, self.legend = _places(shot, stage, pair.aspect)
        self.place = stage.snapped(place)
        self.bleeds = place.height > 0.98 * stage.height
        radius = 0.0 if self.bleeds else RADIUS
        # A drawn picture's map is exact: nobody predicted it.
        self.mapped = self.params.map_words(pair.drawn, self.params.labels_label) or ""
        name = thing_of(self.params)
        with stage.named(name, "picture"):
            photo(stage, pair.pixels, self.place, 2.0, radius, text=self.params.image_label)
        with stage.named(name, "map"):
            self.map = self._map()
        if self.bleeds and shot.footer:
            # The source line may reach onto the picture.
            with stage.named("source", "shade", pinned=True):
                if (left := source_left(stage, shot)) < self.place.right:
                    left = max(self.place.left, left - 200.0)
                    shaded(stage, source_top(stage, shot) + 10.0, 4.5, self.place.right, left=left)

    def _map(self) -> Handle:
        """The map in its classes' colours, with light edges, as one tile."""
        stage, rect = self.stage, pixel_rect(self.stage, self.place)
        tile = blank(rect.width, rect.bottom - rect.top, rect.left, rect.top)
        ctx = cairo.Context(tile.surface)
        ctx.translate(-rect.left, -rect.top)
        classes = self.pair.classes
        colors = Classes(
            rect, rect, lambda t: self.pair.codes, lambda t: 0.0, [one.color for one in classes],
            [Track(1.0) for _ in classes],
        )  # fmt: skip
        colors.sketch(ctx, (0.0, (1.0,) * len(classes)))
        tile.surface.flush()
        note = Note("picture", self.mapped, over=stage.theme.background)
        handle = stage.place({"plain": tile}, self.place, 3.0, note)
        for layer in handle.layers:
            layer.reveal_from = "left"
            layer.track("reveal").initial = self._reach(0.0)
        return handle

    def _reach(self, cover: float) -> float:
        """How much of the whole map lies before the edge when it covers so much of what is seen."""
        left, right = max(self.place.left, 0.0), min(self.place.right, self.stage.width)
        return (left + cover * (right - left) - self.place.left) / self.place.width

    def play(self) -> None:
        """Each beat's edge and opacity; words on what is seen; the classes with the map."""
        stage, place, scale = self.stage, self.place, self.stage.scale
        start = self._reach(0.0) * place.width
        edge = Box(place.left + start - 3.0, place.top, place.left + start + 3.0, place.bottom)
        light = material.glow(edge.center, 46.0, 0.62 * edge.height, stage.theme.color("accent"), 0.5)
        with stage.named("edge"):
            rule = stage.mobject(light, material.plate(edge, "#FFFFFF", radius=0, lift=0), z=5.0).hide()
        top = max(place.top, 0.0) + 42.0
        left, right = max(place.left + 28.0, stage.safe.left), min(place.right - 28.0, stage.safe.right)
        with stage.named("image-words", "label"):
            image = pill(stage, self.params.image_label, right, top, anchor="right")
        with stage.named("map-words", "label"):
            mapped = pill(stage, self.mapped, left, top).hide()
        self._classes(0.3)
        cover, opacity = 0.0, 1.0
        for beat in self.shot.beats:
            when, verbs = beat.start_s + 0.05, beat.params
            if verbs.cover is not None and verbs.cover != cover:
                for layer in self.map.layers:
                    layer.track("reveal").to(self._reach(verbs.cover), when, SWEEP_S, ease_in_out)
                # The edge is where the map ends, on its way too.
                away = self._reach(verbs.cover) * place.width - start
                for layer in rule.layers:
                    layer.track("dx").to(away * scale, when, SWEEP_S, ease_in_out)
                rule.fade(when, 1.0, 0.15)
                if verbs.cover in (0.0, 1.0):
                    rule.fade(when + SWEEP_S, 0.0, 0.2)
                mapped.fade(when + SWEEP_S * 0.4, float(verbs.cover > 0), 0.25)
                image.fade(when + SWEEP_S * 0.4, float(verbs.cover < 1), 0.25)
                cover = verbs.cover
            if verbs.opacity is not None and verbs.opacity != opacity:
                self.map.fade(when, verbs.opacity, 0.8)
                opacity = verbs.opacity

    def _classes(self, start_s: float) -> None:
        """The classes, the largest first, each with its share as a number and as a bar in its own colour."""
        stage, pair, box = self.stage, self.pair, self.legend
        values = shares(pair.codes, len(pair.classes))
        order = list(range(len(values)))
        if not self.params.shares:
            for index, line in enumerate(legend(stage, pair.classes, box)):
                line.swatch.enter(start_s + 0.07 * index, dy=16)
                line.words.enter(start_s + 0.07 * index, dy=16)
            return
        order.sort(key=lambda index: -values[index])
        said, size = self.params.shares_label + (" of the drawing" if pair.drawn else ""), float(LABEL)
        tall = box.height > 0.5 * box.width
        for words in stage.lines(said, box.width, size):
            with stage.named("shares", "heading"):
                heading = stage.words(words, box.left, box.top + size * 0.8, size, role="muted", z=6.0)
            heading.enter(start_s, dy=16)
            box = box._replace(top=box.top + size * 1.25)
        lanes = [box] if tall else box.columns([1.0] * 3, 40.0)
        each = -(-len(order) // len(lanes))
        step = min(STEP, box.height / each)
        for place, index in enumerate(order):
            lane, top = lanes[place // each], box.top + step * (place % each)
            row = lane._replace(top=top, bottom=top + step)
            text = _percent(values[index], self.params.format)
            self._share(pair.classes[index], values[index] / max(values), text, row, start_s + 0.08 * place)

    def _share(self, one: LabelClass, share: float, text: str, row: Box, when: float) -> None:
        stage = self.stage
        size = max(stage.least_label, min(float(LABEL), row.height * 0.56))
        bar = Box(row.left, row.bottom - 15.0, row.left + max(4.0, row.width * share), row.bottom - 3.0)
        baseline = bar.top - 13.0
        with stage.named(one.name, "label"):
            words = stage.words(one.words, row.left, baseline, size, z=6.0)
        with stage.named(one.name, "value"):
            value = stage.words(text, row.right, baseline, size, anchor="right", mono=True, z=6.0)
        for handle in (words, value):
            handle.enter(when, dy=16)
        growth = Track(0.0).to(1.0, when, GROW_S, ease_in_out)
        ground = stage.theme.ground[1]
        with stage.named(one.name, "bar"):
            # Several classes are dark: a light rim is seen on any ground.
            rim, muted = bar.inset(-2.5), stage.theme.color("muted")
            for extent, color, z, radius in ((rim, muted, 3.9, 6.0), (bar, one.color, 4.0, 4.0)):
                layer = BarLayer(extent, stage.scale, color, ground, growth, Track(1.0), z, radius)
                layer.note = stage.data_note(text, color) if extent is rim else None
                stage.drawn(layer)


def _percent(share: float, spec: str) -> str:
    """A share in percent; one that is there and rounds to nothing is written as less than the last digit."""
    text = written(share * 100, spec)
    if share > 0 and not any(digit in text for digit in "123456789"):
        text = f"<{text[:-1]}1"
    return f"{text}{THIN}%"
