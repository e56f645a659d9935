"""Pictures that stand still, at any sharpness: PDF pages, SVG drawings, PNG and JPEG.

A part of one is drawn for exactly the pixels it will fill, so that a zoom into a vector figure is as sharp
as the figure itself.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from explainers.errors import MissingDependency
from explainers.footage.media import bad, content_of
from explainers.footage.views import Area
from explainers.inputs import MIB, picture, read_bytes
from explainers.theme import channels

FORMATS = frozenset((".pdf", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"))
_POINTS_PER_INCH, _POINTS_PER_PIXEL = 72.0, 0.75
_MOST_PIXELS = 120_000_000
MAX_SVG_BYTES = 16 * MIB


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
    if not path.is_file():
        raise bad(path, "is not there")
    if path.stat().st_size == 0:
        raise bad(path, "is empty: it has no bytes; copy or export it again")
    found = content_of(path)
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
        bitmap = self._page.render(
            scale=scale,
            crop=crop,
            fill_color=(*channels(self._over), 255),
            rev_byteorder=False,
            draw_annots=False,
        )
        pixels = np.asarray(bitmap.to_numpy())
        if pixels.shape[2] == 3:
            pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
        return _exactly(pixels, size)


class _Svg:
    """An SVG drawing, through Typst's own reader of them."""

    def __init__(self, path: Path, over: str):
        self._path, self._over = path, over
        self.width, self.height = self._measured()

    def _measured(self) -> tuple[float, float]:
        import re

        found = self._query()
        sizes = re.findall(r"-?\d+(?:\.\d+)?", found)
        if len(sizes) < 2 or float(sizes[0]) <= 0 or float(sizes[1]) <= 0:
            raise bad(self._path, "has no size: give its svg element a width and a height, or a viewBox")
        return float(sizes[0]) / _POINTS_PER_PIXEL, float(sizes[1]) / _POINTS_PER_PIXEL

    def _query(self) -> str:
        size = "[#metadata((s.width.pt(), s.height.pt())) <size>]"
        text = f'#context {{ let s = measure(image("art.svg")); {size} }}'
        return str(self._typst(text, "query"))

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        import io

        from PIL import Image

        _checked(self._path, size)
        left, top, right, bottom = (edge * _POINTS_PER_PIXEL for edge in window)
        own_wide, own_high = self.width * _POINTS_PER_PIXEL, self.height * _POINTS_PER_PIXEL
        wide, high = right - left, bottom - top
        text = (
            f'#set page(width: {wide:.6f}pt, height: {high:.6f}pt, margin: 0pt, fill: rgb("{self._over}"))\n'
            f"#place(top + left, dx: {-left:.6f}pt, dy: {-top:.6f}pt, "
            f'image("art.svg", width: {own_wide:.6f}pt, height: {own_high:.6f}pt))'
        )
        ppi = max(size[0] / wide, size[1] / high) * _POINTS_PER_INCH
        data = self._typst(text, "png", ppi)
        with Image.open(io.BytesIO(data)) as image:
            return _exactly(_bgra(image.convert("RGB")), size)

    def _typst(self, text: str, what: str, ppi: float = 144.0) -> Any:
        import tempfile

        import typst

        with tempfile.TemporaryDirectory(prefix="explainers-art-") as folder:
            root = Path(folder)
            (root / "art.svg").write_bytes(read_bytes(self._path, self._path.name, MAX_SVG_BYTES))
            (root / "main.typ").write_text(text, encoding="utf-8")
            try:
                if what == "query":
                    return typst.query(str(root / "main.typ"), "<size>", field="value", one=True, root=folder)
                return typst.compile(str(root / "main.typ"), format="png", ppi=ppi, root=folder)
            except Exception as error:
                # Typst's binding raises errors of its own making for whatever it can't read.
                said = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
                raise bad(self._path, f"is no SVG that can be drawn ({said})") from None


class _Image:
    """A PNG, JPEG or the like, upright, over a colour."""

    def __init__(self, path: Path, over: str):
        from explainers.footage.media import probe

        media = probe(path)
        self.width, self.height = float(media.width), float(media.height)
        self._path, self._over = path, over

    def raster(self, window: Area, size: tuple[int, int]) -> np.ndarray:
        from PIL import Image

        image = _decoded(self._path, self._over)
        _checked(self._path, size)
        box = (
            max(0.0, window[0]),
            max(0.0, window[1]),
            min(self.width, window[2]),
            min(self.height, window[3]),
        )
        return _bgra(image.resize(size, Image.Resampling.LANCZOS, box=box))


@lru_cache(maxsize=2)
def _decoded(path: Path, over: str) -> Any:
    """A picture as RGB, turned upright; large ones take a second, so the last ones are kept."""
    from PIL import Image, ImageOps

    with picture(path) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.mode in ("RGBA", "LA", "PA", "P"):
            image = image.convert("RGBA")
            under = Image.new("RGBA", image.size, (*channels(over), 255))
            image = Image.alpha_composite(under, image)
        return image.convert("RGB")


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
