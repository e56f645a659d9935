"""What is made of finished videos: the player's markup, watch pages, index, sitemap, JSON-LD and oEmbed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from explainers.manifest import MANIFEST, Manifest
from explainers.site import races, text
from explainers.site.urls import SiteSettings, Urls
from explainers.site.videos import Video, numbers, transcript

SOCIAL_SIZE = 1200, 630
LANGUAGES = {"en": "English", "id": "Bahasa Indonesia", "de": "Deutsch", "fr": "Français", "es": "Español"}
LOCALES = {"en": "en_US", "id": "id_ID", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
"""Open Graph wants a territory; this is the one a language without it is taken to be of."""
_MAX_SITEMAP_SECONDS = 28_800


def site_files(videos: Sequence[Video], settings: SiteSettings, urls: Urls) -> dict[str, str | Path]:
    """Every file of the static folder by its path in it; `urls` are those of the finished site.

    Pages point at their neighbours relatively, so that the folder may move; only what must be
    absolute (JSON-LD, Open Graph, the sitemap) is, and only where the site's base is known.
    """
    css = text.asset("player.css").replace("/videos/", f"/{settings.folder}/")
    files: dict[str, str | Path] = {"player.js": text.asset("player.js"), "player.css": css}
    files |= {name: text.asset(name) for name in ("watch.css", "watch.js")}
    files[races.LETTERS] = races.asset_path(races.LETTERS)
    if any(video.races for video in videos):
        files |= races.shared_files()
    if any(video.manifest.joined.sound for video in videos):
        files["voice.js"] = text.asset("voice.js")
    for video in videos:
        for one in (video, *video.translations):
            folder = f"{video.name}/{one.inside}".rstrip("/")
            made = _video_files(one, settings, urls.of(one))
            files |= {f"{folder}/{name}": file for name, file in made.items()}
    files["index.html"] = index_page(videos, settings, urls)
    if listed := sitemap(videos, settings, urls):
        files["sitemap.xml"] = listed
    return files


def _video_files(video: Video, settings: SiteSettings, urls: Urls) -> dict[str, str | Path]:
    files: dict[str, str | Path] = {name: video.path(name) for name in video.files()}
    files[MANIFEST] = video.folder / MANIFEST
    for variant in video.variants:
        files |= {f"{variant.folder.name}/{name}": variant.path(name) for name in variant.player_files()}
    files |= races.pages_of(video)
    files["index.html"] = watch_page(video, settings, urls)
    files["embed.html"] = embed_page(video, urls)
    # What the script puts in place of a linked poster; its URLs are right from any page of the site.
    files["player.html"] = "\n".join(figure_lines(video, urls)) + "\n"
    if described := oembed(video, settings, urls):
        files["oembed.json"] = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    return files


def figure_lines(
    video: Video, urls: Urls, heading: bool = True, watch_link: bool = True, address: str | None = None
) -> list[str]:
    """The `<figure>` as lines: it works without JavaScript, and a script upgrades it.

    On the watch page itself (no `watch_link`) the transcript is open. `address` is what is printed below, by
    default that of the watch page. The words under the player name the
    duration, because native controls show 0:00 until they have loaded.
    """
    # A variant's files are in a folder of the video's own folder; its manifest names the same video.
    variants = [
        (variant, replace(urls, media_folder=f"{video.name}/{variant.folder.name}"))
        for variant in video.variants
    ]
    shapes = " ".join(dict.fromkeys(one.shape for one in (video, *video.variants)))
    values = {"m": video.manifest, "shapes": shapes, "transcript": transcript(video), "languages": LANGUAGES}
    values |= {"heading": heading, "watch_link": watch_link, "variants": variants}
    values["translations"] = _translations(video, urls)
    held = [Markup("\n".join(races.race_lines(video, shot, urls, on_pause=True))) for shot in video.races]
    path = urls.watch(video.name)
    address = address or urls.absolute(path) or (path if path.startswith("/") else None)
    values |= {"races": held, "address": address}
    return text.page("figure.html", video=video, urls=urls, **values).splitlines()


def _translations(video: Video, urls: Urls) -> list[tuple[str, str, str]]:
    """The other languages in which the video is there: code, name and watch page of each."""
    found = []
    for one in video.translations:
        language = one.manifest.language
        name = LANGUAGES.get(language.split("-")[0], language)
        found.append((language, name, urls.of(one).watch(one.name)))
    return found


def _figure_in_folder(video: Video, urls: Urls, watch_link: bool) -> Markup:
    """The figure for a page in the video's own folder, whose addresses let the whole folder move."""
    beside = replace(urls, prefix="../.." if urls.inside else "..", index="index.html")
    address = urls.absolute(urls.watch(video.name))
    return Markup("\n".join(figure_lines(video, beside, False, watch_link, address)))


