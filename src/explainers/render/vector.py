"""A frame as a figure for papers and slides: SVG and PDF from the same layers, in which text is text.

Layers paint themselves on a context that writes SVG. Where one copies a tile, what the tile was drawn from is
drawn in its place; a text leaves a mark there, which becomes a text element. What was never drawn (photos,
footage, soft lights and shadows) stays pixels. The fonts are embedded, cut down to the letters in use. A PDF
is that SVG, set by Typst.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cairo
import numpy as np
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from PIL import Image

from explainers.compositor.layer import Drawing, drawing_of
from explainers.compositor.picture import Picture
from explainers.fonts import font_files, right_to_left, spans
from explainers.stage import ink
from explainers.stage.text import TextRun

_SVG, _LINK, _XML = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
)
_MARK = 0.375
"""Side of a text's mark, in pixels."""
_SPACE = 1.4
"""The gap, in advances of the letter before, up to which letters set one by one are one text."""
_JPEG_QUALITY = 92


@dataclass
class _Letters:
    """A text with its pen's place and size in user units, and the matrix to the figure's pixels."""

    run: TextRun
    text: str
    x: float
    baseline: float
    size: float
    width: float
    alpha: float
    matrix: tuple[float, ...]

    @property
    def face(self) -> str:
        return face_of(self.run)

    def goes_on(self, other: _Letters) -> str | None:
        """What joins the text of `other` to this one on the same line; None where it stands apart."""
        same = (
            self.run.style == other.run.style
            and self.matrix[:4] == other.matrix[:4]
            and (self.size, self.alpha) == (other.size, other.alpha)
        )
        down, gap = self._at(other)
        step = self.width / max(1, len(self.text))
        if not same or abs(down) > 0.01 * self.size or not -0.35 * step < gap < _SPACE * step:
            return None
        return " " if gap > 0.3 * step else ""

    def _at(self, other: _Letters) -> tuple[float, float]:
        """How far down, and how far behind this text's end, another begins, in user units."""
        scale = self.matrix[0] or 1.0
        across, down = other.matrix[4] - self.matrix[4], other.matrix[5] - self.matrix[5]
        return (
            other.baseline + down / scale - self.baseline,
            other.x + across / scale - (self.x + self.width),
        )


class _Context(cairo.Context):  # type: ignore[type-arg,unused-ignore]
    """A context that draws what tiles were drawn from in their place, and keeps the texts."""

    def __new__(cls, surface: cairo.Surface) -> _Context:
        made = super().__new__(cls, surface)  # type: ignore[call-arg]
        made.letters = []
        made._tile = None
        return made

    letters: list[_Letters]
    _tile: tuple[Drawing, float, float] | None

    def set_source_surface(self, surface: cairo.Surface, x: float = 0.0, y: float = 0.0) -> None:
        super().set_source_surface(surface, x, y)
        drawing = drawing_of(surface)
        self._tile = (drawing, x, y) if drawing else None

    def set_source(self, source: cairo.Pattern) -> None:
        self._tile = None
        super().set_source(source)

    def set_source_rgb(self, red: float, green: float, blue: float) -> None:
        self._tile = None
        super().set_source_rgb(red, green, blue)

    def set_source_rgba(self, red: float, green: float, blue: float, alpha: float = 1.0) -> None:
        self._tile = None
        super().set_source_rgba(red, green, blue, alpha)

    def paint(self) -> None:
        self.paint_with_alpha(1.0)

    def paint_with_alpha(self, alpha: float) -> None:
        if self._tile is None:
            super().paint_with_alpha(alpha)
            return
        drawing, x, y = self._tile
        self.save()
        self.new_path()
        self.translate(x - drawing.left, y - drawing.top)
        for plain, inks in groupby(drawing.inks, _is_plain):
            if plain:
                for run in inks:
                    self._letter(run, drawing.scale, alpha)
            else:
                self._shapes(list(inks), drawing.scale, alpha)
        self.restore()

    def _shapes(self, inks: Sequence[Any], scale: float, alpha: float) -> None:
        if alpha < 1.0:
            self.push_group()
        for one in inks:
            # What is no object of Manim's draws itself.
            one.draw(self, scale) if hasattr(one, "draw") else ink.draw(self, one, scale)
        if alpha < 1.0:
            self.pop_group_to_source()
            super().paint_with_alpha(alpha)

    def _letter(self, run: TextRun, scale: float, alpha: float) -> None:
        """Leave a mark for a text where it is seen, and keep what it stands for."""
        left, top, right, bottom = self.clip_extents()
        box = run.box
        left, right = max(left, box.left * scale), min(right, box.right * scale)
        top, bottom = max(top, box.top * scale), min(bottom, box.bottom * scale)
        if left >= right or top >= bottom:
            return
        number = len(self.letters) + 1
        super().set_source_rgb(*(part / 255 for part in number.to_bytes(3, "big")))
        self.rectangle((left + right) / 2, (top + bottom) / 2, _MARK, _MARK)
        self.fill()
        size, matrix = run.style.size * scale, self.get_matrix()
        # The pen stands left of the ink by the first letter's own margin.
        pen = (run.x - run.line.ink[0] * run.style.size) * scale
        parts = (matrix.xx, matrix.yx, matrix.xy, matrix.yy, matrix.x0, matrix.y0)
        values = tuple(round(value, 5) for value in parts)
        width = run.line.advance * size
        self.letters.append(_Letters(run, run.text, pen, run.baseline * scale, size, width, alpha, values))


