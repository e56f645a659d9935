"""Where the tasks of an agenda are done: in this process, or by worker processes of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from explainers.render.forkserver import default_jobs
from explainers.render.scheduler import Agenda

__all__ = ["Executor", "Here", "default_jobs", "local_executor"]


class Executor(Protocol):
    """Does tasks somewhere. The products of a task are in the store before it is told as finished."""

    def perform(self, agenda: Agenda, store: Path) -> None:
        """Do what the agenda hands out until it has nothing more.

        Everything is told to the agenda in this thread. What the agenda raises ends everything, with
        nothing left running. `store` is the root of the store the products go to.
        """


class Here:
    """Does one task after another in this process."""

    def perform(self, agenda: Agenda, store: Path) -> None:
        """See Executor."""
        from explainers.render.guarded import guarded

        task = None
        while (task := agenda.next(task)) is not None:
            try:
                done = guarded(task, lambda frames, task=task: agenda.heard(task, frames))  # type: ignore[misc]
            except Exception as error:
                agenda.failed(task, error)
            else:
                agenda.finished(task, done)


def local_executor(jobs: int | None = None) -> Executor:
    """The executor of this machine: `jobs` worker processes, one a core by default."""
    from explainers.render.workers import Pool

    jobs = jobs or default_jobs()
    return Pool(jobs) if jobs > 1 else Here()
