"""Files that may be anybody's, opened in one place under one set of rules.

A file of a project is an ordinary file, inside the folder it belongs to, and no larger than its reader
can take. Everything that is read as text or as a picture comes through here; see docs/security.md.
"""

from __future__ import annotations

import csv
import errno
import os
import re
import secrets
import shutil
import stat
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache, wraps
from io import BytesIO, StringIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar

from explainers.errors import Diagnostic, InvalidInput, Place

MIB = 1024 * 1024
MAX_PICTURE_PIXELS = 120_000_000
"""Pixels of a picture, as many as 13 frames of 4K: more would not fit in memory a few times over."""

PICTURE_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM")
"""What Pillow may read. Others, such as EPS, start programs or are of no use in a video."""

MAX_FOLDER_FILES = 20_000
MAX_ACCENTS = 16
"""Marks on one letter: no script needs more, and thousands of them take minutes to draw."""
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    f"\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]{{{MAX_ACCENTS + 1}}}"
)

P = ParamSpec("P")
R = TypeVar("R")
Reader = Callable[Concatenate[Path, P], R]
"""A function of a path, and of what else decides how the file is read."""


def nfc(text: str) -> str:
    """`text` with its accents composed: `é` is one character, however a keyboard or a disk writes it."""
    return unicodedata.normalize("NFC", text)


def accents_at(text: str) -> int | None:
    """Where a letter with more than MAX_ACCENTS accents begins to have them; None where there is none."""
    found = None if text.isascii() else _ACCENTS.search(text)
    return found.start() if found else None


def on_disk(folder: Path, name: str, alike: bool = False) -> Path | None:
    """What `name`, with forward slashes, means in `folder`, as the disk spells it; None where there is none.

    Accents may be composed otherwise on the disk. Everything else is as it is written, on disks that ignore
    case too, so that a project means the same on every machine; with `alike` case does not count, and a
    backslash is a slash. ValueError for what no file can be named.
    """
    found = folder
    for part in PurePosixPath(name.replace("\\", "/") if alike else name).parts:
        entry = part if part == ".." else _entry(found, part, alike)
        if entry is None:
            return None
        found /= entry
    return found if found.exists() else None


def _entry(folder: Path, name: str, alike: bool) -> str | None:
    """The entry of a folder that `name` means; `name` itself in a folder that can't be listed."""
    try:
        names = [each.name for each in folder.iterdir()]
    except OSError:
        return name
    if name in names:
        return name
    same = [each for each in names if nfc(each) == nfc(name)]
    if not same and alike:
        same = [each for each in names if nfc(each).casefold() == nfc(name).casefold()]
    return same[0] if len(same) == 1 else None


def leads_out(path: Path, folder: Path) -> bool:
    """Whether `path`, links followed, is not in `folder`."""
    return not _real(path).is_relative_to(_real(folder))


def outside(path: Path, folder: Path) -> str | None:
    """Why `path`, links followed, is no file or folder of `folder`; None where it is one, or not there.

    A folder must hold neither links that lead out nor anything but files and folders.
    """
    root = _real(folder)
    if leads_out(path, folder):
        return "leads out of"
    if not path.exists():
        return None
    if path.is_dir():
        return _strange_entry(path, root)
    return None if path.is_file() else "is no file but a device, a pipe or a socket in"


def _strange_entry(folder: Path, root: Path) -> str | None:
    for count, entry in enumerate(folder.rglob("*")):
        if count >= MAX_FOLDER_FILES:
            return f"holds more than {MAX_FOLDER_FILES:,} files in"
        if not _real(entry).is_relative_to(root):
            return f"holds {entry.name!r}, which leads out of"
        if entry.exists() and not (entry.is_file() or entry.is_dir()):
            return f"holds {entry.name!r}, which is no file but a device, a pipe or a socket, in"
    return None


_folders: set[Path] = set()
"""Folders whose files lead nowhere else, however their links change."""


def keep_inside(folder: Path) -> None:
    """From now on what this process opens below `folder` lies in it, links followed."""
    _folders.add(folder.absolute())


def kept_inside() -> frozenset[Path]:
    """The folders of `keep_inside`, for processes that open the same files."""
    return frozenset(_folders)


