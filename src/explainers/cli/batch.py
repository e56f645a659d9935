"""The command `batch`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.gate import Gate, NoCheck
from explainers.cli.options import (
    AllowCode,
    AsJson,
    ExecutorAddress,
    Jobs,
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
    from explainers.build.batch import Outcome
    from explainers.build.rendering import Rendering
    from explainers.check import Finding
    from explainers.plan.matrix import Variant
    from explainers.project import Project


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
    from explainers.build.batch import Order
    from explainers.build.batch import batch as render_all
    from explainers.cli._batch_report import BatchReport
    from explainers.cli._batch_view import shown_batch

    made = _variants(project, names, matrix) if matrix is not None else [(name, None) for name in names]
    wanted = quality or project.settings.quality
    slates = allow_slates or wanted != "final"
    found: dict[str, list[Finding]] = {}
    read = partial(_begin, project, wanted, code_allowed(allow_code), slates, no_check, found)
    orders = [
        Order(f"{name}-{variant.name}" if variant else name, partial(read, name, variant))
        for name, variant in made
    ]
    report = BatchReport(project, [order.video for order in orders], found, started)
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
    _tell(outcomes, elapsed_s, project, quiet, as_json)
    return max((outcome.exit_code or 0 for outcome in outcomes), default=0)


def _variants(project: Project, names: list[str], matrix: Path) -> list[tuple[str, Variant | None]]:
    """The template's name with each row of the matrix."""
    from explainers.errors import UsageError
    from explainers.plan.matrix import read_matrix

    if len(names) != 1:
        raise UsageError(f"--matrix takes one video, the template; here are {len(names)}")
    return [(names[0], variant) for variant in read_matrix(project, names[0], matrix)]


def _begin(
    project: Project,
    quality: str,
    code: bool | None,
    slates: bool,
    no_check: bool,
    found: dict[str, list[Finding]],
    name: str,
    variant: Variant | None,
) -> Rendering:
    """Read a video and judge its words, as the pool gets to it."""
    from explainers.build.rendering import Rendering
    from explainers.plan import load_plan

    plan = load_plan(
        project, name, quality, allow_code=code, strict=False, allow_slates=slates, variant=variant
    )
    gate = Gate(plan, slates, no_check)
    found[plan.name] = gate.findings
    gate.judge_words()
    return Rendering(plan, judge=gate.picture_judge)


def _tell(outcomes: list[Outcome], elapsed_s: float, project: Project, quiet: bool, as_json: bool) -> None:
    """What the batch came to: what failed in full on stderr, and a last line or JSON on stdout."""
    for outcome in outcomes:
        if outcome.error is not None:
            err().print(f"{outcome.video}: {outcome.error}", markup=False)
    if as_json:
        return show_json([_row(outcome) for outcome in outcomes])
    if quiet:
        return None
    from explainers.cli._batch_view import line_of

    for outcome in outcomes:
        if outcome.exit_code is None:
            out().print(line_of(outcome), markup=False)
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
