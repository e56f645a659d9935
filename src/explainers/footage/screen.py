"""A terminal's screen: pyte, with what it lacks.

Added here: the alternate screen (after vim the shell comes back), synchronised updates, faint text, scrolling
by count, repetition, back-tabs, colours written with colons, the palette's own first sixteen; and sequences
that pyte would take for text (device control strings, private parameters) never reach it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import Any, ClassVar

import pyte
from pyte import modes
from pyte.screens import Char, StaticDefaultDict
from wcwidth import wcwidth

ALTERNATE = frozenset((47, 1047, 1049))
SYNCHRONISED = 2026

_STRINGS = re.compile(r"\x1b[PX^_][\s\S]*?(?:\x1b\\|\x9c)|\x1b\][\s\S]*?(?:\x07|\x1b\\|\x9c)")
_PRIVATE = re.compile(r"\x1b\[(?:[<=>][0-9:;]*[ -/]*[@-~]|[0-9:;?]*[ -/]+[@-~])")
_COLONS = re.compile(r"\x1b\[([0-9;]*:[0-9:;]*)m")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-9:;<=>?]*[ -/]*|[\]PX^_][\s\S]*|[()#%])?$")
_HELD = 1 << 20


class Stream(pyte.Stream):
    """Feeds a screen with a program's output, whose sequences may be split between two events."""

    csi: ClassVar[dict[str, str]] = {
        **pyte.Stream.csi,
        "S": "scroll_up",
        "T": "scroll_down",
        "b": "repeat",
        "Z": "back_tab",
        "s": "save_cursor",
        "u": "restore_cursor",
    }
    escape: ClassVar[dict[str, str]] = {**pyte.Stream.escape, "E": "next_line"}

    def __init__(self, screen: Screen):
        super().__init__(screen)
        # Line drawing by character set (`ESC ( 0`) is done only without this.
        self.use_utf8 = False
        self._rest = ""

    def feed(self, data: str) -> None:
        """Take in some output; what is left of an unfinished sequence waits for the next."""
        data = self._rest + data
        self._rest = ""
        if "\x1b" in data:
            data = _STRINGS.sub("", data)
            unfinished = _UNFINISHED.search(data)
            if unfinished and len(unfinished[0]) < _HELD:
                self._rest, data = unfinished[0], data[: unfinished.start()]
            data = _COLONS.sub(_with_semicolons, _PRIVATE.sub("", data))
        super().feed(data)


def _with_semicolons(match: re.Match[str]) -> str:
    """Colour parameters as pyte reads them: `38:2::1:2:3` is `38;2;1;2;3`, a kind of underline is one."""
    parts = []
    for group in match[1].split(";"):
        first, *rest = group.split(":")
        if first in ("38", "48") and rest:
            numbers = [one for one in rest[1:] if one]
            parts += [first, rest[0], *(numbers[-3:] if rest[0] == "2" else numbers[:1])]
        elif first == "4" and rest:
            parts.append("24" if rest[0] == "0" else "4")
        elif first != "58":
            parts.append(first)
    return f"\x1b[{';'.join(parts)}m"


