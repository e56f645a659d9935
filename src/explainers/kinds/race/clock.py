"""The one clock of a race: seconds of the film to seconds of the runs; and the bar that shows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from explainers.compositor.layer import Note
from explainers.facts.numbers import written
from explainers.kinds.race.measures import Race, round_up
from explainers.theme import LABEL, MONO, STRONG

if TYPE_CHECKING:
    from explainers.stage import Box, Stage

START_S = 0.9
"""Film seconds before the clock starts: time to see that there are panes and a clock."""
RAMP_S = 0.8
"""How long a change of speed takes, in seconds of the film."""
AUTO_S = 18.0
"""A race at `auto` speed takes no longer than this."""
SHORT_S, SLOW = 5.0, (1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01)
"""A race that is shorter than the first is slowed at `auto` speed, by the first of these that suffices."""
SPEEDS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
"""Round speeds; and ten times these, and so on."""

CLOCK_SIZE, LEAST_SIZE, ROW_SIZE, PHONE_SIZE = 54.0, 32.0, 26.0, 35.0
PAD, NOTE_GAP, MIDDLE_GAP = 40.0, 48.0, 60.0


@dataclass(frozen=True)
class Leg:
    """From film second `t` and run second `s` on, for `length_s` of the film: the speed goes from `first` to
    `last`, by equal factors in equal times."""

    t: float
    s: float
    first: float
    last: float
    length_s: float

    @property
    def _rate(self) -> float:
        """By how much the logarithm of the speed changes in a second."""
        return math.log(self.last / self.first) / self.length_s if self.last != self.first else 0.0

    def run_s(self, t: float) -> float:
        """Run seconds at film second `t`."""
        rate, gone = self._rate, t - self.t
        return self.s + self.first * (math.expm1(rate * gone) / rate if rate else gone)

    def film_s(self, s: float) -> float:
        """The film second of a run second."""
        rate, gone = self._rate, (s - self.s) / self.first
        return self.t + (math.log1p(rate * gone) / rate if rate else gone)

    def speed_at(self, t: float) -> float:
        return self.first * math.exp(self._rate * (t - self.t))


@dataclass(frozen=True)
class RaceClock:
    """Runs from `from_s` to `until_s` of the runs, beginning at START_S of the film.

    `stretches` are speeds and where each of them ends; the next is ramped to from there on, in RAMP_S.
    """

    from_s: float
    until_s: float
    stretches: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, race: Race) -> RaceClock:
        written = race.params.clock
        named = {"last-finish": race.last_s, "first-finish": min(map(race.arrival_s, race.runs))}
        ends = [named[each.until] if isinstance(each.until, str) else each.until for each in written]
        length = max(1e-6, ends[-1] - written[0].from_)
        auto = round_up(length / AUTO_S, SPEEDS)
        if length < SHORT_S:
            auto = next((slow for slow in SLOW if length / slow >= SHORT_S), SLOW[-1])
        speeds = [auto if isinstance(each.speed, str) else each.speed for each in written]
        return cls(written[0].from_, ends[-1], tuple(zip(speeds, ends, strict=True)))

    @cached_property
    def legs(self) -> tuple[Leg, ...]:
        """Stretches of one speed, and the ramps between them."""
        found: list[Leg] = []
        t, s = START_S, self.from_s
        for index, (speed, end_s) in enumerate(self.stretches):
            if index:
                found.append(Leg(t, s, self.stretches[index - 1][0], speed, RAMP_S))
                t, s = t + RAMP_S, found[-1].run_s(t + RAMP_S)
            found.append(Leg(t, s, speed, speed, max(0.0, (end_s - s) / speed)))
            t, s = t + found[-1].length_s, max(s, end_s)
        return tuple(found)

    @cached_property
    def ramps(self) -> list[Leg]:
        return [leg for leg in self.legs if leg.first != leg.last]

    @property
    def speed(self) -> float:
        """The highest speed."""
        return max(speed for speed, _ in self.stretches)

    def _leg(self, t: float) -> Leg:
        return next((leg for leg in reversed(self.legs) if leg.t <= t), self.legs[0])

    def at(self, t: float) -> float:
        """Run seconds at film second `t`."""
        return min(self.until_s, self._leg(t).run_s(max(START_S, t)))

    def speed_at(self, t: float) -> float:
        """How many times real time the clock runs at film second `t`; before and after, as at its ends."""
        return self._leg(t).speed_at(min(max(START_S, t), self.stop_s))

    def factor(self, t: float) -> str:
        """The speed as it is written: `300×`; whole while it rolls."""
        speed = self.speed_at(t)
        known = next((each for each, _ in self.stretches if math.isclose(each, speed)), None)
        return f"{known:g}×" if known is not None else f"{speed:.0f}×"

    def film(self, run_s: float) -> float:
        """The film second at which the clock shows `run_s`."""
        run_s = min(run_s, self.until_s)
        return next((leg for leg in reversed(self.legs) if leg.s <= run_s), self.legs[0]).film_s(run_s)

    @property
    def span_s(self) -> float:
        """Run seconds of the whole race."""
        return self.until_s - self.from_s

    @property
    def format(self) -> str:
        """How the clock and times on it are written: a short race needs tenths or more to be told apart."""
        return time_format(self.until_s)

    @cached_property
    def stop_s(self) -> float:
        """The film second at which the clock stops."""
        return self.film(self.until_s)


def decimals(longest_s: float) -> int:
    """Digits after the point of a second in a race that long: an error of a percent would be seen."""
    return 2 if longest_s < 10 else 1 if longest_s < 60 else 0


def time_format(longest_s: float) -> str:
    """The format of times in a race that long."""
    digits = decimals(longest_s)
    return f"clock.{digits}" if digits else "clock"


def moment_words(seconds: float) -> str:
    """`5 min`, `30 s`, `1 h`."""
    for length, unit in ((3600, "h"), (60, "min")):
        if seconds % length == 0 and seconds >= length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,g} s"


def put_number(
    stage: Stage,
    clock: RaceClock,
    text_at: Callable[[float], str],
    end_s: float,
    x: float,
    y: float,
    size: float,
    role: str = "text",
    anchor: str = "left",
) -> None:
    """A number that counts with the clock up to run second `end_s`, its digits centred on `y`.

    `text_at` writes it at a second of the run.
    """
    from explainers.stage.ink import font_measures

    baseline = y + font_measures(MONO)[0] * size / 2

    def state_at(t: float) -> tuple[str, float, float, float]:
        return text_at(min(clock.at(t), end_s)), x, baseline, 1.0

    spans = [(START_S, clock.film(end_s))]
    note = Note("text", text_at(end_s), size, stage.theme.color(role), stage.theme.panel, role)
    stage.number(state_at, spans, size, role=role, anchor=anchor, note=note)


def put_factor(
    stage: Stage, clock: RaceClock, x: float, y: float, size: float, role: str = "text", anchor: str = "left"
) -> None:
    """The clock's factor, centred on `y`; it rolls where the speed changes."""
    from explainers.stage.ink import font_measures

    baseline = y + font_measures(MONO)[0] * size / 2
    spans = [(leg.t, leg.t + leg.length_s) for leg in clock.ramps]
    factors = " ".join(f"{speed:g}×" for speed, _ in clock.stretches)
    note = Note("text", factors, size, stage.theme.color(role), stage.theme.panel, role)
    stage.number(
        lambda t: (clock.factor(t), x, baseline, 1.0), spans, size, role=role, anchor=anchor, note=note
    )


