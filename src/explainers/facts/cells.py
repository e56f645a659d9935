"""What is written in the cells of a table's file: numbers in their notations, units, and words for nothing.

`1,204` is 1204 to some programs and 1.204 to others. Which one it is follows from other cells of its column
that can only be read in one way, or from what assets.yaml says; it is never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explainers.errors import Diagnostic, Place
from explainers.storyboard.mistakes import quoted

Decimal = Literal[".", ","]
Raw = str | float | None
"""A cell as it is written; a number or None where the file itself says so, as JSON does."""

_NOTHING = frozenset(("", "NaN", "nan"))
_PLAIN = {
    mark: re.compile(rf"[+-]?(\d+({re.escape(mark)}\d*)?|{re.escape(mark)}\d+)([eE][+-]?\d+)?")
    for mark in ".,"
}
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:([,\u00a0\u202f'\u2019])\d{3})(?:\1\d{3})*(\.\d+)?"),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:([.\u00a0\u202f'\u2019])\d{3})(?:\1\d{3})*(,\d+)?"),
}
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_WITH_UNIT = re.compile(
    r"(?P<before>[^\s\d.,+-]{1,3})?\s*(?P<number>[+-]?[\d.,]*\d(?:[eE][+-]?\d+)?)\s*(?P<after>[^\d\s.,;:/-][^\d;:]{0,15})?"
)
_FOR_NOTHING = re.compile(
    r"[\[(<#]?\s*(n/?a|not (supported|available|applicable)|none|null|nil|missing|unknown( error)?|undefined|"
    r"[+-]?inf(inity)?|no data|error)\s*[\])>!]?|[-\u2013\u2014?.*x]{1,3}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Notation:
    """How assets.yaml says that a table's file is written; what it leaves open follows from the file."""

    separator: str | None = None
    decimal: Decimal | None = None
    missing: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)
    part: str | None = None


def _decimals(text: str) -> set[Decimal]:
    """The decimal marks with which `text` is a number; both for `1,204` and for a number without a mark."""
    text = text.replace("\u2212", "-")
    found: set[Decimal] = set()
    for mark in _PLAIN:
        if _PLAIN[mark].fullmatch(text) or _GROUPED[mark].fullmatch(text):
            found.add(mark)  # type: ignore[arg-type]
    return found


def _value(text: str, decimal: Decimal) -> float:
    text = text.replace("\u2212", "-")
    if match := _GROUPED[decimal].fullmatch(text):
        text = text.replace(match[1], "")
    return _finite(text.replace(decimal, "."))


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text if len(text) < 40 else 'a number'} is too large for a table, or no number")
    return value


@dataclass(frozen=True)
class Column:
    """How the cells of one column are read. `decimal` is None where the file does not say which it is.

    `strict` says that without a known decimal mark `1.204` may be 1204 too.
    """

    name: str
    unit: str | None
    missing: frozenset[str]
    decimal: Decimal | None
    strict: bool

    def cell(self, raw: Raw) -> str | float | None:
        """The number, the text, or None for an empty cell; ValueError for a number that is too large."""
        if not isinstance(raw, str):
            return raw
        if raw in _NOTHING or raw in self.missing:
            return None
        text = self._without_unit(raw)
        if not text or not (text[0] in "+-.,\u2212" or text[0].isdigit()):
            return raw
        if self.decimal != "," and not self.strict and _PLAIN["."].fullmatch(text):
            return _finite(text)
        marks = _decimals(text)
        if self.decimal is not None:
            return _value(text, self.decimal) if self.decimal in marks else raw
        if "." in marks and not ("," in text or (self.strict and _EITHER.fullmatch(text))):
            return _value(text, ".")
        return raw

    def _without_unit(self, text: str) -> str:
        unit = self.unit
        if unit and text.endswith(unit):
            return text.removesuffix(unit).rstrip()
        return text.removeprefix(unit).lstrip() if unit and not unit.isalnum() else text


def columns_of(
    names: Sequence[str], rows: Sequence[Sequence[Raw]], notation: Notation, separator: str
) -> list[Column]:
    """How each column is read: as declared, else by its cells that can be read in one way only. In a file
    that is separated by semicolons, the decimal comma of one column is that of the others."""
    found = []
    for index, name in enumerate(names):
        column = Column(name, notation.units.get(name), notation.missing, None, False)
        texts = [column._without_unit(cell) for row in rows if isinstance(cell := row[index], str)]
        found.append((column, _proofs(texts)))
    everywhere = set().union(*(proofs for _, proofs in found)) if found else set()
    columns = []
    for column, proofs in found:
        decimal = notation.decimal
        if decimal is None and len(proofs) == 1:
            [decimal] = proofs
        if decimal is None and not proofs and separator == ";" and everywhere == {","}:
            decimal = ","
        strict = len(proofs) == 2 or separator == ";" or (separator == "\t" and "," in everywhere)
        columns.append(Column(column.name, column.unit, column.missing, decimal, strict))
    return columns


