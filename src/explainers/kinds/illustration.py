"""Drawn scenes, alive, that fill the shot; beats hold them still and point at things.

For what a video says before it has footage: two places, and what sets them apart. Two scenes share the
frame's picture, each over its half. A beat's `point` outlines what a scene shows of one sort (exactly: it
is drawn); the outline is named `scene.sort`, so that the camera can go to it. Scenes are drawn pictures
that a `.py` beside the storyboard brings.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from explainers.errors import nearest
from explainers.kinds.base import BeatPlan, KindBeat, KindParams, SceneKind, ShotPlan
from explainers.storyboard.mistakes import Mistake
from explainers.storyboard.types import Frozen, Label, Name, PictureName, Seconds, ShownText
from explainers.theme import LABEL, STRONG

if TYPE_CHECKING:
    from explainers.compositor.drawn import DrawnPicture
    from explainers.compositor.patches import ScenePlaying
    from explainers.stage import Box, Stage

FPS = 30
TRAVEL_S, SLIDE_S = 0.8, 0.8
"""How long a scene that is carried on stands still at first, and how long one takes to slide in."""
MASK = (1152, 768)
SMALL, OFF = 0.004, 6
"""The share of a scene under which what is pointed at is small, and how far off its outline then stands."""


class Pane(Frozen):
    """One scene."""

    scene: PictureName
    """Which one."""
    label: Label | None = None
    """Words in its upper corner, until a beat points."""
    start: Seconds = 0.0
    """Its moment at the start of the shot."""
    enter: Seconds | None = None
    """When it slides in over its part of the frame; it is there from the start where nothing is written."""


class Point(Frozen):
    """What a beat points at."""

    scene: PictureName
    """In which scene."""
    at: Name
    """The sort of thing: a tag of the drawn picture's patches, such as `boat`."""
    text: ShownText | None = None
    """What is said of it, beside it."""
    largest: Annotated[int, Field(ge=1, le=12)] = 8
    """How many of these things are outlined, the largest first."""


class Params(KindParams):
    """The scenes, from left to right."""

    scenes: Annotated[tuple[Pane, ...], Field(min_length=1, max_length=2)]
    """The scenes."""


class BeatParams(KindBeat):
    """The scenes stand still from the first beat that points."""

    point: tuple[Point, ...] = ()
    """What is outlined and named in this beat."""


def _panes(body: Box, count: int, low: float) -> list[Box]:
    """The parts of the frame: side by side, or one above the other where that is larger, down to `low`."""
    if body.width > 1.2 * body.height:
        return body.columns([1] * count)
    return body._replace(bottom=min(body.bottom, low)).rows([1] * count)


def _start_s(shot: ShotPlan, pane: Pane) -> float:
    """When a scene begins to move: once it has arrived."""
    if pane.enter is not None:
        return pane.enter + SLIDE_S
    return TRAVEL_S if shot.carry is not None else 0.0


def _still_s(shot: ShotPlan) -> float:
    """When the scenes stop: with the first beat that points."""
    return next((beat.start_s for beat in shot.beats if beat.params.point), shot.duration_s)


def _moment(shot: ShotPlan, pane: Pane) -> float:
    """A scene's own time when it stops, on its frame grid."""
    return round(max(0.0, _still_s(shot) - _start_s(shot, pane)) * FPS) / FPS + pane.start


