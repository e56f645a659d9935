"""Many videos on one agenda: shots of all of them in one pool, and each published as soon as it is whole."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explainers.errors import ExplainersError
from explainers.render.executor import Executor, default_jobs, local_executor
from explainers.render.rendering import Rendering
from explainers.render.result import Progress, RenderResult
from explainers.render.scheduler import Agenda
from explainers.render.store import Store
from explainers.render.tasks import Done, Task

AHEAD = 4
"""Tasks a worker that are put on the agenda ahead of need: videos are read as the pool gets to them, so that
memory does not grow with their number."""


@dataclass(frozen=True)
class Order:
    """A video that is to be rendered. `begin` reads and judges it; it may raise any ExplainersError."""

    video: str
    begin: Callable[[], Rendering]


@dataclass(frozen=True)
class Outcome:
    """What became of a video: its result, or what stood against it, or neither where it was not reached."""

    video: str
    result: RenderResult | None = None
    error: ExplainersError | None = None

    @property
    def exit_code(self) -> int | None:
        """0 for a video that is there, the error's own code, None for one that was not reached."""
        if self.error is not None:
            return self.error.exit_code
        return None if self.result is None else 0


class Hearer:
    """Hears how a batch goes; every method may be left as it is."""

    def begun(self, video: str, frames: int, shots: int) -> None:
        """A video was read: so many frames of so many shots are to be drawn."""

    def progress(self, video: str, progress: Progress) -> None:
        """A shot of a video is so far."""

    def ended(self, outcome: Outcome) -> None:
        """A video is published, or has failed."""


class _Stop(Exception):
    """Ends a batch after its first failure."""


class BatchAgenda(Agenda):
    """An agenda that reads the next video when it runs low, and publishes one when nothing of it is owed."""

    def __init__(
        self,
        orders: Iterable[Order],
        ahead: int,
        keep_going: bool,
        hearer: Hearer,
        outcomes: dict[str, Outcome] | None = None,
    ):
        super().__init__()
        self.outcomes = {} if outcomes is None else outcomes
        self._orders = deque(orders)
        self._open: dict[str, Rendering] = {}
        self._ahead, self._keep_going, self._hearer = ahead, keep_going, hearer

    def next(self, after: Task | None = None) -> Task | None:
        """See Agenda; videos are begun until there is enough to do."""
        self.fill()
        return super().next(after)

    def fill(self) -> None:
        """Begin videos until there is enough on the agenda, or none is left."""
        while self._orders and len(self) < self._ahead:
            self._begin(self._orders.popleft())

    def finished(self, task: Task, done: Done) -> None:
        """See Agenda; what is whole by this is published."""
        super().finished(task, done)
        for rendering in [one for one in self._open.values() if one.complete(self)]:
            self._publish(rendering)

    def failed(self, task: Task, error: Exception) -> None:
        """See Agenda; every video that wanted what is lost has failed."""
        super().failed(task, error)
        for video, rendering in list(self._open.items()):
            if (reason := self.lost(rendering.wanted)) is not None:
                self._end(video, error=reason)

    def _begin(self, order: Order) -> None:
        try:
            rendering = order.begin()
            rendering.on_progress(lambda progress: self._hearer.progress(order.video, progress))
            for walk in rendering.walks:
                walk.fail = lambda walk, error: self._end(order.video, error=error)
            self._open[order.video] = rendering
            rendering.begin(self)
            drawn = [one for one in rendering.outcomes if one.outcome == "drawn"]
            self._hearer.begun(order.video, sum(one.frames for one in drawn), len(drawn))
            if rendering.complete(self):
                self._publish(rendering)
        except ExplainersError as error:
            self._end(order.video, error=error)

    def _publish(self, rendering: Rendering) -> None:
        try:
            result = rendering.publish()
        except ExplainersError as error:
            self._end(rendering.plan.name, error=error)
        else:
            self._end(rendering.plan.name, result=result)

    def _end(self, video: str, result: RenderResult | None = None, error: Exception | None = None) -> None:
        """A video is done with: what nobody else wants is forgotten."""
        if error is not None and not isinstance(error, ExplainersError):
            raise error
        if video in self.outcomes:
            return
        rendering = self._open.pop(video, None)
        self.outcomes[video] = Outcome(video, result, error)
        others = set[str]().union(*(one.wanted for one in self._open.values()))
        for walk in rendering.walks if rendering and error else ():
            self.drop(walk, others)
        self._hearer.ended(self.outcomes[video])
        if error is not None and not self._keep_going:
            raise _Stop


def batch(
    orders: Sequence[Order],
    store: Path,
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    keep_going: bool = False,
    hearer: Hearer | None = None,
    outcomes: dict[str, Outcome] | None = None,
) -> list[Outcome]:
    """Render all videos with one pool of workers, and say what became of each, in the order asked for.

    What several videos show is drawn once. After a failure no other video is begun, unless `keep_going`;
    what was finished by then is kept. `outcomes` gets each video's as it ends, for whoever is told nothing
    else because the batch was interrupted or its cluster is gone.
    """
    ahead = AHEAD * (jobs or default_jobs())
    agenda = BatchAgenda(orders, ahead, keep_going, hearer or Hearer(), outcomes)
    with contextlib.suppress(_Stop), Store(store).in_use():
        agenda.fill()
        if agenda:
            (executor or local_executor(jobs)).perform(agenda, store)
    return [agenda.outcomes.get(order.video, Outcome(order.video)) for order in orders]
