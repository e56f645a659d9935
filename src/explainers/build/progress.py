"""How far each shot is: the frames of all its tasks added up."""

from __future__ import annotations

from collections import defaultdict

from explainers.build.result import Progress
from explainers.build.tasks import Task


class ShotProgress:
    """Frames done of the tasks of each shot; a shot is finished once none of its tasks is left."""

    def __init__(self) -> None:
        self._all: dict[str, int] = defaultdict(int)
        self._done: dict[str, dict[Task, int]] = defaultdict(dict)
        self._left: dict[str, set[Task]] = defaultdict(set)

    def add(self, task: Task) -> None:
        """One more task of its shot."""
        self._all[task.shot_id] += task.frames
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
        done = sum(self._done[shot_id].values())
        return Progress(shot_id, done, self._all[shot_id], finished=not self._left[shot_id])
