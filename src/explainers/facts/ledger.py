"""Facts: numbers that are computed from tables, each with its unit and its sources."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from explainers.errors import nearest
from explainers.facts.expression import Expression, ExpressionError, parse
from explainers.facts.numbers import written
from explainers.facts.tables import Cell, NoSuchRow, Table
from explainers.storyboard.mistakes import Loc, Mistake, mistake_of
from explainers.storyboard.model import FactEntry

_OVER_ROWS: dict[str, Callable[[list[float]], float]] = {
    "count": lambda values: float(len(values)),
    "sum": sum,
    "mean": lambda values: sum(values) / len(values),
    "median": statistics.median,
    "min": min,
    "max": max,
}
"""How the values of several rows become one."""


@dataclass(frozen=True)
class Fact:
    """A number with its origin. `expression` is as written; `sources` are names in assets.yaml."""

    name: str
    value: float
    unit: str | None = None
    format: str | None = None
    expression: str = ""
    table: str | None = None
    where: Mapping[str, str | list[str]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The value in the fact's own format, without its unit."""
        return written(self.value, self.format)


@dataclass(frozen=True)
class Ledger:
    """All facts of a storyboard, in its order. `failed` names those that have no value."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()

    @property
    def values(self) -> dict[str, float]:
        return {name: fact.value for name, fact in self.facts.items()}

    def sources_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The sources that the named facts lean on, each once."""
        return tuple(dict.fromkeys(source for name in names for source in self.facts[name].sources))


def resolve(
    entries: Mapping[str, FactEntry],
    tables: Mapping[str, Table],
    missing_tables: Iterable[str] = (),
    declared_tables: Iterable[str] = (),
    unreadable_facts: Iterable[str] = (),
) -> tuple[Ledger, list[Mistake]]:
    """Every fact that has a value, and a mistake (under `facts`) for every one that has none.

    Facts may use each other in any order. `missing_tables` are known to be wrong already, so a fact
    that leans on one fails without a mistake of its own. `declared_tables` are all names there are,
    `unreadable_facts` stand in the file but are wrong already.
    """
    known = tuple(dict.fromkeys((*declared_tables, *tables)))
    resolver = _Resolver(entries, tables, frozenset(missing_tables), known)
    resolver.failed.update(unreadable_facts)
    return resolver.run()


class _Failed(Exception):
    """This fact has no value; what is wrong is already in the list."""


