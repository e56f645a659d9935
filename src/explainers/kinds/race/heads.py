"""The head of a track: its light, the run's name on the track, and the count and rate that ride with it."""

from __future__ import annotations

import math
from collections.abc import Callable

from explainers.compositor.layer import Note, Span, Track
from explainers.facts.numbers import written
from explainers.kinds.race.course import LEAVE_S, Course
from explainers.kinds.race.measures import head_count, head_rate
from explainers.kinds.race.track import Riding, shadow_tile
from explainers.runs.model import Run
from explainers.stage import ink, material
from explainers.stage.marks import number_width
from explainers.stage.text import text_tile
from explainers.theme import LABEL, MONO, REGULAR, SANS, STRONG, mix
from explainers.timing import ease_in, ease_out

PAD, INSET, AIR = 36.0, 28.0, 24.0
"""Room between a head and its numbers, from the start line to the names, and between words and numbers."""
COUNT, NARROW_COUNT, RATE = 72.0, 52.0, 36.0
RATE_WORDS = "tokens/s"
SOFT = 0.19
"""How soft the shadow of words on a track is, as a share of their size."""
CHANGE_S = 0.15
"""How long numbers take to leave the front of a head, before they come behind it."""
FOUR_ROWS = 190.0
"""The least height of a lane with room for name, caption, count and rate below each other."""


