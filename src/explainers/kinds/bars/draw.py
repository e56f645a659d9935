"""Drawing a bars shot: its rows, where its things are, and drawing them. Needs Manim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from explainers.compositor.layer import Layer, Note, Track
from explainers.facts.numbers import written
from explainers.kinds._cells import value_of
from explainers.kinds._plots import highlights
from explainers.kinds.bars import Bar, Params, Part, Times, times_of
from explainers.kinds.bars.beside import dots_width, draw_beside
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage, material, shapes
from explainers.stage.axes import TICK_DROP, reference_line
from explainers.stage.chrome import plot_body
from explainers.stage.cut import (
    Bracket,
    Folding,
    FoldingBar,
    Said,
    coat,
    cut_words,
    difference,
    draw_axis,
    draw_bracket,
    draw_said,
    fitted_words,
)
from explainers.stage.handle import Handle, Spotlight
from explainers.stage.marks import NumberLayer, number_width, spans_of
from explainers.theme import LABEL, REGULAR, STRONG
from explainers.timing import BRACKET_S, FOLD_S, ease_in_out, ease_out

HEADING, NAME, NUMBER = 44.0, 44.0, 46.0
"""Sizes of headings, the bars' names and their numbers."""
RIDE, LABEL_GAP = 20.0, 30.0
"""From a bar's end to its number, and from a name to the axis."""
THICKEST, ROOMY = 132.0, 130.0
"""A bar's greatest height, and the height of a row from which on there is room for a name over its bar."""
OVER_ALL = 230.0
"""The height for a bracket's number over all bars, in narrow frames."""
SWATCH = 30.0
"""A legend's sample of a colour."""
RISE = 26.0
"""From a bar to the bracket over it."""