def watch_page(video: Video, settings: SiteSettings, urls: Urls) -> str:
    """The page that is about the video: player first, then what it says, its numbers and their sources."""
    m = video.manifest
    back = settings.page_of(video.name)
    frame = oembed(video, settings, urls)
    return text.page(
        "watch.html",
        m=m,
        language=m.language,
        title=m.title,
        up="../../" if urls.inside else "../",
        translations=[(code, urls.absolute(path)) for code, _, path in _translations(video, urls)],
        canonical=urls.absolute(urls.watch(m.video)),
        oembed=urls.absolute(urls.folder(m.video) + "oembed.json"),
        open_graph=_open_graph(video, settings, urls),
        video_object=video_object(video, settings, urls),
        back=back if back and is_web(back) else None,
        figure=_figure_in_folder(video, urls, watch_link=False),
        rows=numbers(video),
        last_file=video.sources_in_order[-1].file,
        named_sources={source.name: source.label or source.citation or source.name for source in m.sources},
        citations=citations(video, settings, urls),
        frame=frame and frame["html"],
        is_web=is_web,
        uploaded=settings.uploaded(m.video),
    )


def citations(video: Video, settings: SiteSettings, urls: Urls) -> list[tuple[str, str]]:
    """BibTeX of the paper, where the storyboard declares one, and of the video, each with what it is of."""
    m, uploaded = video.manifest, settings.uploaded(video.name)
    authors = m.authors or ((settings.name,) if settings.name else ())
    found = []
    if m.paper:
        entry = {
            "title": m.paper.title,
            "howpublished": m.paper.venue,
            "year": m.paper.year,
            "url": m.paper.url,
        }
        found.append(("The paper", _bibtex(m, authors, entry)))
    year = str(uploaded.year) if uploaded else None
    entry = {
        "title": m.title,
        "howpublished": "Video",
        "year": year,
        "url": urls.absolute(urls.watch(m.video)),
    }
    return [*found, ("The video", _bibtex(m, authors, entry))]


def _bibtex(m: Manifest, authors: Sequence[str], entry: Mapping[str, str | None]) -> str:
    surname = authors[0].split()[-1] if authors and authors[0].split() else m.video
    title = next(iter(re.findall(r"[^\W\d_]{4,}", entry["title"] or "")), "")
    plain = unicodedata.normalize("NFKD", f"{surname}{entry['year'] or ''}{title}").encode("ascii", "ignore")
    key = re.sub(r"[^a-z0-9]", "", plain.decode().lower()) or m.video
    fields = {"author": " and ".join(authors) or None, **entry}
    lines = [f"  {name} = {{{_latex(name, value)}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _latex(name: str, value: str) -> str:
    """A field's value; a title keeps its capitals in braces of its own, an address stands as it is."""
    if name == "url":
        return value
    escaped = re.sub(r"([&%$#_])", r"\\\1", re.sub(r"[\\{}]", "", value))
    return f"{{{escaped}}}" if name == "title" else escaped


def embed_page(video: Video, urls: Urls) -> str:
    """The player alone, for an `<iframe>` on another site."""
    m = video.manifest
    return text.page(
        "embed.html",
        language=m.language,
        title=m.title,
        up="../../" if urls.inside else "../",
        canonical=urls.absolute(urls.watch(m.video)),
        figure=_figure_in_folder(video, urls, watch_link=True),
    )


def index_page(videos: Sequence[Video], settings: SiteSettings, urls: Urls) -> str:
    """All videos with poster, title and length."""
    title = f"Videos by {settings.name}" if settings.name else "Videos"
    beside = replace(urls, prefix=".", index="index.html")
    values = {"language": settings.language, "title": title, "up": ""}
    return text.page("index.html", videos=videos, urls=beside, **values)


def is_web(url: str) -> bool:
    """Whether an address may be linked: http, https, or a path of the site."""
    parts = urlsplit(url)
    local = not parts.scheme and not parts.netloc and url.startswith("/")
    return parts.scheme in ("http", "https") or local


def _open_graph(video: Video, settings: SiteSettings, urls: Urls) -> list[tuple[str, Any]]:
    m, fallback = video.manifest, video.sources_in_order[-1]
    file = urls.absolute(urls.file(video, fallback.file)) or ""
    social = video.web.social if video.web else None
    width, height = SOCIAL_SIZE if social else (m.poster.width, m.poster.height)
    return [
        ("og:type", "video.other"),
        ("og:title", m.title),
        ("og:description", m.description or m.title),
        ("og:url", urls.absolute(urls.watch(m.video))),
        *(
            [("og:locale", locale)]
            if (locale := LOCALES.get(m.language, m.language.replace("-", "_"))).count("_")
            else []
        ),
        ("og:image", urls.absolute(urls.file(video, social or m.poster.jpg))),
        ("og:image:alt", m.poster.alt),
        ("og:image:width", width),
        ("og:image:height", height),
        ("og:video", file),
        *([("og:video:secure_url", file)] if file.startswith("https:") else []),
        ("og:video:type", fallback.type),
        ("og:video:width", fallback.width),
        ("og:video:height", fallback.height),
        *([("og:site_name", settings.name)] if settings.name else []),
    ]


def video_object(video: Video, settings: SiteSettings, urls: Urls) -> dict[str, Any] | None:
    """JSON-LD, or None where the site's base or the upload date is not known: both are required."""
    m, fallback = video.manifest, video.sources_in_order[-1]
    uploaded = settings.uploaded(m.video)
    if urls.origin is None or uploaded is None:
        return None
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
        "url": urls.absolute(urls.watch(m.video)),
        "inLanguage": m.language,
        "width": fallback.width,
        "height": fallback.height,
        "encodingFormat": fallback.type,
    }
    if m.cues:
        body["transcript"] = " ".join(text.one_line(cue.line) for cue in m.cues)
    if names := m.authors or ((settings.name,) if settings.name else ()):
        people = [{"@type": "Person", "name": text.one_line(name)} for name in names]
        body["author"] = people if len(people) > 1 else people[0]
    if m.paper:
        paper = {"name": text.one_line(m.paper.title), "url": m.paper.url, "datePublished": m.paper.year}
        body["citation"] = {"@type": "ScholarlyArticle"} | {name: of for name, of in paper.items() if of}
    ends = [*(chapter.start_s for chapter in m.chapters[1:]), m.duration_s]
    clips = [
        {
            "@type": "Clip",
            "name": text.one_line(chapter.title),
            "startOffset": round(chapter.start_s, 3),
            "endOffset": round(end, 3),
            "url": urls.absolute(urls.watch(m.video, chapter.start_s)),
        }
        for chapter, end in zip(m.chapters, ends, strict=False)
        if 0 <= chapter.start_s < end <= m.duration_s + 0.001
    ]
    return body | ({"hasPart": clips} if clips else {})


