"""Panes beside each other: one clock or each its own, headers, and marks where a pane ends."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.compositor.layer import Note, Track
from explainers.facts.numbers import written
from explainers.footage.timeline import Timeline
from explainers.kinds._panes.content import Content
from explainers.kinds._panes.marks import ENTER_AT_S, ENTER_S, box_of, outline, show_texts, speed_texts
from explainers.kinds._panes.params import Pane
from explainers.kinds._panes.places import SIDE, Placed
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Group, Stage, shapes
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_out

NAME, CLOCK = 42.0, 54.0
RULE = 6.0
ENDS_APART_S = 0.05


def draw_row(shot: ShotPlan, stage: Stage, placed: Placed) -> None:
    """What stands around and over the panes."""
    own_clocks = shot.params.clock == "own"
    if placed.bar is not None:
        _clock_bar(stage, box_of(placed.bar, stage), placed)
    last_s = max((content.clock.end_s for content in placed.contents if content.clock), default=0.0)
    for content, cell in zip(placed.contents, placed.cells, strict=True):
        head = _Head(stage, box_of(cell, stage), placed.beside)
        head.name(content.fields)
        if content.clock is not None:
            head.time(content, content.clock, own_clocks, last_s)
    for beat in shot.beats:
        for number in beat.params.highlight:
            outline(stage, box_of(placed.panes[number - 1], stage), beat.start_s + 0.15, beat.end_s)


@dataclass(frozen=True)
class _Head:
    """A pane's header: its name on the left and its time on the right, or below where it stands `beside`."""

    stage: Stage
    cell: Box
    beside: bool

    @property
    def width(self) -> float:
        return self.cell.width * (SIDE - 0.03) if self.beside else self.cell.width

    @property
    def baseline(self) -> float:
        return self.cell.top + 56

    @property
    def time_at(self) -> tuple[float, float]:
        """The right end of the time, and its baseline."""
        return self.cell.left + self.width, self.baseline + (62 if self.beside else 0)

    def name(self, pane: Pane) -> None:
        """A rule in the pane's colour, and its name as large as there is room for."""
        cell, stage = self.cell, self.stage
        rule = Box(cell.left, cell.top, cell.right, cell.top + RULE)
        stage.panel(rule, fill=stage.theme.color(pane.role), radius=RULE / 2).enter(ENTER_AT_S, dy=0)
        size, room = NAME, self.width * (1.0 if self.beside else 0.62)
        while size > LABEL and stage.text_width(pane.label, size, STRONG) > room:
            size -= 1
        stage.words(pane.label, cell.left, self.baseline, size, STRONG).enter(ENTER_AT_S, dy=0)

    def time(self, content: Content, clock: Timeline, own: bool, last_s: float) -> None:
        """The pane's own time and speed where it has them, and the mark of its end."""
        ends_first = clock.end_s < last_s - ENDS_APART_S
        if own:
            self._own_time(clock, clock.end_s if ends_first else None, content.pauses)
        if clock.end_s < self.stage.duration_s - 0.2 and (ends_first or not own) and last_s > 0:
            self._end_mark(clock)

    def _own_time(self, clock: Timeline, gone_s: float | None, pauses: str | None) -> None:
        """The time in the mono, and the factor left of it."""
        stage, (right, baseline) = self.stage, self.time_at
        widest = written(max(clock.until_s - clock.from_s, 1.0), "clock")
        left = right - stage.text_width(widest, LABEL, STRONG, mono=True)
        _running(stage, clock, right, baseline, LABEL, gone_s, "own time")
        texts = speed_texts(clock) or ([(pauses, 0.0, clock.end_s)] if pauses else [])
        show_texts(
            clock,
            [(text.replace("shown at ", ""), start, end) for text, start, end in texts],
            lambda text: stage.words(text, left - 22, baseline, LABEL, role="muted", anchor="right"),
            ends=gone_s is not None,
        )

    def _end_mark(self, clock: Timeline) -> None:
        """A tick, the word and the time: this pane stands still from here on."""
        stage, (right, baseline) = self.stage, self.time_at
        text = _final(clock)
        time_width = stage.text_width(text, LABEL, STRONG, mono=True)
        word_width = stage.text_width("ended", LABEL)
        if self.beside:
            # Under the name everything begins at the left edge.
            right = self.cell.left + (time_width + word_width) + 20 + 40
        time = stage.words(text, right, baseline, LABEL, STRONG, anchor="right", mono=True)
        left = right - time_width - 20
        word = stage.words("ended", left, baseline, LABEL, role="muted", anchor="right")
        left -= word_width + 40
        y, color = baseline - 13, stage.theme.color("text")
        route = shapes.route([(left, y + 1), (left + 9, y + 11), (left + 26, y - 11)], color, 5, radius=1)
        tick = stage.mobject(route, z=10)
        Group([tick, word, time]).enter(clock.end_s, dy=0, duration_s=0.25)


def _final(clock: Timeline) -> str:
    """The time that a pane's clock ends at."""
    return written(clock.until_s - clock.from_s, "clock")


def _running(
    stage: Stage, clock: Timeline, x: float, baseline: float, size: float, gone_s: float | None, role: str
) -> None:
    """A clock's time as it runs, which leaves at `gone_s`."""
    arrival = Track(0.0).to(1.0, ENTER_AT_S, ENTER_S, ease_out)
    if gone_s is not None:
        arrival.to(0.0, gone_s, 0.15)

    def text_at(t: float) -> tuple[str, float, float, float]:
        return written(clock.at(t) - clock.from_s, "clock"), x, baseline, arrival.at(t)

    note = Note("text", _final(clock), size, stage.theme.color("text"), stage.theme.background, role)
    spans = [*arrival.spans(), *clock.spans()]
    stage.number(text_at, spans, size, STRONG, anchor="right", note=note)


def _clock_bar(stage: Stage, bar: Box, placed: Placed) -> None:
    """One clock for all panes, and what it says about time."""
    clocks = [content.clock for content in placed.contents if content.clock]
    clock = max(clocks, key=lambda each: each.end_s)
    stage.panel(bar, fill=stage.theme.panel, radius=14).enter(ENTER_AT_S, dy=0)
    right = bar.left + 40 + stage.text_width(_final(clock), CLOCK, STRONG, mono=True)
    y = bar.center[1]
    _running(stage, clock, right, y + 0.365 * CLOCK, CLOCK, None, "clock")
    pauses = next((content.pauses for content in placed.contents if content.pauses), None)
    texts = speed_texts(clock) or [("real time", 0.0, clock.end_s)]
    show_texts(
        clock,
        [(f"{text}, {pauses}" if pauses else text, start, end) for text, start, end in texts],
        lambda text: stage.middle(
            text, right + 48, y, LABEL, role="muted", anchor="left", over=stage.theme.panel
        ),
    )
