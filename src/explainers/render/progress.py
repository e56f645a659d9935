"""How far each shot is, the frames of all its tasks added up, and how long the rest will take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from explainers.render.result import Progress
from explainers.render.tasks import Task

TRUSTED_S = 3.0
"""For so long what is expected counts as much as what is seen: workers are still being made ready."""


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

    def heard(self, task: Task, frames: int) -> None:
        """So many frames of a task are done."""
        self._done[task.shot_id][task] = frames

    def finished(self, task: Task) -> None:
        """A task is done."""
        self._done[task.shot_id][task] = task.frames
        self._left[task.shot_id].discard(task)

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
