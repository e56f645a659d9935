"""What the studio knows of each look: planned again when a file is saved, and only what changed drawn."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from explainers.errors import ExplainersError, InvalidInput
from explainers.studio.desk import Broke, Desk, Dropped
from explainers.studio.hub import Hub
from explainers.studio.look import Desked, Look
from explainers.studio.words import problem_shown

VIEWS, SOURCES = 12, 600
"""How many looks and how many sources of pictures are kept in memory."""

SCRUB, NOW, THUMB, SOON, LATER = 1, 2, 4, 6, 8
"""Urgencies of jobs, the lowest first."""


@dataclass
class View:
    """One look as it is now. `state` is the last one planned; `problems` say why it is not newer."""

    look: Look
    revision: int = 0
    state: dict[str, Any] | None = None
    problems: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    judged: str = "nothing"
    films: dict[str, dict[str, Any]] = field(default_factory=dict)
    fresh: bool = False
    at: str | None = None
    """The shot under the playhead of the page that moved last."""

    def as_json(self) -> dict[str, Any]:
        """What a page is given."""
        return {
            "video": self.look.video,
            "revision": self.revision,
            "state": self.state,
            "problems": self.problems,
            "findings": self.findings,
            "judged": self.judged,
            "films": self.films,
        }


class Session:
    """The views of a project, and the processes that make them."""

    def __init__(self, desked: Desked):
        self.desked, self.hub = desked, Hub()
        self.words, self.pictures, self.films = Desk("words"), Desk("pictures"), Desk("films", 600)
        self.views: OrderedDict[Look, View] = OrderedDict()
        self.sources: OrderedDict[str, Any] = OrderedDict()
        self.plans = 0
        self._sent: tuple[int, set[str]] = 0, set()
        self._locks: dict[Look, asyncio.Lock] = {}
        self._filming: dict[Look, asyncio.Task[None]] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._stale: set[str] = set()

    async def close(self) -> None:
        """End everything that runs."""
        self.hub.close()
        for task in [*self._filming.values(), *([self._refreshing] if self._refreshing else [])]:
            task.cancel()
        for desk in (self.words, self.pictures, self.films):
            await asyncio.to_thread(desk.close)

    # -- views -----------------------------------------------------------------------------------

    async def view(self, look: Look) -> View:
        """The look as it is on disk now."""
        view = self.views.get(look)
        if view is None:
            view = self.views[look] = View(look)
            while len(self.views) > VIEWS:
                self.views.popitem(last=False)
        self.views.move_to_end(look)
        async with self._locks.setdefault(look, asyncio.Lock()):
            if not view.fresh:
                await self._plan(view)
        return view

    def changed(self, video: str) -> None:
        """A file of a video was saved: its looks are planned again, once for all saves in the meantime."""
        for view in self.views.values():
            view.fresh = view.fresh and view.look.video != video
        self._stale.add(video)
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        while self._stale:
            stale, self._stale = self._stale, set()
            for look in self.hub.looks():
                if look.video in stale:
                    await self.view(look)

    async def _plan(self, view: View) -> None:
        view.fresh = True
        self.plans += 1
        try:
            said, sources = await self.ask(self.words, "state", view.look)
        except InvalidInput as error:
            view.problems = [problem_shown(one) for one in error.problems]
        except (Broke, ExplainersError) as error:
            view.problems = [
                {"code": "failed", "severity": "error", "message": str(error), "text": str(error)}
            ]
        else:
            view.state, view.problems = said, []
            self.sources.update(sources)
            for key in sources:
                self.sources.move_to_end(key)
            while len(self.sources) > SOURCES:
                self.sources.popitem(last=False)
        view.revision += 1
        self.hub.tell(view.look, "state", revision=view.revision)
        if not view.problems:
            self._begin_filming(view)

    async def ask(self, desk: Desk, job: str, look: Look, urgency: int = NOW, **facts: Any) -> Any:
        """The answer of a desk to a job about a look."""
        return await asyncio.wrap_future(
            desk.ask(job, urgency=urgency, desked=self.desked, look=look, **facts)
        )

    # -- stills ----------------------------------------------------------------------------------

    async def still(
        self,
        keys: tuple[str, ...],
        frame: int,
        half: int,
        width: int | None,
        form: str,
        lane: str | None,
        urgency: int,
    ) -> bytes:
        """A frame of a picture as an image. KeyError: no such picture (any more); Dropped, Broke."""
        store = self.desked.project.store_dir
        for _ in range(2):
            sources = {key: self.sources[key] for key in keys if key not in self._known()}
            facts: dict[str, Any] = {"keys": keys, "frame": frame, "half": half, "width": width, "form": form}
            job = self.pictures.ask(
                "still", urgency=urgency, lane=lane, store=store, sources=sources, **facts
            )
            image = await asyncio.wrap_future(job)
            if image is not None:
                self._known().update(keys)
                return bytes(image)
            self._known().difference_update(keys)
        raise KeyError(keys[0])

    def _known(self) -> set[str]:
        """Keys whose sources the drawing process has; none after it was begun anew."""
        if self._sent[0] != self.pictures.began:
            self._sent = self.pictures.began, set()
        return self._sent[1]

    async def _warm(self, view: View) -> None:
        for key in self._order([(one["id"], one["key"]) for one in (view.state or {})["shots"]], view):
            source = self.sources.get(key[1])
            if source is None or key[1] in self._known():
                continue
            with contextlib.suppress(ExplainersError):
                store = self.desked.project.store_dir
                ask = self.pictures.ask(
                    "warm",
                    urgency=LATER,
                    lane=f"warm {key[1]}",
                    store=store,
                    sources={key[1]: source},
                    key=key[1],
                )
                await asyncio.wrap_future(ask)
                self._known().add(key[1])

    # -- animatics and findings ------------------------------------------------------------------

    def _begin_filming(self, view: View) -> None:
        before = self._filming.get(view.look)
        if before is not None and not before.done():
            self.films.interrupt(f"film {view.look}")
            before.cancel()
        self._filming[view.look] = asyncio.create_task(self._film(view))

    async def _film(self, view: View) -> None:
        """Everything that follows a plan: findings in the words, animatics, findings in the pictures."""
        await asyncio.gather(self._warm(view), self._show(view))

    async def _show(self, view: View) -> None:
        with contextlib.suppress(ExplainersError):
            await asyncio.gather(self._judge_words(view), self._animatics(view))
            view.judged, view.findings = await self.ask(self.films, "judge", view.look, SOON)
            self.hub.tell(view.look, "findings", findings=view.findings, judged=view.judged)

    async def _judge_words(self, view: View) -> None:
        with contextlib.suppress(ExplainersError):
            found = await self.ask(self.words, "findings", view.look, SOON)
            # What was found in pictures stands until they are judged again.
            view.findings = found + [one for one in view.findings if "region" in one]
            view.judged = "words"
            self.hub.tell(view.look, "findings", findings=view.findings, judged=view.judged)

    async def _animatics(self, view: View) -> None:
        before = {piece["key"] for film in view.films.values() for piece in film["pieces"]}
        surveyed = await self.ask(self.films, "survey", view.look)
        view.films = {shot: {"pieces": pieces, "of": view.revision} for shot, pieces in surveyed.items()}
        self.hub.tell(view.look, "films", films=view.films)
        lacking = [shot for shot, pieces in surveyed.items() if not all(one["ready"] for one in pieces)]
        changed = [shot for shot in lacking if before and surveyed[shot][0]["key"] not in before]
        rest = [shot for shot in lacking if shot not in changed]
        for shot in [*changed, *(one[0] for one in self._order([(shot, "") for shot in rest], view))]:
            await self._animatic(view, shot)

    async def _animatic(self, view: View, shot: str) -> None:
        film, loop = view.films[shot], asyncio.get_running_loop()
        pieces = {one["key"]: one for one in film["pieces"]}

        def there(key: str) -> None:
            pieces[key]["ready"] = True
            self.hub.tell(view.look, "films", films={shot: film})

        def told(key: str) -> None:
            loop.call_soon_threadsafe(there, key)

        for _ in range(3):
            try:
                lane = f"film {view.look} {shot}"
                await self.ask(self.films, "film", view.look, SOON, shot=shot, lane=lane, told=told)
                break
            except Dropped:
                continue
            except ExplainersError as error:
                film["error"] = str(error)
                self.hub.tell(view.look, "films", films={shot: film})
                break

    def _order(self, shots: list[tuple[str, str]], view: View) -> list[tuple[str, str]]:
        """Shots from the one under the playhead on, round to the one before it."""
        start = next((index for index, one in enumerate(shots) if one[0] == view.at), 0)
        return shots[start:] + shots[:start]
