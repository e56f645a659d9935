"""What the studio knows of each look: planned again when a file is saved, and only what changed drawn."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from explainers.errors import ExplainersError, InvalidInput
from explainers.studio.animatics import Animatics
from explainers.studio.desk import Broke, Desk
from explainers.studio.frames import Stills
from explainers.studio.hub import Hub
from explainers.studio.look import NOW, Desked, Look, View
from explainers.studio.planning import problem_shown

VIEWS = 12
"""How many looks are kept in memory."""


class Session:
    """The views of a project, and the processes that make them."""

    def __init__(self, desked: Desked):
        self.desked, self.hub = desked, Hub()
        self.planning, self.stills = Desk("planning"), Stills(desked.project.store_dir)
        self.animatics = Animatics(self.hub, self.ask, self.planning, self.stills.warm)
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
            said, sources = await self.ask(self.planning, "state", view.look)
        except InvalidInput as error:
            view.problems = [problem_shown(one) for one in error.problems]
        except (Broke, ExplainersError) as error:
            view.problems = [
                {"code": "failed", "severity": "error", "message": str(error), "text": str(error)}
            ]
        else:
            view.state, view.problems = said, []
            self.stills.take(sources)
        view.revision += 1
        self.hub.tell(view.look, "state", revision=view.revision)
        if not view.problems:
            self.animatics.begin(view)

    async def ask(self, desk: Desk, job: str, look: Look, urgency: int = NOW, **facts: Any) -> Any:
        """The answer of a desk to a job about a look."""
        return await asyncio.wrap_future(
            desk.ask(job, urgency=urgency, desked=self.desked, look=look, **facts)
        )
