"""A log as the readers see it: its text, JSON, lines and CSV, each parsed once whoever asks."""

from __future__ import annotations

import csv
import io
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from explainers.digest import digest_bytes, digest_file
from explainers.errors import Diagnostic, InvalidInput
from explainers.runs.format import text_of

csv.field_size_limit(1 << 26)


class Refused(Exception):
    """This reader's format is something else; the message says what is missing."""


class Source:
    """A file or folder to read. `part` (from 1) is the result wanted where several were appended."""

    def __init__(self, path: Path, part: int | None = None):
        self.path = path
        self.part = part

    @cached_property
    def text(self) -> str:
        """The whole text; empty for a folder. Raises InvalidInput where it can't be read."""
        if self.path.is_dir():
            return ""
        try:
            return text_of(self.path)
        except (OSError, EOFError) as error:
            raise InvalidInput([Diagnostic("unreadable", f"{self.path} can't be read: {error}")]) from error

    @cached_property
    def sha256(self) -> str:
        """Of the file, or, for a folder, of its files' names and contents."""
        if self.path.is_file():
            return digest_file(self.path)
        files = sorted(each for each in self.path.rglob("*") if each.is_file())
        lines = [f"{digest_file(each)}  {each.relative_to(self.path).as_posix()}\n" for each in files]
        return digest_bytes("".join(lines).encode())

    @cached_property
    def json(self) -> Any:
        """The one JSON value in the file, or None where the file isn't one."""
        if self.text.lstrip()[:1] not in ("{", "["):
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def objects(self) -> list[dict[str, Any]]:
        """JSON objects of the file: the one it is, or one a line, or written one behind another."""
        if isinstance(self.json, dict):
            return [self.json]
        return self._objects_and_rest[0]

    @cached_property
    def objects_cut(self) -> bool:
        """Whether something that is not a JSON object follows the objects: a cut line, or other text."""
        return not isinstance(self.json, dict) and bool(self.objects) and self._objects_and_rest[1]

    @cached_property
    def _objects_and_rest(self) -> tuple[list[dict[str, Any]], bool]:
        found: list[dict[str, Any]] = []
        text, decoder, at = self.text, json.JSONDecoder(), 0
        while True:
            while at < len(text) and text[at].isspace():
                at += 1
            if at >= len(text):
                return found, False
            try:
                value, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                return found, True
            if not isinstance(value, dict):
                return found, True
            found.append(value)

    def chosen(self, results: list[dict[str, Any]]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The result that `part` names, else the last, with a caveat where there were several."""
        count = len(results)
        if self.part is not None and not 1 <= self.part <= count:
            message = f"part {self.part} of {self.path.name}: it holds {count} result{'s' * (count > 1)}"
            raise InvalidInput([Diagnostic("no-such-part", message)])
        number = self.part or count
        return results[number - 1], (f"result {number} of {count} in the file",) if count > 1 else ()

    @cached_property
    def csv_header(self) -> tuple[str, ...]:
        """First row's cells, lower case and stripped, where the text looks like CSV; else empty."""
        first = self.text.lstrip()[:20_000].partition("\n")[0]
        if not first or first[0] in "{[" or "," not in first:
            return ()
        try:
            return tuple(cell.strip().lower() for cell in next(csv.reader([first]), []))
        except csv.Error:
            return ()

    @cached_property
    def csv_rows(self) -> list[dict[str, str]]:
        """Rows by lower-case column name; a row that is too short (a cut file's last) is left out."""
        return [dict(zip(self.csv_header, row, strict=False)) for row in self._cells if self._full(row)]

    @cached_property
    def csv_cut(self) -> bool:
        """Whether a row has fewer cells than the header."""
        return any(not self._full(row) for row in self._cells)

    def _full(self, row: list[str]) -> bool:
        return len(row) >= len(self.csv_header)

    @cached_property
    def _cells(self) -> list[list[str]]:
        rows = csv.reader(io.StringIO(self.text.lstrip(), newline=""))
        try:
            next(rows, None)
            return [row for row in rows if row]
        except csv.Error as error:
            raise InvalidInput([Diagnostic("bad-csv", f"{self.path.name}: {error}")]) from error


def number(value: Any) -> float | None:
    """`value` as a finite number, or None where it is empty, a word, infinite or not a number."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if found == found and abs(found) != float("inf") else None


def whole(value: Any) -> int | None:
    """`value` as a whole number, or None."""
    found = number(value)
    return round(found) if found is not None else None
