"""Jobs of the animatics' process: shots at draft quality, from and into the store that `render` uses."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from explainers.build import Progress, render_shots
from explainers.studio.look import Desked, Look
from explainers.studio.worker import Context

QUALITY = "draft"
MOST = 400
"""Animatics that are kept."""


def survey(context: Context, desked: Desked, look: Look) -> list[tuple[str, str, bool]]:
    """Every shot's id, the name of its animatic, and whether that is there."""
    from explainers.build.products import products_of

    plan = desked.plan(look, QUALITY)
    context.memory[look] = plan
    films = desked.folder / "films"
    keys = [(one.shot.id, one.clip.key) for one in products_of(plan, fading=False).shots]
    return [(shot_id, key, (films / f"{key}.mp4").is_file()) for shot_id, key in keys]


def film(context: Context, desked: Desked, look: Look, shot: str, key: str) -> str | None:
    """Draw what a shot's animatic lacks and keep it under `key`; None where the plan has moved on."""
    plan = context.memory.get(look)
    if plan is None or all(one.id != shot for one in plan.shots):
        return None
    target = desked.folder / "films" / f"{key}.mp4"

    def told(_: Progress) -> None:
        context.go_on()

    if not target.is_file():
        context.go_on()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=target.parent) as folder:
            render_shots(plan, [shot], jobs=1, out=Path(folder), listener=told)
            (Path(folder) / "shots" / f"{shot}.mp4").replace(target)
        _thin_out(target.parent)
    return key


def judge(context: Context, desked: Desked, look: Look) -> tuple[str, list[dict[str, Any]]]:
    """What the referee finds in words and in the pictures that are drawn: the finished ones, else drafts.

    The first of the pair says which.
    """
    from explainers.build.products import products_of
    from explainers.check import judge as judged
    from explainers.check.stored import drawn_of
    from explainers.store import Store
    from explainers.studio.words import shown

    store = Store(desked.project.store_dir)
    for quality in dict.fromkeys((desked.project.settings.quality, QUALITY)):
        plan = desked.plan(look, quality)
        products = products_of(plan, fading=quality != QUALITY)
        keys = {one.shot.id: one.clip.key for one in products.shots}
        fades = {shot_id: fade.key for shot_id, fade in products.fades.items()}
        drawn = drawn_of(store, keys, fades)
        if quality == QUALITY or all(one.geometry is not None for one in drawn.values()):
            break
    context.go_on()
    return quality, [shown(one) for one in judged(plan, drawn_of=lambda _: drawn).findings]


def example(context: Context, path: Path, kind: str) -> str:
    """The example of a scene kind, drawn at rest into `path`; its form is WebP."""
    from explainers.build import still as exact
    from explainers.build.products import beat_frames
    from explainers.kinds import discover
    from explainers.plan import load_plan
    from explainers.studio.pictures import encoded

    with tempfile.TemporaryDirectory(prefix="explainers-kind-") as root:
        project = discover()[kind].write_example(Path(root))
        plan = load_plan(project, kind, "standard")
        shot = plan.shots[0]
        pixels = exact(plan, plan.start_frames[shot.id] + max(beat_frames(shot).values()))
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{kind}.part")
    aside.write_bytes(encoded(pixels, 960, "WEBP"))
    aside.replace(path)
    return str(path)


def _thin_out(folder: Path) -> None:
    """Leave the newest animatics only."""
    films = sorted(folder.glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in films[MOST:]:
        path.unlink(missing_ok=True)
    for left in folder.glob(".part-*"):
        # What a killed studio left behind: this process makes one animatic at a time.
        shutil.rmtree(left, ignore_errors=True)


JOBS = {"survey": survey, "film": film, "judge": judge, "example": example}
