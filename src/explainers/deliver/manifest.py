"""`manifest.json`: the written record of what was delivered and what it was made from. No clock in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explainers.digest import digest_file
from explainers.facts.ledger import Fact
from explainers.kinds.base import ShotPlan
from explainers.plan import Plan

VERSION = "manifest/1"


@dataclass(frozen=True)
class FileFacts:
    """Size and SHA-256 of a file as published."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Rendition:
    """A delivered video: its file name, the codec string browsers ask for, how its captions come, and
    the content id of the frames it was made from."""

    file: str
    codecs: str
    captions: str
    made_from: str
    type: str = "video/mp4"


def manifest(
    plan: Plan,
    renditions: Sequence[Rendition],
    files: Mapping[str, FileFacts],
    keys: Mapping[str, str],
    content_id: str,
    versions: Mapping[str, str],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """The record as plain data. `keys` are the shots' content keys by id, `names` the published files
    by what they are (`captions`, `chapters`, `poster_jpg` ...)."""
    canvas = plan.canvas
    return {
        "manifest": VERSION,
        "video": plan.name,
        "title": plan.title,
        "description": plan.description,
        "authors": list(plan.authors),
        "language": plan.language,
        "page": plan.page.model_dump() if plan.page else {},
        "content_id": content_id,
        "quality": plan.quality,
        "theme": plan.theme.name,
        "duration_s": round(plan.duration_s, 6),
        "frames": plan.total_frames,
        "fps": canvas.fps,
        "width": canvas.width,
        "height": canvas.height,
        "renditions": [_rendition(plan, one, files[one.file]) for one in renditions],
        "poster": _poster(plan, names),
        "captions": [
            {"file": names["captions"], "language": plan.language, "default": True, "cues": len(plan.cues)}
        ],
        "chapters_file": names["chapters"],
        "chapters": [{"start_s": round(one.start_s, 6), "title": one.title} for one in plan.chapters],
        "shots": _shots(plan, keys),
        "facts": [_fact(fact) for fact in plan.facts.facts.values()],
        "inputs": _inputs(plan),
        "sources": [{"name": name, **_written(source)} for name, source in plan.sources.items()],
        "files": {name: {"bytes": one.bytes, "sha256": one.sha256} for name, one in sorted(files.items())},
        "versions": dict(sorted(versions.items())),
    }


def _rendition(plan: Plan, one: Rendition, facts: FileFacts) -> dict[str, Any]:
    return {
        "file": one.file,
        "type": one.type,
        "codecs": one.codecs,
        "width": plan.canvas.width,
        "height": plan.canvas.height,
        "fps": plan.canvas.fps,
        "captions": one.captions,
        "bytes": facts.bytes,
        "sha256": facts.sha256,
        "made_from": one.made_from,
    }


def _poster(plan: Plan, names: Mapping[str, str]) -> dict[str, Any]:
    shot, _ = plan.shot_at(plan.poster_frame)
    words = [plan.title, *(text for text in (shot.title, shot.statement) if text and text != plan.title)]
    return {
        "jpg": names["poster_jpg"],
        "webp": names["poster_webp"],
        "width": plan.canvas.width,
        "height": plan.canvas.height,
        "at_s": round(plan.poster_frame / plan.canvas.fps, 6),
        "alt": ". ".join(word.rstrip(".") for word in words) + ".",
    }


def _shots(plan: Plan, keys: Mapping[str, str]) -> list[dict[str, Any]]:
    shots = []
    for shot in plan.shots:
        start = plan.start_frames[shot.id]
        shots.append(
            {
                "id": shot.id,
                "kind": shot.kind,
                "title": shot.title,
                "statement": shot.statement,
                "provenance": shot.provenance,
                "start_s": round(start / plan.canvas.fps, 6),
                "end_s": round((start + shot.duration_frames) / plan.canvas.fps, 6),
                "frames": shot.duration_frames,
                "beats": [{"id": one.id, "start_s": round(one.start_s, 6)} for one in shot.beats],
                "slates": slates_of(shot),
                "key": keys[shot.id],
            }
        )
    return shots


def slates_of(shot: ShotPlan) -> list[str]:
    """The missing files for which a shot shows a slate; a drawn stand-in is none."""
    return [] if getattr(shot.params, "stand_in", None) else [one.path for one in shot.missing]


def _inputs(plan: Plan) -> list[dict[str, str]]:
    """Every file of the project that was read, with its SHA-256; of a folder, the files in it."""
    found = {}
    for path in plan.inputs:
        for file in sorted(path.rglob("*")) if path.is_dir() else (path,):
            if file.is_file() and file.is_relative_to(plan.project.root):
                found[plan.project.shown(file)] = digest_file(file)
    return [{"path": path, "sha256": digest} for path, digest in sorted(found.items())]


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "name": fact.name,
        "value": fact.value,
        "text": fact.text,
        "unit": fact.unit,
        "format": fact.format,
        "expression": fact.expression,
        "table": fact.table,
        "where": dict(fact.where),
        "sources": list(fact.sources),
    }


def _written(source: Any) -> dict[str, Any]:
    return {name: value for name, value in source.model_dump().items() if value is not None}
