"""The second measure beside bars: a number a row, or dots on a short scale. Needs Manim."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.compositor.layer import Layer, Note, Track
from explainers.kinds._plots import first_beat_s
from explainers.kinds.bars import DOT_S, DOT_STAGGER_S, SCALE_S, WAY_S, Beside, Dots, Times
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage, material, shapes
from explainers.stage.axes import TICK_DROP, Scale, tick_words
from explainers.stage.brackets import difference
from explainers.stage.cut import GridLayer, strokes
from explainers.stage.handle import Spotlight
from explainers.stage.marks import LineLayer, NumberLayer, number_width
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_in_out, ease_out

if TYPE_CHECKING:
    from explainers.kinds.bars.plot import Plot, Row

HEADING, NUMBER = 44.0, 44.0
SCALE, LEAD = 270.0, 46.0
"""The length of the scale of dots, and of the line before its first value, on which its cut is marked."""
RADIUS = 16.0


def dots_width(stage: Stage, beside: Beside) -> float:
    """The width of a scale of dots with its last tick."""
    assert beside.dots is not None
    ticks = tick_words([float(tick) for tick in beside.dots.ticks], spec=beside.format)
    return LEAD + SCALE + stage.text_width(ticks[-1], LABEL, mono=True) / 2


def draw_beside(
    stage: Stage,
    shot: ShotPlan,
    rows: list[Row],
    plot: Plot,
    right: float,
    heading: float,
    times: Times,
    spot: Spotlight,
) -> None:
    """The second measure, its words ending at `right`, under its heading at the height `heading`."""
    beside: Beside = shot.params.beside
    if plot.dotted and beside.dots:
        _dots(stage, beside, beside.dots, rows, plot, right, heading, times, spot)
        return
    with_beat = first_beat_s(shot, lambda beat: beat.beside)
    with stage.named("beside", "heading"):
        words = stage.words(beside.heading, right, heading, LABEL, STRONG, anchor="right")
    ends = [times.stood if row.start_s is None else row.start_s + shot.params.grow * 0.7 for row in rows]
    starts = [end if with_beat is None else with_beat for end in ends]
    words.enter(min(starts), dy=0)
    for row, lane, start in zip(rows, plot.lanes, starts, strict=True):
        if row.beside is None:
            continue
        role = beside.role_of(row.bar.row, row.beside) or row.words_role
        look = {"weight": STRONG, "role": role, "anchor": "right", "mono": True}
        with stage.named(row.bar.row, "beside"):
            number = stage.middle(
                beside.words(row.beside), right, lane.center[1], min(NUMBER, plot.size), **look
            )
        number.enter(start, dy=0)


def _dots(
    stage: Stage,
    beside: Beside,
    dots: Dots,
    rows: list[Row],
    plot: Plot,
    right: float,
    heading: float,
    times: Times,
    spot: Spotlight,
) -> None:
    """The scale with a line a row, and the dots, each at its own value from the first; warnings come last."""
    ticks = [float(tick) for tick in dots.ticks]
    texts = tick_words(ticks, spec=beside.format)
    end = right - stage.text_width(texts[-1], LABEL, mono=True) / 2
    scale = Scale(ticks[0], ticks[-1], end - SCALE, end)
    theme, bottom = stage.theme, plot.box.bottom + 4
    quiet = theme.fill("baseline")
    numbers: list[Layer] = []
    begin = next(row.beside for row in rows if row.bar.row == dots.from_)
    assert begin is not None
    order = sorted(rows, key=lambda row: row.bar.row in beside.warn)
    starts = {row.bar.row: times.beside + SCALE_S + DOT_STAGGER_S * i for i, row in enumerate(order)}
    calm = [starts[row.bar.row] for row in order if row.bar.row not in beside.warn]
    last = max(calm, default=times.beside) + DOT_S
    for index, (row, lane) in enumerate(zip(rows, plot.lanes, strict=True)):
        y, name = round(lane.center[1] * stage.scale) / stage.scale, row.bar.row
        with stage.named(name, "scale"):
            line = shapes.route([(scale.start - LEAD, y), (scale.end, y)], quiet, 4.0)
            cut = strokes(scale.start - LEAD / 2, y, theme.color("text")) if scale.cut else []
            stage.mobject(line, *cut, z=2.0).enter(
                times.beside + DOT_STAGGER_S * index, dx=32, dy=0, duration_s=0.4
            )
        if row.beside is None:
            continue
        warns = name in beside.warn
        # The way to a warning is drawn first, its dot comes at the way's end.
        numbers.append(_dot(stage, beside, row, y, scale, last + WAY_S if warns else starts[name]))
        if warns:
            with stage.named(name, "way"):
                _way(stage, row, y, scale, begin, last)
                if dots.change and begin:
                    x = scale.at(max(begin, row.beside))
                    text = difference(begin, row.beside, dots.change)
                    words = stage.words(text, x, y + 52, 40, STRONG, "warn", anchor="right")
                    words.enter(last + WAY_S, dy=0)
                    numbers += words.layers
    shown = Track(0.0).to(1.0, times.beside, 0.4, ease_out)
    for tick, text in zip(ticks, texts, strict=True):
        x = scale.at(tick)
        with stage.named(f"beside tick {text}", "axis"):
            stage.drawn(
                GridLayer(
                    _staying(x),
                    plot.box.top - 12,
                    bottom,
                    stage.scale,
                    theme.line,
                    numbers,
                    shown.at,
                    [shown],
                )
            )
            words = stage.words(text, x, bottom + TICK_DROP, LABEL, role="muted", anchor="center", mono=True)
            words.enter(times.beside, dy=0)
    with stage.named("beside", "heading"):
        words = stage.words(beside.heading, scale.start, heading, HEADING, STRONG)
    words.enter(times.beside, dx=32, dy=0, duration_s=0.4)


def _staying(place: float) -> Callable[[float], float]:
    return lambda _t: place


def _dot(stage: Stage, beside: Beside, row: Row, y: float, scale: Scale, when: float) -> NumberLayer:
    """A dot that comes where its value is, its number over it."""
    assert row.beside is not None
    theme, role = stage.theme, beside.role_of(row.bar.row, row.beside) or row.words_role
    color, dark = theme.color(role), theme.dark
    rest = scale.at(row.beside)
    ring = [shapes.disc(rest, y, RADIUS + 3, theme.background), shapes.disc(rest, y, RADIUS, color)]
    shine = material.glow((rest, y), 46.0, 46.0, color, 0.5 if dark else 0.1)
    note = stage.data_note(row.bar.label, color, role)
    with stage.named(row.bar.row, "dot"):
        stage.mobject(shine, *ring, z=5.5, note=note).hide().fade(when, 1.0, DOT_S)
    style = stage.style(NUMBER, STRONG, role, mono=True)

    text, shown = beside.words(row.beside), Track(0.0).to(1.0, when + 0.1, DOT_S)
    x = max(rest - 30 - number_width(text, style), scale.start + 26)

    def text_at(t: float) -> tuple[str, float, float, float]:
        return text, x, y - 24, shown.at(t)

    words = Note("text", text, NUMBER, style.color, theme.background, role)
    with stage.named(row.bar.row, "score"):
        number = NumberLayer(text_at, style, stage.scale, shown.spans, note=words)
        stage.drawn(number)
    return number


def _way(stage: Stage, row: Row, y: float, scale: Scale, begin: float, start: float) -> None:
    """The dotted way from the value that is compared with, a ring, to a warning's dot."""
    color, x = stage.theme.color("warn"), scale.at(begin)
    ring = material.Painted(Box(x - 14, y - 14, x + 14, y + 14), lambda ctx: _ring(ctx, x, y, color))
    stage.mobject(ring, z=5.2).hide().fade(start, 1.0, 0.2)
    assert row.beside is not None
    drawn = Track(0.0).to(1.0, start, WAY_S, ease_in_out)
    stage.drawn(
        LineLayer(
            [(x, y), (scale.at(row.beside), y)], stage.scale, color, drawn, Track(1.0), 4.5, 5.0, dotted=True
        )
    )


def _ring(ctx: material.cairo.Context, x: float, y: float, color: str) -> None:
    material.use(ctx, color)
    ctx.set_line_width(4.0)
    ctx.arc(x, y, 9.0, 0, 6.2832)
    ctx.stroke()
