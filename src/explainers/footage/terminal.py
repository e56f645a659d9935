"""A cast as a clip: only cells that changed are painted."""

from __future__ import annotations

from typing import Any

import numpy as np
from av.video.frame import VideoFrame

from explainers.film.layer import Rect, Span
from explainers.fonts import HOUSE, Letters
from explainers.footage.cast import Cast, Colors
from explainers.footage.glyphs import Cells
from explainers.footage.panes import Footage
from explainers.footage.recording import Recording
from explainers.footage.timeline import Timeline
from explainers.timing import frame_at


class TerminalClip(Footage):
    """A cast played by `clock`, in cells of `wide` x `high` pixels."""

    def __init__(
        self,
        cast: Cast,
        clock: Timeline,
        colors: Colors,
        cell: tuple[int, int],
        fps: int,
        duration_s: float,
        letters: Letters = HOUSE,
    ):
        self._cells = Cells(*cell, letters)
        frames = max(1, frame_at(duration_s, fps))
        times = [clock.at(frame / fps) for frame in range(frames + 1)]
        self.recording = Recording(cast, colors, self._cells, times)
        self._clock, self._cast, self._colors, self._rate = clock, cast, colors, fps
        columns, rows = self.recording.columns, self.recording.rows
        size = columns * cell[0], rows * cell[1]
        self._buffer = np.zeros((size[1], size[0], 4), np.uint8)
        # The same pixels, by row of cells, row in it, column of cells, column in it.
        self._by_cell = self._buffer.reshape(rows, cell[1], columns, cell[0], 4)
        self._shown: np.ndarray | None = None
        self._frame = VideoFrame(*size, "yuv420p")
        self._samples = [_by_cell(plane, rows, columns) for plane in self._frame.planes]
        self._laid: np.ndarray | None = None
        self.parts = (Rect(0, 0, *size),)
        super().__init__(size, duration_s, fps)

    def look(self, t: float) -> int:
        return self.recording.state(self._clock.at(frame_at(t, self._rate) / self._rate))

    def changed(self, before: int, after: int) -> list[Rect]:
        if before == after:
            return []
        different = self.recording.screen(before) != self.recording.screen(after)
        wide, high = self._cells.wide, self._cells.high
        rects: list[Rect] = []
        for y in np.flatnonzero(different.any(axis=1)).tolist():
            columns = np.flatnonzero(different[y])
            left, right = int(columns[0]) * wide, (int(columns[-1]) + 1) * wide
            last = rects[-1] if rects else None
            if (
                last
                and last.bottom == y * high
                and abs(last.left - left) + abs(last.right - right) < 12 * wide
            ):
                joined = last.joined(Rect(left, y * high, right, (y + 1) * high))
                rects[-1] = joined
            else:
                rects.append(Rect(left, y * high, right, (y + 1) * high))
        return rects

    def pixels(self, look: int) -> np.ndarray:
        screen = self.recording.screen(look)
        ys, xs = _changed_cells(screen, self._shown)
        if len(ys):
            self._by_cell[ys, :, xs] = self._cells.tiles[screen[ys, xs]]
        self._shown = screen
        return self._buffer

    def gives_planes(self, look: int) -> bool:
        """Always: cells are kept as samples of the film's own colours too."""
        return True

    def planes(self, look: int) -> VideoFrame:
        """The frame as yuv420p: always the same one, written anew where cells changed."""
        screen = self.recording.screen(look)
        if self._laid is not screen:
            ys, xs = _changed_cells(screen, self._laid)
            numbers = screen[ys, xs]
            for place, tiles in zip(self._samples, self._cells.planes, strict=True):
                place[ys, :, xs] = tiles[numbers]
            self._laid = screen
        return self._frame

    def spans(self) -> list[Span]:
        return self._clock.spans()


def _changed_cells(screen: np.ndarray, before: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the cells that are different now; all of them where nothing was before."""
    if before is None:
        ys, xs = np.indices(screen.shape).reshape(2, -1)
        return ys, xs
    ys, xs = np.nonzero(screen != before)
    return ys, xs


def _by_cell(plane: Any, rows: int, columns: int) -> np.ndarray:
    """A plane's samples by row of cells, row in it, column of cells, column in it: a view."""
    samples = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    return samples.reshape(rows, plane.height // rows, columns, plane.width // columns)
