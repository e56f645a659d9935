"""A chart's panels as numbers: points, rows, and the stretch of values each axis has to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainers.facts.numbers import written
from explainers.facts.tables import Cell, Table
from explainers.kinds._cells import name_of, value_of, with_unit
from explainers.kinds._plots import DRAWN_S, ENTER_S, GROW_S, POINT_S, Schedule
from explainers.kinds.chart.params import LANES, Axis, Panel, Row, Series, Values

Tables = Mapping[str, Table]
CURVE = 400
"""Stretches of a cumulative distribution's curve."""
BINS = 24


@dataclass(frozen=True)
class DataPoint:
    """One point of a line or a scatter. `words` stand beside it, if any; `low` and `high` are the ends of
    what is not certain of `y`."""

    name: str
    x: float
    y: float
    words: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Lane:
    """One row of dots or bars. `values` has one number a series, None where a cell is empty, and `ranges` the
    ends of what is not certain of it."""

    name: str
    label: str
    values: tuple[float | None, ...]
    ranges: tuple[tuple[float, float] | None, ...]
    words: tuple[str | None, ...] = ()
    role: str | None = None
    n: str | None = None
    beside: str | None = None
    beside_role: str | None = None


def axis_of(panel: Panel, name: str, tables: Tables) -> Axis:
    """The axis of that name, its title joined with the unit of the column that lies on it.

    Shares, of `cdf` and `histogram`, are per cent where nothing is written.
    """
    axis: Axis = getattr(panel, name)
    counted = name == "y" and panel.mark in ("cdf", "histogram")
    units = {axis.unit}
    if axis.unit is None and not counted:
        field = "value" if panel.mark in LANES else name
        units = {
            tables[one.table or panel.table or ""].units.get(getattr(one, field)) for one in panel.series
        }
    unit = units.pop() if len(units) == 1 else None
    label = with_unit(axis.label, unit) if axis.label or axis.unit else None
    spec = axis.format or (".0%" if counted else None)
    return axis.model_copy(update={"format": spec, "label": label})


def point_names(panel: Panel, series: Series, tables: Tables) -> list[str]:
    """The names of the series' rows: what `key` holds, or their numbers from 1."""
    rows = tables[series.table or panel.table or ""].select(series.where)
    return [name_of(row.get(panel.key)) if panel.key else str(n) for n, row in enumerate(rows, 1)]


def points_of(panel: Panel, series: Series, tables: Tables) -> list[DataPoint]:
    """The series' points in drawing order: a line's by x, others as the table has them; of a `cdf` its marked
    percentiles, of a `histogram` none.

    Rows without both numbers are left out.
    """
    table, found = tables[series.table or panel.table or ""], []
    if panel.mark == "histogram":
        return []
    if panel.mark == "cdf":
        numbers, spec = numbers_of(panel, series, tables), panel.x.format
        for rank in panel.percentiles if numbers.size else ():
            value = float(np.percentile(numbers, rank))
            spec = panel.x.format or (",.0f" if value >= 100 else ".3g")
            found.append(DataPoint(f"p{rank:g}", value, rank / 100, f"p{rank:g} {written(value, spec)}"))
        return found
    names = {name: names_on(panel, tables, name) for name in ("x", "y") if getattr(panel, name).names}
    for name, row in zip(point_names(panel, series, tables), table.select(series.where), strict=True):
        x, y = (
            float(names[axis].index(name_of(row[text])))
            if axis in names and text
            else value_of(text or "", row, table.columns)
            for axis, text in (("x", series.x), ("y", series.y))
        )
        if x is not None and y is not None:
            words = _words(series.values, name, series.y or "", row, table, panel.y.format)
            found.append(DataPoint(name, x, y, words, *(_range(series, row, table) or ())))
    return sorted(found, key=lambda point: point.x) if panel.mark == "line" else found


def names_on(panel: Panel, tables: Tables, axis: str) -> list[str]:
    """The names that lie on an axis of names, or along a heatmap's, in the tables' order."""
    cells = [
        name_of(row.get(getattr(series, axis) or ""))
        for series in panel.series
        for row in tables[series.table or panel.table or ""].select(series.where)
    ]
    return list(dict.fromkeys(cells))


def numbers_of(panel: Panel, series: Series, tables: Tables) -> NDArray[np.float64]:
    """The numbers of which a `cdf` or a `histogram` is made; cells without one are left out."""
    table = tables[series.table or panel.table or ""]
    found = (value_of(series.x or "", row, table.columns) for row in table.select(series.where))
    return np.array([value for value in found if value is not None], dtype=np.float64)


