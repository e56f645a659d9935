"""The command `batch`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    ExecutorAddress,
    Jobs,
    NoCheck,
    Quality,
    SharedStoreUrl,
    code_allowed,
    err,
    executor_of,
    out,
    show_json,
    the_project,
)

if TYPE_CHECKING:
    from explainers.project import Project
    from explainers.render.batch import Outcome


def register(app: typer.Typer) -> None:
    app.command()(batch)


def batch(
    videos: Annotated[
        list[str] | None, typer.Argument(help="Videos; all of the project's where none is named.")
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(help="Render one storyboard, a template, once for each row of this CSV file."),
    ] = None,
    quality: Quality = None,
    jobs: Jobs = None,
    executor: ExecutorAddress = None,
    shared_store: SharedStoreUrl = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on with the other videos after a failure.")
    ] = False,
    allow_slates: Annotated[
        bool, typer.Option("--allow-slates", help="Let slates stand for missing footage.")
    ] = False,
    allow_code: AllowCode = False,
    no_check: NoCheck = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what failed.")] = False,
    as_json: AsJson = False,
) -> int:
    """Render all videos, or those named, with one pool of workers; the exit code is the worst there was."""
    from explainers.cli._warm import warm_up_for

    started, project = perf_counter(), the_project()
    names = list(dict.fromkeys(videos or project.videos()))
    for name in names:
        project.storyboard_path(name)
    drawing = executor_of(executor, shared_store, jobs, project)
    if drawing is None:
        # Before anything else is imported: workers are made ready meanwhile.
        warm_up_for(project, names, jobs)
    from explainers.cli._batch_orders import Reading, templates
    from explainers.cli._batch_report import BatchReport
    from explainers.cli._batch_view import shown_batch
    from explainers.render.batch import batch as render_all

    wanted = quality or project.settings.quality
    slates = allow_slates or wanted != "final"
    reading = Reading(project, wanted, code_allowed(allow_code), slates, no_check)
    left_out = {} if videos or matrix else templates(project, names)
    made = [name for name in names if name not in left_out]
    orders = reading.variants(made, matrix) if matrix is not None else reading.orders(made)
    report = BatchReport(project, [order.video for order in orders], reading.found, started, left_out)
    with report.written(), shown_batch(len(orders), quiet or as_json, jobs) as hearer:
        outcomes = render_all(
            orders,
            project.store_dir,
            jobs=jobs,
            executor=drawing,
            keep_going=keep_going,
            hearer=hearer,
            outcomes=report.outcomes,
        )
    elapsed_s = perf_counter() - started
    _tell(outcomes, left_out, elapsed_s, project, quiet, as_json)
    return max((outcome.exit_code or 0 for outcome in outcomes), default=0)


def _tell(
    outcomes: list[Outcome],
    left_out: Mapping[str, str],
    elapsed_s: float,
    project: Project,
    quiet: bool,
    as_json: bool,
) -> None:
    """What the batch came to: what failed in full on stderr, and a last line or JSON on stdout."""
    for outcome in outcomes:
        if outcome.error is not None:
            err().print(f"{outcome.video}: {outcome.error}", markup=False)
    if as_json:
        rows = [{"video": video, "exit_code": None, "error": why} for video, why in left_out.items()]
        return show_json([*map(_row, outcomes), *rows])
    if quiet:
        return None
    from explainers.cli._batch_view import line_of

    for outcome in outcomes:
        if outcome.exit_code is None:
            out().print(line_of(outcome), markup=False)
    for video, why in left_out.items():
        out().print(f"{video}  {why}", markup=False)
    done = sum(outcome.exit_code == 0 for outcome in outcomes)
    page = project.shown(project.root / "renders" / "index.html")
    out().print(f"{done} of {len(outcomes)} videos, {elapsed_s:.1f} s; {page}", markup=False)
    return None


def _row(outcome: Outcome) -> dict[str, Any]:
    from explainers.cli._batch_view import NOT_RENDERED

    row: dict[str, Any] = {"video": outcome.video, "exit_code": outcome.exit_code, "error": None}
    if outcome.result is not None:
        return {**row, **outcome.result.as_json()}
    return {**row, "error": str(outcome.error) if outcome.error else NOT_RENDERED}
