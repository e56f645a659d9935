"""A clip put together from its segments: nothing is copied, it names the encoded pixels in order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from explainers.errors import RenderFailed
from explainers.render.pieces import CLIP, GEOMETRY, LUMINANCE, Clip
from explainers.render.planner import Fade
from explainers.render.store import Product, Store
from explainers.render.tasks import ClipTask, Done


def put_together(task: ClipTask, store: Store) -> Done:
    """Keep a clip that uses the pixels of its segments, beside its geometry and luminance."""
    from explainers.film.luminance import load_luminance, one_after_another

    clip = task.clip
    pixels = [_pixels(store, segment.key) for segment in clip.segments]
    with store.making(clip.key) as folder:
        shutil.copyfile(_found(store, clip.geometry).files[GEOMETRY], folder / GEOMETRY)
        seen = [
            load_luminance(product.files[LUMINANCE]).shifted(segment.first)
            for product, segment in zip(pixels, clip.segments, strict=True)
        ]
        one_after_another(seen).save(folder / LUMINANCE)
        store.keep(clip.key, folder, {"frames": clip.frames}, uses=[product.key for product in pixels])
    return Done(task.shot_id)


def encoded(store: Store, piece: Clip | Fade) -> Iterator[tuple[Path, int]]:
    """The files of encoded frames that a clip or fade is made of, in order, and how many frames each has."""
    product = _found(store, piece.key)
    if isinstance(piece, Fade):
        yield product.files[CLIP], piece.frames
        return
    for key, segment in zip(product.uses, piece.segments, strict=True):
        yield _found(store, key).files[CLIP], segment.frames


def _pixels(store: Store, segment_key: str) -> Product:
    return _found(store, _found(store, segment_key).uses[0])


def _found(store: Store, key: str) -> Product:
    product = store.find(key)
    if product is None:
        raise RenderFailed(f"the product {key[:12]} went missing from {store.root}")
    return product
