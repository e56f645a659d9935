"""Where the site is: `[tool.explainers.site]`, and every URL an embed writes, made from it in one place."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from explainers.digest import digest_file
from explainers.errors import Diagnostic, InvalidInput
from explainers.site.base_path import Stated, path_of
from explainers.site.videos import Video

_FOLDER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("an address such as https://example.org or https://example.org/repository")
    return url.rstrip("/")


def _folder(path: str) -> str:
    if not _FOLDER.fullmatch(path.strip("/")):
        raise ValueError("a folder on the site such as videos or media/videos")
    return path.strip("/")


HttpUrl = Annotated[str, AfterValidator(_http)]


class VideoSettings(BaseModel):
    """What the page of one video says that its render can't know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    upload_date: datetime.date | None = None
    page: HttpUrl | str | None = None
    """The project's own page, linked from the watch page."""


class SiteSettings(BaseModel):
    """The table as written; every value has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: HttpUrl | None = None
    """Where the site is published; a path in it (`/repository`) stands before every URL."""
    folder: Annotated[str, AfterValidator(_folder)] = "videos"
    """The folder of the site that holds the videos."""
    name: str | None = None
    """The site's or author's name."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    upload_date: datetime.date | None = None
    """For videos that name none of their own; never the clock's."""
    videos: Mapping[str, VideoSettings] = Field(default_factory=dict)

    @field_validator("upload_date", mode="before")
    @classmethod
    def _a_date(cls, value: Any) -> Any:
        return value.date() if isinstance(value, datetime.datetime) else value

    def uploaded(self, video: str) -> datetime.date | None:
        """The upload date of a video, or None where nobody wrote one."""
        own = self.videos.get(video)
        return (own.upload_date if own else None) or self.upload_date

    def page_of(self, video: str) -> str | None:
        """The project page a watch page links back to."""
        own = self.videos.get(video)
        return own.page if own else None


def read_settings(table: Mapping[str, Any]) -> SiteSettings:
    """The typed settings. InvalidInput names every key that means nothing and every wrong value."""
    try:
        return SiteSettings.model_validate(dict(table))
    except ValidationError as error:
        found = ((".".join(map(str, each["loc"])), each["msg"]) for each in error.errors())
        problems = [
            Diagnostic("bad-setting", f"[tool.explainers.site] {key}: {message}") for key, message in found
        ]
        raise InvalidInput(problems) from None


@dataclass(frozen=True)
class Urls:
    """`prefix` stands before every path: `/videos`, `/repository/videos`, or `..` inside the folder.

    `index` is `index.html` for servers that don't look for one in a folder (Next.js), else empty.
    `media_folder` is where the files are, if not in the video's own folder: that of a variant. `inside` is
    the folder of the video's in which a page in another language is.
    """

    prefix: str
    origin: str | None = None
    index: str = ""
    media_folder: str | None = None
    inside: str = ""

    def of(self, video: Video) -> Urls:
        """Those of the pages of a video, which may be one in another language."""
        return replace(
            self, media_folder=f"{video.name}/{video.inside}" if video.inside else None, inside=video.inside
        )

    def folder(self, video: str) -> str:
        return f"{self.prefix}/{video}/{self.inside}{'/' if self.inside else ''}"

    def file(self, video: Video, name: str, versioned: bool = False) -> str:
        """A file of the video. A version makes caches ask again when the file has changed."""
        version = f"?v={_version(video, name)}" if versioned else ""
        return f"{self.prefix}/{self.media_folder or video.name}/{name}{version}"

    def watch(self, video: str, at_s: float | None = None) -> str:
        """The watch page, at a moment where one is given."""
        return f"{self.folder(video)}{self.index}" + ("" if at_s is None else f"?t={at_s:g}")

    def shared(self, name: str) -> str:
        """A file beside all videos: the player and its style."""
        return f"{self.prefix}/{name}"

    def absolute(self, path: str) -> str | None:
        """`path` with scheme and host, or None where the site's base is not known."""
        return f"{self.origin}{path}" if self.origin is not None else None


def site_urls(
    settings: SiteSettings, index: str = "", folder: str | None = None, stated: Stated | None = None
) -> Urls:
    """URLs from the site's root, with the base path of a project page (`/repository`) before them.

    The path is that of `base_url`, or the one `stated` by the engine's configuration. InvalidInput where
    they differ, or where the configuration computes the path and there is no `base_url`.
    """
    parts = urlsplit(settings.base_url or "")
    origin = f"{parts.scheme}://{parts.netloc}" if settings.base_url else None
    path = path_of(settings.base_url or "")
    if stated and not settings.base_url:
        if stated.path is None:
            raise stated.refused(
                "the site's path is computed here, so the addresses of its videos are not known",
                'base_url = "https://.../path" in [tool.explainers.site], which says it',
            )
        path = stated.path
    elif stated and stated.path and stated.path != path:
        raise stated.refused(
            f"the site is served below {stated.path}, but base_url is {settings.base_url!r}",
            f"a base_url in [tool.explainers.site] that ends in {stated.path}, or {path or '/'} here",
        )
    return Urls(f"{path}/{folder or settings.folder}", origin, index)


def _version(video: Video, name: str) -> str:
    for rendition in video.sources_in_order:
        if rendition.file == name:
            return rendition.sha256[:8]
    return digest_file(video.path(name))[:8]
