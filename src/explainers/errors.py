"""What can go wrong, as data: each error holds its facts, and the text is made in one place.

Nothing here prints or exits; `cli` does. Lines and columns count from 1, as editors do.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MOST_SHOWN = 100
"""Problems of one input that are printed; what is wrong a thousand times has one cause."""
_LONGEST_WORD, _LONGEST_LINE, _LONGEST_MESSAGE, _MOST_KNOWN = 200, 400, 4000, 1000

_STEERING = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
"""Characters that steer a terminal, end lines for some programs alone, turn the direction of text, or are no
characters at all."""
_UNSEEN = (
    r"\u115f\u1160\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
"""Characters without a shape: tags, fillers and spaces of no width, in which words can hide."""
_FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
"""A flag of a region, such as Scotland's: the one use of tags that is seen."""
_REFUSED = re.compile(f"{_FLAG}|([{_STEERING}{_UNSEEN}])")
_HIDING = re.compile(f"{_FLAG}|[\u2028-\u202e\u2066-\u2069{_UNSEEN}]")
_ESCAPED = re.compile(f"[{_STEERING}{_UNSEEN}\\u00ad\\u061c\\u200e\\u200f]")


def control_character(text: str) -> str | None:
    """The first character of `text` that is not to be seen or drawn, line ends and tabs apart; or None."""
    return next((found[1] for found in _REFUSED.finditer(text) if found[1]), None)


def unhidden(text: str, by: str) -> str:
    """`text` with `by` for each character that is not seen or turns the direction of text; what steers a
    terminal stays: for what a terminal was sent."""
    return text if text.isascii() else _HIDING.sub(lambda found: by if len(found[0]) == 1 else found[0], text)


def printable(text: str) -> str:
    """`text` with such characters written out, so that no input can steer the terminal it is shown in.

    Its lines stay lines: this is for texts whose lines are ours, and `one_line` for what inputs say.
    """
    return _ESCAPED.sub(_escape, text)


def one_line(text: str) -> str:
    """`text` as part of a line: ends of lines are written out too, so that no name can forge a line."""
    return printable(text).replace("\n", "\\n")


def counted(number: int, what: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def json_text(value: Any) -> str:
    """A value as JSON in which such characters are escaped, as JSON escapes them."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file the author wrote."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Diagnostic:
    """One thing wrong with the author's input, with a stable `code` such as `unknown-key`."""

    code: str
    message: str
    place: Place | None = None
    source_line: str | None = None
    length: int = 1
    expected: str | None = None
    did_you_mean: str | None = None

    def __post_init__(self) -> None:
        for name in ("message", "expected"):
            text = getattr(self, name) or ""
            if len(text) > _LONGEST_MESSAGE:
                # A cell of a table may have some MiB.
                shown = f"{text[:_LONGEST_MESSAGE]}… ({len(text):,} characters)"
                object.__setattr__(self, name, shown)

    def text(self) -> str:
        """The message as shown: place, source line, caret, what was expected, the nearest word."""
        lines = [
            f"{self.place}: {self.message} [{self.code}]" if self.place else f"{self.message} [{self.code}]"
        ]
        if self.place and self.source_line is not None:
            gutter = f"{self.place.line:>5} | "
            shown, column = _around(self.source_line.rstrip(), self.place.column)
            lines.append(f"{gutter}{shown}")
            caret = "^" * max(1, min(self.length, len(shown) - column + 1))
            lines.append(" " * (len(gutter) + column - 1) + caret)
        if self.expected:
            lines.append(f"      expected {self.expected}")
        if self.did_you_mean:
            lines.append(f"      did you mean {self.did_you_mean!r}?")
        # A message of several lines has them set in, as nothing of an input's can be.
        head, *more = re.split(r"\n(?=      )", lines[0])
        return "\n".join(map(one_line, [head, *more, *lines[1:]]))


def _around(line: str, column: int) -> tuple[str, int]:
    """The part of a long line that a reader can look at, and the column (from 1) in it."""
    if len(line) <= _LONGEST_LINE:
        return line, column
    begin = max(0, min(column - 1 - _LONGEST_LINE // 2, len(line) - _LONGEST_LINE))
    return line[begin : begin + _LONGEST_LINE], column - begin


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, or None where nothing is close enough to suggest."""
    candidates = sorted(set(known))[:_MOST_KNOWN]
    if len(word) > _LONGEST_WORD:
        return None
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The question whether the known word closest to `word` was meant; `otherwise` where none is close."""
    near = nearest(word, known)
    return f"did you mean {near!r}?" if near else otherwise


class ExplainersError(Exception):
    """Base of every error this package raises on purpose; `exit_code` is the command's."""

    exit_code = 5


class UsageError(ExplainersError):
    """The command was called with something it can't take: an unknown video, shot or quality."""

    exit_code = 2


class InvalidInput(ExplainersError):
    """A storyboard, table, run or asset is wrong; carries every problem found, in file order.

    `tolerated` are those that alone would not have stopped anything.
    """

    exit_code = 3

    def __init__(self, problems: Iterable[Diagnostic], tolerated: Iterable[Diagnostic] = ()):
        self.problems: tuple[Diagnostic, ...] = tuple(problems)
        self.tolerated: tuple[Diagnostic, ...] = tuple(tolerated)
        shown = [problem.text() for problem in self.problems[:MOST_SHOWN]]
        more = len(self.problems) - len(shown)
        super().__init__("\n".join([*shown, *([f"and {more:,} more problems"] if more else [])]))

    def __reduce__(self) -> tuple[type[InvalidInput], tuple[object, ...]]:
        """Sent to another process whole, and not as its text alone."""
        return InvalidInput, (self.problems, self.tolerated)


class NotPassed(ExplainersError):
    """The referee found errors; the message is its report."""

    exit_code = 1


class MissingDependency(ExplainersError):
    """A library, font or encoder is not there; the message names the command that brings it."""

    exit_code = 4


class RenderFailed(ExplainersError):
    """Drawing, encoding or joining did not finish."""

    exit_code = 5
