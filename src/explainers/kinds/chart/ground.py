"""The ground a panel is drawn on: its box and axes, when its things come, bands and reference lines.

Needs Manim.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from explainers.facts.numbers import written
from explainers.kinds._plots import Schedule
from explainers.kinds.chart.data import Tables, names_in
from explainers.kinds.chart.params import Axis, Note, Panel
from explainers.stage import Box, Group, Handle, Stage, axes, shapes
from explainers.stage.axes import TICK_DROP, Gap, Scale, gridline, log_ticks, nice_ticks, reference_line
from explainers.stage.handle import Spotlight
from explainers.theme import LABEL, STRONG, mix

HEADING = 42.0
LINE = 48.0
"""Height of a line of labels with the space below it."""


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
        inside = set(names_in(self.panel, self.tables)) if names is None else names
        self.spot.add(inside, *things)

    def names(self, *names: str | None) -> list[str]:
        """Names by which a beat may bring a thing out: its own and its panel's."""
        return [name for name in (self.panel.id, *names) if name]

    @cached_property
    def heading_end(self) -> float:
        """The height at which what is below the heading and its detail may begin. Draws them once."""
        heading, detail = self.panel.heading or "", self.panel.detail or ""
        if not heading and not detail:
            return self.box.top
        stage, x, baseline = self.stage, self.box.left, self.box.top + HEADING * 0.8
        size = stage.fitting_size(heading, self.box.width, HEADING, LABEL, STRONG)
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

    def bands(self, plot: Box, scales: Mapping[str, Scale], gaps: Sequence[Gap]) -> None:
        """Shaded ranges with edges, each named: above it on the x axis, inside at the right on the y axis.

        Edges stop at `gaps`, where words stand.
        """
        stage, ground = self.stage, self.stage.theme.background
        for band in self.panel.bands:
            color, upright = stage.theme.color(band.role), band.axis == "x"
            low, high = sorted(scales[band.axis].at(float(end)) for end in (band.low, band.high))
            box = plot._replace(left=low, right=high) if upright else plot._replace(top=low, bottom=high)
            left, top, right, bottom = box = stage.snapped(box)
            when = self.schedule.at(self.panel.id, band.id)
            fill = shapes.panel(box, fill=color, radius=0, opacity=0.16)
            shade = stage.mobject(fill, note=stage.data_note(band.label, color, band.role))
            shade.reveal(when + 0.15, 0.7, "left" if upright else "bottom")
            edges = [((x, top), (x, bottom)) for x in (left, right)]
            if not upright:
                edges = [((left, y), (right, y)) for y in (top, bottom)]
            for order, (start, end) in enumerate(edges):
                line = gridline(stage, start, end, gaps, color=mix(ground, color, 0.6))
                line.enter(when + 0.15 + 0.55 * order, dy=0, duration_s=0.2)
            x, y, anchor = right - 14, top + 40, "right"
            if upright:
                half = stage.text_width(band.label, LABEL) / 2
                x = max(self.box.left + half, min(box.center[0], self.box.right - half))
                y, anchor = top - 18, "center"
            stage.words(band.label, x, y, LABEL, role=band.role, anchor=anchor).enter(when + 0.5, dy=0)

    def reference_lines(self, plot: Box, scales: Mapping[str, Scale]) -> None:
        """Dashed reference lines, each named at its end."""
        for line in self.panel.lines:
            place = scales[line.axis].at(float(line.at))
            ends = ((place, plot.top - 8), (place, plot.bottom))
            if line.axis == "y":
                ends = ((plot.left, place), (plot.right, place))
            when = self.schedule.at(self.panel.id, line.id)
            reference_line(self.stage, *ends, line.label, when + 0.2, when + 0.5)


@dataclass(frozen=True)
class Ruler:
    """An axis with the values that it has to reach, and its marks."""

    axis: Axis
    low: float
    high: float
    ticks: list[float]
    names: tuple[str, ...] = ()

    @classmethod
    def over(cls, axis: Axis, values: Sequence[float], about: int, names: Sequence[str] = ()) -> Ruler:
        """An axis over the data's values, zero where it belongs and the written ends, with the written marks
        or `about` as many round ones; or over `names`, each at its number from 0."""
        if names:
            return cls(axis, -0.5, len(names) - 0.5, [float(n) for n in range(len(names))], tuple(names))
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        if axis.low is None and not axis.log and axis.zero == "has":
            low, high = min(low, 0.0), max(high, 0.0)
        low = low if axis.low is None else float(axis.low)
        high = high if axis.high is None else float(axis.high)
        if axis.ticks:
            return cls(axis, low, high, sorted(float(tick) for tick in axis.ticks))
        if axis.log:
            return cls(axis, low, high, log_ticks(low, high))
        # An end that is written is kept.
        least = low if axis.low is not None else float("-inf")
        most = high if axis.high is not None else float("inf")
        tried = [
            [tick for tick in nice_ticks(low, high, count) if least <= tick <= most]
            for count in (about, about + 1, max(1, about - 1), max(1, about - 2))
        ]
        return cls(axis, low, high, next((ticks for ticks in tried if _exact(axis, ticks)), tried[0]))

    def scale(self, start: float = 0.0, end: float = 1.0) -> Scale:
        """From the first to the last mark, or to the written ends beyond them."""
        low, high = min(self.low, *self.ticks), max(self.high, *self.ticks)
        return Scale(low, high, start, end, self.axis.log)

    @property
    def marked(self) -> bool:
        """Whether the axis has to be marked as cut."""
        return not self.names and marked(self.axis, self.scale())

    @property
    def texts(self) -> list[str]:
        """The marks as written."""
        return list(self.names) or tick_words(self.axis, self.ticks)

    @property
    def words(self) -> str | None:
        """The words of the whole axis."""
        return self.axis.label if self.names else axis_words(self.axis, self.scale(), self.ticks)


def tick_words(axis: Axis, ticks: Sequence[float]) -> list[str]:
    """The marks as written, all with as many places as the finest needs."""
    if axis.format:
        # Zero is neither a gain nor a loss.
        return [written(tick, axis.format if tick else axis.format.lstrip("+")) for tick in ticks]
    if axis.log:
        return [f"{tick:,.10g}" for tick in ticks]
    return axes.tick_words(ticks, axis.zero == "has")


def _exact(axis: Axis, ticks: Sequence[float]) -> bool:
    """Whether the axis' format writes these marks without rounding one of them."""
    found = re.search(r"\.(\d+)[f%]$", axis.format or "")
    scaled = [tick * (100 if found and found[0].endswith("%") else 1) for tick in ticks]
    return found is None or all(math.isclose(one, round(one, int(found[1])), abs_tol=1e-9) for one in scaled)


def axis_words(axis: Axis, scale: Scale, ticks: Sequence[float]) -> str | None:
    """The axis' label, and in words what is unusual of it."""
    parts = [axis.label] if axis.label else []
    if axis.log:
        parts.append("log scale")
    elif marked(axis, scale):
        parts.append(f"axis starts at {tick_words(axis, [min(ticks)])[0]}")
    return ", ".join(parts) or None


def marked(axis: Axis, scale: Scale) -> bool:
    """Whether the axis has to be marked as cut."""
    return scale.cut and axis.zero == "has"
