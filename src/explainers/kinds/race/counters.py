"""A pane's counters, and the mark beside them when its run is done."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from explainers.facts.numbers import written
from explainers.kinds.race.layout import SMALL_ROW
from explainers.kinds.race.measures import LARGE, MEASURES, SMALL, Measure
from explainers.kinds.race.pen import Pen
from explainers.stage import Group, shapes
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.runs.model import Run

LARGE_SIZE, SMALL_SIZE = 58.0, 42.0
NAME_Y, NUMBER_Y = 18.0, 80.0
"""Where a large counter's name and its number are centred, below the counters' top."""
THIRDS = (0.0, 0.4, 0.73)
"""Where the columns of large counters begin, as shares of the width; the last is for the mark."""
AIR = 30.0
"""Room between a large counter and the next column."""
MARK_WORDS, MARK_X = 152.0, 42.0
"""Width of the tick and the word before the time, on a row of their own, and where the word begins."""
FULL_WIDTH = 440.0
"""Rows at least this wide have the counters' full names."""
MARK_S, LOOK_S = 0.25, 1.6
"""How long the mark takes to come, and how long the first pane that is done is outlined."""


def draw_counters(pen: Pen) -> None:
    """Counters and mark, as the pane's layout wants them."""
    if pen.layout.mode == "columns":
        _columns(pen)
        _smalls(pen)
    else:
        _rows(pen)


def _text_of(measure: Measure, run: Run) -> Callable[[float], str]:
    return lambda s: measure.text_at(run, s)


def _fitting(pen: Pen, text: str, width: float) -> float:
    """The size, at most a large counter's, at which a number fits."""
    return LARGE_SIZE * min(1.0, width / pen.number_width(text, LARGE_SIZE))


def _columns(pen: Pen) -> None:
    box, run = pen.layout.counters, pen.run
    names = pen.entrant.shown(pen.params, LARGE)
    rooms = [box.width * (end - start) - AIR for start, end in pairwise(THIRDS)]
    fitting = (
        _fitting(pen, MEASURES[name].widest(run), room) for name, room in zip(names, rooms, strict=False)
    )
    size = min([LARGE_SIZE, *fitting])
    for name, share in zip(names, THIRDS, strict=False):
        x = box.left + box.width * share
        pen.words(MEASURES[name].label, x, box.top + NAME_Y, role="muted")
        pen.number(name, _text_of(MEASURES[name], run), x, box.top + NUMBER_Y, size)
    if pen.finishes and not names:
        text = written(run.end_s, pen.clock.format)
        y, left = box.bottom - SMALL_ROW / 2 + 4, box.right - pen.number_width(text, SMALL_SIZE)
        room = MARK_WORDS if not pen.run.outcomes.lost else left - box.left
        _mark(pen, (left - room, y), (box.right, y), SMALL_SIZE, "right", room)
    elif pen.finishes:
        x = box.left + box.width * THIRDS[2]
        size = _fitting(pen, written(run.end_s, pen.clock.format), box.right - x)
        _mark(pen, (x, box.top + NAME_Y), (x, box.top + NUMBER_Y), size, "left", box.right - x)


def _smalls(pen: Pen) -> None:
    """Small counters on one row, each number behind its name."""
    box, run = pen.layout.counters, pen.run
    x, y = box.left, box.bottom - SMALL_ROW / 2 + 4
    for name in pen.entrant.shown(pen.params, SMALL):
        measure = MEASURES[name]
        pen.words(measure.label, x, y, role="muted")
        x += pen.stage.text_width(measure.label, LABEL) + 18
        pen.number(name, _text_of(measure, run), x, y, SMALL_SIZE)
        x += pen.number_width(measure.widest(run), SMALL_SIZE) + 44


def _rows(pen: Pen) -> None:
    """A row a counter, its name left and its number right; the mark has the last row."""
    box = pen.layout.counters
    names = pen.entrant.shown(pen.params, [*LARGE, *SMALL])
    rows = box.rows([1] * (len(names) + 1))
    for name, row in zip(names, rows, strict=False):
        measure, y = MEASURES[name], row.center[1]
        pen.words(measure.label if box.width >= FULL_WIDTH else measure.short, box.left, y, role="muted")
        pen.number(name, _text_of(measure, pen.run), box.right, y, SMALL_SIZE, "right")
    if pen.finishes:
        y = rows[-1].center[1]
        room = box.width - pen.number_width(written(pen.run.end_s, pen.clock.format), SMALL_SIZE)
        _mark(pen, (box.left, y), (box.right, y), SMALL_SIZE, "right", room)


def _end_words(pen: Pen, room: float) -> tuple[str, float]:
    """What the mark says, and its size: `done`, or how many requests were not, in the words that fit."""
    found = pen.run.outcomes
    if not found.lost:
        return "done", LABEL
    texts = [found.words, f"{found.lost:,} not done" if not found.all_lost else "none done"]
    width = pen.stage.text_width
    text = next((each for each in texts if width(each, LABEL) <= room), min(texts, key=len))
    return text, min(LABEL, LABEL * room / width(text, LABEL))


def _mark(
    pen: Pen,
    name_at: tuple[float, float],
    time_at: tuple[float, float],
    size: float,
    anchor: str,
    room: float,
) -> None:
    """A tick, the word and the time, when the run ends; the first one's outline says: look here.

    A run that lost requests on its way has a cross, and how many they are.
    """
    stage, t, (x, y), over = pen.stage, pen.stops_s, name_at, pen.stage.theme.panel
    words, words_size = _end_words(pen, room - MARK_X)
    if pen.run.outcomes.lost:
        warn = stage.theme.color("warn")
        strokes = (((x + 4, y - 11), (x + 26, y + 11)), ((x + 26, y - 11), (x + 4, y + 11)))
        sign = [stage.mobject(shapes.route(list(stroke), warn, 6, radius=1), z=10) for stroke in strokes]
    else:
        tick = [(x + 2, y + 1), (x + 11, y + 11), (x + 28, y - 11)]
        sign = [stage.mobject(shapes.route(tick, pen.color, 6, radius=1), z=10)]
    role = "text" if pen.run.outcomes.lost else "muted"
    text = written(pen.run.end_s, pen.clock.format)
    parts = Group(
        [
            *sign,
            stage.middle(words, x + MARK_X, y, words_size, anchor="left", role=role, over=over),
            stage.middle(text, *time_at, size, weight=STRONG, anchor=anchor, mono=True, over=over),
        ]
    )
    parts.enter(t, dy=0, duration_s=MARK_S)
    if pen.entrant.first:
        outline = stage.panel(pen.box, outline=stage.theme.color("text"), radius=14, stroke=4, z=0.5)
        outline.enter(t, dy=0, duration_s=0.2).leave(t + LOOK_S, duration_s=0.4)
