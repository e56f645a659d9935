"""Drawing a phone shot: the device, its screens in motion, and what is said beside it. Needs Manim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable
from typing import Any

import cairo

from explainers.film.layer import DrawnLayer, Note, Rect, Track
from explainers.kinds._pictures import Pair, pair_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.phone import SCROLL_S, SLIDE_S, TAP_S, Params
from explainers.kinds.phone.beside import Beside
from explainers.kinds.phone.screens import PAD, Sheet, drawn, screenshot
from explainers.stage import Box, Stage, shapes
from explainers.stage.chrome import body_over, illustration_mark, slate
from explainers.stage.drawn import rounded_clip
from explainers.stage.photos import pixel_rect
from explainers.timing import ease_in_out, ease_out

BEZEL, CORNER = 13.0, 40.0
AIR = 140.0
"""Between the device and what stands beside it; arrows run here."""


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
        self.pair = pair if isinstance(pair, Pair) else None
        self.any_drawn = False
        self.sheets = [self._sheet(index) for index in range(len(self.params.screens))]
        if upright:
            place = Box(body.left, self.frame.bottom + 40, body.right, body.bottom)
        else:
            air = AIR if body.width > 1200 else AIR / 2
            place = Box(self.frame.right + air, body.top, body.right, body.bottom)
        self.beside = Beside(stage, self.params, place, self.frame, arrows=not upright)
        self.slide = Track(0.0)
        self.scrolls = [Track(0.0) for _ in self.sheets]
        self.presses: list[dict[str, Track]] = [
            {name: Track(0.0) for name in (one.chosen if one else ())} for one in self.sheets
        ]
        self.at = 0

    def _sheet(self, index: int) -> Sheet | None:
        """A screen's tile; None where it is missing and not drawn."""
        screen, scale = self.params.screens[index], self.unit * self.stage.scale
        width, height = float(self.params.width), self.screen.height / self.unit
        path = self.shot.assets.get(screen.image) if screen.image else None
        if path is not None:
            return screenshot(path, width, height, scale)
        if screen.image and self.params.stand_in is None:
            return None
        self.any_drawn = True
        return drawn(self.stage, screen, width, height, self.pair, scale)

    def play(self) -> None:
        stage = self.stage
        shell = shapes.panel(
            self.frame, stage.theme.color("muted"), "#0A0E18", radius=CORNER + BEZEL, stroke=3
        )
        stage.mobject(shell, z=2, note=Note("shape", "device")).enter(0.1, dy=24)
        for index, sheet in enumerate(self.sheets):
            if sheet is None:
                slate(
                    stage,
                    self.screen,
                    [one for one in self.shot.missing if one.path == self.params.screens[index].image],
                )
        # The glass comes with the shell: it fades in over the same time.
        self.light = Track(0.0).to(1.0, 0.1, 0.45, ease_out)
        self.beside.open(self.any_drawn)
        for beat in self.shot.beats:
            self._beat(beat.params, beat.start_s)
        stage.drawn(self._glass())
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
            self.slide.to(float(target), now, SLIDE_S, ease_in_out)
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
        self.scrolls[self.at].to(
            min(most, max(0.0, self._sheet_box(name).top - PAD)), when, SCROLL_S, ease_in_out
        )

    def _tap(self, name: str, when: float) -> None:
        """A finger's ring at the part; what is pressed shows it."""
        box = self._sheet_box(name)
        scroll = self.scrolls[self.at].at(when)
        x = self.screen.left + box.center[0] * self.unit
        y = self.screen.top + (box.center[1] - scroll) * self.unit
        ring = shapes.panel(Box(x - 34, y - 34, x + 34, y + 34), "#FFFFFF", None, radius=34, stroke=5)
        shade = shapes.panel(Box(x - 38, y - 38, x + 38, y + 38), "#16202E", None, radius=38, stroke=3)
        finger = self.stage.mobject(shade, ring, z=8, note=Note("shape", "tap")).hide()
        for layer in finger.layers:
            layer.track("scale").initial = 1.5
        finger.fade(when, 1.0, 0.2).grow(when, 0.85, 0.35, ease_out)
        finger.grow(when + 0.35, 1.15, 0.3).fade(when + 0.4, 0.0, 0.3)
        press = self.presses[self.at]
        if name in press:
            choice = any(part.id == name and part.choice for part in self.params.screens[self.at].parts)
            press[name].to(1.0, when + 0.2, 0.15)
            if not choice:
                press[name].to(0.0, when + 0.45, 0.2)

    def _glass(self) -> DrawnLayer:
        """All screens side by side behind one pane of glass."""
        rect: Rect = pixel_rect(self.stage, self.screen)
        radius = CORNER * self.stage.scale
        wide, scale = rect.right - rect.left, self.unit * self.stage.scale
        tracks = [
            self.light,
            self.slide,
            *self.scrolls,
            *itertools.chain(*(one.values() for one in self.presses)),
        ]

        def look(t: float) -> Hashable | None:
            light, place = round(self.light.at(t), 3), round(self.slide.at(t) * wide)
            scrolls = tuple(round(one.at(t) * scale) for one in self.scrolls)
            pressed = tuple(
                tuple((n, round(v.at(t), 2)) for n, v in one.items() if v.at(t) > 0) for one in self.presses
            )
            return (place, scrolls, pressed, light) if light > 0 else None

        def paint(ctx: cairo.Context, state: Any) -> None:
            place, scrolls, pressed, light = state
            rounded_clip(ctx, rect, radius)
            ctx.push_group()
            for index, sheet in enumerate(self.sheets):
                x = index * wide - place
                if sheet is None or abs(x) >= wide:
                    continue
                ctx.set_source_surface(sheet.tile.surface, rect.left + x, rect.top - scrolls[index])
                ctx.paint()
                for name, share in pressed[index]:
                    box = sheet.parts[name]
                    top, bottom = math.floor(box.top * scale) - 1, math.ceil(box.bottom * scale) + 1
                    ctx.save()
                    ctx.rectangle(rect.left + x, rect.top - scrolls[index] + top, wide, bottom - top)
                    ctx.clip()
                    ctx.set_source_surface(
                        sheet.chosen[name].surface, rect.left + x, rect.top - scrolls[index]
                    )
                    ctx.paint_with_alpha(share)
                    ctx.restore()
            ctx.pop_group_to_source()
            ctx.paint_with_alpha(light)

        spans = [span for track in tracks for span in track.spans()]
        return DrawnLayer(look, lambda state: rect, paint, lambda: spans, 3.0, Note("picture", "screen"))
