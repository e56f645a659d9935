"""Pages of our own: one a video to watch it on, one for frames on other sites, and an index of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files as package_files
from string import Template

from explainers.site import text
from explainers.site.figure import figure_lines
from explainers.site.jsonld import video_object
from explainers.site.settings import SiteSettings
from explainers.site.urls import Urls
from explainers.site.videos import Video
from explainers.site.watch_facts import is_web, numbers_table, sources_list

SOCIAL_SIZE = 1200, 630


def asset(name: str) -> str:
    """A file of the player or a template, as it is shipped."""
    return (package_files("explainers.site") / "assets" / name).read_text(encoding="utf-8")


def fill(template: str, css: Sequence[str] = (), **values: str) -> str:
    """A page made from a template; `css` are style sheets put together as its `style`."""
    if css:
        values["style"] = "\n".join(asset(name).rstrip() for name in css)
    filled = Template(asset(template)).substitute(values)
    return "\n".join(line for line in filled.splitlines() if line.strip()) + "\n"


def _beside(urls: Urls) -> Urls:
    """URLs from a page in a video's own folder, so that the whole folder can move."""
    return replace(urls, prefix="..", index="index.html")


def watch_page(video: Video, settings: SiteSettings, urls: Urls) -> str:
    """The page that is about the video: player first, then what it says, its numbers and their sources."""
    m = video.manifest
    description = f"<p>{text.html(m.description)}</p>" if m.description else ""
    seen = f"{text.spoken(m.duration_s)}, no sound"
    uploaded = settings.uploaded(m.video)
    return fill(
        "watch.html",
        language=text.html(m.language),
        title=text.html(m.title),
        head=_head(video, settings, urls),
        css=("player.css", "watch.css"),
        back=_back(video, settings),
        figure="\n".join(figure_lines(video, _beside(urls), heading=False, watch_link=False)),
        description=description,
        numbers=numbers_table(video),
        sources=sources_list(video),
        footer=f"{seen}{f', {uploaded.isoformat()}' if uploaded else ''}.",
    )


def embed_page(video: Video, settings: SiteSettings, urls: Urls) -> str:
    """The player alone, for an `<iframe>` on another site."""
    m = video.manifest
    figure = "\n".join(figure_lines(video, _beside(urls), heading=False, watch_link=True))
    canonical = urls.absolute(urls.watch(m.video))
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return fill(
        "embed.html",
        language=text.html(m.language),
        title=text.html(m.title),
        head=head,
        css=("player.css", "watch.css"),
        figure=figure,
    )


def index_page(videos: Sequence[Video], settings: SiteSettings, urls: Urls) -> str:
    """All videos with poster, title and length."""
    entries = "\n".join(_entry(video, replace(urls, prefix=".", index="index.html")) for video in videos)
    title = f"Videos by {text.html(settings.name)}" if settings.name else "Videos"
    css = ("player.css", "watch.css")
    return fill("index.html", css, language=settings.language, title=title, videos=entries)


def _entry(video: Video, urls: Urls) -> str:
    m = video.manifest
    poster = urls.file(video, m.poster.jpg, versioned=True)
    size = f'width="{m.poster.width}" height="{m.poster.height}"'
    picture = _picture(video, urls, f'<img src="{poster}" {size} alt="" loading="lazy">')
    if video.web and video.web.loop:
        loop = urls.file(video, video.web.loop, versioned=True)
        picture = (
            f'<video data-loop="{text.html(m.title)}" muted loop playsinline preload="none" {size}'
            f' poster="{poster}" src="{loop}" aria-hidden="true" tabindex="-1"></video>'
        )
    link = f'<a href="{urls.watch(m.video)}">{text.html(m.title)}</a>'
    about = f'<p class="note">{text.clock(m.duration_s)}</p>'
    return f"<li>{picture}\n<h2>{link}</h2>\n{about}</li>"


def _picture(video: Video, urls: Urls, image: str) -> str:
    better = [
        ("image/avif", video.web.avif if video.web else None),
        ("image/webp", video.manifest.poster.webp),
    ]
    made = [(kind, urls.file(video, name, versioned=True)) for kind, name in better if name]
    sources = "".join(f'<source type="{kind}" srcset="{address}">' for kind, address in made)
    return f"<picture>{sources}{image}</picture>" if sources else image


def _back(video: Video, settings: SiteSettings) -> str:
    page = settings.page_of(video.name)
    if page and is_web(page):
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
    pairs += [
        ("og:url", urls.absolute(urls.watch(m.video)) or ""),
        ("og:locale", m.language.replace("-", "_")),
    ]
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
