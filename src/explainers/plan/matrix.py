"""A matrix: a CSV file with a row for each video that is made from one template."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from explainers.errors import Diagnostic, InvalidInput, Place, control_character, nearest
from explainers.inputs import BadCsv, csv_rows, nfc, read_bytes
from explainers.plan.library import Library
from explainers.project import NAME_RULE, Project, is_video_name
from explainers.storyboard.document import Document
from explainers.storyboard.parameters import Parameter, parameters_of

MAX_BYTES, MAX_ROWS = 4 * 1024 * 1024, 10_000


@dataclass(frozen=True)
class Sheet:
    """A CSV file being read; `lines` are its source lines."""

    display: str
    lines: list[str]

    def problem(
        self,
        code: str,
        message: str,
        row: int,
        cell: str,
        expected: str | None = None,
        near: str | None = None,
    ) -> Diagnostic:
        """A problem in the line `row`, from 1, at the cell's text."""
        source = self.lines[row - 1] if 0 < row <= len(self.lines) else ""
        # As a whole cell, where it stands as one; a quoted cell may be written otherwise than it reads.
        whole = (
            re.search(rf"(?:^|[,;\t])\s*\"?({re.escape(cell)})\"?\s*(?:[,;\t]|$)", source) if cell else None
        )
        column = (whole.start(1) if whole else max(0, source.find(cell))) + 1
        return Diagnostic(
            code, message, Place(self.display, row, column), source, max(1, len(cell)), expected, near
        )


