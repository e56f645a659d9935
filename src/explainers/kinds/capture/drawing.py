"""The picture of a capture: its pane, its label and speed, and what points into it."""

from __future__ import annotations

from explainers.footage.clip_layer import ClipLayer
from explainers.footage.panes import Footage
from explainers.kinds.capture.params import BeatParams, Params

from explainers.film.layer import Note, Rect
from explainers.footage.timeline import Timeline
from explainers.kinds.base import ShotPlan
from explainers.kinds.capture import marks
from explainers.kinds.capture.place import placed
from explainers.kinds.capture.source import ZOOM_S, Capture, area_of, point_of
from explainers.stage import Box, Stage, shapes
from explainers.theme import LABEL, STRONG
from explainers.timing import ease_out

ENTER_AT_S, ENTER_S = 0.05, 0.4
LINE_RISE = 22.0
"""From a pane's top edge up to the baseline of its label."""


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything but the shot's title, statement and footer."""
    params: Params = shot.params
    capture, pane = placed(shot)
    size = (pane.right - pane.left, pane.bottom - pane.top)
    place = marks.Placed(pane, capture.views, stage.scale)
    show(stage, capture.clip(size, shot.media), pane, params.label or "capture")
    header(stage, place.box, params.label, capture.clock, capture.media.kind == "still")
    _point(shot, stage, capture, place)
    for one in params.clicks:
        when = marks.moment_of(capture.clock, one.at)
        if when is not None:
            marks.click(stage, place.point(*point_of(one.point, capture.media), when), when)


def show(stage: Stage, clip: Footage, pane: Rect, text: str) -> ClipLayer:
    """Put a clip in its pane, with a thin line around it."""
    scale = stage.scale
    box = Box(*(edge / scale for edge in pane))
    frame = stage.mobject(shapes.panel(box.inset(-2), stage.theme.line, stage.theme.panel, 3, 2), z=4)
    frame.enter(ENTER_AT_S, dy=0, duration_s=ENTER_S)
    layer = ClipLayer(clip, pane.left, pane.top, note=Note("picture", text, role="footage"))
    stage.drawn(layer)
    layer.track("opacity").initial = 0.0
    layer.track("opacity").to(1.0, ENTER_AT_S, ENTER_S, ease_out)
    return layer


def header(stage: Stage, box: Box, label: str | None, clock: Timeline | None, still: bool = False) -> None:
    """Above a pane: what it is on the left, and on the right its speed wherever that is not real time."""
    baseline = box.top - LINE_RISE
    if label:
        stage.words(label, box.left, baseline, LABEL, STRONG).enter(ENTER_AT_S, dy=0)
    if clock is None or still:
        return
    for text, start_s, end_s in speed_words(clock):
        words = stage.words(text, box.right, baseline, LABEL, role="muted", anchor="right")
        words.enter(max(ENTER_AT_S, start_s), dy=0, duration_s=0.25)
        if end_s < clock.end_s - 1e-6:
            words.leave(end_s - 0.1, duration_s=0.1)


def speed_words(clock: Timeline) -> list[tuple[str, float, float]]:
    """What is said of the speed, with its seconds of the shot: factors that are not 1, and pauses."""
    told = []
    for one in clock.factors():
        if one.speed not in (0.0, 1.0):
            told.append((f"shown at {one.speed:g}×", one.start_s, one.end_s))
        elif one.speed == 0.0 and len(clock.stretches) > 1:
            told.append(("paused", one.start_s, one.end_s))
    return told


def _point(shot: ShotPlan, stage: Stage, capture: Capture, place: marks.Placed) -> None:
    for beat in shot.beats:
        own = beat.params if isinstance(beat.params, BeatParams) else BeatParams()
        # The window may be on its way when the beat begins: marks wait until it is there.
        start = beat.start_s + (min(ZOOM_S, beat.duration_s) if own.zoom is not None else 0.15)
        end, media = beat.end_s, capture.media
        if own.spotlight:
            marks.spotlight(
                stage, place.pane, place.area(area_of(own.spotlight, media), start + 1e-3), start, end
            )
        for region in own.box:
            marks.outline(stage, place.area(area_of(region, media), start + 1e-3), start, end)
        for one in own.callout:
            at = place.point(*point_of(one.point, media), start + 1e-3)
            marks.callout(stage, one, at, place.box, start, end)
