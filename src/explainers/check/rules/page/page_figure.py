"""A number on the page that is not the video's.

Numbers are compared by value and unit: "2-12x" on the page against a declared 2-12 %, "8 %" agreeing
with 8.3 %. What the storyboard declares are its `declares: {figures: {throughput: "..."}}`, by the words
that a page names them with, and its facts with a unit: a page's number with the same digits and another
unit, or of a fact whose name's words stand in the same sentence, must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from explainers.check.claims import PERCENT, TIMES, Quantity, agree, canonical, quantities
from explainers.check.finding import Finding
from explainers.check.page import sentences, words_of
from explainers.check.subject import PageSubject
from explainers.facts.templates import fill
from explainers.storyboard.mistakes import Loc

CODE: Final = "page-figure"
SEVERITY: Final = "error"

_VAGUE = words_of(
    "low high min max mean total value base ours off best worst lower upper published number count"
)


@dataclass(frozen=True)
class _Declared:
    """A quantity the storyboard stands for. `words` are what a sentence about it holds; none: any."""

    quantity: Quantity
    words: frozenset[str]
    loc: Loc
    exact: bool


def find(subject: PageSubject) -> Iterator[Finding]:
    if subject.section is None:
        return
    declared = [*_figures(subject), *_facts(subject)]
    for sentence, line, at in sentences(subject.section):
        told: set[int] = set()
        for said, one in _disagreements(sentence, declared):
            if said.offset in told:
                continue
            told.add(said.offset)
            message = f"the page says {said.text.strip()}, the storyboard {one.quantity.text.strip()}"
            fix = f"write {one.quantity.text.strip()} on the page, or correct the storyboard"
            begin = line.offset(at + said.offset)
            length = line.offset(at + said.end - 1) - begin + 1
            related = (subject.storyboard_place(one.loc),)
            yield subject.at_page(CODE, SEVERITY, message, begin, length, related=related, fix=fix)


def _disagreements(sentence: str, declared: list[_Declared]) -> Iterator[tuple[Quantity, _Declared]]:
    """Quantities of a sentence, each with the declared one that it should have been."""
    said = quantities(sentence)
    words = words_of(sentence)
    agreeing = [
        quantity
        for quantity in said
        if any(agree(quantity, one.quantity) or _end_of(quantity, one) for one in declared)
    ]
    for one in declared:
        if one.words and one.words <= words:
            comparable = [quantity for quantity in said if agree(quantity, one.quantity) is not None]
            # Where one of them is right, the others are of something else.
            if comparable and not any(quantity in agreeing for quantity in comparable):
                yield min(comparable, key=lambda quantity: _away(quantity, one, sentence)), one
    for quantity in said:
        for one in declared:
            if not one.exact and quantity not in agreeing and _same_digits(quantity, one.quantity, declared):
                yield quantity, one


def _away(quantity: Quantity, one: _Declared, sentence: str) -> int:
    """Characters from a quantity to the nearest of the words that name the figure."""
    places = [match.start() for match in re.finditer(r"[^\W_]+", sentence) if words_of(match[0]) & one.words]
    return min((abs(place - quantity.offset) for place in places), default=len(sentence))


def _end_of(said: Quantity, one: _Declared) -> bool:
    """Whether a fact is one end of the range that the page gives, in the same unit."""
    if one.exact or said.unit != one.quantity.unit or said.low == said.high:
        return False
    low, high, step = said.bounds()
    value = one.quantity.bounds()[0]
    return min(abs(value - low), abs(value - high)) <= step / 2 + 1e-9


def _same_digits(said: Quantity, own: Quantity, declared: list[_Declared]) -> bool:
    """The same figures under another unit of the same measure: 12x for 12 %."""
    if said.measures != own.measures or said.unit == own.unit or said.low == said.high == 1:
        return False
    values = {one.quantity.low for one in declared if one.quantity.unit == own.unit and not one.exact}
    return own.low in (said.low, said.high) and {said.low, said.high} <= values


def _figures(subject: PageSubject) -> Iterator[_Declared]:
    for name, template in subject.plan.storyboard.declares.figures.items():
        text = fill(template, subject.plan.facts, "structural").text
        loc: Loc = ("declares", "figures", name)
        for quantity in quantities(text):
            yield _Declared(quantity, words_of(name), loc, True)


def _facts(subject: PageSubject) -> Iterator[_Declared]:
    for name, fact in subject.words.facts.items():
        text, unit = fact.text, fact.unit
        if "%" in text and not unit:
            unit, text = PERCENT, text.replace("%", "")
        if unit is None:
            continue
        found = quantities(f"{text.replace('−', '-').strip()} {canonical(unit)}")
        words = words_of(re.sub(r"[_-]", " ", name)) - _VAGUE
        telling = frozenset(word for word in words if len(word) >= 4)
        for quantity in found:
            if quantity.unit in (PERCENT, TIMES) or telling:
                yield _Declared(
                    quantity, telling if telling == words else frozenset(), ("facts", name), False
                )
