"""How bright each part of the picture was in every frame: a small summary, gathered while encoding.

The frame is divided into blocks, 96 along its longer side. A block's value is the mean linear red,
green and blue of some of its pixels. Only blocks that changed are kept, so a held frame costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explainers.compositor.layer import Rect

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

BLOCKS = 96
"""Blocks along the longer side of the frame."""

_SAMPLES = 4
"""Pixels looked at along each side of a block."""

_EDGE = 8
"""Pixels inside footage's edge from which on it is looked at."""

_FORMAT = 1
_ARRAYS = ("frames", "counts", "blocks", "values")


def _linear() -> NDArray[np.float32]:
    """Linear light, 0 to 1, of the 256 values of an sRGB channel."""
    values = np.arange(256) / 255
    low, high = values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    return np.where(values <= 0.04045, low, high).astype(np.float32)


_LEVELS = np.rint(_linear() * 65535).astype(np.int64)


def grid_of(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of blocks of a frame of that many pixels."""
    side = max(width, height) / BLOCKS
    return max(1, round(height / side)), max(1, round(width / side))


class LuminanceWatch:
    """Sees every frame on its way to the encoder, and remembers what changed.

    `see` is handed the number of the frame, the BGRA surface, and the rectangles that changed in it.
    """

    def __init__(self, width: int, height: int, fps: int):
        self.fps = fps
        self.rows, self.columns = grid_of(width, height)
        self._y = _positions(height, self.rows)
        self._x = _positions(width, self.columns)
        self._block = height / self.rows, width / self.columns
        self._reformatter: Any = None
        self._now = np.full((self.rows, self.columns, 3), -1, np.int32)
        self._sampled = np.full((self.rows, _SAMPLES, self.columns, _SAMPLES), 0xFFFFFFFF, np.uint32)
        self._frames: list[int] = []
        self._changes: list[tuple[NDArray[np.uint16], NDArray[np.uint16]]] = []
        self._end = 0

    def see(self, frame: int, pixels: np.ndarray, dirty: Sequence[Rect]) -> None:
        """Take in a frame; nothing is looked at where `dirty` is empty."""
        self._end = frame + 1
        changed = [self._look(pixels, rect) for rect in dirty if not rect.empty]
        blocks = np.unique(np.concatenate(changed)) if changed else np.empty(0, np.int64)
        if blocks.size:
            self._frames.append(frame)
            values = self._now.reshape(-1, 3)[blocks].astype(np.uint16)
            self._changes.append((blocks.astype(np.uint16), values))

    def peek(self, pixels: np.ndarray, rect: Rect, frame: VideoFrame) -> None:
        """Put what will be looked at of a yuv420p frame that was not painted onto the surface.

        Only pixels well inside `rect` are written, so that nothing beside it is converted otherwise for it.
        """
        rows = self._y[(self._y >= rect.top + _EDGE) & (self._y < rect.bottom - _EDGE)]
        columns = self._x[(self._x >= rect.left + _EDGE) & (self._x < rect.right - _EDGE)]
        if not len(rows) or not len(columns):
            return
        # Checking reads summaries and should not wait for PyAV.
        from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

        self._reformatter = self._reformatter or VideoReformatter()
        small = self._reformatter.reformat(
            frame,
            width=len(columns),
            height=len(rows),
            format="bgra",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.POINT,
            threads=1,
        )
        plane = small.planes[0]
        values = np.frombuffer(plane, np.uint32).reshape(len(rows), plane.line_size // 4)
        pixels.view(np.uint32)[:, :, 0][np.ix_(rows, columns)] = values[:, : len(columns)]

    def _look(self, pixels: np.ndarray, rect: Rect) -> NDArray[np.int64]:
        """Work out the blocks that a rectangle touches; the numbers of those that are different now."""
        high, wide = self._block
        top, bottom = int(rect.top / high), min(self.rows, int(-(-rect.bottom // high)))
        left, right = int(rect.left / wide), min(self.columns, int(-(-rect.right // wide)))
        rows = self._y[top * _SAMPLES : bottom * _SAMPLES]
        columns = self._x[left * _SAMPLES : right * _SAMPLES]
        if not len(rows) or not len(columns):
            return np.empty(0, np.int64)
        # Whole pixels as one number each: gathering those is several times faster than channels.
        whole = pixels.view(np.uint32)[:, :, 0]
        sampled = whole.take(rows, axis=0).take(columns, axis=1) & 0xFFFFFF
        sampled = sampled.reshape(bottom - top, _SAMPLES, right - left, _SAMPLES)
        # Most of what was painted again looks as before, and light is worked out for the rest alone.
        before = self._sampled[top:bottom, :, left:right]
        y, x = np.nonzero((sampled != before).any(axis=1).any(axis=2))
        before[:] = sampled
        levels = _LEVELS.take(sampled[y, :, x].view(np.uint8)).reshape(len(y), _SAMPLES**2, 4)
        means = (levels.sum(axis=1) + _SAMPLES**2 // 2)[:, 2::-1] // _SAMPLES**2
        here = self._now[top:bottom, left:right]
        other = (means != here[y, x]).any(axis=1)
        here[y, x] = means
        return (y[other] + top) * self.columns + x[other] + left

    def summary(self) -> Luminance:
        """What was seen so far."""
        blocks = [blocks for blocks, _ in self._changes]
        values = [values for _, values in self._changes]
        return Luminance(
            fps=self.fps,
            rows=self.rows,
            columns=self.columns,
            first=self._frames[0] if self._frames else 0,
            end_exclusive=self._end,
            frames=np.array(self._frames, np.int32),
            counts=np.array([len(each) for each in blocks], np.int32),
            blocks=np.concatenate(blocks) if blocks else np.empty(0, np.uint16),
            values=np.concatenate(values) if values else np.empty((0, 3), np.uint16),
        )


@dataclass(frozen=True, eq=False)
class Luminance:
    """A summary: at `frames[i]` the next `counts[i]` of `blocks` took their linear RGB in `values`.

    `values` are uint16, 65535 being full light. Frames `first` to `end_exclusive` were seen.
    """

    fps: int
    rows: int
    columns: int
    first: int
    end_exclusive: int
    frames: NDArray[np.int32]
    counts: NDArray[np.int32]
    blocks: NDArray[np.uint16]
    values: NDArray[np.uint16]

    def steps(self, only: NDArray[np.bool_] | None = None) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """The number of every frame that changed, and its blocks' linear RGB, 0 to 1, of shape (rows,
        columns, 3). The array is the same one each time. With `only` (rows, columns), frames in which none
        of these blocks changed are passed over."""
        grid = np.zeros((self.rows * self.columns, 3), np.float32)
        wanted = np.ones(len(grid), bool) if only is None else only.reshape(-1)
        at = 0
        for frame, count in zip(self.frames.tolist(), self.counts.tolist(), strict=True):
            blocks = self.blocks[at : at + count]
            grid[blocks] = self.values[at : at + count] / np.float32(65535)
            at += count
            if wanted[blocks].any():
                yield frame, grid.reshape(self.rows, self.columns, 3)

    def shifted(self, frames: int) -> Luminance:
        """The same, seen so many frames later."""
        first, end = self.first + frames, self.end_exclusive + frames
        return replace(self, first=first, end_exclusive=end, frames=self.frames + np.int32(frames))

    def save(self, path: Path) -> None:
        """Write the summary; equal summaries are equal bytes."""
        head = [_FORMAT, self.fps, self.rows, self.columns, self.first, self.end_exclusive]
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        with path.open("wb") as file:
            np.savez_compressed(file, head=np.array(head, np.int64), **arrays)


def one_after_another(parts: Sequence[Luminance]) -> Luminance:
    """The summary of frames that were seen in parts, which follow each other without a gap."""
    whole = replace(parts[0], end_exclusive=parts[-1].end_exclusive)
    return replace(
        whole,
        frames=np.concatenate([part.frames for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        blocks=np.concatenate([part.blocks for part in parts]),
        values=np.concatenate([part.values for part in parts]),
    )


def load_luminance(path: Path) -> Luminance:
    """The summary in a file; ValueError where it is none, or of another version."""
    with np.load(path, allow_pickle=False) as held:
        if "head" not in held or held["head"][0] != _FORMAT:
            raise ValueError(f"{path.name} is no luminance summary of this version")
        _, fps, rows, columns, first, end = held["head"].tolist()
        return Luminance(fps, rows, columns, first, end, *(held[name] for name in _ARRAYS))


def _positions(pixels: int, blocks: int) -> NDArray[np.intp]:
    """The rows or columns that are looked at, evenly spaced, `_SAMPLES` in each block."""
    count = blocks * _SAMPLES
    return ((np.arange(count) + 0.5) * pixels / count).astype(np.intp)
