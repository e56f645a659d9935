"""What a storyboard writes of a chart shot: axes, series, rows, bands, reference lines, panels, beats."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from explainers.facts.numbers import NumberFormat
from explainers.kinds._cells import Beside, Bracket
from explainers.kinds.base import KindBeat, KindParams
from explainers.storyboard.types import Boolean, Frozen, Label, Name, Number, Role, ShownText, TableName

Mark = Literal["line", "scatter", "dots", "stacked", "grouped", "cdf", "histogram", "heatmap"]
LANES = ("dots", "stacked", "grouped")
"""Marks of which each row of the table has a row of its own."""
NEEDED = {
    **dict.fromkeys(("line", "scatter"), ("x", "y")),
    **dict.fromkeys(LANES, ("value",)),
    **dict.fromkeys(("cdf", "histogram"), ("x",)),
    "heatmap": ("x", "y", "value"),
}
"""What the series of each mark must say."""
Side = Literal["auto", "above", "below", "left", "right"]


class Axis(Frozen):
    """One axis. It encloses the data and, unless it is cut, zero."""

    label: ShownText | None = None
    """What it measures. Its unit follows by itself where the table declares one for the column."""
    unit: Label | None = None
    """The unit that is joined with `label`, where the table declares none or another."""
    low: Number | None = None
    """Where it begins. A beginning other than zero is marked on screen, in sign and words."""
    high: Number | None = None
    """Where it ends."""
    ticks: tuple[Number, ...] = ()
    """Where its marks are; round places where nothing is written."""
    format: NumberFormat | None = None
    """How its marks are written."""
    log: Boolean = False
    """Equal ratios are equally long."""
    zero: Literal["has", "none"] = "has"
    """`none` for a scale that has no zero to begin at, such as years."""
    names: Boolean = False
    """What lies on it are names, evenly apart in the table's order, and no numbers."""


class Values(Frozen):
    """Words at points: a number of each row."""

    value: str | None = None
    """A column or an expression over columns; the value that is drawn where nothing is written."""
    format: NumberFormat | None = None
    """How the number is written."""
    before: Label | None = None
    """Words before the number."""
    rows: tuple[str, ...] = ()
    """Only these rows, by what `key` holds; all where nothing is written."""
    side: Side = "auto"
    """Where the words stand; `auto` finds a free side."""


class Series(Frozen):
    """One line, set of dots, or part of a stack."""

    id: Name | None = None
    """Its name in beats."""
    label: Label | None = None
    """Its name on screen, at its end."""
    role: Role = "baseline"
    """Its colour."""
    table: TableName | None = None
    """Another table than the panel's."""
    where: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """The rows it takes, by column; all where nothing is written."""
    x: str | None = None
    """A column or an expression over columns: of lines and scatters; the numbers of which `cdf` and
    `histogram` count how many there are; the columns of a heatmap."""
    y: str | None = None
    """A column or an expression over columns, for lines and scatters; the rows of a heatmap."""
    value: str | None = None
    """A column or an expression over columns, for dots and bars; what a heatmap's cells are coloured by."""
    values: Values | None = None
    """Words at its points."""
    low: str | None = None
    """The lower end of what is not certain of each number, a column or an expression over columns: with
    `high` a band around a line, whiskers at points, dots and bars."""
    high: str | None = None
    """Its upper end."""
    step: Boolean = False
    """A line that keeps each number until the next one."""
    path: Boolean = False
    """Join a scatter's points by a thin line in the table's order."""
    points: Boolean = False
    """Dots on a line's points."""
    hollow: tuple[str, ...] = ()
    """Rows drawn as rings, by what `key` holds: to be read with care."""


class Row(Frozen):
    """One row of dots or stacked bars."""

    row: str
    """What `key` holds in its row of the table; beats name it so."""
    label: Label | None = None
    """Its name on screen; what `label` of the panel says where nothing is written."""
    role: Role | None = None
    """A colour of its own."""


class Band(Frozen):
    """A shaded range of values, such as what a paper claims."""

    id: Name | None = None
    """Its name in beats."""
    axis: Literal["x", "y"] = "x"
    """The axis it lies on; dots and stacks have their values on x."""
    low: Number
    """Where it begins."""
    high: Number
    """Where it ends."""
    label: ShownText
    """What it is."""
    role: Role = "accent"
    """Its colour."""


class Line(Frozen):
    """A dashed reference line across the panel."""

    id: Name | None = None
    """Its name in beats."""
    axis: Literal["x", "y"] = "x"
    """The axis it stands on."""
    at: Number
    """Its value."""
    label: ShownText | None = None
    """What it is."""


