"""Products by key: written to a scratch folder, renamed in, and verified when they are read; and their care.

A product is a folder of files, `<2>/<key>/`, with `product.json` beside them: the sha256 of each file,
what it was made from, and an HMAC over all of that, under the key of whoever made it (`trust.store_key`). A
product whose bytes are not the recorded ones, whose record is not what was written, or whose record was
written under another key, is treated as absent: a store that a project came with shows nothing. Nothing here
is forced to disk: what a power failure takes away is made again. Any number of processes may use one store:
whoever renames first wins, and both wrote the same bytes.

A product was last used when its record was last looked at, or when a product that uses it was. What went
longest without use goes first; nothing goes that a running render may have looked up, and nothing of the
last hour.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from explainers.digest import digest_file
from explainers.errors import RenderFailed
from explainers.inputs import content
from explainers.scratch import Scratch, holders, reported
from explainers.trust import authenticator, key_name, store_key

RECORD = "product.json"
LAYOUT = "3"
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
    """Products under `root`, of those who have its `secret`: this person's, unless another one is given.

    `foreign` counts the looks at products that were made with another. RenderFailed, saying what it is,
    where the disk is full or read-only.
    """

    def __init__(self, root: Path, secret: str | None = None):
        self.root, self._secret = root, secret
        self.foreign = 0

    @property
    def secret(self) -> str:
        """What records are authenticated with."""
        self._secret = self._secret or store_key()
        return self._secret

    @cached_property
    def _scratch(self) -> Scratch:
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
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def needed(self, key: str) -> Product:
        """The product of that key; RenderFailed where it is not there although it was made."""
        product = self.find(key)
        if product is None:
            raise RenderFailed(f"the product {key[:12]} went missing from {self.root}")
        return product

    def digests(self, key: str) -> dict[str, str]:
        """The recorded sha256 of each file of a product that is there, by name."""
        return {name: facts["sha256"] for name, facts in self._record(key)["files"].items()}

    def _record(self, key: str) -> dict[str, Any]:
        """The record of a product; ValueError where it is not what was written under our key."""
        return self.opened(content(self._folder(key) / RECORD))

    def sealed(self, facts: Mapping[str, Any]) -> bytes:
        """Plain facts as they are written: with our key's name, and their HMAC under it."""
        facts = {**facts, "by": key_name(self.secret)}
        # As they will be read: names that are numbers become text.
        facts["hmac"] = self._hmac(json.loads(json.dumps(facts)))
        return json.dumps(facts, indent=1, sort_keys=True).encode()

    def opened(self, data: bytes) -> dict[str, Any]:
        """The facts that were sealed; ValueError for others, and for those of another key."""
        facts = json.loads(data)
        if not isinstance(facts, dict):
            raise ValueError("this is no record")
        if facts.get("by") != key_name(self.secret):
            self.foreign += 1
            raise ValueError("this was written with another key")
        if not hmac.compare_digest(str(facts.pop("hmac", "")).encode(), self._hmac(facts).encode()):
            raise ValueError("this record is damaged")
        del facts["by"]
        return facts

    def _hmac(self, facts: Mapping[str, Any]) -> str:
        return authenticator(self.secret, json.dumps(facts, sort_keys=True))

    @contextlib.contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """A new folder to write files of a product in; `keep` moves it in, else it goes away."""
        with reported("the store", self.root), self._scratch.folder(key[:16]) as folder:
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
            (folder / RECORD).write_bytes(self.sealed(record))
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
        with self._scratch.folder("damaged") as grave, contextlib.suppress(FileNotFoundError):
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
        before = self.foreign
        try:
            return self.opened(content(self._memory(name)))
        except (OSError, ValueError, RecursionError):
            # What is counted is products.
            self.foreign = before
            return {}

    def remember(self, name: str, facts: Mapping[str, Any]) -> None:
        """Remember plain facts under `name`, in place of what was there; skipped where it is equal."""
        if self.recall(name) == facts:
            return
        path = self._memory(name)
        with reported("the store", self.root), self._scratch.folder("memory") as folder:
            path.parent.mkdir(parents=True, exist_ok=True)
            (folder / "facts.json").write_bytes(self.sealed(facts))
            (folder / "facts.json").replace(path)

    def _memory(self, name: str) -> Path:
        parts = [re.sub(r"[^A-Za-z0-9_.-]", "_", part) or "_" for part in name.split("/")]
        return self.root.joinpath(".last", *(f"{part}.d" for part in parts[:-1]), f"{parts[-1]}.json")

    def clean(self) -> int:
        """Remove what killed runs left behind; how many leftovers there were."""
        if not self.root.is_dir():
            return 0
        return self._scratch.clean() + Scratch(self.root / USERS).clean()


def _note_use(record: Path) -> None:
    """A store that can't be written is used all the same."""
    with contextlib.suppress(OSError):
        if time.time() - record.stat().st_mtime > USED_AGAIN_S:
            os.utime(record)


