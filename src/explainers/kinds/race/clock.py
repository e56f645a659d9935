"""The one clock of a race: seconds of the film to seconds of the runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.kinds.race.params import Params
from explainers.timing import reading_s

if TYPE_CHECKING:
    from explainers.runs.model import Run

START_S = 0.9
"""Film seconds before the clock starts: time to see that there are panes and a clock."""
AUTO_S = 18.0
"""A race at `auto` speed takes no longer than this."""
STILL_S = 1.6
"""Stillness after the last number arrived, before or beside reading the result."""
STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class RaceClock:
    """Runs from `from_s` to `until_s` of the runs at `speed`, beginning at START_S of the film."""

    speed: float
    from_s: float
    until_s: float

    def at(self, t: float) -> float:
        """Run seconds at film second `t`."""
        return min(self.until_s, self.from_s + max(0.0, t - START_S) * self.speed)

    def film(self, run_s: float) -> float:
        """The film second at which the clock shows `run_s`."""
        return START_S + (min(run_s, self.until_s) - self.from_s) / self.speed

    @property
    def format(self) -> str:
        """How the clock and times on it are written: a short race needs tenths or more to be told apart."""
        return time_format(self.until_s)

    @property
    def stop_s(self) -> float:
        """The film second at which the clock stands still."""
        return self.film(self.until_s)


def decimals(longest_s: float) -> int:
    """Digits after the point of a second in a race that long: an error of a percent would be seen."""
    return 2 if longest_s < 10 else 1 if longest_s < 60 else 0


def time_format(longest_s: float) -> str:
    """The format of times in a race that long."""
    digits = decimals(longest_s)
    return f"clock.{digits}" if digits else "clock"


def race_clock(params: Params, runs: Mapping[str, Run]) -> RaceClock:
    """The clock of these runs."""
    ends = [runs[pane.run].end_s for pane in params.panes]
    asked = params.clock
    named = {"last-finish": max(ends), "first-finish": min(ends)}
    until = named[asked.until] if isinstance(asked.until, str) else asked.until
    length = max(1e-6, until - asked.from_)
    speed = round_speed(length / AUTO_S) if isinstance(asked.speed, str) else asked.speed
    return RaceClock(speed, asked.from_, until)


def round_speed(least: float) -> float:
    """The smallest round factor that is at least `least` and at least 1."""
    power = 1.0
    while True:
        for step in STEPS:
            if step * power >= least:
                return step * power
        power *= 10


def duration_s(params: Params, runs: Mapping[str, Run]) -> float:
    """The race, and then time to read how it ended."""
    lead = params.lead
    words = (lead.result or lead.running) if lead else ""
    return race_clock(params, runs).stop_s + max(STILL_S, 0.5 + reading_s(words))
