"""Horizontal bars that stand up from zero on a common axis, one after another, their numbers riding.

A bar is one value, several `parts` one after another, or several `strokes` one above another. Where bars are
long and alike the axis can be `cut`: it is whole at first, then the piece from zero folds away, and the cut
is drawn through every bar and said in words. A `bracket` draws the difference between two bars, its number in
the free space. A second small measure can stand beside each bar, as numbers or as dots on a short scale, so
that a gain is never shown without its price. In narrow frames names stand above their bars.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from explainers.facts.numbers import NumberFormat
from explainers.kinds._cells import Beside as BesideNumber
from explainers.kinds._cells import (
    Bracket,
    value_of,
    wrong_difference,
    wrong_expression,
    wrong_names,
    wrong_where,
)
from explainers.kinds._plots import ENTER_S, Schedule, first_beat_s, wrong_beats
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.storyboard.types import Boolean, Frozen, Label, Number, Role, Seconds, ShownText, TableName
from explainers.timing import BRACKET_S, FOLD_S, reading_s

if TYPE_CHECKING:
    from explainers.stage import Stage

MOST_LINES = 12
"""Bars, or strokes of bars, that stand above one another at most; parts need the room of two."""
STAGGER_S, REST_S, STILL_S = 0.08, 0.6, 1.2
"""Between bars that stand up; their rest before the axis folds; how long all stands still at least."""
SCALE_S, DOT_S, WAY_S, DOT_STAGGER_S = 0.5, 0.3, 0.7, 0.08
"""From when a scale of dots comes until the first dot does; how long a dot comes, how long the way to a
warning is drawn, and the time between dots."""
BESIDE_S = SCALE_S + 2 * DOT_S + WAY_S + 0.3


class Bar(Frozen):
    """One bar: which row of the table it shows and how it is named and coloured."""

    row: str
    """What `key` holds in its row; beats name the bar by it."""
    label: Label
    """Its name on screen."""
    role: Role = "baseline"
    """Its colour: `ours` for one's own, whose row is lit from edge to edge, `baseline` for the others."""
    hatched: Boolean = False
    """Diagonal stripes, so that it is told from the others without a hue."""
    flags: Boolean = True
    """Parts that are too narrow for words have theirs on flags over the bar."""


class Part(Frozen):
    """A part of every bar, or one of its strokes."""

    value: str
    """The column, or expression over columns, that it is as long as."""
    label: Label
    """What it is, written on it or beside it."""
    role: Role | None = None
    """Its colour; where nothing is written a part is quiet and a stroke has the bar's."""
    hatched: Boolean = False
    """Diagonal stripes."""


class Reference(Frozen):
    """A dashed line across the bars at a value."""

    at: Number
    """The value, or an expression over facts."""
    label: ShownText | None = None
    """Words above it."""


class Dots(Frozen):
    """A short scale of its own on which the second measure of each row is a dot."""

    ticks: Annotated[tuple[Number, ...], Field(min_length=2, max_length=5)]
    """The values marked on the scale, which ends with the first and the last."""
    from_: str = Field(alias="from")
    """The row that warnings are compared with: a dotted way leads from its value to theirs."""
    change: NumberFormat | None = None
    """How the change from there is written under a dot that is a warning."""


class Beside(BesideNumber):
    """A second measure of each row, right of the bars, under a heading of its own."""

    dots: Dots | None = None
    """Draws it as dots on a scale where the frame is wide enough; a number a row else."""


