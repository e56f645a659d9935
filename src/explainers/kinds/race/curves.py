"""Views that are curves: `sparkline`, a run's rate over time, and `latency`, how long its requests waited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

import cairo
import numpy as np

from explainers.compositor.layer import Layer, Note, Rect, Span, TileLayer, blank
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.measures import UNKNOWN, Race, round_up
from explainers.kinds.race.view import View, draw_curve
from explainers.runs.summary import latencies, percentile
from explainers.theme import LABEL
from explainers.timing import linear

if TYPE_CHECKING:
    from explainers.kinds.race.pane import Pen
    from explainers.runs.model import FloatArray, IntArray, Run
    from explainers.stage import Box

POINTS = 240
"""Moments at which the rate is worked out, over the whole race."""
WINDOW_SHARE = 0.06
"""The stretch of time, as a share of the run, over which a rate is taken."""
LEFT_SHARE = 0.4
"""Where the line begins at the least, as a share of the pane's width."""
NUMBER_SIZE = 42.0

PLOT_GAP = 40.0
HEADING, TICKS, HEADING_GAP = 56.0, 46.0, 14.0
"""Room above a plot for its name, below it for its axis, and between name and median, in design units."""
MEDIAN_SIZE = 38.0
STROKE = 4.0
STEP_PX = 3
"""Pixels between two points of a curve."""
MEDIAN_EVERY_S = 0.5
"""Film seconds after which the median is worked out anew: often enough to be seen to move."""
NAMES = ("first token", "next token")
AXIS_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


class SparklineView(View):
    """A run's rate over time, uncovered as the clock runs, with its name and number."""

    height = 82.0

    @classmethod
    def lacks(cls, race: Race, run: Run) -> str | None:
        if rate_name(run, race.params.unit):
            return None
        return "this run holds totals only: a line of its rate over time would be made up"

    def __init__(self, pens: Sequence[Pen]):
        super().__init__(pens)
        self.top_rate = max(float(rates(pen.run, self.clock.until_s)[1].max()) for pen in pens) or 1.0

    def layers(self, pen: Pen, box: Box) -> list[TileLayer]:
        """The name of the rate, its number, and the line; every pane has the same axes, from zero."""
        run, clock, scale = pen.run, self.clock, self.stage.scale
        name, (at_s, rate) = rate_name(run, self.race.params.unit) or "", rates(run, clock.until_s)
        pen.words(name, box.left, box.top + 16, role="muted")
        pen.number(
            "rate",
            lambda s: f"{float(np.interp(s, at_s, rate)):,.0f}" if s > 0 else UNKNOWN,
            box.left,
            box.bottom - 17,
            NUMBER_SIZE,
        )
        text_width = self.stage.text_width(name, LABEL)
        box = box._replace(left=box.left + max(text_width + 28, box.width * LEFT_SHARE))
        left, top, _, _ = pen.pixels(box)
        width, height = box.width * scale, box.height * scale
        tile = blank(round(width), round(height), left, top)
        pad = 3 * scale
        xs = (at_s - clock.from_s) / clock.span_s * width
        ys = height - pad - rate / self.top_rate * (height - 2 * pad)
        shown = xs >= -1
        points = list(zip(xs[shown].tolist(), ys[shown].tolist(), strict=True))
        draw_curve(cairo.Context(tile.surface), points, height, pen.color, 3.5 * scale, cairo.LINE_JOIN_ROUND)
        tile.surface.flush()
        layer = TileLayer(tile, reveal_from="left", note=Note("data", name))
        # The tile spans the whole race, so it is uncovered at the clock's own pace.
        layer.track("reveal").initial = 0.0
        end = (pen.end_s - clock.from_s) / clock.span_s
        layer.track("reveal").to(end, START_S, pen.stop_s - START_S, linear)
        return [layer]


def rate_name(run: Run, unit: str) -> str | None:
    """What the line shows: tokens where their times are known, else finished requests; None for totals."""
    if run.knows_token_times:
        return "tokens / s"
    return f"{unit} / min" if run.knows_finishes else None


def rates(run: Run, until_s: float) -> tuple[FloatArray, FloatArray]:
    """Moments and rates, both of shape (POINTS,); each rate over the WINDOW_SHARE of the run before it."""
    window = run.end_s * WINDOW_SHARE
    at_s = np.linspace(0.0, min(run.end_s, until_s), POINTS)
    before = np.maximum(at_s - window, 0.0)
    count, per = (run.output_tokens_at, 1.0) if run.knows_token_times else (run.completed_at, 60.0)
    return at_s, (count(at_s) - count(before)) / np.maximum(at_s - before, window) * per


