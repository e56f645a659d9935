"""Frames into an MP4 of the one encoder profile, wherever the frames come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame

from explainers.errors import RenderFailed
from explainers.film.encoder import PROFILE, Counters, Profile, frames_of, open_output
from explainers.film.held import Counted
from explainers.film.picture import Picture
from explainers.film.region import Rect
from explainers.film.yuv import YuvFrame

TOLD_EVERY_S = 0.2


def record(
    frames: Iterable[VideoFrame | None],
    path: Path,
    size: tuple[int, int],
    fps: int,
    keyframes: Collection[int] = (),
    counters: Counters | None = None,
    told: Callable[[int], None] | None = None,
    profile: Profile = PROFILE,
) -> int:
    """Encode `frames` (yuv420p, `size` is width and height) to `path`; how many they were.

    None among them is a frame that looks as the one before, which is not encoded. The first frame and
    those numbered in `keyframes` (from 0 here) are keyframes. `told` hears now and then how many frames
    are done.
    """
    counters = counters or Counters()
    container, stream = open_output(path, *size, fps, profile)
    done, last_told = 0, perf_counter()
    with container:
        written = _Written(stream, fps, profile)
        for number, frame in enumerate(frames):
            started = perf_counter()
            container.mux(written.packet(frame, number, number in keyframes))
            now = perf_counter()
            counters.seconds["encoding"] += now - started
            done = number + 1
            if told and now - last_told > TOLD_EVERY_S:
                told(done)
                last_told = now
    return done


class _Written:
    """One stream, frame by frame: what changed is encoded, what is held is copied."""

    def __init__(self, stream: Any, fps: int, profile: Profile):
        self._stream, self._tick = stream, Fraction(1, fps)
        self._counted = Counted(stream.codec_context, fps, profile)
        self._most = profile.keyframe_every_s * fps
        self._sent, self._keyframe = 0, -self._most
        self._last: VideoFrame | None = None

    def packet(self, frame: VideoFrame | None, number: int, forced: bool) -> Packet:
        """The packet of the next frame, `number` from 0; a `forced` one begins anew."""
        forced = forced or number - self._keyframe >= self._most
        packet = self._counted.held() if frame is None and not forced else self._encoded(frame, forced)
        if packet.is_keyframe:
            self._keyframe = number
        packet.pts = packet.dts = number
        packet.duration, packet.time_base, packet.stream = 1, self._tick, self._stream
        return packet

    def _encoded(self, frame: VideoFrame | None, forced: bool) -> Packet:
        self._last = frame = frame or self._last
        assert frame is not None, "there is no frame before the first one"
        # x264 hears nothing of held frames: its own go on without a gap.
        frame.pts, frame.time_base = self._sent, self._tick
        frame.pict_type = PictureType.I if forced else PictureType.NONE
        self._sent += 1
        packets = self._stream.encode(frame)
        if len(packets) != 1:
            raise RenderFailed("the encoder does not answer each frame at once")
        return self._counted.encoded(packets[0])


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
