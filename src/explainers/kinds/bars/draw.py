"""Drawing a bars shot: bars, their numbers and names, words on parts, the bracket. Needs Manim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explainers.compositor.layer import Layer, Note, TileLayer, Track
from explainers.kinds._cells import with_unit
from explainers.kinds._plots import highlights
from explainers.kinds.bars import Params, Times, times_of
from explainers.kinds.bars.beside import draw_beside
from explainers.kinds.bars.plot import (
    CUT_APART,
    HEADING,
    LABEL_GAP,
    NUMBER,
    RIDE,
    SWATCH,
    Piece,
    Plot,
    Row,
    block_of,
    ends_of,
    level_of,
    name_size,
    number_of,
    piece_lane,
    plot_of,
    rows_of,
)
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage, material
from explainers.stage.axes import TICK_DROP, reference_line, whisker
from explainers.stage.brackets import Bracket, difference, draw_bracket, draw_said
from explainers.stage.chrome import plot_body
from explainers.stage.cut import FoldingBar, coat, cut_words, draw_axis
from explainers.stage.handle import Handle, Spotlight
from explainers.stage.marks import NumberLayer, landing, number_width, spans_of
from explainers.theme import LABEL, REGULAR, STRONG, Theme, mix
from explainers.timing import BRACKET_S, FOLD_S, ease_out

STANDING_S = 0.75
"""When words come onto bars that stand from the start, which may still travel there before."""


def plain_part(theme: Theme) -> str:
    """The colour of a part of a bar without a role: light enough for dark words in it."""
    return mix(theme.fill("baseline"), theme.color("baseline"), 0.6)


def _legend(stage: Stage, plot: Plot, left: float) -> None:
    """What the parts are, under the heading."""
    y = plot.box.top - 24 - LABEL * 1.35 * (len(plot.legend) - 1)
    for line in plot.legend:
        x = left
        for part in line:
            plain = part.role in (None, "baseline", "muted")
            color = plain_part(stage.theme) if plain else stage.theme.color(part.role or "")
            box = stage.snapped(Box(x, y - SWATCH + 2, x + SWATCH, y + 2))
            inks = [material.plate(box, color, radius=6.0)]
            inks += [material.hatch(box, "#FFFFFF", 0.35, 12.0, 6.0)] if part.hatched else []
            with stage.named(part.label, "legend"):
                stage.mobject(*inks, z=3)
                words = stage.words(part.label, box.right + 12, y, LABEL)
            x = words.box.right + 40
        y += LABEL * 1.35


# -- drawing -----------------------------------------------------------------------------------


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything of the shot that its layout does not place."""
    params: Params = shot.params
    rows, times = rows_of(shot), times_of(shot)
    plot, region, spot = plot_of(shot, stage, rows), plot_body(stage, shot), Spotlight()
    heading = plot.box.top - 24 - LABEL * 1.35 * len(plot.legend)
    edge = region.left if plot.legend else plot.box.left
    with stage.named("axis", "heading"):
        size = HEADING if stage.width > 1300 else LABEL
        # A long unit begins further left, and keeps clear of a bracket's line.
        room = region.right - (40.0 if params.bracket else 0.0)
        if params.bracket and plot.over:
            some = ends_of(params, rows)
            level = level_of(stage, rows, plot, some)
            room = block_of(stage, params, rows, plot, some, level, "0")[2] - 24.0
        title = with_unit(params.label, params.unit) or ""
        room -= stage.text_width(title, size, STRONG)
        stage.words(title, max(stage.safe.left, min(edge, room)), heading, size, STRONG)
    around: list[Layer] = []
    for index, (row, lane) in enumerate(zip(rows, plot.lanes, strict=True)):
        _lit(stage, row, index, plot, times)
        around += _bar(stage, params, row, lane, plot, times, spot)
    _axis(stage, shot, plot, times, around)
    _legend(stage, plot, edge)
    if params.parts:
        around += _part_words(stage, shot, rows, plot)
    if params.bracket:
        around += _bracket(stage, params, rows, plot, times)
    if params.beside:
        draw_beside(stage, shot, rows, plot, region.right, heading, times, spot)
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
    x, y, anchor = plot.box.left - LABEL_GAP - CUT_APART, bottom + 4 + TICK_DROP, "right"
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
    alpha = 0.13 if dark else 0.05
    with stage.named(row.bar.row, "light"):
        lit = stage.mobject(material.fade(band, color, alpha, alpha), z=0.2)
        if row.start_s is not None:
            lit.hide().fade(row.start_s, 1.0, 0.5)
        if len(row.pieces) > 1 and row.pieces[-1].low:
            return
        own = piece_lane(plot.lanes[index], row.pieces[0])
        end = plot.axis.last(row.value)
        across = min(215.0, 0.55 * (end - plot.axis.start))
        center = end - 0.88 * across, own.center[1]
        glow = material.glow(
            center,
            across,
            min(120.0, own.height * (0.7 if plot.above else 1.25)),
            color,
            0.5 if dark else 0.1,
        )
        stage.mobject(glow, z=0.4).hide().fade(times.settled, 1.0, 0.5)


