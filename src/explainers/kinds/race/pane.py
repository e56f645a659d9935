"""A pane of a race: where things stand in it, its name, how much is done, its counters and its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import pairwise
from typing import Any, Literal

from explainers.compositor.layer import Note, Rect
from explainers.facts.numbers import written
from explainers.kinds.race.clock import RaceClock, put_number
from explainers.kinds.race.measures import LARGE, MEASURES, SMALL, Race, done
from explainers.kinds.race.params import PICTURES, Counter, Pane
from explainers.runs.model import Run
from explainers.stage import Box, Group, Stage, shapes
from explainers.stage.marks import number_width
from explainers.theme import LABEL, STRONG, mix

NAME_SIZE, COUNT_SIZE, LARGE_SIZE, SMALL_SIZE = 46.0, 46.0, 58.0, 42.0
RULE = 8.0
COUNT_GAP, NAME_GAP = 16.0, 40.0
BADGE_PAD, BADGE_GAP, BADGE_HEIGHT = 16.0, 22.0, 50.0
"""The badge of a run that did not happen, beside its pane's name."""
LARGE_ROW, SMALL_ROW, ROW = 124.0, 52.0, 48.0
NAME_Y, NUMBER_Y = 18.0, 80.0
"""Where a large counter's name and its number are centred, below the counters' top."""
THIRDS = (0.0, 0.4, 0.73)
"""Where the columns of large counters begin, as shares of the width; the last is for the mark."""
AIR = 30.0
"""Room between a large counter and the next column."""
MARK_WORDS, MARK_X = 152.0, 42.0
"""Width of the tick and the word before the time, on a row of their own, and where the word begins."""
FULL_WIDTH = 440.0
"""Rows at least this wide have the counters' full names."""
MARK_S, OUTLINE_S = 0.25, 1.6
"""How long the mark takes to come, and how long the first pane that is done is outlined."""

Mode = Literal["columns", "rows", "beside"]
"""Where counters stand: in columns below the views, in rows where it is narrow, beside where it is flat."""


