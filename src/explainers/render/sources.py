"""The code that draws, as digests: part of every key, so that a changed program draws again.

The packages that draw are digested whole, and named below. That gives something up: an edit of one kind, or
of a log reader, lays out and compares the shots of all kinds, also of those that don't use it. Pixels that
come out the same are still not encoded again, and an installed package does not change. Nothing has to be
guessed from imports, and nothing that draws can be missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import explainers
from explainers.digest import digest_file, digest_value
from explainers.kinds import Kind

ROOT = Path(explainers.__file__).parent

DRAWING = ("kinds", "stage", "footage", "film", "runs", "facts", "theme.py", "timing.py", "fonts.py")
"""The packages and modules whose code can change a pixel. What only reads, plans or checks is not among
them: what it finds is in the keys itself."""

DESCRIBING = "film/geometry.py"
"""Describes a finished picture for the checks, and has a key of its own: better checks draw nothing again."""


def source_digests(kind: Kind) -> dict[str, str]:
    """Digests by name: of each package that draws, and of a kind's own files where they are not in one."""
    own = [path for path in kind.source_files if not path.is_relative_to(ROOT)]
    # A scene beside a storyboard may change while a watching process runs; the package's code may not.
    found = {f"kind {kind.name}": digest_value({path.name: digest_file(path) for path in own})} if own else {}
    return found | {name.removesuffix(".py"): code_digest(name) for name in DRAWING}


@cache
def code_digest(*names: str) -> str:
    """Digest of the packages and modules of those paths below `explainers`, without what describes."""
    files: list[Path] = []
    for name in names:
        path = ROOT / name
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        files += [file for file in found if name == DESCRIBING or file != ROOT / DESCRIBING]
    return digest_value({file.relative_to(ROOT).as_posix(): digest_file(file) for file in files})


def described(digests: Mapping[str, str]) -> dict[str, str]:
    """The digests under the names that reasons use: `the source of stage`."""
    return {f"the source of {name}": digest for name, digest in digests.items()}
