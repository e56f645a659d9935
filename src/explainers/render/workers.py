"""Where tasks are done: in this process, or by worker processes of this machine.

A task is done so that whatever goes wrong is an error that names its shot and can be sent elsewhere. The pool
is our own, since it must say which shot a dead worker was drawing, stop at once, and leave nothing running: a
worker whose parent is gone finds its pipe closed and ends.
"""

from __future__ import annotations

import os
import select
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from explainers.errors import ExplainersError, InvalidInput, RenderFailed
from explainers.inputs import keep_inside, kept_inside
from explainers.kinds import OWN_CODE
from explainers.render.forkserver import context, deaf_to_interrupt, jobs_here
from explainers.render.scheduler import Agenda
from explainers.render.store import Store
from explainers.render.tasks import Done, DrawTask, FadeTask, OnFrames, Task
from explainers.scratch import refusal, temporary_folder


def perform(task: Task, on_frames: OnFrames | None = None, store: Store | None = None) -> Done:
    """Do a task, in this process; its products are in its store afterwards, or in the one that is given."""
    started, store = perf_counter(), store or Store(task.store)
    if isinstance(task, (DrawTask, FadeTask)):
        from explainers.render import drawing

        if isinstance(task, DrawTask):
            done = drawing.draw(task, store, on_frames)
        else:
            done = drawing.draw_fade(task, store, on_frames)
    else:
        from explainers.render import assembly

        done = assembly.assemble(task, store)
    done.elapsed_s = perf_counter() - started
    return done


