"""Tables: rows with named columns, from which one row or a column is picked, or it is said why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explainers.errors import nearest
from explainers.facts.cells import TableFile
from explainers.inputs import nfc
from explainers.storyboard.mistakes import Loc, Mistake

Cell = str | float | None
Where = Mapping[str, str | float | Sequence[str | float]]
"""What a row must hold, by column: one value, or any of several."""


class NoSuchRow(LookupError):
    """A `where` that does not pick what was asked for; `mistakes` are relative to the `where`."""

    def __init__(self, mistakes: Iterable[Mistake]):
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(mistake.message for mistake in self.mistakes))


@dataclass(frozen=True)
class Table:
    """Rows of one file. `source` names where it is from, `kind` is its provenance word.

    `units` are the units of columns, where they were declared, `repeated` the names that several columns
    have, so that none of them can be used. `file` is where the cells stand, where they were read from one.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]
    source: str
    kind: str
    units: Mapping[str, str] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()
    file: TableFile | None = field(default=None, compare=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Without the file: whoever draws has no use for it."""
        return self.__dict__ | {"file": None}

    def not_numbers(self, column: str, rows: Iterable[Mapping[str, Cell]], loc: Loc) -> list[Mistake]:
        """A mistake for each way in which cells of `column` in `rows` are texts, and no numbers.

        It lies in the table's file, where the cell is written in a way that assets.yaml can describe, and
        else at `loc`, where the column was named.
        """
        found = []
        for cell in dict.fromkeys(text for row in rows if isinstance(text := row.get(column), str)):
            cells = [row[column] for row in self.rows] if column in self.columns else []
            problem = self.file.not_a_number(column, cells, cell) if self.file else None
            message = f"the cell {column!r} is the text {cell!r}, not a number"
            found.append(Mistake(loc, "not-a-number", message, elsewhere=problem))
            if problem is None or len(found) == 3:
                break
        return list({one.elsewhere or one: one for one in found}.values())

    def select(self, where: Where | None = None) -> tuple[Mapping[str, Cell], ...]:
        """The rows that hold every value of `where`, in the file's order; all rows without one.

        NoSuchRow for a column that the table does not have.
        """
        where = where or {}
        unknown = [column for column in where if column not in self.columns]
        if unknown:
            raise NoSuchRow(self.unknown_column(column) for column in unknown)
        return tuple(
            row for row in self.rows if all(_holds(row[name], value) for name, value in where.items())
        )

    def pick(self, where: Where | None = None) -> Mapping[str, Cell]:
        """The one row that holds every value of `where`; NoSuchRow where there is none or more."""
        rows = self.select(where)
        if len(rows) == 1:
            return rows[0]
        if not rows:
            raise NoSuchRow(self._why_none(where or {}))
        message = f"{len(rows)} rows of table {self.name!r} fit, and one is needed"
        raise NoSuchRow([Mistake((), "no-such-row", message, self._telling_apart(rows))])

    def column(self, name: str, where: Where | None = None) -> tuple[Cell, ...]:
        """The cells of one column in the selected rows; NoSuchRow for an unknown column."""
        if name not in self.columns:
            raise NoSuchRow([self.unknown_column(name)])
        return tuple(row[name] for row in self.select(where))

    def unknown_column(self, name: str) -> Mistake:
        """The mistake of asking for a column that is not there."""
        message = f"table {self.name!r} has no column {name!r}"
        if name in self.repeated:
            message = f"several columns of table {self.name!r} are named {name!r}"
        return Mistake(
            (name,), "unknown-column", message, _some(self.columns), nearest(name, self.columns), True
        )

    def _why_none(self, where: Where) -> list[Mistake]:
        """Mistakes for the values that no row has; for the combination where each value alone exists."""
        mistakes = []
        for column, value in where.items():
            if any(_holds(row[column], value) for row in self.rows):
                continue
            known = list(dict.fromkeys(_written(row[column]) for row in self.rows))
            message = f"no row of table {self.name!r} has {column} = {_shown(value)}"
            near = nearest(value, known) if isinstance(value, str) else None
            mistakes.append(Mistake((column,), "no-such-row", message, _some(known), near))
        message = f"no row of table {self.name!r} has all of " + ", ".join(
            f"{column} = {_shown(value)}" for column, value in where.items()
        )
        return mistakes or [Mistake((), "no-such-row", message)]

    def _telling_apart(self, rows: Sequence[Mapping[str, Cell]]) -> str | None:
        """The first column that has a value of its own in each of `rows`, with its values."""
        for column in self.columns:
            values = [_written(row[column]) for row in rows]
            if len(set(values)) == len(values):
                return f"one more condition, such as {column}: {_some(values)}"
        return None


def _holds(cell: Cell, value: str | float | Sequence[str | float]) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_holds(cell, one) for one in value)
    if isinstance(cell, float):
        try:
            return cell == float(value)  # type: ignore[arg-type]
        except ValueError:
            return False
    return (cell or "") == nfc(str(value))


def _written(cell: Cell) -> str:
    return f"{cell:.12g}" if isinstance(cell, float) else cell or "(empty)"


def _shown(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _some(words: Sequence[str], limit: int = 8) -> str:
    known = list(dict.fromkeys(words))
    return ", ".join(known[:limit]) + (f" and {len(known) - limit} more" if len(known) > limit else "")
