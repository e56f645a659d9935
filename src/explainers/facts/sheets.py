"""Rows and columns of files that are no CSV: JSON and JSON Lines, Parquet, workbooks, and PGFPlots sources.

Each gives the cells as the file has them; what they mean is the same for all, in `tables`.
"""

from __future__ import annotations

import datetime
import importlib
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explainers.errors import nearest
from explainers.facts.cells import Raw
from explainers.facts.pgfplots import BadPlot, figures

EXTRA = "pip install 'explainers[tables]'"
"""What reads Parquet files and workbooks."""


class NotATable(ValueError):
    """A file that is no table; with the line and column where that is seen, and what was expected."""

    def __init__(
        self,
        message: str,
        line: int = 1,
        column: int = 1,
        expected: str | None = None,
        near: str | None = None,
    ):
        self.line, self.column, self.expected, self.near = line, column, expected, near
        super().__init__(message)


@dataclass(frozen=True)
class Sheet:
    """The names of columns and the cells of rows; `nested` says of columns that are none what they hold."""

    header: tuple[str, ...]
    rows: list[list[Raw]]
    nested: Mapping[str, str] = field(default_factory=dict)


def of_json(text: str, part: str | None) -> Sheet:
    """A list of objects; an object that holds such a list (at `part` where there are several) or that is
    one row."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotATable(f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except ValueError as error:
        raise NotATable(f"not JSON: {error}") from None
    except RecursionError:
        raise NotATable("nested too deep to be a table") from None
    if not isinstance(data, dict):
        if part is not None:
            raise NotATable("a JSON file that is one list has no parts", expected="no `part:`")
        return _of_objects(data)
    lists = dict(_lists(data))
    if part is None and len(lists) > 1:
        raise NotATable(
            "several lists of objects may be the table", expected=f"part: {' or part: '.join(lists)}"
        )
    if part is not None and part not in lists:
        expected = ", ".join(lists) or "a list of objects"
        raise NotATable(f"it has no list of objects {part!r}", expected=expected, near=nearest(part, lists))
    return _of_objects(lists[part] if part else next(iter(lists.values()), [data]))


def of_json_lines(text: str, part: str | None) -> Sheet:
    """An object a line, one a row."""
    if part is not None:
        raise NotATable("JSON Lines have no parts", expected="no `part:`")
    rows = []
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        try:
            row = json.loads(written)
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            raise NotATable(f"not JSON: {getattr(error, 'msg', error)}", line, column) from None
        if not isinstance(row, dict):
            raise NotATable("a line of JSON Lines is an object, one a row", line)
        rows.append(row)
    return _of_objects(rows)


def _lists(value: Mapping[str, Any], at: str = "") -> list[tuple[str, list[Any]]]:
    """Lists of objects inside an object, by their keys joined by dots."""
    found = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            found += _lists(inner, f"{at}{key}.")
        elif isinstance(inner, list) and inner and all(isinstance(row, dict) and row for row in inner):
            found.append((f"{at}{key}", inner))
    return found


def _of_objects(data: Any) -> Sheet:
    if not isinstance(data, list) or not data or not all(isinstance(row, dict) and row for row in data):
        raise NotATable("a JSON table is a list of objects, one a row")
    nested: dict[str, str] = {}
    flat = []
    for number, row in enumerate(data, 1):
        try:
            flat.append(dict(_flat(row, nested)))
        except ValueError as error:
            raise NotATable(f"row {number}: {error}") from None
        except RecursionError:
            raise NotATable("nested too deep to be a table") from None
    columns = tuple(dict.fromkeys(column for row in flat for column in row))
    rows = [[row.get(column) for column in columns] for row in flat]
    return Sheet(tuple(column.strip() for column in columns), rows, nested)


def _flat(row: Mapping[str, Any], nested: dict[str, str], at: str = "") -> list[tuple[str, Raw]]:
    """The cells of an object; those of objects inside it are columns named with a dot."""
    cells: list[tuple[str, Raw]] = []
    for key, value in row.items():
        name = f"{at}{key}"
        if isinstance(value, dict):
            cells += _flat(value, nested, f"{name}.")
        elif isinstance(value, list):
            nested.setdefault(name, "a list, and no number or text")
            cells.append((name, None))
        else:
            cells.append((name, raw_cell(value)))
    return cells


def raw_cell(value: Any) -> Raw:
    """A value of JSON, Parquet or a workbook as a cell; ValueError for a number that is too large."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if value is None or isinstance(value, (bytes, list, dict)):
        return None
    try:
        if math.isfinite(number := float(value)):
            return number
    except (OverflowError, TypeError, ValueError):
        pass
    shown = str(value) if len(str(value)) < 40 else "a number"
    raise ValueError(f"{shown} is too large for a table, or no number")


