"""Files that may be anybody's, opened in one place under one set of rules.

A file of a project is an ordinary file, inside the folder it belongs to, and no larger than its reader
can take. Everything that is read as text or as a picture comes through here; see docs/security.md.
"""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from explainers.errors import Diagnostic, InvalidInput, Place

MIB = 1024 * 1024
MAX_PICTURE_PIXELS = 120_000_000
"""Pixels of a picture, as many as 13 frames of 4K: more would not fit in memory a few times over."""

PICTURE_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM")
"""What Pillow may read. Others, such as EPS, start programs or are of no use in a video."""

MAX_FOLDER_FILES = 20_000


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


def read_bytes(path: Path, display: str, limit_bytes: int) -> bytes:
    """The content of an ordinary file; never waits for a pipe, and never reads more than the limit.

    InvalidInput with `display` as the file's name: `missing-file`, `not-a-file` or `too-large`.
    """
    try:
        # Without waiting: opening a pipe would hang until somebody writes to it.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "no file can have this name"
        raise _invalid("missing-file", f"{display} can't be read: {said}", display) from None
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise _invalid("not-a-file", f"{display} is no file but {_sort(facts.st_mode)}", display)
        data = file.read(limit_bytes + 1) if facts.st_size <= limit_bytes else None
    if data is None or len(data) > limit_bytes:
        size = max(facts.st_size, limit_bytes + 1)
        message = f"{display} has {size:,} bytes, more than the {limit_bytes:,} that are read of such a file"
        raise _invalid("too-large", message, display)
    return data


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


@contextmanager
def picture(path: Path) -> Iterator[Any]:
    """The picture in a file as Pillow's Image, of PICTURE_FORMATS and MAX_PICTURE_PIXELS.

    ValueError for more pixels, and what Pillow raises for what is none.
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
        yield image


def _real(path: Path) -> Path:
    # Other than Path.resolve, this is no error where links go round in a circle.
    return Path(os.path.realpath(path))


def _sort(mode: int) -> str:
    kinds = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket"}
    return next((words for is_one, words in kinds.items() if is_one(mode)), "a device")


def _invalid(code: str, message: str, display: str) -> InvalidInput:
    return InvalidInput([Diagnostic(code, message, Place(display, 1, 1))])
