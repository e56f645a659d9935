"""Products made of files and other products: conformed captures, clips, the poster, the contact sheet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from explainers import ffmpeg
from explainers.fonts import HOUSE, Letters, Pen
from explainers.kinds.base import SceneKind, ShotPlan
from explainers.plan import Plan
from explainers.render.fingerprint import (
    code_digest,
    digest_path,
    font_digests,
    footage_versions,
    key_of,
    versions,
)
from explainers.render.planner import CLIP, GEOMETRY, LUMINANCE, STILL, Clip, Fade, Products
from explainers.render.store import Product, Store
from explainers.render.tasks import ClipTask, ConformTask, Done, PosterTask, SheetTask
from explainers.theme import Theme
from explainers.timing import timecode

if TYPE_CHECKING:
    from PIL.Image import Image

    from explainers.footage.conform import Request

MEDIA = "capture.mp4"
"""Name of the file in the product."""


def requests_of(shot: ShotPlan, kind: SceneKind) -> Sequence[Request]:
    """What must be conformed for a shot; nothing for most kinds."""
    return tuple(dict.fromkeys(kind.footage(shot)))


def media_key(request: Request) -> str:
    """The store key of a conformed capture: the file's content, what is wanted of it, and how it is made."""
    how = [code_digest("footage"), ffmpeg.version()]
    return key_of("capture", digest_path(request.media.path), request.facts(), how)


def conformed(request: Request, store: Store, key: str | None = None) -> Path:
    """The conformed capture, from the store, or conformed now."""
    key = key or media_key(request)
    product = store.find(key)
    if product is None:
        from explainers.footage.conform import conform

        with store.making(key) as folder:
            conform(request, folder / MEDIA)
            product = store.keep(key, folder, {"frames": request.frames})
    return product.files[MEDIA]


def with_media(shot: ShotPlan, kind: SceneKind, store: Store) -> ShotPlan:
    """The shot with its captures conformed."""
    requests = requests_of(shot, kind)
    return (
        replace(shot, media={request: conformed(request, store) for request in requests})
        if requests
        else shot
    )


def assemble(task: ConformTask | ClipTask | PosterTask | SheetTask, store: Store) -> Done:
    """Do a task that draws nothing."""
    if isinstance(task, ConformTask):
        conformed(task.request, store, task.key)
        return Done(task.shot_id, counts={"conformed": 1})
    if isinstance(task, ClipTask):
        _join_segments(task.clip, store)
        return Done(task.shot_id)
    with store.making(task.key) as folder:
        if isinstance(task, PosterTask):
            write_poster(store.needed(task.still).files[STILL], folder)
        else:
            cells = [Cell(store.needed(key).files[STILL], *labels) for key, *labels in task.cells]
            write_sheet(cells, task.title, task.theme, folder / SHEET, task.letters)
        store.keep(task.key, folder)
    return Done(task.shot_id)


def _join_segments(clip: Clip, store: Store) -> None:
    """Keep a clip that uses the pixels of its segments, beside its geometry and luminance."""
    from explainers.compositor.luminance import load_luminance, one_after_another

    pixels = [_pixels(store, segment.key) for segment in clip.segments]
    with store.making(clip.key) as folder:
        shutil.copyfile(store.needed(clip.geometry).files[GEOMETRY], folder / GEOMETRY)
        luminance = [
            load_luminance(product.files[LUMINANCE]).shifted(segment.first)
            for product, segment in zip(pixels, clip.segments, strict=True)
        ]
        one_after_another(luminance).save(folder / LUMINANCE)
        store.keep(clip.key, folder, {"frames": clip.frames}, uses=[product.key for product in pixels])


def encoded(store: Store, piece: Clip | Fade) -> Iterator[tuple[Path, int]]:
    """The files of encoded frames that a clip or fade is made of, in order, and how many frames each has."""
    product = store.needed(piece.key)
    if isinstance(piece, Fade):
        yield product.files[CLIP], piece.frames
        return
    for key, segment in zip(product.uses, piece.segments, strict=True):
        yield store.needed(key).files[CLIP], segment.frames


