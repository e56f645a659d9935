"""The command `studio`."""

from __future__ import annotations

from typing import Annotated

import typer

from explainers.cli.options import AllowCode, code_allowed, out, the_project


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
    from explainers.errors import MissingDependency, UsageError

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

    def ready(url: str) -> None:
        out().print(f"{url}\nCtrl-C ends the studio", soft_wrap=True)
        if not no_browser:
            import webbrowser

            webbrowser.open(url)

    run(StudioProject(project, code_allowed(allow_code)), video or known[0], port, ready)
