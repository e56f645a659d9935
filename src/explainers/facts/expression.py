"""Arithmetic over facts: numbers, names, + - * / **, brackets and a few functions. Nothing else runs.

Python's own parser gives the tree, of which only these parts are let through, and nothing is evaluated by
`eval`. Names may hold letters of any script or, in backquotes, any character, so the parser sees a text of
the same length with plain letters in their place. Length and depth are bounded, and every error says at which
character.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from explainers.errors import nearest
from explainers.storyboard.mistakes import Mistake, in_text

MAX_CHARACTERS = 500
MAX_DEPTH = 40

FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": lambda value: float(math.ceil(value)),
    "floor": lambda value: float(math.floor(value)),
    "max": lambda *values: max(values),
    "mean": lambda *values: sum(values) / len(values),
    "min": lambda *values: min(values),
    "sqrt": math.sqrt,
    "sum": lambda *values: sum(values),
}
"""What an expression may call. Rounding is not among them: a format rounds, once, at the end."""

_ONE_ARGUMENT = frozenset(("abs", "ceil", "floor", "sqrt"))
_JOINS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_SIGNS: dict[type[ast.unaryop], Callable[[float], float]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*|`[^`]+`)"
    r"|(?P<operator>\*\*|[-+*/(),\u2212\u00d7])"
    r"|(?P<space>\s+)"
)
_TYPOGRAPHIC = {"\u2212": "-", "\u00d7": "*"}
_STANDS_FOR = {"number": "1", "name": "x", "space": " "}


class ExpressionError(ValueError):
    """An expression that can't be read or worked out; `mistake` says what and where."""

    def __init__(self, mistake: Mistake):
        self.mistake = mistake
        super().__init__(mistake.message)


@dataclass(frozen=True)
class Expression:
    """A text that was read. `names` are what it needs, in the order of their first use.

    `root` is a tree of BinOp, UnaryOp, Call, Name and Constant (a float), with columns in `text`.
    """

    text: str
    root: ast.expr
    names: tuple[str, ...]

    def evaluate(self, values: Mapping[str, float], what: str = "fact") -> float:
        """The value over `values`. `what` is what a name is called in messages: fact or column.

        ExpressionError for an unknown name, a division by zero and a result that is not a finite number.
        """
        try:
            value = self._value(self.root, values, what)
        except OverflowError:
            raise _wrong("the result is too large", 0, len(self.text)) from None
        if not math.isfinite(value):
            raise _wrong("the result is not a finite number", 0, len(self.text))
        return value

    def _value(self, node: ast.expr, values: Mapping[str, float], what: str) -> float:
        match node:
            case ast.Name(name):
                if name in values:
                    return values[name]
                message, near = f"there is no {what} {name!r}", nearest(name, values)
                raise _wrong(
                    message,
                    node.col_offset,
                    (node.end_col_offset or 0) - node.col_offset,
                    f"unknown-{what}",
                    near=near,
                )
            case ast.UnaryOp(sign, inner):
                return _SIGNS[type(sign)](self._value(inner, values, what))
            case ast.Call(ast.Name(name), arguments):
                given = [self._value(each, values, what) for each in arguments]
                try:
                    return FUNCTIONS[name](*given)
                except ValueError:
                    raise _wrong(f"{name} has no value here", node.col_offset) from None
            case ast.BinOp(left, join, right):
                sides = self._value(left, values, what), self._value(right, values, what)
                return self._joined(node, _JOINS[type(join)], *sides)
        assert isinstance(node, ast.Constant) and isinstance(node.value, float)
        return node.value

    def _joined(self, node: ast.BinOp, join: Callable[..., float], left: float, right: float) -> float:
        # Between the two stand spaces, brackets that close the left side, and the operator.
        gap = re.compile(r"[\s)]*").match(self.text, node.left.end_col_offset or 0)
        at, length = gap.end() if gap else 0, 1 + isinstance(node.op, ast.Pow)
        try:
            result = join(left, right)
        except ZeroDivisionError:
            raise _wrong("a division by zero", at, length, "division-by-zero") from None
        if isinstance(result, complex):
            raise _wrong("a root of a negative number", at, length)
        return result


def parse(text: str) -> Expression:
    """The expression in `text`; ExpressionError with the character at which it stops making sense."""
    if len(text) > MAX_CHARACTERS:
        raise _wrong(f"{len(text)} characters; at most {MAX_CHARACTERS}", MAX_CHARACTERS)
    tokens = list(_tokens(text))
    _check_neighbors([token for token in tokens if token.plain.strip()])
    plain = "".join(token.plain for token in tokens)
    spaces = len(plain) - len(plain.lstrip())
    try:
        root = ast.parse(plain[spaces:], mode="eval").body
    except SyntaxError:
        raise _misplaced(tokens, len(text)) from None
    _restore(root, text, spaces, 0)
    return Expression(text, root, tuple(dict.fromkeys(names_of(root))))


def names_of(node: ast.expr) -> list[str]:
    """The facts in a tree, in the order of the text, each as often as it stands there."""
    match node:
        case ast.Name(name):
            return [name]
        case ast.UnaryOp(_, inner):
            parts = [inner]
        case ast.BinOp(left, _, right):
            parts = [left, right]
        case ast.Call(_, arguments):
            parts = arguments
        case _:
            return []
    return [name for part in parts for name in names_of(part)]