def outline_of(panel: Panel, series: Series, tables: Tables) -> list[tuple[float, float]]:
    """The line of a `cdf`, or around a `histogram`, from the left; shares are from 0 to 1.

    All series of a panel have the same bins.
    """
    numbers = numbers_of(panel, series, tables)
    if not numbers.size:
        return []
    if panel.mark == "cdf":
        shares = np.linspace(0.0, 1.0, CURVE + 1)
        return list(zip(np.percentile(numbers, shares * 100).tolist(), shares.tolist(), strict=True))
    every = np.concatenate([numbers_of(panel, one, tables) for one in panel.series])
    low, high = (float(every.min()), float(every.max()))
    space = np.geomspace if panel.x.log and low > 0 else np.linspace
    edges = space(low, high if high > low else low + 1.0, (panel.bins or BINS) + 1)
    # The ends of a geometric sequence may miss the numbers by a bit.
    edges[0], edges[-1] = low, max(high, edges[-1])
    shares = np.histogram(numbers, edges)[0] / numbers.size
    corners = [
        corner
        for left, right, share in zip(edges, edges[1:], shares, strict=False)
        for corner in ((float(left), float(share)), (float(right), float(share)))
    ]
    return [(low, 0.0), *corners, (float(edges[-1]), 0.0)]


def cells_of(panel: Panel, tables: Tables) -> dict[tuple[str, str], tuple[float, str | None]]:
    """The cells of a heatmap by the names of their column and row: their number and its words."""
    series = panel.series[0]
    table, found = tables[series.table or panel.table or ""], {}
    for row in table.select(series.where):
        column, line = (name_of(row.get(text or "")) for text in (series.x, series.y))
        if (value := value_of(series.value or "", row, table.columns)) is not None:
            words = _words(series.values, line, series.value or "", row, table, None)
            found[column, line] = value, words
    return found


def _range(series: Series, row: Mapping[str, Cell], table: Table) -> tuple[float, float] | None:
    """The ends of what is not certain of a row's number; None where one is not there."""
    if not series.low or not series.high:
        return None
    low, high = (value_of(text, row, table.columns) for text in (series.low, series.high))
    return None if low is None or high is None else (low, high)


def lanes_of(panel: Panel, tables: Tables) -> list[Lane]:
    """The panel's rows from the top."""
    table, key = tables[panel.table or ""], panel.key or ""
    picked: list[tuple[Row | None, Mapping[str, Cell]]] = [(None, row) for row in table.rows]
    if panel.rows:
        picked = [(row, table.pick({key: row.row})) for row in panel.rows]
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
                tuple(_range(one, row, table) for one in panel.series),
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


def lane_starts(panel: Panel, schedule: Schedule, lanes: Sequence[Lane]) -> list[list[float]]:
    """When each row's data come, a time a series: rows that come with the same beat follow each other."""
    stacked = panel.mark == "stacked"
    lag = 0.0 if stacked else min(0.32, 2.4 / max(1, len(lanes)))
    starts: list[list[float]] = [[] for _ in lanes]
    for order, series in enumerate(panel.series):
        begins = [schedule.at(panel.id, lane.name, series.id) for lane in lanes]
        for index, begin in enumerate(begins):
            later = lag * begins[:index].count(begin) + order * (0.5 if stacked else 0.2)
            starts[index].append(begin + ENTER_S + later)
    return starts


def series_start(panel: Panel, schedule: Schedule, index: int) -> float:
    """When the line or the points of a series begin to come: those of one beat follow each other."""
    begins = [schedule.at(panel.id, series.id) for series in panel.series[: index + 1]]
    return begins[-1] + ENTER_S + 0.35 * begins[:-1].count(begins[-1])


def point_lag(count: int) -> float:
    """Seconds between points of a scatter that come one by one."""
    return min(0.24, 2.0 / max(1, count))


def arrivals(panel: Panel, schedule: Schedule, tables: Tables) -> Iterator[float]:
    """When the panel's rows, lines and points have come."""
    if panel.mark in LANES:
        for starts in lane_starts(panel, schedule, lanes_of(panel, tables)):
            yield from (start + GROW_S for start in starts)
        return
    for index, series in enumerate(panel.series):
        names = point_names(panel, series, tables) if panel.mark in ("line", "scatter") else []
        scattered_s = point_lag(len(names)) * len(names) if panel.mark == "scatter" else 0.0
        yield series_start(panel, schedule, index) + max(DRAWN_S, scattered_s)
        yield from (schedule.at(panel.id, series.id, name) + ENTER_S + POINT_S for name in names)


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