class Params(KindParams):
    """Rows of a table as bars."""

    table: TableName
    """The table, by its name in assets.yaml."""
    key: str
    """The column that names rows."""
    value: str | None = None
    """The column, or expression over columns, that a bar is as long as."""
    parts: Annotated[tuple[Part, ...], Field(max_length=6)] = ()
    """In place of `value`: the parts of each bar, one after another from zero."""
    strokes: Annotated[tuple[Part, ...], Field(max_length=3)] = ()
    """In place of `value`: several thin bars a row, one above another on one axis."""
    label: ShownText | None = None
    """What the bars measure, joined with the unit: `Throughput, tok/s`."""
    unit: ShownText
    """The unit, written over the axis."""
    bars: Annotated[tuple[Bar, ...], Field(min_length=1, max_length=12)]
    """The bars, in the order they are drawn from the top."""
    format: NumberFormat = ".1f"
    """How the bars' numbers are written."""
    order: Literal["given", "ascending", "descending"] = "given"
    """The order from the top: as given, or by value."""
    cut: Number | None = None
    """Where the axis is cut, below the shortest bar: the piece from zero to there folds away."""
    bracket: Bracket | None = None
    """The difference between two bars as a bracket with its number."""
    beside: Beside | None = None
    """A second measure, right of the bars."""
    reference: Reference | None = None
    """A dashed line to compare with."""
    error: str | None = None
    """The column of half-widths of error bars."""
    low: str | None = None
    """In place of `error`: the column of lower ends of whiskers, such as the least of several runs."""
    high: str | None = None
    """The column of their upper ends."""
    n: str | None = None
    """The column of sample sizes, written in the bars."""
    axis_max: Number | None = None
    """Where the axis ends at least, in place of the longest bar."""
    grow: Seconds = 0.7
    """How long a bar takes to stand up."""
    standing: tuple[str, ...] = ()
    """Rows whose bars stand from the start, such as those that the shot before had."""

    @model_validator(mode="after")
    def _one_measure(self) -> Any:
        if sum(map(bool, (self.value, self.parts, self.strokes))) != 1:
            raise ValueError("one of `value`, `parts` and `strokes` says how long bars are")
        if bool(self.low) != bool(self.high) or (self.low and self.error):
            raise ValueError("whiskers have `error`, or `low` and `high` together")
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """What is measured of each bar, in order."""
        return (self.value,) if self.value else tuple(part.value for part in self.parts or self.strokes)


class BeatParams(KindBeat):
    """Bars that no beat shows stand up with the first beat; what no beat brings follows by itself."""

    show: tuple[str, ...] = ()
    """Rows whose bars stand up in this beat."""
    highlight: tuple[str, ...] = ()
    """Rows that stay bright during this beat while the others are quiet."""
    cut: Boolean = False
    """The axis is cut in this beat."""
    bracket: Boolean = False
    """The bracket is drawn in this beat."""
    beside: Boolean = False
    """The second measure comes with this beat; numbers come with the bars where no beat brings them."""


@dataclass(frozen=True)
class Times:
    """When things begin, in seconds: each row's bar, the fold (None without one), the bracket, what is
    beside. `stood` is when all bars stand, `settled` when nothing on the axis moves any more."""

    bars: dict[str, float]
    stood: float
    fold: float | None
    settled: float
    bracket: float
    beside: float
    end: float


def times_of(shot: ShotPlan) -> Times:
    """The times of a shot's things, from its beats."""
    params: Params = shot.params
    schedule, starts = Schedule(shot.beats), dict[str, float]()
    for bar in params.bars:
        begin = schedule.at(bar.row)
        count = sum(schedule.at(name) == begin for name in starts if name not in params.standing)
        starts[bar.row] = begin + ENTER_S + STAGGER_S * count
    moving = [start for name, start in starts.items() if name not in params.standing]
    stood = max(moving) + params.grow if moving else schedule.first_s

    def at(with_beat: float | None, least: float) -> float:
        return least if with_beat is None else max(with_beat + ENTER_S, least)

    fold = None
    settled = stood
    if params.cut is not None:
        fold = at(first_beat_s(shot, lambda beat: beat.cut), stood + REST_S)
        settled = fold + FOLD_S
    bracket = at(first_beat_s(shot, lambda beat: beat.bracket), settled + (REST_S if params.bracket else 0.0))
    end = settled + STILL_S
    if params.bracket:
        end = bracket + BRACKET_S + max(STILL_S, reading_s(params.bracket.words))
    beside = at(
        first_beat_s(shot, lambda beat: beat.beside), bracket + BRACKET_S if params.bracket else settled
    )
    if params.beside and params.beside.dots:
        end = max(end, beside + len(params.bars) * DOT_STAGGER_S + BESIDE_S + STILL_S)
    return Times(starts, stood, fold, settled, bracket, beside, end)


EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  speeds: {file: data/speeds.csv, source: made-up}
""",
    "data/speeds.csv": """system,tokens_per_s,plus_minus,score
plain,100,3,0.91
even,101,3,0.91
ours,120,4,0.90
rough,151,6,0.62
""",
}


class BarsKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES
    marks_cut_axes = True

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Axis and names first, then each bar stands up from zero, its number riding on its end."""
        from explainers.kinds.bars.draw import draw

        draw(shot, stage)

    def arrivals_s(self, shot: ShotPlan) -> list[float]:
        """Bars, the fold, the bracket and the dots, each still for a while."""
        params: Params = shot.params
        times = times_of(shot)
        found = [
            begin + params.grow + REST_S for name, begin in times.bars.items() if name not in params.standing
        ]
        found += [times.settled + STILL_S] if times.fold is not None else []
        found += [times.bracket + BRACKET_S + STILL_S] if params.bracket else []
        if params.beside and params.beside.dots:
            found.append(times.beside + BESIDE_S + STILL_S)
        return found

    def duration_s(self, shot: ShotPlan) -> float:
        """Until everything has come, is read, and has stood still for a while."""
        return times_of(shot).end

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Rows, columns and names that are not there, rows without a value, and what has no effect."""
        params: Params = shot.params
        table = shot.tables.get(params.table)
        if table is None:
            return []
        if params.key not in table.columns:
            return [table.unknown_column(params.key).under("key")]
        found = [
            mistake
            for i, bar in enumerate(params.bars)
            for mistake in wrong_where({params.key: bar.row}, table, ("bars", i, "row"))
        ]
        rows = [] if found else [table.pick({params.key: bar.row}) for bar in params.bars]
        beside, bracket = params.beside, params.bracket
        measured = "parts" if params.parts else "strokes"
        places: list[Loc] = [(measured, i, "value") for i in range(len(params.measures))]
        for text, loc in (
            *zip(params.measures, [("value",)] if params.value else places, strict=True),
            (beside.value if beside else None, ("beside", "value")),
            *((getattr(params, name), (name,)) for name in ("error", "low", "high")),
            (params.n, ("n",)),
        ):
            found += wrong_expression(text, table, loc, rows)
        names = [bar.row for bar in params.bars]
        found += wrong_beats(shot, names, "bar for row")
        found += wrong_names(params.standing, names, "bar for row", ("standing",))
        found += wrong_names(beside.warn if beside else (), names, "bar for row", ("beside", "warn"))
        single: list[tuple[Loc, str]] = []
        if bracket:
            single += [(("bracket", "from"), bracket.from_), (("bracket", "to"), bracket.to)]
        if beside and beside.dots:
            single.append((("beside", "dots", "from"), beside.dots.from_))
        for loc, name in single:
            found += [replace(one, loc=loc) for one in wrong_names([name], names, "bar for row", loc)]
        return found or [*_wrong_values(params, rows, table.columns), *_idle(shot)]


def _wrong_values(params: Params, rows: list[Any], columns: Any) -> list[Mistake]:
    """Values that no bar can have: none at all, below zero, or below the cut."""
    found, shortest, longest = [], float("inf"), 0.0
    for index, (bar, row) in enumerate(zip(params.bars, rows, strict=True)):
        for text in params.measures:
            value = value_of(text, row, columns)
            if value is None or value < 0:
                what = "no value" if value is None else f"the value {value:g}"
                what += "" if params.value else f" of {text!r}"
                message = f"row {bar.row!r} has {what}; a bar is as long as a number from zero up"
                found.append(Mistake(("bars", index, "row"), "not-a-number", message))
            else:
                shortest = min(shortest, value)
                ends = whisker_of(params, value, row, columns)
                if ends and params.value and not ends[0] <= value <= ends[1]:
                    reach = f"from {ends[0]:g} to {ends[1]:g}"
                    message = f"the whisker of row {bar.row!r} is {reach}, and its bar {value:g}"
                    key = "low" if params.low else "error"
                    expected = "the bar's value between both ends"
                    found.append(Mistake((key,), "out-of-range", message, expected))
        longest = max(longest, _longest(params, row, columns))
        if params.parts and sum(value_of(text, row, columns) or 0.0 for text in params.measures) <= 0:
            message = f"all parts of row {bar.row!r} are zero: there is nothing to draw"
            found.append(Mistake(("bars", index, "row"), "not-a-number", message))
    if params.cut is not None and not found and not 0 < float(params.cut) < shortest:
        message = f"the axis cannot be cut at {float(params.cut):g}: bars end before it"
        if float(params.cut) <= 0:
            message = f"the axis cannot be cut at {float(params.cut):g}"
        found.append(Mistake(("cut",), "out-of-range", message, f"between zero and {shortest:g}"))
    if params.axis_max is not None and not found and float(params.axis_max) <= longest:
        found += without_effect(params, ("axis_max",), f"bars of which one reaches {longest:g}")
    dots = params.beside.dots if params.beside else None
    if params.beside and dots and not found:
        ticks = [float(tick) for tick in dots.ticks]
        if ticks != sorted(set(ticks)):
            message = "the ticks of a scale rise from the first to the last"
            found.append(Mistake(("beside", "dots", "ticks"), "wrong-order", message))
        for bar, row in zip(params.bars, rows, strict=True):
            value = value_of(params.beside.value, row, columns)
            if value is None and bar.row == dots.from_:
                message = f"row {bar.row!r} has no value to compare with"
                found.append(Mistake(("beside", "dots", "from"), "not-a-number", message))
            if value is not None and not ticks[0] <= value <= ticks[-1]:
                message = f"row {bar.row!r} has {value:g}, which lies outside of the scale"
                found.append(Mistake(("beside", "dots", "ticks"), "out-of-range", message))
    bracket = params.bracket
    if bracket and not found:
        at = [bar.row for bar in params.bars].index(bracket.from_)
        found += wrong_difference(bracket, _compared(params, rows[at], columns))
    return found


def _longest(params: Params, row: Any, columns: Any) -> float:
    """How far a row's bar reaches, with its error."""
    values = [value_of(text, row, columns) or 0.0 for text in params.measures]
    longest = sum(values) if params.parts else max(values)
    return max(longest, *(whisker_of(params, longest, row, columns) or ()), 0.0)


