"""Rules about the numbers in texts: what words make of them, their units, and what is behind a ratio."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.check.claims import (
    Direction,
    Shape,
    canonical,
    mixed_units,
    nearest_direction,
    same_dimension,
    shape_of,
)
from explainers.check.finding import Finding
from explainers.check.rules import rule
from explainers.check.subject import Words
from explainers.facts.ledger import Fact
from explainers.facts.templates import Piece
from explainers.plan.resolve import Text
from explainers.runs.metrics import IN_SECONDS, UNITS

ROUNDING = 0.1
"""How far, as a share of itself, a shown multiple may be from the number behind it."""

_WORDS = {"twi": 2.0, "dou": 2.0, "tri": 3.0, "hal": 0.5}
"""The multiple that a word says, by how it begins."""
_COUNTS = {"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "ten": 10.0}
# `half-empty`, `a double buffer` and `half of them` claim nothing; `half the time` and `cut in half` do.
_IN_WORDS = re.compile(
    r"\b(?P<word>twice|doubles|doubled|triples|tripled|halves|halved"
    r"|(?:double|triple|half)(?= (?:the|as|its)\b)|(?<=\bin )half\b|(?<=\bby )half\b)"
    rf"|\b(?P<count>{'|'.join(_COUNTS)}) times (?:the|as|more|faster|higher)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s?(?:[x×]\b|[x×](?=\s|$|[.,;])|-?fold\b|times\b)")


@rule("claim-multiple", "error")
def claim_multiple(subject: Words) -> Iterator[Finding]:
    """A multiple that the numbers do not bear out.

    "2x", "twice", "halves" or "three times" over a ratio of 1.057. A multiple that is typed as a literal or
    said in words is compared with the ratios in its text, then in its shot; a number shown rounded by more
    than a tenth of itself is reported too. A multiple with no ratio in its shot has nothing behind it.
    """
    for text in subject.plan.texts:
        for claimed, offset, length, words in _multiples(text):
            ratios = list(_ratios(text, subject))
            if any(_near(claimed, value) for _, value in ratios):
                continue
            if ratios:
                name, value = min(ratios, key=lambda one: abs(one[1] - claimed))
                message, fix = f"{words!r} is claimed, and {name} is {value:.3g}", "say what the ratio says"
            else:
                message = f"{words!r} is claimed, and no ratio in this shot says so"
                fix = "write it from a fact: {ours / base:.1f}x"
            yield subject.at_text(message, text, fix=fix, offset=offset, length=length)
        for piece in text.pieces:
            shown = re.fullmatch(r"\d+(?:\.\d+)?", piece.shown)
            if not piece.value or not shown or shape_of(piece.source, subject.facts).kind != "ratio":
                continue
            if abs(float(piece.shown) - piece.value) > ROUNDING * abs(piece.value):
                message = f"{piece.value:.3g} is shown as {piece.shown}"
                yield subject.at_text(message, text, piece, fix=f"one more digit: {{{piece.source}:.1f}}")


def _multiples(text: Text) -> Iterator[tuple[float, int, int, str]]:
    """Multiples that no fact computes: value, characters in the template, words."""
    for piece in text.pieces:
        after = _AFTER.match(text.text, piece.end)
        if piece.kind == "literal" and after is None:
            inner = re.fullmatch(r"(\d+(?:\.\d+)?)\s?(?:[x×]|-?fold)", piece.source)
            if inner:
                yield float(inner[1]), piece.offset, piece.length, piece.source
        elif piece.kind == "literal" and re.fullmatch(r"\d+(\.\d+)?", piece.source):
            yield float(piece.source), piece.offset, piece.length, f"{piece.shown}{after[0] if after else ''}"
    for match in _IN_WORDS.finditer(text.template):
        value = _WORDS[match["word"][:3].casefold()] if match["word"] else _COUNTS[match["count"].casefold()]
        yield value, match.start(), len(match[0]), match[0]


def _ratios(text: Text, subject: Words) -> Iterator[tuple[str, float]]:
    """Ratios in the text, or in the words of its shot, or of the whole video for a text of no shot."""
    own = [one for piece in text.pieces if (one := _ratio(piece, subject))]
    if own:
        yield from own
        return
    for other in subject.of_shot(text.shot) if text.shot else subject.plan.texts:
        yield from (one for piece in other.pieces if (one := _ratio(piece, subject)))


def _ratio(piece: Piece, subject: Words) -> tuple[str, float] | None:
    if piece.value is None:
        return None
    kind = shape_of(piece.source, subject.facts).kind
    if kind in ("gain", "drop"):
        return piece.source, 1 + piece.value if kind == "gain" else 1 - piece.value
    unit = subject.facts[piece.facts[0]].unit if len(piece.facts) == 1 else None
    if kind == "ratio" or unit in ("x", "×"):
        return piece.source, piece.value
    return (piece.source, 1 + piece.value / 100) if unit == "%" else None


def _near(claimed: float, value: float) -> bool:
    # "half" is as good for 1.98 as for 0.505: it depends on which is put over which.
    return any(abs(claimed - one) <= ROUNDING * claimed for one in (value, 1 / value if value else value))


@rule("claim-sign", "error")
def claim_sign(subject: Words) -> Iterator[Finding]:
    """Words that say the opposite of the number.

    "faster" beside a gain below zero, "fewer" beside a growth: the words and the sign of the fact disagree.
    The fact's expression says which way it counts (`a / b - 1` is how much more a is, `1 - a / b` how much
    less), and its unit whether less is faster (seconds) or slower (tokens per second).
    """
    for text in subject.plan.texts:
        for piece in text.pieces:
            change = _change(piece, subject)
            word = nearest_direction(text.text, piece.at, piece.end) if change else None
            if change is None or word is None:
                continue
            claimed = _as_change(word.direction, piece, subject)
            if claimed is not None and claimed != change:
                shape = _shape(piece, subject)
                over, base = " and ".join(shape.over), " and ".join(shape.base)
                compared = f"{over} being {'more' if change == 'up' else 'less'} than {base}"
                message = f"{word.word!r} is said of {piece.shown}, which is {compared}"
                yield subject.at_text(message, text, piece, fix="turn the word or the expression round")


def _change(piece: Piece, subject: Words) -> Direction | None:
    """Whether the number says that what it is about went up or down; None where it says neither."""
    kind = _shape(piece, subject).kind
    if piece.value is None or kind not in ("gain", "difference", "drop", "ratio"):
        return None
    change = -piece.value if kind == "drop" else piece.value - 1 if kind == "ratio" else piece.value
    return None if abs(change) < 1e-9 else "up" if change > 0 else "down"


def _shape(piece: Piece, subject: Words) -> Shape:
    """The form of a number's expression over facts, or over columns where it is worked out in a row."""
    fact = subject.facts.get(piece.source)
    return shape_of(fact.expression, {}) if fact and fact.table else shape_of(piece.source, subject.facts)


