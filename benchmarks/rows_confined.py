"""What it costs to read strangers' files in children: the same commands with readers in children, and with
readers in the process itself, in pairs. Processor time is compared, which other work changes least.

    python -m benchmarks.rows_confined ARGUMENTS...

runs a command of explainers without them; with one worker, since others would begin with them again.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, run
from benchmarks.side_by_side import SOURCES, captures

ROOT = Path(__file__).parents[1]
PAIRS, SECONDS = 3, 4
PAIR = f"""\
storyboard: 1
title: Two captures
canvas: {{size: 1920x1080, fps: 60}}
shots:
  - id: pair
    kind: side-by-side
    title: Two captures
    clock: own
    compared: false
    panes: [{{file: one.mp4, label: One}}, {{file: two.mp4, label: Two}}]
    duration: {SECONDS}s
"""


def confined() -> Iterator[Row]:
    """Two captures side by side, conformed anew, and the DREX video at draft quality, each from nothing."""
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        root = Path(name)
        (root / "pyproject.toml").write_text("[tool.explainers]\n", encoding="utf-8")
        for room in ("scenes", "assets"):
            shutil.copytree(ROOT / room / "drex", root / room / "drex")
            (root / room / "pair").mkdir()
        (root / "scenes/pair/storyboard.yaml").write_text(PAIR, encoding="utf-8")
        captures(root / "assets/pair", SECONDS)
        entries = "".join(f"  {name}: {{shows: it, from: made}}\n" for name in SOURCES)
        sources = "sources:\n  made: {kind: illustration, citation: Made for this benchmark.}\n"
        (root / "assets/pair/assets.yaml").write_text(f"{sources}files:\n{entries}", encoding="utf-8")
        for video, work, goal in (
            ("pair", f"two {SECONDS} s captures side by side, conformed anew", 1.1),
            ("drex", "the DREX video at draft quality, empty store", 1.05),
        ):
            yield _compared(root, video, work, goal)


def _compared(root: Path, video: str, work: str, goal: float) -> Row:
    """The median of the ratios of pairs that take turns in going first."""
    ratios, seconds = [], []
    for number in range(PAIRS):
        used = {}
        for module in ("explainers", "benchmarks.rows_confined")[:: -1 if number % 2 else 1]:
            shutil.rmtree(root / "renders", ignore_errors=True)
            command = [sys.executable, "-m", module, "--project", str(root), "render", video]
            used[module] = run(
                [*command, "--quality", "draft", "-j", "1", "--no-check", "--allow-code"], ROOT
            ).cpu_s
        ratios.append(used["explainers"] / used["benchmarks.rows_confined"])
        seconds.append(used["explainers"])
    ratio, spread = statistics.median(ratios), ", ".join(f"{each:.3f}" for each in ratios)
    against = f"readers in the process itself, {PAIRS} pairs: {spread}"
    took = f"{statistics.median(seconds):.1f} s of the processor"
    return Row(work, took, against, f"{ratio:.3f}x", ratio, "at most", goal, "x")


def without() -> None:
    """Run a command with every reader in this process, and ffmpeg held to nothing."""
    from explainers import confined as children
    from explainers import ffmpeg
    from explainers.cli import main

    children._SERVING = True
    ffmpeg.Held.before = lambda self, program: []  # type: ignore[method-assign]
    main()


if __name__ == "__main__":
    without()
