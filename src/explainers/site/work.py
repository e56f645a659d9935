"""What the embedding commands do, as plans (the pages' changes and the files to be there), and writing them.

Writing stays inside the site's folder: whole files or none, and unchanged files untouched.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from explainers.digest import digest_file
from explainers.errors import InvalidInput, UsageError
from explainers.scratch import replacing
from explainers.site.apply import PagePlan
from explainers.site.base_path import Stated
from explainers.site.forms import PLAIN, detect
from explainers.site.inject import plan_eject, plan_inject
from explainers.site.install import Edit
from explainers.site.page import read_page
from explainers.site.pages import site_files
from explainers.site.urls import SiteSettings, read_settings, site_urls
from explainers.site.videos import MANIFEST, Video, load_videos

HTML = (".html", ".htm", ".xhtml")


@dataclass(frozen=True)
class Planned:
    """A file to be there: text, or a copy of another file."""

    path: Path
    content: str | Path

    @property
    def bytes(self) -> int:
        """Its size."""
        return len(self.content.encode()) if isinstance(self.content, str) else self.content.stat().st_size

    @property
    def is_current(self) -> bool:
        """Whether the file is there with this content."""
        if not self.path.is_file():
            return False
        if isinstance(self.content, str):
            return self.path.read_bytes() == self.content.encode()
        same_size = self.path.stat().st_size == self.content.stat().st_size
        return same_size and digest_file(self.path) == digest_file(self.content)


def inside(root: Path, relative: str | Path) -> Path:
    """`relative` under `root`. UsageError where it, or a link on the way, leads out of it."""
    path = root / relative
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{relative} leads out of {root}")
    return path


def planned(root: Path, files: Mapping[str, str | Path]) -> tuple[Planned, ...]:
    """The files by their path from `root`, each checked to be inside it."""
    return tuple(Planned(inside(root, relative), content) for relative, content in files.items())


def write(path: Path, content: str | Path | bytes) -> None:
    """Write beside, then rename in: a reader gets the old file or the new one. The mode is kept."""
    with replacing(path.resolve()) as made:
        if isinstance(content, Path):
            shutil.copyfile(content, made)
        else:
            made.write_bytes(content.encode() if isinstance(content, str) else content)


@dataclass(frozen=True)
class Work:
    """Everything to be done: pages, other files and edits of the site's own, files that are no longer needed.

    `notes` are for the author to do, `comments` explain what was decided, `left` is what could not be done;
    `serve` are the site's own commands to look at it.
    """

    plans: tuple[PagePlan, ...] = ()
    files: tuple[Planned, ...] = ()
    notes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    gone: tuple[Path, ...] = ()
    left: tuple[str, ...] = ()
    site: Path = Path()
    serve: str = ""

    @property
    def videos(self) -> tuple[Video, ...]:
        """The videos of all pages, each once."""
        return tuple({video.name: video for plan in self.plans for video in plan.videos}.values())


def published(root: Path, folder: str, videos: Sequence[Video], renders: Path) -> list[Video]:
    """These videos and those that are on the site already, by name."""
    named = {video.name for video in videos}
    there = {path.parent.name for path in (root / folder).glob(f"*/{MANIFEST}")} - named
    finished = [name for name in sorted(there) if (renders / name / MANIFEST).is_file()]
    others = load_videos(renders, finished) if finished else ()
    return sorted((*videos, *others), key=lambda video: video.name)


def inject_into(
    built: Path,
    site: Path | None,
    names: Sequence[str],
    remove: bool,
    force: bool,
    with_files: bool,
    renders: Path,
    settings_table: Mapping[str, Any],
) -> Work:
    """The plan of `embed inject`: every HTML page in `built`. Pages that are not UTF-8 are left and named."""
    if not built.exists():
        raise UsageError(f"{built} does not exist")
    root = site or (built if built.is_dir() else built.parent)
    settings = read_settings(settings_table)
    urls = site_urls(settings, stated=None if remove else _stated_of_built(root))
    videos = () if remove else load_videos(renders, names)
    own = (root / settings.folder).resolve()
    plans, comments = [], hints(videos, settings)
    for path in sorted(built.rglob("*")) if built.is_dir() else [built]:
        if path.suffix.lower() not in HTML or not path.is_file() or path.resolve().is_relative_to(own):
            continue
        inside(root, path.resolve().relative_to(root.resolve()) if path.is_relative_to(root) else path)
        try:
            page = read_page(path)
        except InvalidInput as error:
            comments.append(str(error))
            continue
        plan = plan_eject(page, force) if remove else plan_inject(page, videos, urls, force=force)
        if plan.changes or plan.left or plan.videos:
            plans.append(plan)
    used = {video.name for plan in plans for video in plan.videos}
    wanted = [video for video in videos if video.name in used]
    files: dict[str, str | Path] = {}
    if with_files and wanted:
        everything = site_files(published(root, settings.folder, wanted, renders), settings, urls)
        files = {f"{settings.folder}/{name}": content for name, content in everything.items()}
    return Work(tuple(plans), planned(root, files), (), tuple(comments))


def _stated_of_built(root: Path) -> Stated | None:
    """What the sources of a built site state, where they are in one of the two folders around it."""
    for folder in root.resolve().parents[:2]:
        engine, _ = detect(folder)
        if engine is not PLAIN:
            return engine.base_path(folder)
    return None


def static_site(out: Path, names: Sequence[str], renders: Path, settings_table: Mapping[str, Any]) -> Work:
    """The plan of `embed site`: a folder that works wherever it is put."""
    settings = read_settings(settings_table)
    videos = load_videos(renders, names)
    if not videos:
        raise UsageError(f"no finished video in {renders}; `explainers render` makes them")
    urls = replace(site_urls(settings), index="")
    return Work((), planned(out, site_files(videos, settings, urls)), (), tuple(hints(videos, settings)))


def hints(videos: Sequence[Video], settings: SiteSettings) -> list[str]:
    """What the pages of these videos go without, and what would bring it."""
    hints = []
    table = "in [tool.explainers.site]"
    for name, web in ((video.name, video.web) for video in videos):
        if web is None:
            remedy = f"`explainers embed renditions {name}` makes them"
            hints.append(f"{name}: no web renditions of this render yet; {remedy}")
        if settings.base_url and settings.uploaded(name) is None:
            hints.append(f"{name}: no upload_date {table}; its page goes without VideoObject")
    if videos and settings.base_url is None:
        hints.append(f"no base_url {table}: pages go without VideoObject, Open Graph and sitemap")
    return hints
