"""Frames into an MP4 of the one encoder profile, so that shots can be joined by stream copy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from explainers.compositor.held import FrameNumbers, skipped_slice
from explainers.compositor.layer import Rect
from explainers.compositor.luminance import LuminanceWatch
from explainers.compositor.picture import Painter, Picture
from explainers.compositor.yuv import Seal, YuvFrame
from explainers.errors import RenderFailed


@dataclass(frozen=True)
class Profile:
    """libx264 settings. One thread and no slices: bytes must not depend on the machine's cores, which are
    kept busy by encoding several segments at once.

    `qcomp=1` keeps the quality constant: by default frames of which little changes, which is nearly all of
    them, are coded far finer than they need. The bits go to dark flat places, where coarse steps band.
    A wide deadzone spares bytes at the same banding. Blocks are not parted: that saves a fortieth of the
    bytes and takes a tenth of the time.
    """

    crf: int = 25
    preset: str = "ultrafast"
    keyframe_every_s: int = 5
    params: str = (
        "threads=1:lookahead-threads=1:sliced-threads=0:open-gop=0:scenecut=0:bframes=0:weightp=0:"
        "rc-lookahead=0:mbtree=0:aq-mode=3:aq-strength=1.5:qcomp=1:subme=1:cabac=1:8x8dct=1:"
        "partitions=none:deadzone-inter=24"
    )

    def options(self, fps: int) -> dict[str, str]:
        gop = self.keyframe_every_s * fps
        return {
            "preset": self.preset,
            "crf": str(self.crf),
            "profile": "high",
            "g": str(gop),
            "flags": "+cgop+bitexact",
            "x264-params": f"{self.params}:keyint={gop}:min-keyint=1:force-cfr=1",
        }


PROFILE = Profile()
_REPORT_EVERY_S = 0.2


@dataclass
class Counters:
    """What a render did, and where its time went; the counts are the same on every machine."""

    frames: int = 0
    drawn: int = 0
    held: int = 0
    blocks_converted: int = 0
    seconds: dict[str, float] = field(
        default_factory=lambda: {"drawing": 0.0, "converting": 0.0, "encoding": 0.0}
    )


def _set_up(context: Any, width: int, height: int, fps: int) -> None:
    """Prepare an encoder's context for yuv420p frames: BT.709, limited, sRGB transfer."""
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = Fraction(1, fps)
    context.thread_count = 1
    context.color_primaries, context.color_trc, context.colorspace, context.color_range = 1, 13, 1, 1


@lru_cache(maxsize=8)
def _skipped(width: int, height: int, fps: int, profile: Profile) -> tuple[bytes, bytes]:
    context = VideoCodecContext.create("libx264", "w")
    context.options = profile.options(fps)
    _set_up(context, width, height, fps)
    return skipped_slice(context)


def frames_of(
    picture: Picture,
    first: int,
    end_exclusive: int,
    counters: Counters,
    watch: LuminanceWatch | None = None,
    seal: Seal | None = None,
) -> Iterator[av.VideoFrame | None]:
    """The picture's frames as yuv420p, in order: one reused frame, whose samples change between yields, and
    None for a frame that looks as the one before.

    `watch` sees each of them on its way, under its number in the picture, and so does `seal`.
    """
    painter = Painter(picture, direct=True)
    yuv = YuvFrame(painter.pixels)
    for number in range(first, end_exclusive):
        started = perf_counter()
        dirty = painter.paint(number)
        painted = perf_counter()
        yuv.update(dirty)
        if seal is not None:
            seal.see(yuv, dirty, bool(painter.direct))
        # A converted block may reach into footage, which is laid over it again.
        laid = list(painter.direct) if dirty else painter.moved
        for index in laid:
            yuv.lay(painter.direct[index], painter.planes(index))
        counters.seconds["drawing"] += painted - started
        counters.seconds["converting"] += perf_counter() - painted
        if watch is not None:
            for index in laid:
                watch.peek(painter.pixels, painter.direct[index], painter.planes(index))
            watch.see(number, painter.pixels, [*dirty, *(painter.direct[index] for index in laid)])
        counters.frames += 1
        counters.drawn += bool(dirty or laid)
        counters.held += not (dirty or laid)
        yield yuv.frame if dirty or laid or number == first else None
    counters.blocks_converted += yuv.blocks_converted


def seal_of(picture: Picture, first: int, end_exclusive: int) -> str | None:
    """The digest that encoding these frames will come to, found without encoding them."""
    seal = Seal()
    for _ in frames_of(picture, first, end_exclusive, Counters(), seal=seal):
        if not seal.whole:
            return None
    return seal.digest()


def record(
    frames: Iterable[VideoFrame | None],
    path: Path,
    size: tuple[int, int],
    fps: int,
    keyframes: Collection[int] = (),
    counters: Counters | None = None,
    on_frames: Callable[[int], None] | None = None,
    profile: Profile = PROFILE,
) -> int:
    """Encode `frames` (yuv420p, `size` is width and height) to `path`; how many they were.

    None among them is a frame that looks as the one before, which is not encoded. The first frame and
    those numbered in `keyframes` (from 0 here) are keyframes. `on_frames` hears now and then how many
    frames are done.
    """
    counters = counters or Counters()
    done, last_report = 0, perf_counter()
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream: Any = container.add_stream("libx264", rate=fps, options=profile.options(fps))
        _set_up(stream.codec_context, *size, fps)
        written = _Packets(stream, fps, profile)
        for number, frame in enumerate(frames):
            started = perf_counter()
            container.mux(written.packet(frame, number, number in keyframes))
            now = perf_counter()
            counters.seconds["encoding"] += now - started
            done = number + 1
            if on_frames and now - last_report > _REPORT_EVERY_S:
                on_frames(done)
                last_report = now
    return done


class _Packets:
    """One stream, frame by frame: what changed is encoded, what is held is copied."""

    def __init__(self, stream: Any, fps: int, profile: Profile):
        self._stream, self._tick = stream, Fraction(1, fps)
        size = stream.codec_context.width, stream.codec_context.height
        self._numbers = FrameNumbers(stream.codec_context, lambda: _skipped(*size, fps, profile))
        self._most = profile.keyframe_every_s * fps
        self._sent, self._keyframe = 0, -self._most
        self._last: VideoFrame | None = None

    def packet(self, frame: VideoFrame | None, number: int, forced: bool) -> Packet:
        """The packet of the next frame, `number` from 0; a `forced` one begins anew."""
        forced = forced or number - self._keyframe >= self._most
        packet = self._numbers.held() if frame is None and not forced else self._encoded(frame, forced)
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
        return self._numbers.encoded(packets[0])


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
