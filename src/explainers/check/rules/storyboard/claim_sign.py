"""Words that say the opposite of the number.

"faster" beside a gain below zero, "fewer" beside a growth: the words and the sign of the fact disagree.
The fact's expression says which way it counts (`a / b - 1` is how much more a is, `1 - a / b` how much
less), and its unit whether less is faster (seconds) or slower (tokens per second).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explainers.check.claims import Direction, nearest_direction, same_dimension, shape_of
from explainers.check.finding import Finding
from explainers.check.subject import Words
from explainers.facts.templates import Piece

CODE: Final = "claim-sign"
SEVERITY: Final = "error"


def find(subject: Words) -> Iterator[Finding]:
    for text in subject.plan.texts:
        for piece in text.pieces:
            way = _way(piece, subject)
            said = nearest_direction(text.text, piece.at, piece.end) if way else None
            if way is None or said is None:
                continue
            claimed = _as_change(said.direction, piece, subject)
            if claimed is not None and claimed != way:
                message = f"{said.word!r} is said of {piece.shown}, which is {_words(piece, subject)}"
                fix = "turn the word or the expression round"
                where: dict[str, Any] = {"offset": piece.offset, "length": piece.length}
                yield subject.at_text(CODE, SEVERITY, message, text, fix=fix, **where)


def _way(piece: Piece, subject: Words) -> Direction | None:
    """Whether the number says that what it is about went up or down; None where it says neither."""
    if piece.value is None:
        return None
    shape = shape_of(piece.source, subject.facts)
    if shape.kind in ("gain", "difference"):
        change = piece.value
    elif shape.kind == "drop":
        change = -piece.value
    elif shape.kind == "ratio":
        change = piece.value - 1
    else:
        return None
    if abs(change) < 1e-9:
        return None
    return "up" if change > 0 else "down"


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


def _words(piece: Piece, subject: Words) -> str:
    shape = shape_of(piece.source, subject.facts)
    over, base = " and ".join(shape.over), " and ".join(shape.base)
    return f"{over} being {'more' if _way(piece, subject) == 'up' else 'less'} than {base}"
