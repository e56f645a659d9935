"""Pages of our own: one a video to watch it on, one for frames on other sites, and an index of all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files as package_files
from string import Template
from urllib.parse import urlsplit

from explainers.site import text
from explainers.site.figure import figure_lines
from explainers.site.jsonld import video_object
from explainers.site.settings import SiteSettings
from explainers.site.urls import Urls
from explainers.site.videos import Fact, Source, Video

SOCIAL_SIZE = 1200, 630


def asset(name: str) -> str:
    """A file of the player or a template, as it is shipped."""
    return (package_files("explainers.site") / "assets" / name).read_text(encoding="utf-8")


def _fill(template: str, **values: str) -> str:
    filled = Template(asset(template)).substitute(values)
    return "\n".join(line for line in filled.splitlines() if line.strip()) + "\n"


def _style() -> str:
    return asset("player.css").rstrip() + "\n" + asset("watch.css").rstrip()


def _beside(urls: Urls) -> Urls:
    """URLs from a page in a video's own folder, so that the whole folder can move."""
    return replace(urls, prefix="..", index="index.html")


def watch_page(video: Video, settings: SiteSettings, urls: Urls) -> str:
    """The page that is about the video: player first, then what it says, its numbers and their sources."""
    m = video.manifest
    description = f"<p>{text.html(m.description)}</p>" if m.description else ""
    seen = f"{text.spoken(m.duration_s)}, no sound"
    uploaded = settings.uploaded(m.video)
    return _fill(
        "watch.html",
        language=text.html(m.language),
        title=text.html(m.title),
        head=_head(video, settings, urls),
        style=_style(),
        back=_back(video, settings),
        figure="\n".join(figure_lines(video, _beside(urls), heading=False, watch_link=False)),
        description=description,
        numbers=_numbers(video),
        sources=_sources(video),
        footer=f"{seen}{f', {uploaded.isoformat()}' if uploaded else ''}.",
    )


def embed_page(video: Video, settings: SiteSettings, urls: Urls) -> str:
    """The player alone, for an `<iframe>` on another site."""
    m = video.manifest
    figure = "\n".join(figure_lines(video, _beside(urls), heading=False, watch_link=True))
    canonical = urls.absolute(urls.watch(m.video))
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return _fill(
        "embed.html",
        language=text.html(m.language),
        title=text.html(m.title),
        head=head,
        style=_style(),
        figure=figure,
    )


def index_page(videos: Sequence[Video], settings: SiteSettings, urls: Urls) -> str:
    """All videos with poster, title and length."""
    entries = "\n".join(_entry(video, replace(urls, prefix=".", index="index.html")) for video in videos)
    title = f"Videos by {text.html(settings.name)}" if settings.name else "Videos"
    return _fill("index.html", language=settings.language, title=title, style=_style(), videos=entries)


def _entry(video: Video, urls: Urls) -> str:
    m = video.manifest
    poster = urls.file(video, m.poster.jpg, versioned=True)
    size = f'width="{m.poster.width}" height="{m.poster.height}"'
    picture = _picture(video, urls, f'<img src="{poster}" {size} alt="" loading="lazy">')
    if video.web and video.web.loop:
        loop = urls.file(video, video.web.loop, versioned=True)
        picture = (
            f'<video data-loop muted loop playsinline preload="none" {size} poster="{poster}" src="{loop}"'
            f' aria-label="Preview of {text.html(m.title)}, silent"></video>'
        )
    link = f'<a href="{urls.watch(m.video)}">{text.html(m.title)}</a>'
    about = f'<p class="note">{text.clock(m.duration_s)}</p>'
    return f"<li>{picture}\n<h2>{link}</h2>\n{about}</li>"


def _picture(video: Video, urls: Urls, image: str) -> str:
    better = [("image/avif", video.web.avif if video.web else None), ("image/webp", video.manifest.poster.webp)]
    made = [(kind, urls.file(video, name, versioned=True)) for kind, name in better if name]
    sources = "".join(f'<source type="{kind}" srcset="{address}">' for kind, address in made)
    return f"<picture>{sources}{image}</picture>" if sources else image


def _back(video: Video, settings: SiteSettings) -> str:
    page = settings.page_of(video.name)
    if page and _is_web(page):
        return f'<a href="{text.html(page)}">Back to the project</a>'
    return '<a href="../index.html">All videos</a>'


