"""Drawing a network. Needs Manim; imported when the shot is drawn."""

from __future__ import annotations

import numpy as np

from explainers.compositor.labels import colored, read_pixels
from explainers.compositor.layer import Note
from explainers.facts.numbers import written
from explainers.kinds._pairs import Pair, drawn_pair, pair_of
from explainers.kinds.base import ShotPlan
from explainers.kinds.network import REVEAL_S, Params
from explainers.kinds.network.blocks import COMPACT, SIZE_TEXT, Edge, layout_of
from explainers.kinds.network.params import Branch, Layer
from explainers.kinds.network.tensors import Sizes, sizes_of
from explainers.stage import Box, Group, Handle, Stage, shapes
from explainers.stage.chrome import ILLUSTRATION, body_over, slate
from explainers.stage.handle import Spotlight
from explainers.stage.photos import photo
from explainers.theme import LABEL, REGULAR, STRONG, mix
from explainers.timing import ease_in_out

OPEN_S = 0.3
TAP, SPREAD_S = 15.0, 0.7
"""Side of a kernel's tap, and how long the taps take to spread."""
LINES = 100.0
"""Height of the words below a kernel."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything below the title and above the statement."""
    _Network(shot, stage).play()


class _Network:
    def __init__(self, shot: ShotPlan, stage: Stage):
        self.shot, self.stage = shot, stage
        self.params: Params = shot.params
        self.sizes = sizes_of(self.params)
        self.pair = self._pair()
        body = body_over(stage, shot)
        aspect = self.params.size[1] / self.params.size[0]
        told = [name for beat in shot.beats for name in beat.params.taps]
        self.layout = layout_of(stage, self.params, self.sizes, body, aspect, beside=bool(told))
        self.size = LABEL * self.layout.scale
        # A size is read where footers are: as small as they, where the frame is short of room.
        least = stage.least_label * 10.2 / 12.5
        self.size_text = (
            SIZE_TEXT if self.layout.measures is not COMPACT else max(least, SIZE_TEXT * self.layout.scale)
        )
        self.light = Spotlight()
        self.when = self._entrances()
        self.kernels = (
            _Kernels(stage, self.params, self.sizes, self.layout.free) if told and self.layout.free else None
        )

    def _pair(self) -> Pair | None:
        params, shot = self.params, self.shot
        if params.classes:
            found = pair_of(shot)
            return found if isinstance(found, Pair) else None
        if image := shot.assets.get(params.image or ""):
            pixels = read_pixels(image)
            return Pair(pixels, np.zeros(pixels.shape[:2], np.uint8), (), False)
        return drawn_pair(shot.pictures[params.stand_in], params.stand_in_at, ()) if params.stand_in else None

    def _entrances(self) -> dict[str, float]:
        """When each layer comes: with its beat, or at the start, one after another."""
        told = {
            name: beat.start_s + 0.15 + REVEAL_S * i
            for beat in self.shot.beats
            for i, name in enumerate(beat.params.reveal)
        }
        order = ["input", *(layer.id for layer in self.params.layers), "output"]
        return {name: told.get(name, OPEN_S + 0.08 * index) for index, name in enumerate(order)}

    def play(self) -> None:
        for layer in self.params.layers:
            self._layer(layer)
        self._picture("input", self.params.input_label or "picture")
        if "output" in self.layout.boxes:
            self._picture("output", self.params.output_label or "label map")
        for edge in self.layout.edges:
            self._edge(edge)
        spoken = []
        for beat in self.shot.beats:
            names = list(beat.params.highlight) or self._readers(beat.params.taps)
            spoken.append((beat.start_s, [*self._with_branches(names), *beat.params.reveal] if names else []))
            for name in beat.params.highlight:
                self._outline(name, beat.start_s, beat.end_s)
            if beat.params.taps and self.kernels:
                self._kernels(beat.params.taps, beat.start_s, beat.end_s)
        self.light.plan(spoken)

    def _readers(self, branches: tuple[str, ...]) -> list[str]:
        """The layers that hold these branches."""
        return [layer.id for layer in self.params.layers if any(one.id in branches for one in layer.parallel)]

    def _with_branches(self, names: list[str]) -> list[str]:
        inner = [one.id for layer in self.params.layers if layer.id in names for one in layer.parallel]
        outer = [layer.id for layer in self.params.layers if any(one.id in names for one in layer.parallel)]
        return [*names, *inner, *(f"{name} frame" for name in outer)]

    # -- layers ------------------------------------------------------------------------------------

    def _box(self, box: Box, words: str, role: str, names: list[str], when: float) -> None:
        theme, stage = self.stage.theme, self.stage
        plain = role in ("text", "muted")
        outline, fill = (theme.line, theme.fill("text")) if plain else (theme.color(role), theme.fill(role))
        note = Note("shape", words, color=outline, over=fill, role=role)
        frame = stage.panel(box, outline, fill, radius=12, stroke=3, z=2, note=note)
        text = stage.middle(words, *box.center, self.size, z=4, over=fill)
        group = Group([frame, text])
        group.enter(when, dy=20)
        self.light.add(names, group)

    def _layer(self, layer: Layer) -> None:
        box, when = self.layout.boxes[layer.id], self.when[layer.id]
        if not layer.parallel:
            self._box(box, layer.words, "text" if layer.concat else layer.role, [layer.id], when)
            return
        stage = self.stage
        frame = stage.panel(box, stage.theme.line, stage.theme.panel, z=1, note=Note("shape", layer.words))
        middle = box.top + self.layout.measures.heading * self.layout.scale / 2 + 2
        words = stage.middle(
            layer.words,
            box.center[0],
            middle,
            self.size,
            weight=STRONG,
            role="muted",
            z=4,
            over=stage.theme.panel,
        )
        for handle in (frame, words):
            handle.enter(when, dy=20)
        self.light.add([layer.id, f"{layer.id} frame"], frame, words)
        for index, branch in enumerate(layer.parallel):
            self._box(
                self.layout.boxes[branch.id],
                branch.words,
                layer.role,
                [layer.id, branch.id],
                when + 0.06 * (index + 1),
            )

    def _outline(self, name: str, start_s: float, end_s: float) -> None:
        outline = self.stage.panel(
            self.layout.boxes[name].inset(-4), self.stage.theme.color("text"), radius=15, stroke=5, z=6
        )
        outline.enter(max(start_s, self.when.get(name, 0.0)), dy=0, duration_s=0.3)
        if end_s < self.stage.duration_s - 0.1:
            outline.leave(end_s)

    # -- pictures ----------------------------------------------------------------------------------

    def _picture(self, name: str, words: str) -> None:
        box, when, stage = self.layout.boxes[name], self.when[name], self.stage
        if self.pair is None:
            slate(stage, box, self.shot.missing) if self.shot.missing else self._box(
                box, words, "text", [name], when
            )
            return
        pixels = self.pair.pixels if name == "input" else colored(self.pair.codes, self.pair.classes)
        picture = photo(stage, pixels, box, z=3, flat=name == "output", radius=10, text=words)
        if name == "input":
            picture.enter(when, dx=-28, dy=0)
            tensor = str(self.sizes.tensors["input"])
        else:
            picture.reveal(when, 1.2, "left", ease_in_out)
            tensor = ""
        # Words that read "input 384×576×3": what it is, and its size in the mono.
        y = box.bottom + 40 * self.layout.scale
        parts: list[Handle | Group] = [picture]
        marked = self.pair.drawn and name == "input"
        size = float(LABEL) if marked else self.size
        if marked:
            words = f"{ILLUSTRATION}: {words}" if self.params.input_label else ILLUSTRATION
        label = stage.words(words, box.center[0], y, size, role="muted", anchor="center")
        parts.append(label.enter(when, dy=0))
        if tensor:
            above = box.top - 16 * self.layout.scale
            measure = stage.words(
                tensor, box.center[0], above, self.size_text, role="muted", anchor="center", mono=True
            )
            parts.append(measure.enter(when, dy=0))
        self.light.add([name], *parts)

    # -- edges -------------------------------------------------------------------------------------

    def _edge(self, edge: Edge) -> None:
        stage = self.stage
        when = max(self.when[edge.source], self.when[edge.target]) - 0.05
        arrow = stage.arrow(edge.points, "muted", 4, z=2)
        bent = len(edge.points) > 2
        if bent:
            arrow.enter(when, dx=0, dy=-16)
        else:
            arrow.reveal(when, 0.35, "top" if edge.upright else "left")
        self.light.add([edge.target, edge.source] if not bent else [edge.target], arrow)
        if not edge.read:
            return
        tensor = self.sizes.tensors[edge.read]
        text = str(tensor) if bent != edge.upright else tensor.area
        x, y = edge.words
        size = self.size_text
        if edge.upright and tensor.channels and not bent and self.layout.measures is not COMPACT:
            # Two short lines: beside a column there is little room.
            lines = ((tensor.area, y - 0.5 * size * 1.1), (f"×{tensor.channels}", y + 0.5 * size * 1.1))
            words: Handle | Group = Group(
                [
                    stage.middle(one, x + 16, y, size, role="muted", anchor="left", mono=True)
                    for one, y in lines
                ]
            )
        elif edge.upright:
            text = tensor.area if self.layout.measures is COMPACT else text
            x, anchor = (x - 16, "right") if edge.before else (x + 16, "left")
            words = stage.middle(text, x, y, size, role="muted", anchor=anchor, mono=True)
        else:
            # Clear of the arrow's head, which is as high as the words are low.
            left = 0 if bent else 7
            words = stage.words(text, x - left, y - 18, SIZE_TEXT, REGULAR, "muted", "center", mono=True)
        self.light.add([edge.target], words.enter(when + 0.15, dy=0))
        if tensor.channels and not bent and not edge.upright:
            below = stage.words(
                f"×{tensor.channels}", x - 7, y + 40, SIZE_TEXT, REGULAR, "muted", "center", mono=True
            )
            self.light.add([edge.target], below.enter(when + 0.15, dy=0))

    # -- kernels -----------------------------------------------------------------------------------

    def _kernels(self, names: tuple[str, ...], start_s: float, end_s: float) -> None:
        assert self.kernels is not None
        step = (end_s - start_s - 0.3) / len(names)
        for index, name in enumerate(names):
            begin = start_s + 0.2 + step * index
            self._outline(name, begin, begin + step)
        self.kernels.show(names, start_s + 0.2, step, end_s)


