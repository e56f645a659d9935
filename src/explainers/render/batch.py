"""Requests for videos, and many of them on one agenda: a render is a batch of one.

All share a pool of workers, what several videos show is drawn once, and each video goes on as soon as all
that it wants is made.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from explainers.errors import ExplainersError, InvalidInput
from explainers.plan import OWN, Plan, Variant, storyboard_of
from explainers.plan.matrix import Row
from explainers.project import Project
from explainers.render.production import Production
from explainers.render.progress import Progress, RenderResult, ShotOutcome
from explainers.render.scheduler import Agenda
from explainers.render.tasks import Done, Task
from explainers.storyboard.document import Document

if TYPE_CHECKING:
    from explainers.check import Finding


@dataclass(frozen=True)
class Request:
    """A request for one video, or of a `row` of its matrix.

    `shots` are some shots alone, each to `shots/<id>.mp4`, and `out` is where the files go, in place of the
    video's folder in `renders/`. Without `check` nobody judges it. `document` is the storyboard's where that
    was read; `plan` is one that is already there. With `voice` lines are spoken; None leaves that to the
    project.
    """

    project: Project
    video: str
    quality: str = "final"
    variant: Variant = OWN
    row: Row | None = None
    shots: tuple[str, ...] = ()
    out: Path | None = None
    allow_code: bool | None = None
    allow_slates: bool = False
    check: bool = True
    document: Document | None = None
    plan: Plan | None = None
    voice: bool | None = None

    @classmethod
    def of(cls, plan: Plan, **more: object) -> Request:
        """A request for a plan that is already there, which nobody judges unless `check` is given."""
        given = {"check": False, **more}
        return cls(plan.project, plan.video, plan.quality, row=plan.row, plan=plan, **given)  # type: ignore[arg-type]

    def read(self) -> Request:
        """The request with its storyboard's document. What can't be read is reported by planning."""
        with contextlib.suppress(InvalidInput):
            return replace(self, document=storyboard_of(self.project, self.video))
        return self

    @property
    def name(self) -> str:
        """What the outputs are called."""
        name = f"{self.video}-{self.row.name}" if self.row else self.video
        return f"{name}/{self.variant.folder}" if self.variant.folder else name

    def folder(self, plan: Plan) -> Path:
        """Where the files of its plan go."""
        folder = self.out.resolve() if self.out else plan.project.renders_dir(plan.name)
        return folder / self.variant.folder

    @property
    def slates(self) -> bool:
        """Whether slates may stand for missing files: a final shows what it promises, or says what is
        missing; drafts, and whoever allows them, may have slates."""
        return self.allow_slates or self.quality != "final"


class Listener:
    """Is called while a run goes on. Override what is of interest."""

    def say(self, line: str) -> None:
        """A line to report: what was let pass and why, what could not be checked, the errors of a draft."""

    def begun(self, video: str, shots: Sequence[ShotOutcome]) -> None:
        """A video was read and its products looked for: whether each shot is drawn or reused, and why."""

    def progress(self, video: str, progress: Progress) -> None:
        """A shot of a video has progressed."""

    def ended(self, outcome: Outcome) -> None:
        """A video is published, or has failed."""


@dataclass
class Wanted:
    """What a video waits for. `workers` is how many of this machine work for it alone, where they do."""

    productions: Sequence[Production]
    shots: tuple[ShotOutcome, ...] = ()
    workers: int | None = None

    @property
    def keys(self) -> set[str]:
        """The keys of everything the video needs."""
        return set[str]().union(*(one.wanted for one in self.productions))


@dataclass
class Job:
    """A request being worked on: where its tasks go, who is called about it, and what the referee found."""

    request: Request
    agenda: Agenda
    listener: Listener
    findings: list[Finding] = field(default_factory=list)


Result = TypeVar("Result")
Stages = Generator[Wanted, None, Result]
"""The stages of one video. They pause once, for what they want made."""


@dataclass(frozen=True)
class Outcome:
    """What became of a video: its result, or what stood against it, or neither where it was not reached.
    `findings` are the referee's."""

    video: str
    result: RenderResult | None = None
    error: ExplainersError | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> int | None:
        """0 for a video that is there, the error's own code, None for one that was not reached."""
        if self.error is not None:
            return self.error.exit_code
        return None if self.result is None else 0


