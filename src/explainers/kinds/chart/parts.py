"""The parts a chart is written of: axes, series, rows, bands, reference lines, notes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from explainers.facts.numbers import NumberFormat
from explainers.storyboard.types import Boolean, Frozen, Label, Name, Number, Role, ShownText, TableName

Side = Literal["auto", "above", "below", "left", "right"]


class Axis(Frozen):
    """One axis. It encloses the data and, unless it is cut, zero."""

    label: ShownText | None = None
    """What it measures, with its unit."""
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
    """A column or an expression over columns, for lines and scatters."""
    y: str | None = None
    """A column or an expression over columns, for lines and scatters."""
    value: str | None = None
    """A column or an expression over columns, for dots and stacks."""
    values: Values | None = None
    """Words at its points."""
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
