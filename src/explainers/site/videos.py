"""Finished videos, as `renders/<video>/manifest.json` describes them: what every embed is made from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from explainers.errors import InvalidInput, Place, Problem, UsageError, nearest
from explainers.site.cues import Cue, read_cues

MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def _plain_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a plain file name: letters, digits, '.', '_' and '-', no folder")
    return name


FileName = Annotated[str, AfterValidator(_plain_name)]
"""A file beside the manifest. Nothing with a slash: a manifest can't reach out of its folder."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Rendition(_Read):
    """One file of the video; `codecs` is its RFC 6381 string."""

    file: FileName
    type: str = "video/mp4"
    codecs: Annotated[str, Field(pattern=r"^[A-Za-z0-9., -]+$")]
    width: int
    height: int
    fps: float
    bytes: int
    sha256: str

    @property
    def is_av1(self) -> bool:
        return self.codecs.startswith("av01")


class Poster(_Read):
    """The picture before play, in several formats; `alt` says what it shows."""

    jpg: FileName
    webp: FileName | None = None
    avif: FileName | None = None
    social: FileName | None = None
    width: int
    height: int
    alt: str


class Chapter(_Read):
    start_s: float
    title: str


class Shot(_Read):
    id: str
    kind: str = ""
    title: str | None = None
    start_s: float
    end_s: float


class Fact(_Read):
    """A number on screen, how it was computed and from what."""

    name: str
    text: str | None = None
    value: Any = None
    unit: str | None = None
    expression: str | None = None
    table: str | None = None
    where: Any = None
    sources: tuple[str, ...] = ()


class Source(_Read):
    name: str
    kind: str | None = None
    label: str | None = None
    citation: str | None = None
    url: str | None = None


class Page(_Read):
    """The author's hint where the video belongs."""

    heading: str | None = None
    words: str | None = None


class Variant(_Read):
    """The same video for another theme or aspect: a folder beside the manifest with its own."""

    folder: FileName
    theme: str
    width: int
    height: int


class Manifest(_Read):
    """`manifest/1`, as far as a page needs it."""

    video: FileName
    title: str
    description: str | None = None
    language: str = "en"
    duration_s: float
    width: int
    height: int
    theme: str = "ink"
    renditions: Annotated[tuple[Rendition, ...], Field(min_length=1)]
    poster: Poster
    captions: FileName | None = None
    chapters: tuple[Chapter, ...] = ()
    chapters_file: FileName | None = None
    descriptions: FileName | None = None
    transcript: FileName | None = None
    loop: FileName | None = None
    animated: FileName | None = None
    shots: tuple[Shot, ...] = ()
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()
    page: Page = Page()
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class Video:
    """A manifest, the folder it was read from, the captions in it, and its theme variants."""

    manifest: Manifest
    folder: Path
    cues: tuple[Cue, ...] = ()
    variants: tuple[Video, ...] = ()

    @property
    def name(self) -> str:
        return self.manifest.video

    @property
    def sources_in_order(self) -> tuple[Rendition, ...]:
        """Renditions as a page lists them: AV1 first, H.264 last, large before small."""
        return tuple(sorted(self.manifest.renditions, key=lambda r: (not r.is_av1, -r.width * r.height)))

    def files(self) -> list[str]:
        """Every file a page of the video can ask for, beside the manifest."""
        m = self.manifest
        wanted = [*(r.file for r in m.renditions), m.poster.jpg, m.poster.webp, m.poster.avif, m.poster.social]
        wanted += [m.captions, m.chapters_file, m.descriptions, m.transcript, m.loop, m.animated, MANIFEST]
        return list(dict.fromkeys(name for name in wanted if name))


def load_video(folder: Path) -> Video:
    """The video in `folder`. InvalidInput where its manifest is broken or a file of it is missing."""
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InvalidInput([_problem(path, first) for first in error.errors()]) from None
    video = Video(manifest, folder)
    missing = [name for name in video.files() if not (folder / name).is_file()]
    if missing:
        place = Place(str(path), 1, 1)
        raise InvalidInput([Problem("missing-file", f"{name} is not there", place) for name in missing])
    cues = read_cues(folder / manifest.captions) if manifest.captions else ()
    variants = tuple(load_video(folder / one.folder) for one in manifest.variants)
    return Video(manifest, folder, cues, variants)


def _problem(path: Path, error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"])
    return Problem("bad-manifest", f"{where or 'manifest'}: {error['msg']}", Place(str(path), 1, 1))


def load_videos(renders: Path, names: Sequence[str] = ()) -> tuple[Video, ...]:
    """The videos in `renders`, sorted by name; only `names` where some are given.

    UsageError where a named video has not been rendered.
    """
    found = {path.parent.name: path.parent for path in sorted(renders.glob(f"*/{MANIFEST}"))}
    for name in names:
        if name not in found:
            near = nearest(name, found)
            hint = f"; did you mean {near!r}?" if near else f"; rendered: {', '.join(found) or 'none yet'}"
            raise UsageError(f"no finished video {name!r} in {renders}{hint}")
    return tuple(load_video(folder) for name, folder in found.items() if not names or name in names)
