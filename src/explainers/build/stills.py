"""Stills: any frame of the video alone, the poster, and the contact sheet."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from explainers.build.drawing import picture_of
from explainers.build.fading import faded
from explainers.build.keys import key_of
from explainers.build.products import STILL, Drawable, Products, Still, code_folder
from explainers.build.sources import module_digest
from explainers.build.tasks import Source
from explainers.build.versions import font_digests, versions
from explainers.deliver.pictures import Cell, write_poster, write_sheet
from explainers.kinds.base import ShotPlan
from explainers.plan import Plan
from explainers.store import Store
from explainers.timing import timecode

if TYPE_CHECKING:
    import numpy as np

    from explainers.build.walk import Walk


def still(plan: Plan, frame: int) -> np.ndarray:
    """One frame of the video as RGB, uint8 of shape (height, width, 3), as the video shows it.

    IndexError outside the video. Only conformed captures are read from or written to the store.
    """
    shot, number = plan.shot_at(frame)
    for one in plan.transitions:
        into = one.after == shot.id and number < one.frames
        if into or (one.before == shot.id and number >= shot.duration_frames - one.frames):
            within = number + one.frames if into else number - (shot.duration_frames - one.frames)
            pair = _picture(plan, plan.shot(one.before)), _picture(plan, plan.shot(one.after))
            return next(islice(faded(*pair, one.frames), within, None))
    from explainers.film.picture import still as frame_of

    return frame_of(_picture(plan, shot), number)


def _picture(plan: Plan, shot: ShotPlan):  # type: ignore[no-untyped-def]
    return picture_of(Source.of(Drawable(shot, code_folder(plan, shot))), Store(plan.project.store_dir))


def stills_for(products: Products, poster: bool = True) -> dict[str, list[Still]]:
    """The stills that the contact sheet and the poster need, by shot."""
    wanted = {one.shot.id: list(one.stills.values()) for one in products.shots}
    if poster:
        wanted[products.poster_shot].append(products.poster)
    return wanted


def poster_files(walk: Walk) -> list[Path]:
    """The poster as `poster.jpg` and `poster.webp`, from the store."""
    key = key_of("poster", walk.products.poster.key, _pictures_digest())
    product = walk.found(key)
    if product is None:
        with walk.store.making(key) as folder:
            write_poster(walk.needed(walk.products.poster.key).files[STILL], folder)
            product = walk.store.keep(key, folder)
    return sorted(product.files.values())


def sheet_file(plan: Plan, walk: Walk) -> Path:
    """The contact sheet, a still a beat with its name and its time, from the store."""
    cells = _cells(plan, walk)
    labels = [[still.key, name, time] for still, name, time in cells]
    key = key_of("sheet", labels, plan.title, plan.theme, _pictures_digest(), font_digests())
    product = walk.found(key)
    if product is None:
        with walk.store.making(key) as folder:
            found = [Cell(walk.needed(still.key).files[STILL], name, time) for still, name, time in cells]
            write_sheet(found, plan.title, plan.theme, folder / "sheet.png")
            product = walk.store.keep(key, folder)
    return product.files["sheet.png"]


def _cells(plan: Plan, walk: Walk) -> list[tuple[Still, str, str]]:
    cells = []
    for one in walk.products.shots:
        start = plan.start_frames[one.shot.id]
        for beat, still in one.stills.items():
            name = f"{one.shot.id} · {beat}" if beat else one.shot.id
            cells.append((still, name, timecode((start + still.frame) / plan.canvas.fps)[:-2]))
    return cells


def _pictures_digest() -> Mapping[str, str]:
    return {"code": module_digest("explainers.deliver.pictures"), "pillow": versions()["pillow"]}
