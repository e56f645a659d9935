"""Lines, scatters and distributions: two axes, series that are drawn on, words at free places beside them.

Needs Manim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from explainers.compositor.layer import Track
from explainers.kinds._plots import DRAWN_S, ENTER_S, POINT_S
from explainers.kinds.chart.data import (
    DataPoint,
    axis_of,
    names_on,
    outline_of,
    point_lag,
    points_of,
    series_start,
)
from explainers.kinds.chart.free_places import SIDES, along, box_beside, cost, free_box, spread
from explainers.kinds.chart.ground import LINE, Ground, Ruler
from explainers.kinds.chart.params import Note, Series, Side
from explainers.stage import Box, Point, material
from explainers.stage.axes import TICK_DROP, Scale, break_mark, gridline, ticks_below, ticks_beside, whisker
from explainers.stage.marks import Dot, DotsLayer, LineLayer
from explainers.theme import LABEL, REGULAR, STRONG, mix
from explainers.timing import ease_in_out, ease_out

BREAK = 44.0
"""Length of axis before the first value of one that is cut."""
"""How long a line takes to be drawn, and a point to come."""
RADIUS = 11.0
CURVES = ("cdf", "histogram")
"""Marks that are drawn as a line through what is computed of all numbers."""


@dataclass(frozen=True)
class Plane:
    """The plot's box, its two scales and their ticks."""

    box: Box
    x: Scale
    y: Scale
    x_ticks: list[float]
    y_ticks: list[float]


@dataclass(frozen=True)
class Drawn:
    """A series with its points in design units and the seconds at which each comes; `route` is its line, and
    `band` what is not certain around it, or the whiskers of points."""

    series: Series
    points: list[DataPoint]
    places: list[Point]
    times: list[float]
    start_s: float
    route: list[Point]
    band: list[tuple[Point, Point]]


@dataclass(frozen=True)
class Words:
    """Words at a place, from a time on."""

    text: str
    box: Box
    start_s: float
    role: str
    names: list[str]
    weight: int = REGULAR


def draw_plane(ground: Ground) -> None:
    """The panel, from its axes to its words."""
    stage, panel = ground.stage, ground.panel
    points = [points_of(panel, series, ground.tables) for series in panel.series]
    outlines = [_outline(ground, series, some) for series, some in zip(panel.series, points, strict=True)]
    plane = _axes(ground, points, outlines)
    drawn = [_timed(ground, index, points[index], outlines[index], plane) for index in range(len(points))]
    words = _end_words(ground, drawn, plane.box) + _point_words(ground, drawn, plane)
    gaps = [(word.box.inset(-10, -8), word.start_s) for word in words]
    left, _, right, base = plane.box
    for tick in plane.y_ticks:
        level = plane.y.at(tick)
        ground.still(gridline(stage, (left, level), (right, level), gaps))
    ground.still(gridline(stage, (left, base), (right, base), strong=True))
    for tick in plane.x_ticks if not panel.x.names else ():
        ground.still(gridline(stage, (plane.x.at(tick), base), (plane.x.at(tick), base + 10)))
    scales = {"x": plane.x, "y": plane.y}
    ground.bands(plane.box, scales, gaps)
    ground.reference_lines(plane.box, scales)
    for one in drawn:
        _series(ground, one)
    for text in words:
        handle = stage.words(text.text, text.box.left, text.box.bottom, LABEL, text.weight, text.role)
        ground.spot.add(text.names, handle.enter(text.start_s, dy=10))


# -- axes --------------------------------------------------------------------------------------


def _outline(ground: Ground, series: Series, points: list[DataPoint]) -> list[Point]:
    """The values that a series' line runs through; none of a scatter."""
    if ground.panel.mark in ("cdf", "histogram"):
        return outline_of(ground.panel, series, ground.tables)
    if ground.panel.mark != "line" or not points:
        return []
    values = [(point.x, point.y) for point in points]
    if not series.step:
        return values
    corners = [one for (_, y), (x, above) in itertools.pairwise(values) for one in ((x, y), (x, above))]
    return [values[0], *corners]


