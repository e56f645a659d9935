"""Products by key: written aside, renamed in, and verified when they are read.

A product is a folder of files, `<2>/<key>/`, with `product.json` beside them: the sha256 of each file,
what it was made from, and a seal over all of that. A product whose bytes are not the recorded ones, or
whose record is not the sealed one, is treated as absent. So nothing here is forced to disk: what a power
failure takes away is made again. Any number of processes may use one store: whoever renames first wins, and
both wrote the same bytes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from explainers.digest import digest_bytes, digest_file
from explainers.errors import RenderFailed
from explainers.scratch import Scratch, reported

RECORD = "product.json"
LAYOUT = "2"
"""Version of the store's own layout; part of every key."""
USERS = ".users"
USED_AGAIN_S = 60.0
"""A use is noted by the time of the record, no more often than this: it costs a system call."""


@dataclass(frozen=True)
class Product:
    """A finished product: its key, its files by name, and what was noted when it was made.

    `uses` are the keys of products that it is nothing without.
    """

    key: str
    files: Mapping[str, Path]
    notes: Mapping[str, Any]
    uses: tuple[str, ...] = ()


class Store:
    """Products under `root`. RenderFailed, saying what it is, where the disk is full or read-only."""

    def __init__(self, root: Path):
        self.root = root

    @cached_property
    def _aside(self) -> Scratch:
        return Scratch(self.root / ".aside")

    def find(self, key: str) -> Product | None:
        """The product of that key, its files verified; None where there is none, it is damaged, or one that
        it uses is."""
        folder = self._folder(key)
        try:
            record = self._record(key)
            files = {name: folder / name for name in record["files"]}
            for name, path in files.items():
                facts = record["files"][name]
                if path.stat().st_size != facts["bytes"] or digest_file(path) != facts["sha256"]:
                    return None
            uses = tuple(record["uses"])
            if record["key"] != key or any(self.find(used) is None for used in uses):
                return None
            _note_use(folder / RECORD)
            return Product(key, files, record["notes"], uses)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def digests(self, key: str) -> dict[str, str]:
        """The recorded sha256 of each file of a product that is there, by name."""
        return {name: facts["sha256"] for name, facts in self._record(key)["files"].items()}

    def _record(self, key: str) -> dict[str, Any]:
        """The record of a product; ValueError where it is not what was sealed."""
        record: dict[str, Any] = json.loads((self._folder(key) / RECORD).read_text(encoding="utf-8"))
        if record.pop("seal", None) != _seal(record):
            raise ValueError(f"the record of {key} is damaged")
        return record

    @contextlib.contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """A new folder to write files of a product in; `keep` moves it in, else it goes away."""
        with reported("the store", self.root), self._aside.folder(key[:16]) as folder:
            yield folder

    def keep(
        self, key: str, folder: Path, notes: Mapping[str, Any] | None = None, uses: Sequence[str] = ()
    ) -> Product:
        """Make what was written in `folder` the product of `key`; another's finished one stays."""
        with reported("the store", self.root):
            files = {}
            for path in sorted(folder.iterdir()):
                files[path.name] = {"bytes": path.stat().st_size, "sha256": digest_file(path)}
            record = {"key": key, "files": files, "notes": dict(notes or {}), "uses": list(uses)}
            # As it will be read: names that are numbers become text.
            record["seal"] = _seal(json.loads(json.dumps(record)))
            (folder / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
            self._rename_in(folder, key)
        kept = self.find(key)
        if kept is None:
            raise RenderFailed(f"the store at {self.root} did not give back what was written to it")
        return kept

    def _rename_in(self, folder: Path, key: str) -> None:
        target = self._folder(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            try:
                folder.rename(target)
                return None
            except OSError:
                if not target.exists():
                    raise
            # Of this folder alone: a store that also looks elsewhere would come back here.
            if Store.find(self, key) is not None:
                return None
            self._discard(target)
        raise RenderFailed(f"another process keeps changing {target}")

    def _discard(self, target: Path) -> None:
        with self._aside.folder("damaged") as grave, contextlib.suppress(FileNotFoundError):
            target.rename(grave / "product")

    def _folder(self, key: str) -> Path:
        return self.root / key[:2] / key

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """While this is open, no care of the store takes away what is looked up here or made."""
        with contextlib.ExitStack() as held:
            # From a store that can't be written nothing can be taken away either.
            with contextlib.suppress(OSError):
                held.enter_context(Scratch(self.root / USERS).folder("user"))
            yield

    # -- what was made last ---------------------------------------------------------------------

    def recall(self, name: str) -> dict[str, Any]:
        """What was last remembered under `name`, such as `drex/race`; empty where nothing was."""
        try:
            found = json.loads(self._memory(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def remember(self, name: str, facts: Mapping[str, Any]) -> None:
        """Remember plain facts under `name`, in place of what was there; skipped where it is equal."""
        if self.recall(name) == facts:
            return
        path = self._memory(name)
        with reported("the store", self.root), self._aside.folder("memory") as folder:
            path.parent.mkdir(parents=True, exist_ok=True)
            (folder / "facts.json").write_text(json.dumps(facts, sort_keys=True), encoding="utf-8")
            (folder / "facts.json").replace(path)

    def _memory(self, name: str) -> Path:
        parts = [re.sub(r"[^A-Za-z0-9_.-]", "_", part) or "_" for part in name.split("/")]
        return self.root.joinpath(".last", *(f"{part}.d" for part in parts[:-1]), f"{parts[-1]}.json")

    def clean(self) -> int:
        """Remove what killed runs left behind; how many leftovers there were."""
        if not self.root.is_dir():
            return 0
        return self._aside.clean() + Scratch(self.root / USERS).clean()


def _seal(record: Mapping[str, Any]) -> str:
    """A digest over a record: one flipped letter of a name would else be another product."""
    return digest_bytes(json.dumps(record, sort_keys=True).encode())


def _note_use(record: Path) -> None:
    """A store that can't be written is used all the same."""
    with contextlib.suppress(OSError):
        if time.time() - record.stat().st_mtime > USED_AGAIN_S:
            os.utime(record)
