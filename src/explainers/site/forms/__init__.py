"""Forms of embedding, and the engines that build sites with them: one module a family, found by looking.

A module declares `FORMS` and `ENGINES`; nothing else lists them. A package of somebody else's names such a
module in the entry point group `explainers.forms`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from string import Template
from types import ModuleType

from explainers.errors import UsageError, nearest
from explainers.site.base_path import Stated, stated_path
from explainers.site.install import HTML_HEAD, Spot
from explainers.site.races import race_lines, race_link
from explainers.site.urls import Urls
from explainers.site.videos import Video

GROUP = "explainers.forms"
MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")


@dataclass(frozen=True)
class Engine:
    """A site builder: how to know it, and what it means for files, URLs and forms.

    `files` are patterns of the files that give it away, unless `recognize` looks more closely; it gives the
    file as the reason, or None. Engines of a lower `rank` are looked for first, because a site may hold other
    tools' files too. The first of `forms` that fits a page is its default.

    `static` is the folder of the source whose files are served from `served`, the site's root if empty;
    `static_in` finds it where a site may name another. `index` is the file name that the URL of a folder
    needs on its end, for servers that don't look for one. `markdown` is what keeps an engine from taking an
    address in Markdown for a file to be bundled.

    `base_path_keys` state the path below which the site is served, the first that is there, in the files
    `config` (patterns; `files` where it is empty). `install` gives the engine's own files that bring the
    player in, with where in them; where a site has none of them, the lines of `head`, with `$css` and `$js`
    for the player's addresses, are printed for the author to put at `head_place`. `commands` build and
    serve a site.
    """

    name: str
    files: tuple[str, ...] = ()
    forms: tuple[str, ...] = ("html", "poster-link")
    rank: int = 0
    recognize: Callable[[Path], str | None] | None = None
    static: str = ""
    static_in: Callable[[Path], str] | None = None
    served: str = ""
    index: str = ""
    markdown: str = ""
    config: tuple[str, ...] = ()
    base_path_keys: tuple[str, ...] = ()
    head: tuple[str, ...] = HTML_HEAD
    head_place: str = "the site's <head>"
    install: Callable[[Context], list[Spot]] = lambda context: []
    commands: Callable[[Path], str] = lambda site: ""

    def reason(self, site: Path) -> str | None:
        """The file that shows that this engine builds the site; None where none does."""
        if self.recognize:
            return self.recognize(site)
        return next((path.name for path in matching_files(site, self.files)), None)

    def base_path(self, site: Path) -> Stated | None:
        """The path below which the site is served, as its configuration states it."""
        return stated_path(site, self.config or self.files, self.base_path_keys)


PLAIN = Engine("plain")


@dataclass(frozen=True)
class Context:
    """The page's path from the site's folder, the site's URLs, its folder and its engine."""

    page: Path
    urls: Urls
    site: Path = Path()
    engine: Engine = PLAIN


@dataclass(frozen=True)
class Form:
    """A way to write a video into a page: `lines` go into it, in pages with one of `suffixes`.

    `comment` is the comment syntax of the marks. `files` are written beside the page, by path from the site's
    folder. `notes` are lines for the author to paste. Where the form needs the player's lines in the engine's
    own files, `head_note` says what for; the others bring the player themselves.
    """

    name: str
    lines: Callable[[Video, Context], list[str]]
    suffixes: tuple[str, ...] = MARKDOWN
    comment: str = "html"
    files: Callable[[Video, Context], dict[str, str]] = lambda video, context: {}
    notes: Callable[[Sequence[Video], Context], list[str]] = lambda videos, context: []
    head_note: str = ""

    def body(self, name: str, videos: Mapping[str, Video], context: Context) -> list[str]:
        """The lines of a block: of a video, or of a race of it (`video:shot`).

        A race is an element where the form is HTML, else a link that the page's script makes one.
        """
        video, _, shot = name.partition(":")
        if not shot:
            return self.lines(videos[video], context)
        if self.name == "html":
            return race_lines(videos[video], shot, context.urls)
        rst, before = self.comment == "rst", context.engine.markdown
        return [race_link(videos[video], shot, context.urls, "" if rst else before, rst)]

    def fits(self, suffix: str) -> bool:
        """Whether a page with this file suffix can hold the form."""
        return suffix.lower() in self.suffixes

    def head_notes(self, context: Context) -> list[str]:
        """The player's lines for the author to put in, where no file that takes them was found."""
        engine = context.engine
        place = f"{self.head_note} in {engine.head_place}, once:"
        return [place, *head_lines(context.urls, engine.head)] if self.head_note else []


