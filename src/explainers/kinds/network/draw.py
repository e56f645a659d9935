"""Drawing a network as blocks of its tensors. Needs Manim; imported when the shot is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import cairo
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainers.compositor.labels import colored
from explainers.compositor.layer import Note, TileLayer
from explainers.facts.numbers import written
from explainers.kinds._pairs import Pair, picture_of, thing_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.network import DEPTH_S, FAN_S, PEEL_S, REVEAL_S, Params, entrances
from explainers.kinds.network.blocks import INPUT, LANE, OUTPUT, TURN, Block, Stop, layout_of
from explainers.kinds.network.tensors import Tensor, sizes_of
from explainers.stage import Box, Handle, Point, Stage, material
from explainers.stage.chrome import body_over, pill, slate, words_top
from explainers.stage.material import use
from explainers.stage.photos import pasted, photo, photo_tile
from explainers.theme import STRONG, channels, mix
from explainers.timing import ease_in, ease_in_out, ease_out

TENSOR, NAME, SMALL = 36.0, 42.0, 36.0
"""Sizes of tensor sizes, of names, and of what is said below them."""
UPRIGHT = 0.84
"""How much smaller words are where the way runs down and they stand beside it."""
LINES = 16
"""A line for so many channels, where there is room."""
GHOST = 0.26
"""How bright a block's outline is before its tensor comes."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Pictures at both ends, the blocks between them as they come, and how they follow from one another."""
    _Network(shot, stage).play()


