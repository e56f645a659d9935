"""A video sitemap of the watch pages; pages that merely show a video among other things are not in it."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from explainers.site import text
from explainers.site.settings import SiteSettings
from explainers.site.urls import Urls
from explainers.site.videos import Video

_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:video="http://www.google.com/schemas/sitemap-video/1.1">'
)
_MAX_SECONDS = 28_800


def sitemap(videos: Sequence[Video], settings: SiteSettings, urls: Urls) -> str | None:
    """The sitemap, or None where the site's base is not known: its addresses are absolute."""
    if urls.origin is None or not videos:
        return None
    return "\n".join([_OPEN, *(_entry(video, settings, urls) for video in videos), "</urlset>", ""])


def _entry(video: Video, settings: SiteSettings, urls: Urls) -> str:
    m = video.manifest
    fallback = video.sources_in_order[-1]
    tags = [
        ("thumbnail_loc", urls.absolute(urls.file(video, m.poster.jpg))),
        ("title", text.one_line(m.title)),
        ("description", text.one_line(m.description or m.title)[:2048]),
        ("content_loc", urls.absolute(urls.file(video, fallback.file))),
        ("player_loc", urls.absolute(urls.folder(m.video) + "embed.html")),
        ("duration", str(min(_MAX_SECONDS, max(1, round(m.duration_s))))),
    ]
    if uploaded := settings.uploaded(m.video):
        tags.append(("publication_date", uploaded.isoformat()))
    lines = [f"<video:{tag}>{escape(value or '')}</video:{tag}>" for tag, value in tags]
    location = escape(urls.absolute(urls.watch(m.video)) or "")
    return "\n".join([f"<url><loc>{location}</loc>", "<video:video>", *lines, "</video:video></url>"])
