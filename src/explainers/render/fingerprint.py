"""What a product is made from, as its key: declared inputs, the code that draws, versions and settings.

The content key of a picture is made of named parts, so that a reason can name which of them changed. The
packages that draw are digested whole, and named below. That gives something up: an edit of one kind, or of
a log reader, lays out and compares the shots of all kinds, also of those that don't use it. Pixels that
come out the same are still not encoded again, and an installed package does not change. Nothing has to be
guessed from imports, and nothing that draws can be missed.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from explainers.digest import digest_file, digest_files, digest_value
from explainers.errors import RenderFailed
from explainers.fonts import FALLBACKS, font_files
from explainers.fonts import PACKAGES as FAMILIES
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.plan import CuePlan
from explainers.render.store import LAYOUT

Parts = dict[str, str]
"""Digests by what they are of, in the words that reasons use."""

_PLAIN = ("title", "statement", "footer", "provenance", "theme", "canvas")
_BY_NAME = ("params", "beats", "tables", "runs", "assets", "letters", "pictures", "code")
_NO_PIXELS = ("video", "id", "kind", "duration_frames", "media")


def picture_parts(
    shot: ShotPlan, kind: SceneKind, burned: Iterable[CuePlan] = (), code_folder: Path | None = None
) -> Parts:
    """Everything that may change a pixel of the shot. `burned` are captions drawn in, timed in the shot;
    `code_folder` is the folder whose code draws in it.

    The video's name and the shot's id are not in it: two shots that look the same are drawn once. The
    encoder profile is, as part of the source of film.
    """
    parts = {"kind": digest_value(shot.kind), "duration": digest_value(shot.duration_frames)}
    parts |= {name: digest_value(getattr(shot, name)) for name in _PLAIN}
    for name in (f.name for f in fields(shot)):
        # A field that is added to shots later is in the key from its first day.
        if name not in (*_PLAIN, *_BY_NAME, *_NO_PIXELS):
            parts[name] = digest_value(getattr(shot, name))
    parts |= {f"params.{name}": digest_value(value) for name, value in _fields(shot.params).items()}
    parts |= {f"beat {beat.id}": digest_value([index, beat]) for index, beat in enumerate(shot.beats)}
    parts |= {f"table {name}": digest_value(table) for name, table in shot.tables.items()}
    parts |= {f"run {name}": digest_value(run) for name, run in shot.runs.items()}
    parts |= {f"asset {name}": digest_path(path) for name, path in shot.assets.items()}
    parts["letters"] = digest_value([shot.letters.han, *map(digest_path, shot.letters.files)])
    parts |= {f"picture {name}": digest_value(name) for name in (*shot.pictures, *shot.code)}
    parts |= described(source_digests(kind, code_folder))
    if cues := [[cue.start_s, cue.end_s, cue.text] for cue in burned]:
        parts["burned captions"] = digest_value([cues, code_digest("render/drawing.py")])
    versions = digest_value(drawing_versions())
    return parts | {"fonts": digest_value(font_digests()), "installed versions": versions}


def key_of(what: str, *values: Any) -> str:
    """The store key of a product made from `values`; `what` names the sort of product."""
    return digest_value([LAYOUT, what, *values])


def digest_path(path: Path) -> str:
    """Digest of a file, or of a folder's files and their names; RenderFailed where it has gone."""
    try:
        if path.is_dir():
            return digest_files(path, sorted(file for file in path.rglob("*") if file.is_file()))
        return digest_file(path)
    except FileNotFoundError as error:
        raise RenderFailed(f"the asset {error.filename} went missing while it was read") from None


