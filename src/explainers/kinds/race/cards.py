"""What the finish line opens to: a card a run, with its time, figures of a table, and their differences.

A card slides out when its run arrives; differences come when the baseline is in, because they need it, and
last the labels on the lanes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from explainers.facts.numbers import written
from explainers.kinds._cells import name_of, value_of, wrong_expression
from explainers.kinds.race.measures import Race
from explainers.storyboard.mistakes import Loc, Mistake
from explainers.theme import LABEL, STRONG, mix
from explainers.timing import reading_s

if TYPE_CHECKING:
    from explainers.facts.tables import Cell, Table
    from explainers.kinds.base import ShotPlan
    from explainers.kinds.race.course import Course
    from explainers.kinds.race.params import CardCell, Cards, Lane
    from explainers.stage import Box, Stage

FINISH = "finish"
"""The cell of every card that is not of the table: the time of arrival."""
PRINT_S, SLIDE_S, EACH_S, LABEL_S = 0.12, 0.5, 0.08, 0.4
STAND_S, FLAG_AFTER_S, STILL_S = 0.8, 0.6, 2.0
"""From the last arrival to the differences, from these to the labels on lanes, and the rest at the end."""
SUPERLATIVES = {"fastest": min, "slowest": max, "lowest": min, "highest": max}


def length_s(race: Race) -> float:
    """Seconds from the last arrival to the end of the shot."""
    flags = [lane.flag for lane in race.params.tracks if lane.flag]
    return STAND_S + FLAG_AFTER_S + LABEL_S + max(STILL_S, max(map(reading_s, flags), default=0.0))


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
        yield table.unknown_column(cards.key).under("cards", "key")
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
                cell, loc, [_value(cell, row, table) for row in rows if row is not None]
            )
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
            loc = ("tracks", index, "tags", key)
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
    for key, text, loc in claims:
        word = text.split(" ")[0].lower()
        if word not in SUPERLATIVES:
            continue
        values: list[float | None] = [race.arrival_s(run) for run in race.runs]
        if key != FINISH:
            cell = cards.cells[ids.index(key) - 1]
            if wrong_expression(cell.value, table, ()):
                continue
            values = [_value(cell, row, table) if row else None for row in rows]
        known = [value for value in values if value is not None]
        if known and values[index] != SUPERLATIVES[word](known):
            best = race.params.tracks[values.index(SUPERLATIVES[word](known))]
            message = f"{text!r} is not true of this run"
            yield Mistake(loc, "not-so", message, f"{word} is {best.label or best.run}")


def _value(cell: CardCell, row: Mapping[str, Cell], table: Table) -> float | None:
    return value_of(cell.value, row, table.columns)


def words_of(cell: CardCell, value: float | None) -> str:
    """A figure as a card writes it."""
    return "–" if value is None else written(value, cell.format) + (f" {cell.unit}" if cell.unit else "")


# -- drawing -----------------------------------------------------------------------------------


class _Grid:
    """The columns, or rows of columns, of a card beyond the finish line, and its type sizes."""

    def __init__(self, course: Course, cells: int):
        from explainers.kinds.race.course import LINE

        stage = course.stage
        left, right = course.near.finish + LINE + (70.0 if course.wide else 30.0), stage.safe.right
        self.rows = 1 if course.wide or stage.width == stage.height else 2
        per_row = -(-(cells + 1) // self.rows)
        self.gap = 56.0 if course.wide else 28.0
        first = 1.35 if self.rows == 1 else 1.0
        unit = (right - left - self.gap * (per_row - 1)) / (per_row - 1 + first)
        edges = [left]
        for column in range(per_row):
            edges.append(edges[-1] + unit * (1.0 if column else first) + self.gap)
        self.columns = [(edges[i], edges[i + 1] - self.gap) for i in range(per_row)]
        self.per_row, self.course = per_row, course

    def box(self, lane: int, cell: int) -> Box:
        """The room of a cell in a lane."""
        lane_box = self.course.box(lane, 1.0)
        row, column = divmod(cell, self.per_row)
        height = lane_box.height / self.rows
        left, right = self.columns[column]
        top = lane_box.top + row * height
        return lane_box._replace(left=left, right=right, top=top, bottom=top + height)


def draw_cards(shot: ShotPlan, course: Course) -> None:
    """Cards, each when its run arrives; headings and scales with the first."""
    stage, race, cards = course.stage, course.race, course.race.params.cards
    assert cards is not None
    table, lanes = shot.tables[cards.table], race.params.tracks
    rows = rows_of(cards, lanes, table)
    values = [[_value(cell, row, table) if row else None for cell in cards.cells] for row in rows]
    grid, base = _Grid(course, len(cards.cells)), course.index(cards.baseline)
    first_s, last_s = (end(map(course.arrival_s, race.runs)) for end in (min, max))
    compare_s = last_s + STAND_S
    sizes = _sizes(stage, grid, cards, values, course)
    with stage.named("axis", "headings", pinned=True):
        _headings(stage, grid, cards, first_s, sizes)
    order = sorted(range(len(lanes)), key=lambda i: course.arrival_s(race.runs[i]))
    for index in order:
        _running(stage, course, grid, index, sizes)
        if course.arrives(race.runs[index]):
            _card(stage, course, grid, cards, index, values, base, compare_s, sizes)
        if lanes[index].flag:
            with stage.named(lanes[index].name, "flag"):
                _flag(stage, course, index, compare_s + FLAG_AFTER_S + 0.25 * order.index(index))


def _sizes(
    stage: Stage, grid: _Grid, cards: Cards, values: Sequence[Sequence[float | None]], course: Course
) -> tuple[float, float, float]:
    """Type sizes of times, figures and the words below them: the largest that fit everywhere."""

    def fitting(texts: Sequence[str], width: float, size: float) -> float:
        widest = max((stage.text_width(text, 100.0, STRONG, mono=True) for text in texts), default=1.0)
        return min(size, width / widest * 100.0)

    height = grid.box(0, 0).height
    times = [written(course.until(run), course.clock.format) for run in course.race.runs]
    time = fitting(times, grid.box(0, 0).width, min(94.0, height * 0.47))
    figures = [[words_of(cell, row[i]) for row in values] for i, cell in enumerate(cards.cells)]
    each = [
        fitting(texts, grid.box(0, i + 1).width, min(58.0, height * 0.31)) for i, texts in enumerate(figures)
    ]
    return time, min(each), max(stage.least_label, min(float(LABEL), height * 0.19))


def _headings(stage: Stage, grid: _Grid, cards: Cards, t: float, sizes: tuple[float, float, float]) -> None:
    """What the figures are, above the first card, and the ends of their scales below the last."""
    last = len(grid.course.names) - 1
    small = max(stage.least_label, min(float(LABEL), sizes[2]))
    for number, text in enumerate([cards.heading, *(cell.heading for cell in cards.cells)]):
        box = grid.box(0, number)
        lines = stage.lines(text, box.width + grid.gap * 0.8, small)
        row = number // grid.per_row
        if row:
            # Under the first row of a card there is no room for words above the second.
            continue
        for up, line in enumerate(reversed(lines)):
            y = box.top - 20.0 - up * small * 1.16
            stage.words(line, box.left, y, small, role="muted").enter(t + number * EACH_S, dy=24)
    for number, cell in enumerate(cards.cells, start=1):
        box = grid.box(last, number)
        if cell.scale is None or grid.rows > 1:
            continue
        low, high = (
            written(float(end), None if float(end) == int(float(end)) else cell.format) for end in cell.scale
        )
        if cell.mark == "dot":
            low, high = (_short(float(end)) for end in cell.scale)
        y = box.bottom + 20.0 + small * 0.73
        stage.words(low, box.left, y, small, role="muted", mono=True).enter(t + 0.3, dy=-16)
        after = f" {cell.unit}" if cell.unit else ""
        stage.words(high + after, box.right, y, small, role="muted", anchor="right", mono=True).enter(
            t + 0.3, dy=-16
        )


def _short(value: float) -> str:
    """The end of a scale, with two places where it is no whole number."""
    return written(value, ".2f" if value != int(value) else None)


def _running(
    stage: Stage, course: Course, grid: _Grid, index: int, sizes: tuple[float, float, float]
) -> None:
    """How far a run is, beyond the line, until it arrives."""
    from explainers.compositor.layer import Note, Track
    from explainers.kinds.race.course import APPROACH_S
    from explainers.stage import ink
    from explainers.theme import MONO
    from explainers.timing import ease_in, ease_out

    race, run, lane = course.race, course.race.runs[index], course.race.params.tracks[index]
    come, go = course.approach_s + APPROACH_S - 0.25, course.arrival_s(run)
    if go < come + 0.6:
        return
    shown = Track(0.0).to(1.0, come, 0.35, ease_out)
    if course.arrives(run):
        shown.to(0.0, go - 0.15, 0.15, ease_in)
    box, size = grid.box(index, 0), sizes[0] * 0.8
    y = box.top + box.height * 0.42
    baseline = y + ink.font_measures(MONO)[0] * size / 2
    color = course.figures(lane)
    final = f"{race.count(run, course.until(run)):,}"
    note = Note("text", final, size, color, stage.theme.background, lane.role)

    def text_at(t: float) -> tuple[str, float, float, float]:
        s = min(course.clock.at(t), course.until(run))
        text = (
            f"{race.count(run, s):,}"
            if race.params.axis != "time"
            else written(race.along(run, s), course.clock.format)
        )
        return text, box.left, baseline, shown.at(t)

    with stage.named(lane.name, "count"):
        stage.number(text_at, [*course.running(run), *shown.spans()], size, role=color, note=note)
    words = f"of {race.goal:,.0f} {race.amount}" if race.params.axis != "time" else ""
    if words:
        size = stage.fitting_size(words, box.width + grid.gap * 0.8, LABEL, stage.least_label)
        handle = stage.middle(words, box.left, box.top + box.height * 0.8, size, role="muted", anchor="left")
        handle.enter(come, dy=0, duration_s=0.35)
        if course.arrives(run):
            handle.leave(go - 0.15, duration_s=0.15)


def _card(
    stage: Stage,
    course: Course,
    grid: _Grid,
    cards: Cards,
    index: int,
    values: Sequence[Sequence[float | None]],
    base: int,
    compare_s: float,
    sizes: tuple[float, float, float],
) -> None:
    from explainers.kinds.race.course import LINE
    from explainers.stage import material

    lane, run = course.race.params.tracks[index], course.race.runs[index]
    arrival, color, theme = course.arrival_s(run), course.figures(lane), stage.theme
    hue = course.fill(lane)
    box = stage.snapped(course.box(index, 1.0)._replace(left=course.near.finish + LINE))
    strong, weak = (0.26, 0.1) if theme.dark else (0.16, 0.06)
    with stage.named(lane.name, "panel"):
        edge = material.plate(box._replace(bottom=box.top + 3.0), mix(hue, "#FFFFFF", 0.2), None, 0, 0, 0)
        panel = stage.mobject(material.fade(box, hue, strong, weak), edge, z=4.0)
        panel.reveal(arrival, SLIDE_S, "left", _out)
    time = written(course.until(run), course.clock.format)
    cell = grid.box(index, 0)
    look = {"role": color, "anchor": "left", "weight": STRONG}
    third = cell.top + cell.height * 0.82
    with stage.named(lane.name, "finish"):
        y = cell.top + cell.height * (0.42 if grid.rows == 1 else 0.4)
        stage.middle(time, cell.left, y, sizes[0], mono=True, **look).enter(arrival, dy=0, duration_s=PRINT_S)
        if tag := lane.tags.get(FINISH):
            size = stage.fitting_size(tag, cell.width + grid.gap * 0.7, sizes[2], stage.least_label, STRONG)
            at = compare_s if any(letter.isdigit() for letter in tag) else arrival + SLIDE_S
            stage.middle(tag, cell.left, third, size, **look).enter(at, dy=24, duration_s=LABEL_S)
    bars = 0
    for number, one in enumerate(cards.cells):
        value, start = values[index][number], arrival + 0.15 + (number + 1) * EACH_S
        part = "value" if one.mark == "bar" and one.scale and not bars else one.id
        bars += one.mark == "bar"
        worst = _flagged(lane, one)
        figure = stage.theme.color("warn") if worst else color
        _figure(stage, course, grid, one, (index, number + 1), value, (lane, part, figure), start, sizes)
        reference = values[base][number]
        with stage.named(lane.name, f"{one.id}-change"):
            change = None
            if one.change and index != base and value is not None and reference:
                change = written(value / reference - 1, one.change)
            tag = lane.tags.get(one.id)
            _change(
                stage,
                grid,
                (index, number + 1),
                change,
                tag,
                one.id in lane.filled,
                figure,
                compare_s + number * EACH_S,
                sizes,
            )
    if index == base:
        changing = next((i for i, one in enumerate(cards.cells) if one.change), None)
        if changing is not None and grid.rows == 1:
            cell = grid.box(index, changing + 1)
            words = stage.middle(
                "baseline",
                cell.left,
                cell.top + cell.height * 0.82,
                sizes[2],
                weight=STRONG,
                role="muted",
                anchor="left",
            )
            words.enter(arrival + SLIDE_S, dy=24)


def _flagged(lane: Lane, cell: CardCell) -> bool:
    """Whether a run is the worst in a figure by its own words: that figure is a warning."""
    tag = lane.tags.get(cell.id, "").lower()
    return tag.startswith(("lowest", "slowest")) and lane.role != "ours"


def _out(x: float) -> float:
    return 1 - (1 - x) ** 3


def _figure(
    stage: Stage,
    course: Course,
    grid: _Grid,
    cell: CardCell,
    place: tuple[int, int],
    value: float | None,
    who: tuple[Lane, str, str],
    start: float,
    sizes: tuple[float, float, float],
) -> None:
    """A figure and its scale."""
    from explainers.stage import Box, material, shapes

    (lane, part, color), box, theme = who, grid.box(*place), stage.theme
    y = box.top + box.height * (0.33 if grid.rows == 1 else 0.32)
    with stage.named(lane.name, part):
        text = words_of(cell, value)
        handle = stage.middle(
            text, box.left, y, sizes[1], mono=True, weight=STRONG, role=color, anchor="left"
        )
        handle.enter(start, dx=-32, dy=0, duration_s=LABEL_S)
    if cell.scale is None or value is None or box.height < 110.0:
        return
    low, high = (float(end) for end in cell.scale)
    share, y = (value - low) / (high - low), box.top + box.height * 0.6
    if cell.mark == "bar":
        with stage.named(lane.name, f"{cell.id}-bar"):
            bar = Box(box.left, y - 10.0, box.right, y + 10.0)
            back = mix(theme.background, theme.color("text"), 0.04 if theme.dark else 0.12)
            stage.panel(bar, fill=back, radius=5, z=5).enter(start, dx=-32, dy=0, duration_s=LABEL_S)
            full = bar._replace(right=bar.left + max(4.0, bar.width * share))
            hue = color if lane.role != "baseline" else theme.color("baseline")
            stage.panel(full, fill=hue, radius=5, z=6).reveal(start + 0.1, SLIDE_S, "left", _out)
        return
    with stage.named(lane.name, f"{cell.id}-scale"):
        line = mix(theme.background, theme.color("muted"), 0.6)
        inks = [shapes.route([(box.left, y), (box.right, y)], line, 4.0)]
        inks += [shapes.route([(x, y - 9), (x, y + 9)], line, 4.0) for x in (box.left + 2, box.right - 2)]
        stage.mobject(*inks, z=5).enter(start, dx=-32, dy=0, duration_s=LABEL_S)
    with stage.named(lane.name, "dot"):
        x = box.left + box.width * share
        light = material.glow((x, y), 44.0, 44.0, color, 0.4 if theme.dark else 0.15)
        rim, dot = shapes.disc(x, y, 17.0, theme.background), shapes.disc(x, y, 14.0, color)
        handle = stage.mobject(light, rim, dot, z=7)
        # It comes from the better end of its scale.
        handle.hide().fade(start, 1.0, 0.2).move(start, box.right - x, 0.0, 0.0).move(
            start + 0.1, 0.0, 0.0, SLIDE_S
        )


def _change(
    stage: Stage,
    grid: _Grid,
    place: tuple[int, int],
    change: str | None,
    tag: str | None,
    filled: bool,
    color: str,
    t: float,
    sizes: tuple[float, float, float],
) -> None:
    """The difference from the baseline, on a filled tag where the author says so, and a word beside it."""
    from explainers.stage import Box, material

    box, size = grid.box(*place), sizes[2]
    x, y = box.left, box.top + box.height * (0.82 if box.height >= 110.0 or grid.rows > 1 else 0.78)
    if change:
        width = stage.text_width(change, size, STRONG)
        if filled:
            pill = Box(x, y - size * 0.68, x + width + 36.0, y + size * 0.68)
            plate = material.plate(pill, color, None, 24.0, 0.0, 0.1)
            stage.mobject(plate, z=9).enter(t, dy=24, duration_s=LABEL_S)
            text = stage.color_on(color)
            stage.middle(
                change, x + 18.0, y, size, weight=STRONG, role=text, anchor="left", over=color
            ).enter(t, dy=24, duration_s=LABEL_S)
            x = pill.right + 14.0
        else:
            stage.middle(change, x, y, size, weight=STRONG, role=color, anchor="left").enter(
                t, dy=24, duration_s=LABEL_S
            )
            x += width + 14.0
    if tag:
        size = stage.fitting_size(tag, stage.safe.right - x, size, stage.least_label)
        stage.middle(tag, x, y, size, role=color, anchor="left").enter(t + EACH_S, dy=24, duration_s=LABEL_S)


def _flag(stage: Stage, course: Course, index: int, t: float) -> None:
    """The label on a lane: straight and flat, like any other."""
    from explainers.stage import Box, material

    lane = course.race.params.tracks[index]
    text, theme = lane.flag or "", stage.theme
    left, room = stage.safe.left, course.near.finish - stage.safe.left - 28.0
    size = stage.fitting_size(text, room - 52.0, 40.0, stage.least_label, STRONG)
    width = stage.text_width(text, size, STRONG) + 52.0
    top, bottom = course.row(index, 1.0)
    y = top + (bottom - top) * (0.72 if course.two_rows else 0.8)
    least = text.lower().startswith(("lowest", "slowest"))
    fill = theme.color("warn") if least and lane.role == "baseline" else theme.background
    color = course.fill(lane) if lane.role != "baseline" and theme.dark else stage.color_on(fill)
    pill = Box(left, y - size * 0.86, left + width, y + size * 0.86)
    handle = stage.mobject(material.plate(pill, fill, None, 10.0 if least else 30.0, 0.0, 0.04), z=9)
    handle.enter(t, dy=32, duration_s=LABEL_S)
    stage.middle(text, left + 26.0, y, size, weight=STRONG, role=color, anchor="left", over=fill).enter(
        t, dy=32, duration_s=LABEL_S
    )
