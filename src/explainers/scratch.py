"""Folders to write in before anything has its final name, on the same disk as where it will go.

Each process has its own, shared by its threads and held by a lock that dies with it; what a killed process
left is removed by the next one. Locks are advisory: this is for a project's own folders, not for strangers.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import fcntl
import mmap
import os
import secrets
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from pathlib import Path

from explainers.errors import RenderFailed
from explainers.inputs import ordinary

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file may not become so large there",
    errno.EROFS: "it is on a read-only disk",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
}


_ROOM_BYTES = 1024 * 1024


def refusal(folder: Path) -> str | None:
    """Why a megabyte more can't be written in a folder; None where it can.

    Libraries that write files say little, or nothing, when the disk is full.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_ROOM_BYTES))
            file.flush()
    except OSError as error:
        return _WORDS.get(error.errno or 0)
    return None


class Scratch:
    """A process's own folder in `root`: there as long as something is being written in it."""

    def __init__(self, root: Path):
        if root.is_symlink():
            # It came with a project, and what it leads to is not ours to clean.
            root.unlink()
        self.root = root
        self._own: Path | None = None
        self._lock = -1
        self._open = 0
        self._numbers = count()
        self._guard = threading.Lock()

    @contextlib.contextmanager
    def folder(self, name: str) -> Iterator[Path]:
        """A new empty folder, removed afterwards if it is still there."""
        with self._guard:
            own = self._claim()
        path = own / f"{next(self._numbers)}-{name}"
        try:
            path.mkdir()
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            with self._guard:
                self._release(own)

    def _claim(self) -> Path:
        if self._own is None:
            own, self._lock = _claimed(self.root)
            own.mkdir()
            self._own = own
        self._open += 1
        return self._own

    def _release(self, own: Path) -> None:
        self._open -= 1
        if not self._open:
            self._own = None
            shutil.rmtree(own, ignore_errors=True)
            _lock_path(own).unlink(missing_ok=True)
            os.close(self._lock)
            with contextlib.suppress(OSError):
                self.root.rmdir()

    def clean(self) -> int:
        """Remove folders whose process is gone; how many there were."""
        removed = 0
        for lock_path in self.root.glob("*.lock"):
            with contextlib.suppress(OSError):
                removed += _removed_if_dead(lock_path)
        with contextlib.suppress(OSError):
            self.root.rmdir()
        return removed


def holders(root: Path) -> list[float]:
    """When each process that has a folder in `root` now began with it, in seconds since the epoch."""
    found = []
    for lock_path in root.glob("*.lock"):
        with contextlib.suppress(OSError), ordinary(lock_path) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                found.append(lock_path.stat().st_mtime)
    return found


def _lock_path(folder: Path) -> Path:
    return folder.with_suffix(".lock")


def _claimed(root: Path) -> tuple[Path, int]:
    """A new folder name in `root`, and the handle that holds its lock."""
    while True:
        with contextlib.suppress(FileExistsError):
            # It may be gone again between being found and being looked at: others remove it when empty.
            root.mkdir(parents=True, exist_ok=True)
        folder = root / f"{os.getpid()}-{secrets.token_hex(4)}"
        try:
            handle = os.open(_lock_path(folder), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
        except FileNotFoundError:
            # Another process, done with its own, has just removed the empty root.
            continue
        fcntl.flock(handle, fcntl.LOCK_EX)
        # A cleaner may have taken the file for a dead process's between its making and its locking.
        if os.fstat(handle).st_nlink:
            return folder, handle
        os.close(handle)


def _removed_if_dead(lock_path: Path) -> bool:
    handle = os.open(lock_path, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(lock_path.with_suffix(""), ignore_errors=True)
        lock_path.unlink(missing_ok=True)
        return True
    finally:
        os.close(handle)


_LONGEST_FOR_SOCKETS = 60
"""Characters of a folder in which multiprocessing can make its sockets; on Linux they are in none."""


def _own_root(within: Path) -> Path:
    return within / f"explainers-{os.getuid()}"


def temporary_folder() -> Path:
    """Where temporary files go, as its owner knows it: not our own folder in it, which is soon gone."""
    folder = Path(tempfile.gettempdir())
    return next((each.parent for each in folder.parents if each == _own_root(each.parent)), folder)


@cache
def private_temporary_folder() -> str | None:
    """From now on temporary files of this process and its children lie in its own folder, which goes when
    it ends; those of commands that were killed are removed. What TMPDIR was before, where it was set.

    Where others could have a hand in it, everything stays as it is.
    """
    before, root = os.environ.get("TMPDIR"), _own_root(Path(tempfile.gettempdir()))
    with contextlib.suppress(OSError):
        with contextlib.suppress(FileExistsError):
            root.mkdir(mode=0o755)
        facts = root.lstat()
        ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
        if not ours or (sys.platform != "linux" and len(str(root)) > _LONGEST_FOR_SOCKETS):
            return before
        root.chmod(0o755)
        scratch, held = Scratch(root), contextlib.ExitStack()
        scratch.clean()
        folder = held.enter_context(scratch.folder("run"))
        folder.chmod(0o700)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        owner = os.getpid()
        # What is forked from this process ends too, and the folder is not its.
        atexit.register(lambda: held.close() if os.getpid() == owner else None)
    return before


@contextlib.contextmanager
def neutral_folder(room: int = 0) -> Iterator[None]:
    """Be in an empty folder meanwhile: libraries look for their settings where a command is run, which may be
    somebody else's project. MemoryError where not so many bytes more can be mapped: OpenBLAS asks for them
    again for ever, and GLib ends the process."""
    try:
        mmap.mmap(-1, max(room, 1), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ).close()
    except OSError:
        raise MemoryError from None
    before = os.open(".", os.O_RDONLY)
    try:
        with tempfile.TemporaryDirectory(prefix="explainers-") as empty:
            os.chdir(empty)
            try:
                yield
            finally:
                os.fchdir(before)
    finally:
        os.close(before)


@contextlib.contextmanager
def reported(what: str, where: Path) -> Iterator[None]:
    """Turn a disk's refusal into a RenderFailed that says what it is; other errors pass."""
    try:
        yield
    except OSError as error:
        words = _WORDS.get(error.errno or 0)
        if words is None:
            raise
        raise RenderFailed(f"{what} at {where} can't be written: {words}") from error


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and force it to disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` to be written, which takes its place at once when that has gone well and is
    removed otherwise. Folders are made; the mode of a file that is there is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    made = Path(name)
    try:
        yield made
        sync(made)
        made.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def write_files(texts: Mapping[Path, str]) -> list[Path]:
    """Write each text to its path, whose folders are made; the paths."""
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)
