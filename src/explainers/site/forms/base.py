"""What a form is: the lines in the page, the files beside it, and what is left for the author to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explainers.site.urls import Urls
from explainers.site.videos import Video

MARKDOWN = (".md", ".markdown", ".qmd", ".rmd", ".mdx")


@dataclass(frozen=True)
class Context:
    """The page's path from the site's folder, the site's URLs, its folder and its engine.

    `markdown` stands before addresses in Markdown, for engines that would look for files at them.
    """

    page: Path
    urls: Urls
    site: Path = Path()
    engine: str = "plain"
    markdown: str = ""


def _no_files(video: Video, context: Context) -> dict[str, str]:
    return {}


def _no_notes(videos: Sequence[Video], context: Context) -> list[str]:
    return []


@dataclass(frozen=True)
class Form:
    """`lines` go into the page; `files` are written beside it, by path from the site's folder.

    `comment` is the comment syntax of the marks; `notes` are things only the author can do.
    """

    name: str
    lines: Callable[[Video, Context], list[str]]
    suffixes: tuple[str, ...] = MARKDOWN[:-1]
    comment: str = "html"
    files: Callable[[Video, Context], dict[str, str]] = _no_files
    notes: Callable[[Sequence[Video], Context], list[str]] = _no_notes

    def fits(self, suffix: str) -> bool:
        """Whether a page with this file suffix can hold the form."""
        return suffix.lower() in self.suffixes


def head_lines(urls: Urls) -> list[str]:
    """The two lines that bring the player to a page."""
    return [
        f'<link rel="stylesheet" href="{urls.shared("player.css")}">',
        f'<script type="module" src="{urls.shared("player.js")}"></script>',
    ]


def component_name(video: str) -> str:
    """`ExplainerDrexDesign` for `drex-design`."""
    letters = "".join(c if c.isalnum() else " " for c in video)
    return "Explainer" + "".join(word[:1].upper() + word[1:] for word in letters.split())


def relative_import(page: Path, target: str) -> str:
    """`target` (from the site's folder) as an import path from the page's folder."""
    up = "../" * len(page.parent.parts)
    return f"{up or './'}{target}"