class _Kernels:
    """A map as a grid in `room`, and on its middle a kernel whose taps move when the rate does."""

    def __init__(self, stage: Stage, params: Params, sizes: Sizes, room: Box):
        self.stage, self.room = stage, room
        self.words_y = room.bottom - LINES + 46
        self.branches = {one.id: one for layer in params.layers for one in layer.parallel}
        reader = {one.id: layer.id for layer in params.layers for one in layer.parallel}
        self.tensors = {name: sizes.tensors[sizes.reads[layer][0]] for name, layer in reader.items()}

    def show(self, names: tuple[str, ...], start_s: float, step_s: float, end_s: float) -> None:
        """One branch after another; the grid goes with the beat."""
        branches = [self.branches[name] for name in names]
        tensor = self.tensors[names[0]]
        reach = max(one.reach for one in branches)
        wide, tall = max(reach, tensor.width), max(reach, tensor.height)
        cell = min(self.room.width / wide, (self.room.height - LINES) / tall)
        middle = (self.room.center[0], self.room.top + (self.room.height - LINES) / 2)
        self.words_y = middle[1] + tall * cell / 2 + 46
        grid = self._grid(tensor.width, tensor.height, cell, middle).enter(start_s, dy=20)
        # An even map has no middle cell: the kernel lies on the one right below its middle.
        column, row = tensor.width // 2, tensor.height // 2
        on = (
            middle[0] + (0.5 if tensor.width % 2 == 0 else 0) * cell,
            middle[1] + (0.5 if tensor.height % 2 == 0 else 0) * cell,
        )
        taps = self._taps(branches[0], on)
        for tap in taps:
            tap.enter(start_s + 0.1, dy=0, duration_s=0.3)
        half = (branches[0].conv or 1) // 2
        places = [(i, j) for j in range(-half, half + 1) for i in range(-half, half + 1)]
        gone: list[Handle | Group] = [grid, *taps]
        for index, branch in enumerate(branches):
            when = start_s + step_s * index + 0.35
            for tap, (i, j) in zip(taps, places, strict=False):
                dx, dy = i * branch.rate * cell, j * branch.rate * cell
                inside = (
                    0 <= column + i * branch.rate < tensor.width
                    and 0 <= row + j * branch.rate < tensor.height
                )
                tap.move(when, dx, dy, SPREAD_S)
                tap.become(when + SPREAD_S * 0.5, "inside" if inside else "outside", 0.2)
            words = self._words(branch).enter(when + 0.1, dy=0)
            if index + 1 < len(branches):
                words.leave(start_s + step_s * (index + 1) + 0.05, duration_s=0.2)
            else:
                gone.append(words)
        if end_s < self.stage.duration_s - 0.1:
            for thing in gone:
                thing.leave(end_s)

    def _grid(self, columns: int, rows: int, cell: float, middle: tuple[float, float]) -> Handle:
        stage = self.stage
        left, top = middle[0] - columns * cell / 2, middle[1] - rows * cell / 2
        box = Box(left, top, left + columns * cell, top + rows * cell)
        color = mix(stage.theme.background, stage.theme.line, 0.8)
        inks = [shapes.panel(box, stage.theme.color("muted"), stage.theme.panel, radius=0, stroke=2)]
        inks += [
            shapes.route([(left + cell * i, box.top), (left + cell * i, box.bottom)], color, 1)
            for i in range(1, columns)
        ]
        inks += [
            shapes.route([(box.left, top + cell * i), (box.right, top + cell * i)], color, 1)
            for i in range(1, rows)
        ]
        return stage.mobject(*inks, z=3, note=Note("shape", f"map of {rows}×{columns}"))

    def _taps(self, branch: Branch, middle: tuple[float, float]) -> list[Handle]:
        """Squares that lie on each other until the rate spreads them; hollow outside of the map."""
        stage, (x, y) = self.stage, middle
        white = stage.theme.color("text")
        box = Box(x - TAP / 2, y - TAP / 2, x + TAP / 2, y + TAP / 2)
        looks = {
            "outside": [shapes.panel(box, white, stage.theme.background, radius=4, stroke=2.5)],
            "inside": [shapes.panel(box, fill=white, radius=4)],
        }
        note = Note("shape", "tap", color=white)
        return [stage.looks(looks, "inside", z=6, note=note) for _ in range((branch.conv or 1) ** 2)]

    def _words(self, branch: Branch) -> Group:
        count = written((branch.conv or 1) ** 2, "words")
        lines = (f"rate {branch.rate}: {count} taps,", f"{branch.reach} cells wide")
        x, y = self.room.center[0], self.words_y
        return Group(
            [
                self.stage.words(line, x, y + LABEL * 1.24 * i, LABEL, anchor="center")
                for i, line in enumerate(lines)
            ]
        )
