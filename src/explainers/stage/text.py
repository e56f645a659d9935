"""Lines of text: laid out once as outlines, measured, broken, and drawn by their baseline.

Pango lays a line out through Manim's binding and writes it as SVG; the glyphs' outlines and pen positions are
read back here, so that the baseline and the advance stay known, which bounding boxes forget.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import NamedTuple

import cairo
import manimpango

from explainers.compositor.layer import Tile
from explainers.errors import RenderFailed
from explainers.fonts import HOUSE, Letters, begins_right, missing, right_to_left, spans
from explainers.stage import ink
from explainers.stage.shapes import Box
from explainers.theme import REGULAR, SANS, channels

_SIZE = 1000
_EM = _SIZE * 96 / 72
"""Text is laid out at one large size, so that spacing is the same at every size it is drawn at."""

_SYMBOL = re.compile(r'id="(glyph[-\d]+)">\s*<path [^>]*?\bd="([^"]*)"')
_USE = re.compile(r'<use xlink:href="#(glyph[-\d]+)" x="([-\d.]+)" y="([-\d.]+)"')
_STEP = re.compile(r"([MLCZ])([^MLCZ]*)")
_MISSING = 'stroke-miterlimit:2;"'

layouts = 0
"""How many texts this process has laid out: a cost that tests can count."""

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_ENDS = r"、。〉》」』】〕〗！），．：；？］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々’”)\],.!?:;…%"
_OPENS = r"〈《「『【〔〖（［｛‘“(\["
_BETWEEN = re.compile(f"(?<=[^{_OPENS}])(?:(?<=[{_WIDE}])|(?=[{_WIDE}]))(?=[^{_ENDS}])")
"""Beside a letter of a writing without spaces, but not before a mark that ends, nor after one that opens."""


@dataclass(frozen=True)
class Outline:
    """A glyph's outline: path commands (`M`, `L`, `C`, `Z`) with numbers in em, from its own origin on."""

    steps: tuple[tuple[str, tuple[float, ...]], ...]
    box: tuple[float, float, float, float] | None
    """The box of all its points, control points too: left, top, right, bottom; None where it has none."""


@dataclass(frozen=True)
class Line:
    """Glyphs in em, each with the place of its origin: the pen starts at (0, 0), y points down.

    `ink` is the box of the outlines (left, top, right, bottom), `advance` where the pen ends.
    """

    glyphs: tuple[tuple[Outline, float, float], ...]
    ink: tuple[float, float, float, float]
    advance: float

    def trace(self, ctx: cairo.Context) -> None:
        """Add the outlines to the context's path."""
        calls: dict[str, Callable[..., None]] = {"M": ctx.move_to, "L": ctx.line_to, "C": ctx.curve_to}
        for glyph, x, y in self.glyphs:
            ctx.translate(x, y)
            for command, numbers in glyph.steps:
                if command == "Z":
                    ctx.close_path()
                else:
                    calls[command](*numbers)
            ctx.translate(-x, -y)


@lru_cache(maxsize=2048)
def _outline(path: str) -> Outline:
    """The outline that an SVG path draws, whose numbers are in 1/`_EM` em."""
    steps = tuple(
        (command, tuple(float(n) / _EM for n in rest.split())) for command, rest in _STEP.findall(path)
    )
    xs = [n for _, numbers in steps for n in numbers[0::2]]
    ys = [n for _, numbers in steps for n in numbers[1::2]]
    return Outline(steps, (min(xs), min(ys), max(xs), max(ys)) if xs else None)


