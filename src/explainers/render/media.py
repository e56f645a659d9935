"""Captures as products: conformed once for the pane that shows them, kept in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from explainers import ffmpeg
from explainers.kinds import Kind
from explainers.kinds.base import ShotPlan
from explainers.render.fingerprint import digest_path, key_of
from explainers.render.sources import code_digest
from explainers.render.store import Store

if TYPE_CHECKING:
    from explainers.footage.conform import Request

MEDIA = "capture.mp4"
"""Name of the file in the product."""


def requests_of(shot: ShotPlan, kind: Kind) -> Sequence[Request]:
    """What must be conformed for a shot; nothing for most kinds."""
    hook = getattr(kind.module, "footage", None)
    return tuple(dict.fromkeys(hook(shot))) if hook else ()


def media_key(request: Request) -> str:
    """The store key of a conformed capture: the file's content, what is wanted of it, and how it is made."""
    how = [code_digest("footage"), ffmpeg.version()]
    return key_of("capture", digest_path(request.media.path), request.facts(), how)


def made(request: Request, store: Store, key: str | None = None) -> Path:
    """The conformed capture, from the store, or conformed now."""
    key = key or media_key(request)
    product = store.find(key)
    if product is None:
        from explainers.footage.conform import conform

        with store.making(key) as folder:
            conform(request, folder / MEDIA)
            product = store.keep(key, folder, {"frames": request.frames})
    return product.files[MEDIA]


def with_media(shot: ShotPlan, kind: Kind, store: Store) -> ShotPlan:
    """The shot with its captures conformed."""
    requests = requests_of(shot, kind)
    return replace(shot, media={one: made(one, store) for one in requests}) if requests else shot
