"""Where the frames come from: a video file, or a drawn street that drives."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explainers.film.layer import DrawnLayer, Note, Rect
from explainers.kinds._pictures import DRAWN_SIZE, Pair, StandIn, drawn_pair, pair_of
from explainers.kinds.base import Missing, ShotPlan
from explainers.kinds.frames import Params

if TYPE_CHECKING:
    from explainers.stage import Stage

DRAWN_FPS = 30
"""A drawn drive is seen at a camera's rate."""


@dataclass(frozen=True, eq=False)
class Reel:
    """The drive's cut frames (RGB), the annotated one with its map, and either a file or a drawn scene."""

    cut: list[NDArray[np.uint8]]
    pair: Pair
    video: Path | None
    stand_in: StandIn | None

    @property
    def drawn(self) -> bool:
        return self.stand_in is not None

    def playing(
        self, stage: Stage, box: Rect, start_s: float, end_s: float, radius: float, note: Note
    ) -> DrawnLayer:
        """The drive in a box of pixels between two times of the shot."""
        if self.stand_in is not None:
            from explainers.stage.drawn import scene_layer
            from explainers.stage.street import scene

            return scene_layer(scene(self.stand_in), box, start_s, end_s, 0.0, DRAWN_FPS, 3.0, radius, note)
        assert self.video is not None
        from explainers.stage.drawn import frames_layer

        size = (box.right - box.left, box.bottom - box.top)
        taken = range(int((end_s - start_s) * DRAWN_FPS) + 1)
        frames = read_frames(self.video, [index / DRAWN_FPS for index in taken], size)
        return frames_layer(frames, box, start_s, end_s, DRAWN_FPS, 3.0, radius, note)


def reel_of(shot: ShotPlan) -> Reel | tuple[Missing, ...]:
    """The author's reel where all of it is there, else the drawn one, else what is missing."""
    params: Params = shot.params
    times = [index * params.every for index in range(params.count)]
    if (
        params.video
        and params.video in shot.assets
        and params.image in shot.assets
        and params.labels in shot.assets
    ):
        pair = pair_of(shot)
        assert isinstance(pair, Pair)
        video = shot.assets[params.video]
        return Reel(read_frames(video, times, (640, round(640 / pair.aspect))), pair, video, None)
    if params.stand_in is None:
        return shot.missing
    from explainers.kinds._pictures import classes_of
    from explainers.stage.drawn import scene_pixels
    from explainers.stage.street import scene

    street = scene(params.stand_in)
    cut = [scene_pixels(street, t, DRAWN_SIZE[0] // 2, DRAWN_SIZE[1] // 2) for t in times]
    classes = classes_of(shot.tables[params.classes])
    pair = drawn_pair(params.stand_in, times[params.annotate - 1], classes)
    return Reel(cut, pair, None, params.stand_in)


def read_frames(path: Path, times: list[float], size: tuple[int, int]) -> list[NDArray[np.uint8]]:
    """The frames on screen at `times` (seconds, ascending), cut to cover `size`; the last one stays.

    InvalidInput names the file where nothing in it can be shown.
    """
    from explainers.footage.conform import Frames, Request, conform
    from explainers.footage.media import probe
    from explainers.footage.timeline import even, fitted
    from explainers.stage.photos import covered

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
