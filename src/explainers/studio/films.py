"""Jobs of the animatics' process: shots at draft quality, from and into the store that `render` uses."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from explainers.render.pipeline import Hearer, Outcome, Request, clip_stages, run
from explainers.render.planner import CLIP, beat_frames, products_of
from explainers.render.progress import Progress
from explainers.render.store import Store
from explainers.studio.look import Desked, Look
from explainers.studio.worker import Context

QUALITY = "draft"
MOST = 2000
"""Pieces of animatics that are kept."""


def survey(context: Context, desked: Desked, look: Look) -> dict[str, list[dict[str, Any]]]:
    """The pieces of every shot's animatic: its segments, when they are seen in it, and if they are there."""
    plan = desked.plan(look, QUALITY)
    context.memory[look] = plan
    films, fps = desked.folder / "films", plan.canvas.fps
    return {
        one.shot.id: [
            {
                "key": segment.key,
                "from": segment.first / fps,
                "until": segment.end_exclusive / fps,
                "ready": (films / f"{segment.key}.mp4").is_file(),
            }
            for segment in one.clip.segments
        ]
        for one in products_of(plan, fading=False).shots
    }


def film(context: Context, desked: Desked, look: Look, shot: str) -> None:
    """Draw what a shot's animatic lacks. Every piece is told as soon as it can be played.

    Nothing is done where the plan has moved on meanwhile.
    """
    plan = context.memory.get(look)
    if plan is None or all(one.id != shot for one in plan.shots):
        return
    (clip,) = (one.clip for one in products_of(plan, fading=False).shots if one.shot.id == shot)
    store, films, waiting = Store(plan.project.store_dir), desked.folder / "films", list(clip.segments)
    films.mkdir(parents=True, exist_ok=True)

    class Pieces(Hearer):
        """Tells of every piece as soon as it is there, and ends the work that nobody waits for."""

        def progress(self, video: str, progress: Progress) -> None:
            context.go_on()
            for segment in list(waiting):
                if _kept(store, segment.key, films):
                    waiting.remove(segment)
                    context.tell(segment.key)

        def ended(self, outcome: Outcome) -> None:
            for segment in waiting:
                if _kept(store, segment.key, films):
                    context.tell(segment.key)

    run(Request.of(plan, shots=(shot,)), jobs=1, hearer=Pieces(), stages=clip_stages)
    _thin_out(films)


def _kept(store: Store, segment: str, films: Path) -> bool:
    """Whether a segment is in the store; then its file is put where the page finds it."""
    target = films / f"{segment}.mp4"
    if target.is_file():
        return True
    product = store.find(segment)
    pixels = store.find(product.uses[0]) if product else None
    if pixels is None:
        return False
    # Scratch first: a page must never be given half a file.
    aside = films / f".{segment}.part"
    shutil.copyfile(pixels.files[CLIP], aside)
    aside.replace(target)
    return True


def judge(context: Context, desked: Desked, look: Look) -> tuple[str, list[dict[str, Any]]]:
    """What the referee finds in words and in the pictures that are drawn: the finished ones, else drafts.

    The first of the pair says which.
    """
    from explainers.check import judge as judged
    from explainers.render.judging import drawn_of
    from explainers.studio.planning import shown

    for quality in dict.fromkeys((desked.project.settings.quality, QUALITY)):
        plan = desked.plan(look, quality)
        drawn = drawn_of(plan, products_of(plan, fading=quality != QUALITY))
        if quality == QUALITY or all(one.geometry is not None for one in drawn.values()):
            break
    context.go_on()
    return quality, [shown(one) for one in judged(plan, drawn_of=lambda _: drawn).findings]


def example(context: Context, path: Path, kind: str) -> str:
    """The example of a scene kind, drawn at rest into `path`; its form is WebP."""
    from explainers.kinds import discover
    from explainers.plan import load_plan
    from explainers.render.stills import still as exact
    from explainers.studio.frames import encoded

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
    """Leave the newest pieces only."""
    films = sorted(folder.glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in films[MOST:]:
        path.unlink(missing_ok=True)
    # What a killed studio left behind: this process makes one piece at a time.
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)


JOBS = {"survey": survey, "film": film, "judge": judge, "example": example}
