"""A fuzzing campaign: many mutated inputs, each under an alarm, in a child whose memory is bounded.

The child reads the inputs of one target. It is given so much address space above what it has when it
begins, and a signal after so many seconds of processor time; seconds on the clock would count what
else the machine does. Where the child itself is killed, the input it was at is the find.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from fuzz.mutator import mutated
from fuzz.targets import Target, targets

MAX_SECONDS = 2.0
MAX_MIB = 500
_HANGS_AFTER_S = 60.0
"""Of the clock, without a sign of life: an input that waits for something uses no processor time."""


@dataclass
class Report:
    """What became of the inputs of one target. `finds` are files with the inputs that were no good."""

    target: str
    inputs: int = 0
    accepted: int = 0
    slowest_s: float = 0.0
    peak_mib: float = 0.0
    finds: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        refused = self.inputs - self.accepted - len(self.finds)
        read = f"{self.accepted:6,} read, {refused:6,} refused, {len(self.finds)} finds"
        cost = f"slowest {self.slowest_s:.2f} s, peak {self.peak_mib:.0f} MiB"
        return f"{self.target:<11} {self.inputs:6,} inputs: {read}; {cost}"


class TooSlow(BaseException):
    """Not an Exception: no reader may catch it."""


def campaign(count: int, seed: int, folder: Path) -> Iterator[Report]:
    """Fuzz every target with its share of `count` inputs; finds are kept in `folder`."""
    for target in targets(folder / "names"):
        yield _in_a_child(target.name, max(1, round(count * target.share)), seed, folder)


def _in_a_child(name: str, count: int, seed: int, folder: Path) -> Report:
    """The report of a target; a child that dies is followed by another that goes on after its input."""
    total, done = Report(name), 0
    while done < count:
        arguments = [name, str(done), str(count), str(seed), str(folder)]
        command = [sys.executable, "-c", "from fuzz.campaign import child; child()", *arguments]
        status = folder / f"{name}.status"
        status.unlink(missing_ok=True)
        with subprocess.Popen(command, cwd=Path(__file__).parents[1], stderr=subprocess.PIPE) as one:
            _watched(one, status)
            said = one.stderr.read().decode(errors="replace") if one.stderr else ""
        try:
            part = Report(**json.loads(status.read_text()))
        except (OSError, ValueError):
            raise RuntimeError(f"the child for {name} did not begin: {said[-2000:]}") from None
        finished = one.returncode == 0
        total = _sum(total, part)
        done += part.inputs
        if not finished:
            total.finds.append(f"{folder}/{name}-{done}.input: the child ended with {one.returncode}")
            total.inputs += 1
            done += 1
    return total


def _watched(one: subprocess.Popen[bytes], status: Path) -> None:
    """Wait for a child; kill it where its status file stays as it is for too long."""
    while True:
        try:
            one.wait(timeout=5.0)
            return
        except subprocess.TimeoutExpired:
            if status.exists() and time.time() - status.stat().st_mtime > _HANGS_AFTER_S:
                one.kill()


def _sum(one: Report, other: Report) -> Report:
    return Report(
        one.target,
        one.inputs + other.inputs,
        one.accepted + other.accepted,
        max(one.slowest_s, other.slowest_s),
        max(one.peak_mib, other.peak_mib),
        [*one.finds, *other.finds],
    )


# -- in the child -----------------------------------------------------------------------------------


def child() -> None:
    """Read inputs `first` to `count` of a target and write a Report after each hundredth."""
    name, first, count, seed, place = sys.argv[1:]
    folder = Path(place)
    target = next(one for one in targets(folder / f"{name}.files") if one.name == name)
    # What is loaded once, such as the scene kinds, is no input's memory.
    for data in target.seeds:
        target.read(data)
    report = Report(name)
    status = folder / f"{name}.status"
    with _bounded():
        for index in range(int(first), int(count)):
            data = input_of(target, index, int(seed))
            # Kept until it is read: where the child is killed, this file is what did it.
            kept = folder / f"{name}-{index}.input"
            kept.write_bytes(data)
            if _one(target, data, kept, report):
                kept.unlink()
            report.inputs += 1
            if index % 50 == 0:
                status.write_text(json.dumps(asdict(report)))
    report.peak_mib = _peak_mib()
    status.write_text(json.dumps(asdict(report)))


def _peak_mib() -> float:
    """The most this program ever had in memory; getrusage counts in what the parent had before."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def input_of(target: Target, index: int, seed: int) -> bytes:
    """Input number `index`: the same bytes on every machine, whatever came before it."""
    random = Random(f"{target.name} {seed} {index}")
    return mutated(random.choice(target.seeds), target.seeds, random)


def _one(target: Target, data: bytes, kept: Path, report: Report) -> bool:
    """Read one input into the report; False where it is a find."""
    began = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
        report.accepted += target.read(data)
        signal.setitimer(signal.ITIMER_PROF, 0)
    except (Exception, TooSlow) as error:
        signal.setitimer(signal.ITIMER_PROF, 0)
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {str(error)[:200]} ({Path(where.filename).name}:{where.lineno})"
        report.finds.append(f"{kept}: {said}")
        return False
    finally:
        report.slowest_s = max(report.slowest_s, time.process_time() - began)
    return True


def child_memory_is_bounded(folder: Path) -> tuple[str, str]:
    """What a child says of a reader that never ends, and of one that takes all the memory there is."""
    code = f"from fuzz.campaign import greedy; greedy({str(folder)!r})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    slow, large = done.stdout.splitlines()
    return slow, large


def greedy(place: str) -> None:
    """Two readers that must be finds, read as any other."""

    def slow(_data: bytes) -> bool:
        while True:
            pass

    def large(_data: bytes) -> bool:
        return bool(bytearray(2 * MAX_MIB * 1024 * 1024))

    with _bounded():
        for read in (slow, large):
            report = Report("greedy")
            _one(Target("greedy", 1.0, (), read), b"", Path(place) / "input", report)
            print(report.finds[0].partition(": ")[2])


@contextmanager
def _bounded() -> Iterator[None]:
    """Bounds on memory and processor time; a text of more digits than Python takes stays an error."""

    def too_slow(_number: int, _frame: object) -> None:
        raise TooSlow(f"more than {MAX_SECONDS:g} s of processor time")

    signal.signal(signal.SIGPROF, too_slow)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    used = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MAX_MIB * 1024 * 1024,) * 2)
    yield


def told(report: Report) -> list[str]:
    """Each find once, with how often it was found and an input that shows it."""
    groups: dict[str, list[str]] = {}
    for find in report.finds:
        kept, _, said = find.partition(": ")
        groups.setdefault(said, []).append(kept)
    return [f"{said} ({len(kept)} times, such as {kept[0]})" for said, kept in groups.items()]


def summary(reports: Sequence[Report]) -> str:
    """All reports in a line."""
    inputs, finds = sum(one.inputs for one in reports), sum(len(one.finds) for one in reports)
    slowest, peak = max(one.slowest_s for one in reports), max(one.peak_mib for one in reports)
    return f"{inputs:,} inputs, {finds} finds; slowest {slowest:.2f} s, peak memory {peak:.0f} MiB"
