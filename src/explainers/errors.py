"""What can go wrong, as data: each error holds its facts, and the text is made in one place.

Nothing here prints or exits; `cli` does. Lines and columns count from 1, as editors do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file the author wrote."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the author's input, with a stable `code` such as `unknown-key`."""

    code: str
    message: str
    place: Place | None = None
    source_line: str | None = None
    length: int = 1
    expected: str | None = None
    did_you_mean: str | None = None

    def text(self) -> str:
        """The message as shown: place, source line, caret, what was expected, the nearest word."""
        lines = [
            f"{self.place}: {self.message} [{self.code}]" if self.place else f"{self.message} [{self.code}]"
        ]
        if self.place and self.source_line is not None:
            gutter = f"{self.place.line:>5} | "
            lines.append(f"{gutter}{self.source_line.rstrip()}")
            caret = "^" * max(1, min(self.length, len(self.source_line) - self.place.column + 1))
            lines.append(" " * (len(gutter) + self.place.column - 1) + caret)
        if self.expected:
            lines.append(f"      expected {self.expected}")
        if self.did_you_mean:
            lines.append(f"      did you mean {self.did_you_mean!r}?")
        return "\n".join(lines)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, or None where nothing is close enough to suggest."""
    candidates = sorted(set(known))
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


class ExplainersError(Exception):
    """Base of every error this package raises on purpose; `exit_code` is the command's."""

    exit_code = 5


class UsageError(ExplainersError):
    """The command was called with something it can't take: an unknown video, shot or quality."""

    exit_code = 2


class InvalidInput(ExplainersError):
    """A storyboard, table, run or asset is wrong; carries every problem found, in file order."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]):
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))


class NotPassed(ExplainersError):
    """The referee found errors; the message is its report."""

    exit_code = 1


class MissingDependency(ExplainersError):
    """A library, font or encoder is not there; the message names the command that brings it."""

    exit_code = 4


class RenderFailed(ExplainersError):
    """Drawing, encoding or joining did not finish."""

    exit_code = 5
