"""Bands and reference lines over a panel's values. Needs Manim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explainers.film.layer import Note as Told
from explainers.kinds.chart.ground import Ground
from explainers.kinds.chart.parts import Band
from explainers.stage import Box, shapes
from explainers.stage.axes import Gap, Scale, gridline
from explainers.theme import LABEL, mix


@dataclass(frozen=True)
class PlacedBand:
    """A band and its box in design units."""

    band: Band
    box: Box


def band_boxes(band: Band, plot: Box, scale: Scale) -> list[PlacedBand]:
    """Where the band lies in the plot."""
    ends = sorted((scale.at(float(band.low)), scale.at(float(band.high))))
    if band.axis == "x":
        return [PlacedBand(band, plot._replace(left=ends[0], right=ends[1]))]
    return [PlacedBand(band, plot._replace(top=ends[0], bottom=ends[1]))]


def draw_bands(ground: Ground, bands: list[PlacedBand], gaps: Sequence[Gap] = ()) -> None:
    """Shades with edges, each named: above it on the x axis, inside at the top right on the y axis.

    Edges stop at `gaps`, where words stand.
    """
    stage = ground.stage
    for one in bands:
        color = stage.theme.color(one.band.role)
        box = stage.snapped(one.box)
        fill = shapes.panel(box, fill=mix(stage.theme.background, color, 0.17), radius=0)
        upright = one.band.axis == "x"
        edges = (
            [[(box.left, box.top), (box.left, box.bottom)], [(box.right, box.top), (box.right, box.bottom)]]
            if upright
            else [
                [(box.left, box.top), (box.right, box.top)],
                [(box.left, box.bottom), (box.right, box.bottom)],
            ]
        )
        when = ground.schedule.at(ground.panel.id, one.band.id)
        shade = stage.mobject(fill, z=0, note=Told("data", one.band.label, color=color, role=one.band.role))
        shade.reveal(when + 0.15, 0.7, "left" if upright else "bottom")
        for order, (start, end) in enumerate(edges):
            line = gridline(stage, start, end, gaps, color=mix(stage.theme.background, color, 0.6))
            line.enter(when + 0.15 + 0.55 * order, dy=0, duration_s=0.2)
        if upright:
            width = stage.text_width(one.band.label, LABEL)
            middle = min(box.center[0], ground.box.right - width / 2)
            words = stage.words(
                one.band.label, middle, box.top - 18, LABEL, role=one.band.role, anchor="center"
            )
        else:
            words = stage.words(
                one.band.label, box.right - 14, box.top + 40, LABEL, role=one.band.role, anchor="right"
            )
        words.enter(when + 0.5, dy=0)


def draw_lines(ground: Ground, plot: Box, scales: Mapping[str, Scale]) -> None:
    """Dashed reference lines, each named at its end."""
    stage = ground.stage
    for line in ground.panel.lines:
        place = scales[line.axis].at(float(line.at))
        upright = line.axis == "x"
        ends = (
            [(place, plot.top - 8), (place, plot.bottom)]
            if upright
            else [(plot.left, place), (plot.right, place)]
        )
        when = ground.schedule.at(ground.panel.id, line.id)
        stage.line(ends, "text", 2.5, dashed=True, z=6).reveal(when + 0.2, 0.5, "top" if upright else "left")
        if line.label and upright:
            words = stage.words(line.label, place, plot.top - 22, LABEL, role="muted", anchor="center")
            words.enter(when + 0.5, dy=0)
        elif line.label:
            words = stage.words(line.label, plot.right, place - 14, LABEL, role="muted", anchor="right")
            words.enter(when + 0.5, dy=0)
