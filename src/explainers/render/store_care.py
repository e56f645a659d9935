"""The care of a store: what is in it, whether it is whole, and what may go.

A product was last used when its record was last looked at, or when a product that uses it was. What went
longest without use goes first; nothing goes that a running render may have looked up, and nothing of the
last hour.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from explainers.render.store import RECORD, USED_AGAIN_S, USERS, Store
from explainers.scratch import Scratch, holders, reported

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


def kept(store: Store) -> list[Kept]:
    """Every product folder of a store, damaged ones too, by key."""
    return sorted(_kept(store), key=lambda one: one.key)


def stats(store: Store) -> Stats:
    """Counts and sizes."""
    sorts: dict[str, tuple[int, int]] = {}
    products = kept(store)
    for one in products:
        count, size = sorts.get(one.sort, (0, 0))
        sorts[one.sort] = count + 1, size + one.bytes
    oldest = min((one.used_at for one in products), default=None)
    total = sum(one.bytes for one in products)
    return Stats(len(products), total, sorts, oldest, len(holders(store.root / USERS)))


def damaged(store: Store) -> list[Kept]:
    """The products whose bytes are not the recorded ones, or which lack a product that they use."""
    return [one for one in kept(store) if store.find(one.key) is None]


def remove(store: Store, products: Iterable[Kept]) -> int:
    """Take products away, each in one step; how many were there."""
    count = 0
    with reported("the store", store.root):
        for one in products:
            with Scratch(store.root / ".aside").folder("removed") as grave:
                try:
                    one.folder.rename(grave / "product")
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
    left = sum(one.bytes for one in products)
    gone: list[Kept] = []
    for one in products:
        if used_at[one.key] > horizon:
            break
        too_old = keep_days is not None and used_at[one.key] < now - keep_days * DAY_S
        if too_old or (max_bytes is not None and left > max_bytes):
            gone.append(one)
            left -= one.bytes
    # Those that use others go first: what is killed in the middle leaves nothing that lacks something.
    gone.sort(key=lambda one: not one.uses)
    removed = remove(store, gone)
    return Collected(removed, sum(one.bytes for one in gone), len(products) - len(gone), left)


def _used_at(products: Iterable[Kept]) -> dict[str, float]:
    """When each product was last used, itself or by those that use it."""
    known = {one.key: one for one in products}
    times = {one.key: one.used_at for one in known.values()}
    waiting = list(known.values())
    while waiting:
        one = waiting.pop()
        for key in one.uses:
            if key in known and times[key] < times[one.key]:
                times[key] = times[one.key]
                waiting.append(known[key])
    return times


def _kept(store: Store) -> Iterator[Kept]:
    for folder in store.root.glob("[0-9a-f][0-9a-f]/*"):
        try:
            files = {path.name: path.stat().st_size for path in folder.iterdir()}
            used_at = (folder / RECORD).stat().st_mtime if RECORD in files else folder.stat().st_mtime
        except OSError:
            # Another process has just taken it away.
            continue
        sort = next((words for name, words in _SORTS.items() if name in files), "records")
        yield Kept(folder.name, folder, sum(files.values()), used_at, sort, _uses(folder))


def _uses(folder: Path) -> tuple[str, ...]:
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8")).get("uses", [])
        return tuple(key for key in found if isinstance(key, str))
    except (OSError, ValueError, AttributeError, TypeError):
        return ()
