"""Worker processes, forked from one that has imported what all of them need.

That one is begun as early as a command knows that it may draw: importing Manim takes longer than reading a
storyboard. Nothing heavy is imported here.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import resource
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver, resource_tracker
from typing import TYPE_CHECKING, Any

from explainers.trust import store_key

if TYPE_CHECKING:
    from explainers.project import Project

PRELOADED = ["explainers.render.preload"]
"""What is imported before the first fork."""


def warm_up() -> None:
    """Begin, on the side, to import what workers need; the first worker waits for the rest of it."""
    context()
    with deaf_to_interrupt():
        forkserver.ensure_running()


def warm_up_for(project: Project, videos: Iterable[str], jobs: int | None = None) -> None:
    """Begin to make workers ready, on the side, if a file of a video is newer than its last render.

    A guess that decides nothing: the keys decide whether something is drawn. Takes alone seldom draw, and
    their sound needs both cores of a small machine.
    """
    if jobs_here(jobs) > 1 and any(_newer(project, video) for video in videos):
        warm_up()


def _newer(project: Project, video: str) -> bool:
    try:
        rendered = (project.renders_dir(video) / "manifest.json").stat().st_mtime
        folders, takes = (project.scene_dir(video), project.assets_dir(video)), project.takes_dir(video)
        paths = (path for folder in folders for path in (folder, *folder.rglob("*")))
        return any(takes not in (path, *path.parents) and path.stat().st_mtime > rendered for path in paths)
    except OSError:
        return True


def context() -> Any:
    """The multiprocessing context of workers."""
    # Children find it where this process does, or get it with the environment.
    store_key()
    _ends_with(os.getpid())
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


@cache
def _ends_with(owner: int) -> None:
    """See to it that what workers are forked from is gone before the folder for temporary files is: it may
    still be importing, and would say at length what it misses."""
    atexit.register(lambda: _end() if os.getpid() == owner else None)


def _end() -> None:
    process = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)
    if process is not None:
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


@contextmanager
def deaf_to_interrupt() -> Iterator[None]:
    """Ctrl-C reaches every process of the terminal: those begun here are deaf to it, the parent ends them.

    Nor do they look for modules in the folder they are begun in, which may be somebody else's project.
    """
    safe_path = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    # Started on demand, the tracker would lift the block again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if safe_path is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = safe_path


def default_jobs() -> int:
    """A worker for each core this process may use, at most eight."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(8, cores))


LEAST_ADDRESS_SPACE = 700 * 2**20
"""Bytes a worker maps with its libraries and one frame at final size, and some more."""


def jobs_here(jobs: int | None) -> int:
    """As many processes as are wanted, or one where the account's limit of memory has no room for a worker.

    A process that can't be begun is not refused: Python prints at length where it stopped.
    """
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < LEAST_ADDRESS_SPACE:
        return 1
    return jobs or default_jobs()