class _Resolver:
    def __init__(
        self,
        entries: Mapping[str, FactEntry],
        tables: Mapping[str, Table],
        missing: frozenset[str],
        known: tuple[str, ...],
    ):
        self.entries, self.tables, self.missing, self.known = entries, tables, missing, known
        self.facts: dict[str, Fact] = {}
        self.failed: set[str] = set()
        self.mistakes: list[Mistake] = []

    def run(self) -> tuple[Ledger, list[Mistake]]:
        expressions = {name: self._parsed(name) for name in self.entries}
        for name in _in_order(self._needs(expressions), self._cycle):
            expression = expressions[name]
            if name in self.failed or expression is None or not self.entries[name].is_whole:
                self.failed.add(name)
                continue
            try:
                self.facts[name] = self._fact(name, self.entries[name], expression)
            except _Failed:
                self.failed.add(name)
        ledger = Ledger(
            {name: self.facts[name] for name in self.entries if name in self.facts}, frozenset(self.failed)
        )
        return ledger, self.mistakes

    def _needs(self, expressions: Mapping[str, Expression | None]) -> dict[str, list[str]]:
        """The facts each fact is made of; a cell is made of columns and needs none."""
        return {
            name: [other for other in expression.names if other in self.entries]
            if expression is not None and self.entries[name].table is None
            else []
            for name, expression in expressions.items()
        }

    def _parsed(self, name: str) -> Expression | None:
        entry = self.entries[name]
        table = self.tables.get(entry.table or "")
        text = entry.value
        if text is None:
            return parse("0")
        if table is not None and text in table.columns:
            text = f"`{text}`"
        try:
            return parse(text)
        except ExpressionError as error:
            self.mistakes.append(mistake_of(error.slip, self._loc(name, "value")))
            return None

    def _loc(self, name: str, *steps: str) -> Loc:
        return ("facts", name, *steps)

    def _add(self, name: str, steps: tuple[str, ...], code: str, message: str, **more: str | None) -> _Failed:
        loc = self._loc(name, *steps)
        self.mistakes.append(Mistake(loc, code, message, more.get("expected"), more.get("near")))
        return _Failed()

    def _cycle(self, path: list[str]) -> None:
        self.failed.update(path)
        turn = " -> ".join([*path, path[0]])
        self._add(path[0], (), "fact-cycle", f"these facts need each other: {turn}")

    def _fact(self, name: str, entry: FactEntry, expression: Expression) -> Fact:
        self._check_format(name, entry)
        if entry.table is not None:
            return self._cell(name, entry, expression, self._table(name, entry.table))
        if set(expression.names) & self.failed:
            raise _Failed
        value = self._value(
            name, expression, {other: fact.value for other, fact in self.facts.items()}, "fact"
        )
        own = (entry.source,) if entry.source else ()
        sources = tuple(
            dict.fromkeys([*own, *(s for other in expression.names for s in self.facts[other].sources)])
        )
        if not sources:
            message = f"the fact {name!r} is a typed number: it leans on no table and names no source"
            raise self._add(name, (), "unsourced-fact", message, expected="a table, other facts, or a source")
        return Fact(name, value, entry.unit, entry.format, entry.value or "", sources=sources)

    def _check_format(self, name: str, entry: FactEntry) -> None:
        try:
            written(1.0, entry.format)
        except ValueError as error:
            message = f"{entry.format!r} is not a number format"
            raise self._add(name, ("format",), "bad-format", message, expected=str(error)) from None

    def _table(self, name: str, table: str) -> Table:
        if table in self.missing:
            raise _Failed
        if table not in self.tables:
            near = nearest(table, self.known)
            known = ", ".join(self.known) or "a table declared in assets.yaml"
            message = f"there is no table {table!r}"
            raise self._add(name, ("table",), "unknown-table", message, expected=known, near=near)
        return self.tables[table]

    def _value(self, name: str, expression: Expression, values: Mapping[str, float], what: str) -> float:
        try:
            return expression.evaluate(values, what)
        except ExpressionError as error:
            self.mistakes.append(mistake_of(error.slip, self._loc(name, "value")))
            raise _Failed from None

    def _cell(self, name: str, entry: FactEntry, expression: Expression, table: Table) -> Fact:
        try:
            rows = table.select(entry.where) if entry.over else (table.pick(entry.where),)
        except NoSuchRow as error:
            self.mistakes.extend(mistake.under(*self._loc(name, "where")) for mistake in error.mistakes)
            raise _Failed from None
        if entry.over == "count":
            value = float(len(rows))
        elif not rows:
            raise self._add(name, ("where",), "no-such-row", f"no row of table {table.name!r} fits")
        else:
            values = [
                self._value(name, expression, self._row(name, row, expression, table), "column")
                for row in rows
            ]
            value = _OVER_ROWS[entry.over](values) if entry.over else values[0]
        column = expression.names[0] if expression.text.strip("`") in expression.names else ""
        unit = entry.unit or (table.units.get(column) if entry.over != "count" else None)
        sources = tuple(dict.fromkeys([table.source, *([entry.source] if entry.source else [])]))
        where = {
            column: value if isinstance(value, str) else list(value) for column, value in entry.where.items()
        }
        return Fact(name, value, unit, entry.format, entry.value or "", table.name, where, sources)

    def _row(
        self, name: str, row: Mapping[str, Cell], expression: Expression, table: Table
    ) -> Mapping[str, float]:
        """The row's numbers; a cell that is needed and is none is a mistake that shows it."""
        for column in expression.names:
            if row.get(column, 0.0) is None:
                message = f"the cell {column!r} is empty, not a number"
                raise self._add(name, ("value",), "not-a-number", message)
            if texts := table.not_numbers(column, [row], self._loc(name, "value")):
                self.mistakes += texts
                raise _Failed
        return {column: cell for column, cell in row.items() if isinstance(cell, float)}


def _in_order(needs: Mapping[str, list[str]], cycle: Callable[[list[str]], None]) -> list[str]:
    """Names so that each stands after what it needs; `cycle` is told of each turn, once."""
    order: list[str] = []
    done: set[str] = set()
    for start in needs:
        path: list[str] = [] if start in done else [start]
        waiting = [iter(needs[start])] if path else []
        while path:
            following = next((name for name in waiting[-1] if name not in done), None)
            if following is None:
                waiting.pop()
                done.add(path[-1])
                order.append(path.pop())
            elif following in path:
                cycle(path[path.index(following) :])
            else:
                path.append(following)
                waiting.append(iter(needs[following]))
    return order
