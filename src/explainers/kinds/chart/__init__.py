"""Charts of tables: lines, scatters, dots, bars, distributions and heatmaps, built up by beats.

The axes are there from the start; points come one by one, lines are drawn on, bars grow. Names stand at
the ends of what they name. An axis that does not begin at zero is marked, in sign and words. A shot may
hold several panels. `engine: matplotlib` draws a panel as a Matplotlib figure in the theme instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.facts.expression import ExpressionError
from explainers.facts.tables import Table
from explainers.kinds._cells import (
    Bracket,
    wrong_columns,
    wrong_difference,
    wrong_expression,
    wrong_names,
    wrong_where,
)
from explainers.kinds._plots import Schedule, last_show_s, wrong_beats
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.kinds.chart.data import (
    Lane,
    Tables,
    arrivals,
    cells_of,
    lanes_of,
    names_in,
    names_on,
    numbers_of,
    outline_of,
    point_names,
    points_of,
)
from explainers.kinds.chart.params import LANES, NEEDED, BeatParams, Note, Panel, Params
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.timing import BRACKET_S, reading_s

if TYPE_CHECKING:
    from explainers.stage import Stage

BUILT_S, ARRIVED_S, STOOD_S = 3.2, 2.4, 0.6
"""How long a panel takes to come, with a moment of stillness, and that moment."""

EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  scaling: {file: data/scaling.csv, source: made-up}
  parts: {file: data/parts.csv, source: made-up}
  waits: {file: data/waits.csv, source: made-up}
  grid: {file: data/grid.csv, source: made-up}
""",
    "data/scaling.csv": "batch,plain,ours\n4,60,64\n8,110,122\n16,190,221\n32,300,360\n",
    "data/parts.csv": "stage,compute,wait\nprefill,4,1\ndecode,9,3\n",
    "data/waits.csv": "system,wait\n"
    + "".join(f"plain,{20 + 3 * n + n * n}\nours,{18 + 2 * n}\n" for n in range(12)),
    "data/grid.csv": "batch,layers,rate\n"
    + "".join(f"{b},{n},{b * (9 - n // 8)}\n" for b in (4, 8, 16) for n in (8, 16, 32)),
}


class ChartKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES
    marks_cut_axes = True

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """The panels side by side, each with its axes, data and words."""
        from explainers.kinds.chart.draw import draw

        draw(shot, stage)

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """Names of rows, where the storyboard gives none."""
        panels = enumerate(shot.params.panels)
        lanes = [(index, panel) for index, panel in panels if panel.mark in LANES]
        return [
            (("panels", index), lane.label) for index, panel in lanes for lane in lanes_of(panel, shot.tables)
        ]

    def beat_s(self, beat: BeatParams) -> float:
        """Until what a beat shows is drawn and its words stand beside it."""
        return ARRIVED_S if beat.show else 0.0

    def arrivals_s(self, shot: ShotPlan) -> list[float]:
        """What no beat shows comes with the first one."""
        schedule, moments = Schedule(shot.beats), list[float]()
        # `mistakes` says what is wrong with rows and expressions, at its place.
        with suppress(LookupError, ExpressionError):
            for panel in shot.params.all_panels:
                moments += arrivals(panel, schedule, shot.tables)
        return [moment + STOOD_S for moment in moments]

    def duration_s(self, shot: ShotPlan) -> float:
        """Until the last thing has come and stood still for a while."""
        arrived = max(self.arrivals_s(shot), default=0.0) + 1.0
        brackets = [panel.bracket for panel in shot.params.all_panels if panel.bracket]
        read = max((BRACKET_S + reading_s(one.words) for one in brackets), default=0.0)
        return max(last_show_s(shot) + BUILT_S, arrived) + read

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


_OF_LANES = ("label", "rows", "order", "n", "beside", "stems")
_OF_PANELS = (*_OF_LANES, "bracket", "percentiles", "bins", "bands", "lines", "y")
_OF_SERIES = (
    "x",
    "y",
    "value",
    "values",
    "low",
    "high",
    "table",
    "where",
    "step",
    "path",
    "points",
    "hollow",
)
_USED: dict[str | None, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "line": (
        ("bands", "lines", "y"),
        ("values", "low", "high", "table", "where", "step", "points", "hollow"),
    ),
    "scatter": (("bands", "lines", "y"), ("values", "low", "high", "table", "where", "path", "hollow")),
    "dots": ((*_OF_LANES, "bracket", "bands", "lines"), ("values", "low", "high", "hollow")),
    "stacked": ((*_OF_LANES[:-1], "bands", "lines"), ("values",)),
    "grouped": ((*_OF_LANES[:-1], "bands", "lines"), ("values", "low", "high")),
    "cdf": (("percentiles", "bands", "lines", "y"), ("table", "where", "hollow")),
    "histogram": (("bins", "bands", "lines", "y"), ("table", "where")),
    "heatmap": (("y",), ("values", "table", "where")),
}
"""What each mark makes use of: fields of the panel and of its series, besides those that it needs."""
_NOT_IN_FIGURES = (
    ("bands", "lines", "beside", "bracket", "n", "stems", "percentiles"),
    ("values", "path", "points", "hollow"),
)
_NOT_ON_NAMES = ("low", "high", "ticks", "format", "log", "zero")


