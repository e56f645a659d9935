"""Dots and stacked bars: a lane for each row of the table, one axis of values. Needs Manim."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.facts.numbers import written
from explainers.film.layer import Note as Told
from explainers.film.track import Track
from explainers.kinds.chart.data import Lane, lanes_of, stretch
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
from explainers.kinds.chart.params import Panel, Series
from explainers.kinds.chart.words import spread
from explainers.stage import Box
from explainers.stage.axes import TICK_DROP, Scale, break_mark, gridline, ticks_below
from explainers.stage.marks import Dot, bar_layer, dots_layer, line_layer, plated_number
from explainers.theme import LABEL, REGULAR, STRONG, contrast
from explainers.timing import ease_in_out, ease_out

GROW_S, POINT_S = 1.2, 0.35
RADIUS = 14.0
NAME = float(LABEL)
GAP = 36.0
"""From the rows' names to the axis, and between columns of words."""


@dataclass(frozen=True)
class _Plot:
    """The box of the lanes, a box for each, and the scale. `above`: names stand over their lanes."""

    box: Box
    rows: list[Box]
    scale: Scale
    ticks: list[float]
    above: bool


def draw_lanes(ground: Ground) -> None:
    """The panel, from its axis to its words."""
    panel = ground.panel
    lanes = lanes_of(panel, ground.tables)
    plot = _plot(ground, lanes)
    starts = _starts(ground, lanes)
    _axis(ground, plot, [box for lane, row in zip(lanes, plot.rows, strict=True) for box in _word_boxes(ground, lane, row, plot)])
    for lane, row, start in zip(lanes, plot.rows, starts, strict=True):
        _names(ground, lane, row, plot)
        if panel.mark == "stacked":
            _stack(ground, lane, row, plot, start)
        else:
            _dots(ground, lane, row, plot, start)
        if lane.beside and panel.beside:
            _beside(ground, lane, row, start)
    _headings(ground, plot)
    if panel.mark == "stacked" and len(panel.series) > 1:
        _legend(ground, lanes, plot)
    _notes(ground, lanes, plot)


def _starts(ground: Ground, lanes: list[Lane]) -> list[float]:
    """When each row's data come: rows that come with the same beat follow each other."""
    begins = [ground.schedule.at(ground.panel.id, lane.name) for lane in lanes]
    lag = 0.0 if ground.panel.mark == "stacked" else min(0.32, 2.4 / max(1, len(lanes)))
    return [begin + ENTER_S + lag * begins[:index].count(begin) for index, begin in enumerate(begins)]


def _values(panel: Panel, lane: Lane) -> list[float]:
    """The numbers of a lane that the axis has to reach."""
    known = [value for value in lane.values if value is not None]
    if panel.mark == "stacked":
        return [sum(value for value in known if value > 0), sum(value for value in known if value < 0)]
    return known


def _plot(ground: Ground, lanes: list[Lane]) -> _Plot:
    stage, panel, box = ground.stage, ground.panel, ground.box
    values = [value for lane in lanes for value in _values(panel, lane)]
    values += [float(v) for band in panel.bands for v in (band.low, band.high)] + [float(one.at) for one in panel.lines]
    low, high = stretch(panel.x, values, panel.x.low is None)
    ticks = ticks_of(panel.x, low, high, 4 if box.width > 900 else 3)
    top = ground.heading() + (LINE + 8 if _heads(panel) else 0)
    names = max(stage.text_width(lane.label, NAME, STRONG if _ours(panel, lane) else REGULAR) for lane in lanes)
    names += GAP + _count_width(ground, lanes) if panel.n else 0
    left, right = box.left + names + GAP, box.right - _beside_width(ground, lanes)
    above = right - left < 0.45 * box.width
    if above:
        left = box.left + 2
    scale = scale_of(panel.x, low, high, ticks, 0.0, 1.0)
    right = left + _widest(ground, lanes, scale, right - left)
    bottom = box.bottom - TICK_DROP - (LINE if axis_words(panel.x, scale, ticks) else 0)
    step_most = 190.0 if above else 108.0
    spare = max(0.0, bottom - top - step_most * len(lanes))
    # A panel that shares its column starts under its heading; a lone one is centred.
    lift = 0.0 if panel.heading else 0.42
    plot = Box(left, top + spare * lift, right, bottom - spare * (1 - lift))
    scale = scale_of(panel.x, low, high, ticks, round(left * stage.scale) / stage.scale, right)
    step = plot.height / len(lanes)
    drop = min(52.0, step * 0.45) if above else 0.0
    rows = [Box(left, plot.top + step * i + drop, right, plot.top + step * (i + 1)) for i in range(len(lanes))]
    return _Plot(plot, rows, scale, ticks, above)


