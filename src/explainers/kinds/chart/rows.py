"""Dots, stacked and grouped bars: a lane for each row of the table, one axis of values. Needs Manim."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from explainers.compositor.layer import Track
from explainers.kinds._plots import ENTER_S, GROW_S, POINT_S, is_ours
from explainers.kinds.chart.data import Lane, axis_of, lane_starts, lanes_of
from explainers.kinds.chart.free_places import spread
from explainers.kinds.chart.ground import LINE, Ground, Ruler, tick_words
from explainers.kinds.chart.params import Note, Panel
from explainers.stage import Box, material, shapes
from explainers.stage.axes import (
    TICK_DROP,
    Gap,
    Scale,
    break_mark,
    fitted_length,
    gridline,
    ticks_below,
    whisker,
)
from explainers.stage.brackets import (
    Bracket,
    Said,
    difference,
    draw_bracket,
    draw_said,
    fitted_words,
    largest_words,
)
from explainers.stage.marks import LANDING_S, BarLayer, Dot, DotsLayer, LineLayer
from explainers.theme import LABEL, REGULAR, STRONG
from explainers.timing import BRACKET_S, ease_in_out, ease_out

RADIUS = 17.0
REACH = RADIUS + 14
"""From a dot's centre to its number."""
GAP = 36.0
"""From the rows' names to the axis, and between columns of words."""
HIGH = 90.0
"""A row is so high where a note has room under its number."""
OVER_ALL = 190.0
"""The height for a bracket's number over all lanes, where there is no room beside them."""


@dataclass(frozen=True)
class LanePlot:
    """The box of the lanes, a box for each, and the scale. `above`: names stand over their lanes.

    `size` is that of words in the lanes, which is smaller where lanes are low.
    """

    box: Box
    rows: list[Box]
    scale: Scale
    ruler: Ruler
    above: bool
    right: float
    """Where what stands beside the dots must end."""
    size: float = LABEL
    over: Box | None = None
    """Where a bracket's number stands over all lanes, if not beside them."""


def draw_lanes(ground: Ground) -> None:
    """The panel, from its axis to its words."""
    panel = ground.panel
    lanes = lanes_of(panel, ground.tables)
    plot = _plot(ground, lanes)
    placed = _bracket(ground, lanes, plot) if panel.bracket else None
    if placed and not placed[1].fits:
        plot = _plot(ground, lanes, OVER_ALL)
        placed = _bracket(ground, lanes, plot)
    drawn = list(zip(lanes, plot.rows, lane_starts(ground.panel, ground.schedule, lanes), strict=True))
    gaps = [gap for lane, row, starts in drawn for gap in _gaps(ground, lane, row, plot, starts)]
    notes = [(when, note, _note_box(ground, note, lanes, plot)) for when, note in ground.notes]
    gaps += [(box.inset(-10, 0), when) for when, _, box in notes]
    if placed:
        gaps.append((placed[1].box.inset(-14, -14), _bracket_s(ground, drawn)))
    _axis(ground, plot, gaps)
    for lane, row, starts in drawn:
        _names(ground, lane, row, plot)
        {"stacked": _stack, "grouped": _group}.get(panel.mark or "", _dots)(ground, lane, row, plot, starts)
        if lane.beside and panel.beside:
            role, x = lane.beside_role or "text", ground.box.right
            weight = STRONG if lane.beside_role else REGULAR
            look = {"weight": weight, "role": role, "anchor": "right"}
            with ground.stage.named(lane.name, "beside"):
                words = ground.stage.middle(lane.beside, x, row.center[1], plot.size, **look)
            turn = 0.08 * lanes.index(lane)
            words.enter(max(starts[0] + 0.3, ground.schedule.at("beside") + ENTER_S + turn), dx=24, dy=0)
            ground.spot.add(ground.names(lane.name, "beside"), words)
    _headings(ground, lanes, plot)
    for when, note, box in notes:
        look = {"role": note.role, "anchor": "left"}
        words = ground.stage.middle(note.text, box.left, box.center[1], plot.size, **look)
        ground.spot.add(ground.names(note.row), words.enter(when, dx=-12, dy=0))
    if placed:
        at, role = _bracket_s(ground, drawn), placed[2]
        with ground.stage.named("bracket", "line"):
            draw_bracket(ground.stage, placed[0], role, at)
        with ground.stage.named("bracket", "number"):
            draw_said(ground.stage, placed[1], role, at + 0.6 * BRACKET_S)


