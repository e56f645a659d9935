"""One video being rendered: begun, made by whatever works the agenda off, and published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from explainers.manifest import Manifest, Rendition
from explainers.plan import Plan
from explainers.render.assembly import poster_task, sheet_task
from explainers.render.clips import encoded
from explainers.render.fingerprint import key_of
from explainers.render.manifest import manifest_of
from explainers.render.pieces import Clip
from explainers.render.planner import Fade, Products, products_of
from explainers.render.production import Walk
from explainers.render.publication import Publication, publishing
from explainers.render.result import Listener, RenderResult, ShotOutcome, result_of
from explainers.render.scheduler import Agenda
from explainers.render.stills import stills_for
from explainers.render.store import Store
from explainers.render.tracks import captions_vtt, chapters_vtt
from explainers.render.transcript import transcript
from explainers.render.versions import versions

VIDEO, BURNED = "video.mp4", "video.captions.mp4"

Judge = Callable[[Products], None]
"""Looks at drawn products, and raises what stands against publishing them."""


class Rendering:
    """A render of one video in its stages. Several may put what they lack on one agenda.

    `outcomes` say what happens to each shot, and why; `walks` are one walk for the video and one for the
    rendition with burned captions.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        out: Path | None = None,
        burned: bool = False,
        listener: Listener | None = None,
        judge: Judge | None = None,
    ):
        self.plan, self.judge = plan, judge
        self.directory = out or plan.project.renders_dir(plan.name)
        self._started = perf_counter()
        self.walk = walk_of(plan, listener=listener)
        self.walks = [self.walk, *([walk_of(plan, burned=True, listener=listener)] if burned else [])]
        self._poster = poster_task(self.walk.products, self.walk.store.root)
        self._sheet = sheet_task(plan, self.walk.products, self.walk.store.root)
        self.outcomes: tuple[ShotOutcome, ...] = ()
        self._begun = self._started

    @property
    def wanted(self) -> set[str]:
        """The keys of everything the video needs, once begun."""
        return set().union(*(walk.wanted for walk in self.walks))

    def on_progress(self, listener: Listener) -> None:
        """Let `listener` hear the progress of every shot."""
        for walk in self.walks:
            walk.tell = listener

    def begin(self, agenda: Agenda) -> None:
        """Look for every product, and put on the agenda what is not there."""
        self.outcomes = self.walk.outcomes()
        self.walk.add_to(agenda, stills_for(self.walk.products))
        self.walk.add_beside((self._poster, self._sheet), agenda)
        for other in self.walks[1:]:
            other.add_to(agenda, {})
        self._begun = perf_counter()

    def complete(self, agenda: Agenda) -> bool:
        """Whether nothing of this video is still to be made, so that it can be published."""
        return not any(agenda.owes(walk.wanted) for walk in self.walks)

    def publish(self, workers: int | None = None) -> RenderResult:
        """Judge, join and publish what was made. Raises what the judge raises, and RenderFailed.

        `workers` are those that had nothing else to do, so that the result tells how long they waited.
        """
        plan, walk, drawn = self.plan, self.walk, perf_counter()
        for one in self.walks:
            one.remember()
        if self.judge is not None:
            self.judge(walk.products)
        with publishing(self.directory) as publication:
            joining = perf_counter()
            renditions = [_rendition(one, publication, plan) for one in self.walks]
            joined = perf_counter()
            names = self._publish_beside(publication)
            keys = {one.shot.id: one.clip.key for one in walk.products.shots}
            made_from = content_id(walk.products)
            files = publication.files
            publication.finish(manifest_of(plan, renditions, files, keys, made_from, versions(), names))
        ended = perf_counter()
        times = {
            "looking": self._begun - self._started,
            "working": drawn - self._begun,
            "stitching": joined - joining,
            "publishing": ended - drawn - (joined - joining),
        }
        done = [one for each in self.walks for one in each.done]
        if workers is not None:
            at_work = sum(one.elapsed_s for one in done)
            times["waiting"] = max(0.0, workers * times["working"] - at_work)
        elapsed = ended - self._started
        outcomes = walk.told(self.outcomes)
        return result_of(plan, done, self.directory, outcomes, publication.files, elapsed, times)

    def _publish_beside(self, publication: Publication) -> dict[str, str]:
        """Publish what stands beside the video; the files' names by what they are."""
        plan, walk = self.plan, self.walk
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
        for task in (self._sheet, self._poster):
            for name, path in sorted(walk.needed(task.key).files.items()):
                publication.add_file(name, path)
        return names


def walk_of(plan: Plan, burned: bool = False, fades: bool = True, listener: Listener | None = None) -> Walk:
    """A walk over the plan's products; without `fades` every shot is whole."""
    store = Store(plan.project.store_dir)
    store.clean()
    canvas = plan.canvas
    name = f"{plan.name}/{canvas.width}x{canvas.height}@{canvas.fps}" + ("-burned" if burned else "")
    walk = Walk(store, name, products_of(plan, burned, fades))
    if listener is not None:
        walk.tell = listener
    return walk


def content_id(products: Products) -> str:
    """Stands for every frame of the video: the keys of what is joined, in order."""
    return key_of("video", products.clip_keys)


def _rendition(walk: Walk, publication: Publication, plan: Plan) -> Rendition:
    burned = walk.name.endswith("-burned")
    name, captions = (BURNED, "burned") if burned else (VIDEO, "track")
    made_from = content_id(walk.products)
    codecs = _join_or_keep(walk, publication, name, made_from, plan.title)
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
    )


def _join_or_keep(walk: Walk, publication: Publication, name: str, made_from: str, title: str) -> str:
    """The codec string of the rendition, joined anew only where its frames or its title are new."""
    previous = publication.previous
    for before in previous.renditions if isinstance(previous, Manifest) and previous.title == title else ():
        if before.file == name and before.made_from == made_from and publication.stands(name):
            return before.codecs
    metadata = {"title": title, "comment": f"content {made_from}"}
    return join_into(publication, walk, name, walk.products.joined, metadata)


def join_into(
    publication: Publication,
    walk: Walk,
    name: str,
    pieces: Sequence[Clip | Fade],
    metadata: Mapping[str, str],
) -> str:
    """Join stored clips and fades into a file of the publication; its codec string."""
    from explainers.film.join import Part, join

    parts = [Part(path, frames) for piece in pieces for path, frames in encoded(walk.store, piece)]
    joined = join(parts, publication.folder / name, metadata)
    publication.add_file(name, publication.folder / name)
    return joined.codec
