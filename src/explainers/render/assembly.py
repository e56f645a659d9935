"""The pictures beside a video, made of its stills: the poster and the contact sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from explainers.errors import RenderFailed
from explainers.plan import Plan
from explainers.render.fingerprint import key_of
from explainers.render.pictures import Cell, write_poster, write_sheet
from explainers.render.pieces import STILL
from explainers.render.planner import Products
from explainers.render.sources import code_digest
from explainers.render.store import Store
from explainers.render.tasks import Done, PosterTask, SheetTask
from explainers.render.versions import font_digests, versions
from explainers.timing import timecode

SHEET = "sheet.png"


def poster_task(products: Products, store: Path) -> PosterTask:
    """What makes `poster.jpg` and `poster.webp`."""
    still = products.poster.key
    return PosterTask(products.poster_shot, store, key_of("poster", still, _pictures_digest()), still)


def sheet_task(plan: Plan, products: Products, store: Path) -> SheetTask:
    """What makes the contact sheet, a still a beat with its name and its time."""
    cells = tuple(_cells(plan, products))
    labels = [list(cell) for cell in cells]
    key = key_of("sheet", labels, plan.title, plan.theme, _pictures_digest(), font_digests())
    return SheetTask(plan.shots[0].id, store, key, cells, plan.title, plan.theme)


def put_beside(task: PosterTask | SheetTask, store: Store) -> Done:
    """Make the poster's files or the contact sheet."""
    with store.making(task.key) as folder:
        if isinstance(task, PosterTask):
            write_poster(_still(store, task.still), folder)
        else:
            cells = [Cell(_still(store, key), name, time) for key, name, time in task.cells]
            write_sheet(cells, task.title, task.theme, folder / SHEET)
        store.keep(task.key, folder)
    return Done(task.shot_id)


def _still(store: Store, key: str) -> Path:
    product = store.find(key)
    if product is None:
        raise RenderFailed(f"the product {key[:12]} went missing from {store.root}")
    return product.files[STILL]


def _cells(plan: Plan, products: Products) -> list[tuple[str, str, str]]:
    cells = []
    for one in products.shots:
        start = plan.start_frames[one.shot.id]
        for beat, still in one.stills.items():
            name = f"{one.shot.id} · {beat}" if beat else one.shot.id
            cells.append((still.key, name, timecode((start + still.frame) / plan.canvas.fps)[:-2]))
    return cells


def _pictures_digest() -> Mapping[str, str]:
    return {"code": code_digest("render/pictures.py"), "pillow": versions()["pillow"]}
