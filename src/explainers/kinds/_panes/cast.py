"""A terminal recording in a pane: its clock, its cells, and what must be said of its time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from explainers.compositor.layer import Rect
from explainers.footage.cast import Cast, read_cast
from explainers.footage.timeline import Timeline
from explainers.kinds._panes.content import Content
from explainers.kinds._panes.params import Callout, LineCallout, Lines, Recorded
from explainers.kinds._panes.places import grown, middle, size_of
from explainers.kinds.base import BeatPlan
from explainers.storyboard.mistakes import Loc, Mistake

if TYPE_CHECKING:
    from explainers.stage import Box, Stage

_COMMANDS = re.compile(r"\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\\\|\x9c)")
PADDING = 22.0
"""Around the cells, in design units."""


@dataclass
class TerminalPane(Content):
    """A terminal recording in its window."""

    fields: Recorded

    pointed: Sequence[tuple[Loc, int]] = ()
    """Lines of the screen that beats point at, with their places in the shot."""

    name = "terminal"
    reads = Recorded

    @cached_property
    def _uncut(self) -> Cast:
        return read_cast(self.path).sized(self.fields.size)

    @cached_property
    def cast(self) -> Cast:
        """The recording, its pauses shortened."""
        return self._uncut.limited(self.fields.idle_limit)

    @cached_property
    def clock(self) -> Timeline:
        return self.playing(self.cast.length_s)

    @property
    def pauses(self) -> str | None:
        limit, cut = self.cast.idle_limit_s, self.cast.length_s < self._uncut.length_s - 1e-6
        return f"pauses cut to {limit:g} s" if limit and cut else None

    def pad(self, scale: float) -> int:
        """The window's padding in pixels."""
        return round(PADDING * scale / 2) * 2

    def cell(self, area: Rect, scale: float) -> tuple[int, int]:
        """The size of a cell of a window that lies in `area`, in pixels."""
        from explainers.footage.glyphs import cell_size

        return cell_size(*size_of(grown(area, -self.pad(scale))), *self.cast.largest)

    def fitted(self, area: Rect, scale: float) -> Rect:
        """The window, padding and all."""
        (columns, rows), (wide, high) = self.cast.largest, self.cell(area, scale)
        pad = 2 * self.pad(scale)
        return middle(area, columns * wide + pad, rows * high + pad)

    def lines(self, pane: Rect, scale: float, first: int, last: int) -> Rect:
        """The pixels of lines of the screen, counted from 1."""
        inner, high = grown(pane, -self.pad(scale)), self.cell(pane, scale)[1]
        bottom = min(inner.bottom, inner.top + last * high)
        return inner._replace(top=inner.top + (first - 1) * high, bottom=bottom)

    def point_at(
        self,
        stage: Stage,
        pane: Rect,
        beat: BeatPlan,
        lines: Iterable[Lines],
        callouts: Iterable[LineCallout],
    ) -> None:
        """Outlines of lines of the screen, and words with a line to one, for as long as a beat lasts."""
        from explainers.kinds._panes import marks

        start, window = beat.start_s + 0.15, marks.box_of(pane, stage)
        size = min(1.0, self.cell(pane, stage.scale)[1] / stage.scale / 40.0)
        for first, last in lines:
            box = marks.box_of(self.lines(pane, stage.scale, first, last), stage)
            marks.outline(stage, box, start, beat.end_s, size)
        for said in callouts:
            box = marks.box_of(self.lines(pane, stage.scale, said.line, said.line), stage)
            x = box.left + min(1.0, (said.column - 0.5) / self.cast.largest[0]) * box.width
            words = Callout(point=(0.0, 0.0), text=said.text, side=said.side)
            marks.callout(stage, words, (x, box.center[1]), window, start, beat.end_s)

    def show(self, stage: Stage, pane: Rect, window: Box | None = None) -> None:
        """The window and the recording in it."""
        from explainers.footage.terminal import TerminalClip, colors_of
        from explainers.kinds._panes.marks import box_of, show_clip

        shot, colors = self.shot, colors_of(self.cast, stage.theme)
        if window is not None and self.cast.colors is None:
            # Where panes fill the frame, their colour by meaning is that of all that is in them.
            colors = replace(colors, text=stage.theme.color(getattr(self.fields, "role", "text")))
        cell = self.cell(pane, stage.scale)
        clip = TerminalClip(
            self.cast, self.clock, colors, cell, shot.canvas.fps, shot.duration_s, shot.letters
        )
        inner = grown(pane, -self.pad(stage.scale))
        show_clip(
            stage,
            clip,
            inner,
            window or box_of(pane, stage),
            colors.ground,
            12,
            self.cast.path.name,
            enters=window is None,
        )

    def letters(self) -> str:
        """What the program wrote until the pane ends; titles of windows are not on screen."""
        from explainers.footage.glyphs import drawn_by_cells

        until = self.cast.length_s if self.fields.until is None else self.fields.until
        events = [event for event in self.cast.events if event.kind == "output" and event.at_s <= until]
        written = dict.fromkeys(_COMMANDS.sub("", "".join(event.data for event in events)))
        letters = (letter for letter in written if not drawn_by_cells(letter))
        return "".join(letter for letter in letters if unicodedata.category(letter) not in ("Cc", "Cs"))

    def caveats(self) -> tuple[str, ...]:
        return ("logs replayed",) if self.cast.replayed else ()

    def wrong(self) -> Iterator[Mistake]:
        yield from self.out_of_range(max(self.cast.length_s, 1e-3))
        rows = self.cast.largest[1]
        for loc, line in self.pointed:
            if line > rows:
                message = f"there is no line {line} on a screen of {rows}"
                yield Mistake(loc, "out-of-range", message, f"lines from 1 to {rows}")
