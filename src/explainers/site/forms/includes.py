"""Forms that include a file by the video's name: Hugo's shortcode, Jekyll's include, Quarto's extension."""

from __future__ import annotations

import json
import re
from pathlib import Path

from explainers.site.forms import Context, Engine, Form, head_lines, matching_files
from explainers.site.install import HTML_HEAD, Spot, at_the_end, in_html, in_yaml
from explainers.site.pages import figure_lines
from explainers.site.text import source
from explainers.site.videos import Video


def _hugo_files(video: Video, context: Context) -> dict[str, str]:
    """A shortcode, which Goldmark's rule against raw HTML does not touch."""
    return _included("hugo.html", "layouts/shortcodes/explainer.html", "layouts/partials", video, context)


def _jekyll_files(video: Video, context: Context) -> dict[str, str]:
    """An include and no plugin, so that GitHub Pages builds it."""
    return _included("jekyll.html", "_includes/explainer.html", "_includes", video, context)


def _included(template: str, path: str, folder: str, video: Video, context: Context) -> dict[str, str]:
    figure = "\n".join(figure_lines(video, context.urls)) + "\n"
    head = "\n".join(head_lines(context.urls))
    return {path: source(template, head=head), f"{folder}/explainers/{video.name}.html": figure}


def _quarto_files(video: Video, context: Context) -> dict[str, str]:
    """An extension with one shortcode; formats other than HTML get the linked poster."""
    urls = context.urls
    body = {
        "title": video.manifest.title,
        "html": "\n".join([*head_lines(urls), *figure_lines(video, urls)]),
        "poster": urls.file(video, video.linked_poster),
        "watch": urls.watch(video.name),
    }
    return {
        "_extensions/explainer/_extension.yml": source("quarto.yml"),
        "_extensions/explainer/explainer.lua": source("quarto.lua"),
        f"_extensions/explainer/{video.name}.json": json.dumps(body, ensure_ascii=False, indent=1) + "\n",
    }


FORMS = [
    Form("hugo", lambda video, _: [f'{{{{< explainer "{video.name}" >}}}}'], files=_hugo_files),
    Form(
        "jekyll", lambda video, _: [f'{{% include explainer.html id="{video.name}" %}}'], files=_jekyll_files
    ),
    Form("quarto", lambda video, _: [f"{{{{< explainer {video.name} >}}}}"], files=_quarto_files),
]

_HOOKS = (
    "extend_head.html",
    "extend-head.html",
    "custom_head.html",
    "custom-head.html",
    "head_custom.html",
    "head-custom.html",
    "head/custom.html",
    "custom/head.html",
    "hooks/head-end.html",
)
"""Partials that themes leave to the site, for lines of its own at the end of the head."""


def _templates(context: Context, *folders: str) -> list[Spot]:
    """The site's own templates with a head; else a partial that its theme leaves to the site."""
    site = context.site
    heads = matching_files(site, [f"{folder}/**/*.html" for folder in folders])
    spots = [
        Spot(path.relative_to(site).as_posix(), in_html())
        for path in heads
        if "</head" in path.read_text("utf-8", "replace").lower()
    ]
    if spots:
        return spots
    themes = matching_files(site, ["themes/*/layouts/**/*.html"])
    called = "".join(path.read_text("utf-8", "replace") for path in themes)
    hook = next(
        (name for name in _HOOKS if re.search(rf"""partial[^}}]*["']{re.escape(name)}""", called)), None
    )
    return [Spot(f"layouts/partials/{hook}", at_the_end(HTML_HEAD, "html"))] if hook else []


def _quarto_spots(context: Context) -> list[Spot]:
    """Only where the page's form doesn't bring the player itself."""
    item = ("- text: |", *(f"    {line}" for line in HTML_HEAD))
    find = in_yaml({"format.html.include-in-header": item})
    return [Spot(path.name, find) for path in matching_files(context.site, ("_quarto.yml", "_quarto.yaml"))]


_HUGO = tuple(f"hugo.{suffix}" for suffix in ("toml", "yaml", "yml", "json"))


def _hugo_config(site: Path) -> str | None:
    """A file of Hugo's own name, or one of a common name beside the folder `content`."""
    if found := next(matching_files(site, _HUGO), None):
        return found.name
    common = ("config.toml", "config.yaml", "config.yml", "config/_default/*.toml")
    config = next(matching_files(site, common), None) if (site / "content").is_dir() else None
    return f"{config.name} and content/" if config else None


ENGINES = [
    Engine(
        "quarto",
        ("_quarto.yml", "_quarto.yaml"),
        ("quarto", "html", "poster-link"),
        rank=10,
        base_path_keys=("website.site-path", "website.site-url", "book.site-url"),
        install=_quarto_spots,
        commands=lambda site: "quarto preview",
    ),
    Engine(
        "hugo",
        forms=("hugo", "poster-link"),
        rank=70,
        recognize=_hugo_config,
        static="static",
        # Files of an environment come last, and win.
        config=tuple(
            folder + name.replace("hugo", stem)
            for folder in ("", "config/_default/", "config/production/")
            for stem in ("hugo", "config")
            for name in _HUGO
        ),
        base_path_keys=("baseURL",),
        install=lambda context: _templates(context, "layouts"),
        commands=lambda site: "hugo server",
    ),
    Engine(
        "jekyll",
        ("_config.yml", "_config.yaml", "_config.toml"),
        ("jekyll", "html", "poster-link"),
        rank=90,
        base_path_keys=("baseurl",),
        install=lambda context: _templates(context, "_layouts", "_includes"),
        commands=lambda site: "bundle exec jekyll serve" if (site / "Gemfile").is_file() else "jekyll serve",
    ),
]
