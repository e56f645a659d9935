"""News for pages, and the saved files that make them: told once for saves that follow each other closely."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

from watchfiles import Change, awatch

from explainers.project import Project
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


GATHER_MS, CALM_MS = 250, 30
"""Saves are gathered until it is calm for `CALM_MS`, and for `GATHER_MS` at most."""


async def watch(project: Project, changed: Callable[[str], None]) -> None:
    """Call `changed` with the name of each video a file of which was saved, for ever."""
    while True:
        folders = [path for path in (project.scenes_dir, project.root / "assets") if path.is_dir()]
        if not folders:
            await asyncio.sleep(1)
            continue
        async for changes in awatch(*folders, watch_filter=_counts, debounce=GATHER_MS, step=CALM_MS):
            for video in _videos(project, (Path(path) for _, path in changes)):
                changed(video)


def _counts(_: Change, path: str) -> bool:
    """Editors' own files, and compiled code, are no part of a video."""
    name = Path(path).name
    return not (name.startswith(".") or name.endswith(("~", ".swp", ".pyc")) or "__pycache__" in path)


def _videos(project: Project, paths: Iterable[Path]) -> list[str]:
    found = {}
    for path in paths:
        for folder in (project.scenes_dir, project.root / "assets"):
            if path.is_relative_to(folder) and path != folder:
                found[path.relative_to(folder).parts[0]] = True
    return list(found)
