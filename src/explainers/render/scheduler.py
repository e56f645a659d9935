"""What is still to be made, for any number of videos: handed out task by task, in the best order.

A task is ready once nothing that it needs is still to be made. The agenda knows keys, not places: it can
be worked off by processes of this machine or by a cluster (`executor.py`).
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from explainers.render.tasks import Done, Task


class Client(Protocol):
    """Who wants tasks done, and is called about them; a production is one."""

    def progressed(self, task: Task, frames: int) -> None:
        """So many frames of a task are done."""

    def finished(self, task: Task, done: Done) -> Iterable[Task]:
        """A task is done and its products are in the store; what is to be done because of it."""

    def failed(self, task: Task, error: Exception) -> None:
        """A task can't be done. Raise to end everything; return to go on without what needs it."""


@dataclass(frozen=True)
class _Entry:
    task: Task
    estimate_s: float
    client: Client


class Agenda:
    """Tasks with what each needs and makes, by content key. Nothing is made twice."""

    def __init__(self) -> None:
        self._ready: list[tuple[float, int, _Entry]] = []
        self._waiting: list[_Entry] = []
        self._given: dict[Task, _Entry] = {}
        self._groups: Counter[str] = Counter()
        self._owed: set[str] = set()
        self._lost: dict[str, Exception] = {}
        self._numbers = count()

    def __len__(self) -> int:
        """How many tasks are not handed out yet."""
        return len(self._ready) + len(self._waiting)

    @property
    def light(self) -> bool:
        """Whether all tasks that are not handed out yet cost less than sending them away."""
        return all(entry.task.light for entry in self._entries())

    def add(self, task: Task, estimate_s: float, client: Client) -> None:
        """Put a task on the agenda. It is handed out once nothing it needs is owed, the longest first."""
        self._owed.update(task.makes)
        self._place(_Entry(task, estimate_s, client))

    def owes(self, keys: Collection[str] | str) -> bool:
        """Whether a product of that key, or one of these, is still to be made."""
        return keys in self._owed if isinstance(keys, str) else not self._owed.isdisjoint(keys)

    def lost(self, keys: Iterable[str]) -> Exception | None:
        """Why the first of these products that can't be made can't be."""
        return next((self._lost[key] for key in keys if key in self._lost), None)

    def next(self, after: Task | None = None) -> Task | None:
        """The next task that can be done now; None where there is none, for now or at all.

        Whoever did the task `after` last is given one of the same group, if there is one: its layout is at
        hand. Otherwise one of a group that nobody is at, and only then one that helps somebody out.
        """
        if not self._ready:
            return None
        at = self._first(lambda group: after is not None and group == after.group)
        if at is None:
            at = self._first(lambda group: not self._groups[group])
        entry = self._ready.pop(at or 0)[2]
        self._given[entry.task] = entry
        self._groups[entry.task.group] += 1
        return entry.task

    def _first(self, suits: Callable[[str], bool]) -> int | None:
        return next((at for at, row in enumerate(self._ready) if suits(row[2].task.group)), None)

    def put_back(self, task: Task) -> None:
        """Take back a task that was handed out and not done, as of a lost worker."""
        self._place(self._taken_back(task))

    def _taken_back(self, task: Task) -> _Entry:
        self._groups[task.group] -= 1
        return self._given.pop(task)

    def progressed(self, task: Task, frames: int) -> None:
        """Pass on that so many frames of a task are done."""
        self._given[task].client.progressed(task, frames)

    def finished(self, task: Task, done: Done) -> None:
        """A task is done: what waited for it can be handed out."""
        client = self._taken_back(task).client
        self._owed.difference_update(task.makes)
        for one in client.finished(task, done):
            self.add(one, 0.0, client)
        self._look_again()

    def failed(self, task: Task, error: Exception) -> None:
        """A task can't be done; what needs it fails for the same reason. Clients may raise."""
        entry = self._taken_back(task)
        self._owed.difference_update(task.makes)
        self._lost.update(dict.fromkeys(task.makes, error))
        entry.client.failed(task, error)
        self._look_again()

    def drop(self, client: Client, wanted: Iterable[str] = ()) -> None:
        """Forget a client's tasks that are not handed out yet, but for those that others wait for, and those
        of which the keys `wanted` come."""
        own = [entry for entry in self._entries() if entry.client is client]
        needed = set(wanted)
        needed.update(*(entry.task.needs for entry in self._entries() if entry.client is not client))
        # What is kept needs tasks of the same client in its turn.
        while kept := [entry for entry in own if not needed.isdisjoint(entry.task.makes)]:
            own = [entry for entry in own if entry not in kept]
            needed.update(*(entry.task.needs for entry in kept))
        for entry in own:
            self._owed.difference_update(entry.task.makes)
        self._ready = [row for row in self._ready if row[2] not in own]
        self._waiting = [entry for entry in self._waiting if entry not in own]

    def _entries(self) -> list[_Entry]:
        return [*self._waiting, *(row[2] for row in self._ready)]

    def _place(self, entry: _Entry) -> None:
        if self.owes(set(entry.task.needs) - set(entry.task.makes)):
            self._waiting.append(entry)
        else:
            insort(self._ready, (-entry.estimate_s, next(self._numbers), entry))

    def _look_again(self) -> None:
        waiting, self._waiting = self._waiting, []
        for entry in waiting:
            reason = self.lost(entry.task.needs)
            if reason is None:
                self._place(entry)
            else:
                self._given[entry.task] = entry
                self._groups[entry.task.group] += 1
                self.failed(entry.task, reason)
