"""The lines that bring the player to every page, in the language of the file they go into."""

from __future__ import annotations

from pathlib import Path

from explainers.site.forms.base import Context, head_lines
from explainers.site.urls import Urls

_DOCUMENT = """import {{ Head, Html, Main, NextScript }} from "next/document";

export default function Document() {{
  return (
    <Html lang="en">
      <Head>
        {}
        {}
      </Head>
      <body>
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}}"""


def head_notes(context: Context, why: str) -> list[str]:
    """What to paste and where, after the words that say what for, as the engine's own files write it."""
    urls, engine = context.urls, context.engine
    if engine.startswith("nextjs"):
        return _next(context, why)
    written = {"docusaurus": _docusaurus, "nuxt": _nuxt, "mkdocs": _mkdocs, "astro": _astro}
    where, lines = written[engine](urls) if engine in written else ("the site's <head>", head_lines(urls))
    return [f"{why} in {where}, once:", *lines]


def jsx_lines(urls: Urls) -> list[str]:
    """The two lines as JSX, where every element is closed."""
    return [
        f'<link rel="stylesheet" href="{urls.shared("player.css")}" />',
        f'<script type="module" src="{urls.shared("player.js")}"></script>',
    ]


def _next(context: Context, why: str) -> list[str]:
    """For both routers where both are there: each has a head of its own."""
    lines = jsx_lines(context.urls)
    layouts, documents = (_files(context.site, name) for name in ("app/layout", "pages/_document"))
    notes = [f"{why} in the <head> of {one}, inside <html>, once:" for one in layouts]
    notes += [f"{why} in the <Head> of {one}, once:" for one in documents]
    pages = next((one for one in ("src/pages", "pages") if (context.site / one).is_dir()), None)
    written = [part for note in notes for part in (note, *lines)]
    if documents or (layouts and not pages):
        return written
    name = "_document.tsx" if (context.site / "tsconfig.json").is_file() else "_document.js"
    whole = _DOCUMENT.format(*lines).splitlines()
    return [
        *written,
        f"{why} in {pages or 'pages'}/{name}, which is not there yet; this is all of it:",
        *whole,
    ]


def _files(site: Path, stem: str) -> list[str]:
    found = [path for folder in ("", "src/") for path in sorted(site.glob(f"{folder}{stem}.[jt]s*"))]
    return [path.relative_to(site).as_posix() for path in found]


def _docusaurus(urls: Urls) -> tuple[str, list[str]]:
    script = f'scripts: [{{ src: "{urls.shared("player.js")}", type: "module" }}],'
    return "the config of docusaurus.config.*", [f'stylesheets: ["{urls.shared("player.css")}"],', script]


def _nuxt(urls: Urls) -> tuple[str, list[str]]:
    link = f'link: [{{ rel: "stylesheet", href: "{urls.shared("player.css")}" }}],'
    script = f'script: [{{ type: "module", src: "{urls.shared("player.js")}" }}],'
    return "`app: { head: { ... } }` of nuxt.config.*", [link, script]


def _mkdocs(urls: Urls) -> tuple[str, list[str]]:
    script = ["extra_javascript:", f"  - path: {urls.shared('player.js')}", "    type: module"]
    return "mkdocs.yml", [f"extra_css: [{urls.shared('player.css')}]", *script]


def _astro(urls: Urls) -> tuple[str, list[str]]:
    css, script = head_lines(urls)
    return "the <head> of the page's layout (.astro)", [css, script.replace("<script ", "<script is:inline ")]
