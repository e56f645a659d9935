"""What is measured. Each function makes its own folder, runs both sides in turn and gives rows."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.measure import EXPLAINERS, MANIM, Row, Timing, median, run
from benchmarks.pictures import write_project

ROOT = Path(__file__).parents[1]
RUNS = 3


def against_manim(folder: Path) -> list[Row]:
    """The two 8 s pictures, cold, against Manim's own command line, in turn."""
    write_project(folder)
    rows = []
    for video, scene, goal in (("bars", "FourBars", "6x faster"), ("boxes", "FiveBoxes", "3x faster")):
        ours, theirs = [], []
        manim = [MANIM, "render", "-qh", "--disable_caching", "--media_dir", str(folder / "media")]
        for _ in range(RUNS):
            shutil.rmtree(folder / "renders", ignore_errors=True)
            ours.append(run([EXPLAINERS, "render", video], folder))
            theirs.append(run([*manim, str(ROOT / "benchmarks/manim_pictures.py"), scene], folder))
        mine, other = median(ours), median(theirs)
        against = f"manim render: {other.wall_s:.1f} s"
        rows.append(Row(f"8 s {video} shot, cold", mine.wall_s, against, other.wall_s / mine.wall_s, goal))
    return rows


def the_drex_video(folder: Path) -> list[Row]:
    """The whole video at 1080p60: cold with one and two workers, unchanged, and after small edits."""
    for name in ("scenes", "assets", "pyproject.toml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    one = run([EXPLAINERS, "render", "drex", "--jobs", "1"], folder)
    shutil.rmtree(folder / "renders")
    cold = run([EXPLAINERS, "render", "drex", "--jobs", "2"], folder)
    length_s = _length_s(folder)
    warm = median([run([EXPLAINERS, "render", "drex"], folder) for _ in range(RUNS)])
    return [
        Row(
            "DREX video, empty store, two workers",
            cold.wall_s,
            f"real time: {length_s:.0f} s",
            length_s / cold.wall_s,
            "2x",
        ),
        Row(
            "two workers against one",
            cold.wall_s,
            f"one worker: {one.wall_s:.1f} s",
            one.wall_s / cold.wall_s,
            "1.7x",
        ),
        Row("nothing changed", warm.wall_s, "whole process", 0.0, "1.0 s"),
        _edit(folder, "one caption", "No half-empty batch goes deep", "No half-full batch goes deep", "2 s"),
        _edit(
            folder,
            "one statement in the throughput shot",
            'statement: "DREX: {gain} for',
            'statement: "DREX: {gain} at',
            "6 s",
        ),
        _edit(folder, "one bar's value", ",112.58,", ",111.58,", "6 s", "assets/drex/data/runs.csv"),
        Row("peak memory of the largest process, MiB", cold.peak_mib, "goal", 800 / cold.peak_mib, "800 MiB"),
    ]


def _edit(
    folder: Path, what: str, old: str, new: str, goal: str, name: str = "scenes/drex/storyboard.yaml"
) -> Row:
    path = folder / name
    before = path.read_text(encoding="utf-8")
    if before.count(old) != 1:
        raise RuntimeError(f"{name} holds {old!r} {before.count(old)} times")
    path.write_text(before.replace(old, new), encoding="utf-8")
    timing: Timing = run([EXPLAINERS, "render", "drex"], folder)
    path.write_text(before, encoding="utf-8")
    run([EXPLAINERS, "render", "drex"], folder)
    return Row(f"{what} changed", timing.wall_s, "whole process", 0.0, goal)


def _length_s(folder: Path) -> float:
    import json

    manifest = json.loads((folder / "renders/drex/manifest.json").read_text(encoding="utf-8"))
    return float(manifest["duration_s"])
