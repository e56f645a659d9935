"""What a sentence and its numbers claim: quantities with units, the form of an expression, directions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from explainers.facts.expression import ExpressionError, names_of, parse
from explainers.facts.ledger import Fact

PERCENT, TIMES = "%", "×"

_UNITS: dict[str, tuple[str, str, float]] = {}
"""Unit as written, folded: how it is written here, what it measures, and how many base units it is."""

for _unit, _measures, _factor, _spellings in (
    (PERCENT, "change", 1.0, "% percent per-cent pct"),
    ("points", "points", 1.0, "pp percentage-points points"),
    (TIMES, "change", 1.0, "× x fold -fold times"),
    ("ms", "time", 0.001, "ms msec millisecond milliseconds"),
    ("s", "time", 1.0, "s sec secs second seconds"),
    ("min", "time", 60.0, "min mins minute minutes"),
    ("h", "time", 3600.0, "h hr hrs hour hours"),
    ("tok/s", "tokens a second", 1.0, "tok/s tokens/s tokens-per-second tps token/s"),
    ("req/s", "requests a second", 1.0, "req/s requests/s requests-per-second rps qps"),
    ("fps", "frames a second", 1.0, "fps frames/s frames-per-second"),
    ("MB", "bytes", 1e6, "mb megabytes"),
    ("MiB", "bytes", 2.0**20, "mib"),
    ("GB", "bytes", 1e9, "gb gigabytes"),
    ("GiB", "bytes", 2.0**30, "gib"),
    ("TB", "bytes", 1e12, "tb terabytes"),
    ("W", "power", 1.0, "w watt watts"),
    ("Hz", "frequency", 1.0, "hz"),
    ("kHz", "frequency", 1e3, "khz"),
    ("km", "length", 1000.0, "km kilometers kilometres"),
    ("m", "length", 1.0, "meters metres"),
):
    for _spelling in _spellings.split():
        _UNITS[_spelling] = (_unit, _measures, _factor)

_NUMBER = r"[+\-−±~≈]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+\-−±~≈]?\d+(?:\.\d+)?"
_WORDS = sorted((re.escape(one).replace(r"\-", r"[\s-]") for one in _UNITS), key=len, reverse=True)
_UNIT = rf"(?P<unit>{'|'.join(_WORDS)})(?![\w/])"
_QUANTITY = re.compile(
    rf"(?<![\w.,'’/\-–])(?P<low>{_NUMBER})(?P<lowunit>\s?%|\s?×|x)?"
    rf"(?:\s?(?:–|—|-|to|\.\.\.?|…)\s?(?P<high>{_NUMBER}))?[\s\u202f\u00a0-]{{0,2}}{_UNIT}",
    re.IGNORECASE,
)
_DIMENSIONS = re.compile(r"\s?\d")
_MULTIPLES = {"twice": 2.0, "doubles": 2.0, "doubled": 2.0, "double": 2.0, "triples": 3.0, "tripled": 3.0}
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A number or a range with its unit; `offset` to `end` is where it stands in its text.

    `step` is the worth of the last digit written, in the unit: what rounding may have taken away.
    """

    low: float
    high: float
    unit: str
    text: str
    offset: int
    end: int
    step: float

    @property
    def measures(self) -> str:
        return _UNITS[self.unit.casefold()][1]

    def bounds(self) -> tuple[float, float, float]:
        """Low, high and step in base units; a change in percent or times as a factor: 8 % is 1.08."""
        factor = _UNITS[self.unit.casefold()][2]
        if self.unit == PERCENT:
            return 1 + self.low / 100, 1 + self.high / 100, self.step / 100
        return self.low * factor, self.high * factor, self.step * factor


def quantities(text: str) -> list[Quantity]:
    """The quantities in a text, in order."""
    found = []
    for match in _QUANTITY.finditer(text):
        unit = canonical(match["unit"])
        # `720 x 960` is a size, and the s of `1990s` no second.
        if unit == TIMES and _DIMENSIONS.match(text, match.end()):
            continue
        if unit == "s" and re.fullmatch(r"\d{4}s", match[0]):
            continue
        low, high = read_number(match["low"]), read_number(match["high"] or match["low"])
        step = min(last_digit(match["low"]), last_digit(match["high"] or match["low"]))
        found.append(Quantity(low, high, unit, match[0], match.start(), match.end(), step))
    for match in _MULTIPLE.finditer(text):
        value = _MULTIPLES[match[0].casefold()]
        found.append(Quantity(value, value, TIMES, match[0], match.start(), match.end(), 0.1))
    return sorted(found, key=lambda one: one.offset)