def _bracket_s(ground: Ground, drawn: list[tuple[Lane, Box, list[float]]]) -> float:
    """When the bracket comes: with its beat, and after the dots."""
    dots = max(max(starts) for *_, starts in drawn) + POINT_S + 0.3
    return max(dots, ground.schedule.at(ground.panel.id, "bracket") + ENTER_S)


# -- places ------------------------------------------------------------------------------------


def _plot(ground: Ground, lanes: list[Lane], reserve: float = 0.0) -> LanePlot:
    """The places of the lanes, with `reserve` kept free over them."""
    stage, panel, box = ground.stage, ground.panel, ground.box
    values = [value for lane in lanes for value in _reached(panel, lane)]
    values += [float(end) for band in panel.bands for end in (band.low, band.high)]
    values += [float(line.at) for line in panel.lines]
    ruler = Ruler.over(axis_of(panel, "x", ground.tables), values, 4 if box.width > 900 else 3)
    top = ground.heading_end + reserve + (LINE + 8 if _has_headings(panel) else 0)
    weights = [STRONG if is_ours(lane.role) else REGULAR for lane in lanes]
    names = max(
        stage.text_width(lane.label, LABEL, weight) for lane, weight in zip(lanes, weights, strict=True)
    )
    if panel.n:
        counts = [stage.text_width(lane.n, LABEL, mono=True) for lane in lanes if lane.n]
        names += GAP + max(counts, default=0.0)
    left, right = box.left + names + GAP, box.right
    if panel.beside:
        texts = [panel.beside.heading, *(lane.beside for lane in lanes if lane.beside)]
        right -= max(stage.text_width(text, LABEL) for text in texts) + GAP
    above = right - left < (0.36 if box.width > 900 else 0.46) * box.width
    if above:
        left = box.left + 2
    scale, room, most = ruler.scale(), right - left, right
    ends = [
        (scale.share(_end(value, ends)), _number_width(ground, text) + REACH)
        for lane in lanes
        for value, text, ends in zip(lane.values, lane.words, lane.ranges, strict=True)
        if text and value is not None
    ]
    bottom = box.bottom - TICK_DROP - LINE * len(ground.lines(ruler.words))
    # A note without room beside its number stands under it, where rows are high enough.
    tall = (bottom - top) / len(lanes) - (52.0 if above else 0.0) > HIGH
    for _, note in ground.notes if not tall else ():
        for lane in (lane for lane in lanes if lane.name == note.row):
            reach = REACH + _number_width(ground, lane.words[0] or "") + 28
            ends.append((scale.share(lane.values[0] or 0.0), reach + stage.text_width(note.text, LABEL)))
    right = left + max(fitted_length(stage, room, tick_words(panel.x, [scale.high])[0], ends), room * 0.4)
    most = max(108.0, 66.0 * len(panel.series) + 28) if panel.mark == "grouped" else 108.0
    spare = max(0.0, bottom - top - (most + 82 if above else most) * len(lanes))
    # A panel that shares its column starts under its heading; a lone one is centred.
    lift = 0.0 if panel.heading else 0.42
    plot = Box(left, top + spare * lift, right, bottom - spare * (1 - lift))
    scale = ruler.scale(round(left * stage.scale) / stage.scale, right)
    step = plot.height / len(lanes)
    drop = min(52.0, step * 0.5) if above else 0.0
    rows = [
        Box(left, plot.top + step * i + drop, right, plot.top + step * (i + 1)) for i in range(len(lanes))
    ]
    size = LABEL if step >= (76.0 if above else 50.0) else max(stage.least_label, 28.0)
    over = box._replace(left=left, top=ground.heading_end + 6, bottom=ground.heading_end + reserve - 14)
    return LanePlot(plot, rows, scale, ruler, above, most, size, over if reserve else None)