class ClockBar:
    """The bar above the panes: the clock, how fast it is shown, and what is raced.

    Each of its texts gives way to another when the clock stops: (before, after).
    """

    def __init__(self, stage: Stage, race: Race, clock: RaceClock):
        self.stage, self.clock = stage, clock
        time, last = race.time_note, f"shown at {clock.factor(clock.stop_s)}"
        # A speed that was not chosen is written also where it came out as that of the runs.
        real = all(each.speed == 1 for each in race.params.clock)
        self.notes = (time, time) if real else (f"{time}, shown at {clock.factor(0.0)}", last)
        self.raced = race.raced, race.compared
        digits = written(clock.until_s, clock.format)
        self.clock_width = stage.text_width(digits, CLOCK_SIZE, STRONG, mono=True)
        self.room = stage.body.width - 2 * PAD

    @cached_property
    def rows_below(self) -> int:
        """Rows that what is raced takes under the clock; none where it fits beside it."""
        return 0 if self._width(LEAST_SIZE) <= self.stage.body.width else max(map(len, self._lines))

    def _width(self, size: float) -> float:
        """What one row needs where what is raced is set in `size`."""
        pairs = zip(self.notes, self.raced, strict=True)
        widest = max(self._widest((a,), LABEL) + self._widest((b,), size) for a, b in pairs)
        return self.clock_width + widest + 2 * PAD + NOTE_GAP + MIDDLE_GAP

    @cached_property
    def _lines(self) -> list[list[str]]:
        return [self.stage.lines(text, self.room, self._row_size) if text else [] for text in self.raced]

    @cached_property
    def _row_size(self) -> float:
        """Of what is raced on rows of its own: on a phone it can't be small, and has several rows."""
        least = PHONE_SIZE if self.stage.height > self.stage.width else ROW_SIZE
        return self._fitting(lambda size: self._widest(self.raced, size), self.room, least)

    def _widest(self, texts: Sequence[str], size: float) -> float:
        return max((self.stage.text_width(text, size) for text in texts if text), default=0.0)

    def _fitting(self, needs: Callable[[float], float], room: float, least: float) -> float:
        """The largest size, from a label's down to `least`, at which it fits."""
        size = float(LABEL)
        while size > least and needs(size) > room:
            size -= 1
        return size

    def draw(self, bar: Box) -> None:
        """Put it on stage: in one row, or with what is raced on rows of its own."""
        stage, clock = self.stage, self.clock
        stage.panel(bar, fill=stage.theme.panel, radius=14)
        left, right = bar.left + PAD, bar.right - PAD
        first = bar
        if count := self.rows_below:
            inside = bar._replace(top=bar.top + 8, bottom=bar.bottom - 10)
            first, *rows = inside.rows([1.15] + [1] * count)
            before, after = ([*lines, *[""] * (count - len(lines))] for lines in self._lines)
            for row, pair in zip(rows, zip(before, after, strict=True), strict=True):
                self._pair(pair, left, row.center[1], self._row_size, "left")
        else:
            size = self._fitting(self._width, bar.width, LEAST_SIZE)
            self._pair(self.raced, right, first.center[1], size, "right")
        y, notes_x = first.center[1], left + self.clock_width + NOTE_GAP
        put_number(
            stage,
            clock,
            lambda s: written(s, clock.format),
            clock.until_s,
            left + self.clock_width,
            y,
            CLOCK_SIZE,
            anchor="right",
        )
        size = self._fitting(lambda size: self._widest(self.notes, size), right - notes_x, 24.0)
        if not clock.ramps:
            self._pair(self.notes, notes_x, y, size, "left")
            return
        # The factor rolls while the speed changes: words that stay, and a number behind them.
        words = self.notes[0].removesuffix(clock.factor(0.0)).strip()
        look = {"role": "muted", "anchor": "left", "over": stage.theme.panel}
        stage.middle(words, notes_x, y, size, **look)
        put_factor(stage, clock, notes_x + stage.text_width(words, size) + 0.3 * size, y, size, "muted")

    def _pair(self, texts: tuple[str, str], x: float, y: float, size: float, anchor: str) -> None:
        before, after = texts
        look = {"role": "muted", "anchor": anchor, "over": self.stage.theme.panel}
        if before:
            handle = self.stage.middle(before, x, y, size, **look)
            if after != before:
                handle.leave(self.clock.stop_s + 0.1)
        if after and after != before:
            self.stage.middle(after, x, y, size, **look).enter(self.clock.stop_s + 0.35, dy=0)
