"""A terminal's screen, as xterm's: cells with text and style, a cursor, margins, two buffers, character sets.

Written here because no well-kept emulator for Python does what today's programs need (background colours that
erasing keeps, wraps that wait, wide characters that are half overwritten, the alternate screen). The tests
compare it with xterm.js, cell by cell. Nothing blinks in a film.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from explainers.errors import MissingDependency
from explainers.inputs import MAX_ACCENTS

try:
    from wcwidth import wcwidth
except ImportError:
    hint = "install it with `pip install 'explainers[footage]'`"
    raise MissingDependency(f"terminal recordings need wcwidth; {hint}") from None

Color = int | str | None
"""A number of the 256, `#rrggbb`, or None for the terminal's own."""


class Style(NamedTuple):
    """How a cell's text is drawn."""

    fg: Color = None
    bg: Color = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    hidden: bool = False
    strike: bool = False


class Cell(NamedTuple):
    """A cell: a character with what combines with it, `""` for the right half of a wide one."""

    text: str = " "
    style: Style = Style()


_PLAIN = Style()
_SPECIAL = str.maketrans("`abcdefghijklmnopqrstuvwxyz{|}~", "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
_SETS: dict[str, dict[int, int]] = {"0": _SPECIAL, "A": str.maketrans("#", "£")}
_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 8: "hidden", 9: "strike"}
_FLAGS_OFF = {23: "italic", 24: "underline", 27: "inverse", 28: "hidden", 29: "strike"}

width_of = cache(wcwidth)


@dataclass
class Saved:
    """What saving the cursor keeps."""

    x: int = 0
    y: int = 0
    style: Style = _PLAIN
    sets: tuple[dict[int, int], ...] = ({}, {}, {}, {})
    level: int = 0


@dataclass
class Page:
    """One of the two buffers, with margins, tab stops and a saved cursor of its own."""

    lines: list[list[Cell]]
    top: int
    bottom: int
    stops: set[int]
    saved: Saved = field(default_factory=Saved)


