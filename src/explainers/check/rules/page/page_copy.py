"""A description on the page that is a copy of another section's.

Two projects do not do the same thing in the same words: one of the descriptions was pasted and never
written. Sentences of eight words and more are compared, small differences do not count. The whole page
is looked at, not only the video's section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from explainers.check.finding import Finding, Related
from explainers.check.page import Line, Page, sentences
from explainers.check.subject import PageSubject

CODE: Final = "page-copy"
SEVERITY: Final = "warning"

LEAST_WORDS, ALIKE = 8, 0.7


@dataclass(frozen=True)
class _Said:
    words: tuple[str, ...]
    text: str
    heading: str
    line: Line
    at: int


def find(subject: PageSubject) -> Iterator[Finding]:
    told: set[frozenset[str]] = set()
    said = list(_all(subject.page))
    for index, one in enumerate(said):
        for earlier in said[:index]:
            pair = frozenset((one.heading, earlier.heading))
            if one.heading == earlier.heading or pair in told or not _alike(one.words, earlier.words):
                continue
            told.add(pair)
            message = f"{one.heading!r} has the description of {earlier.heading!r}, word for word"
            place, _ = subject.page.place(earlier.line.offset(earlier.at))
            begin = one.line.offset(one.at)
            length = one.line.offset(one.at + len(one.text) - 1) - begin + 1
            related = (Related(place, "the same words"),)
            fix = "write what is its own"
            yield subject.at_page(CODE, SEVERITY, message, begin, length, related=related, fix=fix)


def _all(page: Page) -> Iterator[_Said]:
    for section in page.sections:
        for text, line, at in sentences(section):
            words = tuple(re.findall(r"\w+", text.casefold()))
            if len(words) >= LEAST_WORDS:
                yield _Said(words, text, section.heading, line, at)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether most pairs of neighbouring words are in both."""
    if one == other:
        return True
    a, b = (set(pairwise(words)) for words in (one, other))
    return len(a & b) >= ALIKE * len(a | b)
