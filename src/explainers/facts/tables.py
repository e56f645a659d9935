"""Tables: rows with named columns, read from files as ordinary tools write them, and picked by columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput, Place, control_character, nearest
from explainers.facts.cells import Notation, Raw, TableFile, columns_of
from explainers.facts.sheets import BINARIES, TEXTS, NotATable, Sheet
from explainers.inputs import MAX_ACCENTS, MIB, BadCsv, accents_at, csv_rows, nfc, read_bytes
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

    `units` are the units of columns, where they were declared, `unusable` names that are no columns to use,
    and why: several columns have the name, its cells are lists, or a run does not know it. `file` is where
    the cells stand, where they were read from one. `runs` are the runs that it was made of, `sources` all
    that it is from."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]
    source: str
    kind: str
    units: Mapping[str, str] = field(default_factory=dict)
    unusable: Mapping[str, str] = field(default_factory=dict)
    file: TableFile | None = field(default=None, compare=False, repr=False)
    runs: tuple[str, ...] = ()
    more_sources: tuple[str, ...] = ()
    origin: str | None = None
    """Of a run's numbers: its file and digest."""

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.source, *self.more_sources)))

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
        if name in self.unusable:
            message = self.unusable[name]
            return Mistake((name,), "unknown-column", message, _some(self.columns), key=True)
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
            message = f"no row of table {self.name!r} has {column} = {in_words(value)}"
            near = nearest(value, known) if isinstance(value, str) else None
            mistakes.append(Mistake((column,), "no-such-row", message, _some(known), near))
        message = f"no row of table {self.name!r} has all of " + ", ".join(
            f"{column} = {in_words(value)}" for column, value in where.items()
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


def in_words(value: Any) -> str:
    """The value of a `where`, or its values with `or` between them."""
    return " or ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _some(words: Sequence[str]) -> str:
    known = list(dict.fromkeys(words))
    return ", ".join(known[:8]) + (f" and {len(known) - 8} more" if len(known) > 8 else "")


MAX_BYTES = 8 * MIB
MAX_CELLS = 500_000
MAX_COLUMNS = 4_000
_LINE_END = re.compile(r"\r\n?|\n")
_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


def load_table(
    path: Path, display: str, name: str, source: str, kind: str, notation: Notation | None = None
) -> Table:
    """The table in `path`: CSV, TSV, JSON, JSON Lines, Parquet, a workbook or a PGFPlots source, by its
    ending.

    `notation` is what assets.yaml says of how it is written. A cell that reads as a number is a float, an
    empty one is None, every other is text; a column without a name, or with another's, can't be used.
    InvalidInput with file and line where it is no table; `display` is the file's name there.
    """
    return _TableReader(path, display).table(name, source, kind, notation or Notation())


class _TableReader:
    """The text of a table's file, and its cells as they are written; `lines` are the lines of the rows."""

    def __init__(self, path: Path, display: str):
        self.display, self.suffix = display, path.suffix.lower()
        self.header: tuple[str, ...] = ()
        self.rows: list[list[Raw]] = []
        self.lines: list[int] = []
        self.separator, self.plain, self.text = ",", True, ""
        self.nested: Mapping[str, str] = {}
        raw = self.raw = read_bytes(path, display, MAX_BYTES)
        if self.suffix in BINARIES:
            return
        try:
            self.text = nfc(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            found = "UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else f"the byte {raw[error.start]:#04x}"
            message = f"the table is not UTF-8: it has {found}; save it again as CSV in UTF-8"
            line = raw.count(b"\n", 0, error.start) + 1
            raise self.invalid(message, line, "not-utf-8", shown=False) from None
        if strange := control_character(self.text.replace("\r", "")):
            line = self.text.count("\n", 0, self.text.index(strange)) + 1
            message = f"the character U+{ord(strange):04X} has no place in a table"
            raise self.invalid(message, line, "control-character")
        if (at := accents_at(self.text)) is not None:
            message = f"a letter has more than {MAX_ACCENTS} accents"
            raise self.invalid(message, self.text.count("\n", 0, at) + 1, "control-character", shown=False)

    def invalid(
        self,
        message: str,
        line: int = 1,
        code: str = "bad-table",
        column: int = 1,
        expected: str | None = None,
        shown: bool = True,
        near: str | None = None,
    ) -> InvalidInput:
        """What is wrong in a line; with `shown` the line is shown."""
        lines = _LINE_END.split(self.text)
        source = lines[line - 1] if shown and line <= len(lines) else None
        place = Place(self.display, line, column)
        return InvalidInput([Diagnostic(code, message, place, source, expected=expected, did_you_mean=near)])

    def table(self, name: str, source: str, kind: str, notation: Notation) -> Table:
        """The named columns, read."""
        if self.suffix in TEXTS:
            self._take_sheet(lambda: TEXTS[self.suffix](self.text, notation.part))
        elif self.suffix in BINARIES:
            self._take_sheet(lambda: BINARIES[self.suffix](self.raw, notation.part))
        elif self.suffix in (".csv", ".tsv"):
            self._read_csv("\t" if self.suffix == ".tsv" else ",", notation.separator)
        else:
            known = [".csv", ".tsv", *TEXTS, *BINARIES]
            message = f"a table does not end in {self.suffix or 'nothing'}"
            near = nearest(self.suffix, known)
            raise self.invalid(message, expected=", ".join(known), shown=False, near=near)
        if len(self.header) > MAX_COLUMNS:
            message = f"{len(self.header):,} columns, more than the {MAX_COLUMNS:,} that a table may have"
            raise self.invalid(message, code="too-large", shown=False)
        times = Counter(self.header)
        unusable = {
            one: f"several columns of table {name!r} are named {one!r}"
            for one, count in times.items()
            if one and count > 1
        } | {one: f"{one!r} of table {name!r} is {what}" for one, what in self.nested.items()}
        used = [index for index, one in enumerate(self.header) if one and one not in unusable]
        names = tuple(self.header[index] for index in used)
        if not names:
            raise self.invalid("no column has a name of its own")
        cells = [[row[index] for index in used] for row in self.rows]
        columns = columns_of(names, cells, notation, self.separator)
        rows = []
        for number, row in enumerate(cells):
            try:
                rows.append({one.name: one.cell(cell) for one, cell in zip(columns, row, strict=True)})
            except ValueError as error:
                if self.lines:
                    raise self.invalid(str(error), self.lines[number]) from None
                raise self.invalid(f"row {number + 1}: {error}", shown=False) from None
        plain = (
            self.plain and len(used) == len(self.header) and all(column.decimal != "," for column in columns)
        )
        by_name = {column.name: column for column in columns}
        file = TableFile(self.display, name, by_name, _LINE_END.split(self.text), self.lines, plain)
        return Table(name, names, tuple(rows), source, kind, dict(notation.units), unusable, file)

    def _take_sheet(self, read: Callable[[], Sheet]) -> None:
        """The cells of a file that is no CSV."""
        try:
            sheet = read()
        except NotATable as error:
            shown = bool(self.text) and error.line > 1
            raise self.invalid(
                str(error), error.line, "bad-table", error.column, error.expected, shown, error.near
            ) from None
        if len(sheet.header) * len(sheet.rows) > MAX_CELLS:
            raise self.invalid(f"more than {MAX_CELLS:,} cells in a table", code="too-large", shown=False)
        self.header, self.rows, self.nested = sheet.header, sheet.rows, sheet.nested
        # What the studio may edit: a list of flat objects, each value where its column says.
        self.plain = self.text.lstrip()[:1] == "[" and not any("." in one for one in sheet.header)

    def _read_csv(self, usual: str, declared: str | None) -> None:
        """The cells of CSV; a first line `sep=;`, as spreadsheets write it, names the separator."""
        named = re.match(r"sep=(.)\r?\n", self.text)
        body, above = (self.text[named.end() :], 1) if named else (self.text, 0)
        self.separator = declared or (named[1] if named else self._separator(usual))
        self.plain = self.separator == usual and not named
        try:
            for line, cells in csv_rows(body, self.separator):
                if self.header:
                    self._take(cells, line + above)
                else:
                    self.header = tuple(cells)
        except BadCsv as error:
            raise self.invalid(f"not CSV: {error}", error.line + above) from None
        if not self.header:
            raise self.invalid("the table is empty; its first line names the columns", shown=False)

    def _take(self, cells: list[str], line: int) -> None:
        """Adds the row that begins in `line`; one of empty cells is none."""
        width = len(self.header)
        if len(self.rows) * width > MAX_CELLS:
            raise self.invalid(f"more than {MAX_CELLS:,} cells in a table", line, "too-large", shown=False)
        if not any(cells):
            self.plain &= len(cells) < 2
            return
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
            self.plain = False
        if len(cells) != width:
            by = _SEPARATORS[self.separator]
            expected = (
                "a name for each column in the first line, quotes around a cell that holds the separator, or "
                "another `separator:` in assets.yaml"
            )
            message = f"{len(cells)} cells in a table of {width} columns, separated by {by}"
            raise self.invalid(message, line, expected=expected)
        self.rows.append(list(cells))
        self.lines.append(line)

    def _separator(self, usual: str) -> str:
        """What separates the cells: what stands in the header and gives every line as many cells; `usual`
        where nothing does. InvalidInput where several do."""
        first = self.text.lstrip("\r\n").partition("\n")[0]
        standing = [one for one in (",", ";", "\t") if one in first]
        if standing in ([], [usual]) or (usual == "\t" and usual in standing):
            return usual
        fitting = standing if len(standing) == 1 else [one for one in standing if _even(self.text, one)]
        if len(fitting) > 1:
            message = f"the cells may be separated by {' or '.join(_SEPARATORS[one] for one in fitting)}"
            ways = " or ".join("separator: " + ("tab" if one == "\t" else f'"{one}"') for one in fitting)
            raise self.invalid(message, expected=f"{ways}, for the table in assets.yaml")
        return fitting[0] if fitting else usual if usual in standing else standing[0]


def _even(text: str, separator: str) -> bool:
    """Whether a separator gives all lines that hold something as many cells, and more than one."""
    try:
        counts = {len(cells) for _, cells in csv_rows(text, separator) if any(cells)}
    except BadCsv:
        return False
    return len(counts) == 1 and counts.pop() > 1