def _bracket(ground: Ground, lanes: list[Lane], plot: LanePlot) -> tuple[Bracket, Said, str]:
    """The bracket between two rows' dots, its number with its words, and their role.

    It lies on that side of the dot that it leads to where its number has more room, the nearer one of equals.
    """
    stage, chosen = ground.stage, ground.panel.bracket
    assert chosen is not None
    index = {lane.name: at for at, lane in enumerate(lanes)}
    first, last = index[chosen.from_], index[chosen.to]
    before, after = (lanes[at].values[0] or 0.0 for at in (first, last))
    x0, x1 = plot.scale.at(before), plot.scale.at(after)
    number, row = difference(before, after, chosen.format), plot.rows[last]

    def clear(some: range) -> float:
        """Where the words of some rows end."""
        ends = [
            plot.scale.at(value) + REACH + (_number_width(ground, text) if text else 0.0)
            for at in some
            for value, text in zip(lanes[at].values, lanes[at].words, strict=True)
            if value is not None
        ]
        return max([*ends, x0, x1]) + 38.0

    sides: dict[bool, list[Box]] = {True: [], False: []}
    for at in reversed(range(last)):
        room = Box(clear(range(at, last)), plot.rows[at].top, plot.right, row.top - 20.0)
        sides[True].append(room)
    for at in range(last + 1, len(lanes)):
        room = Box(clear(range(last + 1, at + 1)), row.bottom + 20.0, plot.right, plot.rows[at].bottom)
        sides[False].append(room)
    tried = {up: largest_words(stage, rooms, number, chosen.words) for up, rooms in sides.items() if rooms}
    near = first < last
    up = max(tried, key=lambda one: (tried[one][0].fits, tried[one][0].size, one == near))
    said, room = tried[up]
    if plot.over is not None:
        up, x = True, clear(range(last)) - 14.0
        said = fitted_words(stage, plot.over, number, chosen.words, 150.0, plot.over.width)
        shift = max(plot.over.left, min(x - 2, plot.over.right - said.box.width)) - said.box.left
        said = replace(said, box=said.box.shifted(shift, 0))
    else:
        said = replace(said, box=said.box.shifted(0, -max(0.0, room.height - said.box.height) / 2))
        x = said.box.left + 2
    level, leader = (row.top, said.box.bottom + 14) if up else (row.bottom, said.box.top - 14)
    start = plot.rows[first].center[1]
    y0 = start + math.copysign(RADIUS + 8, level - start)
    drop = 0.5 * (row.center[1] - level)
    role = chosen.role or lanes[last].role or ground.panel.series[0].role
    return Bracket(x0, y0, x1, level, drop, x, leader), said, role


def _reached(panel: Panel, lane: Lane) -> list[float]:
    """The numbers of a lane that the axis has to reach."""
    known = [value for value in lane.values if value is not None]
    if panel.mark == "stacked":
        return [sum(value for value in known if value > 0), sum(value for value in known if value < 0)]
    return known + [end for ends in lane.ranges if ends for end in ends]


def _end(value: float, ends: tuple[float, float] | None) -> float:
    """Where a number's words begin: behind the number, or what is not certain of it."""
    return value if ends is None else max(value, ends[1]) if value >= 0 else min(value, ends[0])


def _has_headings(panel: Panel) -> bool:
    """Whether a line of headings stands over the lanes."""
    named = any(series.label for series in panel.series) and len(panel.series) > 1
    return bool(panel.n or panel.beside or panel.bands or named or any(line.label for line in panel.lines))


def _number_width(ground: Ground, text: str) -> float:
    return ground.stage.text_width(text, LABEL, STRONG, mono=True)


def _gaps(ground: Ground, lane: Lane, row: Box, plot: LanePlot, starts: list[float]) -> list[Gap]:
    """Where a lane's words stand and from when on, for gridlines to stop at."""
    gaps: list[Gap] = []
    if plot.above:
        width = ground.stage.text_width(lane.label, LABEL, STRONG)
        width += 34 + ground.stage.text_width(f"n = {lane.n}", LABEL) if lane.n else 0
        gaps.append((Box(plot.box.left - 10, row.top - 36, ground.box.left + width, row.top + 10), 0.0))
    if ground.panel.mark == "stacked":
        return gaps
    middles = [row.center[1]] * len(lane.values)
    if ground.panel.mark == "grouped":
        middles = [box.center[1] for box in _strips(row, len(lane.values))]
    for value, text, ends, start, y in zip(
        lane.values, lane.words, lane.ranges, starts, middles, strict=True
    ):
        if value is not None and text:
            x, width = plot.scale.at(_end(value, ends)), _number_width(ground, text)
            left = x + REACH if value >= 0 else x - REACH - width
            when = start + (GROW_S if ground.panel.mark == "grouped" else LANDING_S)
            gaps.append((Box(left - 10, y - 26, left + width + 10, y + 26), when))
    return gaps


