"""The commands `embed apply`, `embed inject`, `embed site`, `embed renditions`, `embed race`, and `serve`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    MAX_MIB,
    AllowCode,
    AsJson,
    Jobs,
    MaxMib,
    code_allowed,
    err,
    make_web_renditions,
    out,
    project_folder,
    show_json,
    show_lines,
    the_project,
)
from explainers.errors import MissingDependency, UsageError
from explainers.project import find_project

if TYPE_CHECKING:
    from explainers.site.work import Planned, Work

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the matches and a diff; write nothing.")]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit 1 where something is to be done. For CI.")
]
Remove = Annotated[bool, typer.Option("--remove", help="Take the videos out again: the page as it was.")]
Force = Annotated[bool, typer.Option("--force", help="Also where a block was edited by hand.")]
Only = Annotated[list[str] | None, typer.Option("--video", help="Only this video; may be given again.")]
Matches = Annotated[
    list[str] | None,
    typer.Option("--match", help="LINE=VIDEO: which video a placeholder means; may be given again."),
]
Renders = Annotated[
    Path | None, typer.Option("--renders", help="Where the videos are; the project's renders/ else.")
]


def register(app: typer.Typer) -> None:
    """Add `embed` with its commands, and `serve`."""
    embed = typer.Typer(
        help="Put finished videos into a website.", no_args_is_help=True, rich_markup_mode=None
    )
    embed.command("apply")(apply)
    embed.command("inject")(inject)
    embed.command("site")(site)
    embed.command("renditions")(renditions)
    embed.command("race")(race)
    app.add_typer(embed, name="embed")
    app.command()(serve)


def apply(
    page: Annotated[
        Path, typer.Argument(help="A page with `// create video here: ...` in it, or a whole site.")
    ],
    site: Annotated[
        Path | None,
        typer.Option("--site", help="The website's source folder; found from the page by default."),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="The site's engine; found from its files by default.")
    ] = None,
    form: Annotated[
        str | None, typer.Option(help="How a video is written; the engine's first by default.")
    ] = None,
    video: Only = None,
    match: Matches = None,
    dry_run: DryRun = False,
    check: Check = False,
    remove: Remove = False,
    force: Force = False,
    files: Annotated[
        bool,
        typer.Option("--files/--no-files", help="Also copy videos, and put the player in the head."),
    ] = True,
    make_renditions: Annotated[
        bool, typer.Option("--renditions/--no-renditions", help="Make renditions that are missing first.")
    ] = True,
    allow_code: AllowCode = False,
    renders: Renders = None,
    as_json: AsJson = False,
) -> int:
    """Put videos into a site, and nothing else; --remove takes all of it back."""
    from explainers.site import whole_site

    folder, settings, root = _project_of_site(renders, site or page)
    where, pages = whole_site.located(page, site, [root] if root else [])
    engine_found, _ = whole_site.detect(where, engine)
    pages = pages or whole_site.pages_in(where, engine_found)
    quiet = as_json and (dry_run or check)
    if root and files and not (remove or quiet) and any(map(whole_site.asks_for_race, pages)):
        make_races(root, folder, allow_code, only_said=dry_run or check)
    wishes = whole_site.Wishes(engine, form, tuple(video or ()), _chosen(match), force, files)
    if remove:
        work = whole_site.remove_from(where, pages, folder, settings, wishes)
        return finish(work, dry_run, check, as_json)
    work = whole_site.apply_to(where, pages, folder, settings, wishes)
    missing = [one for video in work.videos for one in (video, *video.variants) if one.web is None]
    if missing and make_renditions and files and not dry_run and not check:
        for one in missing:
            make_web_renditions(one.folder, MAX_MIB, folder / ".store", None)
        work = whole_site.apply_to(where, pages, folder, settings, wishes)
    elif missing and make_renditions and files and not as_json:
        names = ", ".join(one.folder.relative_to(folder).as_posix() for one in missing)
        err().print(f"renditions that are made first, and posters with them: {names}", markup=False)
    return finish(work, dry_run, check, as_json)


def inject(
    built: Annotated[Path, typer.Argument(help="A folder of built HTML, or one HTML file in --site.")],
    site: Annotated[
        Path | None, typer.Option("--site", help="The built site's root; the folder itself by default.")
    ] = None,
    video: Only = None,
    dry_run: DryRun = False,
    check: Check = False,
    remove: Remove = False,
    force: Force = False,
    files: Annotated[
        bool, typer.Option("--files/--no-files", help="Also copy videos and player to the site.")
    ] = True,
    renders: Renders = None,
    as_json: AsJson = False,
) -> int:
    """Put players into built HTML, whatever engine built it: posters and leftover placeholders."""
    from explainers.site.work import inject_into

    names = tuple(video or ())
    work = inject_into(built, site, names, remove, force, files, *_project(renders))
    return finish(work, dry_run, check, as_json)


def site(
    out_dir: Annotated[
        Path, typer.Option("-o", "--out", help="The folder to write; it can be put on any host.")
    ],
    video: Only = None,
    check: Check = False,
    renders: Renders = None,
    as_json: AsJson = False,
) -> int:
    """Write a static folder: watch pages, index, player, video sitemap, oEmbed, and the videos."""
    from explainers.site.work import static_site

    work = static_site(out_dir, tuple(video or ()), *_project(renders))
    return finish(work, False, check, as_json)


def renditions(
    videos: Annotated[
        list[str] | None, typer.Argument(help="Finished videos; all where none is named.")
    ] = None,
    max_mib: MaxMib = MAX_MIB,
    jobs: Jobs = None,
    renders: Renders = None,
    as_json: AsJson = False,
) -> None:
    """Make what pages need of finished videos: AV1, H.264, posters, social picture, loop, descriptions."""
    from explainers.manifest import MANIFEST
    from explainers.site.videos import load_videos

    folder, _ = _project(renders)
    found = load_videos(folder, videos or ())
    places = [one.folder.relative_to(folder) for video in found for one in (video, *video.variants)]
    if not places:
        raise UsageError(f"no {MANIFEST} in {folder}; `explainers render` makes it")
    records = {}
    for name in map(Path.as_posix, places):
        result = make_web_renditions(folder / name, max_mib, folder / ".store", jobs)
        records[name] = result.record.as_json()
    if as_json:
        show_json(records)


def race(
    video: Annotated[str, typer.Argument(help="VIDEO, or VIDEO:SHOT where it has several races.")],
    out_dir: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="A folder with a page of the race, for any host; beside the video else."
        ),
    ] = None,
    check: Check = False,
    allow_code: AllowCode = False,
    renders: Renders = None,
    as_json: AsJson = False,
) -> int:
    """Write a race as data for pages, which the reader plays and scrubs; `put race here` asks for it."""
    from explainers.manifest import Manifest, manifest_in
    from explainers.plan import load_plan
    from explainers.site.race_data import RaceData, race_shot, race_work

    name, _, shot_id = video.partition(":")
    project = the_project()
    folder = renders or project.root / "renders"
    # The steps are the frames of the film that is there.
    film = manifest_in(folder / name, Manifest)
    quality = film.quality if film else "final"
    plan = load_plan(project, name, quality, allow_code=code_allowed(allow_code, [name]))
    data = RaceData(plan, race_shot(plan, shot_id or None))
    return finish(race_work(data, out_dir, folder), False, check, as_json)


def make_races(root: Path, renders: Path, allow_code: bool, only_said: bool) -> None:
    """The data of races that finished videos have and that are not made, or only their names.

    Videos whose storyboards are elsewhere have what was made of them there.
    """
    from explainers.plan import load_plan
    from explainers.site.race_data import RaceData, race_shot, race_work
    from explainers.site.videos import load_videos

    project = find_project(root)
    for video in load_videos(renders):
        if video.name not in project.videos():
            continue
        missing = {shot.id for shot in video.manifest.shots if shot.kind == "race"} - video.races.keys()
        if not missing:
            continue
        if only_said:
            for shot_id in sorted(missing):
                err().print(f"a race that is made first: {video.name}:{shot_id}")
            continue
        allowed = code_allowed(allow_code, [video.name], project)
        plan = load_plan(project, video.name, video.manifest.quality, allow_code=allowed)
        for shot_id in sorted(missing):
            work = race_work(RaceData(plan, race_shot(plan, shot_id)), None, renders)
            finish(replace(work, notes=()), False, False, False)


def serve(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder to show; renders/ of the project without.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> None:
    """Show a folder on the loopback address, with the Range requests that players need; no hidden files."""
    # The project itself may hold what is for nobody else.
    folder = folder or find_project(project_folder()).root / "renders"
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder")
    try:
        from explainers.site.serve import HOST, listen, preview, server_of
    except ImportError as error:
        message = f"serve needs {error.name}: pip install 'explainers[site]'"
        raise MissingDependency(message) from None
    try:
        listening = listen(port)
    except OSError as error:
        raise UsageError(f"port {port}: {error.strerror}; --port 0 takes a free one") from None
    with listening:
        out().print(f"http://{HOST}:{listening.getsockname()[1]}/", markup=False)
        server_of(preview(folder)).run(sockets=[listening])


def _project(renders: Path | None) -> tuple[Path, dict[str, object]]:
    """The folder of finished videos and the site's settings; no project is needed where both are given."""
    try:
        project = find_project(project_folder())
    except UsageError:
        if renders is None:
            raise
        return renders, {}
    return renders or project.root / "renders", dict(project.settings.site)