class Note(Frozen):
    """Words that stand in the panel from a beat on: beside a row, or at a place."""

    text: ShownText
    """The words."""
    panel: Name | None = None
    """The panel, by its id, where there are several."""
    row: str | None = None
    """The row or point it speaks of, by what `key` holds."""
    x: Number | None = None
    """A place on the x axis."""
    y: Number | None = None
    """A place on the y axis."""
    role: Role = "muted"
    """Its colour."""


class Panel(Frozen):
    """A chart: one table drawn on two axes, or row by row on one."""

    id: Name | None = None
    """Its name in beats."""
    column: Annotated[int, Field(ge=1, le=4)] | None = None
    """The column it stands in, from the left; panels of one column stand below each other."""
    share: Annotated[float, Field(gt=0)] = 1.0
    """Its share of the width (of the height, within a column)."""
    heading: ShownText | None = None
    """A line over it."""
    detail: ShownText | None = None
    """Quieter words after the heading: the unit, the sample size, which runs."""
    mark: Mark | None = None
    """`line` and `scatter` have two axes; `dots`, `stacked` and `grouped` bars have a row for each row of the
    table; `cdf` is the share of a series' numbers that are at most x, `histogram` the share of them in each
    of its bins; `heatmap` a matrix, a cell for each row of the table."""
    table: TableName | None = None
    """The table, by its name in assets.yaml."""
    key: str | None = None
    """The column that names rows."""
    label: str | None = None
    """The column of the rows' names on screen; `key` where nothing is written."""
    rows: tuple[Row, ...] = ()
    """The rows of dots and stacks; all of the table where nothing is written."""
    order: Literal["given", "ascending", "descending"] = "given"
    """The order of rows from the top: as given, or by the first series' value."""
    n: str | None = None
    """The column of sample sizes, written beside the rows' names."""
    series: tuple[Series, ...] = ()
    """What is drawn."""
    x: Axis = Axis()
    """The horizontal axis; the one axis of dots and stacks."""
    y: Axis = Axis()
    """The vertical axis of lines and scatters."""
    bands: tuple[Band, ...] = ()
    """Shaded ranges."""
    lines: tuple[Line, ...] = ()
    """Reference lines."""
    beside: Beside | None = None
    """A further number of each row, right of the panel; beats name it `beside`."""
    percentiles: Annotated[tuple[Annotated[float, Field(gt=0, lt=100)], ...], Field(max_length=5)] = ()
    """Of a `cdf`: percentiles that are marked on each curve with their values, such as `[50, 95, 99]`."""
    bins: Annotated[int, Field(ge=2, le=100)] | None = None
    """Of a `histogram`: how many bins there are from the least to the largest number; 24 where nothing is
    written."""
    bracket: Bracket | None = None
    """The difference between two rows of dots as a bracket; beats name it `bracket`."""
    stems: Boolean = True
    """Lines from zero to dots, where zero is on the axis."""
    engine: Literal["own", "matplotlib"] = "own"
    """`matplotlib` draws the same panel as a Matplotlib figure in the theme; it appears as one picture."""

    @model_validator(mode="after")
    def _complete(self) -> Any:
        if getattr(self, "panels", ()):
            return self
        if self.mark is None or self.table is None:
            raise ValueError("`mark` and `table` are missing here, or `panels` that have them")
        if not self.series:
            raise ValueError("`series` is missing: at least one is drawn")
        for one in self.series:
            for name in NEEDED[self.mark]:
                if not getattr(one, name):
                    raise ValueError(f"`{name}` is missing in the series of a {self.mark} panel")
            if bool(one.low) != bool(one.high):
                raise ValueError("`low` and `high` of a series are written together")
        if self.mark in LANES and self.key is None:
            raise ValueError(f"`key` is missing: the column that names the rows of a {self.mark} panel")
        if self.mark == "heatmap" and len(self.series) > 1:
            raise ValueError("a heatmap has one series")
        return self


class Params(Panel, KindParams):
    """One chart, or several `panels` beside each other."""

    panels: Annotated[tuple[Panel, ...], Field(max_length=6)] = ()
    """Several charts in one shot, in place of the fields of one."""

    @property
    def all_panels(self) -> tuple[Panel, ...]:
        """The panels, also where the shot is a single one."""
        return self.panels or (self,)


class BeatParams(KindBeat):
    """What no beat shows is there with the first one."""

    show: tuple[str, ...] = ()
    """What comes with this beat: parts by id, rows by what `key` holds, `beside`, or `bracket`."""
    highlight: tuple[str, ...] = ()
    """Rows, series or panels that stay bright during this beat while the others are quiet."""
    note: Note | None = None
    """Words that come with this beat and stay."""
