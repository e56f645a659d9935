"""Frames as images: the jobs of a process that keeps laid-out pictures, and its desk."""

from __future__ import annotations

import contextlib
import io
from collections import OrderedDict
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.errors import ExplainersError
from explainers.studio.desk import Context, Desk
from explainers.studio.look import LATER, View

if TYPE_CHECKING:
    import numpy as np

    from explainers.compositor.picture import Painter, Picture
    from explainers.render.tasks import PackedShot

PICTURES, PAINTERS = 32, 3
"""How many laid-out pictures and how many surfaces are kept: a surface has 8 MB at 1920x1080."""


def still(
    context: Context,
    store: Path,
    shots: dict[str, PackedShot],
    keys: tuple[str, ...],
    frame: int,
    half: int = 0,
    width: int | None = None,
    form: str = "PNG",
) -> bytes | None:
    """A frame of the picture of `keys`, or of the cross-fade between two with `half` frames of each.

    `shots` are those this process may not have yet; None where one that is needed is missing.
    """
    if not _has(context, shots, keys):
        return None
    if len(keys) == 2:
        from explainers.render.drawing import faded

        pair = [_picture(context, key, store) for key in keys]
        pixels = next(islice(faded(pair[0], pair[1], half), frame, None))
    else:
        painter = _painter(context, keys[0], store)
        painter.paint(min(frame, painter.picture.duration_frames - 1))
        pixels = painter.pixels[:, :, 2::-1]
    return encoded(pixels, width, form)


def warm(context: Context, store: Path, shots: dict[str, PackedShot], key: str) -> bool:
    """Lay a picture out before anybody needs it; False where its shot is missing."""
    known = _has(context, shots, (key,))
    if known:
        _picture(context, key, store)
    return known


def _has(context: Context, shots: dict[str, PackedShot], keys: tuple[str, ...]) -> bool:
    known = context.memory.setdefault("shots", {})
    known.update(shots)
    return all(key in known for key in keys)


def _picture(context: Context, key: str, store: Path) -> Picture:
    from explainers.render.drawing import picture_of
    from explainers.render.store import Store

    packed = context.memory["shots"][key]
    return _cached(context, "pictures", PICTURES, key, lambda: picture_of(packed, Store(store)))


def _painter(context: Context, key: str, store: Path) -> Painter:
    from explainers.compositor.picture import Painter

    return _cached(context, "painters", PAINTERS, key, lambda: Painter(_picture(context, key, store)))


def _cached(context: Context, name: str, most: int, key: str, make: Callable[[], Any]) -> Any:
    """What `make` gave for a key; of each name those are kept that were used last."""
    cache = context.memory.setdefault(name, OrderedDict())
    if key not in cache:
        cache[key] = make()
    cache.move_to_end(key)
    while len(cache) > most:
        cache.popitem(last=False)
    return cache[key]


def encoded(pixels: np.ndarray, width: int | None, form: str) -> bytes:
    """An image file of pixels (height, width, 3), made smaller where `width` is less than theirs."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    if width is not None and width < image.width:
        size = width, round(image.height * width / image.width)
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    written = io.BytesIO()
    options = {"compress_level": 1} if form == "PNG" else {"quality": 82}
    image.save(written, form, **options)
    return written.getvalue()


JOBS = {"still": still, "warm": warm}


SOURCES = 600
"""How many shots of pictures are kept in memory."""


class Stills:
    """The pictures that pages may show, by key, and the desk that draws their frames."""

    def __init__(self, store: Path):
        self.desk = Desk("frames")
        self._store = store
        self._shots: OrderedDict[str, Any] = OrderedDict()
        self._sent: tuple[int, set[str]] = 0, set()

    def take(self, shots: Mapping[str, Any]) -> None:
        """Remember pictures by key; the oldest are forgotten."""
        self._shots.update(shots)
        for key in shots:
            self._shots.move_to_end(key)
        while len(self._shots) > SOURCES:
            self._shots.popitem(last=False)

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
        facts: dict[str, Any] = {"keys": keys, "frame": frame, "half": half, "width": width, "form": form}
        for _ in range(2):
            shots = {key: self._shots[key] for key in keys if key not in self._known()}
            image = await self.desk.answer(
                "still", urgency=urgency, lane=lane, store=self._store, shots=shots, **facts
            )
            if image is not None:
                self._known().update(keys)
                return bytes(image)
            self._known().difference_update(keys)
        raise KeyError(keys[0])

    async def warm(self, view: View) -> None:
        """Have the view's pictures laid out while nobody waits for anything."""
        keys = {shot["id"]: shot["key"] for shot in (view.state or {})["shots"]}
        for key in (keys[shot] for shot in view.in_order(list(keys))):
            if key not in self._shots or key in self._known():
                continue
            facts: dict[str, Any] = {"store": self._store, "shots": {key: self._shots[key]}, "key": key}
            with contextlib.suppress(ExplainersError):
                await self.desk.answer("warm", urgency=LATER, lane=f"warm {key}", **facts)
                self._known().add(key)

    def _known(self) -> set[str]:
        """Keys whose shots the drawing process has; none after it was begun anew."""
        if self._sent[0] != self.desk.began:
            self._sent = self.desk.began, set()
        return self._sent[1]
