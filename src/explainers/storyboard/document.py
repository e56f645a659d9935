"""A file's data with the place of every part of it, so that a mistake can be shown where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, Place
from explainers.storyboard.mistakes import Loc, Mistake

Data = dict[str, Any] | list[Any] | str | None


@dataclass(frozen=True)
class Span:
    """Where a value stands, in lines and columns from 0; `end` is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Document:
    """A file's data and where each part of it stands. `display` is the file's name in messages.

    Values of the places in `elsewhere` were taken from the file `translation`, where they have other places.
    `comments` are those that begin right after an unquoted value, in the same line, by the value's path.
    """

    path: Path
    display: str
    data: Data
    lines: tuple[str, ...]
    values: dict[Loc, Span] = field(default_factory=dict, repr=False)
    keys: dict[Loc, Span] = field(default_factory=dict, repr=False)
    comments: dict[Loc, Span] = field(default_factory=dict, repr=False)
    elsewhere: dict[Loc, Loc] = field(default_factory=dict, repr=False)
    translation: Document | None = field(default=None, repr=False)

    def place(self, loc: Loc, key: bool = False) -> Place:
        """Where the value (or with `key` its key) at `loc` stands; the nearest part that exists."""
        if (home := self._home(loc)) is not None:
            return home[0].place(home[1], key)
        span, _ = self._span(loc, key)
        return Place(self.display, span.line + 1, span.column + 1)

    def _home(self, loc: Loc) -> tuple[Document, Loc] | None:
        """The file and the place in it from which a value was taken; None where it is this one."""
        if self.translation is not None:
            for end in range(len(loc), 0, -1):
                if (there := self.elsewhere.get(loc[:end])) is not None:
                    return self.translation, (*there, *loc[end:])
        return None

    def source_line(self, number: int) -> str:
        """Line `number`, from 1, without its line end; empty outside the file."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def cut_off(self, loc: Loc) -> str:
        """The comment that begins right after the unquoted value at `loc`; empty where there is none."""
        span = self.comments.get(loc)
        return self.source_line(span.line + 1)[span.column : span.end_column] if span else ""

    def problem(self, mistake: Mistake) -> Diagnostic:
        """The mistake with its line, column and source line."""
        if mistake.elsewhere is not None:
            return mistake.elsewhere
        loc = mistake.loc
        if (home := self._home(loc)) is not None:
            return home[0].problem(replace(mistake, loc=home[1]))
        if not mistake.key and loc not in self.values and isinstance(self._at(loc[:-1]), str):
            # A text that stands for a mapping with it: what is wrong in the mapping's text is wrong in it.
            loc = loc[:-1]
        span, exact = self._span(loc, mistake.key)
        message = mistake.message
        if (comment := self.cut_off(loc)) and exact and comment[1:2].strip():
            message += f"; {comment} is a comment: quote the value if it is part of it"
        line, column = span.line, span.column
        length = span.end_column - span.column if span.end_line == span.line else 1
        if mistake.offset is not None and exact:
            line, column = self._inside(loc, span, mistake.offset, mistake.length or 1)
            length = mistake.length or 1
        place = Place(self.display, line + 1, column + 1)
        source = self.source_line(line + 1)
        return Diagnostic(
            mistake.code,
            message,
            place,
            source,
            max(1, length),
            mistake.expected,
            mistake.did_you_mean,
        )

    def _span(self, loc: Loc, key: bool) -> tuple[Span, bool]:
        """The span of `loc` or of its nearest ancestor, and whether it is `loc`'s own."""
        for end in range(len(loc), -1, -1):
            if (key or end < len(loc)) and loc[:end] in self.keys:
                return self.keys[loc[:end]], False
            if loc[:end] in self.values:
                return self.values[loc[:end]], end == len(loc)
        return Span(0, 0, 0, 1), False

    def _inside(self, loc: Loc, span: Span, offset: int, length: int) -> tuple[int, int]:
        """Line and column of a character of a text; quoting, folding and escapes move it.

        The wrong piece is looked for in the source as the n-th of its like, which is exact unless the
        piece itself is written with an escape.
        """
        text = str(self._at(loc))
        piece = text[offset : offset + length]
        if not piece.strip():
            return span.line, min(span.column + offset, max(0, len(self.source_line(span.line + 1)) - 1))
        piece = piece.split("\n")[0]
        nth = sum(1 for _ in _occurrences(text[: offset + len(piece)], piece))
        for line in range(span.line, span.end_line + 1):
            source = self.source_line(line + 1)
            start = span.column if line == span.line else 0
            end = span.end_column if line == span.end_line else len(source)
            for column in _occurrences(source[:end], piece, start):
                nth -= 1
                if nth == 0:
                    return line, column
        return span.line, span.column

    def _at(self, loc: Loc) -> Any:
        """The value at `loc`; None where there is none."""
        data: Any = self.data
        for step in loc:
            try:
                data = None if isinstance(data, str) else data[step]
            except (LookupError, TypeError):
                return None
        return data


def _occurrences(text: str, piece: str, start: int = 0) -> Iterator[int]:
    at = text.find(piece, start)
    while at >= 0:
        yield at
        at = text.find(piece, at + 1)
