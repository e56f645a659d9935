"""A race on tracks: full-width lanes on one axis, heads that carry their counts, the lead between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.facts.numbers import written
from explainers.kinds.race.clock import START_S, RaceClock, moment_words, put_factor
from explainers.kinds.race.course import APPROACH_S, LEAVE_S, LINE, Course
from explainers.kinds.race.finish import Finish
from explainers.kinds.race.heads import Head
from explainers.kinds.race.measures import STEADY, Race
from explainers.kinds.race.track import BedLayer, LinesLayer, Riding, TrackLayer
from explainers.stage import Box, Stage, ink, material
from explainers.stage.brackets import Bracket, BracketLayer
from explainers.stage.chrome import plot_body
from explainers.stage.marks import number_width
from explainers.stage.text import text_tile
from explainers.theme import LABEL, MONO, REGULAR, SANS, STRONG, mix
from explainers.timing import ease_in, ease_out

if TYPE_CHECKING:
    from explainers.kinds.base import ShotPlan

LEAD = 104.0
DRAW_S, ENTER_S, READ_S = 0.3, 0.4, 1.2
"""How long lines are drawn on and things enter, and how long words of such a line are seen at the least."""


def draw_tracks(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    race = Race.of(shot)
    narrow = stage.width <= stage.height and shot.layout.place == "corner"
    body = stage.body._replace(top=plot_body(stage, shot).top) if narrow else stage.body
    course = Course(stage, race, RaceClock.of(race), shot.layout.place == "top", body)
    heads = [Head(course, index) for index in range(len(race.runs))]
    _clock(course)
    _axis(course)
    for head in heads:
        name, track = head.lane.name, TrackLayer(head)
        with stage.named(name, "lane"):
            stage.drawn(BedLayer(track))
        with stage.named(name, "bar"):
            stage.drawn(track)
        head.draw()
    if course.every:
        _minutes(course)
    if race.params.gap:
        with stage.named(heads[course.index(race.params.gap.run)].lane.name, "gap"):
            _gap(course, heads)
    if race.params.cards:
        Finish(shot, course).draw()
    with stage.named("axis", "remark", pinned=True):
        _remarks(course)


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
        said = stage.middle(words, words_x, words_y, LABEL, role="muted", anchor="left")
        if course.moves:
            # Headings of cards come near, and the factor says it as well.
            said.leave(course.approach_s, duration_s=LEAVE_S)


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
    texts = [STEADY] if race.steady else []
    first = "; ".join([*texts, f"a cell is {size}"])
    room = stage.safe.width * (0.66 if course.wide else 1.0)
    lines = stage.paragraph(first, stage.safe.left, course.remark_y, room, LABEL)
    if remark := race.params.remark:
        lines.leave(_remark_s(course), duration_s=LEAVE_S)
        later = stage.paragraph(remark, stage.safe.left, course.remark_y, room, LABEL)
        later.enter(_remark_s(course) + LEAVE_S, dy=16)


def _remark_s(course: Course) -> float:
    """When the author's remark comes: with the first arrival."""
    return min(map(course.arrival_s, course.race.runs))


# -- between the tracks --------------------------------------------------------------------------


