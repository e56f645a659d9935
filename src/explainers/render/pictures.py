"""The poster and the contact sheet, made of stills that came by the video's own path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.fonts import font_files
from explainers.theme import SANS, Theme

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

JPG_QUALITY, WEBP_QUALITY = 88, 86
COLUMNS = 4
_GAP, _LABEL, _SIZE = 20, 40, 19


@dataclass(frozen=True)
class Cell:
    """A still on the contact sheet, with its name and its time in the video."""

    still: Path
    name: str
    time: str


def write_poster(still: Path, folder: Path) -> tuple[Path, Path]:
    """`poster.jpg` and `poster.webp` of a PNG, in `folder`."""
    from PIL import Image

    jpg, webp = folder / "poster.jpg", folder / "poster.webp"
    with Image.open(still) as picture:
        picture.save(jpg, "JPEG", quality=JPG_QUALITY, subsampling=0, optimize=True, progressive=True)
        picture.save(webp, "WEBP", quality=WEBP_QUALITY, method=4)
    return jpg, webp


def write_sheet(cells: Sequence[Cell], title: str, theme: Theme, path: Path) -> None:
    """All cells in rows of `COLUMNS`, each over its name and time, as PNG."""
    from PIL import Image, ImageDraw

    with Image.open(cells[0].still) as first:
        width, height = first.size
    columns, rows = min(COLUMNS, len(cells)), -(-len(cells) // COLUMNS)
    top = 3 * _GAP + _SIZE
    size = (_GAP + columns * (width + _GAP), top + rows * (height + _LABEL + _GAP))
    sheet = Image.new("RGB", size, theme.background)
    draw, font = ImageDraw.Draw(sheet), _font(_SIZE)
    draw.text(
        (_GAP, _GAP), _cut(title, size[0] - 2 * _GAP, _font(_SIZE + 6)), theme.color("text"), _font(_SIZE + 6)
    )
    for number, cell in enumerate(cells):
        row, column = divmod(number, COLUMNS)
        left, upper = _GAP + column * (width + _GAP), top + row * (height + _LABEL + _GAP)
        _place(sheet, cell, left, upper, theme)
        below = upper + height + 8
        time_width = int(font.getlength(cell.time))
        draw.text((left, below), _cut(cell.name, width - time_width - 16, font), theme.color("text"), font)
        draw.text((left + width - time_width, below), cell.time, theme.color("muted"), font)
    sheet.save(path, "PNG", optimize=False, compress_level=6)


def _place(sheet: Image, cell: Cell, left: int, top: int, theme: Theme) -> None:
    from PIL import Image, ImageDraw

    with Image.open(cell.still) as picture:
        sheet.paste(picture, (left, top))
        frame = (left - 1, top - 1, left + picture.width, top + picture.height)
    ImageDraw.Draw(sheet).rectangle(frame, outline=theme.line)


def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(font_files(SANS)[0]), size, layout_engine=ImageFont.Layout.BASIC)


def _cut(text: str, width: float, font: FreeTypeFont) -> str:
    """The text, shortened to at most `width` pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
