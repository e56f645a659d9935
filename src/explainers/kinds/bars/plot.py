"""A bars shot's rows as numbers, and where its things are: lanes, axis, white space. Needs Manim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from explainers.compositor.layer import Track
from explainers.facts.numbers import written
from explainers.kinds._cells import value_of
from explainers.kinds.bars import Bar, Params, Part, times_of
from explainers.kinds.bars.beside import dots_width
from explainers.kinds.base import ShotPlan
from explainers.stage import Box, Stage
from explainers.stage.axes import TICK_DROP
from explainers.stage.chrome import plot_body
from explainers.stage.cut import Folding
from explainers.stage.marks import number_width
from explainers.theme import LABEL, REGULAR, STRONG
from explainers.timing import FOLD_S, ease_in_out, ease_out

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
    flags = LABEL * (1.25 if legend and not above else 2.5) if params.parts else 0.0
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
