"""Dots and stacked bars: a lane for each row of the table, one axis of values. Needs Manim."""

from __future__ import annotations

from explainers.kinds.chart.data import Lane, lanes_of
from explainers.kinds.chart.ground import (
    ENTER_S,
    Ground,
    axis_words,
    marked,
    tick_words,
)
from explainers.kinds.chart.lane_marks import draw_dots, draw_stack
from explainers.kinds.chart.lane_plot import GAP, NAME, LanePlot, gaps_of, is_ours, lane_plot, note_box
from explainers.kinds.chart.overlay import band_boxes, draw_bands, draw_lines
from explainers.kinds.chart.words import spread
from explainers.stage import Box
from explainers.stage.axes import Gap, break_mark, gridline, ticks_below
from explainers.theme import LABEL, REGULAR, STRONG


def draw_lanes(ground: Ground) -> None:
    """The panel, from its axis to its words."""
    panel = ground.panel
    lanes = lanes_of(panel, ground.tables)
    plot = lane_plot(ground, lanes)
    starts = _starts(ground, lanes)
    gaps = [
        gap
        for lane, row, start in zip(lanes, plot.rows, starts, strict=True)
        for gap in gaps_of(ground, lane, row, plot, start)
    ]
    gaps += [(note_box(ground, note, lanes, plot).inset(-10, 0), when) for when, note in ground.notes]
    _axis(ground, plot, gaps)
    for lane, row, start in zip(lanes, plot.rows, starts, strict=True):
        _names(ground, lane, row, plot)
        if panel.mark == "stacked":
            draw_stack(ground, lane, row, plot, start)
        else:
            draw_dots(ground, lane, row, plot, start)
        if lane.beside and panel.beside:
            _beside(ground, lane, row, start[0])
    _headings(ground, plot)
    if len(panel.series) > 1:
        _legend(ground, lanes, plot)
    _notes(ground, lanes, plot)


def _starts(ground: Ground, lanes: list[Lane]) -> list[list[float]]:
    """When each row's data come, a time a series: rows that come with the same beat follow each other."""
    stacked = ground.panel.mark == "stacked"
    lag = 0.0 if stacked else min(0.32, 2.4 / max(1, len(lanes)))
    starts: list[list[float]] = [[] for _ in lanes]
    for order, series in enumerate(ground.panel.series):
        begins = [ground.schedule.at(ground.panel.id, lane.name, series.id) for lane in lanes]
        for index, begin in enumerate(begins):
            later = lag * begins[:index].count(begin) + order * (0.5 if stacked else 0.2)
            starts[index].append(begin + ENTER_S + later)
    return starts


def _axis(ground: Ground, plot: LanePlot, gaps: list[Gap]) -> None:
    stage, panel = ground.stage, ground.panel
    bottom = plot.box.bottom
    draw_bands(ground, [one for band in panel.bands for one in band_boxes(band, plot.box, plot.scale)], gaps)
    for tick in plot.ticks:
        x = plot.scale.at(tick)
        ground.still(gridline(stage, (x, plot.box.top), (x, bottom + 6), gaps, strong=tick == 0))
    ground.still(ticks_below(stage, plot.scale, plot.ticks, tick_words(panel.x, plot.ticks), bottom + 2))
    ground.label_below(axis_words(panel.x, plot.scale, plot.ticks), plot.box, bottom)
    if marked(panel.x, plot.scale):
        line = stage.line([(plot.box.left, bottom), (plot.box.right, bottom)], "muted", 2.5)
        ground.still(line, break_mark(stage, plot.box.left + 18, bottom, upright=False))
    draw_lines(ground, plot.box, {"x": plot.scale, "y": plot.scale})


def _names(ground: Ground, lane: Lane, row: Box, plot: LanePlot) -> None:
    stage, panel = ground.stage, ground.panel
    ours = is_ours(panel, lane)
    weight, role = STRONG if ours else REGULAR, "text" if ours or panel.n else "muted"
    y = row.center[1]
    if plot.above:
        name = stage.words(lane.label, ground.box.left, row.top - 6, NAME, weight, role)
    else:
        x, anchor = (ground.box.left, "left") if panel.n else (plot.box.left - GAP, "right")
        name = stage.middle(lane.label, x, y, NAME, weight=weight, role=role, anchor=anchor)
    things = [name]
    if lane.n and plot.above:
        things.append(stage.words(f"n = {lane.n}", name.box.right + 24, row.top - 6, LABEL, role="muted"))
    elif lane.n:
        things.append(
            stage.middle(lane.n, plot.box.left - GAP, y, LABEL, role="muted", anchor="right", mono=True)
        )
    ground.still(*things, names=ground.names(lane.name, *(series.id for series in panel.series)))


def _beside(ground: Ground, lane: Lane, row: Box, start: float) -> None:
    beside = ground.panel.beside
    assert beside is not None and lane.beside
    role = "warn" if lane.name in beside.warn else "text"
    words = ground.stage.middle(
        lane.beside, ground.box.right, row.center[1], LABEL, role=role, anchor="right"
    )
    ground.spot.add(
        ground.names(lane.name), words.enter(max(start + 0.3, ground.schedule.at("beside") + ENTER_S), dy=0)
    )


def _headings(ground: Ground, plot: LanePlot) -> None:
    """Words over the columns of sample sizes and of the further number."""
    stage, panel, y = ground.stage, ground.panel, plot.box.top - 18
    if panel.n and not plot.above:
        ground.still(stage.words("n", plot.box.left - GAP, y, LABEL, role="muted", anchor="right"))
    if panel.beside:
        words = stage.words(panel.beside.heading, ground.box.right, y, LABEL, role="muted", anchor="right")
        words.enter(ground.schedule.at(ground.panel.id, "beside") + ENTER_S, dy=0)


def _legend(ground: Ground, lanes: list[Lane], plot: LanePlot) -> None:
    """The names of series over what they are in the first row, in their colours."""
    base, middles = 0.0, []
    for value in lanes[0].values:
        stacked = ground.panel.mark == "stacked"
        middles.append(plot.scale.at(base + (value or 0.0) * (0.5 if stacked else 1.0)))
        base += (value or 0.0) * stacked
    widths = [ground.stage.text_width(one.label or "", LABEL, STRONG) for one in ground.panel.series]
    low, high = plot.box.left + widths[0] / 2, ground.box.right - widths[-1] / 2
    places = spread(middles, (sum(widths) / len(widths)) + 28, low, high)
    for series, x in zip(ground.panel.series, places, strict=True):
        if series.label:
            words = ground.stage.words(
                series.label, x, plot.box.top - 18, LABEL, STRONG, series.role, anchor="center"
            )
            words.enter(ground.schedule.at(ground.panel.id, series.id) + ENTER_S, dy=0)
            ground.spot.add(ground.names(series.id), words)


def _notes(ground: Ground, lanes: list[Lane], plot: LanePlot) -> None:
    """The beats' words."""
    for when, note in ground.notes:
        box = note_box(ground, note, lanes, plot)
        words = ground.stage.middle(note.text, box.left, box.center[1], LABEL, role=note.role, anchor="left")
        ground.spot.add(ground.names(note.row), words.enter(when, dx=-12, dy=0))
