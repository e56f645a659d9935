"""Tables as files: CSV, TSV, or JSON that is a list of objects.

A cell that reads as a number is a float, an empty one is None, every other is text.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explainers.errors import InvalidInput, Place, Problem, control_character
from explainers.facts.tables import Cell, Table
from explainers.inputs import MIB, read_bytes

MAX_BYTES = 8 * MIB
MAX_CELLS = 500_000
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_MISSING = frozenset(("", "NaN", "nan"))


def load_table(
    path: Path, display: str, name: str, source: str, kind: str, units: Mapping[str, str] | None = None
) -> Table:
    """The table in `path`; its end (.csv, .tsv, .json) says how it is written.

    InvalidInput with file and line where it is not a table; `display` is the file's name there.
    """
    try:
        text = read_bytes(path, display, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _invalid("not-utf-8", "the table is not UTF-8", display) from None
    if strange := control_character(text.replace("\r", "")):
        line = text.count("\n", 0, text.index(strange)) + 1
        message = f"the character U+{ord(strange):04X} has no place in a table"
        raise _invalid("control-character", message, display, line, 1, text)
    suffix = path.suffix.lower()
    if suffix == ".json":
        columns, rows = _read_json(text, display)
    elif suffix in (".csv", ".tsv"):
        columns, rows = _read_csv(text, display, "\t" if suffix == ".tsv" else ",")
    else:
        raise _invalid(
            "bad-table", f"a table ends in .csv, .tsv or .json, not in {suffix or 'nothing'}", display
        )
    return Table(name, columns, rows, source, kind, dict(units or {}))


def _invalid(
    code: str, message: str, display: str, line: int = 1, column: int = 1, text: str = ""
) -> InvalidInput:
    lines = text.splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else None
    return InvalidInput([Problem(code, message, Place(display, line, column), source)])


def _cell(text: str) -> Cell:
    text = text.strip()
    if text in _MISSING:
        return None
    return _finite(text) if _NUMBER.fullmatch(text) else text


def _finite(number: str | float) -> float:
    """ValueError for a number that is no float: too large, or none at all."""
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        shown = str(number) if isinstance(number, (str, float)) and len(str(number)) < 40 else "a number"
        raise ValueError(f"{shown} is too large for a table, or no number")
    return value


Rows = tuple[tuple[str, ...], tuple[Mapping[str, Cell], ...]]


def _read_csv(text: str, display: str, delimiter: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Mapping[str, Cell]] = []
    columns: tuple[str, ...] = ()
    line = start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not columns:
                columns = _header(cells, display, line, text)
            elif len(rows) * len(columns) > MAX_CELLS:
                raise _invalid("too-large", f"more than {MAX_CELLS:,} cells in a table", display, line)
            elif len(cells) == len(columns):
                rows.append({column: _cell(cell) for column, cell in zip(columns, cells, strict=True)})
            elif any(cell.strip() for cell in cells):
                message = f"{len(cells)} cells in a table of {len(columns)} columns"
                raise _invalid("bad-table", message, display, line, 1, text)
    except csv.Error as error:
        raise _invalid("bad-table", f"not CSV: {error}", display, reader.line_num, 1, text) from None
    except ValueError as error:
        raise _invalid("bad-table", str(error), display, line, 1, text) from None
    if not columns:
        raise _invalid("bad-table", "the table is empty; its first line names the columns", display)
    return columns, tuple(rows)


def _header(cells: Sequence[str], display: str, line: int, text: str) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    for index, column in enumerate(columns):
        at = sum(len(cell) + 1 for cell in cells[:index]) + 1
        if not column:
            raise _invalid("bad-table", f"column {index + 1} has no name", display, line, at, text)
        if column in columns[:index]:
            raise _invalid("bad-table", f"two columns are named {column!r}", display, line, at, text)
    return columns


def _read_json(text: str, display: str) -> Rows:
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
    rows = []
    for number, row in enumerate(data, 1):
        for column, value in row.items():
            if isinstance(value, (list, dict)):
                raise _invalid("bad-table", f"row {number}: {column!r} is not a number or a text", display)
        try:
            rows.append({column: _json_cell(row.get(column)) for column in columns})
        except ValueError as error:
            raise _invalid("bad-table", f"row {number}: {error}", display) from None
    return columns, tuple(rows)


def _json_cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isnan(value):
        return None
    return _finite(value) if isinstance(value, (int, float)) else _cell(value) if value is not None else None
