"""A document as a typed storyboard, and what is wrong with it before any kind or table is known."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter, ValidationError

from explainers.storyboard.document import Document
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.model import FactEntry, FactName, Storyboard
from explainers.storyboard.shot import Shot
from explainers.storyboard.wording import mistakes_of

_FACT_NAME: TypeAdapter[str] = TypeAdapter(FactName)


def read_storyboard(document: Document) -> tuple[Storyboard | None, list[Mistake]]:
    """The storyboard in `document`, or None, and what is wrong with it so far.

    Kinds, facts and references are the plan's to check; here it is the fields every shot has.
    """
    try:
        storyboard = Storyboard.model_validate(document.data)
    except ValidationError as error:
        return None, mistakes_of(error, Storyboard, document.data)
    return storyboard, _consistency(storyboard)


def readable_parts(data: Any) -> tuple[dict[str, FactEntry], dict[int, Shot], frozenset[str]]:
    """The facts and shots (by index) of a storyboard that could be read, and the facts that could not.

    For a storyboard with mistakes: what is good in it is still checked in the same run.
    """
    facts: dict[str, FactEntry] = {}
    shots: dict[int, Shot] = {}
    data = data if isinstance(data, dict) else {}
    written = data.get("facts")
    written = written if isinstance(written, dict) else {}
    for name, entry in written.items():
        with suppress(ValidationError):
            _FACT_NAME.validate_python(name)
            facts[name] = FactEntry.model_validate({"value": entry} if isinstance(entry, str) else entry)
    raw = data.get("shots")
    for index, shot in enumerate(raw if isinstance(raw, list) else ()):
        with suppress(ValidationError):
            shots[index] = Shot.model_validate(shot)
    return facts, shots, frozenset(written.keys() - facts.keys())


def _consistency(storyboard: Storyboard) -> list[Mistake]:
    mistakes = _repeated([shot.id for shot in storyboard.shots], ("shots",), "shot")
    for index, shot in enumerate(storyboard.shots):
        mistakes += _repeated([beat.id for beat in shot.beats], ("shots", index, "beats"), "beat")
    for name, fact in storyboard.facts.items():
        loc: Loc = ("facts", name)
        if fact.table is None and (fact.where or fact.over):
            mistakes.append(Mistake(loc, "missing-key", f"the fact {name!r} picks rows but names no table"))
        elif not fact.is_whole:
            mistakes.append(
                Mistake(loc, "missing-key", f"the fact {name!r} has no value", "a column or an expression")
            )
    if storyboard.shots[0].transition != "cut":
        message = "the first shot is entered from nothing"
        mistakes.append(Mistake(("shots", 0, "transition"), "bad-transition", message, "cut"))
    return mistakes + _poster(storyboard)


def _repeated(ids: list[str], loc: Loc, what: str) -> list[Mistake]:
    seen: Counter[str] = Counter()
    mistakes = []
    for index, one in enumerate(ids):
        seen[one] += 1
        if seen[one] > 1:
            message = f"a second {what} has the id {one!r}"
            mistakes.append(Mistake((*loc, index, "id"), "duplicate-id", message))
    return mistakes


def _poster(storyboard: Storyboard) -> list[Mistake]:
    poster = storyboard.poster
    if poster is None or (
        (poster.shot is None) != (poster.at is None) and (poster.beat is None or poster.shot)
    ):
        return []
    return [
        Mistake(("poster",), "wrong-type", "a poster is one frame", "a shot, a shot and a beat, or a time")
    ]