class _Network:
    def __init__(self, shot: ShotPlan, stage: Stage):
        self.shot, self.stage = shot, stage
        self.params: Params = shot.params
        self.sizes = sizes_of(self.params)
        self.pair = picture_of(shot)
        body = body_over(stage, shot)
        self.bottom = min(body.bottom, words_top(stage, shot))
        self.layout = layout_of(stage, self.params, self.sizes, max(0.0, body.top), self.bottom)
        self.ends: dict[str, tuple[Box, list[Handle], list[Handle]]] = {}
        theme = stage.theme
        self.accent, self.ground = theme.color("layers"), theme.ground[1]
        self.edge = "#FFFFFF" if theme.dark else theme.color("text")
        self.when = entrances(shot)
        self.least = stage.least_label

    def play(self) -> None:
        layout, first = self.layout, len(self.stage.layers)
        self._picture(INPUT)
        for stop in layout.stops:
            if stop.sort == "block":
                self._block_stop(stop)
            elif stop.sort == "fan":
                self._fan(stop)
            elif stop.sort == "op":
                self._circle(stop)
        for name in layout.arches:
            self._arch(name)
        if OUTPUT in layout.pictures:
            self._picture(OUTPUT)
        for before, after in pairwise(layout.stops):
            self._way(before, after)
        whole = next((beat.start_s for beat in self.shot.beats if beat.params.whole), None)
        if whole is not None:
            layers = [layer for layer in self.stage.layers[first:] if isinstance(layer, TileLayer)]
            self._come_in(max(whole, self.when[OUTPUT] + 0.9), layers)

    def _time(self, stop: Stop) -> float:
        return self.when[stop.layers[0].id if stop.layers else stop.sort]

    # -- blocks ------------------------------------------------------------------------------------

    def _block_stop(self, stop: Stop) -> None:
        layout, layer = self.layout, stop.layers[0]
        block = layout.blocks[stop.tensor]
        taps = list(layer.taps)
        tap = stop.tensor.partition(".")[2]
        when = self._time(stop) + REVEAL_S * (taps.index(tap) if tap else 0)
        source = self._before(stop)
        self._block(stop.tensor, block, source, when)
        words = [(str(block.tensor), TENSOR, 400, "text", True)]
        if not tap or tap == taps[0]:
            words.append((layer.words, NAME, STRONG, "text", False))
        if tap:
            words.append((layer.taps[tap].words, SMALL, 400, "muted", False))
        last = [one for one in layout.stops if one.sort == "block"][-1]
        if stop is last and layout.under:
            under = ", then ".join(one.words for one in layout.under)
            words.append((under, SMALL, 400, "muted", False))
        self._words(words, block, when + 0.25, stop.tensor)

    def _before(self, stop: Stop) -> Box:
        """Where what comes to a stop comes from."""
        stops = self.layout.stops
        before = stops[stops.index(stop) - 1]
        if before.sort == "block":
            return self.layout.blocks[before.tensor].face
        return self.layout.box(before)

    def _block(self, name: str, block: Block, source: Box, when: float) -> None:
        """Its face comes off what it follows from and becomes its size on the way; then its depth grows."""
        stage = self.stage
        note = Note("shape", f"{name}: {block.tensor}", color=self.accent)
        with stage.named(name, "outline"):
            paths = [material.around(block.face), *self._corners(block)]
            ghost = stage.mobject(material.strokes(block.whole.inset(-3), paths, self.accent, 2.5), z=1.0)
        with stage.named(name, "panel"):
            sides = material.Painted(block.whole.inset(-3), self._sides(block))
            depth = stage.mobject(sides, z=2.0, note=note)
        with stage.named(name, "picture"):
            face = self._face(block)
        for layer in ghost.layers:
            layer.track("opacity").initial = GHOST
        if when <= 0:
            ghost.hide()
            return
        depth.reveal(when + PEEL_S - 0.1, DEPTH_S, "left", ease_out)
        self._peel(face, block.face, source, when, PEEL_S)
        ghost.fade(when + PEEL_S, 0.0, 0.2)

    def _peel(self, face: Handle, box: Box, source: Box, when: float, seconds: float) -> None:
        (x, y), (from_x, from_y) = box.center, source.center
        face.hide().fade(when, 1.0, 0.08)
        seen = source.width / box.width if source.width < 4.0 * self.stage.width else 1.0
        ways = (("scale", min(seen, 5.0), 1.0), ("dx", from_x - x, 0.0), ("dy", from_y - y, 0.0))
        for layer in face.layers:
            for track, away, home in ways:
                unit = 1.0 if track == "scale" else self.stage.scale
                layer.track(track).initial = away * unit
                layer.track(track).to(home, when, seconds, ease_in_out)

    def _face(self, block: Block) -> Handle:
        """The picture at the tensor's own resolution, in the layers' hue."""
        stage, box = self.stage, block.face
        inks: list[material.Painted] = []
        if self.pair is not None:
            tile = photo_tile(stage, self._coarse(self.pair, block.tensor), box, 0.0, flat=True)
            inks.append(pasted(box, tile, stage.scale))
        else:
            inks.append(material.plate(box, mix(self.ground, self.accent, 0.4), radius=0.0))
        inks.append(material.strokes(box.inset(-3), [material.around(box)], self.edge, 3.0))
        return stage.mobject(*inks, z=4.0)

    def _coarse(self, pair: Pair, tensor: Tensor) -> NDArray[np.uint8]:
        """The picture in as many cells as the tensor has, its brightness in one hue."""
        image = Image.fromarray(pair.pixels).resize((tensor.width, tensor.height), Image.Resampling.BOX)
        light = np.asarray(image.convert("L"), float)[:, :, None] / 255
        dark = np.array(channels(mix(self.ground, self.accent, 0.24)), float)
        pale = np.array(channels(mix("#FFFFFF", self.accent, 0.4)), float)
        if not self.stage.theme.dark:
            dark = np.array(channels(mix("#16202E", self.accent, 0.6)), float)
        return np.asarray(np.round(dark + (pale - dark) * light), np.uint8)

    def _corners(self, block: Block) -> tuple[list[Point], list[Point]]:
        """The top and the right side."""
        face, (dx, dy) = block.face, block.depth
        top = [(face.left, face.top), (face.left + dx, face.top - dy), (face.right + dx, face.top - dy)]
        side = [
            (face.right + dx, face.top - dy),
            (face.right + dx, face.bottom - dy),
            (face.right, face.bottom),
        ]
        return [*top, (face.right, face.top)], [(face.right, face.top), *side]

    def _sides(self, block: Block) -> Callable[[cairo.Context], None]:
        """Top and side, with a line every so many channels; what came along an arch is light."""
        count = max(1, round((block.tensor.channels or LINES) / LINES))
        while count > 2 and block.depth[0] / count < 4.5:
            count = -(-count // 2)
        fills = mix(self.ground, self.accent, 0.72), mix(self.ground, self.accent, 0.46)
        paper = not self.stage.theme.dark
        line = mix("#FFFFFF" if paper else self.ground, self.accent, 0.5 if paper else 0.12)
        pale = mix(self.ground, self.stage.theme.color("muted"), 0.85)
        face, (dx, dy) = block.face, block.depth

        def paint(ctx: cairo.Context) -> None:
            for corners, fill in zip(self._corners(block), fills, strict=True):
                _trace(ctx, corners)
                ctx.close_path()
                use(ctx, fill)
                ctx.fill()
            for share in (index / count for index in range(1, count + 1)):
                early = share > 1 - block.light + 1e-6
                use(ctx, pale if early else line)
                ctx.set_line_width(2.0 if not early else max(2.0, dx / count - 1.5))
                back = share - (0.5 / count if early else 0.0)
                x, y = dx * back, -dy * back
                right = face.right + x
                _trace(ctx, [(face.left + x, face.top + y), (right, face.top + y), (right, face.bottom + y)])
                ctx.stroke()
            use(ctx, self.edge)
            ctx.set_line_width(2.0)
            for corners in self._corners(block):
                _trace(ctx, corners)
                ctx.stroke()

        return paint

    def _words(
        self, lines: list[tuple[str, float, int, str, bool]], block: Block, when: float, name: str
    ) -> None:
        """Below a block; beside it where the way runs down, on the side where no arch leaves or arrives."""
        stage, box = self.stage, block.whole
        upright, anchor = self.layout.upright, "left"
        x, y, room = box.left, box.bottom + 8.0, max(box.width + 26.0, 190.0)
        if upright and any(name in ends for ends in self.layout.arches.values()):
            x, anchor = box.left - 22.0, "right"
            room = x - self.layout.left
        elif upright:
            x = box.right + 22.0
            room = stage.safe.right - LANE - x
        rows = []
        for text, size, weight, role, mono in lines:
            size = max(size if not upright else size * UPRIGHT, self.least if not mono else self.least * 0.85)
            rows += [(line, size, weight, role, mono) for line in stage.lines(text, room, size, weight, mono)]
        if upright:
            # In the middle of their block, between the stops before and after it.
            high = sum(1.22 * size for _, size, *_ in rows)
            stops = self.layout.stops
            at = next(index for index, one in enumerate(stops) if one.tensor == name)
            end = self.layout.box(stops[at + 1]).top - 14.0 if at + 1 < len(stops) else self.bottom
            if self.layout.beside and stops[min(at + 1, len(stops) - 1)].sort == OUTPUT:
                end = self.bottom - TURN / 2 - 14.0
            if at + 1 < len(stops) and stops[at + 1].sort == "fan":
                # The lines to the branches bend away from the block's lower edge.
                end = box.bottom
            y = min(box.center[1] - high / 2, end - high)
            if stops[at - 1].sort == INPUT and not self.layout.beside:
                y = max(y, self.layout.pictures[INPUT].bottom)
        made = []
        for line, size, weight, role, mono in rows:
            y += size * 1.22
            with stage.named(name, "label"):
                made.append(stage.words(line, x, y, size, weight, role, anchor=anchor, mono=mono, z=9.0))
        for index, words in enumerate(made):
            if when > 0:
                words.enter(when + 0.06 * index, dy=12, duration_s=0.35)

    # -- branches, circles, arches -----------------------------------------------------------------

    def _fan(self, stop: Stop) -> None:
        """Branches that open like a hand, and their names."""
        stage, layout, layer = self.stage, self.layout, stop.layers[0]
        when, source = self._time(stop), self._before(stop)
        blocks = [layout.blocks[one.id] for one in layer.parallel]
        for index, (branch, block) in enumerate(zip(layer.parallel, blocks, strict=True)):
            begin = when + FAN_S * index if when > 0 else 0.0
            self._block(branch.id, block, source, begin)
            size = max(SMALL * (0.88 if layout.upright else 1.0), self.least)
            with stage.named(branch.id, "label"):
                if layout.upright:
                    x, y, anchor = block.whole.center[0], block.face.bottom + 1.1 * size, "center"
                    lines = stage.lines(branch.words, block.whole.width + 60.0, size)
                else:
                    x, y, anchor = block.face.right + 26.0, block.face.bottom + 15.0, "left"
                    lines = [branch.words]
                words = [
                    stage.words(line, x, y + 1.1 * size * row, size, anchor=anchor, z=9.0)
                    for row, line in enumerate(lines)
                ]
            if begin > 0:
                for word in words:
                    word.enter(begin + 0.3, dx=16, dy=0)
        whole = layout.box(stop)
        if layout.upright:
            # Below the lines that leave the outermost branch.
            x, y, anchor = layout.left, blocks[0].face.bottom + 138.0, "left"
            if layout.beside:
                # Or before the branches, where that is between the pictures and their words.
                level, ends = blocks[0].face.bottom, layout.pictures
                low = ends[OUTPUT].top - 175.0 if OUTPUT in ends else self.bottom
                if ends[INPUT].bottom + 90.0 < level < low:
                    x, y, anchor = whole.left - 26.0, level, "right"
        else:
            x, y, anchor = whole.left, whole.bottom + 72.0, "left"
        said = [
            (f"{layer.words}: {written(len(blocks), 'words')} views", NAME, STRONG, False),
            (f"{blocks[0].tensor} each", TENSOR, 400, True),
        ]
        for index, (text, size, weight, mono) in enumerate(said[:1] if layout.upright else said):
            with stage.named(layer.id, "label"):
                size = max(size * (UPRIGHT if layout.upright else 1.0), self.least)
                shown = stage.words(text, x, y, size, weight, anchor=anchor, mono=mono, z=9.0)
            y += 50.0
            if when > 0:
                shown.enter(when + 0.5 + 0.08 * index, dy=12)

    def _circle(self, stop: Stop) -> None:
        """What is done between two blocks: a factor in a circle, convolutions above it."""
        stage, box, when = self.stage, self.layout.circles[stop.layers[0].id], self._time(stop)
        factors = [layer for layer in stop.layers if layer.upsample]
        others = [layer for layer in stop.layers if not layer.upsample]
        fill = mix(self.ground, self.accent, 0.2)
        style = stage.style(max(38.0, self.least), STRONG)
        text = f"×{factors[-1].upsample}" if factors else others[-1].words
        others = others if factors else others[:-1]
        inks = [material.plate(box, fill, self.accent, box.width / 2, 3.5)]
        parts = []
        with stage.named(stop.layers[0].id, "panel"):
            note = Note("text", text, style.size, style.color, fill, "text")
            parts.append(stage.mobject(*inks, stage.middle_run(text, *box.center, style), z=5.0, note=note))
        if others:
            said, size = ", ".join(one.words for one in others), max(SMALL, self.least)
            with stage.named(stop.layers[0].id, "label"):
                if self.layout.upright:
                    parts.append(stage.middle(said, box.right + 16.0, box.center[1], size, anchor="left"))
                else:
                    parts.append(stage.words(said, box.center[0], box.top - 14.0, size, anchor="center"))
        for part in parts:
            if when > 0:
                part.enter(when, dy=0, duration_s=0.3)

    def _arch(self, name: str) -> None:
        """A copy of an early tensor goes beside the way; then its line leads on to what reads it."""
        stage, layout = self.stage, self.layout
        (source, target), block, when = layout.arches[name], layout.blocks[name], self.when[name]
        start = layout.blocks[source].whole if source in layout.blocks else layout.pictures[INPUT]
        end = layout.blocks[target].whole if target in layout.blocks else layout.pictures[OUTPUT]
        face = layout.blocks[source].face if source in layout.blocks else start
        self._block(name, block, face, when)
        box = block.whole
        if layout.upright:
            level = block.face.center[1]
            if source in layout.blocks:
                first = self._curve((start.right + 8, level), (box.left - 8, level), False)
            else:
                first = self._curve((start.right - 6, start.center[1]), (box.center[0], box.top - 4), False)
            second = self._curve((box.right - 20, box.bottom + 6), (end.right + 10, end.center[1]), True)
        else:
            first = self._curve((start.center[0], start.top - 4), (box.left - 14, box.center[1]), True)
            second = self._curve((box.right + 10, box.center[1]), (end.center[0] + 14, end.top - 6), False)
        way = start.joined(box).joined(end).inset(-30)
        with stage.named(name, "edge"):
            lines = [
                stage.mobject(material.Painted(way, self._stroked(*one)), z=z, note=Note("edge", name))
                for one, z in (((first, False), 1.5), ((second, True), 6.0))
            ]
        reader = next((layer for layer in self.params.layers if layer.id == target), None)
        later = self.when.get(reader.id, when) if reader else when
        if when > 0:
            lines[0].reveal(when, 0.4, "top" if layout.upright else "left")
            lines[1].reveal(max(when + PEEL_S, later - 0.3), 0.4, "top" if layout.upright else "left")
        layer = next(layer for layer in self.params.layers if layer.id == name)
        size = max(SMALL, self.least)
        with stage.named(name, "label"):
            if layout.upright:
                said = [stage.words(layer.words, box.right, box.top - 16.0, size, STRONG, "layers", "right")]
            else:
                x, y = box.left - 30.0, box.top + 40.0
                said = [stage.words(layer.words, x, y, NAME, STRONG, "layers", "right")]
                said.append(stage.words(str(block.tensor), box.right + 22.0, y - 4.0, TENSOR, mono=True))
        for words in said:
            if when > 0:
                words.enter(when + 0.3, dy=12)

    def _curve(self, start: Point, end: Point, upright_first: bool) -> tuple[Point, Point, Point, Point]:
        """A quarter of an arch as a Bezier curve."""
        (x0, y0), (x1, y1) = start, end
        if upright_first:
            return start, (x0, y0 + 0.75 * (y1 - y0)), (x0 + 0.3 * (x1 - x0), y1), end
        return start, (x0 + 0.7 * (x1 - x0), y0), (x1, y0 + 0.3 * (y1 - y0)), end

    def _stroked(self, curve: tuple[Point, ...], head: bool) -> Callable[[cairo.Context], None]:
        (x0, y0), one, two, (x1, y1) = curve

        def paint(ctx: cairo.Context) -> None:
            for width, alpha in ((18.0, 0.22), (7.0, 1.0)):
                use(ctx, self.accent, alpha)
                ctx.set_line_width(width)
                ctx.set_line_cap(cairo.LINE_CAP_ROUND)
                ctx.move_to(x0, y0)
                ctx.curve_to(*one, *two, x1, y1)
                ctx.stroke()
            if head:
                dx, dy = x1 - two[0], y1 - two[1]
                length = (dx * dx + dy * dy) ** 0.5 or 1.0
                ux, uy = dx / length, dy / length
                ctx.move_to(x1 - 18 * ux - 13 * uy, y1 - 18 * uy + 13 * ux)
                ctx.line_to(x1, y1)
                ctx.line_to(x1 - 18 * ux + 13 * uy, y1 - 18 * uy - 13 * ux)
                ctx.set_line_join(cairo.LINE_JOIN_ROUND)
                ctx.stroke()

        return paint

    # -- the way -----------------------------------------------------------------------------------

    def _way(self, before: Stop, after: Stop) -> None:
        """An arrow from one stop to the next, or a line to each branch and from each."""
        stage, layout = self.stage, self.layout
        when = self._time(after)
        if "fan" not in (before.sort, after.sort):
            points = self._ends(before, after)
            if abs(points[0][0] - points[1][0]) + abs(points[0][1] - points[1][1]) < 18:
                return
            with stage.named(f"{self._name(before)}-{self._name(after)}", "edge"):
                arrow = stage.arrow(points, "muted", 5, z=1.5)
            if when > 0:
                arrow.reveal(max(0.0, when - 0.05), 0.3, "top" if layout.upright else "left")
            return
        fan, other = (after, before) if after.sort == "fan" else (before, after)
        blocks = [layout.blocks[one.id] for one in fan.layers[0].parallel]
        at = layout.box(other)
        if other.sort == "block":
            block = layout.blocks[other.tensor]
            at, back = block.whole, block.face.shifted(0.0, -block.depth[1])
            if not layout.upright:
                at = at._replace(top=back.top, bottom=back.bottom)
        curves = []
        for block in blocks:
            face, (dx, dy) = block.face, block.depth
            if layout.upright:
                x = block.whole.center[0]
                near = (x, block.whole.top - 4) if after.sort == "fan" else (x, face.bottom + 64.0)
                far = (at.center[0], at.bottom + 4) if after.sort == "fan" else (at.center[0], at.top - 2)
                bend = (near[1] + far[1]) / 2
                curves.append((far, (far[0], bend), (near[0], bend), near))
            else:
                right = (face.right + dx + 4, face.center[1] - dy)
                near = (face.left - 4, face.center[1]) if after.sort == "fan" else right
                far = (at.right + 2, at.center[1]) if after.sort == "fan" else (at.left - 2, at.center[1])
                # What goes out stays level beside the branches' names, and bends beyond them.
                share = 0.45 if after.sort == "fan" else 0.14
                bend = far[0] + share * (near[0] - far[0])
                curves.append((far, (bend, far[1]), (bend, near[1]), near))
        box = layout.box(fan).joined(at).inset(-12)
        with stage.named(f"{self._name(before)}-{self._name(after)}", "edge"):
            drawn = material.strokes(box, curves, self.accent, 4.0, bent=True)
            lines = stage.mobject(drawn, z=1.5, note=Note("edge", fan.layers[0].words))
        if when > 0:
            lines.reveal(when, 0.45, "top" if layout.upright else "left")

    def _name(self, stop: Stop) -> str:
        return stop.tensor or (stop.layers[0].id if stop.layers else stop.sort)

    def _ends(self, before: Stop, after: Stop) -> list[Point]:
        one, other = self.layout.box(before), self.layout.box(after)
        if after.sort == "block":
            other = self.layout.blocks[after.tensor].face
        if self.layout.beside and before.sort == INPUT:
            # From a picture beside the way it turns down, and to the other it turns aside.
            x, y = other.center[0], one.top + TURN / 2
            return [(one.right + 5, y), (x, y), (x, self.layout.box(after).top - 5)]
        if self.layout.beside and after.sort == OUTPUT:
            x = (self.layout.blocks[before.tensor].face if before.tensor else one).center[0]
            y = other.bottom - TURN / 2
            return [(x, one.bottom + 5), (x, y), (other.right + 6, y)]
        if self.layout.upright:
            x = other.center[0] if self.layout.beside else self.layout.pictures[INPUT].center[0]
            return [(x, one.bottom + 5), (x, self.layout.box(after).top - 5)]
        y = self.layout.pictures[INPUT].center[1]
        return [(one.right + 5, y), (other.left - 6, y)]

    # -- pictures ----------------------------------------------------------------------------------

    def _picture(self, name: str) -> None:
        """What goes in, and the label map that comes out; both are cut by the frame."""
        stage, box = self.stage, self.layout.pictures[name]
        if self.pair is None:
            if name == INPUT and self.shot.missing:
                slate(stage, box.inset(20), self.shot.missing)
            return
        incoming = name == INPUT
        pixels = self.pair.pixels if incoming else colored(self.pair.codes, self.pair.classes)
        words_in, words_out = self.params.input_label, self.params.output_label
        shown_words = words_in if incoming else self.params.map_words(self.pair.drawn, words_out)
        said = shown_words or ("picture" if incoming else "label map")
        tensor = self.sizes.tensors[INPUT if incoming else self.params.layers[-1].id]
        thing = thing_of(self.params)
        rim = material.strokes(box.inset(-3), [material.around(box)], self.edge, 3.5)
        when = self.when[OUTPUT] if not incoming else 0.0
        if not incoming and when > 0:
            with stage.named("output", "outline"):
                ghost = stage.mobject(rim, z=0.9)
            for layer in ghost.layers:
                layer.track("opacity").initial = GHOST
            ghost.fade(when, 0.0, 0.4)
        with stage.named(thing if incoming else "output", "picture"):
            shown = photo(stage, pixels, box, 7.0 if not incoming else 3.0, 0.0, flat=not incoming, text=said)
        with stage.named(thing if incoming else "output", "rim"):
            edge = stage.mobject(rim, z=7.1 if not incoming else 3.1)
        x = min(max(box.center[0], box.left + 90.0, stage.safe.left + 90.0), stage.safe.right - 90.0)
        if not self.layout.upright:
            half = stage.text_width(str(tensor), TENSOR, mono=True) / 2
            half = max(half, stage.text_width(said, SMALL) / 2 if shown_words else 0.0)
            x = min(box.right, stage.width) - 130.0 if incoming else max(0.0, box.left) + 130.0
            x = min(max(x, stage.safe.left + half), stage.safe.right - half)
        y, upright, beside = box.bottom + 46.0, self.layout.upright, self.layout.beside
        # Where pictures stand beside the way, words stand between them.
        below = [said] if shown_words else []
        below = stage.lines(said, box.width - stage.safe.left, SMALL) if below and beside else below
        if beside:
            x = max(box.left, stage.safe.left)
            y = y if incoming else box.top - 22.0 - 44.0 * len(below)
        elif upright:
            x = stage.safe.right
            y = box.bottom - 44.0 if incoming else min(box.bottom - 16.0, box.top + 100.0)
        with stage.named(thing if incoming else "output", "label"):
            size = max(TENSOR, self.least * 0.85)
            anchor = "left" if beside else "right" if upright else "center"
            words = [stage.words(str(tensor), x, y, size, anchor=anchor, mono=True, z=9.0)]
            for row, line in enumerate(below if beside or not upright else ()):
                at = y + 44.0 * (row + 1)
                words.append(stage.words(line, x, at, SMALL, role="muted", anchor=anchor, z=9.0))
        if shown_words and upright and not beside:
            # On the picture, clear of what is said beside it.
            with stage.named(thing if incoming else "output", "label"):
                words.append(pill(stage, said, box.center[0], max(box.top, 0.0) + 20.0, anchor="center"))
        self.ends[name] = (box, [shown, edge], words)
        if incoming or when <= 0:
            return
        for handle in (shown, edge):
            handle.reveal(when, 0.7, "left" if upright else "top", ease_in_out)
        for word in words:
            word.enter(when + 0.4, dy=12)

    def _come_in(self, when: float, layers: list[TileLayer]) -> None:
        """The pictures move in until all of both is seen; what stands between them leaves."""
        stage, upright = self.stage, self.layout.upright
        kept = {thing_of(self.params), "output"}
        for layer in layers:
            if layer.name not in kept:
                layer.track("share").to(0.0, when, 0.35, ease_in)
        half = (self.bottom if upright else stage.width) / 2
        for name, (box, pictures, words) in self.ends.items():
            first = name == INPUT
            if upright:
                self._grow_whole(name, when)
                continue
            dx = max(0.0, min(-box.left, half - 6.0 - box.right))
            if not first:
                dx = min(0.0, max(2 * half - box.right, half + 6.0 - box.left))
            for handle in [*pictures, *words]:
                handle.move(when + 0.1, dx, 0.0, 0.9, ease_in_out)

    def _grow_whole(self, name: str, when: float) -> None:
        """Both pictures grow over the words, one above the other, until they are whole and fill the frame's
        width or their half of the height; in a square beside each other, with their words below."""
        assert self.pair is not None
        stage, (box, pictures, words) = self.stage, self.ends[name]
        first, half, aspect = name == INPUT, self.bottom / 2, self.pair.aspect
        wide = min(stage.width, (half - 12.0) * aspect)
        tall, left = wide / aspect, (stage.width - wide) / 2
        top = half - 6.0 - tall if first else half + 6.0
        if self.layout.beside:
            wide = min(stage.width / 2 - 6.0, (self.bottom - 180.0) * aspect)
            tall = wide / aspect
            top, left = half - 60.0 - tall / 2, stage.width / 2 + (-6.0 - wide if first else 6.0)
        place = stage.snapped(Box(left, top, left + wide, top + tall))
        pixels = self.pair.pixels if first else colored(self.pair.codes, self.pair.classes)
        # The part that was seen is the picture's middle: the whole one begins where that is.
        seen = max(box.width / place.width, box.height / place.height)
        away = box.center[0] - place.center[0], box.center[1] - place.center[1]
        with stage.named(thing_of(self.params) if first else "output", "whole"):
            whole = photo(stage, pixels, place, 7.5, 0.0, flat=not first, text="the whole picture")
        for layer in whole.layers:
            for track, start, home in (("scale", seen, 1.0), ("dx", away[0], 0.0), ("dy", away[1], 0.0)):
                unit = 1.0 if track == "scale" else stage.scale
                layer.track(track).initial = start * unit
                layer.track(track).to(home, when + 0.1, 0.9, ease_in_out)
        whole.hide().fade(when, 1.0, 0.25)
        for handle in pictures if self.layout.beside else [*pictures, words[0]]:
            handle.fade(when, 0.0, 0.25)
        if self.layout.beside:
            x, lines = max(place.left, stage.safe.left), len(words) - 1
            rise = place.bottom + 46.0 - (box.bottom + 46.0 if first else box.top - 22.0 - 44.0 * lines)
            for handle in words:
                # What grows passes over its words: they are away until it has arrived.
                handle.fade(when, 0.0, 0.2).move(when + 0.2, x - max(box.left, stage.safe.left), rise, 0.6)
                handle.fade(when + 0.9, 1.0, 0.25)
            return
        for handle in words[1:]:
            dy = place.top - max(box.top, 0.0)
            handle.move(when + 0.1, place.center[0] - box.center[0], dy, 0.9, ease_in_out)


def _trace(ctx: cairo.Context, corners: Sequence[Point]) -> None:
    """Make a line through these corners part of the context's path."""
    ctx.move_to(*corners[0])
    for corner in corners[1:]:
        ctx.line_to(*corner)
