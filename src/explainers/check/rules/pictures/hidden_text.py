"""A shape in front of text.

A tenth of a text's ink covered by something that is painted after it is a word that can't be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, texts_of
from explainers.check.subject import Pictures

CODE: Final = "hidden-text"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

COVERED = 0.1
"""Share of the ink that may be covered."""


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        told = set()
        for text in texts_of(geometry):
            if text.opacity < SEEN or text.hidden <= COVERED or text.layer in told:
                continue
            told.add(text.layer)
            message = f"{text.hidden:.0%} of {text.words!r} is behind {text.hidden_by}"
            fix = "move one of them, or draw the text above"
            yield subject.at_box(CODE, SEVERITY, message, shot, text.t, text.box, text=text.words, fix=fix)
