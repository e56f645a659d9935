"""The one encoder profile: every shot is encoded with it, so that shots can be joined by stream copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any

import av

from explainers.film.luminance import LuminanceWatch
from explainers.film.picture import Painter, Picture
from explainers.film.seal import Seal
from explainers.film.yuv import YuvFrame


@dataclass(frozen=True)
class Profile:
    """libx264 settings. One thread and no slices: bytes must not depend on the machine's cores, which are
    kept busy by encoding several segments at once."""

    crf: int = 19
    preset: str = "ultrafast"
    keyframe_every_s: int = 5
    params: str = (
        "threads=1:lookahead-threads=1:sliced-threads=0:open-gop=0:scenecut=0:bframes=0:weightp=0:"
        "rc-lookahead=0:mbtree=0:aq-mode=3:cabac=1:8x8dct=1"
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


def open_output(path: Path, width: int, height: int, fps: int, profile: Profile = PROFILE) -> tuple[Any, Any]:
    """An MP4 container and its video stream, ready for frames. The caller closes the container."""
    container = av.open(
        str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
    )
    stream = container.add_stream("libx264", rate=fps, options=profile.options(fps))
    set_up(stream.codec_context, width, height, fps)
    return container, stream


def set_up(context: Any, width: int, height: int, fps: int) -> None:
    """Prepare an encoder's context for yuv420p frames: BT.709, limited, sRGB transfer."""
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = Fraction(1, fps)
    context.thread_count = 1
    context.color_primaries, context.color_trc, context.colorspace, context.color_range = 1, 13, 1, 1


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
        if seal is not None:
            seal.see(painter.pixels, dirty, bool(painter.direct))
        painted = perf_counter()
        yuv.update(dirty)
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