GRACE_S = 3600.0
DAY_S = 86_400.0
_SORTS = {"clip.mp4": "encoded frames", "capture.mp4": "conformed captures", "still.png": "stills"}


@dataclass(frozen=True)
class Kept:
    """A product as it lies in the store: its bytes on disk, and when it was last used (epoch seconds)."""

    key: str
    folder: Path
    bytes: int
    used_at: float
    sort: str
    uses: tuple[str, ...]


@dataclass(frozen=True)
class Stats:
    """How many products of each sort there are and their bytes; `oldest_use` in epoch seconds, if any."""

    products: int
    bytes: int
    sorts: Mapping[str, tuple[int, int]]
    oldest_use: float | None
    running: int


@dataclass(frozen=True)
class Collected:
    """What a collection took away, and what is left."""

    removed: int
    removed_bytes: int
    left: int
    left_bytes: int


def stats(store: Store) -> Stats:
    """Counts and sizes."""
    sorts: dict[str, tuple[int, int]] = {}
    products = kept(store)
    for product in products:
        count, size = sorts.get(product.sort, (0, 0))
        sorts[product.sort] = count + 1, size + product.bytes
    oldest = min((product.used_at for product in products), default=None)
    total = sum(product.bytes for product in products)
    return Stats(len(products), total, sorts, oldest, len(holders(store.root / USERS)))


def damaged(store: Store) -> list[Kept]:
    """The products whose bytes are not the recorded ones, or which lack a product that they use; and those
    of another key."""
    return [one for one in kept(store) if store.find(one.key) is None]


def foreign(store: Store, product: Kept) -> bool:
    """Whether a product was made with another key than the store's."""
    before = store.foreign
    with contextlib.suppress(OSError, ValueError, RecursionError):
        store.opened(content(product.folder / RECORD))
    return store.foreign > before


def remove(store: Store, products: Iterable[Kept]) -> int:
    """Take products away, each in one step; how many were there."""
    count = 0
    with reported("the store", store.root):
        for product in products:
            with Scratch(store.root / ".aside").folder("removed") as grave:
                try:
                    product.folder.rename(grave / "product")
                except FileNotFoundError:
                    continue
                shutil.rmtree(grave / "product", ignore_errors=True)
                count += 1
    return count


def collect(
    store: Store, max_bytes: int | None = None, keep_days: float | None = None, now: float | None = None
) -> Collected:
    """Remove what was not used for `keep_days`, then what was used longest ago until `max_bytes` are left.

    Safe beside running renders and other collections.
    """
    now = time.time() if now is None else now
    products = kept(store)
    used_at = _used_at(products)
    products.sort(key=lambda one: used_at[one.key])
    horizon = min([now - GRACE_S, *(begun - USED_AGAIN_S for begun in holders(store.root / USERS))])
    left = sum(product.bytes for product in products)
    gone: list[Kept] = []
    for product in products:
        if used_at[product.key] > horizon:
            break
        too_old = keep_days is not None and used_at[product.key] < now - keep_days * DAY_S
        if too_old or (max_bytes is not None and left > max_bytes):
            gone.append(product)
            left -= product.bytes
    # Those that use others go first: what is killed in the middle leaves nothing that lacks something.
    gone.sort(key=lambda one: not one.uses)
    removed = remove(store, gone)
    return Collected(removed, sum(one.bytes for one in gone), len(products) - len(gone), left)


def _used_at(products: Iterable[Kept]) -> dict[str, float]:
    """When each product was last used, itself or by those that use it."""
    known = {product.key: product for product in products}
    times = {one.key: one.used_at for one in known.values()}
    waiting = list(known.values())
    while waiting:
        one = waiting.pop()
        for key in one.uses:
            if key in known and times[key] < times[one.key]:
                times[key] = times[one.key]
                waiting.append(known[key])
    return times


def kept(store: Store) -> list[Kept]:
    """Every product folder of a store, damaged ones too, by key."""
    found = []
    for folder in store.root.glob("[0-9a-f][0-9a-f]/*"):
        try:
            files = {path.name: path.stat().st_size for path in folder.iterdir()}
            used_at = (folder / RECORD if RECORD in files else folder).stat().st_mtime
        except OSError:
            # Another process has just taken it away.
            continue
        sort = next((words for name, words in _SORTS.items() if name in files), "records")
        found.append(Kept(folder.name, folder, sum(files.values()), used_at, sort, _uses(folder)))
    return sorted(found, key=lambda one: one.key)


def _uses(folder: Path) -> tuple[str, ...]:
    try:
        found = json.loads(content(folder / RECORD)).get("uses", [])
        return tuple(key for key in found if isinstance(key, str))
    except (OSError, ValueError, AttributeError, TypeError):
        return ()
