"""A CSV file as it is written: its rows with their lines, and problems that point into it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from explainers.errors import InvalidInput, Place, Problem
from explainers.inputs import read_bytes

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
    ) -> Problem:
        """A problem in the line `row`, from 1, at the cell's text."""
        source = self.lines[row - 1] if 0 < row <= len(self.lines) else ""
        # As a whole cell, where it stands as one; a quoted cell may be written otherwise than it reads.
        whole = (
            re.search(rf"(?:^|[,;\t])\s*\"?({re.escape(cell)})\"?\s*(?:[,;\t]|$)", source) if cell else None
        )
        column = (whole.start(1) if whole else max(0, source.find(cell))) + 1
        return Problem(
            code, message, Place(self.display, row, column), source, max(1, len(cell)), expected, near
        )


def read_sheet(path: Path, display: str) -> tuple[Sheet, list[tuple[int, list[str]]]]:
    """The file at `path`, called `display`, and its rows that hold something, each with its last line.

    InvalidInput where there is no such file, it is no CSV, or it is too large.
    """
    nowhere = Place(display, 1, 1)
    if not path.exists():
        raise InvalidInput([Problem("missing-file", f"there is no file {display}")])
    data = read_bytes(path, display, MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput([Problem("not-utf-8", f"{display} is not UTF-8", nowhere)]) from None
    sheet = Sheet(display, text.splitlines())
    # Names of parameters hold neither, so that the header says what separates the cells.
    header = text.partition("\n")[0]
    separator = next((one for one in (";", "\t") if one in header and "," not in header), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
            if len(rows) > MAX_ROWS + 1:
                message = f"there are more than {MAX_ROWS:,} rows"
                raise InvalidInput([sheet.problem("too-large", message, reader.line_num, "")])
    except csv.Error as error:
        raise InvalidInput([sheet.problem("csv-syntax", f"not CSV: {error}", reader.line_num, "")]) from None
    return sheet, rows
