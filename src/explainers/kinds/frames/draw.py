"""Drawing a frames shot: the drive and its strip, the picks, the annotation. Needs Manim."""

from __future__ import annotations

from explainers.film.layer import Note
from explainers.kinds.base import ShotPlan
from explainers.kinds.frames import STEPS, Params
from explainers.kinds.frames.annotation import Annotation
from explainers.kinds.frames.reel import Reel, reel_of
from explainers.stage import Box, Group, Handle, Stage, shapes
from explainers.stage.chrome import body_over, illustration_mark, slate
from explainers.stage.photos import RADIUS, fitted, photo, pixel_rect

HOLES, GAP, BETWEEN = 34.0, 12.0, 36.0
"""Height of a strip's row of holes, between its frames, and between the pane and the strip."""
DEFAULT_S = {"film": 0.0, "pick": 5.6, "annotate": 7.6, "map": 15.0}
GROW_S = 0.75


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything below the title and above the statement."""
    reel = reel_of(shot)
    body = body_over(stage, shot)
    if not isinstance(reel, Reel):
        slate(stage, fitted(body, 1.5), reel)
        return
    starts = _starts(shot)
    film = _Film(shot, stage, reel, body)
    if "film" in starts:
        film.play(starts["film"], min([v for k, v in starts.items() if k != "film"], default=shot.duration_s))
    else:
        film.lie()
    if "pick" in starts:
        film.pick(starts["pick"])
    if "annotate" in starts or "map" in starts:
        begin = min(starts[name] for name in ("annotate", "map") if name in starts)
        film.leave(begin)
        annotation = Annotation(shot, stage, reel, body)
        annotation.open(begin, film.slots[shot.params.annotate - 1], GROW_S)
        whole = starts.get("map", shot.duration_s)
        annotation.draw(begin + GROW_S + 0.2, max(begin + GROW_S + 0.4, whole))
        if "map" in starts:
            annotation.finish(starts["map"])


def _starts(shot: ShotPlan) -> dict[str, float]:
    if not shot.beats:
        return DEFAULT_S
    return {beat.params.show: beat.start_s for beat in shot.beats if beat.params.show in STEPS}


class _Film:
    """The pane in which the drive plays, and the strip below it."""

    def __init__(self, shot: ShotPlan, stage: Stage, reel: Reel, body: Box):
        self.params: Params = shot.params
        self.stage, self.reel = stage, reel
        aspect = reel.pair.aspect
        across = min(self.params.count, 8 if body.width > body.height else 4)
        lines = -(-self.params.count // across)
        wide = (body.width - GAP * (across + 1)) / across
        tall = wide / aspect
        row = tall + 2 * HOLES
        strip_height = lines * row + (lines - 1) * 16
        self.pane = fitted(body._replace(bottom=body.bottom - strip_height - BETWEEN), aspect, (0.5, 0.5))
        left_over = body.height - self.pane.height - BETWEEN - strip_height
        self.pane = fitted(Box(body.left, body.top, body.right, body.top + self.pane.height), aspect).shifted(
            0, left_over / 2
        )
        self.rows = [
            Box(body.left, top, body.right, top + row)
            for top in (self.pane.bottom + BETWEEN + line * (row + 16) for line in range(lines))
        ]
        self.slots = [self._slot(index, across, wide, tall) for index in range(self.params.count)]
        self.strips = [self._strip(row) for row in self.rows]
        self.frames: list[Handle] = []
        self.others: list[Handle | Group] = []

    def _slot(self, index: int, across: int, wide: float, tall: float) -> Box:
        line, column = divmod(index, across)
        left = self.rows[line].left + GAP + column * (wide + GAP)
        top = self.rows[line].top + HOLES
        return Box(left, top, left + wide, top + tall)

    def _strip(self, row: Box) -> Handle:
        """Film: a dark band with a row of holes above and below."""
        theme = self.stage.theme
        base = shapes.panel(self.stage.snapped(row), theme.line, theme.panel, radius=10, stroke=2)
        hole, step = 18.0, 36.0
        count = int((row.width - 2 * GAP) / step)
        left = row.left + (row.width - step * (count - 1) - hole) / 2
        holes = [
            shapes.panel(
                Box(left + step * i, y, left + step * i + hole, y + 13), fill=theme.background, radius=4
            )
            for i in range(count)
            for y in (row.top + 11, row.bottom - 24)
        ]
        return self.stage.mobject(base, *holes, z=2, note=Note("shape", "film strip"))

    def play(self, start_s: float, end_s: float) -> None:
        """The drive plays in the pane; each cut frame drops into its place at its own time."""
        stage, pane = self.stage, self.pane
        begin = start_s + 0.6
        first = photo(stage, self.reel.cut[0], pane, z=2.9, text="the drive").enter(start_s + 0.15, dy=20)
        seconds = self.params.every * (self.params.count - 1)
        end = min(begin + seconds + 0.25, end_s)
        note = Note("picture", "the drive", over=stage.theme.background)
        stage.drawn(self.reel.playing(stage, pixel_rect(stage, pane), begin, end, RADIUS * stage.scale, note))
        last = (
            photo(stage, self.reel.cut[-1], pane, z=2.95, text="the drive").hide().fade(end - 0.02, 1.0, 0.0)
        )
        first.fade(end, 0.0, 0.0)
        for strip in self.strips:
            strip.enter(start_s + 0.3, dy=20)
        self.others = [last]
        if self.reel.drawn:
            self.others.append(illustration_mark(stage, pane).enter(start_s + 0.15, dy=20))
        for index, slot in enumerate(self.slots):
            when = begin + index * self.params.every
            frame = photo(stage, self.reel.cut[index], slot, z=3, radius=5, text=f"frame {index + 1}")
            self.frames.append(frame.enter(when, dy=-44, duration_s=0.4))

    def lie(self) -> None:
        """No drive: the strip is there from the start."""
        self.frames = [
            photo(self.stage, pixels, slot, z=3, radius=5)
            for pixels, slot in zip(self.reel.cut, self.slots, strict=True)
        ]
        if self.reel.drawn:
            self.others.append(illustration_mark(self.stage, self.rows[-1].shifted(0, 70)))

    def pick(self, start_s: float) -> None:
        """Picked frames are outlined one after another; the others are dimmed."""
        white = self.stage.theme.color("text")
        for index, frame in enumerate(self.frames):
            if index + 1 not in self.params.pick:
                frame.fade(start_s + 0.1, 0.28, 0.5)
        for order, number in enumerate(self.params.pick):
            box = self.slots[number - 1].inset(-5)
            outline = self.stage.panel(box, white, radius=9, stroke=6, z=6)
            self.others.append(outline.enter(start_s + 0.35 + 0.25 * order, dy=0))

    def leave(self, when: float) -> None:
        """Room for the annotated frame."""
        for thing in (*self.strips, *self.frames, *self.others):
            thing.leave(when + 0.1, duration_s=0.4)
