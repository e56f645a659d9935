"""Drawn scenes side by side, alive, marked as illustrations; beats hold them still and point at things.

For what a video says before it has footage: two places, and what sets them apart. A beat's `point`
outlines all that a scene shows of one sort (exactly: it is drawn) and names it below the scene. Scenes are
drawn pictures that a `.py` beside the storyboard brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from explainers.errors import nearest
from explainers.kinds.base import BeatPlan, KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import Frozen, Label, Name, PictureName, Seconds, ShownText
from explainers.theme import LABEL

if TYPE_CHECKING:
    from explainers.compositor.drawn import DrawnPicture
    from explainers.stage import Box, Stage

FPS = 30
STAND_S = 0.5
"""From a scene's entrance until it moves."""
GAP, OVER, UNDER = 36.0, 62.0, 70.0
MASK = (864, 576)


class Pane(Frozen):
    """One scene."""

    scene: PictureName
    """Which one."""
    label: Label | None = None
    """Words over it."""
    start: Seconds = 0.0
    """Its moment at the start of the shot."""


class Point(Frozen):
    """What a beat points at."""

    scene: PictureName
    """In which scene."""
    at: Name
    """The sort of thing: a tag of the drawn picture's patches, such as `boat`."""
    text: ShownText
    """What is said of it, below the scene."""


class Params(KindParams):
    """The scenes, from left to right."""

    scenes: Annotated[tuple[Pane, ...], Field(min_length=1, max_length=2)]
    """The scenes."""


class BeatParams(KindBeat):
    """The scenes stand still from the first beat that points."""

    point: tuple[Point, ...] = ()
    """What is outlined and named in this beat."""


def _boxes(body: Box, sizes: list[tuple[float, float]]) -> list[Box]:
    from explainers.stage.photos import fitted

    room = [body.columns([1] * len(sizes), GAP), body.rows([1] * len(sizes), GAP)]
    layouts = [
        [
            fitted(one._replace(top=one.top + OVER, bottom=one.bottom - UNDER), size[0] / size[1])
            for one, size in zip(boxes, sizes, strict=True)
        ]
        for boxes in room
    ]
    return max(layouts, key=lambda boxes: boxes[0].width)


def _live(stage: Stage, scene: DrawnPicture, pane: Pane, box: Box, still_s: float, enter_s: float) -> None:
    from explainers.compositor.layer import Note
    from explainers.compositor.patches import ScenePlaying, scene_pixels
    from explainers.stage.chrome import illustration_mark
    from explainers.stage.photos import RADIUS, photo, pixel_rect

    rect = pixel_rect(stage, box)
    size = (rect.right - rect.left, rect.bottom - rect.top)
    begin = enter_s + STAND_S
    stands = [photo(stage, scene_pixels(scene, pane.start, *size), box, z=2.8)]
    note = Note("picture", pane.label or pane.scene, over=stage.theme.background)
    radius = RADIUS * stage.scale
    stage.drawn(ScenePlaying(rect, begin, still_s, FPS, radius, note=note, scene=scene, first_s=pane.start))
    if still_s < stage.duration_s:
        frozen = photo(stage, scene_pixels(scene, _moment(pane, begin, still_s), *size), box, z=3.2)
        frozen.hide().fade(still_s - 0.02, 1.0, 0.0)
    stands.append(illustration_mark(stage, box))
    if pane.label:
        label = LABEL * min(1.0, box.width / stage.text_width(pane.label, LABEL))
        stands.append(stage.words(pane.label, box.left + 2, box.top - 20, label, role="muted"))
    # The first pane stands from the first frame on, so that the shot never begins as an empty page.
    for handle in stands if enter_s else ():
        handle.enter(enter_s, dy=24)


def _enter_s(index: int) -> float:
    return 0.2 * index


def _still_s(shot: ShotPlan) -> float:
    """When the scenes stop: with the first beat that points."""
    return next((beat.start_s for beat in shot.beats if beat.params.point), shot.duration_s)


def _moment(pane: Pane, begin_s: float, still_s: float) -> float:
    """The scene's own time when it stops, on its frame grid."""
    return round((still_s - begin_s) * FPS) / FPS + pane.start


