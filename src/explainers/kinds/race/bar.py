"""The bar above the panes: the clock, how fast it is shown, and what is raced."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from explainers.facts.numbers import written
from explainers.film.layer import Note, Track
from explainers.kinds.base import ShotPlan
from explainers.kinds.race import words
from explainers.kinds.race.clock import START_S, RaceClock
from explainers.kinds.race.layout import Regions
from explainers.stage import Box, Stage
from explainers.stage.ink import font_measures
from explainers.theme import LABEL, MONO, STRONG

CLOCK_SIZE, LEAST_SIZE, ROW_SIZE, PHONE_SIZE = 54.0, 32.0, 26.0, 35.0
PAD, NOTE_GAP, MIDDLE_GAP = 40.0, 48.0, 60.0


class ClockBar:
    """Each text on the bar gives way to another when the clock stands still: (running, still)."""

    def __init__(self, stage: Stage, shot: ShotPlan, clock: RaceClock):
        self.stage, self.clock = stage, clock
        time, speed = words.time_note(shot.params, shot.runs), f"shown at {clock.speed:g}×"
        self.notes = (time, time) if clock.speed == 1 else (f"{time}, {speed}", speed)
        self.raced = words.raced(shot.params, shot.runs), words.compared(shot.params, shot.runs)
        self.digits = written(clock.until_s, clock.format)
        self.clock_width = stage.text_width(self.digits, CLOCK_SIZE, STRONG, mono=True)

    def width(self, size: float = LEAST_SIZE) -> float:
        """What one row needs where what is raced is set in `size`."""
        pairs = zip(self.notes, self.raced, strict=True)
        widest = max(self._widest((a,), LABEL) + self._widest((b,), size) for a, b in pairs)
        return self.clock_width + widest + 2 * PAD + NOTE_GAP + MIDDLE_GAP

    def rows_below(self) -> int:
        """Rows that what is raced takes under the clock; none where it fits beside it."""
        return 0 if self.width() <= self.stage.body.width else max(map(len, self._broken()))

    def _broken(self) -> list[list[str]]:
        room, size = self.stage.body.width - 2 * PAD, self._row_size()
        return [self.stage.lines(text, room, size) if text else [] for text in self.raced]

    def _row_size(self) -> float:
        """Of what is raced on rows of its own: on a phone it can't be small, and has several rows."""
        room, upright = self.stage.body.width - 2 * PAD, self.stage.height > self.stage.width
        least = PHONE_SIZE if upright else ROW_SIZE
        return self._fitting(lambda size: self._widest(self.raced, size), room, least)

    def draw(self, regions: Regions, arrival: Track, enter_s: float) -> None:
        """Put it on stage: in one row, or with what is raced on rows of its own."""
        stage, bar = self.stage, regions.bar
        stage.panel(bar, fill=stage.theme.panel, radius=14).enter(enter_s, dy=0)
        left, right = bar.left + PAD, bar.right - PAD
        first = bar
        if count := regions.rows_below:
            first, *rows = Box(bar.left, bar.top + 8, bar.right, bar.bottom - 10).rows([1.15] + [1] * count)
            before, after = ([*lines, *[""] * (count - len(lines))] for lines in self._broken())
            for row, pair in zip(rows, zip(before, after, strict=True), strict=True):
                self._pair(pair, left, row.center[1], self._row_size(), "left", enter_s)
        else:
            size = self._fitting(self.width, bar.width, LEAST_SIZE)
            self._pair(self.raced, right, first.center[1], size, "right", enter_s)
        y = first.center[1]
        self._digits(left + self.clock_width, y, arrival)
        room = right - left - self.clock_width - NOTE_GAP
        size = self._fitting(lambda size: self._widest(self.notes, size), room, 24.0)
        self._pair(self.notes, left + self.clock_width + NOTE_GAP, y, size, "left", enter_s)

    def _widest(self, texts: Sequence[str], size: float) -> float:
        return max((self.stage.text_width(text, size) for text in texts if text), default=0.0)

    def _fitting(self, needs: Callable[[float], float], room: float, least: float) -> float:
        """The largest size, from a label's down to `least`, at which it fits."""
        size = float(LABEL)
        while size > least and needs(size) > room:
            size -= 1
        return size

    def _digits(self, right: float, y: float, arrival: Track) -> None:
        stage, clock = self.stage, self.clock
        baseline = y + font_measures(MONO)[0] * CLOCK_SIZE / 2

        def text_at(t: float) -> tuple[str, float, float, float]:
            return written(clock.at(t), clock.format), right, baseline, arrival.at(t)

        spans = [*arrival.spans(), (START_S, clock.stop_s)]
        note = Note(
            "text", self.digits, CLOCK_SIZE, stage.theme.color("text"), stage.theme.panel, role="text"
        )
        stage.number(text_at, spans, CLOCK_SIZE, anchor="right", note=note)

    def _pair(
        self, texts: tuple[str, str], x: float, y: float, size: float, anchor: str, enter_s: float
    ) -> None:
        stage, stop_s = self.stage, self.clock.stop_s
        look = {"role": "muted", "anchor": anchor, "over": stage.theme.panel}
        before, after = texts
        if before:
            handle = stage.middle(before, x, y, size, **look).enter(enter_s, dy=0)
            if after != before:
                handle.leave(stop_s + 0.1)
        if after and after != before:
            stage.middle(after, x, y, size, **look).enter(stop_s + 0.35, dy=0)
