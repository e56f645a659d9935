"""A render in a process of its own, forked from one that has everything imported, and its processes."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from faults.film import RENDER


@dataclass
class Run:
    """A render that has begun. Its processes are those of its session, and what any of them began."""

    pid: int
    words: Path
    began: float = field(default_factory=time.monotonic)
    _code: int | None = None
    _seen: set[tuple[int, str]] = field(default_factory=set)
    """Processes that were its own, by id and start; bubblewrap gives what it shuts off its own session."""

    def processes(self) -> dict[int, str]:
        """The command lines of all its processes, by id; a name in brackets where there is none."""
        every: dict[int, tuple[int, int, str, str]] = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                stat = (folder / "stat").read_text()
                name, rest = stat.partition("(")[2].rpartition(")")[0], stat.rpartition(")")[2].split()
                if rest[0] != "Z":
                    every[int(folder.name)] = (int(rest[1]), int(rest[3]), rest[19], name)
            except (OSError, IndexError, ValueError):
                continue
        own = {
            pid
            for pid, (_, session, start, _) in every.items()
            if session == self.pid or (pid, start) in self._seen
        }
        while more := {pid for pid, (parent, *_) in every.items() if parent in own} - own:
            own |= more
        self._seen |= {(pid, every[pid][2]) for pid in own}
        found = {}
        for pid in own:
            with suppress(OSError):
                line = (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ")
                found[pid] = line.decode(errors="replace") or f"[{every[pid][3]}]"
        return found

    def ended(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code

    def wait(self, within_s: float = 120.0) -> int:
        """The exit code of a run that is let be; it and all it has begun must end in that time."""
        code: int | None = None
        while code is None:
            code = self.ended()
            self._in_time(within_s)
        while self.processes():
            self._in_time(within_s)
        return code

    def _in_time(self, within_s: float) -> None:
        time.sleep(0.002)
        if time.monotonic() - self.began > within_s:
            left = self.processes()
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            raise AssertionError(f"still running after {within_s:g} s: {left}\n{self.said()}")

    def said(self) -> str:
        """What it wrote on both outputs."""
        return self.words.read_text(errors="replace")


def begin(root: Path, jobs: int, before: Callable[[], None] | None = None, **environment: str) -> Run:
    """Render the film at `root` with so many workers. `before` is done in the new process, first."""
    words = root / "said.txt"
    pid = os.fork()
    if pid:
        return Run(pid, words)
    try:
        os.setsid()
        out = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.environ.update(environment)
        if before is not None:
            before()
        from explainers import ffmpeg
        from explainers.cli import run

        # The answers of another ffmpeg were kept by the process this one is forked from.
        for known in (ffmpeg.executable, ffmpeg.version, ffmpeg.encoders):
            known.cache_clear()
        code = run(["--project", str(root), *RENDER, "--jobs", str(jobs)])
    except BaseException as error:
        os.write(2, f"harness: {type(error).__name__}: {error}".encode())
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def only_small_files(limit_bytes: int) -> Callable[[], None]:
    """A disk that refuses, for who may not mount one: no file may become larger than that."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))


def another_clock(seconds: float) -> Callable[[], None]:
    """This process's clock is off by so much. (Not that of others, and not the file system's.)"""

    def shift() -> None:
        now, now_ns = time.time, time.time_ns
        time.time = lambda: now() + seconds
        time.time_ns = lambda: now_ns() + int(seconds * 1e9)

    return shift
