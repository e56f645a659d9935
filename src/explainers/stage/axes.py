"""Axes shared by bars and charts: round ticks, values to places, gridlines that words interrupt.

Everything is in design units. A scale is the one place where a value becomes a place, so that a bar,
its number, a dot and the gridline beside them cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainers.facts.numbers import written
from explainers.stage import shapes
from explainers.stage.handle import Group, Handle
from explainers.stage.shapes import Box, Point
from explainers.theme import LABEL

if TYPE_CHECKING:
    from explainers.stage.stage import Stage

TICK_DROP = 52.0
"""From an axis to the baseline of the ticks below it."""


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` lie from `start` to `end`; `end` may be the smaller one.

    With `log` equal ratios are equally long, and both ends must be above zero.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The place of `value`; beyond the ends for values beyond them. ValueError: log of no number."""
        return self.start + (self.end - self.start) * self.share(value)

    def share(self, value: float) -> float:
        """0 at `low`, 1 at `high`."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    @property
    def cut(self) -> bool:
        """Whether zero is not on a scale that could have it: a length on it says nothing."""
        return not self.log and not self.low <= 0 <= self.high


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values that enclose `low` to `high`, in about that many steps of 1, 2, 2.5, 4 or 5 times a
    power of ten. A stretch of no length is widened."""
    if high <= low:
        low, high = (low - 1, low + 1) if low else (0.0, 1.0)
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 4, 5, 10) if s * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    # Rounding takes the dust of binary fractions from the labels: 0.3, not 0.30000000000000004.
    return [float(f"{step * i:.12g}") for i in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten between `low` and `high`, with 2 and 5 between them where there are few; at the ends the
    next of all of these."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    ticks = [float(f"{s * 10.0**n:.12g}") for n in range(first, last + 1) for s in (1, 2, 5)]
    few = last - first <= 2
    inner = [tick for tick in ticks if low < tick < high and (few or math.log10(tick) % 1 < 1e-9)]
    below = [tick for tick in ticks if tick <= low][-1:]
    above = [tick for tick in ticks if tick >= high][:1]
    return [*below, *inner, *above]


def tick_words(ticks: Sequence[float], grouped: bool = True, spec: str | None = None) -> list[str]:
    """Ticks as written, all with as many places as the finest needs; `grouped` separates thousands.

    With the format `spec` of per cent they are per cent.
    """
    if spec and "%" in spec:
        places = max(len(f"{tick * 100:.8g}".partition(".")[2]) for tick in ticks)
        return [written(tick, f".{places}%") for tick in ticks]
    places = max(len(f"{tick:.10g}".partition(".")[2]) for tick in ticks)
    return [written(tick, f"{',' if grouped else ''}.{places}f") for tick in ticks]


def fitted_length(stage: Stage, room: float, last: str, ends: Iterable[tuple[float, float]]) -> float:
    """The longest horizontal axis that leaves its last tick's words and all `ends` inside `room`.

    Each end is the share of the axis at which something ends (0 to 1), and the width of what follows it.
    """
    width = room - stage.text_width(last, LABEL, mono=True) / 2
    return min([width, *((room - words) / share for share, words in ends if share > 0)])


Gap = tuple[Box, float]
"""Where words stand, and from when on: a line under them is whole before, and interrupted after."""


def gridline(
    stage: Stage,
    start: Point,
    end: Point,
    gaps: Sequence[Gap] = (),
    strong: bool = False,
    color: str | None = None,
) -> Group:
    """A straight line, across or down, on whole pixels; its pieces inside `gaps` go when the words come."""
    along, side = (0, 1) if start[1] == end[1] else (1, 0)
    level = round(start[side] * stage.scale) / stage.scale
    first, last = sorted((start[along], end[along]))
    cuts = sorted(
        (box[along], box[along + 2], when) for box, when in gaps if box[side] < level < box[side + 2]
    )
    pieces: list[tuple[float, float, float | None]] = []
    at = first
    for cut_low, cut_high, cut_s in cuts:
        begin, stop = max(cut_low, at), min(cut_high, last)
        if begin < stop:
            pieces += [(at, begin, None), (begin, stop, cut_s)]
            at = stop
    pieces.append((at, last, None))
    color = color or (stage.theme.color("muted") if strong else stage.theme.line)
    width = max(1, round((2.5 if strong else 2.0) * stage.scale)) / stage.scale
    handles = []
    for low, high, when in pieces:
        if high - low < 1 or (when is not None and when <= 0):
            continue
        points = [(low, level), (high, level)] if along == 0 else [(level, low), (level, high)]
        piece = stage.mobject(shapes.route(points, color, width), z=1)
        if when is not None:
            for layer in piece.layers:
                # Opacity stays free for whoever makes the whole line enter or dims it.
                layer.reveal_from = "left" if along == 0 else "top"
                layer.track("reveal").to(0.0, when, 0.2)
        handles.append(piece)
    return Group(handles)


def ticks_below(stage: Stage, scale: Scale, ticks: Sequence[float], texts: Sequence[str], y: float) -> Group:
    """The ticks' words under a horizontal axis at height `y`; those at its ends stay inside the margins, and
    those that would touch another are left out, powers of ten the last."""
    placed = []
    for tick, text in zip(ticks, texts, strict=True):
        half = stage.text_width(text, LABEL, mono=True) / 2
        x = min(max(scale.at(tick), stage.safe.left + half), stage.safe.right - half)
        placed.append((tick, text, x, half + 9))
    words = []
    for _, text, x, _ in _apart(placed, scale.log):
        words.append(stage.words(text, x, y + TICK_DROP, LABEL, role="muted", anchor="center", mono=True))
    return Group(words)


_Placed = tuple[float, str, float, float]


def _apart(placed: list[_Placed], log: bool) -> list[_Placed]:
    """Those of the words, of a tick at a place with half a width, that don't touch: on a log scale powers of
    ten before others; else every second, every third and so on where all don't fit."""

    def clear(one: _Placed, other: _Placed) -> bool:
        return abs(one[2] - other[2]) >= one[3] + other[3]

    if log:
        kept: list[_Placed] = []
        for one in sorted(placed, key=lambda each: (math.log10(each[0]) % 1 > 1e-9, each[0])):
            if all(clear(one, other) for other in kept):
                kept.append(one)
        return kept
    strides = (placed[::stride] for stride in range(1, len(placed) + 1))
    fitting = (some for some in strides if all(map(clear, some, some[1:])))
    return next(fitting, placed[:1])


def ticks_beside(stage: Stage, scale: Scale, ticks: Sequence[float], texts: Sequence[str], x: float) -> Group:
    """The ticks' words left of a vertical axis at `x`."""
    words = [
        stage.middle(text, x - 22, scale.at(tick), size=LABEL, role="muted", anchor="right", mono=True)
        for tick, text in zip(ticks, texts, strict=True)
    ]
    return Group(words)


def break_mark(stage: Stage, x: float, y: float, upright: bool) -> Handle:
    """Two short slanted strokes over an axis at (`x`, `y`): it does not begin at zero."""
    shift = (0.0, 10.0) if upright else (10.0, 0.0)
    slant = (11.0, -6.0) if upright else (6.0, -11.0)
    strokes = []
    for side in (-0.5, 0.5):
        cx, cy = x + shift[0] * side, y + shift[1] * side
        ends = [(cx - slant[0], cy - slant[1]), (cx + slant[0], cy + slant[1])]
        strokes.append(shapes.route(ends, stage.theme.color("muted"), 2.5))
    return stage.mobject(*strokes, z=2)


def whisker(
    stage: Stage,
    low: Point,
    high: Point,
    color: str,
    cap: float = 11.0,
    halo: str | None = None,
    z: float = 4.0,
) -> Handle:
    """An error bar from `low` to `high`, upright or level, with a cap at each end; over bars on a `halo`."""
    dx, dy = (cap, 0.0) if low[0] == high[0] else (0.0, cap)
    lines = [[low, high], *([(x - dx, y - dy), (x + dx, y + dy)] for x, y in (low, high))]
    looks = [*([(halo, 8.0)] if halo else []), (color, 3.0)]
    return stage.mobject(*(shapes.route(line, look, width) for look, width in looks for line in lines), z=z)


def reference_line(
    stage: Stage, start: Point, end: Point, label: str | None, t: float, label_s: float, lift: float = 14.0
) -> None:
    """A dashed line that is drawn from `t` on, down or to the right, and its label from `label_s` on.

    The label stands `lift` over the upper end, or over the right end of a level line.
    """
    upright = start[0] == end[0]
    line = stage.line([start, end], "text", 2.5, dashed=True, z=6)
    line.reveal(t, 0.5, "top" if upright else "left")
    if label:
        (x, y), anchor = (start, "center") if upright else (end, "right")
        stage.words(label, x, y - lift, LABEL, role="muted", anchor=anchor).enter(label_s, dy=0)
