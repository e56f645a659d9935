"""Lines and scatters: two axes, series that are drawn on, words at free places beside them. Needs Manim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explainers.compositor.layer import Track
from explainers.kinds._plots import ENTER_S
from explainers.kinds.chart.data import DataPoint, points_of
from explainers.kinds.chart.ground import LINE, Ground, Ruler, marked
from explainers.kinds.chart.params import Note, Series, Side
from explainers.stage import Box, Point
from explainers.stage.axes import TICK_DROP, Scale, break_mark, gridline, ticks_below, ticks_beside
from explainers.stage.marks import Dot, DotsLayer, LineLayer
from explainers.theme import LABEL, REGULAR, STRONG, mix
from explainers.timing import ease_in_out, ease_out

BREAK = 44.0
"""Length of axis before the first value of one that is cut."""
DRAWN_S, POINT_S = 1.5, 0.35
"""How long a line takes to be drawn, and a point to come."""
RADIUS = 11.0


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
    """A series with its points in design units and the seconds at which each comes."""

    series: Series
    points: list[DataPoint]
    places: list[Point]
    times: list[float]
    start_s: float


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
    plane = _axes(ground, points)
    drawn = [_timed(ground, index, points[index], plane) for index in range(len(points))]
    words = _end_words(ground, drawn, plane.box) + _point_words(ground, drawn, plane)
    gaps = [(one.box.inset(-10, -8), one.start_s) for one in words]
    left, _, right, base = plane.box
    for tick in plane.y_ticks:
        level = plane.y.at(tick)
        ground.still(gridline(stage, (left, level), (right, level), gaps))
    ground.still(gridline(stage, (left, base), (right, base), strong=True))
    for tick in plane.x_ticks:
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


def _axes(ground: Ground, drawn: list[list[DataPoint]]) -> Plane:
    """The plot's place in the panel; its ticks and labels are drawn."""
    stage, panel, box = ground.stage, ground.panel, ground.box
    reached = {"x": [point.x for some in drawn for point in some], "y": [p.y for some in drawn for p in some]}
    for band in panel.bands:
        reached[band.axis] += [float(band.low), float(band.high)]
    for line in panel.lines:
        reached[line.axis].append(float(line.at))
    x_ruler = Ruler.over(panel.x, reached["x"], 4 if box.width > 700 else 3)
    y_ruler = Ruler.over(panel.y, reached["y"], 4)
    top, y_lines = ground.heading(), ground.lines(y_ruler.words)
    for index, text in enumerate(y_lines):
        ground.still(stage.words(text, box.left, top + LINE * index + 28, LABEL, role="muted"))
    top += LINE * len(y_lines) + 18 if y_lines else 10
    bottom = box.bottom - TICK_DROP - LINE * len(ground.lines(x_ruler.words))
    left = box.left + max(stage.text_width(text, LABEL, mono=True) for text in y_ruler.texts) + 24
    right = box.right - stage.text_width(x_ruler.texts[-1], LABEL, mono=True) / 2
    for series, points in zip(panel.series, drawn, strict=True):
        share = x_ruler.scale().share(points[-1].x) if points else 0.0
        if series.label and share > 0:
            # The axis ends where the series' name, right of its last point, still has room.
            room = box.right - left - stage.text_width(series.label, LABEL, STRONG) - 22
            right = min(right, left + max(room / share, 0.3 * box.width))
    x = x_ruler.scale(left + _lead(x_ruler), right)
    y = y_ruler.scale(bottom - _lead(y_ruler), top)
    ground.still(ticks_below(stage, x, x_ruler.ticks, x_ruler.texts, bottom))
    ground.still(ticks_beside(stage, y, y_ruler.ticks, y_ruler.texts, left))
    plot = Box(left, top, right, bottom)
    ground.label_below(x_ruler.words, plot, bottom)
    if x_ruler.marked:
        ground.still(break_mark(stage, left + BREAK / 2, bottom, upright=False))
    if y_ruler.marked:
        # A whole axis has no line of its own: its zero is the baseline. A cut one needs it, for the mark.
        upright = gridline(stage, (left, bottom), (left, top), strong=True)
        ground.still(upright, break_mark(stage, left, bottom - BREAK / 2, upright=True))
    return Plane(plot, x, y, x_ruler.ticks, y_ruler.ticks)


def _lead(ruler: Ruler) -> float:
    """The stretch before the first value of an axis without zero, in which its mark stands."""
    return BREAK * marked(ruler.axis, Scale(min(ruler.ticks), max(ruler.ticks), 0, 1))


# -- series ------------------------------------------------------------------------------------


def _timed(ground: Ground, index: int, points: list[DataPoint], plane: Plane) -> Drawn:
    """A series with its places and times; series that come with the same beat follow each other."""
    panel, schedule = ground.panel, ground.schedule
    series = panel.series[index]
    places = [(plane.x.at(point.x), plane.y.at(point.y)) for point in points]
    begin = schedule.at(panel.id, series.id)
    earlier = [schedule.at(panel.id, other.id) for other in panel.series[:index]]
    start = begin + ENTER_S + 0.35 * earlier.count(begin)
    if panel.mark == "line":
        times = [start + DRAWN_S * share for share in _reached(places)]
    else:
        lag = min(0.24, 2.0 / max(1, len(places)))
        times = [
            max(start + lag * order, schedule.at(point.name) + ENTER_S) for order, point in enumerate(points)
        ]
    return Drawn(series, points, places, times, start)


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

    if ground.panel.mark == "line" and len(one.places) > 1:
        drawn, light = Track(0.0).to(1.0, one.start_s, DRAWN_S, ease_in_out), Track(1.0)
        stage.drawn(LineLayer(one.places, stage.scale, color, drawn, light, note=note))
        ground.spot.add(names, light)
    if series.path and len(one.places) > 1:
        span = max(one.times[-1] - one.start_s, 0.1)
        drawn, light = Track(0.0).to(1.0, one.start_s, span, lambda share: share), Track(1.0)
        stage.drawn(LineLayer(one.places, stage.scale, mix(background, color, 0.45), drawn, light, 4.0, 3.0))
        ground.spot.add(names, light)
    if ground.panel.mark == "scatter" or series.points or len(one.places) == 1:
        dots = []
        for point, (x, y), when in zip(one.points, one.places, one.times, strict=True):
            size, light = Track(0.0).to(1.0, when, POINT_S, ease_out), Track(1.0)
            ground.spot.add([*names, point.name], light)
            dots.append(Dot(x, y, size, light, color, point.name in series.hollow))
        radius = RADIUS if len(dots) <= 40 else RADIUS * 0.6
        stage.drawn(DotsLayer(dots, stage.scale, radius, stage.ground, note=note))


