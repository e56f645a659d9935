"""Publishing into a video's folder: written aside on the same disk, renamed file by file, manifest last."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from explainers.digest import digest_bytes, digest_file
from explainers.manifest import MANIFEST, FileFacts, Listing, Manifest, manifest_in
from explainers.scratch import Scratch, reported, sync, write_synced


class Publication:
    """Files on their way into `directory`; nothing is seen there under its name before it is whole."""

    def __init__(self, directory: Path, folder: Path, model: type[Listing]):
        self.directory, self.folder, self._model = directory, folder, model
        self.files: dict[str, FileFacts] = {}
        self._new: dict[str, Path] = {}

    @cached_property
    def previous(self) -> Listing:
        """The manifest that is there, or an empty one."""
        return manifest_in(self.directory, self._model) or manifest_in(self.directory, Listing) or Listing()

    def stands(self, name: str) -> bool:
        """Keep the file that is there, if it still is what the manifest says; whether it is."""
        facts, path = self.previous.files.get(name), self.directory / name
        if facts is None or not is_file(path, facts):
            return False
        self.files[name] = facts
        return True

    def add(self, name: str, content: bytes | str) -> None:
        """Publish `content` under `name`, unless the file there has just that."""
        data = content.encode() if isinstance(content, str) else content
        self.files[name] = FileFacts(bytes=len(data), sha256=digest_bytes(data))
        if not is_file(self.directory / name, self.files[name]):
            write_synced(self.folder / name, data)
            self._new[name] = self.folder / name

    def add_file(self, name: str, path: Path) -> None:
        """Publish a copy of the file at `path`; one that lies in `folder` is moved."""
        if path.parent != self.folder:
            return self.add(name, path.read_bytes())
        sync(path)
        self.files[name] = FileFacts(bytes=path.stat().st_size, sha256=digest_file(path))
        self._new[name] = path
        return None

    def finish(self, manifest: Listing) -> None:
        """Rename everything in, the manifest last; then remove what the manifest before listed and this
        one does not."""
        data = (json.dumps(manifest.as_json(), indent=2, ensure_ascii=False) + "\n").encode()
        stale = set(self.previous.files) - set(self.files)
        for name, path in self._new.items():
            path.replace(self.directory / name)
        if self._new:
            # Before the manifest speaks of them, also where the power fails.
            sync(self.directory)
        path = self.directory / MANIFEST
        if not path.is_file() or path.read_bytes() != data:
            write_synced(self.folder / MANIFEST, data)
            (self.folder / MANIFEST).replace(path)
            sync(self.directory)
        for name in stale:
            if Path(name).name == name:
                (self.directory / name).unlink(missing_ok=True)


def is_file(path: Path, facts: FileFacts) -> bool:
    """Whether the file at `path` is there and just as its facts say."""
    return path.is_file() and path.stat().st_size == facts.bytes and digest_file(path) == facts.sha256


@contextmanager
def publishing(directory: Path, model: type[Listing] = Manifest) -> Iterator[Publication]:
    """A publication into `directory`, which is made, with a manifest of `model`; RenderFailed where the disk
    refuses.

    One process publishes into a folder at a time, so that its files are always of one render.
    """
    with reported("the folder", directory):
        directory.mkdir(parents=True, exist_ok=True)
        with _alone(directory):
            aside = Scratch(directory / ".aside")
            aside.clean()
            with aside.folder("publication") as folder:
                yield Publication(directory, folder, model)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system gives back when its holder dies."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
