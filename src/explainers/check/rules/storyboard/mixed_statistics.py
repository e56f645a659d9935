"""Averages and maxima in one series.

Bars, lines or a sentence that put a mean beside a best case compare two different things under one name.
What a number is a statistic of is read from how the fact is made (`over: mean`), from its column or its
row, or from a column of the table that says so (`statistic`, `aggregate`, `metric`). A text that names
both statistics in words is honest, and so is a bar whose label does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.compared import parts_of, row_statistic, statistic_in, statistic_of
from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.kinds.base import ShotPlan

CODE: Final = "mixed-statistics"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    yield from _in_texts(subject)
    for shot in subject.plan.shots:
        yield from _in_rows(shot, subject)


def _in_texts(subject: Words) -> Iterator[Finding]:
    entries = subject.plan.storyboard.facts
    for text in subject.plan.texts:
        seen: dict[str, str] = {}
        units: dict[str, str | None] = {}
        for name in text.facts:
            statistic = statistic_of(subject.facts[name], entries.get(name))
            if statistic is None:
                continue
            unit = subject.facts[name].unit
            other = next((s for s in seen if s != statistic and units[s] == unit), None)
            if other is not None and not _named(text.text):
                message = (
                    f"{seen[other]} is an {other} and {name} a {statistic}, and the text does not say so"
                )
                fix = f"say in words which is the {other} and which the {statistic}"
                yield subject.at_text(CODE, SEVERITY, message, text, fix=fix)
                break
            seen.setdefault(statistic, name)
            units.setdefault(statistic, unit)


def _named(text: str) -> bool:
    """Whether the words name at least two statistics, or one as being another than the rest."""
    found = {statistic_in(word) for word in text.split()} - {None}
    return len(found) > 1


def _in_rows(shot: ShotPlan, subject: Words) -> Iterator[Finding]:
    """The rows of a table that the entries of one list show, by the key column the kind names."""
    table = shot.tables.get(str(getattr(shot.params, "table", "")))
    key = getattr(shot.params, "key", None)
    if table is None or key not in table.columns:
        return
    seen: dict[str, str] = {}
    for path, part in parts_of(shot.params):
        row_name = getattr(part, "row", None)
        if not isinstance(row_name, str) or len(path) < 2:
            continue
        rows = table.select({key: row_name})
        statistic = row_statistic(rows[0]) if len(rows) == 1 else None
        label = str(getattr(part, "label", row_name))
        if statistic is None or statistic_in(label) == statistic:
            continue
        other = next((one for one in seen if one != statistic), None)
        if other is not None:
            message = f"{seen[other]!r} shows an {other} and {label!r} a {statistic}, in one series"
            loc = (*subject.shot_locs[shot.id], *path, "row")
            fix = "show one statistic, or say in the label which it is"
            yield subject.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)
        seen.setdefault(statistic, label)
