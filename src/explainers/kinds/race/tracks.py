"""A race on tracks: full-width lanes on one axis, heads that carry their counts, and the lead between them.

A track is dark at its tail and bright at its head. Its cells and stripes are anchored to the axis: the head
uncovers them. What a track looks like is rasterised once for each view; a frame only moves the light.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Tile, Track
from explainers.facts.numbers import written
from explainers.kinds.race.cards import draw_cards
from explainers.kinds.race.clock import START_S, RaceClock, put_factor
from explainers.kinds.race.course import LINE, Course
from explainers.kinds.race.measures import Race
from explainers.runs.model import Run
from explainers.stage import Box, Stage, ink, material
from explainers.stage.marks import number_width
from explainers.stage.text import text_tile
from explainers.theme import LABEL, MONO, STRONG, mix
from explainers.timing import ease_in, ease_out

if TYPE_CHECKING:
    from explainers.kinds.base import ShotPlan
    from explainers.kinds.race.params import Lane

REACH = 1150.0
"""Design units behind its head over which a track fades to its tail."""
EDGE, PAD = 8.0, 36.0
"""Width of the bright line at a head, and room between it and the numbers of its block."""
INSET = 28.0
"""From the start line to the names."""
COUNT, RATE = 72.0, 36.0
LEAD = 104.0
DRAW_S, LEAVE_S, ENTER_S = 0.3, 0.25, 0.4
SQUARES = 15.5
"""Side of a square of the finish line, which is two of them wide."""


def draw_tracks(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    race = Race.of(shot)
    clock = RaceClock.of(race)
    course = Course(stage, race, clock, shot.layout.place == "top")
    _clock(course)
    _axis(course)
    for index, lane in enumerate(race.params.tracks):
        track = TrackLayer(course, index)
        with stage.named(lane.name, "lane"):
            stage.drawn(BedLayer(track))
        with stage.named(lane.name, "bar"):
            stage.drawn(track)
        with stage.named(lane.name, "glow"):
            _glow(course, index)
        with stage.named(lane.name, "label"):
            _name(course, index)
        _head(course, index)
    if course.every:
        _minutes(course)
    if race.params.gap:
        with stage.named(race.params.gap.run, "gap"):
            _gap(course)
    if race.params.cards:
        draw_cards(shot, course)
    with stage.named("axis", "remark", pinned=True):
        _remarks(course)


# -- layers ------------------------------------------------------------------------------------


@dataclass(eq=False)
class Riding(Layer):
    """Tiles that ride: `place_at(t)` gives how far, in whole pixels, and the opacity, or None.

    With `after`, which lies at the same place, what is right of `split_at(t)` is painted from that tile.
    """

    tile: Tile
    place_at: Callable[[float], tuple[int, int, float] | None]
    changes: list[Span]
    z: float = 8.0
    note: Note | None = None
    after: Tile | None = None
    split_at: Callable[[float], int] | None = None

    def state(self, t: float) -> Any:
        place = self.place_at(t)
        if place is None or place[2] <= 0.001:
            return None
        return *place[:2], round(min(1.0, place[2]), 3), self._split(t, place[0])

    def _split(self, t: float, dx: int) -> int:
        """How many columns of the tile are left of the split; all of them where there is none."""
        width = self.tile.width
        return min(width, max(0, self.split_at(t) - self.tile.x - dx)) if self.split_at else width

    def box(self, state: Any) -> Rect:
        left, top = self.tile.x + state[0], self.tile.y + state[1]
        return Rect(left, top, left + self.tile.width, top + self.tile.height)

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        box, split = self.box(state), state[3]
        parts = [(self.tile, box.left, split)]
        if self.after is not None and split < self.tile.width:
            parts.append((self.after, box.left + split, self.tile.width - split))
        for tile, left, width in parts:
            ctx.save()
            ctx.rectangle(left, box.top, width, tile.height)
            ctx.clip()
            ctx.set_source_surface(tile.surface, box.left, box.top)
            ctx.get_source().set_filter(cairo.FILTER_NEAREST)
            ctx.paint_with_alpha(state[2])
            ctx.restore()

    def spans(self) -> list[Span]:
        return self.changes


@dataclass(frozen=True, eq=False)
class Looks:
    """What a lane is painted from in one view: its bed, its tail, what lies on the tail, and the light that
    ends at the head; tiles of the frame's width, but for the light."""

    bed: Tile
    tail: Tile
    marks: Tile
    light: Tile
    top: int
    bottom: int
    start: int


