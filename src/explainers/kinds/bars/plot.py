"""A bars shot's rows as numbers, and where its things are: lanes, axis, white space. Needs Manim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from explainers.compositor.layer import Track
from explainers.facts.numbers import written
from explainers.kinds._cells import value_of
from explainers.kinds.bars import Bar, Params, Part, times_of, whisker_of
from explainers.kinds.bars.beside import dots_width
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage
from explainers.stage.axes import TICK_DROP
from explainers.stage.brackets import Said, difference, fitted_words, largest_words
from explainers.stage.chrome import plot_body
from explainers.stage.cut import Folding, cut_words, tick_texts
from explainers.stage.marks import number_width
from explainers.theme import LABEL, REGULAR, STRONG
from explainers.timing import FOLD_S, ease_in_out, ease_out

HEADING, NAME, NUMBER = 44.0, 44.0, 46.0
"""Sizes of headings, the bars' names and their numbers."""
RIDE, LABEL_GAP, CUT_APART = 20.0, 30.0, 20.0
"""From a bar's end to its number, from a name to the axis, and farther from what the axis is cut at."""
THICKEST, ROOMY = 132.0, 104.0
"""A bar's greatest height, and the height of a row from which on there is room for a name over its bar."""
OVER_ALL = 230.0
"""The height for a bracket's number over all bars, in narrow frames."""
RISE = 26.0
"""From a bar to the bracket over it at most."""
SWATCH = 30.0
"""A legend's sample of a colour."""


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
    whisker: tuple[float, float] | None = None
    n: int | None = None
    growth: Track = field(default_factory=lambda: Track(1.0))
    light: Track = field(default_factory=lambda: Track(1.0))

    @property
    def beyond(self) -> float:
        """How far its whisker reaches beyond the bar."""
        return self.whisker[1] - self.value if self.whisker else 0.0

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
    size: float
    """The size of numbers, smaller where rows are low."""
    narrow: bool
    dotted: bool
    """Whether what is beside is drawn as dots."""
    over: Box | None = None
    """Where a bracket's number stands over all bars: in narrow frames, which have no white space."""
    legend: tuple[tuple[Part, ...], ...] = ()
    """The parts by line in narrow frames, which have no room for words on parts."""
    flags: float = 0.0
    """The height of what stands on narrow parts."""

    @property
    def rise(self) -> float:
        """From a bar to the bracket over it, which stays clear of the row before."""
        return min(RISE, 0.7 * (self.step - self.lanes[0].height))


def rows_of(shot: ShotPlan) -> list[Row]:
    """The bars from the top. NoSuchRow where the table lacks one."""
    params: Params = shot.params
    table, times, rows = shot.tables[params.table], times_of(shot), []
    for bar in params.bars:
        cells = table.pick({params.key: bar.row})
        texts = (params.beside and params.beside.value, params.n)
        beside, n = (value_of(text, cells, table.columns) if text else None for text in texts)
        values = [value_of(text, cells, table.columns) or 0.0 for text in params.measures]
        start = None if bar.row in params.standing else times.bars[bar.row]
        growth = Track(1.0) if start is None else Track(0.0).to(1.0, start, params.grow, ease_out)
        size = None if n is None else round(n)
        pieces = tuple(_pieces(params, bar, values))
        whisker = whisker_of(params, values[0], cells, table.columns) if params.value else None
        rows.append(Row(bar, pieces, start, beside, whisker, size, growth))
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
    """The places of a shot's bars, which need the widths of its words.

    A bracket's number stands in the bars' white space, or over all bars where there is none.
    """
    params: Params = shot.params
    plot = _places(shot, stage, rows, 0.0)
    if params.bracket is None or (not plot.narrow and has_room(stage, params, rows, plot)):
        return plot
    reserved = _places(shot, stage, rows, OVER_ALL + 20)
    return reserved if reserved.step >= 48 else plot


