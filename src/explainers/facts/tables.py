"""Tables: rows with named columns, from which one row or a column is picked, or it is said why not."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput, Place, control_character, nearest
from explainers.facts.cells import Notation, Raw, TableFile, columns_of
from explainers.inputs import MIB, nfc, read_bytes
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


MAX_BYTES = 8 * MIB
MAX_CELLS = 500_000
_LINE_END = re.compile(r"\r\n?|\n")
_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


def load_table(
    path: Path, display: str, name: str, source: str, kind: str, notation: Notation | None = None
) -> Table:
    """The table in `path`; its end (.csv, .tsv, .json) says how it is written, `notation` what is left open.

    InvalidInput with file and line where it is not a table; `display` is the file's name there.
    """
    notation = notation or Notation()
    raw = read_bytes(path, display, MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = "UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else f"the byte {raw[error.start]:#04x}"
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"the table is not UTF-8: it has {found}; save it again as CSV in UTF-8"
        raise _invalid("not-utf-8", message, display, line) from None
    text = nfc(text)
    if strange := control_character(text.replace("\r", "")):
        line = text.count("\n", 0, text.index(strange)) + 1
        message = f"the character U+{ord(strange):04X} has no place in a table"
        raise _invalid("control-character", message, display, line, 1, text)
    suffix = path.suffix.lower()
    if suffix == ".json":
        grid = _read_json(text, display)
    elif suffix in (".csv", ".tsv"):
        grid = _read_csv(text, display, "\t" if suffix == ".tsv" else ",", notation.separator)
    else:
        raise _invalid(
            "bad-table", f"a table ends in .csv, .tsv or .json, not in {suffix or 'nothing'}", display
        )
    return _table(grid, display, name, source, kind, notation, text)


@dataclass
class _Grid:
    """Cells as they are written. A column without a name has an empty one; `lines` are those of the rows."""

    header: tuple[str, ...]
    rows: list[list[Raw]]
    lines: list[int]
    separator: str = ","
    plain: bool = True


def _table(
    grid: _Grid, display: str, name: str, source: str, kind: str, notation: Notation, text: str
) -> Table:
    """The grid's named columns, read; a column without a name, or with another's, can't be used."""
    repeated = frozenset(one for one in grid.header if one and grid.header.count(one) > 1)
    used = [index for index, one in enumerate(grid.header) if one and one not in repeated]
    names = tuple(grid.header[index] for index in used)
    if not names:
        raise _invalid("bad-table", "no column has a name of its own", display, 1, 1, text)
    cells = [[row[index] for index in used] for row in grid.rows]
    columns = columns_of(names, cells, notation, grid.separator)
    rows = []
    for number, row in enumerate(cells):
        try:
            rows.append({column.name: column.cell(cell) for column, cell in zip(columns, row, strict=True)})
        except ValueError as error:
            where = f"row {number + 1}: " if not grid.lines else ""
            line = grid.lines[number] if grid.lines else 1
            raise _invalid(
                "bad-table", f"{where}{error}", display, line, 1, text if grid.lines else ""
            ) from None
    plain = grid.plain and len(used) == len(grid.header) and all(one.decimal != "," for one in columns)
    by_name = {column.name: column for column in columns}
    file = TableFile(display, name, by_name, _LINE_END.split(text), grid.lines, plain)
    return Table(name, names, tuple(rows), source, kind, dict(notation.units), repeated, file)


def _invalid(
    code: str,
    message: str,
    display: str,
    line: int = 1,
    column: int = 1,
    text: str = "",
    expected: str | None = None,
) -> InvalidInput:
    lines = _LINE_END.split(text)
    source = lines[line - 1] if 0 < line <= len(lines) else None
    return InvalidInput([Diagnostic(code, message, Place(display, line, column), source, expected=expected)])


def _read_csv(text: str, display: str, usual: str, declared: str | None) -> _Grid:
    """The cells of CSV; a first line `sep=;`, as spreadsheets write it, names the separator."""
    named = re.match(r"sep=(.)\r?\n", text)
    separator = declared or (named[1] if named else None)
    body = text[named.end() :] if named else text
    above = 1 if named else 0
    if separator is None:
        separator = _separator(body, display, usual, text)
    reader = _reader(body, separator)
    grid = _Grid((), [], [], separator, plain=separator == usual and not named)
    start = 1 + above
    line = start
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1 + above
            _take(grid, [cell.strip() for cell in cells], display, line, text)
    except csv.Error as error:
        at = reader.line_num + above
        raise _invalid("bad-table", f"not CSV: {error}", display, at, 1, text) from None
    if not grid.header:
        raise _invalid("bad-table", "the table is empty; its first line names the columns", display)
    return grid


