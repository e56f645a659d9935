"""What the finish line opens to: a card a run, with its time, figures of a table, and their differences.

A card slides out when its run arrives; differences come when the baseline is in, because they need it, and
last the labels on the lanes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.facts.numbers import written
from explainers.kinds._cells import name_of, value_of, wrong_expression
from explainers.kinds.race.measures import Race
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.timing import reading_s

if TYPE_CHECKING:
    from explainers.facts.tables import Cell, Table
    from explainers.kinds.base import ShotPlan
    from explainers.kinds.race.params import CardCell, Cards, Lane

FINISH = "finish"
"""The cell of every card that is not of the table: the time of arrival."""
LABEL_S = 0.4
STAND_S, TURN_S, FLAG_AFTER_S, STILL_S = 0.75, 0.55, 0.45, 2.0
"""From the last arrival to the differences, from those of a card to those of the next, from these to the
label on the lane, and the rest at the end."""
SUPERLATIVES = {"fastest": min, "slowest": max, "lowest": min, "highest": max}


def length_s(race: Race) -> float:
    """Seconds from the last arrival to the end of the shot."""
    flags = [lane.flag for lane in race.params.tracks if lane.flag]
    turns = TURN_S * (len(race.runs) - 2)
    return STAND_S + turns + FLAG_AFTER_S + LABEL_S + max(STILL_S, max(map(reading_s, flags), default=0.0))


def rows_of(cards: Cards, lanes: Sequence[Lane], table: Table) -> list[Mapping[str, Cell] | None]:
    """The row of each track; None where the table has none, or several."""
    found = []
    for lane in lanes:
        rows = [row for row in table.rows if name_of(row.get(cards.key)) == lane.name]
        found.append(rows[0] if len(rows) == 1 else None)
    return found


def card_mistakes(shot: ShotPlan, race: Race) -> Iterator[Mistake]:
    """Rows and columns that are not there, bars that do not begin at zero, and words that the table
    contradicts."""
    cards, lanes = race.params.cards, race.params.tracks
    if cards is None:
        return
    table = shot.tables[cards.table]
    if cards.key not in table.columns:
        yield replace(table.unknown_column(cards.key), loc=("cards", "key"))
        return
    rows = rows_of(cards, lanes, table)
    names = [name_of(row.get(cards.key)) for row in table.rows]
    for index, (lane, row) in enumerate(zip(lanes, rows, strict=True)):
        if row is None:
            from explainers.errors import nearest

            message = f"{names.count(lane.name) or 'no'} rows of {cards.table} have {cards.key} {lane.name!r}"
            where = race.loc(index, "row" if lane.row else "run")
            yield Mistake(where, "no-such-row", message, "the name of one row", nearest(lane.name, names))
    for index, cell in enumerate(cards.cells):
        loc: Loc = ("cards", "cells", index)
        wrong = wrong_expression(cell.value, table, (*loc, "value"), [row for row in rows if row is not None])
        yield from wrong
        if cell.id == FINISH or cell.id in [other.id for other in cards.cells[:index]]:
            yield Mistake((*loc, "id"), "same-name", f"a second cell is called {cell.id!r}", "another name")
        if not wrong:
            yield from _scale_mistakes(
                cell, loc, [value_in(cell, row, table) for row in rows if row is not None]
            )
    if None in rows:
        return
    ids = [FINISH, *(cell.id for cell in cards.cells)]
    for index, lane in enumerate(lanes):
        yield from _word_mistakes(race, cards, table, rows, index, lane, ids)


def _scale_mistakes(cell: CardCell, loc: Loc, values: Sequence[float | None]) -> Iterator[Mistake]:
    if cell.scale is None:
        if "mark" in cell.model_fields_set:
            yield Mistake(
                (*loc, "mark"), "no-effect", "'mark' has no effect on a cell without a scale", key=True
            )
        return
    low, high = (float(end) for end in cell.scale)
    if low >= high:
        yield Mistake(
            (*loc, "scale"), "wrong-value", "the scale has no length", "its lower end, then its upper"
        )
    elif cell.mark == "bar" and low != 0:
        message = "a bar that does not begin at zero has no true length"
        yield Mistake((*loc, "scale", 0), "cut-axis", message, "0, or mark: dot")
    elif outside := [each for each in values if each is not None and not low <= each <= high]:
        message = f"{written(outside[0], cell.format)} lies outside of the scale"
        yield Mistake((*loc, "scale"), "range-outside-run", message)


def _word_mistakes(
    race: Race,
    cards: Cards,
    table: Table,
    rows: Sequence[Mapping[str, Cell] | None],
    index: int,
    lane: Lane,
    ids: Sequence[str],
) -> Iterator[Mistake]:
    """Tags of cells that are not there, and words such as `fastest` on a run that is not."""
    from explainers.errors import nearest

    for key in lane.tags:
        if key not in ids:
            loc: Loc = ("tracks", index, "tags", key)
            yield Mistake(
                loc, "unknown-name", f"there is no cell {key!r}", ", ".join(ids), nearest(key, ids), True
            )
    for position, key in enumerate(lane.filled):
        changing = [cell.id for cell in cards.cells if cell.change]
        if key not in changing:
            message = f"there is no cell {key!r} with a difference"
            expected = ", ".join(changing) or "a cell with `change`"
            yield Mistake(
                ("tracks", index, "filled", position),
                "unknown-name",
                message,
                expected,
                nearest(key, changing),
            )
    claims: list[tuple[str, str, Loc]] = [
        (key, text, ("tracks", index, "tags", key)) for key, text in lane.tags.items() if key in ids
    ]
    if lane.flag:
        heading = next((cell for cell in cards.cells if cell.heading in lane.flag), None)
        if heading:
            claims.append((heading.id, lane.flag, ("tracks", index, "flag")))
    for key, text, where in claims:
        word = text.split(" ")[0].lower()
        if word not in SUPERLATIVES:
            continue
        values: list[float | None] = [race.arrival_s(run) for run in race.runs]
        if key != FINISH:
            cell = cards.cells[ids.index(key) - 1]
            if wrong_expression(cell.value, table, ()):
                continue
            values = [value_in(cell, row, table) if row else None for row in rows]
        known = [value for value in values if value is not None]
        if known and values[index] != SUPERLATIVES[word](known):
            best = race.params.tracks[values.index(SUPERLATIVES[word](known))]
            message = f"{text!r} is not true of this run"
            yield Mistake(where, "not-so", message, f"{word} is {best.label or best.run}")


def value_in(cell: CardCell, row: Mapping[str, Cell], table: Table) -> float | None:
    return value_of(cell.value, row, table.columns)


def words_of(cell: CardCell, value: float | None) -> str:
    """A figure as a card writes it."""
    return "–" if value is None else written(value, cell.format) + (f" {cell.unit}" if cell.unit else "")


def change_of(cell: CardCell, value: float | None, base: float | None) -> str | None:
    """The difference from the baseline's figure as a card writes it; None where it writes none."""
    return written(value / base - 1, cell.change) if cell.change and value is not None and base else None


def is_price(cell: CardCell, value: float | None, base: float | None) -> bool:
    """Whether a figure differs from the baseline's the worse way."""
    if cell.better is None or value is None or base is None:
        return False
    return value < base if cell.better == "higher" else value > base


def scale_end(value: float) -> str:
    """The end of a scale, with two places where it is no whole number."""
    return written(value, ".2f" if value != int(value) else None)
