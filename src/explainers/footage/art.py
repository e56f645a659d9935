"""Pictures that stand still, at any sharpness: PDF pages, SVG drawings, PNG and JPEG.

A part of one is drawn for exactly the pixels it will fill, so that a zoom into a vector figure is as sharp
as the figure itself.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from explainers.errors import Diagnostic, InvalidInput, MissingDependency
from explainers.footage.media import bad, content_of, probe
from explainers.footage.svg import Unreadable, read_svg
from explainers.footage.timeline import Area
from explainers.icc import srgb
from explainers.inputs import picture, read_once
from explainers.theme import channels

_MOST_PIXELS = 120_000_000
_MOST_LOSSES = 5


class Art(Protocol):
    """A picture. `width` and `height` are its own units: points of a page, pixels of an image or an SVG."""

    width: float
    height: float

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        """`window` of it, in its own units, as `size` pixels: uint8 BGRA of shape (height, width, 4)."""


def open_art(path: Path, page: int = 1, over: str = "#FFFFFF") -> Art:
    """The picture in a file; `page` counts from 1, `over` is the colour under what is transparent.

    InvalidInput names a file that can't be drawn, MissingDependency what reads PDFs where it is not there.
    """
    found = content_of(path, "copy or export")
    if path.suffix.lower() == ".pdf" or found == "PDF":
        if found != "PDF":
            raise bad(
                path, f"is named as PDF but holds {found or 'something else'}; give it the right extension"
            )
        return _Pdf(path, page, over)
    if path.suffix.lower() == ".svg":
        return _Svg(path, over)
    return _Image(path, over)


class _Pdf:
    """A page of a PDF, through PDFium."""

    def __init__(self, path: Path, page: int, over: str):
        pdfium = _pdfium()
        try:
            self._document = pdfium.PdfDocument(str(path))
        except pdfium.PdfiumError as error:
            raise bad(path, f"is no PDF that can be read ({error}); export it again") from None
        if not 1 <= page <= len(self._document):
            raise bad(path, f"has no page {page}: it has {len(self._document)}")
        self._page = self._document[page - 1]
        self.width, self.height = self._page.get_size()
        self._path, self._number, self._over = path, page, over

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        left, top, right, bottom = window
        scale = max(size[0] / (right - left), size[1] / (bottom - top))
        _checked(self._path, size)
        crop = (left, self.height - bottom, self.width - right, top)
        fill = (*channels(self._over), 255)
        bitmap = self._page.render(
            scale=scale, crop=crop, fill_color=fill, rev_byteorder=False, draw_annots=False
        )
        pixels = np.asarray(bitmap.to_numpy())
        if pixels.shape[2] == 3:
            pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
        return _exactly(pixels, size)


class _Svg:
    """An SVG drawing; one that would lose text, or that needs another file, is refused."""

    def __init__(self, path: Path, over: str):
        try:
            self._drawing = read_svg(path)
        except Unreadable as error:
            raise bad(path, str(error)) from None
        if grave := [loss for loss in self._drawing.losses if loss.grave]:
            raise InvalidInput(
                [Diagnostic("not-drawn", f"{path.name} {loss}") for loss in grave[:_MOST_LOSSES]]
            )
        self.width, self.height = self._drawing.width, self._drawing.height
        self._path, self._over = path, over

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        from PIL import Image

        _checked(self._path, size)
        try:
            data = self._drawing.png(window, size, self._over)
        except Unreadable as error:
            raise bad(self._path, str(error)) from None
        with Image.open(BytesIO(data)) as image:
            return _exactly(_bgra(image.convert("RGB")), size)


class _Image:
    """A PNG, JPEG or the like, upright, over a colour."""

    def __init__(self, path: Path, over: str):
        media = probe(path)
        self.width, self.height = float(media.width), float(media.height)
        self._path, self._over = path, over

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        from PIL import Image

        image = _decoded(self._path, self._over)
        _checked(self._path, size)
        left, top, right, bottom = window
        box = (max(0.0, left), max(0.0, top), min(self.width, right), min(self.height, bottom))
        return _bgra(image.resize(size, Image.Resampling.LANCZOS, box=box))


@read_once(2)
def _decoded(path: Path, over: str) -> Any:
    """A picture as RGB; large ones take a second, so the last ones are kept."""
    with picture(path) as opened:
        return srgb(opened, over)


def _bgra(image: Any) -> np.ndarray:
    rgb = np.asarray(image)
    pixels = np.full((*rgb.shape[:2], 4), 255, np.uint8)
    pixels[:, :, :3] = rgb[:, :, ::-1]
    return pixels


def _exactly(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The pixels, cut or continued to that width and height: drawing rounds up by a pixel at most."""
    width, height = size
    found = np.full((height, width, 4), 255, np.uint8)
    high, wide = min(height, pixels.shape[0]), min(width, pixels.shape[1])
    found[:high, :wide] = pixels[:high, :wide]
    found[high:] = found[high - 1]
    found[:, wide:] = found[:, wide - 1 : wide]
    found[:, :, 3] = 255
    return found


def _checked(path: Path, size: tuple[int, int]) -> None:
    if size[0] * size[1] > _MOST_PIXELS:
        raise bad(path, f"would have to be drawn with {size[0]}x{size[1]} pixels; zoom in less")


def _pdfium() -> Any:
    try:
        import pypdfium2
    except ImportError:
        hint = "install it with `pip install 'explainers[footage]'`"
        raise MissingDependency(f"PDF figures need pypdfium2; {hint}") from None
    return pypdfium2
