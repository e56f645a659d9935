"""Drawing a bars shot: its rows, where its things are, and drawing them. Needs Manim."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from explainers.compositor.layer import Track
from explainers.facts.numbers import written
from explainers.kinds._cells import value_of
from explainers.kinds._plots import ENTER_S, Schedule, first_beat_s, highlights, is_ours
from explainers.kinds.bars import Bar, Params
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage, shapes
from explainers.stage.axes import (
    TICK_DROP,
    Gap,
    Scale,
    fitted_length,
    gridline,
    nice_ticks,
    reference_line,
    tick_words,
    ticks_below,
)
from explainers.stage.chrome import body_over
from explainers.stage.handle import Handle, Spotlight
from explainers.stage.marks import BarLayer, number_width, riding_number
from explainers.theme import LABEL, REGULAR, STRONG
from explainers.timing import ease_in_out, ease_out

if TYPE_CHECKING:
    import cairo

NAME, NUMBER = 40.0, 42.0
"""Sizes of the bars' names and numbers."""
RIDE, LABEL_GAP = 20.0, 36.0
"""From a bar's end to its number, and from a name to the axis."""
THICKEST, ROOMY = 120.0, 130.0
"""A bar's greatest height, and the height of a row from which on there is room for a name over its bar."""


@dataclass(frozen=True)
class Row:
    """One bar with its numbers; `start_s` is when it begins to grow."""

    bar: Bar
    value: float
    start_s: float
    beside: float | None = None
    error: float = 0.0
    n: int | None = None

    @property
    def weight(self) -> int:
        """The weight of its name."""
        return STRONG if is_ours(self.bar.role) else REGULAR

    @property
    def words_role(self) -> str:
        """The role of its name and number."""
        return "text" if is_ours(self.bar.role) else "muted"


@dataclass(frozen=True)
class Plot:
    """Where things are: the box of the bars, each bar's lane, the scale. `above`: names stand over bars."""

    box: Box
    lanes: list[Box]
    ticks: list[float]
    scale: Scale
    above: bool


def rows_of(shot: ShotPlan) -> list[Row]:
    """The bars from the top. NoSuchRow where the table lacks one."""
    params: Params = shot.params
    table, schedule, rows = shot.tables[params.table], Schedule(shot.beats), []
    for bar in params.bars:
        cells = table.pick({params.key: bar.row})
        texts = (params.value, params.beside and params.beside.value, params.error, params.n)
        value, beside, error, n = (value_of(text, cells, table.columns) if text else None for text in texts)
        start = schedule.at(bar.row) + ENTER_S
        rows.append(Row(bar, value or 0.0, start, beside, error or 0.0, None if n is None else round(n)))
    if params.order != "given":
        rows.sort(key=lambda row: row.value, reverse=params.order == "descending")
    return rows


def plot_of(shot: ShotPlan, stage: Stage, rows: list[Row]) -> Plot:
    """The places of a shot's bars, which need the widths of its words."""
    params: Params = shot.params
    body, safe = body_over(stage, shot), stage.safe
    top_value = max(row.value + row.error for row in rows)
    if params.reference:
        top_value = max(top_value, float(params.reference.at))
    ticks = nice_ticks(0.0, float(params.axis_max or top_value), 4 if stage.width > 1300 else 3)
    names = max(stage.text_width(row.bar.label, NAME, row.weight) for row in rows)
    left = safe.left + max(names, stage.text_width(params.unit, LABEL)) + LABEL_GAP
    right = safe.right - (_beside_width(stage, params, rows) + 56 if params.beside else 0)
    above = right - left < 0.5 * safe.width and body.height / len(rows) > ROOMY
    if above:
        left = safe.left + 2
    style = stage.style(NUMBER, STRONG, mono=True)
    ends = [
        ((row.value + row.error) / ticks[-1], RIDE + number_width(written(row.value, params.format), style))
        for row in rows
    ]
    right = left + fitted_length(stage, right - left, tick_words(ticks[-1:])[0], ends)
    top = body.top + (64 if params.beside else 20)
    top += 34 if params.reference and params.reference.label else 0
    bottom = body.bottom - TICK_DROP - (52 if above else 0) - 10
    spare = max(0.0, bottom - top - (THICKEST * 1.45 + (66 if above else 0)) * len(rows))
    box = Box(left, top + spare * 0.42, right, bottom - spare * 0.58)
    step = box.height / len(rows)
    # A name over its bar takes the upper part of the row.
    thick = min(THICKEST, (step - 58) * 0.8 if above else step * 0.72)
    middles = [box.top + step * (index + 0.5) + (26 if above else 0) for index in range(len(rows))]
    lanes = [Box(left, middle - thick / 2, right, middle + thick / 2) for middle in middles]
    return Plot(
        box, lanes, ticks, Scale(0.0, ticks[-1], round(left * stage.scale) / stage.scale, right), above
    )


