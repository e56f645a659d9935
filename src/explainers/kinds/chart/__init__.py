"""Charts of tables: lines, scatters, dots and stacked bars, built up by beats.

The axes are there from the start; points come one by one, lines are drawn on, bars grow. Names stand at
the ends of what they name. An axis that does not begin at zero is marked, in sign and words. A shot may
hold several panels. `engine: matplotlib` draws a panel as a Matplotlib figure in the theme instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.facts.tables import Table
from explainers.kinds._cells import (
    Bracket,
    wrong_columns,
    wrong_difference,
    wrong_expression,
    wrong_names,
    wrong_where,
)
from explainers.kinds._plots import last_show_s, wrong_beats
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.chart.data import Lane, Tables, lanes_of, names_in, point_names, points_of
from explainers.kinds.chart.params import BeatParams, Note, Panel, Params
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.timing import BRACKET_S, reading_s

if TYPE_CHECKING:
    from explainers.stage import Stage

BUILT_S = 3.2
"""How long a panel takes to come, with a moment of stillness."""

EXAMPLE = """
storyboard: 1
title: Charts
shots:
  - id: growth
    kind: chart
    title: It scales
    statement: Ours keeps its lead as the batch grows.
    mark: line
    table: scaling
    key: batch
    x: {label: batch size}
    y: {label: tokens / s}
    bands: [{low: 16, high: 32, label: large batches}]
    series:
      - {id: plain, label: Plain, x: batch, y: plain}
      - {id: ours, label: Ours, role: ours, x: batch, y: ours, points: true, values: {rows: ["32"]}}
    beats:
      - {id: before, duration: 2.5s, show: [plain]}
      - {id: after, duration: 2.5s, show: [ours]}
  - id: parts
    kind: chart
    title: Where the time goes
    panels:
      - id: gain
        heading: Gain by batch size
        mark: dots
        table: scaling
        key: batch
        x: {label: gain, format: +.0%}
        series: [{value: ours / plain - 1, role: ours, values: {format: +.0%}}]
        bands: [{low: 0.1, high: 0.2, label: expected}]
      - id: parts
        heading: Time by stage
        mark: stacked
        table: parts
        key: stage
        x: {label: seconds}
        series:
          - {label: Compute, value: compute, role: accent}
          - {label: Wait, value: wait, role: stay}
    beats:
      - {id: gain, duration: 3s}
      - {id: parts, duration: 3s, highlight: [parts]}
"""

EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  scaling: {file: data/scaling.csv, source: made-up}
  parts: {file: data/parts.csv, source: made-up}
""",
    "data/scaling.csv": "batch,plain,ours\n4,60,64\n8,110,122\n16,190,221\n32,300,360\n",
    "data/parts.csv": "stage,compute,wait\nprefill,4,1\ndecode,9,3\n",
}


class ChartKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES
    marks_cut_axes = True

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The panels side by side, each with its axes, data and words."""
        from explainers.kinds.chart.draw import draw

        draw(shot, stage)

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """Names of rows, where the storyboard gives none."""
        panels = enumerate(shot.params.panels)
        lanes = [(index, panel) for index, panel in panels if panel.mark in ("stacked", "dots")]
        return [
            (("panels", index), lane.label) for index, panel in lanes for lane in lanes_of(panel, shot.tables)
        ]

    def duration_s(self, shot: ShotPlan) -> float:
        """Until the last thing has come and stood still for a while."""
        brackets = [panel.bracket for panel in shot.params.all_panels if panel.bracket]
        read = max((BRACKET_S + reading_s(one.words) for one in brackets), default=0.0)
        return last_show_s(shot) + BUILT_S + read

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Columns, rows and names on beats that are not there, axes without a place for what they show, and
        whatever is written and changes nothing."""
        params: Params = shot.params
        found: list[Mistake] = []
        if params.panels:
            found += without_effect(params, Panel.model_fields, "a shot that has `panels`")
        known: list[str] = []
        for index, panel in enumerate(params.all_panels):
            loc: Loc = ("panels", index) if params.panels else ()
            if len(params.all_panels) == 1:
                found += without_effect(panel, ("column", "share"), "a panel that stands alone", loc)
            found += _ignored(panel, loc)
            table = shot.tables.get(panel.table or "")
            if table is not None:
                found += _columns(panel, table, shot.tables, loc) or _values(panel, shot.tables, loc)
            known += [*names_in(panel, shot.tables), *(["beside"] if panel.beside else [])]
            known += ["bracket"] if panel.bracket else []
        found += wrong_beats(shot, known, "part of the chart")
        if found:
            return found
        for index, beat in enumerate(shot.beats):
            if beat.params and beat.params.note:
                found += _note(beat.params.note, shot, ("beats", index, "note"))
        return found