def oembed(video: Video, settings: SiteSettings, urls: Urls) -> dict[str, Any] | None:
    """An oEmbed 1.0 answer as a file, or None where the site's base is not known."""
    m = video.manifest
    address = urls.absolute(urls.folder(m.video) + "embed.html")
    if address is None:
        return None
    frame = (
        f'<iframe src="{address}" title="{text.html(m.title)}" width="{m.width}" height="{m.height}"'
        ' loading="lazy" allowfullscreen style="border:0;width:100%;height:auto;'
        f'aspect-ratio:{m.width}/{m.height}"></iframe>'
    )
    body: dict[str, Any] = {"type": "video", "version": "1.0", "title": text.one_line(m.title), "html": frame}
    body |= {"width": m.width, "height": m.height}
    body |= {"thumbnail_url": urls.absolute(urls.file(video, m.poster.jpg))}
    body |= {"thumbnail_width": m.poster.width, "thumbnail_height": m.poster.height}
    by = {"author_name": settings.name, "provider_url": settings.base_url}
    return body | {name: value for name, value in by.items() if value}


def sitemap(videos: Sequence[Video], settings: SiteSettings, urls: Urls) -> str | None:
    """The video sitemap of the watch pages, or None where the site's base is not known.

    Pages that merely show a video among other things are not in it.
    """
    if urls.origin is None or not videos:
        return None
    entries = [
        (urls.absolute(urls.watch(video.name)), _sitemap_tags(video, settings, urls)) for video in videos
    ]
    return text.page("sitemap.xml", entries=entries)


def _sitemap_tags(video: Video, settings: SiteSettings, urls: Urls) -> list[tuple[str, Any]]:
    m = video.manifest
    tags = [
        ("thumbnail_loc", urls.absolute(urls.file(video, m.poster.jpg))),
        ("title", text.one_line(m.title)),
        ("description", text.one_line(m.description or m.title)[:2048]),
        ("content_loc", urls.absolute(urls.file(video, video.sources_in_order[-1].file))),
        ("player_loc", urls.absolute(urls.folder(m.video) + "embed.html")),
        ("duration", str(min(_MAX_SITEMAP_SECONDS, max(1, round(m.duration_s))))),
    ]
    uploaded = settings.uploaded(m.video)
    return [*tags, ("publication_date", uploaded.isoformat())] if uploaded else tags