def _places(shot: ShotPlan, stage: Stage, rows: list[Row], reserve: float) -> Plot:
    """The places, with `reserve` kept free over all bars."""
    params: Params = shot.params
    region, times = plot_body(stage, shot), times_of(shot)
    wide, count = region.width > 1100, len(rows)
    lines = count * max(1, len(params.strokes))
    size = min(NUMBER, max(stage.least_label, 0.8 * (region.height - reserve - 150.0) / lines))
    cut, fold = float(params.cut) if params.cut is not None else 0.0, Track(0.0)
    names = max(stage.text_width(row.bar.label, name_size(stage, size), row.weight) for row in rows)
    if times.fold is not None:
        fold.to(1.0, times.fold, FOLD_S, ease_in_out)
        words = cut_words(Folding(cut, 0.0, 1.0, cut), _spec(params))
        names = max(names, stage.text_width(words, LABEL) + CUT_APART)
    left, right = region.left + names + LABEL_GAP, region.right
    dotted = with_dots(params, region, count)
    if params.beside:
        right -= beside_width(stage, params, rows, dotted) + 44
    beyond = max(max(ends_width(stage, params, row, size)) for row in rows)
    short = right - left < 0.5 * region.width or (not wide and right - left - beyond < 0.4 * region.width)
    above = short and (region.height - reserve - 150.0) / count > ROOMY
    above = above or (bool(params.parts) and not wide and region.height / count > 2.7 * ROOMY)
    left = region.left + 2 if above else left
    start = round(left * stage.scale) / stage.scale
    axis, about = _axis(stage, params, rows, size, start, right, fold, wide)
    top, over_all = region.top + HEADING + 26 + reserve, None
    if reserve:
        over_all = region._replace(top=max(region.top, stage.safe.top), bottom=region.top + OVER_ALL)
    top += 34 if params.reference and params.reference.label else 0
    legend = _legend_lines(stage, params, region) if params.parts and not wide else ()
    top += len(legend) * LABEL * 1.35
    bottom = region.bottom - TICK_DROP - 16 - (LABEL * 1.3 if above and cut else 0)
    thickest = THICKEST * (1.5 if params.strokes or params.parts else 1.0)
    # Few bars fill a high frame by being thicker.
    thickest *= 1.75 if stage.height > 1.3 * stage.width else 1.0
    step = max(8.0, (bottom - top) / count)
    # A name over its bar takes the upper part of the row, and so do the words over narrow parts.
    over = 58.0 if above else 0.0
    flags = LABEL * (1.25 if legend and not above else 2.5) if params.parts else 0.0
    over += flags
    thick = max(6.0, min(thickest, (step - over) * (0.8 if over else 0.86 if params.strokes else 0.71)))
    step = min(step, thick * 2.0 + over)
    middle = (top + bottom) / 2
    box = Box(left, middle - step * count / 2, axis.end, middle + step * count / 2)
    # Without words over it a bar stands in the middle of its row.
    kept = [over - (0.0 if row.bar.flags else flags) for row in rows]
    middles = [box.top + step * (index + 0.5) + room / 2 for index, room in enumerate(kept)]
    lanes = [Box(left, y - thick / 2, box.right, y + thick / 2) for y in middles]
    return Plot(box, lanes, axis, about, above, step, right, size, not wide, dotted, over_all, legend, flags)


def _axis(
    stage: Stage,
    params: Params,
    rows: list[Row],
    size: float,
    left: float,
    right: float,
    fold: Track,
    wide: bool,
) -> tuple[Folding, int]:
    """The axis from `left`, as long as the numbers at the bars' ends let it be before `right`, and how many
    ticks it has room for."""
    # Rounding takes the dust of sums from the longest bar.
    most = max(float(f"{piece.high + row.beyond:.9g}") for row in rows for piece in row.pieces)
    most = max(
        most, *(float(one) for one in (params.axis_max, params.reference and params.reference.at) if one), 0
    )
    cut, style = float(params.cut) if params.cut is not None else 0.0, stage.style(LABEL, mono=True)
    for about in (4, 3, 2, 1):
        high = Folding(most, 0.0, 1.0).upper(cut, about)
        whole, folded = Folding(high, 0.0, 1.0, cut).ticks(about)
        widths = dict(zip(folded, tick_texts(folded, params.format), strict=True))
        widths = dict(zip(whole, tick_texts(whole, params.format), strict=True)) | widths
        halves = {tick: number_width(text, style) / 2 for tick, text in widths.items()}
        kept = max(88.0, halves[0.0] + halves.get(cut, 0.0) + 20.0) if cut else 0.0
        # Where parts have no words the last flag stands right of the axis.
        length = right - left - (90.0 if params.parts and not wide else halves[whole[-1]])
        for row in rows:
            for piece, after in zip(row.pieces, ends_width(stage, params, row, size), strict=True):
                reach, room = piece.high + row.beyond, right - left - after
                if reach > 0:
                    length = min(length, room * high / reach)
                if cut:
                    length = min(length, kept + (room - kept) * (high - cut) / (reach - cut))
        axis = Folding(high, left, left + max(length, kept + 40.0, 80.0), cut, kept, fold)
        places = [
            [(axis.at(tick, 0.0), tick) for tick in whole],
            [(axis.last(tick), tick) for tick in folded],
        ]
        if all(
            y - x >= halves[one] + halves[other] + 16.0
            for some in places
            for (x, one), (y, other) in pairwise(some)
        ):
            break
    return axis, about


def _spec(params: Params) -> str | None:
    """The format of words about the axis."""
    return params.format if "%" in params.format else None


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


def name_size(stage: Stage, size: float) -> float:
    """The size of the bars' names, whose numbers are of `size`."""
    return min(NAME if stage.width > 1300 else NAME - 4, size)


