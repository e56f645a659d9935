"""Tiles: small pictures with an alpha channel, drawn once and placed many times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cairo
import numpy as np


@dataclass(frozen=True, eq=False)
class Tile:
    """Premultiplied BGRA pixels, uint8 of shape (height, width, 4), whose top left pixel lies at
    (`x`, `y`) of the frame, in whole pixels."""

    pixels: np.ndarray
    x: int
    y: int

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @cached_property
    def surface(self) -> cairo.ImageSurface:
        """The pixels as a Cairo surface; it shares their memory."""
        return cairo.ImageSurface.create_for_data(
            self.pixels.data, cairo.FORMAT_ARGB32, self.width, self.height, self.pixels.strides[0]
        )

    def moved(self, x: int, y: int) -> Tile:
        """The same pixels, placed at (`x`, `y`)."""
        return Tile(self.pixels, x, y)


def blank(width: int, height: int, x: int = 0, y: int = 0) -> Tile:
    """A transparent tile; rows are aligned as Cairo wants them."""
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_ARGB32, max(1, width))
    pixels = np.zeros((max(1, height), stride // 4, 4), np.uint8)[:, : max(1, width)]
    return Tile(pixels, x, y)


def trimmed(tile: Tile) -> Tile:
    """The tile without its fully transparent margins (one pixel stays where all is transparent)."""
    alpha = tile.pixels[:, :, 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return blank(1, 1, tile.x, tile.y)
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    kept = blank(right - left, bottom - top, tile.x + left, tile.y + top)
    kept.pixels[:] = tile.pixels[top:bottom, left:right]
    return kept