def _project_of_site(renders: Path | None, page: Path) -> tuple[Path, dict[str, object], Path | None]:
    """As `_project`, and the project's folder; it is also looked for above and beside the site."""
    from explainers.site.whole_site import project_near

    try:
        project = find_project(project_folder())
    except UsageError:
        if renders is not None:
            return renders, {}, None
        project = project_near(page if page.is_dir() else page.parent)
    return renders or project.root / "renders", dict(project.settings.site), project.root


def _chosen(written: list[str] | None) -> dict[int, str]:
    chosen = {}
    for choice in written or ():
        line, _, name = choice.partition("=")
        if not line.isdecimal() or not name:
            raise UsageError(f"--match is LINE=VIDEO, such as 31=drex, not {choice!r}")
        chosen[int(line)] = name
    return chosen


def finish(work: Work, dry_run: bool, check: bool, as_json: bool) -> int:
    """Print what is to be done, do it unless it is only a trial, and give the exit code."""
    from explainers.site.work import write

    stale = [file for file in work.files if not file.is_current]
    changed = [plan for plan in work.plans if plan.changes]
    edits = [edit for edit in work.edits if edit.before != edit.after]
    left = [*work.left, *(one for plan in work.plans for one in plan.left if not one.harmless)]
    doing = bool(stale or changed or edits or work.gone)
    if as_json:
        show_json(_as_json(work, stale))
    else:
        _report(work, stale, dry_run)
    if not dry_run and not check:
        for file in stale:
            write(file.path, file.content)
        for edit in edits:
            write(work.site / edit.path, edit.after.encode())
        for plan in changed:
            write(plan.page.path, plan.text)
        _remove(work)
    if not as_json and not check and (doing or dry_run):
        for note in work.notes:
            out().print(note, markup=False)
        if work.serve and not dry_run:
            err().print(f"Look at it: {work.serve}", markup=False)
    if check:
        return 1 if doing or left else 0
    return 1 if left and not dry_run else 0


