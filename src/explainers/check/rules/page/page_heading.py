"""Rules about the heading of a page's section."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.check.finding import Finding
from explainers.check.page import differs, venue, venues
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
    related = (subject.storyboard_place(("declares", "title")),)
    fix = "one title for one work"
    yield subject.at_page(
        "page-title", "error", message, section.offset, len(section.heading), related=related, fix=fix
    )


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
    spoken = [(line, one) for line in subject.section.lines for one in venues(line.text)]
    if any(differs(declared, one) is None for _, one in spoken):
        return
    for line, one in spoken[:1]:
        message = f"the page says {one.text!r}, the storyboard {written!r}: {differs(declared, one)}"
        begin = line.offset(one.at)
        length = line.offset(one.end - 1) - begin + 1
        related = (subject.storyboard_place(("declares", "venue")),)
        fix = "correct the one that is out of date"
        yield subject.at_page("page-venue", "error", message, begin, length, related=related, fix=fix)