def _bar(
    stage: Stage, params: Params, row: Row, lane: Box, plot: Plot, times: Times, spot: Spotlight
) -> list[Layer]:
    """A row's name, its bar, and the numbers at its ends; gives what gridlines do not run through."""
    name, theme, axis = row.bar.row, stage.theme, plot.axis
    with stage.named(name, "label"):
        around = list[Layer](_name(stage, row, lane, plot).layers)
    spot.add([name], row.light)
    for index, piece in enumerate(row.pieces):
        plain = piece.role in ("baseline", "muted")
        color = theme.fill("baseline") if plain else theme.color(piece.role)
        color = plain_part(theme) if plain and params.parts else color
        own = piece_lane(lane, piece)
        note = stage.data_note(piece.label or row.bar.label, color, piece.role)
        painted = coat(stage, color, piece.hatched, bool(params.strokes) and index > 0)
        if params.parts:
            # Words stand on parts: they are even.
            painted = replace(painted, tail=mix(theme.background, color, 1.0 if plain else 0.9), gloss=0.0)
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
    if row.whisker:
        first, last = ((axis.last(end), box.center[1]) for end in row.whisker)
        with stage.named(name, "error"):
            color, cap = theme.color("text"), min(16.0, box.height * 0.22)
            whisker(stage, first, last, color, cap, theme.background, 7.0).enter(times.settled, dy=0)
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
    """The number on a bar's end: it comes as the bar lands, and rides on its end as the axis folds."""
    axis, shown = plot.axis, landing(row.growth)
    push, gap = Track(0.0), RIDE
    if row.beyond:
        beyond = axis.last(piece.high + row.beyond) - axis.last(piece.high)
        push.to(beyond, times.settled, 0.3, ease_out)
    if params.reference:
        # A dashed line just behind the bar's end would run through the gap: the number stands after it.
        beyond = axis.last(float(params.reference.at)) - axis.last(piece.high)
        gap = max(RIDE, beyond + 16) if 0 < beyond < RIDE + 4 else RIDE
    # Capitals and figures of the mono are 0.73 em high.
    baseline, text = lane.center[1] + 0.365 * plot.size, number_of(params, piece.value)

    def text_at(t: float) -> tuple[str, float, float, float] | None:
        x = axis.at(piece.high * row.growth.at(t), t) + gap + push.at(t)
        return text, x, baseline, shown.at(t)

    style = stage.style(plot.size, STRONG, row.words_role, mono=True)
    note = Note("text", text, plot.size, style.color, stage.theme.background, row.words_role)
    spans = spans_of((row.growth, axis.fold, push, shown))
    return stage.drawn(NumberLayer(text_at, style, stage.scale, lambda: spans, note=note))


def _after(
    stage: Stage, params: Params, row: Row, piece: Piece, lane: Box, plot: Plot, times: Times
) -> Sequence[Layer]:
    """A stroke's own words, after its number."""
    if not piece.label:
        return ()
    style = stage.style(plot.size, STRONG, mono=True)
    x = plot.axis.last(piece.high) + RIDE + number_width(number_of(params, piece.value), style) + 16
    words = stage.middle(piece.label, x, lane.center[1], min(LABEL, plot.size), anchor="left")
    if row.start_s is not None or times.fold is not None:
        words.enter(times.settled - 0.2, dx=-24, dy=0)
    return words.layers


def _name(stage: Stage, row: Row, lane: Box, plot: Plot) -> Handle:
    text, weight, role, size = row.bar.label, row.weight, row.words_role, name_size(stage, plot.size)
    if plot.above:
        return stage.words(text, lane.left, lane.top - 16 - plot.flags, size, weight, role)
    x = plot.box.left - LABEL_GAP
    return stage.middle(text, x, lane.center[1], size, weight=weight, role=role, anchor="right")


