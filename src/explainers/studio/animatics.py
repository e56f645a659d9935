"""Animatics: the jobs of their process, and what follows a plan on a page.

Shots are drawn at draft quality, from and into the store that `render` uses. After a plan come findings in
the words, animatics of what changed, and findings in the pictures.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from explainers.errors import ExplainersError
from explainers.render.pipeline import Listener, Outcome, Request, clip_stages, run
from explainers.render.planner import CLIP, beat_frames, products_of
from explainers.render.progress import Progress
from explainers.render.store import Store
from explainers.studio.desk import Context, Desk, Dropped
from explainers.studio.hub import Hub
from explainers.studio.look import SOON, Desked, Look, View

QUALITY = "draft"
MOST = 2000
"""Pieces of animatics that are kept."""


def survey(context: Context, desked: Desked, look: Look) -> dict[str, list[dict[str, Any]]]:
    """The pieces of every shot's animatic: its segments, when they are seen in it, and if they are there."""
    plan = desked.plan(look, QUALITY)
    context.memory[look] = plan
    films, fps = desked.folder / "films", plan.canvas.fps
    return {
        one.shot.id: [
            {
                "key": segment.key,
                "from": segment.first / fps,
                "until": segment.end_exclusive / fps,
                "ready": (films / f"{segment.key}.mp4").is_file(),
            }
            for segment in one.clip.segments
        ]
        for one in products_of(plan, fading=False).shots
    }


def film(context: Context, desked: Desked, look: Look, shot: str) -> None:
    """Draw what a shot's animatic lacks. Every piece is told as soon as it can be played.

    Nothing is done where the plan has moved on meanwhile.
    """
    plan = context.memory.get(look)
    if plan is None or all(one.id != shot for one in plan.shots):
        return
    (clip,) = (one.clip for one in products_of(plan, fading=False).shots if one.shot.id == shot)
    store, films, waiting = Store(plan.project.store_dir), desked.folder / "films", list(clip.segments)
    films.mkdir(parents=True, exist_ok=True)

    class Pieces(Listener):
        """Tells of every piece as soon as it is there, and ends the work that nobody waits for."""

        def progress(self, video: str, progress: Progress) -> None:
            context.go_on()
            for segment in list(waiting):
                if _kept(store, segment.key, films):
                    waiting.remove(segment)
                    context.tell(segment.key)

        def ended(self, outcome: Outcome) -> None:
            for segment in waiting:
                if _kept(store, segment.key, films):
                    context.tell(segment.key)

    run(Request.of(plan, shots=(shot,)), jobs=1, listener=Pieces(), stages=clip_stages)
    _thin_out(films)


def _kept(store: Store, segment: str, films: Path) -> bool:
    """Whether a segment is in the store; then its file is put where the page finds it."""
    target = films / f"{segment}.mp4"
    if target.is_file():
        return True
    product = store.find(segment)
    pixels = store.find(product.uses[0]) if product else None
    if pixels is None:
        return False
    # Scratch first: a page must never be given half a file.
    aside = films / f".{segment}.part"
    shutil.copyfile(pixels.files[CLIP], aside)
    aside.replace(target)
    return True


def judge(context: Context, desked: Desked, look: Look) -> tuple[str, list[dict[str, Any]]]:
    """What the referee finds in words and in the pictures that are drawn: the finished ones, else drafts.

    The first of the pair says which.
    """
    from explainers.check import judge as judged
    from explainers.render.judging import drawn_of
    from explainers.studio.planning import shown

    for quality in dict.fromkeys((desked.project.settings.quality, QUALITY)):
        plan = desked.plan(look, quality)
        drawn = drawn_of(plan, products_of(plan, fading=quality != QUALITY))
        if quality == QUALITY or all(one.geometry is not None for one in drawn.values()):
            break
    context.go_on()
    return quality, [shown(one) for one in judged(plan, drawn_of=lambda _: drawn).findings]


