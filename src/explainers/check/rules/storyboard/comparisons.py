"""Rules about what is compared side by side: datasets, speeds, axes and statistics; shots in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from explainers.check.finding import Finding, Severity
from explainers.check.rules import rule
from explainers.check.subject import Words, parts_of, speed_of
from explainers.facts.ledger import Fact
from explainers.kinds.base import ShotPlan
from explainers.storyboard.film import PLACES
from explainers.storyboard.mistakes import Loc
from explainers.storyboard.model import FactEntry


@rule("same-dataset", "error")
def same_datasets(subject: Words) -> Iterator[Finding]:
    """Runs in a race that did not run the same dataset.

    Two runs are compared by everything their logs hold: numbers of requests, ids, prompt lengths, totals of
    prompt tokens, and what is stated of the dataset. Different requests make the race meaningless (the race
    kind itself refuses them); runs whose logs can't tell, and that do not even name the same dataset, are
    warned of.
    """
    from explainers.runs.summary import same_dataset

    places = {
        (reference.shot, reference.name): reference.loc
        for reference in subject.plan.referred
        if reference.to == "run"
    }
    for shot in subject.plan.shots:
        # A race refuses runs of different datasets by itself, unless its author says that they differ.
        judged = getattr(shot.params, "different_datasets", None)
        for one, other in combinations(shot.runs, 2) if not judged else ():
            left, right = shot.runs[one], shot.runs[other]
            same, reason = same_dataset(left, right)
            severity: Severity = "error"
            if same is False and judged is None:
                message = f"{one} and {other} did not run the same requests: {reason}"
                fix = "race runs of one dataset"
            elif same is None and not (left.provenance.dataset and right.provenance.dataset):
                message = f"nothing says that {one} and {other} ran the same dataset: {reason}"
                severity, fix = "warning", "name it in the runs"
            else:
                continue
            loc = places.get((shot.id, other), ())
            yield subject.found(message, loc, shot=shot.id, fix=fix, severity=severity)


@rule("unequal-speed", "error")
def unequal_speed(subject: Words) -> Iterator[Finding]:
    """Panes that are compared at different speeds.

    Two panes side by side are read as one clock. Where one of them plays faster the comparison is false,
    whatever its label says.
    """
    for shot in subject.plan.shots:
        for path, part in parts_of(shot.params):
            for name in type(part).model_fields:
                entries = getattr(part, name)
                if isinstance(entries, (list, tuple)) and len(entries) > 1:
                    yield from _unequal(entries, subject.loc(shot.id, *path, name), shot.id, subject)


def _unequal(entries: Any, loc: Loc, shot: str, subject: Words) -> Iterator[Finding]:
    # Stretches of one clip follow each other; panes are seen together.
    if any(hasattr(entry, "until") or hasattr(entry, "to") for entry in entries):
        return
    speeds = [speed_of(entry) for entry in entries]
    factors = [1.0 if speed is None else speed for speed in speeds]
    for index, factor in enumerate(factors):
        if factor != factors[0]:
            message = f"this pane plays at {factor:g}x, the first one at {factors[0]:g}x"
            where = (*loc, index, "speed") if speeds[index] is not None else (*loc, index)
            fix = "one speed for all panes, or shots of their own"
            yield subject.found(message, where, shot=shot, fix=fix)


_START = re.compile(r"(axis_|x_|y_|value_)?(min|start|from|low|origin)_?(value)?$")
_CUT = re.compile(
    r"\b(cut|does not start|doesn't start|starts? at|begins? at|truncated|zoomed)\b", re.IGNORECASE
)
_BARS = ("bars", "bar", "columns", "stacked")


@rule("cut-axis", "error")
def cut_axis(subject: Words) -> Iterator[Finding]:
    """Bars on an axis that does not start at zero, without a mark.

    A bar's length is its message; on a cut axis it lies. An axis may be cut where the shot says so on
    screen: in the axis' own mark, in the statement, or in a note. A kind that always marks a cut axis itself
    says so with `MARKS_CUT_AXES = True`.
    """
    for shot in subject.plan.shots:
        words = " ".join(text.text for text in subject.of_shot(shot.id) if text.on_screen)
        if subject.plan.kinds[shot.kind].marks_cut_axes or _CUT.search(words):
            continue
        for path, part in parts_of(shot.params):
            name, start = _axis_start(part, path)
            if start and _draws_bars(shot.kind, shot.params, path) and not getattr(part, "cut", None):
                message = f"the bars' axis starts at {start:g}, not at zero, and nothing on screen says so"
                fix = "start at zero, or say in the statement that the axis is cut and why"
                yield subject.found(message, subject.loc(shot.id, *path, name), shot=shot.id, fix=fix)


def _axis_start(part: Any, path: Loc) -> tuple[str, float]:
    """The field of an axis' start and its value; 0 where the part is no axis or does not cut."""
    axis = bool(path) and ("axis" in str(path[-1]) or path[-1] in ("x", "y"))
    for name in type(part).model_fields:
        value = getattr(part, name)
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        if numeric and _START.fullmatch(name) and (axis or "axis" in name or name[:2] in ("x_", "y_")):
            return name, float(value)
    return "", 0.0


def _draws_bars(kind: str, params: Any, path: Loc) -> bool:
    """Whether the numbers on an axis are shown as lengths: the panel it belongs to says with what marks it
    draws, else the kind or its fields are named after bars."""
    enclosing = [part for where, part in parts_of(params) if path[: len(where)] == where]
    marks = [mark for part in enclosing if isinstance(mark := getattr(part, "mark", None), str)]
    if marks:
        return marks[-1] in _BARS
    return kind in _BARS or any(getattr(params, name, None) for name in _BARS)


