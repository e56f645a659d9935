"""BGRA to limited-range BT.709 4:2:0, only in the bands that changed, into one reused frame.

Every band is converted with some rows of its surroundings, so that the chroma filter sees what it
would see in the whole frame: a frame's pixels do not depend on what was converted before it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from explainers.film.region import Rect

BAND_ROWS = 60
MARGIN_ROWS = 8


class YuvFrame:
    """A reused yuv420p frame that follows a BGRA surface of shape (height, width, 4)."""

    def __init__(self, pixels: np.ndarray):
        self._pixels = pixels
        self.height, self.width = pixels.shape[:2]
        self.frame = tagged(VideoFrame(self.width, self.height, "yuv420p"))
        self._planes = [_view(plane) for plane in self.frame.planes]
        self._whole, self._band = VideoReformatter(), VideoReformatter()
        self.bands_converted = 0

    def update(self, dirty: Iterable[Rect]) -> None:
        """Convert the bands of rows that `dirty` touches; nothing where it is empty."""
        count = -(-self.height // BAND_ROWS)
        bands = {b for r in dirty for b in range(r.top // BAND_ROWS, min(count, -(-r.bottom // BAND_ROWS)))}
        self.bands_converted += len(bands)
        if len(bands) * 2 > count or self.height <= BAND_ROWS + 2 * MARGIN_ROWS:
            if bands:
                self._convert(self._whole, 0, self.height, 0, self.height)
            return
        window = BAND_ROWS + 2 * MARGIN_ROWS
        for band in sorted(bands):
            top, bottom = band * BAND_ROWS, min((band + 1) * BAND_ROWS, self.height)
            # Windows keep one height (and so one converter) and begin on an even row.
            start = min(max(0, top - MARGIN_ROWS), (self.height - window) & ~1)
            self._convert(self._band, start, start + window, top, bottom)

    def _convert(self, reformatter: VideoReformatter, start: int, end: int, top: int, bottom: int) -> None:
        source = VideoFrame.from_numpy_buffer(self._pixels[start:end], format="bgra")
        result = reformatter.reformat(
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
            first, last = top // half, -(-bottom // half)
            self._planes[index][first:last] = _view(plane)[first - start // half : last - start // half]


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