def _note_box(ground: Ground, note: Note, lanes: list[Lane], plot: LanePlot) -> Box:
    """Where a note's words stand: right of its row's numbers, or in the middle of the panel."""
    width = ground.stage.text_width(note.text, LABEL)
    for lane, row in zip(lanes, plot.rows, strict=True):
        if lane.name == note.row:
            value = max((v for v in lane.values if v is not None), default=0.0)
            numbers = max((_number_width(ground, text) for text in lane.words if text), default=0.0)
            left, y = plot.scale.at(value) + REACH + numbers + 28, row.center[1]
            room = ground.box.right - (ground.stage.text_width(lane.beside, LABEL) + 20 if lane.beside else 0)
            if left + width > room and row.height > HIGH:
                # There is no room beside the number: the note stands under it.
                left, y = max(plot.box.left + 12, min(left, room - width)), row.center[1] + 40
            return Box(left, y - 26, left + width, y + 26)
    x = plot.box.center[0] if note.x is None else plot.scale.at(float(note.x))
    y = plot.box.center[1]
    return Box(x - width / 2, y - 26, x + width / 2, y + 26)


# -- axis and words ----------------------------------------------------------------------------


def _axis(ground: Ground, plot: LanePlot, gaps: list[Gap]) -> None:
    stage, bottom = ground.stage, plot.box.bottom
    ground.bands(plot.box, {"x": plot.scale}, gaps)
    for tick in plot.ruler.ticks:
        x = plot.scale.at(tick)
        ground.still(gridline(stage, (x, plot.box.top), (x, bottom + 6), gaps, strong=tick == 0))
    ground.still(ticks_below(stage, plot.scale, plot.ruler.ticks, plot.ruler.texts, bottom + 2))
    ground.label_below(plot.ruler.words, plot.box, bottom)
    if plot.ruler.marked:
        line = stage.line([(plot.box.left, bottom), (plot.box.right, bottom)], "muted", 2.5)
        ground.still(line, break_mark(stage, plot.box.left + 18, bottom, upright=False))
    ground.reference_lines(plot.box, {"x": plot.scale})


def _names(ground: Ground, lane: Lane, row: Box, plot: LanePlot) -> None:
    stage, panel, y = ground.stage, ground.panel, row.center[1]
    ours = is_ours(lane.role)
    weight, role = STRONG if ours else REGULAR, "text" if ours or panel.n else "muted"
    with stage.named(lane.name, "label"):
        if plot.above:
            name = stage.words(lane.label, ground.box.left, row.top - 6, plot.size, weight, role)
        else:
            x, anchor = (ground.box.left, "left") if panel.n else (plot.box.left - GAP, "right")
            name = stage.middle(lane.label, x, y, plot.size, weight=weight, role=role, anchor=anchor)
    things = [name]
    if lane.n and plot.above:
        n = stage.words(f"n = {lane.n}", name.box.right + 24, row.top - 6, plot.size, role=role)
        things.append(n)
    elif lane.n:
        x = plot.box.left - GAP
        things.append(stage.middle(lane.n, x, y, LABEL, role="muted", anchor="right", mono=True))
    ground.still(*things, names=ground.names(lane.name, *(series.id for series in panel.series)))


