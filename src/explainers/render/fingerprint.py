"""The content key of a picture, in named parts, so that it can be said which of them changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from explainers.digest import digest_file, digest_value
from explainers.errors import RenderFailed
from explainers.kinds import Kind
from explainers.kinds.base import ShotPlan
from explainers.plan import CuePlan
from explainers.render.sources import described, source_digests
from explainers.render.store import LAYOUT
from explainers.render.versions import drawing_versions, font_digests

Parts = dict[str, str]
"""Digests by what they are of, in the words that reasons use."""

_PLAIN = ("title", "statement", "footer", "provenance", "theme", "canvas")
_BY_NAME = ("params", "beats", "tables", "runs", "assets")
_NO_PIXELS = ("video", "id", "kind", "duration_frames", "media")


def picture_parts(shot: ShotPlan, kind: Kind, burned: Iterable[CuePlan] = ()) -> Parts:
    """Everything that may change a pixel of the shot. `burned` are captions drawn in, timed in the shot.

    The video's name and the shot's id are not in it: two shots that look the same are drawn once. The
    encoder profile is, as part of the source of film.
    """
    parts = {"kind": digest_value(shot.kind), "duration": digest_value(shot.duration_frames)}
    parts |= {name: digest_value(getattr(shot, name)) for name in _PLAIN}
    for name in (f.name for f in fields(shot)):
        # A field that is added to shots later is in the key from its first day.
        if name not in (*_PLAIN, *_BY_NAME, *_NO_PIXELS):
            parts[name] = digest_value(getattr(shot, name))
    parts |= {f"params.{name}": digest_value(value) for name, value in _fields(shot.params).items()}
    parts |= {f"beat {beat.id}": digest_value([index, beat]) for index, beat in enumerate(shot.beats)}
    parts |= {f"table {name}": digest_value(table) for name, table in shot.tables.items()}
    parts |= {f"run {name}": digest_value(run) for name, run in shot.runs.items()}
    parts |= {f"asset {name}": digest_path(path) for name, path in shot.assets.items()}
    parts |= described(source_digests(kind))
    if cues := [[cue.start_s, cue.end_s, cue.text] for cue in burned]:
        parts["burned captions"] = digest_value([cues, digest_file(Path(__file__).with_name("burned.py"))])
    versions = digest_value(drawing_versions())
    return parts | {"fonts": digest_value(font_digests()), "installed versions": versions}


def key_of(what: str, *values: Any) -> str:
    """The store key of a product made from `values`; `what` names the sort of product."""
    return digest_value([LAYOUT, what, *values])


def digest_path(path: Path) -> str:
    """Digest of a file, or of a folder's files and their names; RenderFailed where it has gone."""
    try:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            return digest_value([[file.relative_to(path).as_posix(), digest_file(file)] for file in files])
        return digest_file(path)
    except FileNotFoundError as error:
        raise RenderFailed(f"the asset {error.filename} went missing while it was read") from None


def _fields(params: Any) -> dict[str, Any]:
    if isinstance(params, BaseModel):
        return {name: getattr(params, name) for name in type(params).model_fields}
    return {"": params} if params is not None else {}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What differs between the parts of two keys, in words: `params changed (bars, unit)`."""
    names = [name for name in (*after, *before) if before.get(name) != after.get(name)]
    names = list(dict.fromkeys(names))
    own = [name.removeprefix("params.") for name in names if name.startswith("params.")]
    words = [f"params changed ({', '.join(own)})"] if own else []
    for name in names:
        if not name.startswith("params."):
            verb = "added" if name not in before else "removed" if name not in after else "changed"
            words.append(f"{name} {verb}")
    if len(words) > 4:
        words = [*words[:3], f"and {len(words) - 3} more"]
    return ", ".join(words)
