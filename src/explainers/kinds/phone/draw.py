"""Drawing a phone shot: the device, its screens in motion, and what is said beside it. Needs Manim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.compositor.patches import rounded_clip
from explainers.kinds._pairs import Pair, pair_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.phone import CARD_S, SCROLL_S, SLIDE_S, TAP_S, Params
from explainers.kinds.phone.params import Card
from explainers.kinds.phone.screens import PAD, Sheet, Sketch, screenshot
from explainers.stage import Box, Group, Handle, Stage, shapes
from explainers.stage.chrome import body_over, illustration_mark, slate
from explainers.stage.photos import pixel_rect
from explainers.theme import BODY, LABEL, STRONG
from explainers.timing import ease_in_out, ease_out

BEZEL, CORNER = 13.0, 40.0
AIR = 140.0
"""Between the device and what stands beside it; arrows run here."""
STEP, CARD_GAP, PADDING = 66.0, 26.0, 24.0
LINE = LABEL * 1.25
DIM = 0.85


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything below the title and above the statement."""
    _Device(shot, stage).play()


class _Device:
    def __init__(self, shot: ShotPlan, stage: Stage):
        self.shot, self.stage = shot, stage
        self.params: Params = shot.params
        body = body_over(stage, shot)
        upright = body.width < 1.15 * body.height
        tall = body.height if not upright else body.height * 0.5
        wide = min(self.params.width + 2 * BEZEL, body.width * (0.6 if upright else 0.38))
        aside = 0.075 if body.width > 1200 else 0.0
        left = body.left + (body.width - wide) / 2 if upright else body.left + body.width * aside
        self.frame = stage.snapped(Box(left, body.top, left + wide, body.top + tall))
        self.screen = stage.snapped(self.frame.inset(BEZEL))
        self.unit = self.screen.width / self.params.width
        """Design units to one of the screen's own pixels."""
        pair = pair_of(shot) if self.params.classes else None
        size = float(self.params.width), self.screen.height / self.unit
        self.sketch = Sketch(
            stage, *size, self.unit * stage.scale, pair if isinstance(pair, Pair) else None, shot.pictures
        )
        self.any_drawn = False
        self.sheets = [self._sheet(index) for index in range(len(self.params.screens))]
        if upright:
            place = Box(body.left, self.frame.bottom + 40, body.right, body.bottom)
        else:
            air = AIR if body.width > 1200 else AIR / 2
            place = Box(self.frame.right + air, body.top, body.right, body.bottom)
        self.beside = _Beside(stage, self.params, place, self.frame, arrows=not upright)
        rect, scale = pixel_rect(stage, self.screen), self.unit * stage.scale
        self.glass = _Glass(rect, CORNER * stage.scale, scale, self.sheets)
        self.at = 0

    def _sheet(self, index: int) -> Sheet | None:
        """A screen's tile; None where it is missing and not drawn."""
        screen, sketch = self.params.screens[index], self.sketch
        path = self.shot.assets.get(screen.image) if screen.image else None
        if path is not None:
            return screenshot(path, sketch.width, sketch.height, sketch.scale)
        if screen.image and self.params.stand_in is None:
            return None
        self.any_drawn = True
        return sketch.sheet(screen)

    def play(self) -> None:
        stage = self.stage
        shell = shapes.panel(
            self.frame, stage.theme.color("muted"), "#0A0E18", radius=CORNER + BEZEL, stroke=3
        )
        stage.mobject(shell, z=2, note=Note("shape", "device"))
        for index, sheet in enumerate(self.sheets):
            if sheet is None:
                image = self.params.screens[index].image
                slate(stage, self.screen, [one for one in self.shot.missing if one.path == image])
        self.beside.open(self.any_drawn)
        for beat in self.shot.beats:
            self._beat(beat.params, beat.start_s)
        stage.drawn(self.glass)
        if self.any_drawn:
            free = self.beside.free()
            if free is not None:
                illustration_mark(stage, free, word=self.params.drawn_note).enter(0.4, dy=0)
            else:
                # No room beside the device: the short word stands on it.
                illustration_mark(stage, self.screen).enter(0.4, dy=0)

    def _beat(self, verbs: Any, start_s: float) -> None:
        now = start_s + 0.3
        if verbs.tap:
            self._tap(verbs.tap, now)
            now += TAP_S
        cards = list(verbs.reveal)
        if verbs.screen and cards and self.beside.points_to_device(cards[0]):
            # What comes back is seen before what it brings.
            now = self.beside.reveal(cards.pop(0), now) + 0.4
        if verbs.screen:
            target = [one.id for one in self.params.screens].index(verbs.screen)
            self.glass.slide.to(float(target), now, SLIDE_S, ease_in_out)
            self.beside.step(target, now)
            self.at = target
            now += SLIDE_S
        for name in cards:
            now = self.beside.reveal(name, now)
        if verbs.scroll:
            self._scroll(verbs.scroll, now + (0.5 if verbs.screen else 0.0))

    def _sheet_box(self, name: str) -> Box:
        sheet = self.sheets[self.at]
        return sheet.parts[name] if sheet and name in sheet.parts else Box(0, 0, self.params.width, 200)

    def _scroll(self, name: str, when: float) -> None:
        sheet = self.sheets[self.at]
        if sheet is None:
            return
        most = max(0.0, sheet.height - self.screen.height / self.unit)
        self.glass.scrolls[self.at].to(
            min(most, max(0.0, self._sheet_box(name).top - PAD)), when, SCROLL_S, ease_in_out
        )

    def _tap(self, name: str, when: float) -> None:
        """A finger's ring at the part; what is pressed shows it."""
        box = self._sheet_box(name)
        scroll = self.glass.scrolls[self.at].at(when)
        x = self.screen.left + box.center[0] * self.unit
        y = self.screen.top + (box.center[1] - scroll) * self.unit
        ring = shapes.panel(Box(x - 34, y - 34, x + 34, y + 34), "#FFFFFF", None, radius=34, stroke=5)
        shade = shapes.panel(Box(x - 38, y - 38, x + 38, y + 38), "#16202E", None, radius=38, stroke=3)
        finger = self.stage.mobject(shade, ring, z=8, note=Note("shape", "tap")).hide()
        for layer in finger.layers:
            layer.track("scale").initial = 1.5
        finger.fade(when, 1.0, 0.2).grow(when, 0.85, 0.35, ease_out)
        finger.grow(when + 0.35, 1.15, 0.3).fade(when + 0.4, 0.0, 0.3)
        press = self.glass.presses[self.at]
        if name in press:
            choice = any(part.id == name and part.choice for part in self.params.screens[self.at].parts)
            press[name].to(1.0, when + 0.2, 0.15)
            if not choice:
                press[name].to(0.0, when + 0.45, 0.2)


