"""A figure made ready: where it stands, what of it is seen when, and which parts wait to appear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from explainers.errors import InvalidInput, MissingDependency, nearest
from explainers.footage.art import Art, open_art
from explainers.footage.timeline import Area, Stretch, Timeline, View, fitted, views
from explainers.kinds.capture.params import Region
from explainers.kinds.capture.source import ZOOM_S
from explainers.kinds.figure.params import BeatParams, Params, Part
from explainers.storyboard.mistakes import Loc, Mistake, without_effect

if TYPE_CHECKING:
    from explainers.footage.captured import Captured
    from explainers.kinds.base import BeatPlan, ShotPlan
    from explainers.theme import Theme

WHITE = "#FFFFFF"
REVEAL_S = 0.5
MOST_TIMES = 40
"""How many times larger a part of a figure may be shown than the whole."""


class Sized(Protocol):
    """Something with a width and a height of its own."""

    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...


@dataclass(frozen=True)
class Hidden:
    """A part that is not there until `from_s` seconds of the shot."""

    area: Area
    from_s: float


@dataclass(frozen=True)
class Figure:
    """A figure as a shot shows it."""

    art: Art
    whole: Area
    views: tuple[View, ...]
    hidden: tuple[Hidden, ...]
    ground: str
    fps: int
    duration_s: float

    @property
    def aspect(self) -> float:
        return (self.whole[2] - self.whole[0]) / (self.whole[3] - self.whole[1])

    def clip(self, pane: tuple[int, int]) -> Captured:
        """The figure as a clip: every rest drawn for its own pixels, moves from the sharpest they need."""
        from explainers.footage.captured import Captured, Drawn

        drawn: dict[tuple[Area, tuple[int, int]], Drawn] = {}
        materials = []
        for view in self.views:
            key = view.reach, self._size(view, pane)
            if key not in drawn:
                drawn[key] = Drawn(key[0], self.art.raster(*key))
            materials.append(drawn[key])
        clock = Timeline((Stretch(0.0, 0.0, 0.0, 0.0),))
        return Captured(pane, self.fps, self.duration_s, clock, self.views, materials)

    def _size(self, view: View, pane: tuple[int, int]) -> tuple[int, int]:
        narrowest = min(view.before[2] - view.before[0], view.after[2] - view.after[0])
        wide = (view.reach[2] - view.reach[0]) * pane[0] / narrowest
        high = (view.reach[3] - view.reach[1]) * pane[0] / narrowest
        return (round(wide), round(high)) if view.moves else pane


def figure_of(params: Params, shot: ShotPlan) -> Figure:
    """The figure of a shot. InvalidInput, naming the file, where it can't be drawn."""
    ground = sheet_color(params.white, shot.theme)
    art = open_art(shot.assets[params.file], params.page, ground)
    whole = area_in(art, params.crop)
    aspect = (whole[2] - whole[0]) / (whole[3] - whole[1])
    moves, hidden = [], []
    for beat in shot.beats:
        own = own_of(beat)
        if own.zoom is not None:
            target = whole if own.zoom == "all" else fitted(part_of(own.zoom, params, art), aspect, whole)
            moves.append((beat.start_s, min(ZOOM_S, beat.duration_s), target))
        hidden += [Hidden(part_of(part, params, art), beat.start_s) for part in own.show]
    shown = views(whole, moves, shot.duration_s)
    return Figure(art, whole, shown, tuple(hidden), ground, shot.canvas.fps, shot.duration_s)


def sheet_color(white: bool, theme: Theme) -> str:
    """What a figure lies on."""
    return WHITE if white else theme.panel


def own_of(beat: BeatPlan) -> BeatParams:
    return beat.params if isinstance(beat.params, BeatParams) else BeatParams()


def area_in(art: Sized, region: tuple[float, float, float, float] | None) -> Area:
    """A region in the figure's own units: shares where none is above 1."""
    if region is None:
        return 0.0, 0.0, art.width, art.height
    sx, sy = (art.width, art.height) if max(region) <= 1 else (1.0, 1.0)
    x, y, width, height = region
    return x * sx, y * sy, min(art.width, (x + width) * sx), min(art.height, (y + height) * sy)


def part_of(part: Part, params: Params, art: Sized) -> Area:
    """A part by its name or its region."""
    return area_in(art, params.regions[part] if isinstance(part, str) else part)


def wrong_figure(shot: ShotPlan) -> Iterator[Mistake]:
    """A file that can't be drawn, and parts that have no such name or lie outside."""
    params: Params = shot.params
    yield from _unknown(shot, params)
    if params.file not in shot.assets:
        return
    try:
        art = open_art(shot.assets[params.file], params.page)
    except InvalidInput as error:
        yield from (Mistake(("file",), one.code, one.message) for one in error.problems)
        return
    except MissingDependency:
        # Said when it is drawn, with the command that brings it.
        return
    named: dict[Loc, Region | None] = {
        ("crop",): params.crop,
        **{("regions", name): region for name, region in params.regions.items()},
    }
    for index, beat in enumerate(shot.beats):
        own = own_of(beat)
        parts: list[tuple[Loc, Part | None]] = [(("zoom",), own.zoom), (("spotlight",), own.spotlight)]
        parts += [((name, i), part) for name in ("show", "box") for i, part in enumerate(getattr(own, name))]
        named |= {("beats", index, *where): part for where, part in parts if isinstance(part, tuple)}
    yield from wrong_regions(named, art)
    if not params.file.lower().endswith(".pdf"):
        yield from without_effect(params, ("page",), "anything but a PDF")


def wrong_regions(regions: Mapping[Loc, Region | None], art: Sized) -> Iterator[Mistake]:
    """Regions outside a figure, and those that are too small a part of it to be enlarged."""
    for loc, region in regions.items():
        left, top, right, bottom = area_in(art, region)
        if right - left <= 0 or bottom - top <= 0:
            message = f"nothing of the figure, {art.width:g} x {art.height:g}, lies there"
            yield Mistake(loc, "region-outside", message)
        elif right - left < art.width / MOST_TIMES or bottom - top < art.height / MOST_TIMES:
            message = f"{right - left:g} x {bottom - top:g} of a figure of {art.width:g} x {art.height:g}"
            yield Mistake(loc, "region-outside", message, f"at least 1/{MOST_TIMES} of either side")


def _unknown(shot: ShotPlan, params: Params) -> Iterator[Mistake]:
    known = tuple(params.regions)
    for index, beat in enumerate(shot.beats):
        own = own_of(beat)
        single = [(("zoom",), own.zoom), (("spotlight",), own.spotlight)]
        many = [((field, i), part) for field in ("show", "box") for i, part in enumerate(getattr(own, field))]
        for where, part in [*single, *many]:
            if isinstance(part, str) and part not in known and not (where == ("zoom",) and part == "all"):
                loc: Loc = ("beats", index, *where)
                message = f"the figure has no region {part!r}"
                yield Mistake(
                    loc, "unknown-name", message, ", ".join(known) or "one of `regions`", nearest(part, known)
                )
