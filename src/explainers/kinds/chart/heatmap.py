"""A heatmap: names on two axes, a cell for each pair, coloured by its number. Needs Manim."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from explainers.compositor.layer import Note
from explainers.facts.numbers import written
from explainers.kinds._cells import with_unit
from explainers.kinds._plots import ENTER_S
from explainers.kinds.chart.data import axis_of, cells_of, names_on
from explainers.kinds.chart.ground import LINE, Ground
from explainers.stage import Box, material
from explainers.theme import LABEL, STRONG, Theme, contrast, mix

ROW_S, MOST_ROWS_S = 0.12, 1.8
"""Between two rows that come, and until the last one begins at the latest."""
ROW_SHARE = 0.36
"""How much of the width the names of rows may take; longer ones are broken."""
KEY = 24.0
"""Height of the strip that says which colour is which number."""
GAP = 5.0
SHADES, READABLE = 100, 4.6
LEAST_SHARE = 0.14
"""How much of the role's colour the least number has; the largest has all of it."""


def draw_heatmap(ground: Ground) -> None:
    """The panel: names, cells that come row by row, the key of its colours, and the beats' notes."""
    stage, panel = ground.stage, ground.panel
    series = panel.series[0]
    cells = cells_of(panel, ground.tables)
    columns, rows = (names_on(panel, ground.tables, axis) for axis in ("x", "y"))
    values = [value for value, _ in cells.values()]
    shade = shades_of(panel.x.log, values, stage.theme, series.role)
    box = _place(ground, columns, rows)
    across, down = box.width / len(columns), box.height / len(rows)
    for number, column in enumerate(columns):
        middle = box.left + across * (number + 0.5)
        for index, line in enumerate(stage.lines(column, across - 12, LABEL)):
            y = box.bottom + 50 + LINE * index
            ground.still(stage.words(line, middle, y, LABEL, role="muted", anchor="center"))
    places = {
        (column, row): Box(
            box.left + across * index + GAP / 2,
            box.top + down * number + GAP / 2,
            box.left + across * (index + 1) - GAP / 2,
            box.top + down * (number + 1) - GAP / 2,
        )
        for index, column in enumerate(columns)
        for number, row in enumerate(rows)
    }
    # The matrix stands from the start; its cells are empty until they come.
    empty = [_filled(place, stage.theme.panel) for pair, place in places.items() if pair in cells]
    ground.still(stage.mobject(*empty, z=1.0))
    begin = ground.schedule.at(panel.id, series.id)
    lag = min(ROW_S, MOST_ROWS_S / len(rows))
    for number, row in enumerate(rows):
        y = box.top + down * (number + 0.5)
        names = ground.names(row, series.id)
        lines = _row_lines(ground, row)
        for index, line in enumerate(lines):
            at = y + LINE * (index - (len(lines) - 1) / 2)
            called = stage.middle(line, box.left - 20, at, LABEL, role="muted", anchor="right")
            ground.still(called, names=names)
        when = max(begin + lag * number, ground.schedule.at(row)) + ENTER_S
        for index, column in enumerate(columns):
            if (column, row) not in cells:
                continue
            value, words = cells[column, row]
            place = places[column, row]
            color = shade(value)
            # Its place says what it is, and not its colour: it is no series that is told by it.
            note = Note("picture", f"{row}, {column}", over=stage.theme.background)
            with stage.named(row, "cell"):
                cell = stage.mobject(_filled(place, color), z=2.0, note=note)
            ground.spot.add(names, cell.enter(when + 0.02 * index, dy=0))
            if words and stage.text_width(words, LABEL, STRONG, mono=True) < place.width - 8:
                inside = stage.color_on(color)
                with stage.named(row, "value"):
                    text = stage.middle(
                        words, *place.center, LABEL, weight=STRONG, role=inside, mono=True, over=color
                    )
                ground.spot.add(names, text.enter(when + 0.02 * index, dy=0))
    _key(ground, box, values, shade)


