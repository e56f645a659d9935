"""The faults: each disturbs the film at `root` once, and says what it did. Chance comes from a seed.

What was chosen can be had again from the seed; at what instruction a kill arrives can't.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from faults.film import VIDEO, damaged, products, published, remove_damaged
from faults.run import Run, another_clock, begin, only_small_files

from processes import conforming  # isort: skip

from explainers import ffmpeg

YEAR_S = 365 * 86_400


@dataclass(frozen=True)
class Campground:
    """Where a campaign works. `disk` says whether renders/ is a small disk of its own."""

    root: Path
    disk: bool
    reference: dict[str, bytes]


def forget(ground: Campground, random: Random, everything: float = 0.4) -> str:
    """Take away what was made before, all of it (with that probability) or some, so that there is work."""
    if random.random() < everything:
        for path in (ground.root / "renders").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return "from nothing"
    gone = [folder for folder in products(ground.root) if random.random() < 0.5]
    for folder in gone:
        shutil.rmtree(folder)
    # What is nothing without them goes too: it would be taken for damaged.
    remove_damaged(ground.root)
    for path in (ground.root / "renders" / VIDEO).glob("*"):
        if path.is_file() and random.random() < 0.5:
            path.unlink()
    return f"without {len(gone)} products"


def killed(ground: Campground, random: Random, which: str) -> str:
    """SIGKILL for the command, a worker or ffmpeg, at some moment of a render; tried until one arrives."""
    for _ in range(50):
        # Only with the capture gone is there work for ffmpeg.
        state = forget(ground, random, 1.0 if which == "ffmpeg" else 0.4)
        jobs = 2 if which == "worker" or random.random() < 0.15 else 1
        run = begin(ground.root, jobs)
        told = _kill_one(run, random, which, longest=0.6 if jobs == 1 else 2.5)
        code = run.wait()
        if told and code != 0:
            return f"{which} killed, {state}, {jobs} jobs: {told}"
        forget(ground, random)
    raise AssertionError(f"no kill of {which} arrived in time")


def _kill_one(run: Run, random: Random, which: str, longest: float) -> str:
    """Kill a process of that sort as soon as there is one, or a bit later; what was done, or nothing."""
    at = run.began + random.uniform(0.0, longest)
    while run.ended() is None:
        found = victims(run, which)
        if which == "command" and time.monotonic() < at:
            found = []
        if found:
            if which != "command":
                time.sleep(random.uniform(0.0, 0.3 if which == "worker" else 0.02))
            victim = random.choice(found)
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                return f"after {time.monotonic() - run.began:.2f} s, one of {len(found)}"
        time.sleep(0.001)
    return ""


def victims(run: Run, which: str) -> list[int]:
    """The processes of a run that are of that sort."""
    now = run.processes()
    if which == "ffmpeg":
        return conforming(now)
    if which == "worker":
        servers = [pid for pid, line in now.items() if "forkserver" in line]
        # The first is the process that the others, the workers, are forked from.
        return sorted(servers)[1:]
    return [run.pid]


def corrupted(ground: Campground, random: Random) -> str:
    """Up to five files of products or of the delivery: a bit flipped, cut short, or gone."""
    stored = [path for folder in products(ground.root) for path in folder.iterdir()]
    delivered = [path for path in (ground.root / "renders" / VIDEO).iterdir() if path.is_file()]
    chosen = random.sample(stored + delivered, k=random.randint(1, 5))
    done = []
    for path in chosen:
        data = bytearray(path.read_bytes())
        how = random.choice(("flipped", "cut", "gone"))
        if how == "gone" or not data:
            path.unlink()
        elif how == "cut":
            path.write_bytes(data[: random.randrange(len(data))])
        else:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            path.write_bytes(data)
        done.append(f"{path.name} {how}")
    return "corrupted: " + ", ".join(done)


def full(ground: Campground, random: Random) -> str:
    """A render with too little room on its disk; where no disk can be mounted, with a limit on files."""
    room = random.choice((4, 32, 64, 96, 128, 192, 256)) * 1024
    while True:
        state = forget(ground, random)
        filler = ground.root / "renders" / "filler"
        if ground.disk:
            free = os.statvfs(ground.root / "renders")
            with filler.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - room))
            run = begin(ground.root, 1)
        else:
            run = begin(ground.root, 1, only_small_files(room // 16))
        code = run.wait()
        filler.unlink(missing_ok=True)
        if code != 0:
            assert "can't be written: " in run.said(), f"code {code}: {run.said()}"
            return (
                f"{'full disk' if ground.disk else 'small files'}, {room // 1024} KiB, {state}: code {code}"
            )
        # There was room enough: that is no fault yet.
        room //= 2


def broken_ffmpeg(ground: Campground, random: Random) -> str:
    """A render whose ffmpeg fails: with an error, by a crash, or by writing zeros and saying all is well."""
    state = forget(ground, random, 1.0)
    how = random.choice(("exit 1", "kill -SEGV $$", 'for last; do :; done; head -c 999 /dev/zero > "$last"'))
    fake = ground.root / "ffmpeg"
    answer = f'case "$*" in *-version*) echo "ffmpeg version {ffmpeg.version()}";; *) {how};; esac'
    fake.write_text(f"#!/bin/sh\n{answer}\n")
    fake.chmod(0o755)
    run = begin(ground.root, 1, IMAGEIO_FFMPEG_EXE=str(fake))
    code = run.wait()
    fake.unlink()
    assert code != 0 and "Traceback" not in run.said(), f"code {code}: {run.said()}"
    return f"ffmpeg: {how.split()[0]}, {state}: code {code}"


def another_time(ground: Campground, random: Random) -> str:
    """Every file's date and the command's clock, years away from now, forwards or backwards."""
    state = forget(ground, random)
    shift = random.uniform(-30 * YEAR_S, 30 * YEAR_S)
    for path in ground.root.rglob("*"):
        if path.is_file() and random.random() < 0.7:
            at = max(0.0, time.time() + random.uniform(-30 * YEAR_S, 30 * YEAR_S))
            os.utime(path, (at, at))
    run = begin(ground.root, 1, another_clock(shift))
    code = run.wait()
    assert code == 0, run.said()
    assert published(ground.root) == ground.reference
    return f"clock off by {shift / YEAR_S:+.1f} years, {state}: code {code}"


Fault = Callable[[Campground, Random], str]

FAULTS: tuple[tuple[str, int, Fault], ...] = (
    ("kill the command", 5, lambda ground, random: killed(ground, random, "command")),
    ("kill a worker", 2, lambda ground, random: killed(ground, random, "worker")),
    ("kill ffmpeg", 3, lambda ground, random: killed(ground, random, "ffmpeg")),
    ("corrupt files", 8, corrupted),
    ("fill the disk", 5, full),
    ("break ffmpeg", 4, broken_ffmpeg),
    ("jump the clock", 3, another_time),
)
"""Name, how many of thirty, and the fault."""


def sound(ground: Campground, own: bool) -> None:
    """Right after a fault, before anything is repaired: nothing that is no whole is there under a final name.

    `own` says that the fault itself damaged files.
    """
    if own:
        return
    assert damaged(ground.root) == set(), "a product is not whole"
    for name, data in published(ground.root).items():
        assert data == ground.reference[name], f"{name} is not whole"


def mounted(folder: Path) -> bool:
    """Put a small disk on a folder; False where this user may not."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], capture_output=True)
    return done.returncode == 0