@dataclass(eq=False)
class TrackLayer(Layer):
    """A lane with its track, up to the head of its run."""

    course: Course
    index: int
    z: float = 2.0
    note: Note | None = field(init=False)

    def __post_init__(self) -> None:
        course = self.course
        self.lane, self.run = course.race.params.tracks[self.index], course.race.runs[self.index]
        self.scale = course.stage.scale
        self.note = course.stage.data_note(course.names[self.index], course.fill(self.lane), self.lane.role)
        self.block = round(_block_width(course, self.index) * self.scale)
        self.reach, self.edge = round(REACH * self.scale), max(2, round(EDGE * self.scale))
        self.looks = lru_cache(maxsize=3)(self._drawn)

    def state(self, t: float) -> tuple[int, float, float]:
        u = round(self.course.u.at(t), 4)
        return (
            round(self.course.head(self.run, t) * self.scale),
            u,
            round(_blocked(self.course, self.index, t), 3),
        )

    def box(self, state: Any) -> Rect:
        looks = self.looks(state[1])
        start = max(0, looks.start)
        return Rect(start, looks.top, max(state[0], start + self.edge), looks.bottom)

    def dirty(self, before: Any, after: Any) -> list[Rect]:
        if before is None or after is None or before[1:] != after[1:]:
            return super().dirty(before, after)
        low, high = sorted((self.box(before), self.box(after)), key=lambda box: box.right)
        return [high._replace(left=max(high.left, low.right - self.reach))]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        head, u, blocked = state
        looks, box = self.looks(u), self.box(state)
        ctx.save()
        ctx.rectangle(box.left, box.top, box.right - box.left, box.bottom - box.top)
        ctx.clip()
        _blit(ctx, looks.tail)
        # A track that has only begun is not as bright as it will be: its name stands on it.
        grown = max(0.0, min(1.0, (head - looks.start) / (0.75 * self.reach)))
        _blit(ctx, looks.light, head - self.reach, 0.25 + 0.75 * grown)
        _blit(ctx, looks.marks)
        if blocked:
            material.use(ctx, _block_color(self.course, self.lane), blocked)
            ctx.rectangle(head - self.block, box.top, self.block, box.bottom - box.top)
            ctx.fill()
        material.use(ctx, mix(self.course.fill(self.lane), "#FFFFFF", 0.55))
        ctx.rectangle(box.right - self.edge, box.top, self.edge, box.bottom - box.top)
        ctx.fill()
        ctx.restore()

    def spans(self) -> list[Span]:
        return [*self.course.running(self.run), *_block_spans(self.course, self.index)]

    def _drawn(self, u: float) -> Looks:
        """The lane as it is where the share `u` of the approach is over."""
        course, theme = self.course, self.course.stage.theme
        box, fill = course.box(self.index, u), course.fill(self.lane)
        box = course.stage.snapped(box)
        # In the end there are cards on the lanes, and lines of equal time have no words any more.
        bare = box._replace(left=0.0, right=REACH)
        seams = _seams(course, box, u)
        bed = ink.raster(
            [
                material.plate(box, theme.panel, None, 0, 0, 0.0, 0.72),
                _lines(box, seams, theme.line, 0.5 * (1 - u), 2.0),
            ],
            self.scale,
        )
        dark = mix(theme.background, fill, 0.36 if theme.dark else 0.5)
        tail = ink.raster([material.plate(box, dark, None, 0, 0, 0.0)], self.scale)
        light = [material.fade(bare, fill, 0.0, 1.0)]
        marks: list[Any] = [material.fade(box, "#FFFFFF", 0.16 if theme.dark else 0.1, 0.0, "top")]
        if self.lane.hatched:
            step = course.race.cell / 2 * (course.x(1.0, u) - course.x(0.0, u))
            step = step if step >= 14.0 else step * math.ceil(14.0 / step)
            marks.append(_stripes(box, course.x(0.0, u), step, theme.color("text")))
        marks.append(_lines(box, seams, "#FFFFFF", 0.2, 2.0))
        if course.every:
            at = [
                course.x(course.race.along(self.run, m), u)
                for m in _moments(course)
                if m <= course.until(self.run)
            ]
            marks.append(_lines(box, at, theme.background, 0.7 * (1 - u), 5.0))
        return Looks(
            bed,
            tail,
            ink.raster(marks, self.scale),
            ink.raster(light, self.scale),
            round(box.top * self.scale),
            round(box.bottom * self.scale),
            round(course.x(0.0, u) * self.scale),
        )


@dataclass(eq=False)
class BedLayer(Layer):
    """The lane that a track lies on, from edge to edge of the frame."""

    track: TrackLayer
    z: float = 1.0
    note: Note | None = None

    def state(self, t: float) -> float:
        return round(self.track.course.u.at(t), 4)

    def box(self, state: float) -> Rect:
        looks = self.track.looks(state)
        return Rect(0, looks.top, looks.bed.x + looks.bed.width, looks.bottom)

    def paint(self, ctx: cairo.Context, state: float) -> None:
        _blit(ctx, self.track.looks(state).bed)

    def spans(self) -> list[Span]:
        return self.track.course.moves


