"""Drawing a bars shot. Needs Manim; imported when the shot is drawn."""

from __future__ import annotations

from explainers.facts.numbers import written
from explainers.film.layer import Note, Track
from explainers.kinds.bars.params import Params
from explainers.kinds.bars.plot import LABEL_GAP, NAME, NUMBER, RIDE, Plot, plot_of, tick_words
from explainers.kinds.bars.rows import Row, beside_start, rows_of
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage
from explainers.stage.axes import TICK_DROP, Gap, gridline, ticks_below
from explainers.stage.marks import bar_layer, plated_number
from explainers.stage.spotlight import Spotlight
from explainers.theme import LABEL, REGULAR, STRONG, contrast
from explainers.timing import ease_in_out, ease_out


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything of the shot below its title and above its statement."""
    params: Params = shot.params
    rows = rows_of(shot)
    plot = plot_of(shot, stage, rows)
    light = Spotlight()
    _axis(stage, params, rows, plot)
    for row, lane in zip(rows, plot.lanes, strict=True):
        _bar(stage, params, row, lane, plot, light)
    if params.beside:
        _beside(stage, shot, rows, plot, light)
    if params.reference:
        _reference(stage, params, rows, plot)
    light.plan((beat.start_s, beat.params.highlight if beat.params else ()) for beat in shot.beats)


def _axis(stage: Stage, params: Params, rows: list[Row], plot: Plot) -> None:
    bottom = plot.box.bottom + 6
    gaps = (
        [_name_gap(stage, row, lane) for row, lane in zip(rows, plot.lanes, strict=True)]
        if plot.above
        else []
    )
    top = plot.lanes[0].top - (70 if plot.above else 14)
    for tick in plot.ticks:
        x = plot.scale.at(tick)
        gridline(stage, (x, top), (x, bottom), gaps, strong=tick == 0)
    ticks_below(
        stage, plot.scale, plot.ticks, [tick_words(tick, plot.ticks) for tick in plot.ticks], bottom - 4
    )
    if plot.above:
        x = (plot.box.left + plot.box.right) / 2
        stage.words(params.unit, x, bottom + TICK_DROP + 46, LABEL, role="muted", anchor="center")
    else:
        stage.words(
            params.unit,
            plot.box.left - LABEL_GAP,
            bottom + TICK_DROP - 4,
            LABEL,
            role="muted",
            anchor="right",
        )


def _bar(stage: Stage, params: Params, row: Row, lane: Box, plot: Plot, spot: Spotlight) -> None:
    start, grow = row.start_s, params.grow
    _name(stage, row, lane, plot, spot)
    color = stage.theme.color(row.bar.role) if row.ours else stage.theme.fill(row.bar.role)
    growth, light = Track(0.0).to(1.0, start, grow, ease_in_out), Track(1.0)
    box = lane._replace(left=plot.scale.at(0), right=plot.scale.at(row.value))
    note = Note("data", row.bar.label, color=color, over=stage.theme.background, role=row.bar.role)
    stage.drawn(bar_layer(box, stage.scale, color, stage.theme.background, growth, light, note=note))
    spot.add([row.bar.row], light)
    _riding(stage, params, row, box, plot, growth, light)
    if row.error:
        ends = plot.scale.at(row.value - row.error), plot.scale.at(row.value + row.error)
        spot.add([row.bar.row], *_whisker(stage, ends, box, start + grow))
    if row.n is not None:
        inside = max(
            (stage.theme.background, stage.theme.color("text")), key=lambda one: contrast(one, color)
        )
        words = stage.middle(
            f"n = {row.n:,}", box.left + 18, box.center[1], LABEL, role=inside, anchor="left", z=8, over=color
        )
        spot.add([row.bar.row], words.enter(start + grow, dy=0))


def _name_gap(stage: Stage, row: Row, lane: Box) -> Gap:
    """The place of a name over its bar, which gridlines leave free."""
    width = stage.text_width(row.bar.label, NAME, STRONG if row.ours else REGULAR)
    return Box(lane.left - 10, lane.top - 18 - NAME, lane.left + width + 12, lane.top - 4), 0.0


def _name(stage: Stage, row: Row, lane: Box, plot: Plot, spot: Spotlight) -> None:
    weight, role = (STRONG, "text") if row.ours else (REGULAR, "muted")
    if plot.above:
        name = stage.words(row.bar.label, lane.left, lane.top - 16, NAME, weight, role)
    else:
        name = stage.middle(
            row.bar.label,
            plot.box.left - LABEL_GAP,
            lane.center[1],
            NAME,
            weight=weight,
            role=role,
            anchor="right",
        )
    spot.add([row.bar.row], name)


def _riding(
    stage: Stage, params: Params, row: Row, box: Box, plot: Plot, growth: Track, light: Track
) -> None:
    """The number on the bar's end, counting as the bar grows."""
    start, done = row.start_s, row.start_s + params.grow
    whisker = plot.scale.at(row.value + row.error) - box.right
    gap = RIDE
    if params.reference:
        # A dashed line just behind the bar's end would run through the gap: the number stands after it.
        beyond = plot.scale.at(float(params.reference.at)) - box.right
        gap = max(RIDE, beyond + 16) if 0 < beyond < RIDE + 4 else RIDE
    # Capitals and figures of the mono are 0.73 em high.
    baseline = box.center[1] + 0.365 * NUMBER
    aside = Track(0.0).to(whisker, done, 0.3, ease_out) if whisker else Track(0.0)

    def text_at(t: float) -> tuple[str, float, float, float] | None:
        if t < start:
            return None
        share = growth.at(t)
        x = box.left + box.width * share + gap + aside.at(t)
        return (
            written(row.value * share, params.format),
            x,
            baseline,
            min(1.0, (t - start) / 0.2) * light.at(t),
        )

    def spans() -> list[tuple[float, float]]:
        return [(start, start + max(params.grow, 0.2)), *aside.spans(), *light.spans()]

    style = stage.style(NUMBER, STRONG, "text" if row.ours else "muted", mono=True)
    text = written(row.value, params.format)
    note = Note("text", text, NUMBER, style.color, stage.theme.background, "text" if row.ours else "muted")
    stage.drawn(plated_number(text_at, style, stage.scale, spans, stage.theme.background, note=note))


