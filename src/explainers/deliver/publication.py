"""Publishing into a video's folder: written aside on the same disk, renamed file by file, manifest last."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from explainers.aside import Aside, reported, sync, write_synced
from explainers.deliver.manifest import FileFacts
from explainers.digest import digest_bytes, digest_file

MANIFEST = "manifest.json"


class Publication:
    """Files on their way into `directory`; nothing is seen there under its name before it is whole."""

    def __init__(self, directory: Path, folder: Path):
        self.directory, self.folder = directory, folder
        self.files: dict[str, FileFacts] = {}
        self._new: dict[str, Path] = {}

    @cached_property
    def previous(self) -> dict[str, Any]:
        """The manifest that is there, or an empty one."""
        try:
            found = json.loads((self.directory / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def stands(self, name: str) -> bool:
        """Keep the file that is there, if it still is what the manifest says; whether it is."""
        facts = self.previous.get("files", {}).get(name, {})
        path = self.directory / name
        if not path.is_file() or path.stat().st_size != facts.get("bytes"):
            return False
        if digest_file(path) != facts.get("sha256"):
            return False
        self.files[name] = FileFacts(facts["bytes"], facts["sha256"])
        return True

    def add(self, name: str, content: bytes | str) -> None:
        """Publish `content` under `name`, unless the file there has just that."""
        data = content.encode() if isinstance(content, str) else content
        self.files[name] = FileFacts(len(data), digest_bytes(data))
        if not self._same(name):
            write_synced(self.folder / name, data)
            self._new[name] = self.folder / name

    def add_file(self, name: str, path: Path) -> None:
        """Publish a copy of the file at `path`; one that lies in `folder` is moved."""
        if path.parent != self.folder:
            return self.add(name, path.read_bytes())
        sync(path)
        self.files[name] = FileFacts(path.stat().st_size, digest_file(path))
        self._new[name] = path
        return None

    def _same(self, name: str) -> bool:
        path, facts = self.directory / name, self.files[name]
        return path.is_file() and path.stat().st_size == facts.bytes and digest_file(path) == facts.sha256

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Rename everything in, the manifest last; then remove what the manifest before listed and this
        one does not."""
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        stale = set(self.previous.get("files", {})) - set(self.files)
        for name, path in self._new.items():
            path.replace(self.directory / name)
        if self._new:
            # Before the manifest speaks of them, also where the power fails.
            sync(self.directory)
        if not (self.directory / MANIFEST).is_file() or self.previous != json.loads(text):
            write_synced(self.folder / MANIFEST, text.encode())
            (self.folder / MANIFEST).replace(self.directory / MANIFEST)
            sync(self.directory)
        for name in stale:
            if Path(name).name == name:
                (self.directory / name).unlink(missing_ok=True)


@contextmanager
def publishing(directory: Path) -> Iterator[Publication]:
    """A publication into `directory`, which is made; RenderFailed where the disk refuses.

    One process publishes into a folder at a time, so that its files are always of one render.
    """
    with reported("the folder", directory):
        directory.mkdir(parents=True, exist_ok=True)
        with _alone(directory):
            aside = Aside(directory / ".aside")
            aside.clean()
            with aside.folder("publication") as folder:
                yield Publication(directory, folder)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system gives back when its holder dies."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
