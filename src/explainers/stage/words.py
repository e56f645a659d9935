"""Words: lines of text with a style, placed by their baseline, measured, broken and drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import cairo

from explainers.film.layer import Tile
from explainers.fonts import HOUSE, Letters, begins_right, right_to_left
from explainers.stage import ink
from explainers.stage.box import Box
from explainers.stage.pango import Line, lay_out
from explainers.theme import REGULAR, SANS, channels

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_ENDS = r"、。〉》」』】〕〗！），．：；？］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々’”)\],.!?:;…%"
_OPENS = r"〈《「『【〔〖（［｛‘“(\["
_BETWEEN = re.compile(f"(?<=[^{_OPENS}])(?:(?<=[{_WIDE}])|(?=[{_WIDE}]))(?=[^{_ENDS}])")
"""Beside a letter of a writing without spaces, but not before a mark that ends, nor after one that opens."""


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
