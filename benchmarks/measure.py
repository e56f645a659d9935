"""Whole commands timed: wall time, processor time and the largest process's memory, with all its children."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

BIN = Path(sys.executable).parent
EXPLAINERS, MANIM = str(BIN / "explainers"), str(BIN / "manim")
SAMPLED_EVERY_S = 0.05


@dataclass(frozen=True)
class Timing:
    """Seconds of wall time and of processor time, and the most memory one process had, in MiB."""

    wall_s: float
    cpu_s: float
    peak_mib: float


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, what that took, against what, the ratio and what is asked.

    `bound` is the number the goal names; whether it is reached is told from `measured`, which must be at
    least or at most that.
    """

    work: str
    took: str
    against: str
    ratio: str
    measured: float
    sense: Literal["at least", "at most"]
    bound: float
    unit: str

    @property
    def reached(self) -> bool:
        return self.measured >= self.bound if self.sense == "at least" else self.measured <= self.bound

    def line(self) -> str:
        goal = f"{self.sense} {self.bound:g}{self.unit}"
        state = "" if self.reached else ", not reached"
        return f"| {self.work} | {self.took} | {self.against} | {self.ratio} | {goal}{state} |"


def run(command: Sequence[str], folder: Path) -> Timing:
    """Run a command to its end; RuntimeError with what it said where it fails."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    watch = _Watch(process.pid)
    _, said = process.communicate()
    wall_s = time.perf_counter() - started
    watch.ended()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said.decode()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timing(wall_s, max(own_s, watch.cpu_s), watch.peak_mib)


def environment() -> dict[str, str]:
    """As a user has it: compiled modules are kept from one start to the next."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class _Watch:
    """Looks at a process and all that came of it while it runs; workers can't be asked afterwards."""

    def __init__(self, root: int):
        self._root = root
        self._memory: dict[int, float] = {}
        self._cpu: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    @property
    def peak_mib(self) -> float:
        return max(self._memory.values(), default=0.0)

    @property
    def cpu_s(self) -> float:
        return sum(self._cpu.values())

    def ended(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        ticks = os.sysconf("SC_CLK_TCK")
        while not self._over.wait(SAMPLED_EVERY_S):
            stats = dict(_stats())
            ours = {self._root}
            # A child's number may be lower than its parent's: go on until none is new.
            while more := {pid for pid, one in stats.items() if int(one[1]) in ours} - ours:
                ours |= more
            for pid in ours & stats.keys():
                self._cpu[pid] = (int(stats[pid][11]) + int(stats[pid][12])) / ticks
                self._memory[pid] = max(self._memory.get(pid, 0.0), _most_mib(pid))


def tree_cpu_s(root: int) -> float:
    """Processor seconds that a process and all its living children have used so far."""
    stats, ours = dict(_stats()), {root}
    while more := {pid for pid, one in stats.items() if int(one[1]) in ours} - ours:
        ours |= more
    used = sum(int(stats[pid][11]) + int(stats[pid][12]) for pid in ours & stats.keys())
    return used / os.sysconf("SC_CLK_TCK")


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Every process's number, and what the system tells of it, from its state on."""
    for folder in Path("/proc").glob("[0-9]*"):
        # Some end while they are looked at.
        with suppress(OSError):
            yield int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()


def _most_mib(pid: int) -> float:
    """The most memory a process had so far, in MiB; 0 once it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def in_turn(count: int, *sides: Callable[[], Timing]) -> list[Timing]:
    """Run every side `count` times, one after the other; each side's run with the median wall time."""
    timings: list[list[Timing]] = [[] for _ in sides]
    for _ in range(count):
        for side, found in zip(sides, timings, strict=True):
            found.append(side())
    return [median(found) for found in timings]


def median(timings: Sequence[Timing]) -> Timing:
    """The run with the median wall time."""
    middle = statistics.median_low(timing.wall_s for timing in timings)
    return next(timing for timing in timings if timing.wall_s == middle)


def machine() -> str:
    """What this ran on, in one line."""
    model, memory = "unknown processor", ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [one.split(":", 1)[1].strip() for one in info.read_text().splitlines() if "model name" in one]
        model = names[0] if names else model
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        memory = f", {total:.0f} GiB"
    load = os.getloadavg()[2]
    system = f"Python {sys.version.split()[0]}, {sys.platform}"
    return f"{os.cpu_count()} cores ({model}){memory}, no GPU used, {system}; mean load {load:.1f}"
