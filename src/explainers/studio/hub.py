"""News for the pages that are open: each has a queue, and a page that does not read is let go."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from explainers.studio.look import Look

ALIVE_S = 15.0
"""Silence after which a comment is sent, so that both ends learn of a broken connection."""

_MOST = 500


class Hub:
    """The open pages, by what they look at."""

    def __init__(self) -> None:
        self._pages: dict[asyncio.Queue[dict[str, Any] | None], Look] = {}

    def looks(self) -> list[Look]:
        """What is looked at now; each once, the page opened last first."""
        return list(dict.fromkeys(reversed(self._pages.values())))

    def tell(self, look: Look | None, kind: str, **facts: Any) -> None:
        """News for the pages of a look, or of all."""
        for queue, theirs in list(self._pages.items()):
            if look is None or theirs == look:
                if queue.qsize() >= _MOST:
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
