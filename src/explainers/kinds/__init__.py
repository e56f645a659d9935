"""Scene kinds are found by looking: every module or package here is one, but for `base` and `_shared` ones.

A kind is imported when it is first asked for, not when it is found. A `.py` beside a storyboard may bring
a kind for that video alone; it is code, so it is loaded only where the caller allows it. Neither finding
nor importing kinds imports Manim or MoviePy.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from explainers.digest import digest_bytes
from explainers.kinds.base import SceneKind, ShotPlan

if TYPE_CHECKING:
    from explainers.film.picture import Picture

_NOT_KINDS = frozenset(("base",))


def discover(folder: Path | None = None) -> Mapping[str, SceneKind]:
    """All kinds by name, sorted; with `folder`, also those in its `.py` files, which are run."""
    own = {}
    for path in sorted(folder.glob("*.py")) if folder else ():
        kind = _kind_of(_load(path), path.stem)
        if kind is not None:
            own[kind.name] = kind
    return _Kinds(own)


class _Kinds(Mapping[str, SceneKind]):
    """Kinds by name, sorted: a video's `own`, and the package's, which are imported on first access."""

    def __init__(self, own: Mapping[str, SceneKind]):
        self._own = own
        self._names = tuple(sorted({*_packaged(), *own}))

    def __getitem__(self, name: str) -> SceneKind:
        return self._own[name] if name in self._own else _imported(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def draw(shot: ShotPlan, kinds: Mapping[str, SceneKind] | None = None) -> Picture:
    """The shot's picture: the chrome (title, statement, footer) and what its kind adds.

    Manim is imported here, not before. `kinds` are those of `discover` where it is not given.
    """
    from explainers.stage import Stage, chrome, provenance_tag

    kind = (kinds or discover())[shot.kind]
    stage = Stage(shot.canvas, shot.theme, shot.duration_s, shot.letters)
    chrome(stage, shot)
    kind.picture(shot, stage)
    provenance_tag(stage, shot)
    return stage.picture()


@cache
def _packaged() -> Mapping[str, str]:
    """The modules of the package's kinds by the kinds' names."""
    found = [info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")]
    return {name.replace("_", "-"): name for name in found if name not in _NOT_KINDS}


@cache
def _imported(name: str) -> SceneKind:
    """A kind of the package. KeyError: there is none of that name."""
    stem = _packaged()[name]
    kind = _kind_of(importlib.import_module(f"{__name__}.{stem}"), stem)
    if kind is None:
        raise TypeError(f"the module {__name__}.{stem} has no SceneKind; what kinds share begins with _")
    return kind


def _kind_of(module: ModuleType, stem: str) -> SceneKind | None:
    """The kind that a module defines; None where it defines none."""
    found = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, SceneKind) and each.__module__ == module.__name__
    ]
    if not found:
        return None
    doc = inspect.cleandoc(module.__doc__ or "")
    packaged = module.__name__.startswith(__name__)
    return found[-1](stem.replace("_", "-"), doc, Path(module.__file__ or ""), packaged)


def _load(path: Path) -> ModuleType:
    """The module in `path`, under a name of its own; read again when its text has changed."""
    name = f"explainers_scenes_{path.parent.name}_{path.stem}_{digest_bytes(path.read_bytes())[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
