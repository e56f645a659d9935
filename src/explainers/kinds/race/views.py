"""The moving views of the panes: cells and lines as footage, side by side in one buffer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cairo
import numpy as np

from explainers.film.cells import CellsLayer, fitted
from explainers.film.layer import Layer, Note, TileLayer
from explainers.film.picture import Picture
from explainers.film.tile import blank
from explainers.footage.clip_layer import ClipLayer
from explainers.footage.panes import Composed, Pane
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.measures import done, per_cell
from explainers.kinds.race.pane import line_box
from explainers.kinds.race.pen import ENTER_AT_S, ENTER_S, Pen
from explainers.kinds.race.sparkline import rate_name, rates
from explainers.stage import Box, Stage
from explainers.theme import channels, mix
from explainers.timing import ease_out, linear

GAP, GAP_SHARE = 4.5, 0.2
"""Room between cells in design units, at most this share of a cell's side."""
EMPTY_SHARE = 0.42
"""How far an empty cell's colour lies from the panel's towards the theme's line colour."""


def show_views(stage: Stage, pens: Sequence[Pen]) -> None:
    """Every pane's views as a clip of its own, composed in one buffer, on stage as one layer."""
    drawn = [pen for pen in pens if pen.counts or pen.layout.spark]
    if not drawn:
        return
    corners = [_corner(stage, pen) for pen in drawn]
    left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
    top_rate = max(_top_rate(pen) for pen in drawn) or 1.0
    panes = [Pane(_picture(stage, pen, top_rate)) for pen in drawn]
    placed = [(pane, x - left, y - top) for pane, (x, y) in zip(panes, corners, strict=True)]
    size = (
        max(x + int(pane.size[0]) for pane, x, _ in placed),
        max(y + int(pane.size[1]) for pane, _, y in placed),
    )
    layer = ClipLayer(Composed(placed, size), left, top, note=Note("data", "requests done"))
    stage.drawn(layer)
    layer.track("opacity").initial = 0.0
    layer.track("opacity").to(1.0, ENTER_AT_S, ENTER_S, ease_out)


def _corner(stage: Stage, pen: Pen) -> tuple[int, int]:
    view = pen.layout.view
    return round(view.left * stage.scale), round(view.top * stage.scale)


def _picture(stage: Stage, pen: Pen, top_rate: float) -> Picture:
    """The views of one pane as a picture of its own size, on the panel's colour."""
    view = pen.layout.view
    left, top = _corner(stage, pen)
    width, height = round(view.right * stage.scale) - left, round(view.bottom * stage.scale) - top
    background = np.empty((height, width, 4), np.uint8)
    red, green, blue = channels(stage.theme.panel)
    background[:] = (blue, green, red, 255)
    layers: list[Layer] = []
    if pen.counts:
        layers.append(_cells(stage, pen, left, top))
    if pen.layout.spark:
        layers.append(_line(stage, pen, line_box(pen), top_rate, left, top))
    frames = max(1, round(stage.duration_s * stage.canvas.fps))
    return Picture(width, height, stage.canvas.fps, frames, background, tuple(layers))


def _cells(stage: Stage, pen: Pen, left: int, top: int) -> CellsLayer:
    """The request view: a cell for every few requests."""
    run, clock, end_s, scale = pen.run, pen.clock, pen.end_s, stage.scale
    total = run.request_count or 0
    size = per_cell(total)
    box = pen.layout.cells
    grid = fitted(
        count=-(-total // size),
        left=round(box.left * scale) - left,
        top=round(box.top * scale) - top,
        width=round(box.right * scale) - round(box.left * scale),
        height=round(box.bottom * scale) - round(box.top * scale),
        # Small cells lie closer together, so that they stay cells and do not become dots.
        gap=max(1.0, min(GAP * scale, GAP_SHARE * math.sqrt(box.width * box.height * size / total) * scale)),
    )
    rival = pen.entrant.rival
    stops_s = max(pen.stops_s, clock.film(min(rival.end_s, clock.until_s)) if rival else 0.0)
    return CellsLayer(
        grid=grid,
        total=total,
        per_cell=size,
        count_at=lambda t: done(run, min(clock.at(t), end_s)),
        rival_at=(lambda t: done(rival, clock.at(t))) if rival else None,
        changes=((START_S, stops_s),),
        full=pen.color,
        empty=mix(stage.theme.panel, stage.theme.line, EMPTY_SHARE),
        depends=pen.key(),
        outline=stage.theme.color("text"),
        stroke=max(1.0, 3 * scale),
        radius=4 * scale,
    )


def _top_rate(pen: Pen) -> float:
    """The highest rate the pane's line reaches, 0 where there is no line."""
    return float(rates(pen.run, pen.clock.until_s)[1].max()) if pen.layout.spark else 0.0


def _line(stage: Stage, pen: Pen, box: Box, top_rate: float, left: int, top: int) -> TileLayer:
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
