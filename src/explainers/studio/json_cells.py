"""One value of a JSON table changed, with every other byte of the file as it was."""

from __future__ import annotations

import json
import re
from typing import Any

from explainers.studio.files import Refused

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
    new = _written(value, text[start:end])
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


def _written(value: str, before: str) -> str:
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
