"""The view `latency`: how many of a run's waits were no longer than x, growing as they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cairo
import numpy as np

from explainers.film.layer import DrawnLayer, Layer, Note, Rect
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.measures import UNKNOWN
from explainers.kinds.race.pen import ENTER_AT_S, Pen
from explainers.kinds.race.waits import NAMES, Waits, axis_end_s, waits_of
from explainers.stage import Box, Stage
from explainers.theme import LABEL, channels

PLOT_GAP = 40.0
HEADING, TICKS, HEADING_GAP = 56.0, 46.0, 14.0
"""Room above a plot for its name, below it for its axis, and between name and median, in design units."""
MIDDLE_SIZE = 38.0
STROKE = 4.0
STEP_PX = 3
"""Pixels between two points of a curve."""
MIDDLE_EVERY_S = 0.5
"""Film seconds after which the median is worked out anew: often enough to be seen to move."""


@dataclass(frozen=True)
class Plot:
    """One of the waits in its box: the whole box, and the part of it that the curve has."""

    name: str
    box: Box
    axis_end_s: float

    @property
    def area(self) -> Box:
        return self.box._replace(top=self.box.top + HEADING, bottom=self.box.bottom - TICKS)

    @property
    def unit(self) -> tuple[str, float]:
        """The unit of the axis, and how many of it are a second."""
        return ("ms", 1000.0) if self.axis_end_s < 1 else ("s", 1.0)


def plots(pens: Sequence[Pen], box: Box) -> list[Plot]:
    """The waits that any pane knows, side by side, on axes that all panes share."""
    known = [name for name in NAMES if any(name in waits_of(pen.run) for pen in pens)]
    boxes = box.columns([1] * len(known), PLOT_GAP) if known else []
    found = []
    for name, own in zip(known, boxes, strict=True):
        waits = [waits_of(pen.run)[name] for pen in pens if name in waits_of(pen.run)]
        found.append(Plot(name, own, axis_end_s(waits)))
    return found


def draw_axes(pen: Pen, plot: Plot) -> None:
    """Name, axes with their ends, and the median so far: all that does not move."""
    stage, area, theme = pen.stage, plot.area, pen.stage.theme
    pen.words(plot.name, area.left, plot.box.top + LABEL * 0.5, role="muted")
    for share in (0.0, 0.5, 1.0):
        y = area.bottom - share * area.height
        strong = "muted" if share == 0 else theme.line
        stage.line([(area.left, y), (area.right, y)], strong, 2, dashed=share == 0.5, z=6).enter(
            ENTER_AT_S, dy=0
        )
    unit, per_s = plot.unit
    y = area.bottom + TICKS - LABEL * 0.45
    pen.words("0", area.left, y, LABEL, role="muted")
    pen.words(f"{plot.axis_end_s * per_s:g} {unit}", area.right, y, LABEL, role="muted", anchor="right")
    waits = waits_of(pen.run).get(plot.name)
    if waits is not None:
        _median(pen, plot, waits)


def _median(pen: Pen, plot: Plot, waits: Waits) -> None:
    """`p50` and its number in the axis's unit, right of the name; of all waits over by then, exactly."""
    _, per_s = plot.unit
    y, area = plot.box.top + LABEL * 0.5, plot.area
    memory: dict[float, str] = {}

    def text_at(s: float) -> str:
        # The same few moments are asked for again and again, frame after frame.
        clock = pen.clock
        film = np.floor((clock.film(s) - START_S) / MIDDLE_EVERY_S) * MIDDLE_EVERY_S + START_S
        moment = s if s >= pen.end_s else clock.at(float(film))
        if moment not in memory:
            middle = waits.middle(moment)
            memory[moment] = UNKNOWN if middle is None else _short(middle * per_s)
        return memory[moment]

    room = area.width - pen.stage.text_width(plot.name, LABEL) - HEADING_GAP
    number = pen.number_width("00.0", MIDDLE_SIZE)
    words = pen.stage.text_width("p50", LABEL) + 12
    # Without its name the number would be any number: where that has no room, there is none.
    if number + words <= room:
        pen.number(f"p50 {plot.name}", text_at, area.right, y, MIDDLE_SIZE, "right")
        pen.words("p50", area.right - number - 12, y, role="muted", anchor="right")


