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
from explainers.compositor.labels import regions
from explainers.compositor.layer import Note, Rect, Track
from explainers.compositor.patches import (
    Classes,
    Clipped,
    FramesPlaying,
    Playing,
    ScenePlaying,
    scene_mask,
    scene_pixels,
)
from explainers.kinds._pairs import DRAWN_SIZE, Pair, classes_of, drawn_pair, pair_of, thing_of
from explainers.kinds.base import Missing, ShotPlan
from explainers.kinds.frames import Params, Pointed, begin_s, starts_of
from explainers.stage import Box, Handle, Stage, material
from explainers.stage.chrome import PLATE, body_over, pill, slate, words_top
from explainers.stage.marks import LineLayer
from explainers.stage.photos import (
    RADIUS,
    Row,
    covered,
    fitted,
    legend,
    pasted,
    photo,
    photo_tile,
    pixel_rect,
    standing,
    words_width,
)
from explainers.timing import ease_in_out

GAP, LIFT, RIM = 16.0, 14.0, 4.0
"""Between the strip's frames, how far a picked one is lifted, and a frame's white edge."""
PEEL_S, GROW_S = 0.55, 0.75
"""How long a frame takes from the drive to the strip, and the annotated one back."""
OFF = 0.9
"""How large a frame peels off, to half the drive: where a whole one shrank fast, the picture flickered."""
FPS = 30
"""A drive is seen at a camera's rate."""
MOST_POLYGONS = 24


@dataclass(frozen=True, eq=False)
class Reel:
    """The drive's cut frames (RGB), the annotated one with its map, and a video's file or a drawn drive.

    `first_s` is the drawn drive's moment at its start.
    """

    cut: list[NDArray[np.uint8]]
    pair: Pair
    drive: Path | DrawnPicture
    first_s: float = 0.0

    def playing(self, rect: Rect, start_s: float, end_s: float, gone_s: float, radius: float) -> Playing:
        """The drive in a box of pixels between two times of the shot; it waits before, and stays."""
        if isinstance(self.drive, DrawnPicture):
            when = (start_s, end_s, FPS, radius)
            found: Playing = ScenePlaying(rect, *when, scene=self.drive, first_s=self.first_s)
        else:
            taken = [index / FPS for index in range(int((end_s - start_s) * FPS) + 1)]
            frames = read_frames(self.drive, taken, (rect.right - rect.left, rect.bottom - rect.top))
            found = FramesPlaying(rect, start_s, end_s, FPS, radius, frames=frames)
        found.waits, found.stays, found.gone_s, found.z = True, True, gone_s, 2.0
        return found


def reel_of(shot: ShotPlan) -> Reel | tuple[Missing, ...]:
    """The author's reel where all of it is there, else the drawn one, else what is missing."""
    params: Params = shot.params
    times = [index * params.every for index in range(params.count)]
    names = params.video, params.image, params.labels
    video, *rest = (shot.assets.get(name) if name else None for name in names)
    if video and all(rest):
        pair = pair_of(shot)
        assert isinstance(pair, Pair)
        return Reel(read_frames(video, times, (960, round(960 / pair.aspect))), pair, video)
    if params.stand_in is None:
        return shot.missing
    drawn, first = shot.pictures[params.stand_in], params.stand_in_at
    cut = [scene_pixels(drawn, first + t, DRAWN_SIZE[0], DRAWN_SIZE[1]) for t in times]
    classes = classes_of(shot.tables[params.classes])
    return Reel(cut, drawn_pair(drawn, first + times[params.annotate - 1], classes), drawn, first)


