"""A recording made ready: its clock, its cells, and what must be said of its time. Needs no Manim."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explainers.kinds.capture.params import Pace

from explainers.errors import InvalidInput
from explainers.film.layer import Rect, Span
from explainers.footage.cast import Cast, read_cast
from explainers.footage.timeline import Timeline, timeline
from explainers.kinds.capture.source import START_S
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.footage.terminal import TerminalClip
    from explainers.kinds.base import ShotPlan

_COMMANDS = re.compile(r"\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\\\|\x9c)")
PADDING = 22.0
"""Around the cells, in design units."""


class Recorded(Protocol):
    """The fields of a pane that shows a recording."""

    file: str
    from_: float
    until: float | None
    speed: float
    paces: tuple[Pace, ...]
    idle_limit: float | None
    size: str | None


@dataclass(frozen=True)
class Terminal:
    """A recording as a shot shows it."""

    cast: Cast
    clock: Timeline
    fps: int
    duration_s: float

    @property
    def pauses(self) -> str | None:
        """What must be said of shortened pauses."""
        limit = self.cast.idle_limit_s
        return f"pauses cut to {limit:g} s" if limit and self.cut else None

    cut: bool = False

    def fitted(self, area: Rect, scale: float) -> tuple[Rect, tuple[int, int]]:
        """The window in `area`, padding and all, and the size of a cell, in pixels."""
        from explainers.footage.glyphs import cell_size

        pad = round(PADDING * scale / 2) * 2
        columns, rows = self.cast.largest
        wide, high = cell_size(
            area.right - area.left - 2 * pad, area.bottom - area.top - 2 * pad, columns, rows
        )
        width, height = columns * wide + 2 * pad, rows * high + 2 * pad
        left = (area.left + (area.right - area.left - width) // 2) & ~1
        top = (area.top + (area.bottom - area.top - height) // 2) & ~1
        return Rect(left, top, left + width, top + height), (wide, high)

    def clip(self, cell: tuple[int, int], shot: ShotPlan) -> TerminalClip:
        """The recording as a clip of such cells."""
        from explainers.footage.terminal_colors import colors_of

        from explainers.footage.terminal import TerminalClip

        return TerminalClip(
            self.cast,
            self.clock,
            colors_of(self.cast, shot.theme),
            cell,
            self.fps,
            self.duration_s,
            shot.letters,
        )


def terminal_of(
    recorded: Recorded, shot: ShotPlan, freezes: Iterable[Span] = (), start_s: float = START_S
) -> Terminal:
    """The recording of a pane of the shot. InvalidInput, naming the file, where it can't be read."""
    whole = read_cast(shot.assets[recorded.file]).sized(recorded.size)
    cast = whole.limited(recorded.idle_limit)
    clock = clock_of(recorded, cast, freezes, start_s)
    shortened = cast.length_s < whole.length_s - 1e-6
    return Terminal(cast, clock, shot.canvas.fps, shot.duration_s, cut=shortened)


def clock_of(
    recorded: Recorded, cast: Cast, freezes: Iterable[Span] = (), start_s: float = START_S
) -> Timeline:
    """The clock of a recording whose pauses are shortened already."""
    until = min(recorded.until if recorded.until is not None else cast.length_s, cast.length_s)
    paces = [(pace.from_, pace.until, pace.speed) for pace in recorded.paces]
    return timeline(min(recorded.from_, until), until, recorded.speed, paces, freezes, start_s)


def length_s(recorded: Recorded, assets: Mapping[str, Path], freezes: Sequence[Span] = ()) -> float:
    """Seconds of film until the recording has been shown."""
    return clock_of(
        recorded, read_cast(assets[recorded.file]).limited(recorded.idle_limit), freezes, START_S
    ).end_s


def texts_in(recorded: Recorded, shot: ShotPlan, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """The letters that the program wrote until the pane ends; titles of windows are not on screen."""
    from explainers.footage.glyphs import drawn_by_cells

    try:
        cast = read_cast(shot.assets[recorded.file]).limited(recorded.idle_limit)
    except (InvalidInput, KeyError):
        return
    until = cast.length_s if recorded.until is None else recorded.until
    written = "".join(one.data for one in cast.events if one.kind == "output" and one.at_s <= until)
    letters = [one for one in dict.fromkeys(_COMMANDS.sub("", written)) if not drawn_by_cells(one)]
    yield (*loc, "file"), "".join(one for one in letters if unicodedata.category(one) not in ("Cc", "Cs"))


def wrong_recording(recorded: Recorded, shot: ShotPlan, loc: Loc = ()) -> Iterator[Mistake]:
    """What is wrong with a pane's cast and its range."""
    from explainers.kinds.capture.place import out_of_range

    if recorded.file not in shot.assets:
        return
    try:
        cast = read_cast(shot.assets[recorded.file]).limited(recorded.idle_limit)
    except InvalidInput as error:
        yield from (Mistake((*loc, "file"), one.code, one.message) for one in error.problems)
        return
    yield from out_of_range(recorded, max(cast.length_s, 1e-3), loc)  # type: ignore[arg-type]
