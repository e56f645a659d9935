"""A model's texts filled in, its numbers worked out and its references loaded, at any depth.

It follows the annotations, where `Shown`, `Quantity` and `Reference` mark what a value is; a
kind declares its fields and needs no code of its own for this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as AbstractSequence
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

from explainers.assets.manifest import unknown_source
from explainers.compositor.drawn import DrawnPicture
from explainers.errors import nearest
from explainers.facts.ledger import Ledger
from explainers.facts.tables import Table
from explainers.facts.templates import Piece, fill, number
from explainers.kinds.base import Missing
from explainers.plan.library import Library
from explainers.runs import Run
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.storyboard.types import Quantity, Reference, Shown

Model = TypeVar("Model", bound=BaseModel)
_UNSEEN = frozenset(("cue", "chapter", "say"))
_MARKERS = (Shown, Reference, Quantity)


@dataclass(frozen=True)
class Text:
    """A text of the storyboard. `loc` is its place in the document; `shot` and `beat` say whose it is.

    `digits` is `checked` for words and `structural` for labels; `on_screen` says that it is in the picture.
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
    def on_screen(self) -> bool:
        return (
            self.shot is not None
            and self.field not in _UNSEEN
            and "cues" not in self.loc
            and self.loc[4:5] != ("on",)
        )

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
    optional: bool = False
    """Whether it is a file that may be missing, and is."""


@dataclass
class Resolver:
    """Resolves the values of one shot and gathers what they lean on.

    `missing` are declared files that are not there, and where the storyboard first names them.
    `texts` are the filled words on screen that a viewer reads (labels are not among them); `mistakes`
    are relative to the document. `names` are the structural names that texts may call things by. `filled`
    and `referred` are every text and reference that was met, for whoever judges or shows them.
    """

    library: Library
    ledger: Ledger
    tables: dict[str, Table] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    assets: dict[str, Path] = field(default_factory=dict)
    missing: dict[Missing, Loc] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    shot_id: str | None = None
    beat_ids: tuple[str, ...] = ()
    drawn: Mapping[str, DrawnPicture] = field(default_factory=dict)
    """All drawn pictures that the video may name; `pictures` are those that were."""
    pictures: dict[str, DrawnPicture] = field(default_factory=dict)
    brought: Mapping[str, Any] = field(default_factory=dict)
    """All Manim scenes and functions for figures that the video may name; `code` are those that were."""
    code: dict[str, Any] = field(default_factory=dict)
    code_hint: str = ""
    """What is added where a picture or code is not known: that code beside the storyboard was not run."""
    filled: list[Text] = field(default_factory=list)
    referred: list[Referred] = field(default_factory=list)
    incomplete: bool = False
    """Whether a value is missing whose mistake stands elsewhere: an unreadable table, a failed fact."""

    def model(self, model: Model, loc: Loc) -> Model:
        """`model` with every marked value in it resolved; the same object where nothing changed."""
        changed = {}
        for name, info in type(model).model_fields.items():
            value = getattr(model, name)
            # A value is named by its key in the file, which an alias may have changed.
            resolved = self.value(value, info.annotation, tuple(info.metadata), (*loc, info.alias or name))
            if resolved is not value:
                changed[name] = resolved
        return model.model_copy(update=changed) if changed else model

    def value(self, value: Any, annotation: Any, metadata: tuple[Any, ...], loc: Loc) -> Any:
        """`value` resolved as its annotation says."""
        if value is None:
            return None
        annotation, metadata = _unwrapped(annotation, metadata, value)
        if isinstance(value, BaseModel):
            return self.model(value, loc)
        marker = next((one for one in metadata if isinstance(one, _MARKERS)), None)
        if marker is not None and isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return self._marked(marker, value, loc)
        arguments = get_args(annotation)
        if isinstance(value, Mapping):
            keys, values = arguments if len(arguments) == 2 else (Any, Any)
            for key in value:
                self.value(key, keys, (), (*loc, key))
            return _same_or(
                value, {key: self.value(one, values, (), (*loc, key)) for key, one in value.items()}
            )
        if isinstance(value, (list, tuple)):
            parts = _parts(arguments, len(value))
            resolved = [self.value(one, parts[i], (), (*loc, i)) for i, one in enumerate(value)]
            return _same_or(value, type(value)(resolved))
        return value

    def text(
        self, template: str | None, loc: Loc, digits: Literal["checked", "structural"] = "checked"
    ) -> str | None:
        """The template with its facts; None stays None."""
        if template is None:
            return None
        filled = fill(template, self.ledger, digits, self.names)
        self.mistakes.extend(mistake.under(*loc) for mistake in filled.mistakes)
        self._lean_on(filled.facts_used)
        beat = None
        if len(loc) > 3 and loc[2] == "beats" and isinstance(loc[3], int):
            beat = self.beat_ids[loc[3]]
        elif loc[2:4] == ("drawn", "beats"):
            beat = str(loc[4])
        self.filled.append(Text(loc, template, filled.text, digits, filled.pieces, self.shot_id, beat))
        return filled.text

    def source(self, name: str, loc: Loc) -> None:
        """Notes that the shot leans on a source by its own word."""
        self._note(loc, "source", name)
        if name in self.library.manifest.sources:
            self.sources.append(name)
        elif not self.library.unreadable:
            self.mistakes.append(unknown_source(loc, name, self.library.manifest))

    def _lean_on(self, facts: Iterable[str]) -> None:
        facts = tuple(facts)
        self.facts.extend(facts)
        # A fact may name a source that is not there: that is reported where the fact stands.
        known = self.library.manifest.sources
        self.sources.extend(name for name in self.ledger.sources_of(facts) if name in known)

    def _marked(self, marker: Any, value: Any, loc: Loc) -> Any:
        if isinstance(marker, Quantity):
            worked_out, facts, mistakes = number(value, self.ledger)
            self.mistakes.extend(mistake.under(*loc) for mistake in mistakes)
            self._lean_on(facts)
            for name in facts:
                self._note(("facts", name), "fact", name)
            self.incomplete |= worked_out is None
            return value if worked_out is None else worked_out
        if isinstance(marker, Shown):
            text = self.text(str(value), loc, marker.digits)
            if text and marker.digits == "checked":
                self.texts.append(text)
            return text
        if marker.optional and isinstance(self.library.asset(str(value)), Missing):
            self.referred.append(Referred(loc, marker.to, str(value), self.shot_id, optional=True))
            return value
        self._refer(marker.to, str(value), loc)
        return value

    def _note(self, loc: Loc, to: str, name: str) -> None:
        self.referred.append(Referred(loc, to, name, self.shot_id))

    def _refer(self, to: str, name: str, loc: Loc) -> None:
        if to == "source":
            return self.source(name, loc)
        self._note(loc, to, name)
        if to == "table":
            self._table(name, loc)
        elif to == "run":
            self._run(name, loc)
        elif to == "picture":
            self._picture(name, loc)
        elif to == "code":
            self._code(name, loc)
        else:
            self._asset(name, loc)
        return None

    def _table(self, name: str, loc: Loc) -> None:
        declared = self.library.manifest.tables
        if name not in declared:
            self._unknown("table", name, loc, declared)
        elif (table := self.library.table(name)) is not None:
            self.tables[name] = table
            self.sources.extend(table.sources)
        else:
            self.incomplete = True

    def _run(self, name: str, loc: Loc) -> None:
        declared = self.library.manifest.runs
        known = self.library.manifest.run_named(name)
        if known is None:
            self._unknown("run", name, loc, declared)
        elif (run := self.library.run(known)) is not None:
            self.runs[name] = run
            self.sources.append(declared[known].source)
        else:
            self.incomplete = True

    def _picture(self, name: str, loc: Loc) -> None:
        if name in self.drawn:
            self.pictures[name] = self.drawn[name]
            return
        known, near = ", ".join(self.drawn), nearest(name, self.drawn)
        message = f"there is no drawn picture {name!r}{self.code_hint}"
        self.mistakes.append(Mistake(loc, "unknown-picture", message, known, near))

    def _code(self, name: str, loc: Loc) -> None:
        if name in self.brought:
            self.code[name] = self.brought[name]
            return
        known = ", ".join(self.brought) or "a Manim Scene, or a function whose first parameter is `figure`"
        message = f"there is no {name!r} beside the storyboard{self.code_hint}"
        self.mistakes.append(Mistake(loc, "unknown-code", message, known, nearest(name, self.brought)))

    def _asset(self, name: str, loc: Loc) -> None:
        found = self.library.asset(name)
        if isinstance(found, Mistake):
            self.mistakes.append(found.under(*loc))
            return
        if isinstance(found, Missing):
            self.missing.setdefault(found, loc)
            return
        self.assets[name] = found
        declared = self.library.manifest.files.get(name)
        if declared is not None and declared.from_ in self.library.manifest.sources:
            self.sources.append(declared.from_)

    def _unknown(self, what: str, name: str, loc: Loc, declared: Mapping[str, Any]) -> None:
        if self.library.unreadable:
            self.incomplete = True
            return
        known = ", ".join(declared) or f"a {what} declared in assets.yaml"
        near = nearest(name, declared)
        self.mistakes.append(Mistake(loc, f"unknown-{what}", f"there is no {what} {name!r}", known, near))


