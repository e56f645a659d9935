"""Pictures that stand still, at any sharpness: PDF pages, SVG drawings, PNG and JPEG.

A part of one is drawn for exactly the pixels it will fill, so that a zoom into a vector figure is as sharp
as the figure itself.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from explainers.confined import reader
from explainers.errors import Diagnostic, InvalidInput, MissingDependency
from explainers.footage.media import bad, content_of, probe
from explainers.footage.svg import Unreadable, parsed, read_svg
from explainers.footage.timeline import Area
from explainers.icc import srgb
from explainers.inputs import MAX_PICTURE_PIXELS, picture, read_once
from explainers.theme import channels

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
        self.width, self.height = _pdf_size(path, page)
        self._path, self._page, self._over = path, page, over

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        _checked(self._path, size)
        return _exactly(_pdf_pixels(self._path, self._page, window, size, channels(self._over)), size)


def _page_of(path: Path, page: int) -> Any:
    pdfium = _pdfium()
    try:
        # By its bytes: PDFium would follow the link to a name that this process may not open.
        document = pdfium.PdfDocument(path.read_bytes())
    except pdfium.PdfiumError as error:
        raise bad(path, f"is no PDF that can be read ({error}); export it again") from None
    if not 1 <= page <= len(document):
        raise bad(path, f"has no page {page}: it has {len(document)}")
    return document[page - 1]


@reader
def _pdf_size(path: Path, page: int) -> tuple[float, float]:
    width, height = _page_of(path, page).get_size()
    return width, height


@reader
def _pdf_pixels(
    path: Path, page: int, window: Area, size: tuple[int, int], over: tuple[int, int, int]
) -> np.ndarray:
    opened = _page_of(path, page)
    left, top, right, bottom = window
    whole = opened.get_size()
    scale = max(size[0] / (right - left), size[1] / (bottom - top))
    crop = (left, whole[1] - bottom, whole[0] - right, top)
    bitmap = opened.render(
        scale=scale, crop=crop, fill_color=(*over, 255), rev_byteorder=False, draw_annots=False
    )
    pixels = np.asarray(bitmap.to_numpy())
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    return pixels


class _Svg:
    """An SVG drawing; one that would lose text, or that needs another file, is refused."""

    def __init__(self, path: Path, over: str):
        try:
            drawing = read_svg(path)
        except Unreadable as error:
            raise bad(path, str(error)) from None
        if grave := [loss for loss in drawing.losses if loss.grave]:
            raise InvalidInput(
                [Diagnostic("not-drawn", f"{path.name} {loss}") for loss in grave[:_MOST_LOSSES]]
            )
        self.width, self.height = drawing.width, drawing.height
        self._path, self._over = path, over

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        _checked(self._path, size)
        try:
            return _exactly(_svg_pixels(self._path, window, size, self._over), size)
        except ValueError as error:
            raise bad(self._path, str(error)) from None


@reader
def _svg_pixels(path: Path, window: Area, size: tuple[int, int], over: str) -> np.ndarray:
    from PIL import Image

    with Image.open(BytesIO(parsed(path).png(window, size, over))) as image:
        return _bgra(image.convert("RGB"))


class _Image:
    """A PNG, JPEG or the like, upright, over a colour."""

    def __init__(self, path: Path, over: str):
        media = probe(path)
        self.width, self.height = float(media.width), float(media.height)
        self._path, self._over = path, over

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        from PIL import Image

        image = Image.fromarray(_decoded(self._path, self._over))
        _checked(self._path, size)
        left, top, right, bottom = window
        box = (max(0.0, left), max(0.0, top), min(self.width, right), min(self.height, bottom))
        return _bgra(image.resize(size, Image.Resampling.LANCZOS, box=box))


@read_once(2)
@reader
def _decoded(path: Path, over: str) -> np.ndarray:
    """A picture as RGB; large ones take a second, so the last ones are kept."""
    with picture(path) as opened:
        return np.asarray(srgb(opened, over))


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
    if size[0] * size[1] > MAX_PICTURE_PIXELS:
        raise bad(path, f"would have to be drawn with {size[0]}x{size[1]} pixels; zoom in less")


def _pdfium() -> Any:
    try:
        import pypdfium2
    except ImportError:
        hint = "install it with `pip install 'explainers[footage]'`"
        raise MissingDependency(f"PDF figures need pypdfium2; {hint}") from None
    return pypdfium2
