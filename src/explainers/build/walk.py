"""Reuse or draw, and why: the products that are missing are made, longest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from explainers.build.keys import changed
from explainers.build.media import media_key, requests_of
from explainers.build.pool import perform_all
from explainers.build.products import Fade, Products, ShotProducts, Still
from explainers.build.result import Listener, Progress, ShotOutcome
from explainers.build.tasks import ConformTask, Done, DrawTask, FadeTask, Source, Task
from explainers.errors import RenderFailed
from explainers.store import Product, Store

SECONDS_PER_FRAME = 0.02
"""A first guess, until a shot has been drawn once."""

NOTHING_CHANGED = "nothing changed"


@dataclass
class Walk:
    """One walk over a video's products. `name` tells sizes and themes of one video apart in memory."""

    store: Store
    name: str
    products: Products
    done: list[Done] = field(default_factory=list)

    def outcomes(self, only: Iterable[str] | None = None) -> tuple[ShotOutcome, ...]:
        """What will happen to each shot, and why, before anything is drawn."""
        wanted = None if only is None else set(only)
        drawn: dict[str, str] = {}
        outcomes = []
        for one in self.products.shots:
            if wanted is None or one.shot.id in wanted:
                outcomes.append(self._outcome(one, drawn.get(one.clip.key)))
                drawn.setdefault(one.clip.key, one.shot.id)
        return tuple(outcomes)

    def make(self, tasks: Sequence[Task], jobs: int, listener: Listener | None = None) -> None:
        """Do the tasks and remember how long each took."""
        if not tasks:
            return
        tell = listener or (lambda progress: None)
        ordered = sorted(tasks, key=lambda task: (-self._estimate_s(task), task.shot_id))
        for task in ordered:
            tell(Progress(task.shot_id, 0, task.frames))
        try:
            with self.store.making("workers") as scratch:
                for batch in _in_turn(ordered):
                    perform_all(
                        batch,
                        jobs,
                        scratch,
                        lambda task, frames: tell(Progress(task.shot_id, frames, task.frames)),
                        lambda task, done: self._finished(task, done, tell),
                    )
        finally:
            # Workers end without a goodbye, and leave their folders to us.
            self.store.clean()

    def tasks(
        self, stills: Mapping[str, Sequence[Still]], clips: bool = True, only: Iterable[str] | None = None
    ) -> list[Task]:
        """Tasks for the products that are not in the store; `stills` by shot, `only` some shots."""
        wanted = {one.shot.id for one in self.products.shots} if only is None else set(only)
        tasks: list[Task] = []
        claimed: set[str] = set()
        for one in self.products.shots:
            if one.shot.id in wanted:
                tasks += self._shot_tasks(one, stills.get(one.shot.id, ()), clips, claimed)
        return tasks

    def _shot_tasks(
        self, one: ShotProducts, stills: Sequence[Still], clips: bool, claimed: set[str]
    ) -> list[Task]:
        """Nothing is made twice: what another task of this walk makes (`claimed`) is left to it."""

        def missing(key: str) -> bool:
            if key in claimed or self.found(key) is not None:
                return False
            claimed.add(key)
            return True

        tasks: list[Task] = []
        fade = self.products.fades.get(one.shot.id) if clips else None
        clip = one.clip if clips and missing(one.clip.key) else None
        lacking = tuple(still for still in dict.fromkeys(stills) if missing(still.key))
        drawn = [one] if clip or lacking else []
        if fade and missing(fade.key):
            tasks.append(self._fade_task(one.shot.id, fade))
            drawn += [other for other in (fade.before, fade.after) if other not in drawn]
        for shown in drawn:
            for request in requests_of(shown.shot, shown.kind):
                if missing(key := media_key(request)):
                    tasks.append(ConformTask(shown.shot.id, request, self.store.root, key))
        if clip or lacking:
            tasks.append(DrawTask(one.shot.id, Source.of(one.drawable), self.store.root, clip, lacking))
        return tasks

    def _fade_task(self, shot_id: str, fade: Fade) -> FadeTask:
        before, after = Source.of(fade.before.drawable), Source.of(fade.after.drawable)
        return FadeTask(shot_id, before, after, self.store.root, fade.key, fade.half)

    def found(self, key: str) -> Product | None:
        """The product of that key, looked for and verified once a walk."""
        if key not in self._found:
            product = self.store.find(key)
            if product is not None:
                self._found[key] = product
            return product
        return self._found[key]

    def needed(self, key: str) -> Product:
        """The product of that key; RenderFailed where it is not there although it was made."""
        product = self.found(key)
        if product is None:
            raise RenderFailed(f"the product {key[:12]} went missing from {self.store.root}")
        return product

    @cached_property
    def _found(self) -> dict[str, Product]:
        return {}

    # -- reasons and estimates -------------------------------------------------------------------

    def _outcome(self, one: ShotProducts, twin: str | None) -> ShotOutcome:
        frames, memory = one.shot.duration_frames, self.store.recall(self._memory(one.shot.id))
        if self.found(one.clip.key) is not None:
            return ShotOutcome(one.shot.id, "reused", NOTHING_CHANGED, frames)
        if twin is not None:
            return ShotOutcome(one.shot.id, "reused", f"the same picture as {twin}", frames)
        return ShotOutcome(one.shot.id, "drawn", self._why(one, memory), frames)

    def _why(self, one: ShotProducts, memory: Mapping[str, object]) -> str:
        parts = memory.get("parts")
        if not isinstance(parts, dict):
            return "first render"
        if words := changed(parts, one.parts):
            return words
        if memory.get("clip") != one.clip.key:
            return "its transition or a beat's time changed"
        return "its product is gone from the store or damaged"

    def remember(self, only: Iterable[str] | None = None) -> None:
        """Keep what each shot was made from, for the next run's reasons and estimates."""
        took = {one.shot_id: one.elapsed_s for one in self.done if one.clip}
        wanted = None if only is None else set(only)
        for one in self.products.shots:
            if wanted is not None and one.shot.id not in wanted:
                continue
            name = self._memory(one.shot.id)
            seconds = took.get(one.shot.id, self.store.recall(name).get("seconds"))
            self.store.remember(name, {"clip": one.clip.key, "parts": one.parts, "seconds": seconds})

    def _estimate_s(self, task: Task) -> float:
        learned = self.store.recall(self._memory(task.shot_id)).get("seconds")
        if isinstance(task, DrawTask) and task.clip and isinstance(learned, (int, float)):
            return float(learned)
        return task.frames * SECONDS_PER_FRAME

    def _finished(self, task: Task, done: Done, tell: Listener) -> None:
        self.done.append(done)
        if isinstance(task, ConformTask):
            return
        tell(Progress(task.shot_id, task.frames, task.frames, finished=True))

    def _memory(self, shot_id: str) -> str:
        return f"{self.name}/{shot_id}"


def _in_turn(tasks: Sequence[Task]) -> list[list[Task]]:
    """Captures first: what shows them comes after."""
    first: list[Task] = [task for task in tasks if isinstance(task, ConformTask)]
    return [batch for batch in (first, [task for task in tasks if task not in first]) if batch]