@dataclass
class _Glass(Layer):
    """All screens side by side behind one pane of glass, `rect` in the frame.

    Pixels of the frame are `scale` to one of the screen's; tracks hold the `slide` in screens, and for each
    screen its scroll and how far each of its parts is pressed.
    """

    rect: Rect
    radius: float
    scale: float
    sheets: list[Sheet | None]
    z: float = 3.0

    def __post_init__(self) -> None:
        self.note: Note | None = Note("picture", "screen")
        self.slide = Track(0.0)
        self.scrolls = [Track(0.0) for _ in self.sheets]
        self.presses = [{name: Track(0.0) for name in (one.chosen if one else ())} for one in self.sheets]

    def state(self, t: float) -> Hashable:
        place = round(self.slide.at(t) * (self.rect.right - self.rect.left))
        scrolls = tuple(round(one.at(t) * self.scale) for one in self.scrolls)
        pressed = tuple(
            tuple((n, round(v.at(t), 2)) for n, v in one.items() if v.at(t) > 0) for one in self.presses
        )
        return place, scrolls, pressed

    def box(self, state: Any) -> Rect:
        return self.rect

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        return [self.rect]

    def spans(self) -> list[Span]:
        pressed = itertools.chain(*(one.values() for one in self.presses))
        return [span for one in (self.slide, *self.scrolls, *pressed) for span in one.spans()]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        place, scrolls, pressed = state
        wide = self.rect.right - self.rect.left
        ctx.save()
        rounded_clip(ctx, self.rect, self.radius)
        for index, sheet in enumerate(self.sheets):
            if sheet is None or abs(index * wide - place) >= wide:
                continue
            left, top = self.rect.left + index * wide - place, self.rect.top - scrolls[index]
            ctx.set_source_surface(sheet.tile.surface, left, top)
            ctx.paint()
            for name, share in pressed[index]:
                box = sheet.parts[name]
                above, below = math.floor(box.top * self.scale) - 1, math.ceil(box.bottom * self.scale) + 1
                ctx.save()
                ctx.rectangle(left, top + above, wide, below - above)
                ctx.clip()
                ctx.set_source_surface(sheet.chosen[name].surface, left, top)
                ctx.paint_with_alpha(share)
                ctx.restore()
        ctx.restore()