# More than a film of many shots lays out: a line is some 4 kB, since glyphs are shared.
@lru_cache(maxsize=2048)
def lay_out(text: str, font: str, weight: int, letters: Letters = HOUSE) -> Line:
    """Lay out one line, in the order it is read. RenderFailed names what no font of the video has."""
    global layouts
    if not text:
        return Line((), (0.0, 0.0, 0.0, 0.0), 0.0)
    ink.setup()
    layouts += 1
    svg = _svg(_markup(text, font, weight, letters))
    if _MISSING in svg:
        raise RenderFailed(f"no font has every glyph of {text!r}; write it with letters {font} has")
    outlines = {name: _outline(path) for name, path in _SYMBOL.findall(svg)}
    uses = [(name, float(x), float(y)) for name, x, y in _USE.findall(svg)]
    if not uses and text.isspace():
        # A line of nothing but spaces leaves no trace in some fonts: what it adds to a digit is its width.
        with_digit, digit = lay_out(f"0{text}", font, weight, letters), lay_out("0", font, weight)
        return Line((), (0.0, 0.0, 0.0, 0.0), with_digit.advance - digit.advance)
    if not uses:
        raise RenderFailed(f"Pango laid out nothing for {text!r}")
    baseline, (_, end, _) = uses[-1][2], uses[-1]
    glyphs = tuple(
        (outlines[name], x / _EM, (y - baseline) / _EM) for name, x, y in uses[:-1] if name in outlines
    )
    boxes = [(*glyph.box, x, y) for glyph, x, y in glyphs if glyph.box]
    lefts, tops, rights, bottoms = (
        [box[edge] + box[4 + edge % 2] for box in boxes] or [0.0] for edge in range(4)
    )
    return Line(glyphs, (min(lefts), min(tops), max(rights), max(bottoms)), end / _EM)


def _markup(text: str, font: str, weight: int, letters: Letters) -> str:
    """The text with a font for every part, and a mark after it at the end of its advance.

    Pango chooses no font itself: it would take one of the machine's. The mark is a no-break space, which
    leaves a trace only beside letters of its own font and direction, else a full stop. A text from right to
    left is isolated, so that the mark comes last all the same.
    """
    found = spans(text, font, letters)
    if any(face is None for face, _ in found):
        lacking = missing([text], letters)
        raise RenderFailed(f"{lacking[0].message} (in {text!r}); {lacking[0].remedy}")
    for face, _ in found:
        if face and face.family != font:
            ink.register(face.path)
    turned = right_to_left(text)
    plain = not turned and found[-1][0] is not None and found[-1][0].family == font
    parts = [(face.family, part) for face, part in found if face]
    if plain:
        parts[-1] = (font, f"{parts[-1][1]}\xa0")
    elif turned:
        parts = [(font, "\u200e\u2068"), *parts, (font, "\u2069.")]
    else:
        parts.append((font, "."))
    # FreeType rounds a variable font's outlines otherwise once it was set to another weight than its default,
    # and the fonts' cache is the whole process's. A weight beside the default is always set.
    vary = f" @wght={weight}.01" if weight == REGULAR else ""
    return "".join(
        f"<span font='{escape(family)},{vary}' fallback='false' weight='{weight}'>{escape(part)}</span>"
        for family, part in parts
    )


def _svg(markup: str) -> str:
    # One file a thread and process, written over and over: making and removing files is what takes long.
    path = ink.scratch() / f"line-{os.getpid()}-{threading.get_ident()}.svg"
    place, wrapping = (0, _SIZE * 2), (1_000_000, _SIZE * 4)
    font = ("", "NORMAL", "NORMAL", _SIZE, 0, True)
    manimpango.MarkupUtils.text2svg(markup, *font, str(path), *place, *wrapping, pango_width=-1)
    return path.read_text(encoding="utf-8")


class Style(NamedTuple):
    """Size in design units, weight (400 or 650), family and colour `#RRGGBB` of a text, and the letters that
    the family lacks."""

    size: float
    weight: int = REGULAR
    font: str = SANS
    color: str = "#FFFFFF"
    letters: Letters = HOUSE


