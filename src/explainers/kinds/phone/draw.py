"""Drawing a phone shot: the device, its screens in motion, and what travels to the service. Needs Manim."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.compositor.labels import colored
from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.compositor.patches import rounded_clip
from explainers.kinds._pairs import Pair, pair_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.phone import ANSWER_S, SCROLL_S, SEND_S, SLIDE_S, TAP_S, Params
from explainers.kinds.phone.params import Packet
from explainers.kinds.phone.screens import PAD, Sheet, Sketch, screenshot
from explainers.stage import Box, Handle, Stage, material, shapes
from explainers.stage.chrome import body_over, column_bottom, footer_lift, slate, source_left, source_top
from explainers.stage.photos import photo, pixel_rect
from explainers.theme import LABEL, STRONG, mix
from explainers.timing import ease_in_out, ease_out

BEZEL, CORNER = 13.0, 40.0
ASPECT = 0.5
"""Width of the device, to its height."""
LONGEST = 2.4
"""How high it is at most, to its width."""
EDGE = 34.0
"""From the device to the frame's edge, where it is as high as the frame."""
LINE = LABEL * 1.25
CHIP = 270.0
"""Width of a packet."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """The device, the service, and what happens between them."""
    _Device(shot, stage).play()


class _Device:
    def __init__(self, shot: ShotPlan, stage: Stage):
        self.shot, self.stage = shot, stage
        self.params: Params = shot.params
        body = body_over(stage, shot)
        top, bottom = max(body.top, 40.0), min(body.bottom, stage.height - 126.0 - footer_lift(stage, shot))
        left, right = max(body.left, stage.safe.left), min(body.right, stage.safe.right)
        upright = stage.width < stage.height
        # Where the source is clear of it, the device is as high as the frame.
        high = stage.height - 2 * EDGE
        beside = shot.layout.place == "left" and stage.width > stage.height and bool(self.params.packets)
        if beside and left + min(high * ASPECT, (right - left) * 0.5) + EDGE < source_left(stage, shot, True):
            top, bottom = EDGE, EDGE + high
        if stage.width <= stage.height and shot.layout.place in ("left", "right"):
            top = column_bottom(stage, shot) + 36.0
        tall, share = bottom - top, 0.5
        if upright:
            # As high as the words leave it: its shell may reach into the margin, in which no word stands.
            left, share = left - 60.0, 0.66
        wide = min(tall / LONGEST if upright else tall * ASPECT, (right - left) * share)
        begin = left if self.params.packets else (left + 60.0 * upright + right - wide) / 2
        if wide * LONGEST < tall:
            top += (tall - wide * LONGEST) * 0.4
            tall = wide * LONGEST
            bottom = top + tall
        self.frame = stage.snapped(Box(begin, top, begin + wide, bottom))
        self.screen = stage.snapped(self.frame.inset(BEZEL))
        self.unit = self.screen.width / self.params.width
        """Design units to one of the screen's own pixels."""
        found = pair_of(shot) if self.params.classes else None
        self.pair = found if isinstance(found, Pair) else None
        size = float(self.params.width), self.screen.height / self.unit
        self.sketch = Sketch(stage, *size, self.unit * stage.scale, self.pair, shot.pictures)
        self.sheets = [self._sheet(index) for index in range(len(self.params.screens))]
        room = right - self.frame.right
        inset = 0.12 * tall if stage.width > stage.height or upright else 0.0
        across = min(360.0, room - 44.0 if upright else room * 0.62)
        foot = min(bottom - inset, source_top(stage, shot) - 12.0) if beside else bottom - inset
        self.service = stage.snapped(Box(right - across, top + inset, right, foot))
        rect, scale = pixel_rect(stage, self.screen), self.unit * stage.scale
        self.glass = _Glass(rect, CORNER * stage.scale, scale, self.sheets, Track(1.0))
        self.at = 0
        self.names: list[tuple[Handle, Handle]] = []

    def _sheet(self, index: int) -> Sheet | None:
        """A screen's tile; None where it is missing and not drawn."""
        screen, sketch = self.params.screens[index], self.sketch
        path = self.shot.assets.get(screen.image) if screen.image else None
        if path is not None:
            return screenshot(path, sketch.width, sketch.height, sketch.scale)
        if screen.image and self.params.stand_in is None:
            return None
        return sketch.sheet(screen)

    def play(self) -> None:
        stage, theme = self.stage, self.stage.theme
        accent, corner = theme.color("accent"), CORNER + BEZEL
        glow = material.glow(self.frame.center, 0.9 * self.frame.width, 620.0, accent, 0.2)
        shell: list[Any] = [glow] if theme.dark else []
        shell.append(material.Shadow(self.frame, corner, 34.0, 14.0, 0.55 if theme.dark else 0.28))
        shell.append(material.plate(self.frame, "#0A0E18", theme.color("muted"), corner, 3.0, 0.06))
        with stage.named("device", "panel"):
            stage.mobject(*shell, z=2, note=Note("shape", "device"))
        for index, sheet in enumerate(self.sheets):
            if sheet is None:
                image = self.params.screens[index].image
                slate(stage, self.screen, [one for one in self.shot.missing if one.path == image])
        self._steps()
        if self.params.packets:
            self._service()
        for beat in self.shot.beats:
            self._beat(beat.params, beat.start_s)
        with stage.named("device", "screen"):
            stage.drawn(self.glass)

    def _steps(self) -> None:
        """The screens' names below the words, the one that is seen bright."""
        stage, column = self.stage, self.stage.column
        labels = [one.label for one in self.params.screens]
        if not any(labels) or stage.width <= stage.height or column.right > self.frame.left:
            self.names = []
            return
        y = column.bottom - LINE * (len(labels) - 1) - 20.0
        for index, label in enumerate(labels):
            text = f"{index + 1}  {label or ''}"
            size = stage.fitting_size(text, column.width, LABEL, stage.least_label, STRONG)
            looks = [
                stage.words(text, column.left, y, size, weight, role)
                for weight, role in ((400, "muted"), (STRONG, "text"))
            ]
            looks[index == 0].fade(0.0, 1.0, 0.0)
            looks[index != 0].hide()
            self.names.append((looks[0], looks[1]))
            y += LINE

    def _beat(self, verbs: Any, start_s: float) -> None:
        now = start_s + 0.15
        if verbs.tap:
            self._tap(verbs.tap, now)
            now += TAP_S
        if verbs.send:
            now = self._send(verbs.send, now)
        if verbs.screen:
            target = [one.id for one in self.params.screens].index(verbs.screen)
            self.glass.slide.to(float(target), now, SLIDE_S, ease_in_out)
            if self.names and target != self.at:
                for index, quiet in ((self.at, True), (target, False)):
                    muted, bright = self.names[index]
                    muted.fade(now, float(quiet), 0.2)
                    bright.fade(now, float(not quiet), 0.2)
            self.at = target
            now += SLIDE_S
        if verbs.scroll:
            self._scroll(verbs.scroll, now + (0.4 if verbs.screen else 0.0))

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
        """A finger's ring at the part; what is pressed shows it within a fifth of a second."""
        box = self._sheet_box(name)
        scroll = self.glass.scrolls[self.at].at(when)
        x = self.screen.left + box.center[0] * self.unit
        y = self.screen.top + (box.center[1] - scroll) * self.unit
        ring = shapes.panel(Box(x - 34, y - 34, x + 34, y + 34), "#FFFFFF", None, radius=34, stroke=5)
        shade = shapes.panel(Box(x - 38, y - 38, x + 38, y + 38), "#16202E", None, radius=38, stroke=3)
        finger = self.stage.mobject(shade, ring, z=8, note=Note("shape", "tap")).hide()
        for layer in finger.layers:
            layer.track("scale").initial = 1.4
        finger.fade(when - 0.1, 1.0, 0.1).grow(when - 0.1, 0.85, 0.2, ease_out)
        finger.grow(when + 0.2, 1.15, 0.25).fade(when + 0.2, 0.0, 0.25)
        press = self.glass.presses[self.at]
        if name in press:
            choice = any(part.id == name and part.choice for part in self.params.screens[self.at].parts)
            press[name].to(1.0, when, ANSWER_S)
            if not choice:
                press[name].to(0.0, when + 0.3, 0.2)

    # -- what travels ------------------------------------------------------------------------------

    def _service(self) -> None:
        """The service's plate, its name, and a lane for each packet."""
        stage, theme, box = self.stage, self.stage.theme, self.service
        fill = mix(theme.ground[1], theme.color("accent"), 0.16)
        with stage.named("service", "panel"):
            shadow = material.Shadow(box, 26.0, 26.0, 10.0, 0.45 if theme.dark else 0.2)
            plate = material.plate(box, fill, theme.color("accent"), 26.0, 3.0, 0.08)
            stage.mobject(shadow, plate, z=2.0, note=Note("shape", self.params.service))
        with stage.named("service", "label"):
            said, at = self.params.service, (box.center[0], box.top + 66.0)
            size = stage.fitting_size(said, box.width - 40, 42.0, stage.least_label, STRONG)
            stage.words(said, *at, size, STRONG, anchor="center", over=fill)
        for packet in self.params.packets:
            y, start, end = self._lane(packet), self.frame.right + 14.0, box.left - 14.0
            lane, way = Box(start - 4, y - 4, end + 4, y + 4), [(start, y), (end, y)]
            dots = material.strokes(lane, [way], theme.color("muted"), 4.0, 0.7, (2.0, 13.0))
            with stage.named(packet.id, "edge"):
                stage.mobject(dots, z=1.5, note=Note("edge", packet.code))

    def _lane(self, packet: Packet) -> float:
        """The height of a packet's lane."""
        box, index = self.service, self.params.packets.index(packet)
        return box.top + 56.0 + (box.height - 110.0) * (index + 0.5) / len(self.params.packets)

    def _send(self, name: str, when: float) -> float:
        """A packet travels along its lane; where it lands, what it is stands on the service."""
        stage, theme = self.stage, self.stage.theme
        packet = next(one for one in self.params.packets if one.id == name)
        y, out = self._lane(packet), packet.to == "service"
        chip = self._chip(packet, y)
        (home_x, _), service_x = chip[0].box.center, self.service.center[0]
        device_x = self.frame.right - CHIP * 0.3
        start, end = (device_x, service_x) if out else (service_x, device_x)
        for handle in chip:
            handle.hide().move(when, start - home_x, 0.0, 0.0).fade(when, 1.0, 0.12)
            handle.move(when + 0.05, end - home_x, 0.0, SEND_S, ease_in_out)
            if not out:
                handle.leave(when + 0.05 + SEND_S, dx=-30.0, duration_s=0.2)
        landed = when + 0.05 + SEND_S
        fill = mix(theme.ground[1], theme.color("accent"), 0.16)
        size, room = max(stage.least_label, 30.0), self.service.width - 30.0
        drawn = self.pair is not None and self.pair.drawn and packet.picture in ("labels", "overlay")
        said = self.params.map_words(drawn, packet.text)
        rows = [(row, True) for row in _rows(stage, packet.code, room, size)]
        rows += [(row, False) for row in (stage.lines(said, room, size) if said else [])]
        top = y + chip[0].box.height / 2 + 6.0
        for index, (row, mono) in enumerate(rows):
            fits = size * min(1.0, room / max(1.0, stage.text_width(row, size, mono=mono)))
            weight = STRONG if mono else 400
            at = self.service.center[0], top + (index + 0.8) * size * 1.2
            with stage.named(name, "label"):
                words = stage.words(row, *at, fits, weight, "text", "center", mono, 9.0, fill)
            words.enter(landed if out else when, dy=10)
        return landed + 0.1

    def _chip(self, packet: Packet, y: float) -> list[Handle]:
        """The packet, in the middle of the service: a small picture on a plate."""
        stage, theme = self.stage, self.stage.theme
        wide = min(CHIP, self.service.width - 36.0)
        picture, tall = self._picture(packet), 76.0
        if picture is not None:
            tall = (wide - 20.0) / (self.pair.aspect if self.pair else 1.5) + 20.0
        x = self.service.center[0]
        box = stage.snapped(Box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2))
        fill = mix(theme.ground[1], theme.color("accent"), 0.34)
        glow = material.glow(box.center, wide * 0.8, tall * 0.9, theme.color("accent"), 0.4)
        inks: list[Any] = [glow] if theme.dark else []
        inks.append(material.Shadow(box, 16.0, 16.0, 7.0, 0.5 if theme.dark else 0.25))
        inks.append(material.plate(box, fill, theme.color("accent"), 16.0, 3.0))
        with stage.named(packet.id, "slot"):
            # What is to come, and what has gone, is outlined.
            slot = shapes.panel(box, theme.color("muted"), None, radius=16.0, stroke=3.0, dashed=True)
            stage.mobject(slot, z=2.5, note=Note("shape", "slot"))
        with stage.named(packet.id, "panel"):
            parts = [stage.mobject(*inks, z=6.0, note=Note("shape", packet.code))]
            parts[0].box = box
        if picture is not None:
            with stage.named(packet.id, "picture"):
                parts.append(photo(stage, picture, box.inset(10.0), 6.5, 8.0, packet.picture == "labels"))
        return parts

    def _picture(self, packet: Packet) -> NDArray[np.uint8] | None:
        if packet.picture is None or self.pair is None:
            return None
        if packet.picture == "image":
            return self.pair.pixels
        labels = colored(self.pair.codes, self.pair.classes)
        if packet.picture == "labels":
            return labels
        return np.asarray((0.7 * self.pair.pixels + 0.3 * labels).astype(np.uint8))


