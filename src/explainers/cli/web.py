"""Web renditions as commands make them: with the project's store, telling what is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import err

if TYPE_CHECKING:
    from explainers.render.renditions import WebResult

MaxMib = Annotated[float, typer.Option("--max-mib", min=0.01, help="No file is larger than so many MiB.")]
MAX_MIB = 25.0


def make_web_renditions(folder: Path, max_mib: float, store: Path, jobs: int | None) -> WebResult:
    """Make what pages need of the finished video in `folder`; parts are kept in the store at `store`.

    What is being done is told on stderr. Raises as `web_renditions` does.
    """
    from explainers.render.executor import default_jobs
    from explainers.render.renditions import web_renditions
    from explainers.render.store import Store

    def told(line: str) -> None:
        err().print(f"{folder.name}: {line}", markup=False)

    result = web_renditions(folder, max_mib, told, Store(store), jobs or default_jobs())
    if not result.made:
        told("web renditions are up to date")
    for warning in result.warnings:
        told(f"warning: {warning}")
    return result
