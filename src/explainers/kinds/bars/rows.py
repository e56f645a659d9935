"""A bars shot as numbers: its rows, when each grows, and how far the axis reaches."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.kinds._cells import value_of
from explainers.kinds.bars.params import Bar, Params
from explainers.kinds.base import ShotPlan

ENTER_S = 0.3
"""From a beat's start until its bars begin to grow."""


@dataclass(frozen=True)
class Row:
    """One bar with its numbers; `start_s` is when it begins to grow."""

    bar: Bar
    value: float
    start_s: float
    beside: float | None = None
    error: float = 0.0
    n: int | None = None

    @property
    def ours(self) -> bool:
        """Whether it is more than something to compare with."""
        return self.bar.role not in ("baseline", "muted")


def rows_of(shot: ShotPlan) -> list[Row]:
    """The bars from the top. NoSuchRow where the table lacks one."""
    params: Params = shot.params
    rows = [_row(bar, shot) for bar in params.bars]
    if params.order != "given":
        rows.sort(key=lambda row: row.value, reverse=params.order == "descending")
    return rows


def _row(bar: Bar, shot: ShotPlan) -> Row:
    params: Params = shot.params
    table = shot.tables[params.table]
    cells = table.pick({params.key: bar.row})

    def number(text: str | None) -> float | None:
        return value_of(text, cells, table.columns) if text else None

    n = number(params.n)
    return Row(
        bar,
        number(params.value) or 0.0,
        _start(bar.row, shot),
        number(params.beside.value if params.beside else None),
        number(params.error) or 0.0,
        None if n is None else round(n),
    )


def _start(row: str, shot: ShotPlan) -> float:
    told = [beat.start_s for beat in shot.beats if beat.params and row in beat.params.show]
    first = shot.beats[0].start_s if shot.beats else 0.0
    return (told[0] if told else first) + ENTER_S


def beside_start(shot: ShotPlan, row: Row) -> float:
    """When a row's second measure comes."""
    told = [beat.start_s for beat in shot.beats if beat.params and beat.params.beside]
    return told[0] if told else row.start_s + shot.params.grow * 0.7