def canonical(unit: str) -> str:
    """The unit as it is written here; the same text where it is not known."""
    folded = re.sub(r"\s+", "-", unit.strip().casefold())
    return _UNITS[folded][0] if folded in _UNITS else unit


def same_dimension(one: str, other: str) -> bool:
    """Whether two units measure the same thing."""
    a, b = (_UNITS.get(canonical(unit).casefold()) for unit in (one, other))
    return a is not None and b is not None and a[1] == b[1]


def agree(one: Quantity, other: Quantity) -> bool | None:
    """Whether two quantities say the same, as far as their digits go; None where they can't be compared.

    8 % agrees with 8.3 %, 1.08x with 8 %, and 2-12x does not with 2-12 %.
    """
    if one.measures != other.measures:
        return None
    (low, high, step), (other_low, other_high, other_step) = one.bounds(), other.bounds()
    room = max(step, other_step) * 0.5 + 1e-9
    return abs(low - other_low) <= room and abs(high - other_high) <= room


def read_number(text: str) -> float:
    """The value of a number as it is written in a sentence."""
    return float(text.replace(",", "").replace("−", "-").lstrip("+±~≈"))


def last_digit(text: str) -> float:
    """What the last digit of a number as written is worth."""
    _, point, decimals = text.partition(".")
    return 10.0 ** -len(decimals) if point else 1.0


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
        root = _WrittenOut(facts).visit(parse(text).root)
    except ExpressionError:
        return Shape("value")
    return _shape(root)