class Screen(pyte.Screen):
    """pyte's screen and the rest. `frozen` while a program says that it is in the middle of an update.

    Nothing blinks in a film: a character's `blink` says that it is faint.
    """

    def __init__(self, columns: int, rows: int):
        self._main: tuple[Any, Any] | None = None
        self.savepoints: list[Any] = []
        self._last = " "
        self._made: dict[Char, dict[str, Char]] = {}
        self.frozen = False
        super().__init__(columns, rows)

    def reset(self) -> None:
        self._main, self.frozen = None, False
        super().reset()

    # -- text ----------------------------------------------------------------------------------

    def draw(self, data: str) -> None:
        """Plain text goes the short way; anything wide, combining or inserted takes pyte's."""
        if data.isascii() and modes.IRM not in self.mode and not self.charset:
            self._draw_plain(data)
        else:
            # pyte drops all that follows a character without width that combines with nothing.
            kept = (c for c in data if wcwidth(c) > 0 or unicodedata.combining(c))
            super().draw("".join(kept))
        if data:
            self._last = data[-1]

    def _draw_plain(self, data: str) -> None:
        made = self._made.setdefault(self.cursor.attrs, {})
        at = 0
        while at < len(data):
            if self.cursor.x == self.columns:
                if modes.DECAWM not in self.mode:
                    self.cursor.x -= 1
                    at = max(at, len(data) - 1)
                else:
                    self.carriage_return()
                    self.linefeed()
            x, line = self.cursor.x, self.buffer[self.cursor.y]
            piece = data[at : at + self.columns - x]
            for character in piece:
                char = made.get(character)
                if char is None:
                    char = made[character] = self.cursor.attrs._replace(data=character)
                line[x] = char
                x += 1
            self.cursor.x = x
            self.dirty.add(self.cursor.y)
            at += len(piece)

    def repeat(self, count: int | None = None) -> None:
        """Write the last character again."""
        self.draw(self._last * min(count or 1, self.columns * self.lines))

    def next_line(self) -> None:
        """To the beginning of the next line."""
        self.carriage_return()
        self.index()

    def back_tab(self, count: int | None = None) -> None:
        """Back to a tab stop."""
        for _ in range(count or 1):
            self.cursor.x = max((stop for stop in self.tabstops if stop < self.cursor.x), default=0)

    # -- scrolling -----------------------------------------------------------------------------

    def scroll_up(self, count: int | None = None) -> None:
        """The lines between the margins move up; the cursor stays."""
        self._scroll(count or 1, self.delete_lines)

    def scroll_down(self, count: int | None = None) -> None:
        """The lines between the margins move down; the cursor stays."""
        self._scroll(count or 1, self.insert_lines)

    def _scroll(self, count: int, how: Any) -> None:
        x, y = self.cursor.x, self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        how(count)
        self.cursor.x, self.cursor.y = x, y

    # -- modes ---------------------------------------------------------------------------------

    def set_mode(self, *numbers: int, **kwargs: Any) -> None:
        if kwargs.get("private"):
            if ALTERNATE & set(numbers):
                self._to_alternate()
            self.frozen |= SYNCHRONISED in numbers
            numbers = tuple(one for one in numbers if one not in ALTERNATE and one != SYNCHRONISED)
        super().set_mode(*numbers, **kwargs)

    def reset_mode(self, *numbers: int, **kwargs: Any) -> None:
        if kwargs.get("private"):
            if ALTERNATE & set(numbers):
                self._to_main()
            if SYNCHRONISED in numbers:
                self.frozen = False
            numbers = tuple(one for one in numbers if one not in ALTERNATE and one != SYNCHRONISED)
        super().reset_mode(*numbers, **kwargs)

    def _to_alternate(self) -> None:
        if self._main is None:
            self.save_cursor()
            self._main = self.buffer, self.savepoints
            self.savepoints = []
            self._empty()

    def _to_main(self) -> None:
        if self._main is not None:
            self.buffer, self.savepoints = self._main
            self._main = None
            self.restore_cursor()
            self.cursor.x, self.cursor.y = (
                min(self.cursor.x, self.columns),
                min(self.cursor.y, self.lines - 1),
            )
            self.dirty.update(range(self.lines))

    def _empty(self) -> None:
        self.buffer = defaultdict(lambda: StaticDefaultDict[int, Char](self.default_char))
        self.dirty.update(range(self.lines))

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        if lines and lines < self.lines:
            self._shorten(lines)
        super().resize(lines, columns)
        self.tabstops = set(range(8, self.columns, 8))
        self.cursor.x, self.cursor.y = min(self.cursor.x, self.columns), min(self.cursor.y, self.lines - 1)

    def _shorten(self, lines: int) -> None:
        """Lines below go first; those above only as far as the cursor must stay in sight."""
        gone = max(0, self.cursor.y - lines + 1)
        kept = {y - gone: self.buffer[y] for y in range(gone, gone + lines) if y in self.buffer}
        self.buffer.clear()
        self.buffer.update(kept)
        self.cursor.y -= gone
        self.lines, self.margins = lines, None
        self.dirty.update(range(lines))

    # -- colours -------------------------------------------------------------------------------

    def select_graphic_rendition(self, *attrs: int, **kwargs: Any) -> None:
        """Colours and styles: faint text too, underline colours left out, the palette's first sixteen."""
        if kwargs.get("private"):
            return
        numbers = list(attrs) or [0]
        while numbers:
            one = numbers.pop(0)
            if one in (38, 48, 58) and numbers:
                taken = [one, *numbers[: {5: 2, 2: 4}.get(numbers[0], 1)]]
                del numbers[: len(taken) - 1]
                if one != 58:
                    super().select_graphic_rendition(*_plain_color(taken))
            elif one in (2, 5, 6):
                self.cursor.attrs = self.cursor.attrs._replace(blink=one == 2 or self.cursor.attrs.blink)
            elif one == 22:
                super().select_graphic_rendition(22)
                self.cursor.attrs = self.cursor.attrs._replace(blink=False)
            else:
                super().select_graphic_rendition(one)


def _plain_color(taken: list[int]) -> list[int]:
    """Colours 0 to 15 of the 256 are the palette's own; pyte has fixed hues for them."""
    if len(taken) == 3 and taken[1] == 5 and taken[2] < 16:
        bright, base = divmod(taken[2], 8)
        return [(90 if bright else 30) + base + (10 if taken[0] == 48 else 0)]
    return taken