def _minutes(course: Course) -> None:
    """Lines that join the places where runs were at the same time, with the time or the lead then."""
    stage, race, clock, gap = course.stage, course.race, course.clock, course.race.params.gap
    pair = sorted((course.index(gap.run), course.index(gap.over))) if gap else []
    leaves = course.approach_s if course.moves else math.inf
    # All the runs must still be on their way, and a line must be there for a while; its words for longer.
    last = min(map(course.until, race.runs))
    moments = [m for m in course.moments if m <= last and clock.film(m) <= leaves - DRAW_S - 0.1]
    for index in range(len(race.runs) - 1):
        leads = gap is not None and pair == [index, index + 1]
        role = race.params.tracks[course.index(gap.run)].role if gap and leads else "muted"
        look: dict[str, Any] = {"mono": leads, "weight": STRONG if leads else REGULAR}
        top, bottom = course.whole.rows[index][1] + 5.0, course.whole.rows[index + 1][0] - 5.0
        texts = []
        for m in moments:
            words = [moment_words(m)] if not index else []
            if gap and leads:
                ours, over = (race.runs[course.index(name)] for name in (gap.run, gap.over))
                words.append(written(race.count(ours, m) - race.count(over, m), "+,d"))
            texts.append("  ".join(words))
        widest = max((stage.text_width(text, LABEL, **look) for text in texts), default=0.0)
        # Where lines are close together, not all have words.
        skip = math.ceil((widest + 44.0) / course.step)
        for number, (m, text) in enumerate(zip(moments, texts, strict=True), start=1):
            upper, lower = (course.x(race.along(race.runs[i], m), 0.0) for i in (index, index + 1))
            line = stage.line([(upper, top), (lower, bottom)], role, 4.0, z=4.0)
            line.reveal(clock.film(m), DRAW_S, "top", ease_out)
            handles = [line]
            x, y = max(upper, lower) + 14.0, (top + bottom) / 2
            readable = clock.film(m) <= leaves - READ_S and x + widest <= stage.safe.right
            if text and number % skip == 0 and readable:
                said = stage.middle(text, x, y, LABEL, role=role, anchor="left", **look)
                handles.append(said.enter(clock.film(m) + 0.15, dx=-16, dy=0))
            if leaves < math.inf:
                for handle in handles:
                    handle.leave(leaves, duration_s=LEAVE_S)


@dataclass(eq=False)
class GapLayer(Layer):
    """The shaded piece of track between two heads."""

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
        low, high = sorted(round(self.course.head(runs[i], t) * scale) for i in (self.ours, self.over))
        top, bottom = (round(edge * scale) for edge in self.course.row(self.over, self.course.u.at(t)))
        # On whole pixels: a frame drawn alone is the same.
        return Rect(low, top, high, bottom), opacity

    def alpha(self, state: Any) -> float:
        return float(state[1])

    def box(self, state: Any) -> Rect:
        return state[0]

    def paint(self, ctx: cairo.Context, state: Any) -> None:
        (left, top, right, bottom), opacity = state
        material.use(ctx, self.color, 0.34 * opacity)
        ctx.rectangle(left, top, right - left, bottom - top)
        ctx.fill()

    def spans(self) -> list[Span]:
        return [*_running(self.course, self.ours, self.over), *self.shown.spans()]


def _running(course: Course, *indices: int) -> list[Span]:
    """When the heads of runs move."""
    return [span for index in indices for span in course.running(course.race.runs[index])]


def _bracket(course: Course, ours: int, over: int, t: float) -> Bracket:
    """From the head that is ahead down to the other's track, and below that from head to head."""
    u, (first, last) = course.u.at(t), (course.head(course.race.runs[i], t) for i in (ours, over))
    (top, bottom), (lane_top, lane_bottom) = course.row(ours, u), course.row(over, u)
    level = lane_bottom + 26.0
    # Inside of the shaded piece, whose edges are the heads.
    inset = min(2.75, abs(first - last) / 2) * (1 if first > last else -1)
    return Bracket(
        first - inset, bottom if lane_top >= bottom else top, last + inset, level, -15.0,
        max(first, last) - abs(inset), level,
    )  # fmt: skip


