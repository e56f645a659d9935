"""The moving views of the panes: cells and lines as footage, side by side in one buffer."""

from __future__ import annotations

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
from explainers.kinds.race.pane import PanePainter
from explainers.kinds.race.sparkline import rate_name, rates
from explainers.stage import Box, Stage
from explainers.stage.handle import Handle
from explainers.theme import channels, mix
from explainers.timing import linear

EMPTY_SHARE = 0.42
"""How far an empty cell's colour lies from the panel's towards the theme's line colour."""


def show_views(stage: Stage, painters: Sequence[PanePainter], enter_s: float, duration_s: float) -> None:
    """Every pane's views as a clip of its own, composed in one buffer, on stage as one layer."""
    drawn = [painter for painter in painters if painter.counts or painter.layout.spark]
    if not drawn:
        return
    corners = [_corner(stage, painter) for painter in drawn]
    left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
    top_rate = max((painter.top_rate for painter in drawn), default=0.0) or 1.0
    panes = [Pane(_picture(stage, painter, top_rate)) for painter in drawn]
    placed = [(pane, x - left, y - top) for pane, (x, y) in zip(panes, corners, strict=True)]
    size = max(x + int(pane.size[0]) for pane, x, _ in placed), max(y + int(pane.size[1]) for pane, _, y in placed)
    layer = ClipLayer(Composed(placed, size), left, top, note=Note("data", "requests done"))
    stage.drawn(layer)
    Handle({"plain": layer}, painters[0].box, stage.scale, "plain").enter(enter_s, dy=0, duration_s=duration_s)


def _corner(stage: Stage, painter: PanePainter) -> tuple[int, int]:
    view = painter.layout.view
    return round(view.left * stage.scale), round(view.top * stage.scale)


def _picture(stage: Stage, painter: PanePainter, top_rate: float) -> Picture:
    """The views of one pane as a picture of its own size, on the panel's colour."""
    view = painter.layout.view
    left, top = _corner(stage, painter)
    width, height = round(view.right * stage.scale) - left, round(view.bottom * stage.scale) - top
    background = np.empty((height, width, 4), np.uint8)
    red, green, blue = channels(stage.theme.panel)
    background[:] = (blue, green, red, 255)
    layers: list[Layer] = []
    if painter.counts:
        layers.append(_cells(stage, painter, left, top))
    if painter.layout.spark:
        layers.append(_line(stage, painter, painter.line_box(), top_rate, left, top))
    frames = max(1, round(stage.duration_s * stage.canvas.fps))
    return Picture(width, height, stage.canvas.fps, frames, background, tuple(layers))


def _cells(stage: Stage, painter: PanePainter, left: int, top: int) -> CellsLayer:
    """The request view: a cell for every few requests."""
    run, clock, end_s, scale = painter.run, painter.clock, painter.end_s, stage.scale
    total = run.request_count or 0
    size = per_cell(total)
    box = painter.layout.cells
    grid = fitted(
        count=-(-total // size),
        left=round(box.left * scale) - left,
        top=round(box.top * scale) - top,
        width=round(box.right * scale) - round(box.left * scale),
        height=round(box.bottom * scale) - round(box.top * scale),
        gap=max(1.0, 4.5 * scale),
    )
    rival = painter.rival
    stops_s = max(painter.stops_s, clock.film(min(rival.end_s, clock.until_s)) if rival else 0.0)
    return CellsLayer(
        grid=grid,
        total=total,
        per_cell=size,
        count_at=lambda t: done(run, min(clock.at(t), end_s)),
        rival_at=(lambda t: done(rival, clock.at(t))) if rival else None,
        changes=((START_S, stops_s),),
        full=painter.color,
        empty=mix(stage.theme.panel, stage.theme.line, EMPTY_SHARE),
        depends=painter.key(),
        outline=stage.theme.color("text"),
        stroke=max(1.0, 3 * scale),
        radius=4 * scale,
    )


def _line(stage: Stage, painter: PanePainter, box: Box, top_rate: float, left: int, top: int) -> TileLayer:
    """The rate over time, uncovered as the clock runs; every pane has the same axes, from zero."""
    run, clock, scale = painter.run, painter.clock, stage.scale
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
    red, green, blue = (channel / 255 for channel in channels(painter.color))
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
    layer = TileLayer(tile, reveal_from="left", note=Note("data", rate_name(run, painter.params.unit) or ""))
    # The tile spans the whole race, so it is uncovered at the clock's own pace.
    layer.track("reveal").initial = 0.0
    layer.track("reveal").to((painter.end_s - clock.from_s) / span, START_S, painter.stops_s - START_S, linear)
    return layer
