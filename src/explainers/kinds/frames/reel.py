"""Where the frames come from: a video file, or a drawn street that drives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explainers import ffmpeg
from explainers.errors import InvalidInput, Problem
from explainers.film.layer import DrawnLayer, Note
from explainers.film.region import Rect
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
    import av

    from explainers.stage.photos import covered

    found: list[NDArray[np.uint8]] = []
    try:
        with ffmpeg.opened(path) as container:
            stream = ffmpeg.pictures(container)
            if stream is None:
                raise InvalidInput([Problem("unreadable-video", f"{path.name} holds no video")])
            last: NDArray[np.uint8] | None = None
            first: float | None = None
            for frame in container.decode(stream):
                first = frame.time if first is None else first
                at = (frame.time or 0.0) - (first or 0.0)
                while len(found) < len(times) and last is not None and times[len(found)] < at - 1e-6:
                    found.append(last)
                if len(found) == len(times):
                    break
                # Only frames that are asked for are worth turning into pixels.
                if len(found) < len(times) and times[len(found)] <= at + 0.5:
                    last = covered(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), *size)
            if last is not None:
                found += [last] * (len(times) - len(found))
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise InvalidInput(
            [Problem("unreadable-video", f"{path.name} is not a video that can be read: {error}")]
        ) from error
    if not found:
        raise InvalidInput([Problem("unreadable-video", f"{path.name} holds no picture")])
    return found
