"""Where the things of a bars shot are. Needs Manim, to measure words."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.facts.numbers import written
from explainers.kinds.bars.params import Params
from explainers.kinds.bars.rows import Row
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage
from explainers.stage.axes import TICK_DROP, Scale, nice_ticks
from explainers.stage.chrome import body_over
from explainers.stage.marks import number_width
from explainers.theme import LABEL, REGULAR, STRONG

NAME, NUMBER = 40.0, 42.0
"""Sizes of the bars' names and numbers."""


RIDE = 20.0
"""From a bar's end to its number."""


LABEL_GAP = 36.0
"""From a name to the axis."""


THICKEST = 120.0


ROOMY = 130.0
"""Height of a row from which on there is room for a name over its bar."""


@dataclass(frozen=True)
class Plot:
    """Where things are: the box of the bars, each bar's lane, the scale. `above`: names stand over bars."""

    box: Box
    lanes: list[Box]
    ticks: list[float]
    scale: Scale
    above: bool


def plot_of(shot: ShotPlan, stage: Stage, rows: list[Row]) -> Plot:
    params: Params = shot.params
    body, safe = body_over(stage, shot), stage.safe
    top_value = max(row.value + row.error for row in rows)
    if params.reference:
        top_value = max(top_value, float(params.reference.at))
    ticks = nice_ticks(0.0, float(params.axis_max or top_value), 4 if stage.width > 1300 else 3)
    names = max(stage.text_width(row.bar.label, NAME, STRONG if row.ours else REGULAR) for row in rows)
    names = max(names, stage.text_width(params.unit, LABEL))
    left, above = safe.left + names + LABEL_GAP, False
    right = safe.right - (beside_width(stage, params, rows) + 56 if params.beside else 0)
    if right - left < 0.5 * safe.width and body.height / len(rows) > ROOMY:
        left, above = safe.left + 2, True
    right = left + _widest(stage, params, rows, right - left, ticks[-1])
    top = (
        body.top + (64 if params.beside else 20) + (34 if params.reference and params.reference.label else 0)
    )
    bottom = body.bottom - TICK_DROP - (52 if above else 0) - 10
    most = (THICKEST * 1.45 + (66 if above else 0)) * len(rows)
    spare = max(0.0, bottom - top - most)
    box = Box(left, top + spare * 0.42, right, bottom - spare * 0.58)
    scale = Scale(0.0, ticks[-1], round(left * stage.scale) / stage.scale, right)
    return Plot(box, _lanes(box, len(rows), above), ticks, scale, above)


def _lanes(box: Box, count: int, above: bool) -> list[Box]:
    """The bars' boxes: a step each, of which the name over the bar, if any, takes the upper part."""
    step = box.height / count
    thick = min(THICKEST, (step - 58) * 0.8 if above else step * 0.72)
    lanes = []
    for index in range(count):
        middle = box.top + step * (index + 0.5) + (26 if above else 0)
        lanes.append(Box(box.left, middle - thick / 2, box.right, middle + thick / 2))
    return lanes


def _widest(stage: Stage, params: Params, rows: list[Row], room: float, top: float) -> float:
    """The axis as long as leaves each number, and half of the last tick's words, inside `room`."""
    width = room - stage.text_width(tick_words(top, [top]), LABEL, mono=True) / 2
    style = stage.style(NUMBER, STRONG, mono=True)
    for row in rows:
        number = RIDE + number_width(written(row.value, params.format), style)
        if row.value + row.error > 0:
            width = min(width, (room - number) * top / (row.value + row.error))
    return width


def tick_words(tick: float, ticks: list[float]) -> str:
    places = max(len(f"{one:.10g}".partition(".")[2]) for one in ticks)
    return written(tick, f",.{places}f")


def beside_width(stage: Stage, params: Params, rows: list[Row]) -> float:
    assert params.beside is not None
    texts = [params.beside.words(row.beside) for row in rows if row.beside is not None]
    widths = [stage.text_width(text, NUMBER, STRONG, mono=True) for text in texts]
    return max([stage.text_width(params.beside.heading, LABEL), *widths])
