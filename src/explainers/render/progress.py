"""How a render goes, how long the rest will take, and what it came to, shot by shot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from explainers.render.tasks import Task

if TYPE_CHECKING:
    from explainers.plan import Plan
    from explainers.render.tasks import Done


@dataclass(frozen=True)
class ShotOutcome:
    """Whether a shot was drawn or reused, and why."""

    id: str
    outcome: Literal["drawn", "reused"]
    reason: str
    frames: int


@dataclass(frozen=True)
class RenderResult:
    """A finished render. `counts` are equal on every machine; `seconds` say where the time went,
    added up over all workers."""

    video: str
    directory: Path
    fps: int
    shots: tuple[ShotOutcome, ...]
    files: tuple[str, ...]
    elapsed_s: float
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)

    @property
    def duration_s(self) -> float:
        return self.frames / self.fps

    def as_json(self) -> dict[str, object]:
        """What `render --json` prints."""
        return {
            "video": self.video,
            "directory": str(self.directory),
            "duration_s": round(self.duration_s, 6),
            "frames": self.frames,
            "shots": [asdict(shot) for shot in self.shots],
            "elapsed_s": round(self.elapsed_s, 3),
        }


@dataclass(frozen=True)
class Progress:
    """A shot's frames done so far, of all its frames; `finished` once its products are stored.

    `expected_s` is what its tasks were expected to take of one worker, and `done_s` what of that is done.
    """

    shot_id: str
    done: int
    frames: int
    finished: bool = False
    expected_s: float = 0.0
    done_s: float = 0.0


OnProgress = Callable[[Progress], None]


def result_of(
    plan: Plan,
    done: Sequence[Done],
    directory: Path,
    outcomes: Sequence[ShotOutcome],
    files: Mapping[str, object],
    elapsed_s: float,
    times: Mapping[str, float],
) -> RenderResult:
    """The result, with the counts and seconds of all that was done added up."""
    counts, seconds = Counter[str](), dict(times)
    for one in done:
        counts.update(one.counts)
        for name, spent in one.seconds.items():
            seconds[name] = seconds.get(name, 0.0) + spent
    return RenderResult(
        plan.name, directory, plan.canvas.fps, tuple(outcomes), tuple(files), elapsed_s, dict(counts), seconds
    )


TRUSTED_S = 3.0
"""For so long what is expected counts as much as what is measured: workers are still being made ready."""


class ShotProgress:
    """What is done of the tasks of each shot; a shot is finished once none of its tasks is left."""

    def __init__(self) -> None:
        self._all: dict[str, dict[Task, float]] = defaultdict(dict)
        self._done: dict[str, dict[Task, int]] = defaultdict(dict)
        self._left: dict[str, set[Task]] = defaultdict(set)

    def add(self, task: Task, expected_s: float) -> None:
        """One more task of its shot, which is expected to take so many seconds."""
        self._all[task.shot_id][task] = expected_s
        self._left[task.shot_id].add(task)

    def progressed(self, task: Task, frames: int) -> None:
        """So many frames of a task are done."""
        self._done[task.shot_id][task] = frames

    def finished(self, task: Task) -> None:
        """A task is done."""
        self._done[task.shot_id][task] = task.frames
        self._left[task.shot_id].discard(task)

    def shots(self) -> list[str]:
        """The shots that have tasks."""
        return list(self._all)

    def of(self, shot_id: str) -> Progress:
        """The shot's progress."""
        tasks, done = self._all[shot_id], self._done[shot_id]
        return Progress(
            shot_id,
            sum(done.values()),
            sum(task.frames for task in tasks),
            finished=not self._left[shot_id],
            expected_s=sum(tasks.values()),
            done_s=sum(tasks[task] * frames / task.frames for task, frames in done.items() if task.frames),
        )


def time_left_s(shots: Iterable[Progress], elapsed_s: float, workers: int, unread: float = 0.0) -> float:
    """Seconds until all shots are drawn, of which so many have passed.

    What is left by the estimates of earlier renders, at the pace that this one has kept so far against
    them. `unread` is what is not read yet, as a multiple of all that is.
    """
    known = list(shots)
    expected = sum(one.expected_s for one in known)
    done = min(expected, sum(one.done_s for one in known))
    pace = (done + workers * TRUSTED_S) / (elapsed_s + TRUSTED_S)
    return (expected * (1 + unread) - done) / pace
