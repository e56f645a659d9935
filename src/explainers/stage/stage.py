"""The stage of one shot: its regions, and the ways to put words, shapes and numbers on it.

Everything is placed in design units: the frame's shorter side is 1080 of them (1000 in an upright frame).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import partial
from typing import Any, Protocol

from manim import Scene

from explainers.compositor.layer import Layer, Note, Span, Tile, TileLayer, shifted
from explainers.compositor.picture import Picture
from explainers.fonts import HOUSE, Letters
from explainers.stage import ink, material, shapes
from explainers.stage.handle import Group, Handle
from explainers.stage.ink import Ink
from explainers.stage.marks import NumberLayer
from explainers.stage.scenes import SceneLayer
from explainers.stage.shapes import Box, Point
from explainers.stage.text import Style, TextRun, text_tile, text_width, wrapped
from explainers.theme import BODY, MONO, REGULAR, SANS, Theme, contrast, design_scale, least_label

MARGIN_X, MARGIN_Y = 96.0, 54.0
"""Nothing but the background lies outside these margins."""


class Frame(Protocol):
    """Size in pixels and rate of the frames."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def fps(self) -> int: ...


class Stage:
    """Collects the layers of one shot of `duration_frames` frames."""

    def __init__(self, canvas: Frame, theme: Theme, duration_s: float, letters: Letters = HOUSE):
        self.canvas, self.theme, self.duration_s, self.letters = canvas, theme, duration_s, letters
        self.scale = design_scale(canvas.width, canvas.height)
        self.width, self.height = canvas.width / self.scale, canvas.height / self.scale
        self.safe = Box(MARGIN_X, MARGIN_Y, self.width - MARGIN_X, self.height - MARGIN_Y)
        self.body = Box(MARGIN_X, 176.0, self.width - MARGIN_X, self.height - 196.0)
        self.column = self.safe
        self.ground = material.Ground(canvas.width, canvas.height, theme.ground)
        self.layers: list[Layer] = []
        self.zoom = 1.0
        self.least_label = least_label(self.width, self.height)
        self.is_pane = False
        self.source_share = 1.0

    def zoomed(self, times: float) -> Stage:
        """The same stage seen from further away: `times` as many design units across, all drawn smaller.

        Its layers are this stage's. Sizes in notes stay those of the frame, so that checks see them.
        """
        far = copy(self)
        far.zoom, far.scale = self.zoom / times, self.scale / times
        far.width, far.height = self.width * times, self.height * times
        far.safe, far.body = (Box(*(edge * times for edge in box)) for box in (self.safe, self.body))
        return far

    def pane(self, canvas: Frame) -> Stage:
        """A stage for a picture of that size in this one: in the same units, all of it to be drawn on.

        Its layers are its own, and `place_pane` puts them into this stage.
        """
        inner = Stage(canvas, self.theme, self.duration_s, self.letters)
        inner.scale, inner.is_pane, inner.least_label = self.scale, True, self.least_label
        inner.width, inner.height = canvas.width / self.scale, canvas.height / self.scale
        inner.safe = inner.body = inner.column = Box(0.0, 0.0, inner.width, inner.height)
        return inner

    def place_pane(self, inner: Stage, left: int, top: int) -> None:
        """Take over what was drawn on a pane, whose corner lies at these pixels."""
        self.layers += [shifted(layer, left, top) for layer in inner.layers]

    @contextmanager
    def named(self, name: str, part: str = "", pinned: bool = False) -> Iterator[None]:
        """What is added inside belongs to the thing `name`: the camera finds it, a later shot carries it on.

        An inner `named` wins over an outer one. `pinned` things stay in place when the camera moves.
        """
        first = len(self.layers)
        yield
        for layer in self.layers[first:]:
            layer.name, layer.part = layer.name or name, layer.part or part
            layer.pinned = layer.pinned or pinned

    # -- colours and words ---------------------------------------------------------------------

    def color(self, role: str) -> str:
        """The theme's colour of a role; `#RRGGBB` is itself."""
        return role if role.startswith("#") else self.theme.color(role)

    def color_on(self, fill: str) -> str:
        """The colour, the text's or the background's, in which words are read best on `fill`."""
        return max(self.theme.background, self.theme.color("text"), key=lambda color: contrast(color, fill))

    def data_note(self, text: str, color: str, role: str = "") -> Note:
        """The note of a mark that shows data."""
        return Note("data", text, color=color, role=role)

    def style(
        self, size: float = BODY, weight: int = REGULAR, role: str = "text", mono: bool = False
    ) -> Style:
        """A text style whose colour is a role of the theme, or `#RRGGBB`."""
        return Style(size, weight, MONO if mono else SANS, self.color(role), self.letters)

    def text_width(self, text: str, size: float = BODY, weight: int = REGULAR, mono: bool = False) -> float:
        return text_width(text, self.style(size, weight, mono=mono))

    def words(
        self,
        text: str,
        x: float,
        baseline: float,
        size: float = BODY,
        weight: int = REGULAR,
        role: str = "text",
        anchor: str = "left",
        mono: bool = False,
        z: float = 10.0,
        over: str = "",
    ) -> Handle:
        """One line of text; `anchor` (`left`, `center`, `right`) says which part of it stands at `x`."""
        style = self.style(size, weight, role, mono)
        width = text_width(text, style)
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[anchor] * width
        tile = text_tile(text, style, left, baseline, self.scale)
        box = Box(left, baseline - 0.74 * size, left + width, baseline + 0.21 * size)
        note = Note("text", text, size * self.zoom, style.color, over or self.theme.background, role)
        redrawn = {"plain": lambda zoom: text_tile(text, style, left, baseline, self.scale * zoom)}
        return self.place({"plain": tile}, box, z, note, redrawn=redrawn)

    def middle(self, text: str, x: float, y: float, size: float = BODY, **kwargs: Any) -> Handle:
        """One line of text whose capitals are centred on `y`; centred on `x` unless `anchor` is given."""
        kwargs.setdefault("anchor", "center")
        cap_height = ink.font_measures(MONO if kwargs.get("mono") else SANS)[0]
        return self.words(text, x, y + cap_height * size / 2, size, **kwargs)

    def paragraph(
        self,
        text: str,
        x: float,
        baseline: float,
        width: float,
        size: float = BODY,
        leading: float = 1.26,
        **kwargs: Any,
    ) -> Group:
        """Text broken into balanced lines of at most `width`; `baseline` is the first line's."""
        lines = self.lines(text, width, size, kwargs.get("weight", REGULAR), kwargs.get("mono", False))
        step = size * leading
        return Group(self.words(line, x, baseline + i * step, size, **kwargs) for i, line in enumerate(lines))

    def lines(
        self, text: str, width: float, size: float = BODY, weight: int = REGULAR, mono: bool = False
    ) -> list[str]:
        """The text broken into balanced lines of at most `width`."""
        return wrapped(text, self.style(size, weight, mono=mono), width)

    def fitting_size(
        self, text: str, width: float, size: float, least: float, weight: int = REGULAR, step: float = 1.0
    ) -> float:
        """The size at which a line is no wider than `width`: from `size` by `step` down to `least`."""
        size = float(size)
        while size > least and self.text_width(text, size, weight) > width:
            size -= step
        return size

    # -- shapes --------------------------------------------------------------------------------

    def panel(
        self,
        box: Box,
        outline: str | None = None,
        fill: str | None = None,
        radius: float = 14.0,
        stroke: float = 3.0,
        dashed: bool = False,
        z: float = 0.0,
        note: Note | None = None,
    ) -> Handle:
        """A rounded rectangle; colours are `#RRGGBB`. Edges are snapped to whole pixels."""
        handle = self.mobject(
            shapes.panel(self.snapped(box), outline, fill, radius, stroke, dashed), z=z, note=note
        )
        for layer in handle.layers:
            layer.edges = 0 if dashed else round((radius + stroke + 4) * self.scale)
        return handle

    def arrow(
        self,
        points: Sequence[Point],
        role: str = "muted",
        stroke: float = 3.5,
        dashed: bool = False,
        z: float = 2.0,
    ) -> Handle:
        """An arrow through `points` with rounded corners."""
        return self.mobject(shapes.arrow(points, self.color(role), stroke, dashed=dashed), z=z)

    def line(
        self,
        points: Sequence[Point],
        role: str = "muted",
        stroke: float = 2.0,
        dashed: bool = False,
        z: float = 1.0,
    ) -> Handle:
        """A line through `points` without a head."""
        return self.mobject(shapes.route(points, self.color(role), stroke, dashed=dashed), z=z)

    def mobject(self, *inks: Ink, z: float = 0.0, note: Note | None = None) -> Handle:
        """Manim mobjects made in design units (see `ink.UNIT`) and text runs, as one tile."""
        return self.looks({"plain": inks}, "plain", z, note)

    def looks(
        self, looks: Mapping[str, Sequence[Ink]], look: str, z: float = 0.0, note: Note | None = None
    ) -> Handle:
        """Several looks of one thing, of which `look` is shown first; later ones in the mapping lie above."""
        tiles = {name: ink.raster(inks, self.scale) for name, inks in looks.items()}
        redrawn = {name: partial(self._redrawn, inks) for name, inks in looks.items()}
        handle = self.place(tiles, ink.bounds(next(iter(looks.values()))), z, note, look, redrawn)
        for name, layer in handle.looks.items():
            layer.edges = self._edges(looks[name])
        return handle

    def _edges(self, inks: Sequence[Ink]) -> int:
        """How many pixels at the edges of a panel, its shadow included, stay when it becomes another size."""
        panels = [one for one in inks if isinstance(one, material.Painted) and one.corner]
        if not panels or not all(isinstance(one, (material.Painted, material.Shadow)) for one in inks):
            return 0
        whole, inner = ink.bounds(inks), panels[-1].box
        around = max(inner.left - whole.left, inner.top - whole.top, whole.bottom - inner.bottom)
        return round((around + panels[-1].corner + 3) * self.scale)

    def _redrawn(self, inks: Sequence[Ink], zoom: float) -> Tile:
        return ink.raster(inks, self.scale * zoom)

    def run(self, text: str, x: float, baseline: float, style: Style, anchor: str = "left") -> TextRun:
        """A line of text to be drawn in one tile with shapes (see `mobject` and `looks`)."""
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[anchor] * text_width(text, style)
        return TextRun(text, style, left, baseline)

    def middle_run(self, text: str, x: float, y: float, style: Style, anchor: str = "center") -> TextRun:
        """A text run whose capitals are centred on `y`."""
        return self.run(text, x, y + ink.font_measures(style.font)[0] * style.size / 2, style, anchor)

    def place(
        self,
        tiles: Mapping[str, Tile],
        box: Box,
        z: float,
        note: Note | None = None,
        look: str | None = None,
        redrawn: Mapping[str, Callable[[float], Tile]] | None = None,
    ) -> Handle:
        """Put tiles (looks of one thing) on stage; `redrawn` draws each of them at a zoom of the camera."""
        draw = redrawn or {}
        layers = {name: TileLayer(tile, z, note=note, redrawn=draw.get(name)) for name, tile in tiles.items()}
        self.layers += layers.values()
        return Handle(layers, box, self.scale, look or next(iter(layers)))

    def snapped(self, box: Box) -> Box:
        """The box with its edges on whole pixels."""
        return Box(*(round(edge * self.scale) / self.scale for edge in box))

    # -- things that change --------------------------------------------------------------------

    def number(
        self,
        text_at: Callable[[float], tuple[str, float, float, float] | None],
        spans: Sequence[Span],
        size: float = BODY,
        weight: int = 650,
        role: str = "text",
        anchor: str = "left",
        z: float = 10.0,
        note: Note | None = None,
    ) -> Layer:
        """A changing number in the mono; see `NumberLayer`."""
        style = self.style(size, weight, role, mono=True)
        note = note or Note("text", "", size * self.zoom, style.color, self.theme.background, role)
        return self.drawn(NumberLayer(text_at, style, self.scale, lambda: list(spans), z, anchor, note))

    def scene(self, scene_class: type[Scene], starts: Mapping[str, float] | None = None) -> Layer:
        """A Manim `Scene`, on its own clock, filling the frame under everything else.

        Its sections begin at `starts`, in seconds by their names, if they would begin before.
        For pictures that no kind draws; its frames come in order only, so stills of it take longer.
        """
        width, height, fps = self.canvas.width, self.canvas.height, self.canvas.fps
        frames = {name: round(t * fps) for name, t in (starts or {}).items()}
        count = round(self.duration_s * fps)
        return self.drawn(SceneLayer(scene_class, width, height, fps, count, self.theme, frames))

    def drawn(self, layer: Layer) -> Layer:
        """Add a layer of one's own."""
        self.layers.append(layer)
        return layer

    def picture(self) -> Picture:
        """The finished picture."""
        width, height = self.canvas.width, self.canvas.height
        background = material.ground(width, height, self.theme.ground)
        frames = max(1, round(self.duration_s * self.canvas.fps))
        return Picture(width, height, self.canvas.fps, frames, background, tuple(self.layers))
