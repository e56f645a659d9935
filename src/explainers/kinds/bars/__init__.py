"""Horizontal bars that grow on a common axis, the number riding on each bar's end.

A second small measure can stand beside each bar, so that a gain is never shown without its price.
The axis starts at zero and is there from the start; the order never changes while bars grow.
In narrow frames the labels stand above their bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.kinds._cells import wrong_expression, wrong_names, wrong_where
from explainers.kinds.bars.example import EXAMPLE, EXAMPLE_FILES
from explainers.kinds.bars.params import BeatParams, Params
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake

if TYPE_CHECKING:
    from explainers.stage import Stage


STILL_S = 1.2
"""How long the finished bars stand still at least."""


def _no_value(shot: ShotPlan) -> list[Mistake]:
    from explainers.kinds._cells import value_of

    params: Params = shot.params
    table = shot.tables[params.table]
    found = []
    for index, bar in enumerate(params.bars):
        value = value_of(params.value, table.pick({params.key: bar.row}), table.columns)
        if value is None or value < 0:
            what = "no value" if value is None else f"the value {value:g}"
            message = f"row {bar.row!r} has {what}; a bar is as long as a number from zero up"
            found.append(Mistake(("bars", index, "row"), "not-a-number", message))
    return found


class BarsKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE
    example_files = EXAMPLE_FILES

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Axis and labels first, then each bar grows from zero, its number riding on its end."""
        from explainers.kinds.bars.draw import draw

        draw(shot, stage)

    def duration_s(self, shot: ShotPlan) -> float:
        """Until the last bar has grown and stood still for a while."""
        params, beats = shot.params, shot.beats
        from explainers.kinds.bars.rows import ENTER_S

        last = max((beat.start_s for beat in beats if beat.params and beat.params.show), default=0.0)
        return last + ENTER_S + params.grow + STILL_S

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Rows, columns and names on beats that are not there, and rows without a value."""
        params: Params = shot.params
        table = shot.tables.get(params.table)
        if table is None:
            return []
        if params.key not in table.columns:
            return [table.unknown_column(params.key).under("key")]
        found = [
            m
            for i, bar in enumerate(params.bars)
            for m in wrong_where({params.key: bar.row}, table, ("bars", i, "row"))
        ]
        rows = [] if found else [table.pick({params.key: bar.row}) for bar in params.bars]
        beside = params.beside.value if params.beside else None
        for text, loc in (
            (params.value, ("value",)),
            (beside, ("beside", "value")),
            (params.error, ("error",)),
            (params.n, ("n",)),
        ):
            found += wrong_expression(text, table, loc, rows)
        names = [bar.row for bar in params.bars]
        for index, beat in enumerate(shot.beats):
            for field in ("show", "highlight"):
                found += wrong_names(
                    getattr(beat.params, field, ()), names, "bar for row", ("beats", index, field)
                )
        if params.beside:
            found += wrong_names(params.beside.warn, names, "bar for row", ("beside", "warn"))
        return found or _no_value(shot)