class _Scene:
    """A scene in its part of the frame. The `last` lies lowest, may reach under the one before, and goes on
    beyond its size down to `low`."""

    def __init__(self, shot: ShotPlan, stage: Stage, pane: Pane, box: Box, last: bool, low: float):
        from explainers.stage.photos import covering, pixel_rect

        self.shot, self.stage, self.pane, self.box = shot, stage, pane, stage.snapped(box)
        self.scene: DrawnPicture = shot.pictures[pane.scene]
        self.z, self.last = 2.0 if last else 3.0, last
        # Over words the foot of a scene is seen, where a street is.
        foot = 0.9 if last and low > self.box.bottom + 1 else 0.5
        self.place = covering(self.box, self.scene.size[0] / self.scene.size[1], (0.5, foot))
        seen = self.place._replace(bottom=max(self.place.bottom, low)) if last else self.box
        self.rect = pixel_rect(stage, seen)

    def play(self) -> None:
        from explainers.compositor.layer import Note
        from explainers.compositor.patches import ScenePlaying
        from explainers.stage.photos import pixel_rect

        shot, stage, pane = self.shot, self.stage, self.pane
        begin = _start_s(shot, pane)
        note = Note("picture", pane.label or pane.scene, over=stage.theme.background)
        playing = ScenePlaying(
            self.rect,
            begin,
            max(begin, _still_s(shot)),
            FPS,
            z=self.z,
            note=note,
            waits=pane.enter is None,
            stays=True,
            scene=self.scene,
            first_s=pane.start,
            place=pixel_rect(stage, self.place),
        )
        with stage.named(pane.scene, "picture"):
            if pane.enter is not None:
                self._slide(playing, pane.enter, begin)
            stage.drawn(playing)
        if pane.label:
            self._label(pane.label, begin)

    def _slide(self, playing: ScenePlaying, enter_s: float, begin_s: float) -> None:
        """As a still picture, from beyond the frame's edge to its place."""
        import cairo

        from explainers.compositor.layer import blank
        from explainers.timing import ease_in_out

        rect = self.rect
        tile = blank(rect.width, rect.bottom - rect.top, rect.left, rect.top)
        ctx = cairo.Context(tile.surface)
        ctx.translate(-rect.left, -rect.top)
        playing.sketch(ctx, self.pane.start)
        tile.surface.flush()
        still = self.stage.place({"plain": tile}, self.box, self.z).hide()
        across = self.box.width < self.stage.width
        away = (-self.box.right, 0.0) if across else (0.0, -self.box.bottom)
        still.move(enter_s, *away, 0.0).fade(enter_s, 1.0, 0.0)
        still.move(enter_s, 0.0, 0.0, SLIDE_S, ease_in_out).fade(begin_s + 1 / FPS, 0.0, 0.0)

    def _label(self, text: str, begin_s: float) -> None:
        """A pill in the upper corner, inside the frame's margins."""
        from explainers.stage.chrome import pill

        left = max(self.box.left + 36.0, self.stage.safe.left)
        top = max(self.box.top + 30.0, self.stage.safe.top)
        words, gone = pill(self.stage, text, left, top), _still_s(self.shot)
        if begin_s:
            words.enter(begin_s, dy=0)
        if gone < self.stage.duration_s:
            # The camera may go in from then on.
            words.leave(gone - 0.25, duration_s=0.25)

    def point(self, point: Point, beat: BeatPlan) -> None:
        """Outlines of what is meant, for as long as the beat lasts, and words beside them."""
        import numpy as np

        from explainers.compositor.labels import regions
        from explainers.compositor.layer import Track
        from explainers.compositor.patches import scene_mask
        from explainers.stage import Box
        from explainers.stage.chrome import PLATE, pill, words_top
        from explainers.stage.marks import LineLayer
        from explainers.timing import ease_in_out

        stage, place = self.stage, self.place
        mask = scene_mask(self.scene, _moment(self.shot, self.pane), point.at, *MASK)
        sx, sy = place.width / MASK[0], place.height / MASK[1]
        # Only what is seen of the scene counts.
        edges = ((self.box.left - place.left) / sx, (self.box.right - place.left) / sx)
        mask[:, : max(0, round(edges[0]))] = False
        mask[:, round(edges[1]) :] = False
        if 0 < mask.mean() < SMALL:
            # An outline on the edge of something small would hide it.
            for axis in (0, 1):
                mask = np.any([np.roll(mask, by, axis) for by in range(-OFF, OFF + 1)], axis=0)
        start, last = beat.start_s + 0.2, beat.end_s >= stage.duration_s - 0.1
        found = regions(mask.astype(np.uint8), 1, least=0.00006, tolerance=1.0)[: point.largest]
        boxes = []
        for index, region in enumerate(found):
            points = [(place.left + x * sx, place.top + y * sy) for x, y in region.points]
            xs, ys = [x for x, _ in points], [y for _, y in points]
            boxes.append(Box(min(xs), min(ys), max(xs), max(ys)))
            when = start + 0.08 * index
            drawn = Track(0.0).to(1.0, when, 0.6, ease_in_out)
            for color, width, alpha in ((PLATE, 8.0, 0.5), ("#FFFFFF", 3.6, 1.0)):
                light = Track(0.0).to(alpha, when, 0.1)
                if not last:
                    light.to(0.0, beat.end_s - 0.25, 0.25)
                with stage.named(f"{point.scene}.{point.at}", "outline"):
                    stage.drawn(LineLayer(points, stage.scale, color, drawn, light, width, 6.0))
        if point.text and boxes:
            width = stage.text_width(point.text, LABEL, STRONG) + 2 * 20.0
            x = min(max(boxes[0].center[0] - width / 2, stage.safe.left), stage.safe.right - width)
            y = max(stage.safe.top, boxes[0].top - 76.0)
            if not self.last and self.box.width == stage.width:
                # Another scene lies below: the words stand between what is pointed at in both.
                y = min(boxes[0].bottom + 20.0, self.box.bottom - 76.0)
            words = pill(stage, point.text, x, min(y, words_top(stage, self.shot) - 80.0))
            words.enter(start + 0.2, dy=12)
            if not last:
                words.leave(beat.end_s - 0.25, duration_s=0.25)


