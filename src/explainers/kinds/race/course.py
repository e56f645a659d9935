"""Where everything of a race on tracks stands: the axis as it is seen, the lanes, and how both change.

Up to the approach the whole axis is seen; then the view goes in on the last stretch, the tracks thicken and
the finish line moves to where cards have room beside it. Everything is in design units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from explainers.compositor.layer import Span, Track
from explainers.kinds.race.clock import RaceClock
from explainers.theme import LABEL, STRONG, Theme, contrast, mix
from explainers.timing import ease_in_out

if TYPE_CHECKING:
    from explainers.kinds.race.measures import Race
    from explainers.kinds.race.params import Lane
    from explainers.runs.model import Run
    from explainers.stage import Box, Stage

APPROACH_S, BEFORE_RAMP_S, BEFORE_ARRIVAL_S = 0.9, 0.4, 2.0
"""How long the view takes to go in, and when it begins: before the last ramp, else before an arrival."""
LEAVE_S = 0.25
"""How long things take to leave."""
ZOOM, LEAST_X = 2.0, 120.0
"""How much larger the last stretch is seen at most, and where the last run's head is at the least then."""
GAP, GAP_CLOSE = 48.0, 20.0
"""Room between tracks, in which lines of equal time stand, and when the view has gone in."""
LINE = 31.0
"""Width of the finish line."""
NAME = 62.0
SHAPE = 3.03
"""The contrast of a track to the ground where it is lit."""
AFTER_CLOCK, LOW = 186.0, 222.0
"""From the top of the clock to the tracks, and from the tracks to the frame's bottom, where nothing else is
below them."""


@dataclass(frozen=True)
class Lanes:
    """A view of the tracks: places 0 and `goal` of the axis, and the top and bottom of each lane."""

    start: float
    finish: float
    rows: tuple[tuple[float, float], ...]


