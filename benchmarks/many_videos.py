"""`python -m benchmarks.many_videos [VIDEOS]`: a template rendered once a row, and what that costs.

Prints the throughput, the memory of all processes and the open files of the batch's own, at each quarter of
the way, and how long the second run takes, in which there is nothing to do.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import EXPLAINERS, machine

STORYBOARD = """\
storyboard: 1
title: "A card of {=many}"
canvas: {size: 320x180, fps: 10}
parameters: {heading: text}
shots:
  - {id: opening, kind: title, duration: 2s, heading: "${heading}", cue: A card.}
  - {id: closing, kind: title, duration: 2s, heading: "After ${heading}", cue: Another card.}
"""


@dataclass(frozen=True)
class Sample:
    """What was seen at one moment: finished videos, MiB of all processes, open files of the parent."""

    videos: int
    resident_mib: float
    open_files: int


def main(videos: int = 200) -> None:
    with tempfile.TemporaryDirectory(prefix="explainers-bench-") as name:
        folder = Path(name)
        _write(folder, videos)
        first_s, samples = _batch(folder)
        second_s, _ = _batch(folder)
    print("| videos done | MiB, all processes | open files |\n|---|---|---|")
    for quarter in (0.25, 0.5, 0.75, 1.0):
        sample = next((one for one in samples if one.videos >= quarter * videos * 0.98), samples[-1])
        print(f"| {sample.videos} | {sample.resident_mib:.0f} | {sample.open_files} |")
    rate = videos / first_s
    print(f"\nfirst run: {first_s:.1f} s, {rate:.1f} videos and {2 * rate:.1f} shots a second")
    print(f"second run, nothing to do: {second_s:.1f} s (goal 3 s for 200 videos)")
    print(machine())


def _write(folder: Path, videos: int) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"{letters[n // 26 % 26]}{letters[n % 26]}{letters[n // 676]}" for n in range(videos)]
    rows = "".join(f"{word},Word {word}\n" for word in words)
    files = {
        "pyproject.toml": "[tool.explainers]\n",
        "scenes/card/storyboard.yaml": STORYBOARD,
        "matrix.csv": f"name,heading\n{rows}",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _batch(folder: Path) -> tuple[float, list[Sample]]:
    """Seconds of a whole batch, and what was seen on its way."""
    command = [EXPLAINERS, "batch", "card", "--matrix", "matrix.csv"]
    started, samples, done = time.perf_counter(), [], 0
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            samples.append(Sample(done, _resident_mib(process.pid), _open_files(process.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert process.stdout is not None
    for line in process.stdout:
        done += line.startswith("card-")
    over.set()
    watcher.join()
    if process.wait():
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - started, samples or [Sample(done, 0.0, 0)]


def _resident_mib(pid: int) -> float:
    """Proportional memory of a process and all that come from it: what is shared is counted once."""
    total = 0
    for one in (pid, *_children(pid)):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


def _children(pid: int) -> list[int]:
    try:
        own = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*own, *(further for one in own for further in _children(one))]


def _open_files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:2]))
