"""The way of a video from its storyboard to published files. `stages` is its table of contents.

A render is a batch of one: `run` and `run_all` drive the stages of one video or of many over one agenda, so
that all share a pool of workers, what several videos show is drawn once, and each is published as soon as it
is whole. The command line, the batch, `--watch` and the studio come through here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any

from explainers.errors import UsageError, did_you_mean
from explainers.kinds.base import ShotPlan
from explainers.manifest import SHOTS, Listing, Manifest, Rendition
from explainers.plan import Plan, load_plan
from explainers.render.assembly import SHEET, encoded, poster_task, sheet_task
from explainers.render.batch import Batch, BatchStopped, Job, Listener, Outcome, Request, Stages, Wanted
from explainers.render.fingerprint import versions
from explainers.render.forkserver import jobs_here
from explainers.render.judging import Referee, geometries_of
from explainers.render.planner import Clip, Fade
from explainers.render.production import Production
from explainers.render.progress import RenderResult, result_of
from explainers.render.publication import (
    Publication,
    Results,
    captions_vtt,
    chapters_vtt,
    manifest_of,
    publishing,
    transcript,
    words_vtt,
)
from explainers.render.store import Product, Store
from explainers.render.visible_text import Geometries, placed_cues, results_of
from explainers.render.workers import Executor, Here, local_executor
from explainers.voice.takes import takes_of
from explainers.voice.track import AAC, CODECS, TRACK_AAC, Placed, mix, mux, track_key, write_track

VIDEO, BURNED = "video.mp4", "video.captions.mp4"

FOREIGN = "{} products in {} were made with another key than yours; they are not used, and made anew"

AHEAD = 4
"""Tasks a worker that are put on the agenda ahead of need: videos are read as the pool gets to them, so that
memory does not grow with their number."""


def stages(job: Job) -> Stages[RenderResult]:
    """The whole way of one video, in its order; it pauses once, until all that it wants is made.

    Raises UsageError, InvalidInput and NotPassed for what stands against rendering or publishing it, and
    RenderFailed where a shot can't be drawn or the disk refuses; what was finished by then is kept.
    """
    request, clock = job.request, _Clock()
    plan = planned(request, say=lambda line: job.listener.say(f"speaking {line}"))
    sound = None if request.shots else _sound(plan)
    clock.passed("reading")
    referee = Referee(plan, request.slates, request.check, job.listener.say, job.findings)
    referee.judge_words(request.variant.burned)
    clock.passed("judging")
    if request.shots:
        return (yield from _some_shots(job, plan, clock))
    main = Production.of(plan)
    burned = [Production.of(plan, burned=True)] if request.variant.burned else []
    wanted = Wanted([main, *burned], main.outcomes())
    main.find(job.agenda, main.products.stills())
    beside = poster_task(main.products, main.store.root), sheet_task(plan, main.products, main.store.root)
    main.find_beside(beside, job.agenda)
    for other in burned:
        other.find(job.agenda)
    if main.store.foreign:
        job.listener.say(FOREIGN.format(main.store.foreign, plan.project.shown(main.store.root)))
    clock.passed("looking")
    yield wanted
    clock.passed("working")
    for one in wanted.productions:
        one.remember()
    referee.judge_pictures(main.products)
    with publishing(request.folder(plan)) as publication:
        geometries = geometries_of(main.store, main.products)
        results = {shot: results_of(plan.shot(shot), one) for shot, one in geometries.items()}
        names = _publish_beside(publication, plan, main, [task.key for task in beside], geometries, results)
        clock.passed("publishing")
        renditions = [_rendition(one, publication, plan, sound) for one in wanted.productions]
        clock.passed("stitching")
        keys = {one.shot.id: one.clip.key for one in main.products.shots}
        parts = {one.shot.id: one.parts for one in main.products.shots}
        content, files = main.products.content_id, publication.files
        made = manifest_of(plan, renditions, files, keys, content, versions(), names, results, parts)
        publication.finish(made)
    clock.passed("publishing")
    return _result(plan, wanted, publication, clock)


def run(
    request: Request,
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    listener: Listener | None = None,
    stages: Callable[[Job], Stages[Any]] = stages,
) -> Any:
    """Render one video, drawing only what changed: a batch of one. Raises what stands against it.

    Shots are drawn by `executor`, or by `jobs` processes of this machine. `stages` may be shorter ones, with
    another result.
    """
    (outcome,) = run_all([request], jobs=jobs, executor=executor, listener=listener, stages=stages)
    if outcome.error is not None:
        raise outcome.error
    return outcome.result


def run_all(
    requests: Sequence[Request],
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    keep_going: bool = False,
    listener: Listener | None = None,
    outcomes: dict[str, Outcome] | None = None,
    stages: Callable[[Job], Stages[Any]] = stages,
) -> list[Outcome]:
    """Render videos of one project with one pool of workers; what became of each request, in order.

    After a failure no other video is begun, unless `keep_going`; what was finished by then is kept.
    `outcomes` gets each video's as it ends, for callers that get no result because the run was interrupted
    or its cluster is gone. No worker is begun where there is nothing to do, or little.
    """
    jobs = jobs_here(jobs)
    batch = Batch(requests, AHEAD * jobs, keep_going, listener or Listener(), outcomes, stages)
    batch.workers = jobs if len(requests) == 1 and executor is None else None
    if requests:
        store = Store(requests[0].project.store_dir)
        with contextlib.suppress(BatchStopped), store.in_use():
            batch.fill()
            if batch:
                local = Here() if batch.light else local_executor(jobs)
                (executor or local).perform(batch, store.root)
    return [batch.outcomes.get(one.name, Outcome(one.name)) for one in requests]


def planned(
    request: Request,
    judged: bool = True,
    only: str | None = None,
    say: Callable[[str], None] | None = None,
) -> Plan:
    """The plan of a request, or of its one shot `only`. Where it is `judged`, typed digits are left to the
    referee; slates are refused where it may not have any. Where the voice counts, lines without a take are
    spoken, and `say` hears so."""
    if request.plan is not None:
        return request.plan
    takes = takes_of(request.project, request.video, request.voice, make=True, say=say)
    return load_plan(
        request.project,
        request.video,
        request.quality,
        request.variant.theme,
        allow_code=request.allow_code,
        strict=not judged,
        allow_slates=request.slates or not judged,
        aspect=request.variant.aspect,
        row=request.row,
        document=request.document,
        only=only,
        takes=takes,
        language=request.variant.language,
    )


def known_shot(plan: Plan, shot_id: str) -> ShotPlan:
    """The shot of that id; UsageError, with the nearest id, where there is none."""
    known = [shot.id for shot in plan.shots]
    if shot_id not in known:
        hint = did_you_mean(shot_id, known, f"shots: {', '.join(known)}")
        raise UsageError(f"{plan.video} has no shot {shot_id!r}; {hint}")
    return plan.shot(shot_id)


# -- shorter ways ----------------------------------------------------------------------------------


def clip_stages(job: Job) -> Stages[Production]:
    """The clips of the request's shots alone, whole ones without fades, made and kept in the store."""
    return (yield from _clips(job, planned(job.request)))[0]


