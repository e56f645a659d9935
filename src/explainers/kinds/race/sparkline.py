"""The view `sparkline`: a run's rate over time, uncovered as the clock runs, with its name and number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cairo
import numpy as np

from explainers.compositor.layer import Note, TileLayer, blank
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.measures import UNKNOWN, Race
from explainers.kinds.race.view import View, draw_curve
from explainers.theme import LABEL
from explainers.timing import linear

if TYPE_CHECKING:
    from explainers.kinds.race.pane import Pen
    from explainers.runs.model import FloatArray, Run
    from explainers.stage import Box

POINTS = 240
"""Moments at which the rate is worked out, over the whole race."""
WINDOW_SHARE = 0.06
"""The stretch of time, as a share of the run, over which a rate is taken."""
LEFT_SHARE = 0.4
"""Where the line begins at the least, as a share of the pane's width."""
NUMBER_SIZE = 42.0


class SparklineView(View):
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
