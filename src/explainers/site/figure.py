"""The player's markup: one `<figure>` that works without JavaScript, and that a script upgrades.

It is one HTML block for every Markdown reader: it starts with `<figure>` and has no blank line.
"""

from __future__ import annotations

from dataclasses import replace

from explainers.manifest import Rendition
from explainers.site import text
from explainers.site.urls import Urls
from explainers.site.videos import Video
from explainers.theme import INK, THEMES


def tone_of(theme: str) -> str:
    """The pages that a theme belongs on, `dark` or `light`; dark ones for a theme that is not known here."""
    return "dark" if THEMES.get(theme, INK).dark else "light"


def figure_lines(video: Video, urls: Urls, heading: bool = True, watch_link: bool = True) -> list[str]:
    """The figure as lines; on the watch page itself (no `watch_link`) with the transcript open.

    The words under the player name the duration: native controls show 0:00 until they have loaded.
    """
    m = video.manifest
    tone = tone_of(m.theme)
    lines = [f'<figure class="xv" id="xv-{text.html(m.video)}">']
    shapes = " ".join(dict.fromkeys(one.shape for one in (video, *video.variants)))
    lines.append(
        f'<explainer-video data-video="{text.html(m.video)}" data-tone="{tone}" data-shape="{video.shape}"'
        f' data-shapes="{shapes}">'
    )
    lines += _video_lines(video, urls)
    for variant in video.variants:
        tone = tone_of(variant.manifest.theme)
        lines.append(f'<template data-tone="{tone}" data-shape="{variant.shape}">')
        lines += _video_lines(variant, _inside(urls, video, variant))
        lines.append("</template>")
    lines.append("</explainer-video>")
    if len(m.chapters) > 1:
        lines += _chapter_lines(video, urls)
    if transcript(video):
        lines += _transcript_lines(video, urls, opened=not watch_link)
    lines += _caption_lines(video, urls, heading, watch_link)
    return [*lines, "</figure>"]


def _inside(urls: Urls, video: Video, variant: Video) -> Urls:
    # A variant's files are in a folder of the video's own folder; its manifest names the same video.
    return replace(urls, media_folder=f"{video.name}/{variant.folder.name}")


def _video_lines(video: Video, urls: Urls) -> list[str]:
    m = video.manifest
    name = text.html(f"{text.isolated(m.title)}, silent video, {text.spoken(m.duration_s)}")
    poster = urls.file(video, m.poster.jpg, versioned=True)
    # No loading="lazy": Chromium 156 then picks a source again when it is scrolled into view, and skips AV1.
    lines = [
        f'<video controls playsinline preload="none" width="{m.width}" height="{m.height}"'
        f' poster="{poster}" aria-label="{name}">'
    ]
    saver = (
        min(video.sources_in_order, key=lambda one: one.bytes) if len(video.sources_in_order) > 2 else None
    )
    lines += [_source(video, one, urls, one is saver) for one in video.sources_in_order]
    lines += _tracks(video, urls)
    lines.append(f'<p><a href="{urls.watch(m.video)}">Watch: {text.html(m.title)}</a></p>')
    return [*lines, "</video>"]


def _tracks(video: Video, urls: Urls) -> list[str]:
    m = video.manifest
    tracks = [
        ("captions", t.file, t.language, _language_name(t.language), not n) for n, t in enumerate(m.captions)
    ]
    tracks.append(("chapters", m.chapters_file or "", m.language, "Chapters", False))
    tracks.append(
        ("descriptions", (video.web and video.web.descriptions) or "", m.language, "Descriptions", False)
    )
    return [
        f'<track kind="{kind}" src="{urls.file(video, file, versioned=True)}" srclang="{text.html(language)}"'
        f' label="{label}"{" default" if default else ""}>'
        for kind, file, language, label, default in tracks
        if file
    ]


def _source(video: Video, one: Rendition, urls: Urls, saver: bool) -> str:
    src = urls.file(video, one.file, versioned=True)
    small = " data-saver" if saver else ""
    return f'<source src="{src}" type=\'{text.html(one.type)}; codecs="{text.html(one.codecs)}"\'{small}>'


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
    lines = [f'<div class="xv-chapters" role="group" aria-label="Chapters of {text.html(m.title)}">', "<ol>"]
    lines += [_moment(c.start_s, urls.watch(m.video, c.start_s), text.html(c.title)) for c in m.chapters]
    return [*lines, "</ol>", "</div>"]


def transcript(video: Video) -> list[tuple[float, str, bool]]:
    """Everything the video says, in order: time, words, and whether they are in the picture.

    A silent video's text alternative must hold what is seen, so titles and statements are in it too.
    """
    seen = []
    for shot in video.manifest.shots:
        parts = [part.rstrip(". ") for part in (shot.title, shot.statement) if part]
        if parts:
            seen.append((shot.start_s, ". ".join(parts) + ".", True))
    said = [(cue.start_s, cue.line, False) for cue in video.cues]
    return sorted([*seen, *said], key=lambda line: (line[0], not line[2]))


def _transcript_lines(video: Video, urls: Urls, opened: bool) -> list[str]:
    shown = " open" if opened else ""
    lines = [f'<details class="xv-transcript"{shown}><summary>Transcript</summary>', "<ol>"]
    for start_s, words, seen in transcript(video):
        body = f"<strong>{text.html(words)}</strong>" if seen else text.html(words)
        lines.append(_moment(start_s, urls.watch(video.name, start_s), body))
    return [*lines, "</ol>", "</details>"]


def _caption_lines(video: Video, urls: Urls, heading: bool, watch_link: bool) -> list[str]:
    m = video.manifest
    title = f"{text.html(m.title)} " if heading else ""
    links = [f'<a href="{urls.watch(m.video)}">Watch page</a>'] if watch_link else []
    fallback = video.sources_in_order[-1]
    size = f"{fallback.bytes / 2**20:.1f} MiB"
    links.append(f'<a href="{urls.file(video, fallback.file)}" download>Download ({size})</a>')
    return [f"<figcaption>{title}({text.clock(m.duration_s)}, no sound) {' · '.join(links)}</figcaption>"]
