"""A cast as a clip: screens are worked out once, and only cells that changed are painted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from av.video.frame import VideoFrame

from explainers.digest import digest_file
from explainers.errors import MissingDependency
from explainers.film.region import Rect
from explainers.film.track import Span
from explainers.footage.cast import Cast, Colors
from explainers.footage.glyphs import Cells, Look, faint
from explainers.footage.panes import Footage
from explainers.footage.timeline import Timeline
from explainers.theme import INK, Theme
from explainers.timing import frame_at

_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
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
    palette = _DARK_PALETTE if theme.name == INK.name else _LIGHT_PALETTE
    # A program that paints its ground black means the terminal's own.
    own = palette if theme.name != INK.name else (theme.panel, *palette[1:])
    return Colors(theme.color("text"), theme.panel, own)


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
        color, ground = self._color(char.fg, self._colors.text), self._color(char.bg, self._colors.ground)
        if char.reverse:
            color, ground = ground, color
        if char.blink:
            color = faint(color, ground)
        return Look(
            char.data or " ", color, ground, char.bold, char.italics, char.underscore, char.strikethrough
        )

    def _color(self, name: str, default: str) -> str:
        if name == "default":
            return default
        return f"#{name}" if _is_hex(name) else self._named(name, default)

    def _named(self, name: str, default: str) -> str:
        # pyte writes one of its bright colours with a slip of the pen.
        bright = name.startswith(("bright", "bfight"))
        plain = name[6:] if bright else name
        plain = "brown" if plain == "yellow" else plain
        return self._colors.palette[_NAMES.index(plain) + 8 * bright] if plain in _NAMES else default


@lru_cache(maxsize=4096)
def _is_hex(name: str) -> bool:
    return len(name) == 6 and all(one in "0123456789abcdefABCDEF" for one in name)


class TerminalClip(Footage):
    """A cast played by `clock`, in cells of `wide` x `high` pixels."""

    def __init__(
        self, cast: Cast, clock: Timeline, colors: Colors, cell: tuple[int, int], fps: int, duration_s: float
    ):
        self._cells = Cells(*cell)
        frames = max(1, frame_at(duration_s, fps))
        times = [clock.at(frame / fps) for frame in range(frames + 1)]
        self.recording = Recording(cast, colors, self._cells, times)
        self._clock, self._cast, self._colors, self._rate = clock, cast, colors, fps
        columns, rows = self.recording.columns, self.recording.rows
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
        return self.recording.state(self._clock.at(frame_at(t, self._rate) / self._rate))

    def changed(self, before: int, after: int) -> list[Rect]:
        if before == after:
            return []
        different = self.recording.screen(before) != self.recording.screen(after)
        wide, high = self._cells.wide, self._cells.high
        rects: list[Rect] = []
        for y in np.flatnonzero(different.any(axis=1)).tolist():
            columns = np.flatnonzero(different[y])
            left, right = int(columns[0]) * wide, (int(columns[-1]) + 1) * wide
            last = rects[-1] if rects else None
            if (
                last
                and last.bottom == y * high
                and abs(last.left - left) + abs(last.right - right) < 12 * wide
            ):
                joined = last.joined(Rect(left, y * high, right, (y + 1) * high))
                rects[-1] = joined
            else:
                rects.append(Rect(left, y * high, right, (y + 1) * high))
        return rects

    def pixels(self, look: int) -> np.ndarray:
        screen = self.recording.screen(look)
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
        screen = self.recording.screen(look)
        if self._laid is not screen:
            ys, xs = _changed_cells(screen, self._laid)
            numbers = screen[ys, xs]
            for place, tiles in zip(self._samples, self._cells.planes, strict=True):
                place[ys, :, xs] = tiles[numbers]
            self._laid = screen
        return self._frame

    def spans(self) -> list[Span]:
        return self._clock.spans()

    def description(self) -> Any:
        clock = [[s.start_s, s.end_s, s.from_s, s.speed] for s in self._clock.stretches]
        facts = [digest_file(self._cast.path), self._cast.idle_limit_s, clock]
        return ["terminal", facts, self._colors.text, self._colors.ground, self._colors.palette, self.size]


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