def _headings(ground: Ground, lanes: list[Lane], plot: LanePlot) -> None:
    """Words over the columns of sample sizes and of the further number, and the series' names."""
    stage, panel, y = ground.stage, ground.panel, plot.box.top - 18
    if panel.n and not plot.above:
        ground.still(stage.words("n", plot.box.left - GAP, y, LABEL, role="muted", anchor="right"))
    if panel.beside:
        words = stage.words(panel.beside.heading, ground.box.right, y, LABEL, role="muted", anchor="right")
        words.enter(ground.schedule.at(panel.id, "beside") + ENTER_S, dy=0)
    if len(panel.series) < 2:
        return
    if panel.mark == "grouped":
        x = plot.box.left
        for series in (one for one in panel.series if one.label):
            text, when = series.label or "", ground.schedule.at(panel.id, series.id) + ENTER_S
            square = shapes.panel(
                Box(x, y - 24, x + 26, y + 2), fill=stage.theme.color(series.role), radius=5
            )
            words = stage.words(text, x + 38, y, LABEL, STRONG, series.role)
            for thing in (stage.mobject(square, z=2), words):
                ground.spot.add(ground.names(series.id), thing.enter(when, dy=0))
            x = words.box.right + 34
        return
    # A series' name stands over what the series is in the first row, in its colour.
    base, middles, stacked = 0.0, [], panel.mark == "stacked"
    for value in lanes[0].values:
        middles.append(plot.scale.at(base + (value or 0.0) * (0.5 if stacked else 1.0)))
        base += (value or 0.0) * stacked
    widths = [stage.text_width(series.label or "", LABEL, STRONG) for series in panel.series]
    low, high = plot.box.left + widths[0] / 2, ground.box.right - widths[-1] / 2
    places = spread(middles, sum(widths) / len(widths) + 28, low, high)
    for series, x in zip(panel.series, places, strict=True):
        if series.label:
            words = stage.words(series.label, x, y, LABEL, STRONG, series.role, anchor="center")
            words.enter(ground.schedule.at(panel.id, series.id) + ENTER_S, dy=0)
            ground.spot.add(ground.names(series.id), words)


# -- data --------------------------------------------------------------------------------------


def _dots(ground: Ground, lane: Lane, row: Box, plot: LanePlot, starts: list[float]) -> None:
    stage, panel, scale = ground.stage, ground.panel, plot.scale
    y = round(row.center[1] * stage.scale) / stage.scale
    known = [scale.at(value) for value in lane.values if value is not None]
    small = plot.size / LABEL

    def tie(x0: float, x1: float, color: str, start: float, names: list[str]) -> None:
        drawn, light = Track(0.0).to(1.0, start, POINT_S, ease_out), Track(1.0)
        with stage.named(lane.name, "bar"):
            stage.drawn(LineLayer([(x0, y), (x1, y)], stage.scale, color, drawn, light, 5.0, 3.0))
        ground.spot.add(names, light)

    if len(known) > 1:
        tie(min(known), max(known), stage.theme.line, max(starts), ground.names(lane.name))
    stemmed = panel.stems and not scale.cut and not scale.log and len(panel.series) == 1
    each = zip(panel.series, lane.values, lane.words, lane.ranges, starts, strict=True)
    for series, value, text, ends, start in each:
        if value is None:
            continue
        x, role, names = scale.at(value), lane.role or series.role, ground.names(lane.name, series.id)
        color = stage.theme.color(role)
        hollow = lane.name in series.hollow
        if stemmed:
            # A stem ends at the edge of its dot: a ring shows the ground.
            edge = min(RADIUS * small, abs(x - scale.at(0)))
            tie(scale.at(0), x - math.copysign(edge, x - scale.at(0)), color, start, names)
        size, light = Track(0.0).to(1.0, start + 0.1, POINT_S, ease_out), Track(1.0)
        dot, note = Dot(x, y, size, light, color, hollow), stage.data_note(lane.label, color, role)
        with stage.named(lane.name, "dot"):
            if is_ours(role) and not hollow:
                shine = material.glow(
                    (x, y), 52.0 * small, 52.0 * small, color, 0.45 if stage.theme.dark else 0.16
                )
                ground.spot.add(names, stage.mobject(shine, z=4.5).enter(start + 0.1, dy=0))
            stage.drawn(DotsLayer([dot], stage.scale, RADIUS * small, stage.ground, note=note))
        ground.spot.add(names, light)
        _whisker(ground, plot, y, ends, color, start + 0.15, names)
        if text:
            end = scale.at(_end(value, ends))
            anchor, at = ("left", end + REACH) if value >= 0 else ("right", end - REACH)
            with stage.named(lane.name, "value"):
                words = stage.middle(text, at, y, plot.size, weight=STRONG, anchor=anchor, mono=True)
            ground.spot.add(names, words.enter(start + 0.2, dy=0))