_OF_LANES = ("label", "rows", "order", "n", "beside", "bracket", "stems")
_OF_PLANES = ("x", "y", "table", "where", "path", "points")
_IGNORED: dict[str | None, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "line": (_OF_LANES, ("value",)),
    "scatter": (_OF_LANES, ("value", "points")),
    "dots": (("y",), _OF_PLANES),
    "stacked": (("y", "stems", "bracket"), (*_OF_PLANES, "hollow")),
}
"""What each mark makes no use of: fields of the panel, fields of its series."""
_NOT_IN_FIGURES = (
    ("bands", "lines", "beside", "bracket", "n", "stems"),
    ("values", "path", "points", "hollow"),
)


def _ignored(panel: Panel, loc: Loc) -> list[Mistake]:
    """What is written of a panel and has no effect on it."""
    of_panel, of_series = _IGNORED[panel.mark]
    cases = [(f"a {panel.mark} panel", of_panel, of_series)]
    if panel.engine == "matplotlib":
        cases.append(("a panel that Matplotlib draws", *_NOT_IN_FIGURES))
    if panel.mark == "dots" and (len(panel.series) > 1 or panel.x.log):
        cases.append(("dots of several series or on a log scale", ("stems",), ()))
    found = []
    for what, keys, series_keys in cases:
        found += without_effect(panel, keys, what, loc)
        for index, series in enumerate(panel.series):
            found += without_effect(series, series_keys, what, (*loc, "series", index))
    for name, axis in (("x", panel.x), ("y", panel.y)):
        if axis.log:
            found += without_effect(axis, ("zero",), "a log scale", (*loc, name))
    if panel.mark in ("dots", "stacked"):
        for index, series in enumerate(panel.series):
            if series.values:
                at = (*loc, "series", index, "values")
                found += without_effect(series.values, ("side",), f"a {panel.mark} panel", at)
        axes = {("bands", index): band.axis for index, band in enumerate(panel.bands)}
        axes |= {("lines", index): line.axis for index, line in enumerate(panel.lines)}
        message = f"a {panel.mark} panel has its values on x, and no y axis"
        found += [
            Mistake((*loc, *at, "axis"), "no-such-axis", message, "x")
            for at, name in axes.items()
            if name == "y"
        ]
    return found


def _columns(panel: Panel, table: Table, tables: Tables, loc: Loc) -> list[Mistake]:
    """Columns, expressions and rows of a panel that are not there."""
    found = wrong_columns([((*loc, "key"), panel.key), ((*loc, "label"), panel.label)], table)
    rows = table.rows
    if panel.key in table.columns and panel.rows:
        wrong = [
            mistake
            for index, row in enumerate(panel.rows)
            for mistake in wrong_where({panel.key: row.row}, table, (*loc, "rows", index, "row"))
        ]
        rows = () if wrong else tuple(table.pick({panel.key: row.row}) for row in panel.rows)
        found += wrong
    found += wrong_expression(panel.n, table, (*loc, "n"), rows)
    if panel.beside:
        found += wrong_expression(panel.beside.value, table, (*loc, "beside", "value"), rows)
    for index, series in enumerate(panel.series):
        at, source = (*loc, "series", index), tables.get(series.table or "", table)
        unknown = wrong_columns((((*at, "where"), column) for column in series.where), source)
        found += unknown
        chosen = rows
        if not panel.rows or source is not table:
            chosen = () if unknown else tuple(source.select(series.where))
        for field in ("x", "y", "value"):
            found += wrong_expression(getattr(series, field), source, (*at, field), chosen)
        if series.values:
            found += wrong_expression(series.values.value, source, (*at, "values", "value"), chosen)
    return found


