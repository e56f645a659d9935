"""Text too small where it is shown.

A 16:9 video is judged in a column of 700 CSS pixels, a square one at 480, a portrait one on a phone of
360: titles and statements need 16 pixels there, labels 12.5, footers and tensor sizes 10. That is 44, 35
and 28 units of a 1920-wide frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.finding import Finding
from explainers.check.geometry import SEEN, css_width, first_of_each, frame_of, texts_of, use_of
from explainers.check.subject import Pictures

CODE: Final = "text-small"
SEVERITY: Final = "error"
NEEDS: Final = ("geometry",)

SMALLEST = {"body": 16.0, "label": 12.5, "footer": 10.0}
"""CSS pixels, by what a text is."""
_SLACK = 0.03


def find(subject: Pictures) -> Iterator[Finding]:
    for shot, geometry in subject.geometries():
        column = css_width(geometry)
        ratio = column / frame_of(geometry)[0]
        told: set[tuple[str, float]] = set()
        for text in first_of_each(text for text in texts_of(geometry) if text.opacity >= SEEN):
            use = use_of(text.words, shot)
            size = text.size * ratio
            key = text.words, round(size, 1)
            if text.size <= 0 or size >= SMALLEST[use] - _SLACK or key in told:
                continue
            told.add(key)
            message = f"{text.words!r} is {size:.1f} CSS px high in a column of {column:.0f}; a {use} needs "
            message += f"{SMALLEST[use]:g}"
            fix = f"at least {SMALLEST[use] / ratio:.0f} units, or fewer words in its room"
            yield subject.at_box(CODE, SEVERITY, message, shot, text.t, text.box, text=text.words, fix=fix)
