"""Peak memory at 1080p60, and that a longer video takes no more."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import EXPLAINERS, Row, run
from benchmarks.pictures import write_project

LONGER = 10


def memory() -> Iterator[Row]:
    """The largest process of a render of 8 s, and of one that is ten times as long."""
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        folder = write_project(Path(name))
        short = run([EXPLAINERS, "render", "bars", "--jobs", "2"], folder)
        shutil.rmtree(folder / "renders")
        path = folder / "scenes/bars/storyboard.yaml"
        text = path.read_text(encoding="utf-8")
        longer = text.replace("duration: 8s", f"duration: {8 * LONGER}s")
        path.write_text(longer.replace("grow: 6s", f"grow: {6 * LONGER}s"), encoding="utf-8")
        long = run([EXPLAINERS, "render", "bars", "--jobs", "2"], folder)
    peak, ratio = f"{short.peak_mib:.0f} MiB", long.peak_mib / short.peak_mib
    yield Row("peak memory of the largest process, 8 s", peak, "", "", short.peak_mib, "at most", 800, " MiB")
    took = f"{long.peak_mib:.0f} MiB"
    yield Row(f"the same, {8 * LONGER} s", took, f"8 s: {peak}", f"{ratio:.2f}x", ratio, "at most", 1.1, "x")
