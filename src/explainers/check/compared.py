"""What a shot compares: the numbers of one series, what each of them is a statistic of, and speeds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from explainers.facts.ledger import Fact
from explainers.storyboard.model import FactEntry

_STATISTICS = {
    "average": "average avg mean median p50",
    "maximum": "max maximum best peak highest top",
    "minimum": "min minimum worst lowest",
    "high percentile": "p90 p95 p99 p999",
}
_WORDS = {word: statistic for statistic, words in _STATISTICS.items() for word in words.split()}
_OVER = {"mean": "average", "median": "average", "max": "maximum", "min": "minimum"}
_COLUMNS = frozenset(("statistic", "stat", "aggregate", "aggregation", "over", "measure", "metric", "kind"))
_SPLIT = re.compile(r"[^A-Za-z0-9]+")


def statistic_in(words: str) -> str | None:
    """The statistic that some words name: `average`, `maximum`, `minimum`, `high percentile`, or None."""
    for word in _SPLIT.split(words.casefold()):
        if word in _WORDS:
            return _WORDS[word]
    return None


def statistic_of(fact: Fact, entry: FactEntry | None) -> str | None:
    """What a fact is a statistic of, by how it is made, its column, its row, or its name."""
    if entry is not None and entry.over in _OVER:
        return _OVER[entry.over]
    where = " ".join(str(value) for column, value in fact.where.items() if column.casefold() in _COLUMNS)
    for words in (where, fact.expression if fact.table else "", fact.name):
        if found := statistic_in(words):
            return found
    return None


def row_statistic(row: Mapping[str, Any]) -> str | None:
    """What a table's row is a statistic of, where one of its columns says so."""
    for column, cell in row.items():
        if column.casefold() in _COLUMNS and isinstance(cell, str) and (found := statistic_in(cell)):
            return found
    return None


def parts_of(
    params: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], BaseModel]]:
    """Every model inside a kind's params with its path, the params themselves first."""
    if isinstance(params, BaseModel):
        yield path, params
        for name in type(params).model_fields:
            yield from parts_of(getattr(params, name), (*path, name))
    elif isinstance(params, Mapping):
        for key, value in params.items():
            yield from parts_of(value, (*path, key))
    elif isinstance(params, (list, tuple)):
        for index, value in enumerate(params):
            yield from parts_of(value, (*path, index))


FIELD = "speed"
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*[x×]?")


def speed_of(part: Any) -> tuple[str, float] | None:
    """The field that sets a part's speed, and its factor; None where it has no speed of its own."""
    if not isinstance(part, BaseModel):
        return None
    value = getattr(part, FIELD, None)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return FIELD, float(value)
    if isinstance(value, str) and (match := _WRITTEN.fullmatch(value.strip())):
        return FIELD, float(match[1])
    return None
