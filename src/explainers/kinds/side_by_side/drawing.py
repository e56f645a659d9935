"""The picture of panes beside each other: one clock or each its own, and marks where one ends."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.kinds.side_by_side.params import Panes

from explainers.facts.numbers import written
from explainers.film.layer import Note, Rect, Track
from explainers.footage.timeline import Timeline
from explainers.kinds.base import ShotPlan
from explainers.kinds.capture.drawing import ENTER_AT_S, ENTER_S, speed_words
from explainers.kinds.capture.marks import outline
from explainers.kinds.side_by_side.content import Content, own_of
from explainers.kinds.side_by_side.layout import SIDE, Placed, placed
from explainers.stage import Box, Group, Stage, shapes
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_out

NAME, CLOCK = 42.0, 54.0
RULE = 6.0
ENDS_APART_S = 0.05


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    params: Panes = shot.params
    at = placed(shot)
    for content, rect in zip(at.contents, at.panes, strict=True):
        content.show(stage, shot, rect)
    if at.bar is not None:
        _clock_bar(stage, at)
    last = max((one.clock.end_s for one in at.contents if one.clock), default=0.0)
    for index, content in enumerate(at.contents):
        cell = _box(at.cells[index], stage)
        pane = params.panes[index]
        head = _Head(cell, at.beside)
        _header(stage, head, pane.label, pane.role)
        _told(stage, head, content, own=params.clock == "own", last_s=last)
    for beat in shot.beats:
        for number in own_of(beat).highlight:
            outline(stage, _box(at.panes[number - 1], stage), beat.start_s + 0.15, beat.end_s)


@dataclass(frozen=True)
class _Head:
    """A pane's header: its name on the left and its time on the right, or below where it stands `beside`."""

    cell: Box
    beside: bool

    @property
    def width(self) -> float:
        return self.cell.width * (SIDE - 0.03) if self.beside else self.cell.width

    @property
    def name(self) -> float:
        return self.cell.top + 56

    @property
    def time(self) -> float:
        return self.name + (62 if self.beside else 0)

    @property
    def right(self) -> float:
        return self.cell.left + self.width


def _box(rect: Rect, stage: Stage) -> Box:
    return Box(*(edge / stage.scale for edge in rect))


def _header(stage: Stage, head: _Head, label: str, role: str) -> None:
    cell = head.cell
    rule = Box(cell.left, cell.top, cell.right, cell.top + RULE)
    stage.panel(rule, fill=stage.theme.color(role), radius=RULE / 2).enter(ENTER_AT_S, dy=0)
    size = NAME
    room = head.width * (1.0 if head.beside else 0.62)
    while size > LABEL and stage.text_width(label, size, STRONG) > room:
        size -= 1
    stage.words(label, cell.left, head.name, size, STRONG).enter(ENTER_AT_S, dy=0)


def _told(stage: Stage, head: _Head, content: Content, own: bool, last_s: float) -> None:
    """On the right of a header: the pane's own time and speed, and the mark of its end."""
    clock = content.clock
    if clock is None:
        return
    ends_s = clock.end_s
    ends_first = ends_s < last_s - ENDS_APART_S
    marked = ends_first or not own
    if own:
        _own_time(stage, head, clock, ends_s if ends_first else None, content.pauses)
    if ends_s < stage.duration_s - 0.2 and marked and last_s > 0:
        _end_mark(stage, head, clock)


def _own_time(stage: Stage, head: _Head, clock: Timeline, gone_s: float | None, pauses: str | None) -> None:
    """The pane's time in the mono, and its factor left of it."""
    widest = written(max(clock.until_s - clock.from_s, 1.0), "clock")
    right, baseline = head.right, head.time
    left = right - stage.text_width(widest, LABEL, STRONG, mono=True)
    _number(stage, clock, right, baseline, LABEL, gone_s, "own time")
    told = speed_words(clock) or ([(pauses, 0.0, clock.end_s)] if pauses else [])
    for text, start_s, end_s in told:
        short = text.replace("shown at ", "")
        words = stage.words(short, left - 22, baseline, LABEL, role="muted", anchor="right")
        words.enter(max(ENTER_AT_S, start_s), dy=0, duration_s=0.25)
        if end_s < clock.end_s - 1e-6 or gone_s is not None:
            words.leave(end_s - 0.1, duration_s=0.1)


def _number(
    stage: Stage, clock: Timeline, x: float, baseline: float, size: float, gone_s: float | None, role: str
) -> None:
    arrival = Track(0.0).to(1.0, ENTER_AT_S, ENTER_S, ease_out)
    if gone_s is not None:
        arrival.to(0.0, gone_s, 0.15)

    def text_at(t: float) -> tuple[str, float, float, float]:
        return written(clock.at(t) - clock.from_s, "clock"), x, baseline, arrival.at(t)

    spans = [*arrival.spans(), *clock.spans()]
    final = written(clock.until_s - clock.from_s, "clock")
    note = Note("text", final, size, stage.theme.color("text"), stage.theme.background, role)
    stage.number(text_at, spans, size, STRONG, anchor="right", note=note)


def _end_mark(stage: Stage, head: _Head, clock: Timeline) -> None:
    """A tick, the word and the time: this pane stands still from here on."""
    text = written(clock.until_s - clock.from_s, "clock")
    right, baseline = head.right, head.time
    if head.beside:
        # Under the name everything begins at the left edge.
        widths = stage.text_width(text, LABEL, STRONG, mono=True) + stage.text_width("ended", LABEL)
        right = head.cell.left + widths + 20 + 40
    time = stage.words(text, right, baseline, LABEL, STRONG, anchor="right", mono=True)
    left = right - stage.text_width(text, LABEL, STRONG, mono=True) - 20
    word = stage.words("ended", left, baseline, LABEL, role="muted", anchor="right")
    left -= stage.text_width("ended", LABEL) + 40
    y = baseline - 13
    color = stage.theme.color("text")
    tick = stage.mobject(
        shapes.route([(left, y + 1), (left + 9, y + 11), (left + 26, y - 11)], color, 5, radius=1), z=10
    )
    Group([tick, word, time]).enter(clock.end_s, dy=0, duration_s=0.25)


def _clock_bar(stage: Stage, at: Placed) -> None:
    """One clock for all panes, and what it says about time."""
    assert at.bar is not None
    clock = max((one.clock for one in at.contents if one.clock), key=lambda one: one.end_s)
    bar = _box(at.bar, stage)
    stage.panel(bar, fill=stage.theme.panel, radius=14).enter(ENTER_AT_S, dy=0)
    width = stage.text_width(written(clock.until_s - clock.from_s, "clock"), CLOCK, STRONG, mono=True)
    left, y = bar.left + 40, bar.center[1]
    _number(stage, clock, left + width, y + 0.365 * CLOCK, CLOCK, None, "clock")
    pauses = next((one.pauses for one in at.contents if one.pauses), None)
    told = speed_words(clock) or [("real time", 0.0, clock.end_s)]
    for text, start_s, end_s in told:
        full = f"{text}, {pauses}" if pauses else text
        words = stage.middle(
            full, left + width + 48, y, LABEL, role="muted", anchor="left", over=stage.theme.panel
        )
        words.enter(max(ENTER_AT_S, start_s), dy=0, duration_s=0.25)
        if end_s < clock.end_s - 1e-6:
            words.leave(end_s - 0.1, duration_s=0.1)
