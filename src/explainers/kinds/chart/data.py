"""A chart's panels as numbers: points, rows, and the stretch of values each axis has to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from explainers.facts.numbers import written
from explainers.facts.tables import Cell, Table
from explainers.kinds._cells import name_of, value_of
from explainers.kinds.chart.params import Panel, Row, Series, Values

Tables = Mapping[str, Table]


@dataclass(frozen=True)
class DataPoint:
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
    beside_role: str | None = None


def point_names(panel: Panel, series: Series, tables: Tables) -> list[str]:
    """The names of the series' rows: what `key` holds, or their numbers from 1."""
    rows = tables[series.table or panel.table or ""].select(series.where)
    return [name_of(row.get(panel.key)) if panel.key else str(n) for n, row in enumerate(rows, 1)]


def points_of(panel: Panel, series: Series, tables: Tables) -> list[DataPoint]:
    """The series' points in drawing order: a line's by x, a scatter's as the table has them.

    Rows without both numbers are left out.
    """
    table, found = tables[series.table or panel.table or ""], []
    for name, row in zip(point_names(panel, series, tables), table.select(series.where), strict=True):
        x, y = (value_of(text or "", row, table.columns) for text in (series.x, series.y))
        if x is not None and y is not None:
            words = _words(series.values, name, series.y or "", row, table, panel.y.format)
            found.append(DataPoint(name, x, y, words))
    return sorted(found, key=lambda point: point.x) if panel.mark == "line" else found


def lanes_of(panel: Panel, tables: Tables) -> list[Lane]:
    """The panel's rows from the top."""
    table, key = tables[panel.table or ""], panel.key or ""
    picked: list[tuple[Row | None, Mapping[str, Cell]]] = [(None, row) for row in table.rows]
    if panel.rows:
        picked = [(one, table.pick({key: one.row})) for one in panel.rows]
    lanes = []
    for chosen, row in picked:
        name = name_of(row[key])
        n = value_of(panel.n, row, table.columns) if panel.n else None
        beside = value_of(panel.beside.value, row, table.columns) if panel.beside else None
        lanes.append(
            Lane(
                name,
                chosen.label if chosen and chosen.label else name_of(row[panel.label or key]),
                tuple(value_of(one.value or "", row, table.columns) for one in panel.series),
                tuple(
                    _words(one.values, name, one.value or "", row, table, panel.x.format)
                    for one in panel.series
                ),
                chosen.role if chosen else None,
                None if n is None else written(n, ",d"),
                None if beside is None or panel.beside is None else panel.beside.words(beside),
                None if beside is None or panel.beside is None else panel.beside.role_of(name, beside),
            )
        )
    if panel.order != "given":
        lanes.sort(key=lambda lane: lane.values[0] or 0.0, reverse=panel.order == "descending")
    return lanes


def names_in(panel: Panel, tables: Tables) -> Iterator[str]:
    """Every name that a beat may use for something in the panel."""
    ids = [panel.id, *(series.id for series in panel.series)]
    ids += [part.id for parts in (panel.bands, panel.lines) for part in parts]
    yield from (name for name in ids if name)
    if panel.engine == "matplotlib":
        return
    for name in dict.fromkeys([panel.table, *(series.table for series in panel.series)]):
        table = tables.get(name or "")
        if table is not None and panel.key in table.columns:
            yield from (name_of(row[panel.key]) for row in table.rows)


def _words(
    values: Values | None, name: str, drawn: str, row: Mapping[str, Cell], table: Table, spec: str | None
) -> str | None:
    if values is None or (values.rows and name not in values.rows):
        return None
    number = value_of(values.value or drawn, row, table.columns)
    return None if number is None else (values.before or "") + written(number, values.format or spec)
