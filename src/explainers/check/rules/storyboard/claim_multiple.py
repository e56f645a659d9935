"""A multiple that the numbers do not bear out.

"2x", "twice", "halves" or "three times" over a ratio of 1.057. A multiple that is typed as a literal or
said in words is compared with the ratios in its text, then in its shot; a number shown rounded by more
than a tenth of itself is reported too. A multiple with no ratio in its shot has nothing behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from explainers.check.claims import shape_of
from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.facts.templates import Piece
from explainers.plan.resolve import Text

CODE: Final = "claim-multiple"
SEVERITY: Final = "error"

ROUNDING = 0.1
"""How far, as a share of itself, a shown multiple may be from the number behind it."""

_WORDS = {"twi": 2.0, "dou": 2.0, "tri": 3.0, "hal": 0.5}
"""The multiple that a word says, by how it begins."""
_COUNTS = {"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "ten": 10.0}
# `half-empty`, `a double buffer` and `half of them` claim nothing; `half the time` and `cut in half` do.
_IN_WORDS = re.compile(
    r"\b(?P<word>twice|doubles|doubled|triples|tripled|halves|halved"
    r"|(?:double|triple|half)(?= (?:the|as|its)\b)|(?<=\bin )half\b|(?<=\bby )half\b)"
    rf"|\b(?P<count>{'|'.join(_COUNTS)}) times (?:the|as|more|faster|higher)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s?(?:[x×]\b|[x×](?=\s|$|[.,;])|-?fold\b|times\b)")


def find(subject: Words) -> Iterator[Finding]:
    for text in subject.plan.texts:
        for claimed, offset, length, words in _claims(text):
            ratios = list(_ratios(text, subject))
            if any(_near(claimed, value) for _, value in ratios):
                continue
            where: dict[str, Any] = {"offset": offset, "length": length}
            if ratios:
                name, value = min(ratios, key=lambda one: abs(one[1] - claimed))
                message = f"{words!r} is claimed, and {name} is {value:.3g}"
                yield subject.at_text(CODE, SEVERITY, message, text, fix="say what the ratio says", **where)
            else:
                message = f"{words!r} is claimed, and no ratio in this shot says so"
                fix = "write it from a fact: {ours / base:.1f}x"
                yield subject.at_text(CODE, SEVERITY, message, text, fix=fix, **where)
        yield from _rounded(text, subject)


def _claims(text: Text) -> Iterator[tuple[float, int, int, str]]:
    """Multiples that no fact computes: value, characters in the template, words."""
    for piece in text.pieces:
        after = _AFTER.match(text.text, piece.end)
        if piece.kind == "literal" and after is None:
            inner = re.fullmatch(r"(\d+(?:\.\d+)?)\s?(?:[x×]|-?fold)", piece.source)
            if inner:
                yield float(inner[1]), piece.offset, piece.length, piece.source
        elif piece.kind == "literal" and re.fullmatch(r"\d+(\.\d+)?", piece.source):
            yield float(piece.source), piece.offset, piece.length, f"{piece.shown}{after[0] if after else ''}"
    for match in _IN_WORDS.finditer(text.template):
        value = _WORDS[match["word"][:3].casefold()] if match["word"] else _COUNTS[match["count"].casefold()]
        yield value, match.start(), len(match[0]), match[0]


def _ratios(text: Text, subject: Words) -> Iterator[tuple[str, float]]:
    """Ratios in the text, or in the words of its shot, or of the whole video for a text of no shot."""
    own = [one for piece in text.pieces if (one := _ratio(piece, subject))]
    if own:
        yield from own
        return
    for other in subject.of_shot(text.shot) if text.shot else subject.plan.texts:
        yield from (one for piece in other.pieces if (one := _ratio(piece, subject)))


def _ratio(piece: Piece, subject: Words) -> tuple[str, float] | None:
    if piece.value is None:
        return None
    kind = shape_of(piece.source, subject.facts).kind
    if kind in ("gain", "drop"):
        return piece.source, 1 + piece.value if kind == "gain" else 1 - piece.value
    unit = subject.facts[piece.facts[0]].unit if len(piece.facts) == 1 else None
    if kind == "ratio" or unit in ("x", "×"):
        return piece.source, piece.value
    if unit == "%":
        return piece.source, 1 + piece.value / 100
    return None


def _near(claimed: float, value: float) -> bool:
    # "half" is as good for 1.98 as for 0.505: it depends on which is put over which.
    return any(abs(claimed - one) <= ROUNDING * claimed for one in (value, 1 / value if value else value))


def _rounded(text: Text, subject: Words) -> Iterator[Finding]:
    for piece in text.pieces:
        if piece.value is None or shape_of(piece.source, subject.facts).kind != "ratio":
            continue
        match = re.fullmatch(r"(\d+(?:\.\d+)?)", piece.shown)
        if match and piece.value and abs(float(match[1]) - piece.value) > ROUNDING * abs(piece.value):
            message = f"{piece.value:.3g} is shown as {piece.shown}"
            fix = f"one more digit: {{{piece.source}:.1f}}"
            where: dict[str, Any] = {"offset": piece.offset, "length": piece.length}
            yield subject.at_text(CODE, SEVERITY, message, text, fix=fix, **where)
