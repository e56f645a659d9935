"""`[tool.explainers.site]`: where the site lives, when videos were uploaded, and how URLs are made."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from explainers.errors import Diagnostic, InvalidInput

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
        problems = []
        for one in error.errors():
            where = ".".join(str(part) for part in one["loc"])
            problems.append(Diagnostic("bad-setting", f"[tool.explainers.site] {where}: {one['msg']}"))
        raise InvalidInput(problems) from None
