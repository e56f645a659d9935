"""The command for a site: placeholders become videos, files are copied, the head gets the player; and back.

What is done is remembered in the site's ledger, so that `--remove` leaves it byte for byte as it was.
"""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explainers.errors import InvalidInput, UsageError
from explainers.project import Project, find_project
from explainers.site.apply import PagePlan, find_blocks, plan_apply, plan_remove
from explainers.site.forms import MARKDOWN, PLAIN, Context, Engine, Form, detect, form_for, head_lines
from explainers.site.inject import injected_blocks, plan_eject, plan_inject
from explainers.site.install import PLAYER, Edit, edited, removed
from explainers.site.ledger import NAME as LEDGER
from explainers.site.ledger import Account
from explainers.site.page import page_of, read_page
from explainers.site.pages import site_files
from explainers.site.urls import SiteSettings, Urls, read_settings, site_urls
from explainers.site.videos import Video, load_videos
from explainers.site.work import HTML, Planned, Work, hints, inside, planned, published
from explainers.trust import belongs_to_another

_NOT_SOURCES = {"node_modules", "vendor", "venv", "site-packages", "_site", "_build", "build", "dist", "out"}
_WANTED = rb"//\s*(?:create|put|add|insert)\s+(?:video|race)\s+here|explainers:begin "
_RACE_PLAYS = "For races to play on the page instead of on theirs, put these lines"
_RACE_WANTED = rb"//\s*(?:create|put|add|insert)\s+race\s+here|explainers:begin [^\s:]+:"


@dataclass(frozen=True)
class Wishes:
    """What the author chose: engine and form, videos by `names`, those of placeholders by line (`chosen`)."""

    engine: str | None = None
    form: str | None = None
    names: tuple[str, ...] = ()
    chosen: Mapping[int, str] = field(default_factory=dict)
    force: bool = False
    with_files: bool = True


def apply_to(
    site: Path, pages: Sequence[Path], renders: Path, settings_table: Mapping[str, Any], wishes: Wishes
) -> Work:
    """The plan of `embed apply`: placeholders in the pages, the files they need, and the player in the head.

    UsageError where page and site do not belong together.
    """
    if wishes.chosen and len(pages) != 1:
        raise UsageError("--match is LINE=VIDEO in one page: name the page instead of the site")
    texts = {page: read_page(_page_in(site, page)) for page in pages}
    settings = read_settings(settings_table)
    engine, reason = detect(site, wishes.engine)
    folder = f"{engine.served}/{settings.folder}" if engine.served else None
    urls = site_urls(settings, engine.index, folder, engine.base_path(site))
    context = Context(Path(), urls, site, engine)
    videos = load_videos(renders, wishes.names)
    account, plans, notes = Account.of(site), [], []
    made: dict[str, dict[str, str]] = {}
    forms: dict[str, Form] = {}
    for path, page in texts.items():
        inner = path.resolve().relative_to(site.resolve())
        here = replace(context, page=inner)
        if path.suffix.lower() in HTML:
            plan = plan_inject(page, videos, urls, wishes.chosen, wishes.force)
        else:
            form = form_for(engine, path.suffix, wishes.form)
            plan = plan_apply(page, form, videos, here, wishes.chosen, wishes.force)
            names = _blocks_in(plan)
            shown = [video for video in plan.videos if video.name in names]
            if plan.videos:
                # A page of races alone has no form of a video that would bring the player.
                mine = form if shown or form.head_note else replace(form, head_note=_RACE_PLAYS)
                others = forms.get(form.name, mine)
                forms[form.name] = others if others.head_note else mine
                made |= {video.name: made.get(video.name, {}) | form.files(video, here) for video in shown}
                notes += form.notes(shown, here) if shown else []
        plans.append(plan)
        account.page(inner.as_posix(), _videos_in(plan))
    kinds = ", ".join(forms) or ("html" if any(page.suffix.lower() in HTML for page in pages) else "none")
    used = tuple({video.name: video for plan in plans for video in plan.videos}.values())
    comments = (f"{engine.name}: {reason}; form {kinds}", *hints(used or videos, settings))
    work = Work(tuple(plans), (), tuple(notes), comments, site=site, serve=_serve(engine, site))
    if not wishes.with_files or not used:
        return work
    media = "/".join(part for part in (engine.static, settings.folder) if part not in ("", "."))
    files = _site_files(account, media, used, settings, urls, renders)
    own: dict[str, str | Path] = {}
    for video in used:
        own |= made.get(video.name, {})
        account.write(made.get(video.name, {}), video.name)
    # What the forms of two videos have in common, such as a shortcode, is for all.
    counts = Counter(path for one in used for form in forms.values() for path in _shared(form, one, context))
    account.write({path: own[path] for path in counts if path in own})
    edits, left = _heads(account, context, forms.values(), wishes.force)
    notes += [] if edits or left else [line for form in forms.values() for line in form.head_notes(context)]
    files |= own
    account.settle(files, [f"{media}/{video.name}" for video in used])
    _refuse_foreign(account, own, wishes.force)
    return replace(
        work,
        files=(*planned(site, files), *_ledger(account)),
        notes=tuple(notes),
        edits=edits,
        gone=tuple(account.gone),
        left=(*left, *(f"{path}: changed since it was written; it is left" for path in account.kept)),
    )