def leaves(text: str, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The facts that are cells or sourced numbers, on which an expression rests."""
    try:
        return tuple(dict.fromkeys(names_of(_WrittenOut(facts).visit(parse(text).root))))
    except ExpressionError:
        return ()


def mixed_units(text: str, facts: Mapping[str, Fact]) -> tuple[str, str] | None:
    """Two different units that an expression adds, subtracts, divides or picks from; else None."""
    try:
        return _mixed(parse(text).root, facts)
    except ExpressionError:
        return None


class _WrittenOut(ast.NodeTransformer):
    """Puts the expression of every fact that is made of other facts in its place."""

    def __init__(self, facts: Mapping[str, Fact], depth: int = 0):
        self.facts, self.depth = facts, depth

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        fact = self.facts.get(node.id)
        if fact is None or fact.measured or not fact.expression or self.depth > _DEPTH:
            return node
        inner = parse(fact.expression)
        return _WrittenOut(self.facts, self.depth + 1).visit(inner.root) if inner.names else node


def _shape(node: ast.expr) -> Shape:
    match node:
        case ast.BinOp(part, ast.Mult(), ast.Constant(100)) | ast.BinOp(ast.Constant(100), ast.Mult(), part):
            return _shape(part)
        case ast.BinOp(ast.BinOp(over, ast.Div(), base), ast.Sub(), ast.Constant(1)):
            return _of("gain", over, base)
        case ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(over, ast.Div(), base)):
            return _of("drop", over, base)
        case ast.BinOp(ast.BinOp(over, ast.Sub(), taken), ast.Div(), base) if _same(taken, base):
            return Shape("gain", tuple(names_of(over)), tuple(names_of(base)))
        case ast.BinOp(over, ast.Div(), base):
            return _of("share" if set(names_of(over)) < set(names_of(base)) else "ratio", over, base)
        case ast.BinOp(over, ast.Sub(), base):
            return _of("difference", over, base)
    return Shape("value")


def _of(kind: Literal["gain", "drop", "ratio", "difference", "share"], a: ast.expr, b: ast.expr) -> Shape:
    over, base = tuple(names_of(a)), tuple(names_of(b))
    return Shape(kind, over, base) if kind == "share" or (over and base) else Shape("value")


def _same(one: ast.expr, other: ast.expr) -> bool:
    return set(names_of(one)) == set(names_of(other))


def _unit_of(node: ast.expr, facts: Mapping[str, Fact]) -> str | None:
    """The unit of a single fact, or of a sum of facts with one unit; None for anything else."""
    match node:
        case ast.Name(name):
            return facts[name].unit if name in facts else None
        case ast.UnaryOp(_, inner):
            return _unit_of(inner, facts)
        case ast.BinOp(left, ast.Add() | ast.Sub(), right):
            return _unit_of(left, facts) or _unit_of(right, facts)
    return None


def _mixed(node: ast.expr, facts: Mapping[str, Fact]) -> tuple[str, str] | None:
    match node:
        case ast.UnaryOp(_, inner):
            return _mixed(inner, facts)
        case ast.Call(_, arguments):
            parts = arguments
        case ast.BinOp(left, _, right):
            parts = [left, right]
        case _:
            return None
    for part in parts:
        if found := _mixed(part, facts):
            return found
    units = list(dict.fromkeys(unit for unit in (_unit_of(part, facts) for part in parts) if unit))
    if len(units) < 2:
        return None
    joined = node.op if isinstance(node, ast.BinOp) else None
    # A division compares units that measure the same thing, such as s and ms; a product makes new ones.
    unlike = isinstance(joined, ast.Div) and not same_dimension(units[0], units[1])
    if unlike or isinstance(joined, (ast.Mult, ast.Pow)):
        return None
    return units[0], units[1]


Direction = Literal["up", "down", "fast", "slow"]

_DIRECTIONS: dict[Direction, str] = {
    "up": "higher more larger bigger greater up above over ahead gain gains gained increase increases "
    "increased improve improves improved improvement rise rises rose grow grows grew better longer",
    "down": "lower less fewer smaller down below under behind drop drops dropped decrease decreases "
    "decreased reduce reduces reduced fall falls fell shrink shrinks shorter worse loss loses lost saves",
    "fast": "faster quicker sooner earlier speedup speedups",
    "slow": "slower later slowdown slowdowns",
}
_DIRECTION_WORDS = {word: direction for direction, words in _DIRECTIONS.items() for word in words.split()}
# `over no early exit` and `up to` say with what, not which way; so do `more than` and `less than`.
_IDIOMS = re.compile(
    r"\b(?:up to|over (?=no |the |a |an |its |all |plain|baseline|\w+ing\b)|under (?=the |a |an |no )"
    r"|(?:more|less|fewer) than (?=\{|\d)|more and more|no (?:more|less))",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;:!?](?=\s|$)|\s[–—-]\s|,\s(?=but |and |while |yet )|\n|\bbut\b|\bwhile\b")
_WORD = re.compile(r"[A-Za-z]+")
REACH = 28
"""Characters between a number and a word that is said of it."""


@dataclass(frozen=True)
class DirectionWord:
    """A direction word and its characters in the text."""

    word: str
    direction: Direction
    at: int
    end: int


def directions(text: str) -> Iterator[DirectionWord]:
    """The direction words of a text, without idioms in which they say something else."""
    hidden = _IDIOMS.sub(lambda match: "·" * len(match[0]), text)
    for match in _WORD.finditer(hidden):
        direction = _DIRECTION_WORDS.get(match[0].casefold())
        if direction is not None:
            yield DirectionWord(match[0], direction, match.start(), match.end())


def clause(text: str, at: int, end: int) -> tuple[int, int]:
    """Start and end of the clause around characters `at` to `end`."""
    start, stop = 0, len(text)
    for match in _CLAUSE.finditer(text):
        if match.end() <= at:
            start = match.end()
        elif match.start() >= end:
            stop = match.start()
            break
    return start, stop


def nearest_direction(text: str, at: int, end: int) -> DirectionWord | None:
    """The direction word said of the number at characters `at` to `end`: the nearest in its clause."""
    start, stop = clause(text, at, end)
    found = [(_distance(word, at, end), word) for word in directions(text) if start <= word.at < stop]
    near = [pair for pair in found if pair[0] <= REACH]
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _distance(word: DirectionWord, at: int, end: int) -> int:
    return word.at - end if word.at >= end else at - word.end