def _fields(params: Any) -> dict[str, Any]:
    if isinstance(params, BaseModel):
        return {name: getattr(params, name) for name in type(params).model_fields}
    return {"": params} if params is not None else {}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What differs between the parts of two keys, in words: `params changed (bars, unit)`."""
    names = [name for name in (*after, *before) if before.get(name) != after.get(name)]
    names = list(dict.fromkeys(names))
    own = [name.removeprefix("params.") for name in names if name.startswith("params.")]
    words = [f"params changed ({', '.join(own)})"] if own else []
    for name in names:
        if not name.startswith("params."):
            verb = "added" if name not in before else "removed" if name not in after else "changed"
            words.append(f"{name} {verb}")
    if len(words) > 4:
        words = [*words[:3], f"and {len(words) - 3} more"]
    return ", ".join(words)


ROOT = Path(__file__).parents[1]

DRAWING: tuple[str, ...] = (
    "kinds",
    "stage",
    "footage",
    "compositor",
    "runs",
    "facts",
    "theme.py",
    "timing.py",
    "fonts.py",
    "icc.py",
)
"""The packages and modules whose code can change a pixel. What only reads, plans or checks is not among
them: what it finds is in the keys itself."""

DESCRIBING = ("compositor/geometry.py", "compositor/samples.py")
"""Describe a finished picture for the checks, under a key of their own: better checks draw nothing again."""


def source_digests(kind: SceneKind, code_folder: Path | None = None) -> dict[str, str]:
    """Digests by name: of each package that draws, and of the code beside the storyboard that does."""
    folder = code_folder if kind.packaged else kind.file.parent
    # Code beside a storyboard may change while a watching process runs; the package's code may not.
    own = {path.name: digest_file(path) for path in sorted(folder.glob("*.py"))} if folder else {}
    name = "the storyboard's folder" if kind.packaged else f"kind {kind.name}"
    found = {name: digest_value(own)} if own else {}
    return found | {name.removesuffix(".py"): code_digest(name) for name in DRAWING}


@cache
def code_digest(*names: str) -> str:
    """Digest of the packages and modules of those paths below `explainers`, without what describes."""
    files: list[Path] = []
    describing = {ROOT / name for name in DESCRIBING}
    for name in names:
        path = ROOT / name
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        files += [file for file in found if name in DESCRIBING or file not in describing]
    return digest_value({file.relative_to(ROOT).as_posix(): digest_file(file) for file in files})


def described(digests: Mapping[str, str]) -> dict[str, str]:
    """The digests under the names that reasons use: `the source of stage`."""
    return {f"the source of {name}": digest for name, digest in digests.items()}


_NAMES = "manim manimpango pycairo numpy av pillow matplotlib typst moviepy resvg_py"
LIBRARIES = tuple(_NAMES.split())
FOOTAGE = ("pypdfium2", "wcwidth", *FALLBACKS)
_TEXT = {
    "pango-1.0": "pango_version_string",
    "harfbuzz": "hb_version_string",
    "pixman-1": "pixman_version_string",
}
"""What lays out and paints text below Manim, with the function that tells the version."""

_AV_LIBRARIES = ("libx264", "libswscale", "libavcodec", "libavformat")


@cache
def versions() -> dict[str, str]:
    """Package versions by name, and `cairo` and `libx264` as they are installed here."""
    found = {"explainers": _version("explainers")}
    found |= {name: _version(name) for name in LIBRARIES}
    return {**found, "cairo": _cairo(), **_text_libraries(), **_libraries()}


@cache
def footage_versions() -> dict[str, str]:
    """Versions of what the extras `footage` and `fonts` bring; `missing` where it is not installed."""
    return {name: _version(name) for name in FOOTAGE}


@cache
def drawing_versions() -> dict[str, str]:
    """The versions that can change a pixel; our own is not one, our sources are in the keys."""
    own = {name: value for name, value in versions().items() if name != "explainers"}
    return own | footage_versions()


@cache
def encoding_versions() -> dict[str, str]:
    """The versions that decide the bytes that pixels are encoded to."""
    return {name: value for name, value in versions().items() if name == "av" or name in _AV_LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _cairo() -> str:
    import cairo

    return cairo.cairo_version_string()


def _text_libraries() -> dict[str, str]:
    """The machine's own libraries, asked for their versions; `unknown` where one goes by another name."""
    found = {}
    for name, function in _TEXT.items():
        file = f"lib{name}.0.dylib" if sys.platform == "darwin" else f"lib{name}.so.0"
        try:
            ask = getattr(ctypes.CDLL(file), function)
        except (OSError, AttributeError):
            found[name.removesuffix("-1.0").removesuffix("-1")] = "unknown"
            continue
        ask.restype = ctypes.c_char_p
        found[name.removesuffix("-1.0").removesuffix("-1")] = ask().decode()
    return found


def _libraries() -> dict[str, str]:
    """PyAV's wheels carry their libraries under names that end in a digest and a version."""
    try:
        package = Path(str(distribution("av").locate_file("av")))
    except PackageNotFoundError:
        return {"libx264": "missing"}
    found = {}
    for folder in (package.with_name("av.libs"), package / ".dylibs"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            name = path.name.split("-")[0].split(".")[0]
            if name in _AV_LIBRARIES:
                found[name] = path.name.removeprefix(name).strip("-.")
    return found or {"libx264": _built_in()}


def _built_in() -> str:
    """Of a PyAV built against the machine's own libraries."""
    import av

    return " ".join(
        f"{name}={'.'.join(map(str, parts))}" for name, parts in sorted(av.library_versions.items())
    )


@cache
def font_digests() -> dict[str, str]:
    """Digest of every font file, by its name; MissingDependency where a font is not there."""
    return {path.name: digest_file(path) for family in FAMILIES for path in font_files(family)}