class Head:
    """What rides with a run.

    While there is no room behind it, right of the name, the numbers go before it; then they stand in a block
    behind it, whose opacity is `block`; when the view goes in they leave, and cards say the rest.
    """

    def __init__(self, course: Course, index: int):
        self.course, self.index, self.stage, self.race = course, index, course.stage, course.race
        self.lane, self.run = course.race.params.tracks[index], course.race.runs[index]
        self.name, gap = course.names[index], course.race.params.gap
        # Its numbers stand before the run whose lead lies on this track.
        led = gap is not None and course.index(gap.over) == index
        self.leader = course.race.runs[course.index(gap.run)] if gap and led else self.run
        top, bottom = course.whole.rows[index]
        size = min(COUNT, (bottom - top) * (0.41 if course.two_rows else 0.52))
        self.size = size if course.wide else min(size, NARROW_COUNT)
        self.rate = self._rate_words() if course.two_rows else None
        # In a narrow frame numbers have rows of their own, below the names.
        self.stacked = not course.wide and course.two_rows
        self.block_top = 0.52 if self.stacked else 0.0
        self.block_color = self._block_color()
        self.block_width = max(max(self._widths(run)) for run in self.race.runs) + 2 * PAD
        end, name = self._words_right(), self.stage.text_width(self.name, course.name_size, STRONG)
        # The ends of its words on the track: at first, and when the view has gone in.
        self.words_ends = (end, self.stage.safe.left + name)
        self.words_right = course.whole.start if self.stacked else end
        self.block_s = self._block_s()
        leaves = course.approach_s if course.moves else math.inf
        self.block, self.ahead = Track(0.0), Track(1.0)
        if self.block_s < leaves - 0.6:
            self.ahead.to(0.0, max(0.0, self.block_s - CHANGE_S), CHANGE_S, ease_in)
            self.block.to(1.0, self.block_s, 0.2, ease_out)
            if leaves < math.inf:
                self.block.to(0.0, leaves, LEAVE_S, ease_in)
        elif leaves < math.inf:
            self.ahead.to(0.0, leaves, LEAVE_S, ease_in)

    def draw(self) -> None:
        """Put it on stage, each part under its name."""
        stage, name = self.stage, self.lane.name
        with stage.named(name, "glow"):
            self._glow()
        with stage.named(name, "label"):
            self._words(self.name, stage.safe.left, self.course.name_size, STRONG, self._name_y)
        if self._captioned:
            with stage.named(name, "caption"):
                self._caption()
        self._numbers(self.ahead, 1, stage.color("text"))
        self._numbers(self.block, -1, stage.color_on(self.block_color))

    # -- where things are ------------------------------------------------------------------------

    @property
    def _captioned(self) -> bool:
        """Whether there is room for the caption: a low lane in a narrow frame has none."""
        if self.stacked and self._y(0.0, 1.0) - self._y(0.0, 0.0) < FOUR_ROWS:
            return False
        return bool(self.lane.caption) and (self.course.two_rows or self.course.wide)

    def _words_right(self) -> float:
        """Where the name and the caption end, as long as the whole axis is seen."""
        stage, course = self.stage, self.course
        words = stage.text_width(self.name, course.name_size, STRONG)
        if self._captioned:
            caption = stage.text_width(self.lane.caption or "", LABEL)
            words = max(words, caption) if course.two_rows else words + INSET + caption
        return stage.safe.left + INSET + words

    def _block_s(self) -> float:
        """The film second from which there is room for the block behind the head."""
        race, course = self.race, self.course
        needed = self.words_right + AIR + self.block_width
        value = (needed - course.whole.start) / (course.whole.finish - course.whole.start) * race.goal
        low, high = race.params.clock[0].from_, course.until(self.run)
        if race.along(self.run, high) < value:
            return math.inf
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (low, middle) if race.along(self.run, middle) >= value else (middle, high)
        return course.clock.film(high)

    def _block_color(self) -> str:
        theme = self.stage.theme
        if self.lane.role == "baseline":
            return mix(theme.background, theme.fill("baseline"), 0.32)
        return self.course.fill(self.lane)

    def _y(self, t: float, share: float) -> float:
        """A height in the lane, as a share of it."""
        top, bottom = self.course.row(self.index, self.course.u.at(t))
        return top + (bottom - top) * share

    def _name_y(self, t: float) -> float:
        if not self.course.two_rows:
            return self._y(t, 0.5 - (0.22 if self.lane.flag else 0.0) * self.course.u.at(t))
        return self._y(t, 0.18 if self.stacked else 0.34 - 0.02 * self.course.u.at(t))

    def _caption_y(self, t: float) -> float:
        if not self.course.two_rows:
            return self._name_y(t)
        return self._y(t, 0.39 if self.stacked else 0.72)

    # -- numbers ---------------------------------------------------------------------------------

    def _rate_words(self) -> Callable[[float], str] | None:
        """How tokens per second are written at a run second: all digits of a total, one of a reading."""
        run = self.run
        return (lambda s: head_rate(run, s)) if run.knows_tokens else None

    def _count(self, run: Run, s: float) -> str:
        """How far a run is, as its head says it."""
        return head_count(self.race, run, s, self.course.clock.format)

    def _widths(self, run: Run) -> tuple[float, float]:
        """The widths of a run's count, and of its rate."""
        stage = self.stage
        count = number_width(self._count(run, run.end_s), stage.style(self.size, STRONG, mono=True))
        if self.rate is None or not run.knows_tokens:
            return count, 0.0
        digits = number_width(self.rate(self.run.end_s), stage.style(RATE, STRONG, mono=True))
        return count, digits + 12.0 + stage.text_width(RATE_WORDS, RATE)

    def _numbers(self, opacity: Track, side: int, color: str) -> None:
        """The count and the rate, right of the head (`side` 1) or left of it in its block."""
        stage, race, course, run, lane = self.stage, self.race, self.course, self.run, self.lane
        clock, until, rate, scale = course.clock, course.until(run), self.rate, stage.scale
        cap = ink.font_measures(MONO)[0]
        arrived = written(until, clock.format) if not race.params.cards and course.arrives(run) else None
        spans = [*course.running(run), *course.running(self.leader), *opacity.spans()]
        shares = (0.37 if rate else 0.5, 0.76)
        if self.stacked:
            shares = (0.65, 0.87) if self._captioned else (0.52, 0.84)

        def x(t: float, right: float) -> float:
            """`right` of the head, but never on the words or the lead; or as far left of it."""
            head = course.head(run, t)
            if side < 0:
                return head - PAD - right
            return max(head, self.words_right, course.head(self.leader, t)) + PAD + right

        def count(t: float) -> tuple[str, float, float, float]:
            s = min(clock.at(t), until)
            # Without a card, the time of arrival takes the place of the count.
            text = arrived if arrived and s >= until else self._count(run, s)
            return text, x(t, 0.0), self._y(t, shares[0]) + cap * self.size / 2, opacity.at(t)

        over = stage.theme.background if side > 0 else self.block_color
        note = Note("text", arrived or self._count(run, until), self.size, color, over, lane.role)
        with stage.named(lane.name, "count"):
            anchor = "left" if side > 0 else "right"
            stage.number(count, spans, self.size, role=color, anchor=anchor, z=8.0, note=note)
        if rate is None:
            return
        words = stage.text_width(RATE_WORDS, RATE)
        digits = number_width(rate(until), stage.style(RATE, STRONG, mono=True))
        tile = text_tile(RATE_WORDS, stage.style(RATE, role=color), 0.0, 0.0, scale)

        def baseline(t: float) -> float:
            return self._y(t, shares[1]) + cap * RATE / 2

        def figure(t: float) -> tuple[str, float, float, float]:
            at = x(t, digits if side > 0 else words + 12.0)
            return rate(min(clock.at(t), until)), at, baseline(t), opacity.at(t)

        def place(t: float) -> tuple[int, int, float]:
            at = x(t, digits + 12.0 if side > 0 else words)
            return round(at * scale), round(baseline(t) * scale), opacity.at(t)

        # Without a name: where a shot carries on, the rate comes after the run's name and count are there.
        note = Note("text", rate(until), RATE, color, over, lane.role)
        stage.number(figure, spans, RATE, role=color, anchor="right", z=8.0, note=note)
        note = Note("text", RATE_WORDS, RATE, color, over, lane.role)
        stage.drawn(Riding(tile, place, spans, 8.0, note))

    # -- light and words -------------------------------------------------------------------------

    def _glow(self) -> None:
        """The light that goes before the head."""
        stage, course, dark = self.stage, self.course, self.stage.theme.dark
        fill = course.fill(self.lane)
        hue = mix(fill, "#FFFFFF", 0.3) if dark else fill
        top, bottom = course.near.rows[0]
        light = material.glow((0.0, 0.0), 110.0, (bottom - top) * 0.72, hue, 0.42 if dark else 0.1)
        tile = ink.raster([light], stage.scale)

        shown = Track(1.0)
        if course.moves and course.arrives(self.run):
            # Beside a card it is quieter: figures stand in it.
            shown.to(0.45, course.arrival_s(self.run), 0.5)

        def place(t: float) -> tuple[int, int, float]:
            x, y = course.head(self.run, t), self._y(t, 0.5)
            return round(x * stage.scale), round(y * stage.scale), shown.at(t)

        stage.drawn(Riding(tile, place, [*course.running(self.run), *shown.spans()], z=3.0))

    def _caption(self) -> None:
        """How the run decides; it makes room for the label on the lane, or for want of room."""
        course, stage, caption = self.course, self.stage, self.lane.caption or ""
        x, leaves = stage.safe.left, None
        if not course.two_rows:
            x += stage.text_width(self.name, course.name_size, STRONG) + INSET
        # Where the view goes in, the lead over this track would lie under it.
        tight = stage.text_width(caption, LABEL) > course.near.finish - x - INSET
        if course.moves and (tight or self.leader is not self.run):
            leaves = course.approach_s
        elif self.lane.flag:
            leaves = course.arrival_s(self.run)
        self._words(caption, x, LABEL, REGULAR, self._caption_y, leaves)

    def _words(
        self,
        text: str,
        x: float,
        size: float,
        weight: int,
        y_at: Callable[[float], float],
        leaves_s: float | None = None,
    ) -> None:
        """Words under which the head passes; once the view has gone in, those on the bright track are of a
        colour that is read there."""
        stage, course, run = self.stage, self.course, self.run
        scale, cap, late = stage.scale, ink.font_measures(SANS)[0], course.u
        plain = stage.style(size, weight)
        fill = course.fill(self.lane)
        slate = self.lane.role == "baseline"
        bright = plain if slate else plain._replace(color=stage.color_on(fill))
        opacity = Track(1.0)
        if leaves_s is not None:
            opacity.to(0.0, leaves_s, LEAVE_S, ease_in)

        def placed(near: bool | None) -> Callable[[float], tuple[int, int, float] | None]:
            def place(t: float) -> tuple[int, int, float] | None:
                if near is not None and near != (late.at(t) >= 0.5):
                    return None
                y = round((y_at(t) + cap * size / 2) * scale)
                return round(INSET * (1 - late.at(t)) * scale), y, opacity.at(t)

            return place

        same = bright.color == plain.color or not course.moves
        spans: list[Span] = [*course.running(run), *opacity.spans()]
        tile = text_tile(text, plain, x, 0.0, scale)
        note = Note("text", text, size, plain.color, stage.theme.background, "text")
        shadow = shadow_tile(tile, stage.theme.background, SOFT * size * scale)
        stage.drawn(Riding(shadow, placed(None if same else False), spans, 7.0))
        stage.drawn(Riding(tile, placed(None if same else False), spans, 8.0, note))
        if not same:
            on_track = text_tile(text, bright, x, 0.0, scale)
            note = Note("text", text, size, bright.color, fill, "text")

            def split(t: float) -> int:
                return round(course.head(run, t) * scale)

            stage.drawn(Riding(on_track, placed(True), spans, 8.0, note, tile, split))
