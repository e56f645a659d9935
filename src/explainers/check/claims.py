"""Words that claim a direction or a multiple, and the clauses they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down", "fast", "slow"]

_DIRECTIONS: dict[Direction, str] = {
    "up": "higher more larger bigger greater up above over ahead gain gains gained increase increases "
    "increased improve improves improved improvement rise rises rose grow grows grew better longer",
    "down": "lower less fewer smaller down below under behind drop drops dropped decrease decreases "
    "decreased reduce reduces reduced fall falls fell shrink shrinks shorter worse loss loses lost saves",
    "fast": "faster quicker sooner earlier speedup speedups",
    "slow": "slower later slowdown slowdowns",
}
_WORDS = {word: direction for direction, words in _DIRECTIONS.items() for word in words.split()}
# `over no early exit` and `up to` say with what, not which way; so do `more than` and `less than`.
_IDIOMS = re.compile(
    r"\b(?:up to|over (?=no |the |a |an |its |all |plain|baseline|\w+ing\b)|under (?=the |a |an |no )"
    r"|(?:more|less|fewer) than (?=\{|\d)|more and more|no (?:more|less))",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;:!?](?=\s|$)|\s[–—-]\s|,\s(?=but |and |while |yet )|\n|\bbut\b|\bwhile\b")
_WORD = re.compile(r"[A-Za-z]+")
REACH = 28
"""Characters between a number and a word that is said of it."""


@dataclass(frozen=True)
class Said:
    """A direction word and its characters in the text."""

    word: str
    direction: Direction
    at: int
    end: int


def directions(text: str) -> Iterator[Said]:
    """The direction words of a text, without idioms in which they say something else."""
    hidden = _IDIOMS.sub(lambda match: "·" * len(match[0]), text)
    for match in _WORD.finditer(hidden):
        direction = _WORDS.get(match[0].casefold())
        if direction is not None:
            yield Said(match[0], direction, match.start(), match.end())


def clause(text: str, at: int, end: int) -> tuple[int, int]:
    """Start and end of the clause around characters `at` to `end`."""
    start, stop = 0, len(text)
    for match in _CLAUSE.finditer(text):
        if match.end() <= at:
            start = match.end()
        elif match.start() >= end:
            stop = match.start()
            break
    return start, stop


def nearest_direction(text: str, at: int, end: int) -> Said | None:
    """The direction word said of the number at characters `at` to `end`: the nearest in its clause."""
    start, stop = clause(text, at, end)
    found = [(_distance(said, at, end), said) for said in directions(text) if start <= said.at < stop]
    near = [pair for pair in found if pair[0] <= REACH]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _distance(said: Said, at: int, end: int) -> int:
    return said.at - end if said.at >= end else at - said.end
