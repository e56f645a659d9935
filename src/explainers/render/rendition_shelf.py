"""Where encoded parts are kept from one run to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Protocol


class Kept(Protocol):
    """What is kept under a key: files by name, and what was noted of them."""

    @property
    def files(self) -> Mapping[str, Path]: ...

    @property
    def notes(self) -> Mapping[str, Any]: ...


class Shelf(Protocol):
    """Keeps files by key; the project's store is one."""

    def find(self, key: str) -> Kept | None: ...

    def making(self, key: str) -> AbstractContextManager[Path]: ...

    def keep(self, key: str, folder: Path, notes: Mapping[str, Any] | None = None) -> Kept: ...


@dataclass(frozen=True)
class _Held:
    files: Mapping[str, Path]
    notes: Mapping[str, Any]


@dataclass
class Unkept:
    """A shelf for one run, in `folder`, where there is no store."""

    folder: Path
    _held: dict[str, _Held] = field(default_factory=dict)

    def find(self, key: str) -> Kept | None:
        """See Shelf."""
        return self._held.get(key)

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """See Shelf."""
        yield Path(mkdtemp(prefix=key[:16], dir=self.folder))

    def keep(self, key: str, folder: Path, notes: Mapping[str, Any] | None = None) -> Kept:
        """See Shelf."""
        files = {path.name: path for path in sorted(folder.iterdir())}
        return self._held.setdefault(key, _Held(files, dict(notes or {})))
