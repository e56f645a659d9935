"""Text with numbers in it: `{fact:format}` is filled in, `{=literal}` is kept, other digits are found.

`{drex / off - 1:+.1%}` works an expression out in place; `{{` and `}}` are the brackets themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from explainers.facts.expression import ExpressionError, parse
from explainers.facts.ledger import Ledger
from explainers.facts.numbers import written
from explainers.storyboard.mistakes import Mistake, in_text

_OTHER = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u218b\u2460-\u249b\u24ea-\u24ff"
    "\u2776-\u2793\u3007\u3021-\u3029\u3220-\u3229\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf"
    "\U0001f100-\U0001f10c"
)
"""Digits in other forms: raised, as fractions, Roman, in circles and brackets."""
_DIGITS = re.compile(rf"\d[\d.,:]*\d|[\d{_OTHER}]")
_NAMED = re.compile(
    r"(?<![\w.])(?:"
    r"p\d{1,2}(?:\.\d+)?(?![\w%])"
    r"|[vV]\d+(?:\.\d+)*(?:[-.]?(?:rc|post|dev|alpha|beta|a|b)\.?\d*)?(?!\w)"
    r"|\d{1,4}\.\d{1,2}\.\d{1,3}(?:[-.]?(?:rc|post|dev|alpha|beta|a|b)\.?\d*)?(?!\w|\.\d)"
    r"|[A-Za-z][\w.-]*/[A-Za-z][\w.-]*"
    r")"
)
"""Digits that are part of a name: percentiles (`p99`), versions (`v0.6`, `1.2.3`) and repositories
(`org/name-2`)."""
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Piece:
    """A number or a literal in a text: `source` is its expression, `shown` what is written in its place.

    `offset` and `length` are in the template, with the brackets, `at` and `end` in the finished text.
    `value` is None for a literal.
    """

    kind: str
    source: str
    shown: str
    value: float | None
    facts: tuple[str, ...]
    offset: int
    length: int
    at: int
    end: int


@dataclass(frozen=True)
class Filled:
    """The text as shown, the facts in it, what is wrong in it, and its numbers and literals in order.

    Offsets of mistakes count in the template. Pieces that can't be worked out are left out.
    """

    text: str
    facts_used: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    pieces: tuple[Piece, ...] = ()


_PART = re.compile(r"(?P<sign>\{\{|\}\})|\{(?P<inside>[^}]*)\}|(?P<stray>[{}])|(?P<words>[^{}]+)")


def fill(template: str, ledger: Ledger, digits: str = "checked", names: Collection[str] = ()) -> Filled:
    """The template with its facts written in.

    With `digits="checked"` a typed digit outside brackets is a mistake; with `"structural"` it is free. So is
    one inside a word of `names`: the tokens and nodes a picture shows are called by their names; and one in
    a percentile, a version or a repository's name. Never raises: where there are mistakes the text is the
    template."""
    mistakes, used, pieces, text = list[Mistake](), list[str](), list[Piece](), ""
    for part in _PART.finditer(template):
        shown, inside, begin = part["words"] or "", part["inside"], part.start()
        if part["stray"]:
            message = "this { is never closed" if part[0] == "{" else "a } that closes nothing"
            mistake = in_text("bad-expression", message, begin, 1, f"{part[0] * 2} for the sign itself")
            return Filled(template, (), (mistake,))
        if part["sign"]:
            shown = part[0][0]
        elif inside is None:
            mistakes += _typed(shown, begin, names) if digits == "checked" else ()
        elif inside.startswith("="):
            shown, at = inside[1:], len(text)
            pieces.append(Piece("literal", shown, shown, None, (), begin, len(part[0]), at, at + len(shown)))
        elif piece := _number(inside, begin, len(text), ledger, used, mistakes):
            shown = piece.shown
            pieces.append(piece)
        text += shown
    return Filled(template if mistakes else text, tuple(dict.fromkeys(used)), tuple(mistakes), tuple(pieces))


def _typed(words: str, offset: int, names: Collection[str]) -> Iterator[Mistake]:
    named = [match.span() for match in _WORD.finditer(words) if match[0] in names]
    named += [match.span() for match in _NAMED.finditer(words)]
    for match in _DIGITS.finditer(words):
        if any(start <= match.start() and match.end() <= end for start, end in named):
            continue
        message = f"the typed number {match[0]!r} has no source"
        expected = "{fact:format} for a number, {=" + match[0] + "} where it is part of a name"
        yield in_text("typed-digit", message, offset + match.start(), len(match[0]), expected)


def _number(
    inside: str, begin: int, at: int, ledger: Ledger, used: list[str], mistakes: list[Mistake]
) -> Piece | None:
    """The number in brackets that begin at `begin` and that comes to stand at character `at` of the text.

    None where it can't be worked out.
    """
    source, colon, spec = inside.partition(":")
    try:
        expression = parse(source)
        if not expression.names:
            message, expected = f"{source.strip()!r} leans on no fact", "a fact, or {=literal} for a name"
            raise ExpressionError(in_text("typed-digit", message, 0, len(source), expected))
        if set(expression.names) & ledger.failed:
            return None
        value = expression.evaluate(ledger.values)
    except ExpressionError as error:
        mistakes.append(error.mistake.further(begin + 1))
        return None
    used.extend(expression.names)
    alone = ledger.facts.get(source.strip())
    try:
        shown = written(value, spec.strip(" ") if colon and spec != " " else alone.format if alone else None)
    except ValueError as error:
        where = begin + len(source) + 2
        mistakes.append(
            in_text("bad-format", f"{spec!r} is not a number format", where, len(spec), str(error))
        )
        return None
    length = len(inside) + 2
    return Piece("number", source, shown, value, expression.names, begin, length, at, at + len(shown))


def number(text: str | float, ledger: Ledger) -> tuple[float | None, tuple[str, ...], tuple[Mistake, ...]]:
    """The value of a number or an expression over facts, the facts in it, and what is wrong with it.

    The value is None where there is a mistake or a fact in it has no value.
    """
    if isinstance(text, (int, float)):
        return float(text), (), ()
    try:
        expression = parse(text)
        if set(expression.names) & ledger.failed:
            return None, (), ()
        return expression.evaluate(ledger.values), expression.names, ()
    except ExpressionError as error:
        return None, (), (error.mistake,)
