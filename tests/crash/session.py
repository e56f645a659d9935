"""A command in a session of its own, as in a terminal: its processes can be found, stopped and counted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from processes import Family  # isort: skip


@dataclass
class Session:
    """A running command of `explainers` and everything it has begun."""

    command: subprocess.Popen[str]

    @cached_property
    def _family(self) -> Family:
        return Family(self.command.pid)

    def processes(self) -> dict[int, str]:
        """The command lines of all of them, by process id."""
        return self._family.now()

    def when(self, holds: Callable[[dict[int, str]], bool], within_s: float = 60.0) -> dict[int, str]:
        """The processes as soon as `holds` is true of them; fails where the command ends before."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            now = self.processes()
            if holds(now):
                return now
            if self.command.poll() is not None:
                raise AssertionError(f"it ended before: {self.command.communicate()}")
            time.sleep(0.01)
        raise AssertionError(f"this never came: {self.processes()}")

    def interrupt(self) -> float:
        """Ctrl-C: SIGINT to every process of the terminal; seconds until none of them is left."""
        began = time.monotonic()
        os.killpg(self.command.pid, signal.SIGINT)
        return self.until_gone(began)

    def until_gone(self, began: float) -> float:
        """Seconds since `began` until nothing of the session runs."""
        while self.processes():
            if time.monotonic() - began > 30:
                left = self.processes()
                for process in left:
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                raise AssertionError(f"still running after 30 s: {left}")
            self.command.poll()
            time.sleep(0.01)
        return time.monotonic() - began

    def end(self) -> tuple[int, str]:
        """Exit code and what was said on stderr."""
        words = self.command.communicate(timeout=120)[1]
        return self.command.returncode, words


def begun(root: Path, *arguments: str, **environment: str) -> Session:
    """`explainers` with arguments, for the project at `root`."""
    command = [sys.executable, "-m", "explainers", "--project", str(root), *arguments]
    settings = {**os.environ, **environment}
    pipe = subprocess.PIPE
    one = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True, env=settings)
    return Session(one)


def ran(root: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and stderr of a command that is let be."""
    return begun(root, *arguments, **environment).end()


def patient(seconds: float) -> float:
    """So many seconds, or more where this machine has more to do than it has cores."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
