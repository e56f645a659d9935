"""One cell of a CSV, TSV or JSON file changed, with every other byte of the file as it was."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from explainers.studio.files import Refused

Span = tuple[int, int]
"""Where a cell stands in the text: its first character and the one after its last, quotes included."""


def with_cell(raw: bytes, row: int, column: int, value: str, delimiter: str = ",") -> bytes:
    """The file with another value in a row (from 0, the header not counted) and column (from 0).

    Refused where there is no such cell, or where the file is not read the same afterwards.
    """
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("the table is not UTF-8", 415) from None
    rows = [cells for cells in _rows(text, delimiter) if not _blank(text, cells)]
    if not 0 <= row < len(rows) - 1 or not 0 <= column < len(rows[row + 1]):
        raise Refused(f"the table has no cell in row {row + 1}, column {column + 1}", 404)
    start, end = rows[row + 1][column]
    changed = text[:start] + _written(value, text[start:end], delimiter) + text[end:]
    _check(text, changed, row, column, value, delimiter)
    return mark + changed.encode()


def _rows(text: str, delimiter: str) -> Iterator[list[Span]]:
    cells: list[Span] = []
    start = at = 0
    quoted = False
    while at < len(text):
        character = text[at]
        if quoted:
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character == delimiter:
            cells.append((start, at))
            start = at + 1
        elif character in "\r\n":
            cells.append((start, at))
            yield cells
            at += text.startswith("\r\n", at)
            cells, start = [], at + 1
        at += 1
    if start < len(text) or cells:
        yield [*cells, (start, len(text))]


def _blank(text: str, cells: list[Span]) -> bool:
    """Whether the reader of tables skips the line."""
    return len(cells) == 1 and not text[slice(*cells[0])].strip()


def _written(value: str, before: str, delimiter: str) -> str:
    """The value, in quotes where it needs them or where the cell had them."""
    if before.startswith('"') or any(one in value for one in (delimiter, '"', "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value


def _check(before: str, after: str, row: int, column: int, value: str, delimiter: str) -> None:
    old, new = _parsed(before, delimiter), _parsed(after, delimiter)
    old[row + 1][column] = value
    if old != new:
        raise Refused("this cell can't be changed without touching others", 422)


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [cells for cells in rows if cells and not (len(cells) == 1 and not cells[0].strip())]


_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


def with_value(raw: bytes, row: int, column: str, value: str) -> bytes:
    """The file, a list of objects, with another value in a row (from 0) and column.

    A text stays a text; a number stays one where `value` is, and is null where that is empty. Refused where
    the row has no such column, or where the file is not read the same afterwards.
    """
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    try:
        text = raw.decode("utf-8-sig")
        before = json.loads(text)
        start, end = _span(text, row, column)
    except (ValueError, IndexError, RecursionError):
        raise Refused(f"the table has no {column!r} in row {row + 1} that can be changed here", 404) from None
    new = _as_json(value, text[start:end])
    changed = text[:start] + new + text[end:]
    before[row][column] = json.loads(new)
    if json.loads(changed) != before:
        raise Refused("this value can't be changed without touching others", 422)
    return mark + changed.encode()


def _span(text: str, row: int, column: str) -> tuple[int, int]:
    """Where a value stands: its first character, and the one after its last. ValueError without one."""
    at = _past(text, 0, "[")
    for _ in range(row):
        _, at = _DECODER.raw_decode(text, at)
        at = _past(text, at, ",")
    at, found = _past(text, at, "{"), None
    while True:
        name, at = _DECODER.raw_decode(text, at)
        at = _past(text, at, ":")
        _, end = _DECODER.raw_decode(text, at)
        if name == column:
            # Of two with one name a reader takes the last.
            found = at, end
        after = _space(text, end)
        if text[after] == "}":
            break
        at = _past(text, after, ",")
    if found is None:
        raise ValueError(column)
    return found


def _past(text: str, at: int, mark: str) -> int:
    """The next place after `mark` and the spaces around it."""
    at = _space(text, at)
    if text[at] != mark:
        raise ValueError(at)
    return _space(text, at + 1)


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _as_json(value: str, before: str) -> str:
    """The value as JSON, of the sort that stood there where it can be."""
    if before.startswith('"'):
        return json.dumps(value, ensure_ascii=False)
    if not value.strip():
        return "null"
    try:
        parsed: Any = json.loads(value)
    except ValueError:
        parsed = None
    # NaN is no JSON, although it is read.
    plain = isinstance(parsed, (bool, int, float)) and parsed == parsed
    return value.strip() if plain else json.dumps(value, ensure_ascii=False)
