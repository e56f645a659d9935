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
from explainers.scratch import replacing
from explainers.studio.desk import Context, Desk, Dropped
from explainers.studio.look import SOON, Look, StudioProject, View

QUALITY = "draft"
MOST = 2000
"""Pieces of animatics that are kept."""
ATTEMPTS = 3


def survey(context: Context, studio: StudioProject, look: Look) -> dict[str, list[dict[str, Any]]]:
    """The pieces of every shot's animatic: its segments, when they are visible, and if they are there."""
    plan = studio.plan(look, QUALITY)
    context.memory[look] = plan
    films, fps = studio.folder / "films", plan.canvas.fps

    def piece(segment: Any) -> dict[str, Any]:
        times = {"from": segment.first / fps, "until": segment.end_exclusive / fps}
        return {"key": segment.key, **times, "ready": (films / f"{segment.key}.mp4").is_file()}

    products = products_of(plan, fading=False).shots
    return {product.shot.id: [piece(each) for each in product.clip.segments] for product in products}


def film(context: Context, studio: StudioProject, look: Look, shot: str) -> None:
    """Draw what a shot's animatic lacks, and tell of every piece as soon as it can be played.

    Nothing is done where the plan has moved on meanwhile.
    """
    plan = context.memory.get(look)
    clips = {each.shot.id: each.clip for each in products_of(plan, fading=False).shots} if plan else {}
    if plan is None or shot not in clips:
        return
    store, films, waiting = Store(plan.project.store_dir), studio.folder / "films", list(clips[shot].segments)
    films.mkdir(parents=True, exist_ok=True)

    class Pieces(Listener):
        """Reports finished pieces, and ends work for which no page waits."""

        def progress(self, video: str, progress: Progress) -> None:
            context.go_on()
            self.ended(None)

        def ended(self, outcome: Outcome | None) -> None:
            for segment in list(waiting):
                if _copied(store, segment.key, films):
                    waiting.remove(segment)
                    context.tell(segment.key)

    run(Request.of(plan, shots=(shot,)), jobs=1, listener=Pieces(), stages=clip_stages)
    _thin_out(films)


def _copied(store: Store, segment: str, films: Path) -> bool:
    """Whether a segment is in the store; then its file is put where the page finds it."""
    target = films / f"{segment}.mp4"
    if target.is_file():
        return True
    product = store.find(segment)
    pixels = store.find(product.uses[0]) if product else None
    if pixels is None:
        return False
    # Copied beside first: a page must never be given half a file.
    part = films / f".{segment}.part"
    shutil.copyfile(pixels.files[CLIP], part)
    part.replace(target)
    return True


def _thin_out(folder: Path) -> None:
    """Leave the newest pieces only."""
    films = sorted(folder.glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
    # A killed studio leaves parts behind; this process makes one piece at a time.
    for path in (*films[MOST:], *folder.glob(".*.part")):
        path.unlink(missing_ok=True)


def judge(context: Context, studio: StudioProject, look: Look) -> tuple[str, list[dict[str, Any]]]:
    """What the referee finds in words and in the pictures that are drawn: the finished ones, else drafts.

    The first of the pair says which.
    """
    from explainers.check import judge as judged
    from explainers.render.judging import drawn_of
    from explainers.studio.planning import shown

    for quality in dict.fromkeys((studio.project.settings.quality, QUALITY)):
        plan = studio.plan(look, quality)
        drawn = drawn_of(plan, products_of(plan, fading=quality != QUALITY))
        if quality == QUALITY or all(shot.geometry is not None for shot in drawn.values()):
            break
    context.go_on()
    return quality, [shown(finding) for finding in judged(plan, drawn_of=lambda _: drawn).findings]


def example(context: Context, path: Path, kind: str, folder: Path | None = None) -> None:
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
    with replacing(path) as made:
        made.write_bytes(encoded(pixels, 960, "WEBP"))


JOBS = {"survey": survey, "film": film, "judge": judge, "example": example}

Ask = Callable[..., Awaitable[Any]]
"""Has a desk do a job about a look: `Session.ask`."""


class Animatics:
    """The desk of animatics, and one task for each look that has something drawn.

    Words are judged at the desk `words`; `beside` is done, too, for a new plan.
    """

    def __init__(
        self, tell: Callable[..., None], ask: Ask, words: Desk, beside: Callable[[View], Awaitable[None]]
    ):
        self.desk = Desk("animatics", 600)
        self._tell, self._ask, self._words, self._beside = tell, ask, words, beside
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
            self._found(view, *await self._ask(self.desk, "judge", view.look, SOON))

    async def _judge_words(self, view: View) -> None:
        with contextlib.suppress(ExplainersError):
            found = await self._ask(self._words, "findings", view.look, SOON)
            # What was found in pictures stands until they are judged again.
            self._found(view, "words", found + [finding for finding in view.findings if "region" in finding])

    def _found(self, view: View, judged: str, findings: list[dict[str, Any]]) -> None:
        view.judged, view.findings = judged, findings
        self._tell(view.look, "findings", findings=findings, judged=judged)

    async def _draw(self, view: View) -> None:
        before = {piece["key"] for film in view.films.values() for piece in film["pieces"]}
        surveyed = await self._ask(self.desk, "survey", view.look)
        view.films = {shot: {"pieces": pieces, "of": view.revision} for shot, pieces in surveyed.items()}
        self._tell(view.look, "films", films=view.films)
        lacking = [shot for shot, pieces in surveyed.items() if not all(piece["ready"] for piece in pieces)]
        changed = [shot for shot in lacking if before and surveyed[shot][0]["key"] not in before]
        rest = [shot for shot in lacking if shot not in changed]
        for shot in [*changed, *view.in_order(rest)]:
            await self._draw_shot(view, shot)

    async def _draw_shot(self, view: View, shot: str) -> None:
        film, loop = view.films[shot], asyncio.get_running_loop()
        pieces = {piece["key"]: piece for piece in film["pieces"]}

        def ready(key: str) -> None:
            pieces[key]["ready"] = True
            self._tell(view.look, "films", films={shot: film})

        def on_part(key: str) -> None:
            loop.call_soon_threadsafe(ready, key)

        for _ in range(ATTEMPTS):
            try:
                lane = f"film {view.look} {shot}"
                await self._ask(self.desk, "film", view.look, SOON, shot=shot, lane=lane, on_part=on_part)
                return
            except Dropped:
                continue
            except ExplainersError as error:
                film["error"] = str(error)
                self._tell(view.look, "films", films={shot: film})
                return
