"""Facts: numbers that are computed from tables, each with its unit and its sources."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from explainers.errors import nearest
from explainers.facts.expression import Expression, ExpressionError, parse
from explainers.facts.numbers import written
from explainers.facts.tables import Cell, NoSuchRow, Table
from explainers.storyboard.mistakes import Mistake
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
    """A number with its origin. `expression` is as written; `sources` are names in assets.yaml.

    `run` is the run that it is a metric of, and `origin` that run's file and digest.
    """

    name: str
    value: float
    unit: str | None = None
    format: str | None = None
    expression: str = ""
    table: str | None = None
    where: Mapping[str, str | list[str]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    run: str | None = None
    origin: str | None = None

    @property
    def measured(self) -> bool:
        """Whether it is a cell or a run's metric, and not made of other facts."""
        return self.table is not None or self.run is not None

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
    of_runs: Mapping[str, Table] | None = None,
) -> tuple[Ledger, list[Mistake]]:
    """Every fact that has a value, and a mistake (under `facts`) for every one that has none.

    Facts may use each other in any order. `missing_tables` are known to be wrong already, so a fact that
    leans on one fails without a mistake of its own. `declared_tables` are all names there are,
    `unreadable_facts` stand in the file but are wrong already. `of_runs` are tables of one row, the metrics
    of the run that the fact of that name leans on."""
    known = tuple(dict.fromkeys((*declared_tables, *tables)))
    resolver = _Resolver(entries, tables, frozenset(missing_tables), known, of_runs or {})
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
        of_runs: Mapping[str, Table],
    ):
        self.entries, self.tables, self.missing, self.known = entries, tables, missing, known
        self.of_runs = of_runs
        self.facts: dict[str, Fact] = {}
        self.failed: set[str] = set()
        self.mistakes: list[Mistake] = []

    def run(self) -> tuple[Ledger, list[Mistake]]:
        expressions = {name: self._parsed(name, entry) for name, entry in self.entries.items()}
        for name in self._in_order(expressions):
            entry, expression = self.entries[name], expressions[name]
            if name not in self.failed and expression is not None and entry.is_whole:
                with suppress(_Failed):
                    self.facts[name] = self._fact(name, entry, expression)
            if name not in self.facts:
                self.failed.add(name)
        facts = {name: self.facts[name] for name in self.entries if name in self.facts}
        return Ledger(facts, frozenset(self.failed)), self.mistakes

    def _in_order(self, expressions: Mapping[str, Expression | None]) -> list[str]:
        """The facts so that each stands after those that it is made of; a mistake for each cycle, once."""
        needs = {
            name: [other for other in expression.names if other in self.entries]
            if expression is not None and not (self.entries[name].table or self.entries[name].run)
            else []
            for name, expression in expressions.items()
        }
        order: dict[str, None] = {}
        for start in needs:
            path = [] if start in order else [start]
            while path:
                following = next((name for name in needs[path[-1]] if name not in order), None)
                if following is None:
                    order[path.pop()] = None
                elif following in path:
                    cycle = path[path.index(following) :]
                    self.failed.update(cycle)
                    message = f"these facts need each other: {' -> '.join([*cycle, following])}"
                    self._fail(following, (), "fact-cycle", message)
                    needs[path[-1]].remove(following)
                else:
                    path.append(following)
        return list(order)

    def _parsed(self, name: str, entry: FactEntry) -> Expression | None:
        table, text = self.of_runs.get(name) or self.tables.get(entry.table or ""), entry.value
        if text is None:
            return parse("0")
        try:
            return parse(f"`{text}`" if table is not None and text in table.columns else text)
        except ExpressionError as error:
            self.mistakes.append(error.mistake.under("facts", name, "value"))
            return None

    def _fail(
        self,
        name: str,
        steps: tuple[str, ...],
        code: str,
        message: str,
        expected: str | None = None,
        near: str | None = None,
    ) -> _Failed:
        self.mistakes.append(Mistake(("facts", name, *steps), code, message, expected, near))
        return _Failed()

    def _fact(self, name: str, entry: FactEntry, expression: Expression) -> Fact:
        try:
            written(1.0, entry.format)
        except ValueError as error:
            message = f"{entry.format!r} is not a number format"
            raise self._fail(name, ("format",), "bad-format", message, str(error)) from None
        if entry.table is not None:
            return self._cell(name, entry, expression, self._table(name, entry.table))
        if entry.run is not None:
            if name not in self.of_runs:
                raise _Failed
            return self._cell(name, entry, expression, self.of_runs[name])
        if set(expression.names) & self.failed:
            raise _Failed
        values = {other: fact.value for other, fact in self.facts.items()}
        value = self._value(name, expression, values, "fact")
        leaned_on = (source for other in expression.names for source in self.facts[other].sources)
        sources = tuple(dict.fromkeys([*([entry.source] if entry.source else []), *leaned_on]))
        if not sources:
            message = f"the fact {name!r} is a typed number: it leans on no table and names no source"
            raise self._fail(name, (), "unsourced-fact", message, "a table, other facts, or a source")
        return Fact(name, value, entry.unit, entry.format, entry.value or "", sources=sources)

    def _table(self, name: str, table: str) -> Table:
        if table in self.missing:
            raise _Failed
        if table not in self.tables:
            known = ", ".join(self.known) or "a table declared in assets.yaml"
            message = f"there is no table {table!r}"
            raise self._fail(name, ("table",), "unknown-table", message, known, nearest(table, self.known))
        return self.tables[table]

    def _value(self, name: str, expression: Expression, values: Mapping[str, float], what: str) -> float:
        try:
            return expression.evaluate(values, what)
        except ExpressionError as error:
            self.mistakes.append(error.mistake.under("facts", name, "value"))
            raise _Failed from None

    def _cell(self, name: str, entry: FactEntry, expression: Expression, table: Table) -> Fact:
        try:
            rows = table.select(entry.where) if entry.over else (table.pick(entry.where),)
        except NoSuchRow as error:
            self.mistakes.extend(mistake.under("facts", name, "where") for mistake in error.mistakes)
            raise _Failed from None
        if entry.over == "count":
            value = float(len(rows))
        elif not rows:
            raise self._fail(name, ("where",), "no-such-row", f"no row of table {table.name!r} fits")
        else:
            cells = (self._row(name, row, expression, table) for row in rows)
            values = [self._value(name, expression, row, "column") for row in cells]
            value = _OVER_ROWS[entry.over](values) if entry.over else values[0]
        column = expression.names[0] if expression.text.strip("`") in expression.names else ""
        unit = entry.unit or (table.units.get(column) if entry.over != "count" else None)
        sources = tuple(dict.fromkeys([*table.sources, *([entry.source] if entry.source else [])]))
        where = {key: each if isinstance(each, str) else list(each) for key, each in entry.where.items()}
        origin = {"run": table.runs[0], "origin": table.origin} if entry.run else {"table": table.name}
        return Fact(
            name, value, unit, entry.format, entry.value or "", where=where, sources=sources, **origin
        )

    def _row(
        self, name: str, row: Mapping[str, Cell], expression: Expression, table: Table
    ) -> Mapping[str, float]:
        """The row's numbers; a cell that is needed and is none is a mistake that shows it."""
        for column in expression.names:
            if column in table.unusable:
                mistake = table.unknown_column(column)
                raise self._fail(
                    name, ("value",), mistake.code, mistake.message, mistake.expected, mistake.did_you_mean
                )
            if row.get(column, 0.0) is None:
                message = f"the cell {column!r} is empty, not a number"
                raise self._fail(name, ("value",), "not-a-number", message)
            if texts := table.not_numbers(column, [row], ("facts", name, "value")):
                self.mistakes += texts
                raise _Failed
        return {column: cell for column, cell in row.items() if isinstance(cell, float)}
