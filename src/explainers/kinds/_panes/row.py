"""Panes beside each other: one clock or each its own, headers, counters, and marks where a pane ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explainers.compositor.layer import Note, Span, Track
from explainers.facts.numbers import written
from explainers.footage.timeline import STILL, Timeline
from explainers.kinds._panes.cast import TerminalPane
from explainers.kinds._panes.content import Content
from explainers.kinds._panes.marks import ENTER_AT_S, ENTER_S, box_of, outline, show_texts, speed_texts
from explainers.kinds._panes.params import Pane
from explainers.kinds._panes.places import SIDE, Placed
from explainers.kinds.base import ShotPlan
from explainers.kinds.race.measures import MEASURES, Measure
from explainers.kinds.race.params import Counter
from explainers.runs.model import Run
from explainers.stage import Box, Group, Handle, Stage, ink, material, shapes
from explainers.stage.marks import BarLayer
from explainers.theme import LABEL, MONO, STRONG, mix
from explainers.timing import ease_out

NAME, CLOCK = 42.0, 54.0
NAME_FILLING, NAME_IN_BAR, CLOCK_FILLING, PILL_PAD = 54.0, 107.0, 72.0, 22.0
"""Where panes fill the frame: the sizes of names and of the clock, a name's baseline in its title bar, and
the room around a factor in its pill."""
COUNT, COUNT_SMALL, TRACK, GLOW = 112.0, 54.0, 40.0, 0.19
"""Sizes of counters, the height of the tokens' track, and the light of what is `ours`."""
RULE = 6.0
ENDS_APART_S = 0.05


def draw_row(shot: ShotPlan, stage: Stage, placed: Placed) -> None:
    """What stands around and over the panes."""
    own_clocks, filling = shot.params.clock == "own", bool(placed.windows)
    for window in placed.windows:
        shadow = material.Shadow(box_of(window, stage), 12, 44, 14, 0.5 if stage.theme.dark else 0.16)
        stage.mobject(shadow, z=1.5)
    taken = 0.0
    if placed.bar is not None:
        bar = box_of(placed.bar, stage)
        with stage.named("clock", pinned=True):
            taken = _clock_chip(stage, bar, placed) if filling else _clock_bar(stage, bar, placed)
    last_s = max((content.clock.end_s for content in placed.contents if content.clock), default=0.0)
    most = max((run.output_tokens_at(run.end_s) for run in shot.runs.values()), default=0.0)
    size = _count_size(shot, box_of(placed.feet[0], stage), filling) if placed.feet else COUNT
    for index, (content, cell) in enumerate(zip(placed.contents, placed.cells, strict=True)):
        foot = box_of(placed.feet[index], stage) if placed.feet else None
        # The clock stands in the title bar of the window at the upper right.
        beside_clock = filling and stage.width > stage.height and cell.right == placed.cells[-1].right
        clock_room = taken if beside_clock and cell.top == placed.cells[0].top else 0.0
        head = _Head(stage, box_of(cell, stage), placed.beside, filling, clock_room, foot, size)
        with stage.named(content.called, "label"):
            head.name(content.fields)
            if content.clock is not None:
                head.time(content, content.clock, own_clocks, last_s)
        if foot is not None and content.fields.run and content.clock is not None:
            run = shot.runs[content.fields.run]
            with stage.named(content.called, "note"):
                _counters(stage, foot, content, run, shot.params.counters, filling, size)
            if filling and most and run.knows_tokens:
                with stage.named(content.called, "bar"):
                    _token_track(stage, foot, content, run, most)
    for beat in shot.beats:
        for number in beat.params.highlight:
            outline(stage, box_of(placed.panes[number - 1], stage), beat.start_s + 0.15, beat.end_s)
        for number, (content, pane) in enumerate(zip(placed.contents, placed.panes, strict=True), 1):
            if isinstance(content, TerminalPane):
                lines = [line.lines for line in beat.params.lines if line.pane == number]
                callouts = [one for one in beat.params.callout if one.pane == number]
                content.point_at(stage, pane, beat, lines, callouts)


