"""Which engine builds the site, found from its files, and what that means for URLs and forms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from explainers.errors import UsageError, nearest


@dataclass(frozen=True)
class Engine:
    """What an engine means for files, URLs and forms; the first of `forms` is its default.

    `static` is the folder of the source whose files are served from `served`, the site's root if empty.

    `index` is the file name a URL of a folder needs on its end, for servers that don't look for one.
    `markdown` is what keeps an engine from taking an address in Markdown for a file to be bundled.
    """

    name: str
    static: str
    forms: tuple[str, ...]
    served: str = ""
    index: str = ""
    markdown: str = ""


@dataclass(frozen=True)
class Detected:
    """An engine and the file that gave it away."""

    engine: Engine
    reason: str


PLAIN = Engine("plain", "", ("html", "poster-link"))

ENGINES = {
    engine.name: engine
    for engine in (
        Engine("nextjs-remark", "public", ("poster-link", "token", "animated"), index="index.html"),
        Engine("nextjs-mdx", "public", ("mdx", "poster-link"), index="index.html"),
        Engine("nextjs", "public", ("poster-link", "mdx", "token", "animated"), index="index.html"),
        Engine("docusaurus", "static", ("mdx", "poster-link"), index="index.html", markdown="pathname://"),
        Engine("nuxt", "public", ("poster-link", "animated"), index="index.html"),
        Engine("astro", "public", ("html", "astro", "poster-link"), index="index.html"),
        Engine("hugo", "static", ("hugo", "poster-link")),
        Engine("jekyll", "", ("jekyll", "html", "poster-link")),
        Engine("quarto", "", ("quarto", "html", "poster-link")),
        Engine("mkdocs", "docs", ("html", "poster-link")),
        Engine("sphinx", "_static", ("sphinx", "html", "poster-link"), served="_static"),
        PLAIN,
    )
}


def _has(*names: str) -> Callable[[Path], str | None]:
    def look(site: Path) -> str | None:
        return next((path.name for name in names for path in sorted(site.glob(name)) if path.is_file()), None)

    return look


def _package(site: Path, *libraries: str) -> str | None:
    try:
        package = json.loads((site / "package.json").read_text(encoding="utf-8"))
        known = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return next((name for name in libraries if name in known), None)


def _next(*libraries: str) -> Callable[[Path], str | None]:
    def look(site: Path) -> str | None:
        config = _has("next.config.*")(site) or (_package(site, "next") and "package.json with next")
        if not config or not libraries:
            return config or None
        library = _package(site, *libraries)
        return f"{config} and {library} in package.json" if library else None

    return look


def _hugo(site: Path) -> str | None:
    found = _has("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json")(site)
    if found or not (site / "content").is_dir():
        return found
    config = _has("config.toml", "config.yaml", "config.yml", "config/_default/*.toml")(site)
    return f"{config} and content/" if config else None


def _sphinx(site: Path) -> str | None:
    found = next((f for f in ("conf.py", "source/conf.py", "docs/conf.py") if (site / f).is_file()), None)
    text = (site / found).read_text(encoding="utf-8", errors="replace") if found else ""
    return (
        found
        if found and re.search(r"^\s*(extensions|html_theme|project|master_doc|root_doc)\s*=", text, re.M)
        else None
    )


_CLUES: tuple[tuple[str, Callable[[Path], str | None]], ...] = (
    ("quarto", _has("_quarto.yml", "_quarto.yaml")),
    ("mkdocs", _has("mkdocs.yml", "mkdocs.yaml")),
    ("docusaurus", _has("docusaurus.config.*")),
    ("astro", _has("astro.config.*")),
    ("nuxt", _has("nuxt.config.*")),
    ("nextjs-mdx", _next("@next/mdx", "next-mdx-remote", "@mdx-js/loader", "contentlayer")),
    ("nextjs-remark", _next("remark-html", "remark", "rehype-sanitize")),
    ("nextjs", _next()),
    ("hugo", _hugo),
    ("sphinx", _sphinx),
    ("jekyll", _has("_config.yml", "_config.yaml", "_config.toml")),
)
"""Most telling first: a Quarto or MkDocs site may hold other tools' files too."""


def detect(site: Path, name: str | None = None) -> Detected:
    """The site's engine, or the one that was named. UsageError where the name is none of ours."""
    if name:
        if name not in ENGINES:
            near = nearest(name, ENGINES)
            raise UsageError(
                f"no engine {name!r}; " + (f"did you mean {near!r}?" if near else ", ".join(ENGINES))
            )
        return Detected(ENGINES[name], "you said so")
    for engine, clue in _CLUES:
        if reason := clue(site):
            return Detected(_fitted(ENGINES[engine], site, reason), f"it has {reason}")
    return Detected(PLAIN, "no file of a known engine is there")


def _fitted(engine: Engine, site: Path, reason: str) -> Engine:
    """The engine with its folders where this site has them."""
    if engine.name == "sphinx":
        return replace(engine, static=(Path(reason).parent / "_static").as_posix())
    if engine.name == "mkdocs":
        written = re.search(
            r"^docs_dir:\s*[\"']?([\w./-]+)", (site / reason).read_text(encoding="utf-8"), re.M
        )
        return replace(engine, static=written[1] if written else engine.static)
    return engine
