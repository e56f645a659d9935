"""A worker process and the desk it works at: jobs are done in order of urgency, and survived.

A process that dies, or that is silent for too long, is begun anew; only the job it had is lost. A worker ends
when the server does: its pipe is then closed.
"""

from __future__ import annotations

import asyncio
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
    """The server has no more use for the job."""


class Dropped(ExplainersError):
    """A newer job of the same lane took this one's place, or it was interrupted; nobody waits for it."""


class Broke(ExplainersError):
    """The worker failed at a job: code raised, the process died, or it took too long."""


class Context:
    """What jobs of one process share: whether they should end, and what the role keeps in memory."""

    def __init__(self, pipe: Any, stop: Any):
        self._pipe, self._stop = pipe, stop
        self.memory: dict[Any, Any] = {}

    def go_on(self) -> None:
        """Raises Stopped once the server has no more use for the job."""
        if self._stop.is_set():
            raise Stopped

    def tell(self, part: Any) -> None:
        """Let the desk know of a part that is done."""
        self._pipe.send(("part", part))


def serve(pipe: Any, role: str, stop: Any) -> None:
    """Do jobs of a role from `pipe` until it is closed. A role is a module here, its jobs are JOBS."""
    # Ctrl-C reaches every process of the terminal; the server ends the workers in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Animatics wait for nobody: a still that somebody waits for comes first.
    if role == "animatics":
        os.nice(2)
    jobs = import_module(f"explainers.studio.{role}").JOBS
    context = Context(pipe, stop)
    # The pipe is closed, or broken, when the server has ended.
    with contextlib.suppress(EOFError, OSError):
        while True:
            name, facts = pipe.recv()
            pipe.send(_done(jobs[name], context, facts))


def _done(job: Callable[..., Any], context: Context, facts: dict[str, Any]) -> tuple[str, Any]:
    """How a job ended, and its answer or what was wrong."""
    try:
        return "done", job(context, **facts)
    except InvalidInput as error:
        return "problems", error.problems
    except Stopped:
        return "stopped", "stopped"
    except ExplainersError as error:
        return "refused", str(error)
    except Exception as error:
        # A scene kind may raise anything; the page shows what.
        return "refused", f"{type(error).__name__}: {error}"


_SPAWN = multiprocessing.get_context("spawn")


@dataclass(order=True)
class _Job:
    urgency: int
    number: int
    name: str = field(compare=False)
    facts: dict[str, Any] = field(compare=False)
    lane: str | None = field(compare=False)
    on_part: Callable[[Any], None] = field(compare=False)
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

    async def answer(
        self,
        name: str,
        *,
        urgency: int = 5,
        lane: str | None = None,
        on_part: Callable[[Any], None] = lambda part: None,
        **facts: Any,
    ) -> Any:
        """What a job gives; lower urgencies are done first. A job of a `lane` replaces one that waits there.

        `on_part` is called, in another thread, with parts that are done. Raises InvalidInput, Dropped or
        Broke, or what else the job refuses with.
        """
        job = _Job(urgency, next(self._numbers), name, facts, lane, on_part)
        with self._changed:
            if lane is not None:
                self._drop(lambda other: other.lane == lane)
            heapq.heappush(self._waiting, job)
            self._changed.notify()
        return await asyncio.wrap_future(job.answer)

    def interrupt(self, lane: str) -> None:
        """Drop what waits in lanes that begin so, and let the job at work end."""
        with self._changed:
            self._drop(lambda other: (other.lane or "").startswith(lane))
            self._stop.set()

    def _drop(self, these: Callable[[_Job], bool]) -> None:
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
                    job.answer.set_result(self._result(job))
                except Exception as error:
                    job.answer.set_exception(error)

    def _result(self, job: _Job) -> Any:
        try:
            if self._worker is None or not self._worker.is_alive():
                self._begin_worker()
            self._pipe.send((job.name, job.facts))
            status, value = self._received(job)
            while status == "part":
                job.on_part(value)
                status, value = self._received(job)
        except (EOFError, OSError):
            worker = self._worker
            self._end_worker()
            code = f"exit code {worker.exitcode}" if worker is not None else "not begun"
            raise Broke(f"the worker for {self.role} died ({code}) at {job.name}; it is begun anew") from None
        if status == "done":
            return value
        if status == "problems":
            raise InvalidInput(value)
        raise (Dropped if status == "stopped" else Broke)(value)

    def _received(self, job: _Job) -> tuple[str, Any]:
        if not self._pipe.poll(self.longest_s):
            self._end_worker()
            raise Broke(f"{job.name} took more than {self.longest_s:.0f} s and was ended")
        message: tuple[str, Any] = self._pipe.recv()
        return message

    def _begin_worker(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        name, facts = f"studio {self.role}", (theirs, self.role, self._stop)
        self._worker = _SPAWN.Process(target=serve, args=facts, name=name, daemon=False)
        self._worker.start()
        theirs.close()
        self.began += 1

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            with contextlib.suppress(OSError):
                self._pipe.close()
            worker.join(timeout=0.2)
            if worker.is_alive():
                worker.kill()
                worker.join(timeout=5)
