"""The poster and the contact sheet, made of stills that came by the video's own path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.fonts import HOUSE, Letters, Pen
from explainers.theme import Theme

if TYPE_CHECKING:
    from PIL.Image import Image

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


def write_sheet(
    cells: Sequence[Cell], title: str, theme: Theme, path: Path, letters: Letters = HOUSE
) -> None:
    """All cells in rows of `COLUMNS`, each over its name and time, as PNG."""
    from PIL import Image

    with Image.open(cells[0].still) as first:
        width, height = first.size
    columns, rows = min(COLUMNS, len(cells)), -(-len(cells) // COLUMNS)
    top = 3 * _GAP + _SIZE
    size = (_GAP + columns * (width + _GAP), top + rows * (height + _LABEL + _GAP))
    sheet = Image.new("RGB", size, theme.background)
    pen, large = Pen(_SIZE, letters), Pen(_SIZE + 6, letters)
    large.write(sheet, (_GAP, _GAP), large.cut(title, size[0] - 2 * _GAP), theme.color("text"))
    for number, cell in enumerate(cells):
        row, column = divmod(number, COLUMNS)
        left, upper = _GAP + column * (width + _GAP), top + row * (height + _LABEL + _GAP)
        _place(sheet, cell, left, upper, theme)
        below = upper + height + 8
        time_width = int(pen.width(cell.time))
        pen.write(sheet, (left, below), pen.cut(cell.name, width - time_width - 16), theme.color("text"))
        pen.write(sheet, (left + width - time_width, below), cell.time, theme.color("muted"))
    sheet.save(path, "PNG", optimize=False, compress_level=6)


def _place(sheet: Image, cell: Cell, left: int, top: int, theme: Theme) -> None:
    from PIL import Image, ImageDraw

    with Image.open(cell.still) as picture:
        sheet.paste(picture, (left, top))
        frame = (left - 1, top - 1, left + picture.width, top + picture.height)
    ImageDraw.Draw(sheet).rectangle(frame, outline=theme.line)
