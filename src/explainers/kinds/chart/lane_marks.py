"""What is drawn in a lane: dots with stems, or bars on end of each other. Needs Manim."""

from __future__ import annotations

from explainers.facts.numbers import written
from explainers.film.layer import Note as Told
from explainers.film.layer import Track
from explainers.kinds.chart.data import Lane
from explainers.kinds.chart.ground import (
    Ground,
)
from explainers.kinds.chart.lane_plot import RADIUS, LanePlot
from explainers.kinds.chart.parts import Series
from explainers.stage import Box
from explainers.stage.curves import Dot, dots_layer, line_layer
from explainers.stage.marks import bar_layer, plated_number
from explainers.theme import LABEL, STRONG, contrast
from explainers.timing import ease_in_out, ease_out

GROW_S, POINT_S = 1.2, 0.35


def _color(ground: Ground, role: str, solid: bool) -> str:
    """A role's colour; large areas of the baseline are quiet."""
    theme = ground.stage.theme
    return theme.fill(role) if role == "baseline" and solid else theme.color(role)


def draw_dots(ground: Ground, lane: Lane, row: Box, plot: LanePlot, starts: list[float]) -> None:
    stage, panel = ground.stage, ground.panel
    y = round(row.center[1] * stage.scale) / stage.scale
    known = [plot.scale.at(value) for value in lane.values if value is not None]
    if len(known) > 1:
        tie, light = Track(0.0).to(1.0, max(starts), POINT_S, ease_out), Track(1.0)
        stage.drawn(
            line_layer(
                [(min(known), y), (max(known), y)],
                stage.scale,
                stage.theme.line,
                tie,
                light,
                width=4.0,
                z=3.0,
            )
        )
        ground.spot.add(ground.names(lane.name), light)
    for series, value, text, begin in zip(panel.series, lane.values, lane.words, starts, strict=True):
        if value is None:
            continue
        x = plot.scale.at(value)
        role = lane.role or series.role
        color, names = _color(ground, role, False), ground.names(lane.name, series.id)
        if panel.stems and not plot.scale.cut and not plot.scale.log and len(panel.series) == 1:
            stem, light = Track(0.0).to(1.0, begin, POINT_S, ease_out), Track(1.0)
            stage.drawn(
                line_layer([(plot.scale.at(0), y), (x, y)], stage.scale, color, stem, light, width=4.0, z=3.0)
            )
            ground.spot.add(names, light)
        light = Track(1.0)
        dot = Dot(
            x, y, Track(0.0).to(1.0, begin + 0.1, POINT_S, ease_out), light, color, lane.name in series.hollow
        )
        note = Told("data", lane.label, color=color, over=stage.theme.background, role=role)
        stage.drawn(dots_layer([dot], stage.scale, RADIUS, stage.theme.background, note=note))
        ground.spot.add(names, light)
        if text:
            side = ("left", x + RADIUS + 14) if value >= 0 else ("right", x - RADIUS - 14)
            words = stage.middle(text, side[1], y, LABEL, weight=STRONG, anchor=side[0], mono=True)
            ground.spot.add(names, words.enter(begin + 0.2, dy=0))


def draw_stack(ground: Ground, lane: Lane, row: Box, plot: LanePlot, starts: list[float]) -> None:
    stage, panel = ground.stage, ground.panel
    thick = min(88.0, row.height * 0.7)
    middle, at = row.center[1], {True: 0.0, False: 0.0}
    for series, value, text, begin in zip(panel.series, lane.values, lane.words, starts, strict=True):
        if not value:
            continue
        base = at[value > 0]
        at[value > 0] += value
        ends = sorted((plot.scale.at(base), plot.scale.at(base + value)))
        box = Box(ends[0], middle - thick / 2, ends[1], middle + thick / 2)
        role = lane.role or series.role
        color, names = _color(ground, role, True), ground.names(lane.name, series.id)
        grow, light = Track(0.0).to(1.0, begin, GROW_S, ease_in_out), Track(1.0)
        alone = len(panel.series) == 1
        note = Told(
            "data",
            f"{lane.label} {series.label or ''}".strip(),
            color=color,
            over=stage.theme.background,
            role=role,
        )
        stage.drawn(
            bar_layer(
                box,
                stage.scale,
                color,
                stage.theme.background,
                grow,
                light,
                3.0,
                8.0 if alone else 3.0,
                value < 0,
                note,
            )
        )
        ground.spot.add(names, light)
        if text and alone:
            _riding(ground, series, text, value, box, grow, light, begin)
        elif text and stage.text_width(text, LABEL, STRONG, mono=True) < box.width - 20:
            inside = max(
                (stage.theme.background, stage.theme.color("text")), key=lambda one: contrast(one, color)
            )
            words = stage.middle(text, *box.center, LABEL, weight=STRONG, role=inside, mono=True, over=color)
            ground.spot.add(names, words.enter(begin + GROW_S * 0.7, dy=0))


def _riding(
    ground: Ground, series: Series, text: str, value: float, box: Box, grow: Track, light: Track, start: float
) -> None:
    """The number on a single bar's end, counting as the bar grows."""
    stage, style = ground.stage, ground.stage.style(LABEL, STRONG, "text", mono=True)
    spec = (series.values.format if series.values else None) or ground.panel.x.format
    own = series.values is not None and series.values.value is not None
    before = series.values.before or "" if series.values else ""
    baseline = box.center[1] + 0.365 * LABEL

    def text_at(t: float) -> tuple[str, float, float, float] | None:
        if t < start:
            return None
        share = grow.at(t)
        shown = text if own or share >= 1 else before + written(value * share, spec)
        x = box.left + box.width * share + 18 if value > 0 else box.right - box.width * share - 18
        return shown, x, baseline, min(1.0, (t - start) / 0.2) * light.at(t)

    def spans() -> list[tuple[float, float]]:
        return [(start, start + GROW_S), *light.spans()]

    note = Told("text", text, LABEL, style.color, stage.theme.background, "text")
    anchor = "left" if value > 0 else "right"
    stage.drawn(
        plated_number(text_at, style, stage.scale, spans, stage.theme.background, anchor=anchor, note=note)
    )
