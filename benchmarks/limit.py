"""The limit of a render: encoding the raw frames of a finished video once, and nothing else.

    python -m benchmarks.limit VIDEO.mp4

Two processes take half of the frames each. Frames are decoded some at a time, which is not timed, and then
encoded with the profile of shots, which is.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av

from explainers.compositor.encoder import Counters, record

WORKERS = 2
AT_ONCE = 60
"""Frames in memory at once: 180 MB at 1080p."""


@dataclass(frozen=True)
class Limit:
    """Seconds of encoding on one core, and on two that take half of the frames each."""

    one_core_s: float
    two_cores_s: float


def limit(path: Path) -> Limit:
    """Measure the limit of a finished video."""
    with ProcessPoolExecutor(WORKERS) as pool:
        spent = list(pool.map(_encoded, [path] * WORKERS, range(WORKERS)))
    return Limit(sum(spent), max(spent))


def _encoded(path: Path, half: int) -> float:
    counters = Counters()
    with av.open(str(path)) as container, tempfile.TemporaryDirectory() as folder:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        size, fps, count = (stream.width, stream.height), int(stream.average_rate or 0), stream.frames
        frames = islice(container.decode(stream), count * half // WORKERS, count * (half + 1) // WORKERS)
        while chunk := list(islice(frames, AT_ONCE)):
            record(chunk, Path(folder) / "chunk.mp4", size, fps, counters=counters)
    return counters.seconds["encoding"]


if __name__ == "__main__":
    found = limit(Path(sys.argv[1]))
    print(f"{found.one_core_s:.1f} s on one core, {found.two_cores_s:.1f} s on two")
