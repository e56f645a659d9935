"""Every text and reference of a storyboard with its place: what the rules of the first stage read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from explainers.facts.expression import ExpressionError, parse
from explainers.facts.ledger import Ledger
from explainers.facts.numbers import written
from explainers.facts.words import fill
from explainers.plan import Plan
from explainers.plan.library import Library
from explainers.plan.resolve import Resolver
from explainers.plan.shot import check_words
from explainers.storyboard.mistakes import Loc
from explainers.storyboard.shot import Beat, Shot

_PIECE = re.compile(r"\{\{|\}\}|\{=(?P<literal>[^}]*)\}|\{(?P<source>[^}:]*)(?::(?P<spec>[^}]*))?\}")
_UNSEEN = frozenset(("cue", "chapter"))


@dataclass(frozen=True)
class Piece:
    """A number or a literal in a text: `source` is its expression, `shown` what is written in its place.

    `offset` and `length` are in the template, `at` and `end` in the finished text. `value` is None for
    a literal.
    """

    kind: Literal["number", "literal"]
    source: str
    shown: str
    value: float | None
    facts: tuple[str, ...]
    offset: int
    length: int
    at: int
    end: int


@dataclass(frozen=True)
class Text:
    """A text of the storyboard. `loc` is its place in the document; `shot` and `beat` say whose it is.

    `digits` is `checked` for words and `structural` for labels; `seen` says that it is in the picture.
    """

    loc: Loc
    template: str
    text: str
    digits: str
    pieces: tuple[Piece, ...]
    shot: str | None
    beat: str | None

    @property
    def field(self) -> str:
        return next((step for step in reversed(self.loc) if isinstance(step, str)), "")

    @property
    def seen(self) -> bool:
        return self.shot is not None and self.field not in _UNSEEN and "cues" not in self.loc

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for piece in self.pieces for name in piece.facts))


@dataclass(frozen=True)
class Referred:
    """A table, run, asset or source that is named at `loc`, or the facts of a computed number there."""

    loc: Loc
    to: str
    name: str
    shot: str | None


@dataclass
class _Collector(Resolver):
    """Walks a shot as the plan does, and writes down what it meets in place of loading it."""

    shot_id: str | None = None
    beat_ids: tuple[str, ...] = ()
    found: list[Text] = field(default_factory=list)
    referred: list[Referred] = field(default_factory=list)

    def text(
        self, template: str | None, loc: Loc, digits: Literal["checked", "structural"] = "checked"
    ) -> str | None:
        if template is None:
            return None
        text = fill(template, self.ledger, digits).text
        pieces = pieces_of(template, self.ledger)
        self.found.append(Text(loc, template, text, digits, pieces, self.shot_id, self._beat(loc)))
        return text

    def source(self, name: str, loc: Loc) -> None:
        self._refer("source", name, loc)

    def _lean_on(self, facts: Any) -> None:
        # Facts in texts are known from their pieces; these are the facts of computed numbers.
        self.referred += [Referred(("facts", name), "fact", name, self.shot_id) for name in facts]

    def _refer(self, to: str, name: str, loc: Loc) -> None:
        self.referred.append(Referred(loc, to, name, self.shot_id))

    def _beat(self, loc: Loc) -> str | None:
        if len(loc) > 3 and loc[2] == "beats" and isinstance(loc[3], int):
            return self.beat_ids[loc[3]]
        return None


def collect(plan: Plan, library: Library, data: Any) -> tuple[tuple[Text, ...], tuple[Referred, ...]]:
    """Texts and references of a plan's storyboard, whose document holds `data`, in its order."""
    texts: list[Text] = []
    referred: list[Referred] = []
    whole = _Collector(library, plan.facts)
    whole.text(plan.storyboard.title, ("title",))
    whole.text(plan.storyboard.description, ("description",))
    texts += whole.found
    for index, shot in enumerate(plan.storyboard.shots):
        loc: Loc = ("shots", index)
        collector = _Collector(
            library, plan.facts, shot_id=shot.id, beat_ids=tuple(beat.id for beat in shot.beats)
        )
        check_words(shot, loc, collector)
        kind = plan.kinds[shot.kind]
        raw = data["shots"][index]
        collector.model(kind.Params.model_validate(_own(raw, Shot)), loc)
        for number, beat in enumerate(raw.get("beats") or ()):
            collector.model(kind.beat_model.model_validate(_own(beat, Beat)), (*loc, "beats", number))
        texts += collector.found
        referred += collector.referred
    return tuple(texts), tuple(referred)


def _own(raw: dict[str, Any], common: type[Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in common.model_fields}


def pieces_of(template: str, ledger: Ledger) -> tuple[Piece, ...]:
    """The numbers and literals in a template, in order; those that can't be worked out are left out."""
    found: list[Piece] = []
    shift = 0
    for match in _PIECE.finditer(template):
        at = match.start() + shift
        if match[0] in ("{{", "}}"):
            shift -= 1
            continue
        piece = _piece(match, at, ledger)
        if piece is not None:
            shift += len(piece.shown) - len(match[0])
            found.append(piece)
    return tuple(found)


def _piece(match: re.Match[str], at: int, ledger: Ledger) -> Piece | None:
    offset, length = match.start(), len(match[0])
    if match["literal"] is not None:
        shown = match["literal"]
        return Piece("literal", shown, shown, None, (), offset, length, at, at + len(shown))
    source, spec = match["source"], match["spec"]
    try:
        expression = parse(source)
        value = expression.evaluate(ledger.values)
        alone = ledger.facts.get(source.strip())
        shown = written(value, spec.strip() if spec else alone.format if alone else None)
    except (ExpressionError, ValueError):
        return None
    return Piece("number", source, shown, value, expression.names, offset, length, at, at + len(shown))
