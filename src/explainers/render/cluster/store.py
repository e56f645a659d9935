"""A store beside a shared one: what it lacks it fetches, and what it keeps it puts there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from explainers.render.cluster.shared import SharedFiles
from explainers.render.store import Product, Store


class SharedStore(Store):
    """A store whose products are exchanged with other machines."""

    def __init__(self, root: Path, shared: SharedFiles):
        super().__init__(root)
        self._shared = shared
        self._theirs: set[str] = set()

    def find(self, key: str) -> Product | None:
        """See Store; a product that is not here is fetched, with those that it uses."""
        return super().find(key) or self._fetched(key)

    def keep(
        self, key: str, folder: Path, notes: Mapping[str, Any] | None = None, uses: Sequence[str] = ()
    ) -> Product:
        """See Store; the product and those it uses are put into the shared store as well."""
        product = super().keep(key, folder, notes, uses)
        self._put(product)
        return product

    def offer(self, key: str) -> None:
        """Put a product that is here into the shared store, if it is not there."""
        if key not in self._theirs and (product := super().find(key)) is not None:
            self._put(product)

    def have(self, keys: Iterable[str]) -> bool:
        """Whether all these products are here now, fetched where they were not."""
        found = [self.find(key) for key in keys]
        return None not in found

    def forget(self) -> None:
        """Believe nothing any more of what is in the shared store."""
        self._theirs.clear()

    def _fetched(self, key: str) -> Product | None:
        record = self._shared.record(key)
        if record is None:
            return None
        with self.making(key) as folder:
            # All of them, even after one that is damaged: what is damaged is removed by being read.
            files = [self._shared.get(sha256, folder / name) for name, sha256 in record["files"].items()]
            uses = [self.find(used) is not None for used in record["uses"]]
            if not all(files + uses):
                return None
            self._theirs.add(key)
            return super().keep(key, folder, record["notes"], record["uses"])

    def _put(self, product: Product) -> None:
        for used in product.uses:
            self.offer(used)
        digests = self.digests(product.key)
        for name, path in product.files.items():
            self._shared.put(path, digests[name])
        record = {"files": digests, "notes": dict(product.notes), "uses": list(product.uses)}
        with self.making(product.key) as folder:
            self._shared.put_record(product.key, record, folder)
        self._theirs.add(product.key)