def _wrong(
    message: str,
    offset: int,
    length: int = 1,
    code: str = "bad-expression",
    expected: str | None = None,
    near: str | None = None,
) -> ExpressionError:
    return ExpressionError(in_text(code, message, offset, max(1, length), expected, near))


@dataclass(frozen=True)
class _Token:
    """A part of a text, and what stands for it in the text that Python's parser sees."""

    text: str
    plain: str
    offset: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            known = "numbers, fact names, + - * / ** ( ) and functions"
            expected = "** for a power" if text[at] == "^" else known
            raise _wrong(f"{text[at]!r} has no meaning here", at, expected=expected)
        kind, shown = str(match.lastgroup), _TYPOGRAPHIC.get(match[0], match[0])
        plain = shown if kind == "operator" else _STANDS_FOR[kind] * len(shown)
        yield _Token(shown, plain, at)
        at = match.end()


def _check_neighbors(tokens: list[_Token]) -> None:
    """ExpressionError for what Python would read otherwise: `//`, calls of anything, brackets without end."""
    depth = 0
    for before, token in pairwise([_Token("", "(", 0), *tokens]):
        depth += (token.plain == "(") - (token.plain == ")")
        if depth > MAX_DEPTH:
            raise _too_deep(token.offset)
        if token.plain == "(" and before.plain[0] == "x":
            if before.text not in FUNCTIONS:
                raise _no_function(before)
        elif before.plain[-1] in "1x)" and token.plain[0] in "1x(":
            raise _wrong(f"{token.text!r} is one too many here", token.offset, len(token.text))
        elif before.plain[-1] in "*/" and token.plain[0] in "*/":
            raise _not_an_operand(token)


def _no_function(token: _Token) -> ExpressionError:
    message, known = f"there is no function {token.text!r}", f"one of {', '.join(FUNCTIONS)}"
    expected = "a format to round: {name:.0f}" if token.text == "round" else known
    near = nearest(token.text, FUNCTIONS)
    return _wrong(message, token.offset, len(token.text), expected=expected, near=near)


def _not_an_operand(token: _Token) -> ExpressionError:
    message = f"{token.text!r} stands where a number or a name is needed"
    return _wrong(message, token.offset, len(token.text))


def _misplaced(tokens: list[_Token], end: int) -> ExpressionError:
    """The error at the first token with which the text can't go on to be an expression."""
    needed, opened, plain = True, list[int](), ""
    for token in (token for token in tokens if token.plain.strip()):
        plain += " " * (token.offset - len(plain)) + token.plain
        if token.plain == "(":
            opened.append(token.offset)
        elif token.plain == ")" and opened:
            opened.pop()
        whole, begun = (_parses(plain + part + ")" * len(opened)) for part in ("", " x"))
        if not whole and not begun:
            if needed:
                return _not_an_operand(token)
            if not opened:
                return _wrong(f"{token.text!r} is one too many here", token.offset, len(token.text))
            break
        needed = not whole or token.plain == "("
    if needed:
        return _wrong("the expression ends where a number or a name is needed", end)
    return _wrong("this bracket is never closed", opened[-1])


def _parses(plain: str) -> bool:
    try:
        return bool(ast.parse(plain.lstrip(), mode="eval"))
    except SyntaxError:
        return False


def _restore(node: ast.expr, text: str, shift: int, depth: int) -> None:
    """Put the text's own names, numbers and columns into a tree; ExpressionError for parts that are not let
    through."""
    node.col_offset += shift
    node.end_col_offset = end = (node.end_col_offset or 0) + shift
    at, written = node.col_offset, text[node.col_offset : end]
    if depth > MAX_DEPTH:
        raise _too_deep(at)
    parts = list[tuple[ast.expr, int]]()
    match node:
        case ast.Constant():
            node.value = float(written)
        case ast.Name():
            node.id = written.strip("`")
        case ast.UnaryOp(_, inner):
            parts = [(inner, 1)]
        case ast.BinOp(left, _, right):
            parts = [(left, 0), (right, 1)]
        case ast.Call(ast.Name() as function, arguments, []):
            _restore(function, text, shift, depth)
            _check_call(function, len(arguments), text[:end])
            parts = [(argument, 1) for argument in arguments]
        case ast.Tuple([left, *_]):
            comma = text.index(",", (left.end_col_offset or 0) + shift)
            raise _wrong("',' is one too many here", comma)
        case _:
            raise _wrong(f"{written!r} has no meaning here", at, len(written))
    for part, deeper in parts:
        _restore(part, text, shift, depth + deeper)


def _check_call(function: ast.Name, count: int, written: str) -> None:
    """ExpressionError for a function with another number of arguments than it takes."""
    name = function.id
    if not count or written[:-1].rstrip().endswith(","):
        raise _wrong("')' stands where a number or a name is needed", len(written) - 1)
    if name in _ONE_ARGUMENT and count != 1:
        raise _wrong(f"{name} takes one value, not {count}", function.col_offset, len(name))


def _too_deep(offset: int) -> ExpressionError:
    return _wrong(f"nested deeper than {MAX_DEPTH} levels", offset)