def _whisker(stage: Stage, ends: tuple[float, float], box: Box, when: float) -> list:
    """An error bar with caps, on a halo so that it is seen over the bar and beside it."""
    from explainers.stage import shapes

    y, cap = box.center[1], min(16.0, box.height * 0.22)
    strokes = [[(ends[0], y), (ends[1], y)], *([(x, y - cap), (x, y + cap)] for x in ends)]
    halo = [shapes.route(points, stage.theme.background, 8) for points in strokes]
    ink = [shapes.route(points, stage.theme.color("text"), 3) for points in strokes]
    return [stage.mobject(*halo, *ink, z=7).enter(when, dy=0)]


def _beside(stage: Stage, shot: ShotPlan, rows: list[Row], plot: Plot, light: Spotlight) -> None:
    beside, right = shot.params.beside, stage.safe.right
    heading = stage.words(
        beside.heading,
        right,
        plot.lanes[0].top - (16 if plot.above else 30),
        LABEL,
        role="muted",
        anchor="right",
    )
    heading.enter(min(beside_start(shot, row) for row in rows), dy=0)
    for row, lane in zip(rows, plot.lanes, strict=True):
        if row.beside is None:
            continue
        role = "warn" if row.bar.row in beside.warn else "text"
        words = stage.middle(
            beside.words(row.beside),
            right,
            lane.center[1],
            NUMBER,
            weight=STRONG,
            role=role,
            anchor="right",
            mono=True,
        )
        light.add([row.bar.row], words.enter(beside_start(shot, row), dy=0))


def _reference(stage: Stage, params: Params, rows: list[Row], plot: Plot) -> None:
    assert params.reference is not None
    x = round(plot.scale.at(float(params.reference.at)) * stage.scale) / stage.scale
    done = max(row.start_s for row in rows) + params.grow
    top = plot.lanes[0].top - (70 if plot.above else 26)
    line = stage.line([(x, top), (x, plot.box.bottom + 6)], "text", 2.5, dashed=True, z=6)
    line.reveal(max(0.0, done - 0.4), 0.5, "top")
    if params.reference.label:
        stage.words(params.reference.label, x, top - 16, LABEL, role="muted", anchor="center").enter(
            done, dy=0
        )
