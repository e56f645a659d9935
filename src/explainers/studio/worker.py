"""What runs in a worker process: it waits for jobs, does them, and answers; nothing it does hurts the server.

It ends when the server does: its pipe is then closed.
"""

from __future__ import annotations

import os
import signal
from importlib import import_module
from typing import Any

from explainers.errors import ExplainersError, InvalidInput


class Stopped(Exception):
    """The job was asked to end."""


class Context:
    """What jobs of one process share: whether they should end, and what the role keeps in memory."""

    def __init__(self, pipe: Any, stop: Any):
        self._pipe, self._stop = pipe, stop
        self.memory: dict[Any, Any] = {}

    def go_on(self) -> None:
        """Raises Stopped once the server has no more use for the job."""
        if self._stop.is_set():
            raise Stopped

    def tell(self, what: Any) -> None:
        """Let whoever asked know of a part that is done."""
        self._pipe.send(("told", what))


def serve(pipe: Any, role: str, stop: Any) -> None:
    """Answer jobs of a role from `pipe` until it is closed. A role is a module here, its jobs are JOBS."""
    # Ctrl-C reaches every process of the terminal; the server ends the workers in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Animatics wait for nobody: a still that somebody waits for comes first.
    if role == "films":
        os.nice(2)
    jobs = import_module(f"explainers.studio.{role}").JOBS
    context = Context(pipe, stop)
    while True:
        try:
            name, facts = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = ("done", jobs[name](context, **facts))
        except InvalidInput as error:
            answer = ("problems", error.problems)
        except Stopped:
            answer = ("stopped", "stopped")
        except ExplainersError as error:
            answer = ("refused", str(error))
        except Exception as error:
            # A scene kind may raise anything; the page shows what.
            answer = ("refused", f"{type(error).__name__}: {error}")
        try:
            pipe.send(answer)
        except (BrokenPipeError, OSError):
            return
