"""Rules about what a page says: numbers that are not the video's, and descriptions that are copies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from explainers.check.claims import PERCENT, TIMES, Quantity, agree, canonical, quantities
from explainers.check.finding import Finding, Related
from explainers.check.markdown import Line, Page, sentences, words_of
from explainers.check.rules import rule
from explainers.check.subject import PageSubject
from explainers.facts.templates import fill
from explainers.storyboard.mistakes import Loc

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


@rule("page-figure", "error")
def page_figure(subject: PageSubject) -> Iterator[Finding]:
    """A number on the page that is not the video's.

    Numbers are compared by value and unit: "2-12x" on the page against a declared 2-12 %, "8 %" agreeing
    with 8.3 %. What the storyboard declares are its `declares: {figures: {throughput: "..."}}`, by the words
    that a page names them with, and its facts with a unit: a page's number with the same digits and another
    unit, or of a fact whose name's words stand in the same sentence, must agree.
    """
    if subject.section is None:
        return
    declared = [*_figures(subject), *_facts(subject)]
    for sentence, line, at in sentences(subject.section):
        found: dict[int, tuple[Quantity, _Declared]] = {}
        for quantity, one in _disagreements(sentence, declared):
            found.setdefault(quantity.offset, (quantity, one))
        for quantity, one in found.values():
            right = one.quantity.text.strip()
            message = f"the page says {quantity.text.strip()}, the storyboard {right}"
            fix = f"write {right} on the page, or correct the storyboard"
            begin = line.offset(at + quantity.offset)
            length = line.offset(at + quantity.end - 1) - begin + 1
            yield subject.at_page(message, begin, length, fix, loc=one.loc)


def _disagreements(sentence: str, declared: list[_Declared]) -> Iterator[tuple[Quantity, _Declared]]:
    """Quantities of a sentence, each with the declared one that it should have been."""
    found = quantities(sentence)
    words = words_of(sentence)
    agreeing = [
        quantity
        for quantity in found
        if any(agree(quantity, one.quantity) or _end_of(quantity, one) for one in declared)
    ]
    for one in declared:
        if one.words and one.words <= words:
            comparable = [quantity for quantity in found if agree(quantity, one.quantity) is not None]
            # Where one of them is right, the others are of something else.
            if comparable and not any(quantity in agreeing for quantity in comparable):
                yield min(comparable, key=lambda quantity: _away(quantity, one, sentence)), one
    for quantity in found:
        for one in declared:
            if not one.exact and quantity not in agreeing and _same_digits(quantity, one.quantity, declared):
                yield quantity, one


def _away(quantity: Quantity, declared: _Declared, sentence: str) -> int:
    """Characters from a quantity to the nearest of the words that name the figure."""
    places = [
        match.start() for match in re.finditer(r"[^\W_]+", sentence) if words_of(match[0]) & declared.words
    ]
    return min((abs(place - quantity.offset) for place in places), default=len(sentence))


def _end_of(quantity: Quantity, declared: _Declared) -> bool:
    """Whether a fact is one end of the range that the page gives, in the same unit."""
    if declared.exact or quantity.unit != declared.quantity.unit or quantity.low == quantity.high:
        return False
    low, high, step = quantity.bounds()
    value = declared.quantity.bounds()[0]
    return min(abs(value - low), abs(value - high)) <= step / 2 + 1e-9


def _same_digits(quantity: Quantity, fact: Quantity, declared: list[_Declared]) -> bool:
    """The same figures under another unit of the same measure: 12x for 12 %."""
    if quantity.measures != fact.measures or quantity.unit == fact.unit or quantity.low == quantity.high == 1:
        return False
    values = {one.quantity.low for one in declared if one.quantity.unit == fact.unit and not one.exact}
    return fact.low in (quantity.low, quantity.high) and {quantity.low, quantity.high} <= values


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


LEAST_WORDS, ALIKE = 8, 0.7


@dataclass(frozen=True)
class _Sentence:
    words: tuple[str, ...]
    text: str
    heading: str
    line: Line
    at: int


@rule("page-copy", "warning")
def page_copy(subject: PageSubject) -> Iterator[Finding]:
    """A description on the page that is a copy of another section's.

    Two projects do not do the same thing in the same words: one of the descriptions was pasted and never
    written. Sentences of eight words and more are compared, small differences do not count. The whole page
    is looked at, not only the video's section.
    """
    pairs: set[frozenset[str]] = set()
    found = list(_all(subject.page))
    for index, later in enumerate(found):
        for earlier in found[:index]:
            pair = frozenset((later.heading, earlier.heading))
            if len(pair) == 1 or pair in pairs or not _alike(later.words, earlier.words):
                continue
            pairs.add(pair)
            message = f"{later.heading!r} has the description of {earlier.heading!r}, word for word"
            place, _ = subject.page.place(earlier.line.offset(earlier.at))
            begin = later.line.offset(later.at)
            length = later.line.offset(later.at + len(later.text) - 1) - begin + 1
            related = (Related(place, "the same words"),)
            yield subject.at_page(message, begin, length, "write what is its own", related=related)


def _all(page: Page) -> Iterator[_Sentence]:
    for section in page.sections:
        for text, line, at in sentences(section):
            words = tuple(re.findall(r"\w+", text.casefold()))
            if len(words) >= LEAST_WORDS:
                yield _Sentence(words, text, section.heading, line, at)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether most pairs of neighbouring words are in both."""
    if one == other:
        return True
    a, b = (set(pairwise(words)) for words in (one, other))
    return len(a & b) >= ALIKE * len(a | b)
