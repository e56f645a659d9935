"""The fixed parts of a pane: its panel, its name, how much is done, and the rate over time."""

from __future__ import annotations

import numpy as np

from explainers.film.layer import Note
from explainers.kinds.race.counters import SMALL_SIZE, THIRDS, draw_counters
from explainers.kinds.race.measures import UNKNOWN, done
from explainers.kinds.race.params import Params
from explainers.kinds.race.pen import ENTER_AT_S, Entrant, Pen
from explainers.kinds.race.sparkline import rate_name, rates
from explainers.stage import Box, Stage
from explainers.stage.marks import number_width
from explainers.theme import LABEL, STRONG, mix

NAME_SIZE, COUNT_SIZE = 46.0, 46.0
RULE = 8.0
COUNT_GAP, NAME_GAP = 16.0, 40.0
BADGE_PAD, BADGE_GAP, BADGE_HEIGHT = 16.0, 22.0, 50.0
"""The badge of a run that did not happen, beside its pane's name."""


def draw_pane(pen: Pen) -> None:
    """Everything of a pane but its moving views (see `views`)."""
    _panel(pen)
    if pen.counts:
        _count(pen)
    if pen.layout.spark:
        _rate(pen, pen.layout.spark)
    draw_counters(pen)


def header_needs(stage: Stage, params: Params, entrant: Entrant) -> float:
    """The width of a pane's name and its count on one row."""
    name = name_needs(stage, entrant)
    if not entrant.counts(params):
        return name
    widest = number_width(f"{entrant.run.request_count:,}", stage.style(COUNT_SIZE, STRONG, mono=True))
    return name + NAME_GAP + stage.text_width(_done_words(params), LABEL) + COUNT_GAP + widest


def name_needs(stage: Stage, entrant: Entrant) -> float:
    """The width of a pane's name, and of the badge beside it."""
    name = stage.text_width(entrant.label, NAME_SIZE, STRONG)
    return name + BADGE_GAP + _badge_width(stage, entrant.badge) if entrant.badge else name


def _badge_width(stage: Stage, words: str) -> float:
    return stage.text_width(words, LABEL) + 2 * BADGE_PAD


def line_box(pen: Pen) -> Box:
    """Where the line of the rate is drawn: right of its name and its number."""
    assert pen.layout.spark is not None
    box = pen.layout.spark
    name = pen.stage.text_width(rate_name(pen.run, pen.params.unit) or "", LABEL)
    return box._replace(left=box.left + max(name + 28, box.width * THIRDS[1]))


def _panel(pen: Pen) -> None:
    stage, box, header = pen.stage, pen.box, pen.layout.header
    stage.panel(box, fill=stage.theme.panel, radius=14).enter(ENTER_AT_S, dy=0)
    note = Note("data", pen.entrant.label, color=pen.color, role=pen.entrant.pane.role)
    rule = stage.panel(box._replace(bottom=box.top + RULE), fill=pen.color, radius=4, z=1, note=note)
    rule.enter(ENTER_AT_S, dy=0)
    y = header.top + pen.layout.header_row / 2
    pen.words(pen.entrant.label, header.left, y, NAME_SIZE, weight=STRONG)
    if pen.entrant.badge:
        _badge(pen, pen.entrant.badge, y)


def _badge(pen: Pen, words: str, y: float) -> None:
    """Says in the frame that the run did not happen: behind its name, or below it where there is no room."""
    stage, header = pen.stage, pen.layout.header
    left = header.left + stage.text_width(pen.entrant.label, NAME_SIZE, STRONG) + BADGE_GAP
    width = _badge_width(stage, words)
    if left + width > header.right:
        left, y = header.left, y + pen.layout.header_row
    box = Box(left, y - BADGE_HEIGHT / 2, left + width, y + BADGE_HEIGHT / 2)
    outline = mix(stage.theme.panel, stage.theme.color("muted"), 0.6)
    stage.panel(box, outline=outline, radius=BADGE_HEIGHT / 2, stroke=2.5, z=1).enter(ENTER_AT_S, dy=0)
    pen.words(words, left + BADGE_PAD, y, role="muted")


def _done_words(params: Params) -> str:
    return f"{params.unit} done"


def _count(pen: Pen) -> None:
    """How many requests are done: at the right of the name, or on a row of its own below it."""
    header, words, run = pen.layout.header, _done_words(pen.params), pen.run
    y = header.bottom - pen.layout.header_row / 2

    def text_at(s: float) -> str:
        return f"{done(run, s):,}"

    if pen.layout.header_rows == 1:
        widest = pen.number_width(f"{run.request_count:,}", COUNT_SIZE)
        pen.words(words, header.right - widest - COUNT_GAP, y, anchor="right", role="muted")
        pen.number("requests", text_at, header.right, y, COUNT_SIZE, "right")
    else:
        pen.words(words, header.left, y, role="muted")
        x = header.left + pen.stage.text_width(words, LABEL) + 12
        pen.number("requests", text_at, x, y, SMALL_SIZE)


def _rate(pen: Pen, box: Box) -> None:
    """The name of the rate and its number; the line is a moving view."""
    at_s, rate = rates(pen.run, pen.clock.until_s)

    def text_at(s: float) -> str:
        return f"{float(np.interp(s, at_s, rate)):,.0f}" if s > 0 else UNKNOWN

    pen.words(rate_name(pen.run, pen.params.unit) or "", box.left, box.top + 16, role="muted")
    pen.number("rate", text_at, box.left, box.bottom - 17, SMALL_SIZE)