def _blit(ctx: cairo.Context, tile: Tile, x: int = 0, alpha: float = 1.0) -> None:
    """Copy a tile, moved by `x` columns."""
    ctx.set_source_surface(tile.surface, tile.x + x, tile.y)
    ctx.get_source().set_filter(cairo.FILTER_NEAREST)
    ctx.paint_with_alpha(alpha)


def _seams(course: Course, box: Box, u: float) -> list[float]:
    """The places between cells, over the whole width of the frame."""
    step = course.race.cell * (course.x(1.0, u) - course.x(0.0, u))
    step = step if step >= 6.0 else step * math.ceil(6.0 / step)
    first = course.x(0.0, u)
    return [
        first + step * k for k in range(math.ceil(-first / step), math.floor((box.right - first) / step) + 1)
    ]


def _lines(box: Box, places: list[float], color: str, alpha: float, width: float) -> material.Painted:
    """Upright lines through a lane."""

    def paint(ctx: cairo.Context) -> None:
        material.use(ctx, color, alpha)
        for x in places:
            ctx.rectangle(x - width / 2, box.top, width, box.height)
        ctx.fill()

    return material.Painted(box, paint)


def _stripes(box: Box, first: float, step: float, color: str) -> material.Painted:
    """Diagonal stripes that begin at `first` on the lane's lower edge, one each `step`."""

    def paint(ctx: cairo.Context) -> None:
        ctx.rectangle(*box[:2], box.width, box.height)
        ctx.clip()
        material.use(ctx, color, 0.15)
        ctx.set_line_width(step * 0.32)
        low = math.floor((box.left - box.height - first) / step)
        for k in range(low, math.ceil((box.right - first) / step) + 1):
            ctx.move_to(first + k * step, box.bottom)
            ctx.line_to(first + k * step + box.height, box.top)
        ctx.stroke()

    return material.Painted(box, paint)


@dataclass(eq=False)
class LinesLayer(Layer):
    """The start line and the chequered finish line."""

    course: Course
    z: float = 5.0
    note: Note | None = None

    def state(self, t: float) -> float:
        return round(self.course.u.at(t), 4)

    def _edges(self, u: float) -> tuple[int, int, int, int]:
        course, scale, last = self.course, self.course.stage.scale, len(self.course.names) - 1
        top, bottom = course.row(0, u)[0] - 13.0, course.row(last, u)[1] + 13.0
        places = course.x(0.0, u), top, course.x(course.race.goal, u), bottom
        left, top_px, right, bottom_px = (round(edge * scale) for edge in places)
        return left, top_px, right, bottom_px

    def box(self, state: float) -> Rect:
        left, top, right, bottom = self._edges(state)
        scale = self.course.stage.scale
        return Rect(left - math.ceil(6 * scale), top, right + math.ceil(LINE * scale) + 1, bottom)

    def paint(self, ctx: cairo.Context, state: float) -> None:
        left, top, right, bottom = self._edges(state)
        stage = self.course.stage
        scale, theme = stage.scale, stage.theme
        material.use(ctx, mix(theme.background, theme.color("muted"), 0.85))
        width = max(2, round(6 * scale))
        ctx.rectangle(left - width, top, width, bottom - top)
        ctx.fill()
        dark, light = (theme.background, theme.color("text"))[:: 1 if theme.dark else -1]
        material.use(ctx, dark)
        ctx.rectangle(right, top, round(LINE * scale), bottom - top)
        ctx.fill()
        material.use(ctx, light if theme.dark else theme.background)
        side = SQUARES * scale
        for row in range(math.ceil((bottom - top) / side)):
            first, end = top + round(row * side), min(bottom, top + round((row + 1) * side))
            x = right + (round(side) if row % 2 else 0)
            ctx.rectangle(x, first, round(side), end - first)
        ctx.fill()

    def spans(self) -> list[Span]:
        return self.course.moves


# -- what does not move with a head --------------------------------------------------------------