def forms() -> dict[str, Form]:
    """Every form by its name, sorted."""
    found = [form for module in _modules() for form in getattr(module, "FORMS", ())]
    return {form.name: form for form in sorted(found, key=lambda form: form.name)}


def engines() -> dict[str, Engine]:
    """Every engine by its name, in the order in which they are looked for; `plain` is last."""
    found = [engine for module in _modules() for engine in getattr(module, "ENGINES", ())]
    return {engine.name: engine for engine in (*sorted(found, key=lambda engine: engine.rank), PLAIN)}


@cache
def _modules() -> tuple[ModuleType, ...]:
    own = [import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    return (*own, *(point.load() for point in sorted(entry_points(group=GROUP), key=lambda each: each.name)))


def detect(site: Path, name: str | None = None) -> tuple[Engine, str]:
    """The site's engine, with its folders where this site has them, and why it is this one.

    The one that was named, if any: UsageError where there is none of that name.
    """
    known = engines()
    if name and name not in known:
        near = nearest(name, known)
        raise UsageError(f"no engine {name!r}; " + (f"did you mean {near!r}?" if near else ", ".join(known)))
    if name:
        engine, why = known[name], "you said so"
    else:
        reasons = ((engine, engine.reason(site)) for engine in known.values())
        found = ((engine, f"it has {reason}") for engine, reason in reasons if reason)
        engine, why = next(found, (PLAIN, "no file of a known engine is there"))
    return replace(engine, static=engine.static_in(site)) if engine.static_in else engine, why


def form_for(engine: Engine, suffix: str, name: str | None = None) -> Form:
    """The form of a page of this engine: the named one, or the engine's first that fits the page.

    UsageError where the named form does not exist or can't be written into such a page.
    """
    known = forms()
    if name:
        if name not in known:
            raise UsageError(f"no form {name!r}; forms: {', '.join(known)}")
        if not known[name].fits(suffix):
            raise UsageError(f"the form {name} can't be written into a {suffix} page")
        return known[name]
    for candidate in (*engine.forms, "mdx", "sphinx", "poster-link"):
        if known[candidate].fits(suffix):
            return known[candidate]
    raise UsageError(
        f"no form for a {suffix or 'nameless'} page; for built HTML there is `explainers embed inject`"
    )


def matching_files(site: Path, patterns: Sequence[str]) -> Iterator[Path]:
    """The files of a site that match patterns, in the patterns' order."""
    return (path for pattern in patterns for path in sorted(site.glob(pattern)) if path.is_file())


def npm(site: Path, build: str = "build", serve: str = "start") -> str:
    """The commands that build and show a site by its package.json, with the package manager it uses."""
    locks = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lockb": "bun", "bun.lock": "bun"}
    tool = next((tool for lock, tool in locks.items() if (site / lock).is_file()), "npm")
    return f"{tool} run {build} && {tool} run {serve}"


def head_lines(urls: Urls, lines: Sequence[str] = HTML_HEAD) -> list[str]:
    """Lines for a page's head, with the addresses of the player."""
    css, js = urls.shared("player.css"), urls.shared("player.js")
    return [Template(line).substitute(css=css, js=js) for line in lines]
