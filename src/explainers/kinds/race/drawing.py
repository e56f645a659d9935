"""The picture of a race: a clock bar, panes with their counters and moving views, and the lead."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.film.layer import Track
from explainers.kinds.base import ShotPlan
from explainers.kinds.race import layout as at
from explainers.kinds.race import lead, words
from explainers.kinds.race.bar import ClockBar
from explainers.kinds.race.clock import START_S, RaceClock, race_clock
from explainers.kinds.race.measures import LARGE, SMALL
from explainers.kinds.race.pane import draw_pane, header_needs, name_needs
from explainers.kinds.race.params import PICTURES
from explainers.kinds.race.pen import ENTER_AT_S, ENTER_S, Entrant, Pen
from explainers.kinds.race.sentence import Sentence
from explainers.kinds.race.views import show_views
from explainers.stage import Box, Stage
from explainers.theme import BODY
from explainers.timing import ease_out

LEAD_AFTER_S = 1.9
"""How long the clock runs before there is a lead worth reading."""
FOOTER_LEAST, FOOTER_LEADING = 28.0, 1.3
"""Size and line spacing of a footer that has several lines."""
SHORTEST_S = 1.0
"""A sentence is not shown for less."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    params, runs = shot.params, shot.runs
    clock = race_clock(params, runs)
    arrival = Track(0.0).to(1.0, ENTER_AT_S, ENTER_S, ease_out)
    sentences = _sentences(shot, stage, clock)
    below = max((each.line_count for each in sentences), default=1)
    if sentences and shot.statement:
        below += 1
    bar = ClockBar(stage, shot, clock)
    regions = at.regions(stage, len(params.panes), bar.rows_below(), below, _lift(shot, stage))
    bar.draw(regions, arrival, ENTER_AT_S)
    pens = _pens(shot, stage, regions.panes, clock, arrival)
    for pen in pens:
        draw_pane(pen)
    show_views(stage, pens)
    for sentence in sentences:
        sentence.draw()
    if sentences and not shot.statement:
        _legend(shot, stage, min(START_S + LEAD_AFTER_S, clock.stop_s))


def _pens(shot: ShotPlan, stage: Stage, boxes: Sequence[Box], clock: RaceClock, arrival: Track) -> list[Pen]:
    """One pen a pane; all panes are laid out alike."""
    params, runs = shot.params, shot.runs
    # Who lost requests on the way is not first.
    soonest = min(
        (runs[pane.run].end_s for pane in params.panes if not runs[pane.run].outcomes.lost), default=None
    )
    rivals = lead.rivals(params, runs) if params.lead else None
    mixed = len({runs[pane.run].provenance.kind for pane in params.panes}) > 1
    entrants = []
    for pane in params.panes:
        run = runs[pane.run]
        entrants.append(
            Entrant(
                pane,
                run,
                not run.outcomes.lost and run.end_s == soonest,
                rivals.against(run) if rivals else None,
                mixed,
            )
        )
    room = at.header_width(boxes[0])
    header_rows = 2 if any(header_needs(stage, params, each) > room for each in entrants) else 1
    if any(each.badge and name_needs(stage, each) > room for each in entrants):
        header_rows = 3 if any(each.counts(params) for each in entrants) else 2
    large, small = (max(len(each.shown(params, names)) for each in entrants) for names in (LARGE, SMALL))
    spark = "sparkline" in params.views
    pictures = [view for view in params.views if view in PICTURES]
    layouts = [at.pane_layout(box, large, small, header_rows, spark, pictures) for box in boxes]
    return [
        Pen(stage, params, entrant, box, layout, clock, arrival)
        for entrant, box, layout in zip(entrants, boxes, layouts, strict=True)
    ]


def _sentences(shot: ShotPlan, stage: Stage, clock: RaceClock) -> list[Sentence]:
    """The running lead and the result, each with its time on screen."""
    template = shot.params.lead
    if template is None:
        return []
    pair = lead.rivals(shot.params, shot.runs)
    first_s = clock.film(min(shot.runs[pane.run].end_s for pane in shot.params.panes))
    baseline = stage.height - 118.0 - (64.0 if shot.statement else _lift(shot, stage))
    start = START_S + LEAD_AFTER_S
    leaves = first_s if template.result else max(shot.duration_s, start)
    running = Sentence(
        stage,
        template.running,
        baseline,
        lambda t: pair.values(clock.at(t)),
        start,
        leaves,
        clock.stop_s,
        pair.time_format,
    )
    if template.result is None:
        return [running]
    # A race that is over at once has no lead to read, only a result.
    kept = [running] if leaves - start >= SHORTEST_S else []
    last = pair.values(clock.until_s)
    result = Sentence(
        stage,
        template.result,
        baseline,
        lambda t: last,
        clock.stop_s + 0.1,
        shot.duration_s,
        0.0,
        pair.time_format,
    )
    return [*kept, result]


def _lift(shot: ShotPlan, stage: Stage) -> float:
    """How much higher the text under the panes stands where the footer has several lines."""
    if shot.footer is None or shot.statement:
        return 0.0
    needed = stage.text_width(shot.footer, FOOTER_LEAST) / stage.safe.width
    lines = len(stage.lines(shot.footer, stage.safe.width, FOOTER_LEAST)) if needed > 1 else 1
    return (lines - 1) * FOOTER_LEAST * FOOTER_LEADING


def _legend(shot: ShotPlan, stage: Stage, until_s: float) -> None:
    """What a cell means, where the lead will stand, until it does."""
    meaning = words.picture_meaning(shot.params, shot.runs)
    if meaning is None:
        return
    text = meaning[0].upper() + meaning[1:]
    handle = stage.words(
        text, stage.width / 2, stage.height - 118.0 - _lift(shot, stage), BODY, role="text", anchor="center"
    )
    handle.enter(0.25, dy=16).leave(max(0.8, until_s - 0.3))