def _clock(course: Course) -> None:
    """The clock, large, its factor on a pill beside it, and what kind of time it is."""
    stage, clock, size = course.stage, course.clock, course.clock_size
    left, y = stage.safe.left, course.clock_top + 0.52 * size
    style, end = stage.style(size, STRONG, mono=True), written(clock.until_s, clock.format)
    cap = ink.font_measures(MONO)[0]
    right = left + number_width(end, style)
    with stage.named("clock", pinned=True):
        baseline = y + cap * size / 2
        note = Note("text", end, size, stage.theme.color("text"), stage.theme.background, "text")
        spans = [(START_S, clock.stop_s)]
        stage.number(
            lambda t: (written(clock.at(t), clock.format), right, baseline, 1.0),
            spans, size, anchor="right", note=note,
        )  # fmt: skip
    words = f"{course.race.time_note}" + ("" if clock.speed == 1 and not clock.ramps else ", sped up")
    widest = max((f"{speed:g}×" for speed, _ in clock.stretches), key=len)
    factor = min(50.0, size * 0.36)
    width = number_width(widest, stage.style(factor, STRONG, mono=True)) + 64.0
    pill = Box(right + 76.0, y - 62.0, right + 76.0 + width, y + 12.0)
    words_x, words_y = pill.left, y + 50.0
    if pill.left + max(width, stage.text_width(words, LABEL)) > stage.safe.right:
        pill = pill.shifted(-40.0, 25.0)
        words_x, words_y = left, y + size * 0.37 + 44.0
    with stage.named("factor", pinned=True):
        theme = stage.theme
        fill = mix(theme.background, theme.color("accent"), 0.2)
        stage.mobject(material.plate(pill, fill, theme.color("accent"), 40.0, 3.0, 0.03), z=9)
        put_factor(stage, clock, pill.center[0], pill.center[1], factor, anchor="center")
        stage.middle(words, words_x, words_y, LABEL, role="muted", anchor="left")


def _axis(course: Course) -> None:
    """Start and finish lines, and what the axis counts, below the tracks as long as all of it is seen."""
    stage, race = course.stage, course.race
    with stage.named("axis", pinned=False):
        stage.drawn(LinesLayer(course))
    y = course.whole.rows[-1][1] + 64.0
    goal, words = race.goal, f"{race.amount} done" if race.params.axis == "requests" else race.amount
    shares = [k / 4 for k in range(5)]
    with stage.named("axis", "words", pinned=True):
        handles = []
        taken = stage.safe.left
        for share in shares:
            value = goal * share
            if race.params.axis != "time" and value != int(value):
                value = round(value)
            text = written(value, course.clock.format) if race.params.axis == "time" else f"{value:,.0f}"
            half = stage.text_width(text, LABEL, mono=True) / 2
            x = min(max(course.x(value, 0.0), stage.safe.left + half), stage.safe.right - half)
            if x - half < taken:
                continue
            handles.append(stage.words(text, x, y, LABEL, role="muted", anchor="center", mono=True))
            taken = x + half + 24.0
            if share == 0.0 and words:
                handles.append(stage.words(words, x + half + 18.0, y, LABEL, role="muted"))
                taken += 18.0 + stage.text_width(words, LABEL)
        if course.moves:
            for handle in handles:
                handle.leave(course.approach_s, duration_s=LEAVE_S)


def _remarks(course: Course) -> None:
    """The meaning of a cell and of a steady rate, and in the end the author's remark, at label size."""
    stage, race = course.stage, course.race
    size = f"{race.cell:,g}" + (" s" if race.params.axis == "time" else f" {race.amount}")
    texts = ["constant rate between measured totals"] if race.steady else []
    first = "; ".join([*texts, f"a cell is {size}"])
    room = stage.safe.width * (0.6 if course.wide else 1.0)
    lines = stage.paragraph(first, stage.safe.left, course.remark_y, room, LABEL)
    if remark := race.params.remark:
        lines.leave(_remark_s(course), duration_s=LEAVE_S)
        later = stage.paragraph(remark, stage.safe.left, course.remark_y, room, LABEL)
        later.enter(_remark_s(course) + LEAVE_S, dy=16)


def _remark_s(course: Course) -> float:
    """When the author's remark comes: with the first arrival."""
    return min(map(course.arrival_s, course.race.runs))


# -- heads ---------------------------------------------------------------------------------------


def _glow(course: Course, index: int) -> None:
    """The light of a head, which goes before it."""
    stage, lane, run = course.stage, course.race.params.tracks[index], course.race.runs[index]
    hue = mix(course.fill(lane), "#FFFFFF" if stage.theme.dark else course.fill(lane), 0.3)
    height = course.near.rows[0][1] - course.near.rows[0][0]
    field_ = material.glow((0.0, 0.0), 110.0, height * 0.72, hue, 0.42 if stage.theme.dark else 0.2)
    tile = ink.raster([field_], stage.scale)

    def place(t: float) -> tuple[int, int, float]:
        top, bottom = course.row(index, course.u.at(t))
        return round(course.head(run, t) * stage.scale), round((top + bottom) / 2 * stage.scale), 1.0

    stage.drawn(Riding(tile, place, course.running(run), z=3.0))


