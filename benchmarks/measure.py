"""Whole commands timed side by side: wall time, processor time and peak memory of each."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
EXPLAINERS, MANIM = str(BIN / "explainers"), str(BIN / "manim")


@dataclass(frozen=True)
class Timing:
    """Seconds of wall time and of processor time, and the largest process's memory in MiB."""

    wall_s: float
    cpu_s: float
    peak_mib: float


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, how long, against what, the ratio and what is asked of it."""

    work: str
    time_s: float
    against: str
    ratio: float
    goal: str


def run(command: Sequence[str], folder: Path) -> Timing:
    """Run a command to its end; RuntimeError with what it said where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        list(command), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=dict(os.environ)
    )
    assert process.stderr is not None
    said: list[bytes] = []
    # Read on the side: a full pipe would stop the command.
    reader = threading.Thread(target=lambda: said.append(process.stderr.read()))  # type: ignore[union-attr]
    reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    reader.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said[0].decode()[-2000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return Timing(time.perf_counter() - started, cpu, usage.ru_maxrss / 1024)


def median(timings: Sequence[Timing]) -> Timing:
    """The run with the median wall time."""
    middle = statistics.median_low(timing.wall_s for timing in timings)
    return next(timing for timing in timings if timing.wall_s == middle)


def machine() -> str:
    """What this ran on, in one line."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    return f"{os.cpu_count()} cores ({model}), Python {sys.version.split()[0]}, {sys.platform}"
