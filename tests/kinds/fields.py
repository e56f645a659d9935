"""Every field of a kind's models, set to other legal values: another picture, or a refusal?

The models say which values are legal: booleans are turned, choices exchanged, lists shortened and turned
round, names replaced by others of the same storyboard. What is written is also taken away.
"""

from __future__ import annotations

import itertools
import json
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from explainers.compositor.picture import Painter
from explainers.digest import digest_bytes
from explainers.errors import InvalidInput, RenderFailed
from explainers.kinds import draw, own_code
from explainers.kinds.base import SceneKind
from explainers.plan import load_plan, storyboard_of
from explainers.project import Project
from explainers.render.assembly import with_media
from explainers.render.store import Store
from explainers.storyboard.model import Beat, Shot
from explainers.storyboard.types import Reference, Shown

GONE = object()
"""In place of a value: the key is taken away."""
NUMBERS = (1, 2, 3, 4, 0, 6, 0.5, 0.25, 0.75, 1.5, 10, 20, 45, 100, 300)
NOT_LEGAL = ("unknown-", "no-such", "missing-", "no-edge", "typed-digit", "bad-")
"""Beginnings of the codes that say of a value that it is none here, and not that it has no effect."""
TRIES, DRAWN = 60, 7
"""Values of a field that are tried at one place, and those among them that may do nothing."""
Path_ = tuple[str | int, ...]


@dataclass
class Tried:
    """What came of a field: values that changed the picture, were refused with a reason, or did nothing."""

    changed: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nothing: list[Any] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    identifies: bool = False
    """Whether it is an id: another one is refused where something refers to it, and else does nothing."""
    named: list[str] = field(default_factory=list)
    """Refused as a name of nothing: the field is read, but this was no legal value of it."""

    @property
    def verdict(self) -> str | None:
        """What is wrong with the field; None where nothing is."""
        if self.failed:
            return f"fails: {self.failed[:3]}"
        if self.changed or self.refused or (self.named and (self.identifies or not self.nothing)):
            return None
        return f"does nothing: {self.nothing[:6]}" if self.nothing else "no legal value was found"


@dataclass(frozen=True)
class Spot:
    """A model's place in a shot: the path of its mapping, and the model."""

    path: Path_
    model: type[BaseModel]


