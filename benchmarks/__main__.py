"""`python -m benchmarks`: one table, each row measured side by side in this run, and the machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import Row, machine
from benchmarks.rows import against_manim, the_drex_video


def main() -> None:
    print("| work | time | against | ratio | goal |\n|---|---|---|---|---|")
    for part in (against_manim, the_drex_video):
        with tempfile.TemporaryDirectory(prefix="explainers-bench-") as folder:
            for row in part(Path(folder)):
                print(_line(row), flush=True)
    print(f"\n{machine()}")


def _line(row: Row) -> str:
    ratio = f"{row.ratio:.1f}x" if row.ratio else ""
    return f"| {row.work} | {row.time_s:.1f} | {row.against} | {ratio} | {row.goal} |"


if __name__ == "__main__":
    main()