def remove_from(
    site: Path, pages: Sequence[Path], renders: Path, settings_table: Mapping[str, Any], wishes: Wishes
) -> Work:
    """The plan of `embed apply --remove`: pages as they were, and nothing left of what no page needs."""
    account = Account.of(site)
    plans, edits, left = [], [], []
    for path in pages:
        page = read_page(_page_in(site, path))
        html = path.suffix.lower() in HTML
        plan = plan_eject(page, wishes.force) if html else plan_remove(page, wishes.names, wishes.force)
        plans.append(plan)
        account.page(path.resolve().relative_to(site.resolve()).as_posix(), _videos_in(plan))
    files: dict[str, str | Path] = {}
    engine, _ = detect(site, wishes.engine)
    others = [path for path in pages_in(site, engine, b"explainers:begin ") if path not in set(pages)]
    if wishes.with_files and not account.after.used and not others:
        context = Context(Path(), Urls("/"), site, engine)
        spots = [spot.path for spot in engine.install(context)]
        heads = [path for path in dict.fromkeys([*account.after.heads, *spots]) if (site / path).is_file()]
        for head in heads:
            inside(site, head)
        edits = [removed(site, path, wishes.force) for path in heads if not account.is_ours(path)]
        account.after.heads = []
        left = [f"{edit.path}: {edit.why}" for edit in edits if edit.why]
    elif wishes.with_files and account.before.used != account.after.used:
        # The list of videos on the site gets shorter.
        settings = read_settings(settings_table)
        folder = f"{engine.served}/{settings.folder}" if engine.served else None
        urls = site_urls(settings, engine.index, folder, engine.base_path(site))
        media = "/".join(part for part in (engine.static, settings.folder) if part not in ("", "."))
        files = _site_files(account, media, (), settings, urls, renders)
    if wishes.with_files:
        account.settle(files)
        left += [f"{path}: changed since it was written; it is left" for path in account.kept]
    ledger = _ledger(account) if wishes.with_files and (site / LEDGER).is_file() else ()
    gone = (*account.gone, *((site / LEDGER,) if wishes.with_files and not ledger else ()))
    return Work(
        tuple(plans),
        (*planned(site, files), *ledger),
        edits=tuple(edits),
        gone=tuple(path for path in gone if path.is_file()),
        left=tuple(left),
        site=site,
    )


def _blocks_in(plan: PagePlan) -> list[str]:
    """The videos and races that a page shows after the changes."""
    page = page_of(plan.page.path, plan.text.encode())
    html = page.path.suffix.lower() in HTML
    blocks = injected_blocks(page) if html else find_blocks(page)[0]
    return [block.name for block in blocks if block.name != PLAYER]


def _videos_in(plan: PagePlan) -> list[str]:
    """The videos of which a page shows anything after the changes."""
    return [name.partition(":")[0] for name in _blocks_in(plan)]


def _serve(engine: Engine, site: Path) -> str:
    commands = engine.commands(site)
    if commands and site.resolve() == Path.cwd():
        return commands
    return (
        f"cd {shlex.quote(str(site))} && {commands}"
        if commands
        else f"explainers serve {shlex.quote(str(site))}"
    )


def _shared(form: Form, video: Video, context: Context) -> set[str]:
    """The files of a form that another video would have too."""
    other = replace(video, manifest=video.manifest.model_copy(update={"video": f"{video.name}-other"}))
    return set(form.files(video, context)) & set(form.files(other, context))


def _heads(
    account: Account, context: Context, forms: Iterable[Form], force: bool
) -> tuple[tuple[Edit, ...], list[str]]:
    """The edits that bring the player to the site's pages, and what stands against them."""
    if not any(form.head_note for form in forms):
        return (), []
    urls, site = context.urls, account.site
    addresses = {"css": urls.shared("player.css"), "js": urls.shared("player.js")}
    spots = context.engine.install(context)
    for spot in spots:
        inside(site, spot.path)
    edits = tuple(edited(site, spot, addresses, force) for spot in spots)
    for edit in edits:
        made = edit.before is None or account.is_ours(edit.path)
        if made:
            account.write({edit.path: edit.after})
        elif edit.path not in account.after.heads and not edit.why:
            account.after.heads.append(edit.path)
    lines = head_lines(urls, context.engine.head)
    left = [f"{edit.path}: {edit.why}; they are: " + " ".join(lines) for edit in edits if edit.why]
    return edits, left