def _ignored(panel: Panel, loc: Loc) -> list[Mistake]:
    """What is written of a panel and has no effect on it."""
    used, used_of_series = _USED[panel.mark]
    of_panel = [name for name in _OF_PANELS if name not in used]
    of_series = [name for name in _OF_SERIES if name not in (*used_of_series, *NEEDED[panel.mark or "line"])]
    cases: list[tuple[str, Sequence[str], Sequence[str]]] = [(f"a {panel.mark} panel", of_panel, of_series)]
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
        if axis.names and panel.mark in ("line", "scatter"):
            found += without_effect(axis, _NOT_ON_NAMES, "an axis of names", (*loc, name))
        elif axis.names:
            found += without_effect(axis, ("names",), f"a {panel.mark} panel", (*loc, name))
        if panel.mark == "heatmap":
            fields = [one for one in _NOT_ON_NAMES if (name, one) != ("x", "log")]
            found += without_effect(axis, fields, "a heatmap", (*loc, name))
    if panel.mark in LANES:
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
        for field in ("x", "y", "value", "low", "high"):
            named = field in ("x", "y") and (panel.mark == "heatmap" or getattr(panel, field).names)
            text = getattr(series, field)
            found += (
                wrong_columns([((*at, field), text)], source)
                if named
                else wrong_expression(text, source, (*at, field), chosen)
            )
        if series.values:
            found += wrong_expression(series.values.value, source, (*at, "values", "value"), chosen)
    return found


def _values(panel: Panel, tables: Tables, loc: Loc) -> list[Mistake]:
    """Names of rows that are not there, and axes that have no place for what they show."""
    found: list[Mistake] = []
    lanes = lanes_of(panel, tables) if panel.mark in LANES else []
    curve = panel.mark in ("cdf", "histogram")
    points = [
        points_of(panel, series, tables) if panel.mark in ("line", "scatter", "cdf") else []
        for series in panel.series
    ]
    for index, series in enumerate(panel.series):
        names = [lane.name for lane in lanes] or point_names(panel, series, tables)
        if panel.mark == "cdf":
            names = [point.name for point in points[index]]
        at = (*loc, "series", index)
        found += wrong_names(series.hollow, names, "row", (*at, "hollow"))
        if series.values:
            if panel.mark == "heatmap":
                names = names_on(panel, tables, "y")
            found += wrong_names(series.values.rows, names, "row", (*at, "values", "rows"))
        if curve and not numbers_of(panel, series, tables).size:
            message = f"no row that the series takes has a number in {series.x!r}"
            found.append(Mistake((*at, "x"), "not-a-number", message))
        if panel.mark == "line" and not series.points and len(points[index]) > 1:
            found += without_effect(series, ("hollow",), "a line without `points`", at)
    if panel.beside:
        rows = [lane.name for lane in lanes]
        found += wrong_names(panel.beside.warn, rows, "row", (*loc, "beside", "warn"))
    if panel.bracket and panel.mark == "dots":
        found += _bracket(panel.bracket, lanes, loc)
    if panel.mark == "heatmap" and not cells_of(panel, tables):
        message = f"no row has a number in {panel.series[0].value!r}"
        return [*found, Mistake((*loc, "series", 0, "value"), "not-a-number", message)]
    if panel.mark in ("stacked", "grouped") and (
        panel.x.log or (panel.x.low is not None and float(panel.x.low) > 0)
    ):
        message = "bars are as long as their numbers, so their axis begins at zero or below"
        found.append(Mistake((*loc, "x", "log" if panel.x.log else "low"), "axis-cut", message))
    every = [point for some in points for point in some]
    shown = {
        "x": [point.x for point in every]
        + [value for lane in lanes for value in lane.values if value is not None]
        + [end for lane in lanes for ends in lane.ranges if ends for end in ends],
        "y": [point.y for point in every] + [point.low for point in every if point.low is not None],
    }
    if curve and not found:
        for series in panel.series:
            for x, y in outline_of(panel, series, tables):
                shown["x"].append(x)
                shown["y"].append(y)
    if panel.mark == "heatmap":
        shown["x"] = [value for value, _ in cells_of(panel, tables).values()]
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
    elif panel.mark in LANES:
        found += without_effect(note, ("y",), f"a {panel.mark} panel", loc)
    return found
