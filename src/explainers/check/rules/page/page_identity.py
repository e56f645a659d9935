"""Rules about who a page says has done the work, what it calls it, and where it was published."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.check.finding import Finding
from explainers.check.markdown import Line, differs, folded, venue, venues
from explainers.check.rules import rule
from explainers.check.subject import PageSubject


@rule("page-title", "error")
def page_title(subject: PageSubject) -> Iterator[Finding]:
    """Another title on the page than the declared one.

    `declares: {title: ...}` is the work's own title. The section's heading, or a line of it, must have its
    words in its order; capitals, emphasis and punctuation do not count.
    """
    title, section = subject.plan.storyboard.declares.title, subject.section
    if section is None or not title:
        return
    wanted = _plain(title)
    if wanted in _plain(section.heading) or any(wanted in _plain(line.text) for line in section.lines):
        return
    message = f"the page calls it {section.heading!r}, the storyboard {title!r}"
    loc = ("declares", "title")
    yield subject.at_page(message, section.offset, len(section.heading), "one title for one work", loc=loc)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


@rule("page-venue", "error")
def page_venue(subject: PageSubject) -> Iterator[Finding]:
    """Another venue on the page than the declared one.

    Name, year and standing (submitted, accepted) of what the page's section says are compared with
    `declares: {venue: ...}`. A page that names no venue does not disagree.
    """
    written = subject.plan.storyboard.declares.venue
    if subject.section is None or not written:
        return
    declared = venue(written)
    named = [(line, found) for line in subject.section.lines for found in venues(line.text)]
    if any(differs(declared, found) is None for _, found in named):
        return
    for line, found in named[:1]:
        message = f"the page says {found.text!r}, the storyboard {written!r}: {differs(declared, found)}"
        begin = line.offset(found.at)
        length = line.offset(found.end - 1) - begin + 1
        fix = "correct the one that is out of date"
        yield subject.at_page(message, begin, length, fix, loc=("declares", "venue"))


_SEPARATOR = re.compile(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*|;\s*|\s*\(")


@rule("page-authors", "error")
def page_authors(subject: PageSubject) -> Iterator[Finding]:
    """Authors in another order, or others, on the page.

    The page's list is compared with the storyboard's `authors`, name by name; accents, middle names and
    emphasis do not count.
    """
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
    expected = [name for name in authors if name in names]
    missing = [name for name in authors if name not in names]
    mistakes = []
    if names != expected:
        at = next(index for index, name in enumerate(names) if name != expected[index])
        mistakes.append((at, f"the page names {names[at]} where the storyboard has {expected[at]}"))
    if missing:
        mistakes.append((-1, f"the page does not name {', '.join(missing)}"))
    fix = f"the storyboard's order: {', '.join(authors)}"
    for at, message in mistakes:
        start, end, _ = found[at]
        yield subject.at_page(message, line.offset(start), end - start, fix, loc=("authors",))


def _same(author: str, part: str) -> bool:
    """Whether a part of a line is an author: the last names are one, and so is the first's first letter."""
    one, other = _name(author), _name(part)
    if not one or not 1 <= len(other) <= 6 or one[-1] != other[-1]:
        return False
    return one[0][0] == other[0][0]


def _name(text: str) -> list[str]:
    return re.findall(r"[a-z][a-z'-]*", folded(text))
