"""The commands `assets` and `assets update`: what a video draws on and what of it is there, fetching what can
be, and taking in newer tables and runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from explainers.cli.options import AllowCode, AsJson, code_allowed, err, out, show_json, the_project

if TYPE_CHECKING:
    from explainers.assets.manifest import FileStatus
    from explainers.project import Project

MIB = 1024 * 1024
STATES = ("present", "missing", "changed", "refused")


LISTING = "list"


class _Listing(TyperGroup):
    """`assets [VIDEO]...` is `assets list [VIDEO]...`, which is what is meant most."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [LISTING, *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        cls=_Listing, help="What videos draw on, and newer tables and runs.", rich_markup_mode=None
    )
    group.command(LISTING)(assets)
    group.command()(update)
    app.add_typer(group, name="assets")


def assets(
    videos: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VIDEO]...", help="Videos; all of the project's where none is named."),
    ] = None,
    fetch: Annotated[
        bool,
        typer.Option(
            "--fetch", help="Download missing files that have a URL; the only command that uses the network."
        ),
    ] = False,
    limit_mib: Annotated[int, typer.Option("--limit", min=1, help="Largest file to download, in MiB.")] = 512,
    as_json: AsJson = False,
) -> int:
    """List the files that videos draw on: present, missing, or changed since they were declared.

    Missing files are no failure: their shots show a drawn stand-in or a slate. A failed download is.
    """
    project = the_project()
    rows: dict[str, list[FileStatus]] = {}
    failures: dict[str, str] = {}
    for video in list(dict.fromkeys(videos or project.videos())):
        project.storyboard_path(video)
        rows[video] = _statuses(project, video)
        if fetch:
            failures |= _fetch(project, video, rows[video], limit_mib * MIB)
            rows[video] = _statuses(project, video)
    if as_json:
        show_json([_as_json(video, found, failures) for video, found in rows.items()])
    else:
        for video, found in rows.items():
            _show(video, found, failures)
    return 3 if failures else 0


def update(
    videos: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VIDEO]...", help="Videos; all of the project's where none is named."),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take in what is newer without asking at the terminal.")
    ] = False,
    allow_origins: Annotated[
        bool,
        typer.Option(
            "--allow-origins",
            help="Run the commands, and read the files outside of the repository, that assets.yaml names: "
            "with your rights.",
        ),
    ] = False,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> int:
    """Take in newer tables and runs from their origins, after showing what that does to facts and claims.

    Ends with 1 where something is newer and was not taken in.
    """
    import sys

    from explainers.review.page import Shown, lines
    from explainers.review.refresh import accept as take_in
    from explainers.review.refresh import effect, outdated

    project = the_project()
    rows, left = [], False
    for video in list(dict.fromkeys(videos or project.videos())):
        project.storyboard_path(video)
        newer = outdated(project, video, allow_origins)
        row: dict[str, Any] = {"video": video, "newer": [one.line() for one in newer], "accepted": False}
        rows.append(row)
        if not newer:
            err().print(f"{video}: nothing is newer")
            continue
        found = effect(project, video, newer, "draft", code_allowed(allow_code, [video]))
        row["effect"] = found.as_json()
        if not as_json:
            for one in newer:
                out().print(one.line())
            print("\n".join(lines(Shown(found))))
        at_terminal = sys.stdin.isatty() and sys.stderr.isatty()
        if accept or (at_terminal and typer.confirm(f"Take in what is newer for {video}?", err=True)):
            record = take_in(project, video, newer)
            row["accepted"] = True
            err().print(f"{video}: taken in; {project.shown(record)} says from where")
        else:
            left = True
            err().print(f"{video}: nothing was taken in; --accept does")
    if as_json:
        show_json(rows)
    return 1 if left else 0


def _statuses(project: Project, video: str) -> list[FileStatus]:
    from explainers.assets.manifest import declared, statuses

    found = declared(project, video)
    return statuses(found[1], project.assets_dir(video)) if found else []


def _fetch(project: Project, video: str, found: list[FileStatus], limit_bytes: int) -> dict[str, str]:
    """Download what is missing and has a URL; what failed, by path."""
    from explainers.assets.fetch import FetchFailed, fetch

    failures = {}
    for one in found:
        if one.state == "refused":
            failures[one.path] = one.how or ""
        if one.state != "missing" or not one.url:
            continue
        target = Path(os.path.realpath(project.assets_dir(video) / one.path))
        err().print(f"fetching {one.path} from {one.url}")
        try:
            done = fetch(one.url, target, one.declared_sha256, limit_bytes=limit_bytes)
        except FetchFailed as error:
            failures[one.path] = str(error)
            err().print(f"  {error}")
            continue
        went_on = f", continued after {done.resumed_from:,}" if done.resumed_from else ""
        err().print(f"  {done.bytes:,} bytes{went_on}")
        if one.declared_sha256 is None:
            err().print(f"  not checked; to pin it, write sha256: {done.sha256}")
    return failures


def _as_json(video: str, found: list[FileStatus], failures: dict[str, str]) -> dict[str, Any]:
    files = [{**one.as_json(), "error": failures.get(one.path)} for one in found]
    counts = {state: sum(one.state == state for one in found) for state in STATES}
    return {"video": video, **counts, "files": files}


def _show(video: str, found: list[FileStatus], failures: dict[str, str]) -> None:
    console = out()
    counts = ", ".join(
        f"{number} {state}" for state in STATES if (number := sum(one.state == state for one in found))
    )
    console.print(f"{video}: {counts or 'nothing declared'}")
    width = max((len(one.path) for one in found), default=0)
    for one in found:
        console.print(f"  {one.state:<8} {one.path:<{width}}  {one.shows or ''}".rstrip())
        if one.state in ("missing", "refused") and one.how:
            console.print(f"           {'':<{width}}  {one.how}")
            if one.url:
                console.print(f"           {'':<{width}}  {one.url}")
        if one.state == "changed":
            console.print(f"           {'':<{width}}  its sha256 is {one.sha256}")
        if one.path in failures:
            console.print(f"           {'':<{width}}  not fetched: {failures[one.path]}")