def _values(panel: Panel, tables: Tables, loc: Loc) -> list[Mistake]:
    """Names of rows that are not there, and axes that have no place for what they show."""
    found: list[Mistake] = []
    flat = panel.mark in ("line", "scatter")
    lanes = [] if flat else lanes_of(panel, tables)
    points = [points_of(panel, series, tables) if flat else [] for series in panel.series]
    for index, series in enumerate(panel.series):
        names = point_names(panel, series, tables) if flat else [lane.name for lane in lanes]
        at = (*loc, "series", index)
        found += wrong_names(series.hollow, names, "row", (*at, "hollow"))
        if series.values:
            found += wrong_names(series.values.rows, names, "row", (*at, "values", "rows"))
        if panel.mark == "line" and not series.points and len(points[index]) > 1:
            found += without_effect(series, ("hollow",), "a line without `points`", at)
    if panel.beside:
        rows = [lane.name for lane in lanes]
        found += wrong_names(panel.beside.warn, rows, "row", (*loc, "beside", "warn"))
    if panel.bracket and panel.mark == "dots":
        found += _bracket(panel.bracket, lanes, loc)
    if panel.mark == "stacked" and (panel.x.log or (panel.x.low is not None and float(panel.x.low) > 0)):
        message = "stacked bars are as long as their numbers, so their axis begins at zero or below"
        found.append(Mistake((*loc, "x", "log" if panel.x.log else "low"), "axis-cut", message))
    shown = {
        "x": [point.x for some in points for point in some]
        + [value for lane in lanes for value in lane.values if value is not None],
        "y": [point.y for some in points for point in some],
    }
    for name, axis in (("x", panel.x), ("y", panel.y)):
        low, high = axis.low, axis.high
        if low is not None and high is not None and float(low) >= float(high):
            message = f"the axis ends at {high}, not after its beginning {low}"
            found.append(Mistake((*loc, name, "high"), "out-of-range", message))
        marks = [end for band in panel.bands if band.axis == name for end in (band.low, band.high)]
        marks += [line.at for line in panel.lines if line.axis == name]
        marks += [*axis.ticks, *(end for end in (low, high) if end is not None)]
        least = min([*shown[name], *map(float, marks)], default=1.0)
        if axis.log and least <= 0:
            message = f"a log scale begins above zero, and {least:g} has no place on it"
            found.append(Mistake((*loc, name, "log" if low is None else "low"), "out-of-range", message))
    return found


def _bracket(bracket: Bracket, lanes: list[Lane], loc: Loc) -> list[Mistake]:
    """Rows of a bracket that are not there or have no value, and differences that are no number."""
    found: list[Mistake] = []
    values = {lane.name: lane.values[0] for lane in lanes}
    for field, name in (("from", bracket.from_), ("to", bracket.to)):
        at = (*loc, "bracket", field)
        found += [replace(one, loc=at) for one in wrong_names([name], values, "row", at)]
        if name in values and values[name] is None:
            found.append(Mistake(at, "not-a-number", f"row {name!r} has no value for a bracket to begin at"))
    return found or [one.under(*loc) for one in wrong_difference(bracket, values[bracket.from_])]


def _note(note: Note, shot: ShotPlan, loc: Loc) -> list[Mistake]:
    """Whether a beat's note has a panel and a place in it."""
    panels = shot.params.all_panels
    ids = [panel.id for panel in panels if panel.id]
    if note.panel and note.panel not in ids:
        return [replace(m, loc=(*loc, "panel")) for m in wrong_names([note.panel], ids, "panel", loc)]
    panel = panels[ids.index(note.panel)] if note.panel else panels[0]
    found = []
    if panel.engine == "matplotlib":
        found += without_effect(note, ("text",), "a panel that Matplotlib draws", loc)
    if note.row is not None:
        rows = list(names_in(panel, shot.tables))
        found += without_effect(note, ("x", "y"), "a note beside a row", loc)
        found += [replace(m, loc=(*loc, "row")) for m in wrong_names([note.row], rows, "row", loc)]
    elif panel.mark in ("dots", "stacked"):
        found += without_effect(note, ("y",), f"a {panel.mark} panel", loc)
    return found