def _proofs(texts: Iterable[str]) -> set[Decimal]:
    """The decimal marks that are proved by numbers which can be read with one of them only."""
    proofs: set[Decimal] = set()
    for text in texts:
        if "," not in text and text.count(".") == 1 and "." in proofs:
            continue
        if ("." in text or "," in text) and not _EITHER.fullmatch(text):
            marks = _decimals(text)
            if len(marks) == 1:
                proofs |= marks
    return proofs


@dataclass(frozen=True)
class TableFile:
    """Where the cells of a table stand in its file, to show one that is not what was needed.

    `rows` are the lines of the rows, from 1; `plain` says that the file is simple CSV, TSV or JSON.
    """

    display: str
    table: str
    columns: Mapping[str, Column]
    lines: Sequence[str] = ()
    rows: Sequence[int] = ()
    plain: bool = True

    def not_a_number(self, column: str, cells: Sequence[str | float | None], cell: str) -> Diagnostic | None:
        """The problem that `cell` of a column, whose cells are all given, is no number, with the way out;
        None where it is a text among texts, so that the column was not meant."""
        reason = self._reason(column, cells, cell)
        if reason is None:
            return None
        same = [
            index
            for index, each in enumerate(cells)
            if isinstance(each, str) and self._reason(column, cells, each) == reason
        ]
        message, expected = reason
        shown = str(cells[same[0]])
        if "{either}" in message:
            bare = self.columns[column]._without_unit(shown)
            message = message.replace(
                "{either}", " or ".join(f"{_value(bare, mark):.12g}" for mark in (".", ","))
            )
        more = f", as in {len(same) - 1} more of its cells" if len(same) > 1 else ""
        line = self.rows[same[0]] if self.rows else 1
        source = self.lines[line - 1] if self.rows and line <= len(self.lines) else None
        at = source.find(shown) if source else 0
        where = "" if self.rows else f" in row {same[0] + 1}"
        return Diagnostic(
            "not-a-number",
            f"{column!r} is {shown!r}{where}, {message}{more}",
            Place(self.display, line, max(0, at) + 1),
            source,
            max(1, len(shown)),
            f"{expected}, for the table {self.table!r} in assets.yaml",
        )

    def _reason(self, name: str, cells: Sequence[str | float | None], cell: str) -> tuple[str, str] | None:
        """Why a cell is no number, and what assets.yaml may say so that it is one."""
        column = self.columns[name]
        text = column._without_unit(cell)
        marks = _decimals(text)
        if marks:
            return _of_marks(column, marks)
        unit = _unit(cell)
        if unit is None:
            likely = _FOR_NOTHING.fullmatch(cell) or any(isinstance(each, float) for each in cells)
            way = f"missing: [{quoted(cell)}] if it stands for no value"
            return ("which is no number", way) if likely else None
        if column.unit:
            return f"with the unit {unit}, and not {column.unit}", "one unit in the column"
        units = {_unit(each) for each in cells if isinstance(each, str)} - {None}
        if len(units) > 1:
            return "a number with a unit, and there are several in the column", "one unit in the column"
        return "a number with a unit", f"units: {{{quoted(name)}: {quoted(unit)}}}"


def _of_marks(column: Column, marks: set[Decimal]) -> tuple[str, str]:
    if column.decimal is not None:
        return f"and {column.decimal!r} is the decimal mark of the column", "one decimal mark"
    if len(marks) == 2:
        return "which may be {either}", 'decimal: "." or decimal: ","'
    return "and the column has numbers with a comma and with a point", 'decimal: "." or decimal: ","'


def _unit(text: str) -> str | None:
    """The unit that is written with a number; None where the text is something else."""
    match = _WITH_UNIT.fullmatch(text)
    if match is None or not _decimals(match["number"]) or bool(match["before"]) == bool(match["after"]):
        return None
    unit = (match["before"] or match["after"]).strip()
    return unit if match["after"] or not unit.isalnum() else None