def _refuse_foreign(account: Account, own: Mapping[str, str | Path], force: bool) -> None:
    """UsageError where a file of the author's would be overwritten."""
    for path, content in own.items():
        file = account.site / path
        if force or not file.is_file() or account.is_ours(path) or Planned(file, content).is_current:
            continue
        if path not in account.before.files and "explainers" in file.read_text("utf-8", "replace"):
            continue  # Written before there was a ledger.
        raise UsageError(f"{file} is there already and is not what was written; --force overwrites it")


def _ledger(account: Account) -> tuple[Planned, ...]:
    found = account.ledger_file
    return (Planned(*found),) if found else ()


def pages_in(site: Path, engine: Engine, wanted: bytes = _WANTED) -> list[Path]:
    """The pages of a site that have something to do with videos: placeholders, or blocks from before.

    Built sites, packages and hidden folders are left out; HTML is a page only where no engine makes it.
    """
    suffixes = {*MARKDOWN, ".mdx", ".rst"} | (set(HTML) if engine is PLAIN else set())
    found = []
    for folder, inner, names in os.walk(site):
        inner[:] = sorted(name for name in inner if name not in _NOT_SOURCES and not name.startswith("."))
        for path in sorted(Path(folder, name) for name in names):
            if path.suffix.lower() in suffixes and re.search(wanted, path.read_bytes(), re.I):
                found.append(path)
    return found


def asks_for_race(page: Path) -> bool:
    """Whether a page has a placeholder or a block of a race."""
    return re.search(_RACE_WANTED, page.read_bytes(), re.I) is not None


def _page_in(site: Path, page: Path) -> Path:
    if not site.is_dir():
        raise UsageError(f"{site} is no folder")
    if not page.is_file():
        raise UsageError(f"{page} is no file")
    if not page.resolve().is_relative_to(site.resolve()):
        raise UsageError(f"{page} is not in {site}; --site is the folder that holds the site's sources")
    return page


def _site_files(
    account: Account, media: str, videos: Sequence[Video], settings: SiteSettings, urls: Urls, renders: Path
) -> dict[str, str | Path]:
    """The files of these videos and of those that other pages show: the index lists them all."""
    used = account.after.used
    there = published(account.site, media, videos, renders)
    there = [one for one in there if one.name in used or one.name not in account.before.used]
    files = site_files(there, settings, urls)
    for name, content in files.items():
        video, inner, _ = name.partition("/")
        account.write({f"{media}/{name}": content}, video if inner else "")
    return {f"{media}/{name}": content for name, content in files.items()}


def located(page: Path, site: Path | None, beside: Sequence[Path]) -> tuple[Path, list[Path]]:
    """The site's folder, and the page that is meant, or none where the whole site is.

    Paths are looked for from here, from the site, and from the folders `beside` (the project's). Without a
    `site` it is the nearest folder above the page that an engine builds. UsageError where nothing is there.
    """
    if site is not None:
        site = _first(site, beside, Path.is_dir, "folder")
    found = _first(page, [*([site] if site else []), *beside], Path.exists, "page or site")
    if site is None:
        inner = found if found.is_dir() else found.resolve().parent
        above = [inner, *_up_to_repository(inner.resolve())]
        site = next((folder for folder in above if detect(folder)[0] is not PLAIN), inner)
    return site, [] if found.is_dir() else [found]


def _first(path: Path, folders: Sequence[Path], there: Callable[[Path], bool], what: str) -> Path:
    candidates = [path, *(folder / path for folder in folders if not path.is_absolute())]
    for one in candidates:
        if there(one):
            return one
    looked = ", ".join(dict.fromkeys(str(one) for one in candidates))
    raise UsageError(f"no {what} {path}; looked at {looked}")


def _up_to_repository(folder: Path) -> Iterator[Path]:
    """The folders above, up to the one that a repository begins in; none without a repository."""
    above = (folder, *folder.parents)
    root = next((one for one in above if (one / ".git").exists()), folder)
    return (one for one in above[1:] if one == root or root in one.parents)


def project_near(site: Path) -> Project:
    """The project above the site's folder, or beside it. UsageError where there is none, or several."""
    try:
        return find_project(site)
    except UsageError:
        pass
    for folder in (site.resolve(), *site.resolve().parents[:2]):
        found = []
        for path in sorted(folder.glob("*/pyproject.toml")):
            try:
                project = find_project(path.parent)
            except (UsageError, InvalidInput):
                continue
            if project.root == path.parent and not belongs_to_another(path):
                found.append(project)
        if len(found) > 1:
            raise UsageError(f"--project says which: {', '.join(str(one.root) for one in found)}")
        if found:
            return found[0]
    raise UsageError(f"no project above {site} or beside it; --project says where it is")