def _head(video: Video, settings: SiteSettings, urls: Urls) -> str:
    m = video.manifest
    tags = [_meta("name", "description", text.one_line(m.description or m.title))]
    watch = urls.absolute(urls.watch(m.video))
    if watch:
        tags.append(f'<link rel="canonical" href="{watch}">')
        oembed = urls.absolute(urls.folder(m.video) + "oembed.json")
        title = text.html(m.title)
        tags.append(f'<link rel="alternate" type="application/json+oembed" href="{oembed}" title="{title}">')
        tags += _open_graph(video, settings, urls)
    if described := video_object(video, settings, urls):
        tags.append(f'<script type="application/ld+json">{text.json_for_html(described)}</script>')
    return "\n".join(tags)


def _open_graph(video: Video, settings: SiteSettings, urls: Urls) -> list[str]:
    m = video.manifest
    fallback = video.sources_in_order[-1]
    file = urls.absolute(urls.file(video, fallback.file)) or ""
    social = video.web.social if video.web else None
    picture = social or m.poster.jpg
    width, height = SOCIAL_SIZE if social else (m.poster.width, m.poster.height)
    pairs = [("og:type", "video.other"), ("og:title", text.one_line(m.title))]
    pairs += [("og:description", text.one_line(m.description or m.title))]
    pairs += [("og:url", urls.absolute(urls.watch(m.video)) or ""), ("og:locale", m.language.replace("-", "_"))]
    pairs += [("og:image", urls.absolute(urls.file(video, picture)) or ""), ("og:image:alt", m.poster.alt)]
    pairs += [("og:image:width", str(width)), ("og:image:height", str(height))]
    pairs += [("og:video", file), *([("og:video:secure_url", file)] if file.startswith("https:") else [])]
    pairs += [("og:video:type", fallback.type)]
    pairs += [("og:video:width", str(fallback.width)), ("og:video:height", str(fallback.height))]
    if settings.name:
        pairs.append(("og:site_name", settings.name))
    tags = [_meta("property", name, value) for name, value in pairs]
    return [*tags, _meta("name", "twitter:card", "summary_large_image")]


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{text.html(content)}">'


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") or (not parts.scheme and not parts.netloc and url.startswith("/"))


def _numbers(video: Video) -> str:
    facts = [fact for fact in video.manifest.facts if fact.text or fact.value is not None]
    if not facts:
        return ""
    rows = "\n".join(_row(fact) for fact in facts)
    head = '<tr><th scope="col">Number</th><th scope="col">Name</th><th scope="col">From</th><th scope="col">Source</th></tr>'
    label = 'role="region" aria-label="Numbers" tabindex="0"'
    intro = "<p>Every number in the video, how it was computed, and from what.</p>"
    return f'<h2>Numbers</h2>\n{intro}\n<div class="scroll" {label}><table>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody></table></div>'


def _row(fact: Fact) -> str:
    shown = text.html(_shown(fact))
    sources = text.html(", ".join(fact.sources) or "not named")
    origin = f"<code>{text.html(_origin(fact))}</code>"
    return f'<tr><td class="number">{shown}</td><td>{text.html(fact.name)}</td><td>{origin}</td><td>{sources}</td></tr>'


def _shown(fact: Fact) -> str:
    written = fact.text or (f"{fact.value:g}" if isinstance(fact.value, float) else str(fact.value))
    return written if not fact.unit or fact.unit in written else f"{written} {fact.unit}"


def _origin(fact: Fact) -> str:
    parts = [fact.expression or fact.name]
    if fact.table:
        parts.append(f"in {fact.table}")
    if fact.where:
        parts.append("where " + (fact.where if isinstance(fact.where, str) else _conditions(fact.where)))
    return " ".join(parts)


def _conditions(where: object) -> str:
    if isinstance(where, dict):
        return ", ".join(f"{name} = {value if isinstance(value, str) else json.dumps(value)}" for name, value in where.items())
    return json.dumps(where, ensure_ascii=False)


def _sources(video: Video) -> str:
    if not video.manifest.sources:
        return ""
    return "<h2>Sources</h2>\n<ul>\n" + "\n".join(f"<li>{_source(s)}</li>" for s in video.manifest.sources) + "\n</ul>"


def _source(source: Source) -> str:
    words = text.html(source.citation or source.label or source.name)
    if source.url and _is_web(source.url):
        words = f'<a href="{text.html(source.url)}">{words}</a>'
    return words + (f" ({text.html(source.kind)})" if source.kind else "")