@dataclass(frozen=True)
class _Head:
    """A pane's header: its name on the left and its time on the right, or below where it stands `beside`."""

    stage: Stage
    cell: Box
    beside: bool
    filling: bool
    taken: float
    foot: Box | None
    count: float

    @property
    def width(self) -> float:
        return self.cell.width * (SIDE - 0.03) if self.beside else self.cell.width - self.taken

    @property
    def baseline(self) -> float:
        return self.cell.top + (NAME_IN_BAR if self.filling else 56)

    @property
    def time_at(self) -> tuple[float, float]:
        """The right end of the time, and its baseline: beside the counters where panes fill the frame."""
        if self.filling and self.foot:
            return self.foot.right, self.foot.top + _count_rise(self.count, True)
        return self.cell.left + self.width, self.baseline + (62 if self.beside else 0)

    def name(self, pane: Pane) -> None:
        """A rule in the pane's colour, and its name as large as there is room for."""
        cell, stage = self.cell, self.stage
        if not self.filling:
            rule = Box(cell.left, cell.top, cell.right, cell.top + RULE)
            stage.panel(rule, fill=stage.theme.color(pane.role), radius=RULE / 2).enter(ENTER_AT_S, dy=0)
        role = pane.role if self.filling and pane.role != "baseline" else "text"
        words = stage.words(pane.label, cell.left, self.baseline, self._name_size(pane), STRONG, role)
        if not self.filling:
            words.enter(ENTER_AT_S, dy=0)

    def _name_size(self, pane: Pane) -> float:
        """The size of the name: where the time stands on its row, a part of that is kept free."""
        alone = self.beside or (self.filling and self.foot is not None)
        room = self.width * (1.0 if alone else 0.62)
        return self.stage.fitting_size(
            pane.label, room, NAME_FILLING if self.filling else NAME, LABEL, STRONG
        )

    def _beside_time(self, pane: Pane) -> float:
        """The room for words at the left of the time's right end."""
        if self.beside:
            return self.cell.width
        if self.filling and self.foot:
            return self.foot.width * (0.48 if self.count == COUNT else 0.38)
        return self.width - self.stage.text_width(pane.label, self._name_size(pane), STRONG)

    def time(self, content: Content, clock: Timeline, own: bool, last_s: float) -> None:
        """The pane's own time and speed where it has them, and the mark of its end."""
        ends_first = clock.end_s < last_s - ENDS_APART_S
        if own:
            self._own_time(clock, clock.end_s if ends_first else None, content.pauses)
        if clock.end_s < self.stage.duration_s - 0.2 and (ends_first or not own) and last_s > 0:
            self._end_mark(clock, self._beside_time(content.fields))

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

    def _end_mark(self, clock: Timeline, room: float) -> None:
        """A tick, the word where there is `room`, and the time: this pane stands still from here on."""
        stage, (right, baseline) = self.stage, self.time_at
        text = _final(clock)
        # Beside a counter at its full size the end is as much to be seen.
        role, large = (
            "text" if self.filling else "muted",
            self.filling and self.foot is not None and self.count == COUNT,
        )
        size = 0.62 * COUNT if large else float(LABEL)
        time_width = stage.text_width(text, size, STRONG, mono=True)
        word_width = stage.text_width("ended", LABEL)
        if self.beside:
            # Under the name everything begins at the left edge.
            right = self.cell.left + (time_width + word_width) + 20 + 40
        time = stage.words(text, right, baseline, size, STRONG, anchor="right", mono=True)
        left = right - time_width - 20
        parts = [time]
        if room > time_width + word_width + 100:
            parts.append(stage.words("ended", left, baseline, LABEL, role=role, anchor="right"))
            left -= word_width + 20
        left -= 20
        y, color = baseline - 13, stage.theme.color("text")
        route = shapes.route([(left, y + 1), (left + 9, y + 11), (left + 26, y - 11)], color, 5, radius=1)
        tick = stage.mobject(route, z=10)
        Group([tick, *parts]).enter(clock.end_s, dy=0, duration_s=0.25)
        if large:
            alpha = 0.42 if stage.theme.dark else 0.1
            middle = (right - time_width / 2, baseline - 0.365 * size)
            light = material.glow(middle, 1.7 * time_width, 2.2 * size, stage.theme.color("accent"), alpha)
            stage.mobject(light, z=0.6).hide().fade(clock.end_s, 1.0, 0.15).fade(clock.end_s + 0.4, 0.5, 1.0)