class BatchStopped(Exception):
    """Ends a batch after its first failure."""


@dataclass
class _Open:
    """A video that has been begun and waits for what it wants."""

    job: Job
    stages: Stages[Any]
    wanted: Wanted = field(default_factory=lambda: Wanted([]))


class Batch(Agenda):
    """An agenda that reads the next video when it runs low, and lets one go on when nothing of it is owed."""

    def __init__(
        self,
        requests: Iterable[Request],
        ahead: int,
        keep_going: bool,
        listener: Listener,
        outcomes: dict[str, Outcome] | None,
        stages: Callable[[Job], Stages[Any]],
    ):
        super().__init__()
        self.outcomes = {} if outcomes is None else outcomes
        self._requests = deque(requests)
        self._open: dict[str, _Open] = {}
        self._ahead, self._keep_going, self._listener, self._stages = ahead, keep_going, listener, stages
        self.workers: int | None = None

    @property
    def light(self) -> bool:
        """See Agenda; a video that is not read yet may be anything."""
        return not self._requests and super().light

    def next(self, after: Task | None = None) -> Task | None:
        """See Agenda; videos are begun until there is enough to do."""
        self.fill()
        return super().next(after)

    def fill(self) -> None:
        """Begin videos until there is enough on the agenda, or none is left."""
        while self._requests and len(self) < self._ahead:
            self._begin(self._requests.popleft())

    def finished(self, task: Task, done: Done) -> None:
        """See Agenda; what is whole by this goes on."""
        super().finished(task, done)
        self._go_on()

    def failed(self, task: Task, error: Exception) -> None:
        """See Agenda; every video that wanted what is lost has failed."""
        super().failed(task, error)
        for video, one in list(self._open.items()):
            if (reason := self.lost(one.wanted.keys)) is not None:
                self._end(video, error=reason)

    def _begin(self, request: Request) -> None:
        job = Job(request, self, self._listener)
        one = self._open[request.name] = _Open(job, self._stages(job))
        try:
            one.wanted = next(one.stages)
        except ExplainersError as error:
            return self._end(request.name, error=error)
        one.wanted.workers = self.workers and (1 if self.light else self.workers)
        for production in one.wanted.productions:
            production.tell = partial(self._listener.progress, request.name)
            production.fail = lambda error: self._end(request.name, error=error)
        self._listener.begun(request.name, one.wanted.shots)
        for production in one.wanted.productions:
            production.tell_all()
        self._go_on()
        return None

    def _go_on(self) -> None:
        for video, one in list(self._open.items()):
            if video in self._open and not any(self.owes(each.wanted) for each in one.wanted.productions):
                self._publish(video, one)

    def _publish(self, video: str, one: _Open) -> None:
        try:
            next(one.stages)
        except StopIteration as whole:
            self._end(video, result=whole.value)
        except ExplainersError as error:
            self._end(video, error=error)

    def _end(self, video: str, result: RenderResult | None = None, error: Exception | None = None) -> None:
        """A video is done with: what nobody else wants is forgotten."""
        if error is not None and not isinstance(error, ExplainersError):
            raise error
        if video in self.outcomes:
            return
        one = self._open.pop(video, None)
        findings = tuple(one.job.findings) if one else ()
        self.outcomes[video] = Outcome(video, result, error, findings)
        others = set[str]().union(*(other.wanted.keys for other in self._open.values()))
        for production in one.wanted.productions if one and error else ():
            self.drop(production, others)
        self._listener.ended(self.outcomes[video])
        if error is not None and not self._keep_going:
            raise BatchStopped
