"""A worker's side: it says what it has installed, and does tasks with its own store beside the shared one."""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from explainers import ffmpeg
from explainers.digest import digest_files
from explainers.errors import ExplainersError, RenderFailed
from explainers.render.cluster.shared_store import InputsGone, Parcel, Receiver, SharedFiles, SharedStore
from explainers.render.fingerprint import font_digests, footage_versions, versions
from explainers.render.tasks import Done
from explainers.render.workers import answer
from explainers.trust import key_name

_SHOWN = 4


@cache
def facts() -> Mapping[str, str]:
    """Versions, digests of fonts and of our own sources, by what they are of."""
    found = dict(versions() | footage_versions())
    found["explainers"] = f"{found['explainers']} with sources {_sources()[:12]}"
    found["Python"] = ".".join(map(str, sys.version_info[:2]))
    found["machine"] = f"{platform.system()} {platform.machine()}"
    try:
        found["ffmpeg"] = ffmpeg.version()
        found |= {f"the font {name}": digest[:12] for name, digest in font_digests().items()}
    except ExplainersError as error:
        found["missing"] = str(error)
    return found


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str | None:
    """How another machine differs from this one, in words; None where it does not."""
    names = sorted(name for name in {*here, *there} if here.get(name) != there.get(name))
    words = [f"{name} {there.get(name, 'missing')} (here {here.get(name, 'missing')})" for name in names]
    if len(words) > _SHOWN:
        words = [*words[:_SHOWN], f"and {len(words) - _SHOWN} more"]
    return ", ".join(words) or None


def _sources() -> str:
    root = Path(__file__).parents[2]
    return digest_files(root, sorted(root.rglob("*.py")))


_ONE_AT_A_TIME = threading.Lock()
"""Manim and Pango keep state of a process: a worker with more threads still draws one shot at a time."""


@dataclass(frozen=True)
class Meeting:
    """What a worker needs to take part: the shared store, a mark in it, what must be installed, and the
    `secret` that products are authenticated with: that of whoever sends the work."""

    store: str
    endpoint: str | None
    mark: str
    facts: Mapping[str, str]
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Refused:
    """Why a worker can't take part, in words."""

    why: str


@dataclass(frozen=True)
class Again:
    """A task that could not be begun since something is not in the shared store any more."""

    lacking: str


class _Stopped(KeyboardInterrupt):
    """Nobody wants the task any more."""


def introduce(meeting: Meeting) -> Refused | None:
    """Whether this worker can take part: the same installed, and the same shared store within reach."""
    if words := differences(meeting.facts, facts()):
        return Refused(f"it has {words}")
    try:
        shared = _shared(meeting.store, meeting.endpoint, key_name(meeting.secret))
        if shared.marked(meeting.mark) is None:
            return Refused(f"what it finds at {meeting.store} is not the same store")
        name = f"{meeting.mark}-{threading.get_ident()}-{_folder().name}"
        shared.mark(name, "")
        shared.unmark(name)
    except ExplainersError as error:
        return Refused(str(error))
    return None


def work(
    parcel: Parcel, meeting: Meeting, topic: str, number: int
) -> Done | ExplainersError | Refused | Again:
    """Do a task. What comes back is an outcome and never raised, but where nobody waits for it."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def on_frames(frames: int) -> None:
        # Dask can't stop a thread, but it notes that a task was cancelled, or that its client has gone.
        known = worker.state.tasks.get(key)
        if known is None or known.state == "cancelled":
            raise _Stopped
        worker.log_event(topic, [number, frames])

    with _ONE_AT_A_TIME:
        # A worker that was begun again at the same address is a new one.
        if words := differences(meeting.facts, facts()):
            return Refused(f"it has {words}")
        root, shared = _folder(), _shared(meeting.store, meeting.endpoint, key_name(meeting.secret))
        store = SharedStore(root / "store", shared, meeting.secret)
        try:
            task = Receiver(root / "inputs", shared).task(parcel, store.root)
        except InputsGone as error:
            return Again(str(error))
        except ExplainersError as error:
            return error
        except OSError as error:
            return RenderFailed(f"a worker can't keep its files in {root}: {error}")
        try:
            done = answer(task, on_frames, store)
            for key in task.makes if isinstance(done, Done) else ():
                # What was found here instead of made may have been damaged in the shared store.
                store.offer(key)
            return done
        except ExplainersError as error:
            return error
        except _Stopped:
            return RenderFailed(f"shot {task.shot_id}: stopped, nobody waits for it")


@cache
def _shared(url: str, endpoint: str | None, name: str) -> SharedFiles:
    return SharedFiles(url, endpoint, name)


def _folder() -> Path:
    """A folder of this worker process alone; Dask removes it with the worker."""
    from distributed import get_worker

    folder = Path(get_worker().local_directory) / "explainers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
