"""Whether a video file is whole, by the structure of its container: MP4 boxes and Matroska elements.

A copy that was cut says a size that it does not have. A recording whose program was killed says none, because
sizes and an index are written when it is closed; what came before can be read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SEGMENT, _INFO, _CLUSTER = 0x18538067, 0x1549A966, 0x1F43B675
_DURATION, _WRITER = 0x4489, 0x4D80
_PARENTS = frozenset((_SEGMENT, _INFO, _CLUSTER))


@dataclass(frozen=True)
class Structure:
    """What a container says of itself.

    `cut`: it has fewer bytes than it says. `unfinished`: its recording was never closed. `timed`: it says how
    long it lasts. `indexed`: it has what is needed to read it. `sized`: its size shows that it is whole.
    """

    cut: bool = False
    unfinished: bool = False
    timed: bool = True
    indexed: bool = True
    sized: bool = False


def structure_of(path: Path) -> Structure:
    """The structure of an MP4, QuickTime, Matroska or WebM file; of others nothing is known to be wrong."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head.startswith(b"\x1aE\xdf\xa3"):
            return _matroska(file, size)
        return _mp4(file, size) if head[4:8] in (b"ftyp", b"moov", b"mdat") else Structure()


def _mp4(file: BinaryIO, size: int) -> Structure:
    """Boxes say their own lengths; the index is `moov`, and each `moof` has one for what follows it."""
    ends: dict[bytes, int] = {}
    at = last = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8:
            break
        at = last = at + length
        ends[head[4:8]] = at
    indexed = ends.get(b"moov", size + 1) <= size
    fragmented = b"moof" in ends
    cut = indexed and not fragmented and ends.get(b"mdat", 0) > size
    return Structure(cut, unfinished=indexed and fragmented and last != size, indexed=indexed)


def _matroska(file: BinaryIO, size: int) -> Structure:
    cut = unfinished = timed = False
    open_ended, lavf = False, False
    for kind, start, end in _elements(file, 0, size):
        if kind == _SEGMENT:
            open_ended, cut = end is None, end is not None and end > size
        timed |= kind == _DURATION
        if kind == _WRITER and end is not None:
            file.seek(start)
            lavf = file.read(min(end - start, 64)).startswith(b"Lavf")
        unfinished |= open_ended and end is not None and end > size
    # FFmpeg's writer (OBS, ffmpeg) fills in the size at the end; browsers never do.
    return Structure(cut, unfinished or (open_ended and lavf and not timed), timed, sized=True)


def _elements(file: BinaryIO, at: int, size: int) -> Iterator[tuple[int, int, int | None]]:
    """Elements one after the other, those in segments, infos and clusters too: kind, start and end of what
    is in them; no end where the size is not known."""
    while at < size:
        file.seek(at)
        head = file.read(12)
        width = 9 - head[0].bit_length()
        if width > 4 or len(head) <= width:
            # Neither an element nor room for one: the file ends in the middle of it.
            yield 0, at, size + 1
            return
        kind = int.from_bytes(head[:width], "big")
        length_width = 9 - head[width].bit_length()
        start = at + width + length_width
        bits = int.from_bytes(head[width : width + length_width], "big") & ((1 << 7 * length_width) - 1)
        end = None if bits == (1 << 7 * length_width) - 1 else start + bits
        if length_width > 8 or start > size:
            yield 0, at, size + 1
            return
        yield kind, start, end
        # Only what has a size can be skipped; whole clusters need not be looked into.
        into = end is None or (kind in _PARENTS and (kind != _CLUSTER or end > size))
        at = start if into else end  # type: ignore[assignment]
