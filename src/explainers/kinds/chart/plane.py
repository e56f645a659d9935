"""Lines and scatters: two axes, series that are drawn on, their names at their ends. Needs Manim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explainers.film.layer import Note as Told
from explainers.film.track import Track
from explainers.kinds.chart.data import Point, points_of, stretch
from explainers.kinds.chart.ground import (
    ENTER_S,
    LINE,
    Ground,
    axis_words,
    marked,
    scale_of,
    tick_words,
    ticks_of,
)
from explainers.kinds.chart.overlay import band_boxes, draw_bands, draw_lines
from explainers.kinds.chart.params import Axis, Note, Series
from explainers.kinds.chart.words import along, free_box, spread
from explainers.stage import Box
from explainers.stage.axes import TICK_DROP, Scale, break_mark, gridline, ticks_below, ticks_beside
from explainers.stage.marks import Dot, dots_layer, line_layer
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_in_out, ease_out

DRAWN_S = 1.5
"""How long a line takes to be drawn."""
POINT_S = 0.35
RADIUS = 11.0


@dataclass(frozen=True)
class _Drawn:
    """A series with its points in design units and the seconds at which each comes."""

    series: Series
    points: list[Point]
    places: list[tuple[float, float]]
    times: list[float]
    start_s: float


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
    plot, x, y, ticks = _axes(ground, told)
    drawn = [_timed(ground, one, points, index, x, y) for index, (one, points) in enumerate(zip(panel.series, told, strict=True))]
    words = _end_words(ground, drawn, plot) + _point_words(ground, drawn, plot, x, y)
    gaps = [one.box.inset(-10, -8) for one in words]
    bands = [box for band in panel.bands for box in band_boxes(ground, band, plot, x if band.axis == "x" else y)]
    for tick in ticks[1]:
        level = y.at(tick)
        ground.still(gridline(ground.stage, (plot.left, level), (plot.right, level), gaps))
    base = plot.bottom
    ground.still(gridline(ground.stage, (plot.left, base), (plot.right, base), strong=True))
    if panel.mark == "scatter":
        for tick in ticks[0]:
            ground.still(gridline(ground.stage, (x.at(tick), plot.top), (x.at(tick), base), gaps))
    draw_bands(ground, bands)
    draw_lines(ground, plot, {"x": x, "y": y})
    for one in drawn:
        _series(ground, one)
    for one in words:
        _say(ground, one)


def _axes(ground: Ground, told: list[list[Point]]) -> tuple[Box, Scale, Scale, tuple[list[float], list[float]]]:
    """The plot's box, its scales and their ticks; ticks and labels are drawn."""
    stage, panel, box = ground.stage, ground.panel, ground.box
    marks = [(one.axis, float(v)) for one in panel.bands for v in (one.low, one.high)]
    marks += [(one.axis, float(one.at)) for one in panel.lines]
    xs = [point.x for points in told for point in points] + [v for axis, v in marks if axis == "x"]
    ys = [point.y for points in told for point in points] + [v for axis, v in marks if axis == "y"]
    x_low, x_high = stretch(panel.x, xs, panel.x.low is None)
    y_low, y_high = stretch(panel.y, ys, panel.y.low is None)
    x_ticks = ticks_of(panel.x, x_low, x_high, 4 if box.width > 700 else 3)
    y_ticks = ticks_of(panel.y, y_low, y_high, 4)
    top = ground.heading()
    y_words = axis_words(panel.y, scale_of(panel.y, y_low, y_high, y_ticks, 1, 0), y_ticks)
    top += LINE + 6 if y_words else 10
    bottom = box.bottom - TICK_DROP - (LINE if panel.x.label or marked(panel.x, Scale(x_low, x_high, 0, 1)) else 0)
    y_texts, x_texts = tick_words(panel.y, y_ticks), tick_words(panel.x, x_ticks)
    left = box.left + max(stage.text_width(text, LABEL, mono=True) for text in y_texts) + 24
    last = stage.text_width(x_texts[-1], LABEL, mono=True) / 2
    names = [stage.text_width(one.label, LABEL, STRONG) + 22 for one in panel.series if one.label]
    plot = Box(left, top, box.right - max([last, *names]), bottom)
    pad = 26.0 if panel.mark == "scatter" else 0.0
    x = scale_of(panel.x, x_low, x_high, x_ticks, plot.left + pad, plot.right - pad)
    y = scale_of(panel.y, y_low, y_high, y_ticks, plot.bottom - pad, plot.top)
    ground.still(ticks_below(stage, x, x_ticks, x_texts, plot.bottom), ticks_beside(stage, y, y_ticks, y_texts, plot.left))
    if y_words:
        ground.still(stage.words(y_words, box.left, top - LINE / 2 - 2, LABEL, role="muted"))
    if x_words := axis_words(panel.x, x, x_ticks):
        ground.still(stage.words(x_words, (plot.left + plot.right) / 2, plot.bottom + TICK_DROP + LINE, LABEL, role="muted", anchor="center"))
    _break_marks(ground, panel.x, panel.y, x, y, plot)
    return plot, x, y, (x_ticks, y_ticks)


