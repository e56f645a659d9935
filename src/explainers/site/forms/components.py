"""Forms that import a component where it stands: React's in MDX (Docusaurus, Next.js), and Astro's."""

from __future__ import annotations

import json

from explainers.site.forms import Context, Engine, Form, head_lines, matching_files, npm
from explainers.site.install import HTML_HEAD, Spot, in_html, in_object
from explainers.site.pages import figure_lines
from explainers.site.text import source
from explainers.site.videos import Video

_ASTRO_HEAD = HTML_HEAD[0], HTML_HEAD[1].replace("<script ", "<script is:inline ")


def _component(video: Video) -> str:
    """`ExplainerDrexDesign` for `drex-design`."""
    letters = "".join(c if c.isalnum() else " " for c in video.name)
    return "Explainer" + "".join(word[:1].upper() + word[1:] for word in letters.split())


def _imported(path: str, video: Video, context: Context) -> list[str]:
    """The import of a file, given from the site's folder, and the component."""
    up, name = "../" * len(context.page.parent.parts) or "./", _component(video)
    return [f'import {name} from "{up}{path}";', "", f"<{name} />"]


def _react_path(video: Video) -> str:
    return f"components/explainers/{_component(video)}.jsx"


def _react_files(video: Video, context: Context) -> dict[str, str]:
    html = json.dumps("\n".join(figure_lines(video, context.urls)))
    return {_react_path(video): source("component.jsx", html=html, name=_component(video))}


def _astro_path(video: Video) -> str:
    return f"src/components/explainers/{_component(video)}.astro"


def _astro_files(video: Video, context: Context) -> dict[str, str]:
    body = [*head_lines(context.urls, _ASTRO_HEAD), *figure_lines(video, context.urls)]
    return {_astro_path(video): "\n".join(["---", "// Written by `explainers embed`.", "---", *body, ""])}


def _docusaurus_spots(context: Context) -> list[Spot]:
    opening = r"(?:\bconfig\b[^={]*=|module\.exports\s*=|export\s+default)\s*\{"
    find = in_object(opening, {"stylesheets": '"$css"', "scripts": '{ src: "$js", type: "module" }'})
    return [Spot(path, find) for path in _configs(context, "docusaurus.config.*")]


def _configs(context: Context, *patterns: str) -> list[str]:
    found = matching_files(context.site, patterns)
    return [path.relative_to(context.site).as_posix() for path in found]


def _astro_spots(context: Context) -> list[Spot]:
    """Every layout, component and page that has a head of its own."""
    pages = _configs(context, "src/layouts/**/*.astro", "src/components/**/*.astro", "src/pages/**/*.astro")
    find = in_html(_ASTRO_HEAD, "jsx")
    return [
        Spot(page, find) for page in pages if "</head" in (context.site / page).read_text("utf-8", "replace")
    ]


FORMS = [
    Form(
        "mdx",
        lambda video, context: _imported(_react_path(video), video, context),
        (".mdx", ".md"),
        comment="jsx",
        files=_react_files,
        head_note="Put the player",
    ),
    Form(
        "astro",
        lambda video, context: _imported(_astro_path(video), video, context),
        (".mdx",),
        comment="jsx",
        files=_astro_files,
    ),
]


ENGINES = [
    Engine(
        "docusaurus",
        ("docusaurus.config.*",),
        ("mdx", "poster-link"),
        rank=30,
        static="static",
        index="index.html",
        markdown="pathname://",
        base_path_keys=("baseUrl",),
        head=('stylesheets: ["$css"],', 'scripts: [{ src: "$js", type: "module" }],'),
        head_place="the config of docusaurus.config.*",
        install=_docusaurus_spots,
        commands=lambda site: npm(site, serve="serve"),
    ),
    Engine(
        "astro",
        ("astro.config.*",),
        ("html", "astro", "poster-link"),
        rank=40,
        static="public",
        index="index.html",
        base_path_keys=("base",),
        head=_ASTRO_HEAD,
        head_place="the <head> of the page's layout (.astro)",
        install=_astro_spots,
        commands=lambda site: npm(site, serve="preview"),
    ),
]