@dataclass(frozen=True, eq=False)
class Waits:
    """Waits in seconds in the order in which they ended, at `at_s`; both of shape (n,)."""

    length_s: FloatArray
    at_s: FloatArray

    def grown(self, edges_s: FloatArray, moments_s: FloatArray) -> IntArray:
        """How many waits of at most each edge were over by each moment; shape (moments, edges).

        Both ascend. Every wait is looked at once, however many moments there are.
        """
        row = np.searchsorted(moments_s, self.at_s, side="left")
        column = np.searchsorted(edges_s, self.length_s, side="left")
        kept = (row < moments_s.size) & (column < edges_s.size)
        flat = np.bincount(row[kept] * edges_s.size + column[kept], minlength=moments_s.size * edges_s.size)
        counts = flat.reshape(moments_s.size, edges_s.size)
        return np.asarray(np.cumsum(np.cumsum(counts, axis=0, dtype=np.int64), axis=1))

    def median(self, s: float) -> float | None:
        """The median of the waits that were over by run second `s`; None where none was."""
        return percentile(self.length_s[: int(np.searchsorted(self.at_s, s, side="right"))], 50)


@lru_cache(maxsize=8)
def waits_of(run: Run) -> dict[str, Waits]:
    """A run's waits by name; those that it can't say are left out."""
    known = latencies(run)
    named = (
        (NAMES[0], known.first_token_s, known.first_token_at_s),
        (NAMES[1], known.between_tokens_s, known.between_tokens_at_s),
    )
    found = {}
    for name, length_s, at_s in named:
        if length_s.size:
            order = np.argsort(at_s, kind="stable")
            found[name] = Waits(length_s[order], at_s[order])
    return found


@dataclass(frozen=True)
class Plot:
    """The waits of one name in their box: the whole box, and the part of it that the curve has."""

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


class LatencyView(View):
    """How many of a run's waits were no longer than x, growing as they end."""

    weight = 1.1

    @classmethod
    def meaning(cls, race: Race) -> str:
        return "share of waits no longer than this, as they end"

    @classmethod
    def footnotes(cls, race: Race) -> Sequence[str]:
        return ("curves: share of all waits that were no longer, so far",)

    @classmethod
    def lacks(cls, race: Race, run: Run) -> str | None:
        return None if waits_of(run) else "this run does not say how long any request waited"

    def layers(self, pen: Pen, box: Box) -> list[CurveLayer]:
        found, layers = waits_of(pen.run), []
        for plot in self._plots(box):
            self._axes(pen, plot)
            if waits := found.get(plot.name):
                self._median(pen, plot, waits)
                layers.append(CurveLayer(pen, plot, waits))
        return layers

    def _plots(self, box: Box) -> list[Plot]:
        """The waits that any pane knows, side by side, on axes that all panes share."""
        known: dict[str, list[Waits]] = {}
        for name in NAMES:
            if waits := [each[name] for pen in self.pens if name in (each := waits_of(pen.run))]:
                known[name] = waits
        boxes = box.columns([1] * len(known), PLOT_GAP) if known else []
        return [
            Plot(name, part, axis_end_s(waits))
            for (name, waits), part in zip(known.items(), boxes, strict=True)
        ]

    def _axes(self, pen: Pen, plot: Plot) -> None:
        """The plot's name, and its axes with their ends."""
        stage, area = self.stage, plot.area
        pen.words(plot.name, area.left, plot.box.top + LABEL * 0.5, role="muted")
        for share, role in ((0.0, "muted"), (0.5, stage.theme.line), (1.0, stage.theme.line)):
            y = area.bottom - share * area.height
            stage.line([(area.left, y), (area.right, y)], role, 2, dashed=share == 0.5, z=6)
        unit, per_s = plot.unit
        y = area.bottom + TICKS - LABEL * 0.45
        pen.words("0", area.left, y, role="muted")
        pen.words(f"{plot.axis_end_s * per_s:g} {unit}", area.right, y, role="muted", anchor="right")

    def _median(self, pen: Pen, plot: Plot, waits: Waits) -> None:
        """`p50` and its number in the axis's unit, right of the name; of all waits over by then, exactly."""
        clock, (_, per_s), area = self.clock, plot.unit, plot.area
        y = plot.box.top + LABEL * 0.5

        @cache
        def text_of(moment: float) -> str:
            median = waits.median(moment)
            return UNKNOWN if median is None else three_digits(median * per_s)

        def text_at(s: float) -> str:
            film = np.floor((clock.film(s) - START_S) / MEDIAN_EVERY_S) * MEDIAN_EVERY_S + START_S
            return text_of(s if s >= pen.end_s else clock.at(float(film)))

        room = area.width - self.stage.text_width(plot.name, LABEL) - HEADING_GAP
        number = pen.number_width("00.0", MEDIAN_SIZE)
        # Without its name the number would be any number: where that has no room, there is none.
        if number + self.stage.text_width("p50", LABEL) + 12 <= room:
            pen.number(f"p50 {plot.name}", text_at, area.right, y, MEDIAN_SIZE, "right")
            pen.words("p50", area.right - number - 12, y, role="muted", anchor="right")


