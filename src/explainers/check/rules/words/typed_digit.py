"""A typed number in the picture.

A digit in a title, statement, caption, axis or bar text that does not come from a fact has no source,
and nobody notices when the data change. Write `{fact:format}`; where the digit is part of a name
(`GPT-{=4}`), write it as a literal. Labels of structure (nodes, tokens, code) are exempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.facts.words import fill

CODE: Final = "typed-digit"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    for text in subject.plan.texts:
        if text.digits != "checked":
            continue
        for slip in fill(text.template, subject.plan.facts, "checked", subject.names_in(text.shot)).slips:
            if slip.code == CODE:
                where: dict[str, Any] = {"offset": slip.offset, "length": slip.length}
                yield subject.at_text(CODE, SEVERITY, slip.message, text, fix=slip.expected, **where)