class Screen:
    """A screen of `columns` x `rows` cells, all of which are in `lines`.

    `dirty` has the numbers of the lines that may have changed since it was emptied; `x` is `columns` where
    the next character goes to the next line. It is `frozen` while a program is in the middle of an update.
    """

    def __init__(self, columns: int, rows: int):
        self.columns, self.rows = columns, rows
        self._cells: dict[Style, dict[str, Cell]] = {}
        self.dirty: set[int] = set()
        self.reset()

    def reset(self) -> None:
        """As it was in the beginning, at the size of now."""
        self.x = self.y = 0
        self.soft_reset()
        self.newline = self.frozen = self.alternate = False
        self._pages = (self._page(), self._page())
        self._page_now = self._pages[0]
        self.dirty.update(range(self.rows))

    def soft_reset(self) -> None:
        """Modes, style and character sets as in the beginning; cells and cursor stay."""
        self.style, self.level = _PLAIN, 0
        self.sets: list[dict[int, int]] = [{}, {}, {}, {}]
        self.visible, self.wraps, self.inserts, self.origin = True, True, False, False
        self._last = ""
        if hasattr(self, "_page_now"):
            page = self._page_now
            page.top, page.bottom, page.saved = 0, self.rows - 1, Saved()

    def _page(self) -> Page:
        lines = [[Cell()] * self.columns for _ in range(self.rows)]
        return Page(lines, 0, self.rows - 1, set(range(8, self.columns, 8)))

    @property
    def lines(self) -> list[list[Cell]]:
        """The cells, line by line."""
        return self._page_now.lines

    # -- text ----------------------------------------------------------------------------------

    def draw(self, text: str) -> None:
        """Write text at the cursor."""
        if mapped := self.sets[self.level]:
            text = text.translate(mapped)
        if text.isascii() and not self.inserts:
            self._draw_plain(text)
        else:
            for character in text:
                self._draw_one(character, width_of(character))
        self._last = text[-1:]

    def _draw_plain(self, text: str) -> None:
        made, at = self._cells.setdefault(self.style, {}), 0
        while at < len(text):
            if self.x >= self.columns:
                if self.wraps:
                    self._wrap()
                else:
                    self.x, at = self.columns - 1, len(text) - 1
            piece = text[at : at + self.columns - self.x]
            self._put([made.get(c) or made.setdefault(c, Cell(c, self.style)) for c in piece])
            at += len(piece)

    def _put(self, cells: list[Cell]) -> None:
        """Write cells that fit at the cursor. What is left of a wide character under them is blank."""
        line, x, end = self.lines[self.y], self.x, self.x + len(cells)
        if line[x].text == "" and x:
            line[x - 1] = Cell(" ", self.style)
        if end < self.columns and line[end].text == "":
            line[end] = Cell(" ", self.style)
        line[x:end] = cells
        self.x = end
        self.dirty.add(self.y)

    def _draw_one(self, character: str, width: int) -> None:
        if width <= 0 or width > self.columns:
            self._combine(character)
            return
        if self.x + width > self.columns:
            if not self.wraps:
                self.x = self.columns - 1
                if width == 2:
                    return
            else:
                if self.x < self.columns:
                    self._put([Cell(" ", self.style)] * (self.columns - self.x))
                self._wrap()
        if self.inserts:
            self._shift(self.lines[self.y], width, Cell(" ", self.style))
        self._put([Cell(character, self.style), Cell("", self.style)][:width])

    def _combine(self, character: str) -> None:
        # What only chooses between forms of a character (as of emoji) has no form of its own.
        if not self.x or not unicodedata.combining(character):
            return
        line = self.lines[self.y]
        at = self.x - 1 - (line[self.x - 1].text == "" and self.x > 1)
        # A letter keeps its first accents: a hundred thousand would be laid out for minutes.
        if len(line[at].text) <= MAX_ACCENTS:
            line[at] = line[at]._replace(text=unicodedata.normalize("NFC", line[at].text + character))
            self.dirty.add(self.y)

    def _wrap(self) -> None:
        self.x = 0
        self._down()

    def repeat(self, count: int) -> None:
        """Write the last character again."""
        self.draw(self._last * min(count, self.columns * self.rows))

    def forget(self) -> None:
        """Something else than text came: there is nothing to repeat."""
        self._last = ""

    # -- the cursor ----------------------------------------------------------------------------

    def place(self, x: int, y: int) -> None:
        """Move the cursor; lines count from the margin where a program asked for that."""
        self.x = max(0, min(x, self.columns - 1))
        self.y = self._line_within(y + (self._page_now.top if self.origin else 0))

    def _line_within(self, y: int) -> int:
        """The line nearest to `y` that the cursor may be on."""
        low, high = (self._page_now.top, self._page_now.bottom) if self.origin else (0, self.rows - 1)
        return max(low, min(y, high))

    def move(self, dx: int, dy: int) -> None:
        """Move the cursor from where it is; margins stop it if it is between them."""
        page, y = self._page_now, self.y
        self.x = max(0, min(min(self.x, self.columns - 1) + dx, self.columns - 1))
        low = page.top if y >= page.top else 0
        high = page.bottom if y <= page.bottom else self.rows - 1
        self.y = max(low, min(y + dy, high))

    def move_lines(self, dy: int) -> None:
        """Move the cursor by lines, over margins too."""
        self.x, self.y = min(self.x, self.columns - 1), self._line_within(self.y + dy)

    def tab(self, count: int = 1) -> None:
        """To a tab stop, backwards where `count` is negative."""
        for _ in range(min(abs(count), self.columns)):
            if self.x >= self.columns:
                return
            if count > 0:
                self.x = min((s for s in self._page_now.stops if s > self.x), default=self.columns - 1)
                self.x = min(self.x, self.columns - 1)
            else:
                self.x = max((s for s in self._page_now.stops if s < self.x), default=0)

    def set_stop(self) -> None:
        """A tab stop where the cursor is."""
        self._page_now.stops.add(self.x)

    def clear_stops(self, all_: bool) -> None:
        """No tab stop where the cursor is, or none at all."""
        self._page_now.stops -= set(self._page_now.stops) if all_ else {self.x}

    def save(self) -> None:
        """Keep the cursor's place and style and the character sets."""
        self._page_now.saved = Saved(self.x, self.y, self.style, tuple(self.sets), self.level)

    def restore(self) -> None:
        """Go back to what was kept."""
        saved = self._page_now.saved
        self.style, self.sets, self.level = saved.style, list(saved.sets), saved.level
        self.x, self.y = min(saved.x, self.columns - 1), self._line_within(saved.y)

    # -- lines ---------------------------------------------------------------------------------

    def line_feed(self) -> None:
        """To the next line, scrolling where it is the last."""
        if self.newline:
            self.x = 0
        self._down()
        if self.x >= self.columns:
            self.x -= 1

    def _down(self) -> None:
        if self.y == self._page_now.bottom:
            self.scroll(1)
        else:
            self.y = min(self.y + 1, self.rows - 1)

    def index(self, up: bool = False) -> None:
        """A line down or up, scrolling at the margin."""
        self.x = min(self.x, self.columns - 1)
        if not up:
            self._down()
        elif self.y == self._page_now.top:
            self.scroll(-1)
        else:
            self.y = max(0, self.y - 1)

    def scroll(self, count: int, top: int | None = None, blank: Style | None = None) -> None:
        """The lines between the margins (from `top` on) move up, or down where `count` is negative."""
        page, first = self._page_now, self._page_now.top if top is None else top
        size = page.bottom + 1 - first
        count = max(-size, min(count, size))
        fill = [self._blank(blank)] * self.columns
        new = [list(fill) for _ in range(abs(count))]
        block = page.lines[first : page.bottom + 1]
        page.lines[first : page.bottom + 1] = block[count:] + new if count > 0 else new + block[:count]
        self.dirty.update(range(first, page.bottom + 1))

    def insert_lines(self, count: int) -> None:
        """Blank lines at the cursor, or as many gone where `count` is negative."""
        self.x = min(self.x, self.columns - 1)
        if self._page_now.top <= self.y <= self._page_now.bottom:
            self.scroll(-count, self.y)
            self.x = 0

    def margins(self, top: int, bottom: int) -> None:
        """Lines that scroll, counted from 1, 0 for the last; the cursor goes home."""
        bottom = bottom if 0 < bottom <= self.rows else self.rows
        if bottom > (top or 1):
            self._page_now.top, self._page_now.bottom = (top or 1) - 1, bottom - 1
            self.place(0, 0)

    # -- erasing -------------------------------------------------------------------------------

    def _blank(self, style: Style | None = None) -> Cell:
        """What is left by erasing: the background of now."""
        style = self.style if style is None else style
        return Cell(" ", Style(bg=style.bg))

    def _fill(self, start: int, end: int) -> None:
        """Blank cells of the cursor's line from `start` to before `end`."""
        line, end = self.lines[self.y], min(end, self.columns)
        if start >= end:
            return
        if line[start].text == "" and start:
            line[start - 1] = self._blank()
        if end < self.columns and line[end].text == "":
            line[end] = self._blank()
        line[start:end] = [self._blank()] * (end - start)
        self.dirty.add(self.y)

    def erase_line(self, how: int) -> None:
        """From the cursor on (0), up to it (1), or all (2)."""
        if how in (0, 1, 2):
            self._fill(0 if how else self.x, self.x + 1 if how == 1 else self.columns)

    def erase_display(self, how: int) -> None:
        """From the cursor on (0), up to it (1), or all (2)."""
        if how in (0, 1):
            self.erase_line(how)
        for y in {0: range(self.y + 1, self.rows), 1: range(self.y), 2: range(self.rows)}.get(how, ()):
            self.lines[y] = [self._blank()] * self.columns
            self.dirty.add(y)

    def erase_cells(self, count: int) -> None:
        """Blank cells from the cursor on."""
        self.x = min(self.x, self.columns - 1)
        self._fill(self.x, self.x + count)

    def insert_cells(self, count: int) -> None:
        """Blank cells at the cursor; the rest of the line moves to the right."""
        self.x = min(self.x, self.columns - 1)
        self._shift(self.lines[self.y], count, self._blank())
        self.dirty.add(self.y)

    def _shift(self, line: list[Cell], count: int, blank: Cell) -> None:
        if self.x and line[self.x].text == "":
            line[self.x - 1] = blank
        line[self.x : self.x] = [blank] * min(count, self.columns - self.x)
        if line[self.columns :] and line[self.columns].text == "":
            line[self.columns - 1] = blank
        del line[self.columns :]

    def delete_cells(self, count: int) -> None:
        """Cells gone at the cursor; the rest of the line moves to the left."""
        self.x = min(self.x, self.columns - 1)
        line = self.lines[self.y]
        if self.x and line[self.x].text == "":
            line[self.x - 1] = self._blank()
        del line[self.x : self.x + count]
        line += [self._blank()] * (self.columns - len(line))
        if line[self.x].text == "":
            line[self.x] = self._blank()
        self.dirty.add(self.y)

    def align(self) -> None:
        """Full of E: a test picture."""
        self.lines[:] = [[Cell("E", self.style)] * self.columns for _ in range(self.rows)]
        self.dirty.update(range(self.rows))
        self.place(0, 0)

    # -- modes ---------------------------------------------------------------------------------

    def designate(self, level: int, name: str) -> None:
        """Give G0 to G3 a character set; all but line drawing and the British one are plain."""
        self.sets[level] = _SETS.get(name, {})

    def mode(self, number: int, on: bool, private: bool) -> None:
        """Set or reset a mode."""
        if not private:
            self.inserts = on if number == 4 else self.inserts
            self.newline = on if number == 20 else self.newline
        elif number == 6:
            self.origin = on
            self.place(0, 0)
        elif number in (7, 25, 2026):
            setattr(self, {7: "wraps", 25: "visible", 2026: "frozen"}[number], on)
        elif number in (47, 1047, 1048, 1049):
            if on and number >= 1048:
                self.save()
            if number != 1048:
                self._turn_to(on)
            if not on and number >= 1048:
                self.restore()

    def _turn_to(self, alternate: bool) -> None:
        """The other buffer, which is empty if it is the alternate one."""
        if alternate == self.alternate:
            return
        self.alternate = alternate
        if alternate:
            fresh = self._page()
            fresh.lines = [[self._blank()] * self.columns for _ in range(self.rows)]
            fresh.saved = self._pages[1].saved
            self._pages = (self._pages[0], fresh)
        self._page_now = self._pages[alternate]
        self.dirty.update(range(self.rows))

    def resize(self, rows: int, columns: int) -> None:
        """Another size: what fits stays. Lines below the cursor go first, then those above."""
        before = self.y
        for page in self._pages:
            at = before if page is self._page_now else min(page.saved.y, self.rows - 1)
            gone = max(0, at + 1 - rows)
            kept = [line[:columns] for line in page.lines[gone : gone + rows]]
            for line in kept:
                if width_of(line[-1].text[:1] or " ") == 2:
                    line[-1] = Cell()
                line += [Cell()] * (columns - len(line))
            kept += [[Cell()] * columns for _ in range(rows - len(kept))]
            stops = {s for s in page.stops if s < self.columns} | set(range(8, columns, 8)) - set(
                range(8, self.columns, 8)
            )
            page.lines, page.top, page.bottom, page.stops = kept, 0, rows - 1, stops
            page.saved.x = min(page.saved.x, columns - 1)
            page.saved.y = max(0, page.saved.y - gone)
        self.y = min(before, rows - 1)
        self.rows, self.columns = rows, columns
        self.x = min(self.x, columns - 1)
        self.dirty.update(range(rows))

    def render(self, parameters: Sequence[Sequence[int]]) -> None:
        """Colours and styles (SGR); a parameter's parts after colons come with it."""
        style, rest = self.style, list(parameters) or [(0,)]
        while rest:
            code, *parts = rest.pop(0)
            if code in (38, 48, 58):
                color = _color(parts, rest)
                if color is not None and code != 58:
                    style = _changed(style, "fg" if code == 38 else "bg", color)
            else:
                style = _styled(style, code, parts)
        self.style = style


