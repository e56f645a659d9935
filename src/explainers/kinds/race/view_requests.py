"""The view `requests`: a cell for every few requests, full when they are done."""

from __future__ import annotations

import math

from explainers.errors import RenderFailed
from explainers.film.cells import CellsLayer, fitted
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.measures import done, per_cell
from explainers.kinds.race.pen import Pen
from explainers.runs.summary import lost_at
from explainers.stage import Box, Stage
from explainers.theme import mix

LEAST_HEIGHT = 24.0
"""Design units a view of requests needs at the least."""

GAP, GAP_SHARE = 4.5, 0.2
"""Room between cells in design units, at most this share of a cell's side."""
EMPTY_SHARE = 0.42
"""How far an empty cell's colour lies from the panel's towards the theme's line colour."""


def cells_layer(stage: Stage, pen: Pen, box: Box, left: int, top: int) -> CellsLayer:
    """The cells in `box`, in a picture whose corner is at (`left`, `top`) of the frame."""
    run, clock, end_s, scale = pen.run, pen.clock, pen.end_s, stage.scale
    total = run.request_count or 0
    size = per_cell(total)
    if box.height < LEAST_HEIGHT:
        raise RenderFailed("the race's views leave its requests no room in this shape; name fewer views")
    grid = fitted(
        count=-(-total // size),
        left=round(box.left * scale) - left,
        top=round(box.top * scale) - top,
        width=round(box.right * scale) - round(box.left * scale),
        height=round(box.bottom * scale) - round(box.top * scale),
        # Small cells lie closer together, so that they stay cells and do not become dots.
        gap=max(1.0, min(GAP * scale, GAP_SHARE * math.sqrt(box.width * box.height * size / total) * scale)),
    )
    rival, lost = pen.entrant.rival, run.outcomes.lost
    stops_s = max(pen.stops_s, clock.film(min(rival.end_s, clock.until_s)) if rival else 0.0)
    return CellsLayer(
        grid=grid,
        total=total,
        per_cell=size,
        count_at=lambda t: done(run, min(clock.at(t), end_s)),
        rival_at=(lambda t: done(rival, clock.at(t))) if rival else None,
        changes=((START_S, stops_s),),
        lost_at=(lambda t: lost_at(run, min(clock.at(t), end_s))) if lost else None,
        lost=stage.theme.color("warn"),
        full=pen.color,
        empty=mix(stage.theme.panel, stage.theme.line, EMPTY_SHARE),
        outline=stage.theme.color("text"),
        stroke=max(1.0, 3 * scale),
        radius=4 * scale,
    )
