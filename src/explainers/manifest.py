"""The manifests a page is made from, as far as it needs them: `manifest/1` and `renditions/1`, checked."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

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
    """One file of the video; `codecs` is its RFC 6381 string, `captions` whether they are in the picture."""

    file: FileName
    type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")] = "video/mp4"
    codecs: Annotated[str, Field(pattern=r"^[A-Za-z0-9., -]+$")]
    width: int
    height: int
    fps: float
    bytes: int
    sha256: str
    captions: str = "track"

    @property
    def is_av1(self) -> bool:
        return self.codecs.startswith("av01")


class Poster(_Read):
    """The picture before play, and what it shows in words."""

    jpg: FileName
    webp: FileName | None = None
    width: int
    height: int
    alt: str = ""


class Track(_Read):
    """A captions track in one language."""

    file: FileName
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"


class Chapter(_Read):
    start_s: float
    title: str


class Shot(_Read):
    id: str
    kind: str = ""
    title: str | None = None
    statement: str | None = None
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
    """The author's hint where the video belongs: a section's heading, and words of its placeholder."""

    heading: str | None = None
    words: str | None = None


class Manifest(_Read):
    """`manifest/1`, as far as a page needs it."""

    video: FileName
    title: str
    description: str | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    content_id: str = ""
    duration_s: float
    width: int
    height: int
    theme: str = "ink"
    renditions: Annotated[tuple[Rendition, ...], Field(min_length=1)]
    poster: Poster
    captions: tuple[Track, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chapters_file: FileName | None = None
    shots: tuple[Shot, ...] = ()
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()
    page: Page = Page()

    @field_validator("captions", mode="before")
    @classmethod
    def _one_track(cls, value: Any) -> Any:
        return [{"file": value}] if isinstance(value, str) else value

    @field_validator("page", mode="before")
    @classmethod
    def _no_page(cls, value: Any) -> Any:
        return value or {}


class Web(_Read):
    """`web/manifest.json`, `renditions/1`: what was made from the video for pages."""

    made_from: str
    renditions: tuple[Rendition, ...] = ()
    avif: FileName | None = None
    social: FileName | None = None
    loop: FileName | None = None
    animated: FileName | None = None
    descriptions: FileName | None = None