def _as_change(direction: Direction, piece: Piece, subject: Words) -> Direction | None:
    """Which way a word says it went, for this number: fast is down in seconds and up in a rate."""
    if direction in ("up", "down"):
        return direction
    units = {subject.facts[name].unit for name in shape_of(piece.source, subject.facts).facts}
    known = {unit for unit in units if unit}
    if not known:
        return None
    in_time = all(same_dimension(unit, "s") for unit in known)
    return "down" if (direction == "fast") == in_time else "up"


@rule("mixed-units", "error")
def units_mixed(subject: Words) -> Iterator[Finding]:
    """Numbers of different units put together.

    Seconds added to milliseconds, a rate divided by another one's unit, a fact that calls its unit
    something else than its table does, or one text that gives like things in two units: each invites a
    comparison that is wrong by a factor.
    """
    yield from _units_of_facts(subject)
    for text in subject.plan.texts:
        for piece in text.pieces:
            if piece.value is not None and (units := mixed_units(piece.source, subject.facts)):
                message = f"{piece.source.strip()} puts {units[0]} and {units[1]} together"
                yield subject.at_text(message, text, piece, fix="bring both to one unit")
        yield from _units_side_by_side(text, subject)


def _units_of_facts(subject: Words) -> Iterator[Finding]:
    for name, entry in subject.plan.storyboard.facts.items():
        fact = subject.facts[name]
        if not fact.measured and entry.value and (units := mixed_units(entry.value, subject.facts)):
            message = f"the fact {name!r} puts {units[0]} and {units[1]} together"
            yield subject.found(message, ("facts", name, "value"), fix="bring both to one unit")
        table = subject.manifest.tables.get(entry.table or "")
        declared = table.units.get(fact.expression) if table else None
        if entry.run and not (entry.unit in IN_SECONDS and UNITS.get(fact.expression) == "s"):
            # Times of a run were brought to the fact's unit.
            declared = UNITS.get(fact.expression)
        counted = entry.over == "count"
        if declared and entry.unit and not counted and canonical(declared) != canonical(entry.unit):
            message = f"the fact {name!r} is called {entry.unit}, its column {fact.expression} {declared}"
            fix = f"unit: {declared}, or convert it in the value"
            yield subject.found(message, ("facts", name, "unit"), fix=fix)