def _rows(stage: Stage, code: str, room: float, size: float) -> list[str]:
    """Code in rows as wide as the room: broken at its spaces, and where a word is wider than that in it."""
    most = max(1, int(20 * room / stage.text_width(20 * "0", size, mono=True)))
    return textwrap.wrap(code, most, break_on_hyphens=False)


@dataclass
class _Glass(Layer):
    """All screens side by side behind one pane of glass, `rect` in the frame.

    Pixels of the frame are `scale` to one of the screen's; tracks hold the glass's `light`, the `slide` in
    screens, and for each screen its scroll and how far each of its parts is pressed.
    """

    rect: Rect
    radius: float
    scale: float
    sheets: list[Sheet | None]
    light: Track
    z: float = 3.0

    def __post_init__(self) -> None:
        self.note: Note | None = Note("picture", "screen")
        self.slide = Track(0.0)
        self.scrolls = [Track(0.0) for _ in self.sheets]
        self.presses = [{name: Track(0.0) for name in (one.chosen if one else ())} for one in self.sheets]

    def state(self, t: float) -> Hashable | None:
        light = round(self.light.at(t), 3)
        place = round(self.slide.at(t) * (self.rect.right - self.rect.left))
        scrolls = tuple(round(one.at(t) * self.scale) for one in self.scrolls)
        pressed = tuple(
            tuple((n, round(v.at(t), 2)) for n, v in press.items() if v.at(t) > 0) for press in self.presses
        )
        return (place, scrolls, pressed, light) if light > 0 else None

    def box(self, state: Any) -> Rect:
        return self.rect

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        return [self.rect]

    def spans(self) -> list[Span]:
        pressed = itertools.chain(*(press.values() for press in self.presses))
        return [span for one in (self.light, self.slide, *self.scrolls, *pressed) for span in one.spans()]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        place, scrolls, pressed, light = state
        wide = self.rect.right - self.rect.left
        ctx.save()
        rounded_clip(ctx, self.rect, self.radius)
        ctx.push_group()
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
        ctx.pop_group_to_source()
        ctx.paint_with_alpha(light)
        ctx.restore()
