"""Authors in another order, or others, on the page.

The page's list is compared with the storyboard's `authors`, name by name; accents, middle names and
emphasis do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.page import Line
from explainers.check.subject import PageSubject

CODE: Final = "page-authors"
SEVERITY: Final = "error"

_SEPARATOR = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*|;\s*|\s*\(")


def find(subject: PageSubject) -> Iterator[Finding]:
    authors = subject.plan.authors
    if subject.section is None or len(authors) < 2:
        return
    for line in subject.section.lines:
        found = _listed(line, authors)
        if len(found) < 2 or len(found) * 2 < len(authors):
            continue
        yield from _judged(line, found, authors, subject)
        return


def _listed(line: Line, authors: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Where each author stands in a line that lists them: start, end and the author's name, in order."""
    found, at = [], 0
    for match in [*_SEPARATOR.finditer(line.text), None]:
        end = match.start() if match else len(line.text)
        part = line.text[at:end]
        name = next((author for author in authors if _same(author, part)), None)
        if name is not None:
            lead = len(part) - len(part.lstrip())
            found.append((at + lead, end, name))
        at = match.end() if match else end
    return found


def _judged(
    line: Line, found: list[tuple[int, int, str]], authors: tuple[str, ...], subject: PageSubject
) -> Iterator[Finding]:
    names = [name for _, _, name in found]
    missing = [name for name in authors if name not in names]
    expected = [name for name in authors if name in names]
    related = (subject.storyboard_place(("authors",)),)
    fix = f"the storyboard's order: {', '.join(authors)}"
    if names != expected:
        first = next(
            index for index, pair in enumerate(zip(names, expected, strict=True)) if pair[0] != pair[1]
        )
        start, end, name = found[first]
        message = f"the page names {name} where the storyboard has {expected[first]}"
        begin = line.offset(start)
        yield subject.at_page(CODE, SEVERITY, message, begin, end - start, related=related, fix=fix)
    if missing:
        start, end, _ = found[-1]
        message = f"the page does not name {', '.join(missing)}"
        begin = line.offset(start)
        yield subject.at_page(CODE, SEVERITY, message, begin, end - start, related=related, fix=fix)


def _same(author: str, part: str) -> bool:
    """Whether a part of a line is an author: the last names are one, and so is the first's first letter."""
    one, other = _name(author), _name(part)
    if not one or not 1 <= len(other) <= 6 or one[-1] != other[-1]:
        return False
    return one[0][0] == other[0][0]


def _name(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.findall(r"[a-z][a-z'-]*", plain)
