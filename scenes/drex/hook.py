"""The next words of many requests fall through a tall stack of layers; easy ones leave at the ramp.

The film opens on this stream, under its name, and closes on it, at half its light, behind three numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.compositor.layer import Note, Tile
from explainers.kinds.base import KindParams, SceneKind, ShotPlan
from explainers.storyboard.types import Frozen, Label, Name, Number, Role, ShownText
from explainers.theme import FOOTER, LABEL, REGULAR, STRONG, mix

from ._stream import BACK, CHIP, EVERY_S, FIRST_S, GAP, STEPS, Flight, View, Word

if TYPE_CHECKING:
    from explainers.stage import Stage

WORDS = (
    "sky> of< seven the< iron> is< Paris> to< jazz a< tax> in< moon the< amber> and< violin is< Rome> of< "
    "seven it< salt> to< oak the< rust> Oslo a< cello> on< nine of< tide>"
)
"""The next words of as many requests: `<` leaves at the ramp, `>` falls in the second lane."""


class Figure(Frozen):
    """A number of the film, large, with what it is."""

    id: Name
    """Its name, for what carries on."""
    value: ShownText
    """The number."""
    label: ShownText
    """What it is of."""
    role: Role = "text"
    """Its colour."""


class Params(KindParams):
    """The words before the stream."""

    heading: Label | None = None
    """The film's name."""
    ramp: ShownText
    """What the ramp is."""
    credit: ShownText | None = None
    """A line over the source's, from the third second on."""
    figures: tuple[Figure, ...] = ()
    """Numbers, one below the other, where the name would be."""
    verdict: tuple[ShownText, ...] = ()
    """What follows from the numbers, in strong lines below them."""
    lines: tuple[ShownText, ...] = ()
    """Words below those, at label size: what must be known with them."""
    light: Number = 1.0
    """How bright the stream is, 0 to 1."""


class Chips:
    """Makes the tiles of words, for a stage and a brightness."""

    def __init__(self, stage: Stage, light: float):
        self.stage, self.light = stage, light
        theme = stage.theme
        dark = theme.dark
        self.ground = theme.ground[1]
        self.text = theme.color("text") if light > 0.75 else mix(self.ground, theme.color("text"), 0.72)
        self.tag = theme.color("muted")
        self.cell = theme.ground[2] if dark else theme.panel
        self.fills = {
            "plain": (
                self._dim("#33457C" if dark else "#E3EAF6"),
                self._dim("#9FB2E4" if dark else "#6E7F9C"),
            ),
            "blue": self._pair("accent", 0.36, 0.14),
            "green": self._pair("exit", 0.38, 0.14),
        }

    def _dim(self, color: str) -> str:
        return mix(self.ground, color, self.light)

    def _pair(self, role: str, dark: float, pale: float) -> tuple[str, str]:
        """Fill and edge of a chip in the colour of a role."""
        theme = self.stage.theme
        color = theme.color(role)
        return self._dim(mix(self.ground, color, dark if theme.dark else pale)), self._dim(color)

    def tiles(self, tag: str, word: str, look: str, sizes: tuple[float, ...]) -> list[tuple[float, Tile]]:
        """A chip's tiles in a look, with the sizes they are made in, about its middle."""
        from explainers.stage import Box, ink, material

        stage, dark = self.stage, self.stage.theme.dark
        named = stage.style(32, STRONG, self.tag, mono=True)
        worded = stage.style(46, STRONG, self.text, mono=True)
        cell, wide = len(tag) * 19.2 + 30, len(word) * 27.6 + 46
        box = Box(-(cell + wide) / 2, -CHIP / 2, (cell + wide) / 2, CHIP / 2)
        fill, edge = self.fills[look]
        inks: list[ink.Ink] = []
        if look == "green" and dark and self.light > 0.75:
            inks.append(material.glow((0, 8), box.width * 0.8, CHIP * 1.25, edge, 0.36, still=False))
        inks += [
            material.Shadow(box, 17, 16, 7, (0.5 if dark else 0.22) * self.light, still=False),
            material.chip(box, fill, edge, cell, self.cell),
            stage.middle_run(tag, box.left + cell / 2, 1, named),
            stage.middle_run(word, box.right - wide / 2, 0, worded),
        ]
        return [(size, ink.raster(inks, stage.scale * size)) for size in sizes]

    def tail(self) -> Tile:
        """What is behind a chip that falls."""
        from explainers.stage import Box, ink, material

        box, color = Box(-76, -CHIP / 2, 76, CHIP / 2), self.stage.theme.color("accent")
        alpha = (0.5 if self.stage.theme.dark else 0.34) * self.light
        return ink.raster([material.tail(box, color, "top", 112, alpha)], self.stage.scale)


