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

from explainers.check.finding import Finding
from explainers.check.page import Line, sentences, words_of
from explainers.check.quantities import PERCENT, TIMES, Quantity, agree, canonical, quantities
from explainers.check.subject import PageSubject
from explainers.facts.words import fill
from explainers.storyboard.mistakes import Loc

CODE: Final = "page-figure"
SEVERITY: Final = "error"
STAGE: Final = "page"

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
        for said in quantities(sentence):
            about = [one for one in declared if one.words and one.words <= words_of(sentence)]
            same_digits = [
                one for one in declared if not one.exact and _same_digits(said, one.quantity, declared)
            ]
            yield from _judged(said, about, same_digits, line, at, subject)


def _judged(
    said: Quantity, about: list[_Declared], digits: list[_Declared], line: Line, at: int, subject: PageSubject
) -> Iterator[Finding]:
    against = [one for one in (*about, *digits) if agree(said, one.quantity) is not None]
    if not against or any(agree(said, one.quantity) or _end_of(said, one) for one in against):
        return
    one = against[0]
    message = f"the page says {said.text.strip()}, the storyboard {one.quantity.text.strip()}"
    fix = f"write {one.quantity.text.strip()} on the page, or correct the storyboard"
    begin = line.offset(at + said.offset)
    length = line.offset(at + said.end - 1) - begin + 1
    related = (subject.storyboard_place(one.loc),)
    yield subject.at_page(CODE, SEVERITY, message, begin, length, related=related, fix=fix)


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
