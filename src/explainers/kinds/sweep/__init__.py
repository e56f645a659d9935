"""A hyper-parameter grid filled from a table: every combination has a place, known or not.

Two axes make one grid, a third one more grids beside each other. All places stand from the start, and
figures come to theirs in the order of the axes; a place without a figure stays an outline, and the legend
says what that means, so that what was tried and not published is not mistaken for what was not tried. The
best figure that is known steps forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from explainers.facts.numbers import NumberFormat
from explainers.facts.tables import Table
from explainers.kinds._cells import name_of, value_of, wrong_columns, wrong_expression
from explainers.kinds.base import KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Loc, Mistake, without_effect
from explainers.storyboard.types import Boolean, Frozen, Label, ShownText, TableName

if TYPE_CHECKING:
    from explainers.stage import Stage

START_S, FILL_S, STILL_S = 0.3, 1.2, 1.4
"""When figures begin to come, how long that takes, and how long the full grid stands still."""
FULL_S = START_S + FILL_S + 0.4
"""When the best figure steps forward, unless a later beat marks it."""


class Axis(Frozen):
    """One hyper-parameter: a column of the table, the values tried, in their order."""

    column: str
    """The column."""
    label: Label
    """Its name on screen; the unit that `units` of the table say of the column follows by itself."""
    values: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    """The values as the table holds them."""
    words: tuple[Label, ...] = ()
    """How they are written, where not as the table does."""

    def written(self, index: int) -> str:
        return self.words[index] if self.words else self.values[index]


class Params(KindParams):
    """A grid over two or three axes."""

    table: TableName
    """The table, by its name in assets.yaml."""
    where: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """The rows that belong to this measure, by column."""
    value: str
    """The column, or expression over columns, of the figure in a cell."""
    measure: ShownText
    """What the figure is, with its unit: maximum or average must be said here."""
    format: NumberFormat = ".1f"
    """How figures are written."""
    x: Axis
    """Across."""
    y: Axis
    """Down."""
    z: Axis | None = None
    """One grid for each of its values, side by side."""
    best: Literal["max", "min", "none"] = "max"
    """Which figure steps forward."""
    best_label: ShownText | None = "best"
    """Words for it in the legend."""
    unknown: ShownText = "not published"
    """What a place without a figure means."""

    @property
    def axes(self) -> dict[str, Axis]:
        """Its axes by their keys."""
        return {key: axis for key in ("x", "y", "z") if (axis := getattr(self, key))}


class BeatParams(KindBeat):
    """The best figure steps forward with the beat that marks it, else once all figures are there."""

    mark: Boolean = False
    """The best figure steps forward now, once all are there."""


def place_of(value: str, values: tuple[str, ...]) -> int | None:
    """The place of a cell's value among an axis's: numbers are equal however they are written."""

    def plain(text: str) -> float | str:
        try:
            return float(text)
        except ValueError:
            return text

    known = [plain(value) for value in values]
    return known.index(plain(value)) if plain(value) in known else None


def figures(params: Params, table: Table) -> Iterator[tuple[tuple[str, ...], float]]:
    """Each figure the table has, with its row's values on the axes."""
    for row in table.select(params.where):
        value = value_of(params.value, row, table.columns)
        if value is not None:
            yield tuple(name_of(row[axis.column]) for axis in params.axes.values()), value


EXAMPLE_FILES = {
    "assets.yaml": """
sources:
  made-up: {kind: illustration, label: made-up numbers, citation: Numbers made up for this example}
tables:
  tried: {file: data/tried.csv, source: made-up}
""",
    "data/tried.csv": """
width,epochs,rate,score
64,100,0.001,61.2
128,100,0.001,66.8
64,200,0.001,63.9
128,200,0.001,70.1
256,200,0.001,68.4
64,100,0.0001,55.0
128,200,0.0001,64.7
""",
}


class SweepKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Axes and places, then figures, then the best one."""
        from explainers.kinds.sweep.draw import draw

        draw(shot, stage)

    def duration_s(self, shot: ShotPlan) -> float:
        """Until all cells are there and one is marked."""
        params: Params = shot.params
        return 0.6 + FILL_S + STILL_S + (1.0 if params.best != "none" else 0.0)

    def file_texts(self, shot: ShotPlan) -> list[tuple[Loc, str]]:
        """The values along the axes, which are written as the table has them."""
        return [
            ((key, "values", index), axis.written(index))
            for key, axis in shot.params.axes.items()
            if not axis.words
            for index in range(len(axis.values))
        ]

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Columns that are not there, words that do not fit values, two figures for one cell, none at all."""
        params: Params = shot.params
        table = shot.tables.get(params.table)
        if table is None:
            return []
        columns: list[tuple[Loc, str]] = [((key, "column"), axis.column) for key, axis in params.axes.items()]
        found = wrong_columns([*columns, *((("where",), column) for column in params.where)], table)
        rows = [] if found else table.select(params.where)
        found += wrong_expression(params.value, table, ("value",), rows)
        for key, axis in params.axes.items():
            if axis.words and len(axis.words) != len(axis.values):
                message = f"{len(axis.words)} words for {len(axis.values)} values"
                found.append(Mistake((key, "words"), "wrong-count", message))
            if len(set(axis.values)) < len(axis.values):
                found.append(Mistake((key, "values"), "duplicate-id", "a value stands there twice"))
        if params.best == "none" and params.best_label not in (
            None,
            Params.model_fields["best_label"].default,
        ):
            found += without_effect(params, ("best_label",), "a sweep without a best figure")
        marks = [(i, beat) for i, beat in enumerate(shot.beats) if beat.params and beat.params.mark]
        for order, (index, beat) in enumerate(marks):
            what = "a beat after the one that marks"
            if params.best == "none":
                what = "a sweep without a best figure"
            elif beat.start_s < FULL_S:
                what = f"a beat before {FULL_S:.1f} s, when all figures are there and the best steps forward"
            elif not order:
                continue
            found += without_effect(beat.params, ("mark",), what, ("beats", index))
        return found or _wrong_cells(params, table)


def _wrong_cells(params: Params, table: Table) -> list[Mistake]:
    """Figures that the axes leave out, and cells with two of them."""
    places: set[tuple[str, ...]] = set()
    found = []
    for place, _ in figures(params, table):
        for axis, value in zip(params.axes.values(), place, strict=True):
            if place_of(value, axis.values) is None:
                message = f"the table has a figure at {axis.column} = {value}, which the axis leaves out"
                found.append(Mistake((), "value-left-out", message, ", ".join(axis.values)))
        if place in places:
            message = (
                f"two figures for the cell {', '.join(place)}: a maximum and an average are not one measure"
            )
            found.append(Mistake(("where",), "two-figures", message, "conditions that leave one"))
        places.add(place)
    if not places:
        found.append(Mistake(("where",), "no-such-row", "no cell has a figure"))
    return found
