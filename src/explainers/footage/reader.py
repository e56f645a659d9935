"""Frames of a conformed capture by number: in order they cost a decode each, else a short way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from explainers.errors import RenderFailed
from explainers.footage.conform import GOP


class Frames:
    """The frames of an MP4 that `conform` wrote. A number past the end gives the last one.

    Raises RenderFailed where the file can't be decoded.
    """

    def __init__(self, path: Path, count: int):
        self.path, self.count = path, count
        self._container: Any = None
        self._frames: Any = None
        self._at = -1
        self._frame: VideoFrame | None = None
        self._reformatter = VideoReformatter()

    def at(self, number: int) -> VideoFrame:
        """Frame `number` as yuv420p, BT.709, limited range; valid until another one is asked for."""
        number = max(0, min(number, self.count - 1))
        if self._frame is not None and number == self._at:
            return self._frame
        if self._container is None or number < self._at or number > self._at + GOP:
            self._go_to(number)
        try:
            while self._at < number:
                self._frame = next(self._frames)
                self._at = self._number(self._frame)
        except (StopIteration, av.FFmpegError) as error:
            if self._frame is None:
                raise RenderFailed(f"{self.path.name} gives no frame {number} ({error})") from None
            self._at = number
        assert self._frame is not None
        return self._frame

    def bgra(self, number: int) -> np.ndarray:
        """Frame `number` as BGRA, uint8 of shape (height, width, 4): a new array."""
        made = self._reformatter.reformat(
            self.at(number),
            format="bgra",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )
        plane = made.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(made.height, plane.line_size)  # type: ignore[call-overload]
        # Rows end in padding at some widths; whoever draws wants them without.
        return np.ascontiguousarray(rows[:, : made.width * 4]).reshape(made.height, made.width, 4)

    def _go_to(self, number: int) -> None:
        if self._container is None:
            self._container = av.open(str(self.path))
            stream = self._container.streams.video[0]
            # Decoding a few frames ahead on another core; the frames are the same for any number of them.
            stream.thread_type, stream.codec_context.thread_count = "FRAME", 2
            self._tick = 1 / (float(stream.average_rate) * float(stream.time_base))
        stream = self._container.streams.video[0]
        self._container.seek(int(number * self._tick + 0.5), stream=stream, backward=True)
        self._frames = self._container.decode(stream)
        self._at, self._frame = -1, None

    def _number(self, frame: VideoFrame) -> int:
        return round((frame.pts or 0) / self._tick)