@dataclass(frozen=True)
class Piece:
    """A bar or a part of it, from one value to another; `row_share` is its stretch of the bar's height."""

    low: float
    high: float
    role: str
    hatched: bool
    label: str = ""
    row_share: tuple[float, float] = (0.0, 1.0)

    @property
    def value(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Row:
    """One bar with its numbers; `start_s` is when it begins to stand up, None where it stands already."""

    bar: Bar
    pieces: tuple[Piece, ...]
    start_s: float | None
    beside: float | None = None
    error: float = 0.0
    n: int | None = None
    growth: Track = field(default_factory=lambda: Track(1.0))
    light: Track = field(default_factory=lambda: Track(1.0))

    @property
    def value(self) -> float:
        """What the bar is compared by: its first stroke, or the whole of its parts."""
        return self.pieces[-1].high if self.pieces[-1].low else self.pieces[0].high

    @property
    def weight(self) -> int:
        """The weight of its name."""
        return STRONG if self.bar.role == "ours" else REGULAR

    @property
    def words_role(self) -> str:
        """The role of its name and number."""
        return "text" if self.bar.role in ("baseline", "muted") else self.bar.role


@dataclass(frozen=True)
class Plot:
    """Where things are: the box of the bars, each bar's lane, the axis. `above`: names stand over bars."""

    box: Box
    lanes: list[Box]
    axis: Folding
    about: int
    """How many ticks the axis has room for."""
    above: bool
    step: float
    right: float
    """Where what stands in the bars' white space must end."""
    over: Box | None = None
    """Where a bracket's number stands over all bars: in narrow frames, which have no white space."""
    legend: tuple[tuple[Part, ...], ...] = ()
    """The parts by line in narrow frames, which have no room for words on parts."""
    flags: float = 0.0
    """The height of what stands on narrow parts."""


def rows_of(shot: ShotPlan) -> list[Row]:
    """The bars from the top. NoSuchRow where the table lacks one."""
    params: Params = shot.params
    table, times, rows = shot.tables[params.table], times_of(shot), []
    for bar in params.bars:
        cells = table.pick({params.key: bar.row})
        texts = (params.beside and params.beside.value, params.error, params.n)
        beside, error, n = (value_of(text, cells, table.columns) if text else None for text in texts)
        values = [value_of(text, cells, table.columns) or 0.0 for text in params.measures]
        start = None if bar.row in params.standing else times.bars[bar.row]
        growth = Track(1.0) if start is None else Track(0.0).to(1.0, start, params.grow, ease_out)
        size = None if n is None else round(n)
        pieces = tuple(_pieces(params, bar, values))
        rows.append(Row(bar, pieces, start, beside, error or 0.0, size, growth))
    if params.order != "given":
        rows.sort(key=lambda row: row.value, reverse=params.order == "descending")
    return rows


def _pieces(params: Params, bar: Bar, values: Sequence[float]) -> list[Piece]:
    if params.value:
        return [Piece(0.0, values[0], bar.role, bar.hatched)]
    found, base = [], 0.0
    # The first stroke is the thickest.
    shares = (0.0, 0.56, 1.0) if len(params.strokes) == 2 else (0.0, 0.4, 0.7, 1.0)
    for index, (part, value) in enumerate(zip(params.parts or params.strokes, values, strict=True)):
        role = part.role or ("baseline" if params.parts else bar.role)
        hatched = part.hatched or bar.hatched
        stretch = (0.0, 1.0)
        if params.strokes and len(params.strokes) > 1:
            gap = 0.05 if index else 0.0
            stretch = (shares[index] + gap, shares[index + 1])
        found.append(Piece(base, base + value, role, hatched, part.label, stretch))
        base += value if params.parts else 0.0
    return found


def number_of(params: Params, value: float) -> str:
    """A bar's number as written."""
    return written(value, params.format)


# -- places ------------------------------------------------------------------------------------


def plot_of(shot: ShotPlan, stage: Stage, rows: list[Row]) -> Plot:
    """The places of a shot's bars, which need the widths of its words."""
    params: Params = shot.params
    region, times = plot_body(stage, shot), times_of(shot)
    wide, count = region.width > 1100, len(rows)
    # Rounding takes the dust of sums from the longest bar.
    most = max(float(f"{piece.high + row.error:.9g}") for row in rows for piece in row.pieces)
    if params.reference:
        most = max(most, float(params.reference.at))
    if params.axis_max is not None:
        most = max(most, float(params.axis_max))
    cut = float(params.cut) if params.cut is not None else 0.0
    size = name_size(stage)
    names = max(stage.text_width(row.bar.label, size, row.weight) for row in rows)
    fold, said = Track(0.0), written(cut, params.format if "%" in params.format else None)
    if cut and times.fold is not None:
        fold.to(1.0, times.fold, FOLD_S, ease_in_out)
        names = max(names, stage.text_width(f"axis cut at {said}", LABEL))
    left, right = region.left + names + LABEL_GAP, region.right
    if params.beside:
        right -= beside_width(stage, params, rows, region) + 44
    reserve = OVER_ALL + 20 if params.bracket and not wide else 0.0
    words = [width for row in rows for width in ends_width(stage, params, row)]
    above = right - left < 0.5 * region.width and (region.height - reserve) / count > ROOMY
    above = above or (bool(params.parts) and not wide and region.height / count > 2.2 * ROOMY)
    if above:
        left = region.left + 2
    about = max(1, min(4, round((right - left - max(words)) / 150.0)))
    high = Folding(most, 0.0, 1.0).upper(cut, about)
    style = stage.style(LABEL, mono=True)
    ticks = number_width(written(high, params.format if "%" in params.format else ".0f"), style)
    kept = max(88.0, ticks + 24.0) if cut else 0.0
    # Where parts have no words the last flag stands right of the axis.
    length = right - left - (90.0 if params.parts and not wide else ticks / 2)
    for row in rows:
        for piece, after in zip(row.pieces, ends_width(stage, params, row), strict=True):
            reach = piece.high + row.error
            room = right - left - after
            length = min(length, room * high / reach)
            if cut:
                length = min(length, kept + (room - kept) * (high - cut) / (reach - cut))
    top, over_all = region.top + HEADING + 26, None
    if reserve:
        over_all = region._replace(bottom=region.top + OVER_ALL)
        top += reserve
    top += 34 if params.reference and params.reference.label else 0
    legend = _legend_lines(stage, params, region) if params.parts and not wide else ()
    top += len(legend) * LABEL * 1.35
    bottom = region.bottom - TICK_DROP - 16 - (LABEL * 1.3 if above and cut else 0)
    thickest = THICKEST * (1.5 if params.strokes or params.parts else 1.0)
    step = (bottom - top) / count
    # A name over its bar takes the upper part of the row, and so do the words over narrow parts.
    over = 58.0 if above else 0.0
    flags = LABEL * (1.25 if legend else 2.5) if params.parts else 0.0
    over += flags
    thick = min(thickest, (step - over) * (0.8 if over else 0.71))
    step = min(step, thick * 2.0 + over)
    middle = (top + bottom) / 2
    box = Box(left, middle - step * count / 2, left + length, middle + step * count / 2)
    middles = [box.top + step * (index + 0.5) + over / 2 for index in range(count)]
    lanes = [Box(left, y - thick / 2, box.right, y + thick / 2) for y in middles]
    start = round(left * stage.scale) / stage.scale
    axis = Folding(high, start, box.right, cut, kept, fold)
    return Plot(box, lanes, axis, about, above, step, right, over_all, legend, flags)


def _legend_lines(stage: Stage, params: Params, region: Box) -> tuple[tuple[Part, ...], ...]:
    """The parts broken into lines of a legend."""
    lines: list[list[Part]] = [[]]
    x = 0.0
    for part in params.parts:
        wide = SWATCH + 12 + stage.text_width(part.label, LABEL) + 40
        if lines[-1] and x + wide - 40 > region.width:
            lines.append([])
            x = 0.0
        lines[-1].append(part)
        x += wide
    return tuple(tuple(line) for line in lines)


def _legend(stage: Stage, plot: Plot, left: float) -> None:
    """What the parts are, under the heading."""
    y = plot.box.top - 24 - LABEL * 1.35 * (len(plot.legend) - 1)
    for line in plot.legend:
        x = left
        for part in line:
            plain = part.role in (None, "baseline", "muted")
            color = stage.theme.fill("baseline") if plain else stage.theme.color(part.role or "")
            box = stage.snapped(Box(x, y - SWATCH + 2, x + SWATCH, y + 2))
            inks = [material.plate(box, color, radius=6.0)]
            inks += [material.hatch(box, "#FFFFFF", 0.35, 12.0, 6.0)] if part.hatched else []
            with stage.named(part.label, "legend"):
                stage.mobject(*inks, z=3)
                words = stage.words(part.label, box.right + 12, y, LABEL)
            x = words.box.right + 40
        y += LABEL * 1.35


def name_size(stage: Stage) -> float:
    """The size of the bars' names."""
    return NAME if stage.width > 1300 else NAME - 4


def beside_width(stage: Stage, params: Params, rows: list[Row], region: Box) -> float:
    """The width of what stands beside the bars."""
    assert params.beside is not None
    if with_dots(params, region):
        return dots_width(stage, params.beside)
    texts = [params.beside.words(row.beside) for row in rows if row.beside is not None]
    widths = [stage.text_width(text, NUMBER, STRONG, mono=True) for text in texts]
    return max([stage.text_width(params.beside.heading, LABEL, STRONG), *widths])


def with_dots(params: Params, region: Box) -> bool:
    """Whether what is beside is drawn as dots: where the author wants it and the frame is wide enough."""
    return bool(params.beside and params.beside.dots and region.width > 1200)


def ends_width(stage: Stage, params: Params, row: Row) -> list[float]:
    """The width of what stands after each piece's end."""
    if params.parts:
        return [0.0 for _ in row.pieces]
    style = stage.style(NUMBER, STRONG, mono=True)
    return [
        RIDE
        + number_width(number_of(params, piece.value), style)
        + (stage.text_width(piece.label, LABEL) + 16 if piece.label else 0.0)
        for piece in row.pieces
    ]


def piece_lane(lane: Box, piece: Piece) -> Box:
    """The part of a row's lane that a piece takes."""
    first, last = piece.row_share
    return lane._replace(top=lane.top + lane.height * first, bottom=lane.top + lane.height * last)


# -- drawing -----------------------------------------------------------------------------------


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything of the shot that its layout does not place."""
    params: Params = shot.params
    rows, times = rows_of(shot), times_of(shot)
    plot, region, spot = plot_of(shot, stage, rows), plot_body(stage, shot), Spotlight()
    heading = plot.box.top - 24 - LABEL * 1.35 * len(plot.legend)
    edge = region.left if plot.legend else plot.box.left
    with stage.named("axis", "heading"):
        stage.words(params.unit, edge, heading, HEADING if stage.width > 1300 else LABEL, STRONG)
    around: list[Layer] = []
    for index, (row, lane) in enumerate(zip(rows, plot.lanes, strict=True)):
        _lit(stage, row, index, plot, times)
        around += _bar(stage, params, row, lane, plot, times, spot)
    _axis(stage, shot, plot, times, around)
    _legend(stage, plot, edge)
    if params.parts:
        _part_words(stage, shot, rows, plot)
    if params.bracket:
        around += _bracket(stage, params, rows, plot, times)
    if params.beside:
        dotted = with_dots(params, region)
        draw_beside(stage, shot, rows, plot, region.right, heading, times, dotted, spot)
    if params.reference:
        x = round(plot.axis.last(float(params.reference.at)) * stage.scale) / stage.scale
        ends = (x, plot.lanes[0].top - (70 if plot.above else 26)), (x, plot.box.bottom + 6)
        label = params.reference.label
        reference_line(stage, *ends, label, max(0.0, times.settled - 0.4), times.settled, 16.0)
    spot.plan(highlights(shot))


def _axis(stage: Stage, shot: ShotPlan, plot: Plot, times: Times, around: list[Layer]) -> None:
    params: Params = shot.params
    bottom = plot.box.bottom
    top = plot.box.top + (0 if not plot.above else 6)
    draw_axis(stage, plot.axis, plot.about, top - 12, bottom + 4, params.format, around)
    if times.fold is None:
        return
    text = cut_words(plot.axis, params.format if "%" in params.format else None)
    x, y, anchor = plot.box.left - LABEL_GAP, bottom + 4 + TICK_DROP, "right"
    if plot.above:
        x, y, anchor = plot.box.left, y + LABEL * 1.3, "left"
    with stage.named("axis", "cut"):
        stage.words(text, x, y, LABEL, role="muted", anchor=anchor).enter(times.fold + FOLD_S * 0.6, dy=0)


def _lit(stage: Stage, row: Row, index: int, plot: Plot, times: Times) -> None:
    """One's own row: lit from edge to edge of the frame, with a soft glow at the bar's head."""
    if row.bar.role != "ours":
        return
    color, dark = stage.theme.color("ours"), stage.theme.dark
    top = plot.box.top + plot.step * index
    band = stage.snapped(Box(0.0, top, stage.width, top + plot.step))
    alpha = 0.13 if dark else 0.09
    with stage.named(row.bar.row, "light"):
        lit = stage.mobject(material.fade(band, color, alpha, alpha), z=0.2)
        if row.start_s is not None:
            lit.hide().fade(row.start_s, 1.0, 0.5)
        if len(row.pieces) > 1 and row.pieces[-1].low:
            return
        own = piece_lane(plot.lanes[index], row.pieces[0])
        center = plot.axis.last(row.value) - 60.0, own.center[1]
        glow = material.glow(center, 230.0, min(120.0, own.height * 1.25), color, 0.5 if dark else 0.16)
        stage.mobject(glow, z=0.4).hide().fade(times.settled, 1.0, 0.5)


def _bar(
    stage: Stage, params: Params, row: Row, lane: Box, plot: Plot, times: Times, spot: Spotlight
) -> list[Layer]:
    """A row's name, its bar, and the numbers at its ends; gives what gridlines do not run through."""
    name, theme, axis = row.bar.row, stage.theme, plot.axis
    with stage.named(name, "label"):
        _name(stage, row, lane, plot)
    spot.add([name], row.light)
    around: list[Layer] = []
    for index, piece in enumerate(row.pieces):
        plain = piece.role in ("baseline", "muted")
        color = theme.fill("baseline") if plain else theme.color(piece.role)
        own = piece_lane(lane, piece)
        words = " ".join(part for part in (row.bar.label, piece.label) if part)
        note = stage.data_note(words, color, piece.role)
        share = 0.9 if params.parts else 0.62
        painted = coat(stage, color, piece.hatched, bool(params.strokes) and index > 0, share)
        layer = FoldingBar(
            own,
            (piece.low, piece.high),
            axis,
            painted,
            stage.scale,
            row.growth,
            row.light,
            theme.color("text"),
            radius=4.0 if params.parts else 8.0,
            edged=not params.parts,
            note=note,
        )
        with stage.named(name, f"bar {piece.label}" if index else "bar"):
            around.append(stage.drawn(layer))
        if not params.parts:
            with stage.named(name, f"value {piece.label}" if index else "value"):
                around.append(_number(stage, params, row, piece, own, plot, times))
                around += _after(stage, params, row, piece, own, plot, times)
    box = lane._replace(left=axis.start, right=axis.last(row.value))
    if row.error:
        ends = axis.last(row.value - row.error), axis.last(row.value + row.error)
        with stage.named(name, "error"):
            _whisker(stage, ends, box).enter(times.settled, dy=0)
    if row.n is not None:
        fill = theme.fill("baseline") if row.bar.role == "baseline" else theme.color(row.bar.role)
        x, role = box.left + 18, stage.color_on(fill)
        with stage.named(name, "n"):
            text = f"n = {row.n:,}"
            count = stage.middle(text, x, box.center[1], LABEL, role=role, anchor="left", z=8, over=fill)
        count.enter(times.settled, dy=0)
    return around


def _number(
    stage: Stage, params: Params, row: Row, piece: Piece, lane: Box, plot: Plot, times: Times
) -> Layer:
    """The number on a bar's end: it counts as the bar stands up, and rides on its end as the axis folds."""
    axis, start = plot.axis, row.start_s
    push, gap = Track(0.0), RIDE
    if row.error:
        whisker = axis.last(piece.high + row.error) - axis.last(piece.high)
        push.to(whisker, times.settled, 0.3, ease_out)
    if params.reference:
        # A dashed line just behind the bar's end would run through the gap: the number stands after it.
        beyond = axis.last(float(params.reference.at)) - axis.last(piece.high)
        gap = max(RIDE, beyond + 16) if 0 < beyond < RIDE + 4 else RIDE
    # Capitals and figures of the mono are 0.73 em high.
    baseline = lane.center[1] + 0.365 * NUMBER

    def text_at(t: float) -> tuple[str, float, float, float] | None:
        share = row.growth.at(t)
        shown = 1.0 if start is None else min(1.0, max(0.0, (t - start) / 0.2))
        x = axis.at(piece.high * share, t) + gap + push.at(t)
        return number_of(params, piece.value * share), x, baseline, shown

    style = stage.style(NUMBER, STRONG, row.words_role, mono=True)
    background = stage.theme.background
    note = Note("text", number_of(params, piece.value), NUMBER, style.color, background, row.words_role)
    spans = [*spans_of((row.growth, axis.fold, push)), *([(start, start + 0.2)] if start is not None else [])]
    return stage.drawn(NumberLayer(text_at, style, stage.scale, lambda: spans, note=note))


def _after(
    stage: Stage, params: Params, row: Row, piece: Piece, lane: Box, plot: Plot, times: Times
) -> Sequence[Layer]:
    """A stroke's own words, after its number."""
    if not piece.label:
        return ()
    style = stage.style(NUMBER, STRONG, mono=True)
    x = plot.axis.last(piece.high) + RIDE + number_width(number_of(params, piece.value), style) + 16
    words = stage.middle(piece.label, x, lane.center[1], LABEL, anchor="left")
    if row.start_s is not None or times.fold is not None:
        words.enter(times.settled - 0.2, dx=-24, dy=0)
    return words.layers


def _name(stage: Stage, row: Row, lane: Box, plot: Plot) -> None:
    text, weight, role, size = row.bar.label, row.weight, row.words_role, name_size(stage)
    if plot.above:
        stage.words(text, lane.left, lane.top - 16 - plot.flags, size, weight, role)
    else:
        x = plot.box.left - LABEL_GAP
        stage.middle(text, x, lane.center[1], size, weight=weight, role=role, anchor="right")


def _whisker(stage: Stage, ends: tuple[float, float], box: Box) -> Handle:
    """An error bar with caps, on a halo so that it is seen over the bar and beside it."""
    y, cap = box.center[1], min(16.0, box.height * 0.22)
    lines = [[(ends[0], y), (ends[1], y)], *([(x, y - cap), (x, y + cap)] for x in ends)]
    looks = ((stage.theme.background, 8), (stage.theme.color("text"), 3))
    return stage.mobject(*(shapes.route(line, color, width) for color, width in looks for line in lines), z=7)


def _part_words(stage: Stage, shot: ShotPlan, rows: list[Row], plot: Plot) -> None:
    """Each part's number and name: on it where it is wide enough, else on a flag over it, a part of zero too.

    Words on a part that is quietened would be hard to read: they go as long as it is.
    """
    params: Params = shot.params
    for row, lane in zip(rows, plot.lanes, strict=True):
        when = 0.25 if row.start_s is None else row.start_s + params.grow
        flags: list[tuple[str, float, str]] = []
        for piece in row.pieces:
            left, right = plot.axis.last(piece.low), plot.axis.last(piece.high)
            number = number_of(params, piece.value)
            plain = piece.role in ("baseline", "muted")
            fill = stage.theme.fill("baseline") if plain else stage.theme.color(piece.role)
            role, y = stage.color_on(fill), lane.center[1]
            lines = [(number, y - 24, NUMBER, STRONG), (piece.label, y + 28, LABEL, REGULAR)]
            if plot.legend:
                lines = [(number, y, LABEL, STRONG)]
            margin = 8.0 if plot.legend else 20.0
            wide = max(stage.text_width(text, size, bold) for text, _, size, bold in lines)
            if wide + margin + 8 > right - left:
                flag = number if plot.legend else f"{number} {piece.label}"
                flags.append((flag, (left + right) / 2, piece.role))
                continue
            for text, at, size, weight in lines:
                look = {"weight": weight, "role": role, "anchor": "left", "over": fill}
                with stage.named(row.bar.row, f"value {piece.label}"):
                    said = stage.middle(text, left + margin, at, size, **look).enter(when, dy=0)
                for start, names in highlights(shot):
                    said.layers[0].track("share").to(float(not names or row.bar.row in names), start, 0.3)
        _flags(stage, row, lane, flags, when, bool(plot.legend))


def _flags(
    stage: Stage,
    row: Row,
    lane: Box,
    flags: list[tuple[str, float, str]],
    when: float,
    in_turn: bool,
) -> None:
    """Words over narrow parts, each at a pole that stands on its part: to the right where there is room, the
    outer ones higher; `in_turn` to the left and to the right of their poles, so that two are level."""
    placed: list[tuple[str, float, str, int]] = []
    for index, (text, x, role) in enumerate(flags):
        wide = 12 + stage.text_width(text, LABEL, STRONG)
        turned = in_turn and len(flags) > 1 and index % 2 == 0 and x - wide >= stage.safe.left
        left = turned or x + wide > stage.safe.right
        placed.append((text, x, role, -1 if left else 1))
    levels = {-1: 0, 1: 0}
    for text, x, role, side in [
        *(one for one in placed if one[3] < 0),
        *(one for one in reversed(placed) if one[3] > 0),
    ]:
        color = stage.theme.color("text" if role in ("baseline", "muted") else role)
        top = lane.top - 12 - LABEL * 1.15 * (levels[side] + 1)
        with stage.named(row.bar.row, f"value {text}"):
            pole = stage.line([(x, lane.top), (x, top + 4)], color, 3.0, z=6)
            anchor = "left" if side > 0 else "right"
            words = stage.words(text, x + 12 * side, top + LABEL * 0.78, LABEL, STRONG, color, anchor)
        pole.enter(when, dy=0)
        words.enter(when + 0.08 * levels[side], dx=-24.0 * side, dy=0)
        levels[side] += 1


def _bracket(stage: Stage, params: Params, rows: list[Row], plot: Plot, times: Times) -> list[Layer]:
    """The difference between two bars, its number as large as the white space beside them lets it be.

    Gives what gridlines do not run through.
    """
    bracket, axis = params.bracket, plot.axis
    assert bracket is not None
    index = {row.bar.row: i for i, row in enumerate(rows)}
    first, last = index[bracket.from_], index[bracket.to]
    down = first < last
    text = difference(rows[first].value, rows[last].value, bracket.format)
    x0, x1 = axis.last(rows[first].value), axis.last(rows[last].value)
    start, end = (piece_lane(plot.lanes[i], rows[i].pieces[0]) for i in (first, last))
    level = end.top - RISE if down else end.bottom + RISE
    if plot.above and down:
        level -= name_size(stage) + 4
    y0 = start.bottom + 8 if down else start.top - 8
    block, leader, x = _block(stage, params, rows, plot, (first, last), level, text)
    role, drop = rows[last].words_role, RISE * (0.62 if down else -0.62)
    with stage.named("bracket", "line"):
        draw_bracket(stage, Bracket(x0, y0, x1, level, drop, x, leader), role, times.bracket)
    with stage.named("bracket", "number"):
        return draw_said(stage, block, role, times.bracket + 0.6 * BRACKET_S)


def _block(
    stage: Stage,
    params: Params,
    rows: list[Row],
    plot: Plot,
    ends: tuple[int, int],
    level: float,
    number: str,
) -> tuple[Said, float, float]:
    """A bracket's number with its words, and the height and place at which its leader ends."""
    assert params.bracket is not None
    (first, last), words = ends, params.bracket.words
    down, beyond = first < last, max(plot.axis.last(rows[i].value) for i in ends)
    if plot.over is not None:
        some = range(0, last if down else max(ends) + 1)
        x = _room(stage, params, rows, plot, some, level, down, beyond).left - 14
        said = fitted_words(stage, plot.over, number, words, 150.0, plot.over.width)
        left = max(plot.over.left, min(x - 2, plot.over.right - said.box.width))
        said = replace(said, box=said.box.shifted(left - said.box.left, 0))
        return said, said.box.bottom + 14, x
    best: tuple[Said, Box] | None = None
    for i in range(first, last) if down else reversed(range(last + 1, first + 1)):
        some = range(i, last) if down else range(last + 1, i + 1)
        room = _room(stage, params, rows, plot, some, level, down, beyond)
        tried = fitted_words(stage, room, number, words)
        if best is None or tried.size > best[0].size:
            best = tried, room
    assert best is not None
    said, room = best
    # In the middle of its room rather than at its end.
    said = replace(said, box=said.box.shifted(0, -max(0.0, room.height - said.box.height) / 2))
    return said, said.box.bottom + 14 if down else said.box.top - 14, said.box.left + 2


def _room(
    stage: Stage,
    params: Params,
    rows: list[Row],
    plot: Plot,
    some: range,
    level: float,
    down: bool,
    beyond: float,
) -> Box:
    """The white space beside some rows, on the side of the bracket's level."""
    ends = [
        plot.axis.last(piece.high) + after
        for i in some
        for piece, after in zip(rows[i].pieces, ends_width(stage, params, rows[i]), strict=True)
    ]
    left = max([*ends, beyond]) + 38
    if down:
        return Box(left, plot.lanes[some[0]].top - 16, max(plot.right, left + 160), level - 22)
    return Box(left, level + 22, max(plot.right, left + 160), plot.lanes[some[-1]].bottom + 16)
