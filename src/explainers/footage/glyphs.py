"""A terminal's cells as pixels: each look of a cell is drawn once, and then only copied."""

from __future__ import annotations

import contextlib
import unicodedata
from functools import cache, lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from explainers.fonts import HOUSE, Face, Letters, ignorable, spans
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

    def __init__(self, wide: int, high: int, letters: Letters = HOUSE):
        self.wide, self.high, self.letters = wide, high, letters
        self._numbers: dict[Look, int] = {}
        self.tiles = np.zeros((64, high, wide, 4), np.uint8)
        half = (64, high // 2, wide // 2)
        self.planes = [np.zeros(shape, np.uint8) for shape in ((64, high, wide), half, half)]

    def number(self, look: Look) -> int:
        """The number of a look; the first time it is asked for it is drawn."""
        found = self._numbers.get(look)
        if found is None:
            found = self._numbers[look] = len(self._numbers)
            if found == len(self.tiles):
                self.tiles = np.concatenate([self.tiles, np.zeros_like(self.tiles)])
                self.planes = [np.concatenate([plane, np.zeros_like(plane)]) for plane in self.planes]
            self.tiles[found] = self._drawn(look)
            for plane, samples in zip(self.planes, subsampled(self.tiles[found]), strict=True):
                plane[found] = samples
        return found

    def _drawn(self, look: Look) -> np.ndarray:
        alpha = _mask(look.text, self.wide, self.high, look.bold, look.italic, look.half > 0, self.letters)
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
def _mask(
    text: str, wide: int, high: int, bold: bool, italic: bool, double: bool, letters: Letters
) -> np.ndarray:
    """How much of each pixel a character covers: uint8 of shape (high, wide), or twice as wide.

    A character that no font has is an empty box.
    """
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
    text = unicodedata.normalize("NFC", "".join(letter for letter in text if not ignorable(letter)))
    found = spans(text, MONO, letters)
    if len(found) > 1 or found[0][0] is None:
        inset = max(1, wide // 8)
        draw.rectangle(
            (inset, high // 6, width - inset - 1, high - high // 6), outline=255, width=max(1, wide // 10)
        )
        return np.asarray(image)
    face = found[0][0]
    font = _font(face, round(size * 4) / 4, bold, italic)
    advance = font.getlength(text)
    if face.family != MONO and advance > width:
        font = _font(face, size * width / advance, bold, italic)
        advance = font.getlength(text)
    x = (width - advance) / 2 if double or advance > width * 1.02 else 0.0
    draw.text((x, high * BASELINE / HEIGHT), text, fill=255, font=font, anchor="ls")
    return np.asarray(image)


def drawn_by_cells(character: str) -> bool:
    """Whether a character needs no font: block elements and Braille patterns, which are drawn here."""
    return "\u2580" <= character <= "\u259f" or "\u2800" <= character <= "\u28ff"


def _braille(dots: int, width: int, high: int) -> np.ndarray:
    """Round dots in two columns and four rows; bit 0 is the upper left one, as in Unicode."""
    ys, xs = np.mgrid[0:high, 0:width] + 0.5
    mask, radius = np.zeros((high, width)), max(0.8, 0.16 * width)
    for bit in range(8):
        row, column = (bit % 3, bit // 3) if bit < 6 else (3, bit - 6)
        away = np.hypot(xs - width * (0.27 + 0.46 * column), ys - high * (0.17 + 0.22 * row))
        if dots >> bit & 1:
            mask = np.maximum(mask, np.clip(radius + 0.5 - away, 0, 1))
    return np.rint(mask * 255).astype(np.uint8)


def _block(text: str, width: int, high: int) -> np.ndarray | None:
    """Braille, and block elements, which reach their cell's edges so that neighbours join; else None."""
    if not drawn_by_cells(text[0]):
        return None
    code, mask = ord(text[0]), np.zeros((high, width), np.uint8)
    if code >= 0x2800:
        return _braille(code - 0x2800, width, high)
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
        halves = (
            (slice(None, half_high), slice(half_high, None)),
            (slice(None, half_wide), slice(half_wide, None)),
        )
        for bit, quadrant in zip((0b1000, 0b0100, 0b0010, 0b0001), product(*halves), strict=True):
            if parts & bit:
                mask[quadrant] = 255
    return mask


@cache
def _font(face: Face, size: float, bold: bool, italic: bool) -> Any:
    from PIL import ImageFont

    path = face.path
    if italic and face.family == MONO:
        path = next(iter(sorted(path.parent.glob("*Italic*.ttf"))), path)
    font = ImageFont.truetype(str(path), size, index=face.number, layout_engine=ImageFont.Layout.BASIC)
    with contextlib.suppress(OSError):
        # A font without axes has one weight.
        font.set_variation_by_axes([700 if bold else 400])
    return font