# -- words -------------------------------------------------------------------------------------


def _end_words(ground: Ground, drawn: list[Drawn], plot: Box) -> list[Words]:
    """The series' names, right of their last points, moved apart where they would meet."""
    named = [one for one in drawn if one.series.label and one.places]
    heights = spread([one.places[-1][1] for one in named], LABEL * 1.25, plot.top, plot.bottom - 12)
    found = []
    for one, y in zip(named, heights, strict=True):
        text, left = one.series.label or "", one.places[-1][0] + 22
        width = ground.stage.text_width(text, LABEL, STRONG)
        box = Box(left, y - LABEL * 0.365, left + width, y + LABEL * 0.365)
        names = ground.names(one.series.id)
        found.append(Words(text, box, one.times[-1] + 0.1, one.series.role, names, STRONG))
    return found


def _point_words(ground: Ground, drawn: list[Drawn], plane: Plane) -> list[Words]:
    """Numbers at points, then the beats' notes, each on a side that is free."""
    taken = [
        Box(px - RADIUS, py - RADIUS, px + RADIUS, py + RADIUS) for one in drawn for px, py in one.places
    ]
    taken += [
        box for one in drawn if ground.panel.mark == "line" or one.series.path for box in along(one.places)
    ]
    bounds = Box(plane.box.left, plane.box.top - 20, ground.box.right, plane.box.bottom - 6)
    found: list[Words] = []

    def put(text: str, place: Point, side: Side, when: float, role: str, names: list[str]) -> None:
        width = ground.stage.text_width(text, LABEL)
        box = free_box(place, width, LABEL, side, RADIUS + 12, taken, bounds)
        taken.append(box)
        found.append(Words(text, box, when, role, names))

    for one in drawn:
        for point, place, when in zip(one.points, one.places, one.times, strict=True):
            if point.words and one.series.values:
                names = ground.names(one.series.id, point.name)
                put(point.words, place, one.series.values.side, when + 0.1, "text", names)
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


def box_beside(point: Point, width: float, size: float, side: Side, reach: float) -> Box:
    """The box of words of `width` whose capitals lie `reach` from the point's centre on that side."""
    x, y = point
    cap = size * 0.73
    if side in ("above", "below"):
        top = y - reach - cap if side == "above" else y + reach
        return Box(x - width / 2, top, x + width / 2, top + cap)
    left = x + reach if side == "right" else x - reach - width
    return Box(left, y - cap / 2, left + width, y + cap / 2)


def free_box(
    point: Point, width: float, size: float, side: Side, reach: float, taken: Sequence[Box], bounds: Box
) -> Box:
    """The box on `side`, or, with `auto`, on the one that meets the fewest boxes of `taken`."""
    if side != "auto":
        return box_beside(point, width, size, side, reach)
    sides: tuple[Side, ...] = ("above", "right", "below", "left")
    tried = [_slid(box_beside(point, width, size, one, reach), one, bounds) for one in sides]
    return min(tried, key=lambda box: _cost(box, taken, bounds))


def _slid(box: Box, side: Side, bounds: Box) -> Box:
    """A box above or below its point, moved along until it is inside; its end stays at the point."""
    over = max(0.0, bounds.left - box.left) - max(0.0, box.right - bounds.right)
    if side not in ("above", "below") or abs(over) > box.width / 2:
        return box
    return box._replace(left=box.left + over, right=box.right + over)


def _cost(box: Box, taken: Iterable[Box], bounds: Box) -> int:
    outside = (
        box.left < bounds.left
        or box.right > bounds.right
        or box.top < bounds.top
        or box.bottom > bounds.bottom
    )
    roomy = box.inset(-8, -6)
    return 4 * outside + sum(meet(roomy, other) for other in taken)


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes share an area."""
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom


def along(points: Sequence[Point], step: float = 14.0, thick: float = 6.0) -> list[Box]:
    """Small boxes that cover a line through `points`, to keep words off it."""
    boxes = []
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        count = max(1, round(max(abs(x1 - x0), abs(y1 - y0)) / step))
        for index in range(count + 1):
            x, y = x0 + (x1 - x0) * index / count, y0 + (y1 - y0) * index / count
            boxes.append(Box(x - thick, y - thick, x + thick, y + thick))
    return boxes


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to `wanted`, in their order, `gap` apart, inside `low` to `high`."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = [wanted[index] for index in order]
    for _ in range(60):
        for index in range(len(places) - 1):
            lack = gap - (places[index + 1] - places[index])
            if lack > 0:
                places[index] -= lack / 2
                places[index + 1] += lack / 2
        places = [min(max(place, low), high) for place in places]
    result = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        result[index] = places[rank]
    return result