class Fields:
    """The fields of one kind in its example, and in the example with `changes` of its first shot.

    Each shot is drawn once as it is; a change may name its own `canvas`. `root` is an empty folder for the
    project.
    """

    def __init__(self, kind: SceneKind, root: Path, changes: Sequence[Mapping[str, Any]] = ()):
        self.kind = kind
        self.project: Project = kind.write_example(root)
        self.store = Store(root / "store")
        self.seen: dict[str, str | Exception] = {}
        self.board = yaml.load(kind.example, Loader=yaml.BaseLoader)
        first, *others = self.board.pop("shots")
        changed = [{key: one for key, one in {**first, **change}.items() if one} for change in changes]
        # The richer shots come first: what changes their pictures need not be tried on the others.
        written = [*changed, first, *others]
        self.shots: list[dict[str, Any]] = [self._plain(shot) for shot in written]
        self.names = sorted({word for shot in self.shots for word in _words(shot)})

    def _plain(self, shot: dict[str, Any]) -> dict[str, Any]:
        """The shot with short forms written out, and values as their types read them."""
        canvas = {"canvas": shot["canvas"]} if "canvas" in shot else {}
        shot = {key: value for key, value in shot.items() if key != "canvas"}
        beats = [
            {key: value for key, value in one.items() if key in Beat.model_fields}
            | self._read(self.kind.beat_params, {k: v for k, v in one.items() if k not in Beat.model_fields})
            for one in shot.get("beats", ())
        ]
        own = {key: value for key, value in shot.items() if key not in Shot.model_fields}
        common = {key: value for key, value in shot.items() if key in Shot.model_fields}
        return canvas | common | self._read(self.kind.params, own) | ({"beats": beats} if beats else {})

    def _read(self, model: type[BaseModel], own: dict[str, Any]) -> dict[str, Any]:
        """A model's own fields; beside fields that another kind reads they stay as they are written."""
        return own if set(own) & set(self.kind.holds) else _written(model, own)

    def outcomes(self, only: str = "") -> dict[str, Tried]:
        """What came of every field, by `Model.field`; of those that begin with `only`."""
        models = (*_models(self.kind.params), *_models(self.kind.beat_params))
        found = {
            f"{one.__name__}.{name}": Tried(identifies=name == "id")
            for one in models
            for name in one.model_fields
        }
        found = {name: tried for name, tried in found.items() if name.startswith(only)}
        # What is found to be legal may have fields of its own, and is looked at in its turn.
        for shot in self.shots:
            for spot in self._spots(shot):
                for name, info in spot.model.model_fields.items():
                    tried = found.get(f"{spot.model.__name__}.{name}")
                    if tried is not None and not tried.changed:
                        self._try(tried, shot, spot, info.alias or name, info)
        return found

    def _spots(self, shot: dict[str, Any]) -> list[Spot]:
        spots = list(_spots(self.kind.params, shot, ()))
        for index, beat in enumerate(shot.get("beats", ())):
            spots += _spots(self.kind.beat_params, beat, ("beats", index))
        return spots

    def _try(self, tried: Tried, written: dict[str, Any], spot: Spot, key: str, info: Any) -> None:
        before = self._drawn(written)
        assert isinstance(before, str), f"the base is refused: {before}"
        present = _at(written, spot.path)
        current = present.get(key, GONE)
        values = [] if current is GONE or info.is_required() else [GONE]
        values += list(_values(info.annotation, info.metadata, current, self.names))
        count, idle, before_nothing = 0, 0, len(tried.nothing)
        for value in values:
            nothing = len(tried.nothing)
            if nothing - before_nothing >= DRAWN or nothing >= 4 * DRAWN:
                return
            if len(tried.named) >= (1 if tried.identifies else 2 * TRIES) or len(tried.refused) >= TRIES:
                return
            if value is not GONE and not _legal(info, value):
                continue
            if value == current or (count := count + 1) > TRIES:
                continue
            shot = json.loads(json.dumps(written))
            holder = _at(shot, spot.path)
            if value is GONE:
                del holder[key]
            else:
                holder[key] = value
            after = self._drawn(shot)
            shown = "(taken away)" if value is GONE else value
            if isinstance(after, RenderFailed):
                # What only running an author's code shows to be wrong is refused while it is drawn.
                tried.refused.append(str(after))
            elif isinstance(after, Exception) and not isinstance(after, InvalidInput):
                tried.failed.append(f"{'.'.join(map(str, spot.path))}: {shown!r}: {after!r}")
            elif isinstance(after, InvalidInput):
                codes = [one.code for one in after.problems]
                named = any(code.startswith(NOT_LEGAL) for code in codes)
                (tried.named if named else tried.refused).append(str(after))
                idle += codes == ["no-effect"]
                if idle > 2:
                    # It is refused here whatever its value.
                    return
            elif after != before:
                tried.changed.append(shown)
                if value is not GONE and _models(info.annotation):
                    # What was put in has fields of its own.
                    self.shots.append(shot)
                return
            else:
                tried.nothing.append((".".join(map(str, spot.path)), shown))

    def _drawn(self, shot: dict[str, Any]) -> str | Exception:
        """A digest of what is seen and read of a shot, or why it is refused."""
        canvas = {"size": "640x360"} | shot.get("canvas", {}) | {"fps": "5"}
        board = self.board | {"canvas": canvas}
        shot = {key: value for key, value in shot.items() if key != "canvas"}
        text = yaml.safe_dump(board | {"shots": [shot]}, sort_keys=False, allow_unicode=True)
        if text not in self.seen:
            try:
                plan = load_plan(
                    self.project, self.kind.name, document=storyboard_of(self.project, self.kind.name, text)
                )
                self.seen[text] = self._picture(with_media(plan.shots[0], self.kind, self.store), plan)
            except Exception as error:
                # A kind that fails is what is looked for, like one that refuses.
                self.seen[text] = error
        return self.seen[text]

    def _picture(self, shot: Any, plan: Any) -> str:
        with own_code(self.project.scene_dir(self.kind.name), drawing=True):
            picture = draw(replace(shot), {self.kind.name: self.kind})
        parts = [repr((picture.duration_frames, plan.cues, plan.chapters)).encode()]
        painter, count = Painter(picture), min(36, picture.duration_frames)
        for step in range(count):
            painter.paint(step * (picture.duration_frames - 1) // max(1, count - 1))
            parts.append(painter.pixels.tobytes())
        return digest_bytes(b"".join(parts))


def _written(model: type[BaseModel], own: dict[str, Any]) -> dict[str, Any]:
    read = model.model_validate(own)
    return _without_none(read.model_dump(mode="json", by_alias=True, exclude_unset=True))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    return [_without_none(one) for one in value] if isinstance(value, list) else value


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def _words(value: Any) -> Iterator[str]:
    """Texts and keys that may be names."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, str) and len(value) < 60:
        yield value


def _plain_type(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is typing.Annotated else annotation


def _models(annotation: Any, seen: list[type[BaseModel]] | None = None) -> list[type[BaseModel]]:
    """The models in a type, at any depth."""
    seen = [] if seen is None else seen
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.append(annotation)
            for info in annotation.model_fields.values():
                _models(info.annotation, seen)
    else:
        for one in get_args(annotation):
            _models(one, seen)
    return seen


def _spots(annotation: Any, value: Any, path: Path_) -> Iterator[Spot]:
    """Where models stand in plain data of a type."""
    annotation = _plain_type(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if isinstance(value, dict):
            yield Spot(path, annotation)
            for name, info in annotation.model_fields.items():
                key = info.alias or name
                if key in value:
                    yield from _spots(info.annotation, value[key], (*path, key))
        return
    args = get_args(annotation)
    if get_origin(annotation) is tuple and isinstance(value, list):
        for index, one in enumerate(value):
            inner = args[0] if len(args) == 2 and args[1] is ... else args[min(index, len(args) - 1)]
            yield from _spots(inner, one, (*path, index))
    elif get_origin(annotation) is dict or "Mapping" in str(get_origin(annotation)):
        for key, one in value.items() if isinstance(value, dict) else ():
            yield from _spots(args[1], one, (*path, key))
    else:
        found = [list(_spots(one, value, path)) for one in args if not isinstance(value, str)]
        yield from max(found, key=len, default=[])


def _values(annotation: Any, metadata: Sequence[Any], current: Any, names: Sequence[str]) -> Iterator[Any]:
    """Values of a type that differ from the current one; not all need be legal."""
    if get_origin(annotation) is typing.Annotated:
        inner, *more = get_args(annotation)
        yield from _values(inner, [*metadata, *more], current, names)
        return
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        yield from args
    elif annotation is bool:
        yield from (True, False)
    elif annotation in (int, float):
        yield from NUMBERS
    elif annotation is str:
        shown = any(isinstance(one, Shown) for one in metadata)
        refers = any(isinstance(one, Reference) for one in metadata)
        yield from (["Other words"] if shown else []) if not refers else []
        yield from names
        yield from [] if shown or refers else [".3f", "other", "30x10"]
    elif origin is tuple and args and args[-1] is ...:
        yield from _lists(args[0], current, names)
    elif origin is tuple:
        if set(args) == {float}:
            yield [0.2, 0.3, 0.5, 0.6][: len(args)]
        for index, one in enumerate(args):
            old = (
                list(current)
                if isinstance(current, list)
                else [next(_values(a, (), GONE, names)) for a in args]
            )
            for value in itertools.islice(_values(one, (), old[index], names), 8):
                yield [*old[:index], value, *old[index + 1 :]]
    elif origin is dict or "Mapping" in str(origin):
        old = current if isinstance(current, dict) else {}
        yield from ({k: v for k, v in old.items() if k != gone} for gone in old)
        for key in [*old, *names]:
            for value in itertools.islice(_values(args[1], (), old.get(key, GONE), names), 2):
                yield {**old, key: value}
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _instances(annotation, names)
    else:
        for one in args:
            if one is not type(None):
                yield from _values(one, metadata, current, names)


def _lists(inner: Any, current: Any, names: Sequence[str]) -> Iterator[list[Any]]:
    old = list(current) if isinstance(current, list) else []
    if old:
        yield old[:-1]
        yield old[1:]
        yield old[::-1]
    for value in itertools.islice(_values(inner, (), GONE, names), TRIES):
        yield [value]
        if old:
            yield [*old, value]


def _instances(model: type[BaseModel], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Small mappings of a model: what is required, and one more field at a time."""
    needed = {info.alias or name: info for name, info in model.model_fields.items() if info.is_required()}
    columns = [
        list(itertools.islice((v for v in _values(i.annotation, i.metadata, GONE, names) if _legal(i, v)), 4))
        for i in needed.values()
    ]
    for values in itertools.islice(itertools.product(*columns), 12):
        least = dict(zip(needed, values, strict=True))
        yield least
        for name, info in model.model_fields.items():
            if not info.is_required() and not _models(info.annotation):
                for value in itertools.islice(_values(info.annotation, info.metadata, GONE, names), 1):
                    yield {**least, info.alias or name: value}


@cache
def _adapter(annotation: Any, metadata: tuple[Any, ...]) -> TypeAdapter[Any]:
    return TypeAdapter(typing.Annotated[(annotation, *metadata)] if metadata else annotation)


def _legal(info: Any, value: Any) -> bool:
    """Whether the field by itself takes a value."""
    try:
        _adapter(info.annotation, tuple(info.metadata)).validate_python(value)
    except (ValidationError, TypeError):
        return False
    return True
