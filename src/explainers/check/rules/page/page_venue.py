"""Another venue on the page than the declared one.

Name, year and standing (submitted, accepted) of what the page's section says are compared with
`declares: {venue: ...}`. A page that names no venue does not disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.page import differs, venue, venues
from explainers.check.subject import PageSubject

CODE: Final = "page-venue"
SEVERITY: Final = "error"


def find(subject: PageSubject) -> Iterator[Finding]:
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
        yield subject.at_page(CODE, SEVERITY, message, begin, length, related=related, fix=fix)
