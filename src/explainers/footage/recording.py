"""A cast worked out once: its screens, as numbers of looks of cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

import numpy as np

from explainers.errors import MissingDependency
from explainers.footage.cast import Cast, Colors
from explainers.footage.glyphs import Cells, Look, faint
from explainers.footage.terminal_colors import color_named


class Recording:
    """The screens of a cast after some of its events, as numbers of looks of cells.

    `times` are the seconds of the cast whose screens are wanted; any other time shows the last of them.
    """

    def __init__(self, cast: Cast, colors: Colors, cells: Cells, times: Iterable[float]):
        self.columns, self.rows = cast.largest
        self._colors, self._cells = colors, cells
        self._looks: dict[Any, int] = {}
        self._outside = cells.number(Look(" ", colors.text, colors.ground))
        starts = [event.at_s for event in cast.events]
        # A float's dust must not put an event a frame later.
        wanted = sorted({bisect_right(starts, t + 1e-6) for t in times})
        self._starts = starts
        self._after: list[int] = []
        self._screens: list[np.ndarray] = []
        self._texts: list[tuple[str, ...]] = []
        self._play(cast, wanted)

    def state(self, source_s: float) -> int:
        """The number of the screen at a second of the cast; equal numbers are equal screens."""
        count = bisect_right(self._starts, source_s + 1e-6)
        return max(0, bisect_right(self._after, count) - 1)

    def screen(self, state: int) -> np.ndarray:
        """A screen: numbers of looks, of shape (rows, columns)."""
        return self._screens[state]

    def text(self, source_s: float) -> tuple[str, ...]:
        """The lines on screen at a second of the cast, without spaces at their ends."""
        return self._texts[self.state(source_s)]

    def _play(self, cast: Cast, wanted: list[int]) -> None:
        try:
            from explainers.footage.screen import Screen, Stream
        except ImportError:
            hint = "install it with `pip install 'explainers[footage]'`"
            raise MissingDependency(f"terminal recordings need pyte; {hint}") from None
        screen = Screen(cast.columns, cast.rows)
        stream = Stream(screen)
        now = np.full((self.rows, self.columns), self._outside, np.uint32)
        lines = [""] * self.rows
        done, shown = 0, (-1, -1)
        for count in wanted:
            for event in cast.events[done:count]:
                if event.kind == "output":
                    stream.feed(event.data)
                else:
                    columns, rows = event.data.split("x")
                    screen.resize(int(rows), int(columns))
                    now[:] = self._outside
            done = count
            if self._screens and screen.frozen:
                continue
            shown = self._take_over(screen, now, lines, shown)
            if self._screens and np.array_equal(now, self._screens[-1]):
                continue
            self._after.append(count)
            self._screens.append(now.copy())
            self._texts.append(tuple(line.rstrip() for line in lines[: screen.lines]))

    def _take_over(
        self, screen: Any, now: np.ndarray, lines: list[str], shown: tuple[int, int]
    ) -> tuple[int, int]:
        """Bring `now` and `lines` to the screen; where its cursor is now."""
        cursor = (
            (-1, -1) if screen.cursor.hidden else (screen.cursor.y, min(screen.cursor.x, screen.columns - 1))
        )
        rows = {*screen.dirty, shown[0], cursor[0]}
        screen.dirty.clear()
        for y in rows:
            if not 0 <= y < min(screen.lines, self.rows):
                continue
            line = screen.buffer[y]
            blank = self._number(line.default)
            now[y, : screen.columns] = blank
            for x, char in line.items():
                if x < screen.columns:
                    now[y, x] = self._number(char) if char.data else self._half(line[x - 1], 2)
                    if char.data and x + 1 in line and line[x + 1].data == "":
                        now[y, x] = self._half(char, 1)
            lines[y] = "".join(line[x].data for x in range(screen.columns))
        for y in range(screen.lines, self.rows):
            lines[y] = ""
        y, x = cursor
        if y >= 0:
            now[y, x] = self._number(screen.buffer[y][x], turned=True)
        return cursor

    def _half(self, char: Any, half: int) -> int:
        key = (char, half)
        if key not in self._looks:
            self._looks[key] = self._cells.number(self._look(char)._replace(half=half))
        return self._looks[key]

    def _number(self, char: Any, turned: bool = False) -> int:
        key = (char, -1) if turned else char
        found = self._looks.get(key)
        if found is None:
            look = self._look(char)
            if turned:
                look = look._replace(color=look.ground, ground=look.color)
            found = self._looks[key] = self._cells.number(look)
        return found

    def _look(self, char: Any) -> Look:
        colors = self._colors
        color, ground = color_named(char.fg, colors, colors.text), color_named(char.bg, colors, colors.ground)
        if char.reverse:
            color, ground = ground, color
        if char.blink:
            color = faint(color, ground)
        return Look(
            char.data or " ", color, ground, char.bold, char.italics, char.underscore, char.strikethrough
        )
