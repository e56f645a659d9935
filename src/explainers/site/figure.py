"""The player's markup: one `<figure>` that works without JavaScript, and that a script upgrades.

It is one HTML block for every Markdown reader: it starts with `<figure>` and has no blank line.
"""

from __future__ import annotations

from dataclasses import replace

from explainers.site import text
from explainers.site.urls import Urls
from explainers.site.videos import Rendition, Video

TONES = {"ink": "dark", "paper": "light"}
"""The pages a theme belongs on."""


def figure_lines(video: Video, urls: Urls, heading: bool = True, watch_link: bool = True) -> list[str]:
    """The figure as lines. The captions under the player name the duration: native controls show 0:00."""
    m = video.manifest
    tone = TONES.get(m.theme, "dark")
    lines = [f'<figure class="xv" id="xv-{text.html(m.video)}">']
    lines.append(f'<explainer-video data-video="{text.html(m.video)}" data-tone="{tone}">')
    lines += _video_lines(video, urls)
    for variant in video.variants:
        tone = TONES.get(variant.manifest.theme, "dark")
        lines.append(f'<template data-tone="{tone}">')
        lines += _video_lines(variant, _inside(urls, video, variant))
        lines.append("</template>")
    lines.append("</explainer-video>")
    if len(m.chapters) > 1:
        lines += _chapter_lines(video, urls)
    if video.cues:
        lines += _transcript_lines(video, urls)
    lines += _caption_lines(video, urls, heading, watch_link)
    return [*lines, "</figure>"]


def _inside(urls: Urls, video: Video, variant: Video) -> Urls:
    # A variant's files are in a folder of the video's own folder; its manifest names the same video.
    return replace(urls, media_folder=f"{video.name}/{variant.folder.name}")


def _video_lines(video: Video, urls: Urls) -> list[str]:
    m = video.manifest
    name = text.html(f"{m.title}, silent video, {text.spoken(m.duration_s)}")
    poster = urls.file(video, m.poster.jpg, versioned=True)
    lines = [
        f'<video controls playsinline preload="none" loading="lazy" width="{m.width}" height="{m.height}"'
        f' poster="{poster}" aria-label="{name}">'
    ]
    saver = min(video.sources_in_order, key=lambda one: one.bytes) if len(m.renditions) > 2 else None
    lines += [_source(video, one, urls, one is saver) for one in video.sources_in_order]
    tracks = [("captions", m.captions, _language_name(m.language), " default")]
    tracks += [("chapters", m.chapters_file, "Chapters", ""), ("descriptions", m.descriptions, "Descriptions", "")]
    for kind, file, label, default in tracks:
        if file:
            src = urls.file(video, file, versioned=True)
            lang = text.html(m.language)
            lines.append(f'<track kind="{kind}" src="{src}" srclang="{lang}" label="{label}"{default}>')
    lines.append(f'<p><a href="{urls.watch(m.video)}">Watch: {text.html(m.title)}</a></p>')
    return [*lines, "</video>"]


def _source(video: Video, one: Rendition, urls: Urls, saver: bool) -> str:
    src = urls.file(video, one.file, versioned=True)
    small = " data-saver" if saver else ""
    return f"<source src=\"{src}\" type='{text.html(one.type)}; codecs=\"{text.html(one.codecs)}\"'{small}>"


def _language_name(language: str) -> str:
    names = {"en": "English", "id": "Bahasa Indonesia", "de": "Deutsch", "fr": "Français", "es": "Español"}
    return names.get(language.split("-")[0], text.html(language))


def _moment(seconds: float, href: str, words: str) -> str:
    return (
        f'<li><a href="{href}" data-t="{seconds:g}"><time datetime="{text.iso_duration(seconds)}">'
        f"{text.clock(seconds)}</time> {words}</a></li>"
    )


def _chapter_lines(video: Video, urls: Urls) -> list[str]:
    m = video.manifest
    lines = [f'<ol class="xv-chapters" aria-label="Chapters of {text.html(m.title)}">']
    lines += [_moment(c.start_s, urls.watch(m.video, c.start_s), text.html(c.title)) for c in m.chapters]
    return [*lines, "</ol>"]


def _transcript_lines(video: Video, urls: Urls) -> list[str]:
    lines = ['<details class="xv-transcript"><summary>Transcript</summary>', "<ol>"]
    for cue in video.cues:
        lines.append(_moment(cue.start_s, urls.watch(video.name, cue.start_s), text.html(cue.text)))
    return [*lines, "</ol>", "</details>"]


def _caption_lines(video: Video, urls: Urls, heading: bool, watch_link: bool) -> list[str]:
    m = video.manifest
    title = f"{text.html(m.title)} " if heading else ""
    links = [f'<a href="{urls.watch(m.video)}">Watch page</a>'] if watch_link else []
    fallback = video.sources_in_order[-1]
    size = f"{fallback.bytes / 2**20:.1f} MiB"
    links.append(f'<a href="{urls.file(video, fallback.file)}" download>Download ({size})</a>')
    return [f"<figcaption>{title}({text.clock(m.duration_s)}, no sound) {' · '.join(links)}</figcaption>"]
