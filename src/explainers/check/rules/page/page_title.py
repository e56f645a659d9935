"""Another title on the page than the declared one.

`declares: {title: ...}` is the work's own title. The section's heading, or a line of it, must have its
words in its order; capitals, emphasis and punctuation do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import PageSubject

CODE: Final = "page-title"
SEVERITY: Final = "error"


def find(subject: PageSubject) -> Iterator[Finding]:
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
        CODE, SEVERITY, message, section.offset, len(section.heading), related=related, fix=fix
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