@dataclass(frozen=True)
class TextRun:
    """One line of text whose ink begins at `x` and which stands on `baseline`, in design units."""

    text: str
    style: Style
    x: float = 0.0
    baseline: float = 0.0

    @property
    def line(self) -> Line:
        return _line(self.text, self.style)

    @property
    def box(self) -> Box:
        """The box of its ink."""
        left, top, right, bottom = (edge * self.style.size for edge in self.line.ink)
        return Box(self.x, self.baseline + top, self.x + right - left, self.baseline + bottom)

    def draw(self, ctx: cairo.Context, scale: float) -> None:
        """Fill the outlines on a context whose user space is frame pixels."""
        left = self.line.ink[0] * self.style.size
        ctx.save()
        ctx.translate((self.x - left) * scale, self.baseline * scale)
        ctx.scale(self.style.size * scale, self.style.size * scale)
        ctx.new_path()
        self.line.trace(ctx)
        red, green, blue = channels(self.style.color)
        ctx.set_source_rgb(red / 255, green / 255, blue / 255)
        ctx.fill()
        ctx.restore()


def text_width(text: str, style: Style) -> float:
    """Width of the ink of one line of text, in design units."""
    line = _line(text, style)
    return (line.ink[2] - line.ink[0]) * style.size


def _line(text: str, style: Style) -> Line:
    return lay_out(text, style.font, style.weight, style.letters)


def text_tile(text: str, style: Style, x: float, baseline: float, scale: float) -> Tile:
    """One line of text as a tile; its place is snapped to whole pixels so that equal texts look equal."""
    tile = _text_tile(text, style, scale)
    return tile.moved(round(x * scale) + tile.x, round(baseline * scale) + tile.y)


@lru_cache(maxsize=128)
def _text_tile(text: str, style: Style, scale: float) -> Tile:
    return ink.raster([TextRun(text, style)], scale)


def wrapped(text: str, style: Style, width: float) -> list[str]:
    """The text broken into lines of at most `width` design units; a long word stands alone.

    An address that is too wide is broken after a slash, Chinese and Japanese between any two letters. A line
    break the author wrote is kept. Lines are balanced: no short last word where two lines do.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        pieces = [piece for word in paragraph.split(" ") for piece in _pieces(word, style, width)]
        best = _greedy(pieces, style, width)
        # Narrow the measure while the number of lines stays the same: the lines come out even.
        for share in (0.55, 0.65, 0.75, 0.85, 0.95):
            tried = _greedy(pieces, style, width * share)
            if len(tried) == len(best) and all(_advance(line, style) <= width for line in tried):
                best = tried
                break
        lines += [_turned(line, paragraph) for line in best]
    return lines


def _turned(line: str, paragraph: str) -> str:
    """A line that is read in its paragraph's direction, also where it begins with a word of the other."""
    if not right_to_left(paragraph) or begins_right(line) == begins_right(paragraph):
        return line
    return ("\u200f" if begins_right(paragraph) else "\u200e") + line


def _pieces(word: str, style: Style, width: float) -> list[tuple[str, str]]:
    """What a line may be broken between in a word, each with what joins it to what is before it.

    A word too wide for a line is cut after its slashes into pieces that fit; a word without any is whole.
    """
    first, *more = _letter_by_letter(word)
    if more:
        return [(" ", first), *(("", piece) for piece in more)]
    if "/" not in word or _advance(word, style) <= width:
        return [(" ", word)]
    parts: list[str] = []
    for piece in re.findall(r"[^/]*/|[^/]+$", word):
        if parts and _advance(parts[-1] + piece, style) <= width:
            parts[-1] += piece
        else:
            parts.append(piece)
    return [(" ", part) for part in parts]


def _letter_by_letter(word: str) -> list[str]:
    """A word cut wherever a line may be broken in it without a hyphen; hangul has spaces and is not cut."""
    return [word] if word.isascii() else _BETWEEN.split(word)


def _greedy(pieces: list[tuple[str, str]], style: Style, width: float) -> list[str]:
    lines: list[str] = []
    for joint, piece in pieces:
        if lines and _advance(f"{lines[-1]}{joint}{piece}", style) <= width:
            lines[-1] += joint + piece
        else:
            lines.append(piece)
    return lines


def _advance(text: str, style: Style) -> float:
    """Width of a line from its words' advances: near enough to break lines by, and cheap."""
    words = text.split(" ")
    space = _line(" ", style).advance
    wide = sum(_line(piece, style).advance for word in words for piece in _letter_by_letter(word))
    return (wide + space * (len(words) - 1)) * style.size
