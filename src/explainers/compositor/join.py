"""Joining encoded parts by stream copy: no frame is decoded, so joining costs nothing and loses nothing.

It is legal because all parts have one encoder profile; that is checked, not assumed. Shots are joined to a
video, and the parts of a web rendition, which may hold frames that are sent out of order, to theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from explainers.errors import RenderFailed

UNDECODED = {"skip_frame": "all"}
"""Opening a file decodes its first frame if it is not told not to: that is most of the time of joining."""


@dataclass(frozen=True)
class Part:
    """An MP4 of one part and the number of frames it must have."""

    path: Path
    frames: int


@dataclass(frozen=True)
class Joined:
    """What was written: `codec` is the string browsers ask for, such as `avc1.64002a` or `av01.0.08M.08`."""

    frames: int
    width: int
    height: int
    fps: int
    codec: str


def join(parts: Sequence[Part], out: Path, metadata: Mapping[str, str] | None = None) -> Joined:
    """Copy the parts' packets, one part after another, into an MP4 at `out`.

    Constant frame rate, first frame at zero, index in front of the data, no audio. Frames that are sent in
    another order than they are shown stay in theirs. The bytes depend on the parts and `metadata` alone.
    RenderFailed names a part that does not fit the first one, does not begin with a keyframe, or does not
    have its frames.
    """
    if not parts:
        raise RenderFailed("there is nothing to join")
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with (
        av.open(str(out), "w", format="mp4", options=options) as target,
        av.open(str(parts[0].path), options=UNDECODED) as first,
    ):
        # Without this flag the muxer writes its own name and the time of day.
        target.flags |= 0x0400
        target.metadata.update(metadata or {})
        model = first.streams.video[0]
        stream = target.add_stream_from_template(model, opaque=True)
        fps = model.average_rate
        if fps is None or fps.denominator != 1:
            raise RenderFailed(f"{parts[0].path.name} has no whole frame rate")
        stream.time_base = model.time_base
        tick = int(Fraction(1, fps) / Fraction(model.time_base or 1))
        written = 0
        for part in parts:
            written += _copy(part, target, stream, written, tick, first)
        codec = codec_string(bytes(model.codec_context.extradata or b""))
        return Joined(written, model.width, model.height, int(fps), codec)


def _copy(part: Part, target: Any, stream: Any, start_frame: int, tick: int, model: Any) -> int:
    times: list[int] = []
    with av.open(str(part.path), options=UNDECODED) as source:
        video = _fitting(part.path, source, model)
        for packet in source.demux(video):
            if packet.dts is None:
                continue
            if not times and not packet.is_keyframe:
                raise RenderFailed(f"{part.path.name} does not begin with a keyframe")
            times.append(packet.pts)
            packet.pts, packet.dts = packet.pts + start_frame * tick, packet.dts + start_frame * tick
            packet.duration = tick
            packet.stream = stream
            target.mux(packet)
    for count, pts in enumerate(sorted(times)):
        if pts != count * tick:
            raise RenderFailed(f"{part.path.name} does not have a constant frame rate at frame {count}")
    if len(times) != part.frames:
        raise RenderFailed(f"{part.path.name} has {len(times)} frames where {part.frames} were planned")
    return len(times)


def _fitting(path: Path, source: Any, model: Any) -> Any:
    """The part's one video stream; RenderFailed says in what it differs from the first part's."""
    if len(source.streams) != 1 or not source.streams.video:
        raise RenderFailed(f"{path.name} does not hold exactly one video stream")
    here, first = source.streams.video[0], model.streams.video[0]
    facts = {
        "codec settings": (
            bytes(here.codec_context.extradata or b""),
            bytes(first.codec_context.extradata or b""),
        ),
        "size": ((here.width, here.height), (first.width, first.height)),
        "frame rate": (here.average_rate, first.average_rate),
        "time base": (here.time_base, first.time_base),
    }
    for name, (found, expected) in facts.items():
        if found != expected:
            raise RenderFailed(f"{path.name} can't be joined without re-encoding: its {name} differs")
    return here


def codec_string(extradata: bytes) -> str:
    """RFC 6381 name of an avcC or av1C configuration record: `avc1.640028` or `av01.0.08M.08`."""
    if len(extradata) >= 4 and extradata[0] == 1:
        return "avc1." + extradata[1:4].hex()
    if len(extradata) >= 3 and extradata[0] == 0x81:
        profile, level = extradata[1] >> 5, extradata[1] & 31
        tier = "H" if extradata[2] & 0x80 else "M"
        depth = 8 if not extradata[2] & 0x40 else 12 if extradata[2] & 0x20 else 10
        return f"av01.{profile}.{level:02d}{tier}.{depth:02d}"
    raise RenderFailed("the joined stream carries no H.264 or AV1 configuration that could be read")
