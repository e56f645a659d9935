"""The commands `check` and `verify`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    Aspect,
    Theme,
    Voice,
    code_allowed,
    show_json,
    the_project,
)

if TYPE_CHECKING:
    from explainers.check import Report
    from explainers.plan import Plan
    from explainers.project import Project


def register(app: typer.Typer) -> None:
    app.command()(check)
    app.command()(verify)


def check(
    videos: Annotated[list[str] | None, typer.Argument(help="Which videos; all without one.")] = None,
    page: Annotated[
        Path | None, typer.Option(help="A Markdown page: does it say what the storyboard declares?")
    ] = None,
    rendered: Annotated[
        bool, typer.Option("--rendered", help="Judge the delivered files too: renders/<video>.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail as well.")] = False,
    as_json: AsJson = False,
    sarif: Annotated[Path | None, typer.Option(help="Write a SARIF 2.1.0 log there.")] = None,
    sheet: Annotated[
        bool, typer.Option("--sheet", help="Write renders/<video>/check.png: the findings marked in stills.")
    ] = False,
    quality: Annotated[str, typer.Option(help="The quality whose drawn shots are judged.")] = "final",
    theme: Theme = None,
    aspect: Aspect = None,
    voice: Voice = None,
    allow_code: AllowCode = False,
    list_rules: Annotated[bool, typer.Option("--rules", help="Print every rule, as Markdown.")] = False,
) -> None:
    """Is every number true, can every word be read in time, does anything overlap, flash or lie?"""
    from explainers.check import formats, judge, unplanned
    from explainers.errors import InvalidInput, UsageError
    from explainers.plan import load_plan
    from explainers.render.judging import drawn_of
    from explainers.voice.takes import takes_of

    if list_rules:
        from explainers.check.formats import page as rules_page

        return print(rules_page(), end="")
    project = the_project()
    wanted = videos or list(project.videos())
    if not wanted:
        raise UsageError("there is no video to check; `explainers new VIDEO` makes one")
    if page is not None and len(wanted) > 1:
        raise UsageError("--page compares one video; name it")
    code = code_allowed(allow_code, wanted)
    reports: list[Report] = []
    plans: list[Plan | InvalidInput] = []
    for video in wanted:
        try:
            takes = takes_of(project, video, voice)
            plan = load_plan(project, video, quality, theme, code, strict=False, aspect=aspect, takes=takes)
        except InvalidInput as error:
            reports.append(unplanned(video, error))
            plans.append(error)
        else:
            reports.append(judge(plan, drawn_of=drawn_of, rendered=rendered, page=page))
            plans.append(plan)
    if sarif is not None:
        _write_sarif(reports, sarif)
    if as_json:
        show_json(formats.as_json(reports, strict))
    else:
        for report in reports:
            print("\n".join(formats.lines(report)))
    for report, planned in zip(reports, plans, strict=True) if sheet else ():
        if isinstance(planned, InvalidInput):
            raise planned
        _write_sheet(project, planned, report)
    if not all(report.passes(strict) for report in reports):
        raise typer.Exit(1)
    return None


def verify(
    video: Annotated[Path, typer.Argument(help="A rendered file, such as renders/drex/video.mp4.")],
    as_json: AsJson = False,
) -> None:
    """Say which storyboard, data and versions made a video, and where each of its numbers is from."""
    from explainers.check.delivered import verify as trace
    from explainers.render.planner import products_of

    def content_of(plan: Plan) -> str:
        return products_of(plan).content_id

    found = trace(video, the_project(), content_of)
    if as_json:
        show_json(found.as_json())
    else:
        print("\n".join(found.lines()))
    if not found.same_file or found.same_inputs is False:
        raise typer.Exit(1)


def _write_sarif(reports: list[Report], path: Path) -> None:
    from importlib.metadata import version

    from explainers.check.formats import as_sarif

    log = as_sarif(reports, version("explainers"))
    path.write_text(json.dumps(log, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_sheet(project: Project, plan: Plan, report: Report) -> None:
    from explainers.check.sheet import write_sheet

    path = write_sheet(plan, report, project.renders_dir(report.video) / "check.png")
    print(f"{project.shown(path)} shows them" if path else f"{report.video}: nothing to show in pictures")