def _clips(job: Job, plan: Plan, clock: _Clock | None = None) -> Stages[tuple[Production, Wanted]]:
    """The clips of the request's shots, made and remembered."""
    production = Production.of(plan, fades=False)
    wanted = Wanted([production], production.outcomes(job.request.shots))
    production.find(job.agenda, only=job.request.shots)
    if clock is not None:
        clock.passed("looking")
    yield wanted
    production.remember(job.request.shots)
    return production, wanted


def _some_shots(job: Job, plan: Plan, clock: _Clock) -> Stages[RenderResult]:
    """Each of the request's shots to a file of its own; the video stays as it is."""
    for shot_id in job.request.shots:
        known_shot(plan, shot_id)
    production, wanted = yield from _clips(job, plan, clock)
    clock.passed("working")
    with publishing(job.request.folder(plan) / SHOTS) as publication:
        for one in production.products.shots:
            if one.shot.id in job.request.shots:
                _join(publication, production, f"{one.shot.id}.mp4", [one.clip], {})
        publication.finish(Listing())
    clock.passed("publishing")
    return _result(plan, wanted, publication, clock)


def write_sheet(
    request: Request, path: Path, *, jobs: int | None = None, listener: Listener | None = None
) -> None:
    """Write the contact sheet alone to `path`: missing stills are drawn, no video is encoded."""
    run(request, jobs=jobs, listener=listener, stages=partial(_sheet_stages, path=path))


def _sheet_stages(job: Job, path: Path) -> Stages[Path]:
    plan = planned(job.request, judged=False)
    production = Production.of(plan)
    production.find(job.agenda, production.products.stills(poster=False), clips=False)
    task = sheet_task(plan, production.products, production.store.root)
    production.find_beside([task], job.agenda)
    yield Wanted([production])
    with publishing(path.parent.resolve()) as publication:
        made = publication.folder / path.name
        made.write_bytes(production.needed(task.key).files[SHEET].read_bytes())
        made.replace(path)
    return path


# -- joining and publishing ------------------------------------------------------------------------


def _rendition(
    production: Production, publication: Publication, plan: Plan, sound: _Sound | None
) -> Rendition:
    """The joined video, with captions in its track or in the picture."""
    name, captions = (BURNED, "burned") if production.burned else (VIDEO, "track")
    made_from = production.products.content_id
    codecs = _join_or_keep(production, publication, name, made_from, plan.title, sound)
    facts, canvas = publication.files[name], plan.canvas
    return Rendition(
        file=name,
        codecs=codecs,
        width=canvas.width,
        height=canvas.height,
        fps=canvas.fps,
        captions=captions,
        bytes=facts.bytes,
        sha256=facts.sha256,
        made_from=made_from,
        sound=sound.key if sound else "",
    )