def _short(value: float) -> str:
    """Three digits, however large."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def curve_layers(stage: Stage, pen: Pen, plots: Sequence[Plot], left: int, top: int) -> list[Layer]:
    """The curves of a pane, in a picture whose corner is at (`left`, `top`) of the frame."""
    found = waits_of(pen.run)
    return [
        _Curve(stage, pen, plot, found[plot.name], left, top).layer() for plot in plots if plot.name in found
    ]


class _Curve:
    """One growing curve. Every frame's counts are worked out at once, when the first one is asked for."""

    def __init__(self, stage: Stage, pen: Pen, plot: Plot, waits: Waits, left: int, top: int):
        self.stage, self.pen, self.plot, self.waits = stage, pen, plot, waits
        area, scale = plot.area, stage.scale
        self.left, self.top = round(area.left * scale) - left, round(area.top * scale) - top
        self.width, self.height = round(area.width * scale), round(area.height * scale)
        self.reach = max(2, round(STROKE * scale))

    def layer(self) -> DrawnLayer:
        spans = [(START_S, self.pen.stops_s)]
        note = Note("data", f"{self.plot.name}, share of waits", color=self.pen.color)
        return DrawnLayer(self._look, self._box, self._draw, lambda: spans, z=2.0, note=note)

    @cached_property
    def counts(self) -> np.ndarray:
        """Waits over by each frame, no longer than each point of the axis; shape (frames + 1, points)."""
        fps = self.stage.canvas.fps
        frames = int((self.pen.stops_s - START_S) * fps) + 2
        clock, end_s = self.pen.clock, self.pen.end_s
        moments = np.minimum(clock.from_s + np.arange(frames) / fps * clock.speed, end_s)
        edges = np.linspace(0.0, self.plot.axis_end_s, self.width // STEP_PX + 1)
        # Frames after the end show the same; ascending moments are needed, equal ones do no harm.
        return self.waits.grown(edges, moments)

    def _row(self, t: float) -> int:
        last = self.counts.shape[0] - 1
        if t >= self.pen.stops_s - 1e-9:
            return last
        return min(max(0, int((t - START_S) * self.stage.canvas.fps + 1e-6)), last)

    def _look(self, t: float) -> tuple[int, int] | None:
        row, known = self._row(t), self.counts[:, -1]
        if row < len(known) - 1:
            # Painted again once the curve may have risen by half a pixel; the last frame is exact.
            step = max(1, self.waits.at_s.size // (2 * self.height))
            row = int(np.searchsorted(known, known[row] // step * step))
        return (int(known[row]), row) if known[row] else None

    def _box(self, state: Any) -> Rect:
        reach = self.reach
        return Rect(
            self.left - reach,
            self.top - reach,
            self.left + self.width + reach,
            self.top + self.height + reach,
        )

    def _draw(self, ctx: cairo.Context, state: Any) -> None:
        shares = self.counts[state[1]] / max(1, self.waits.at_s.size)
        xs = (self.left + np.arange(shares.size) * STEP_PX).tolist()
        ys = (self.top + self.height * (1 - shares)).tolist()
        red, green, blue = (channel / 255 for channel in channels(self.pen.color))
        ctx.move_to(xs[0], self.top + self.height)
        for x, y in zip(xs, ys, strict=True):
            ctx.line_to(x, y)
        ctx.line_to(xs[-1], self.top + self.height)
        ctx.set_source_rgba(red, green, blue, 0.16)
        ctx.fill()
        for x, y in zip(xs, ys, strict=True):
            ctx.line_to(x, y)
        ctx.set_source_rgb(red, green, blue)
        ctx.set_line_width(STROKE * self.stage.scale)
        ctx.set_line_join(cairo.LINE_JOIN_BEVEL)
        ctx.stroke()