def _name_y(course: Course, index: int, u: float) -> float:
    top, bottom = course.row(index, u)
    return top + (bottom - top) * ((0.34 - 0.02 * u) if course.two_rows else 0.5)


def _caption_y(course: Course, index: int, u: float) -> float:
    top, bottom = course.row(index, u)
    return top + (bottom - top) * 0.72


def _name(course: Course, index: int) -> None:
    """The run's name, on its track or in front of it, each in a colour that is read there."""
    stage, lane, run = course.stage, course.race.params.tracks[index], course.race.runs[index]
    bright = stage.color_on(course.fill(lane))
    _two_tone(
        course,
        index,
        course.names[index],
        stage.safe.left + 28.0 * 0,
        course.name_size,
        STRONG,
        _name_y,
        bright,
    )
    if lane.caption:
        x, y_of = stage.safe.left, _caption_y
        if not course.two_rows:
            x, y_of = x + stage.text_width(course.names[index], course.name_size, STRONG) + 28.0, _name_y
        leaves, room = None, course.near.finish - x - INSET
        if course.moves and stage.text_width(lane.caption, LABEL) > room:
            leaves = course.approach_s
        elif lane.flag:
            leaves = course.arrival_s(run)
        with stage.named(lane.name, "caption"):
            _two_tone(course, index, lane.caption, x, LABEL, 400, y_of, bright, leaves)


def _two_tone(
    course: Course,
    index: int,
    text: str,
    x: float,
    size: float,
    weight: int,
    y_of: Callable[[Course, int, float], float],
    bright: str,
    leaves_s: float | None = None,
) -> None:
    """Words that stay in place while the head passes under them; once the view has gone in, those on the
    track are of the colour `bright`."""
    stage, run, scale = course.stage, course.race.runs[index], course.stage.scale
    cap = ink.font_measures("Inter")[0]
    plain = stage.style(size, weight)
    on_track = plain._replace(color=bright)
    opacity = Track(1.0)
    if leaves_s is not None:
        opacity.to(0.0, leaves_s, LEAVE_S, ease_in)

    def y(t: float) -> int:
        return round((y_of(course, index, course.u.at(t)) + cap * size / 2) * scale)

    late = course.u
    for style, after in ((plain, False), (on_track, True)):
        if after and bright == plain.color:
            continue
        tile = text_tile(text, style, x, 0.0, scale)
        light = text_tile(text, plain, x, 0.0, scale)
        halves = bright != plain.color

        def place(t: float, after: bool = after, halves: bool = halves) -> tuple[int, int, float] | None:
            if halves and (late.at(t) >= 0.5) != after:
                return None
            return round(INSET * (1 - late.at(t)) * scale), y(t), opacity.at(t)

        over = course.fill(course.race.params.tracks[index]) if after else stage.theme.background
        note = Note("text", text, size, style.color, over, "text")
        spans = [*course.running(run), *opacity.spans()]
        split = (lambda t: round(course.head(run, t) * scale)) if after else None
        stage.drawn(Riding(tile, place, spans, 8.0, note, light if after else None, split))


def _rate(run: Run, steady: bool) -> Callable[[float], str] | None:
    """How a run's tokens per second are written at a run second: all digits of a total, one of a reading."""
    if not run.knows_tokens:
        return None
    spec = ",.1f" if run.knows_token_times else ",.2f"
    return lambda s: written(run.throughput_at(max(s, 1e-3)), spec)


def _figures(course: Course, index: int) -> tuple[float, float, float]:
    """Size of a head's count, and the widths of it and of the rate below it."""
    stage, race, run = course.stage, course.race, course.race.runs[index]
    top, bottom = course.whole.rows[index]
    size = min(COUNT, (bottom - top) * (0.41 if course.two_rows else 0.52))
    if not course.wide:
        size = min(size, 52.0)
    count = number_width(f"{race.count(run, run.end_s):,}", stage.style(size, STRONG, mono=True))
    rate = _rate(run, race.steady)
    width = 0.0
    if rate and course.two_rows:
        width = number_width(rate(run.end_s), stage.style(RATE, STRONG, mono=True)) + 12.0
        width += stage.text_width("tokens/s", RATE)
    return size, count, width


def _block_width(course: Course, index: int) -> float:
    """The width of all blocks: what the widest needs."""
    widths = (max(_figures(course, i)[1:]) for i in range(len(course.names)))
    return max(widths) + 2 * PAD


def _block_color(course: Course, lane: Lane) -> str:
    """The colour of the block behind a head's numbers."""
    theme = course.stage.theme
    if lane.role == "baseline":
        return mix(theme.background, theme.fill("baseline"), 0.32)
    return course.fill(lane)


