"""What machines read of a watch page: schema.org's VideoObject with its clips, and oEmbed."""

from __future__ import annotations

from typing import Any

from explainers.site import text
from explainers.site.settings import SiteSettings
from explainers.site.urls import Urls
from explainers.site.videos import Video


def video_object(video: Video, settings: SiteSettings, urls: Urls) -> dict[str, Any] | None:
    """JSON-LD, or None where the site's base or the upload date is not known: both are required."""
    m = video.manifest
    uploaded = settings.uploaded(m.video)
    if urls.origin is None or uploaded is None:
        return None
    fallback = video.sources_in_order[-1]
    watch = urls.absolute(urls.watch(m.video)) or ""
    body: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": text.one_line(m.title),
        "description": text.one_line(m.description or m.title),
        "thumbnailUrl": [urls.absolute(urls.file(video, m.poster.jpg))],
        "uploadDate": uploaded.isoformat(),
        "duration": text.iso_duration(m.duration_s),
        "contentUrl": urls.absolute(urls.file(video, fallback.file)),
        "embedUrl": urls.absolute(urls.folder(m.video) + "embed.html"),
        "url": watch,
        "inLanguage": m.language,
        "width": fallback.width,
        "height": fallback.height,
        "encodingFormat": fallback.type,
    }
    if video.cues:
        body["transcript"] = " ".join(text.one_line(cue.line) for cue in video.cues)
    if settings.name:
        body["author"] = {"@type": "Person", "name": settings.name}
    if clips := _clips(video, urls):
        body["hasPart"] = clips
    return body


def _clips(video: Video, urls: Urls) -> list[dict[str, Any]]:
    m = video.manifest
    ends = [*(chapter.start_s for chapter in m.chapters[1:]), m.duration_s]
    clips = []
    for chapter, end in zip(m.chapters, ends, strict=False):
        if 0 <= chapter.start_s < end <= m.duration_s + 0.001:
            clips.append(
                {
                    "@type": "Clip",
                    "name": text.one_line(chapter.title),
                    "startOffset": round(chapter.start_s, 3),
                    "endOffset": round(end, 3),
                    "url": urls.absolute(urls.watch(m.video, chapter.start_s)),
                }
            )
    return clips


def oembed(video: Video, settings: SiteSettings, urls: Urls) -> dict[str, Any] | None:
    """An oEmbed 1.0 answer as a file, or None where the site's base is not known."""
    m = video.manifest
    source = urls.absolute(urls.folder(m.video) + "embed.html")
    if source is None:
        return None
    title = text.html(m.title)
    frame = (
        f'<iframe src="{source}" title="{title}" width="{m.width}" height="{m.height}" loading="lazy" '
        f'allowfullscreen style="border:0;width:100%;height:auto;aspect-ratio:{m.width}/{m.height}"></iframe>'
    )
    body: dict[str, Any] = {"type": "video", "version": "1.0", "title": text.one_line(m.title), "html": frame}
    body |= {"width": m.width, "height": m.height}
    body |= {"thumbnail_url": urls.absolute(urls.file(video, m.poster.jpg))}
    body |= {"thumbnail_width": m.poster.width, "thumbnail_height": m.poster.height}
    if settings.name:
        body["author_name"] = settings.name
    if settings.base_url:
        body["provider_url"] = settings.base_url
    return body