def _final(clock: Timeline) -> str:
    """The time that a pane's clock ends at."""
    return written(clock.until_s - clock.from_s, "clock")


def _running(
    stage: Stage,
    clock: Timeline,
    x: float,
    baseline: float,
    size: float,
    gone_s: float | None,
    role: str,
    enters: bool = True,
) -> None:
    """A clock's time as it runs, which leaves at `gone_s`."""
    arrival = _arrival(enters)
    if gone_s is not None:
        arrival.to(0.0, gone_s, 0.15)

    def text_at(t: float) -> tuple[str, float, float, float]:
        return written(clock.at(t) - clock.from_s, "clock"), x, baseline, arrival.at(t)

    note = Note("text", _final(clock), size, stage.theme.color("text"), stage.theme.background, role)
    spans = [*arrival.spans(), *clock.spans()]
    stage.number(text_at, spans, size, STRONG, anchor="right", note=note)


def _arrival(enters: bool) -> Track:
    """The opacity of a number that enters, or stands from the first frame on."""
    return Track(0.0).to(1.0, ENTER_AT_S, ENTER_S, ease_out) if enters else Track(1.0)


def _clock_bar(stage: Stage, bar: Box, placed: Placed) -> float:
    """One clock for all panes, and what it says about time; no width is taken of a pane's header."""
    clock = _last_clock(placed)
    stage.panel(bar, fill=stage.theme.panel, radius=14).enter(ENTER_AT_S, dy=0)
    right = bar.left + 40 + stage.text_width(_final(clock), CLOCK, STRONG, mono=True)
    y = bar.center[1]
    _running(stage, clock, right, y + 0.365 * CLOCK, CLOCK, None, "clock")
    show_texts(
        clock,
        _said_of_time(clock, placed),
        lambda text: stage.middle(
            text, right + 48, y, LABEL, role="muted", anchor="left", over=stage.theme.panel
        ),
    )
    return 0.0


def _clock_chip(stage: Stage, bar: Box, placed: Placed) -> float:
    """The clock at the right of a title bar, its factor in a pill beside it; the width that they take."""
    clock = _last_clock(placed)
    y = bar.top + NAME_IN_BAR - 36 - 0.365 * NAME_FILLING
    _running(stage, clock, bar.right, y + 0.365 * CLOCK_FILLING, CLOCK_FILLING, None, "clock", enters=False)
    right = bar.right - stage.text_width(_final(clock), CLOCK_FILLING, STRONG, mono=True) - 28
    style = stage.style(LABEL, STRONG)
    said = _said_of_time(clock, placed)
    # The first factor stands there before anything moves.
    texts = [
        (text.replace("shown at ", ""), start * (index > 0), end)
        for index, (text, start, end) in enumerate(said)
    ]
    widest = max((stage.text_width(text, LABEL, STRONG) for text, _, _ in texts), default=0.0) + 2 * PILL_PAD

    def pill(text: str) -> Handle:
        box = Box(right - stage.text_width(text, LABEL, STRONG) - 2 * PILL_PAD, y - 29, right, y + 29)
        fill = mix(stage.theme.panel, stage.theme.color("accent"), 0.2)
        plate = material.plate(box, fill, stage.theme.color("accent"), 29.0, 2.5, 0.03)
        note = Note("text", text, LABEL, style.color, fill, "text")
        return stage.mobject(plate, stage.middle_run(text, *box.center, style), z=10, note=note)

    show_texts(clock, texts, pill)
    return bar.right - right + widest + 40


def _last_clock(placed: Placed) -> Timeline:
    """The clock of the pane that ends last."""
    return max((content.clock for content in placed.contents if content.clock), key=lambda each: each.end_s)


def _said_of_time(clock: Timeline, placed: Placed) -> list[tuple[str, float, float]]:
    """Factors, or `real time`, with the pauses that were cut."""
    pauses = next((content.pauses for content in placed.contents if content.pauses), None)
    texts = speed_texts(clock) or [("real time", 0.0, clock.end_s)]
    return [(f"{text}, {pauses}" if pauses else text, start, end) for text, start, end in texts]