def _words_right(course: Course, index: int) -> float:
    """Where the name and the caption of a run end, as long as the whole axis is seen."""
    stage, caption = course.stage, course.race.params.tracks[index].caption
    words = stage.text_width(course.names[index], course.name_size, STRONG)
    wide = stage.text_width(caption, LABEL) if caption else 0.0
    return (
        stage.safe.left + INSET + (max(words, wide) if course.two_rows or not wide else words + 28.0 + wide)
    )


def _block_s(course: Course, index: int) -> float:
    """The film second from which a head has room behind it for its block, right of its name."""
    race, run = course.race, course.race.runs[index]
    needed = _words_right(course, index) + 24.0 + _block_width(course, index)
    value = (needed - course.whole.start) / (course.whole.finish - course.whole.start) * race.goal
    low, high = race.params.clock[0].from_, course.until(run)
    if race.along(run, high) < value:
        return math.inf
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if race.along(run, middle) >= value else (middle, high)
    return course.clock.film(high)


def _block_track(course: Course, index: int) -> Track:
    """The opacity of a head's block: it comes when there is room, and goes when the view goes in."""
    come, go = _block_s(course, index), course.approach_s if course.moves else math.inf
    track = Track(0.0)
    if come < go - 0.6:
        track.to(1.0, come, 0.2, ease_out)
        if go < math.inf:
            track.to(0.0, go, LEAVE_S, ease_in)
    return track


@lru_cache(maxsize=16)
def _block_cached(course: Course, index: int) -> Track:
    return _block_track(course, index)


def _blocked(course: Course, index: int, t: float) -> float:
    return _block_cached(course, index).at(t)


def _block_spans(course: Course, index: int) -> list[Span]:
    return _block_cached(course, index).spans()


def _head(course: Course, index: int) -> None:
    """Count and rate: before the head until there is room behind it, then in its block, and beyond the
    finish line once the view has gone in."""
    stage, race, run = course.stage, course.race, course.race.runs[index]
    lane = race.params.tracks[index]
    size, _, _ = _figures(course, index)
    block = _block_cached(course, index)
    ahead = Track(1.0)
    if block.keys():
        ahead.to(0.0, max(0.0, block.keys()[0][0] - 0.12), 0.12, ease_in)
    elif course.moves:
        ahead.to(0.0, course.approach_s, LEAVE_S, ease_in)
    inner = stage.color_on(_block_color(course, lane))
    rate = _rate(run, race.steady) if course.two_rows else None
    for opacity, side, color in ((ahead, 1, stage.color("text")), (block, -1, inner)):
        _numbers(course, index, size, rate, opacity, side, color)


def _numbers(
    course: Course,
    index: int,
    size: float,
    rate: Callable[[float], str] | None,
    opacity: Track,
    side: int,
    color: str,
) -> None:
    """The count and the rate of a head, right of it (`side` 1) or left of it in its block."""
    stage, race, run = course.stage, course.race, course.race.runs[index]
    lane, clock, until = race.params.tracks[index], course.clock, course.until(run)
    cap = ink.font_measures(MONO)[0]
    anchor = "left" if side > 0 else "right"
    arrived = f"{written(until, clock.format)}" if not race.params.cards and course.arrives(run) else None
    spans = [*course.running(run), *opacity.spans()]

    def y(t: float, share: float, high: float) -> float:
        top, bottom = course.row(index, course.u.at(t))
        return top + (bottom - top) * share + cap * high / 2

    def count(t: float) -> tuple[str, float, float, float]:
        s = min(clock.at(t), until)
        # Without a card, the time of arrival takes the place of the count.
        text = arrived if arrived and s >= until else _count(course, run, s)
        shown = y(t, 0.37 if rate else 0.5, size)
        return text, x(t, 0.0), shown, opacity.at(t)

    beside = _words_right(course, index)

    def x(t: float, right: float) -> float:
        """`right` of the head, but never on the words, or left of it."""
        head = course.head(run, t)
        return max(head, beside) + PAD + right if side > 0 else head - PAD - right

    over = stage.theme.background if side > 0 else _block_color(course, lane)
    note = Note("text", _count(course, run, until), size, color, over, lane.role)
    with stage.named(lane.name, "count"):
        stage.number(count, spans, size, role=color, anchor=anchor, z=8.0, note=note)
    if rate is None:
        return
    words = stage.text_width("tokens/s", RATE)
    digits = number_width(rate(until), stage.style(RATE, STRONG, mono=True))

    def figure(t: float) -> tuple[str, float, float, float]:
        right = digits if side > 0 else words + 12.0
        return rate(min(clock.at(t), until)), x(t, right), y(t, 0.76, RATE), opacity.at(t)

    note = Note("text", rate(until), RATE, color, over, lane.role)
    tile = text_tile("tokens/s", stage.style(RATE, role=color), 0.0, 0.0, stage.scale)

    def place(t: float) -> tuple[int, int, float]:
        return (
            round(x(t, digits + 12.0 if side > 0 else words) * stage.scale),
            round(y(t, 0.76, RATE) * stage.scale),
            opacity.at(t),
        )

    with stage.named(lane.name, "rate"):
        stage.number(figure, spans, RATE, role=color, anchor="right", z=8.0, note=note)
        stage.drawn(Riding(tile, place, spans, 8.0, Note("text", "tokens/s", RATE, color, over, lane.role)))


