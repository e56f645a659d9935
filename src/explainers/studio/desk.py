"""A worker process and the desk it is asked at: jobs are answered in order of urgency, and survived.

A process that dies, or that is silent for too long, is begun anew; only the job it had is lost. A worker ends
when the server does: its pipe is then closed.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
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
    if role == "animatics":
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


_SPAWN = multiprocessing.get_context("spawn")


class Dropped(ExplainersError):
    """A newer job of the same lane took this one's place, or it was interrupted; nobody waits for it."""


class Broke(ExplainersError):
    """The worker failed at a job: code raised, the process died, or it took too long."""


def _nobody(_: Any) -> None:
    """Hears nothing."""


@dataclass(order=True)
class _Job:
    urgency: int
    number: int
    name: str = field(compare=False)
    facts: dict[str, Any] = field(compare=False)
    lane: str | None = field(compare=False)
    told: Callable[[Any], None] = field(compare=False)
    answer: Future[Any] = field(compare=False, default_factory=Future)


class Desk:
    """Jobs for one worker process, done one at a time. `role` names the module of its jobs."""

    def __init__(self, role: str, longest_s: float = 120.0):
        self.role, self.longest_s = role, longest_s
        self.began = 0
        self._waiting: list[_Job] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._stop = _SPAWN.Event()
        self._worker: Any = None
        self._pipe: Any = None
        self._thread = threading.Thread(target=self._run, name=f"desk {role}", daemon=True)
        self._thread.start()

    def ask(
        self,
        name: str,
        *,
        urgency: int = 5,
        lane: str | None = None,
        told: Callable[[Any], None] = _nobody,
        **facts: Any,
    ) -> Future[Any]:
        """Have a job done; lower urgencies first. A job of a `lane` takes the place of one that waits there.

        `told` hears, in another thread, of parts that are done.
        The future raises InvalidInput, Dropped or Broke, or what else the job refuses with.
        """
        job = _Job(urgency, next(self._numbers), name, facts, lane, told)
        with self._changed:
            if lane is not None:
                self._drop(lambda other: other.lane == lane)
            heapq.heappush(self._waiting, job)
            self._changed.notify()
        return job.answer

    def interrupt(self, lane: str) -> None:
        """Drop what waits in lanes that begin so, and ask the job at work to end."""
        with self._changed:
            self._drop(lambda other: (other.lane or "").startswith(lane))
            self._stop.set()

    def _drop(self, these: Any) -> None:
        dropped = [job for job in self._waiting if these(job)]
        self._waiting = [job for job in self._waiting if not these(job)]
        heapq.heapify(self._waiting)
        for job in dropped:
            job.answer.set_exception(Dropped("a newer one took its place"))

    def close(self) -> None:
        """End the worker; what waits is dropped."""
        with self._changed:
            self._closed = True
            self._drop(lambda _: True)
            self._changed.notify()
        self._end_worker()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                job = heapq.heappop(self._waiting)
                self._stop.clear()
            if job.answer.set_running_or_notify_cancel():
                try:
                    job.answer.set_result(self._done(job))
                except Exception as error:
                    job.answer.set_exception(error)

    def _done(self, job: _Job) -> Any:
        try:
            if self._worker is None or not self._worker.is_alive():
                self._begin_worker()
            self._pipe.send((job.name, job.facts))
            said, what = self._heard(job)
            while said == "told":
                job.told(what)
                said, what = self._heard(job)
        except (EOFError, OSError):
            code = self._ended()
            raise Broke(f"the worker for {self.role} died ({code}) at {job.name}; it is begun anew") from None
        if said == "done":
            return what
        if said == "problems":
            raise InvalidInput(what)
        raise (Dropped if said == "stopped" else Broke)(what)

    def _heard(self, job: _Job) -> tuple[str, Any]:
        if not self._pipe.poll(self.longest_s):
            self._end_worker()
            raise Broke(f"{job.name} took more than {self.longest_s:.0f} s and was ended")
        said: tuple[str, Any] = self._pipe.recv()
        return said

    def _begin_worker(self) -> None:
        ours, theirs = _SPAWN.Pipe()
        self._pipe = ours
        self._worker = _SPAWN.Process(
            target=serve, args=(theirs, self.role, self._stop), name=f"studio {self.role}", daemon=False
        )
        self._worker.start()
        theirs.close()
        self.began += 1

    def _ended(self) -> str:
        worker = self._worker
        self._end_worker()
        return f"exit code {worker.exitcode}" if worker is not None else "not begun"

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            with contextlib.suppress(OSError):
                self._pipe.close()
            worker.join(timeout=0.2)
            if worker.is_alive():
                worker.kill()
                worker.join(timeout=5)

    @property
    def pid(self) -> int | None:
        """The process's number, while it lives."""
        return self._worker.pid if self._worker is not None else None
