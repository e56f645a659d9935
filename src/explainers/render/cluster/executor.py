"""Working an agenda off with a Dask cluster, each worker with one task at a time.

Dask carries tasks and outcomes and says which workers there are. Which task a worker gets is the agenda's
choice, as on one machine: a worker that has laid a shot out goes on with it. What a lost worker was at is
given to another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

from explainers.errors import RenderFailed
from explainers.render.cluster.connection import connected
from explainers.render.cluster.crew import LOOK_EVERY_S, Crew, Member, shown
from explainers.render.cluster.facts import facts
from explainers.render.cluster.inputs import Sender
from explainers.render.cluster.place import ClusterPlace
from explainers.render.cluster.shared import SharedFiles
from explainers.render.cluster.store import SharedStore
from explainers.render.cluster.worker import Again, Meeting, Refused, work
from explainers.render.guarded import answer
from explainers.render.scheduler import Agenda
from explainers.render.tasks import Done, Task

TRIES = 4
"""How often a task is given out where workers are lost with it, before it is given up."""


def _silent(text: str) -> None:
    """Hears and says nothing."""


class Cluster:
    """An executor of the workers of a Dask cluster. `warn` hears of workers that are left out.

    RenderFailed where the scheduler, every worker or the shared store is out of reach, or where a task
    lost its worker too often.
    """

    def __init__(self, place: ClusterPlace, warn: Callable[[str], None] = _silent):
        self.place, self._warn = place, warn

    def perform(self, agenda: Agenda, store: Path) -> None:
        """See Executor. Files and products go by the shared store."""
        shared = SharedFiles(self.place.store, self.place.endpoint)
        mark = uuid4().hex
        shared.mark(mark, "")
        try:
            with connected(self.place) as client, ThreadPoolExecutor(2) as fetching:
                meeting = Meeting(self.place.store, self.place.endpoint, mark, facts())
                events: Queue[Any] = Queue()
                crew = Crew(client, self.place, meeting, events.put, self._warn)
                own = SharedStore(store, shared)
                shift = _Shift(agenda, crew, events, fetching, own, Sender(shared, store))
                try:
                    shift.work_off()
                finally:
                    shift.stop()
                    fetching.shutdown(cancel_futures=True)
        finally:
            with suppress(RenderFailed):
                shared.unmark(mark)


@dataclass
class _Shift:
    """One agenda being worked off. All that is told to it is told in this thread, from `events`."""

    agenda: Agenda
    crew: Crew
    events: Queue[Any]
    fetching: ThreadPoolExecutor
    store: SharedStore
    sender: Sender
    tries: Counter[Task] = field(default_factory=Counter)
    coming: int = 0
    _numbers: count[int] = field(default_factory=count)
    _topic: str = field(default_factory=lambda: f"explainers-{uuid4().hex}")

    def work_off(self) -> None:
        self.crew.client.subscribe_topic(self._topic, lambda event: self.events.put(("frames", *event[1])))
        while True:
            for member in self.crew.look():
                self._lost(member)
            self._hand_out()
            busy = self.coming or any(one.task is not None for one in self.crew.members.values())
            if not busy and self.crew.members:
                return
            with suppress(Empty):
                self._hear(*self.events.get(timeout=LOOK_EVERY_S))

    def stop(self) -> None:
        """Cancel what is still out there."""
        futures = [one.future for one in self.crew.members.values() if one.future is not None]
        with suppress(Exception):
            self.crew.client.cancel(futures, force=True)

    def _hand_out(self) -> None:
        for member in list(self.crew.members.values()):
            while member.task is None and (task := self.agenda.next(member.last)) is not None:
                self._give(member, task)

    def _give(self, member: Member, task: Task) -> None:
        if self.store.have(task.makes):
            # Another machine has made it, or a worker that was lost before it could say so.
            return self.agenda.finished(task, Done(task.shot_id, counts={"fetched": len(task.makes)}))
        if task.light:
            return self._tell(task, answer(task, lambda frames: self.agenda.heard(task, frames), self.store))
        for key in task.needs:
            self.store.offer(key)
        parcel = self.sender.parcel(task)
        number = next(self._numbers)
        member.task = member.last = task
        member.number = number
        member.future = self.crew.client.submit(
            work, parcel, self.crew.meeting, self._topic, number,
            workers=[member.address], pure=False, retries=0,
        )  # fmt: skip
        member.future.add_done_callback(lambda future: self.events.put(("done", number, future)))
        return None

    def _hear(self, what: str, about: Any, said: Any) -> None:
        if what == "met":
            self.crew.met(about, said)
        elif what == "fetched":
            self.coming -= 1
            self._fetched(about, *said)
        else:
            member = next((one for one in self.crew.members.values() if one.number == about), None)
            if member is not None and member.task is not None:
                self._frames(member.task, said) if what == "frames" else self._done(member, member.task)

    def _frames(self, task: Task, frames: int) -> None:
        self.agenda.heard(task, frames)

    def _done(self, member: Member, task: Task) -> None:
        assert member.future is not None
        try:
            outcome = member.future.result(timeout=5)
        except Exception as error:
            outcome = Again(f"{type(error).__name__}: {error}")
        member.task = member.future = None
        if isinstance(outcome, Done):
            self.coming += 1
            done = self.fetching.submit(self._fetch, task)
            done.add_done_callback(lambda one: self.events.put(("fetched", task, (outcome, one))))
        elif isinstance(outcome, (Refused, Again)):
            if isinstance(outcome, Refused):
                self.crew.refuse(member.address, outcome)
            self._again(task, f"{outcome}")
        else:
            self._tell(task, outcome)

    def _fetch(self, task: Task) -> bool:
        return self.store.have(task.makes)

    def _fetched(self, task: Task, done: Done, fetch: Any) -> None:
        if fetch.result():
            self.agenda.finished(task, done)
        else:
            self._again(task, "what it made is damaged in the shared store")

    def _lost(self, member: Member) -> None:
        if member.task is not None:
            if member.future is not None:
                self.crew.client.cancel([member.future], force=True)
            self.crew.lost.append(member.task.shot_id)
            self.crew.warn(f"the worker {shown(member.address)} was lost with shot {member.task.shot_id}")
            self._again(member.task, f"the worker {shown(member.address)} was lost")

    def _again(self, task: Task, why: str) -> None:
        """Give a task out once more, with nothing taken for granted; a bounded number of times."""
        self.tries[task] += 1
        self.sender.forget()
        self.store.forget()
        if self.tries[task] < TRIES:
            self.agenda.put_back(task)
        else:
            error = RenderFailed(
                f"shot {task.shot_id}: given up after {TRIES} tries on the cluster; last, {why}"
            )
            self.agenda.failed(task, error)

    def _tell(self, task: Task, outcome: Any) -> None:
        if isinstance(outcome, Exception):
            self.agenda.failed(task, outcome)
        else:
            self.agenda.finished(task, outcome)
