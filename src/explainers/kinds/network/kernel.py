"""A dilated kernel on the map that it reads: its taps spread as the rate grows. Needs Manim."""

from __future__ import annotations

from explainers.facts.numbers import written
from explainers.film.layer import Note
from explainers.kinds.network.params import Branch, Params
from explainers.kinds.network.sizes import Sizes
from explainers.stage import Box, Group, Handle, Stage, shapes
from explainers.theme import LABEL, mix

TAP = 15.0
LINES = 100.0
"""Height of the words below."""
SPREAD_S = 0.7


class Kernels:
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
