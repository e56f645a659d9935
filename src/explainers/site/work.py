"""What the embedding commands do, as plans (the pages' changes and the files to be there), and writing them.

Writing stays inside the site's folder: whole files or none, and unchanged files untouched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from explainers.digest import digest_file
from explainers.errors import InvalidInput, UsageError
from explainers.site.apply import PagePlan, plan_apply, plan_remove
from explainers.site.base_path import Stated
from explainers.site.forms import PLAIN, Context, detect, form_for
from explainers.site.inject import plan_eject, plan_inject
from explainers.site.page import read_page
from explainers.site.pages import site_files
from explainers.site.urls import SiteSettings, Urls, read_settings, site_urls
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
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(content, Path):
                with content.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(target.stat().st_mode if target.exists() else 0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class Work:
    """Everything to be written; `notes` are for the author to do, `comments` explain what was decided."""

    plans: tuple[PagePlan, ...] = ()
    files: tuple[Planned, ...] = ()
    notes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def apply_to_page(
    page_path: Path,
    site: Path,
    renders: Path,
    settings_table: Mapping[str, Any],
    engine_name: str | None = None,
    form_name: str | None = None,
    names: Sequence[str] = (),
    chosen: Mapping[int, str] | None = None,
    remove: bool = False,
    force: bool = False,
    with_files: bool = True,
) -> Work:
    """The plan of `embed apply`. UsageError where page and site do not belong together.

    `chosen` are videos for placeholders, by line.
    """
    page = read_page(_page_in(site, page_path))
    if remove:
        return Work((plan_remove(page, names, force),))
    settings = read_settings(settings_table)
    engine, reason = detect(site, engine_name)
    form = form_for(engine, page_path.suffix, form_name)
    folder = f"{engine.served}/{settings.folder}" if engine.served else None
    urls = site_urls(settings, engine.index, folder, engine.base_path(site))
    context = Context(page_path.resolve().relative_to(site.resolve()), urls, site, engine)
    videos = load_videos(renders, names)
    plan = plan_apply(page, form, videos, context, chosen, force)
    comments = (f"{engine.name}: {reason}; form {form.name}", *_hints(videos, settings))
    if not plan.videos:
        return Work((plan,), comments=comments)
    files: dict[str, str | Path] = {}
    if with_files:
        media = "/".join(part for part in (engine.static, settings.folder) if part not in ("", "."))
        files = _published(site, media, plan.videos, settings, urls, renders)
        for video in plan.videos:
            files |= form.files(video, context)
    return Work((plan,), planned(site, files), tuple(form.author_notes(plan.videos, context)), comments)


def _page_in(site: Path, page: Path) -> Path:
    if not site.is_dir():
        raise UsageError(f"{site} is no folder")
    if not page.is_file():
        raise UsageError(f"{page} is no file")
    if not page.resolve().is_relative_to(site.resolve()):
        raise UsageError(f"{page} is not in {site}; --site is the folder that holds the site's sources")
    if page.suffix.lower() in HTML:
        raise UsageError(f"{page.name} is HTML; `explainers embed inject` puts videos into it")
    return page


def _published(
    root: Path, folder: str, videos: Sequence[Video], settings: SiteSettings, urls: Urls, renders: Path
) -> dict[str, str | Path]:
    """The files of these videos and of those that are on the site already: the index lists them all."""
    named = {video.name for video in videos}
    there = {path.parent.name for path in (root / folder).glob(f"*/{MANIFEST}")} - named
    finished = [name for name in sorted(there) if (renders / name / MANIFEST).is_file()]
    others = load_videos(renders, finished) if finished else ()
    everything = sorted((*videos, *others), key=lambda video: video.name)
    return {f"{folder}/{name}": content for name, content in site_files(everything, settings, urls).items()}


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
    plans, comments = [], _hints(videos, settings)
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
        files = _published(root, settings.folder, wanted, settings, urls, renders)
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
    return Work((), planned(out, site_files(videos, settings, urls)), (), tuple(_hints(videos, settings)))


def _hints(videos: Sequence[Video], settings: SiteSettings) -> list[str]:
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