def _is_plain(one: Any) -> bool:
    """Whether it is a text whose letters are all in its own font and read from left to right."""
    if not isinstance(one, TextRun) or right_to_left(one.text):
        return False
    found = spans(one.text, one.style.font, one.style.letters)
    return all(face is not None and face.family == one.style.font for face, _ in found)


def svg(picture: Picture, frame: int, background: bool = True) -> str:
    """A frame of a picture as SVG with its fonts in it. Without `background` what is behind is seen."""
    return _embedded(*_drawn(picture, frame, background))


def pdf(picture: Picture, frame: int, background: bool = True, title: str = "") -> bytes:
    """A frame of a picture as a page of PDF, with the fonts in it; a pixel is three quarters of a point."""
    import typst

    root, letters = _drawn(picture, frame, background)
    width, height = picture.width * 0.75, picture.height * 0.75
    with tempfile.TemporaryDirectory(prefix="explainers-figure-") as folder:
        fonts = Path(folder) / "fonts"
        fonts.mkdir()
        for (family, weight), used in _used(letters).items():
            (fonts / f"{family}-{weight}.ttf").write_bytes(_face(family, weight, used))
        (Path(folder) / "figure.svg").write_bytes(ElementTree.tostring(root))
        page = Path(folder) / "figure.typ"
        page.write_text(
            "#set document(title: sys.inputs.title, date: none)\n"
            f"#set page(width: {width}pt, height: {height}pt, margin: 0pt)\n"
            f'#image("figure.svg", width: {width}pt, height: {height}pt)\n',
            encoding="utf-8",
        )
        made: bytes = typst.compile(
            str(page), font_paths=[str(fonts)], ignore_system_fonts=True, sys_inputs={"title": title}
        )
    return made


def _drawn(picture: Picture, frame: int, background: bool) -> tuple[ElementTree.Element, list[_Letters]]:
    """The frame as SVG with its texts in place, and those texts; IndexError for no frame of it."""
    if not 0 <= frame < picture.duration_frames:
        raise IndexError(f"frame {frame} of {picture.duration_frames}")
    held = io.BytesIO()
    surface = cairo.SVGSurface(held, picture.width, picture.height)
    surface.set_document_unit(cairo.SVGUnit.PX)
    ctx = _Context(surface)
    if background:
        ctx.set_source_surface(_behind(picture.background))
        ctx.paint()
    for layer in sorted(picture.layers, key=lambda layer: layer.z):
        state = layer.state(frame / picture.fps)
        if state is not None:
            ctx.save()
            ctx.new_path()
            layer.paint(ctx, state)
            ctx.restore()
    surface.finish()
    root = ElementTree.fromstring(held.getvalue())
    _with_text(root, ctx.letters)
    return root, ctx.letters


def _behind(pixels: np.ndarray) -> cairo.ImageSurface:
    """The background as a surface that SVG holds as JPEG: its dither would make a large PNG."""
    height, width = pixels.shape[:2]
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_RGB24, width)
    memory = np.zeros((height, stride // 4, 4), np.uint8)
    memory[:, :width] = pixels
    surface = cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_RGB24, width, height, stride)
    held = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[:, :, 2::-1])).save(held, "JPEG", quality=_JPEG_QUALITY)
    surface.set_mime_data(cairo.MIME_TYPE_JPEG, held.getvalue())
    return surface


# -- text ------------------------------------------------------------------------------------------------


