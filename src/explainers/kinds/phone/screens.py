"""Screens as tiles: a screenshot, or one drawn from its parts. Needs Manim.

Lengths are the screen's own pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.compositor.drawn import DrawnPicture
from explainers.compositor.labels import colored, read_pixels
from explainers.compositor.layer import Rect, Tile, blank
from explainers.compositor.patches import paint, rounded_clip
from explainers.kinds._pairs import Pair
from explainers.kinds.phone.params import PAIR, Part, Screen
from explainers.stage import Box, ink, shapes
from explainers.stage.photos import SWATCH, opaque, swatch_ink
from explainers.theme import LABEL, STRONG, channels, contrast, mix

if TYPE_CHECKING:
    from explainers.stage import Stage

PAD, GAP, ROW = 28.0, 18.0, 50.0
HEADING, BUTTON, RADIUS = 46.0, 84.0, 14.0
DARK, LIGHT = "#16202E", "#FFFFFF"
BUTTON_FILL, CHOSEN = "#22304A", "#404CD0"
"""A button's colour where the storyboard names none, and the ring of an option that is chosen."""


@dataclass
class Sheet:
    """A whole screen, as high as its content: its tile, the same with options chosen, where parts lie."""

    tile: Tile
    height: float
    parts: dict[str, Box] = field(default_factory=dict)
    chosen: Mapping[str, Tile] = field(default_factory=dict)


def screenshot(path: Path, width: float, height: float, scale: float) -> Sheet:
    """A screenshot as wide as the screen; a higher one can be scrolled."""
    pixels = read_pixels(path)
    tall = max(height, pixels.shape[0] * width / pixels.shape[1])
    return Sheet(opaque(pixels, round(width * scale), round(tall * scale)), tall)


@dataclass(frozen=True)
class Sketch:
    """Draws screens `width` by `height` from their parts, at `scale` frame pixels to one of the screen's.

    `pair` is the shot's picture with its map, and `pictures` are the drawn ones that parts name.
    """

    stage: Stage
    width: float
    height: float
    scale: float
    pair: Pair | None
    pictures: Mapping[str, DrawnPicture]

    def sheet(self, screen: Screen) -> Sheet:
        """The screen from its parts; a button or an option has a second look for when it is tapped."""
        boxes, y = [], PAD
        for part in screen.parts:
            tall = self._height_of(part, self.width - 2 * PAD)
            boxes.append(Box(PAD, y, self.width - PAD, y + tall))
            y += tall + (0 if part.space else GAP)
        whole = max(self.height, y + PAD - GAP)
        named = {part.id: box for part, box in zip(screen.parts, boxes, strict=True) if part.id}
        sheet = Sheet(self._tile(screen, boxes, whole), whole, named)
        tapped = [part.id for part in screen.parts if part.id and (part.choice or part.button)]
        sheet.chosen = {name: self._tile(screen, boxes, whole, name) for name in tapped}
        return sheet

    def _height_of(self, part: Part, width: float) -> float:
        stage = self.stage
        if part.space:
            return part.space
        if part.heading:
            return len(stage.lines(part.heading, width, HEADING, STRONG)) * HEADING * 1.16 + 8
        if part.text:
            return len(stage.lines(part.text, width, LABEL)) * LABEL * 1.24 + 4
        if part.picture in PAIR:
            return width / (self.pair.aspect if self.pair else 1.5)
        if part.picture:
            wide, tall = self.pictures[part.picture].size
            return width * (tall / wide)
        if part.legend:
            return ROW * len(self.pair.classes) if self.pair else ROW
        return BUTTON

    def _tile(self, screen: Screen, boxes: list[Box], height: float, pressed: str | None = None) -> Tile:
        tile = blank(round(self.width * self.scale), round(height * self.scale))
        ctx = cairo.Context(tile.surface)
        _ground(ctx, screen.background, tile.width)
        for part, box in zip(screen.parts, boxes, strict=True):
            if part.picture in PAIR and self.pair:
                _picture(ctx, part, box, self.pair, self.scale)
            elif part.picture and part.picture not in PAIR:
                self._drawn(ctx, self.pictures[part.picture], box)
            else:
                tapped = part.id is not None and part.id == pressed
                for one in _inks(self.stage, part, box, screen, self.pair, tapped):
                    one.draw(ctx, self.scale) if hasattr(one, "draw") else ink.draw(ctx, one, self.scale)
        tile.surface.flush()
        return tile

    def _drawn(self, ctx: cairo.Context, drawn: DrawnPicture, box: Box) -> None:
        """A drawn picture as wide as the box, on the screen's own ground."""
        ctx.save()
        ctx.scale(self.scale, self.scale)
        ctx.translate(box.left, box.top)
        ctx.scale(box.width / drawn.size[0], box.width / drawn.size[0])
        paint(ctx, drawn, 0.0)
        ctx.restore()