class IllustrationKind(SceneKind):
    params = Params
    beat_params = BeatParams

    def beat_s(self, beat: BeatParams) -> float:
        """Time to see what is meant."""
        return 2.4 if beat.point else 0.0

    def duration_s(self, shot: ShotPlan) -> float:
        """A while on the road."""
        return 5.0

    def illustrated(self, shot: ShotPlan) -> list[str]:
        """Every scene is drawn."""
        return ["drawn for this video"]

    def mistakes(self, shot: ShotPlan) -> list[Mistake]:
        """Points into a scene that is not there, or at what is not in it."""
        found = []
        panes = {pane.scene: pane for pane in shot.params.scenes}
        for i, beat in enumerate(shot.beats):
            for j, one in enumerate(beat.params.point):
                loc = ("beats", i, "point", j)
                if one.scene not in panes:
                    message = f"the shot does not show {one.scene!r}"
                    found.append(Mistake((*loc, "scene"), "unknown-name", message, ", ".join(panes)))
                    continue
                moment = _moment(shot, panes[one.scene])
                tags = sorted({each.tag for each in shot.pictures[one.scene].patches(moment) if each.tag})
                if one.at not in tags:
                    message = f"{one.scene} shows no {one.at!r} where it stands still"
                    near = nearest(one.at, tags)
                    found.append(Mistake((*loc, "at"), "unknown-name", message, ", ".join(tags), near))
        return found

    def picture(self, shot: ShotPlan, stage: Stage) -> None:
        """Scenes that fill the picture's part of the frame; what a beat points at is outlined meanwhile."""
        from explainers.stage import material
        from explainers.stage.chrome import body_over, words_top

        params: Params = shot.params
        body = body_over(stage, shot)
        # Words on the last of several stand on what it has beyond its size.
        low = words_top(stage, shot) + 50.0 if len(params.scenes) > 1 else body.bottom
        boxes = _panes(body, len(params.scenes), low)
        panes = list(zip(params.scenes, boxes, strict=True))
        for pane, box in panes:
            scene = _Scene(shot, stage, pane, box, pane is params.scenes[-1], body.bottom)
            scene.play()
            for beat in shot.beats:
                for point in beat.params.point:
                    if point.scene == pane.scene:
                        scene.point(point, beat)
        for (first, box), (_, other) in itertools.pairwise(panes):
            edge = box._replace(left=box.right - 3.0, right=box.right + 3.0)
            if box.right > other.left:
                edge = box._replace(top=box.bottom - 3.0, bottom=box.bottom + 3.0)
            rule = stage.mobject(material.plate(edge, "#FFFFFF", radius=0, lift=0), z=4.0)
            if first.enter is not None:
                rule.enter(first.enter + SLIDE_S - 0.15, dy=0, duration_s=0.3)
