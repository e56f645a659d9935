"""The command `studio`."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from explainers.cli.options import AllowCode, code_allowed, out, the_project
from explainers.errors import MissingDependency, UsageError
from explainers.scratch import private_temporary_folder


def register(app: typer.Typer) -> None:
    app.command()(studio)


def studio(
    video: Annotated[str | None, typer.Argument(help="The video to open; the first one without.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; a free one without.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the URL; open nothing.")] = False,
    allow_code: AllowCode = False,
) -> None:
    """Open a local page to write the storyboard and see the video while you do."""
    project = the_project()
    known = project.videos()
    if video is not None:
        project.storyboard_path(video)
    elif not known:
        raise UsageError("there is no video to open; `explainers new VIDEO` makes one")
    try:
        from explainers.studio.server import run
    except ImportError as error:
        message = f"the studio needs {error.name}: pip install 'explainers[studio]'"
        raise MissingDependency(message) from None
    from explainers.studio.look import StudioProject

    with TemporaryDirectory(prefix="explainers-studio-") as folder:

        def ready(url: str) -> None:
            out().print(url, soft_wrap=True)
            out().print("Ctrl-C ends the studio")
            if not no_browser:
                _open(url, Path(folder) / "open.html")

        run(StudioProject(project, code_allowed(allow_code)), video or known[0], port, ready)


def _open(url: str, page: Path) -> None:
    """Open a browser by way of a page that only this user can read: everybody may look at the arguments of a
    process, and the address holds the token."""
    import webbrowser

    with os.fdopen(os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(
            f'<!doctype html><meta http-equiv="refresh" content="0;url={url}"><a href="{url}">studio</a>'
        )
    # A browser stays longer than the folder for our temporary files.
    ours, before = os.environ.pop("TMPDIR", None), private_temporary_folder()
    if before is not None:
        os.environ["TMPDIR"] = before
    try:
        webbrowser.open(page.as_uri())
    finally:
        if ours is not None:
            os.environ["TMPDIR"] = ours