def _point(stage: Stage, scene: DrawnPicture, at: float, box: Box, point: Point, beat: BeatPlan) -> None:
    import numpy as np

    from explainers.compositor.labels import regions
    from explainers.compositor.layer import Track
    from explainers.compositor.patches import scene_mask
    from explainers.stage.marks import LineLayer
    from explainers.timing import ease_in_out

    mask = scene_mask(scene, at, point.at, *MASK)
    sx, sy = box.width / MASK[0], box.height / MASK[1]
    start = beat.start_s + 0.2
    last = beat.end_s >= stage.duration_s - 0.1
    for region in regions(mask.astype(np.uint8), 1, least=0.00012, tolerance=1.0)[:8]:
        points = [(box.left + x * sx, box.top + y * sy) for x, y in region.points]
        light = Track(0.0).to(1.0, start, 0.1)
        if not last:
            light.to(0.0, beat.end_s - 0.25, 0.25)
        drawn = Track(0.0).to(1.0, start, 0.8, ease_in_out)
        stage.drawn(LineLayer(points, stage.scale, "#FFFFFF", drawn, light, 4.5, 6.0))
    half = stage.text_width(point.text, 40, 650) / 2
    x = min(max(box.center[0], stage.safe.left + half), stage.safe.right - half)
    words = stage.words(point.text, x, box.bottom + 54, 40, 650, anchor="center")
    words.enter(start + 0.2, dy=12)
    if not last:
        words.leave(beat.end_s - 0.25, duration_s=0.25)


EXAMPLE = """
storyboard: 1
title: One bay, twice
shots:
  - id: bays
    kind: illustration
    title: One bay, two lights
    statement: What a network has never seen it can't know.
    scenes:
      - {scene: bay, label: By day}
      - {scene: bay-at-dusk, label: At dusk, start: 1.5s}
    beats:
      - {id: sail, duration: 2.5s}
      - {id: boats, point: [{scene: bay-at-dusk, at: boat, text: The same boats in another light}]}
      - {id: houses, point: [{scene: bay-at-dusk, at: house, text: The same houses}]}
"""


class IllustrationKind(SceneKind):
    params = Params
    beat_params = BeatParams
    example = EXAMPLE

    def beat_s(self, beat: BeatParams) -> float:
        """Time to see what is meant."""
        return 2.4 if beat.point else 0.0

    def duration_s(self, shot: ShotPlan) -> float:
        """A while on the road."""
        return 5.0

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Points into a scene that is not there, or at what is not in it."""
        found = []
        panes = {pane.scene: (index, pane) for index, pane in enumerate(shot.params.scenes)}
        for i, beat in enumerate(shot.beats):
            for j, one in enumerate(beat.params.point):
                loc = ("beats", i, "point", j)
                if one.scene not in panes:
                    message = f"the shot does not show {one.scene!r}"
                    found.append(Mistake((*loc, "scene"), "unknown-name", message, ", ".join(panes)))
                    continue
                index, pane = panes[one.scene]
                moment = _moment(pane, _enter_s(index) + STAND_S, _still_s(shot))
                tags = sorted({each.tag for each in shot.pictures[one.scene].patches(moment) if each.tag})
                if one.at not in tags:
                    message = f"{one.scene} shows no {one.at!r} where it stands still"
                    near = nearest(one.at, tags)
                    found.append(Mistake((*loc, "at"), "unknown-name", message, ", ".join(tags), near))
        return found

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Panes of equal size; what a beat points at is outlined while the beat lasts."""
        from explainers.stage.chrome import body_over

        params: Params = shot.params
        body = body_over(stage, shot)
        drawn = [shot.pictures[pane.scene] for pane in params.scenes]
        boxes = _boxes(body, [one.size for one in drawn])
        still = _still_s(shot)
        for index, (pane, scene, box) in enumerate(zip(params.scenes, drawn, boxes, strict=True)):
            enter = _enter_s(index)
            moment = _moment(pane, enter + STAND_S, still)
            _live(stage, scene, pane, box, still, enter)
            for beat in shot.beats:
                for point in beat.params.point:
                    if point.scene == pane.scene:
                        _point(stage, scene, moment, box, point, beat)