def read_sheet(path: Path, display: str) -> tuple[Sheet, list[tuple[int, list[str]]]]:
    """The file at `path`, called `display`, and its rows that hold something, each with its first line.

    InvalidInput where there is no such file, it is no CSV, or it is too large.
    """
    nowhere = Place(display, 1, 1)
    if not path.exists():
        raise InvalidInput([Diagnostic("missing-file", f"there is no file {display}")])
    data = read_bytes(path, display, MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput([Diagnostic("not-utf-8", f"{display} is not UTF-8", nowhere)]) from None
    sheet = Sheet(display, re.split(r"\r\n?|\n", text))
    if strange := control_character(text.replace("\r", "")):
        line = text.count("\n", 0, text.index(strange)) + 1
        message = f"the character U+{ord(strange):04X} has no place in a table"
        raise InvalidInput([sheet.problem("control-character", message, line, strange)])
    # Names of parameters hold neither, so that the header says what separates the cells.
    header = text.partition("\n")[0]
    separator = next((one for one in (";", "\t") if one in header and "," not in header), ",")
    rows = []
    try:
        for line, cells in csv_rows(text, separator):
            if any(cells):
                rows.append((line, cells))
            if len(rows) > MAX_ROWS + 1:
                message = f"there are more than {MAX_ROWS:,} rows"
                raise InvalidInput([sheet.problem("too-large", message, line, "")])
    except BadCsv as error:
        raise InvalidInput([sheet.problem("csv-syntax", f"not CSV: {error}", error.line, "")]) from None
    return sheet, rows


NAME = "name"
"""The column that names the videos."""


@dataclass(frozen=True)
class Row:
    """A row: the name of its video, after the template's, and a value for each parameter in a column."""

    name: str
    values: Mapping[str, str]


class _There:
    """What a video's assets have that a cell may name; files are looked for once."""

    def __init__(self, project: Project, video: str):
        self.tables = Library(project, video).manifest.tables
        self._folder = project.assets_dir(video)

    @cached_property
    def files(self) -> list[str]:
        """Files, by their path in the folder."""
        return [
            nfc(path.relative_to(self._folder).as_posix())
            for path in self._folder.rglob("*")
            if path.is_file()
        ]

    @cached_property
    def runs(self) -> list[str]:
        """Files, and what comes before `.run.` in their names."""
        return [*self.files, *(name.split(".run.")[0] for name in self.files)]


def read_matrix(project: Project, video: str, document: Document, path: Path) -> list[Row]:
    """The rows of the matrix at `path` for the template `video`, whose storyboard's document is given.

    InvalidInput with every problem, each with line and column: a column that is no parameter, a parameter
    that has neither a column nor a default, a name or value that can't be one, a name given twice.
    """
    declared = parameters_of(document)
    sheet, rows = read_sheet(path, project.shown(path.resolve()))
    if not rows:
        raise InvalidInput([sheet.problem("empty", "the matrix has no rows", 1, "", "a header and a row")])
    (line, header), *body = rows
    problems = [*_header_problems(sheet, line, header, declared)]
    if problems:
        raise InvalidInput(problems)
    there = _There(project, video)
    found_rows: list[Row] = []
    taken, videos = set[str](), project.videos()
    for number, cells in body:
        found = _row(sheet, number, header, cells, declared, there)
        if isinstance(found, Row):
            problems += _name_problems(sheet, number, found.name, taken, videos, video)
            taken.add(found.name)
            found_rows.append(found)
        else:
            problems += found
    if not found_rows and not problems:
        problems.append(sheet.problem("empty", "the matrix has no rows", line, "", "a row for each video"))
    if problems:
        raise InvalidInput(problems)
    return found_rows


def _header_problems(
    sheet: Sheet, line: int, header: list[str], declared: Mapping[str, Parameter]
) -> Iterator[Diagnostic]:
    known = [NAME, *declared]
    for index, column in enumerate(header):
        if column in header[:index]:
            yield sheet.problem("duplicate-key", f"the column {column!r} is here twice", line, column)
        elif column not in known:
            message = f"the storyboard has no parameter {column!r}"
            yield sheet.problem(
                "unknown-column", message, line, column, ", ".join(known), nearest(column, known)
            )
    if NAME not in header:
        yield sheet.problem("missing-column", "no column names the videos", line, "", f"a column {NAME!r}")
    for name, parameter in declared.items():
        if name not in header and parameter.default is None:
            message = f"the parameter {name!r} has neither a column nor a default"
            yield sheet.problem("missing-column", message, line, "")


def _row(
    sheet: Sheet,
    line: int,
    header: list[str],
    cells: list[str],
    declared: Mapping[str, Parameter],
    there: _There,
) -> Row | list[Diagnostic]:
    if len(cells) != len(header):
        message = f"{len(cells)} cells in a row, and {len(header)} columns"
        return [sheet.problem("wrong-count", message, line, "")]
    named = dict(zip(header, cells, strict=True))
    problems, values = [], {}
    for name, value in named.items():
        if name == NAME or (not value and declared[name].default is not None):
            continue
        expected, near = _expected(declared[name], value, there)
        if expected:
            message = f"{value!r} in the column {name!r} is no {declared[name].type}"
            problems.append(sheet.problem("wrong-value", message, line, value, expected, near))
        values[name] = value
    return problems or Row(named[NAME], values)


def _expected(parameter: Parameter, value: str, there: _There) -> tuple[str | None, str | None]:
    """What was expected in place of a value, if it is not good, and the nearest that exists."""
    if expected := parameter.expected(value):
        return expected, nearest(value, parameter.choices)
    if parameter.type == "table" and value not in there.tables:
        return "a table of assets.yaml", nearest(value, there.tables)
    if parameter.type in ("file", "run"):
        known = there.files if parameter.type == "file" else there.runs
        if nfc(value) not in known:
            return f"a {parameter.type} in the video's assets", nearest(value, known)
    return None, None


def _name_problems(
    sheet: Sheet, line: int, name: str, taken: Collection[str], videos: Collection[str], video: str
) -> Iterator[Diagnostic]:
    if not is_video_name(name) or not is_video_name(f"{video}-{name}"):
        yield sheet.problem("wrong-value", f"{name!r} can't name a video", line, name, NAME_RULE)
    elif name in taken:
        yield sheet.problem("duplicate-key", f"the name {name!r} is here a second time", line, name)
    elif f"{video}-{name}" in videos:
        message = f"{video}-{name} is a video of its own in scenes/"
        yield sheet.problem("wrong-value", message, line, name)