def _stack(stage: Stage, view: View, light: float) -> None:
    """The layers above the ramp, the ramp, and the layers below it, back to front."""
    from explainers.stage import Box, material

    theme = stage.theme
    sky, dark = theme.color("layers"), theme.dark
    heights = [view.ramp + GAP * index for index in range(-40, 41) if index]
    first = view.top if view.top > 0 else -GAP
    for name, kept in (("deep", 1), ("shallow", -1)):
        decks = []
        for y in sorted(
            (y for y in heights if (y - view.ramp) * kept > 0 and first < y < stage.height + 80), reverse=True
        ):
            far = abs(y - view.ramp) / stage.height
            strength = light * ((1.0 - 0.5 * far) if kept < 0 else (0.62 - 0.5 * far))
            front = Box(view.left, y, view.right, y + 9)
            decks.append(material.deck(front, BACK, sky, 0.26 * strength, (0.85 if dark else 0.7) * strength))
        with stage.named(name, "panel"):
            stage.mobject(*decks, z=1.0)
    purple = theme.color("ramp")
    front = Box(view.left - 30, view.ramp, view.right + 30, view.ramp + 16)
    with stage.named("ramp", "panel"):
        if dark:
            stage.mobject(
                material.glow((view.left + 460, view.ramp - 30), 720, 210, purple, 0.2 * light), z=1.5
            )
        stage.mobject(material.deck(front, (BACK[0], BACK[1] - 4), purple, 0.52 * light, 1.0 * light), z=2.0)


def _lights(stage: Stage, view: View, flights: list[Flight], light: float) -> None:
    """Each layer lights up where a word passes it."""
    from explainers.stage import Box, material

    color, strength = stage.theme.color("layers"), (0.5 if stage.theme.dark else 0.22) * light
    for lane in dict.fromkeys(view.lanes):
        for index in range(-12, 20):
            y = view.ramp + GAP * index
            if view.top > 0 and y < view.top + GAP:
                continue
            times = sorted(
                at
                for flight in flights
                if flight.lane == lane and (at := flight.passes_s(y - 20)) is not None
                if -0.5 < at < stage.duration_s
            )
            if not index or not times:
                continue
            with stage.named("shallow" if index < 0 else "deep", "light"):
                spot = stage.mobject(
                    material.glow((lane + 24, y - 20), 160, 38, color, strength, still=False), z=3.0
                )
                edge = Box(lane - 136, y, lane + 136, y + 9)
                sides = (edge._replace(right=lane), edge._replace(left=lane))
                ends = [
                    material.fade(side, color, *way)
                    for side, way in zip(sides, ((0, 1), (1, 0)), strict=True)
                ]
                bar = stage.mobject(*ends, z=3.0)
            for handle, most in ((spot, 1.0), (bar, 0.75 * light)):
                handle.hide()
                for at in times:
                    handle.fade(at, most, 0.09).fade(at + 0.09, 0.0, 0.4)


