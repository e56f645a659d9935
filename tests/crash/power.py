"""Power loss, simulated: a record of what was forced to disk and renamed, and the disks that may be left.

The model is that of a file system that keeps its names in order and promises nothing else: renames survive
up to some point, all before it and none after; a file's bytes survive only if they were forced to disk
(fsync) before the power went, otherwise the file is there and empty. Real file systems are kinder. It does
not simulate torn sectors, or disks that lie about having written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Rename:
    """What was renamed to `target`: the files in it by relative path, each with its inode and its bytes."""

    target: Path
    files: dict[str, tuple[int, bytes]]
    synced: frozenset[int]
    """The inodes whose bytes were on disk by then."""


@dataclass
class Record:
    """Renames in their order. `loose` are folders with a rename in them that was not forced to disk."""

    root: Path
    before: Path
    renames: list[Rename] = field(default_factory=list)
    synced: set[int] = field(default_factory=set)
    loose: set[int] = field(default_factory=set)

    def disk_after(self, count: int, place: Path) -> Path:
        """The project at `place`, as it is if the power fails right after rename number `count` survived."""
        shutil.copytree(self.before, place)
        for number, rename in enumerate(self.renames[:count], 1):
            synced = self.renames[count - 1].synced if number <= count else rename.synced
            target = place / rename.target.relative_to(self.root)
            if target.is_dir():
                shutil.rmtree(target)
            for name, (inode, data) in rename.files.items():
                path = target / name if name else target
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data if inode in synced else b"")
        return place


@contextmanager
def recorded(root: Path, before: Path, monkeypatch) -> Iterator[Record]:
    """Record what this process does below `root`; `before` receives a copy of how it was."""
    shutil.copytree(root, before)
    record = Record(root, before)
    real = {name: getattr(os, name) for name in ("fsync", "rename", "replace")}

    def fsync(handle: int) -> None:
        real["fsync"](handle)
        inode = os.fstat(handle).st_ino
        record.synced.add(inode)
        record.loose.discard(inode)

    def renaming(name: str):
        def rename(source: str | Path, target: str | Path, **more: object) -> None:
            source, target = Path(source), Path(target)
            files = _files(source)
            real[name](source, target, **more)
            # What is thrown away or still aside is not looked at by anyone.
            if target.is_relative_to(root) and ".aside" not in target.parts:
                record.renames.append(Rename(target, files, frozenset(record.synced)))
                record.loose.add(target.parent.stat().st_ino)

        return rename

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        patch.setattr(os, "rename", renaming("rename"))
        patch.setattr(os, "replace", renaming("replace"))
        yield record


def _files(source: Path) -> dict[str, tuple[int, bytes]]:
    if source.is_file():
        return {"": (source.stat().st_ino, source.read_bytes())}
    paths = [path for path in source.rglob("*") if path.is_file()]
    return {path.relative_to(source).as_posix(): (path.stat().st_ino, path.read_bytes()) for path in paths}
