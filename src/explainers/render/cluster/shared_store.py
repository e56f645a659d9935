"""The shared store: files by their sha256, and the records of products by key, on a folder or in a bucket.

A task names the files it reads by sha256, and a worker fetches what it lacks. Everything that is read is
verified. What is damaged is removed, so that whoever has it puts it there again.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from explainers.digest import digest_file, digest_value
from explainers.errors import RenderFailed
from explainers.render.store import Product, Store
from explainers.render.tasks import Task, pack, unpack

_S3 = {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 2}}
"""Seconds, and how often S3 is tried again: a server that is gone is reported within half a minute."""


class SharedFiles:
    """What machines of a cluster exchange, at `url`. RenderFailed where it can't be read or written.

    Records are those of one key, `name`: those of others lie elsewhere and are not looked at. Credentials are
    never sent along: each machine has its own, as S3's tools find them.
    """

    def __init__(self, url: str, endpoint: str | None = None, name: str = "plain"):
        self.url, self._name = url, name
        with self._failing("can't be opened"):
            import fsspec

            options: dict[str, Any] = {"auto_mkdir": True}
            if url.startswith("s3:"):
                options = {"config_kwargs": _S3, "endpoint_url": endpoint, "use_listings_cache": False}
            self._files, self._root = fsspec.core.url_to_fs(url, **options)

    def has(self, sha256: str) -> bool:
        """Whether there is a file of that digest; it may be damaged."""
        with self._failing("can't be read"):
            return bool(self._files.exists(self._file(sha256)))

    def put(self, path: Path, sha256: str) -> None:
        """Put a file there under its digest, unless it is there."""
        if not self.has(sha256):
            self._write(path, self._file(sha256))

    def get(self, sha256: str, path: Path) -> bool:
        """Fetch a file to `path`; False where there is none, or one that is damaged and so removed."""
        remote = self._file(sha256)
        with self._failing("can't be read"):
            try:
                self._files.get_file(remote, str(path))
            except FileNotFoundError:
                return False
        if digest_file(path) == sha256:
            return True
        path.unlink()
        self._remove(remote)
        return False

    def record(self, key: str) -> bytes | None:
        """The record of a product as it was put there; None where there is none."""
        return self._content(self._record(key))

    def remove_record(self, key: str) -> None:
        """Remove a record that is damaged."""
        self._remove(self._record(key))

    def put_record(self, key: str, record: bytes, beside: Path) -> None:
        """Put the record of a product there, by way of the folder `beside`; its files come before it."""
        path = beside / f"{uuid4().hex}.json"
        path.write_bytes(record)
        try:
            self._write(path, self._record(key))
        finally:
            path.unlink()

    def mark(self, name: str, text: str) -> None:
        """Leave a mark that others can see; RenderFailed where nothing can be written."""
        with self._failing("can't be written"):
            try:
                self._files.pipe_file(self._mark(name), text.encode())
            except FileNotFoundError:
                raise OSError("there is no such bucket or folder") from None

    def marked(self, name: str) -> str | None:
        """The mark of that name, or None."""
        data = self._content(self._mark(name))
        return None if data is None else data.decode()

    def unmark(self, name: str) -> None:
        """Remove a mark."""
        self._remove(self._mark(name))

    # -- paths, and what can go wrong --------------------------------------------------------------

    def _file(self, sha256: str) -> str:
        return f"{self._root}/files/{sha256[:2]}/{sha256}"

    def _record(self, key: str) -> str:
        return f"{self._root}/products/{self._name}/{key[:2]}/{key}"

    def _mark(self, name: str) -> str:
        return f"{self._root}/marks/{name}"

    def _content(self, remote: str) -> bytes | None:
        with self._failing("can't be read"):
            try:
                return bytes(self._files.cat_file(remote))
            except FileNotFoundError:
                return None

    def _write(self, path: Path, remote: str) -> None:
        with self._failing("can't be written"):
            if not self.url.startswith("file:"):
                self._files.put_file(str(path), remote)
                return
            # A bucket shows an object once it is whole; in a folder that takes a rename.
            partial = f"{self._root}/aside/{uuid4().hex}"
            self._files.put_file(str(path), partial)
            self._files.makedirs(remote.rpartition("/")[0], exist_ok=True)
            self._files.mv(partial, remote)

    def _remove(self, remote: str) -> None:
        with self._failing("can't be written"), suppress(FileNotFoundError):
            self._files.rm_file(remote)

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            # A bucket's client may raise anything; whatever it is, it is reported in one line.
            reason = " ".join(str(error).split()) or type(error).__name__
            raise RenderFailed(f"the shared store {self.url} {what}: {reason}") from error


class SharedStore(Store):
    """A store whose products are exchanged with other machines."""

    def __init__(self, root: Path, shared: SharedFiles, secret: str | None = None):
        super().__init__(root, secret)
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
        data = self._shared.record(key)
        if data is None:
            return None
        try:
            record = self.opened(data)
            if record["key"] != key or any(Path(name).name != name for name in record["files"]):
                raise ValueError("this is the record of another product")
        except (ValueError, KeyError, TypeError, RecursionError):
            self._shared.remove_record(key)
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
        record = {
            "key": product.key,
            "files": digests,
            "notes": dict(product.notes),
            "uses": list(product.uses),
        }
        with self.making(product.key) as folder:
            self._shared.put_record(product.key, self.sealed(record), folder)
        self._theirs.add(product.key)


# -- names from elsewhere ------------------------------------------------------------------------------


def checked_name(name: str) -> str:
    """The name of a file in a folder; RenderFailed for what is none, and could lead elsewhere."""
    if not isinstance(name, str) or not name or name in (".", "..") or re.search(r"[/\\\0]", name):
        raise RenderFailed(f"{name!r} is not the name of a file")
    return name


def checked_path(path: str) -> str:
    """A path below a folder, each part of it a name; RenderFailed otherwise."""
    return "/".join(checked_name(part) for part in path.split("/"))


# -- files that tasks read ----------------------------------------------------------------------------

_NOT_SENT = ("__pycache__",)


@dataclass(frozen=True)
class Input:
    """A file or a folder of files: its name, and the sha256 of each file by its path below the folder.

    A plain file has the one path "". The task's own store has no files.
    """

    name: str
    files: tuple[tuple[str, str], ...]


STORE = Input("", ())


@dataclass(frozen=True)
class Parcel:
    """A task as it is sent: its bytes, and its paths in their order."""

    packed: bytes
    inputs: tuple[Input, ...]


class InputsGone(Exception):
    """An input is not in the shared store any more, or is damaged there."""


class Sender:
    """Packs tasks, and puts the files that they name into the shared store."""

    def __init__(self, shared: SharedFiles, store: Path):
        self._shared, self._store = shared, store
        self._digests: dict[tuple[Path, int, int], str] = {}
        self._sent: set[str] = set()

    def parcel(self, task: Task) -> Parcel:
        """A task packed, its files in the shared store. RenderFailed where a file of it has gone."""
        packed, paths = pack(task)
        return Parcel(packed, tuple(self._input(path) for path in paths))

    def forget(self) -> None:
        """Believe nothing any more of what is in the shared store."""
        self._sent.clear()

    def _input(self, path: Path) -> Input:
        if path == self._store:
            return STORE
        try:
            if path.is_dir():
                files = sorted(_files_in(path))
                return Input(path.name, tuple((name, self._put(file)) for name, file in files))
            return Input(path.name, (("", self._put(path)),))
        except FileNotFoundError as error:
            raise RenderFailed(f"the asset {error.filename} went missing while it was sent") from None

    def _put(self, path: Path) -> str:
        facts = path.stat()
        known = path, facts.st_mtime_ns, facts.st_size
        sha256 = self._digests.get(known) or self._digests.setdefault(known, digest_file(path))
        if sha256 not in self._sent:
            self._shared.put(path, sha256)
            self._sent.add(sha256)
        return sha256


def _files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part in _NOT_SENT or part[0] == "." for part in inside.parts):
            yield inside.as_posix(), path


class Receiver:
    """A worker's own copies of what tasks read, below `root`; each is verified when it comes."""

    def __init__(self, root: Path, shared: SharedFiles):
        self._root, self._shared = root, shared

    def task(self, parcel: Parcel, store: Path) -> Task:
        """The task of a parcel, with this machine's paths. InputsGone where a file can't be had."""
        paths = [store if one == STORE else self._local(one) for one in parcel.inputs]
        task: Task = unpack(parcel.packed, paths)
        return task

    def _local(self, one: Input) -> Path:
        # Under a digest of names and contents, and then its own name: some things go by how a file is called.
        place = self._root / digest_value([one.name, [list(file) for file in one.files]])
        if not place.is_dir():
            partial = self._root / f"partial-{uuid4().hex}"
            try:
                self._fetch(one, partial / checked_name(one.name))
                if not place.is_dir():
                    partial.rename(place)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        return place / checked_name(one.name)

    def _fetch(self, one: Input, target: Path) -> None:
        target.mkdir(parents=True)
        for name, sha256 in one.files:
            path = target / checked_path(name) if name else target.with_name(f"{uuid4().hex}.part")
            path.parent.mkdir(parents=True, exist_ok=True)
            if not self._shared.get(sha256, path):
                raise InputsGone(name or one.name)
            if not name:
                target.rmdir()
                path.replace(target)
