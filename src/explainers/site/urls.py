"""Every URL an embed writes, made in one place from the site's base and the engine's habits."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from explainers.digest import digest_file
from explainers.site.base_path import Stated, path_of
from explainers.site.settings import SiteSettings
from explainers.site.videos import Video


@dataclass(frozen=True)
class Urls:
    """`prefix` stands before every path: `/videos`, `/repository/videos`, or `..` inside the folder.

    `index` is `index.html` for servers that don't look for one in a folder (Next.js), else empty.
    `media_folder` is where the files are, if not in the video's own folder: that of a variant.
    """

    prefix: str
    origin: str | None = None
    index: str = ""
    media_folder: str | None = None

    def folder(self, video: str) -> str:
        return f"{self.prefix}/{video}/"

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
