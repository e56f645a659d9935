"""BGRA to limited-range BT.709 4:2:0, only in the blocks that changed, into one reused frame.

Every block is converted with some pixels of its surroundings, so that the chroma filter sees what it
would see in the whole frame: a frame's pixels do not depend on what was converted before it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from explainers.compositor.layer import Rect

BLOCK_WIDTH, BLOCK_HEIGHT = 160, 60
"""A block's size in pixels, even."""

FILTER_REACH = 4
"""How many pixels beyond a change the chroma filter carries it, and so the surroundings of blocks that are
converted with them; even."""

TOGETHER = 4
"""So many rows of blocks are converted in one go at most: converters are set up for one size, and taller
windows spare next to nothing."""


class YuvFrame:
    """A reused yuv420p frame that follows a BGRA surface of shape (height, width, 4)."""

    def __init__(self, pixels: np.ndarray):
        self._pixels = pixels
        self.height, self.width = pixels.shape[:2]
        self.frame = tagged(VideoFrame(self.width, self.height, "yuv420p"))
        self._planes = [_view(plane) for plane in self.frame.planes]
        # A converter is set up for one size of window, of which there are few.
        self._converters: dict[tuple[int, int], VideoReformatter] = defaultdict(VideoReformatter)
        self.blocks_converted = 0

    def update(self, dirty: Iterable[Rect]) -> None:
        """Convert the blocks that `dirty` touches; nothing where it is empty."""
        blocks = {
            (column, row)
            for rect in dirty
            for column in _blocks(rect.left, rect.right, self.width, BLOCK_WIDTH)
            for row in _blocks(rect.top, rect.bottom, self.height, BLOCK_HEIGHT)
        }
        self.blocks_converted += len(blocks)
        for columns, rows in _windows(blocks):
            left, right = columns.start * BLOCK_WIDTH, min(columns.stop * BLOCK_WIDTH, self.width)
            top, bottom = rows.start * BLOCK_HEIGHT, min(rows.stop * BLOCK_HEIGHT, self.height)
            self._convert(Rect(left, top, right, bottom))

    def lay(self, rect: Rect, frame: VideoFrame) -> None:
        """Copy a yuv420p frame, as `rect`'s pixels are to be, into its place; its edges are even."""
        for index, plane in enumerate(frame.planes):
            half = 1 if index == 0 else 2
            rows = slice(rect.top // half, rect.bottom // half)
            columns = slice(rect.left // half, rect.right // half)
            self._planes[index][rows, columns] = _view(plane)

    def samples(self, rect: Rect) -> Iterator[np.ndarray]:
        """The samples of each plane that a change of the pixels in `rect` can have changed."""
        left, top = max(0, rect.left - FILTER_REACH), max(0, rect.top - FILTER_REACH)
        right, bottom = rect.right + FILTER_REACH, rect.bottom + FILTER_REACH
        for plane, half in zip(self._planes, (1, 2, 2), strict=True):
            yield plane[top // half : -(-bottom // half), left // half : -(-right // half)]

    def _convert(self, block: Rect) -> None:
        # Windows begin on even pixels, where chroma samples do.
        x, y = max(0, block.left - FILTER_REACH), max(0, block.top - FILTER_REACH)
        width = min(self.width, block.right + FILTER_REACH) - x
        height = min(self.height, block.bottom + FILTER_REACH) - y
        source = VideoFrame.from_numpy_buffer(self._pixels[y : y + height, x : x + width], format="bgra")
        result = self._converters[width, height].reformat(
            source,
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )
        for index, plane in enumerate(result.planes):
            half = 1 if index == 0 else 2
            rows = slice(block.top // half, -(-block.bottom // half))
            columns = slice(block.left // half, -(-block.right // half))
            inside = _view(plane)[
                rows.start - y // half : rows.stop - y // half,
                columns.start - x // half : columns.stop - x // half,
            ]
            self._planes[index][rows, columns] = inside


def _blocks(start: int, end: int, size: int, block: int) -> range:
    """The blocks whose samples a change of pixels `start` to `end` can touch through the chroma filter."""
    return range(max(0, start - FILTER_REACH) // block, -(-min(size, end + FILTER_REACH) // block))


def _windows(blocks: Iterable[tuple[int, int]]) -> list[tuple[range, range]]:
    """Blocks (column, row) that lie beside and under each other as ranges of columns and rows: converting
    them together spares most of their surroundings."""
    rows: dict[int, list[range]] = defaultdict(list)
    for column, row in sorted(blocks):
        runs = rows[row]
        if runs and runs[-1].stop == column:
            runs[-1] = range(runs[-1].start, column + 1)
        else:
            runs.append(range(column, column + 1))
    open_: dict[range, range] = {}
    done = []
    for row in sorted(rows):
        for run in rows[row]:
            above = open_.get(run)
            if above is not None and above.stop == row and len(above) < TOGETHER:
                open_[run] = range(above.start, row + 1)
            else:
                if above is not None:
                    done.append((run, above))
                open_[run] = range(row, row + 1)
    return [*done, *open_.items()]


def _view(plane: object) -> np.ndarray:
    """A plane's visible samples as a writable array of shape (height, width)."""
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)  # type: ignore[attr-defined,call-overload]
    return rows[:, : plane.width]  # type: ignore[attr-defined]


def tagged(frame: VideoFrame) -> VideoFrame:
    """The frame, tagged as what the conversion makes: BT.709, limited, sRGB transfer."""
    frame.colorspace = Colorspace.ITU709
    frame.color_range = ColorRange.MPEG
    frame.color_primaries = ColorPrimaries.BT709
    frame.color_trc = ColorTrc.IEC61966_2_1
    return frame


class Seal:
    """Sees the frames of a stretch in order: the first one whole, then what changed.

    Footage that goes past the painter is not among what it sees; a stretch with some has no digest.
    """

    def __init__(self) -> None:
        self._state = hashlib.sha256()
        self.whole = True

    def see(self, frame: YuvFrame, dirty: Iterable[Rect], footage: bool) -> None:
        """Take in a frame and which of its pixels changed."""
        self.whole = self.whole and not footage
        for rect in dirty:
            self._state.update(f"{tuple(rect)}".encode())
            for samples in frame.samples(rect):
                self._state.update(np.ascontiguousarray(samples).data)
        self._state.update(b"frame")

    def digest(self) -> str | None:
        """The digest of all that was seen; None where footage went past."""
        return self._state.hexdigest() if self.whole else None