def _units_side_by_side(text: Text, subject: Words) -> Iterator[Finding]:
    """Facts of one quantity and two units in one text: `66 ms` beside `0.034 s`.

    A wait for the first token in ms beside a request's time in s are two quantities, and no mistake.
    """
    first: dict[str, tuple[str, str | None]] = {}
    for piece in text.pieces:
        fact = subject.facts.get(piece.source.strip())
        if fact is None or not fact.unit or fact.format == "clock":
            continue
        measured = _quantity(fact)
        for unit, (name, other) in first.items():
            of_two = measured is not None and other is not None and measured != other
            if canonical(unit) != canonical(fact.unit) and same_dimension(unit, fact.unit) and not of_two:
                message = f"{fact.name} is in {fact.unit}, and {name} in the same text in {unit}"
                yield subject.at_text(message, text, piece, fix="bring both to one unit")
        first.setdefault(fact.unit, (fact.name, measured))


def _quantity(fact: Fact) -> str | None:
    """What a cell or a run's metric measures, by its column without a unit at its end; None of other
    facts."""
    return (
        re.sub(r"[_.](ms|s|us|ns|min|seconds?|p\d+|mean|max)$", "", fact.expression)
        if fact.measured
        else None
    )


@rule("ratio-base", "warning")
def ratio_base(subject: Words) -> Iterator[Finding]:
    """A ratio without its two numbers in reach.

    "+8.3 %" says nothing of how much that is. The two numbers behind a ratio, gain or share must be seen in
    the same shot: as facts in its words, as bars, lines or cells of the same table, or as runs that race.
    """
    for text in subject.plan.texts:
        for piece in text.pieces if text.on_screen and text.shot else ():
            shape = shape_of(piece.source, subject.facts)
            if piece.value is None or shape.kind not in ("ratio", "gain", "drop"):
                continue
            hidden = [name for name in shape.facts if not _in_reach(name, text.shot or "", subject)]
            if hidden:
                message = f"{piece.shown} is shown without the numbers behind it: {' and '.join(hidden)}"
                fix = "write them in the statement, or show them in the shot's picture"
                yield subject.at_text(message, text, piece, fix=fix)


def _in_reach(name: str, shot_id: str, subject: Words) -> bool:
    """Whether a fact's number is in the words of the shot, or its table or a run is in the picture."""
    shot, fact = subject.plan.shot(shot_id), subject.facts[name]
    if shot.runs or (fact.table is not None and fact.table in shot.tables):
        return True
    texts = [text for text in subject.of_shot(shot_id) if text.on_screen]
    if any(piece.source.strip() == name for text in texts for piece in text.pieces):
        return True
    return any(
        (reference.shot, reference.to, reference.name) == (shot_id, "fact", name)
        for reference in subject.plan.referred
    )
