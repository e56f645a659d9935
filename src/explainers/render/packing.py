"""Values as bytes with their paths beside them, so that who unpacks may have the files elsewhere."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def pack(value: Any) -> tuple[bytes, tuple[Path, ...]]:
    """The bytes of a value, which hold no path of this machine, and the paths they are nothing without.

    The same value gives the same bytes wherever its files lie.
    """
    held = io.BytesIO()
    packer = _Packer(held, protocol=5)
    packer.dump(value)
    return held.getvalue(), tuple(packer.paths)


def unpack(packed: bytes, paths: Sequence[Path]) -> Any:
    """The value again, with `paths` in place of those it was packed with, in their order."""
    return _Unpacker(io.BytesIO(packed), paths).load()


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, protocol: int):
        super().__init__(file, protocol)
        self.paths: dict[Path, int] = {}

    def persistent_id(self, value: Any) -> int | None:
        return self.paths.setdefault(value, len(self.paths)) if isinstance(value, Path) else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, paths: Sequence[Path]):
        super().__init__(file)
        self._paths = paths

    def persistent_load(self, number: Any) -> Path:
        return self._paths[number]
