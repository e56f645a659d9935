"""What the studio knows of each look: planned again when a file is saved, and only what changed drawn.

Pages hear of it as news; saves that follow each other closely make one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from watchfiles import Change, awatch

from explainers.errors import ExplainersError, InvalidInput
from explainers.project import Project
from explainers.studio.animatics import Animatics
from explainers.studio.desk import Desk
from explainers.studio.frames import Stills
from explainers.studio.look import NOW, Look, StudioProject, View
from explainers.studio.planning import problem_shown

VIEWS = 12
"""How many looks are kept in memory."""
ALIVE_S = 15.0
"""Silence after which a comment is sent, so that both ends learn of a broken connection."""
_MOST_NEWS = 500
GATHER_MS, CALM_MS = 250, 30
"""Saves are gathered until it is calm for `CALM_MS`, and for `GATHER_MS` at most."""


class Hub:
    """The open pages, by what they look at."""

    def __init__(self) -> None:
        self._pages: dict[asyncio.Queue[dict[str, Any] | None], Look] = {}

    def looks(self) -> list[Look]:
        """What is looked at now; each once, the page opened last first."""
        return list(dict.fromkeys(reversed(self._pages.values())))

    def tell(self, look: Look | None, kind: str, **facts: Any) -> None:
        """News for the pages of a look, or of all; a page that does not take them is given up."""
        for queue, theirs in list(self._pages.items()):
            if look is not None and theirs != look:
                continue
            if queue.qsize() >= _MOST_NEWS:
                self._pages.pop(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait({"kind": kind, **facts})

    def close(self) -> None:
        """End every page's news."""
        for queue in self._pages:
            queue.put_nowait(None)

    async def news(self, look: Look) -> AsyncIterator[str]:
        """Server-sent events for one page, until it goes or the studio does."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._pages[queue] = look
        try:
            yield "retry: 700\n\ndata: " + json.dumps({"kind": "hello"}) + "\n\n"
            while True:
                message: dict[str, Any] | None = None
                with contextlib.suppress(TimeoutError):
                    message = await asyncio.wait_for(queue.get(), ALIVE_S)
                    if message is None:
                        return
                yield ": alive\n\n" if message is None else f"data: {json.dumps(message)}\n\n"
        finally:
            self._pages.pop(queue, None)


async def watch(project: Project, changed: Callable[[str], None]) -> None:
    """Call `changed` with the name of each video a file of which was saved, for ever."""
    while True:
        folders = [path for path in (project.scenes_dir, project.root / "assets") if path.is_dir()]
        if not folders:
            await asyncio.sleep(1)
            continue
        async for changes in awatch(*folders, watch_filter=_counts, debounce=GATHER_MS, step=CALM_MS):
            paths = [Path(path) for _, path in changes]
            inside = (
                path.relative_to(folder)
                for path in paths
                for folder in folders
                if path.is_relative_to(folder)
            )
            for video in dict.fromkeys(path.parts[0] for path in inside if path.parts):
                changed(video)


def _counts(_: Change, path: str) -> bool:
    """Editors' own files, and compiled code, are no part of a video."""
    name = Path(path).name
    return not (name.startswith(".") or name.endswith(("~", ".swp", ".pyc")) or "__pycache__" in path)


class Session:
    """The views of a project, and the processes that make them."""

    def __init__(self, studio: StudioProject):
        self.studio, self.hub = studio, Hub()
        self.planning, self.stills = Desk("planning"), Stills(studio.project.store_dir)
        self.animatics = Animatics(self.hub.tell, self.ask, self.planning, self.stills.warm)
        self.views: OrderedDict[Look, View] = OrderedDict()
        self.plans = 0
        self._locks: dict[Look, asyncio.Lock] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._stale: set[str] = set()

    async def close(self) -> None:
        """End everything that runs."""
        self.hub.close()
        self.animatics.cancel()
        if self._refreshing is not None:
            self._refreshing.cancel()
        for desk in (self.planning, self.stills.desk, self.animatics.desk):
            await asyncio.to_thread(desk.close)

    async def view(self, look: Look) -> View:
        """The look as it is on disk now."""
        view = self.views.setdefault(look, View(look))
        self.views.move_to_end(look)
        while len(self.views) > VIEWS:
            self.views.popitem(last=False)
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
            state, packed = await self.ask(self.planning, "state", view.look)
        except InvalidInput as error:
            view.problems = [problem_shown(problem) for problem in error.problems]
        except ExplainersError as error:
            text = str(error)
            view.problems = [{"code": "failed", "severity": "error", "message": text, "text": text}]
        else:
            view.state, view.problems = state, []
            self.stills.take(packed)
        view.revision += 1
        self.hub.tell(view.look, "state", revision=view.revision)
        if not view.problems:
            self.animatics.begin(view)

    async def ask(self, desk: Desk, job: str, look: Look, urgency: int = NOW, **facts: Any) -> Any:
        """The answer of a desk to a job about a look."""
        return await desk.answer(job, urgency=urgency, studio=self.studio, look=look, **facts)
