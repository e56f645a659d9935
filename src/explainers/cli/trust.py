"""The command that says whose code may run on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explainers.cli.options import out
from explainers.errors import UsageError
from explainers.project import find_project


def register(app: typer.Typer) -> None:
    app.command()(trust)


def trust(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A project's folder; this one by default.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List what is trusted.")] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="Trust DIR no longer.")] = False,
    pin: Annotated[bool, typer.Option("--pin", help="Only as its code is now.")] = False,
) -> None:
    """Let the .py files beside a project's storyboards run with your rights, on this machine."""
    from explainers import trust as decisions

    if listing:
        for one in decisions.trusts():
            state = "" if one.holds else "  (it has changed, and is not trusted)"
            out().print(f"{one.folder}{'  pinned' if one.code else ''}{state}")
        return
    root = (folder or Path.cwd()).resolve()
    if revoke:
        if not decisions.revoke(root):
            raise UsageError(f"{root} was not trusted; `explainers trust --list` shows what is")
        out().print(f"{root} is trusted no longer")
        return
    if find_project(root).root != root:
        raise UsageError(f"{root} is no project's folder: there is no pyproject.toml with [tool.explainers]")
    files = decisions.code_files(root)
    decisions.trust(root, pin)
    names = ", ".join(file.relative_to(root).as_posix() for file in files) or "no .py files so far"
    out().print(f"{root} is trusted{' as it is now' if pin else ''}: {names}")
