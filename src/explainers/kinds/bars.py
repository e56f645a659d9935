"""Horizontal bars that grow on a common axis, the number riding on each bar's end.

A second small measure can stand beside each bar, so that a gain is never shown without its price.
The axis starts at zero and is there from the start; the order never changes while bars grow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from explainers.kinds.base import BeatPlan, KindBeat, KindParams, ShotPlan
from explainers.storyboard.types import Frozen, Label, Number, Role, Seconds, ShownText, TableName
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.stage import Box, Stage

ENTER_S = 0.3


class Beside(Frozen):
    """A second measure, right of the bars: a column of the table, with its heading and format."""

    column: str
    heading: ShownText
    format: str = ".2f"
    unit: Label | None = None
    warn: tuple[str, ...] = ()


class Bar(Frozen):
    """One bar: which row of the table it shows and how it is named and coloured."""

    row: str
    label: Label
    role: Role = "baseline"


class Reference(Frozen):
    """A dashed line across the bars at a value; a number, or an expression over facts."""

    at: Number
    label: ShownText | None = None


class Params(KindParams):
    """`value` is a column, or an expression over columns, of `table`; `key` names the rows.

    `error` is a column with half-widths of error bars, `n` a column with sample sizes.
    """

    table: TableName
    key: str
    value: str
    unit: ShownText
    bars: tuple[Bar, ...]
    format: str = ".1f"
    order: Literal["given", "ascending", "descending"] = "given"
    beside: Beside | None = None
    reference: Reference | None = None
    error: str | None = None
    n: str | None = None
    axis_max: Number | None = None
    grow: Seconds = 1.8


class BeatParams(KindBeat):
    """`show` lets the named rows grow in this beat (all at once when no beat shows any); `highlight`
    brings them out and quiets the others."""

    show: tuple[str, ...] = ()
    highlight: tuple[str, ...] = ()
    beside: bool = False


@dataclass(frozen=True)
class _Row:
    bar: Bar
    value: float
    beside: float | None
    error: float | None
    n: int | None


def picture(shot: ShotPlan, stage: Stage) -> None:
    """Axis and labels first, then each bar grows from zero, its number riding on its end."""
    params: Params = shot.params
    rows = _rows(params, shot)
    scale = _axis(params, rows)
    plot = _plot_box(stage, params, rows)
    lanes = plot.rows([1] * len(rows), gap=plot.height / len(rows) * 0.28)
    x_of = lambda value: plot.left + plot.width * value / scale[-1]  # noqa: E731
    _draw_axis(stage, params, plot, scale, x_of)
    starts = _starts(rows, shot.beats, params)
    for row, lane in zip(rows, lanes, strict=True):
        _draw_bar(stage, params, row, lane, plot, x_of, starts[row.bar.row], shot.beats)
    if params.beside:
        _draw_beside(stage, params, rows, lanes, shot, starts)
    if params.reference:
        x = x_of(float(params.reference.at))
        done = max(starts.values()) + params.grow
        stage.line([(x, plot.top - 12), (x, plot.bottom + 6)], "text", 2.5, dashed=True, z=6).reveal(done - 0.4, 0.5, "top")


def _rows(params: Params, shot: ShotPlan) -> list[_Row]:
    from explainers.facts.expression import evaluate

    table = shot.tables[params.table]
    rows = []
    for bar in params.bars:
        cells = table.pick({params.key: bar.row})
        value = float(evaluate(params.value, _numbers(cells)))
        rows.append(
            _Row(bar, value, _cell(cells, params.beside and params.beside.column), _cell(cells, params.error), _count(cells, params.n))
        )
    if params.order != "given":
        rows.sort(key=lambda row: row.value, reverse=params.order == "descending")
    return rows


def _numbers(cells: Mapping[str, Any]) -> dict[str, float]:
    return {name: value for name, value in cells.items() if isinstance(value, float)}


def _cell(cells: Mapping[str, Any], column: str | None) -> float | None:
    value = cells.get(column) if column else None
    return value if isinstance(value, float) else None


def _count(cells: Mapping[str, Any], column: str | None) -> int | None:
    value = _cell(cells, column)
    return None if value is None else round(value)


def nice_ticks(top: float, about: int = 4) -> list[float]:
    """Round axis values from 0 to at least `top`, about `about` steps of 1, 2, 2.5, 4 or 5 times a power of ten."""
    raw = top / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 4, 5, 10) if s * power >= raw * 0.999)
    return [step * i for i in range(math.ceil(top / step - 1e-9) + 1)]


def _axis(params: Params, rows: list[_Row]) -> list[float]:
    if params.axis_max is not None:
        return nice_ticks(float(params.axis_max))
    return nice_ticks(max(row.value + (row.error or 0) for row in rows))


def _plot_box(stage: Stage, params: Params, rows: list[_Row]) -> Box:
    from explainers.stage import Box

    labels = max(stage.text_width(row.bar.label, 40, STRONG) for row in rows)
    right = stage.safe.right - (250 if params.beside else 0) - 120
    top = stage.body.top + (56 if params.beside else 14)
    # Few bars stay slim and centred instead of filling the frame with paint.
    height = min(stage.body.bottom - 84 - top, len(rows) * 150.0)
    middle = (top + stage.body.bottom - 84) / 2
    return Box(stage.safe.left + labels + 30, middle - height / 2, right, middle + height / 2)


def _draw_axis(stage: Stage, params: Params, plot: Box, ticks: list[float], x_of: Any) -> None:
    places = 0 if all(tick == round(tick) for tick in ticks) else 1
    for tick in ticks:
        x = x_of(tick)
        stage.line([(x, plot.top - 8), (x, plot.bottom + 12)], stage.theme.line, 2)
        stage.words(f"{tick:,.{places}f}", x, plot.bottom + 50, 32, role="muted", anchor="center", mono=True)
    stage.words(params.unit, stage.safe.left, plot.bottom + 50, LABEL, role="muted")


def _starts(rows: list[_Row], beats: tuple[BeatPlan, ...], params: Params) -> dict[str, float]:
    """When each row's bar begins to grow."""
    told = {name: beat.start_s for beat in beats if beat.params for name in beat.params.show}
    default = beats[0].start_s + ENTER_S if beats else ENTER_S
    return {row.bar.row: told.get(row.bar.row, default) for row in rows}


