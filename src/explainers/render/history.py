"""What is remembered of a video's shots from render to render: why one is drawn, and how long it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explainers.render.fingerprint import changed
from explainers.render.planner import ShotProducts
from explainers.render.store import Store
from explainers.render.tasks import Done, DrawTask, FadeTask, Task

SECONDS_PER_FRAME = 0.006
"""A first guess, until a shot has been drawn once."""


@dataclass
class History:
    """What the store remembers of the shots of a video. `name` tells its sizes and themes apart; `frames` are
    those of each shot."""

    store: Store
    name: str
    frames: Mapping[str, int]
    _read: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, shot_id: str) -> Mapping[str, Any]:
        """What was kept of a shot; nothing before its first render."""
        if shot_id not in self._read:
            self._read[shot_id] = self.store.recall(self._name(shot_id))
        return self._read[shot_id]

    def why(self, one: ShotProducts) -> str:
        """Why a shot that is not in the store has to be drawn."""
        memory = self.of(one.shot.id)
        parts = memory.get("parts")
        if not isinstance(parts, dict):
            return "first render"
        if words := changed(parts, one.parts):
            return words
        if memory.get("clip") != one.clip.key:
            return "its transition or a beat's time changed"
        return "its product is gone from the store or damaged"

    def keep(self, one: ShotProducts, done: Sequence[Done]) -> None:
        """Remember what a shot was made from, and how long that took by what was `done` of the video now."""
        shot_id = one.shot.id
        seconds = _took_s(one, done) or self.of(shot_id).get("seconds")
        self._read[shot_id] = {"clip": one.clip.key, "parts": one.parts, "seconds": seconds}
        self.store.remember(self._name(shot_id), self._read[shot_id])

    # -- estimates -------------------------------------------------------------------------------

    def shot_s(self, shot_id: str) -> float:
        """Seconds of one worker that drawing all of a shot took, or is guessed to take."""
        learned = self.of(shot_id).get("seconds")
        guess = self.frames[shot_id] * SECONDS_PER_FRAME
        return float(learned) if isinstance(learned, (int, float)) else guess

    def weight_s(self, task: Task) -> float:
        """What tasks are ordered by: the longest shot is begun first, and all of it. What is light is done
        at once, since a video that lacks nothing else can then be published."""
        if task.light:
            return math.inf
        return self.task_s(task) if isinstance(task, FadeTask) else self.shot_s(task.shot_id)

    def task_s(self, task: Task) -> float:
        """Seconds that the task itself is expected to take, by its share of the shot's frames."""
        if isinstance(task, DrawTask):
            return self.shot_s(task.shot_id) * task.frames / self.frames[task.shot_id]
        return task.frames * SECONDS_PER_FRAME

    def _name(self, shot_id: str) -> str:
        return f"{self.name}/{shot_id}"


def _took_s(one: ShotProducts, done: Sequence[Done]) -> float | None:
    drawn = [task for task in done if task.shot_id == one.shot.id and task.counts.get("segments")]
    frames = sum(task.counts["frames"] for task in drawn)
    return sum(task.elapsed_s for task in drawn) * one.clip.frames / frames if frames else None