def _axes(ground: Ground, drawn: list[list[DataPoint]], outlines: list[list[Point]]) -> Plane:
    """The plot's place in the panel; its ticks and labels are drawn."""
    stage, panel, box = ground.stage, ground.panel, ground.box
    every = [point for some in drawn for point in some]
    reached = {"x": [point.x for point in every], "y": [point.y for point in every]}
    reached["y"] += [end for point in every for end in (point.low, point.high) if end is not None]
    for index, axis in enumerate(("x", "y")):
        reached[axis] += [place[index] for outline in outlines for place in outline]
    for band in panel.bands:
        reached[band.axis] += [float(band.low), float(band.high)]
    for line in panel.lines:
        reached[line.axis].append(float(line.at))
    names = {one: names_on(panel, ground.tables, one) if getattr(panel, one).names else [] for one in "xy"}
    x_ruler = Ruler.over(
        axis_of(panel, "x", ground.tables), reached["x"], 4 if box.width > 700 else 3, names["x"]
    )
    y_ruler = Ruler.over(axis_of(panel, "y", ground.tables), reached["y"], 4, names["y"])
    top, y_lines = ground.heading_end, ground.lines(y_ruler.words)
    for index, text in enumerate(y_lines):
        ground.still(stage.words(text, box.left, top + LINE * index + 28, LABEL, role="muted"))
    top += LINE * len(y_lines) + 18 if y_lines else 10
    if any(line.axis == "x" and line.label for line in panel.lines):
        # The name of an upright line stands over the plot.
        top += LABEL + 6
    left = box.left + max(stage.text_width(text, LABEL, mono=True) for text in y_ruler.texts) + 24
    right = box.right - (0 if x_ruler.names else stage.text_width(x_ruler.texts[-1], LABEL, mono=True) / 2)
    for series, points in zip(panel.series, drawn, strict=True):
        share = x_ruler.scale().share(points[-1].x) if points and panel.mark not in CURVES else 0.0
        if series.label and share > 0:
            # The axis ends where the series' name, right of its last point, still has room.
            room = box.right - left - stage.text_width(series.label, LABEL, STRONG) - 22
            right = min(right, left + max(room / share, 0.3 * box.width))
    name_lines = 1
    if x_ruler.names:
        step = (right - left) / len(x_ruler.names) - 16
        name_lines = max(len(stage.lines(name, step, LABEL)) for name in x_ruler.names)
    bottom = box.bottom - TICK_DROP - LINE * (len(ground.lines(x_ruler.words)) + name_lines - 1)
    x = x_ruler.scale(left + _lead(x_ruler), right)
    y = y_ruler.scale(bottom - _lead(y_ruler), top)
    if x_ruler.names:
        for tick, name in zip(x_ruler.ticks, x_ruler.names, strict=True):
            for index, text in enumerate(stage.lines(name, step, LABEL)):
                height = bottom + TICK_DROP + LINE * index
                ground.still(stage.words(text, x.at(tick), height, LABEL, role="muted", anchor="center"))
    else:
        ground.still(ticks_below(stage, x, x_ruler.ticks, x_ruler.texts, bottom))
    ground.still(ticks_beside(stage, y, y_ruler.ticks, y_ruler.texts, left))
    plot = Box(left, top, right, bottom)
    ground.label_below(x_ruler.words, plot, bottom + LINE * (name_lines - 1))
    if x_ruler.marked:
        ground.still(break_mark(stage, left + BREAK / 2, bottom, upright=False))
    if y_ruler.marked:
        # A whole axis has no line of its own: its zero is the baseline. A cut one needs it, for the mark.
        upright = gridline(stage, (left, bottom), (left, top), strong=True)
        ground.still(upright, break_mark(stage, left, bottom - BREAK / 2, upright=True))
    return Plane(plot, x, y, x_ruler.ticks, y_ruler.ticks)


def _lead(ruler: Ruler) -> float:
    """The stretch before the first value of an axis without zero, in which its mark stands."""
    return BREAK * ruler.marked


# -- series ------------------------------------------------------------------------------------


def _timed(ground: Ground, index: int, points: list[DataPoint], outline: list[Point], plane: Plane) -> Drawn:
    """A series with its places and times; series that come with the same beat follow each other."""
    panel, schedule = ground.panel, ground.schedule
    series = panel.series[index]

    def place(x: float, y: float) -> Point:
        return plane.x.at(x), plane.y.at(y)

    places, route = [place(point.x, point.y) for point in points], [place(*values) for values in outline]
    band = [
        (place(point.x, point.low), place(point.x, point.high))
        for point in points
        if point.low is not None and point.high is not None
    ]
    start = series_start(panel, schedule, index)
    if route:
        reached = _reached(route)
        nearest = (min(range(len(route)), key=lambda at: math.dist(route[at], one)) for one in places)
        times = [start + DRAWN_S * reached[at] for at in nearest]
    else:
        lag = point_lag(len(places))
        times = [
            max(start + lag * order, schedule.at(point.name) + ENTER_S) for order, point in enumerate(points)
        ]
    return Drawn(series, points, places, times, start, route, band)


