"""The two 8 s pictures, cold, against Manim's own command line, in turn."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import EXPLAINERS, MANIM, Row, Timing, in_turn, run
from benchmarks.pictures import write_project

RUNS = 3
SCENES = Path(__file__).with_name("manim_pictures.py")


def bars() -> Iterator[Row]:
    """Four bars that grow with counting numbers."""
    yield _against_manim("bars", "8 s of four growing bars", "FourBars", 6)


def boxes() -> Iterator[Row]:
    """Five boxes with arrows and a dot that travels."""
    yield _against_manim("boxes", "8 s of five boxes", "FiveBoxes", 3)


def _against_manim(video: str, words: str, scene: str, goal: float) -> Row:
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        folder = write_project(Path(name))
        media = folder / "media"

        def ours() -> Timing:
            shutil.rmtree(folder / "renders", ignore_errors=True)
            return run([EXPLAINERS, "render", video], folder)

        def theirs() -> Timing:
            shutil.rmtree(media, ignore_errors=True)
            command = [MANIM, "render", "-qh", "--disable_caching", "--media_dir", str(media), str(SCENES)]
            return run([*command, scene], folder)

        mine, other = in_turn(RUNS, ours, theirs)
    ratio = other.wall_s / mine.wall_s
    against = f"Manim's command line {other.wall_s:.1f} s"
    took = f"{mine.wall_s:.1f} s"
    return Row(f"{words}, cold process", took, against, f"{ratio:.1f}x faster", ratio, "at least", goal, "x")
