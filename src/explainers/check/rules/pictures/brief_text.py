"""Words in the picture that come and go too fast.

A label that is seen for less than its reading time (0.8 s and 15 characters a second) is noise.
Changing numbers are not judged: they are watched, not read. Statements have their own rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.geometry import use_of
from explainers.check.subject import Pictures
from explainers.timing import reading_s

CODE: Final = "brief-text"
SEVERITY: Final = "warning"
NEEDS: Final = ("geometry",)

_SLACK_S = 0.1


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        boxes = {one["layer"]: one["box"] for moment in geometry["moments"] for one in moment["texts"]}
        standing: dict[str, float] = {}
        spans: dict[str, tuple[float, float, int]] = {}
        for layer in geometry["layers"]:
            words = layer["text"].strip()
            if layer["kind"] != "text" or not any(letter.isalpha() for letter in words):
                continue
            if use_of(words, shot) == "body":
                continue
            # Looks of one thing take turns: its words are there as long as any of them is.
            visible = layer.get("visible", [])
            standing[words] = standing.get(words, 0.0) + sum(end - start for start, end in visible)
            if visible:
                spans.setdefault(words, (visible[0][0], visible[-1][1], layer["layer"]))
        for words, (start, end, index) in spans.items():
            needed = reading_s(words)
            if standing[words] + _SLACK_S >= needed or _stays(start, end, shot.duration_s):
                continue
            message = f"{words!r} is seen {standing[words]:.1f} s and takes {needed:.1f} s to read"
            box = boxes.get(index, (0, 0, geometry["width"], geometry["height"]))
            fix = "a longer beat, or fewer words"
            yield subject.at_box(CODE, SEVERITY, message, shot, start, box, text=words, until=end, fix=fix)


def _stays(start: float, end: float, length: float) -> bool:
    """Whether a text is there from the first to the last moment: the shot's own length is its rule's."""
    return start <= 0.6 and end >= length - 0.1
