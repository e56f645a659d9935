"""Forms that are whole in the page itself: a `<figure>`, a linked poster, and Sphinx's raw block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from explainers.site import text
from explainers.site.forms import MARKDOWN, Context, Engine, Form, matching_files, npm
from explainers.site.install import Insertion, Spot, after, at_the_end, filled, in_html, in_yaml
from explainers.site.pages import figure_lines
from explainers.site.videos import Video
from explainers.timing import clock


def poster_link(video: Video, context: Context) -> list[str]:
    """A linked poster in pure Markdown: it survives every sanitizer, GitHub and feeds; a script upgrades it.

    No version in the poster's name: rendering again must not change the page.
    """
    m, urls, before = video.manifest, context.urls, context.engine.markdown
    label = text.markdown(f"{text.isolated(m.title)} ({clock(m.duration_s)})")
    return [f"[![{label}]({before}{urls.file(video, video.linked_poster)})]({before}{urls.watch(m.video)})"]


def _raw_block(video: Video, context: Context) -> list[str]:
    """Raw HTML for the web and a linked poster for every other builder of Sphinx; nothing to install."""
    urls, m = context.urls, video.manifest
    figure = [f"   {line}" for line in figure_lines(video, urls)]
    watch = urls.absolute(urls.watch(m.video)) or urls.watch(m.video)
    title = re.sub(r"([\\`<*])", r"\\\1", text.one_line(m.title))
    other = f"   `Watch: {title} <{watch}>`__".replace("|", "\\|")
    return [".. raw:: html", "", *figure, "", ".. only:: not html", "", other]


_PLAYS = "It plays as it is. For chapters that seek and the marked transcript, put"

FORMS = [
    Form(
        "poster-link",
        poster_link,
        (*MARKDOWN, ".mdx"),
        head_note="To play on the page instead of the watch page, put these lines",
    ),
    # Every Markdown engine that lets HTML through keeps it as it is.
    Form(
        "html",
        lambda video, context: figure_lines(video, context.urls),
        head_note=_PLAYS,
    ),
    Form("sphinx", _raw_block, (".rst",), comment="rst", head_note=_PLAYS),
]


def _mkdocs_pages(site: Path) -> str:
    config = next(matching_files(site, _MKDOCS), None)
    pattern = r"^docs_dir:\s*[\"']?([\w./-]+)"
    written = re.search(pattern, config.read_text(encoding="utf-8"), re.M) if config else None
    return written[1] if written else "docs"


def _sphinx_config(site: Path) -> str | None:
    found = next(matching_files(site, _SPHINX), None)
    source = found.read_text(encoding="utf-8", errors="replace") if found else ""
    telling = re.search(r"^\s*(extensions|html_theme|project|master_doc|root_doc)\s*=", source, re.M)
    return found.relative_to(site).as_posix() if found and telling else None


def _mkdocs_spots(context: Context) -> list[Spot]:
    lists = {"extra_css": ["- $css"], "extra_javascript": ["- path: $js", "  type: module"]}
    return [Spot(path.name, in_yaml(lists)) for path in matching_files(context.site, _MKDOCS)]


def _sphinx_spots(context: Context) -> list[Spot]:
    """Addresses are taken as they are; `_static` must be among the folders that are copied."""
    lines = (
        'html_static_path = [*dict.fromkeys([*globals().get("html_static_path", ()), "_static"])]',
        'html_css_files = [*globals().get("html_css_files", ()), "$css"]',
        'html_js_files = [*globals().get("html_js_files", ()), ("$js", {"type": "module"})]',
    )
    config = _sphinx_config(context.site)
    return [Spot(config, at_the_end(lines))] if config else []


def _sphinx_commands(site: Path) -> str:
    folder = Path(_sphinx_config(site) or "").parent.as_posix()
    return f"sphinx-build {folder} _build/html && explainers serve _build/html"


def _nuxt_spots(context: Context) -> list[Spot]:
    """Into the configuration's `app`, or one of our own; where it has a `head`, left to the author."""
    head = 'head: { link: [{ rel: "stylesheet", href: "$css" }], script: [{ type: "module", src: "$js" }] }'

    def find(text: str, addresses: Mapping[str, str]) -> list[Insertion]:
        start = re.search(r"(?:defineNuxtConfig\s*\(|export\s+default)\s*\{", text)
        inner = re.search(r"^\s*app\s*:\s*\{", text, re.M)
        if not start or re.search(r"\bhead\s*:" if inner else r"^\s*app\s*:", text, re.M):
            return []
        line = f"{head}," if inner else f"app: {{ {head} }},"
        return [after(text, (inner or start).end(), filled([line], addresses), "js")]

    return [Spot(path.name, find) for path in matching_files(context.site, ("nuxt.config.*",))]


