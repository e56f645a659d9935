"""The view `sparkline`: the rate over time, uncovered as the clock runs."""

from __future__ import annotations

import cairo

from explainers.film.layer import Note, TileLayer, blank
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.pen import Pen
from explainers.kinds.race.sparkline import rate_name, rates
from explainers.stage import Box, Stage
from explainers.theme import channels
from explainers.timing import linear


def top_rate(pen: Pen) -> float:
    """The highest rate the pane's line reaches, 0 where there is no line."""
    return float(rates(pen.run, pen.clock.until_s)[1].max()) if pen.layout.spark else 0.0


def line_layer(stage: Stage, pen: Pen, box: Box, top_rate: float, left: int, top: int) -> TileLayer:
    """The rate over time, uncovered as the clock runs; every pane has the same axes, from zero."""
    run, clock, scale = pen.run, pen.clock, stage.scale
    at_s, rate = rates(run, clock.until_s)
    width, height = (box.right - box.left) * scale, (box.bottom - box.top) * scale
    tile = blank(round(width), round(height), round(box.left * scale) - left, round(box.top * scale) - top)
    ctx = cairo.Context(tile.surface)
    span = clock.until_s - clock.from_s
    pad = 3 * scale
    xs = (at_s - clock.from_s) / span * width
    ys = height - pad - rate / top_rate * (height - 2 * pad)
    kept = xs >= -1
    points = list(zip(xs[kept].tolist(), ys[kept].tolist(), strict=True))
    red, green, blue = (channel / 255 for channel in channels(pen.color))
    ctx.move_to(points[0][0], height)
    for x, y in [*points, (points[-1][0], height)]:
        ctx.line_to(x, y)
    ctx.set_source_rgba(red, green, blue, 0.16)
    ctx.fill()
    for x, y in points:
        ctx.line_to(x, y)
    ctx.set_source_rgb(red, green, blue)
    ctx.set_line_width(3.5 * scale)
    ctx.set_line_join(cairo.LINE_JOIN_ROUND)
    ctx.stroke()
    tile.surface.flush()
    layer = TileLayer(tile, reveal_from="left", note=Note("data", rate_name(run, pen.params.unit) or ""))
    # The tile spans the whole race, so it is uncovered at the clock's own pace.
    layer.track("reveal").initial = 0.0
    layer.track("reveal").to((pen.end_s - clock.from_s) / span, START_S, pen.stops_s - START_S, linear)
    return layer