def _pixels(store: Store, segment_key: str) -> Product:
    return store.needed(store.needed(segment_key).uses[0])


JPG_QUALITY, WEBP_QUALITY = 88, 86
COLUMNS = 4
_GAP, _LABEL, _SIZE = 20, 40, 19


@dataclass(frozen=True)
class Cell:
    """A still on the contact sheet, with its name and its time in the video."""

    still: Path
    name: str
    time: str


def write_poster(still: Path, folder: Path) -> tuple[Path, Path]:
    """`poster.jpg` and `poster.webp` of a PNG, in `folder`."""
    from PIL import Image

    jpg, webp = folder / "poster.jpg", folder / "poster.webp"
    with Image.open(still) as picture:
        picture.save(jpg, "JPEG", quality=JPG_QUALITY, subsampling=0, optimize=True, progressive=True)
        picture.save(webp, "WEBP", quality=WEBP_QUALITY, method=4)
    return jpg, webp


def write_sheet(
    cells: Sequence[Cell], title: str, theme: Theme, path: Path, letters: Letters = HOUSE
) -> None:
    """All cells in rows of `COLUMNS`, each over its name and time, as PNG."""
    from PIL import Image

    with Image.open(cells[0].still) as first:
        width, height = first.size
    columns, rows = min(COLUMNS, len(cells)), -(-len(cells) // COLUMNS)
    top = 3 * _GAP + _SIZE
    size = (_GAP + columns * (width + _GAP), top + rows * (height + _LABEL + _GAP))
    sheet = Image.new("RGB", size, theme.background)
    pen, large = Pen(_SIZE, letters), Pen(_SIZE + 6, letters)
    large.write(sheet, (_GAP, _GAP), large.cut(title, size[0] - 2 * _GAP), theme.color("text"))
    for number, cell in enumerate(cells):
        row, column = divmod(number, COLUMNS)
        left, upper = _GAP + column * (width + _GAP), top + row * (height + _LABEL + _GAP)
        _place(sheet, cell, left, upper, theme)
        below = upper + height + 8
        time_width = int(pen.width(cell.time))
        pen.write(sheet, (left, below), pen.cut(cell.name, width - time_width - 16), theme.color("text"))
        pen.write(sheet, (left + width - time_width, below), cell.time, theme.color("muted"))
    sheet.save(path, "PNG", optimize=False, compress_level=6)


def _place(sheet: Image, cell: Cell, left: int, top: int, theme: Theme) -> None:
    from PIL import Image, ImageDraw

    with Image.open(cell.still) as picture:
        sheet.paste(picture, (left, top))
        frame = (left - 1, top - 1, left + picture.width, top + picture.height)
    ImageDraw.Draw(sheet).rectangle(frame, outline=theme.line)


SHEET = "sheet.png"


def poster_task(products: Products, store: Path) -> PosterTask:
    """What makes `poster.jpg` and `poster.webp`."""
    still = products.poster.key
    return PosterTask(products.poster_shot, store, key_of("poster", still, _pictures_digest()), still)


def sheet_task(plan: Plan, products: Products, store: Path) -> SheetTask:
    """What makes the contact sheet, a still a beat and both sides of each cut, with names and times."""
    cells = tuple(_cells(plan, products))
    labels = [list(cell) for cell in cells]
    letters = plan.shots[0].letters
    fonts = [font_digests(), footage_versions(), letters.han, *map(digest_path, letters.files)]
    key = key_of("sheet", labels, plan.title, plan.theme, _pictures_digest(), fonts)
    return SheetTask(plan.shots[0].id, store, key, cells, plan.title, plan.theme, letters)


def _cells(plan: Plan, products: Products) -> list[tuple[str, str, str]]:
    cells = []
    for product in products.shots:
        start = plan.start_frames[product.shot.id]
        for beat, still in product.stills.items():
            name = f"{product.shot.id} · {beat}" if beat else product.shot.id
            cells.append((still.key, name, timecode((start + still.frame) / plan.canvas.fps)[:-2]))
    return cells


def _pictures_digest() -> Mapping[str, str]:
    return {"code": code_digest("render/assembly.py"), "pillow": versions()["pillow"]}