def _heads(panel: Panel) -> bool:
    """Whether a line of headings stands over the lanes."""
    named = panel.mark == "stacked" and len(panel.series) > 1
    return bool(panel.n or panel.beside or panel.bands or named or any(line.label for line in panel.lines))


def _count_width(ground: Ground, lanes: list[Lane]) -> float:
    return max((ground.stage.text_width(lane.n, LABEL, mono=True) for lane in lanes if lane.n), default=0.0)


def _beside_width(ground: Ground, lanes: list[Lane]) -> float:
    beside = ground.panel.beside
    if beside is None:
        return 0.0
    widths = [ground.stage.text_width(lane.beside, LABEL) for lane in lanes if lane.beside]
    return max([ground.stage.text_width(beside.heading, LABEL), *widths]) + GAP


def _words_width(ground: Ground, text: str) -> float:
    return ground.stage.text_width(text, LABEL, STRONG, mono=True)


def _widest(ground: Ground, lanes: list[Lane], scale: Scale, room: float) -> float:
    """The axis as long as leaves the last tick and every number at a value inside `room`."""
    width = room - ground.stage.text_width(tick_words(ground.panel.x, [scale.high])[0], LABEL, mono=True) / 2
    for lane in lanes:
        for value, text in zip(lane.values, lane.words, strict=True):
            share = scale.share(value) if value is not None else 0.0
            if text and value is not None and share > 0:
                width = min(width, (room - _words_width(ground, text) - RADIUS - 14) / share)
    return max(width, room * 0.4)


def _word_boxes(ground: Ground, lane: Lane, row: Box, plot: _Plot) -> list[Box]:
    """Where a lane's numbers stand, for gridlines to stop at."""
    if ground.panel.mark == "stacked":
        return []
    boxes = []
    for value, text in zip(lane.values, lane.words, strict=True):
        if value is not None and text:
            x, width, y = plot.scale.at(value), _words_width(ground, text), row.center[1]
            left = x + RADIUS + 14 if value >= 0 else x - RADIUS - 14 - width
            boxes.append(Box(left - 10, y - 26, left + width + 10, y + 26))
    return boxes


def _axis(ground: Ground, plot: _Plot, gaps: list[Box]) -> None:
    stage, panel = ground.stage, ground.panel
    bottom = plot.box.bottom
    draw_bands(ground, [one for band in panel.bands for one in band_boxes(ground, band, plot.box, plot.scale)])
    for tick in plot.ticks:
        x = plot.scale.at(tick)
        ground.still(gridline(stage, (x, plot.box.top), (x, bottom + 6), gaps, strong=tick == 0))
    ground.still(ticks_below(stage, plot.scale, plot.ticks, tick_words(panel.x, plot.ticks), bottom + 2))
    if words := axis_words(panel.x, plot.scale, plot.ticks):
        x = (plot.box.left + plot.box.right) / 2
        width = stage.text_width(words, LABEL)
        x = min(max(x, ground.box.left + width / 2), ground.box.right - width / 2)
        ground.still(stage.words(words, x, bottom + TICK_DROP + LINE, LABEL, role="muted", anchor="center"))
    if marked(panel.x, plot.scale):
        line = stage.line([(plot.box.left, bottom), (plot.box.right, bottom)], "muted", 2.5)
        ground.still(line, break_mark(stage, plot.box.left + 18, bottom, upright=False))
    draw_lines(ground, plot.box, {"x": plot.scale, "y": plot.scale})


def _ours(panel: Panel, lane: Lane) -> bool:
    return lane.role not in (None, "baseline", "muted")


