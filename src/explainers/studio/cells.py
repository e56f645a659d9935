"""One cell of a CSV or TSV file changed, with every other byte of the file as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

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
