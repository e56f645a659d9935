"""The command `diff`: what changed between two states of the project's videos, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import AllowCode, AsJson, Jobs, code_allowed, show_json, the_project
from explainers.errors import UsageError, did_you_mean
from explainers.scratch import reported, write_files

if TYPE_CHECKING:
    from explainers.project import Project
    from explainers.review.page import Shown
    from explainers.review.state import State


def register(app: typer.Typer) -> None:
    app.command()(diff)


def diff(
    old: Annotated[
        str, typer.Argument(help="A revision (HEAD~1, a branch), a manifest.json, or . for the files here.")
    ],
    new: Annotated[str, typer.Argument(help="The same; the files as they are now by default.")] = ".",
    video: Annotated[
        list[str] | None, typer.Option("--video", help="Only this video; may be given again.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write one page with pictures, which needs no network.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write Markdown, and its pictures into a folder beside it.")
    ] = None,
    pictures_at: Annotated[
        str | None, typer.Option("--pictures-at", help="The address at which that folder will be found.")
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Draw the shots that changed, and compare them.")
    ] = True,
    quality: Annotated[str, typer.Option(help="At which quality they are drawn.")] = "draft",
    fail: Annotated[
        bool, typer.Option("--fail", help="End with 1 where a claim holds no more, or an error is new.")
    ] = False,
    jobs: Jobs = None,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> None:
    """Which shots and numbers changed between two states, why, and which claims no longer hold."""
    from explainers.review import page

    project = the_project()
    with ExitStack() as open_states:
        pairs = list(_pairs(project, old, new, video, quality, allow_code, open_states))
        shown = [_compared(*pair, pictures, jobs, as_json) for pair in pairs]
    if html is not None:
        with reported("the page", html):
            write_files({html: page.html_page(shown)})
    if markdown is not None:
        page.write_markdown(shown, markdown, pictures_at)
    if as_json:
        show_json({"diff": 1, "videos": [_as_json(one) for one in shown]})
    else:
        for one in shown:
            print("\n".join(page.lines(one)))
    if fail and not all(one.found.holds for one in shown):
        raise typer.Exit(1)


def _as_json(shown: Shown) -> dict[str, object]:
    pictures = [
        {
            "shot": picture.shot,
            "beat": picture.beat or None,
            "at_s": round(picture.at_s, 6),
            "share": round(picture.share, 6),
            "regions": [{**each.box._asdict(), "share": round(each.share, 6)} for each in picture.regions],
        }
        for picture in shown.pictures
    ]
    return {**shown.found.as_json(), "pictures": pictures}


def _compared(old: State, new: State, pictures: bool, jobs: int | None, as_json: bool) -> Shown:
    from explainers.review.compare import compare
    from explainers.review.page import Shown

    found = compare(old, new)
    if not pictures or not found.shots:
        return Shown(found)
    from explainers.cli._progress import shown_progress
    from explainers.review.stills import look

    with shown_progress(as_json, jobs) as listener:
        return Shown(found, look(found, jobs, listener))


def _pairs(
    project: Project,
    old: str,
    new: str,
    videos: Sequence[str] | None,
    quality: str,
    allow_code: bool,
    open_states: ExitStack,
) -> Iterator[tuple[State, State]]:
    """Both states of each video; one that is in one of them only is an empty state in the other."""
    from explainers.review.state import (
        HERE,
        State,
        checked_out,
        code_at,
        manifest_path,
        of_files,
        of_manifest,
    )

    recorded = {name: of_manifest(path, name) for name in (old, new) if (path := manifest_path(name))}
    if recorded:
        known = {state.video for state in recorded.values()}
        if len(known) > 1 or (videos and set(videos) != known):
            raise UsageError(
                f"the manifests are of {' and '.join(sorted(known))}; a video is compared with itself"
            )
        videos = sorted(known)
    projects = {}
    for name in dict.fromkeys((old, new)):
        if name not in recorded:
            projects[name] = (
                project if name == HERE else open_states.enter_context(checked_out(project, name))
            )
    there = sorted({video for project in projects.values() for video in project.videos()})
    for video in videos or ():
        if video not in there and not recorded:
            raise UsageError(f"there is no video {video!r} in {old} or {new}; {did_you_mean(video, there)}")
    wanted = list(videos or there)
    codes = {
        name: code_allowed(allow_code, wanted)
        if name == HERE
        else code_at(project, one, wanted, name, allow_code or None)
        for name, one in projects.items()
    }
    # A manifest is compared with what would be published at its own quality now.
    quality = next((each.quality for each in recorded.values()), quality)
    for video in wanted:
        states = []
        for name in (old, new):
            if name in recorded:
                states.append(recorded[name])
            elif video in projects[name].videos():
                states.append(of_files(projects[name], video, quality, name, codes[name]))
            else:
                states.append(State(name, video))
        yield states[0], states[1]
