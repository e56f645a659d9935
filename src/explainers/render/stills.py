"""Stills: any frame of the video alone, and those that the poster and the contact sheet are made of."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from explainers.kinds.base import ShotPlan
from explainers.plan import Plan
from explainers.render.drawing import picture_of
from explainers.render.fading import faded
from explainers.render.pieces import Still
from explainers.render.planner import Drawable, Products, code_folder
from explainers.render.store import Store
from explainers.render.tasks import Source

if TYPE_CHECKING:
    import numpy as np


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