def shades_of(log: bool, values: Sequence[float], theme: Theme, role: str) -> Callable[[float], str]:
    """The colour of a number: nearly the ground's for the least, the role's for the largest; with `log` equal
    ratios are equally far apart. Shades on which no word could be read are left out: the next one that
    can be written on takes their place."""
    shades = [mix(theme.background, theme.color(role), step / SHADES) for step in range(SHADES + 1)]
    inks = theme.background, theme.color("text")
    readable = [one for one in shades if max(contrast(ink, one) for ink in inks) >= READABLE]
    scaled = [math.log(value) if log else value for value in values] or [0.0]
    low, high = min(scaled), max(scaled)

    def shade(value: float) -> str:
        share = ((math.log(value) if log else value) - low) / (high - low) if high > low else 1.0
        wanted = LEAST_SHARE + (1 - LEAST_SHARE) * share
        return min(readable, key=lambda one: abs(shades.index(one) / SHADES - wanted))

    return shade


def _filled(box: Box, color: str) -> material.Painted:
    def paint(ctx: material.cairo.Context) -> None:
        material.rounded(ctx, box, 5)
        material.use(ctx, color)
        ctx.fill()

    return material.Painted(box, paint)


def _row_lines(ground: Ground, row: str) -> list[str]:
    """A row's name in lines that leave most of the width to the cells."""
    return ground.stage.lines(row, ROW_SHARE * ground.box.width, LABEL)


def _place(ground: Ground, columns: Sequence[str], rows: Sequence[str]) -> Box:
    """The box of the cells, between the names, the axes' words and the key; words are drawn."""
    stage, panel, box = ground.stage, ground.panel, ground.box
    top = ground.heading_end
    across, down = (axis_of(panel, name, ground.tables).label for name in ("x", "y"))
    for index, text in enumerate(ground.lines(down)):
        ground.still(stage.words(text, box.left, top + LINE * index + 28, LABEL, role="muted"))
        top += LINE
    names = [line for row in rows for line in _row_lines(ground, row)]
    left = box.left + max(stage.text_width(line, LABEL) for line in names) + 24
    step = (box.right - left) / len(columns) - 12
    lines = max(len(stage.lines(column, step, LABEL)) for column in columns)
    bottom = box.bottom - KEY - LINE - 26 - LINE * lines - LINE * len(ground.lines(across))
    place = Box(left, top + 8, box.right, bottom)
    ground.label_below(across, place, place.bottom + LINE * (lines - 1))
    return place


def _key(ground: Ground, box: Box, values: Sequence[float], shade: Callable[[float], str]) -> None:
    """A strip of the colours with the numbers at its ends, and what they are."""
    if not values:
        return
    stage, series, spec = ground.stage, ground.panel.series[0], ground.panel.series[0].values
    low, high = min(values), max(values)
    form = (spec.format if spec else None) or (",.0f" if high >= 100 else ".3g")
    ends = [written(value, form) for value in (low, high)]
    y = ground.box.bottom - KEY
    widths = [stage.text_width(text, LABEL, mono=True) for text in ends]
    table = ground.tables[series.table or ground.panel.table or ""]
    label = (series.label and with_unit(series.label, table.units.get(series.value or ""))) or ""
    left = box.left + (stage.text_width(label, LABEL) + 24 if label else 0)
    strip = Box(left + widths[0] + 16, y, min(box.right - widths[1] - 16, left + widths[0] + 376), y + KEY)

    def paint(ctx: material.cairo.Context) -> None:
        count = 48
        for index in range(count):
            share = index / (count - 1)
            value = low * (high / low) ** share if ground.panel.x.log else low + (high - low) * share
            material.use(ctx, shade(value))
            ctx.rectangle(strip.left + strip.width * index / count, y, strip.width / count + 1, KEY)
            ctx.fill()

    things = [stage.mobject(material.Painted(strip, paint), z=2.0)]
    middle = strip.center[1]
    if label:
        things.append(stage.middle(label, box.left, middle, LABEL, role="muted", anchor="left"))
    for text, x, anchor in ((ends[0], strip.left - 16, "right"), (ends[1], strip.right + 16, "left")):
        things.append(stage.middle(text, x, middle, LABEL, role="muted", anchor=anchor, mono=True))
    ground.still(*things)
