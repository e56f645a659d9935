"""What follows a plan: findings in the words, animatics of what changed, findings in the pictures."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from explainers.errors import ExplainersError
from explainers.studio.desk import Desk, Dropped
from explainers.studio.hub import Hub
from explainers.studio.look import Look
from explainers.studio.view import SOON, View

Ask = Callable[..., Awaitable[Any]]
"""Asks a desk for a job about a look: `Session.ask`."""

ATTEMPTS = 3


class Animatics:
    """The desk of animatics, and one task for each look that has something drawn.

    Words are judged at the desk `words`; `beside` is done, too, for a new plan.
    """

    def __init__(self, hub: Hub, ask: Ask, words: Desk, beside: Callable[[View], Awaitable[None]]):
        self.desk = Desk("films", 600)
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