def _names(ground: Ground, lane: Lane, row: Box, plot: _Plot) -> None:
    stage, panel = ground.stage, ground.panel
    ours = _ours(panel, lane)
    look = {"weight": STRONG if ours else REGULAR, "role": "text" if ours or panel.n else "muted"}
    y = row.center[1]
    if plot.above:
        name = stage.words(lane.label, ground.box.left, row.top - 4, NAME, **look)
    elif panel.n:
        name = stage.middle(lane.label, ground.box.left, y, NAME, anchor="left", **look)
    else:
        name = stage.middle(lane.label, plot.box.left - GAP, y, NAME, anchor="right", **look)
    things = [name]
    if lane.n and plot.above:
        things.append(stage.words(f"n = {lane.n}", ground.box.right, row.top - 4, LABEL, role="muted", anchor="right"))
    elif lane.n:
        things.append(stage.middle(lane.n, plot.box.left - GAP, y, LABEL, role="muted", anchor="right", mono=True))
    ground.still(*things, names=[lane.name])
    if not ground.panel.id:
        ground.spot.add([lane.name], *things)


def _color(ground: Ground, role: str, solid: bool) -> str:
    """A role's colour; large areas of the baseline are quiet."""
    theme = ground.stage.theme
    return theme.fill(role) if role == "baseline" and solid else theme.color(role)


def _dots(ground: Ground, lane: Lane, row: Box, plot: _Plot, start: float) -> None:
    stage, panel = ground.stage, ground.panel
    y = round(row.center[1] * stage.scale) / stage.scale
    for order, (series, value, text) in enumerate(zip(panel.series, lane.values, lane.words, strict=True)):
        if value is None:
            continue
        x, begin = plot.scale.at(value), max(start, ground.schedule.at(series.id) + ENTER_S) + 0.2 * order
        role = lane.role or series.role
        color, names = _color(ground, role, False), ground.names(lane.name, series.id)
        if panel.stems and not plot.scale.cut and not plot.scale.log and len(panel.series) == 1:
            stem, light = Track(0.0).to(1.0, begin, POINT_S, ease_out), Track(1.0)
            stage.drawn(line_layer([(plot.scale.at(0), y), (x, y)], stage.scale, color, stem, light, width=4.0, z=3.0))
            ground.spot.add(names, light)
        light = Track(1.0)
        dot = Dot(x, y, Track(0.0).to(1.0, begin + 0.1, POINT_S, ease_out), light, color, lane.name in series.hollow)
        note = Told("data", lane.label, color=color, over=stage.theme.background, role=role)
        stage.drawn(dots_layer([dot], stage.scale, RADIUS, stage.theme.background, note=note))
        ground.spot.add(names, light)
        if text:
            side = ("left", x + RADIUS + 14) if value >= 0 else ("right", x - RADIUS - 14)
            words = stage.middle(text, side[1], y, LABEL, weight=STRONG, anchor=side[0], mono=True)
            ground.spot.add(names, words.enter(begin + 0.2, dy=0))


def _stack(ground: Ground, lane: Lane, row: Box, plot: _Plot, start: float) -> None:
    stage, panel = ground.stage, ground.panel
    thick = min(88.0, row.height * 0.7)
    middle, at = row.center[1], {True: 0.0, False: 0.0}
    for order, (series, value, text) in enumerate(zip(panel.series, lane.values, lane.words, strict=True)):
        if not value:
            continue
        begin = max(start, ground.schedule.at(series.id) + ENTER_S) + (0.5 * order if len(panel.series) > 1 else 0)
        base = at[value > 0]
        at[value > 0] += value
        ends = sorted((plot.scale.at(base), plot.scale.at(base + value)))
        box = Box(ends[0], middle - thick / 2, ends[1], middle + thick / 2)
        role = lane.role or series.role
        color, names = _color(ground, role, True), ground.names(lane.name, series.id)
        grow, light = Track(0.0).to(1.0, begin, GROW_S, ease_in_out), Track(1.0)
        alone = len(panel.series) == 1
        note = Told("data", f"{lane.label} {series.label or ''}".strip(), color=color, over=stage.theme.background, role=role)
        stage.drawn(
            bar_layer(box, stage.scale, color, stage.theme.background, grow, light, 3.0, 8.0 if alone else 3.0, value < 0, note)
        )
        ground.spot.add(names, light)
        if text and alone:
            _riding(ground, series, text, value, box, grow, light, begin)
        elif text and stage.text_width(text, LABEL, STRONG, mono=True) < box.width - 20:
            inside = max((stage.theme.background, stage.theme.color("text")), key=lambda one: contrast(one, color))
            words = stage.middle(text, *box.center, LABEL, weight=STRONG, role=inside, mono=True, over=color)
            ground.spot.add(names, words.enter(begin + GROW_S * 0.7, dy=0))


