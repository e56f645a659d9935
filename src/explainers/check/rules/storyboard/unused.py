"""A fact, source, table, run or file that nothing uses.

What is declared and never shown is either forgotten in the picture or left over from an earlier cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explainers.check.claims import leaves
from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.facts.expression import ExpressionError, parse
from explainers.facts.templates import fill

CODE: Final = "unused"
SEVERITY: Final = "warning"


def find(subject: Words) -> Iterator[Finding]:
    facts = _used_facts(subject)
    for name in subject.plan.storyboard.facts:
        if name not in facts:
            message = f"the fact {name!r} is used nowhere"
            yield subject.found(
                CODE, SEVERITY, message, ("facts", name), key=True, fix="show it, or remove it"
            )
    yield from _assets(subject, facts)


def _used_facts(subject: Words) -> set[str]:
    used = {name for text in subject.plan.texts for name in text.facts}
    used |= {one.name for one in subject.plan.referred if one.to == "fact"}
    for figure in subject.plan.storyboard.declares.figures.values():
        used |= {name for piece in fill(figure, subject.plan.facts).pieces for name in piece.facts}
    waiting = list(used)
    while waiting:
        fact = subject.facts.get(waiting.pop())
        if fact is None or fact.table is not None or not fact.expression:
            continue
        try:
            inner = set(parse(fact.expression).names) - used
        except ExpressionError:
            inner = set(leaves(fact.expression, subject.facts)) - used
        used |= inner
        waiting += inner
    return used


def _assets(subject: Words, facts: set[str]) -> Iterator[Finding]:
    manifest = subject.manifest
    named: dict[str, set[str]] = {"table": set(), "run": set(), "asset": set(), "source": set()}
    for one in subject.plan.referred:
        if one.to in named:
            named[one.to].add(one.name)
    # A fact that is not shown still uses its table: one thing left over is one finding.
    named["table"] |= {entry.table for entry in subject.plan.storyboard.facts.values() if entry.table}
    named["source"] |= {entry.source for entry in subject.plan.storyboard.facts.values() if entry.source}
    runs = {manifest.run_named(name) for name in named["run"]}
    groups = (("tables", named["table"]), ("runs", runs), ("files", named["asset"]))
    sources = set(named["source"])
    for group, used in groups:
        for name, entry in getattr(manifest, group).items():
            sources.add(entry.from_ if group == "files" else entry.source)
            if name not in used:
                what = group.removesuffix("s")
                message = f"the {what} {name!r} is used nowhere"
                fix = "use it, or remove it"
                yield subject.found(CODE, SEVERITY, message, (group, name), key=True, assets=True, fix=fix)
    for name in manifest.sources:
        if name not in sources:
            message = f"the source {name!r} is used nowhere"
            fix = "name it where it is leant on, or remove it"
            yield subject.found(CODE, SEVERITY, message, ("sources", name), key=True, assets=True, fix=fix)
