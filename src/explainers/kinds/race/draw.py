"""The picture of a race: a clock bar, panes with their counters and moving views, and the lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explainers.compositor.layer import Layer, Note
from explainers.compositor.picture import Picture
from explainers.footage.clips import ClipLayer, Composed, Pane
from explainers.kinds.base import ShotPlan
from explainers.kinds.race.clock import START_S, ClockBar, RaceClock
from explainers.kinds.race.lead import FADE_S, LEADING, Rivals, Sentence
from explainers.kinds.race.measures import LARGE, SMALL, Race
from explainers.kinds.race.pane import Pen
from explainers.kinds.race.view import View, placed
from explainers.stage import Box, Stage
from explainers.stage.chrome import footer_lift
from explainers.theme import BODY, channels

BAR_HEIGHT, BAR_ROW, BAR_GAP = 84.0, 48.0, 26.0
PANE_GAP = 52.0
LEAD_AFTER_S = 1.9
"""How long the clock runs before there is a lead worth reading."""
LEAD_BELOW = 118.0
"""Design units from the baseline of the lead to the bottom of the frame."""
SHORTEST_S = 1.0
"""A sentence is not shown for less."""


def draw(shot: ShotPlan, stage: Stage, views: Mapping[str, type[View]]) -> None:
    """Everything but the shot's title, statement and footer; `views` are the ones shown, by their names."""
    race = Race.of(shot)
    clock, lift = RaceClock.of(race), _lift(shot, stage)
    sentences = _sentences(shot, stage, race, clock, lift)
    lines_below = max((each.line_count for each in sentences), default=1)
    if sentences and shot.statement:
        lines_below += 1
    bar = ClockBar(stage, race, clock)
    body = stage.body
    bar_bottom = body.top + 8 + BAR_HEIGHT + BAR_ROW * bar.rows_below
    bar.draw(body._replace(top=body.top + 8, bottom=bar_bottom))
    bottom = body.bottom - 8 - lift - (lines_below - 1) * LEADING
    area = body._replace(top=bar_bottom + BAR_GAP, bottom=bottom)
    pens = _pens(stage, race, clock, [stage.snapped(box) for box in _tiled(area, len(race.runs))])
    for pen in pens:
        pen.views = placed(pen.room, views)
        pen.draw()
    _show_views(stage, pens, [view(pens) for view in views.values()])
    for sentence in sentences:
        sentence.draw()
    meaning = next((view.meaning(race) for view in views.values() if view.height is None), None)
    if sentences and meaning and not shot.statement:
        # What the first view shows stands where the lead will stand, until it does.
        text, y = meaning[0].upper() + meaning[1:], stage.height - LEAD_BELOW - lift
        until_s = min(START_S + LEAD_AFTER_S, clock.stop_s)
        handle = stage.words(text, stage.width / 2, y, BODY, role="text", anchor="center")
        handle.enter(0.25, dy=16).leave(max(0.8, until_s - 0.3))


def _tiled(area: Box, panes: int) -> list[Box]:
    """Equal boxes: beside each other, below each other in a high frame, four as a square."""
    if area.height > area.width:
        return area.rows([1] * panes, 28)
    if panes == 4:
        return [box for row in area.rows([1, 1], 24) for box in row.columns([1, 1], PANE_GAP)]
    return area.columns([1] * panes, PANE_GAP)


def _pens(stage: Stage, race: Race, clock: RaceClock, boxes: Sequence[Box]) -> list[Pen]:
    """One pen a pane; all panes are laid out alike."""
    panes = zip(boxes, race.params.entries, race.runs, strict=True)
    pens = [Pen(stage, race, clock, *each) for each in panes]
    room = pens[0].halves[0].width
    header_rows = 2 if any(pen.header_width > room for pen in pens) else 1
    if any(pen.badge and pen.name_width > room for pen in pens):
        header_rows = 3 if any(pen.counts for pen in pens) else 2
    large, small = (max(len(pen.known(names)) for pen in pens) for names in (LARGE, SMALL))
    for pen in pens:
        pen.lay_out(large, small, header_rows)
    return pens


def _show_views(stage: Stage, pens: Sequence[Pen], views: Sequence[View]) -> None:
    """Every pane's views as a clip of its own, composed in one buffer, on stage as one layer."""
    if not views:
        return
    left, top = (min(pen.corner[axis] for pen in pens) for axis in (0, 1))
    placed = [(Pane(_picture(stage, pen, views)), pen.corner[0] - left, pen.corner[1] - top) for pen in pens]
    width = max(x + int(pane.size[0]) for pane, x, _ in placed)
    height = max(y + int(pane.size[1]) for pane, _, y in placed)
    layer = ClipLayer(Composed(placed, (width, height)), left, top, note=Note("data", "requests done"))
    stage.drawn(layer)


def _picture(stage: Stage, pen: Pen, views: Sequence[View]) -> Picture:
    """The views of one pane as a picture of its own size, on the panel's colour."""
    _, _, width, height = pen.pixels(pen.moving)
    red, green, blue = channels(stage.theme.panel)
    background = np.empty((height, width, 4), np.uint8)
    background[:] = (blue, green, red, 255)
    layers: list[Layer] = []
    for view, box in zip(views, pen.views.values(), strict=True):
        layers += view.layers(pen, box)
    frames = max(1, round(stage.duration_s * stage.canvas.fps))
    return Picture(width, height, stage.canvas.fps, frames, background, tuple(layers))


def _sentences(shot: ShotPlan, stage: Stage, race: Race, clock: RaceClock, lift: float) -> list[Sentence]:
    """The running lead and the result, each with its time on screen."""
    lead = race.params.lead
    if lead is None:
        return []
    pair = Rivals.of(race)
    baseline = stage.height - LEAD_BELOW - (64.0 if shot.statement else lift)
    start = START_S + LEAD_AFTER_S
    # It is gone when the result comes, also where both runs end together.
    first_s = min(clock.film(min(run.end_s for run in race.runs)), clock.stop_s - FADE_S)
    leaves = first_s if lead.result else max(shot.duration_s, start)
    sentences = []
    # A race that is over at once has no lead to read, only a result.
    if lead.result is None or leaves - start >= SHORTEST_S:
        sentences.append(Sentence(stage, clock, pair, lead.running, baseline, start, leaves))
    if lead.result is not None:
        after = clock.stop_s + 0.1
        sentences.append(Sentence(stage, clock, pair, lead.result, baseline, after, shot.duration_s))
    return sentences


def _lift(shot: ShotPlan, stage: Stage) -> float:
    """How much higher the text under the panes stands where the footer has several lines."""
    return 0.0 if shot.statement else footer_lift(stage, shot)
