"""Files of the project as the page may open and change them: inside it, and nowhere else.

What was not edited keeps every byte: the lines of a text, and the other cells of a CSV, TSV or JSON table.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from explainers.digest import digest_bytes
from explainers.errors import ExplainersError, control_character
from explainers.inputs import keep_inside, leads_out, put_file, read_bytes
from explainers.project import Project

TEXTS = (".yaml", ".yml", ".csv", ".tsv", ".json", ".md", ".txt")
"""Files the page may open. Python beside a storyboard is code, and is edited elsewhere."""

MAX_BYTES = 2 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_LINE = re.compile(r"\r\n?|\n")


class Refused(ExplainersError):
    """The page asked for something it may not have; `status` is HTTP's."""

    def __init__(self, message: str, status: int = 403):
        super().__init__(message)
        self.status = status


class Conflict(Refused):
    """The file is no longer what the page began with."""

    def __init__(self, text: str, version: str):
        super().__init__("the file has changed on disk since it was opened here", 409)
        self.text, self.version = text, version


@dataclass(frozen=True)
class TextFile:
    """A text and its version: the digest of the file's bytes."""

    text: str
    version: str


def inside(folder: Path, path: str) -> Path:
    """The path of a file that is really inside `folder`, links followed; Refused where it is not."""
    if "\\" in path or control_character(path) or path.startswith("/") or ".." in path.split("/"):
        raise Refused(f"{path!r} is not a path inside the project")
    found = (folder / path).resolve()
    if not found.is_relative_to(folder.resolve()):
        raise Refused(f"{path!r} leads out of the project")
    if not os.path.isfile(found):  # noqa: PTH113 (False also of what can be no name)
        raise Refused(f"there is no file {path!r}", 404)
    return found


def text_path(project: Project, video: str, path: str) -> Path:
    """A text file of a video, by its path from the project's root: its storyboard, or one of its assets."""
    for folder in (project.scene_dir(video), project.assets_dir(video)):
        # `scenes` and `assets` may be links to another disk; a video's folder and what is in it lead nowhere.
        if leads_out(folder, folder.parent):
            continue
        keep_inside(folder)
        if path.startswith(shown := f"{project.shown(folder)}/"):
            found = inside(folder, path.removeprefix(shown))
            break
    else:
        raise Refused(f"{path!r} is no file of {video}")
    if found.suffix.lower() not in TEXTS:
        raise Refused(f"{found.name} is not one of the files edited here: {', '.join(TEXTS)}")
    if found.stat().st_size > MAX_BYTES:
        raise Refused(f"{path!r} has more than {MAX_BYTES:,} bytes", 413)
    return found


def read_text(path: Path) -> TextFile:
    """A file's text with plain line ends, without a byte order mark."""
    raw = read_bytes(path, path.name, MAX_BYTES)
    return TextFile(_LINE.sub("\n", _decoded(raw, path.name)), digest_bytes(raw))


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{name} is not UTF-8", 415) from None


def save_text(path: Path, text: str, version: str) -> TextFile:
    """Put an edited text in a file's place at once; lines that were not edited keep their bytes.

    Conflict where the file is not of `version` any more.
    """
    raw = read_bytes(path, path.name, MAX_BYTES)
    if digest_bytes(raw) != version:
        now = read_text(path)
        raise Conflict(now.text, now.version)
    put_file(path, io.BytesIO(merged(raw, text)))
    return read_text(path)


def merged(raw: bytes, text: str) -> bytes:
    """`text` with the line ends, and the byte order mark, that the same lines have in `raw`."""
    mark, old = _mark(raw), raw.decode("utf-8-sig")
    lines, ends = _LINE.split(old), _LINE.findall(old)
    if set(ends) <= {"\n"}:
        return mark + text.encode()
    new = text.split("\n")
    usual = max(set(ends), key=ends.count)
    kept = [usual] * len(new)
    for old_at, new_at, size in SequenceMatcher(None, lines, new, autojunk=False).get_matching_blocks():
        for step in range(size):
            if old_at + step < len(ends):
                kept[new_at + step] = ends[old_at + step]
    kept[-1] = ""
    joined = "".join(line + end for line, end in zip(new, kept, strict=True))
    return mark + joined.encode()


def _mark(raw: bytes) -> bytes:
    return _BOM if raw.startswith(_BOM) else b""


def change_cell(path: Path, row: int, column: int, name: str, value: str) -> None:
    """Change a cell of a table's file, in a row (from 0, the header not counted) and the column `name`.

    `column` is its number from 0. Refused where there is no such cell, or others would change too.
    """
    raw, suffix = read_bytes(path, path.name, MAX_BYTES), path.suffix.lower()
    if suffix == ".json":
        made = with_value(raw, row, name, value)
    else:
        made = with_cell(raw, row, column, value, "\t" if suffix == ".tsv" else ",")
    put_file(path, io.BytesIO(made))


Span = tuple[int, int]
"""Where a cell stands in the text: its first character and the one after its last, quotes included."""


def with_cell(raw: bytes, row: int, column: int, value: str, delimiter: str = ",") -> bytes:
    """The file with another value in a row (from 0, the header not counted) and column (from 0).

    Refused where there is no such cell, or where the file is not read the same afterwards.
    """
    text = _decoded(raw, "the table")
    rows = [cells for cells in _rows(text, delimiter) if not _blank(text, cells)]
    if not 0 <= row < len(rows) - 1 or not 0 <= column < len(rows[row + 1]):
        raise Refused(f"the table has no cell in row {row + 1}, column {column + 1}", 404)
    start, end = rows[row + 1][column]
    changed = text[:start] + _written(value, text[start:end], delimiter) + text[end:]
    old, new = _parsed(text, delimiter), _parsed(changed, delimiter)
    old[row + 1][column] = value
    if old != new:
        raise Refused("this cell can't be changed without touching others", 422)
    return _mark(raw) + changed.encode()


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
    if before.startswith('"') or any(sign in value for sign in (delimiter, '"', "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [cells for cells in rows if cells and not (len(cells) == 1 and not cells[0].strip())]


_DECODER = json.JSONDecoder()


def with_value(raw: bytes, row: int, column: str, value: str) -> bytes:
    """The file, a list of objects, with another value in a row (from 0) and column.

    A text stays a text; a number stays one where `value` is, and is null where that is empty. Refused where
    the row has no such column, or where the file is not read the same afterwards.
    """
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
    return _mark(raw) + changed.encode()


def _span(text: str, row: int, column: str) -> tuple[int, int]:
    """Where a value stands: its first character, and the one after its last. ValueError without one."""
    at = _after(text, 0, "[")
    for _ in range(row):
        _, at = _DECODER.raw_decode(text, at)
        at = _after(text, at, ",")
    at, found = _after(text, at, "{"), None
    while True:
        name, at = _DECODER.raw_decode(text, at)
        at = _after(text, at, ":")
        _, end = _DECODER.raw_decode(text, at)
        if name == column:
            # Of two with one name a reader takes the last.
            found = at, end
        after = _space(text, end)
        if text[after] == "}":
            break
        at = _after(text, after, ",")
    if found is None:
        raise ValueError(column)
    return found


def _after(text: str, at: int, mark: str) -> int:
    """The next place after `mark` and the spaces around it."""
    at = _space(text, at)
    if text[at] != mark:
        raise ValueError(at)
    return _space(text, at + 1)


def _space(text: str, at: int) -> int:
    while text[at : at + 1] in tuple(" \t\r\n"):
        at += 1
    return at


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
