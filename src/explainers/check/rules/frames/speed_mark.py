"""A change of speed that is not marked.

Every stretch that does not run at 1x shows its factor in the frame: "110x", "shown at 110x".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from explainers.check.compared import parts_of, speed_of
from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, texts_of
from explainers.check.subject import Pictures

CODE: Final = "speed-mark"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

_FACTOR = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?[x×]")


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        marked = _marks(geometry)
        for path, part in parts_of(shot.params):
            if not marked and getattr(part, "speed", None) == "auto":
                message = "it runs at a speed of its own choosing, and the frame shows no factor"
                loc = (*subject.words.shot_locs[shot.id], *path, "speed")
                fix = "show the factor beside the clock"
                yield subject.words.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)
            speed = speed_of(part)
            if speed is None or speed[1] == 1 or any(abs(mark - speed[1]) < 0.006 for mark in marked):
                continue
            message = f"it runs at {speed[1]:g}x, and the frame does not say so"
            loc = (*subject.words.shot_locs[shot.id], *path, speed[0])
            fix = f"show {speed[1]:g}x beside the clock"
            yield subject.words.found(CODE, SEVERITY, message, loc, shot=shot.id, fix=fix)


def _marks(geometry: Mapping[str, Any]) -> set[float]:
    words = (text.words for text in texts_of(geometry) if text.opacity >= SEEN)
    return {float(one.replace(",", "")) for text in words for one in _FACTOR.findall(text)}