def _count(course: Course, run: Run, s: float) -> str:
    """How far a run is, as its head says it."""
    if course.race.params.axis == "time":
        return written(course.race.along(run, s), course.clock.format)
    return f"{course.race.count(run, s):,}"


# -- between the tracks --------------------------------------------------------------------------


def _moments(course: Course) -> list[float]:
    """Run seconds that lines of equal time stand for."""
    first = course.race.params.clock[0].from_
    count = int(course.clock.until_s / course.every + 1e-9)
    return [m * course.every for m in range(1, count + 1) if m * course.every > first]


def _moment_words(seconds: float) -> str:
    """`5 min`, `30 s`, `1 h`."""
    for length, unit in ((3600, "h"), (60, "min")):
        if seconds % length == 0 and seconds >= length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,g} s"


def _minutes(course: Course) -> None:
    """Lines that join the places where runs were at the same time, with the time or the lead then."""
    stage, race, clock = course.stage, course.race, course.clock
    gap = race.params.gap
    pair = sorted((course.index(gap.run), course.index(gap.over))) if gap else []
    leaves = course.approach_s if course.moves else math.inf
    for m in _moments(course):
        t = clock.film(m)
        # All the runs must still be on their way, and the line must be there for a while.
        if m > min(map(course.until, race.runs)) or t > leaves - 0.5:
            continue
        for index in range(len(race.runs) - 1):
            upper, lower = (course.x(race.along(race.runs[i], m), 0.0) for i in (index, index + 1))
            top, bottom = course.whole.rows[index][1] + 5.0, course.whole.rows[index + 1][0] - 5.0
            leads = gap is not None and pair == [index, index + 1]
            texts = [] if index and leads else [_moment_words(m)] if index == 0 else []
            if gap and leads:
                ours, over = race.runs[course.index(gap.run)], race.runs[course.index(gap.over)]
                texts.append(written(race.count(ours, m) - race.count(over, m), "+,d"))
            role = race.params.tracks[course.index(gap.run)].role if gap and leads else "muted"
            line = stage.line([(upper, top), (lower, bottom)], role, 4.0, z=4.0)
            line.reveal(t, DRAW_S, "top", ease_out)
            handles = [line]
            if texts and stage.text_width(" ".join(texts), LABEL) < 0.5 * _apart(course, m):
                x, look = (
                    max(upper, lower) + 14.0,
                    {"role": role, "anchor": "left", "mono": leads, "weight": STRONG if leads else 400},
                )
                words = stage.middle(" ".join(texts), x, (top + bottom) / 2, LABEL, **look)
                handles.append(words.enter(t + 0.15, dx=-16, dy=0))
            if leaves < math.inf:
                for handle in handles:
                    handle.leave(leaves, duration_s=LEAVE_S)


def _apart(course: Course, m: float) -> float:
    """Design units between two lines of equal time on the slowest track."""
    first = min(course.race.along(run, m) for run in course.race.runs)
    return (course.x(first, 0.0) - course.whole.start) * course.every / m * 2


