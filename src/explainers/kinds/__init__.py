"""Scene kinds are found by looking: every module or package here is one, but for `base` and `_shared` ones.

A kind is imported when it is first asked for, not when it is found. A `.py` beside a storyboard brings a
kind or drawn pictures for that video alone; it is code, so it is loaded only where the caller allows it.
One whose name begins with `_` brings nothing by itself: the others import it (`from . import _shapes`).
Folders beside a storyboard are not looked into. Neither finding nor importing kinds imports Manim or MoviePy.
"""

from __future__ import annotations

import importlib
import inspect
import linecache
import pkgutil
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from explainers.compositor.drawn import DrawnPicture
from explainers.digest import digest_file, digest_value
from explainers.errors import Diagnostic, ExplainersError, InvalidInput, Place, RenderFailed
from explainers.kinds._example_pictures import PICTURES
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan

if TYPE_CHECKING:
    from explainers.compositor.picture import Picture

OWN_CODE = "explainers_scenes_"
"""How packages of code beside storyboards begin; the rest names the folder and what stood in it."""
_NOT_KINDS = frozenset(("base",))


class Kinds(Mapping[str, SceneKind]):
    """Kinds by name, sorted: a video's `own`, and the package's, which are imported on first access.

    `pictures` are the drawn pictures by name, `code` the Manim scenes and the functions for figures by
    `file.py:Name`. `version` names the folder's code as it was loaded.
    """

    def __init__(
        self,
        own: Mapping[str, SceneKind],
        pictures: Mapping[str, DrawnPicture],
        version: str | None = None,
        code: Mapping[str, Any] | None = None,
    ):
        self.own, self.version, self.code = own, version, code or {}
        self.own_pictures = frozenset(pictures)
        self.pictures: Mapping[str, DrawnPicture] = {**PICTURES, **pictures}
        self._names = tuple(sorted({*_packaged(), *own}))

    def __getitem__(self, name: str) -> SceneKind:
        return self.own[name] if name in self.own else _imported(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def discover(folder: Path | None = None) -> Kinds:
    """All kinds by name, sorted; with `folder`, also what its `.py` files bring, which are run.

    InvalidInput names the file and the line where such a file can't be loaded or brings nothing.
    """
    files = sorted(folder.glob("*.py")) if folder else []
    if folder is None or not files:
        return Kinds({}, {})
    code = digest_value({path.name: digest_file(path) for path in files})
    # The same on every machine: what is pickled of a shot refers to its module by this name.
    package = f"{_stem(folder)}{code[:12]}"
    kinds: dict[str, SceneKind] = {}
    pictures: dict[str, DrawnPicture] = {}
    brought: dict[str, Path] = {}
    code_of: dict[str, Any] = {}
    for path in files:
        if path.stem.startswith("_"):
            continue
        with own_code(folder):
            module = _load(package, path)
        kind, drawn, named = _kind_of(module, path), _pictures_in(module), _named_in(module, path)
        code_of |= named
        if kind is None and not drawn and not named:
            raise _refused(
                path, 1, "brings-nothing",
                f"{path.name} brings no scene kind, no drawn picture, no Manim scene and no figure",
                "a subclass of SceneKind, an instance of a subclass of DrawnPicture, a Manim Scene, "
                "or a function whose first parameter is `figure`; what others only import begins with _",
            )  # fmt: skip
        if kind is not None:
            kinds[kind.name] = kind
        for picture in drawn:
            if pictures.setdefault(picture.name, picture) is not picture:
                message = (
                    f"a second drawn picture is named {picture.name!r}; {brought[picture.name].name} has one"
                )
                raise _refused(path, 1, "same-name", message)
            brought.setdefault(picture.name, path)
    return Kinds(kinds, pictures, package, code_of)


def kind_of(params: KindParams | KindBeat) -> SceneKind:
    """The kind whose params, or params of a beat, these are; TypeError where no kind has them."""
    name = type(params).__module__
    while name:
        module = sys.modules.get(name)
        kind = _kind_of(module, Path(module.__file__)) if module and module.__file__ else None
        if kind is not None and type(params) in (kind.params, kind.beat_params):
            return kind
        name = name.rpartition(".")[0]
    raise TypeError(f"no scene kind has {type(params).__qualname__}")


def draw(shot: ShotPlan, kinds: Mapping[str, SceneKind] | None = None) -> Picture:
    """The shot's picture: the chrome (title, statement, footer) and what its kind adds.

    Manim is imported here, not before. `kinds` are those of `discover` where it is not given.
    """
    from explainers.compositor.camera import Move, filmed
    from explainers.stage import Stage, chrome

    kind = (kinds or discover())[shot.kind]
    stage = Stage(shot.canvas, shot.theme, shot.duration_s, shot.letters)
    stage.source_share = kind.source_share
    chrome(stage, shot)
    kind.picture(shot, stage)
    moves = [
        Move(beat.start_s, beat.end_s - 0.05, beat.camera.to, beat.camera.zoom, f"{shot.id}.{beat.id}: ")
        for beat in shot.beats
        if beat.camera
    ]
    return filmed(stage.picture(), moves)


@contextmanager
def own_code(folder: Path | None, drawing: bool = False) -> Iterator[None]:
    """Tells what goes wrong inside as a mistake in a `.py` file of `folder`, where it happened in one.

    It is InvalidInput, and RenderFailed while a shot is drawn.
    """
    try:
        yield
    except ExplainersError:
        raise
    except (Exception, SystemExit) as error:
        problem = _mistake(error, folder) if folder else None
        if problem is None:
            raise
        raise (RenderFailed(problem.text()) if drawing else InvalidInput([problem])) from error


def _mistake(error: BaseException, folder: Path) -> Diagnostic | None:
    """What an exception says of the innermost line of the folder's files that it passed through."""
    if isinstance(error, SyntaxError) and error.filename and _is_in(folder, error.filename):
        place = error.filename, error.lineno or 1, error.offset or 1, 1
        return _placed(folder, place, "python-syntax", f"this is not Python: {error.msg}")
    frames = [one for one in traceback.extract_tb(error.__traceback__) if _is_in(folder, one.filename)]
    if not frames:
        return None
    one = frames[-1]
    length = (one.end_colno or 0) - (one.colno or 0) if one.end_lineno == one.lineno else 1
    place = one.filename, one.lineno or 1, (one.colno or 0) + 1, length
    return _placed(folder, place, "python-error", f"{type(error).__name__}: {error}")


def _home(folder: Path, file: str) -> Path | None:
    """The folder of a file of this code: `folder`, or one that holds the same and was loaded before it."""
    same = [
        Path(module.__path__[0])
        for name, module in list(sys.modules.items())
        if name.startswith(_stem(folder)) and "." not in name
    ]
    return next((home for home in (folder, *same) if home in Path(file).parents), None)


def _is_in(folder: Path, file: str) -> bool:
    return _home(folder, file) is not None


def _stem(folder: Path) -> str:
    return f"{OWN_CODE}{re.sub(r'[^A-Za-z0-9]', '_', folder.name)}_"


def _placed(
    folder: Path, place: tuple[str, int, int, int], code: str, message: str, expected: str | None = None
) -> Diagnostic:
    file, line, column, length = place
    linecache.checkcache(file)
    # A worker elsewhere has the folder in another place.
    shown = f"scenes/{folder.name}/{Path(file).relative_to(_home(folder, file) or folder).as_posix()}"
    source = linecache.getline(file, line).rstrip("\n")
    return Diagnostic(code, message, Place(shown, line, column), source, max(1, length), expected)


def _refused(path: Path, line: int, code: str, message: str, expected: str | None = None) -> InvalidInput:
    return InvalidInput([_placed(path.parent, (str(path), line, 1, 1), code, message, expected)])


@cache
def _packaged() -> Mapping[str, str]:
    """The modules of the package's kinds by the kinds' names."""
    found = [info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")]
    return {name.replace("_", "-"): name for name in found if name not in _NOT_KINDS}


@cache
def _imported(name: str) -> SceneKind:
    """A kind of the package. KeyError: there is none of that name."""
    stem = _packaged()[name]
    module = importlib.import_module(f"{__name__}.{stem}")
    kind = _kind_of(module, Path(module.__file__ or ""))
    if kind is None:
        raise TypeError(f"the module {__name__}.{stem} has no SceneKind; what kinds share begins with _")
    return kind


def _kind_of(module: ModuleType, path: Path) -> SceneKind | None:
    """The kind that a module defines; None where it defines none. InvalidInput for half a kind, or two."""
    found = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, SceneKind) and each.__module__ == module.__name__
    ]
    leaves = [one for one in found if not any(issubclass(other, one) for other in found if other is not one)]
    if not leaves:
        return None
    kind = leaves[-1]
    line = inspect.findsource(kind)[1] + 1
    if len(leaves) > 1:
        names = " and ".join(one.__name__ for one in leaves)
        raise _refused(path, line, "two-kinds", f"{path.name} brings {names}; a file brings one scene kind")
    params = getattr(kind, "params", None)
    if not (isinstance(params, type) and issubclass(params, KindParams)):
        message = f"the scene kind {kind.__name__} has no `params`"
        raise _refused(path, line, "half-a-kind", message, "a subclass of KindParams")
    if inspect.isabstract(kind):
        message = f"the scene kind {kind.__name__} has no method `picture`"
        raise _refused(path, line, "half-a-kind", message, "picture(self, shot, stage)")
    packaged = module.__name__.startswith(f"{__name__}.")
    stem = module.__name__.rpartition(".")[2]
    doc = inspect.cleandoc(module.__doc__ or "")
    return kind(stem.replace("_", "-"), doc, path, packaged)


