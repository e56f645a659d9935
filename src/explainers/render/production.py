"""Found or made, and why: the products of one rendition of a video, made where they are missing.

The store remembers of each shot what it was made from and how long that took, for the reasons and the order
of the next render.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from explainers.plan import Plan
from explainers.render.assembly import media_key, requests_of
from explainers.render.fingerprint import changed
from explainers.render.planner import (
    ARRIVED_S,
    Fade,
    Products,
    Segment,
    ShotProducts,
    Still,
    products_of,
)
from explainers.render.progress import OnProgress, ShotOutcome, ShotProgress
from explainers.render.scheduler import Agenda
from explainers.render.store import Product, Store
from explainers.render.tasks import ClipTask, ConformTask, Done, DrawTask, FadeTask, PackedShot, Task
from explainers.timing import frame_at

NOTHING_CHANGED = "nothing changed"


def _ends(error: Exception) -> None:
    """The first failure ends everything."""
    raise error


@dataclass
class Production:
    """The products of one rendition of a video. `name` tells its sizes apart in history, and `burned` is the
    rendition with captions in the picture; `wanted` are the keys of what was looked for or put on an agenda.
    `tell` is called with the progress, and `fail` with why something can't be made: it raises to end
    everything, or returns to go on without this video."""

    store: Store
    name: str
    products: Products
    burned: bool = False
    tell: OnProgress = lambda _: None
    fail: Callable[[Exception], None] = _ends
    wanted: set[str] = field(default_factory=set)
    done: list[Done] = field(default_factory=list)
    _progress: ShotProgress = field(default_factory=ShotProgress)
    _found: dict[str, Product] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, burned: bool = False, fades: bool = True) -> Production:
        """The production of a plan; without `fades` every shot is whole."""
        store = Store(plan.project.store_dir)
        store.clean()
        canvas = plan.canvas
        name = f"{plan.name}/{canvas.width}x{canvas.height}@{canvas.fps}{'/burned' if burned else ''}"
        return cls(store, name, products_of(plan, burned, fades), burned)

    def outcomes(self, only: Iterable[str] | None = None) -> tuple[ShotOutcome, ...]:
        """What will happen to each shot, and why, before anything is drawn."""
        wanted = None if only is None else set(only)
        drawn: dict[str, str] = {}
        outcomes = []
        for product in self.products.shots:
            if wanted is None or product.shot.id in wanted:
                outcomes.append(self._outcome(product, drawn.get(product.clip.key)))
                drawn.setdefault(product.clip.key, product.shot.id)
        return tuple(outcomes)

    def find(
        self,
        agenda: Agenda,
        stills: Mapping[str, Sequence[Still]] | None = None,
        clips: bool = True,
        only: Iterable[str] | None = None,
    ) -> None:
        """Look for every product, and put what is not there on the agenda; `stills` by shot, `only` some
        shots."""
        wanted = {product.shot.id for product in self.products.shots} if only is None else set(only)
        for product in self.products.shots:
            if product.shot.id in wanted:
                self._add_shot(product, (stills or {}).get(product.shot.id, ()), clips, agenda)

    def find_beside(self, tasks: Iterable[Task], agenda: Agenda) -> None:
        """Put on the agenda what is to stand beside the video and is not in the store."""
        for task in tasks:
            self.wanted.update(task.makes)
            if not agenda.owes(task.makes) and any(self.found(key) is None for key in task.makes):
                agenda.add(task, self._history.weight_s(task), self)

    def _add_shot(self, product: ShotProducts, stills: Sequence[Still], clips: bool, agenda: Agenda) -> None:
        """Nothing is made twice: what another task on the agenda makes is left to it."""

        def missing(key: str) -> bool:
            return not agenda.owes(key) and self.found(key) is None

        clip, fade = product.clip, self.products.fades.get(product.shot.id) if clips else None
        self.wanted.update([clip.key] * clips, [still.key for still in stills], [fade.key] if fade else [])
        lacking = [still for still in dict.fromkeys(stills) if missing(still.key)]
        if clips and missing(clip.key):
            segments = [segment for segment in clip.segments if missing(segment.key)]
            geometry = clip.geometry if missing(clip.geometry) else None
            self._add_drawing(product, segments, lacking, geometry, agenda)
            self._add(ClipTask(product.shot.id, self.store.root, clip.key, clip), agenda)
        elif lacking:
            self._add_drawing(product, [], lacking, None, agenda)
        if fade and missing(fade.key):
            media = (*self._add_media(fade.before, agenda), *self._add_media(fade.after, agenda))
            self._add(self._fade_task(product.shot.id, fade, media), agenda)

    def _add_drawing(
        self,
        one: ShotProducts,
        segments: Sequence[Segment],
        stills: Sequence[Still],
        geometry: str | None,
        agenda: Agenda,
    ) -> None:
        """A task a segment, each with the stills of its stretch; the first takes what is in none of them."""
        media = self._add_media(one, agenda)
        known = bool(self._history.of(one.shot.id))
        first = DrawTask(one.shot.id, _packed(one), self.store.root, one.picture_key, needs=media)
        tasks = [replace(first, segment=segment, known=known) for segment in segments] or [first]
        rest = list(stills)
        for index, task in enumerate(tasks):
            own = [still for still in rest if task.segment and _in(task.segment, still)]
            rest = [still for still in rest if still not in own]
            tasks[index] = replace(task, stills=tuple(own))
        tasks[0] = replace(tasks[0], stills=(*tasks[0].stills, *rest), geometry=geometry)
        arrived = frame_at(ARRIVED_S, one.shot.canvas.fps) if one.before else 0
        tasks = [replace(task, alone=_begins(task) >= arrived) for task in tasks]
        # The longest first: the last ones are then done about the same time.
        for task in sorted(tasks, key=lambda one: -one.frames):
            if task.makes:
                self._add(task, agenda)

    def _add_media(self, product: ShotProducts, agenda: Agenda) -> tuple[str, ...]:
        """Captures first: the keys of those that a shot shows, each on the agenda where it is missing."""
        keys = []
        drawn = [product, product.before] if product.before else [product]
        for request in dict.fromkeys(each for some in drawn for each in requests_of(some.shot, some.kind)):
            keys.append(key := media_key(request))
            if not agenda.owes(key) and self.found(key) is None:
                self._add(ConformTask(product.shot.id, self.store.root, key, request), agenda)
        return tuple(keys)

    def _add(self, task: Task, agenda: Agenda) -> None:
        agenda.add(task, self._history.weight_s(task), self)
        self._progress.add(task, self._history.task_s(task))
        self.tell(self._progress.of(task.shot_id))

    def _fade_task(self, shot_id: str, fade: Fade, media: tuple[str, ...]) -> FadeTask:
        before, after = _packed(fade.before), _packed(fade.after)
        return FadeTask(shot_id, self.store.root, fade.key, before, after, fade.half, media)

    def tell_all(self) -> None:
        """Tell how far every shot is."""
        for shot_id in self._progress.shots():
            self.tell(self._progress.of(shot_id))

    # -- as a client of an agenda ---------------------------------------------------------------------

    def progressed(self, task: Task, frames: int) -> None:
        self._progress.progressed(task, frames)
        self.tell(self._progress.of(task.shot_id))

    def finished(self, task: Task, done: Done) -> Iterable[Task]:
        self.done.append(done)
        self._progress.finished(task)
        self.tell(self._progress.of(task.shot_id))
        return ()

    def failed(self, task: Task, error: Exception) -> None:
        self.fail(error)

    def found(self, key: str) -> Product | None:
        """The product of that key, looked for and verified once."""
        if key not in self._found and (product := self.store.find(key)) is not None:
            self._found[key] = product
        return self._found.get(key)

    def needed(self, key: str) -> Product:
        """The product of that key; RenderFailed where it is not there although it was made."""
        return self.found(key) or self.store.needed(key)

    @cached_property
    def _history(self) -> History:
        return History(
            self.store, self.name, {product.shot.id: product.clip.frames for product in self.products.shots}
        )

    # -- outcomes, reasons, memory -------------------------------------------------------------------

    def _outcome(self, product: ShotProducts, twin: str | None) -> ShotOutcome:
        frames = product.shot.duration_frames
        if self.found(product.clip.key) is not None:
            return ShotOutcome(product.shot.id, "reused", NOTHING_CHANGED, frames)
        if twin is not None:
            return ShotOutcome(product.shot.id, "reused", f"the same picture as {twin}", frames)
        return ShotOutcome(product.shot.id, "drawn", self._history.why(product), frames)

    def summary(self, outcomes: Iterable[ShotOutcome]) -> tuple[ShotOutcome, ...]:
        """The outcomes, once everything is made: a drawn shot's says how many of its segments did not have to
        be encoded."""
        encoded = Counter[str]()
        for done in self.done:
            encoded[done.shot_id] += done.counts.get("segments", 0)
        segments = {product.shot.id: len(product.clip.segments) for product in self.products.shots}
        return tuple(_with_reuse(outcome, segments[outcome.id], encoded[outcome.id]) for outcome in outcomes)

    def remember(self, only: Iterable[str] | None = None) -> None:
        """Keep what each shot was made from, for the next run's reasons and estimates."""
        wanted = None if only is None else set(only)
        for product in self.products.shots:
            if wanted is None or product.shot.id in wanted:
                self._history.keep(product, self.done)