def _stack(ground: Ground, lane: Lane, row: Box, plot: LanePlot, starts: list[float]) -> None:
    panel, alone = ground.panel, len(ground.panel.series) == 1
    thick, middle = min(88.0, row.height * 0.7), row.center[1]
    bases = {True: 0.0, False: 0.0}
    for index, value in enumerate(lane.values):
        if not value:
            continue
        base = bases[value > 0]
        bases[value > 0] += value
        across = middle - thick / 2, middle + thick / 2
        bar, names = _bar(ground, lane, index, plot, (base, base + value), across, starts[index])
        text, series = lane.words[index], panel.series[index]
        if alone:
            _bar_number(ground, lane, index, bar, plot, starts[index], names)
        elif text and _number_width(ground, text) < bar.extent.width - 20:
            inside, color = ground.stage.color_on(bar.color), bar.color
            words = ground.stage.middle(
                text, *bar.extent.center, LABEL, weight=STRONG, role=inside, mono=True, over=color
            )
            ground.spot.add(
                ground.names(lane.name, series.id), words.enter(starts[index] + GROW_S * 0.7, dy=0)
            )


def _group(ground: Ground, lane: Lane, row: Box, plot: LanePlot, starts: list[float]) -> None:
    """A bar a series, above one another."""
    for index, strip in enumerate(_strips(row, len(lane.values))):
        value = lane.values[index]
        if value is None:
            continue
        across = strip.top + 2, strip.bottom - 2
        bar, names = _bar(ground, lane, index, plot, (0.0, value), across, starts[index])
        _bar_number(ground, lane, index, bar, plot, starts[index], names)


def _strips(row: Box, count: int) -> list[Box]:
    """A lane's boxes for its bars, one under another around its middle."""
    thick = min(60.0, row.height * 0.86 / count)
    top = row.center[1] - thick * count / 2
    return [row._replace(top=top + thick * n, bottom=top + thick * (n + 1)) for n in range(count)]


def _bar(
    ground: Ground,
    lane: Lane,
    index: int,
    plot: LanePlot,
    ends: tuple[float, float],
    across: tuple[float, float],
    start: float,
) -> tuple[BarLayer, list[str]]:
    """A bar between two values that grows from the first to the second, and its names in beats."""
    stage, theme, series = ground.stage, ground.stage.theme, ground.panel.series[index]
    left, right = sorted(map(plot.scale.at, ends))
    box = Box(left, across[0], right, across[1])
    role, names = lane.role or series.role, ground.names(lane.name, series.id)
    # Large areas of the baseline are quiet.
    color = theme.fill(role) if role == "baseline" else theme.color(role)
    called = f"{lane.label} {series.label or ''}".strip()
    if ground.panel.mark == "grouped" and series.label:
        # The series' name stands over the bars, each row's beside them.
        called = series.label
    note = stage.data_note(called, color, role)
    grow, light = Track(0.0).to(1.0, start, GROW_S, ease_in_out), Track(1.0)
    radius = 3.0 if ground.panel.mark == "stacked" and len(ground.panel.series) > 1 else 8.0
    backwards = ends[1] < ends[0]
    bar = BarLayer(box, stage.scale, color, theme.background, grow, light, 3.0, radius, backwards, note)
    stage.drawn(bar)
    ground.spot.add(names, light)
    return bar, names


def _bar_number(
    ground: Ground, lane: Lane, index: int, bar: BarLayer, plot: LanePlot, start: float, names: list[str]
) -> None:
    """A bar's whisker, and behind it its number, which is there when the bar has landed."""
    value, text, ends = lane.values[index] or 0.0, lane.words[index], lane.ranges[index]
    y, lands = bar.extent.center[1], start + GROW_S
    _whisker(ground, plot, y, ends, ground.stage.theme.color("text"), lands, names)
    if text:
        at, anchor = plot.scale.at(_end(value, ends)), "left" if value >= 0 else "right"
        at += 18 if value >= 0 else -18
        words = ground.stage.middle(text, at, y, LABEL, weight=STRONG, anchor=anchor, mono=True)
        ground.spot.add(names, words.enter(lands if ends else lands - LANDING_S, dy=0))


def _whisker(
    ground: Ground,
    plot: LanePlot,
    y: float,
    ends: tuple[float, float] | None,
    color: str,
    when: float,
    names: list[str],
) -> None:
    if ends is not None and ends[0] != ends[1]:
        low, high = ((plot.scale.at(end), y) for end in ends)
        ground.spot.add(names, whisker(ground.stage, low, high, color).enter(when, dy=0))
