"""What a storyboard writes of a bars shot."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from explainers.facts.numbers import NumberFormat
from explainers.kinds._cells import Beside
from explainers.kinds.base import KindBeat, KindParams
from explainers.storyboard.types import Boolean, Frozen, Label, Number, Role, Seconds, ShownText, TableName


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
