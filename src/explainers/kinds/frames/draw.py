"""Drawing a frames shot: the drive and its strip, the picks, the annotation. Needs Manim."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from explainers.compositor.drawn import DrawnPicture
from explainers.compositor.layer import Layer, Note, Rect
from explainers.compositor.patches import FramesPlaying, ScenePlaying, scene_pixels
from explainers.kinds._pairs import DRAWN_SIZE, Pair, classes_of, drawn_pair, pair_of
from explainers.kinds.base import Missing, ShotPlan
from explainers.kinds.frames import ROLL_S, Params, starts_of
from explainers.kinds.frames.annotation import Annotation
from explainers.stage import Box, Group, Handle, Stage, shapes
from explainers.stage.chrome import body_over, illustration_mark, slate
from explainers.stage.photos import RADIUS, covered, fitted, photo, pixel_rect

HOLES, GAP, BETWEEN = 34.0, 12.0, 36.0
"""Height of a strip's row of holes, between its frames, and between the pane and the strip."""
GROW_S = 0.75
FPS = 30
"""A drive is seen at a camera's rate."""


@dataclass(frozen=True, eq=False)
class Reel:
    """The drive's cut frames (RGB), the annotated one with its map, and a video's file or a drawn drive."""

    cut: list[NDArray[np.uint8]]
    pair: Pair
    drive: Path | DrawnPicture

    @property
    def drawn(self) -> bool:
        return isinstance(self.drive, DrawnPicture)

    def playing(self, rect: Rect, start_s: float, end_s: float, radius: float) -> Layer:
        """The drive in a box of pixels between two times of the shot."""
        if isinstance(self.drive, DrawnPicture):
            return ScenePlaying(rect, start_s, end_s, FPS, radius, scene=self.drive)
        taken = [index / FPS for index in range(int((end_s - start_s) * FPS) + 1)]
        frames = read_frames(self.drive, taken, (rect.right - rect.left, rect.bottom - rect.top))
        return FramesPlaying(rect, start_s, end_s, FPS, radius, frames=frames)


def reel_of(shot: ShotPlan) -> Reel | tuple[Missing, ...]:
    """The author's reel where all of it is there, else the drawn one, else what is missing."""
    params: Params = shot.params
    times = [index * params.every for index in range(params.count)]
    video, *rest = (
        shot.assets.get(name) if name else None for name in (params.video, params.image, params.labels)
    )
    if video and all(rest):
        pair = pair_of(shot)
        assert isinstance(pair, Pair)
        return Reel(read_frames(video, times, (640, round(640 / pair.aspect))), pair, video)
    if params.stand_in is None:
        return shot.missing
    drawn = shot.pictures[params.stand_in]
    cut = [scene_pixels(drawn, t, DRAWN_SIZE[0] // 2, DRAWN_SIZE[1] // 2) for t in times]
    classes = classes_of(shot.tables[params.classes])
    return Reel(cut, drawn_pair(drawn, times[params.annotate - 1], classes), drawn)


def draw(shot: ShotPlan, stage: Stage) -> None:
    """Everything below the title and above the statement."""
    reel = reel_of(shot)
    body = body_over(stage, shot)
    if not isinstance(reel, Reel):
        slate(stage, fitted(body, 1.5), reel)
        return
    starts = starts_of(shot)
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
        annotation = Annotation(shot, stage, reel.pair, body)
        annotation.open(begin, film.slots[shot.params.annotate - 1], GROW_S)
        whole = starts.get("map", shot.duration_s)
        annotation.draw(begin + GROW_S + 0.2, max(begin + GROW_S + 0.4, whole))
        if "map" in starts:
            annotation.finish(starts["map"])


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
        begin = start_s + ROLL_S
        first = photo(stage, self.reel.cut[0], pane, z=2.9, text="the drive")
        seconds = self.params.every * (self.params.count - 1)
        end = min(begin + seconds + 0.25, end_s)
        playing = self.reel.playing(pixel_rect(stage, pane), begin, end, RADIUS * stage.scale)
        playing.note = Note("picture", "the drive", over=stage.theme.background)
        stage.drawn(playing)
        last = (
            photo(stage, self.reel.cut[-1], pane, z=2.95, text="the drive").hide().fade(end - 0.02, 1.0, 0.0)
        )
        marks = [illustration_mark(stage, pane)] if self.reel.drawn else []
        self.others = [last, *marks]
        # What a shot begins with stands from its first frame on.
        if start_s > 0:
            for handle in (first, *marks, *self.strips):
                handle.enter(start_s + 0.15, dy=20)
        first.fade(end, 0.0, 0.0)
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


def read_frames(path: Path, times: list[float], size: tuple[int, int]) -> list[NDArray[np.uint8]]:
    """The frames on screen at `times` (seconds, ascending), cut to cover `size`; the last one stays.

    InvalidInput names the file where nothing in it can be shown.
    """
    from explainers.footage.conform import Frames, Request, conform
    from explainers.footage.media import probe
    from explainers.footage.timeline import even, fitted

    media = probe(path)
    whole = (0.0, 0.0, float(media.width), float(media.height))
    window = even(fitted(whole, size[0] / size[1], whole), whole)
    steps = {round(after - before, 6) for before, after in itertools.pairwise(times)}
    rate = 1 / Fraction(min(steps)).limit_denominator(1000) if len(steps) == 1 else Fraction(media.fps)
    until = min(media.duration_s, times[-1] + float(1 / rate))
    wide, high = (-(-length // 2) * 2 for length in size)
    request = Request(media, 0.0, until, window, wide, high, rate.limit_denominator(1000))
    with TemporaryDirectory(prefix="explainers-frames-") as folder:
        out = Path(folder, "frames.mp4")
        conform(request, out)
        frames = Frames(out, request.frames)
        shown = (frames.bgra(request.frame_at(at))[:, :, 2::-1] for at in times)
        return [covered(np.ascontiguousarray(one), *size) for one in shown]
