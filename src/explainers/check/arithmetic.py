"""What a number claims: whether its expression is a gain, a ratio or a difference, and of which facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explainers.facts.expression import ExpressionError, parse
from explainers.facts.ledger import Fact
from explainers.facts.tree import Binary, Call, Name, Node, Number, Unary

_DEPTH = 20


@dataclass(frozen=True)
class Shape:
    """The form of an expression, facts made of facts written out.

    `gain` is a / b - 1, `drop` is 1 - a / b, `ratio` a / b, `difference` a - b, `share` a / (a + b);
    `value` is a number of its own. `over` and `base` are the facts of a and of b.
    """

    kind: Literal["gain", "drop", "ratio", "difference", "share", "value"]
    over: tuple[str, ...] = ()
    base: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.over, *self.base)))


def shape_of(text: str, facts: Mapping[str, Fact]) -> Shape:
    """The shape of an expression over facts."""
    try:
        root = _written_out(parse(text).root, facts, 0)
    except ExpressionError:
        return Shape("value")
    return _shape(root)


def leaves(text: str, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The facts that are cells or sourced numbers, on which an expression rests."""
    try:
        return tuple(dict.fromkeys(_names(_written_out(parse(text).root, facts, 0))))
    except ExpressionError:
        return ()


def mixed_units(text: str, facts: Mapping[str, Fact]) -> tuple[str, str] | None:
    """Two different units that an expression adds, subtracts, divides or picks from; else None."""
    try:
        return _mixed(parse(text).root, facts)
    except ExpressionError:
        return None


def _written_out(node: Node, facts: Mapping[str, Fact], depth: int) -> Node:
    """The node with every fact that is made of other facts in its place."""
    if isinstance(node, Name):
        fact = facts.get(node.name)
        if fact is None or fact.table is not None or not fact.expression or depth > _DEPTH:
            return node
        inner = parse(fact.expression)
        return _written_out(inner.root, facts, depth + 1) if inner.names else node
    if isinstance(node, Unary):
        return Unary(node.sign, _written_out(node.of, facts, depth), node.offset)
    if isinstance(node, Binary):
        left, right = (_written_out(one, facts, depth) for one in (node.left, node.right))
        return Binary(node.operator, left, right, node.offset)
    if isinstance(node, Call):
        arguments = tuple(_written_out(one, facts, depth) for one in node.arguments)
        return Call(node.function, arguments, node.offset)
    return node


def _shape(node: Node) -> Shape:
    if not isinstance(node, Binary):
        return Shape("value")
    left, right = node.left, node.right
    if node.operator == "*" and (_is(right, 100) or _is(left, 100)):
        return _shape(left if _is(right, 100) else right)
    if node.operator == "-" and _is(right, 1) and _divides(left):
        return _of("gain", left)
    if node.operator == "-" and _is(left, 1) and _divides(right):
        return _of("drop", right)
    if node.operator == "/":
        over, base = _names(left), _names(right)
        if isinstance(left, Binary) and left.operator == "-" and set(_names(left.right)) == set(base):
            return Shape("gain", tuple(_names(left.left)), tuple(base))
        if set(over) < set(base):
            return Shape("share", tuple(over), tuple(base))
        return Shape("ratio", tuple(over), tuple(base)) if over and base else Shape("value")
    if node.operator == "-" and _names(left) and _names(right):
        return Shape("difference", tuple(_names(left)), tuple(_names(right)))
    return Shape("value")


def _of(kind: Literal["gain", "drop"], division: Node) -> Shape:
    assert isinstance(division, Binary)
    over, base = tuple(_names(division.left)), tuple(_names(division.right))
    return Shape(kind, over, base) if over and base else Shape("value")


def _divides(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator == "/"


def _is(node: Node, value: float) -> bool:
    return isinstance(node, Number) and node.value == value


def _names(node: Node) -> list[str]:
    if isinstance(node, Name):
        return [node.name]
    if isinstance(node, Unary):
        return _names(node.of)
    if isinstance(node, Binary):
        return [*_names(node.left), *_names(node.right)]
    if isinstance(node, Call):
        return [name for argument in node.arguments for name in _names(argument)]
    return []


def _unit(node: Node, facts: Mapping[str, Fact]) -> str | None:
    """The unit of a single fact, or of a sum of facts with one unit; None for anything else."""
    if isinstance(node, Name):
        return facts[node.name].unit if node.name in facts else None
    if isinstance(node, Unary):
        return _unit(node.of, facts)
    if isinstance(node, Binary) and node.operator in "+-":
        return _unit(node.left, facts) or _unit(node.right, facts)
    return None


def _mixed(node: Node, facts: Mapping[str, Fact]) -> tuple[str, str] | None:
    if isinstance(node, Unary):
        return _mixed(node.of, facts)
    if isinstance(node, Call):
        parts = list(node.arguments)
    elif isinstance(node, Binary):
        parts = [node.left, node.right]
    else:
        return None
    for part in parts:
        if found := _mixed(part, facts):
            return found
    if isinstance(node, Binary) and node.operator in ("*", "**", "/"):
        return _mixed_quotient(node, facts)
    units = list(dict.fromkeys(unit for unit in (_unit(part, facts) for part in parts) if unit))
    return (units[0], units[1]) if len(units) > 1 else None


def _mixed_quotient(node: Binary, facts: Mapping[str, Fact]) -> tuple[str, str] | None:
    """Units that a division compares although they measure the same thing, such as s and ms."""
    from explainers.check.quantities import same_dimension

    if node.operator != "/":
        return None
    left, right = _unit(node.left, facts), _unit(node.right, facts)
    if left and right and left != right and same_dimension(left, right):
        return left, right
    return None