def of_parquet(data: bytes, part: str | None) -> Sheet:
    """The rows of a Parquet file; its columns that hold lists or structures can't be used."""
    parquet = _extra("pyarrow.parquet", "a Parquet file")
    if part is not None:
        raise NotATable("a Parquet file has no parts", expected="no `part:`")
    try:
        table = parquet.read_table(io.BytesIO(data))
        names, rows = (
            table.column_names,
            list(zip(*(each.to_pylist() for each in table.columns), strict=True)),
        )
        kinds = {name: str(each.type) for name, each in zip(names, table.columns, strict=True)}
    except (OSError, ValueError, NotImplementedError) as error:  # Arrow's own errors are these.
        raise NotATable(f"not Parquet: {str(error).splitlines()[0]}") from None
    nested = {
        name: f"of type {kind}" for name, kind in kinds.items() if kind.startswith(("list", "struct", "map"))
    }
    return Sheet(tuple(names), _raw_rows(rows), nested)


def of_workbook(data: bytes, part: str | None) -> Sheet:
    """The sheet of a workbook that has cells; `part` names it where several have. Its first row names
    columns."""
    calamine = _extra("python_calamine", "a workbook")
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise NotATable(f"no workbook: {error}") from None
    filled = {name: rows for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)}
    if part is None and len(filled) != 1:
        message = f"{len(filled)} sheets have cells" if filled else "no sheet has a cell"
        raise NotATable(message, expected=" or ".join(f"part: {name}" for name in filled) or None)
    if part is not None and part not in filled:
        raise NotATable(
            f"no sheet {part!r} with cells", expected=", ".join(filled), near=nearest(part, filled)
        )
    rows = filled[part] if part else next(iter(filled.values()))
    rows = [row for row in rows if any(cell != "" for cell in row)]
    header = tuple("" if cell is None else str(cell).strip() for cell in rows[0])
    return Sheet(header, _raw_rows(rows[1:]))


def _raw_rows(rows: list[Any]) -> list[list[Raw]]:
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append([raw_cell(cell) for cell in row])
        except ValueError as error:
            raise NotATable(f"row {number}: {error}") from None
    return found


def _extra(module: str, what: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise NotATable(f"to read {what} something must be installed: {EXTRA}") from None


def of_plots(text: str, part: str | None) -> Sheet:
    """The coordinates of one figure's plots: a row a point, with `series`, `x`, `y` and their errors."""
    try:
        found = figures(text)
    except BadPlot as error:
        raise NotATable(str(error), error.line, error.column, error.expected) from None
    if not found:
        raise NotATable(r"no axis with an \addplot that has coordinates or a table in it")
    by_name = {figure.name: figure for figure in found}
    if part is None and len(found) > 1:
        raise NotATable(f"{len(found)} figures", expected=f"part: {' or part: '.join(by_name)}")
    if part is not None and part not in by_name:
        raise NotATable(f"no figure {part!r}", expected=", ".join(by_name), near=nearest(part, by_name))
    figure = by_name[part] if part else found[0]
    return Sheet(figure.columns, [list(row) for row in figure.rows])


TEXTS: dict[str, Callable[[str, str | None], Sheet]] = {
    **{".json": of_json, ".jsonl": of_json_lines, ".ndjson": of_json_lines},
    **dict.fromkeys((".tex", ".tikz", ".pgf"), of_plots),
}
"""Readers of text, by the file's ending: the text, and the part wanted."""
BINARIES: dict[str, Callable[[bytes, str | None], Sheet]] = {
    ".parquet": of_parquet,
    **dict.fromkeys((".xlsx", ".xls", ".ods"), of_workbook),
}
