"""The commands `embed apply`, `embed inject`, `embed site`, `embed renditions`, and `serve`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    MAX_MIB,
    AsJson,
    Jobs,
    MaxMib,
    err,
    make_web_renditions,
    out,
    project_folder,
    show_json,
)

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
    app.add_typer(embed, name="embed")
    app.command()(serve)


def apply(
    page: Annotated[Path, typer.Argument(help="The page with `// create video here: ...` in it.")],
    site: Annotated[Path, typer.Option("--site", help="The website's source folder.")],
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
        bool, typer.Option("--files/--no-files", help="Also copy videos and player to the site.")
    ] = True,
    renders: Renders = None,
    as_json: AsJson = False,
) -> int:
    """Turn a page's placeholders into videos; nothing else in the page changes."""
    from explainers.site.work import apply_to_page

    folder, settings = _project(renders)
    chosen, names = _chosen(match), tuple(video or ())
    work = apply_to_page(
        page,
        site,
        folder,
        settings,
        engine,
        form,
        names,
        chosen,
        remove=remove,
        force=force,
        with_files=files,
    )
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
        from explainers.errors import UsageError

        raise UsageError(f"no {MANIFEST} in {folder}; `explainers render` makes it")
    records = {}
    for name in map(Path.as_posix, places):
        result = make_web_renditions(folder / name, max_mib, folder / ".store", jobs)
        records[name] = result.record.as_json()
    if as_json:
        show_json(records)


def serve(
    folder: Annotated[Path, typer.Argument(help="The folder to show.")] = Path(),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> None:
    """Show a folder on the loopback address, with the Range requests that players need."""
    from explainers.errors import MissingDependency, UsageError

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
    from explainers.errors import UsageError
    from explainers.project import find_project

    try:
        project = find_project(project_folder())
    except UsageError:
        if renders is None:
            raise
        return renders, {}
    return renders or project.root / "renders", dict(project.settings.site)


def _chosen(written: list[str] | None) -> dict[int, str]:
    from explainers.errors import UsageError

    chosen = {}
    for choice in written or ():
        line, _, name = choice.partition("=")
        if not line.isdecimal() or not name:
            raise UsageError(f"--match is LINE=VIDEO, such as 31=drex, not {choice!r}")
        chosen[int(line)] = name
    return chosen


def finish(work: Work, dry_run: bool, check: bool, as_json: bool) -> int:
    """Say what is to be done, do it unless told not to, and give the exit code."""
    from explainers.site.work import write

    stale = [file for file in work.files if not file.is_current]
    changed = [plan for plan in work.plans if plan.changes]
    left = [one for plan in work.plans for one in plan.left if not one.harmless]
    if as_json:
        show_json(_as_json(work, stale))
    else:
        _report(work, stale, dry_run)
    if not dry_run and not check:
        for file in stale:
            write(file.path, file.content)
        for plan in changed:
            write(plan.page.path, plan.text)
    if not as_json and not check and (changed or stale or dry_run):
        for note in work.notes:
            out().print(note, markup=False)
    if check:
        return 1 if stale or changed or left else 0
    return 1 if left and not dry_run else 0


def _report(work: Work, stale: list[Planned], dry_run: bool) -> None:
    lines = list(work.comments)
    for plan in work.plans:
        page = plan.page.path
        for change in plan.changes:
            why = f" ({change.why})" if change.why else ""
            lines.append(f"{page}:{change.line}: {change.video} {change.how}{why}")
        lines += [f"{page}:{one.line}: left: {one.what}: {one.why}" for one in plan.left]
    into: dict[Path, list[int]] = {}
    for file in stale:
        into.setdefault(file.path.parent, []).append(file.bytes)
    lines += [f"{folder}: {len(sizes)} files, {sum(sizes) / 2**20:.1f} MiB" for folder, sizes in into.items()]
    if not stale and not any(plan.changes for plan in work.plans):
        lines.append("nothing to do")
    for line in lines:
        err().print(line, markup=False)
    for plan in work.plans:
        if dry_run and plan.changes:
            print(plan.diff())


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
        "notes": list(work.notes),
    }