def _beside_width(stage: Stage, params: Params, rows: list[Row]) -> float:
    assert params.beside is not None
    texts = [params.beside.words(row.beside) for row in rows if row.beside is not None]
    widths = [stage.text_width(text, NUMBER, STRONG, mono=True) for text in texts]
    return max([stage.text_width(params.beside.heading, LABEL), *widths])


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything of the shot below its title and above its statement."""
    params: Params = shot.params
    rows = rows_of(shot)
    plot, spot = plot_of(shot, stage, rows), Spotlight()
    _axis(stage, params, rows, plot)
    for row, lane in zip(rows, plot.lanes, strict=True):
        _bar(stage, params, row, lane, plot, spot)
    if params.beside:
        _beside(stage, shot, rows, plot, spot)
    if params.reference:
        x = round(plot.scale.at(float(params.reference.at)) * stage.scale) / stage.scale
        done = max(row.start_s for row in rows) + params.grow
        ends = (x, plot.lanes[0].top - (70 if plot.above else 26)), (x, plot.box.bottom + 6)
        reference_line(stage, *ends, params.reference.label, max(0.0, done - 0.4), done, 16.0)
    spot.plan(highlights(shot))


def _axis(stage: Stage, params: Params, rows: list[Row], plot: Plot) -> None:
    bottom, gaps = plot.box.bottom + 6, list[Gap]()
    if plot.above:
        # Gridlines leave the names over their bars free.
        for row, lane in zip(rows, plot.lanes, strict=True):
            width = stage.text_width(row.bar.label, NAME, row.weight)
            name = Box(lane.left - 10, lane.top - 18 - NAME, lane.left + width + 12, lane.top - 4)
            gaps.append((name, 0.0))
    top = plot.lanes[0].top - (70 if plot.above else 14)
    for tick in plot.ticks:
        x = plot.scale.at(tick)
        gridline(stage, (x, top), (x, bottom), gaps, strong=tick == 0)
    ticks_below(stage, plot.scale, plot.ticks, tick_words(plot.ticks), bottom - 4)
    x, y, anchor = plot.box.left - LABEL_GAP, bottom + TICK_DROP - 4, "right"
    if plot.above:
        x, y, anchor = (plot.box.left + plot.box.right) / 2, bottom + TICK_DROP + 46, "center"
    stage.words(params.unit, x, y, LABEL, role="muted", anchor=anchor)


def _bar(stage: Stage, params: Params, row: Row, lane: Box, plot: Plot, spot: Spotlight) -> None:
    names, done = [row.bar.row], row.start_s + params.grow
    spot.add(names, _name(stage, row, lane, plot))
    theme = stage.theme
    color = theme.color(row.bar.role) if is_ours(row.bar.role) else theme.fill(row.bar.role)
    growth, light = Track(0.0).to(1.0, row.start_s, params.grow, ease_in_out), Track(1.0)
    box = lane._replace(left=plot.scale.at(0), right=plot.scale.at(row.value))
    note = stage.data_note(row.bar.label, color, row.bar.role)
    bar = BarLayer(box, stage.scale, color, theme.background, growth, light, note=note)
    stage.drawn(bar)
    spot.add(names, light)
    whisker, gap = plot.scale.at(row.value + row.error) - box.right, RIDE
    if params.reference:
        # A dashed line just behind the bar's end would run through the gap: the number stands after it.
        beyond = plot.scale.at(float(params.reference.at)) - box.right
        gap = max(RIDE, beyond + 16) if 0 < beyond < RIDE + 4 else RIDE
    push = Track(0.0).to(whisker, done, 0.3, ease_out) if whisker else None
    riding_number(
        stage,
        bar,
        lambda share: written(row.value * share, params.format),
        row.start_s,
        NUMBER,
        row.words_role,
        gap,
        push,
    )
    if row.error:
        ends = plot.scale.at(row.value - row.error), plot.scale.at(row.value + row.error)
        spot.add(names, _whisker(stage, ends, box).enter(done, dy=0))
    if row.n is not None:
        x, y, role = box.left + 18, box.center[1], stage.color_on(color)
        words = stage.middle(f"n = {row.n:,}", x, y, LABEL, role=role, anchor="left", z=8, over=color)
        spot.add(names, words.enter(done, dy=0))


def _name(stage: Stage, row: Row, lane: Box, plot: Plot) -> Handle:
    text, weight, role = row.bar.label, row.weight, row.words_role
    if plot.above:
        return stage.words(text, lane.left, lane.top - 16, NAME, weight, role)
    x, y = plot.box.left - LABEL_GAP, lane.center[1]
    return stage.middle(text, x, y, NAME, weight=weight, role=role, anchor="right")


def _whisker(stage: Stage, ends: tuple[float, float], box: Box) -> Handle:
    """An error bar with caps, on a halo so that it is seen over the bar and beside it."""
    y, cap = box.center[1], min(16.0, box.height * 0.22)
    strokes = [[(ends[0], y), (ends[1], y)], *([(x, y - cap), (x, y + cap)] for x in ends)]
    halos = [Box(*line[0], *line[1]).inset(-4) for line in strokes]

    def around(ctx: cairo.Context) -> None:
        for halo in halos:
            ctx.rectangle(halo.left, halo.top, halo.width, halo.height)

    white = stage.theme.color("text")
    halo = stage.cleared(reduce(Box.joined, halos), around)
    return stage.mobject(halo, *(shapes.route(line, white, 3) for line in strokes), z=7)


def _beside(stage: Stage, shot: ShotPlan, rows: list[Row], plot: Plot, spot: Spotlight) -> None:
    """The second measure, with its beat or when its bar has nearly grown."""
    beside, right, grow = shot.params.beside, stage.safe.right, shot.params.grow
    with_beat = first_beat_s(shot, lambda beat: beat.beside)
    starts = [row.start_s + grow * 0.7 if with_beat is None else with_beat for row in rows]
    y = plot.lanes[0].top - (16 if plot.above else 30)
    heading = stage.words(beside.heading, right, y, LABEL, role="muted", anchor="right")
    heading.enter(min(starts), dy=0)
    for row, lane, start in zip(rows, plot.lanes, starts, strict=True):
        if row.beside is None:
            continue
        text, role = beside.words(row.beside), "warn" if row.bar.row in beside.warn else "text"
        look = {"weight": STRONG, "role": role, "anchor": "right", "mono": True}
        words = stage.middle(text, right, lane.center[1], NUMBER, **look)
        spot.add([row.bar.row], words.enter(start, dy=0))
