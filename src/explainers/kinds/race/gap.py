"""Between the tracks of a race: lines of equal time, and one run's lead over another as a bracket."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cairo

from explainers.compositor.layer import Layer, Note, Rect, Span, Track
from explainers.facts.numbers import written
from explainers.kinds.race.clock import START_S
from explainers.kinds.race.course import APPROACH_S, LINE, Course
from explainers.kinds.race.track import Riding
from explainers.stage import ink, material
from explainers.stage.marks import number_width
from explainers.stage.text import text_tile
from explainers.theme import LABEL, MONO, REGULAR, STRONG
from explainers.timing import ease_in, ease_out

if TYPE_CHECKING:
    from explainers.kinds.race.heads import Head

LEAD = 104.0
DRAW_S, LEAVE_S, ENTER_S, LEAST_S = 0.3, 0.25, 0.4, 0.5
"""How long lines are drawn on, things leave and enter, and a line of equal time is there at the least."""


def _moment_words(seconds: float) -> str:
    """`5 min`, `30 s`, `1 h`."""
    for length, unit in ((3600, "h"), (60, "min")):
        if seconds % length == 0 and seconds >= length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,g} s"


def draw_minutes(course: Course) -> None:
    """Lines that join the places where runs were at the same time, with the time or the lead then."""
    stage, race, clock, gap = course.stage, course.race, course.clock, course.race.params.gap
    pair = sorted((course.index(gap.run), course.index(gap.over))) if gap else []
    leaves = course.approach_s if course.moves else math.inf
    # All the runs must still be on their way, and a line must be there for a while.
    last = min(map(course.until, race.runs))
    moments = [m for m in course.moments if m <= last and clock.film(m) <= leaves - LEAST_S]
    for index in range(len(race.runs) - 1):
        leads = gap is not None and pair == [index, index + 1]
        role = race.params.tracks[course.index(gap.run)].role if gap and leads else "muted"
        look: dict[str, Any] = {"mono": leads, "weight": STRONG if leads else REGULAR}
        top, bottom = course.whole.rows[index][1] + 5.0, course.whole.rows[index + 1][0] - 5.0
        texts = []
        for m in moments:
            words = [_moment_words(m)] if not index else []
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
            if text and number % skip == 0 and x + widest <= stage.safe.right:
                said = stage.middle(text, x, y, LABEL, role=role, anchor="left", **look)
                handles.append(said.enter(clock.film(m) + 0.15, dx=-16, dy=0))
            if leaves < math.inf:
                for handle in handles:
                    handle.leave(leaves, duration_s=LEAVE_S)


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


def draw_gap(course: Course, heads: Sequence[Head]) -> None:
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
    for track in (shown, told):
        if leaves < math.inf and leaves > track.keys()[-1][1]:
            track.to(0.0, leaves, LEAVE_S, ease_in)
    stage.drawn(GapLayer(course, ours, over, color, shown))
    (top, bottom), two_rows = course.whole.rows[over], course.two_rows
    size = min(LEAD, (bottom - top) * (0.58 if two_rows else 0.66) * (1.0 if course.wide else 0.62))
    words = gap.words if gap.words is not None else f"{race.amount} ahead"
    number_s, words_s = (0.4, 0.78) if course.wide else (0.2, 0.42)
    if not two_rows:
        number_s = words_s = 0.5
    cap = ink.font_measures(MONO)[0]
    widest = stage.text_width("+00", size, STRONG, mono=True)
    beyond = course.near.finish + LINE + (0.221 if course.wide else 0.32) * stage.width

    def x(t: float) -> float:
        if course.u.at(t) > 0.5:
            return beyond
        beside = max(course.head(run, t) for run in runs) + 30.0
        room = max(widest, stage.text_width(words, LABEL) if two_rows else 0.0)
        return beside if course.wide else min(beside, course.whole.finish - room - 8.0)

    def y(t: float, share: float) -> float:
        top, bottom = course.row(over, course.u.at(t))
        return top + (bottom - top) * share

    spans = [*(span for run in runs for span in course.running(run)), *told.spans()]
    final = written(lead(leaves - 0.05 if leaves < math.inf else end_s), "+,d")
    note = Note("text", final, size, color, stage.theme.background, lane.role)
    stage.number(
        lambda t: (written(lead(t), "+,d"), x(t), y(t, number_s) + cap * size / 2, told.at(t)),
        spans, size, role=color, note=note,
    )  # fmt: skip
    style = stage.style(size, STRONG, mono=True)
    tile = text_tile(words, stage.style(LABEL), 0.0, 0.0, scale)
    sans = ink.font_measures("Inter")[0]

    def place(t: float) -> tuple[int, int, float]:
        right = 0.0 if two_rows else number_width(written(lead(t), "+,d"), style) + 20.0
        return round((x(t) + right) * scale), round((y(t, words_s) + sans * LABEL / 2) * scale), told.at(t)

    if not two_rows and not course.wide:
        # A low lane in a narrow frame has no room for words.
        return
    stage.drawn(
        Riding(
            tile, place, spans, 10.0, Note("text", words, LABEL, stage.color("text"), stage.theme.background)
        )
    )
