"""A ratio without its two numbers in reach.

"+8.3 %" says nothing of how much that is. The two numbers behind a ratio, gain or share must be seen in
the same shot: as facts in its words, as bars, lines or cells of the same table, or as runs that race.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explainers.check.claims import shape_of
from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.plan.resolve import Text

CODE: Final = "ratio-base"
SEVERITY: Final = "warning"


def find(subject: Words) -> Iterator[Finding]:
    for text in subject.plan.texts:
        if not text.seen or text.shot is None:
            continue
        for piece in text.pieces:
            if piece.value is None:
                continue
            shape = shape_of(piece.source, subject.facts)
            if shape.kind not in ("ratio", "gain", "drop"):
                continue
            hidden = [name for name in shape.facts if not _in_reach(name, text, subject)]
            if hidden:
                names = " and ".join(hidden)
                message = f"{piece.shown} is shown without the numbers behind it: {names}"
                fix = "write them in the statement, or show them in the shot's picture"
                where: dict[str, Any] = {"offset": piece.offset, "length": piece.length}
                yield subject.at_text(CODE, SEVERITY, message, text, fix=fix, **where)


def _in_reach(name: str, text: Text, subject: Words) -> bool:
    """Whether a fact's number is in the words of the shot, or its table or a run is in the picture."""
    assert text.shot is not None
    shot, fact = subject.plan.shot(text.shot), subject.facts[name]
    if shot.runs or (fact.table is not None and fact.table in shot.tables):
        return True
    plain = {
        piece.source.strip() for other in subject.of_shot(text.shot) if other.seen for piece in other.pieces
    }
    computed = {one.name for one in subject.plan.referred if one.shot == text.shot and one.to == "fact"}
    return name in plain | computed
