"""A chart's panels as numbers: points, rows, and the stretch of values each axis has to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from explainers.facts.numbers import written
from explainers.facts.tables import Cell, Table
from explainers.kinds._cells import name_of, value_of
from explainers.kinds.chart.params import Panel
from explainers.kinds.chart.parts import Axis, Row, Series, Values

Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Point:
    """One point of a line or a scatter. `words` stand beside it, if any."""

    name: str
    x: float
    y: float
    words: str | None = None


@dataclass(frozen=True)
class Lane:
    """One row of dots or stacked bars. `values` has one number a series, None where a cell is empty."""

    name: str
    label: str
    values: tuple[float | None, ...]
    words: tuple[str | None, ...] = ()
    role: str | None = None
    n: str | None = None
    beside: str | None = None


def points_of(panel: Panel, series: Series, tables: Tables) -> list[Point]:
    """The series' points in drawing order: a line's by x, a scatter's as the table has them.

    Rows without both numbers are left out.
    """
    table = tables[series.table or panel.table or ""]
    found = []
    for index, row in enumerate(table.select(series.where)):
        x, y = (value_of(text or "", row, table.columns) for text in (series.x, series.y))
        if x is None or y is None:
            continue
        name = name_of(row.get(panel.key)) if panel.key else str(index + 1)
        found.append(
            Point(name, x, y, _words(series.values, name, series.y or "", row, table, panel.y.format))
        )
    return sorted(found, key=lambda point: point.x) if panel.mark == "line" else found


def lanes_of(panel: Panel, tables: Tables) -> list[Lane]:
    """The panel's rows from the top."""
    table = tables[panel.table or ""]
    key = panel.key or ""
    picked: list[tuple[Row | None, Mapping[str, Cell]]] = [(None, row) for row in table.rows]
    if panel.rows:
        picked = [(one, table.pick({key: one.row})) for one in panel.rows]
    lanes = []
    for own, row in picked:
        name = name_of(row[key])
        label = own.label if own and own.label else name_of(row[panel.label or key])
        values = tuple(value_of(series.value or "", row, table.columns) for series in panel.series)
        words = tuple(
            _words(series.values, name, series.value or "", row, table, panel.x.format)
            for series in panel.series
        )
        lanes.append(
            Lane(
                name,
                label,
                values,
                words,
                own.role if own else None,
                _count(panel, row, table),
                _beside(panel, row, table),
            )
        )
    if panel.order != "given":
        lanes.sort(key=lambda lane: lane.values[0] or 0.0, reverse=panel.order == "descending")
    return lanes


def _count(panel: Panel, row: Mapping[str, Cell], table: Table) -> str | None:
    value = value_of(panel.n, row, table.columns) if panel.n else None
    return None if value is None else written(value, ",d")


def _beside(panel: Panel, row: Mapping[str, Cell], table: Table) -> str | None:
    value = value_of(panel.beside.value, row, table.columns) if panel.beside else None
    return None if value is None or panel.beside is None else panel.beside.words(value)


def _words(
    values: Values | None, name: str, drawn: str, row: Mapping[str, Cell], table: Table, spec: str | None
) -> str | None:
    if values is None or (values.rows and name not in values.rows):
        return None
    number = value_of(values.value or drawn, row, table.columns)
    return None if number is None else (values.before or "") + written(number, values.format or spec)


def stretch(axis: Axis, values: Iterable[float], include_zero: bool) -> tuple[float, float]:
    """The values an axis has to show: those of the data, zero where it belongs, and the author's ends."""
    known = [*values]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if include_zero and not axis.log and axis.zero == "has":
        low, high = min(low, 0.0), max(high, 0.0)
    low = float(axis.low) if axis.low is not None else low
    high = float(axis.high) if axis.high is not None else high
    return low, high
