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
from explainers.storyboard.mistakes import Slip

_DIGITS = re.compile(r"\d[\d.,:]*\d|\d")
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

    Offsets of slips count in the template. Pieces that can't be worked out are left out.
    """

    text: str
    facts_used: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class _Part:
    """A stretch of a template: `words`, `literal` or `number`; `offset` is where its text begins."""

    kind: str
    text: str
    offset: int


class _BadTemplate(ValueError):
    def __init__(self, slip: Slip):
        self.slip = slip
        super().__init__(slip.message)


def fill(template: str, ledger: Ledger, digits: str = "checked", names: Collection[str] = ()) -> Filled:
    """The template with its facts written in.

    With `digits="checked"` a typed digit outside brackets is a slip; with `"structural"` it is free.
    So is one inside a word of `names`: the tokens and nodes a picture shows are called by their names.
    Never raises: where there are slips the text is the template.
    """
    try:
        parts = list(_parts(template))
    except _BadTemplate as error:
        return Filled(template, (), (error.slip,))
    slips: list[Slip] = []
    used: list[str] = []
    text, pieces = "", list[Piece]()
    for part in parts:
        shown, at = part.text, len(text)
        if part.kind == "number":
            piece = _number(part, at, ledger, used, slips)
            shown = piece.shown if piece else ""
            pieces += [piece] if piece else []
        elif part.kind == "literal":
            begin, length = part.offset - 2, len(shown) + 3
            pieces.append(Piece("literal", shown, shown, None, (), begin, length, at, at + len(shown)))
        elif digits == "checked":
            slips.extend(_typed(part, names))
        text += shown
    return Filled(template if slips else text, tuple(dict.fromkeys(used)), tuple(slips), tuple(pieces))


def _parts(template: str) -> Iterator[_Part]:
    at, words, start = 0, "", 0
    while at < len(template):
        character = template[at]
        if template.startswith(("{{", "}}"), at):
            yield _Part("words", words, start)
            yield _Part("words", character, at)
            at, words, start = at + 2, "", at + 2
        elif character == "}":
            raise _BadTemplate(
                Slip("bad-expression", "a } that closes nothing", at, 1, "}} for the sign itself")
            )
        elif character == "{":
            yield _Part("words", words, start)
            end = template.find("}", at)
            if end < 0:
                message = "this { is never closed"
                raise _BadTemplate(Slip("bad-expression", message, at, 1, "{{ for the sign itself"))
            inside = template[at + 1 : end]
            literal = inside.startswith("=")
            yield _Part("literal", inside[1:], at + 2) if literal else _Part("number", inside, at + 1)
            at, words, start = end + 1, "", end + 1
        else:
            words += character
            at += 1
    yield _Part("words", words, start)


def _typed(piece: _Part, names: Collection[str]) -> Iterator[Slip]:
    named = [match.span() for match in _WORD.finditer(piece.text) if match[0] in names]
    for match in _DIGITS.finditer(piece.text):
        if any(start <= match.start() and match.end() <= end for start, end in named):
            continue
        message = f"the typed number {match[0]!r} has no source"
        expected = "{fact:format} for a number, {=" + match[0] + "} where it is part of a name"
        yield Slip("typed-digit", message, piece.offset + match.start(), len(match[0]), expected)


def _number(part: _Part, at: int, ledger: Ledger, used: list[str], slips: list[Slip]) -> Piece | None:
    """The number of a part that comes to stand at character `at`; None where it can't be worked out."""
    source, colon, spec = part.text.partition(":")
    try:
        expression = parse(source)
        if not expression.names:
            message = f"{source.strip()!r} leans on no fact"
            raise ExpressionError(
                Slip("typed-digit", message, 0, len(source), "a fact, or {=literal} for a name")
            )
        if set(expression.names) & ledger.failed:
            return None
        value = expression.evaluate(ledger.values)
    except ExpressionError as error:
        slip = error.slip
        slips.append(
            Slip(
                slip.code,
                slip.message,
                part.offset + slip.offset,
                slip.length,
                slip.expected,
                slip.did_you_mean,
            )
        )
        return None
    used.extend(expression.names)
    alone = ledger.facts.get(source.strip())
    try:
        shown = written(value, spec.strip(" ") if colon and spec != " " else alone.format if alone else None)
    except ValueError as error:
        where = part.offset + len(source) + 1
        slips.append(Slip("bad-format", f"{spec!r} is not a number format", where, len(spec), str(error)))
        return None
    begin, length = part.offset - 1, len(part.text) + 2
    return Piece("number", source, shown, value, expression.names, begin, length, at, at + len(shown))


def number(text: str | float, ledger: Ledger) -> tuple[float | None, tuple[str, ...], tuple[Slip, ...]]:
    """The value of a number or an expression over facts, the facts in it, and what is wrong with it.

    The value is None where there is a slip or a fact in it has no value.
    """
    if isinstance(text, (int, float)):
        return float(text), (), ()
    try:
        expression = parse(text)
        if set(expression.names) & ledger.failed:
            return None, (), ()
        return expression.evaluate(ledger.values), expression.names, ()
    except ExpressionError as error:
        return None, (), (error.slip,)
