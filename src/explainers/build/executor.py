"""Where the tasks of an agenda are done: in this process, or by worker processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from explainers.build.agenda import Agenda
from explainers.deliver.publication import MANIFEST
from explainers.project import Project


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
        from explainers.build.pool import guarded

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
    from explainers.build.pool import Pool

    jobs = jobs or default_jobs()
    return Pool(jobs) if jobs > 1 else Here()


def warm_up_for(project: Project, videos: Iterable[str], jobs: int | None = None) -> None:
    """Begin to make workers ready, on the side, if a file of a video is newer than its last render.

    A guess that costs and decides nothing: whether something is drawn is said by the keys.
    """
    from explainers.build.pool import warm_up

    if (jobs or default_jobs()) > 1 and any(_newer(project, video) for video in videos):
        warm_up()


def _newer(project: Project, video: str) -> bool:
    try:
        rendered = (project.renders_dir(video) / MANIFEST).stat().st_mtime
        folders = project.scene_dir(video), project.assets_dir(video)
        return any(
            path.stat().st_mtime > rendered for folder in folders for path in (folder, *folder.rglob("*"))
        )
    except OSError:
        return True


def default_jobs() -> int:
    """A worker for each core this process may use, at most eight."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(8, cores))
