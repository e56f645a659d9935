"""Words that an edge of a diagram runs through, or that lie across the border of a frame.

Judged from what is painted: an edge that passes under a box, or in a gap beside the words, crosses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.geometry import AT_REST, texts_of
from explainers.check.subject import Pictures

CODE: Final = "crossed-text"
SEVERITY: Final = "warning"
NEEDS: Final = ("geometry",)


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        told: set[tuple[str, str, str]] = set()
        for text in texts_of(geometry):
            for kind, name in text.crossed if text.opacity >= AT_REST else ():
                if (text.words, kind, name) in told:
                    continue
                told.add((text.words, kind, name))
                if kind == "edge":
                    message = f"the edge {name!r} runs through {text.words!r}"
                    fix = "give it another side with `leave` or `enter`, or the words another with `label_at`"
                else:
                    message = f"{text.words!r} lies across the frame of {name!r}"
                    fix = "shorten it, break its line, or widen the gap it stands in"
                yield subject.at_box(
                    CODE, SEVERITY, message, shot, text.t, text.box, text=text.words, fix=fix
                )
