"""One frame is annotated: polygon by polygon, class by class, until its label map is whole. Needs Manim."""

from __future__ import annotations

import cairo
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainers.compositor.labels import colored, regions
from explainers.compositor.layer import Note, Track, blank
from explainers.compositor.patches import Clipped, rounded_clip
from explainers.kinds._pairs import Pair
from explainers.kinds.base import ShotPlan
from explainers.kinds.frames import Params
from explainers.stage import Box, Handle, Stage
from explainers.stage.chrome import illustration_mark
from explainers.stage.legend import legend, words_width
from explainers.stage.marks import LineLayer
from explainers.stage.photos import RADIUS, fitted, photo, pixel_rect
from explainers.theme import LABEL, channels
from explainers.timing import ease_in_out, ease_out

MOST_POLYGONS = 16
"""Of one class; smaller ones are filled without being traced."""
OVER, BESIDE = 62.0, 90.0


class Annotation:
    """The frame on the left, the classes on the right (below it in upright frames)."""

    def __init__(self, shot: ShotPlan, stage: Stage, pair: Pair, body: Box):
        self.params: Params = shot.params
        self.stage, self.pair = stage, pair
        wide = body.width / body.height > 1.3
        if wide:
            words = words_width(stage, self.pair.classes)
            room = Box(body.left, body.top + OVER, body.right - words - BESIDE, body.bottom)
            self.box = fitted(room, self.pair.aspect, (0.5, 0.35))
            place = Box(self.box.right + BESIDE, self.box.top - 8, body.right, self.box.bottom + 8)
        else:
            upper = Box(body.left, body.top + OVER, body.right, body.top + body.height * 0.5)
            self.box = fitted(upper, self.pair.aspect, (0.5, 0))
            place = Box(body.left, self.box.bottom + 30, body.right, body.bottom)
        self.rows = legend(stage, self.pair.classes, place)
        for row in self.rows:
            row.swatch.hide()
            row.words.hide()
        self.said = stage.words(
            self.params.frame_label, self.box.left + 2, self.box.top - 20, LABEL, role="muted"
        ).hide()

    def open(self, start_s: float, slot: Box, seconds: float) -> None:
        """The frame grows out of its place in the strip."""
        frame = photo(self.stage, self.pair.pixels, self.box, z=3, text=self.params.frame_label)
        scale = self.stage.scale
        (x, y), (from_x, from_y) = self.box.center, slot.center
        for layer in frame.layers:
            layer.track("opacity").initial = 0.0
            layer.track("opacity").to(1.0, start_s, 0.12, ease_out)
            for name, value, rest in (
                ("scale", slot.width / self.box.width, 1.0),
                ("dx", (from_x - x) * scale, 0.0),
                ("dy", (from_y - y) * scale, 0.0),
            ):
                layer.track(name).initial = value
                layer.track(name).to(rest, start_s, seconds, ease_in_out)
        self.said.fade(start_s + seconds, 1.0)
        if self.pair.drawn:
            illustration_mark(self.stage, self.box).enter(start_s + seconds, dy=0)

    def draw(self, start_s: float, end_s: float) -> None:
        """One class after another: its line in the legend, its outlines, then their fill."""
        step = (end_s - start_s) / len(self.pair.classes)
        for index, row in enumerate(self.rows):
            when = start_s + index * step
            row.swatch.enter(when, dy=16, duration_s=0.35)
            row.words.enter(when, dy=16, duration_s=0.35)
            self._trace(index, when + 0.1, step * 0.55)
            fill = self._fill(index)
            fill.hide().fade(when + 0.1 + step * 0.5, self.params.opacity, min(0.4, step * 0.4))

    def _trace(self, index: int, when: float, seconds: float) -> None:
        """All outlines of a class are drawn at once, and become quiet when the class is filled."""
        tall, wide = self.pair.codes.shape
        found = regions(self.pair.codes, index)[:MOST_POLYGONS]
        light = Track(0.0).to(1.0, when, 0.05).to(0.0, when + seconds + 0.35, 0.5)
        grow = Track(0.0).to(1.0, when, seconds, ease_in_out)
        sx, sy = self.box.width / wide, self.box.height / tall
        rect, radius = pixel_rect(self.stage, self.box), RADIUS * self.stage.scale
        for region in found:
            points = [(self.box.left + x * sx, self.box.top + y * sy) for x, y in region.points]
            line = LineLayer(points, self.stage.scale, "#FFFFFF", grow, light, 3.5, 6.0)
            self.stage.drawn(Clipped(line, rect, radius))

    def _fill(self, index: int) -> Handle:
        """A class's pixels in its colour, as one tile; edges as smooth as the picture's."""
        rect = pixel_rect(self.stage, self.box)
        size = (rect.right - rect.left, rect.bottom - rect.top)
        mask: NDArray[np.uint8] = np.asarray(
            Image.fromarray(((self.pair.codes == index) * 255).astype(np.uint8)).resize(
                size, Image.Resampling.BOX
            )
        )
        tile = blank(*size, rect.left, rect.top)
        red, green, blue = channels(self.pair.classes[index].color)
        alpha = mask.astype(np.uint16)
        for channel, value in enumerate((blue, green, red)):
            tile.pixels[:, :, channel] = alpha * value // 255
        tile.pixels[:, :, 3] = mask
        clipped = blank(*size, rect.left, rect.top)
        ctx = cairo.Context(clipped.surface)
        rounded_clip(
            ctx, rect._replace(left=0, top=0, right=size[0], bottom=size[1]), RADIUS * self.stage.scale
        )
        ctx.set_source_surface(tile.surface)
        ctx.paint()
        clipped.surface.flush()
        note = Note("picture", self.pair.classes[index].words, over=self.stage.theme.background)
        return self.stage.place({"plain": clipped}, self.box, 4.0, note)

    def finish(self, start_s: float) -> None:
        """The classes cover the picture: the label map."""
        whole = photo(
            self.stage,
            colored(self.pair.codes, self.pair.classes),
            self.box,
            z=5,
            flat=True,
            text=self.params.map_label,
        )
        whole.hide().fade(start_s + 0.2, 1.0, 0.9)
        self.said.fade(start_s + 0.2, 0.0, 0.25)
        words = self.stage.words(
            self.params.map_label, self.box.left + 2, self.box.top - 20, LABEL, role="muted"
        )
        words.enter(start_s + 0.5, dy=0)
