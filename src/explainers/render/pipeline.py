"""Rendering a video: reuse or draw, join, write what stands beside it, publish."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from explainers.errors import UsageError, nearest
from explainers.manifest import Listing
from explainers.plan import Plan
from explainers.render.assembly import SHEET, sheet_task
from explainers.render.executor import Executor, Here, default_jobs, local_executor
from explainers.render.publication import publishing
from explainers.render.rendering import Judge, Rendering, join_into, walk_of
from explainers.render.result import Listener, RenderResult, result_of
from explainers.render.scheduler import Agenda
from explainers.render.stills import stills_for
from explainers.render.store import Store


def render(
    plan: Plan,
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | None = None,
    burned: bool = False,
    listener: Listener | None = None,
    judge: Judge | None = None,
) -> RenderResult:
    """Render a video into `out` or its folder in `renders/`, drawing only what changed.

    `burned` adds a rendition with the captions in the picture. `listener` hears the progress. `judge` sees
    what was drawn before anything is published; what it raises stops that. Shots are drawn by `executor`,
    or by `jobs` processes of this machine. Raises RenderFailed where a shot can't be drawn or the disk
    refuses; what was finished by then is kept.
    """
    rendering = Rendering(plan, out=out, burned=burned, listener=listener, judge=judge)
    agenda = Agenda()
    with Store(plan.project.store_dir).in_use():
        rendering.begin(agenda)
        workers = 1 if agenda.light else jobs or default_jobs()
        work_off(agenda, plan, jobs, executor)
        return rendering.publish(workers if executor is None else None)


def render_shots(
    plan: Plan,
    shot_ids: Sequence[str],
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | None = None,
    listener: Listener | None = None,
) -> RenderResult:
    """Render some shots only, each to `shots/<id>.mp4` in the video's folder; the video stays as it is.

    UsageError names an id that no shot has.
    """
    started = perf_counter()
    known = [shot.id for shot in plan.shots]
    for shot_id in shot_ids:
        if shot_id not in known:
            near = nearest(shot_id, known)
            hint = f"did you mean {near!r}?" if near else f"shots: {', '.join(known)}"
            raise UsageError(f"{plan.video} has no shot {shot_id!r}; {hint}")
    walk = walk_of(plan, fades=False, listener=listener)
    with walk.store.in_use():
        outcomes = walk.outcomes(shot_ids)
        agenda = Agenda()
        walk.add_to(agenda, {}, only=shot_ids)
        work_off(agenda, plan, jobs, executor)
        walk.remember(shot_ids)
        directory = (out or plan.project.renders_dir(plan.name)) / "shots"
        with publishing(directory) as publication:
            for one in walk.products.shots:
                if one.shot.id in shot_ids:
                    join_into(publication, walk, f"{one.shot.id}.mp4", [one.clip], {})
            publication.finish(Listing())
    return result_of(
        plan, walk.done, directory, walk.told(outcomes), publication.files, perf_counter() - started, {}
    )


def sheet(plan: Plan, path: Path, *, jobs: int | None = None, listener: Listener | None = None) -> None:
    """Write the contact sheet alone to `path`: missing stills are drawn, no video is encoded."""
    walk, agenda = walk_of(plan, listener=listener), Agenda()
    with walk.store.in_use():
        walk.add_to(agenda, stills_for(walk.products, poster=False), clips=False)
        task = sheet_task(plan, walk.products, walk.store.root)
        walk.add_beside([task], agenda)
        work_off(agenda, plan, jobs)
        with publishing(path.absolute().parent) as publication:
            made = publication.folder / path.name
            made.write_bytes(walk.needed(task.key).files[SHEET].read_bytes())
            made.replace(path)


def work_off(agenda: Agenda, plan: Plan, jobs: int | None, executor: Executor | None = None) -> None:
    """Have everything on the agenda done; no worker is begun where there is nothing to do, or little."""
    if agenda:
        local = Here() if agenda.light else local_executor(jobs)
        (executor or local).perform(agenda, plan.project.store_dir)