def _break_marks(ground: Ground, x_axis: Axis, y_axis: Axis, x: Scale, y: Scale, plot: Box) -> None:
    if marked(x_axis, x):
        ground.still(break_mark(ground.stage, plot.left + 18, plot.bottom, upright=False))
    if marked(y_axis, y):
        # The vertical axis has no line of its own; a short one carries the mark.
        line = ground.stage.line([(plot.left, plot.bottom), (plot.left, plot.bottom - 56)], "muted", 2.5)
        ground.still(line, break_mark(ground.stage, plot.left, plot.bottom - 24, upright=True))


def _timed(ground: Ground, series: Series, points: list[Point], index: int, x: Scale, y: Scale) -> _Drawn:
    places = [(x.at(point.x), y.at(point.y)) for point in points]
    same = [ground.schedule.at(ground.panel.id, other.id) for other in ground.panel.series[:index]]
    begin = ground.schedule.at(ground.panel.id, series.id)
    start = begin + ENTER_S + 0.35 * same.count(begin)
    if ground.panel.mark == "line":
        times = [start + DRAWN_S * share for share in _reached(places)]
    else:
        lag = min(0.24, 2.0 / max(1, len(places)))
        times = [start + lag * order for order in range(len(places))]
        times = [max(t, ground.schedule.at(point.name) + ENTER_S) for t, point in zip(times, points, strict=True)]
    return _Drawn(series, points, places, times, start)


def _reached(places: Sequence[tuple[float, float]]) -> list[float]:
    """When, as a share of the drawing time, a line that is drawn with ease reaches each point."""
    import math

    lengths = [0.0]
    for a, b in zip(places, places[1:], strict=False):
        lengths.append(lengths[-1] + math.dist(a, b))
    times, steps = [], 64
    for length in lengths:
        share = length / lengths[-1] if lengths[-1] else 1.0
        times.append(next((i / steps for i in range(steps) if ease_in_out(i / steps) >= share), 1.0))
    return times


def _series(ground: Ground, one: _Drawn) -> None:
    stage, series = ground.stage, one.series
    color = stage.theme.color(series.role)
    names = ground.names(series.id)
    note = Told("data", series.label or series.id or "", color=color, over=stage.theme.background, role=series.role)
    if ground.panel.mark == "line" and len(one.places) > 1:
        drawn, light = Track(0.0).to(1.0, one.start_s, DRAWN_S, ease_in_out), Track(1.0)
        stage.drawn(line_layer(one.places, stage.scale, color, drawn, light, note=note))
        ground.spot.add(names, light)
    if series.path and len(one.places) > 1:
        span = max(one.times[-1] - one.start_s, 0.1)
        path, light = Track(0.0).to(1.0, one.start_s, span, lambda share: share), Track(1.0)
        faint = stage.theme.line
        stage.drawn(line_layer(one.places, stage.scale, faint, path, light, width=4.0, z=3.0))
        ground.spot.add(names, light)
    if ground.panel.mark == "scatter" or series.points or len(one.places) == 1:
        dots = []
        for point, (x, y), when in zip(one.points, one.places, one.times, strict=True):
            light = Track(1.0)
            ground.spot.add([*names, point.name], light)
            dots.append(Dot(x, y, Track(0.0).to(1.0, when, POINT_S, ease_out), light, color, point.name in series.hollow))
        radius = RADIUS if len(dots) <= 40 else RADIUS * 0.6
        stage.drawn(dots_layer(dots, stage.scale, radius, stage.theme.background, note=note))


def _end_words(ground: Ground, drawn: list[_Drawn], plot: Box) -> list[_Words]:
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


def _point_words(ground: Ground, drawn: list[_Drawn], plot: Box, x: Scale, y: Scale) -> list[_Words]:
    """Numbers at points, then the beats' notes, each on a side that is free."""
    taken = [Box(px - RADIUS, py - RADIUS, px + RADIUS, py + RADIUS) for one in drawn for px, py in one.places]
    taken += [box for one in drawn if ground.panel.mark == "line" or one.series.path for box in along(one.places)]
    bounds = Box(plot.left, plot.top - 20, ground.box.right, plot.bottom - 6)
    found: list[_Words] = []

    def put(text: str, place: tuple[float, float], side: str, when: float, role: str, names: list[str]) -> None:
        width = ground.stage.text_width(text, LABEL)
        box = free_box(place, width, LABEL, side, RADIUS + 12, taken, bounds)  # type: ignore[arg-type]
        taken.append(box)
        found.append(_Words(text, box, when, role, names))

    for one in drawn:
        for point, place, when in zip(one.points, one.places, one.times, strict=True):
            if point.words and one.series.values:
                put(point.words, place, one.series.values.side, when + 0.1, "text", ground.names(one.series.id, point.name))
    for when, note in ground.notes:
        put(note.text, _noted(note, drawn, x, y), "auto", when, note.role, ground.names(note.row))
    return found


def _noted(note: Note, drawn: list[_Drawn], x: Scale, y: Scale) -> tuple[float, float]:
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
