"""Drawing a sweep. Needs Manim; imported when the shot is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from explainers.compositor.layer import Note
from explainers.facts.numbers import written
from explainers.kinds._cells import with_unit
from explainers.kinds._plots import first_beat_s
from explainers.kinds.base import ShotPlan
from explainers.kinds.sweep import FILL_S, FULL_S, START_S, Axis, Params, figures, place_of
from explainers.stage import Box, Handle, Stage, material
from explainers.stage.chrome import plot_body
from explainers.theme import LABEL, STRONG, contrast, mix
from explainers.timing import ease_out

GAP, BETWEEN = 10.0, 70.0
SWATCH, APART = 40.0, 64.0
"""Between cells, and between grids."""
HEAD, TICKS, LEGEND, UNDER = 62.0, 56.0, 86.0, 56.0
"""Heights of the grids' headings, the values under them, the legend, and the axis's name."""
WIDEST, TALLEST = 240.0, 170.0
FORWARD = 1.5
"""How much larger the best figure's place is than the others."""
ALONE = 112.0
"""The most that the size of its figure is where no other is known."""
TEXT_CONTRAST = 4.7


@dataclass(frozen=True)
class Cell:
    """A combination: its place on the axes and its figure, None where there is none."""

    x: int
    y: int
    z: int
    value: float | None


def cells_of(shot: ShotPlan) -> list[Cell]:
    """All combinations, grid after grid, row after row."""
    params: Params = shot.params
    axes, known = list(params.axes.values()), {}
    for place, value in figures(params, shot.tables[params.table]):
        known[tuple(place_of(name, axis.values) for name, axis in zip(place, axes, strict=True))] = value
    x, y, z = (range(len(axis.values) if axis else 1) for axis in (params.x, params.y, params.z))
    return [Cell(i, j, k, known.get((i, j, k)[: len(axes)])) for k in z for j in y for i in x]


def draw(shot: ShotPlan, stage: Stage) -> None:
    """The grids from left to right, the legend below."""
    params: Params = shot.params
    cells, grids = cells_of(shot), _grids(stage, params, plot_body(stage, shot))
    for index, grid in enumerate(grids):
        _axes(stage, params, grid, index, shot.tables[params.table].units)
    known = [cell.value for cell in cells if cell.value is not None]
    with_beat = first_beat_s(shot, lambda beat: beat.mark)
    marked = max(with_beat or 0.0, FULL_S)
    boxes = [_box(stage, params, grids[cell.z], cell) for cell in cells]
    best = (max if params.best == "max" else min)(known) if params.best != "none" else None
    for i, (cell, box) in enumerate(zip(cells, boxes, strict=True)):
        shown = _cell(stage, params, cell, box, known, START_S + FILL_S * i / len(cells))
        if shown and cell.value == best:
            shown.fade(max(0.0, marked - 0.12), 0.0, 0.1)
    if best is not None:
        cell, place = next((cell, box) for cell, box in zip(cells, boxes, strict=True) if cell.value == best)
        _forward(stage, params, best, place, grids[cell.z], marked, len(known) == 1)
    _legend(stage, params, grids, marked)


def _forward(
    stage: Stage, params: Params, value: float, place: Box, grid: Box, when: float, alone: bool
) -> None:
    """The best figure steps forward: larger, lit, before the others, whose figures it leaves free."""
    theme, (x, y) = stage.theme, place.center
    text = written(value, params.format)
    # Alone it is the shot's point: its places around it are empty, and it may stand over them.
    unit = stage.text_width(text, 1.0, STRONG, mono=True)
    size = max(LABEL * FORWARD * 1.1, min(ALONE, 0.3 * grid.height, 0.8 * grid.width / unit))
    wide = max(place.width * FORWARD, unit * size + 48.0)
    tall = max(place.height * FORWARD, 1.8 * size)
    if not alone:
        size, wide, tall = LABEL * 1.1, place.width + 2 * GAP, place.height + 2 * GAP
        size *= min(1.0, (wide - 10.0) / stage.text_width(text, size, STRONG, mono=True))
    # It stays within the frame's margins, and off the words around its grid.
    x = min(max(x, stage.safe.left + wide / 2), stage.safe.right - wide / 2)
    if alone:
        x = min(max(x, grid.left + wide / 2), max(grid.right - wide / 2, grid.left + wide / 2))
        y = min(max(y, grid.top + tall / 2), grid.bottom - tall / 2)
    box = stage.snapped(Box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2))
    accent = theme.color("accent")
    fill = mix(theme.background, accent, 0.72 if theme.dark else 1.0)
    light = (
        [material.glow(box.center, wide * 0.9, tall * 0.85, accent, 0.3 if alone else 0.12)]
        if theme.dark
        else []
    )
    # A shadow keeps off the words around the grid.
    blur, below = (26.0, 12.0) if alone else (10.0, 3.0)
    shadow = material.Shadow(box, 18.0, blur, below, 0.5 if theme.dark else 0.3)
    role = stage.color_on(fill)
    with stage.named("best", "bar"):
        card = stage.mobject(*light, shadow, material.plate(box, fill, theme.color("text"), 18.0, 5.0), z=7.0)
    with stage.named("best", "value"):
        figure = stage.middle(text, *box.center, size, weight=STRONG, role=role, mono=True, z=8.0, over=fill)
    for handle in (card, figure):
        for layer in handle.layers:
            layer.track("scale").initial = min(1 / FORWARD, place.height / tall)
        handle.hide().fade(when, 1.0, 0.15).grow(when, 1.0, 0.5, ease_out)


