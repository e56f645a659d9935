"""Writing into somebody's site: inside its folder only, whole files or none, unchanged files untouched."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from explainers.digest import digest_file
from explainers.errors import UsageError


@dataclass(frozen=True)
class Planned:
    """A file to be there: text, or a copy of another file."""

    path: Path
    content: str | Path

    @property
    def bytes(self) -> int:
        """Its size."""
        return len(self.content.encode()) if isinstance(self.content, str) else self.content.stat().st_size

    @property
    def is_current(self) -> bool:
        """Whether the file is there with this content."""
        if not self.path.is_file():
            return False
        if isinstance(self.content, str):
            return self.path.read_bytes() == self.content.encode()
        same_size = self.path.stat().st_size == self.content.stat().st_size
        return same_size and digest_file(self.path) == digest_file(self.content)


def inside(root: Path, relative: str | Path) -> Path:
    """`relative` under `root`. UsageError where it, or a link on the way, leads out of it."""
    path = root / relative
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{relative} leads out of {root}")
    return path


def planned(root: Path, files: Mapping[str, str | Path]) -> list[Planned]:
    """The files by their path from `root`, each checked to be inside it."""
    return [Planned(inside(root, relative), content) for relative, content in files.items()]


def write(path: Path, content: str | Path | bytes) -> None:
    """Write beside, then rename in: a reader sees the old file or the new one. The mode is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(content, Path):
                with content.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(content.encode() if isinstance(content, str) else content)
        aside.chmod(target.stat().st_mode if target.exists() else 0o644)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