def draw(shot: ShotPlan, stage: Stage) -> None:
    """The drive fills its part of the frame; frames peel off it, and one comes back to be annotated."""
    reel = reel_of(shot)
    if not isinstance(reel, Reel):
        slate(stage, fitted(body_over(stage, shot), 1.5), reel)
        return
    starts = starts_of(shot)
    annotated = min((starts[name] for name in ("annotate", "map") if name in starts), default=None)
    film = _Film(shot, stage, reel)
    film.play(starts.get("film"), starts.get("pick", annotated), annotated)
    if "pick" in starts:
        film.pick(starts["pick"])
    if annotated is None:
        return
    annotated = max(annotated, film.landed_s)
    film.leave(annotated)
    film.come_back(annotated)
    annotation = _Annotation(shot, stage, reel.pair, film.place)
    whole = starts.get("map", shot.duration_s)
    annotation.draw(annotated + GROW_S + 0.1, max(annotated + GROW_S + 0.3, whole))
    if "map" in starts:
        annotation.finish(starts["map"])
    for beat in shot.beats:
        if beat.params.point and isinstance(reel.drive, DrawnPicture):
            moment = reel.first_s + shot.params.every * (shot.params.annotate - 1)
            mask = scene_mask(reel.drive, moment, beat.params.point.at, *DRAWN_SIZE)
            annotation.point(beat.params.point, mask, beat.start_s + 0.1)


