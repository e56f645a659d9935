"""Next.js, and two habits of its sites whose remark-html drops raw HTML: a token, and an animated picture."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from explainers.errors import UsageError
from explainers.site import text
from explainers.site.forms import MARKDOWN, Context, Engine, Form, matching_files, npm
from explainers.site.install import JSX_HEAD, Spot, in_jsx
from explainers.site.pages import figure_lines
from explainers.site.videos import Video


def _token(video: Video) -> str:
    """`[VIDEO_DREX]` for `drex`."""
    return f"[VIDEO_{re.sub(r'[^A-Z0-9]+', '_', video.name.upper()).strip('_')}]"


def _replacements(videos: Sequence[Video], context: Context) -> list[str]:
    """The lines that turn the tokens in the rendered HTML into players."""
    lines = ["Where the rendered HTML is in `content`, paste one line a video:"]
    for video in videos:
        name = re.escape(_token(video)[1:-1])
        html = json.dumps("".join(figure_lines(video, context.urls)), ensure_ascii=False)
        lines.append(f"content = content.replace(/(?:<p>)?\\[{name}\\](?:<\\/p>)?/g, () => {html})")
    return lines


def _animated(video: Video, context: Context) -> list[str]:
    animated = video.web.animated if video.web else None
    if not animated:
        raise UsageError(
            f"{video.name} has no animated preview; `explainers embed renditions {video.name}` makes one"
        )
    label = text.markdown(f"{text.isolated(video.manifest.title)} (preview)")
    return [f"![{label}]({context.engine.markdown}{context.urls.file(video, animated)})"]


FORMS = [
    Form("token", lambda video, _: [_token(video)], notes=_replacements, head_note="Put the player"),
    Form("animated", _animated, (*MARKDOWN, ".mdx")),
]


def _spots(context: Context) -> list[Spot]:
    """For both routers where both are there: each has a head of its own."""
    site = context.site
    layouts, documents = (_pages(site, stem) for stem in ("app/layout", "pages/_document"))
    spots = [Spot(path, in_jsx("head", around="html")) for path in layouts]
    spots += [Spot(path, in_jsx("Head", around="Html")) for path in documents]
    pages = next((path for path in ("src/pages", "pages") if (site / path).is_dir()), None)
    if not documents and not (layouts and not pages):
        name = "_document.tsx" if (site / "tsconfig.json").is_file() else "_document.js"
        path = f"{pages or 'pages'}/{name}"
        spots.append(Spot(path, in_jsx("Head"), text.source("next_document.jsx")))
    return spots


def _pages(site: Path, stem: str) -> list[str]:
    found = matching_files(site, [f"{folder}{stem}.[jt]s*" for folder in ("", "src/")])
    return [path.relative_to(site).as_posix() for path in found]


def _package(site: Path, *libraries: str) -> str | None:
    """The first of the libraries that the site's package.json depends on."""
    try:
        package = json.loads((site / "package.json").read_text(encoding="utf-8"))
        known = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return next((name for name in libraries if name in known), None)


def _with(*libraries: str) -> Callable[[Path], str | None]:
    """Recognizes a Next.js site that depends on one of the libraries; any, where none is named."""

    def recognize(site: Path) -> str | None:
        found = next(matching_files(site, ["next.config.*"]), None)
        config = found.name if found else _package(site, "next") and "package.json with next"
        if not config or not libraries:
            return config
        library = _package(site, *libraries)
        return f"{config} and {library} in package.json" if library else None

    return recognize


def _engine(name: str, rank: int, forms: tuple[str, ...], *libraries: str) -> Engine:
    return Engine(
        name,
        forms=forms,
        rank=rank,
        recognize=_with(*libraries),
        static="public",
        index="index.html",
        config=("next.config.*",),
        base_path_keys=("basePath",),
        head=JSX_HEAD,
        head_place="the <Head> of pages/_document.js, or the <head> of app/layout.js",
        install=_spots,
        commands=npm,
    )


_MDX = "@next/mdx", "next-mdx-remote", "@mdx-js/loader", "contentlayer"
_REMARK = "remark-html", "remark", "rehype-sanitize"

ENGINES = [
    _engine("nextjs-mdx", 60, ("mdx", "poster-link"), *_MDX),
    _engine("nextjs-remark", 61, ("poster-link", "token", "animated"), *_REMARK),
    _engine("nextjs", 62, ("poster-link", "mdx", "token", "animated")),
]
