"""Which code a kind's picture depends on, and the digest of it: followed from import to import.

What only decides a picture's inputs (reading, planning, checking) is left out: the inputs are in the
key themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import explainers
from explainers.digest import digest_file, digest_value
from explainers.kinds import Kind

ROOT = Path(explainers.__file__).parent
ROOMS = frozenset(("kinds", "stage", "footage", "film", "runs", "facts", "fonts", "theme", "timing"))
"""The rooms whose code can change a pixel."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from (explainers[.\w]*) import (\([^)]*\)|[^\n]*)|import (explainers[.\w]+))", re.M
)
_ONLY_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+[^\n]*\n|\n)*", re.M)
_EVERY_PICTURE = ("explainers.kinds", "explainers.kinds.base", "explainers.film.record")


def source_digests(kind: Kind, handed: Iterable[str] = ()) -> dict[str, str]:
    """One digest for the kind's own source and one for each room it leans on, by name.

    `handed` are modules of objects that a picture is given without importing them.
    """
    files = tuple(kind.source_files)
    # A scene beside a storyboard may change while a watching process runs; the package's code may not.
    packaged = all(path.is_relative_to(ROOT) for path in files)
    find = _packaged_digests if packaged else _digests
    return dict(find(kind.name, files, tuple(handed)))


def _digests(name: str, files: tuple[Path, ...], handed: tuple[str, ...]) -> dict[str, str]:
    own = {_shown(path): digest_file(path) for path in files}
    reached = _reached({*_files_of([*_EVERY_PICTURE, *handed]), *files}) - set(files)
    rooms: dict[str, dict[str, str]] = {}
    for path in sorted(reached):
        rooms.setdefault(_room(path), {})[_shown(path)] = _digest(path)
    return {
        f"kind {name}": digest_value(own),
        **{room: digest_value(files) for room, files in rooms.items()},
    }


_packaged_digests = cache(_digests)


@cache
def module_digest(*names: str) -> str:
    """Digest of modules and of everything in the same rooms that they import."""
    return digest_value({_shown(path): _digest(path) for path in sorted(_reached(_files_of(names)))})


def _reached(start: Iterable[Path]) -> set[Path]:
    found: set[Path] = set()
    pending = list(start)
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            pending += _imports(path)
    return found


def _imports(path: Path) -> tuple[Path, ...]:
    return _package_imports(path) if path.is_relative_to(ROOT) else _imports_now(path)


def _imports_now(path: Path) -> tuple[Path, ...]:
    text = _ONLY_TYPES.sub("", path.read_text(encoding="utf-8"))
    files: list[Path] = []
    for module, imported, plain in _IMPORT.findall(text):
        names = [f"{module}.{word}" for word in re.findall(r"\w+", imported)]
        modules = [file for name in names for file in _files_of([name])]
        # What is no module of its own is defined in the package, or brought in by it.
        files += (
            modules if names and len(modules) == len(names) else [*modules, *_files_of([module or plain])]
        )
    return tuple(file for file in dict.fromkeys(files) if _room(file) in ROOMS)


_package_imports = cache(_imports_now)
_digest = cache(digest_file)


def _files_of(names: Iterable[str]) -> list[Path]:
    files = []
    for name in names:
        base = ROOT.joinpath(*name.split(".")[1:])
        files += [
            file
            for file in (base.with_suffix(".py"), base / "__init__.py")
            if base != ROOT and file.is_file()
        ]
    return files


def _room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py") if path.is_relative_to(ROOT) else "scenes"


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def described(digests: Mapping[str, str]) -> dict[str, str]:
    """The digests under the names that reasons use: `the source of stage`."""
    return {f"the source of {name}": digest for name, digest in digests.items()}
