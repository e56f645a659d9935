"""How long `explainers check` takes as a whole process before anything is drawn.

A storyboard of twelve shots in an empty project; the best and the middle of several runs, beside an
interpreter that does nothing and the imports alone.

    python benchmarks/check_first_stage.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

GOAL_S = 0.6
SHOT = """
  - id: shot-{number}
    kind: title
    title: Shot of {{ours:.0f}} against {{plain:.0f}} tokens per second
    heading: Words
    statement: "Ours is {{ours / plain - 1:.0%}} faster."
    cue: Words are seen, and it is said what they mean.
"""
STORYBOARD = """storyboard: 1
title: A benchmark
description: Twelve shots.
facts:
  plain: {table: speeds, where: {system: plain}, value: tok_s, unit: tok/s}
  ours: {table: speeds, where: {system: ours}, value: tok_s, unit: tok/s}
shots:"""
ASSETS = """sources:
  logs: {kind: measured, citation: The logs, url: "https://example.org/logs"}
tables:
  speeds: {file: speeds.csv, source: logs}
"""


def write_project(root: Path) -> Path:
    """A project in `root` whose one video has twelve shots."""
    for name in ("scenes/video", "assets/video"):
        (root / name).mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    shots = "".join(SHOT.format(number=number) for number in range(12))
    (root / "scenes/video/storyboard.yaml").write_text(STORYBOARD + shots)
    (root / "assets/video/assets.yaml").write_text(ASSETS)
    (root / "assets/video/speeds.csv").write_text("system,tok_s\nplain,100\nours,108\n")
    return root


def main(runs: int = 7) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        root = write_project(Path(folder))
        rows = {
            "python, nothing": [sys.executable, "-c", "pass"],
            "importing the command": [sys.executable, "-c", "import explainers.cli.check, explainers.check"],
            "explainers check": [sys.executable, "-m", "explainers", "check"],
        }
        print(f"{'':<24}{'best':>8}{'middle':>8}  of {runs} runs, seconds; load {os.getloadavg()[0]:.1f}")
        times = {}
        for name, command in rows.items():
            times[name] = sorted(_seconds(command, root) for _ in range(runs))
            print(f"{name:<24}{times[name][0]:>8.2f}{statistics.median(times[name]):>8.2f}")
    return statistics.median(times["explainers check"]) < GOAL_S


def _seconds(command: list[str], folder: Path) -> float:
    started = perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - started


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
