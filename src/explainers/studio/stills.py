"""Frames as images, drawn by a process that keeps the pictures it has laid out."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explainers.errors import ExplainersError
from explainers.studio.desk import Desk
from explainers.studio.view import LATER, View

SOURCES = 600
"""How many sources of pictures are kept in memory."""


class Stills:
    """The pictures that pages may ask for, by key, and the desk that draws their frames."""

    def __init__(self, store: Path):
        self.desk = Desk("pictures")
        self._store = store
        self._sources: OrderedDict[str, Any] = OrderedDict()
        self._sent: tuple[int, set[str]] = 0, set()

    def take(self, sources: Mapping[str, Any]) -> None:
        """Know of pictures, by key; those that were known for longest are forgotten."""
        self._sources.update(sources)
        for key in sources:
            self._sources.move_to_end(key)
        while len(self._sources) > SOURCES:
            self._sources.popitem(last=False)

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
        for _ in range(2):
            sources = {key: self._sources[key] for key in keys if key not in self._known()}
            facts: dict[str, Any] = {"keys": keys, "frame": frame, "half": half, "width": width, "form": form}
            job = self.desk.ask(
                "still", urgency=urgency, lane=lane, store=self._store, sources=sources, **facts
            )
            image = await asyncio.wrap_future(job)
            if image is not None:
                self._known().update(keys)
                return bytes(image)
            self._known().difference_update(keys)
        raise KeyError(keys[0])

    async def warm(self, view: View) -> None:
        """Have the view's pictures laid out while nobody waits for anything."""
        pictures = {one["id"]: one["key"] for one in (view.state or {})["shots"]}
        for shot in view.in_order(list(pictures)):
            key = pictures[shot]
            source = self._sources.get(key)
            if source is None or key in self._known():
                continue
            facts: dict[str, Any] = {"store": self._store, "sources": {key: source}, "key": key}
            with contextlib.suppress(ExplainersError):
                ask = self.desk.ask("warm", urgency=LATER, lane=f"warm {key}", **facts)
                await asyncio.wrap_future(ask)
                self._known().add(key)

    def _known(self) -> set[str]:
        """Keys whose sources the drawing process has; none after it was begun anew."""
        if self._sent[0] != self.desk.began:
            self._sent = self.desk.began, set()
        return self._sent[1]
