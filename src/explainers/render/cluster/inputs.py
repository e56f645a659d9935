"""Files sent by their digest: a task names what it reads by sha256, and a worker fetches what it lacks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from explainers.digest import digest_file, digest_value
from explainers.errors import RenderFailed
from explainers.render.cluster.shared_store import SharedFiles
from explainers.render.tasks import Task, pack, unpack

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
            aside = self._root / f"aside-{uuid4().hex}"
            try:
                self._fetch(one, aside / one.name)
                if not place.is_dir():
                    aside.rename(place)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        return place / one.name

    def _fetch(self, one: Input, target: Path) -> None:
        target.mkdir(parents=True)
        for name, sha256 in one.files:
            path = target / name if name else target.with_name(f"{uuid4().hex}.part")
            path.parent.mkdir(parents=True, exist_ok=True)
            if not self._shared.get(sha256, path):
                raise InputsGone(name or one.name)
            if not name:
                target.rmdir()
                path.replace(target)