def _with_text(root: ElementTree.Element, letters: Sequence[_Letters]) -> None:
    """Put texts in the place of their marks; letters that were set one after another become one text."""
    for parent in list(root.iter()):
        last: _Letters | None = None
        for child in list(parent):
            number = _marked(child)
            if number is None or not 0 < number <= len(letters):
                last = None
                continue
            one = letters[number - 1]
            joint = last.goes_on(one) if last is not None else None
            if last is not None and joint is not None:
                across = (one.matrix[4] - last.matrix[4]) / (last.matrix[0] or 1.0)
                last.text += joint + one.text
                last.width = one.x + across + one.width - last.x
                one.text = ""
                parent.remove(child)
            else:
                last = one
                child.clear()
                child.tag = f"{{{_SVG}}}text"
                child.set("data-letters", str(number))
    for element in root.iter(f"{{{_SVG}}}text"):
        _set(element, letters[int(element.attrib.pop("data-letters")) - 1])


def _marked(element: ElementTree.Element) -> int | None:
    """The number of the text whose mark an element is; None of all others."""
    # Cairo writes attributes from 1.18 on, and a style before.
    fill = f"{element.get('fill', '')} {element.get('style', '')}"
    color = re.search(r"rgb\(([\d.]+)%, ?([\d.]+)%, ?([\d.]+)%\)", fill)
    path = element.get("d")
    if color is None or path is None or len(path) > 200:
        return None
    # It begins another contour after the one it closes.
    numbers = [float(word) for word in re.findall(r"-?[\d.]+", path.partition("Z")[0])]
    xs, ys = numbers[0::2], numbers[1::2]
    if len(numbers) not in (8, 10) or max(xs) - min(xs) > 3 or max(ys) - min(ys) > 3:
        return None
    red, green, blue = (round(float(share) * 2.55) for share in color.groups())
    return red << 16 | green << 8 | blue


def _set(element: ElementTree.Element, one: _Letters) -> None:
    facts = {
        "transform": f"matrix({','.join(f'{value:g}' for value in one.matrix)})",
        "x": f"{one.x:.3f}",
        "y": f"{one.baseline:.3f}",
        "font-family": f"'{one.face}', '{one.run.style.font}', sans-serif",
        "font-size": f"{one.size:.3f}",
        "fill": one.run.style.color,
        f"{{{_XML}}}space": "preserve",
    }
    if one.alpha < 1.0:
        facts["fill-opacity"] = f"{one.alpha:.4f}"
    if len(one.text) > 1:
        facts |= {"textLength": f"{one.width:.3f}", "lengthAdjust": "spacingAndGlyphs"}
    element.attrib.update(facts)
    element.text = one.text


def _embedded(root: ElementTree.Element, letters: Sequence[_Letters]) -> str:
    """The SVG with the faces of its texts."""
    rules = [
        f"@font-face{{font-family:'{family} {weight}';"
        f"src:url(data:font/ttf;base64,{base64.b64encode(_face(family, weight, used)).decode()})}}"
        for (family, weight), used in _used(letters).items()
    ]
    style = ElementTree.Element(f"{{{_SVG}}}style")
    style.text = "\n".join(rules)
    root.insert(0, style)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def face_of(run: TextRun) -> str:
    """The name of the one face that a text is set in: its family at its weight."""
    return f"{run.style.font} {run.style.weight}"


def _used(letters: Sequence[_Letters]) -> dict[tuple[str, int], str]:
    """The letters in use of each family and weight, sorted."""
    found: dict[tuple[str, int], set[str]] = {}
    for letter in letters:
        found.setdefault((letter.run.style.font, letter.run.style.weight), set()).update(letter.text)
    return {name: "".join(sorted(used)) for name, used in sorted(found.items()) if used}


@cache
def _face(family: str, weight: int, used: str) -> bytes:
    """The font at one weight, with the letters in use, under a name of its own."""
    font = TTFont(font_files(family)[0], recalcTimestamp=False)
    # What it tells of its steps is of no interest here, and Manim lets loggers speak.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    # Few letters first: a whole variable font takes many seconds to be set to a weight.
    cut = subset.Subsetter(subset.Options(name_IDs=["*"], notdef_outline=True))
    cut.populate(text=f"{used} ")
    cut.subset(font)
    if "fvar" in font:
        # Lines are laid out at a size that is large enough for the optical size of headings.
        axes = {
            axis.axisTag: axis.maxValue if axis.axisTag == "opsz" else axis.defaultValue
            for axis in font["fvar"].axes
        }
        font = instancer.instantiateVariableFont(font, axes | {"wght": weight})
    name = f"{family} {weight}"
    for record in list(font["name"].names):
        if record.nameID not in (0, 13, 14):
            font["name"].removeNames(record.nameID)
    for number, text in ((1, name), (2, "Regular"), (4, name), (6, name.replace(" ", "-"))):
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 400
    held = io.BytesIO()
    font.save(held)
    return held.getvalue()
