"""What the embedding commands do, as plans: the pages' changes and the files to be there. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explainers.errors import InvalidInput, UsageError
from explainers.site.apply import PagePlan, plan_apply, plan_remove
from explainers.site.base_path import Stated, stated_path
from explainers.site.engines import PLAIN, Detected, detect
from explainers.site.files import Planned, inside, planned
from explainers.site.forms import Context, Form, form_for
from explainers.site.inject import plan_eject, plan_inject
from explainers.site.page import read_page
from explainers.site.pages import site_files
from explainers.site.urls import SiteSettings, Urls, read_settings, site_urls
from explainers.site.videos import MANIFEST, Video, load_videos

HTML = (".html", ".htm", ".xhtml")


@dataclass(frozen=True)
class Request:
    """What `embed apply` was asked for."""

    page: Path
    site: Path
    engine: str | None = None
    form: str | None = None
    videos: tuple[str, ...] = ()
    chosen: Mapping[int, str] = field(default_factory=dict)
    remove: bool = False
    force: bool = False
    with_files: bool = True


@dataclass(frozen=True)
class Work:
    """Everything to be written; `notes` are for the author to do, `said` explain what was decided."""

    plans: tuple[PagePlan, ...] = ()
    files: tuple[Planned, ...] = ()
    notes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def apply_to_page(request: Request, renders: Path, settings_table: Mapping[str, Any]) -> Work:
    """The plan of `embed apply`. UsageError where page and site do not belong together."""
    page_path = _page_in(request.site, request.page)
    page = read_page(page_path)
    if request.remove:
        return Work((plan_remove(page, request.videos, request.force),))
    settings = read_settings(settings_table)
    found = detect(request.site, request.engine)
    form = form_for(found.engine, page_path.suffix, request.form)
    engine = found.engine
    folder = f"{engine.served}/{settings.folder}" if engine.served else None
    urls = site_urls(settings, engine.index, folder, stated_path(engine.name, request.site))
    place = page_path.resolve().relative_to(request.site.resolve())
    context = Context(place, urls, request.site, engine.name, engine.markdown)
    videos = load_videos(renders, request.videos)
    plan = plan_apply(page, form, videos, context, request.chosen, request.force)
    said = (f"{found.engine.name}: {found.reason}; form {form.name}", *_hints(videos, settings))
    files: tuple[Planned, ...] = ()
    if request.with_files:
        files = _site_files(request, found, form, context, plan.videos, settings, renders)
    notes = tuple(form.notes(plan.videos, context)) if plan.videos else ()
    return Work((plan,), files, notes, said)


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


def _site_files(
    request: Request,
    found: Detected,
    form: Form,
    context: Context,
    videos: Sequence[Video],
    settings: SiteSettings,
    renders: Path,
) -> tuple[Planned, ...]:
    if not videos:
        return ()
    folder = "/".join(part for part in (found.engine.static, settings.folder) if part not in ("", "."))
    files = _published(request.site, folder, videos, settings, context.urls, renders)
    for video in videos:
        files |= form.files(video, context)
    return tuple(planned(request.site, files))


def _published(
    root: Path, folder: str, videos: Sequence[Video], settings: SiteSettings, urls: Urls, renders: Path
) -> dict[str, str | Path]:
    """The files of these videos and of those that are on the site already: the index lists them all."""
    named = {video.name for video in videos}
    there = {path.parent.name for path in (root / folder).glob(f"*/{MANIFEST}")} - named
    finished = [name for name in sorted(there) if (renders / name / MANIFEST).is_file()]
    everything = sorted(
        (*videos, *(load_videos(renders, finished) if finished else ())), key=lambda one: one.name
    )
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
    plans, said = [], list(_hints(videos, settings))
    for path in sorted(built.rglob("*")) if built.is_dir() else [built]:
        if path.suffix.lower() not in HTML or not path.is_file() or path.resolve().is_relative_to(own):
            continue
        inside(root, path.resolve().relative_to(root.resolve()) if path.is_relative_to(root) else path)
        try:
            page = read_page(path)
        except InvalidInput as error:
            said.append(str(error))
            continue
        plan = plan_eject(page, force) if remove else plan_inject(page, videos, urls, force=force)
        if plan.changes or plan.left or plan.videos:
            plans.append(plan)
    used = {video.name for plan in plans for video in plan.videos}
    wanted = [video for video in videos if video.name in used]
    files: tuple[Planned, ...] = ()
    if with_files and wanted:
        files = tuple(planned(root, _published(root, settings.folder, wanted, settings, urls, renders)))
    return Work(tuple(plans), files, (), tuple(said))


def _stated_of_built(root: Path) -> Stated | None:
    """What the sources of a built site state, where they are in one of the two folders around it."""
    for folder in root.resolve().parents[:2]:
        if (found := detect(folder).engine) is not PLAIN:
            return stated_path(found.name, folder)
    return None


def static_site(out: Path, names: Sequence[str], renders: Path, settings_table: Mapping[str, Any]) -> Work:
    """The plan of `embed site`: a folder that works wherever it is put."""
    settings = read_settings(settings_table)
    videos = load_videos(renders, names)
    if not videos:
        raise UsageError(f"no finished video in {renders}; `explainers render` makes them")
    urls = replace(site_urls(settings), index="")
    return Work(
        (), tuple(planned(out, site_files(videos, settings, urls))), (), tuple(_hints(videos, settings))
    )


def _hints(videos: Sequence[Video], settings: SiteSettings) -> list[str]:
    said = []
    for video in videos:
        if video.web is None:
            said.append(
                f"{video.name}: no web renditions of this render yet;"
                f" `explainers embed renditions {video.name}` makes them"
            )
        if settings.base_url and settings.uploaded(video.name) is None:
            said.append(
                f"{video.name}: no upload_date in [tool.explainers.site]; its page goes without VideoObject"
            )
    if videos and settings.base_url is None:
        said.append(
            "no base_url in [tool.explainers.site]: pages go without VideoObject, Open Graph and sitemap"
        )
    return said
