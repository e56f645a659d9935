"""What commands share: where the project is, and how results are shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.errors import UsageError, json_text, one_line
from explainers.project import find_project

if TYPE_CHECKING:
    from rich.console import Console

    from explainers.project import Project
    from explainers.render.renditions import WebResult
    from explainers.render.workers import Executor

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines, and nothing else.")]
Aspect = Annotated[
    str | None,
    typer.Option(help="16:9, 1:1 or 9:16: lay the storyboard out anew in this shape."),
]

Quality = Annotated[
    str | None,
    typer.Option(
        help="draft (640x360 at 15 fps), standard (1280x720 at 30) or final; the project's by default."
    ),
]
Theme = Annotated[str | None, typer.Option(help="ink or paper, in place of the storyboard's.")]
Voice = Annotated[
    bool | None,
    typer.Option(
        "--voice/--silent", help="With the lines spoken, or without sound; the project's by default."
    ),
]
Video = Annotated[str, typer.Argument(help="The video: its folder in scenes/.")]
Variants = Annotated[
    str | None,
    typer.Option(
        help="all, or themes and shapes (paper,9:16): each theme in each shape, in folders that the player "
        "looks into; what they share is made once."
    ),
]
Language = Annotated[
    str | None, typer.Option(help="In this language, whose words stand beside the storyboard in a file.")
]
AllowSlates = Annotated[bool, typer.Option("--allow-slates", help="Let slates stand for missing footage.")]
DifferentDatasets = Annotated[
    bool, typer.Option("--different-datasets", help="Race runs of different datasets; the footer says so.")
]
NoCheck = Annotated[
    bool, typer.Option("--no-check", help="Render although `explainers check` finds errors, unlooked at.")
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Workers; one a core by default.")]
ExecutorAddress = Annotated[
    str | None,
    typer.Option("--executor", help="dask://HOST:PORT: draw on the workers of a Dask cluster."),
]
SharedStoreUrl = Annotated[
    str | None,
    typer.Option("--shared-store", help="file:///folder or s3://bucket/prefix that all its machines reach."),
]
AllowCode = Annotated[
    bool,
    typer.Option("--allow-code", help="Run the .py files beside the storyboard: code, with your rights."),
]

MaxMib = Annotated[float, typer.Option("--max-mib", min=0.01, help="No file is larger than so many MiB.")]
MAX_MIB = 25.0

_chosen: dict[str, Path] = {}


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(version("explainers"))
        raise typer.Exit(0)


def common(
    project: Annotated[
        Path | None,
        typer.Option(
            help="The project's folder; else the nearest above with [tool.explainers] in pyproject.toml."
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """A storyboard compiler for research videos."""
    _chosen.clear()
    if project is not None:
        _chosen["project"] = project


def project_folder() -> Path:
    """The folder to look for the project from."""
    return _chosen.get("project", Path.cwd())


def the_project() -> Project:
    """The project the command works on."""
    return find_project(project_folder())


def executor_of(
    address: str | None, store: str | None, jobs: int | None, project: Project
) -> Executor | None:
    """The executor that the options name; None for this machine's own. UsageError where they name none."""
    if address is None:
        if store is not None:
            raise UsageError("--shared-store is for a cluster: --executor dask://HOST:PORT says which")
        return None
    if jobs is not None:
        raise UsageError("--jobs is for this machine; on a cluster every worker has one task at a time")
    from explainers.render.cluster import place_of

    settings = project.settings.cluster
    place = place_of(address, store or settings.get("store"), settings.get("endpoint"))
    from explainers.render.cluster.executor import Cluster

    return Cluster(place, warn=lambda text: err().print(text))


def code_allowed(
    flag: bool, videos: Iterable[str] | None = None, project: Project | None = None
) -> bool | None:
    """Whether code beside storyboards may run, as `load_plan` takes it: None leaves it to the project.

    Where the project wants it to and nobody has decided yet, the person at the terminal is asked once.
    UsageError without a terminal, or where they say no.
    """
    from explainers import trust

    if flag:
        return True
    project = project or the_project()
    files = trust.code_files(project.root, videos) if project.settings.wants_code else []
    if project.settings.allow_code or not files:
        return None
    names = ", ".join(project.shown(file) for file in files)
    if sys.stdin.isatty() and sys.stderr.isatty():
        err().print(f"{names}: this is code, which would run with your rights whenever this project is used.")
        if typer.confirm(f"Trust {project.root}?", err=True):
            trust.trust(project.root)
            return True
    raise UsageError(
        f"{names} would run with your rights, and {project.root} is not trusted; look at it, and then "
        f"`explainers trust {project.root}`, or --allow-code for this once"
    )


Labels = Annotated[
    str | None, typer.Option(help="What the two runs are called, with a comma between: `vLLM, SGLang`.")
]
Streamed = Annotated[str | None, typer.Option("--request", help="The id of the request that `stream` shows.")]


def labels_of(written: str | None) -> tuple[str, ...]:
    """Two labels of a comma-separated list, or none; UsageError for another number."""
    labels = tuple(label.strip() for label in written.split(",")) if written is not None else ()
    if labels and (len(labels) != 2 or not all(labels)):
        raise UsageError(
            f"--labels is two names with a comma between, such as `before, after`, not {written!r}"
        )
    return labels


def show_json(value: Any) -> None:
    """Print a value as JSON on stdout."""
    print(json_text(value))


def show_lines(lines: Iterable[str]) -> None:
    """Print lines on stdout, each one line whatever is in it."""
    for line in lines:
        print(one_line(line))


@cache
def _sink() -> type[Console]:
    """The one console through which everything is printed that is no JSON and no error: a text is one line,
    whatever is in it, and steers nothing; other renderables are rich's own."""
    from rich.console import Console

    class Sink(Console):
        def print(self, *objects: Any, **options: Any) -> None:
            super().print(*(one_line(one) if isinstance(one, str) else one for one in objects), **options)

    return Sink


@cache
def out() -> Console:
    """Standard output; colours only on a terminal."""
    return _sink()(markup=False, emoji=False, highlight=False, soft_wrap=not sys.stdout.isatty())


@cache
def err() -> Console:
    """Standard error, for what is not the result."""
    return _sink()(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=not sys.stderr.isatty())


def make_web_renditions(folder: Path, max_mib: float, store: Path, jobs: int | None) -> WebResult:
    """Make what pages need of the finished video in `folder`; parts are kept in the store at `store`.

    Progress is printed on stderr. Raises as `web_renditions` does.
    """
    from explainers.render.forkserver import default_jobs
    from explainers.render.renditions import web_renditions
    from explainers.render.store import Store

    within = store.absolute().parent
    whole = folder.absolute()
    name = whole.relative_to(within).as_posix() if whole.is_relative_to(within) else folder.name

    def say(line: str) -> None:
        err().print(f"{name}: {line}")

    result = web_renditions(folder, max_mib, say, Store(store), jobs or default_jobs())
    if not result.made:
        say("web renditions are up to date")
    for warning in result.warnings:
        say(f"warning: {warning}")
    return result