# -- counters ----------------------------------------------------------------------------------


@dataclass
class _Counted(Track):
    """What a run has at the moment that a pane's clock shows, as a share of `whole`."""

    initial: float = 0.0
    clock: Timeline = STILL
    count_at: Callable[[float], float] = float
    whole: float = 1.0

    def at(self, t: float) -> float:
        return min(1.0, self.count_at(self.clock.at(t) - self.clock.from_s) / self.whole)

    def spans(self) -> list[Span]:
        return self.clock.spans()


def _count_size(shot: ShotPlan, foot: Box, filling: bool) -> float:
    """The size of all counters: the longest of any takes 62 % of its room."""
    runs = [shot.runs[pane.run] for pane in shot.params.panes if pane.run]
    counters = shot.params.counters
    letters = max(len(MEASURES[name].widest(run)) for run in runs for name in counters)
    room = foot.width / len(counters) * 0.62
    return max(LABEL, min(COUNT if filling else COUNT_SMALL, room / (letters * ink.font_measures(MONO)[1])))


def _count_rise(size: float, filling: bool) -> float:
    """From the top of a foot down to the baseline of its counters, below the tokens' track where that is."""
    return TRACK + 40 + size * 0.75 if filling else size * 0.95


def _counters(
    stage: Stage,
    foot: Box,
    content: Content,
    run: Run,
    counters: Sequence[Counter],
    filling: bool,
    size: float,
) -> None:
    """The run's counters under its pane, as its clock runs."""
    clock = content.clock
    assert clock is not None
    role = content.fields.role if content.fields.role != "baseline" else "text"
    wide, baseline = foot.width / len(counters), foot.top + _count_rise(size, filling)
    if filling and role == "ours":
        middle, alpha = (foot.left + foot.width * 0.3, foot.top + 90), GLOW if stage.theme.dark else GLOW / 3
        stage.mobject(material.glow(middle, foot.width * 0.62, 210, stage.color(role), alpha), z=0.5)
    for index, name in enumerate(counters):
        measure, x = MEASURES[name], foot.left + index * wide
        color = role if index == 0 else measure.role
        arrival = _arrival(not filling)

        def text_at(
            t: float, measure: Measure = measure, x: float = x, arrival: Track = arrival
        ) -> tuple[str, float, float, float]:
            return measure.text_at(run, clock.at(t) - clock.from_s), x, baseline, arrival.at(t)

        note = Note("text", measure.text_at(run, run.end_s), size, stage.color(color), stage.theme.background)
        spans = [*arrival.spans(), *clock.spans()]
        with stage.named(content.called, "value"):
            stage.number(text_at, spans, size, STRONG, role=color, note=note)
        steady = name in ("output_tokens", "throughput") and not run.knows_token_times
        rate = ", constant rate between totals" if steady else ""
        lines, step = stage.lines(measure.label + rate, wide - 24, LABEL), LABEL * 1.22
        if len(lines) > 1:
            lines = stage.lines(measure.short + rate, wide - 24, LABEL)
        for line, words in enumerate(lines):
            named = stage.words(
                words, x, baseline + 54 + line * step, LABEL, role="text" if filling else "muted"
            )
            if not filling:
                named.enter(ENTER_AT_S, dy=0)


def _token_track(stage: Stage, foot: Box, content: Content, run: Run, most: float) -> None:
    """A track along the window's lower edge, as long as the tokens are many, where all of it is `most`."""
    clock = content.clock
    assert clock is not None
    theme, color = stage.theme, stage.theme.color(content.fields.role)
    extent = Box(foot.left, foot.top + 20, foot.right, foot.top + 20 + TRACK)
    rail = shapes.panel(extent, None, color, 2, opacity=0.16)
    stage.mobject(rail, z=2)
    growth = _Counted(clock=clock, count_at=run.output_tokens_at, whole=most)
    note = stage.data_note(content.label or "", color)
    look = (extent, stage.scale, color, theme.background, growth, Track(1.0), 3.0, 2.0)
    stage.drawn(BarLayer(*look, note=note))
    if theme.dark:
        # Dark at its tail, bright at its head.
        stage.mobject(material.fade(extent, theme.ground[2], 0.62, 0.0), z=3.5)