def _with_reuse(outcome: ShotOutcome, segments: int, encoded: int) -> ShotOutcome:
    if outcome.outcome != "drawn" or not 0 <= encoded < segments:
        return outcome
    reused = f"{segments - encoded} of {segments} segments reused"
    return replace(outcome, reason=f"{outcome.reason}; {reused}")


def _in(segment: Segment, still: Still) -> bool:
    return segment.first <= still.frame < segment.end_exclusive


def _begins(task: DrawTask) -> int:
    """The first frame of which a task needs to know; a description of the whole shot begins with it."""
    first = [still.frame for still in task.stills] + ([task.segment.first] if task.segment else [])
    return 0 if task.geometry or not first else min(first)


def _packed(product: ShotProducts) -> PackedShot:
    return PackedShot.of(
        product.shot, product.code_folder, product.burned, product.before.shot if product.before else None
    )


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

    def why(self, product: ShotProducts) -> str:
        """Why a shot that is not in the store has to be drawn."""
        memory = self.of(product.shot.id)
        parts = memory.get("parts")
        if not isinstance(parts, dict):
            return "first render"
        if words := changed(parts, product.parts):
            return words
        if memory.get("clip") != product.clip.key:
            return "its transition or a beat's time changed"
        return "its product is gone from the store or damaged"

    def keep(self, product: ShotProducts, done: Sequence[Done]) -> None:
        """Remember what a shot was made from, and how long that took by what was `done` of the video now."""
        shot_id = product.shot.id
        seconds = _took_s(product, done) or self.of(shot_id).get("seconds")
        self._read[shot_id] = {"clip": product.clip.key, "parts": product.parts, "seconds": seconds}
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


def _took_s(product: ShotProducts, done: Sequence[Done]) -> float | None:
    drawn = [task for task in done if task.shot_id == product.shot.id and task.counts.get("segments")]
    frames = sum(task.counts["frames"] for task in drawn)
    return sum(task.elapsed_s for task in drawn) * product.clip.frames / frames if frames else None
