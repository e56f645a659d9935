"""A joined video in parts that are encoded alone, and how clear the text in them still is.

A part goes by the bytes of its packets in the joined video. Shots are joined by stream copy, so a shot that
was not drawn again has the bytes it had, wherever it stands now. Clearness is SSIM of the crops that hold
text-like edges, against what they were made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np

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


EVERY_S = 1.6
"""A frame is compared every so many seconds."""

_COLUMNS, _ROWS = 12, 12
_EDGE, _EDGES = 48, 0.04
"""A step in luma that is an edge, and the share of edges that makes a crop text."""

_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


@dataclass(frozen=True)
class Quality:
    """Mean and least SSIM over crops; `crops` is how many were compared."""

    mean: float
    minimum: float
    crops: int


def text_quality(reference: Path, made: Path, fps: float) -> tuple[Quality | None, Quality]:
    """SSIM over sampled frames: of crops with text, None where no frame holds any, and of all crops."""
    values: list[np.ndarray] = []
    everywhere: list[np.ndarray] = []
    step = max(1, round(EVERY_S * fps))
    for before, after in zip(_lumas(reference, step), _lumas(made, step), strict=True):
        crops = crop_ssim(before, after)
        everywhere.append(crops.ravel())
        values.append(crops[text_crops(before)])
    found = np.concatenate(values)
    return _quality(found) if found.size else None, _quality(np.concatenate(everywhere))


def together(qualities: Sequence[Quality]) -> Quality:
    """The quality of what was measured in parts."""
    crops = sum(one.crops for one in qualities)
    mean = sum(one.mean * one.crops for one in qualities) / crops
    return Quality(round(mean, 5), min(one.minimum for one in qualities), crops)


def _quality(values: np.ndarray) -> Quality:
    return Quality(round(float(values.mean()), 5), round(float(values.min()), 5), int(values.size))


def _lumas(path: Path, step: int) -> Iterator[np.ndarray]:
    """The luma plane of each `step`-th frame, uint8 of shape (height, width)."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if number % step == 0:
                plane = frame.planes[0]
                rows = np.frombuffer(bytes(plane), np.uint8).reshape(frame.height, plane.line_size)
                yield rows[:, : frame.width].copy()


def text_crops(luma: np.ndarray) -> np.ndarray:
    """Which crops of the grid hold text-like edges: bool of shape (rows, columns)."""
    steps = np.abs(np.diff(luma.astype(np.int16), axis=1)) > _EDGE
    return _mean_of_crops(steps.astype(np.float32)) > _EDGES


def crop_ssim(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """SSIM of each crop of the grid, float32 of shape (rows, columns), from windows of 8x8 every 4 pixels."""
    height, width = (side // 4 * 4 for side in before.shape)
    a, b = before[:height, :width].astype(np.float32), after[:height, :width].astype(np.float32)
    sums = [_windows(values) for values in (a, b, a * a, b * b, a * b)]
    mean_a, mean_b, square_a, square_b, product = (one / 64 for one in sums)
    var_a, var_b, covariance = square_a - mean_a**2, square_b - mean_b**2, product - mean_a * mean_b
    above = (2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)
    return _mean_of_crops(above / ((mean_a**2 + mean_b**2 + _C1) * (var_a + var_b + _C2)))


def _windows(values: np.ndarray) -> np.ndarray:
    blocks = values.reshape(values.shape[0] // 4, 4, values.shape[1] // 4, 4).sum((1, 3))
    return np.asarray(blocks[1:, 1:] + blocks[:-1, 1:] + blocks[1:, :-1] + blocks[:-1, :-1])


def _mean_of_crops(values: np.ndarray) -> np.ndarray:
    rows = np.linspace(0, values.shape[0], _ROWS + 1).astype(int)[:-1]
    columns = np.linspace(0, values.shape[1], _COLUMNS + 1).astype(int)[:-1]
    sums = np.add.reduceat(np.add.reduceat(values, rows, 0), columns, 1)
    counts = np.add.reduceat(np.add.reduceat(np.ones_like(values), rows, 0), columns, 1)
    return np.asarray(sums / counts)
