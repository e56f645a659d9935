"""A simulated or illustrated shot that does not say so in the frame.

The footer's first word is not enough: what did not happen says so at the size of a label, in the
picture, where a screenshot keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, css_width, frame_of, texts_of
from explainers.check.rules.pictures.text_small import SMALLEST
from explainers.check.subject import Pictures

CODE: Final = "said-in-frame"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

_WORDS = {"simulated": ("simulat", "model"), "illustration": ("illustrat", "example", "made up", "made-up")}


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        words = _WORDS.get(shot.provenance or "")
        if words is None:
            continue
        ratio = css_width(geometry) / frame_of(geometry)[0]
        large = [
            text
            for text in texts_of(geometry)
            if text.opacity >= SEEN and text.size * ratio >= SMALLEST["label"] - 0.03
        ]
        if any(word in text.words.casefold() for text in large for word in words):
            continue
        message = f"the shot is {_a(shot.provenance)} and says so in its footer alone"
        fix = f"a label or a statement with the word {shot.provenance!r}"
        loc = (*subject.words.shot_locs[shot.id], "id")
        yield subject.words.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)


def _a(word: str | None) -> str:
    return "an illustration" if word == "illustration" else str(word)
