"""Horizontal bars that grow on a common axis, the number riding on each bar's end.

A second small measure can stand beside each bar, so that a gain is never shown without its price.
The axis starts at zero and is there from the start; the order never changes while bars grow.
In narrow frames the labels stand above their bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from explainers.facts.numbers import NumberFormat
from explainers.kinds._cells import Beside, value_of, wrong_expression, wrong_names, wrong_where
from explainers.kinds._plots import ENTER_S, last_show_s, wrong_beats
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import Boolean, Frozen, Label, Number, Role, Seconds, ShownText, TableName

if TYPE_CHECKING:
    from explainers.stage import Stage

STILL_S = 1.2
"""How long the finished bars stand still at least."""


class Bar(Frozen):
    """One bar: which row of the table it shows and how it is named and coloured."""

    row: str
    """What `key` holds in its row; beats name the bar by it."""
    label: Label
    """Its name on screen."""
    role: Role = "baseline"
    """Its colour: `ours` for one's own, `baseline` for the others."""


class Reference(Frozen):
    """A dashed line across the bars at a value."""

    at: Number
    """The value, or an expression over facts."""
    label: ShownText | None = None
    """Words above it."""


class Params(KindParams):
    """Rows of a table as bars."""

    table: TableName
    """The table, by its name in assets.yaml."""
    key: str
    """The column that names rows."""
    value: str
    """The column, or expression over columns, that a bar is as long as."""
    unit: ShownText
    """The unit, written at the axis."""
    bars: Annotated[tuple[Bar, ...], Field(min_length=1, max_length=12)]
    """The bars, in the order they are drawn from the top."""
    format: NumberFormat = ".1f"
    """How the numbers at the bars' ends are written."""
    order: Literal["given", "ascending", "descending"] = "given"
    """The order from the top: as given, or by value."""
    beside: Beside | None = None
    """A second measure, right of the bars."""
    reference: Reference | None = None
    """A dashed line to compare with."""
    error: str | None = None
    """The column of half-widths of error bars."""
    n: str | None = None
    """The column of sample sizes, written in the bars."""
    axis_max: Number | None = None
    """Where the axis ends at least, in place of the longest bar."""
    grow: Seconds = 1.8
    """How long a bar takes to grow."""


class BeatParams(KindBeat):
    """Bars that no beat shows grow with the first beat."""

    show: tuple[str, ...] = ()
    """Rows whose bars grow in this beat."""
    highlight: tuple[str, ...] = ()
    """Rows that stay bright during this beat while the others are quiet."""
    beside: Boolean = False
    """The second measure comes with this beat; with the bars where no beat brings it."""


EXAMPLE = """
storyboard: 1
title: Bars
facts:
  plain: {table: speeds, where: {system: plain}, value: tokens_per_s}
  ours: {table: speeds, where: {system: ours}, value: tokens_per_s}
shots:
  - id: speeds
    kind: bars
    title: Faster by a fifth
    statement: "Ours writes {ours:.0f} tokens a second, plain {plain:.0f}."
    table: speeds
    key: system
    value: tokens_per_s
    unit: tokens / s
    error: plus_minus
    bars:
      - {row: plain, label: Plain}
      - {row: ours, label: Ours, role: ours}
      - {row: rough, label: Rough}
    beside: {value: score, heading: Score, format: .2f, warn: [rough]}
    reference: {at: plain}
    beats:
      - {id: grow, duration: 3s}
      - {id: compare, duration: 2s, highlight: [plain, ours]}
"""

EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  speeds: {file: data/speeds.csv, source: made-up}
""",
    "data/speeds.csv": """system,tokens_per_s,plus_minus,score
plain,100,3,0.91
ours,120,4,0.90
rough,151,6,0.62
""",
}


class BarsKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Axis and labels first, then each bar grows from zero, its number riding on its end."""
        from explainers.kinds.bars.draw import draw

        draw(shot, stage)

    def duration_s(self, shot: ShotPlan) -> float:
        """Until the last bar has grown and stood still for a while."""
        return last_show_s(shot) + ENTER_S + shot.params.grow + STILL_S

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Rows, columns and names on beats that are not there, and rows without a value."""
        params: Params = shot.params
        table = shot.tables.get(params.table)
        if table is None:
            return []
        if params.key not in table.columns:
            return [table.unknown_column(params.key).under("key")]
        found = [
            mistake
            for i, bar in enumerate(params.bars)
            for mistake in wrong_where({params.key: bar.row}, table, ("bars", i, "row"))
        ]
        rows = [] if found else [table.pick({params.key: bar.row}) for bar in params.bars]
        beside = params.beside
        for text, loc in (
            (params.value, ("value",)),
            (beside.value if beside else None, ("beside", "value")),
            (params.error, ("error",)),
            (params.n, ("n",)),
        ):
            found += wrong_expression(text, table, loc, rows)
        names = [bar.row for bar in params.bars]
        found += wrong_beats(shot, names, "bar for row")
        found += wrong_names(beside.warn if beside else (), names, "bar for row", ("beside", "warn"))
        if found:
            return found
        for index, (bar, row) in enumerate(zip(params.bars, rows, strict=True)):
            value = value_of(params.value, row, table.columns)
            if value is None or value < 0:
                what = "no value" if value is None else f"the value {value:g}"
                message = f"row {bar.row!r} has {what}; a bar is as long as a number from zero up"
                found.append(Mistake(("bars", index, "row"), "not-a-number", message))
        return found
