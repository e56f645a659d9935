"""The workers of a cluster: who is there, who can take part, who has gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from explainers.errors import RenderFailed
from explainers.render.cluster.place import ClusterPlace
from explainers.render.cluster.worker import Meeting, Refused, introduce
from explainers.render.tasks import Task

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
    """Keeps account of the cluster's workers; each is asked what it has before it is given anything.

    `told` hears `("met", address, future)` from another thread; `warn` hears of refused workers.
    """

    client: Client
    place: ClusterPlace
    meeting: Meeting
    told: Callable[[Any], None]
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
        future.add_done_callback(lambda done: self.told(("met", address, done)))

    def met(self, address: str, future: Future) -> None:
        """A worker has answered: it takes part, or is refused."""
        if self._met.get(address) is not future:
            return
        try:
            answer = future.result(timeout=5)
        except Exception as error:
            said = str(error).strip().splitlines() or [""]
            answer = Refused(f"{type(error).__name__}: {said[0]}")
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
