"""The two axes of a panel of lines or dots. Needs Manim."""

from __future__ import annotations

from explainers.kinds.chart.data import Point, stretch
from explainers.kinds.chart.ground import (
    LINE,
    Ground,
    axis_words,
    marked,
    scale_of,
    tick_words,
    ticks_of,
)
from explainers.kinds.chart.parts import Axis
from explainers.stage import Box
from explainers.stage.axes import TICK_DROP, Scale, break_mark, gridline, ticks_below, ticks_beside
from explainers.theme import LABEL, STRONG

BREAK = 44.0
"""Length of axis before the first value of one that is cut."""


def draw_axes(
    ground: Ground, told: list[list[Point]]
) -> tuple[Box, Scale, Scale, tuple[list[float], list[float]]]:
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
    y_lines = ground.lines(y_words)
    for index, line in enumerate(y_lines):
        ground.still(stage.words(line, box.left, top + LINE * index + 28, LABEL, role="muted"))
    top += LINE * len(y_lines) + 18 if y_lines else 10
    x_words = axis_words(panel.x, scale_of(panel.x, x_low, x_high, x_ticks, 0, 1), x_ticks)
    bottom = box.bottom - TICK_DROP - LINE * len(ground.lines(x_words))
    y_texts, x_texts = tick_words(panel.y, y_ticks), tick_words(panel.x, x_ticks)
    left = box.left + max(stage.text_width(text, LABEL, mono=True) for text in y_texts) + 24
    last = stage.text_width(x_texts[-1], LABEL, mono=True) / 2
    right = box.right - last
    whole = scale_of(panel.x, x_low, x_high, x_ticks, 0, 1)
    for series, points in zip(panel.series, told, strict=True):
        share = whole.share(points[-1].x) if points else 0.0
        if series.label and share > 0:
            # The axis ends where the series' name, right of its last point, still has room.
            room = box.right - left - stage.text_width(series.label, LABEL, STRONG) - 22
            right = min(right, left + max(room / share, 0.3 * box.width))
    plot = Box(left, top, right, bottom)
    # A cut axis has a stretch before its first value, in which the mark stands.
    cut = [
        BREAK * marked(axis, Scale(min(ticks), max(ticks), 0, 1))
        for axis, ticks in ((panel.x, x_ticks), (panel.y, y_ticks))
    ]
    x = scale_of(panel.x, x_low, x_high, x_ticks, plot.left + cut[0], plot.right)
    y = scale_of(panel.y, y_low, y_high, y_ticks, plot.bottom - cut[1], plot.top)
    ground.still(
        ticks_below(stage, x, x_ticks, x_texts, plot.bottom),
        ticks_beside(stage, y, y_ticks, y_texts, plot.left),
    )
    ground.label_below(x_words, plot, plot.bottom)
    _break_marks(ground, panel.x, panel.y, x, y, plot)
    return plot, x, y, (x_ticks, y_ticks)


def _break_marks(ground: Ground, x_axis: Axis, y_axis: Axis, x: Scale, y: Scale, plot: Box) -> None:
    if marked(x_axis, x):
        ground.still(break_mark(ground.stage, plot.left + BREAK / 2, plot.bottom, upright=False))
    if marked(y_axis, y):
        # A whole axis has no line of its own: its zero is the baseline. A cut one needs it, for the mark.
        line = gridline(ground.stage, (plot.left, plot.bottom), (plot.left, plot.top), strong=True)
        ground.still(line, break_mark(ground.stage, plot.left, plot.bottom - BREAK / 2, upright=True))
