"""A real Dask cluster on loopback: a scheduler, and workers with folders of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

DASK = [sys.executable, "-m", "dask"]
QUIET = ["--no-dashboard"]


@dataclass
class RunningCluster:
    """A scheduler and its workers, processes of this test; `worker` starts one more."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"dask://127.0.0.1:{self.port}"

    def start(self) -> RunningCluster:
        log = self._start("scheduler", ["scheduler", "--host", "127.0.0.1", "--port", "0", *QUIET], {})
        self.port = int(_said(log, rb"Scheduler at:\s+tcp://127\.0\.0\.1:(\d+)").decode())
        return self

    def worker(self, name: str, **settings: str) -> subprocess.Popen[bytes]:
        """Start a worker process in an empty folder of its own, which it also runs in."""
        options = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--name", name, *QUIET]
        folder = self.folder / name
        command = ["worker", f"tcp://127.0.0.1:{self.port}", *options, "--local-directory", str(folder)]
        log = self._start(name, command, settings)
        _said(log, rb"(Registered to)")
        return self.processes[-1]

    def _start(self, name: str, command: list[str], settings: dict[str, str]) -> Path:
        folder = self.folder / name
        folder.mkdir()
        log = self.folder / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*DASK, *command], cwd=folder, stdout=file, stderr=file, env={**os.environ, **settings}
            )
        self.processes.append(process)
        return log

    def stop(self) -> None:
        """End every process, workers first."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


def _said(log: Path, pattern: bytes) -> bytes:
    """What a process wrote, within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if found := re.search(pattern, log.read_bytes()):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"nothing like {pattern!r} in {log.name}:\n{log.read_text()}")
