"""A joined video in parts that are encoded alone: in parallel, and again only where their pictures changed.

A part goes by the bytes of its packets in the joined video. Shots are joined by stream copy, so a shot that
was not drawn again has the bytes it had, wherever it stands now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av

from explainers.errors import RenderFailed
from explainers.manifest import Manifest

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


def parts_of(source: Path, manifest: Manifest) -> list[Part]:
    """The parts of a joined video, in order; RenderFailed where it has not the manifest's frames."""
    fps = manifest.fps
    jumps = {round(chapter.start_s * fps) for chapter in manifest.chapters}
    starts = {round(shot.start_s * fps) for shot in manifest.shots}
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
    if number != manifest.frames:
        raise RenderFailed(f"{source.name} has {number} frames where the manifest has {manifest.frames}")
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