def _ground(ctx: cairo.Context, colors: tuple[str, ...], width: int) -> None:
    gradient = cairo.LinearGradient(0, 0, width, 0)
    for index, color in enumerate((colors[0], colors[-1])):
        red, green, blue = channels(color)
        gradient.add_color_stop_rgb(index, red / 255, green / 255, blue / 255)
    ctx.set_source(gradient)
    ctx.paint()


def _inks(
    stage: Stage, part: Part, box: Box, screen: Screen, pair: Pair | None, pressed: bool
) -> list[ink.Ink]:
    """The words and shapes of a part."""
    ground = screen.background[0]
    color = part.color or max((DARK, LIGHT), key=lambda one: contrast(one, ground))
    if part.heading or part.text:
        size, weight, leading = (HEADING, STRONG, 1.16) if part.heading else (float(LABEL), 400, 1.24)
        lines = stage.lines(part.heading or part.text or "", box.width, size, weight)
        style = stage.style(size, weight, color)
        first = box.top + 0.9 * size
        return [stage.run(line, box.left, first + leading * size * i, style) for i, line in enumerate(lines)]
    if part.button:
        body, style = part.fill or BUTTON_FILL, stage.style(40, STRONG, part.color or LIGHT)
        plate = shapes.panel(box, fill=mix(body, LIGHT, 0.25) if pressed else body, radius=18)
        return [plate, stage.middle_run(part.button, *box.center, style)]
    if part.choice:
        return _choice(stage, part, box, color, pressed)
    if part.legend and pair:
        return _legend(stage, box, pair, color)
    return []


def _choice(stage: Stage, part: Part, box: Box, color: str, pressed: bool) -> list[ink.Ink]:
    """An option with a ring, filled where it is chosen."""
    body, accent = part.fill or LIGHT, CHOSEN
    edge, rim = (accent, accent) if pressed else (mix(body, color, 0.3), mix(body, color, 0.6))
    x, y = box.left + 44, box.center[1]
    ring = Box(x - 15, y - 15, x + 15, y + 15)
    inks: list[ink.Ink] = [shapes.panel(box, edge, body, radius=18, stroke=5 if pressed else 2)]
    inks.append(shapes.panel(ring, rim, body, radius=15, stroke=3.5))
    inks += [shapes.disc(x, y, 8, accent)] if pressed else []
    style = stage.style(LABEL, STRONG if pressed else 400, color)
    return [*inks, stage.middle_run(part.choice or "", x + 36, y, style, "left")]


def _legend(stage: Stage, box: Box, pair: Pair, color: str) -> list[ink.Ink]:
    inks, side, style = list[ink.Ink](), SWATCH * 0.8, stage.style(LABEL, role=color)
    for index, one in enumerate(pair.classes):
        y = box.top + ROW * (index + 0.5)
        inks.append(swatch_ink(Box(box.left, y - side / 2, box.left + side, y + side / 2), one.color, color))
        inks.append(stage.middle_run(one.words, box.left + side + 16, y, style, "left"))
    return inks


def _picture(ctx: cairo.Context, part: Part, box: Box, pair: Pair, scale: float) -> None:
    pixels: NDArray[np.uint8] = pair.pixels
    labels = colored(pair.codes, pair.classes)
    if part.picture == "labels":
        pixels = labels
    elif part.picture == "overlay":
        pixels = (pair.pixels * (1 - part.opacity) + labels * part.opacity + 0.5).astype(np.uint8)
    rect = Rect(*(round(edge * scale) for edge in box))
    source = opaque(pixels, rect.right - rect.left, rect.bottom - rect.top)
    ctx.save()
    rounded_clip(ctx, rect, RADIUS * scale)
    ctx.set_source_surface(source.surface, rect.left, rect.top)
    ctx.paint()
    ctx.restore()