def _pictures_in(module: ModuleType) -> Iterable[DrawnPicture]:
    return [each for each in vars(module).values() if isinstance(each, DrawnPicture)]


def _named_in(module: ModuleType, path: Path) -> dict[str, Any]:
    """The Manim scenes of a module, and its functions that draw a figure, by `file.py:Name`.

    Manim is not imported for it: a file that brings a scene has done so.
    """
    scene = getattr(sys.modules.get("manim"), "Scene", None)
    found = {}
    for name, value in vars(module).items():
        if getattr(value, "__module__", None) != module.__name__ or name.startswith("_"):
            continue
        is_scene = scene is not None and isinstance(value, type) and issubclass(value, scene)
        if is_scene or (
            inspect.isfunction(value) and next(iter(inspect.signature(value).parameters), "") == "figure"
        ):
            found[f"{path.name}:{name}"] = value
    return found


def _load(package: str, path: Path) -> ModuleType:
    """The module in `path`, in a package that stands for its folder as its files are now."""
    name = f"{package}.{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    if "." in path.stem:
        raise _refused(path, 1, "bad-name", f"{path.name} can't be imported: there is a dot in its name")
    folder = sys.modules.setdefault(package, ModuleType(package))
    folder.__path__ = [str(path.parent)]
    importlib.invalidate_caches()
    # Compiled files go by whole seconds: an edit in the same second would not be seen.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return importlib.import_module(name)
    finally:
        sys.dont_write_bytecode = before