def axis_end_s(waits: Sequence[Waits]) -> float:
    """The round end of an axis that shows 99 % of each run's waits."""
    longest = max(float(np.quantile(each.length_s, 0.99)) for each in waits)
    return round_up(longest, AXIS_STEPS, float(10.0 ** np.floor(np.log10(max(longest, 1e-6)))))


def three_digits(value: float) -> str:
    """A wait in the unit of its axis."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


@dataclass(eq=False)
class CurveLayer(Layer):
    """One growing curve. The state is (waits over, row of `counts`)."""

    pen: Pen
    plot: Plot
    waits: Waits
    z: float = 2.0

    def __post_init__(self) -> None:
        area, self.scale = self.plot.area, self.pen.stage.scale
        self.left, self.top, _, _ = self.pen.pixels(area)
        self.width, self.height = round(area.width * self.scale), round(area.height * self.scale)
        self.note: Note | None = Note("data", f"{self.plot.name}, share of waits", color=self.pen.color)

    @cached_property
    def counts(self) -> IntArray:
        """Waits over by each frame, no longer than each point of the axis; shape (frames + 1, points).

        All are worked out at once, when the first frame is wanted.
        """
        fps, clock = self.pen.stage.canvas.fps, self.pen.clock
        frames = int((self.pen.stop_s - START_S) * fps) + 2
        moments = np.minimum([clock.at(START_S + frame / fps) for frame in range(frames)], self.pen.end_s)
        # Frames after the end show the same; ascending moments are needed, equal ones do no harm.
        return self.waits.grown(np.linspace(0.0, self.plot.axis_end_s, self.width // STEP_PX + 1), moments)

    def state(self, t: float) -> tuple[int, int] | None:
        over = self.counts[:, -1]
        row = last = len(over) - 1
        if t < self.pen.stop_s - 1e-9:
            row = min(max(0, int((t - START_S) * self.pen.stage.canvas.fps + 1e-6)), last)
        if row < last:
            # Painted again once the curve may have risen by half a pixel; the last frame is exact.
            step = max(1, self.waits.at_s.size // (2 * self.height))
            row = int(np.searchsorted(over, over[row] // step * step))
        return (int(over[row]), row) if over[row] else None

    def box(self, state: tuple[int, int]) -> Rect:
        reach = max(2, round(STROKE * self.scale))
        right, bottom = self.left + self.width + reach, self.top + self.height + reach
        return Rect(self.left - reach, self.top - reach, right, bottom)

    def paint(self, ctx: cairo.Context, state: tuple[int, int]) -> None:
        shares = self.counts[state[1]] / max(1, self.waits.at_s.size)
        xs = self.left + np.arange(shares.size) * STEP_PX
        points = list(zip(xs.tolist(), (self.top + self.height * (1 - shares)).tolist(), strict=True))
        bottom, width = self.top + self.height, STROKE * self.scale
        ctx.save()
        draw_curve(ctx, points, bottom, self.pen.color, width, cairo.LINE_JOIN_BEVEL)
        ctx.restore()

    def dirty(self, before: tuple[int, int] | None, after: tuple[int, int] | None) -> list[Rect]:
        return [self.box(state) for state in (before, after) if state is not None]

    def spans(self) -> list[Span]:
        return [(START_S, self.pen.stop_s)]