def example(context: Context, path: Path, kind: str, folder: Path | None = None) -> str:
    """The example of a scene kind, which may be code in `folder`, drawn at rest into `path` as WebP."""
    from explainers.kinds import discover
    from explainers.plan import load_plan
    from explainers.render.stills import still as exact
    from explainers.studio.frames import encoded

    with tempfile.TemporaryDirectory(prefix="explainers-kind-") as root:
        project = discover(folder)[kind].write_example(Path(root))
        plan = load_plan(project, kind, "standard", allow_code=folder is not None)
        shot = plan.shots[0]
        pixels = exact(plan, plan.start_frames[shot.id] + max(beat_frames(shot).values()))
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{kind}.part")
    aside.write_bytes(encoded(pixels, 960, "WEBP"))
    aside.replace(path)
    return str(path)


def _thin_out(folder: Path) -> None:
    """Leave the newest pieces only."""
    films = sorted(folder.glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in films[MOST:]:
        path.unlink(missing_ok=True)
    # What a killed studio left behind: this process makes one piece at a time.
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)


JOBS = {"survey": survey, "film": film, "judge": judge, "example": example}


Ask = Callable[..., Awaitable[Any]]
"""Asks a desk for a job about a look: `Session.ask`."""

ATTEMPTS = 3


class Animatics:
    """The desk of animatics, and one task for each look that has something drawn.

    Words are judged at the desk `words`; `beside` is done, too, for a new plan.
    """

    def __init__(self, hub: Hub, ask: Ask, words: Desk, beside: Callable[[View], Awaitable[None]]):
        self.desk = Desk("animatics", 600)
        self._hub, self._ask, self._words, self._beside = hub, ask, words, beside
        self._tasks: dict[Look, asyncio.Task[None]] = {}

    def begin(self, view: View) -> None:
        """Begin to show a view's new plan; what is still at its last one is ended."""
        before = self._tasks.get(view.look)
        if before is not None and not before.done():
            self.desk.interrupt(f"film {view.look}")
            before.cancel()
        self._tasks[view.look] = asyncio.create_task(self._all(view))

    def cancel(self) -> None:
        """End every task."""
        for task in self._tasks.values():
            task.cancel()

    async def _all(self, view: View) -> None:
        await asyncio.gather(self._show(view), self._beside(view))

    async def _show(self, view: View) -> None:
        with contextlib.suppress(ExplainersError):
            await asyncio.gather(self._judge_words(view), self._draw(view))
            view.judged, view.findings = await self._ask(self.desk, "judge", view.look, SOON)
            self._hub.tell(view.look, "findings", findings=view.findings, judged=view.judged)

    async def _judge_words(self, view: View) -> None:
        with contextlib.suppress(ExplainersError):
            found = await self._ask(self._words, "findings", view.look, SOON)
            # What was found in pictures stands until they are judged again.
            view.findings = found + [one for one in view.findings if "region" in one]
            view.judged = "words"
            self._hub.tell(view.look, "findings", findings=view.findings, judged=view.judged)

    async def _draw(self, view: View) -> None:
        before = {piece["key"] for film in view.films.values() for piece in film["pieces"]}
        surveyed = await self._ask(self.desk, "survey", view.look)
        view.films = {shot: {"pieces": pieces, "of": view.revision} for shot, pieces in surveyed.items()}
        self._hub.tell(view.look, "films", films=view.films)
        lacking = [shot for shot, pieces in surveyed.items() if not all(one["ready"] for one in pieces)]
        changed = [shot for shot in lacking if before and surveyed[shot][0]["key"] not in before]
        rest = [shot for shot in lacking if shot not in changed]
        for shot in [*changed, *view.in_order(rest)]:
            await self._draw_shot(view, shot)

    async def _draw_shot(self, view: View, shot: str) -> None:
        film, loop = view.films[shot], asyncio.get_running_loop()
        pieces = {one["key"]: one for one in film["pieces"]}

        def there(key: str) -> None:
            pieces[key]["ready"] = True
            self._hub.tell(view.look, "films", films={shot: film})

        def told(key: str) -> None:
            loop.call_soon_threadsafe(there, key)

        for _ in range(ATTEMPTS):
            try:
                lane = f"film {view.look} {shot}"
                await self._ask(self.desk, "film", view.look, SOON, shot=shot, lane=lane, told=told)
                return
            except Dropped:
                continue
            except ExplainersError as error:
                film["error"] = str(error)
                self._hub.tell(view.look, "films", films={shot: film})
                return
