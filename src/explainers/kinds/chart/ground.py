"""The ground a panel is drawn on: its box and axes, and when its things come. Needs Manim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explainers.facts.numbers import written
from explainers.kinds._cells import name_of
from explainers.kinds.base import BeatPlan
from explainers.kinds.chart.data import Tables
from explainers.kinds.chart.params import Panel
from explainers.kinds.chart.parts import Axis, Note
from explainers.stage import Box, Group, Handle, Stage
from explainers.stage.axes import TICK_DROP, Scale, log_ticks, nice_ticks
from explainers.stage.handle import Spotlight
from explainers.theme import LABEL, STRONG

ENTER_S = 0.3
"""From a beat's start until its data begin to come."""
HEADING = 42.0
LINE = 48.0
"""Height of a line of labels with the space below it."""


class Schedule:
    """When things come: with the beat that first shows them, or what they are part of."""

    def __init__(self, beats: Sequence[BeatPlan]):
        self.first_s = beats[0].start_s if beats else 0.0
        self._told: dict[str, float] = {}
        for beat in beats:
            for name in beat.params.show if beat.params else ():
                self._told.setdefault(name, beat.start_s)

    def at(self, *names: str | None) -> float:
        """The latest of the starts of the beats that show `names`; the first beat's where none does."""
        return max((self._told[name] for name in names if name in self._told), default=self.first_s)


@dataclass(frozen=True)
class Ground:
    """One panel's place on the stage. `start_s` is when its axes are there."""

    stage: Stage
    panel: Panel
    tables: Tables
    box: Box
    schedule: Schedule
    spot: Spotlight
    notes: tuple[tuple[float, Note], ...] = ()

    @property
    def start_s(self) -> float:
        return self.schedule.at(self.panel.id)

    def still(self, *things: Handle | Group, names: Iterable[str] | None = None) -> None:
        """Things of the axes: there from the start, or fading in with a panel that comes later.

        They stay bright with `names`, or with anything in the panel.
        """
        for thing in things:
            if self.start_s > self.schedule.first_s:
                thing.enter(self.start_s, dy=0)
        self.spot.add(self.inside if names is None else names, *things)

    @property
    def inside(self) -> set[str]:
        """Every name a beat may use for something in the panel."""
        panel = self.panel
        parts = {
            one.id for group in ([panel], panel.series, panel.bands, panel.lines) for one in group if one.id
        }
        tables = {series.table or panel.table for series in panel.series}
        rows = (row for name in tables if name for row in self.tables[name].rows)
        return parts | ({name_of(row.get(panel.key)) for row in rows} if panel.key else set())

    def names(self, *names: str | None) -> list[str]:
        """Names by which a beat may bring a thing out: its own and its panel's."""
        return [name for name in (self.panel.id, *names) if name]

    def heading(self) -> float:
        """Draw the heading and its detail; the height at which what is below them may begin."""
        heading, detail = self.panel.heading or "", self.panel.detail or ""
        if not heading and not detail:
            return self.box.top
        stage, size, baseline = self.stage, HEADING, self.box.top + HEADING * 0.8
        while size > LABEL and stage.text_width(heading, size, STRONG) > self.box.width:
            size -= 1
        x = self.box.left
        if heading:
            words = stage.words(heading, x, baseline, size, STRONG)
            self.still(words)
            x = words.box.right + 22
        if detail and heading and x + stage.text_width(detail, LABEL) > self.box.right:
            x, baseline = self.box.left, baseline + LINE
        if detail:
            self.still(stage.words(detail, x, baseline, LABEL, role="muted"))
        return baseline + 26

    def lines(self, words: str | None) -> list[str]:
        """An axis' words in lines that fit in the panel."""
        return self.stage.lines(words, self.box.width, LABEL) if words else []

    def label_below(self, words: str | None, plot: Box, bottom: float) -> None:
        """The words of a horizontal axis at `bottom`, under its ticks, centred where there is room."""
        for index, line in enumerate(self.lines(words)):
            half = self.stage.text_width(line, LABEL) / 2
            x = min(max(plot.center[0], self.box.left + half), self.box.right - half)
            y = bottom + TICK_DROP + LINE * (index + 1)
            self.still(self.stage.words(line, x, y, LABEL, role="muted", anchor="center"))


def ticks_of(axis: Axis, low: float, high: float, about: int) -> list[float]:
    """The axis' marks: the author's, or round ones; an end that is written is kept."""
    if axis.ticks:
        return sorted(float(tick) for tick in axis.ticks)
    if axis.log:
        return log_ticks(low, high)
    ticks = nice_ticks(low, high, about)
    if axis.low is not None:
        ticks = [tick for tick in ticks if tick >= low]
    if axis.high is not None:
        ticks = [tick for tick in ticks if tick <= high]
    return ticks


def scale_of(axis: Axis, low: float, high: float, ticks: Sequence[float], start: float, end: float) -> Scale:
    """The axis from its first to its last mark, or to the written ends beyond them."""
    return Scale(min(low, *ticks), max(high, *ticks), start, end, axis.log)


def tick_words(axis: Axis, ticks: Sequence[float]) -> list[str]:
    """The marks as written, all with as many places as the finest needs."""
    if axis.format:
        # Zero is neither a gain nor a loss.
        return [written(tick, axis.format if tick else axis.format.lstrip("+")) for tick in ticks]
    if axis.log:
        return [f"{tick:,.10g}" for tick in ticks]
    places = max(len(f"{tick:.10g}".partition(".")[2]) for tick in ticks)
    grouped = "," if axis.zero == "has" else ""
    return [written(tick, f"{grouped}.{places}f") for tick in ticks]


def axis_words(axis: Axis, scale: Scale, ticks: Sequence[float]) -> str | None:
    """The axis' label, and in words what is unusual of it."""
    said = [axis.label] if axis.label else []
    if axis.log:
        said.append("log scale")
    elif marked(axis, scale):
        said.append(f"axis starts at {tick_words(axis, [min(ticks)])[0]}")
    return ", ".join(said) or None


def marked(axis: Axis, scale: Scale) -> bool:
    """Whether the axis has to be marked as cut."""
    return scale.cut and axis.zero == "has"
