"""A character that the fonts do not have.

What Inter and JetBrains Mono lack is drawn by whatever font the machine happens to have, or as an empty
box: the picture is then not the same everywhere. Only text with unusual characters is looked up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.theme import SANS

CODE: Final = "missing-glyph"
SEVERITY: Final = "error"

_KNOWN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))) | frozenset(
    "–—‘’“”…•·×→←↑↓−≈≤≥ \u202f\n"
)
"""Characters that both fonts have, so that most storyboards open no font file."""


def find(subject: Words) -> Iterator[Finding]:
    for text in subject.plan.texts:
        if not text.seen:
            continue
        strange = [character for character in dict.fromkeys(text.text) if character not in _KNOWN]
        for character in strange:
            if character in _characters(SANS):
                continue
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            message = f"{SANS} has no {character!r} ({name.lower()})"
            at = text.template.find(character)
            where: dict[str, Any] = {"offset": at, "length": 1} if at >= 0 else {}
            yield subject.at_text(CODE, SEVERITY, message, text, fix="write it with letters it has", **where)


@cache
def _characters(family: str) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    from explainers.fonts import font_files

    with TTFont(font_files(family)[0], lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))
