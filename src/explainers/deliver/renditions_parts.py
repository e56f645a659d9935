"""A joined video in parts that are encoded alone: in parallel, and again only where their pictures changed.

A part goes by the bytes of its packets in the joined video. Shots are joined by stream copy, so a shot that
was not drawn again has the bytes it had, wherever it stands now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from explainers.errors import RenderFailed

LONGEST_S = 8.0
"""From this length on a part ends with the next keyframe; with the shot it always does."""


@dataclass(frozen=True)
class Part:
    """Frames `first` to `first + frames` of the joined video. `keyframes` are numbers in the part, of frames
    that viewers jump to."""

    first: int
    frames: int
    digest: str
    keyframes: tuple[int, ...] = ()


@dataclass
class _Open:
    """A part that is being read."""

    first: int
    frames: int = 0
    state: Any = field(default_factory=hashlib.sha256)

    def closed(self, jumps: Iterable[int]) -> Part:
        inside = (frame - self.first for frame in jumps if self.first < frame < self.first + self.frames)
        return Part(self.first, self.frames, self.state.hexdigest(), tuple(sorted(inside)))


def parts_of(source: Path, manifest: Mapping[str, Any]) -> list[Part]:
    """The parts of a joined video, in order; RenderFailed where it has not the manifest's frames."""
    fps = manifest["fps"]
    jumps = {round(chapter["start_s"] * fps) for chapter in manifest["chapters"]}
    starts = {round(shot["start_s"] * fps) for shot in manifest["shots"]}
    parts: list[Part] = []
    now, number, due = _Open(0), 0, False
    with av.open(str(source)) as container:
        for packet in _packets(container):
            due = due or number in starts or now.frames >= LONGEST_S * fps
            if due and packet.is_keyframe and now.frames:
                parts.append(now.closed(jumps))
                now = _Open(number)
            due = due and not packet.is_keyframe
            now.state.update(bytes(packet))
            now.frames += 1
            number += 1
    if number != manifest["frames"]:
        raise RenderFailed(f"{source.name} has {number} frames where the manifest has {manifest['frames']}")
    return [*parts, now.closed(jumps)]


def cut(source: Path, parts: Iterable[Part], folder: Path) -> Iterator[tuple[Part, Path]]:
    """Copy parts of a joined video into files of their own, in one pass; each is given when it is whole."""
    wanted = {part.first: part for part in parts}
    with av.open(str(source)) as container:
        packets = enumerate(_packets(container))
        for number, packet in packets:
            if number in wanted:
                part = wanted[number]
                out = folder / f"{part.digest[:16]}-{part.first}.mp4"
                with av.open(str(out), "w", format="mp4") as target:
                    _copy([packet, *(next(packets)[1] for _ in range(part.frames - 1))], target)
                yield part, out


def joined_parts(files: Iterable[tuple[Path, int]], out: Path) -> None:
    """Copy encoded parts, each with its number of frames, one after another into an MP4 at `out`.

    Frames that are sent in another order than they are shown stay in theirs. RenderFailed where parts do not
    fit each other.
    """
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(out), "w", format="mp4", options=options) as target:
        # Without this flag the muxer writes its own name and the time of day.
        target.flags |= 0x0400
        stream: Any = None
        start, settings = 0, b""
        for path, frames in files:
            with av.open(str(path)) as source:
                model = source.streams.video[0]
                here = bytes(model.codec_context.extradata or b"")
                if stream is None:
                    stream, settings = target.add_stream_from_template(model, opaque=True), here
                    stream.time_base = model.time_base
                if here != settings:
                    raise RenderFailed(f"{out.name}: the encoder's settings differ from part to part")
                copied = _append(source, target, stream, start)
            if copied != frames:
                raise RenderFailed(f"{out.name}: a part has {copied} frames where {frames} were sent")
            start += frames


def _append(source: Any, target: Any, stream: Any, start: int) -> int:
    model = source.streams.video[0]
    tick = int(Fraction(1, model.average_rate) / Fraction(model.time_base))
    times = []
    for packet in _packets(source):
        times.append(packet.pts)
        packet.pts += start * tick
        packet.dts += start * tick
        packet.stream = stream
        target.mux(packet)
    if sorted(times) != [number * tick for number in range(len(times))]:
        raise RenderFailed("a part has no constant frame rate")
    return len(times)


def _copy(packets: list[Any], target: Any) -> None:
    """Write packets that follow each other, the first of them at time 0."""
    model = packets[0].stream
    stream = target.add_stream_from_template(model, opaque=True)
    stream.time_base = model.time_base
    shift = packets[0].pts
    for packet in packets:
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        packet.stream = stream
        target.mux(packet)


def _packets(container: Any) -> Iterator[Any]:
    # The last one only flushes the decoder.
    return (packet for packet in container.demux(container.streams.video[0]) if packet.dts is not None)
