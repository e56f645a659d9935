"""Where the things of a panel with lanes are: names, lanes, numbers, notes. Needs Manim, to measure words."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.kinds.chart.data import Lane, stretch
from explainers.kinds.chart.ground import (
    LINE,
    Ground,
    axis_words,
    scale_of,
    tick_words,
    ticks_of,
)
from explainers.kinds.chart.params import Panel
from explainers.kinds.chart.parts import Note
from explainers.stage import Box
from explainers.stage.axes import TICK_DROP, Gap, Scale
from explainers.theme import LABEL, REGULAR, STRONG

RADIUS = 14.0


NAME = float(LABEL)


GAP = 36.0
"""From the rows' names to the axis, and between columns of words."""


@dataclass(frozen=True)
class LanePlot:
    """The box of the lanes, a box for each, and the scale. `above`: names stand over their lanes."""

    box: Box
    rows: list[Box]
    scale: Scale
    ticks: list[float]
    above: bool


def lane_plot(ground: Ground, lanes: list[Lane]) -> LanePlot:
    stage, panel, box = ground.stage, ground.panel, ground.box
    values = [value for lane in lanes for value in _values(panel, lane)]
    values += [float(v) for band in panel.bands for v in (band.low, band.high)] + [
        float(one.at) for one in panel.lines
    ]
    low, high = stretch(panel.x, values, panel.x.low is None)
    ticks = ticks_of(panel.x, low, high, 4 if box.width > 900 else 3)
    top = ground.heading() + (LINE + 8 if _heads(panel) else 0)
    names = max(
        stage.text_width(lane.label, NAME, STRONG if is_ours(panel, lane) else REGULAR) for lane in lanes
    )
    names += GAP + _count_width(ground, lanes) if panel.n else 0
    left, right = box.left + names + GAP, box.right - _beside_width(ground, lanes)
    above = right - left < (0.36 if box.width > 900 else 0.46) * box.width
    if above:
        left = box.left + 2
    scale = scale_of(panel.x, low, high, ticks, 0.0, 1.0)
    right = left + _widest(ground, lanes, scale, right - left)
    bottom = box.bottom - TICK_DROP - LINE * len(ground.lines(axis_words(panel.x, scale, ticks)))
    step_most = 190.0 if above else 108.0
    spare = max(0.0, bottom - top - step_most * len(lanes))
    # A panel that shares its column starts under its heading; a lone one is centred.
    lift = 0.0 if panel.heading else 0.42
    plot = Box(left, top + spare * lift, right, bottom - spare * (1 - lift))
    scale = scale_of(panel.x, low, high, ticks, round(left * stage.scale) / stage.scale, right)
    step = plot.height / len(lanes)
    drop = min(52.0, step * 0.5) if above else 0.0
    rows = [
        Box(left, plot.top + step * i + drop, right, plot.top + step * (i + 1)) for i in range(len(lanes))
    ]
    return LanePlot(plot, rows, scale, ticks, above)


def _values(panel: Panel, lane: Lane) -> list[float]:
    """The numbers of a lane that the axis has to reach."""
    known = [value for value in lane.values if value is not None]
    if panel.mark == "stacked":
        return [sum(value for value in known if value > 0), sum(value for value in known if value < 0)]
    return known


def _heads(panel: Panel) -> bool:
    """Whether a line of headings stands over the lanes."""
    named = any(series.label for series in panel.series) and len(panel.series) > 1
    return bool(panel.n or panel.beside or panel.bands or named or any(line.label for line in panel.lines))


def _count_width(ground: Ground, lanes: list[Lane]) -> float:
    return max((ground.stage.text_width(lane.n, LABEL, mono=True) for lane in lanes if lane.n), default=0.0)


def _beside_width(ground: Ground, lanes: list[Lane]) -> float:
    beside = ground.panel.beside
    if beside is None:
        return 0.0
    widths = [ground.stage.text_width(lane.beside, LABEL) for lane in lanes if lane.beside]
    return max([ground.stage.text_width(beside.heading, LABEL), *widths]) + GAP


def words_width(ground: Ground, text: str) -> float:
    return ground.stage.text_width(text, LABEL, STRONG, mono=True)


def _widest(ground: Ground, lanes: list[Lane], scale: Scale, room: float) -> float:
    """The axis as long as leaves the last tick and every number at a value inside `room`."""
    width = room - ground.stage.text_width(tick_words(ground.panel.x, [scale.high])[0], LABEL, mono=True) / 2
    for lane in lanes:
        for value, text in zip(lane.values, lane.words, strict=True):
            share = scale.share(value) if value is not None else 0.0
            if text and value is not None and share > 0:
                width = min(width, (room - words_width(ground, text) - RADIUS - 14) / share)
    return max(width, room * 0.4)


def gaps_of(ground: Ground, lane: Lane, row: Box, plot: LanePlot, starts: list[float]) -> list[Gap]:
    """Where a lane's words stand and from when on, for gridlines to stop at."""
    gaps: list[Gap] = []
    if plot.above:
        width = ground.stage.text_width(lane.label, NAME, STRONG)
        width += 34 + ground.stage.text_width(f"n = {lane.n}", LABEL) if lane.n else 0
        gaps.append((Box(plot.box.left - 10, row.top - 36, ground.box.left + width, row.top + 10), 0.0))
    if ground.panel.mark == "stacked":
        return gaps
    for value, text, start in zip(lane.values, lane.words, starts, strict=True):
        if value is not None and text:
            x, width, y = plot.scale.at(value), words_width(ground, text), row.center[1]
            left = x + RADIUS + 14 if value >= 0 else x - RADIUS - 14 - width
            gaps.append((Box(left - 10, y - 26, left + width + 10, y + 26), start + 0.2))
    return gaps


def note_box(ground: Ground, note: Note, lanes: list[Lane], plot: LanePlot) -> Box:
    """Where a note's words stand: right of its row's numbers, or in the middle of the panel."""
    width = ground.stage.text_width(note.text, LABEL)
    for lane, row in zip(lanes, plot.rows, strict=True):
        if lane.name == note.row:
            value = max((v for v in lane.values if v is not None), default=0.0)
            numbers = max((words_width(ground, text) for text in lane.words if text), default=0.0)
            left = plot.scale.at(value) + RADIUS + 14 + numbers + 28
            return Box(left, row.center[1] - 26, left + width, row.center[1] + 26)
    x = plot.box.center[0] if note.x is None else plot.scale.at(float(note.x))
    y = plot.box.center[1]
    return Box(x - width / 2, y - 26, x + width / 2, y + 26)


def is_ours(panel: Panel, lane: Lane) -> bool:
    return lane.role not in (None, "baseline", "muted")