def guarded(task: Task, on_frames: Callable[[int], None], store: Store | None = None) -> Done:
    """Do a task; a mistake in a kind's code names the shot it happened in, and a full disk is called that."""
    try:
        return perform(task, on_frames, store)
    except (RenderFailed, InvalidInput) as error:
        if words := _disk_trouble(task):
            raise RenderFailed(f"shot {task.shot_id}: {words}") from error
        if isinstance(error, InvalidInput):
            raise
        raise RenderFailed(f"shot {task.shot_id}: {error}") from error
    except (ExplainersError, KeyboardInterrupt, MemoryError, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("EXPLAINERS_TRACEBACK"):
            traceback.print_exc()
        if words := _disk_trouble(task):
            raise RenderFailed(f"shot {task.shot_id}: {words}") from error
        if isinstance(error, FileNotFoundError) and error.filename:
            raise RenderFailed(f"shot {task.shot_id}: {error.filename} was there, and is gone") from error
        if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith(OWN_CODE):
            message = f"shot {task.shot_id}: a .py file beside the storyboard changed while it was rendered"
            raise RenderFailed(f"{message}; render it again") from error
        if isinstance(error, ImportError) and "failed to map" in str(error):
            raise RenderFailed(f"shot {task.shot_id}: not enough memory for a library: {error}") from error
        raise RenderFailed(f"shot {task.shot_id}: {type(error).__name__}: {error}") from error


def _disk_trouble(task: Task) -> str | None:
    """What keeps this process from writing where its work goes, or where libraries put their own files."""
    folders = {"the store": task.store, "the folder for temporary files": temporary_folder()}
    for what, folder in folders.items():
        if words := refusal(folder):
            return f"{what} at {folder} can't be written: {words}"
    return None


def answer(
    task: Task, on_frames: Callable[[int], None], store: Store | None = None
) -> Done | ExplainersError:
    """Do a task; what is sent back of it: what was done, or an error that can be sent."""
    try:
        return guarded(task, on_frames, store)
    except ExplainersError as error:
        return error if _travels(error) else RenderFailed(str(error))
    except MemoryError:
        return RenderFailed(f"shot {task.shot_id}: out of memory")


def _travels(error: ExplainersError) -> bool:
    """Whether an error can be sent whole: problems, and errors that are made of their message alone."""
    return type(error) is InvalidInput or type(error).__init__ is Exception.__init__


class Executor(Protocol):
    """Does tasks somewhere. The products of a task are in the store before it is reported as finished."""

    def perform(self, agenda: Agenda, store: Path) -> None:
        """Do what the agenda hands out until it has nothing more.

        Everything is reported to the agenda in this thread. What the agenda raises ends everything, with
        nothing left running. `store` is the root of the store the products go to.
        """


class Here:
    """Does one task after another in this process."""

    def perform(self, agenda: Agenda, store: Path) -> None:
        task = None
        while (task := agenda.next(task)) is not None:
            try:
                done = guarded(task, lambda frames, task=task: agenda.progressed(task, frames))  # type: ignore[misc]
            except Exception as error:
                agenda.failed(task, error)
            else:
                agenda.finished(task, done)


def local_executor(jobs: int | None = None) -> Executor:
    """The executor of this machine: `jobs` worker processes, one a core by default."""
    jobs = jobs_here(jobs)
    return Pool(jobs) if jobs > 1 else Here()


class Pool:
    """An executor of at most `jobs` worker processes of this machine.

    A failure is reported to the agenda, and so is a worker that dies: as a RenderFailed that names its shot.
    """

    def __init__(self, jobs: int):
        self.jobs = jobs

    def perform(self, agenda: Agenda, store: Path) -> None:
        """See Executor. Workers begin when there is work for them, and end with this call."""
        kept = Store(store)
        try:
            with kept.making("workers") as scratch, _crew(scratch) as crew:
                _hand_out(agenda, crew, self.jobs)
        finally:
            # Workers end without a goodbye, and leave their folders to us.
            kept.clean()


_ATTEMPTS = 3


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    last: Task | None = None


@dataclass
class _Crew:
    """The workers there are, and how to get one more."""

    scratch: Path
    workers: list[_Worker] = field(default_factory=list)

    def one_more(self) -> _Worker:
        """A new worker; RenderFailed where none can be begun."""
        for _ in range(_ATTEMPTS):
            # The process that workers are forked from may have been killed; then another takes its place.
            with suppress(ConnectionError, EOFError):
                return self._begun()
        raise RenderFailed("no worker process can be begun: it ends at once; --jobs 1 needs none")

    def _begun(self) -> _Worker:
        workers = context()
        with deaf_to_interrupt():
            here, there = workers.Pipe()
            settings = dict(os.environ)
            process = workers.Process(target=_work, args=(there, str(self.scratch), settings), daemon=True)
            process.start()
            there.close()
        self.workers.append(_Worker(process, here))
        return self.workers[-1]


@contextmanager
def _crew(scratch: Path) -> Iterator[_Crew]:
    crew = _Crew(scratch)
    try:
        yield crew
    finally:
        for worker in crew.workers:
            worker.process.kill()
        for worker in crew.workers:
            worker.process.join()
            worker.pipe.close()


def _hand_out(agenda: Agenda, crew: _Crew, most: int) -> None:
    while True:
        _give(agenda, crew, most)
        busy = {worker.pipe: worker for worker in crew.workers if worker.task is not None}
        if not busy:
            return
        for pipe in wait(list(busy)):
            _receive(agenda, crew, busy[pipe])  # type: ignore[index]


def _give(agenda: Agenda, crew: _Crew, most: int) -> None:
    """Hand a task to every worker that has none, and to new ones while there are fewer than `most`."""
    idle = [worker for worker in crew.workers if worker.task is None]
    while idle or len(crew.workers) < most:
        task = agenda.next(idle[0].last if idle else None)
        if task is None:
            return
        worker = idle.pop(0) if idle else crew.one_more()
        worker.task = worker.last = task
        # The pipe of one that died while idle is closed: that is received as its answer.
        with suppress(OSError):
            # Workers open a video's files as this process does: below its folders.
            worker.pipe.send((kept_inside(), task))


def _receive(agenda: Agenda, crew: _Crew, worker: _Worker) -> None:
    answer, task = _received(worker), worker.task
    assert task is not None
    if isinstance(answer, int):
        return agenda.progressed(task, answer)
    worker.task = None
    if not worker.process.is_alive():
        crew.workers.remove(worker)
        worker.pipe.close()
    if isinstance(answer, Exception):
        return agenda.failed(task, answer)
    return agenda.finished(task, answer)


def _received(worker: _Worker) -> Any:
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join(timeout=5)
        code = worker.process.exitcode
        how = f"was killed by {signal.Signals(-code).name}" if code and code < 0 else f"ended with {code}"
        shot = worker.task.shot_id if worker.task else "?"
        return RenderFailed(f"the worker that drew the shot {shot} {how}")


def _work(pipe: Connection, scratch: str, settings: dict[str, str]) -> None:
    """A worker's life: tasks in, frame counts and results out, until the pipe closes.

    `settings` is the parent's environment: that of the process it was forked from may be older.
    """
    os.environ.clear()
    os.environ.update(settings)
    # What a killed worker leaves behind goes away with the parent's own folder.
    tempfile.tempdir = scratch
    threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()
    try:
        while True:
            folders, task = pipe.recv()
            for folder in folders:
                keep_inside(folder)
            pipe.send(answer(task, pipe.send))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # The parent is gone, and with it whoever wanted the rest.
        return


def _end_with_parent(pipe: Connection) -> None:
    """End this process at once when the parent is gone: it may be waiting for ffmpeg, or drawing for long."""
    poll = select.poll()
    # Without events it wakes up only when the other end is closed; what is sent is left to be received.
    poll.register(pipe.fileno(), 0)
    poll.poll()
    os._exit(1)
