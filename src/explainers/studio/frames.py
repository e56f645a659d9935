"""Jobs of the drawing process: exact frames, from pictures that stay laid out.

A picture is a pure function of a frame's number, so a laid-out one answers any scrub at the cost of
painting one frame. Pictures and their painters are kept by key, the oldest leaving first.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.studio.worker import Context

if TYPE_CHECKING:
    import numpy as np

    from explainers.film.picture import Painter, Picture
    from explainers.render.tasks import Source

PICTURES, PAINTERS = 32, 3
"""How many laid-out pictures and how many surfaces are kept: a surface has 8 MB at 1920x1080."""


def still(
    context: Context,
    store: Path,
    sources: dict[str, Source],
    keys: tuple[str, ...],
    frame: int,
    half: int = 0,
    width: int | None = None,
    form: str = "PNG",
) -> bytes | None:
    """A frame of the picture of `keys`, or of the cross-fade between two with `half` frames of each.

    `sources` are those this process may not have yet; None where one that is needed is missing.
    """
    known = context.memory.setdefault("sources", OrderedDict())
    known.update(sources)
    if any(key not in known for key in keys):
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


def warm(context: Context, store: Path, sources: dict[str, Source], key: str) -> bool:
    """Lay a picture out ahead of being asked for."""
    known = context.memory.setdefault("sources", OrderedDict())
    known.update(sources)
    if key in known:
        _picture(context, key, store)
    return key in known


def _picture(context: Context, key: str, store: Path) -> Picture:
    from explainers.render.drawing import picture_of
    from explainers.render.store import Store

    source = context.memory["sources"][key]
    return _kept(context, "pictures", PICTURES, key, lambda: picture_of(source, Store(store)))


def _painter(context: Context, key: str, store: Path) -> Painter:
    from explainers.film.picture import Painter

    return _kept(context, "painters", PAINTERS, key, lambda: Painter(_picture(context, key, store)))


def _kept(context: Context, shelf: str, most: int, key: str, make: Callable[[], Any]) -> Any:
    kept = context.memory.setdefault(shelf, OrderedDict())
    if key not in kept:
        kept[key] = make()
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return kept[key]


def encoded(pixels: np.ndarray, width: int | None, form: str) -> bytes:
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    if width is not None and width < image.width:
        size = width, round(image.height * width / image.width)
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    written = io.BytesIO()
    if form == "PNG":
        image.save(written, "PNG", compress_level=1)
    else:
        image.save(written, form, quality=82)
    return written.getvalue()


JOBS = {"still": still, "warm": warm}
