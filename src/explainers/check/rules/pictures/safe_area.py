"""Text outside the safe area.

Players round corners and lay their controls over edges; nothing but backgrounds stands within 96 units
of the sides and 54 of top and bottom.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, frame_of, texts_of
from explainers.check.subject import Pictures

CODE: Final = "safe-area"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

MARGIN_X, MARGIN_Y = 96.0, 54.0
_SLACK = 1.5
"""Units that rounding to whole pixels may take."""


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        width, height = frame_of(geometry)
        slack = max(_SLACK, 1.5 / float(geometry["scale"]))
        told = set()
        for text in texts_of(geometry):
            left, top, right, bottom = text.design
            over = {
                "left": MARGIN_X - left,
                "top": MARGIN_Y - top,
                "right": right - (width - MARGIN_X),
                "bottom": bottom - (height - MARGIN_Y),
            }
            side, by = max(over.items(), key=lambda pair: pair[1])
            if by <= slack or text.opacity < SEEN or text.layer in told:
                continue
            told.add(text.layer)
            off = left < 0 or top < 0 or right > width or bottom > height
            where = f"is cut off at the {side}" if off else f"stands {by:.0f} units outside the {side} margin"
            message = f"{_short(text.words)} {where}"
            fix = "shorten it, or give it another place"
            yield subject.at_box(CODE, SEVERITY, message, shot, text.t, text.box, text=text.words, fix=fix)


def _short(words: str) -> str:
    return repr(words if len(words) <= 40 else words[:37] + "...")
