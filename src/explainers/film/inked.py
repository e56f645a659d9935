"""The ink of one layer: painted alone, so that its pixels are known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.film.layer import Layer, Note, TileLayer
from explainers.film.region import Rect
from explainers.theme import channels

_INK = 24
"""Alpha, of 255, from which a pixel is ink."""
_NEAR = 90
"""How far, over three channels, a pixel may be from the words' colour to be theirs."""
_PLATE = 0.25
"""Of a text's box, the share of pixels that are not its ink from which it stands on a plate of its own."""
_SAME, _ENOUGH = 15, 3
"""How far, over three channels, a pixel may be from a colour to be of it, and how many show it."""


@dataclass(frozen=True, eq=False)
class Ink:
    """A text's ink: its box, the mask of its pixels, of the box's shape, and its opacity.

    `ground` is the colour of the plate or shape that the layer brings for its words to stand on, if any.
    """

    box: Rect
    mask: NDArray[np.bool_]
    opacity: float
    ground: str | None

    def part(self, box: Rect) -> NDArray[np.bool_]:
        """The mask inside a box that lies in this one's."""
        rows = slice(box.top - self.box.top, box.bottom - self.box.top)
        return self.mask[rows, box.left - self.box.left : box.right - self.box.left]


def ink_of(layer: Layer, state: Any) -> Ink | None:
    """The ink of a text layer in a state; None where there is none."""
    box = layer.box(state)
    if box.empty:
        return None
    pixels = painted(layer, state, box)
    opacity = opacity_of(layer, state)
    there = pixels[:, :, 3] >= max(3.0, _INK * opacity)
    mask = there & _of_the_words(pixels, layer.note)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    tight = Rect(box.left + left, box.top + top, box.left + right, box.top + bottom)
    over = layer.note.over if layer.note else ""
    ground = _ground(pixels[top:bottom, left:right], mask[top:bottom, left:right], opacity, over)
    return Ink(tight, mask[top:bottom, left:right], round(opacity, 3), ground)


def _of_the_words(pixels: NDArray[np.uint8], note: Note | None) -> NDArray[np.bool_]:
    """Which pixels have the words' colour and not that of a shape drawn with them."""
    if note is None or not note.color:
        return np.ones(pixels.shape[:2], bool)
    far = _distance(pixels, note.color)
    if note.over and note.over != note.color:
        return far <= _distance(pixels, note.over)
    return far <= _NEAR


def _distance(pixels: NDArray[np.uint8], color: str) -> NDArray[np.float32]:
    """How far each pixel, freed of its alpha, is from a colour: the sum over its channels."""
    alpha = np.maximum(pixels[:, :, 3:], 1).astype(np.float32)
    plain = pixels[:, :, 2::-1] * (255 / alpha)
    return np.abs(plain - np.array(channels(color), np.float32)).sum(axis=2)


def _ground(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], opacity: float, over: str) -> str | None:
    """The middle colour of what is painted in a text's box and is not its ink, where that is much; `over` is
    what it is said to be."""
    plate = (pixels[:, :, 3] >= 230 * opacity) & ~mask
    if plate.mean() <= _PLATE:
        return None
    # Beside the ink of small words a pixel is half of their colour: the declared plate is believed once seen.
    if over and (plate & (_distance(pixels, over) <= _SAME)).sum() >= _ENOUGH:
        return over
    solid = pixels[plate].astype(np.float32)
    red, green, blue = np.median(solid[:, 2::-1] * (255 / solid[:, 3:]), axis=0)
    return f"#{round(red):02X}{round(green):02X}{round(blue):02X}"


def painted(layer: Layer, state: Any, box: Rect) -> NDArray[np.uint8]:
    """A layer painted alone, in a box: premultiplied BGRA of shape (height, width, 4)."""
    memory, ctx, surface = clear_surface(box)
    layer.paint(ctx, state)
    surface.flush()
    return memory[:, : box.right - box.left]


def clear_surface(box: Rect) -> tuple[NDArray[np.uint8], cairo.Context, cairo.ImageSurface]:
    """A clear surface that shows the frame's pixels in a box: its memory, a context in frame pixels."""
    width, height = box.right - box.left, box.bottom - box.top
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_ARGB32, width)
    memory = np.zeros((height, stride // 4, 4), np.uint8)
    surface = cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_ARGB32, width, height, stride)
    ctx = cairo.Context(surface)
    ctx.rectangle(0, 0, width, height)
    ctx.clip()
    ctx.translate(-box.left, -box.top)
    return memory, ctx, surface


def opacity_of(layer: Layer, state: Any) -> float:
    """Opacity of a tile's state, or of a changing number's; 1 for what does not say."""
    if isinstance(layer, TileLayer):
        return float(state[2])
    number = isinstance(state, tuple) and len(state) >= 4 and isinstance(state[0], str)
    return float(state[3]) if number and isinstance(state[3], float) else 1.0


def scale_of(layer: Layer, state: Any) -> float:
    """How much a tile is grown; 1 for what can't be."""
    return float(state[3]) if isinstance(layer, TileLayer) else 1.0