def _join_or_keep(
    production: Production,
    publication: Publication,
    name: str,
    made_from: str,
    title: str,
    sound: _Sound | None,
) -> str:
    """The codec string of the rendition, joined anew only where frames, sound or title are new, or
    where the file is not the one that was published here: a manifest may have come with it."""
    previous, published = publication.previous, f"published/{production.name}/{name}"
    known, heard = production.store.recall(published), sound.key if sound else ""
    for before in previous.renditions if isinstance(previous, Manifest) and previous.title == title else ():
        same = (before.file, before.made_from, before.sound) == (name, made_from, heard)
        if not same or not publication.stands(name):
            continue
        if known == {"made_from": made_from, "sha256": publication.files[name].sha256, "sound": heard}:
            return before.codecs
    metadata = {"title": title, "comment": f"content {made_from}"}
    codecs = _join(publication, production, name, production.products.joined, metadata, sound)
    facts = {"made_from": made_from, "sha256": publication.files[name].sha256, "sound": heard}
    production.store.remember(published, facts)
    return codecs


def _join(
    publication: Publication,
    production: Production,
    name: str,
    pieces: Sequence[Clip | Fade],
    metadata: Mapping[str, str],
    sound: _Sound | None = None,
) -> str:
    """Join stored clips and fades into a file of the publication, with its sound; its codec string."""
    from explainers.compositor.join import Part, join

    parts = [Part(path, frames) for piece in pieces for path, frames in encoded(production.store, piece)]
    path = publication.folder / name
    silent = path.with_name(f"silent-{name}") if sound else path
    codec = join(parts, silent, metadata).codec
    if sound is not None:
        mux(silent, sound.made.result().files[TRACK_AAC], path, None)
        silent.unlink()
        codec = f"{codec}, {CODECS[AAC]}"
    publication.add_file(name, path)
    return codec


@dataclass(frozen=True)
class _Sound:
    """A film's sound, by its key; it is being made."""

    key: str
    made: Future[Product]


def _sound(plan: Plan) -> _Sound | None:
    """The film's sound; None where it is silent. What is not in the store is mixed here, and finished by
    ffmpeg while the film is judged, drawn and joined."""
    placed = [Placed(line.take, line.start_s) for line in plan.lines if line.take] if plan.voiced else []
    if not placed:
        return None
    store, key = Store(plan.project.store_dir), track_key(placed, plan.duration_s, plan.bed)
    if (found := store.find(key)) is not None:
        there: Future[Product] = Future()
        there.set_result(found)
        return _Sound(key, there)
    mixed = mix(placed, plan.duration_s)

    def finished() -> Product:
        with _one_at_a_time, store.making(key) as folder:
            write_track(mixed, placed, folder, plan.bed)
            return store.keep(key, folder)

    pool = ThreadPoolExecutor(1)
    made = pool.submit(finished)
    pool.shutdown(wait=False)
    return _Sound(key, made)


_one_at_a_time = Lock()


def _publish_beside(
    publication: Publication,
    plan: Plan,
    production: Production,
    keys: Iterable[str],
    geometries: Geometries,
    results: Results,
) -> dict[str, str]:
    """Publish what stands beside the video; the files' names by what they are."""
    names = {
        "captions": f"captions.{plan.language}.vtt",
        "chapters": f"chapters.{plan.language}.vtt",
        "transcript": "transcript.md",
        "sheet": SHEET,
        "poster_jpg": "poster.jpg",
        "poster_webp": "poster.webp",
    }
    cues, places = placed_cues(plan, geometries)
    publication.add(names["captions"], captions_vtt(cues, plan.canvas, places))
    publication.add(names["chapters"], chapters_vtt(plan.chapters, plan.duration_s))
    publication.add(names["transcript"], transcript(plan, results))
    if plan.voiced and plan.lines:
        names["words"] = f"words.{plan.language}.vtt"
        publication.add(names["words"], words_vtt(plan.lines))
    for key in keys:
        for name, path in sorted(production.needed(key).files.items()):
            publication.add_file(name, path)
    return names


def _result(plan: Plan, wanted: Wanted, publication: Publication, clock: _Clock) -> RenderResult:
    done = [one for production in wanted.productions for one in production.done]
    if wanted.workers is not None:
        at_work = sum(one.elapsed_s for one in done)
        clock.seconds["waiting"] = max(0.0, wanted.workers * clock.seconds["working"] - at_work)
    shots = wanted.productions[0].summary(wanted.shots)
    return result_of(
        plan, done, publication.directory, shots, publication.files, clock.elapsed_s, clock.seconds
    )


class _Clock:
    """Where the time of one video goes."""

    def __init__(self) -> None:
        self.began = self._last = perf_counter()
        self.seconds: dict[str, float] = {}

    def passed(self, what: str) -> None:
        """What passed since the last call went into `what`."""
        now = perf_counter()
        self.seconds[what] = self.seconds.get(what, 0.0) + now - self._last
        self._last = now

    @property
    def elapsed_s(self) -> float:
        return perf_counter() - self.began