class Course:
    """The tracks of one race on a stage."""

    def __init__(self, stage: Stage, race: Race, clock: RaceClock, titled: bool, body: Box):
        self.stage, self.race, self.clock = stage, race, clock
        self.wide, self.upright = stage.width > stage.height, stage.width < stage.height
        safe, lanes = stage.safe, race.params.tracks
        self.clock_top = max(safe.top, body.top + (8 if titled or not self.wide else 0))
        self.clock_size = 148.0 if self.wide and not titled else 104.0 if self.upright else 88.0
        if self.wide:
            top = self.clock_top + (AFTER_CLOCK if not titled else 126.0)
            bottom = stage.height - LOW - (70.0 if titled else 0.0)
            # A statement stands between the remark and the footer.
            self.remark_y = stage.height - (178.0 if titled else 62.0)
            side, close = safe.right - LINE, 0.305 * stage.width
        else:
            top, bottom = self.clock_top + (210.0 if self.upright else 152.0), body.bottom - 160.0
            self.remark_y = body.bottom - 48.0
            side, close = safe.right - LINE, 0.346 * stage.width
        names = [lane.label or race.runs[i].label or lane.run for i, lane in enumerate(lanes)]
        self.names = names
        whole = Lanes(safe.left, side, _rows(top, bottom, len(lanes), GAP if self.every else GAP_CLOSE))
        self.whole = self.near = whole
        self.u = Track(0.0)
        if race.params.cards:
            # Cards need headings above them, and the ends of their scales below.
            room = (
                (top + 38.0, bottom + 50.0)
                if self.wide
                else (top - 24.0, bottom + 50.0)
                if self.upright
                else (top + 80.0, bottom + 60.0)
            )
            slow = min(race.along(run, clock.at(self.approach_s + APPROACH_S)) for run in race.runs)
            rate = (side - safe.left) / race.goal
            ahead = max(race.goal - slow, 1e-9)
            zoom = min(ZOOM, max(1.0, (close - LEAST_X) / ahead / rate))
            start = close - race.goal * rate * zoom
            self.near = Lanes(start, close, _rows(*room, len(lanes), GAP_CLOSE))
            self.u.to(1.0, self.approach_s, APPROACH_S, ease_in_out)
        fitting = min(height for height in (b - t for t, b in whole.rows))
        room_of_names = (self.near.finish if race.params.cards else 0.45 * stage.width) - safe.left - 28.0
        self.two_rows = fitting >= 124.0
        size = min(NAME, fitting * (0.36 if self.two_rows else 0.5))
        self.name_size = min(stage.fitting_size(name, room_of_names, size, LABEL, STRONG) for name in names)

    @cached_property
    def every(self) -> float:
        """Run seconds between lines of equal time; 0 for none."""
        wanted = self.race.params.every
        if wanted is not None or self.race.params.axis == "time":
            return wanted or 0.0
        steps = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 86400)
        return next(step for step in steps if self.clock.until_s / step <= 8 or step == steps[-1])

    @cached_property
    def moments(self) -> list[float]:
        """Run seconds that lines of equal time stand for."""
        first, every = self.race.params.clock[0].from_, self.every
        count = int(self.clock.until_s / every + 1e-9) if every else 0
        return [m * every for m in range(1, count + 1) if m * every > first]

    @property
    def step(self) -> float:
        """About how far lines of equal time are apart at the least."""
        slowest = min(self.race.along(run, self.clock.until_s) / run.end_s for run in self.race.runs)
        return self.every * slowest / self.race.goal * (self.whole.finish - self.whole.start)

    @cached_property
    def approach_s(self) -> float:
        """The film second at which the view goes in."""
        first = self.clock.film(min(map(self.race.arrival_s, self.race.runs)))
        ramps = self.clock.ramps
        wanted = ramps[-1].t - BEFORE_RAMP_S if ramps else first - BEFORE_ARRIVAL_S
        return max(0.2, min(wanted, first - APPROACH_S))

    @property
    def moves(self) -> list[Span]:
        """When the view changes."""
        return self.u.spans()

    def until(self, run: Run) -> float:
        """The run second at which a head stops."""
        return min(self.race.arrival_s(run), self.clock.until_s)

    def arrives(self, run: Run) -> bool:
        """Whether a run comes to the finish line before the clock stops."""
        goal = run.end_s if self.race.params.axis == "time" else self.race.goal
        return self.race.along(run, self.until(run)) >= goal - 1e-6

    def arrival_s(self, run: Run) -> float:
        """The film second at which a head stops."""
        return self.clock.film(self.until(run))

    def running(self, run: Run) -> list[Span]:
        """When a head, or the view, moves."""
        return [(self.clock.legs[0].t, self.arrival_s(run)), *self.moves]

    def x(self, value: float, u: float) -> float:
        """The place of a value of the axis, where the share `u` of the approach is over."""
        share, whole, near = value / self.race.goal, self.whole, self.near
        start = whole.start + (near.start - whole.start) * u
        return start + (whole.finish + (near.finish - whole.finish) * u - start) * share

    def head(self, run: Run, t: float) -> float:
        """The place of a run's head."""
        return self.x(self.race.along(run, min(self.clock.at(t), self.until(run))), self.u.at(t))

    def row(self, index: int, u: float) -> tuple[float, float]:
        """Top and bottom of a lane."""
        (top, bottom), (near_top, near_bottom) = self.whole.rows[index], self.near.rows[index]
        return top + (near_top - top) * u, bottom + (near_bottom - bottom) * u

    def box(self, index: int, u: float) -> Box:
        """A lane from edge to edge of the frame."""
        top, bottom = self.row(index, u)
        return self.stage.safe._replace(left=0.0, right=self.stage.width, top=top, bottom=bottom)

    def index(self, run: str) -> int:
        """The place among the tracks of a run, by the word the author uses for it."""
        return next(i for i, lane in enumerate(self.race.params.tracks) if run in (lane.run, lane.row))

    def fill(self, lane: Lane) -> str:
        """The colour of a track at its head."""
        return track_fill(self.stage.theme, lane.role)

    def figures(self, lane: Lane) -> str:
        """The colour of a run's own figures on the ground."""
        return self.stage.color("text" if lane.role == "baseline" else lane.role)


def track_fill(theme: Theme, role: str) -> str:
    """The colour of a track of that role at its head."""
    if role != "baseline":
        return theme.color(role)
    # The quietest slate that is seen on a lane: names and light lie on it.
    slates = [mix(theme.background, theme.fill("baseline"), share / 50) for share in range(30, 51)]
    lit = mix(theme.ground[1], theme.ground[0], 0.7)
    return next((slate for slate in slates if contrast(slate, lit) >= SHAPE), slates[-1])


def _rows(top: float, bottom: float, count: int, gap: float) -> tuple[tuple[float, float], ...]:
    height = (bottom - top - gap * (count - 1)) / count
    return tuple((top + i * (height + gap), top + i * (height + gap) + height) for i in range(count))