def whisker_of(params: Params, value: float, row: Any, columns: Any) -> tuple[float, float] | None:
    """The ends of the whisker of a bar of that value; None where the table's row has none."""
    error, low, high = (
        value_of(one, row, columns) if one else None for one in (params.error, params.low, params.high)
    )
    if error:
        return value - error, value + error
    return None if low is None or high is None or low == high else (low, high)


def _compared(params: Params, row: Any, columns: Any) -> float:
    """The value of a row that a bracket compares: its first measure, or the whole of its parts."""
    values = [value_of(text, row, columns) or 0.0 for text in params.measures]
    return sum(values) if params.parts else values[0]


def _idle(shot: ShotPlan) -> list[Mistake]:
    """What was written and does nothing here, or is too much for a frame."""
    params: Params = shot.params
    found: list[Mistake] = []
    most = MOST_LINES // (len(params.strokes) or (2 if params.parts else 1))
    if len(params.bars) > most:
        message = f"{len(params.bars)} bars of several parts or strokes cannot be read in one frame"
        found.append(Mistake(("bars",), "too-many", message, f"at most {most}"))
    if params.parts:
        found += without_effect(params, ("cut",), "bars of several parts")
    if not params.value:
        found += without_effect(params, ("error", "low", "high", "n"), "bars of several parts or strokes")
    if params.beside and params.beside.dots and params.beside.dots.change and not params.beside.warn:
        what = "dots of which no `warn` is written"
        found += without_effect(params.beside.dots, ("change",), what, ("beside", "dots"))
    if len(params.standing) == len(params.bars):
        found += without_effect(params, ("grow",), "bars that all stand from the start")
    for index, beat in enumerate(shot.beats):
        for key in ("cut", "bracket", "beside"):
            if beat.params and getattr(beat.params, key) and getattr(params, key) is None:
                what = f"a shot without `{key}`"
                found += without_effect(beat.params, (key,), what, ("beats", index))
    return found