def open_beneath(folder: Path, path: Path, flags: int = os.O_RDONLY) -> int:
    """The handle of `path`, looked up once: links are followed, and where they lead is opened part by part
    below `folder`, through no link. OSError where that is not in it, or changes meanwhile.
    """
    root, real = os.path.realpath(folder), Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        raise PermissionError(errno.EPERM, f"leads out of {folder.name}", str(path))
    parts = real.relative_to(root).parts
    if not parts:
        return os.open(root, flags | os.O_CLOEXEC)
    way = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
    here = os.open(root, way & ~os.O_NOFOLLOW)
    try:
        for part in parts[:-1]:
            there = os.open(part, way, dir_fd=here)
            os.close(here)
            here = there
        return os.open(parts[-1], flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
    finally:
        os.close(here)


def opener(path: str | Path, flags: int) -> int:
    """The handle of a path, below the folder that it is kept inside where there is such; for `open` too."""
    whole = Path(path).absolute()
    folder = next((each for each in whole.parents if each in _folders), None)
    return os.open(path, flags | os.O_CLOEXEC) if folder is None else open_beneath(folder, whole, flags)


def put_file(path: Path, source: BinaryIO) -> None:
    """Put what is in `source` in a file's place at once: written to a new file in its folder, which is opened
    as `opener` does, and renamed. No link is followed where the file is; its mode is kept. OSError.
    """
    folder = open_beneath(
        next((each for each in path.absolute().parents if each in _folders), path.parent),
        path.absolute().parent,
        os.O_RDONLY | os.O_DIRECTORY,
    )
    beside = f".{secrets.token_hex(8)}"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(beside, flags, 0o644, dir_fd=folder)
        try:
            with os.fdopen(handle, "wb") as target:
                with suppress(FileNotFoundError):
                    facts = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
                    os.fchmod(handle, stat.S_IMODE(facts.st_mode) if stat.S_ISREG(facts.st_mode) else 0o644)
                shutil.copyfileobj(source, target, MIB)
                target.flush()
                os.fsync(handle)
            os.replace(beside, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            os.unlink(beside, dir_fd=folder)
            raise
    finally:
        os.close(folder)


def open_file(path: Path, display: str | None = None) -> BinaryIO:
    """An ordinary file, opened; never waits for a pipe, and asks no device.

    InvalidInput with `display`, or else the file's name: `missing-file` or `not-a-file`.
    """
    display = display or path.name
    try:
        return ordinary(path)
    except _NotAFile as error:
        raise _invalid("not-a-file", f"{display} {error.strerror}", display) from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "no file can have this name"
        raise _invalid("missing-file", f"{display} can't be read: {said}", display) from None


class _NotAFile(OSError):
    """A pipe, a device, a socket or a folder."""


def ordinary(path: Path) -> BinaryIO:
    """An ordinary file, opened: what a project comes with may be a pipe in place of a record. OSError."""
    # Without waiting: opening a pipe would hang until somebody writes to it.
    handle = opener(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise _NotAFile(errno.EINVAL, f"is no file but {_sort(mode)}", str(path))
    return os.fdopen(handle, "rb")


def content(path: Path) -> bytes:
    """What is in an ordinary file. OSError."""
    with ordinary(path) as file:
        return file.read()


def read_bytes(path: Path, display: str, limit_bytes: int) -> bytes:
    """The content of an ordinary file; never waits for a pipe, and never reads more than the limit.

    InvalidInput with `display` as the file's name: `missing-file`, `not-a-file` or `too-large`.
    """
    with open_file(path, display) as file:
        facts = os.fstat(file.fileno())
        data = file.read(limit_bytes + 1) if facts.st_size <= limit_bytes else None
    if data is None or len(data) > limit_bytes:
        size = max(facts.st_size, limit_bytes + 1)
        message = f"{display} has {size:,} bytes, more than the {limit_bytes:,} that are read of such a file"
        raise _invalid("too-large", message, display)
    return data


csv.field_size_limit(1 << 26)


class BadCsv(ValueError):
    """Text that is no CSV; `line`, from 1, is where it stops being some."""

    def __init__(self, message: str, line: int):
        self.line = line
        super().__init__(message)


def csv_rows(text: str, separator: str = ",", exact: bool = False) -> Iterator[tuple[int, list[str]]]:
    """The rows of CSV, each with the line that it begins in, from 1. Raises BadCsv.

    Cells come without the spaces around them, and quotes must close; with `exact` the spaces are kept, and
    what programs write between quotes is taken as it is.
    """
    loose = not exact and separator != "\t"
    reader = csv.reader(
        StringIO(text, newline=""), delimiter=separator, strict=not exact, skipinitialspace=loose
    )
    line = 1
    try:
        for cells in reader:
            yield line, cells if exact else [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadCsv(str(error), reader.line_num) from None


def unzipped(data: bytes, display: str, limit_bytes: int) -> bytes:
    """What gzip made `data` of; InvalidInput where that is more than the limit, or damaged."""
    found = bytearray()
    while data:
        undo = zlib.decompressobj(wbits=31)
        try:
            found += undo.decompress(data, limit_bytes + 1 - len(found))
        except zlib.error as error:
            raise _invalid(
                "unreadable", f"{display} is no gzip file that can be read: {error}", display
            ) from None
        if len(found) > limit_bytes:
            message = f"{display} unpacks to more than the {limit_bytes:,} bytes that are read of such a file"
            raise _invalid("too-large", message, display)
        if not undo.eof:
            raise _invalid("unreadable", f"{display} is cut short: its gzip stream does not end", display)
        data = undo.unused_data
    return bytes(found)


def read_once(most: int) -> Callable[[Reader[P, R]], Reader[P, R]]:
    """Decorates a reader: a process reads each state of a file once, and remembers the last `most` of them.

    A state is its size and times, for a folder those of its files. What the reader found to be wrong, as
    InvalidInput or ValueError, is raised again.
    """

    def decorate(read: Reader[P, R]) -> Reader[P, R]:
        @lru_cache(maxsize=most)
        def known(path: Path, _state: object, *args: Any, **kwargs: Any) -> tuple[Any, Exception | None]:
            try:
                return read(path, *args, **kwargs), None
            except (InvalidInput, ValueError) as error:
                return None, error

        @wraps(read)
        def reader(path: Path, *args: P.args, **kwargs: P.kwargs) -> R:
            found, wrong = known(path, _state_of(path), *args, **kwargs)  # type: ignore[arg-type]
            if wrong is not None:
                raise wrong.with_traceback(None)
            result: R = found
            return result

        return reader

    return decorate


def _state_of(path: Path) -> object:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            entries = ((entry.name, entry.stat(follow_symlinks=False)) for entry in os.scandir(path))
            return tuple(sorted((name, facts.st_mtime_ns, facts.st_size) for name, facts in entries))
        return facts.st_mtime_ns, facts.st_size
    except OSError:
        return None


@contextmanager
def picture(path: Path | BytesIO) -> Iterator[Any]:
    """The picture in a file, or in bytes out of one, as Pillow's Image.

    It is of PICTURE_FORMATS and MAX_PICTURE_PIXELS. ValueError for more pixels, and what Pillow raises for
    what is none.
    """
    from PIL import Image

    most = f"{MAX_PICTURE_PIXELS:,} pixels at most are read"
    try:
        image = Image.open(path, formats=PICTURE_FORMATS)
    except Image.DecompressionBombError:
        raise ValueError(f"it says it has far too many pixels; {most}") from None
    with image:
        width, height = image.size
        if width * height > MAX_PICTURE_PIXELS:
            raise ValueError(f"it says it has {width} x {height} pixels; {most}")
        if image.format == "PNG" and (tags := _png_chunk(path, b"cICP")):
            image.info["cicp"] = tags
        yield image


def _png_chunk(path: Path | BytesIO, kind: bytes) -> bytes | None:
    """A chunk of a PNG before its pixels; Pillow leaves out those it does not know."""
    with BytesIO(path.getvalue()) if isinstance(path, BytesIO) else path.open("rb") as file:
        file.seek(8)
        while len(head := file.read(8)) == 8 and head[4:] != b"IDAT":
            length = int.from_bytes(head[:4], "big")
            if head[4:] == kind:
                return file.read(min(length, 64))
            file.seek(length + 4, os.SEEK_CUR)
    return None


def _real(path: Path) -> Path:
    # Other than Path.resolve, this is no error where links go round in a circle.
    return Path(os.path.realpath(path))


def _sort(mode: int) -> str:
    kinds = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket"}
    return next((words for is_one, words in kinds.items() if is_one(mode)), "a device")


def _invalid(code: str, message: str, display: str) -> InvalidInput:
    return InvalidInput([Diagnostic(code, message, Place(display, 1, 1))])
