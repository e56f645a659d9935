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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from explainers.digest import digest_bytes
from explainers.kinds.base import KindBeat, KindParams, ShotPlan
from explainers.project import STORYBOARD, Project
from explainers.storyboard.mistakes import Loc

if TYPE_CHECKING:
    from explainers.film.picture import Picture

_NOT_KINDS = frozenset(("base",))


@dataclass(frozen=True)
class Kind:
    """A scene kind as its module describes it. `doc` and `example` are Markdown and YAML.

    `example_files` are the example's assets by path in its assets folder: text, or what makes the bytes.
    """

    name: str
    module: ModuleType
    Params: type[KindParams]
    BeatParams: type[KindBeat] | None
    doc: str
    example: str
    example_files: Mapping[str, str | Callable[[], bytes]]

    @property
    def beat_model(self) -> type[KindBeat]:
        """The kind's fields on a beat; none where it has no verbs of its own."""
        return self.BeatParams or KindBeat

    def names(self, params: KindParams, beats: Sequence[KindBeat]) -> frozenset[str]:
        """Names of what the picture shows (nodes, tokens), which texts may call it by, digits and all."""
        hook = getattr(self.module, "called", None)
        return frozenset(hook(params, beats)) if hook else frozenset()

    def file_texts(self, shot: ShotPlan) -> Sequence[tuple[Loc, str]]:
        """What the picture shows of files, logs and tables as text, each with its place from the shot."""
        hook = getattr(self.module, "file_texts", None)
        return tuple(hook(shot)) if hook else ()

    @property
    def source_files(self) -> tuple[Path, ...]:
        """The files whose change may change the kind's pictures: its own and those kinds share."""
        file = Path(self.module.__file__ or "")
        own = file.parent.rglob("*.py") if file.name == "__init__.py" else (file,)
        here = Path(__file__).parent
        return tuple(sorted({*own, here / "base.py", *here.glob("_[!_]*.py")}))

    def write_example(self, root: Path) -> Project:
        """Makes a project in the empty folder `root` whose one video, named as the kind, is its example."""
        project = Project(root.resolve())
        files = {project.scenes_dir / self.name / STORYBOARD: self.example.encode()}
        for name, content in self.example_files.items():
            made = content.lstrip("\n").encode() if isinstance(content, str) else content()
            files[project.assets_dir(self.name) / name] = made
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (root / "pyproject.toml").write_text("[tool.explainers]\n", encoding="utf-8")
        return project


def discover(folder: Path | None = None) -> Mapping[str, Kind]:
    """All kinds by name, sorted; with `folder`, also those in its `.py` files, which are run."""
    own = {}
    for path in sorted(folder.glob("*.py")) if folder else ():
        kind = _kind_of(_load(path), path.stem)
        if kind is not None:
            own[kind.name] = kind
    return _Kinds(own)


class _Kinds(Mapping[str, Kind]):
    """Kinds by name, sorted: a video's `own`, and the package's, which are imported on first access."""

    def __init__(self, own: Mapping[str, Kind]):
        self._own = own
        self._names = tuple(sorted({*_packaged(), *own}))

    def __getitem__(self, name: str) -> Kind:
        return self._own[name] if name in self._own else _imported(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def draw(shot: ShotPlan, kinds: Mapping[str, Kind] | None = None) -> Picture:
    """The shot's picture: the chrome (title, statement, footer) and what its kind adds.

    Manim is imported here, not before. `kinds` are those of `discover` where it is not given.
    """
    from explainers.stage import Stage, chrome, provenance_tag

    kind = (kinds or discover())[shot.kind]
    stage = Stage(shot.canvas, shot.theme, shot.duration_s, shot.letters)
    chrome(stage, shot)
    kind.module.picture(shot, stage)
    provenance_tag(stage, shot)
    return stage.picture()


@cache
def _packaged() -> Mapping[str, str]:
    """The modules of the package's kinds by the kinds' names."""
    found = [info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")]
    return {name.replace("_", "-"): name for name in found if name not in _NOT_KINDS}


@cache
def _imported(name: str) -> Kind:
    """A kind of the package. KeyError: there is none of that name."""
    stem = _packaged()[name]
    kind = _kind_of(importlib.import_module(f"{__name__}.{stem}"), stem)
    if kind is None:
        raise TypeError(f"the module {__name__}.{stem} has no Params; what kinds share begins with _")
    return kind


def _kind_of(module: ModuleType, stem: str) -> Kind | None:
    params = getattr(module, "Params", None)
    if not (isinstance(params, type) and issubclass(params, KindParams)):
        return None
    return Kind(
        name=stem.replace("_", "-"),
        module=module,
        Params=params,
        BeatParams=getattr(module, "BeatParams", None),
        doc=inspect.cleandoc(module.__doc__ or ""),
        example=getattr(module, "EXAMPLE", "").lstrip("\n"),
        example_files=getattr(module, "EXAMPLE_FILES", {}),
    )


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
