"""What a storyboard writes of a chart shot."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from explainers.kinds._cells import Beside
from explainers.kinds.base import KindBeat, KindParams
from explainers.kinds.chart.parts import Axis, Band, Line, Note, Row, Series
from explainers.storyboard.types import Boolean, Frozen, Name, ShownText, TableName


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
    mark: Literal["line", "scatter", "dots", "stacked"] | None = None
    """`line` and `scatter` have two axes; `dots` and `stacked` bars have a row for each row of the table."""
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
        flat = self.mark in ("line", "scatter")
        for one in self.series:
            if flat and not (one.x and one.y):
                raise ValueError(f"`x` or `y` is missing in the series of a {self.mark} panel")
            if not flat and not one.value:
                raise ValueError(f"`value` is missing in the series of a {self.mark} panel")
        if not flat and self.key is None:
            raise ValueError(f"`key` is missing: the column that names the rows of a {self.mark} panel")
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
    """What comes with this beat: parts by id, rows by what `key` holds, or `beside`."""
    highlight: tuple[str, ...] = ()
    """Rows, series or panels that stay bright during this beat while the others are quiet."""
    note: Note | None = None
    """Words that come with this beat and stay."""