def _changed(style: Style, name: str, value: Any) -> Style:
    return style._replace(**{name: value})


def _styled(style: Style, code: int, parts: Sequence[int]) -> Style:
    """A style with one more code of SGR."""
    if code == 0:
        return _PLAIN
    if code in _FLAGS:
        return _changed(style, _FLAGS[code], code != 4 or not parts or parts[0] != 0)
    if code == 21:
        return style._replace(underline=True)
    if code == 22:
        return style._replace(bold=False, dim=False)
    if code in _FLAGS_OFF:
        return _changed(style, _FLAGS_OFF[code], False)
    bright, base = divmod(code, 10)
    if base < 8 and bright in (3, 4, 9, 10):
        return _changed(style, "fg" if bright in (3, 9) else "bg", base + 8 * (bright > 4))
    return _changed(style, "fg" if code == 39 else "bg", None) if code in (39, 49) else style


def _color(parts: Sequence[int], rest: list[Sequence[int]]) -> Color:
    """The colour after 38 or 48: its own parts, or parameters that follow, which are taken from `rest`."""
    if not parts:
        taken = [number[0] for number in rest[: {5: 2, 2: 4}.get(rest[0][0] if rest else 0, 1)]]
        del rest[: len(taken)]
        parts = taken
    elif parts[0] == 2 and len(parts) > 4:
        # The identifier of a colour space stands before the three.
        parts = [2, *parts[2:5]]
    if len(parts) >= 2 and parts[0] == 5:
        return parts[1] & 255
    if len(parts) >= 4 and parts[0] == 2:
        return "#" + "".join(f"{part & 255:02x}" for part in parts[1:4])
    return None
