"""The manifest of a rendered plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from explainers import manifest as record
from explainers.digest import digest_file
from explainers.kinds.base import ShotPlan
from explainers.manifest import FileFacts, Manifest
from explainers.plan import Plan


def manifest_of(
    plan: Plan,
    renditions: Sequence[record.Rendition],
    files: Mapping[str, FileFacts],
    keys: Mapping[str, str],
    content_id: str,
    versions: Mapping[str, str],
    names: Mapping[str, str],
) -> Manifest:
    """The record of what was made of a plan. `keys` are the shots' content keys by id, `names` the published
    files by what they are (`captions`, `chapters`, `poster_jpg` ...)."""
    canvas, facts = plan.canvas, plan.facts.facts.values()
    return Manifest(
        video=plan.name,
        title=plan.title,
        description=plan.description,
        authors=plan.authors,
        language=plan.language,
        page=record.Page(**plan.page.model_dump()),
        content_id=content_id,
        quality=plan.quality,
        theme=plan.theme.name,
        duration_s=round(plan.duration_s, 6),
        frames=plan.total_frames,
        fps=canvas.fps,
        width=canvas.width,
        height=canvas.height,
        renditions=tuple(renditions),
        poster=_poster(plan, names),
        captions=(record.Track(file=names["captions"], language=plan.language, cues=len(plan.cues)),),
        cues=tuple(
            record.Cue(start_s=round(one.start_s, 6), end_s=round(one.end_s, 6), text=one.text)
            for one in plan.cues
        ),
        chapters_file=names["chapters"],
        chapters=tuple(
            record.Chapter(start_s=round(one.start_s, 6), title=one.title) for one in plan.chapters
        ),
        shots=tuple(_shot(plan, shot, keys[shot.id]) for shot in plan.shots),
        facts=tuple(
            record.Fact(
                **{name: getattr(one, name) for name in record.Fact.model_fields if name != "where"},
                where=dict(one.where),
            )
            for one in facts
        ),
        inputs=tuple(_inputs(plan)),
        sources=tuple(
            record.Source(name=name, **source.model_dump(exclude_none=True))
            for name, source in plan.sources.items()
        ),
        files=dict(sorted(files.items())),
        versions=dict(sorted(versions.items())),
    )


def _poster(plan: Plan, names: Mapping[str, str]) -> record.Poster:
    shot, _ = plan.shot_at(plan.poster_frame)
    words = [plan.title, *(text for text in (shot.title, shot.statement) if text and text != plan.title)]
    return record.Poster(
        jpg=names["poster_jpg"],
        webp=names["poster_webp"],
        width=plan.canvas.width,
        height=plan.canvas.height,
        at_s=round(plan.poster_frame / plan.canvas.fps, 6),
        alt=". ".join(word.rstrip(".") for word in words) + ".",
    )


def _shot(plan: Plan, shot: ShotPlan, key: str) -> record.Shot:
    start, fps = plan.start_frames[shot.id], plan.canvas.fps
    return record.Shot(
        id=shot.id,
        kind=shot.kind,
        title=shot.title,
        statement=shot.statement,
        provenance=shot.provenance,
        start_s=round(start / fps, 6),
        end_s=round((start + shot.duration_frames) / fps, 6),
        frames=shot.duration_frames,
        beats=tuple(record.Beat(id=one.id, start_s=round(one.start_s, 6)) for one in shot.beats),
        slates=slates_of(shot),
        key=key,
    )


def slates_of(shot: ShotPlan) -> tuple[str, ...]:
    """The missing files for which a shot shows a slate; a drawn stand-in is none."""
    return () if getattr(shot.params, "stand_in", None) else tuple(one.path for one in shot.missing)


def _inputs(plan: Plan) -> Iterator[record.Input]:
    """Every file of the project that was read, with its SHA-256; of a folder, the files in it."""
    found = {}
    for path in plan.inputs:
        for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
            if file.is_file() and file.is_relative_to(plan.project.root):
                found[plan.project.shown(file)] = digest_file(file)
    return (record.Input(path=path, sha256=digest) for path, digest in sorted(found.items()))
