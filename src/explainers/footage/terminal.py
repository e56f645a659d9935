"""A cast as a clip: its screens are worked out once, and only cells that changed are painted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from av.video.frame import VideoFrame

from explainers.compositor.layer import Rect, Span
from explainers.fonts import HOUSE, Letters
from explainers.footage.cast import Cast, Colors
from explainers.footage.clips import Footage
from explainers.footage.glyphs import Cells, Look, faint
from explainers.footage.timeline import Timeline
from explainers.theme import Theme
from explainers.timing import frame_at

if TYPE_CHECKING:
    from explainers.footage.screen import Cell, Screen

_LIGHT_PALETTE = (
    *("#24292F", "#B3261E", "#116329", "#7A5200", "#0550AE", "#8250DF", "#0B6A78", "#5B6675"),
    *("#3F4752", "#CF3A30", "#1A7F37", "#8A6100", "#1268C4", "#A040C8", "#0E8090", "#30363D"),
)
_DARK_PALETTE = (
    *("#22304F", "#F47067", "#57C38A", "#E3B341", "#6CB6FF", "#DCA0E8", "#56D4DD", "#C9D3E4"),
    *("#7084A8", "#FF938A", "#7EE0A8", "#F2CC60", "#96D0FF", "#EBC0F5", "#8DE9F0", "#FFFFFF"),
)


def colors_of(cast: Cast, theme: Theme) -> Colors:
    """The recording's own colours, or those of the film."""
    if cast.colors:
        return cast.colors
    palette = _DARK_PALETTE if theme.dark else _LIGHT_PALETTE
    # A program that paints its ground black means the terminal's own.
    if theme.dark:
        palette = (theme.panel, *palette[1:])
    return Colors(theme.color("text"), theme.panel, palette)


def color_of(color: int | str | None, colors: Colors, default: str) -> str:
    """A colour of the 256, `#rrggbb` or None (the default), as `#RRGGBB`."""
    if color is None:
        return default
    if isinstance(color, str):
        return color
    if color < 16:
        return colors.palette[color]
    if color >= 232:
        return "#" + f"{(color - 232) * 10 + 8:02x}" * 3
    cube = (color - 16) // 36, (color - 16) // 6 % 6, (color - 16) % 6
    return "#" + "".join(f"{55 + 40 * level if level else 0:02x}" for level in cube)


class Screens:
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


class TerminalClip(Footage):
    """A cast played by `clock`, in cells of `wide` x `high` pixels."""

    def __init__(
        self,
        cast: Cast,
        clock: Timeline,
        colors: Colors,
        cell: tuple[int, int],
        fps: int,
        duration_s: float,
        letters: Letters = HOUSE,
    ):
        self._cells = Cells(*cell, letters)
        frames = max(1, frame_at(duration_s, fps))
        times = [clock.at(frame / fps) for frame in range(frames + 1)]
        self.screens = Screens(cast, colors, self._cells, times)
        self._clock, self._rate = clock, fps
        columns, rows = self.screens.columns, self.screens.rows
        size = columns * cell[0], rows * cell[1]
        self._buffer = np.zeros((size[1], size[0], 4), np.uint8)
        # The same pixels, by row of cells, row in it, column of cells, column in it.
        self._by_cell = self._buffer.reshape(rows, cell[1], columns, cell[0], 4)
        self._shown: np.ndarray | None = None
        self._frame = VideoFrame(*size, "yuv420p")
        self._samples = [_by_cell(plane, rows, columns) for plane in self._frame.planes]
        self._laid: np.ndarray | None = None
        self.parts = (Rect(0, 0, *size),)
        super().__init__(size, duration_s, fps)

    def look(self, t: float) -> int:
        return self.screens.state(self._clock.at(frame_at(t, self._rate) / self._rate))

    def changed(self, before: int, after: int) -> list[Rect]:
        if before == after:
            return []
        different = self.screens.screen(before) != self.screens.screen(after)
        wide, high = self._cells.wide, self._cells.high
        rects: list[Rect] = []
        for y in np.flatnonzero(different.any(axis=1)).tolist():
            columns = np.flatnonzero(different[y])
            left, right = int(columns[0]) * wide, (int(columns[-1]) + 1) * wide
            row, last = Rect(left, y * high, right, (y + 1) * high), rects[-1] if rects else None
            apart = abs(last.left - left) + abs(last.right - right) if last else 0
            if last and last.bottom == row.top and apart < 12 * wide:
                rects[-1] = last.joined(row)
            else:
                rects.append(row)
        return rects

    def pixels(self, look: int) -> np.ndarray:
        screen = self.screens.screen(look)
        ys, xs = _changed_cells(screen, self._shown)
        if len(ys):
            self._by_cell[ys, :, xs] = self._cells.tiles[screen[ys, xs]]
        self._shown = screen
        return self._buffer

    def gives_planes(self, look: int) -> bool:
        """Always: cells are kept as samples of the film's own colours too."""
        return True

    def planes(self, look: int) -> VideoFrame:
        """The frame as yuv420p: always the same one, written anew where cells changed."""
        screen = self.screens.screen(look)
        if self._laid is not screen:
            ys, xs = _changed_cells(screen, self._laid)
            numbers = screen[ys, xs]
            for place, tiles in zip(self._samples, self._cells.planes, strict=True):
                place[ys, :, xs] = tiles[numbers]
            self._laid = screen
        return self._frame

    def spans(self) -> list[Span]:
        return self._clock.spans()


def _changed_cells(screen: np.ndarray, before: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the cells that are different now; all of them where nothing was before."""
    if before is None:
        ys, xs = np.indices(screen.shape).reshape(2, -1)
        return ys, xs
    ys, xs = np.nonzero(screen != before)
    return ys, xs


def _by_cell(plane: Any, rows: int, columns: int) -> np.ndarray:
    """A plane's samples by row of cells, row in it, column of cells, column in it: a view."""
    samples = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    return samples.reshape(rows, plane.height // rows, columns, plane.width // columns)
