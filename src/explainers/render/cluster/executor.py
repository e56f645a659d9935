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
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from explainers.errors import RenderFailed
from explainers.render.cluster import ClusterPlace, connected
from explainers.render.cluster.shared_store import Sender, SharedFiles, SharedStore
from explainers.render.cluster.worker import Again, Meeting, Refused, facts, introduce, work
from explainers.render.scheduler import Agenda
from explainers.render.tasks import Done, Task
from explainers.render.workers import answer
from explainers.trust import key_name, store_key

if TYPE_CHECKING:
    from distributed import Client, Future

WAIT_S = 20.0
"""How long is waited for a worker where there is none, at the start and after the last was lost."""

ANSWER_S = 180.0
"""How long is waited for an answer of workers that are there: they may be at somebody else's shots."""

LOOK_EVERY_S = 0.5


@dataclass
class Member:
    """A worker that takes part, and what it is at; `number` is that of what it was sent last."""

    address: str
    task: Task | None = None
    last: Task | None = None
    number: int = -1
    future: Future | None = None


@dataclass
class Crew:
    """Keeps account of the cluster's workers; each says what it has installed before it is given anything.

    `events` is called with `("met", address, future)` from another thread, `warn` with refused workers.
    """

    client: Client
    place: ClusterPlace
    meeting: Meeting
    events: Callable[[Any], None]
    warn: Callable[[str], None]
    members: dict[str, Member] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    """The shots that workers were lost with, in order."""
    _met: dict[str, Future] = field(default_factory=dict)
    _looked: float = -1.0
    _without: float = field(default_factory=monotonic)

    def look(self) -> list[Member]:
        """Who is there? Greets those that are new, and gives those that have gone.

        RenderFailed where there has been nobody to do the work for too long, or the scheduler has gone.
        """
        if monotonic() - self._looked < LOOK_EVERY_S:
            return []
        there = self._addresses()
        self._looked = monotonic()
        for address in there - self._met.keys():
            self._greet(address)
        for address in self._met.keys() - there:
            self._met.pop(address).release()
            self.refused.pop(address, None)
        gone = [self.members.pop(address) for address in list(self.members.keys() - there)]
        self._bound_waiting()
        return gone

    def _addresses(self) -> set[str]:
        if self.client.status in ("running", "newly-created"):
            try:
                return set(self.client.scheduler_info(n_workers=-1)["workers"])
            except Exception:
                pass
        raise RenderFailed(f"the Dask scheduler at {self.place.scheduler} has gone; what was made is kept")

    def _greet(self, address: str) -> None:
        future = self.client.submit(introduce, self.meeting, workers=[address], pure=False, retries=0)
        self._met[address] = future
        future.add_done_callback(lambda done: self.events(("met", address, done)))

    def met(self, address: str, future: Future) -> None:
        """A worker has answered: it takes part, or is refused."""
        if self._met.get(address) is not future:
            return
        try:
            answer = future.result(timeout=5)
        except Exception as error:
            first, _, _ = str(error).strip().partition("\n")
            answer = Refused(f"{type(error).__name__}: {first}")
        if answer is None:
            self.members[address] = Member(address)
        else:
            self.refuse(address, answer)

    def refuse(self, address: str, answer: Refused) -> None:
        """Give a worker nothing more."""
        self.members.pop(address, None)
        self.refused[address] = answer.why
        self.warn(f"the worker {shown(address)} is left out: {answer.why}")

    def _bound_waiting(self) -> None:
        if self.members:
            self._without = monotonic()
        elif self.refused and self.refused.keys() == self._met.keys():
            raise RenderFailed(f"every worker at {self.place.scheduler} was refused:\n{self._reasons()}")
        elif monotonic() - self._without > (waited_s := ANSWER_S if self._met else WAIT_S):
            start = f"start one with `dask worker {self.place.scheduler} --nthreads 1`"
            what = "answered" if self._met else "is there"
            lost = f"the last was lost with shot {self.lost[-1]}; " if self.lost else ""
            raise RenderFailed(
                f"no worker at {self.place.scheduler} {what} within {waited_s:.0f} s; {lost}{start}"
            )

    def _reasons(self) -> str:
        return "\n".join(f"  {shown(address)}: {why}" for address, why in self.refused.items())


def shown(address: str) -> str:
    """A worker's address as messages show it."""
    return address.partition("://")[2] or address


TRIES = 4
"""How often a task is given out where workers are lost with it, before it is given up."""


class Cluster:
    """An executor of the workers of a Dask cluster. `warn` hears of workers that are left out.

    RenderFailed where the scheduler, every worker or the shared store is out of reach, or where a task
    lost its worker too often.
    """

    def __init__(self, place: ClusterPlace, warn: Callable[[str], None] = lambda _: None):
        self.place, self._warn = place, warn

    def perform(self, agenda: Agenda, store: Path) -> None:
        """See Executor. Files and products go by the shared store."""
        secret = store_key()
        shared = SharedFiles(self.place.store, self.place.endpoint, key_name(secret))
        mark = uuid4().hex
        shared.mark(mark, "")
        try:
            with connected(self.place) as client, ThreadPoolExecutor(2) as fetching:
                meeting = Meeting(self.place.store, self.place.endpoint, mark, facts(), secret)
                events: Queue[Any] = Queue()
                crew = Crew(client, self.place, meeting, events.put, self._warn)
                here = SharedStore(store, shared, secret)
                shift = _Shift(agenda, crew, events, fetching, here, Sender(shared, store))
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
    """One agenda being worked off. It is called in this thread alone, with what comes by `events`."""

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
                self._receive(*self.events.get(timeout=LOOK_EVERY_S))

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
            return self._tell(
                task, answer(task, lambda frames: self.agenda.progressed(task, frames), self.store)
            )
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

    def _receive(self, what: str, about: Any, value: Any) -> None:
        if what == "met":
            return self.crew.met(about, value)
        if what == "fetched":
            self.coming -= 1
            return self._fetched(about, *value)
        member = next((one for one in self.crew.members.values() if one.number == about), None)
        if member is None or member.task is None:
            return None
        return (
            self._done(member, member.task) if what == "done" else self.agenda.progressed(member.task, value)
        )

    def _done(self, member: Member, task: Task) -> None:
        assert member.future is not None
        try:
            outcome = member.future.result(timeout=5)
        except Exception as error:
            outcome = Again(f"{type(error).__name__}: {error}")
        member.task = member.future = None
        if isinstance(outcome, Done):
            self.coming += 1
            done = self.fetching.submit(self.store.have, task.makes)
            done.add_done_callback(lambda one: self.events.put(("fetched", task, (outcome, one))))
        elif isinstance(outcome, (Refused, Again)):
            if isinstance(outcome, Refused):
                self.crew.refuse(member.address, outcome)
            self._again(task, f"{outcome}")
        else:
            self._tell(task, outcome)

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
