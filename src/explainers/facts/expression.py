"""Arithmetic over facts: numbers, names, + - * / **, brackets and a few functions. Nothing else runs.

A text becomes a tree of frozen nodes; nothing is evaluated by Python's own `eval`. Length and depth
are bounded, and every error says at which character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from explainers.errors import nearest
from explainers.facts.tree import (
    FUNCTIONS,
    Binary,
    Call,
    Expression,
    ExpressionError,
    Name,
    Node,
    Number,
    Unary,
    wrong,
)

__all__ = ["FUNCTIONS", "Expression", "ExpressionError", "evaluate", "parse"]

MAX_CHARACTERS = 500
MAX_DEPTH = 40

_ONE_ARGUMENT = frozenset(("abs", "ceil", "floor", "sqrt"))


def parse(text: str) -> Expression:
    """The expression in `text`; ExpressionError with the character at which it stops making sense."""
    if len(text) > MAX_CHARACTERS:
        raise wrong("bad-expression", f"{len(text)} characters; at most {MAX_CHARACTERS}", MAX_CHARACTERS, 1)
    parser = _Parser(text)
    root = parser.expression(0, 0)
    parser.expect_end()
    return Expression(text, root, tuple(dict.fromkeys(_names(root))))


def evaluate(text: str, values: Mapping[str, float], what: str = "column") -> float:
    """The value of the expression in `text` over `values`: `parse` and `Expression.evaluate` in one."""
    if text in values:
        return values[text]
    return parse(text).evaluate(values, what)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    offset: int


_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*|`[^`]+`)"
    r"|(?P<operator>\*\*|[-+*/(),\u2212\u00d7])"
    r"|(?P<space>\s+)"
)
_TYPOGRAPHIC = {"\u2212": "-", "\u00d7": "*"}
_POWER = {"+": 10, "-": 10, "*": 20, "/": 20, "**": 40}
_UNARY_POWER = 30
"""Binding power; `**` binds tighter than a sign and groups to the right, as in Python."""


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            hint = (
                "** for a power" if text[at] == "^" else "numbers, fact names, + - * / ** ( ) and functions"
            )
            raise wrong("bad-expression", f"{text[at]!r} has no meaning here", at, 1, expected=hint)
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(_Token(kind, _TYPOGRAPHIC.get(match[0], match[0]), at))
        at = match.end()
    tokens.append(_Token("end", "", len(text)))
    return tokens


class _Parser:
    """A Pratt parser: one method for what begins an expression, one loop for what joins them."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.token
        self.at += token.kind != "end"
        return token

    def expression(self, power: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise wrong("bad-expression", f"nested deeper than {MAX_DEPTH} levels", self.token.offset, 1)
        left = self.beginning(depth)
        while _POWER.get(self.token.text, -1) > power and self.token.kind == "operator":
            operator = self.take()
            binding = _POWER[operator.text] - (operator.text == "**")
            left = Binary(operator.text, left, self.expression(binding, depth + 1), operator.offset)
        return left

    def beginning(self, depth: int) -> Node:
        token = self.take()
        if token.kind == "number":
            return Number(float(token.text), token.offset)
        if token.kind == "name":
            return self.call(token, depth) if self.token.text == "(" else self.name(token)
        if token.text in ("-", "+"):
            return Unary(token.text, self.expression(_UNARY_POWER, depth + 1), token.offset)
        if token.text == "(":
            inside = self.expression(0, depth + 1)
            self.close(token)
            return inside
        what = "the expression ends" if token.kind == "end" else f"{token.text!r} stands"
        raise self.error(f"{what} where a number or a name is needed", token)

    def name(self, token: _Token) -> Name:
        return Name(token.text.strip("`"), token.offset, len(token.text))

    def call(self, token: _Token, depth: int) -> Call:
        if token.text not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            hint = "a format to round: {name:.0f}" if token.text == "round" else f"one of {known}"
            raise wrong(
                "bad-expression",
                f"there is no function {token.text!r}",
                token.offset,
                len(token.text),
                expected=hint,
                near=nearest(token.text, FUNCTIONS),
            )
        opened = self.take()
        arguments = [self.expression(0, depth + 1)]
        while self.token.text == ",":
            self.take()
            arguments.append(self.expression(0, depth + 1))
        self.close(opened)
        if token.text in _ONE_ARGUMENT and len(arguments) != 1:
            raise self.error(f"{token.text} takes one value, not {len(arguments)}", token)
        return Call(token.text, tuple(arguments), token.offset)

    def close(self, opened: _Token) -> None:
        if self.token.text != ")":
            raise self.error("this bracket is never closed", opened)
        self.take()

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.error(f"{self.token.text!r} is one too many here", self.token)

    def error(self, message: str, token: _Token) -> ExpressionError:
        return wrong("bad-expression", message, token.offset, len(token.text))


def _names(node: Node) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Unary):
        yield from _names(node.of)
    elif isinstance(node, Binary):
        yield from _names(node.left)
        yield from _names(node.right)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from _names(argument)