def _reached(places: Sequence[Point]) -> list[float]:
    """When, as a share of the drawing time, a line that is drawn with ease reaches each point."""
    steps = [math.dist(a, b) for a, b in itertools.pairwise(places)]
    lengths = list(itertools.accumulate(steps, initial=0.0)) if places else []
    times = []
    for length in lengths:
        share = length / lengths[-1] if lengths[-1] else 1.0
        times.append(next((i / 64 for i in range(64) if ease_in_out(i / 64) >= share), 1.0))
    return times


def _series(ground: Ground, one: Drawn) -> None:
    stage, series, background = ground.stage, one.series, ground.stage.theme.background
    color, names = stage.theme.color(series.role), ground.names(series.id)
    note = stage.data_note(series.label or series.id or "", color, series.role)
    mark = ground.panel.mark

    if mark == "histogram" and one.route:
        _area(ground, one, one.route, "bottom", 0.3)
    elif mark == "line" and len(one.band) > 1:
        edge = [high for _, high in one.band] + [low for low, _ in reversed(one.band)]
        _area(ground, one, edge, "left", 0.2)
    elif one.band:
        _whiskers(ground, one, color)
    if len(one.route) > 1:
        drawn, light = Track(0.0).to(1.0, one.start_s, DRAWN_S, ease_in_out), Track(1.0)
        stage.drawn(LineLayer(one.route, stage.scale, color, drawn, light, note=note))
        ground.spot.add(names, light)
    if series.path and len(one.places) > 1:
        span = max(one.times[-1] - one.start_s, 0.1)
        drawn, light = Track(0.0).to(1.0, one.start_s, span, lambda share: share), Track(1.0)
        stage.drawn(LineLayer(one.places, stage.scale, mix(background, color, 0.45), drawn, light, 4.0, 3.0))
        ground.spot.add(names, light)
    if one.places and (mark in ("scatter", "cdf") or series.points or len(one.places) == 1):
        dots = []
        for point, (x, y), when in zip(one.points, one.places, one.times, strict=True):
            size, light = Track(0.0).to(1.0, when, POINT_S, ease_out), Track(1.0)
            ground.spot.add([*names, point.name], light)
            dots.append(Dot(x, y, size, light, color, point.name in series.hollow))
        radius = RADIUS if len(dots) <= 40 else RADIUS * 0.6
        stage.drawn(DotsLayer(dots, stage.scale, radius, stage.ground, note=note))


def _area(
    ground: Ground, drawn: Drawn, edge: Sequence[Point], side: Literal["bottom", "left"], opacity: float
) -> None:
    """A shade inside of `edge` that comes with the series' line."""
    color = ground.stage.theme.color(drawn.series.role)
    xs, ys = zip(*edge, strict=True)

    def paint(ctx: Any) -> None:
        for x, y in edge:
            ctx.line_to(x, y)
        material.use(ctx, color, opacity)
        ctx.fill()

    shade = ground.stage.mobject(material.Painted(Box(min(xs), min(ys), max(xs), max(ys)), paint), z=2.0)
    shade.reveal(drawn.start_s, DRAWN_S, side)
    ground.spot.add(ground.names(drawn.series.id), shade)


def _whiskers(ground: Ground, drawn: Drawn, color: str) -> None:
    """What is not certain of each point, from its lower to its upper end."""
    certain = iter(drawn.band)
    for point, when in zip(drawn.points, drawn.times, strict=True):
        if point.low is not None and point.high is not None:
            low, high = next(certain)
            line = whisker(ground.stage, low, high, color)
            ground.spot.add(ground.names(drawn.series.id, point.name), line.enter(when, dy=0))


# -- words -------------------------------------------------------------------------------------


