"""The moving views of the panes as footage, side by side in one buffer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explainers.film.layer import Layer, Note
from explainers.film.picture import Picture
from explainers.footage.clips import ClipLayer, Composed, Pane
from explainers.kinds.race.legend import ROW, draw_legend
from explainers.kinds.race.pane import line_box
from explainers.kinds.race.pen import ENTER_AT_S, ENTER_S, Pen
from explainers.kinds.race.view_lanes import LaneScale, lane_layers, lane_legend, lane_scale
from explainers.kinds.race.view_latency import curve_layers, draw_axes, plots
from explainers.kinds.race.view_line import line_layer, top_rate
from explainers.kinds.race.view_requests import cells_layer
from explainers.kinds.race.view_stream import stream_layer, stream_legend
from explainers.kinds.race.written import request_of, row_of, written_of
from explainers.stage import Box, Stage
from explainers.theme import channels
from explainers.timing import ease_out


def show_views(stage: Stage, pens: Sequence[Pen]) -> None:
    """Every pane's views as a clip of its own, composed in one buffer, on stage as one layer."""
    drawn = [(pen, view) for pen in pens if (view := pen.layout.view)]
    if not drawn:
        return
    drawing = Drawing(stage, pens)
    corners = [(round(view.left * stage.scale), round(view.top * stage.scale)) for _, view in drawn]
    left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
    panes = [
        Pane(drawing.picture(pen, view, *corner)) for (pen, view), corner in zip(drawn, corners, strict=True)
    ]
    placed = [(pane, x - left, y - top) for pane, (x, y) in zip(panes, corners, strict=True)]
    size = (
        max(x + int(pane.size[0]) for pane, x, _ in placed),
        max(y + int(pane.size[1]) for pane, _, y in placed),
    )
    layer = ClipLayer(Composed(placed, size), left, top, note=Note("data", "requests done"))
    stage.drawn(layer)
    layer.track("opacity").initial = 0.0
    layer.track("opacity").to(1.0, ENTER_AT_S, ENTER_S, ease_out)


class Drawing:
    """Draws the views of panes that share their scales."""

    def __init__(self, stage: Stage, pens: Sequence[Pen]):
        self.stage, self.pens = stage, pens
        self.top_rate = max(top_rate(pen) for pen in pens) or 1.0

    def picture(self, pen: Pen, view: Box, left: int, top: int) -> Picture:
        """The views of one pane as a picture of its own size, on the panel's colour."""
        stage = self.stage
        width, height = round(view.right * stage.scale) - left, round(view.bottom * stage.scale) - top
        background = np.empty((height, width, 4), np.uint8)
        red, green, blue = channels(stage.theme.panel)
        background[:] = (blue, green, red, 255)
        layers: list[Layer] = []
        for name, box in pen.layout.pictures.items():
            layers += getattr(self, f"_{name}")(pen, box, left, top)
        if pen.layout.spark:
            layers.append(line_layer(stage, pen, line_box(pen), self.top_rate, left, top))
        frames = max(1, round(stage.duration_s * stage.canvas.fps))
        return Picture(width, height, stage.canvas.fps, frames, background, tuple(layers))

    def _requests(self, pen: Pen, box: Box, left: int, top: int) -> list[Layer]:
        return [cells_layer(self.stage, pen, box, left, top)] if pen.run.request_count else []

    def _lanes(self, pen: Pen, box: Box, left: int, top: int) -> list[Layer]:
        above = box._replace(bottom=box.bottom - ROW)
        scale = self._lane_scale(above)
        draw_legend(pen, box, *lane_legend(self.stage, pen, scale))
        return lane_layers(self.stage, pen, above, scale, left, top)

    def _lane_scale(self, box: Box) -> LaneScale:
        return lane_scale(self.stage, self.pens, box)

    def _stream(self, pen: Pen, box: Box, left: int, top: int) -> list[Layer]:
        runs = {one.entrant.pane.run: one.run for one in self.pens}
        request = request_of(pen.params, runs)
        text = written_of(pen.run, row_of(pen.run, request)) if request is not None else None
        if text is None:
            return []
        pen.words(f"request {text.request}", box.left, box.top + 18, role="muted")
        # All panes have room for the legend, so that their lines stand side by side.
        above = box._replace(bottom=box.bottom - ROW)
        if entries := stream_legend(self.stage, text):
            draw_legend(pen, box, entries)
        return [stream_layer(self.stage, pen, above, text, left, top)]

    def _latency(self, pen: Pen, box: Box, left: int, top: int) -> list[Layer]:
        shown = plots(self.pens, box)
        own = {(plot.name, plot.axis_end_s): plot for plot in shown}
        for plot in own.values():
            draw_axes(pen, plot)
        return curve_layers(self.stage, pen, shown, left, top)
