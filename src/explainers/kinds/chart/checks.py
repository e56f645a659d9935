"""What is wrong with a chart shot that its fields alone don't tell: columns, rows, names on beats, axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from explainers.facts.tables import Cell, Table
from explainers.kinds._cells import name_of, wrong_expression, wrong_names, wrong_where
from explainers.kinds.base import ShotPlan
from explainers.kinds.chart.params import Panel, Params
from explainers.kinds.chart.parts import Axis, Series
from explainers.storyboard.mistakes import Loc, Mistake


def mistakes(shot: ShotPlan) -> list[Mistake]:
    """Everything found; locations count from the shot."""
    params: Params = shot.params
    found: list[Mistake] = []
    for index, panel in enumerate(params.all_panels):
        loc: Loc = ("panels", index) if params.panels else ()
        table = shot.tables.get(panel.table or "")
        if table is not None:
            found += _panel(panel, table, shot, loc)
    known = list(_names(shot))
    for index, beat in enumerate(shot.beats):
        for field in ("show", "highlight"):
            found += wrong_names(
                getattr(beat.params, field, ()), known, "part of the chart", ("beats", index, field)
            )
    return found


def _panel(panel: Panel, table: Table, shot: ShotPlan, loc: Loc) -> list[Mistake]:
    found: list[Mistake] = []
    for column, field in ((panel.key, "key"), (panel.label, "label")):
        if column is not None and column not in table.columns:
            found.append(table.unknown_column(column).under(*loc, field))
    rows = table.rows
    if panel.key in table.columns and panel.rows:
        wrong = [
            one
            for index, row in enumerate(panel.rows)
            for one in wrong_where({panel.key: row.row}, table, (*loc, "rows", index, "row"))
        ]
        rows = () if wrong else tuple(table.pick({panel.key: row.row}) for row in panel.rows)
        found += wrong
    found += wrong_expression(panel.n, table, (*loc, "n"), rows)
    if panel.beside:
        found += wrong_expression(panel.beside.value, table, (*loc, "beside", "value"), rows)
    for index, series in enumerate(panel.series):
        own = shot.tables.get(series.table, table) if series.table else table
        found += _series(series, own, (*loc, "series", index), rows if own is table and panel.rows else None)
    if panel.mark == "stacked" and panel.x.low is not None and float(panel.x.low) > 0:
        message = "stacked bars are as long as their numbers, so their axis begins at zero or below"
        found.append(Mistake((*loc, "x", "low"), "axis-cut", message))
    for name, axis in (("x", panel.x), ("y", panel.y)):
        found += _axis(axis, (*loc, name))
    return found


def _series(
    series: Series, table: Table, loc: Loc, rows: Sequence[Mapping[str, Cell]] | None
) -> list[Mistake]:
    """What is wrong with a series; `rows` are those of the panel, where it picks some."""
    unknown = [column for column in series.where if column not in table.columns]
    found = [table.unknown_column(column).under(*loc, "where") for column in unknown]
    rows = (() if unknown else table.select(series.where)) if rows is None else rows
    for field in ("x", "y", "value"):
        found += wrong_expression(getattr(series, field), table, (*loc, field), rows)
    if series.values:
        found += wrong_expression(series.values.value, table, (*loc, "values", "value"), rows)
    return found


def _axis(axis: Axis, loc: Loc) -> list[Mistake]:
    low, high = axis.low, axis.high
    if low is not None and high is not None and float(low) >= float(high):
        return [
            Mistake((*loc, "high"), "out-of-range", f"the axis ends at {high}, not after its beginning {low}")
        ]
    if axis.log and low is not None and float(low) <= 0:
        return [Mistake((*loc, "low"), "out-of-range", "a log scale begins above zero")]
    return []


def _names(shot: ShotPlan) -> Iterable[str]:
    """Everything a beat may name."""
    for panel in shot.params.all_panels:
        yield from (one.id for one in (panel, *panel.series, *panel.bands, *panel.lines) if one.id)
        if panel.beside:
            yield "beside"
        for name in {panel.table, *(series.table for series in panel.series)}:
            table = shot.tables.get(name or "")
            if table is not None and panel.key in table.columns:
                yield from (name_of(row[panel.key]) for row in table.rows)