class _Beside:
    """Steps above, cards below; the card's arrow crosses the air between it and the device."""

    def __init__(self, stage: Stage, params: Params, place: Box, device: Box, arrows: bool):
        self.stage, self.params, self.place, self.device = stage, params, place, device
        self.arrows = arrows
        self.cards = {card.id: card for card in params.cards}
        self.steps: list[tuple[Handle, Handle]] = []
        self.labels = [one.label for one in params.screens]
        listed = STEP * sum(1 for one in self.labels if one)
        self.boxes = self._boxes(place._replace(top=place.top + listed + (28 if listed else 0)))
        self.at = 0

    def _boxes(self, room: Box) -> dict[str, Box]:
        boxes, y = {}, room.top
        for card in self.params.cards:
            lines = len(card.code) + len(self._lines(card, room.width))
            height = PADDING * 2 + LINE * (1 + lines) - 6
            boxes[card.id] = self.stage.snapped(Box(room.left, y, room.right, y + height))
            y += height + CARD_GAP
        return boxes

    def _lines(self, card: Card, width: float) -> list[str]:
        return self.stage.lines(card.text, width - 2 * PADDING, LABEL) if card.text else []

    def free(self) -> Box | None:
        """A box in whose lower left corner the mark of a drawing fits, if there is one below the cards."""
        last = max((box.bottom for box in self.boxes.values()), default=self.place.top)
        wide = self.stage.text_width(self.params.drawn_note, LABEL) + 40 <= self.place.width
        if not wide or self.place.bottom - last < 66:
            return None
        return Box(self.place.left - 16, self.place.top, self.place.right, self.place.bottom + 16)

    def open(self, drawn: bool) -> None:
        """The names of the screens, the first one bright."""
        y = self.place.top + 46
        for index, label in enumerate(self.labels):
            if not label:
                self.steps.append((self.stage.words("", 0, 0), self.stage.words("", 0, 0)))
                continue
            number = self.stage.words(str(index + 1), self.place.left, y, BODY, STRONG, "accent", mono=True)
            room = self.place.width - 62
            size = BODY * min(1.0, room / self.stage.text_width(label, BODY, STRONG))
            words = self.stage.words(label, self.place.left + 62, y, size, STRONG)
            for handle in (number, words):
                handle.enter(0.3 + 0.12 * index, dx=24, dy=0)
                if index:
                    handle.fade(0.9 + 0.12 * index, DIM)
            self.steps.append((number, words))
            y += STEP

    def step(self, index: int, when: float) -> None:
        """Another screen's name is bright."""
        for place, opacity in ((self.at, DIM), (index, 1.0)):
            for handle in self.steps[place]:
                handle.fade(when, opacity)
        self.at = index

    def points_to_device(self, name: str) -> bool:
        return self.cards[name].to == "device"

    def reveal(self, name: str, when: float) -> float:
        """A card comes with its arrow; the time when it is there."""
        card, box, stage = self.cards[name], self.boxes[name], self.stage
        ground, left = stage.theme.panel, box.left + PADDING
        note = Note("shape", card.heading)
        parts: list[Handle | Group] = [stage.panel(box, stage.theme.line, ground, z=4, note=note)]
        y = box.top + PADDING + LABEL * 0.82
        parts.append(stage.words(card.heading, left, y, LABEL, role="muted", z=6, over=ground))
        for line in card.code:
            y += LINE
            parts.append(stage.words(line, left, y, LABEL, STRONG, mono=True, z=6, over=ground))
        for line in self._lines(card, box.width):
            y += LINE
            parts.append(stage.words(line, left, y, LABEL, z=6, over=ground))
        outward = card.to == "card"
        if self.arrows:
            ends = [(self.device.right + 10, box.center[1]), (box.left - 10, box.center[1])]
            arrow = stage.arrow(ends if outward else ends[::-1], "accent", 5)
            arrow.reveal(when if outward else when + 0.5, 0.5, "left" if outward else "right")
        for part in parts:
            part.enter(when + (0.4 if outward else 0.0), dx=24, dy=0)
        return when + CARD_S + 0.4
