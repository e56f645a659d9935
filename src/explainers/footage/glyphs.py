"""A terminal's cells as pixels: each look of a cell is drawn once, and then only copied."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explainers.fonts import font_files
from explainers.theme import MONO, channels, mix

ADVANCE, HEIGHT, BASELINE = 0.6, 1.32, 1.02
"""A cell's width and height, and its baseline from its top, in em of the mono."""
FAINT = 0.55


class Look(NamedTuple):
    """How a cell looks. `half` is 1 and 2 for the left and right halves of a wide character."""

    text: str
    color: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    half: int = 0


def cell_size(width: int, height: int, columns: int, rows: int) -> tuple[int, int]:
    """The largest cell, in even pixels, of which so many fit in `width` x `height` pixels."""
    for wide in range(max(2, width // columns // 2 * 2), 1, -2):
        high = round(wide / ADVANCE * HEIGHT / 2) * 2
        if high * rows <= height:
            return wide, high
    return 2, max(2, min(4, height // rows // 2 * 2))


class Cells:
    """Tiles of one cell size, both sides even, by number: `tiles[n]` are the pixels of look n, uint8 BGRA,
    and `planes[0][n]`, `planes[1][n]`, `planes[2][n]` their 4:2:0 samples as the film's own."""

    def __init__(self, wide: int, high: int):
        self.wide, self.high = wide, high
        self._numbers: dict[Look, int] = {}
        self._tiles = np.zeros((64, high, wide, 4), np.uint8)
        half = (64, high // 2, wide // 2)
        self._planes = [np.zeros(shape, np.uint8) for shape in ((64, high, wide), half, half)]

    def number(self, look: Look) -> int:
        """The number of a look; the first time it is asked for it is drawn."""
        found = self._numbers.get(look)
        if found is None:
            found = self._numbers[look] = len(self._numbers)
            if found == len(self._tiles):
                self._tiles = np.concatenate([self._tiles, np.zeros_like(self._tiles)])
                self._planes = [np.concatenate([plane, np.zeros_like(plane)]) for plane in self._planes]
            self._tiles[found] = self._drawn(look)
            for plane, samples in zip(self._planes, subsampled(self._tiles[found]), strict=True):
                plane[found] = samples
        return found

    @property
    def tiles(self) -> np.ndarray:
        return self._tiles

    @property
    def planes(self) -> list[np.ndarray]:
        return self._planes

    def _drawn(self, look: Look) -> np.ndarray:
        alpha = _mask(look.text, self.wide, self.high, look.bold, look.italic, look.half > 0)
        if look.half:
            alpha = alpha[:, : self.wide] if look.half == 1 else alpha[:, self.wide :]
        thick = max(1, round(self.high / 18))
        alpha = alpha.copy()
        if look.underline:
            at = min(self.high - thick, round(self.high * (BASELINE + 0.09) / HEIGHT))
            alpha[at : at + thick] = 255
        if look.strike:
            at = round(self.high * (BASELINE - 0.32) / HEIGHT)
            alpha[at : at + thick] = 255
        over, under = (np.array(channels(color)[::-1], np.float32) for color in (look.color, look.ground))
        share = alpha[:, :, None].astype(np.float32) / 255
        tile = np.full((self.high, self.wide, 4), 255, np.uint8)
        tile[:, :, :3] = np.rint(under + (over - under) * share)
        return tile


def subsampled(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """BGRA of even sides as luma and the two chroma planes, 4:2:0, BT.709, limited range."""
    blue, green, red = (pixels[:, :, channel].astype(np.float32) for channel in range(3))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    high, wide = light.shape
    chroma = []
    for color, reach in ((blue, 1.8556), (red, 1.5748)):
        apart = (color - light).reshape(high // 2, 2, wide // 2, 2).mean(axis=(1, 3))
        chroma.append(np.rint(128 + apart * 224 / 255 / reach).astype(np.uint8))
    return np.rint(16 + light * 219 / 255).astype(np.uint8), chroma[0], chroma[1]


def faint(color: str, ground: str) -> str:
    """A colour at half its strength."""
    return mix(ground, color, FAINT)


@lru_cache(maxsize=8192)
def _mask(text: str, wide: int, high: int, bold: bool, italic: bool, double: bool) -> np.ndarray:
    """How much of each pixel a character covers: uint8 of shape (high, wide), or twice as wide."""
    from PIL import Image, ImageDraw

    width = wide * 2 if double else wide
    if text.strip() == "" or not text:
        return np.zeros((high, width), np.uint8)
    block = _block(text, width, high)
    if block is not None:
        return block
    image = Image.new("L", (width, high), 0)
    draw = ImageDraw.Draw(image)
    size = wide / ADVANCE
    font = _font_for(text, size, bold, italic)
    if font is None:
        inset = max(1, wide // 8)
        draw.rectangle(
            (inset, high // 6, width - inset - 1, high - high // 6), outline=255, width=max(1, wide // 10)
        )
        return np.asarray(image)
    own = font.getlength(text)
    x = (width - own) / 2 if double or own > width * 1.02 else 0.0
    draw.text((x, high * BASELINE / HEIGHT), text, fill=255, font=font, anchor="ls")
    return np.asarray(image)


def _block(text: str, width: int, high: int) -> np.ndarray | None:
    """Block elements reach their cell's edges exactly, so that neighbours join; None for other characters."""
    code = ord(text[0])
    if not 0x2580 <= code <= 0x259F:
        return None
    mask = np.zeros((high, width), np.uint8)
    half_high, half_wide = round(high / 2), round(width / 2)
    if code == 0x2580:
        mask[:half_high] = 255
    elif code <= 0x2588:
        mask[high - round(high * (code - 0x2580) / 8) :] = 255
    elif code <= 0x258F:
        mask[:, : round(width * (0x2590 - code) / 8)] = 255
    elif code == 0x2590:
        mask[:, half_wide:] = 255
    elif code <= 0x2593:
        mask[:] = (64, 128, 191)[code - 0x2591]
    elif code == 0x2594:
        mask[: round(high / 8)] = 255
    elif code == 0x2595:
        mask[:, width - round(width / 8) :] = 255
    else:
        # Quadrants: upper left, upper right, lower left, lower right.
        parts = (0b0010, 0b0001, 0b1000, 0b1011, 0b1001, 0b1110, 0b1101, 0b0100, 0b0110, 0b0111)[
            code - 0x2596
        ]
        for bit, rows, columns in (
            (0b1000, slice(None, half_high), slice(None, half_wide)),
            (0b0100, slice(None, half_high), slice(half_wide, None)),
            (0b0010, slice(half_high, None), slice(None, half_wide)),
            (0b0001, slice(half_high, None), slice(half_wide, None)),
        ):
            if parts & bit:
                mask[rows, columns] = 255
    return mask


def _font_for(text: str, size: float, bold: bool, italic: bool) -> Any:
    for path in _files(italic):
        if all(ord(character) in _characters(path) for character in text):
            return _font(path, round(size * 4) / 4, bold)
    return None


@cache
def _files(italic: bool) -> tuple[Path, ...]:
    """The mono, then the fonts that Matplotlib carries, for signs the mono has not."""
    import matplotlib

    upright = font_files(MONO)
    folder = upright[0].parent
    slanted = tuple(sorted(path for path in folder.rglob("*.ttf") if "Italic" in path.name)) if italic else ()
    more = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return (*slanted, *upright, *(more / f"{name}.ttf" for name in ("DejaVuSansMono", "DejaVuSans")))


@cache
def _characters(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(path, lazy=True).getBestCmap())


@cache
def _font(path: Path, size: float, bold: bool) -> Any:
    from PIL import ImageFont

    font = ImageFont.truetype(str(path), size)
    if path.parent != Path() and "DejaVu" not in path.name:
        font.set_variation_by_axes([700 if bold else 400])
    return font
