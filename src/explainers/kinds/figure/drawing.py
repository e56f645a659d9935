"""The picture of a figure: a sheet, the figure on it, covers that go, and what points into it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import cairo
from explainers.footage.clip_layer import ClipLayer
from explainers.kinds.figure.params import Params
from explainers.kinds.figure.source import REVEAL_S, Figure, area_in, figure_of, own_of, part_of

from explainers.film.layer import DrawnLayer, Note, Rect, Track
from explainers.kinds.base import ShotPlan
from explainers.kinds.capture import marks
from explainers.kinds.capture.drawing import ENTER_AT_S, ENTER_S, LINE_RISE
from explainers.kinds.capture.layout import centered, room
from explainers.kinds.capture.source import ZOOM_S
from explainers.stage import Box, Stage, shapes
from explainers.theme import LABEL, STRONG, channels
from explainers.timing import ease_in_out, ease_out

PADDING = 26.0
"""Around the figure on its sheet, in design units."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    params: Params = shot.params
    figure = figure_of(params, shot)
    pad = round(PADDING * stage.scale)
    area = room(shot, header=params.label is not None).area
    pane = centered(Rect(area.left + pad, area.top + pad, area.right - pad, area.bottom - pad), figure.aspect)
    place = marks.Placed(pane, figure.views, stage.scale)
    show(stage, figure, pane)
    if params.label:
        stage.words(
            params.label, place.box.left - PADDING, place.box.top - PADDING - LINE_RISE, LABEL, STRONG
        )
    _covers(stage, figure, place)
    _point(shot, stage, figure, place)


def show(stage: Stage, figure: Figure, pane: Rect) -> None:
    """The sheet and the figure on it."""
    sheet = Box(*(edge / stage.scale for edge in pane)).inset(-PADDING)
    fill = shapes.panel(stage.snapped(sheet), stage.theme.line, figure.ground, 10, 2)
    stage.mobject(fill, z=4).enter(ENTER_AT_S, dy=0, duration_s=ENTER_S)
    clip = figure.clip((pane.right - pane.left, pane.bottom - pane.top))
    layer = ClipLayer(clip, pane.left, pane.top, note=Note("picture", "figure", role="figure"))
    stage.drawn(layer)
    layer.track("opacity").initial = 0.0
    layer.track("opacity").to(1.0, ENTER_AT_S, ENTER_S, ease_out)


def _covers(stage: Stage, figure: Figure, place: marks.Placed) -> None:
    """Sheet-coloured covers over what has not appeared yet; they follow the window."""
    pane, ground = place.pane, [value / 255 for value in channels(figure.ground)]
    for one in figure.hidden:
        cover = Track(1.0).to(0.0, one.from_s + 0.1, REVEAL_S, ease_in_out)

        def look(t: float, cover: Track = cover, area: Any = one.area) -> Hashable | None:
            strength = round(cover.at(t), 3) if t > ENTER_AT_S else 0.0
            if strength <= 0.001:
                return None
            box = place.area(area, t)
            return strength, *(round(edge * stage.scale, 2) for edge in box)

        def box_of(state: Any) -> Rect:
            left, top, right, bottom = state[1:]
            return Rect(int(left) - 1, int(top) - 1, int(right) + 2, int(bottom) + 2).cut(pane)

        def paint(ctx: cairo.Context, state: Any) -> None:
            strength, left, top, right, bottom = state
            ctx.rectangle(left, top, right - left, bottom - top)
            ctx.set_source_rgba(ground[0], ground[1], ground[2], strength)
            ctx.fill()

        moving = [(view.start_s, view.end_s) for view in figure.views if view.moves]
        spans = [(0.0, ENTER_AT_S + 0.1), *cover.spans(), *moving]
        stage.drawn(DrawnLayer(look, box_of, paint, lambda spans=spans: spans, z=6))  # type: ignore[misc]


def _point(shot: ShotPlan, stage: Stage, figure: Figure, place: marks.Placed) -> None:
    params: Params = shot.params
    for beat in shot.beats:
        own = own_of(beat)
        start = beat.start_s + (min(ZOOM_S, beat.duration_s) if own.zoom is not None else 0.15)
        end = beat.end_s
        if own.spotlight is not None:
            area = part_of(own.spotlight, params, figure.art)
            marks.spotlight(stage, place.pane, place.area(area, start + 1e-3), start, end)
        for part in own.box:
            marks.outline(stage, place.area(part_of(part, params, figure.art), start + 1e-3), start, end)
        for one in own.callout:
            sx, sy = area_in(
                figure.art, (*one.point, 1.0, 1.0) if max(one.point) <= 1 else (*one.point, 2.0, 2.0)
            )[:2]
            marks.callout(stage, one, place.point(sx, sy, start + 1e-3), place.box, start, end)
