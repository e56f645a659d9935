"""A cast worked out once: its screens, as numbers of looks of cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.footage.cast import Cast, Colors
from explainers.footage.glyphs import Cells, Look, faint
from explainers.footage.terminal_colors import color_of

if TYPE_CHECKING:
    from explainers.footage.screen import Cell, Screen


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
        # Imported here, because what it needs comes with an extra; it says so where that is missing.
        from explainers.footage.screen import Screen
        from explainers.footage.stream import Stream

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
            self._texts.append(tuple(line.rstrip() for line in lines[: screen.rows]))

    def _take_over(
        self, screen: Screen, now: np.ndarray, lines: list[str], shown: tuple[int, int]
    ) -> tuple[int, int]:
        """Bring `now` and `lines` to the screen; where its cursor is now."""
        cursor = (screen.y, min(screen.x, screen.columns - 1)) if screen.visible else (-1, -1)
        rows = {*screen.dirty, shown[0], cursor[0]}
        screen.dirty.clear()
        for y in rows:
            if not 0 <= y < min(screen.rows, self.rows):
                continue
            line = screen.lines[y]
            numbers = [self._looks.get(cell) or self._number(cell) for cell in line]
            for x in range(1, screen.columns):
                if not line[x].text:
                    numbers[x - 1], numbers[x] = (self._number(line[x - 1], half) for half in (1, 2))
            now[y, : screen.columns] = numbers
            lines[y] = "".join(" " if cell.style.hidden and cell.text else cell.text for cell in line)
        for y in range(screen.rows, self.rows):
            lines[y] = ""
        y, x = cursor
        if y >= 0:
            now[y, x] = self._number(screen.lines[y][x], turned=True)
        return cursor

    def _number(self, cell: Cell, half: int = 0, turned: bool = False) -> int:
        """The number of a cell's look; `half` as of a look, `turned` where the cursor is."""
        key = (cell, half, turned) if half or turned else cell
        found = self._looks.get(key)
        if found is None:
            look = self._look(cell)._replace(half=half)
            if turned:
                look = look._replace(color=look.ground, ground=look.color)
            found = self._looks[key] = self._cells.number(look)
        return found

    def _look(self, cell: Cell) -> Look:
        colors, style = self._colors, cell.style
        color = color_of(style.fg, colors, colors.text)
        ground = color_of(style.bg, colors, colors.ground)
        if style.inverse:
            color, ground = ground, color
        if style.dim:
            color = faint(color, ground)
        text = " " if style.hidden else cell.text or " "
        return Look(text, color, ground, style.bold, style.italic, style.underline, style.strike)