def _gap(course: Course, heads: Sequence[Head]) -> None:
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
    behind = max(first, *(heads[i].block_s + ENTER_S for i in (ours, over)))
    leaves = end_s - LEAVE_S if course.arrives(runs[1]) else math.inf
    shown, told = Track(0.0).to(1.0, first, ENTER_S, ease_out), Track(0.0)
    if behind < course.approach_s - 0.8 or not course.moves:
        told.to(1.0, behind if behind < math.inf else first, ENTER_S, ease_out)
    if course.moves:
        # It goes while the view moves, and comes again where it has a place of its own.
        told.to(0.0, course.approach_s, LEAVE_S, ease_in)
        told.to(1.0, course.approach_s + APPROACH_S - 0.2, ENTER_S, ease_out)
    (top, bottom), two_rows = course.whole.rows[over], course.two_rows
    size = min(LEAD, (bottom - top) * (0.58 if two_rows else 0.66) * (1.0 if course.wide else 0.62))
    words = [gap.words if gap.words is not None else f"{race.amount} ahead", f"{race.amount} to go"]
    shares = (0.4, 0.78) if course.wide else (0.2, 0.42)
    # In an upright frame the count is over it when the view has gone in.
    near_shares = (0.68, 0.89) if course.upright else shares
    if not two_rows:
        shares = near_shares = (0.5, 0.5)
    cap, style = ink.font_measures(MONO)[0], stage.style(size, STRONG, mono=True)
    room = max(number_width("+00", style), stage.text_width(words[0], LABEL) if two_rows else 0.0)
    most = number_width(f"+{race.goal:,.0f}"[:6], style)
    beyond = course.near.finish + LINE + (0.221 if course.wide else 0.32) * stage.width
    beyond = min(beyond, stage.safe.right - max(most, room))

    def beside(t: float) -> float:
        return max(course.head(run, t) for run in runs) + 30.0

    def x(t: float) -> float:
        if course.u.at(t) > 0.5:
            return beyond
        return beside(t) if course.wide else min(beside(t), course.whole.finish - room - 8.0)

    # It is read for a moment more when the one in front is in.
    arrival = min(map(course.arrival_s, runs)) + 0.5
    if not course.moves and course.wide:
        # There is no place for it close to the finish line.
        full = next((f / fps for f in frames if beside(f / fps) + room > course.whole.finish), math.inf)
        if told.keys()[-1][0] < full - LEAVE_S < math.inf:
            told.to(0.0, full - LEAVE_S, LEAVE_S, ease_in)
    elif told.last and told.keys()[-1][1] < arrival < leaves - 1.0:
        # Once the one in front is in, the number is what the other has still to do.
        told.to(0.0, arrival, 0.15, ease_in).to(1.0, arrival + 0.2, LEAVE_S, ease_out)
    for track in (shown, told):
        if leaves < math.inf and leaves > track.keys()[-1][1] and track.last:
            track.to(0.0, leaves, LEAVE_S, ease_in)
    stage.drawn(GapLayer(course, ours, over, color, shown))
    at = partial(_bracket, course, ours, over)
    stage.drawn(BracketLayer(at, color, scale, Track(2.0), shown, _running(course, ours, over)))
    turn = arrival + 0.17

    def number(t: float) -> str:
        return written(lead(t), "+,d") if t < turn else f"{abs(lead(t)):,}"

    def y(t: float, part: int) -> float:
        u = course.u.at(t)
        top, bottom = course.row(over, u)
        return top + (bottom - top) * (near_shares if u > 0.5 else shares)[part]

    spans = [*_running(course, ours, over), *told.spans(), (arrival, turn)]
    note = Note("text", number(min(arrival, leaves) - 0.05), size, color, stage.theme.background, lane.role)
    stage.number(
        lambda t: (number(t), x(t), y(t, 0) + cap * size / 2, told.at(t)),
        spans, size, role=color, note=note,
    )  # fmt: skip
    if not two_rows and not course.wide:
        # A low lane in a narrow frame has no room for words.
        return
    sans = ink.font_measures(SANS)[0]
    for late, text in enumerate(words):

        def place(t: float, late: bool = bool(late)) -> tuple[int, int, float] | None:
            if (t >= turn) != late:
                return None
            right = 0.0 if two_rows else number_width(number(t), style) + 20.0
            return (round((x(t) + right) * scale), round((y(t, 1) + sans * LABEL / 2) * scale), told.at(t))

        note = Note("text", text, LABEL, stage.color("text"), stage.theme.background, "text")
        stage.drawn(Riding(text_tile(text, stage.style(LABEL), 0.0, 0.0, scale), place, spans, 10.0, note))