_STATISTICS = {
    "average": "average avg mean median p50",
    "maximum": "max maximum best peak highest top",
    "minimum": "min minimum worst lowest",
    "high percentile": "p90 p95 p99 p999",
}
_STATISTIC_OF = {word: statistic for statistic, words in _STATISTICS.items() for word in words.split()}
_COLUMNS = frozenset(("statistic", "stat", "aggregate", "aggregation", "over", "measure", "metric", "kind"))
_SPLIT = re.compile(r"[^A-Za-z0-9]+")


@rule("mixed-statistics", "error")
def mixed_statistics(subject: Words) -> Iterator[Finding]:
    """Averages and maxima in one series.

    Bars, lines or a sentence that put a mean beside a best case compare two different things under one name.
    What a number is a statistic of is read from how the fact is made (`over: mean`), from its column or its
    row, or from a column of the table that says so (`statistic`, `aggregate`, `metric`). A text that names
    both statistics in words is honest, and so is a bar whose label does.
    """
    yield from _statistics_in_texts(subject)
    for shot in subject.plan.shots:
        yield from _statistics_in_rows(shot, subject)


def _statistics_in_texts(subject: Words) -> Iterator[Finding]:
    entries = subject.plan.storyboard.facts
    for text in subject.plan.texts:
        first: dict[str, Fact] = {}
        # Words that name two statistics, or one as being another than the rest, are honest.
        honest = len({statistic_in(word) for word in text.text.split()} - {None}) > 1
        for name in text.facts if not honest else ():
            fact = subject.facts[name]
            statistic = statistic_of(fact, entries.get(name))
            if statistic is None:
                continue
            other = next((s for s, one in first.items() if s != statistic and one.unit == fact.unit), None)
            if other is not None:
                what = f"{first[other].name} is an {other} and {name} a {statistic}"
                fix = f"say in words which is the {other} and which the {statistic}"
                yield subject.at_text(f"{what}, and the text does not say so", text, fix=fix)
                break
            first.setdefault(statistic, fact)


def _statistics_in_rows(shot: ShotPlan, subject: Words) -> Iterator[Finding]:
    """The rows of a table that the entries of one list show, by the key column the kind names."""
    table = shot.tables.get(str(getattr(shot.params, "table", "")))
    key = getattr(shot.params, "key", None)
    if table is None or key not in table.columns:
        return
    first: dict[str, str] = {}
    for path, part in parts_of(shot.params):
        row = getattr(part, "row", None)
        if not isinstance(row, str) or len(path) < 2:
            continue
        rows = table.select({key: row})
        statistic = row_statistic(rows[0]) if len(rows) == 1 else None
        label = str(getattr(part, "label", row))
        if statistic is None or statistic_in(label) == statistic:
            continue
        other = next((one for one in first if one != statistic), None)
        if other is not None:
            message = f"{first[other]!r} shows an {other} and {label!r} a {statistic}, in one series"
            fix = "show one statistic, or say in the label which it is"
            yield subject.found(message, subject.loc(shot.id, *path, "row"), shot=shot.id, fix=fix)
        first.setdefault(statistic, label)


def statistic_in(words: str) -> str | None:
    """The statistic that some words name: `average`, `maximum`, `minimum`, `high percentile`, or None."""
    return next((_STATISTIC_OF[one] for one in _SPLIT.split(words.casefold()) if one in _STATISTIC_OF), None)


def statistic_of(fact: Fact, entry: FactEntry | None) -> str | None:
    """What a fact is a statistic of, by how it is made, its column, its row, or its name."""
    if entry is not None and entry.over in ("mean", "median", "max", "min"):
        return _STATISTIC_OF[entry.over]
    where = " ".join(str(value) for column, value in fact.where.items() if column.casefold() in _COLUMNS)
    words = (where, fact.expression if fact.measured else "", fact.name)
    return next((found for word in words if (found := statistic_in(word))), None)


def row_statistic(row: Mapping[str, Any]) -> str | None:
    """What a table's row is a statistic of, where one of its columns says so."""
    cells = (cell for column, cell in row.items() if column.casefold() in _COLUMNS and isinstance(cell, str))
    return next((found for cell in cells if (found := statistic_in(cell))), None)


IN_A_ROW = 4


@rule("same-layout", "warning")
def same_layout(subject: Words) -> Iterator[Finding]:
    """Four shots in a row with one layout.

    Composition varies: of four shots that follow one another, one at least has another `layout`. A shot that
    carries on the one before is the same picture, and counts with it as one.
    """
    alike: list[ShotPlan] = []
    for shot in subject.plan.shots:
        if shot.carry is not None and alike and alike[-1].layout.place == shot.layout.place:
            continue
        if alike and alike[-1].layout.place != shot.layout.place:
            alike = []
        alike.append(shot)
        if len(alike) == IN_A_ROW:
            place, others = shot.layout.place, [one for one in PLACES if one != shot.layout.place]
            message = (
                f"this is the {IN_A_ROW}th shot in a row with the layout {place!r}, since {alike[0].id!r}"
            )
            fix = f"layout: {', '.join(others[:-1])} or {others[-1]} in one of them, or carry: true"
            yield subject.found(message, shot=shot.id, fix=fix)
            alike = [shot]
