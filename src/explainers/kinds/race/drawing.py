"""The picture of a race: a clock bar, panes with their counters and moving views, and the lead."""

from __future__ import annotations

from explainers.kinds.base import ShotPlan
from explainers.kinds.race import layout as at
from explainers.kinds.race import lead, words
from explainers.kinds.race.clock import START_S, RaceClock, race_clock
from explainers.kinds.race.pane import PanePainter
from explainers.kinds.race.sentence import Sentence
from explainers.kinds.race.views import show_views
from explainers.facts.numbers import written
from explainers.film.layer import Note
from explainers.film.track import Track
from explainers.stage import Box, Stage
from explainers.theme import BODY, LABEL
from explainers.timing import ease_out

CLOCK_SIZE = 54.0
ENTER_AT_S, ENTER_S = 0.1, 0.45
LEAD_AFTER_S = 1.9
"""How long the clock runs before there is a lead worth reading."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    params, runs = shot.params, shot.runs
    clock = race_clock(params, runs)
    arrival = Track(0.0).to(1.0, ENTER_AT_S, ENTER_S, ease_out)
    sentences = _sentences(shot, stage, clock)
    below = max((each.line_count for each in sentences), default=1) + (1 if sentences and shot.statement else 0)
    regions = at.regions(stage, len(params.panes), _bar_width(shot, stage, clock), below)
    _clock_bar(shot, stage, clock, regions, arrival)
    soonest = min(runs[pane.run].end_s for pane in params.panes)
    rivals = lead.rivals(params, runs) if params.lead else None
    painters = [
        PanePainter(
            stage, params, pane, run, box, clock, arrival, run.end_s == soonest, rivals.against(run) if rivals else None
        )
        for pane, box in zip(params.panes, regions.panes, strict=True)
        for run in [runs[pane.run]]
    ]
    for painter in painters:
        painter.draw()
    show_views(stage, painters, ENTER_AT_S, ENTER_S)
    for sentence in sentences:
        sentence.draw()
    if sentences and not shot.statement:
        _legend(shot, stage)


def _sentences(shot: ShotPlan, stage: Stage, clock: RaceClock) -> list[Sentence]:
    """The running lead and the result, each with its time on screen."""
    template = shot.params.lead
    if template is None:
        return []
    pair = lead.rivals(shot.params, shot.runs)
    first_s = clock.film(min(shot.runs[pane.run].end_s for pane in shot.params.panes))
    baseline = stage.height - 118.0 - (64.0 if shot.statement else 0.0)
    start = START_S + LEAD_AFTER_S
    leaves = first_s if template.result else shot.duration_s
    running = Sentence(stage, template.running, baseline, lambda t: pair.values(clock.at(t)), start, leaves, clock.stop_s)
    if template.result is None:
        return [running]
    last = pair.values(clock.until_s)
    result = Sentence(stage, template.result, baseline, lambda t: last, clock.stop_s + 0.1, shot.duration_s, 0.0)
    return [running, result]


def _legend(shot: ShotPlan, stage: Stage) -> None:
    """What a cell means, where the lead will stand, until it does."""
    meaning = words.cell_meaning(shot.params, shot.runs)
    if meaning is None:
        return
    text = meaning[0].upper() + meaning[1:]
    handle = stage.words(text, stage.width / 2, stage.height - 118.0, BODY, role="text", anchor="center")
    handle.enter(0.25, dy=16).leave(START_S + LEAD_AFTER_S - 0.3)


def _clock_texts(shot: ShotPlan, clock: RaceClock) -> tuple[str, str]:
    """The note beside the running clock, and beside the one that stands still."""
    time, speed = words.time_note(shot.params, shot.runs), f"shown at {clock.speed:g}×"
    return (time, time) if clock.speed == 1 else (f"{time}, {speed}", speed)


def _bar_width(shot: ShotPlan, stage: Stage, clock: RaceClock) -> float:
    note, short = _clock_texts(shot, clock)
    raced, compared = words.raced(shot.params, shot.runs), words.compared(shot.params, shot.runs)
    widest = max(
        stage.text_width(note, LABEL) + stage.text_width(raced, LABEL),
        stage.text_width(short, LABEL) + stage.text_width(compared, LABEL),
    )
    return _clock_width(stage, clock) + widest + 2 * 40 + 48 + 60


def _clock_width(stage: Stage, clock: RaceClock) -> float:
    return stage.text_width(written(clock.until_s, "clock"), CLOCK_SIZE, 650, mono=True)


def _clock_bar(shot: ShotPlan, stage: Stage, clock: RaceClock, regions: at.Regions, arrival: Track) -> None:
    """The clock and its note on the left; what is raced on the right, and at the end what was compared."""
    bar = regions.bar
    stage.panel(bar, fill=stage.theme.panel, radius=14).enter(ENTER_AT_S, dy=0)
    rows = bar.rows([1, 1]) if regions.stacked else [bar, bar]
    if regions.stacked:
        rows = Box(bar.left, bar.top + 8, bar.right, bar.bottom - 8).rows([1, 1])
    first, second = (row.center[1] for row in rows)
    left, width = bar.left + 40, _clock_width(stage, clock)

    def text_at(t: float) -> tuple[str, float, float, float]:
        return written(clock.at(t), "clock"), left + width, first + 0.365 * CLOCK_SIZE, arrival.at(t)

    spans = [*arrival.spans(), (START_S, clock.stop_s)]
    note = Note("text", written(clock.until_s, "clock"), CLOCK_SIZE, stage.theme.color("text"), stage.theme.panel, "clock")
    stage.number(text_at, spans, ["clock", clock, left, width, first], CLOCK_SIZE, anchor="right", note=note)
    running, still = _clock_texts(shot, clock)
    x = left + width + 48
    _until(stage, (running, still), x, first, "left", clock.stop_s)
    pair = words.raced(shot.params, shot.runs), words.compared(shot.params, shot.runs)
    if regions.stacked:
        _until(stage, pair, left, second, "left", clock.stop_s)
    else:
        _until(stage, pair, bar.right - 40, first, "right", clock.stop_s)


def _until(stage: Stage, texts: tuple[str, str], x: float, y: float, anchor: str, stop_s: float) -> None:
    """A text that gives way to another when the clock stands still."""
    size = float(LABEL)
    while size > 28 and max(stage.text_width(text, size) for text in texts) > stage.safe.width - 80:
        size -= 1
    before = stage.middle(texts[0], x, y, size, role="muted", anchor=anchor, over=stage.theme.panel)
    before.enter(ENTER_AT_S, dy=0)
    if texts[1] != texts[0]:
        before.leave(stop_s + 0.1)
        after = stage.middle(texts[1], x, y, size, role="muted", anchor=anchor, over=stage.theme.panel)
        after.enter(stop_s + 0.35, dy=0)
