"""Numbers of different units put together.

Seconds added to milliseconds, a rate divided by another one's unit, a fact that calls its unit
something else than its table does, or one text that gives like things in two units: each invites a
comparison that is wrong by a factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explainers.check.claims import canonical, mixed_units, same_dimension
from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.plan.resolve import Text

CODE: Final = "mixed-units"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    yield from _in_facts(subject)
    for text in subject.plan.texts:
        for piece in text.pieces:
            if piece.value is not None and (units := mixed_units(piece.source, subject.facts)):
                message = f"{piece.source.strip()} puts {units[0]} and {units[1]} together"
                where: dict[str, Any] = {"offset": piece.offset, "length": piece.length}
                yield subject.at_text(CODE, SEVERITY, message, text, fix="bring both to one unit", **where)
        yield from _side_by_side(text, subject)


def _in_facts(subject: Words) -> Iterator[Finding]:
    for name, entry in subject.plan.storyboard.facts.items():
        fact = subject.facts[name]
        if entry.table is None and entry.value and (units := mixed_units(entry.value, subject.facts)):
            message = f"the fact {name!r} puts {units[0]} and {units[1]} together"
            fix = "bring both to one unit"
            yield subject.found(CODE, SEVERITY, message, ("facts", name, "value"), fix=fix)
        table = subject.manifest.tables.get(entry.table or "")
        declared = table.units.get(fact.expression) if table else None
        counted = entry.over == "count"
        if declared and entry.unit and not counted and canonical(declared) != canonical(entry.unit):
            message = f"the fact {name!r} is called {entry.unit}, its column {fact.expression} {declared}"
            fix = f"unit: {declared}, or convert it in the value"
            yield subject.found(CODE, SEVERITY, message, ("facts", name, "unit"), fix=fix)


def _side_by_side(text: Text, subject: Words) -> Iterator[Finding]:
    """Facts of one dimension and two units in one text: `66 ms` beside `0.034 s`."""
    seen: dict[str, str] = {}
    for piece in text.pieces:
        fact = subject.facts.get(piece.source.strip())
        if fact is None or not fact.unit or fact.format == "clock":
            continue
        for unit, name in seen.items():
            if canonical(unit) != canonical(fact.unit) and same_dimension(unit, fact.unit):
                message = f"{fact.name} is in {fact.unit}, and {name} in the same text in {unit}"
                where: dict[str, Any] = {"offset": piece.offset, "length": piece.length}
                yield subject.at_text(CODE, SEVERITY, message, text, fix="bring both to one unit", **where)
        seen.setdefault(fact.unit, fact.name)