class Hook(SceneKind):
    params = Params

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The stack, the stream, and the words before them."""

        params: Params = shot.params
        view, light = View.of(stage), float(params.light)
        if params.lines or params.verdict:
            # No word falls through these lines, nor leaves behind them.
            bottom = _last_lines(stage, params)[0][1] - 70
            view = replace(view, bottom=bottom, ramp=min(view.ramp, bottom - 110))
        elif params.credit:
            view = replace(view, bottom=min(view.bottom, _credit(stage, params)[0][1] - 70))
        stream = {}
        for index, word in enumerate(WORDS.split()):
            enters, lane = FIRST_S + EVERY_S * index, view.lanes[word.endswith(">")]
            flight = Flight(view, lane, enters, word.endswith("<"), bool(params.figures), stage.scale)
            if enters < stage.duration_s and flight.ends_s > 0:
                stream[f"s{index + 1}", word.rstrip("<>")] = flight
        _stack(stage, view, light)
        _lights(stage, view, list(stream.values()), light)
        self._stream(stage, view, stream, light)
        self._ground_below(stage, view)
        if view.ramp < view.bottom - 90:
            self._ramp_name(stage, view, params.ramp)
        if params.figures:
            self._figures(stage, params)
        else:
            self._opening(stage, shot)

    def _ramp_name(self, stage: Stage, view: View, words: str) -> None:
        """What the ramp is, in a shade of the ground's: the ramp is bright."""
        from explainers.stage import material

        with stage.named("ramp", "label"):
            size = 38.0
            lines = stage.lines(words, view.label[1] - view.label[0], size, STRONG)
            middle = sum(view.label) / 2, view.ramp - 33
            reach = (view.label[1] - view.label[0]) * 0.72
            stage.mobject(
                material.glow(middle, reach, 44 + 30 * len(lines), stage.theme.ground[1], 0.42), z=3.5
            )
            for index, line in enumerate(lines):
                y = view.ramp - 33 + 44 * (index - (len(lines) - 1) / 2)
                stage.middle(line, middle[0], y, size, weight=STRONG, z=4.0)

    def _stream(
        self, stage: Stage, view: View, stream: Mapping[tuple[str, str], Flight], light: float
    ) -> None:
        """The words, each a layer of its own under its request's name."""
        chips = Chips(stage, light)
        tail, band = chips.tail(), stage.theme.color("exit")
        sizes = tuple(1 + (view.grown - 1) * step for step in STEPS)
        for (tag, word), flight in stream.items():
            look, made = ("green", sizes) if flight.leaves else ("blue", (1.0,))
            looks = {
                "plain": chips.tiles(tag, word, "plain", (1.0,)),
                look: chips.tiles(tag, word, look, made),
            }
            layer = Word(flight, looks, tail, band, stage.duration_s, 5.0 + flight.leaves)
            layer.note = Note("shape", f"{tag} {word}")
            with stage.named(tag, "chip"):
                stage.drawn(layer)

    def _ground_below(self, stage: Stage, view: View) -> None:
        """The stack sinks into the ground where the source stands."""
        from explainers.stage import Box, material

        color = stage.theme.ground[2]
        with stage.named("ground", pinned=True):
            box = Box(0, view.bottom - 90, stage.width, view.bottom + 40)
            rest = Box(0, view.bottom + 40, stage.width, stage.height)
            stage.mobject(
                material.fade(box, color, 0, 0.74, "top"), material.fade(rest, color, 0.74, 0.74), z=4.5
            )

    def _opening(self, stage: Stage, shot: ShotPlan) -> None:
        """The name, the sentence, the question, and the paper."""
        params: Params = shot.params
        left, wide = stage.safe.left, stage.width > stage.height
        square = stage.width == stage.height
        size, y = (220.0, 253.0) if wide else (150.0, 186.0) if square else (220.0, 270.0)
        if params.heading:
            with stage.named("name", pinned=True):
                name = stage.words(params.heading, left, y, size, STRONG, "ours", z=60.0)
                name.enter(0.9, dy=32, duration_s=0.4)
        y += size * 0.5 if wide else size * 0.48
        room = 700.0 if wide else stage.safe.width
        sentence, _, question = (shot.statement or "").partition("\n")
        for at, text, size, weight in ((1.2, sentence, 68.0, STRONG), (1.6, question, 50.0, 400)):
            size = size if wide else 46.0 if square else 64.0
            with stage.named("statement", pinned=True):
                for line in stage.lines(text, room, size, weight) if text else ():
                    stage.words(line, left, y, size, weight, z=60.0).enter(at, dy=32, duration_s=0.4)
                    y += size * 1.24
            y += 4
        if params.credit:
            with stage.named("credit", pinned=True):
                for line, base in _credit(stage, params):
                    words = stage.words(
                        line, stage.safe.right, base, FOOTER, role="muted", anchor="right", z=60.0
                    )
                    words.enter(3.0, dy=24, duration_s=0.4)

    def _figures(self, stage: Stage, params: Params) -> None:
        """The numbers, one below the other, and the words below them."""
        left, wide = stage.safe.left, stage.width > stage.height
        square = stage.width == stage.height
        size, step, y = (
            (144.0, 200.0, 176.0) if wide else (88.0, 96.0, 140.0) if square else (132.0, 188.0, 190.0)
        )
        words = 42.0 if wide else float(LABEL)
        if square:
            # The words stand beside the numbers, all in the size in which the longest of them fits.
            numbers = [stage.text_width(one.value, size, STRONG) for one in params.figures]
            rooms = [stage.safe.width - number - 28 for number in numbers]
            sizes = zip(params.figures, rooms, strict=True)
            words = min(stage.fitting_size(one.label, room, words, stage.least_label) for one, room in sizes)
        for index, figure in enumerate(params.figures):
            with stage.named(figure.id, "value"):
                value = stage.words(figure.value, left, y, size, STRONG, figure.role, z=60.0)
            with stage.named(figure.id, "label"):
                beside = (value.box.right + 28, y) if square else (left, y + (60 if wide else 52))
                label = stage.words(figure.label, *beside, words, z=60.0)
            # The first one is there from the first frame on: the shot before hands it over.
            for handle in (value, label) if index else ():
                handle.enter(0.2 + 0.6 * index, dy=32, duration_s=0.4)
            y += step
        for index, (line, y, size, weight) in enumerate(_last_lines(stage, params)):
            at = 2.0 + 0.12 * index
            with stage.named("line", str(index), pinned=True):
                stage.words(line, left, y, size, weight, z=60.0).enter(at, dy=24, duration_s=0.4)


