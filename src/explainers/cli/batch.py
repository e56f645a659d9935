"""The command `batch`."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.gate import Gate, NoCheck
from explainers.cli.options import (
    AllowCode,
    AsJson,
    Jobs,
    Quality,
    code_allowed,
    err,
    out,
    show_json,
    the_project,
)
from explainers.errors import ExplainersError

if TYPE_CHECKING:
    from explainers.build import RenderResult
    from explainers.project import Project


def register(app: typer.Typer) -> None:
    app.command()(batch)


def batch(
    videos: Annotated[
        list[str] | None, typer.Argument(help="Videos; all of the project's where none is named.")
    ] = None,
    quality: Quality = None,
    jobs: Jobs = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on with the next video after a failure.")
    ] = False,
    allow_slates: Annotated[
        bool, typer.Option("--allow-slates", help="Let slates stand for missing footage.")
    ] = False,
    allow_code: AllowCode = False,
    no_check: NoCheck = False,
    as_json: AsJson = False,
) -> int:
    """Render all videos, or those named; the exit code tells the worst that happened."""
    project = the_project()
    names = list(dict.fromkeys(videos or project.videos()))
    for name in names:
        project.storyboard_path(name)
    rows: list[dict[str, Any]] = []
    wanted = quality or project.settings.quality
    slates = allow_slates or wanted != "final"
    for name in names:
        row = _one(project, name, wanted, jobs, code_allowed(allow_code), slates, no_check, as_json)
        rows.append(row)
        if rows[-1]["exit_code"] and not keep_going:
            break
    rows += [{"video": name, "exit_code": None, "error": "not begun"} for name in names[len(rows) :]]
    if as_json:
        show_json(rows)
    else:
        _summary(rows)
    return max((row["exit_code"] or 0 for row in rows), default=0)


def _one(
    project: Project,
    name: str,
    quality: str,
    jobs: int | None,
    code: bool | None,
    slates: bool,
    no_check: bool,
    quiet: bool,
) -> dict[str, Any]:
    from explainers import build
    from explainers.cli.progress import shown_progress
    from explainers.plan import load_plan

    started = perf_counter()
    try:
        plan = load_plan(project, name, quality, allow_code=code, strict=False, allow_slates=slates)
        gate = Gate(plan, slates, no_check)
        gate.judge_words()
        with shown_progress(quiet) as listener:
            result = build.render(plan, jobs=jobs, listener=listener, judge=gate.picture_judge)
    except ExplainersError as error:
        err().print(f"{name}: {error}", markup=False)
        return {"video": name, "exit_code": error.exit_code, "error": str(error)}
    return {**_row(result), "elapsed_s": round(perf_counter() - started, 3)}


def _row(result: RenderResult) -> dict[str, Any]:
    return {**result.as_json(), "exit_code": 0, "error": None}


def _summary(rows: list[dict[str, Any]]) -> None:
    width = max((len(row["video"]) for row in rows), default=0)
    for row in rows:
        if row["exit_code"] == 0:
            drawn = sum(shot["outcome"] == "drawn" for shot in row["shots"])
            counts = f"{drawn} of {len(row['shots'])} shots drawn"
            state = f"{row['duration_s']:.1f} s of video, {counts}, {row['elapsed_s']:.1f} s"
        else:
            state = row["error"].splitlines()[0]
        out().print(f"{row['video']:<{width}}  {state}", markup=False)