def _grids(stage: Stage, params: Params, body: Box, above: float = 0.0) -> list[Box]:
    """The boxes of the cells, without headings and ticks, the whole centred; the headings are `above`
    higher where the axis has a line of its own over them."""
    depth = len(params.z.values) if params.z else 1
    columns, rows = len(params.x.values), len(params.y.values)
    ticks = max(stage.text_width(params.y.written(i), LABEL) for i in range(rows))
    ticks = max(ticks, stage.text_width(params.y.label, LABEL)) + 28
    head = HEAD + above if params.z else 0.0
    below = TICKS + UNDER + _legend_height(stage, params)
    room = body.width - ticks - BETWEEN * (depth - 1)
    across = _across(stage, params, depth, room / depth)
    down = -(-depth // across)
    wide = min(
        WIDEST, ((body.width - ticks - BETWEEN * (across - 1)) / across - GAP * (columns - 1)) / columns
    )
    tall_room = (body.height - below - (down - 1) * (TICKS + UNDER + 20)) / down - head
    tall = min(TALLEST, (tall_room - GAP * (rows - 1)) / rows, wide)
    width, height = wide * columns + GAP * (columns - 1), tall * rows + GAP * (rows - 1)
    whole = ticks + across * width + (across - 1) * BETWEEN
    left = body.left + (body.width - whole) / 2 + ticks
    if not above and params.z and not _beside(stage, params.z, width):
        return _grids(stage, params, body, LABEL * 1.3)
    spare = body.height - below - down * (head + height) - (down - 1) * (TICKS + UNDER + 20)
    top = body.top + max(0.0, spare * 0.45) + head
    boxes = []
    for index in range(depth):
        column, line = index % across, index // across
        x, y = left + column * (width + BETWEEN), top + line * (height + head + TICKS + UNDER + 20)
        boxes.append(Box(x, y, x + width, y + height))
    return boxes


def _beside(stage: Stage, axis: Axis, width: float) -> bool:
    """Whether an axis's name has room beside its values over grids of that width."""
    texts = [f"{axis.label} {axis.written(index)}" for index in range(len(axis.values))]
    return all(stage.text_width(text, LABEL, STRONG) <= width + BETWEEN - 16 for text in texts)


def _across(stage: Stage, params: Params, depth: int, room: float) -> int:
    """Grids side by side: all of them, unless a frame that is not wide would make the figures too small."""
    if stage.width >= stage.height:
        return depth
    cell = (room - GAP * (len(params.x.values) - 1)) / len(params.x.values)
    figure = stage.text_width(written(100.0, params.format), LABEL, STRONG, mono=True)
    return depth if cell - 10 > figure else 1


def _box(stage: Stage, params: Params, grid: Box, cell: Cell) -> Box:
    """The cell's box; one with a figure reaches over its neighbours where it could not be read else."""
    column = grid.columns([1] * len(params.x.values), GAP)[cell.x]
    row = grid.rows([1] * len(params.y.values), GAP)[cell.y]
    box = Box(column.left, row.top, column.right, row.bottom)
    if cell.value is None:
        return box
    figure = stage.text_width(written(cell.value, params.format), stage.least_label, STRONG, mono=True)
    return box.inset(-max(0.0, (figure + 10 - box.width) / 2), 0.0)


def _axes(stage: Stage, params: Params, grid: Box, index: int, units: Mapping[str, str]) -> None:
    across, down, *more = (
        with_unit(axis.label, units.get(axis.column)) or "" for axis in params.axes.values()
    )
    quiet = partial(stage.words, size=LABEL, role="muted")
    for i, column in enumerate(grid.columns([1] * len(params.x.values), GAP)):
        quiet(params.x.written(i), column.center[0], grid.bottom + TICKS - 8, anchor="center", mono=True)
    quiet(across, grid.center[0], grid.bottom + TICKS + UNDER - 18, anchor="center")
    if index == 0:
        right, look = grid.left - 28, {"role": "muted", "anchor": "right", "mono": True}
        for i, row in enumerate(grid.rows([1] * len(params.y.values), GAP)):
            stage.middle(params.y.written(i), right, row.center[1], LABEL, **look)
        quiet(down, right, grid.bottom + TICKS - 8, anchor="right")
    if params.z:
        text = f"{params.z.label} {params.z.written(index)}"
        if not _beside(stage, params.z, grid.width):
            # In a narrow frame the axis is named over the first grid only, above the values.
            if index == 0:
                stage.words(more[0], grid.left, grid.top - 26 - LABEL * 1.3, LABEL, STRONG)
            text = params.z.written(index)
        stage.words(text, grid.center[0], grid.top - 26, LABEL, STRONG, anchor="center")


def _cell(
    stage: Stage, params: Params, cell: Cell, box: Box, known: list[float], when: float
) -> Handle | None:
    """An outline, and a figure where there is one, on a ground that is stronger the better it is."""
    box, name = stage.snapped(box), f"{cell.x + 1}-{cell.y + 1}-{cell.z + 1}"
    with stage.named(name, "panel"):
        stage.mobject(
            _place(stage, box), z=2, note=Note("shape", params.unknown if cell.value is None else "place")
        )
    if cell.value is None:
        return None
    low, high = min(known), max(known)
    share = (cell.value - low) / (high - low) if high > low else 1.0
    if params.best == "min":
        share = 1 - share
    accent = stage.theme.color("accent")
    color = _ground(stage, share)
    text = written(cell.value, params.format)
    # A ground of middling brightness takes whichever text is read better on it.
    role = stage.color_on(color)
    panel = stage.panel(
        box, outline=accent, fill=color, radius=10, stroke=2.5, z=2.5, note=Note("data", text, color=accent)
    )
    panel.enter(when, dy=14)
    size = min(float(LABEL), LABEL * (box.width - 10) / stage.text_width(text, LABEL, STRONG, mono=True))
    figure = stage.middle(text, *box.center, size, weight=STRONG, role=role, mono=True, z=4, over=color)
    return figure.enter(when, dy=14)


def _ground(stage: Stage, share: float) -> str:
    """The ground of a figure, stronger with its `share`; clear of the middle, where no text reads well."""
    amount, step = 0.22 + 0.5 * share, 0.02 if share >= 0.5 else -0.02
    while True:
        color = mix(stage.theme.background, stage.theme.color("accent"), amount)
        if contrast(stage.color_on(color), color) >= TEXT_CONTRAST or not 0.1 < amount < 1.0:
            return color
        amount += step


def _place(stage: Stage, box: Box, radius: float = 12.0) -> material.Painted:
    """The outline of a place."""
    theme = stage.theme
    edge = mix(theme.background, theme.color("accent"), 0.5)
    return material.plate(box, mix(theme.ground[1], theme.color("accent"), 0.09), edge, radius, 2.0, 0.05)


def _entries(params: Params) -> list[tuple[str, str]]:
    """What the legend explains: a figure, the best one, a place without any."""
    marked = [("outline", params.best_label)] if params.best != "none" and params.best_label else []
    return [("figure", params.measure), *marked, ("place", params.unknown)]


def _legend_width(stage: Stage, params: Params) -> float:
    entries = _entries(params)
    words = sum(stage.text_width(text, LABEL) + SWATCH + 16 for _, text in entries)
    return words + APART * (len(entries) - 1)


def _legend_height(stage: Stage, params: Params) -> float:
    """One line, or below each other where that is too long."""
    lines = 1 if _legend_width(stage, params) <= stage.safe.width else sum(map(len, _lines(stage, params)))
    return LEGEND + (lines - 1) * LABEL * 1.4


def _lines(stage: Stage, params: Params) -> list[list[str]]:
    """The words of each entry where they stand below each other."""
    return [stage.lines(text, stage.safe.width - SWATCH - 16, LABEL) for _, text in _entries(params)]


def _legend(stage: Stage, params: Params, grids: list[Box], marked: float) -> None:
    """Below the grids, in the middle of them; the best one's line comes with it."""
    whole = _legend_width(stage, params)
    stacked = whole > stage.safe.width
    center = (grids[0].left + max(grid.right for grid in grids)) / 2
    x = min(max(stage.safe.left, center - whole / 2), stage.safe.right - whole)
    x = stage.safe.left if stacked else x
    y = max(grid.bottom for grid in grids) + TICKS + UNDER + LEGEND / 2 + 8
    for (look, text), lines in zip(_entries(params), _lines(stage, params), strict=True):
        square = stage.snapped(Box(x, y - SWATCH / 2, x + SWATCH, y + SWATCH / 2))
        role = "muted" if look == "place" else "text"
        said = [
            stage.middle(line, x + SWATCH + 16, y + row * LABEL * 1.4, LABEL, anchor="left", role=role)
            for row, line in enumerate(lines if stacked else [text])
        ]
        if look == "place":
            stage.mobject(_place(stage, square, 8.0), z=2)
        elif look == "outline":
            stage.panel(square, stage.theme.color("text"), radius=9, stroke=5, z=2).enter(marked, dy=0)
            for words in said:
                words.enter(marked, dy=0)
        else:
            fill = mix(stage.theme.background, stage.theme.color("accent"), 0.6)
            stage.panel(square, fill=fill, radius=8, z=2)
        if stacked:
            y += LABEL * 1.4 * len(lines)
        else:
            x += SWATCH + 16 + stage.text_width(text, LABEL) + APART