def _take(grid: _Grid, cells: list[str], display: str, line: int, text: str) -> None:
    """Adds a line's cells to the grid: its header, or a row; a line of empty cells is none."""
    if not grid.header:
        grid.header = tuple(cells)
        return
    width = len(grid.header)
    if len(grid.rows) * width > MAX_CELLS:
        raise _invalid("too-large", f"more than {MAX_CELLS:,} cells in a table", display, line)
    if not any(cells):
        grid.plain &= len(cells) < 2
        return
    if len(cells) > width and not any(cells[width:]):
        cells = cells[:width]
        grid.plain = False
    if len(cells) != width:
        message = (
            f"{len(cells)} cells in a table of {width} columns, separated by {_SEPARATORS[grid.separator]}"
        )
        expected = (
            "a name for each column in the first line, quotes around a cell that holds the separator, or "
            "another `separator:` in assets.yaml"
        )
        raise _invalid("bad-table", message, display, line, 1, text, expected)
    grid.rows.append(list(cells))
    grid.lines.append(line)


def _reader(text: str, separator: str) -> Any:
    # A space after a comma is not part of the cell, and may stand before a quote.
    return csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=separator != "\t"
    )


def _separator(text: str, display: str, usual: str, whole: str) -> str:
    """What separates the cells: what stands in the header and gives every line as many cells; `usual` where
    nothing does. InvalidInput where several do."""
    first = text.lstrip("\r\n").partition("\n")[0]
    standing = [one for one in (",", ";", "\t") if one in first]
    if standing in ([], [usual]) or (usual == "\t" and usual in standing):
        return usual
    if len(standing) == 1:
        return standing[0]
    fitting = [one for one in standing if _even(text, one)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return usual if usual in standing else standing[0]
    either = " or ".join(_SEPARATORS[one] for one in fitting)
    message = f"the cells may be separated by {either}"
    expected = "separator: " + " or separator: ".join("tab" if one == "\t" else f'"{one}"' for one in fitting)
    raise _invalid("bad-table", message, display, 1, 1, whole, f"{expected}, for the table in assets.yaml")


def _even(text: str, separator: str) -> bool:
    """Whether a separator gives all lines that hold something as many cells, and more than one."""
    try:
        counts = {len(cells) for cells in _reader(text, separator) if any(cell.strip() for cell in cells)}
    except csv.Error:
        return False
    return len(counts) == 1 and counts.pop() > 1


def _read_json(text: str, display: str) -> _Grid:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise _invalid(
            "bad-table", f"not JSON: {error.msg}", display, error.lineno, error.colno, text
        ) from None
    except ValueError as error:
        raise _invalid("bad-table", f"not JSON: {error}", display) from None
    except RecursionError:
        raise _invalid("bad-table", "nested too deep to be a table", display) from None
    if not isinstance(data, list) or not data or not all(isinstance(row, dict) and row for row in data):
        raise _invalid("bad-table", "a JSON table is a list of objects, one a row", display)
    columns = tuple(dict.fromkeys(column for row in data for column in row))
    if len(columns) * len(data) > MAX_CELLS:
        raise _invalid("too-large", f"more than {MAX_CELLS:,} cells in a table", display)
    rows: list[list[Raw]] = []
    for number, row in enumerate(data, 1):
        try:
            rows.append([_json_cell(column, row.get(column)) for column in columns])
        except ValueError as error:
            raise _invalid("bad-table", f"row {number}: {error}", display) from None
    return _Grid(tuple(column.strip() for column in columns), rows, [])


def _json_cell(column: str, value: Any) -> Raw:
    if isinstance(value, (list, dict)):
        raise ValueError(f"{column!r} is not a number or a text")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, (int, float)):
        try:
            if math.isfinite(number := float(value)):
                return number
        except OverflowError:
            pass
        shown = str(value) if len(str(value)) < 40 else "a number"
        raise ValueError(f"{shown} is too large for a table, or no number")
    return value.strip() if isinstance(value, str) else None