@dataclass(eq=False)
class GapLayer(Layer):
    """The piece of track between two heads, the dotted line down from the one ahead, and the bracket."""

    course: Course
    ours: int
    over: int
    color: str
    shown: Track
    z: float = 6.0
    note: Note | None = None

    def state(self, t: float) -> Any:
        opacity = round(self.shown.at(t), 3)
        if not opacity:
            return None
        runs, scale = self.course.race.runs, self.course.stage.scale
        heads = [round(self.course.head(runs[i], t) * scale) for i in (self.ours, self.over)]
        return *heads, round(self.course.u.at(t), 4), opacity

    def _rows(self, u: float) -> tuple[int, int, int, int]:
        scale = self.course.stage.scale
        edges = (*self.course.row(self.ours, u), *self.course.row(self.over, u))
        first, second, third, fourth = (round(edge * scale) for edge in edges)
        return first, second, third, fourth

    def box(self, state: Any) -> Rect:
        ours, over, u, _ = state
        rows, pad = self._rows(u), round(40 * self.course.stage.scale)
        low, high = sorted((ours, over))
        return Rect(low - pad, min(rows), high + pad, max(rows) + pad)

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        ours, over, u, opacity = state
        scale = self.course.stage.scale
        top, bottom, lane_top, lane_bottom = self._rows(u)
        low, high = sorted((ours, over))
        stroke = max(2, round(4 * scale))
        # Everything lies on whole pixels: a frame drawn alone is the same.
        material.use(ctx, self.color, 0.34 * opacity)
        ctx.rectangle(low, lane_top, high - low, lane_bottom - lane_top)
        ctx.fill()
        material.use(ctx, self.color, opacity)
        first, end = (bottom, lane_bottom) if lane_top >= bottom else (lane_top, top)
        dash = max(2, round(7 * scale))
        for y in range(first, end, 2 * dash):
            ctx.rectangle(ours - stroke // 2, y, stroke, min(dash, end - y))
        drop, high_edge = round(8 * scale), round(28 * scale)
        ctx.rectangle(low, lane_bottom + drop, stroke, high_edge - drop)
        ctx.rectangle(max(low, high - stroke), lane_bottom + drop, stroke, high_edge - drop)
        ctx.rectangle(low, lane_bottom + high_edge - stroke, high - low, stroke)
        ctx.fill()

    def spans(self) -> list[Span]:
        runs = (self.course.race.runs[i] for i in (self.ours, self.over))
        return [*(span for run in runs for span in self.course.running(run)), *self.shown.spans()]


def _gap(course: Course) -> None:
    """The lead now: a bracket, a shaded piece of track, and the number, which is the counts' difference."""
    stage, race, clock, gap = course.stage, course.race, course.clock, course.race.params.gap
    assert gap is not None
    ours, over = course.index(gap.run), course.index(gap.over)
    runs, lane = [race.runs[ours], race.runs[over]], race.params.tracks[ours]
    color, scale = course.figures(lane), stage.scale
    end_s = max(map(course.arrival_s, runs))

    def lead(t: float) -> int:
        return race.count(runs[0], clock.at(t)) - race.count(runs[1], clock.at(t))

    fps = stage.canvas.fps
    frames = range(round(START_S * fps), round(end_s * fps))
    first = next(
        (f / fps for f in frames if abs(course.head(runs[0], f / fps) - course.head(runs[1], f / fps)) >= 14),
        None,
    )
    if first is None:
        return
    # The number stands right of the heads: where a count goes before its head there is no room for it yet.
    behind = max((_block_cached(course, i).keys() or [(0.0, 0.0)])[0][0] for i in (ours, over))
    first = max(first, behind + ENTER_S)
    shown = Track(0.0).to(1.0, first, ENTER_S, ease_out)
    leaves = end_s - LEAVE_S if course.arrives(runs[1]) else math.inf
    if leaves < math.inf and leaves > first + ENTER_S:
        shown.to(0.0, leaves, LEAVE_S, ease_in)
    stage.drawn(GapLayer(course, ours, over, color, shown))
    size = min(LEAD, (course.whole.rows[over][1] - course.whole.rows[over][0]) * 0.58)
    words = gap.words if gap.words is not None else f"{race.amount} ahead"
    cap = ink.font_measures(MONO)[0]

    def x(t: float) -> float:
        u = course.u.at(t)
        beside = max(course.head(run, t) for run in runs) + 30.0
        widest = max(stage.text_width(words, LABEL), 3.2 * size * 0.6)
        beside = min(beside, stage.safe.right - widest) if u else beside
        beyond = course.near.finish + LINE + (0.24 * stage.width if course.wide else 0.3 * stage.width)
        return beside + (beyond - beside) * u

    def y(t: float, share: float) -> float:
        top, bottom = course.row(over, course.u.at(t))
        return top + (bottom - top) * share

    spans = [*(span for run in runs for span in course.running(run)), *shown.spans()]
    final = written(lead(leaves - 0.05 if leaves < math.inf else end_s), "+,d")
    note = Note("text", final, size, color, stage.theme.background, lane.role)
    stage.number(
        lambda t: (written(lead(t), "+,d"), x(t), y(t, 0.4) + cap * size / 2, shown.at(t)),
        spans, size, role=color, note=note,
    )  # fmt: skip
    tile = text_tile(words, stage.style(LABEL), 0.0, 0.0, scale)
    sans = ink.font_measures("Inter")[0]

    def place(t: float) -> tuple[int, int, float]:
        return round(x(t) * scale), round((y(t, 0.78) + sans * LABEL / 2) * scale), shown.at(t)

    stage.drawn(
        Riding(
            tile, place, spans, 10.0, Note("text", words, LABEL, stage.color("text"), stage.theme.background)
        )
    )