@dataclass(eq=False)
class Pen:
    """Draws in one pane.

    `lay_out` sets the boxes of name and counters and the `room` for views, once all panes are known, because
    panes are laid out alike; `views` is the box of each view by its name.
    """

    stage: Stage
    race: Race
    clock: RaceClock
    box: Box
    pane: Pane
    run: Run
    header_rows: int = 1
    header: Box = field(init=False)
    counters: Box = field(init=False)
    room: Box = field(init=False)
    views: Mapping[str, Box] = field(init=False)

    @property
    def mode(self) -> Mode:
        if self.box.width / self.box.height > 2.3:
            return "beside"
        return "columns" if self.box.width >= 740 else "rows"

    @property
    def halves(self) -> list[Box]:
        """The pane without its padding: for header and views, and for counters; the same unless beside."""
        box, small = self.box, self.box.height < 500
        top, bottom = (28, 22) if small else (34, 30)
        inside = Box(box.left + 36, box.top + top, box.right - 36, box.bottom - bottom)
        return inside.columns([1.25, 1], 48) if self.mode == "beside" else [inside, inside]

    def lay_out(self, large: int, small: int, header_rows: int) -> None:
        """`large` and `small` count the counters of each size; the mark has a row where they do."""
        mode, (left, right) = self.mode, self.halves
        below = {
            "beside": 0.0,
            "rows": ROW * (large + small + 1),
            # Without large counters the mark stands on the row of the small ones.
            "columns": (LARGE_ROW if large else 0.0) + (SMALL_ROW if small or not large else 0.0),
        }[mode]
        self.counters = right if mode == "beside" else right._replace(top=right.bottom - below)
        row, gap = (48.0, 18.0) if self.box.height < 500 else (52.0, 24.0)
        self.header, self.header_rows = left._replace(bottom=left.top + row * header_rows), header_rows
        bottom = self.counters.top - (38.0 if mode == "columns" else 22.0) if below else left.bottom
        self.room = left._replace(top=self.header.bottom + gap, bottom=bottom)

    @property
    def header_row(self) -> float:
        return self.header.height / self.header_rows

    @property
    def label(self) -> str:
        return self.pane.label or self.run.label or self.pane.run

    @property
    def color(self) -> str:
        return self.stage.theme.color(self.pane.role)

    @property
    def end_s(self) -> float:
        """The run second at which the pane stops."""
        return min(self.run.end_s, self.clock.until_s)

    @property
    def stop_s(self) -> float:
        """The film second at which the pane stops."""
        return self.clock.film(self.end_s)

    @property
    def finishes(self) -> bool:
        """Whether the run ends before the clock stops."""
        return self.run.end_s <= self.clock.until_s

    @property
    def moving(self) -> Box:
        """The box around all views, of which there is one at least."""
        return reduce(Box.joined, self.views.values())

    @cached_property
    def corner(self) -> tuple[int, int]:
        """The top left pixel of the picture that holds the views."""
        return round(self.moving.left * self.stage.scale), round(self.moving.top * self.stage.scale)

    def pixels(self, box: Box) -> Rect:
        """A box of design units as pixels of the picture that holds the views."""
        left, top, right, bottom = (round(edge * self.stage.scale) for edge in box)
        x, y = self.corner
        return Rect(left - x, top - y, right - x, bottom - y)

    def known(self, names: Sequence[Counter]) -> list[Counter]:
        """Those of the named counters that the author wants and that the run knows."""
        return [name for name in names if name in self.race.params.views and MEASURES[name].known(self.run)]

    @property
    def counts(self) -> bool:
        """Whether requests are counted: beside every picture of them, where the run knows."""
        pictured = any(view in PICTURES for view in self.race.params.views)
        return pictured and bool(self.run.request_count) and self.run.knows_completed

    @property
    def badge(self) -> str | None:
        """`simulated`, where the clock bar can't say it for all panes at once."""
        return "simulated" if self.race.mixed and self.run.provenance.kind == "simulated" else None

    @property
    def name_width(self) -> float:
        """The width of the pane's name, and of the badge beside it."""
        name = self.stage.text_width(self.label, NAME_SIZE, STRONG)
        return name + BADGE_GAP + self._badge_width(self.badge) if self.badge else name

    @property
    def header_width(self) -> float:
        """The width of the pane's name and its count on one row."""
        if not self.counts:
            return self.name_width
        count = self.number_width(f"{self.run.request_count:,}", COUNT_SIZE)
        return self.name_width + NAME_GAP + self.stage.text_width(self._done, LABEL) + COUNT_GAP + count

    # -- words and numbers ---------------------------------------------------------------------

    def words(self, text: str, x: float, y: float, size: float = LABEL, **look: Any) -> None:
        """Words whose capitals are centred on `y`."""
        look.setdefault("anchor", "left")
        self.stage.middle(text, x, y, size, over=self.stage.theme.panel, **look)

    def number(
        self,
        name: str,
        text_at: Callable[[float], str],
        x: float,
        y: float,
        size: float,
        anchor: str = "left",
    ) -> None:
        """A number that counts with the clock; see `put_number`."""
        put_number(self.stage, self.clock, text_at, self.end_s, x, y, size, self._role(name), anchor)

    def number_width(self, text: str, size: float) -> float:
        return number_width(text, self.stage.style(size, STRONG, mono=True))

    def _role(self, name: str) -> str:
        """A number's colour: the metric has the pane's, exits a colour of theirs where there are any."""
        if name == self.race.params.metric and self.pane.role != "baseline":
            return self.pane.role
        if name not in SMALL:
            return "text"
        last = MEASURES[name].text_at(self.run, self.run.end_s)
        return MEASURES[name].role if any(digit in last for digit in "123456789") else "muted"

    # -- the fixed parts of a pane -------------------------------------------------------------

    def draw(self) -> None:
        """Everything of the pane but its views."""
        self._panel()
        if self.counts:
            self._count()
        if self.mode == "columns":
            self._columns()
            self._small_row()
        else:
            self._rows()

    def _panel(self) -> None:
        stage, box, header = self.stage, self.box, self.header
        stage.panel(box, fill=stage.theme.panel, radius=14)
        note = Note("data", self.label, color=self.color, role=self.pane.role)
        stage.panel(box._replace(bottom=box.top + RULE), fill=self.color, radius=4, z=1, note=note)
        y = header.top + self.header_row / 2
        self.words(self.label, header.left, y, NAME_SIZE, weight=STRONG)
        if self.badge:
            self._badge(self.badge, y)

    def _badge_width(self, words: str) -> float:
        return self.stage.text_width(words, LABEL) + 2 * BADGE_PAD

    def _badge(self, words: str, y: float) -> None:
        """Says in the frame that the run did not happen: behind its name, or below it for want of room."""
        stage, header, width = self.stage, self.header, self._badge_width(words)
        left = header.left + stage.text_width(self.label, NAME_SIZE, STRONG) + BADGE_GAP
        if left + width > header.right:
            left, y = header.left, y + self.header_row
        box = Box(left, y - BADGE_HEIGHT / 2, left + width, y + BADGE_HEIGHT / 2)
        outline = mix(stage.theme.panel, stage.theme.color("muted"), 0.6)
        stage.panel(box, outline=outline, radius=BADGE_HEIGHT / 2, stroke=2.5, z=1)
        self.words(words, left + BADGE_PAD, y, role="muted")

    @property
    def _done(self) -> str:
        return f"{self.race.params.unit} done"

    def _count(self) -> None:
        """How many requests are done: at the right of the name, or on a row of its own below it."""
        header, run = self.header, self.run
        y = header.bottom - self.header_row / 2
        if self.header_rows == 1:
            widest = self.number_width(f"{run.request_count:,}", COUNT_SIZE)
            self.words(self._done, header.right - widest - COUNT_GAP, y, anchor="right", role="muted")
            x, size, anchor = header.right, COUNT_SIZE, "right"
        else:
            self.words(self._done, header.left, y, role="muted")
            x, size, anchor = header.left + self.stage.text_width(self._done, LABEL) + 12, SMALL_SIZE, "left"
        self.number("requests", lambda s: f"{done(run, s):,}", x, y, size, anchor)

    # -- counters, and the mark beside them when the run is done -------------------------------

    def _counter(self, name: Counter, x: float, y: float, size: float, anchor: str = "left") -> None:
        self.number(name, lambda s: MEASURES[name].text_at(self.run, s), x, y, size, anchor)

    def _fitting(self, text: str, width: float) -> float:
        """The size, at most a large counter's, at which a number fits."""
        return LARGE_SIZE * min(1.0, width / self.number_width(text, LARGE_SIZE))

    @property
    def _end(self) -> str:
        return written(self.run.end_s, self.clock.format)

    def _columns(self) -> None:
        """Large counters side by side, the mark in the last column."""
        box, names = self.counters, self.known(LARGE)
        rooms = [box.width * (end - start) - AIR for start, end in pairwise(THIRDS)]
        widest = [MEASURES[name].widest(self.run) for name in names]
        size = min([LARGE_SIZE, *map(self._fitting, widest, rooms)])
        for name, share in zip(names, THIRDS, strict=False):
            x = box.left + box.width * share
            self.words(MEASURES[name].label, x, box.top + NAME_Y, role="muted")
            self._counter(name, x, box.top + NUMBER_Y, size)
        if self.finishes and not names:
            y, left = box.bottom - SMALL_ROW / 2 + 4, box.right - self.number_width(self._end, SMALL_SIZE)
            room = left - box.left if self.run.outcomes.lost else MARK_WORDS
            self._mark((left - room, y), (box.right, y), SMALL_SIZE, "right", room)
        elif self.finishes:
            x = box.left + box.width * THIRDS[2]
            size = self._fitting(self._end, box.right - x)
            self._mark((x, box.top + NAME_Y), (x, box.top + NUMBER_Y), size, "left", box.right - x)

    def _small_row(self) -> None:
        """Small counters on one row, each number behind its name."""
        box = self.counters
        x, y = box.left, box.bottom - SMALL_ROW / 2 + 4
        for name in self.known(SMALL):
            measure = MEASURES[name]
            self.words(measure.label, x, y, role="muted")
            x += self.stage.text_width(measure.label, LABEL) + 18
            self._counter(name, x, y, SMALL_SIZE)
            x += self.number_width(measure.widest(self.run), SMALL_SIZE) + 44

    def _rows(self) -> None:
        """A row a counter, its name left and its number right; the mark has the last row."""
        box, names = self.counters, self.known([*LARGE, *SMALL])
        rows = box.rows([1] * (len(names) + 1))
        for name, row in zip(names, rows, strict=False):
            label = MEASURES[name].label if box.width >= FULL_WIDTH else MEASURES[name].short
            self.words(label, box.left, row.center[1], role="muted")
            self._counter(name, box.right, row.center[1], SMALL_SIZE, "right")
        if self.finishes:
            y, room = rows[-1].center[1], box.width - self.number_width(self._end, SMALL_SIZE)
            self._mark((box.left, y), (box.right, y), SMALL_SIZE, "right", room)

    def _end_words(self, room: float) -> tuple[str, float]:
        """What the mark says, and its size: `done`, or how many requests were not, in words that fit."""
        outcomes, width = self.run.outcomes, self.stage.text_width
        if not outcomes.lost:
            return "done", LABEL
        texts = [outcomes.words, "none done" if outcomes.all_lost else f"{outcomes.lost:,} not done"]
        text = next((each for each in texts if width(each, LABEL) <= room), min(texts, key=len))
        return text, min(LABEL, LABEL * room / width(text, LABEL))

    def _mark(
        self,
        name_at: tuple[float, float],
        time_at: tuple[float, float],
        size: float,
        anchor: str,
        room: float,
    ) -> None:
        """A tick, the word and the time, when the run ends; the first one's outline says: look here.

        A run that lost requests on its way has a cross, and how many they are.
        """
        stage, (x, y), lost, panel = self.stage, name_at, self.run.outcomes.lost, self.stage.theme.panel
        words, words_size = self._end_words(room - MARK_X)
        if lost:
            color, role = stage.theme.color("warn"), "text"
            strokes = [[(x + 4, y - 11), (x + 26, y + 11)], [(x + 26, y - 11), (x + 4, y + 11)]]
        else:
            color, role = self.color, "muted"
            strokes = [[(x + 2, y + 1), (x + 11, y + 11), (x + 28, y - 11)]]
        parts = [stage.mobject(shapes.route(stroke, color, 6, radius=1), z=10) for stroke in strokes]
        parts += [
            stage.middle(words, x + MARK_X, y, words_size, anchor="left", role=role, over=panel),
            stage.middle(self._end, *time_at, size, weight=STRONG, anchor=anchor, mono=True, over=panel),
        ]
        Group(parts).enter(self.stop_s, dy=0, duration_s=MARK_S)
        if not lost and self.run.end_s == self.race.first_end_s:
            outline = stage.panel(self.box, outline=stage.theme.color("text"), radius=14, stroke=4, z=0.5)
            outline.enter(self.stop_s, dy=0, duration_s=0.2).leave(self.stop_s + OUTLINE_S, duration_s=0.4)
