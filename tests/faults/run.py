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
from functools import cached_property
from pathlib import Path

from faults.film import RENDER
from processes import Family


@dataclass
class Run:
    """A render that has begun. Its processes are those of its session, and what any of them began."""

    pid: int
    words: Path
    began: float = field(default_factory=time.monotonic)
    _code: int | None = None

    @cached_property
    def _family(self) -> Family:
        return Family(self.pid)

    def processes(self) -> dict[int, str]:
        """The command lines of all its processes, by id."""
        return self._family.now()

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
