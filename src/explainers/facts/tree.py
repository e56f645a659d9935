"""What an expression is once read: a tree of frozen nodes, and its value over given numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explainers.errors import nearest
from explainers.storyboard.mistakes import Slip

FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": lambda value: abs(value),
    "ceil": lambda value: float(math.ceil(value)),
    "floor": lambda value: float(math.floor(value)),
    "max": lambda *values: max(values),
    "mean": lambda *values: sum(values) / len(values),
    "min": lambda *values: min(values),
    "sqrt": lambda value: math.sqrt(value),
    "sum": lambda *values: sum(values),
}
"""What an expression may call. Rounding is not among them: a format rounds, once, at the end."""


class ExpressionError(ValueError):
    """An expression that can't be read or worked out; `slip` says what and where."""

    def __init__(self, slip: Slip):
        self.slip = slip
        super().__init__(slip.message)


@dataclass(frozen=True)
class Number:
    value: float
    offset: int


@dataclass(frozen=True)
class Name:
    name: str
    offset: int
    length: int


@dataclass(frozen=True)
class Unary:
    sign: str
    of: Node
    offset: int


@dataclass(frozen=True)
class Binary:
    operator: str
    left: Node
    right: Node
    offset: int


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Node, ...]
    offset: int


Node = Number | Name | Unary | Binary | Call


@dataclass(frozen=True)
class Expression:
    """A text that was read. `names` are what it needs, in the order of their first use."""

    text: str
    root: Node
    names: tuple[str, ...]

    def evaluate(self, values: Mapping[str, float], what: str = "fact") -> float:
        """The value over `values`. `what` is what a name is called in messages: fact or column.

        ExpressionError for an unknown name, a division by zero and a result that is not a finite number.
        """
        try:
            value = _evaluate(self.root, values, what)
        except OverflowError:
            raise wrong("bad-expression", "the result is too large", 0, len(self.text)) from None
        if not math.isfinite(value):
            raise wrong("bad-expression", "the result is not a finite number", 0, len(self.text))
        return value


def wrong(code: str, message: str, offset: int, length: int, **more: str | None) -> ExpressionError:
    """An error at a character of the text."""
    return ExpressionError(
        Slip(code, message, offset, max(1, length), more.get("expected"), more.get("near"))
    )


def _evaluate(node: Node, values: Mapping[str, float], what: str) -> float:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        if node.name not in values:
            message = f"there is no {what} {node.name!r}"
            near = nearest(node.name, values)
            raise wrong(f"unknown-{what}", message, node.offset, node.length, near=near)
        return values[node.name]
    if isinstance(node, Unary):
        value = _evaluate(node.of, values, what)
        return -value if node.sign == "-" else value
    if isinstance(node, Call):
        arguments = [_evaluate(argument, values, what) for argument in node.arguments]
        try:
            return FUNCTIONS[node.function](*arguments)
        except ValueError:
            raise wrong("bad-expression", f"{node.function} has no value here", node.offset, 1) from None
    return _join(node, _evaluate(node.left, values, what), _evaluate(node.right, values, what))


def _join(node: Binary, left: float, right: float) -> float:
    if node.operator == "+":
        return left + right
    if node.operator == "-":
        return left - right
    if node.operator == "*":
        return left * right
    try:
        result = left / right if node.operator == "/" else left**right
    except ZeroDivisionError:
        raise wrong("division-by-zero", "a division by zero", node.offset, len(node.operator)) from None
    if isinstance(result, complex):
        raise wrong("bad-expression", "a root of a negative number", node.offset, len(node.operator))
    return result