def _unwrapped(annotation: Any, metadata: tuple[Any, ...], value: Any) -> tuple[Any, tuple[Any, ...]]:
    """The member of the annotation that `value` is, without `Annotated`, and its metadata."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            metadata = (*metadata, *more)
        elif origin in (Union, UnionType):
            fitting = [one for one in get_args(annotation) if _fits(one, value)]
            if not fitting:
                return annotation, metadata
            # A word of a Literal is that word, even where free text would fit too.
            literal = next((one for one in fitting if get_origin(one) is Literal), None)
            annotation = literal or fitting[0]
        else:
            return annotation, metadata


def _fits(annotation: Any, value: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _fits(get_args(annotation)[0], value)
    if origin in (Union, UnionType):
        return any(_fits(one, value) for one in get_args(annotation))
    if origin is Literal:
        return value in get_args(annotation)
    if annotation is Any:
        return True
    if annotation is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    plain = origin or annotation
    if plain is AbstractSequence:
        return isinstance(value, (list, tuple))
    return isinstance(plain, type) and isinstance(value, plain)


def _parts(arguments: tuple[Any, ...], count: int) -> list[Any]:
    """The annotation of each entry of a list or tuple."""
    if not arguments:
        return [Any] * count
    if len(arguments) == 1 or arguments[1] is Ellipsis:
        return [arguments[0]] * count
    return list(arguments)


def _same_or(before: Any, after: Any) -> Any:
    pairs = (
        zip(before.values(), after.values(), strict=True)
        if isinstance(before, Mapping)
        else zip(before, after, strict=True)
    )
    return before if all(one is other for one, other in pairs) else after
