"""Still pictures on stage: fitted to a box once, with rounded corners, as tiles; a legend of their classes:
swatches with outlines (dark colours are seen on dark ground), and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cairo
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainers.compositor.labels import LabelClass
from explainers.compositor.layer import Note, Rect, Tile, blank
from explainers.compositor.patches import rounded_clip
from explainers.stage import material, shapes
from explainers.stage.shapes import Box
from explainers.theme import LABEL

if TYPE_CHECKING:
    from explainers.stage.handle import Handle
    from explainers.stage.ink import Ink
    from explainers.stage.stage import Stage

RADIUS = 14.0


def fitted(box: Box, aspect: float, align: tuple[float, float] = (0.5, 0.5)) -> Box:
    """The largest box of `aspect` (width over height) inside `box`; `align` places it, 0 to 1."""
    return _aligned(box, min(box.width, box.height * aspect), aspect, align)


def covering(box: Box, aspect: float, align: tuple[float, float] = (0.5, 0.5)) -> Box:
    """The smallest box of `aspect` that covers `box`; `align` says which part of it is seen, 0 to 1."""
    return _aligned(box, max(box.width, box.height * aspect), aspect, align)


def _aligned(box: Box, width: float, aspect: float, align: tuple[float, float]) -> Box:
    height = width / aspect
    left = box.left + (box.width - width) * align[0]
    top = box.top + (box.height - height) * align[1]
    return Box(left, top, left + width, top + height)


def standing(stage: Stage, body: Box, aspect: float) -> Box:
    """Where a picture stands in the part of the frame that is its own: it covers a whole frame, and is fitted
    into a smaller part."""
    if body.width > 0.98 * stage.width and body.height > 0.98 * stage.height:
        return covering(body, aspect)
    return fitted(body, aspect)


def pixel_rect(stage: Stage, box: Box) -> Rect:
    """The box in whole pixels of the frame."""
    return Rect(*(round(edge * stage.scale) for edge in box))


def photo(
    stage: Stage,
    pixels: NDArray[np.uint8],
    box: Box,
    z: float = 3.0,
    radius: float = RADIUS,
    flat: bool = False,
    text: str = "",
) -> Handle:
    """A picture (RGB) that covers `box`, cut at its longer sides. `flat` keeps a label map's edges."""
    note = Note("picture", text, over=stage.theme.background)
    return stage.place({"plain": photo_tile(stage, pixels, box, radius, flat)}, box, z, note)


def photo_tile(
    stage: Stage, pixels: NDArray[np.uint8], box: Box, radius: float = RADIUS, flat: bool = False
) -> Tile:
    """The tile of `photo`, at its place in the frame."""
    rect = pixel_rect(stage, box)
    width, height = rect.right - rect.left, rect.bottom - rect.top
    tile, source = blank(width, height, rect.left, rect.top), opaque(pixels, width, height, flat)
    ctx = cairo.Context(tile.surface)
    rounded_clip(ctx, Rect(0, 0, width, height), radius * stage.scale)
    ctx.set_source_surface(source.surface)
    ctx.paint()
    tile.surface.flush()
    return tile


def opaque(pixels: NDArray[np.uint8], width: int, height: int, flat: bool = False) -> Tile:
    """A picture as a tile of that size, which it covers."""
    tile = blank(width, height)
    tile.pixels[:, :, :3] = covered(pixels, width, height, flat)[:, :, ::-1]
    tile.pixels[:, :, 3] = 255
    return tile


def pasted(box: Box, tile: Tile, scale: float) -> material.Painted:
    """A tile of the frame in a drawing of which `scale` pixels are a design unit."""

    def paint(ctx: cairo.Context) -> None:
        ctx.scale(1 / scale, 1 / scale)
        ctx.set_source_surface(tile.surface, tile.x, tile.y)
        ctx.paint()

    return material.Painted(box, paint)


def covered(pixels: NDArray[np.uint8], width: int, height: int, flat: bool = False) -> NDArray[np.uint8]:
    """The picture scaled to cover `width` x `height` pixels, its middle kept."""
    tall, wide = pixels.shape[:2]
    scale = max(width / wide, height / tall)
    # One of the two is nothing, or a rounding error to either side of it.
    cut_x, cut_y = max(0.0, (wide - width / scale) / 2), max(0.0, (tall - height / scale) / 2)
    # Enlarged pixels of a map keep their edges; made smaller, they are averaged as any picture's are.
    how = (
        (Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX)
        if flat
        else Image.Resampling.LANCZOS
    )
    region = (cut_x, cut_y, wide - cut_x, tall - cut_y)
    return np.asarray(Image.fromarray(pixels).resize((width, height), how, box=region))


# -- legends ---------------------------------------------------------------------------------------------

SWATCH, GAP, LARGEST_STEP = 44.0, 20.0, 66.0


@dataclass(frozen=True)
class Row:
    """A class's line: its box, and its swatch and words, to be brought on stage."""

    box: Box
    swatch: Handle
    words: Handle


def swatch_ink(box: Box, color: str, outline: str) -> Ink:
    """A square of a class's colour with an outline that is seen on any ground."""
    return shapes.panel(box, outline, color, radius=8, stroke=2.5)


def legend(stage: Stage, classes: Sequence[LabelClass], box: Box, z: float = 5.0) -> list[Row]:
    """One line a class, from the top of `box` down; closer together where it is low."""
    step = min(LARGEST_STEP, box.height / len(classes))
    side = min(SWATCH, step * 0.7)
    rows = []
    for index, one in enumerate(classes):
        lane = Box(box.left, box.top + step * index, box.right, box.top + step * (index + 1))
        square = stage.snapped(
            Box(lane.left, lane.center[1] - side / 2, lane.left + side, lane.center[1] + side / 2)
        )
        note = Note("shape", one.words, color=one.color)
        swatch = stage.mobject(swatch_ink(square, one.color, stage.theme.color("text")), z=z, note=note)
        words = stage.middle(one.words, lane.left + side + GAP, lane.center[1], LABEL, anchor="left", z=z)
        rows.append(Row(lane, swatch, words))
    return rows


def words_width(stage: Stage, classes: Sequence[LabelClass]) -> float:
    """From a line's left to the end of the longest words."""
    return SWATCH + GAP + max(stage.text_width(one.words, LABEL) for one in classes)
