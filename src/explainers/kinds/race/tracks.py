"""A race on tracks: full-width lanes on one axis, heads that carry their counts, the lead between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.compositor.layer import Note
from explainers.facts.numbers import written
from explainers.kinds.race.clock import START_S, RaceClock, put_factor
from explainers.kinds.race.course import Course
from explainers.kinds.race.finish import Finish
from explainers.kinds.race.gap import LEAVE_S, draw_gap, draw_minutes
from explainers.kinds.race.heads import Head
from explainers.kinds.race.measures import Race
from explainers.kinds.race.track import BedLayer, LinesLayer, TrackLayer
from explainers.stage import Box, Stage, ink, material
from explainers.stage.marks import number_width
from explainers.theme import LABEL, MONO, STRONG, mix

if TYPE_CHECKING:
    from explainers.kinds.base import ShotPlan


def draw_tracks(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    race = Race.of(shot)
    course = Course(stage, race, RaceClock.of(race), shot.layout.place == "top")
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
        draw_minutes(course)
    if race.params.gap:
        with stage.named(heads[course.index(race.params.gap.run)].lane.name, "gap"):
            draw_gap(course, heads)
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