def _part_words(stage: Stage, shot: ShotPlan, rows: list[Row], plot: Plot) -> list[Layer]:
    """Each part's number and name: on it where it is wide enough, else on a flag over it, a part of zero too.

    Words on a part that is quietened would be hard to read: they go as long as it is. Gives what gridlines do
    not run through.
    """
    params: Params = shot.params
    around: list[Layer] = []
    for row, lane in zip(rows, plot.lanes, strict=True):
        when = STANDING_S if row.start_s is None else row.start_s + params.grow
        flags: list[tuple[str, float, str]] = []
        quiet: list[TileLayer] = []
        for piece in row.pieces:
            left, right = plot.axis.last(piece.low), plot.axis.last(piece.high)
            number = number_of(params, piece.value)
            plain = piece.role in ("baseline", "muted")
            fill = plain_part(stage.theme) if plain else stage.theme.color(piece.role)
            role, y = stage.color_on(fill), lane.center[1]
            large = max(NUMBER, min(66.0, 0.44 * lane.height))
            lines = [(number, y - 24, large, STRONG), (piece.label, y + 0.6 * large, LABEL, REGULAR)]
            if plot.legend:
                lines = [(number, y, LABEL, STRONG)]
            elif lane.height < 104:
                lines = [(f"{number} {piece.label}", y, LABEL, STRONG)]
            margin = 8.0 if plot.legend else 20.0
            wide = max(stage.text_width(text, size, bold) for text, _, size, bold in lines)
            if wide + margin + 8 > right - left or lane.height < 46:
                flag = number if plot.legend else f"{number} {piece.label}"
                if row.bar.flags:
                    flags.append((flag, (left + right) / 2, piece.role))
                continue
            for text, at, size, weight in lines:
                look = {"weight": weight, "role": role, "anchor": "left", "over": fill}
                with stage.named(row.bar.row, f"value {piece.label}"):
                    said = stage.middle(text, left + margin, at, size, **look).enter(when, dy=0)
                quiet += said.layers
        around += _flags(stage, row, lane, flags, when, plot, quiet)
        for start, names in highlights(shot):
            for layer in quiet:
                layer.track("share").to(float(not names or row.bar.row in names), start, 0.3)
    return around


def _flags(
    stage: Stage,
    row: Row,
    lane: Box,
    flags: list[tuple[str, float, str]],
    when: float,
    plot: Plot,
    quiet: list[TileLayer],
) -> list[Layer]:
    """Words over narrow parts, each at a pole that stands on its part: two are level, one to the left and one
    to the right of their poles, and large; more stand to the right where there is room, the outer ones
    higher, but in turn over parts without words."""
    placed: list[tuple[str, float, str, int]] = []
    widths = [12 + stage.text_width(text, NUMBER, STRONG) for text, _, _ in flags]
    level = len(flags) == 2 and not plot.narrow and flags[0][1] - widths[0] >= lane.left
    level = level and flags[1][1] + widths[1] <= plot.right
    size, right = NUMBER if level else LABEL, plot.right
    for index, (text, x, role) in enumerate(flags):
        wide = 12 + stage.text_width(text, size, STRONG)
        in_turn = level or (bool(plot.legend) and len(flags) > 1 and x - wide >= stage.safe.left)
        left = (in_turn and index % 2 == 0) or (x + wide > right and x - wide >= lane.left)
        placed.append((text, x, role, -1 if left else 1))
    levels, around = {-1: 0, 1: 0}, list[Layer]()
    for text, x, role, side in [
        *(one for one in placed if one[3] < 0),
        *(one for one in reversed(placed) if one[3] > 0),
    ]:
        color, text_color = stage.theme.color(role), stage.theme.color("text")
        # A little of the text's colour: words in a hue alone are too dark on a lit row.
        color = text_color if role in ("baseline", "muted") else mix(color, text_color, 0.3)
        top = lane.top - 12 - size * 1.15 * (levels[side] + 1)
        with stage.named(row.bar.row, f"value {text}"):
            pole = stage.line([(x, lane.top), (x, top + 4)], color, 3.0, z=6)
            anchor = "left" if side > 0 else "right"
            words = stage.words(text, x + 12 * side, top + size * 0.78, size, STRONG, color, anchor)
        pole.enter(when, dy=0)
        words.enter(when + 0.08 * levels[side], dx=-24.0 * side, dy=0)
        levels[side] += 1
        around += words.layers
        quiet += [*pole.layers, *words.layers]
    return around


def _bracket(stage: Stage, params: Params, rows: list[Row], plot: Plot, times: Times) -> list[Layer]:
    """The difference between two bars, its number as large as the white space beside them lets it be.

    Gives what gridlines do not run through.
    """
    bracket, axis = params.bracket, plot.axis
    assert bracket is not None
    first, last = ends = ends_of(params, rows)
    down = first < last
    text = difference(rows[first].value, rows[last].value, bracket.format)
    x0, x1 = axis.last(rows[first].value), axis.last(rows[last].value)
    start = piece_lane(plot.lanes[first], rows[first].pieces[0])
    level = level_of(stage, rows, plot, ends)
    y0 = start.bottom + 8 if down else start.top - 8
    block, leader, x = block_of(stage, params, rows, plot, ends, level, text)
    role, drop = bracket.role or rows[last].words_role, plot.rise * (0.62 if down else -0.62)
    with stage.named("bracket", "line"):
        draw_bracket(stage, Bracket(x0, y0, x1, level, drop, x, leader), role, times.bracket)
    with stage.named("bracket", "number"):
        return draw_said(stage, block, role, times.bracket + 0.6 * BRACKET_S)
