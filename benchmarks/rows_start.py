"""Commands that draw nothing, beside an interpreter that does nothing."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.check_first_stage import write_project
from benchmarks.measure import EXPLAINERS, Row, in_turn, run

RUNS = 7


def start() -> Iterator[Row]:
    """`--help`, and the first stage of `check` of a storyboard with twelve shots."""
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        folder = write_project(Path(name))
        bare, told, checked = in_turn(
            RUNS,
            lambda: run([sys.executable, "-c", "pass"], folder),
            lambda: run([EXPLAINERS, "--help"], folder),
            lambda: run([EXPLAINERS, "check", "video"], folder),
        )
    for words, timing, goal in (
        ("`explainers --help`", told, 0.3),
        ("first stage of `check`, 12 shots", checked, 0.6),
    ):
        against = f"a bare interpreter {bare.wall_s:.2f} s"
        ratio = f"{timing.wall_s / bare.wall_s:.1f}x its time"
        yield Row(words, f"{timing.wall_s:.2f} s", against, ratio, timing.wall_s, "at most", goal, " s")