def _remove(work: Work) -> None:
    """Remove what is no longer needed, and the folders that are empty then."""
    root = work.site.resolve()
    for path in work.gone:
        path.unlink(missing_ok=True)
    for folder in {above for path in work.gone for above in path.resolve().parents}:
        while folder != root and root in folder.parents and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def _report(work: Work, stale: list[Planned], dry_run: bool) -> None:
    lines = list(work.comments)
    for plan in work.plans:
        page = plan.page.path
        for change in plan.changes:
            why = f" ({change.why})" if change.why else ""
            lines.append(f"{page}:{change.line}: {change.video} {change.how}{why}")
        lines += [f"{page}:{one.line}: left: {one.what}: {one.why}" for one in plan.left]
    edits = [edit for edit in work.edits if edit.before != edit.after]
    for edit in edits:
        lines.append(f"{work.site / edit.path}: {edit.how}")
    lines += [f"left: {one}" for one in work.left]
    into: dict[Path, list[int]] = {}
    for file in stale:
        into.setdefault(file.path.parent, []).append(file.bytes)
    lines += [f"{folder}: {len(sizes)} files, {sum(sizes) / 2**20:.1f} MiB" for folder, sizes in into.items()]
    if work.gone:
        lines.append(f"{work.site}: {len(work.gone)} files that no page needs are removed")
    if not stale and not edits and not work.gone and not any(plan.changes for plan in work.plans):
        lines.append("nothing to do")
    for line in lines:
        err().print(line, markup=False)
    for plan in work.plans:
        if dry_run and plan.changes:
            show_lines(plan.diff().split("\n"))
    for edit in edits if dry_run else ():
        show_lines(edit.diff().split("\n"))


def _as_json(work: Work, stale: list[Planned]) -> dict[str, object]:
    changes = [(plan.page.path, change) for plan in work.plans for change in plan.changes]
    left = [(plan.page.path, one) for plan in work.plans for one in plan.left]
    return {
        "embed": 1,
        "changes": [
            {"page": str(page), "line": c.line, "video": c.video, "how": c.how, "why": c.why}
            for page, c in changes
        ],
        "left": [{"page": str(page), "line": o.line, "what": o.what, "why": o.why} for page, o in left],
        "files": [str(file.path) for file in stale],
        "edits": [str(work.site / edit.path) for edit in work.edits if edit.before != edit.after],
        "gone": [str(path) for path in work.gone],
        "notes": list(work.notes),
    }