class _Film:
    """The drive in `place`, and the strip of its cut frames over the words."""

    def __init__(self, shot: ShotPlan, stage: Stage, reel: Reel):
        self.shot, self.stage, self.reel = shot, stage, reel
        self.params: Params = shot.params
        self.name = thing_of(shot.params)
        body = body_over(stage, shot)
        self.place = standing(stage, body, reel.pair.aspect)
        self.full = self.place.width >= stage.width
        across = min(self.params.count, 8 if stage.width > stage.height else 4)
        room = stage.safe if self.full else self.place.inset(GAP)
        lines = -(-self.params.count // across)
        wide = (room.width - GAP * (across - 1)) / across
        tall = wide / reel.pair.aspect
        bottom = (words_top(stage, shot) - 40.0) if self.full else room.bottom
        top = bottom - lines * tall - (lines - 1) * GAP
        self.slots = [
            Box(left, y, left + wide, y + tall)
            for line, column in (divmod(index, across) for index in range(self.params.count))
            for left, y in [(room.left + column * (wide + GAP), top + line * (tall + GAP))]
        ]
        self.landed_s = 0.0
        """When the last frame has come to rest in the strip."""
        self.frames: list[Handle] = []
        self.outlines: list[Handle] = []
        band = Box(0.0, top - 150.0, stage.width, stage.height) if self.full else self.place
        ground = stage.theme.ground[2]
        band, most = (band, 0.85) if self.full else (band._replace(top=top - 80.0), 0.8)
        self.band = stage.mobject(material.fade(band, ground, 0.0, most, "top"), z=2.5)

    def play(self, film_s: float | None, end_s: float | None, gone_s: float | None) -> None:
        """The drive, from which each frame peels off at its own time; without it the strip is there."""
        stage, begin = self.stage, begin_s(self.shot)
        seconds = self.params.every * (self.params.count - 1)
        last = begin + seconds + 0.1
        self.landed_s = begin + seconds + PEEL_S if film_s is not None else 0.0
        if end_s is not None:
            last = max(begin, min(last, end_s))
        start, stop = (begin, last) if film_s is not None else (0.0, 0.0)
        gone = gone_s + GROW_S if gone_s is not None else float("inf")
        radius = 0.0 if self.full else RADIUS * stage.scale
        playing = self.reel.playing(pixel_rect(stage, self.place), start, stop, gone, radius)
        playing.note = Note("picture", "the drive", over=stage.theme.background)
        with stage.named(self.name, "picture"):
            stage.drawn(playing)
        if film_s is not None:
            self.band.enter(begin, dy=0)
        for index, slot in enumerate(self.slots):
            with stage.named(f"frame-{index + 1}", "picture"):
                frame = self._framed(index, slot, 1.0)
            self.frames.append(frame)
            if film_s is not None:
                when = begin + index * self.params.every
                frame.hide().fade(when + PEEL_S, 1.0, 0.0)
                flying = self._flying(index, slot)
                self._fly(flying, slot, when, PEEL_S, out=True)
                flying.fade(when + PEEL_S, 0.0, 0.0)

    def _framed(self, index: int, slot: Box, scale: float) -> Handle:
        """A cut frame with its white edge, where it rests."""
        stage = self.stage
        picture = photo_tile(stage, self.reel.cut[index], slot, 6.0)
        edge = material.plate(slot.inset(-RIM), "#FFFFFF", radius=9.0, lift=0)
        shadow = material.Shadow(slot, 9.0, 12.0, 5.0, 0.4)
        note = Note("picture", f"frame {index + 1}", over=stage.theme.background)
        return stage.mobject(shadow, edge, pasted(slot, picture, stage.scale), z=5.0, note=note)

    def _flying(self, index: int, slot: Box) -> Handle:
        """The same frame half as large as the drive, about the slot's middle; it shrinks on its way."""
        (x, y), wide, tall = slot.center, self.place.width / 2, self.place.height / 2
        box = Box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
        rim = RIM * wide / slot.width / 2
        stage = self.stage
        picture = photo_tile(stage, self.reel.cut[index], box, 0.0)
        edge = material.plate(box.inset(-rim), "#FFFFFF", radius=rim, lift=0)
        return stage.mobject(edge, pasted(box, picture, stage.scale), z=6.0).hide()

    def _fly(self, flying: Handle, slot: Box, when: float, seconds: float, out: bool) -> None:
        """From the drive's middle to the slot, or back to the whole drive."""
        (x, y), (to_x, to_y) = slot.center, self.place.center
        far = OFF if out else 2.0
        away = ("scale", far), ("dx", (to_x - x) * self.stage.scale), ("dy", (to_y - y) * self.stage.scale)
        home = (slot.width / (self.place.width / 2), 0.0, 0.0)
        flying.fade(when, 1.0, 0.12 if out else 0.0)
        for layer in flying.layers:
            for (track, off), near in zip(away, home, strict=True):
                first, last = (off, near) if out else (near, off)
                layer.track(track).to(first, when).to(last, when, seconds, ease_in_out)

    def pick(self, start_s: float) -> None:
        """Picked frames are lifted one after another; the others are dimmed."""
        order, start_s = [number - 1 for number in self.params.pick], max(start_s, self.landed_s)
        for index, frame in enumerate(self.frames):
            if index not in order:
                frame.fade(start_s + 0.1, 0.3, 0.5)
        for place, index in enumerate(order):
            when = start_s + 0.2 + 0.12 * place
            self.frames[index].move(when, 0.0, -LIFT, 0.35)
            box = self.slots[index].inset(-RIM - 4.0).shifted(0.0, -LIFT)
            color = self.stage.theme.color("accent")
            outline = self.stage.panel(box, color, radius=12, stroke=5, z=5.5)
            self.outlines.append(outline.enter(when + 0.2, dy=0))

    def leave(self, when: float) -> None:
        """Room for the annotated frame: the strip goes down, frame after frame."""
        for outline in self.outlines:
            outline.leave(when, duration_s=0.15)
        for index, frame in enumerate(self.frames):
            if index + 1 == self.params.annotate:
                frame.fade(when, 0.0, 0.0)
            else:
                frame.leave(when + 0.03 * index, dy=40.0)
        self.band.fade(when + 0.2, 0.0, 0.5)

    def come_back(self, when: float) -> None:
        """The annotated frame grows out of the strip until it fills the picture's part of the frame."""
        index = self.params.annotate - 1
        slot = self.slots[index]
        flying = self._flying(index, slot)
        self._fly(flying, slot, when, GROW_S, out=False)
        flying.fade(when + GROW_S, 0.0, 0.0)
        look = 3.0, 0.0 if self.full else RADIUS
        with self.stage.named(self.name, "picture"):
            whole = photo(self.stage, self.reel.pair.pixels, self.place, *look, text="the annotated frame")
        whole.hide().fade(when + GROW_S, 1.0, 0.0)


class _Annotation:
    """The annotated frame: polygons, fills, legend, and at last its label map."""

    def __init__(self, shot: ShotPlan, stage: Stage, pair: Pair, place: Box):
        self.stage, self.pair, self.place = stage, pair, place
        self.params: Params = shot.params
        self.full = place.width >= stage.width
        self.shares = [Track(0.0) for _ in pair.classes]
        self.radius = 0.0 if self.full else RADIUS * stage.scale
        self.rect = pixel_rect(stage, place)
        wide = words_width(stage, pair.classes) + 24.0
        # The legend stands at the right, on a gradient where the picture fills the frame.
        right, top = (stage.safe.right, stage.safe.top) if self.full else (place.right - GAP, place.top + GAP)
        step = min(60.0, (words_top(stage, shot) - top) / len(pair.classes))
        self.legend = Box(right - wide, top, right, top + step * len(pair.classes))
        self.rows: list[Row] = []

    def draw(self, start_s: float, end_s: float) -> None:
        """One class after another: its line in the legend, its outlines, then their fill."""
        stage, pair = self.stage, self.pair
        edge = stage.width if self.full else self.place.right
        bottom = stage.height if self.full else self.place.bottom
        shade = Box(self.legend.left - 260.0, 0.0 if self.full else self.place.top, edge, bottom)
        under = stage.mobject(material.fade(shade, stage.theme.ground[2], 0.92, 0.0, "right"), z=6.0)
        under.hide().fade(start_s, 1.0, 0.4)
        with stage.named(thing_of(self.params), "colors"):
            stage.drawn(
                Classes(
                    self.rect,
                    self.rect.cut(Rect(0, 0, stage.canvas.width, stage.canvas.height)),
                    lambda moment: pair.codes,
                    lambda t: 0.0,
                    [one.color for one in pair.classes],
                    self.shares,
                    z=4.0,
                    note=Note("picture", "label map", over=stage.theme.background),
                )
            )
        if said := self.params.map_words(pair.drawn):
            corner = (stage.safe.left, stage.safe.top)
            corner = corner if self.full else (self.place.left + GAP, self.legend.top)
            with stage.named("map-words", "label"):
                pill(stage, said, *corner).enter(start_s, dy=12)
        self.rows = legend(stage, pair.classes, self.legend, z=9.0)
        step = (end_s - start_s) / len(pair.classes)
        for index, row in enumerate(self.rows):
            when = start_s + index * step
            row.swatch.enter(when, dx=24, dy=0, duration_s=0.35)
            row.words.enter(when + 0.06, dx=24, dy=0, duration_s=0.35)
            self._trace(index, when + 0.05, max(0.25, step * 0.6))
            self.shares[index].to(self.params.opacity, when + 0.05 + step * 0.5, min(0.4, step * 0.5))

    def _trace(self, index: int, when: float, seconds: float) -> None:
        """All outlines of a class are drawn at once, and become quiet when the class is filled."""
        tall, wide = self.pair.codes.shape
        light = Track(0.0).to(1.0, when, 0.05).to(0.0, when + seconds + 0.3, 0.4)
        grow = Track(0.0).to(1.0, when, seconds, ease_in_out)
        sx, sy = self.place.width / wide, self.place.height / tall
        for region in regions(self.pair.codes, index)[:MOST_POLYGONS]:
            points = [(self.place.left + x * sx, self.place.top + y * sy) for x, y in region.points]
            line = LineLayer(points, self.stage.scale, "#FFFFFF", grow, light, 3.5, 5.0)
            self.stage.drawn(Clipped(line, self.rect, self.radius))

    def finish(self, start_s: float) -> None:
        """The classes cover the picture: the label map."""
        for share in self.shares:
            share.to(1.0, max(start_s + 0.1, share.keys()[-1][1]), 0.8)

    def point(self, pointed: Pointed, mask: NDArray[np.bool_], when: float) -> None:
        """The largest thing of a sort is outlined, with words beside it."""
        found = regions(mask.astype(np.uint8), 1)
        if not found:
            return
        tall, wide = mask.shape
        sx, sy = self.place.width / wide, self.place.height / tall
        points = [(self.place.left + x * sx, self.place.top + y * sy) for x, y in found[0].points]
        light = Track(0.0).to(1.0, when, 0.1)
        grow = Track(0.0).to(1.0, when, 0.5, ease_in_out)
        with self.stage.named(pointed.at, "outline"):
            for color, width in ((PLATE, 10.0), ("#FFFFFF", 4.5)):
                self.stage.drawn(LineLayer(points, self.stage.scale, color, grow, light, width, 5.5))
        xs = [min(max(x, self.stage.safe.left), self.stage.safe.right) for x, _ in points]
        top = max(self.stage.safe.top, min(y for _, y in points) - 76.0)
        half = self.stage.text_width(pointed.text, 36.0) / 2 + 20
        x = max((min(xs) + max(xs)) / 2, self.stage.safe.left + half)
        pill(self.stage, pointed.text, x, top, anchor="center").enter(when + 0.2, dy=12)


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
