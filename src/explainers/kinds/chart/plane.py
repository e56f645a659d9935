"""Lines and scatters: two axes, series that are drawn on, their names at their ends. Needs Manim."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.kinds.chart.data import points_of
from explainers.kinds.chart.ground import (
    Ground,
)
from explainers.kinds.chart.overlay import band_boxes, draw_bands, draw_lines
from explainers.kinds.chart.parts import Note
from explainers.kinds.chart.plane_axes import draw_axes
from explainers.kinds.chart.plane_series import RADIUS, Drawn, draw_series, timed
from explainers.kinds.chart.words import along, free_box, spread
from explainers.stage import Box
from explainers.stage.axes import Scale, gridline
from explainers.theme import LABEL, STRONG


@dataclass(frozen=True)
class _Words:
    """Words at a place, from a time on."""

    text: str
    box: Box
    start_s: float
    role: str
    names: list[str]
    strong: bool = False


def draw_plane(ground: Ground) -> None:
    """The panel, from its axes to its words."""
    panel = ground.panel
    told = [points_of(panel, series, ground.tables) for series in panel.series]
    plot, x, y, ticks = draw_axes(ground, told)
    drawn = [
        timed(ground, one, points, index, x, y)
        for index, (one, points) in enumerate(zip(panel.series, told, strict=True))
    ]
    words = _end_words(ground, drawn, plot) + _point_words(ground, drawn, plot, x, y)
    gaps = [(one.box.inset(-10, -8), one.start_s) for one in words]
    bands = [box for band in panel.bands for box in band_boxes(band, plot, x if band.axis == "x" else y)]
    for tick in ticks[1]:
        level = y.at(tick)
        ground.still(gridline(ground.stage, (plot.left, level), (plot.right, level), gaps))
    base = plot.bottom
    ground.still(gridline(ground.stage, (plot.left, base), (plot.right, base), strong=True))
    for tick in ticks[0]:
        ground.still(gridline(ground.stage, (x.at(tick), base), (x.at(tick), base + 10)))
    draw_bands(ground, bands, gaps)
    draw_lines(ground, plot, {"x": x, "y": y})
    for one in drawn:
        draw_series(ground, one)
    for said in words:
        _say(ground, said)


def _end_words(ground: Ground, drawn: list[Drawn], plot: Box) -> list[_Words]:
    """The series' names, right of their last points, moved apart where they would meet."""
    named = [one for one in drawn if one.series.label and one.places]
    heights = spread([one.places[-1][1] for one in named], LABEL * 1.25, plot.top, plot.bottom - 12)
    found = []
    for one, y in zip(named, heights, strict=True):
        text = one.series.label or ""
        width = ground.stage.text_width(text, LABEL, STRONG)
        left = one.places[-1][0] + 22
        box = Box(left, y - LABEL * 0.365, left + width, y + LABEL * 0.365)
        names = ground.names(one.series.id)
        found.append(_Words(text, box, one.times[-1] + 0.1, one.series.role, names, True))
    return found


def _point_words(ground: Ground, drawn: list[Drawn], plot: Box, x: Scale, y: Scale) -> list[_Words]:
    """Numbers at points, then the beats' notes, each on a side that is free."""
    taken = [
        Box(px - RADIUS, py - RADIUS, px + RADIUS, py + RADIUS) for one in drawn for px, py in one.places
    ]
    taken += [
        box for one in drawn if ground.panel.mark == "line" or one.series.path for box in along(one.places)
    ]
    bounds = Box(plot.left, plot.top - 20, ground.box.right, plot.bottom - 6)
    found: list[_Words] = []

    def put(
        text: str, place: tuple[float, float], side: str, when: float, role: str, names: list[str]
    ) -> None:
        width = ground.stage.text_width(text, LABEL)
        box = free_box(place, width, LABEL, side, RADIUS + 12, taken, bounds)  # type: ignore[arg-type]
        taken.append(box)
        found.append(_Words(text, box, when, role, names))

    for one in drawn:
        for point, place, when in zip(one.points, one.places, one.times, strict=True):
            if point.words and one.series.values:
                put(
                    point.words,
                    place,
                    one.series.values.side,
                    when + 0.1,
                    "text",
                    ground.names(one.series.id, point.name),
                )
    for when, note in ground.notes:
        put(note.text, _noted(note, drawn, x, y), "auto", when, note.role, ground.names(note.row))
    return found


def _noted(note: Note, drawn: list[Drawn], x: Scale, y: Scale) -> tuple[float, float]:
    """The place a note speaks of: a point by its name, or a place on the axes."""
    for one in drawn:
        for point, place in zip(one.points, one.places, strict=True):
            if note.row is not None and point.name == note.row:
                return place
    at_x = (x.start + x.end) / 2 if note.x is None else x.at(float(note.x))
    at_y = (y.start + y.end) / 2 if note.y is None else y.at(float(note.y))
    return at_x, at_y


def _say(ground: Ground, one: _Words) -> None:
    weight = STRONG if one.strong else 400
    words = ground.stage.words(one.text, one.box.left, one.box.bottom, LABEL, weight, one.role)
    words.enter(one.start_s, dy=10)
    ground.spot.add(one.names, words)