def _draw_bar(
    stage: Stage, params: Params, row: _Row, lane: Box, plot: Box, x_of: Any, start: float, beats: tuple[BeatPlan, ...]
) -> None:
    from explainers.film.layer import Note
    from explainers.stage import Box

    ours = row.bar.role != "baseline"
    y = lane.center[1]
    stage.middle(row.bar.label, plot.left - 26, y, 40, weight=STRONG if ours else 400, role="text" if ours else "muted", anchor="right")
    color = stage.theme.color(row.bar.role) if ours else stage.theme.fill(row.bar.role)
    end = x_of(row.value)
    box = Box(plot.left, lane.top, end, lane.bottom)
    bar = stage.panel(box, fill=color, radius=8, z=3, note=Note("data", row.bar.label, color=color, role=row.bar.role))
    bar.reveal(start, params.grow, "left", ease_in_out)
    _ride(stage, params, row, box, start, "text" if ours else "muted")
    if row.error:
        whisker = [(x_of(row.value - row.error), y), (x_of(row.value + row.error), y)]
        stage.line(whisker, "text", 3, z=7).enter(start + params.grow, dy=0)
    if row.n:
        stage.middle(f"n = {row.n:,}", plot.left + 16, y, 28, role=stage.theme.background, anchor="left", z=8).enter(start + params.grow, dy=0)
    for beat in beats:
        if beat.params and beat.params.highlight:
            bar.fade(beat.start_s, 1.0 if row.bar.row in beat.params.highlight else 0.45)


def _ride(stage: Stage, params: Params, row: _Row, box: Box, start: float, role: str) -> None:
    """The number on the bar's end, counting as the bar grows."""
    grow = params.grow

    def text_at(t: float) -> tuple[str, float, float, float] | None:
        if t < start:
            return None
        share = ease_in_out(min(1.0, (t - start) / grow)) if grow else 1.0
        x = box.left + box.width * share + 20
        return format(row.value * share, params.format), x, box.center[1] + 15, min(1.0, (t - start) / 0.2)

    depends = ["ride", row, tuple(box), start, grow, params.format]
    stage.number(text_at, [(start, start + max(grow, 0.2))], depends, size=42, role=role)


def _draw_beside(
    stage: Stage, params: Params, rows: list[_Row], lanes: list[Box], shot: ShotPlan, starts: dict[str, float]
) -> None:
    beside = params.beside
    assert beside is not None
    right = stage.safe.right
    told = [beat.start_s for beat in shot.beats if beat.params and beat.params.beside]
    heading = stage.words(beside.heading, right, lanes[0].top - 36, LABEL, role="muted", anchor="right")
    for row, lane in zip(rows, lanes, strict=True):
        when = told[0] if told else starts[row.bar.row] + params.grow * 0.6
        if row.beside is None:
            continue
        role = "warn" if row.bar.row in beside.warn else "text"
        text = format(row.beside, beside.format) + (f" {beside.unit}" if beside.unit else "")
        stage.middle(text, right, lane.center[1], 42, weight=STRONG, role=role, anchor="right", mono=True).enter(when, dy=0)
    heading.enter(told[0] if told else min(starts.values()), dy=0)


EXAMPLE = """
storyboard: 1
title: Bars
facts:
  base: {table: speeds, where: {system: plain}, value: tokens_per_s}
  ours: {table: speeds, where: {system: ours}, value: tokens_per_s}
shots:
  - id: speeds
    kind: bars
    title: Faster by a fifth
    statement: "Ours writes {ours:.0f} tokens per second, plain {base:.0f}."
    duration: 4s
    table: speeds
    key: system
    value: tokens_per_s
    unit: tokens / s
    bars:
      - {row: plain, label: Plain}
      - {row: ours, label: Ours, role: ours}
    reference: {at: base}
"""

EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  speeds: {file: data/speeds.csv, source: made-up}
""",
    "data/speeds.csv": "system,tokens_per_s\nplain,100\nours,120\n",
}
