"""Texts that lie on each other.

Judged from the ink of each text at every rest of every beat: letters that touch, or boxes of which a
good part is shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.geometry import SeenText, texts_of
from explainers.check.subject import Pictures

CODE: Final = "overlap"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

_THERE = 0.3
"""From this opacity on a text disturbs another."""


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        told = set()
        by_moment: dict[float, dict[int, SeenText]] = {}
        texts = list(texts_of(geometry))
        for text in texts:
            by_moment.setdefault(text.t, {})[text.layer] = text
        for text in texts:
            for other, _ in text.touches:
                above = by_moment[text.t].get(other)
                pair = frozenset((text.layer, other))
                if above is None or pair in told or min(text.opacity, above.opacity) < _THERE:
                    continue
                told.add(pair)
                box = _common(text.box, above.box)
                message = f"{text.words!r} and {above.words!r} lie on each other"
                fix = "move one, or shorten it"
                yield subject.at_box(CODE, SEVERITY, message, shot, text.t, box, text=text.words, fix=fix)


def _common(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
