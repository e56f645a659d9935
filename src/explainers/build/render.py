"""Rendering a video: reuse or draw, join, write what stands beside it, publish."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from explainers.build.keys import key_of
from explainers.build.products import CLIP, Products, products_of
from explainers.build.result import Listener, RenderResult, ShotOutcome
from explainers.build.stills import poster_files, sheet_file, stills_for
from explainers.build.versions import versions
from explainers.build.walk import Walk
from explainers.deliver.manifest import Rendition, manifest
from explainers.deliver.publication import Publication, publishing
from explainers.deliver.tracks import captions_vtt, chapters_vtt
from explainers.deliver.transcript import transcript
from explainers.errors import UsageError, nearest
from explainers.plan import Plan
from explainers.store import Store

VIDEO, BURNED = "video.mp4", "video.captions.mp4"

Judge = Callable[[Products], None]
"""Looks at drawn products, and raises what stands against publishing them."""


def render(
    plan: Plan,
    *,
    jobs: int | None = None,
    out: Path | None = None,
    burned: bool = False,
    listener: Listener | None = None,
    judge: Judge | None = None,
) -> RenderResult:
    """Render a video into `out` or its folder in `renders/`, drawing only what changed.

    `burned` adds a rendition with the captions in the picture. `listener` hears the progress. `judge` sees
    what was drawn before anything is published; what it raises stops that. Raises RenderFailed where a shot
    can't be drawn or the disk refuses; what was finished by then is kept.
    """
    started = perf_counter()
    walk = walk_of(plan)
    walks = [walk, walk_of(plan, burned=True)] if burned else [walk]
    outcomes = walk.outcomes()
    looked = perf_counter()
    tasks = walk.tasks(stills_for(walk.products))
    for other in walks[1:]:
        tasks += other.tasks({})
    walk.make(tasks, jobs or default_jobs(), listener)
    for one in walks:
        one.remember()
    if judge is not None:
        judge(walk.products)
    drawn = perf_counter()
    directory = out or plan.project.renders_dir(plan.video)
    with publishing(directory) as publication:
        renditions = [_rendition(one, publication, plan) for one in walks]
        names = _beside(plan, walk, publication)
        keys = {one.shot.id: one.clip.key for one in walk.products.shots}
        record = manifest(
            plan, renditions, publication.files, keys, content_id(walk.products), versions(), names
        )
        publication.finish(record)
    times = {"looking": looked - started, "working": drawn - looked, "publishing": perf_counter() - drawn}
    return _result(plan, walk, directory, outcomes, tuple(publication.files), started, times)


def render_shots(
    plan: Plan,
    shot_ids: Sequence[str],
    *,
    jobs: int | None = None,
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
    walk = walk_of(plan, fades=False)
    outcomes = walk.outcomes(shot_ids)
    walk.make(walk.tasks({}, only=shot_ids), jobs or default_jobs(), listener)
    walk.remember(shot_ids)
    directory = (out or plan.project.renders_dir(plan.video)) / "shots"
    with publishing(directory) as publication:
        for one in walk.products.shots:
            if one.shot.id in shot_ids:
                _join(walk, publication, f"{one.shot.id}.mp4", [one.clip.key], [one.clip.frames], {})
        publication.finish({"files": {}})
    return _result(plan, walk, directory, outcomes, tuple(publication.files), started, {})


def sheet(plan: Plan, path: Path, *, jobs: int | None = None, listener: Listener | None = None) -> None:
    """Write the contact sheet alone to `path`: missing stills are drawn, no video is encoded."""
    walk = walk_of(plan)
    walk.make(
        walk.tasks(stills_for(walk.products, poster=False), clips=False), jobs or default_jobs(), listener
    )
    with publishing(path.absolute().parent) as publication:
        made = publication.folder / path.name
        made.write_bytes(sheet_file(plan, walk).read_bytes())
        made.replace(path)


def walk_of(plan: Plan, burned: bool = False, fades: bool = True) -> Walk:
    """A walk over the plan's products; without `fades` every shot is whole."""
    store = Store(plan.project.store_dir)
    store.clean()
    canvas = plan.canvas
    name = f"{plan.video}/{canvas.width}x{canvas.height}@{canvas.fps}" + ("-burned" if burned else "")
    return Walk(store, name, products_of(plan, burned, fades))


def content_id(products: Products) -> str:
    """Stands for every frame of the video: the keys of what is joined, in order."""
    return key_of("video", products.clip_keys)


def default_jobs() -> int:
    """A worker for each core this process may use, at most eight."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(8, cores))


def _rendition(walk: Walk, publication: Publication, plan: Plan) -> Rendition:
    burned = walk.name.endswith("-burned")
    name, captions = (BURNED, "burned") if burned else (VIDEO, "track")
    made_from = content_id(walk.products)
    codecs = _join_or_keep(walk, publication, name, made_from, plan.title)
    return Rendition(name, codecs, captions, made_from)


def _join_or_keep(walk: Walk, publication: Publication, name: str, made_from: str, title: str) -> str:
    """The codec string of the rendition, joined anew only where its frames or its title are new."""
    for before in publication.previous.get("renditions", ()):
        same = before.get("file") == name and before.get("made_from") == made_from
        if same and publication.previous.get("title") == title and publication.stands(name):
            return str(before["codecs"])
    parts = walk.products.joined
    frames = [one.frames for one in parts]
    metadata = {"title": title, "comment": f"content {made_from}"}
    return _join(walk, publication, name, [one.key for one in parts], frames, metadata)


def _join(
    walk: Walk,
    publication: Publication,
    name: str,
    keys: Sequence[str],
    frames: Sequence[int],
    metadata: Mapping[str, str],
) -> str:
    from explainers.film.join import Part, join

    parts = [Part(walk.needed(key).files[CLIP], count) for key, count in zip(keys, frames, strict=True)]
    joined = join(parts, publication.folder / name, metadata)
    publication.add_file(name, publication.folder / name)
    return joined.codec


def _beside(plan: Plan, walk: Walk, publication: Publication) -> dict[str, str]:
    """Publish what stands beside the video; the files' names by what they are."""
    names = {
        "captions": f"captions.{plan.language}.vtt",
        "chapters": f"chapters.{plan.language}.vtt",
        "transcript": "transcript.md",
        "sheet": "sheet.png",
        "poster_jpg": "poster.jpg",
        "poster_webp": "poster.webp",
    }
    publication.add(names["captions"], captions_vtt(plan.cues, plan.canvas))
    publication.add(names["chapters"], chapters_vtt(plan.chapters, plan.duration_s))
    publication.add(names["transcript"], transcript(plan))
    publication.add_file(names["sheet"], sheet_file(plan, walk))
    for path in poster_files(walk):
        publication.add_file(path.name, path)
    return names


def _result(
    plan: Plan,
    walk: Walk,
    directory: Path,
    outcomes: Sequence[ShotOutcome],
    files: tuple[str, ...],
    started: float,
    times: Mapping[str, float],
) -> RenderResult:
    counts: dict[str, int] = {}
    seconds: dict[str, float] = dict(times)
    for done in walk.done:
        for name, count in done.counts.items():
            counts[name] = counts.get(name, 0) + count
        for name, spent in done.seconds.items():
            seconds[name] = seconds.get(name, 0.0) + spent
    elapsed = perf_counter() - started
    return RenderResult(
        plan.video, directory, plan.canvas.fps, tuple(outcomes), files, elapsed, counts, seconds
    )