def _eleventy_spots(context: Context) -> list[Spot]:
    """The configuration copies the folder as it is; the player is put into every layout with a head."""
    site, urls = context.site, context.urls
    stated = context.engine.base_path(site)
    folder = urls.prefix.removeprefix((stated and stated.path) or "").strip("/")

    def find(text: str, addresses: Mapping[str, str]) -> list[Insertion]:
        start = re.search(
            r"(?:export\s+default|module\.exports\s*=)[^({]*\(\s*(\w+)[^)]*\)\s*(?:=>\s*)?\{", text
        )
        if not start:
            return []
        lines = (
            f'{start[1]}.addPassthroughCopy({{ "{folder}": "{folder}" }});',
            f'{start[1]}.ignores.add("{folder}");',
        )
        return [after(text, start.end(), lines, "js")]

    layouts = matching_files(
        site, [f"{up}_{kind}/**/*.*" for up in ("", "*/") for kind in ("includes", "layouts")]
    )
    heads = [path for path in layouts if "</head" in path.read_text("utf-8", "replace").lower()]
    configs = [Spot(path.name, find) for path in matching_files(site, _ELEVENTY)]
    return [*configs, *(Spot(path.relative_to(site).as_posix(), in_html()) for path in heads)]


_ELEVENTY = tuple(
    f"{stem}.{suffix}" for stem in ("eleventy.config", ".eleventy") for suffix in ("js", "mjs", "cjs")
)
_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")
_SPHINX = ("conf.py", "source/conf.py", "docs/conf.py")

ENGINES = [
    Engine(
        "mkdocs",
        _MKDOCS,
        rank=20,
        static_in=_mkdocs_pages,
        base_path_keys=("site_url",),
        head=("extra_css: [$css]", "extra_javascript:", "  - path: $js", "    type: module"),
        head_place="mkdocs.yml",
        install=_mkdocs_spots,
        commands=lambda site: "mkdocs serve",
    ),
    Engine(
        "nuxt",
        ("nuxt.config.*",),
        ("poster-link", "animated"),
        rank=50,
        static="public",
        index="index.html",
        base_path_keys=("app.baseURL",),
        head=(
            'link: [{ rel: "stylesheet", href: "$css" }],',
            'script: [{ type: "module", src: "$js" }],',
        ),
        head_place="`app: { head: { ... } }` of nuxt.config.*",
        install=_nuxt_spots,
        commands=lambda site: npm(site, serve="preview"),
    ),
    Engine(
        "eleventy",
        _ELEVENTY,
        rank=45,
        base_path_keys=("pathPrefix",),
        install=_eleventy_spots,
        commands=lambda site: "npx @11ty/eleventy --serve",
    ),
    Engine(
        "sphinx",
        forms=("sphinx", "html", "poster-link"),
        rank=80,
        recognize=_sphinx_config,
        static_in=lambda site: (Path(_sphinx_config(site) or "").parent / "_static").as_posix(),
        served="_static",
        config=_SPHINX,
        base_path_keys=("html_baseurl",),
        install=_sphinx_spots,
        commands=_sphinx_commands,
    ),
]