def _riding(
    ground: Ground, series: Series, text: str, value: float, box: Box, grow: Track, light: Track, start: float
) -> None:
    """The number on a single bar's end, counting as the bar grows."""
    stage, style = ground.stage, ground.stage.style(LABEL, STRONG, "text", mono=True)
    spec = (series.values.format if series.values else None) or ground.panel.x.format
    own = series.values is not None and series.values.value is not None
    before = series.values.before or "" if series.values else ""
    baseline = box.center[1] + 0.365 * LABEL

    def text_at(t: float) -> tuple[str, float, float, float] | None:
        if t < start:
            return None
        share = grow.at(t)
        shown = text if own or share >= 1 else before + written(value * share, spec)
        x = box.left + box.width * share + 18 if value > 0 else box.right - box.width * share - 18
        return shown, x, baseline, min(1.0, (t - start) / 0.2) * light.at(t)

    def spans() -> list[tuple[float, float]]:
        return [(start, start + GROW_S), *light.spans()]

    note = Told("text", text, LABEL, style.color, stage.theme.background, "text")
    depends = [text, value, tuple(box), start, spec, before, light.keys()]
    anchor = "left" if value > 0 else "right"
    stage.drawn(plated_number(text_at, style, stage.scale, spans, depends, stage.theme.background, anchor=anchor, note=note))


def _beside(ground: Ground, lane: Lane, row: Box, start: float) -> None:
    beside = ground.panel.beside
    assert beside is not None and lane.beside
    role = "warn" if lane.name in beside.warn else "text"
    words = ground.stage.middle(lane.beside, ground.box.right, row.center[1], LABEL, role=role, anchor="right")
    ground.spot.add(ground.names(lane.name), words.enter(max(start + 0.3, ground.schedule.at("beside") + ENTER_S), dy=0))


def _headings(ground: Ground, plot: _Plot) -> None:
    """Words over the columns of sample sizes and of the further number."""
    stage, panel, y = ground.stage, ground.panel, plot.box.top - 18
    if panel.n and not plot.above:
        ground.still(stage.words("n", plot.box.left - GAP, y, LABEL, role="muted", anchor="right"))
    if panel.beside:
        words = stage.words(panel.beside.heading, ground.box.right, y, LABEL, role="muted", anchor="right")
        words.enter(ground.schedule.at(ground.panel.id, "beside") + ENTER_S, dy=0)


def _legend(ground: Ground, lanes: list[Lane], plot: _Plot) -> None:
    """The names of a stack's parts over the parts of the first row, in their colours."""
    base, middles = 0.0, []
    for value in lanes[0].values:
        middles.append(plot.scale.at(base + (value or 0.0) / 2))
        base += value or 0.0
    widths = [ground.stage.text_width(one.label or "", LABEL, STRONG) for one in ground.panel.series]
    places = spread(middles, max(widths) + 24, plot.box.left + widths[0] / 2, ground.box.right - widths[-1] / 2)
    for series, x in zip(ground.panel.series, places, strict=True):
        if series.label:
            words = ground.stage.words(series.label, x, plot.box.top - 18, LABEL, STRONG, series.role, anchor="center")
            words.enter(ground.schedule.at(ground.panel.id, series.id) + ENTER_S, dy=0)
            ground.spot.add(ground.names(series.id), words)


def _notes(ground: Ground, lanes: list[Lane], plot: _Plot) -> None:
    """The beats' words, right of their row's numbers, or over the panel's middle."""
    stage = ground.stage
    for when, note in ground.notes:
        found = [(lane, row) for lane, row in zip(lanes, plot.rows, strict=True) if lane.name == note.row]
        if found:
            lane, row = found[0]
            value = max((v for v in lane.values if v is not None), default=0.0)
            words_width = max((_words_width(ground, text) for text in lane.words if text), default=0.0)
            x = plot.scale.at(value) + RADIUS + 14 + words_width + 28
            words = stage.middle(note.text, x, row.center[1], LABEL, role=note.role, anchor="left")
        else:
            x = plot.box.center[0] if note.x is None else plot.scale.at(float(note.x))
            words = stage.middle(note.text, x, plot.box.center[1], LABEL, role=note.role)
        ground.spot.add(ground.names(note.row), words.enter(when, dx=-12, dy=0))
