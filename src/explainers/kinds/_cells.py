"""Rows of a table as a kind reads them: values by column or expression, and what is wrong with either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from explainers.errors import nearest
from explainers.facts.expression import Expression, ExpressionError, parse
from explainers.facts.numbers import NumberFormat, written
from explainers.facts.tables import Cell, NoSuchRow, Table
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.storyboard.types import Frozen, Label, Role, ShownText


class Beside(Frozen):
    """A further small number of each row, right of the picture, under a heading of its own."""

    value: str
    """A column of the table, or an expression over columns."""
    heading: ShownText
    """What it is."""
    format: NumberFormat = ".2f"
    """How it is written."""
    unit: Label | None = None
    """Words after each number."""
    signs: tuple[Label, Label] | None = None
    """Words after a number below and above zero in place of its sign, such as `[sooner, later]`."""
    warn: tuple[str, ...] = ()
    """Rows whose number is a warning."""
    roles: tuple[Role, Role] | None = None
    """Colours of numbers below and above zero."""

    def role_of(self, row: str, value: float) -> Role | None:
        """The colour of a row's number, where it has one of its own."""
        if row in self.warn:
            return "warn"
        return self.roles[value > 0] if self.roles else None

    def words(self, value: float) -> str:
        """The number as it is written."""
        after = f" {self.unit}" if self.unit else ""
        if self.signs is None:
            return written(value, self.format) + after
        return f"{written(abs(value), self.format)} {self.signs[value > 0]}{after}"


class Bracket(Frozen):
    """The difference between two rows: a dotted way from one to the other, a bracket, a large number."""

    from_: str = Field(alias="from")
    """The row that is compared with."""
    to: str
    """The row whose difference is written."""
    role: Role | None = None
    """Its colour, such as `warn` where the difference is a loss; that of the row `to` by itself."""
    format: NumberFormat = "+.1%"
    """How the difference is written: in a format of per cent as a share of the first value, else as it is."""
    words: ShownText
    """What the number is, and at what price. A line break parts a strong line from quieter ones."""


_UNIT_SAID = re.compile(r"[,(/%]|\bper\b|(second|minute|hour)s?\b")


def with_unit(label: str | None, unit: str | None) -> str | None:
    """The title of an axis joined with its unit, unless it says one already: `wait` in `ms` is `wait, ms`."""
    if not label or not unit:
        return label or unit
    said = _UNIT_SAID.search(label) or re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", label)
    return label if said else f"{label}, {unit}"


def expression_of(text: str, columns: Sequence[str]) -> Expression:
    """The expression in `text`; the name of a column may hold any characters. ExpressionError otherwise."""
    return parse(f"`{text}`" if text in columns else text)


def value_of(text: str, row: Mapping[str, Cell], columns: Sequence[str]) -> float | None:
    """The value of a column or an expression over columns; None where a cell it needs is no number."""
    if text in columns:
        cell = row.get(text)
        return cell if isinstance(cell, float) else None
    expression = expression_of(text, columns)
    cells = {name: cell for name, cell in row.items() if isinstance(cell, float)}
    if any(name in row and name not in cells for name in expression.names):
        return None
    return expression.evaluate(cells, "column")


def wrong_difference(bracket: Bracket, before: float | None) -> list[Mistake]:
    """What is wrong with a bracket whose first value is `before`, if anything."""
    found: list[Mistake] = []
    if "%" in bracket.format and not before:
        message = f"row {bracket.from_!r} has zero, of which nothing is a share"
        found.append(Mistake(("bracket", "format"), "not-a-number", message, "a format without %"))
    if bracket.from_ == bracket.to:
        found += without_effect(bracket, ("to",), "a bracket from the same row", ("bracket",))
    return found


def name_of(cell: Cell) -> str:
    """A cell as storyboards name it: numbers without needless zeros."""
    return f"{cell:.12g}" if isinstance(cell, float) else cell or ""


def wrong_expression(
    text: str | None, table: Table, loc: Loc, rows: Iterable[Mapping[str, Cell]] = ()
) -> list[Mistake]:
    """What is wrong with a column or an expression over columns, or with its cells in `rows`, if anything."""
    if text is None:
        return []
    try:
        names = expression_of(text, table.columns).names
    except ExpressionError as error:
        return [error.mistake.under(*loc)]
    rows = list(rows)
    unknown = [table.unknown_column(name) for name in names if name not in table.columns]
    found = [Mistake(loc, one.code, one.message, one.expected, one.did_you_mean) for one in unknown]
    return found + [one for name in dict.fromkeys(names) for one in table.not_numbers(name, rows, loc)]


def wrong_columns(columns: Iterable[tuple[Loc, str | None]], table: Table) -> list[Mistake]:
    """A mistake for each column that the table lacks; None stands for no column."""
    return [
        table.unknown_column(column).under(*loc)
        for loc, column in columns
        if column is not None and column not in table.columns
    ]


def wrong_where(where: Mapping[str, Any], table: Table, loc: Loc) -> list[Mistake]:
    """What is wrong with conditions that must pick exactly one row, if anything."""
    try:
        table.pick(where)
    except NoSuchRow as error:
        return [
            Mistake(loc, mistake.code, mistake.message, mistake.expected, mistake.did_you_mean)
            for mistake in error.mistakes
        ]
    return []


def wrong_names(names: Iterable[str], known: Iterable[str], what: str, loc: Loc) -> list[Mistake]:
    """A mistake for each of `names`, a list at `loc`, that is not known."""
    known = tuple(dict.fromkeys(known))
    return [
        Mistake(
            (*loc, index),
            "unknown-name",
            f"there is no {what} {name!r}",
            ", ".join(known),
            nearest(name, known),
        )
        for index, name in enumerate(names)
        if name not in known
    ]