def _end_words(ground: Ground, drawn: list[Drawn], plot: Box) -> list[Words]:
    """The series' names, right of their last points, moved apart where they would meet."""
    if ground.panel.mark in CURVES:
        return []
    named = [one for one in drawn if one.series.label and one.places]
    heights = spread([one.places[-1][1] for one in named], LABEL * 1.25, plot.top, plot.bottom - 26)
    found = []
    for one, y in zip(named, heights, strict=True):
        text, left = one.series.label or "", one.places[-1][0] + 22
        width = ground.stage.text_width(text, LABEL, STRONG)
        box = Box(left, y - LABEL * 0.365, left + width, y + LABEL * 0.365)
        names = ground.names(one.series.id)
        found.append(Words(text, box, one.times[-1] + 0.1, one.series.role, names, STRONG))
    return found


def _curve_name(
    ground: Ground, drawn: Drawn, taken: Sequence[Box], bounds: Box, others: Sequence[Point]
) -> Words | None:
    """A curve's name, beside its own line and away from the lines of others."""
    text = drawn.series.label
    if not text or not drawn.route:
        return None
    width, whole = ground.stage.text_width(text, LABEL, STRONG), len(drawn.route) - 1
    tried = []
    for order, share in enumerate((0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)):
        place = drawn.route[round(whole * share)]
        for side, reach in itertools.product(SIDES, (RADIUS + 10, 4 * RADIUS, 7 * RADIUS)):
            box = box_beside(place, width, LABEL, side, reach)
            near = min((math.dist(box.center, other) for other in others), default=1e9)
            # A name that stands nearer to another's line would be read as that one's.
            foreign = near < math.dist(box.center, place)
            tried.append((cost(box, taken, bounds) + 6 * foreign, order, box))
    box = min(tried, key=lambda each: each[:2])[2]
    when = drawn.start_s + DRAWN_S * 0.7
    return Words(text, box, when, drawn.series.role, ground.names(drawn.series.id), STRONG)


def _point_words(ground: Ground, drawn: list[Drawn], plane: Plane) -> list[Words]:
    """Numbers at points, then the beats' notes, each on a side that is free."""
    taken = [
        Box(px - RADIUS, py - RADIUS, px + RADIUS, py + RADIUS) for one in drawn for px, py in one.places
    ]
    taken += [
        box
        for one in drawn
        for line in (one.route, one.places if one.series.path else ())
        for box in along(line)
    ]
    taken += [
        box for one in drawn if ground.panel.mark == "scatter" for ends in one.band for box in along(ends)
    ]
    # The names of series are drawn already, and upright lines are not written over.
    taken += [one.box for one in _end_words(ground, drawn, plane.box)]
    for line in ground.panel.lines:
        at = (plane.x if line.axis == "x" else plane.y).at(float(line.at))
        left, top, right, bottom = plane.box
        taken += along([(at, top), (at, bottom)] if line.axis == "x" else [(left, at), (right, at)])
    bounds = Box(plane.box.left, plane.box.top - 20, ground.box.right, plane.box.bottom - 6)
    found: list[Words] = []

    def put(text: str, place: Point, side: Side, when: float, role: str, names: list[str]) -> None:
        width = ground.stage.text_width(text, LABEL)
        box = free_box(place, width, LABEL, side, RADIUS + 12, taken, bounds)
        taken.append(box)
        found.append(Words(text, box, when, role, names))

    for one in drawn:
        for point, place, when in zip(one.points, one.places, one.times, strict=True):
            names = ground.names(one.series.id, point.name)
            if point.words and one.series.values:
                put(point.words, place, one.series.values.side, when + 0.1, "text", names)
            elif point.words:
                put(point.words, place, "auto", when + 0.1, one.series.role, names)
    for one in drawn if ground.panel.mark in CURVES else ():
        others = [place for other in drawn if other is not one for place in other.route]
        if (name := _curve_name(ground, one, taken, bounds, others)) is not None:
            taken.append(name.box)
            found.append(name)
    for when, note in ground.notes:
        put(note.text, _noted(note, drawn, plane), "auto", when, note.role, ground.names(note.row))
    return found


def _noted(note: Note, drawn: list[Drawn], plane: Plane) -> Point:
    """The place a note speaks of: a point by its name, or a place on the axes."""
    for one in drawn:
        for point, place in zip(one.points, one.places, strict=True):
            if note.row is not None and point.name == note.row:
                return place
    middles = ((scale.start + scale.end) / 2 for scale in (plane.x, plane.y))
    x, y = (
        middle if value is None else scale.at(float(value))
        for middle, value, scale in zip(middles, (note.x, note.y), (plane.x, plane.y), strict=True)
    )
    return x, y