def _above_source(stage: Stage) -> float:
    """The baseline of a line over the source's, in design units."""
    tops = [
        layer.box(state).top for layer in stage.layers if layer.name == "source" if (state := layer.state(0))
    ]
    return min(tops) / stage.scale - 16 if tops else stage.safe.bottom


def _credit(stage: Stage, params: Params) -> list[tuple[str, float]]:
    """The lines of the paper's title and authors over the source, with their baselines."""
    lines, last = stage.lines(params.credit or "", stage.safe.width, FOOTER), _above_source(stage)
    return [(line, last - FOOTER * 1.25 * (len(lines) - 1 - at)) for at, line in enumerate(lines)]


def _last_lines(stage: Stage, params: Params) -> list[tuple[str, float, float, int]]:
    """The words below the numbers, with their baselines, sizes and weights."""
    strong = 50.0 if stage.width > stage.height else 40.0
    texts = [*((text, strong, STRONG) for text in params.verdict)]
    texts += [(text, float(LABEL), REGULAR) for text in params.lines]
    y, found = _above_source(stage) - 14, []
    for text, size, weight in reversed(texts):
        for line in reversed(stage.lines(text, stage.safe.width, size, weight)):
            found.append((line, y, size, weight))
            y -= size * 1.3
        y -= 12
    return found[::-1]
