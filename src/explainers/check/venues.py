"""Where a work was published or submitted, as pages and storyboards write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS = {
    "submitted": r"in submission to|submitted to|under (?:review|submission) (?:at|to|for)|in review at",
    "accepted": r"accepted (?:to|at|by|for|in)|to appear (?:in|at)|published (?:in|at|by)|presented at"
    r"|appeared (?:in|at)|(?:in )?proceedings of",
}
_VENUE = re.compile(
    "|".join(rf"(?P<{status}>\b(?:{words})\b)" for status, words in _STATUS.items())
    + r"|(?P<preprint>\barXiv\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:['’]|(?<!\d)(?:19|20))(\d{2})(?!\d)")
_END = re.compile(r"[).;\n]|, (?=\D)")
_SMALL_WORDS = (
    "the of on in at to for and a an annual international conference symposium workshop ieee acm usenix"
)
_SMALL = frozenset(_SMALL_WORDS.split(" "))


@dataclass(frozen=True)
class Venue:
    """`status` is submitted, accepted, preprint or ""; `year` two digits or ""; `words` the name's."""

    status: str
    words: frozenset[str]
    year: str
    text: str
    at: int
    end: int


def venues(text: str) -> list[Venue]:
    """The venues that a text speaks of, in order."""
    found = []
    for match in _VENUE.finditer(text):
        stop = _END.search(text, match.end())
        end = stop.start() if stop else len(text)
        status = str(match.lastgroup)
        found.append(_venue(status, text, match.start(), match.end(), end))
    return found


def venue(text: str) -> Venue:
    """The venue that a declared text is, with a status where it says one."""
    match = _VENUE.match(text.strip())
    start = match.end() if match and match.lastgroup != "preprint" else 0
    status = str(match.lastgroup) if match else ""
    return _venue(status, text, 0, start, len(text))


def differs(declared: Venue, page: Venue) -> str | None:
    """In what a page's venue is another than the declared one, in words; None where they agree."""
    if declared.words and page.words and not _same_name(declared.words, page.words):
        return "another venue"
    if declared.year and page.year and declared.year != page.year:
        return "another year"
    if declared.status and page.status and declared.status != page.status:
        return f"{page.status} there, {declared.status} here"
    return None


def _same_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """One name's words are all in the other's, or one is the other's initials."""
    return one <= other or other <= one or bool(one & other)


def _venue(status: str, text: str, at: int, start: int, end: int) -> Venue:
    named = text[start:end]
    year = _YEAR.search(named)
    plain = _YEAR.sub(" ", named).casefold()
    words = frozenset(word for word in re.findall(r"[a-z]{2,}", plain) if word not in _SMALL)
    if status == "preprint":
        words = frozenset(("arxiv",))
    return Venue(status, words, year[1] if year else "", text[at:end].strip(), at, end)
