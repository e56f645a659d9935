"""A number in the render that the table no longer holds.

The video in the folder shows what its tables said when it was rendered. A fact whose value is another
today is a number on screen that nobody can find any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.subject import Rendered
from explainers.facts.numbers import written

CODE: Final = "table-changed"
SEVERITY: Final = "error"


def find(subject: Rendered) -> Iterator[Finding]:
    facts = subject.words.facts
    for record in subject.manifest.facts:
        name, value = record.name, record.value
        if not isinstance(value, (int, float)):
            continue
        fact = facts.get(name)
        if fact is None:
            message = f"the render shows the fact {name!r}, which the storyboard no longer has"
            yield subject.words.found(CODE, SEVERITY, message, ("facts",), key=True, fix="render again")
        elif fact.value != value:
            before, now = written(value, fact.format), fact.text
            if before == now:
                before, now = f"{value:.10g}", f"{fact.value:.10g}"
            message = f"the render has {name} = {before}, the data say {now} today"
            loc = ("facts", str(name))
            yield subject.words.found(CODE, SEVERITY, message, loc, key=True, fix="render again")
