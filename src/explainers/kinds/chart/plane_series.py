"""The series of a panel of lines or dots: when each point comes, and drawing it. Needs Manim."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from explainers.film.layer import Note as Told
from explainers.film.layer import Track
from explainers.kinds.chart.data import Point
from explainers.kinds.chart.ground import (
    ENTER_S,
    Ground,
)
from explainers.kinds.chart.parts import Series
from explainers.stage.axes import Scale
from explainers.stage.curves import Dot, dots_layer, line_layer
from explainers.theme import mix
from explainers.timing import ease_in_out, ease_out

DRAWN_S = 1.5
"""How long a line takes to be drawn."""


POINT_S = 0.35


RADIUS = 11.0


@dataclass(frozen=True)
class Drawn:
    """A series with its points in design units and the seconds at which each comes."""

    series: Series
    points: list[Point]
    places: list[tuple[float, float]]
    times: list[float]
    start_s: float


def timed(ground: Ground, series: Series, points: list[Point], index: int, x: Scale, y: Scale) -> Drawn:
    places = [(x.at(point.x), y.at(point.y)) for point in points]
    same = [ground.schedule.at(ground.panel.id, other.id) for other in ground.panel.series[:index]]
    begin = ground.schedule.at(ground.panel.id, series.id)
    start = begin + ENTER_S + 0.35 * same.count(begin)
    if ground.panel.mark == "line":
        times = [start + DRAWN_S * share for share in _reached(places)]
    else:
        lag = min(0.24, 2.0 / max(1, len(places)))
        times = [start + lag * order for order in range(len(places))]
        times = [
            max(t, ground.schedule.at(point.name) + ENTER_S) for t, point in zip(times, points, strict=True)
        ]
    return Drawn(series, points, places, times, start)


def _reached(places: Sequence[tuple[float, float]]) -> list[float]:
    """When, as a share of the drawing time, a line that is drawn with ease reaches each point."""
    import math

    lengths = [0.0] if places else []
    for a, b in itertools.pairwise(places):
        lengths.append(lengths[-1] + math.dist(a, b))
    times, steps = [], 64
    for length in lengths:
        share = length / lengths[-1] if lengths[-1] else 1.0
        times.append(next((i / steps for i in range(steps) if ease_in_out(i / steps) >= share), 1.0))
    return times


def draw_series(ground: Ground, one: Drawn) -> None:
    stage, series = ground.stage, one.series
    color = stage.theme.color(series.role)
    names = ground.names(series.id)
    note = Told(
        "data", series.label or series.id or "", color=color, over=stage.theme.background, role=series.role
    )
    if ground.panel.mark == "line" and len(one.places) > 1:
        drawn, light = Track(0.0).to(1.0, one.start_s, DRAWN_S, ease_in_out), Track(1.0)
        stage.drawn(line_layer(one.places, stage.scale, color, drawn, light, note=note))
        ground.spot.add(names, light)
    if series.path and len(one.places) > 1:
        span = max(one.times[-1] - one.start_s, 0.1)
        path, light = Track(0.0).to(1.0, one.start_s, span, lambda share: share), Track(1.0)
        faint = mix(stage.theme.background, color, 0.45)
        stage.drawn(line_layer(one.places, stage.scale, faint, path, light, width=4.0, z=3.0))
        ground.spot.add(names, light)
    if ground.panel.mark == "scatter" or series.points or len(one.places) == 1:
        dots = []
        for point, (x, y), when in zip(one.points, one.places, one.times, strict=True):
            light = Track(1.0)
            ground.spot.add([*names, point.name], light)
            dots.append(
                Dot(
                    x,
                    y,
                    Track(0.0).to(1.0, when, POINT_S, ease_out),
                    light,
                    color,
                    point.name in series.hollow,
                )
            )
        radius = RADIUS if len(dots) <= 40 else RADIUS * 0.6
        stage.drawn(dots_layer(dots, stage.scale, radius, stage.theme.background, note=note))