def beside_width(stage: Stage, params: Params, rows: list[Row], dotted: bool) -> float:
    """The width of what stands beside the bars."""
    assert params.beside is not None
    if dotted:
        return dots_width(stage, params.beside)
    texts = [params.beside.words(row.beside) for row in rows if row.beside is not None]
    widths = [stage.text_width(text, NUMBER, STRONG, mono=True) for text in texts]
    return max([stage.text_width(params.beside.heading, LABEL, STRONG), *widths])


def with_dots(params: Params, region: Box, count: int) -> bool:
    """Whether what is beside is drawn as dots: where the author wants it and the frame is large enough."""
    dots = params.beside and params.beside.dots
    return bool(dots) and region.width > 1200 and region.height > 130.0 * count


def ends_width(stage: Stage, params: Params, row: Row, size: float) -> list[float]:
    """The width of what stands after each piece's end."""
    if params.parts:
        return [0.0 for _ in row.pieces]
    style = stage.style(size, STRONG, mono=True)
    return [
        RIDE
        + number_width(number_of(params, piece.value), style)
        + (stage.text_width(piece.label, min(LABEL, size)) + 16 if piece.label else 0.0)
        for piece in row.pieces
    ]


def piece_lane(lane: Box, piece: Piece) -> Box:
    """The part of a row's lane that a piece takes."""
    first, last = piece.row_share
    return lane._replace(top=lane.top + lane.height * first, bottom=lane.top + lane.height * last)


# -- a bracket's number ----------------------------------------------------------------------


def ends_of(params: Params, rows: list[Row]) -> tuple[int, int]:
    """The rows between which the bracket stands."""
    assert params.bracket is not None
    index = {row.bar.row: i for i, row in enumerate(rows)}
    return index[params.bracket.from_], index[params.bracket.to]


def level_of(stage: Stage, rows: list[Row], plot: Plot, ends: tuple[int, int]) -> float:
    """The height of the bracket: over the bar that it leads to, or under one that stands higher."""
    first, last = ends
    lane = piece_lane(plot.lanes[last], rows[last].pieces[0])
    if first > last:
        return lane.bottom + plot.rise
    return lane.top - plot.rise - (name_size(stage, plot.size) + 4 if plot.above else 0.0)


def has_room(stage: Stage, params: Params, rows: list[Row], plot: Plot) -> bool:
    """Whether the bracket's number and words fit in the bars' white space."""
    ends = ends_of(params, rows)
    assert params.bracket is not None
    number = difference(rows[ends[0]].value, rows[ends[1]].value, params.bracket.format)
    said = block_of(stage, params, rows, plot, ends, level_of(stage, rows, plot, ends), number)[0]
    return said.fits and said.box.top >= plot.box.top - 20 and said.box.bottom <= plot.box.bottom + 10


def block_of(
    stage: Stage,
    params: Params,
    rows: list[Row],
    plot: Plot,
    ends: tuple[int, int],
    level: float,
    number: str,
) -> tuple[Said, float, float]:
    """A bracket's number with its words, and the height and place at which its leader ends.

    Where there is no room beyond the longer bar they stand on the bracket, which then has no leader."""
    assert params.bracket is not None
    (first, last), words = ends, params.bracket.words
    down, beyond = first < last, max(plot.axis.last(rows[i].value) for i in ends)
    if plot.over is not None:
        some = range(0, last if down else max(ends) + 1)
        x = _room_of(stage, params, rows, plot, some, level, down, beyond).left - 14
        said = fitted_words(stage, plot.over, number, words, 150.0, plot.over.width)
        left = max(plot.over.left, min(x - 2, plot.over.right - said.box.width))
        said = replace(said, box=said.box.shifted(left - said.box.left, 0))
        return said, said.box.bottom + 14, x
    ranges = [range(i, last) for i in range(first, last)]
    if not down:
        ranges = [range(last + 1, i + 1) for i in reversed(range(last + 1, first + 1))]
    rooms = [_room_of(stage, params, rows, plot, some, level, down, beyond) for some in ranges]
    said, room = largest_words(stage, rooms, number, words)
    if not said.fits and down and not plot.above and params.reference is None:
        on = [_room_of(stage, params, rows, plot, range(i, last), level, True, 0.0) for i in range(last)]
        over, room = largest_words(stage, [one._replace(right=beyond) for one in on], number, words)
        if over.fits:
            shift = (room.width - over.box.width) / 2
            return replace(over, box=over.box.shifted(shift, 0)), level, beyond
    # In the middle of its room rather than at its end.
    said = replace(said, box=said.box.shifted(0, -max(0.0, room.height - said.box.height) / 2))
    return said, said.box.bottom + 14 if down else said.box.top - 14, said.box.left + 2


def _room_of(
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
        for piece, after in zip(rows[i].pieces, ends_width(stage, params, rows[i], plot.size), strict=True)
    ]
    left = max([*ends, beyond]) + 38
    if down:
        return Box(left, plot.lanes[some[0]].top - 16, max(plot.right, left + 160), level - 22)
    return Box(left, level + 22, max(plot.right, left + 160), plot.lanes[some[-1]].bottom + 16)
