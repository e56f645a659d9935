"""Frames into an MP4 of the one encoder profile, wherever the frames come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import numpy as np
from av.video.frame import PictureType, VideoFrame

from explainers.film.encoder import PROFILE, Counters, Profile, frames_of, open_output
from explainers.film.picture import Picture
from explainers.film.region import Rect
from explainers.film.yuv import YuvFrame

TOLD_EVERY_S = 0.2


def record(
    frames: Iterable[VideoFrame],
    path: Path,
    size: tuple[int, int],
    fps: int,
    keyframes: Collection[int] = (),
    counters: Counters | None = None,
    told: Callable[[int], None] | None = None,
    profile: Profile = PROFILE,
) -> int:
    """Encode `frames` (yuv420p, `size` is width and height) to `path`; how many they were.

    The first frame and those numbered in `keyframes` (from 0 here) are keyframes. `told` hears now and
    then how many frames are done.
    """
    counters = counters or Counters()
    container, stream = open_output(path, *size, fps, profile)
    done, last_told = 0, perf_counter()
    with container:
        for number, frame in enumerate(frames):
            started = perf_counter()
            frame.pts, frame.time_base = number, Fraction(1, fps)
            forced = number == 0 or number in keyframes
            frame.pict_type = PictureType.I if forced else PictureType.NONE
            container.mux(stream.encode(frame))
            now = perf_counter()
            counters.seconds["encoding"] += now - started
            done = number + 1
            if told and now - last_told > TOLD_EVERY_S:
                told(done)
                last_told = now
        container.mux(stream.encode(None))
    return done


def encode_picture(
    picture: Picture, path: Path, keyframes: Collection[int] = (), profile: Profile = PROFILE
) -> Counters:
    """Encode a whole picture to `path` and say what was done."""
    counters = Counters()
    frames = frames_of(picture, 0, picture.duration_frames, counters)
    record(frames, path, (picture.width, picture.height), picture.fps, keyframes, counters, profile=profile)
    return counters


def as_video_frames(pictures: Iterable[np.ndarray], width: int, height: int) -> Iterator[VideoFrame]:
    """RGB pictures, uint8 of shape (height, width, 3), as yuv420p: one reused frame."""
    pixels = np.zeros((height, width, 4), np.uint8)
    yuv = YuvFrame(pixels)
    everything = [Rect(0, 0, width, height)]
    for picture in pictures:
        pixels[:, :, :3] = picture[:, :, ::-1]
        yuv.update(everything)
        yield yuv.frame
