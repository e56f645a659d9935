"""The picture of a terminal: a window with the recording, what it is and how fast it plays above it."""

from __future__ import annotations

from explainers.footage.clip_layer import ClipLayer
from explainers.footage.terminal_colors import colors_of
from explainers.kinds.terminal.params import BeatParams, Params

from explainers.film.layer import Note, Rect
from explainers.kinds.base import ShotPlan
from explainers.kinds.capture.drawing import ENTER_AT_S, ENTER_S, LINE_RISE, speed_words
from explainers.kinds.capture.layout import room
from explainers.kinds.capture.marks import outline
from explainers.kinds.terminal.source import PADDING, Terminal, terminal_of
from explainers.stage import Box, Stage, shapes
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_out


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    params: Params = shot.params
    freezes = [(beat.start_s, beat.end_s) for beat in shot.beats if _own(beat.params).freeze]
    terminal = terminal_of(params, shot, freezes)
    window, cell = terminal.fitted(room(shot, header=True).area, stage.scale)
    show(stage, shot, terminal, window, cell)
    header(stage, Box(*(edge / stage.scale for edge in window)), params.label, terminal)
    pad = round(PADDING * stage.scale / 2) * 2
    for beat in shot.beats:
        for first, last in _own(beat.params).lines:
            top = window.top + pad + (first - 1) * cell[1]
            bottom = min(window.bottom - pad, window.top + pad + last * cell[1])
            box = Box(*(edge / stage.scale for edge in (window.left + pad, top, window.right - pad, bottom)))
            outline(stage, box, beat.start_s + 0.15, beat.end_s)


def show(stage: Stage, shot: ShotPlan, terminal: Terminal, window: Rect, cell: tuple[int, int]) -> None:
    """The window and the recording in it."""
    colors = colors_of(terminal.cast, stage.theme)
    box = Box(*(edge / stage.scale for edge in window))
    frame = stage.mobject(shapes.panel(box, stage.theme.line, colors.ground, 12, 2), z=4)
    frame.enter(ENTER_AT_S, dy=0, duration_s=ENTER_S)
    pad = round(PADDING * stage.scale / 2) * 2
    clip = terminal.clip(cell, shot)
    note = Note("picture", terminal.cast.path.name, role="footage")
    layer = ClipLayer(clip, window.left + pad, window.top + pad, note=note)
    stage.drawn(layer)
    layer.track("opacity").initial = 0.0
    layer.track("opacity").to(1.0, ENTER_AT_S, ENTER_S, ease_out)


def header(stage: Stage, box: Box, label: str | None, terminal: Terminal) -> None:
    """Above the window: what it is, and on the right how its time differs from real time."""
    baseline = box.top - LINE_RISE
    if label:
        stage.words(label, box.left, baseline, LABEL, STRONG).enter(ENTER_AT_S, dy=0)
    pauses = terminal.pauses
    told = speed_words(terminal.clock)
    if pauses and not told:
        told = [(pauses, 0.0, stage.duration_s)]
    elif pauses:
        told = [(f"{text}, {pauses}", start, end) for text, start, end in told]
    for text, start_s, end_s in told:
        words = stage.words(text, box.right, baseline, LABEL, role="muted", anchor="right")
        words.enter(max(ENTER_AT_S, start_s), dy=0, duration_s=0.25)
        if end_s < terminal.clock.end_s - 1e-6:
            words.leave(end_s - 0.1, duration_s=0.1)


def _own(params: object) -> BeatParams:
    return params if isinstance(params, BeatParams) else BeatParams()
