"""Worker processes of this machine: each is handed one task after another over its own pipe.

A pool of our own, since it must say which shot a dead worker was drawing, stop at once, and leave
nothing running: a worker whose parent is gone finds its pipe closed and ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from explainers.build.tasks import Done, Task, perform
from explainers.errors import ExplainersError, RenderFailed

Heard = Callable[[Task, int], None]
"""Hears that so many frames of a task are done."""


def perform_all(
    tasks: Sequence[Task], jobs: int, scratch: Path, heard: Heard, finished: Callable[[Task, Done], None]
) -> None:
    """Do all tasks, the first ones first, on at most `jobs` processes.

    `finished` is called here, in this process, as each is done. `scratch` is a folder for the workers'
    temporary files. The first failure ends everything; a worker that dies is a RenderFailed that names
    its shot.
    """
    if min(jobs, len(tasks)) <= 1:
        for task in tasks:
            finished(task, _guarded(task, lambda frames, task=task: heard(task, frames)))  # type: ignore[misc]
        return
    with _workers(min(jobs, len(tasks)), scratch) as workers:
        _hand_out(list(tasks), workers, heard, finished)


def _guarded(task: Task, told: Callable[[int], None]) -> Done:
    """Do a task; a mistake in a kind's code names the shot it happened in."""
    try:
        return perform(task, told)
    except RenderFailed as error:
        raise RenderFailed(f"shot {task.shot_id}: {error}") from error
    except (ExplainersError, KeyboardInterrupt, MemoryError, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("EXPLAINERS_TRACEBACK"):
            traceback.print_exc()
        raise RenderFailed(f"shot {task.shot_id}: {type(error).__name__}: {error}") from error


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Task | None = None


@contextmanager
def _workers(count: int, scratch: Path) -> Iterator[list[_Worker]]:
    context = multiprocessing.get_context("spawn")
    workers: list[_Worker] = []
    try:
        # Ctrl-C reaches every process of the terminal: workers are born deaf to it, the parent ends them.
        with _deaf_to_interrupt():
            for _ in range(count):
                here, there = context.Pipe()
                process = context.Process(target=_work, args=(there, str(scratch)), daemon=True)
                process.start()
                there.close()
                workers.append(_Worker(process, here))
        yield workers
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.pipe.close()


@contextmanager
def _deaf_to_interrupt() -> Iterator[None]:
    # Started on demand, the tracker would lift the block again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hand_out(
    pending: list[Task], workers: list[_Worker], heard: Heard, finished: Callable[[Task, Done], None]
) -> None:
    for worker in workers:
        _give(worker, pending)
    while busy := {worker.pipe: worker for worker in workers if worker.task is not None}:
        for pipe in wait(list(busy)):
            worker = busy[pipe]  # type: ignore[index]
            answer, task = _answer(worker), worker.task
            assert task is not None
            if isinstance(answer, int):
                heard(task, answer)
            elif isinstance(answer, Exception):
                raise answer
            else:
                finished(task, answer)
                _give(worker, pending)


def _give(worker: _Worker, pending: list[Task]) -> None:
    worker.task = pending.pop(0) if pending else None
    if worker.task is not None:
        worker.pipe.send(worker.task)


def _answer(worker: _Worker) -> Any:
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join(timeout=5)
        code = worker.process.exitcode
        how = f"was killed by {signal.Signals(-code).name}" if code and code < 0 else f"ended with {code}"
        shot = worker.task.shot_id if worker.task else "?"
        return RenderFailed(f"the worker that drew the shot {shot} {how}")


def _work(pipe: Connection, scratch: str) -> None:
    """A worker's life: tasks in, frame counts and results out, until the pipe closes."""
    # What a killed worker leaves behind goes away with the parent's own folder.
    tempfile.tempdir = scratch
    try:
        while True:
            task = pipe.recv()
            try:
                pipe.send(_guarded(task, pipe.send))
            except ExplainersError as error:
                pipe.send(RenderFailed(str(error)) if not _travels(error) else error)
            except MemoryError:
                pipe.send(RenderFailed(f"shot {task.shot_id}: out of memory"))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # The parent is gone, and with it whoever wanted the rest.
        return


def _travels(error: ExplainersError) -> bool:
    """Whether an error can be sent whole: those made of their message alone."""
    return type(error).__init__ is Exception.__init__
