"""The font files that come with the package's dependencies: the same on every machine."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from explainers.errors import MissingDependency

PACKAGES = {"Inter": "fontpkg-inter", "JetBrains Mono": "fontpkg-jetbrains-mono"}
"""The package that carries each family."""


@cache
def font_files(family: str) -> tuple[Path, ...]:
    """The upright variable fonts of a family; MissingDependency where its package is not there."""
    package = PACKAGES[family]
    try:
        root = Path(str(distribution(package).locate_file(package.replace("-", "_"))))
    except PackageNotFoundError:
        raise MissingDependency(f"no font {family}; install it with `pip install {package}`") from None
    found = tuple(sorted(path for path in root.rglob("*.ttf") if "Italic" not in path.name))
    if not found:
        raise MissingDependency(
            f"{package} holds no font file; install it again with `pip install {package}`"
        )
    return found
