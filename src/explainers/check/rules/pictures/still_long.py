"""A shot that stands still with nothing left to read.

Eight seconds in which nothing moves, and whose words were read long ago, are time a viewer leaves in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, texts_of
from explainers.check.subject import Pictures
from explainers.timing import reading_s

CODE: Final = "still-long"
SEVERITY: Final = "warning"
NEEDS: Final = ("geometry",)

STILL_S = 8.0


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        for start, end in _rests(geometry):
            reading = _reading(geometry, start, end)
            if end - start > max(STILL_S, reading):
                message = f"nothing moves for {end - start:.1f} s, and its words are read in {reading:.1f} s"
                box = (0, 0, geometry["width"], geometry["height"])
                fix = "a shorter shot, or a beat that shows something"
                yield subject.at_box(CODE, SEVERITY, message, shot, start, box, until=end, fix=fix)


def _rests(geometry: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    at, length = 0.0, geometry["frames"] / geometry["fps"]
    for start, end in geometry["motion"]:
        yield at, start
        at = end
    yield at, length


def _reading(geometry: Mapping[str, Any], start: float, end: float) -> float:
    """Reading time of all words that are seen in a stretch."""
    words = {
        text.words
        for text in texts_of(geometry)
        if text.opacity >= SEEN and start - 0.1 <= text.t <= end + 0.1
    }
    return reading_s(" ".join(sorted(words)))
