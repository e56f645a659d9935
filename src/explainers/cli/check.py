"""The commands `check` and `verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    Aspect,
    Language,
    Theme,
    Voice,
    code_allowed,
    show_json,
    show_lines,
    the_project,
)
from explainers.errors import Diagnostic, InvalidInput, UsageError, json_text, printable
from explainers.scratch import reported

if TYPE_CHECKING:
    import numpy as np

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
    language: Language = None,
    allow_code: AllowCode = False,
    against: Annotated[
        str | None, typer.Option(help="A revision, such as main: only what is new since then.")
    ] = None,
    list_rules: Annotated[bool, typer.Option("--rules", help="Print every rule, as Markdown.")] = False,
) -> None:
    """Is every number true, can every word be read in time, does anything overlap, flash or lie?"""
    from explainers.api import load
    from explainers.check import formats, unplanned

    if list_rules:
        from explainers.check.formats import page as rules_page

        return print(rules_page(), end="")
    project = the_project()
    wanted, refused = videos or list(project.videos()), {} if videos else project.refused()
    for video in videos or ():
        project.storyboard_path(video)
    if not wanted and not refused:
        raise UsageError("there is no video to check; `explainers new VIDEO` makes one")
    if page is not None and len(wanted) > 1:
        raise UsageError("--page compares one video; name it")
    if against is not None and (page is not None or rendered):
        raise UsageError("--against compares storyboards and pictures; leave --page and --rendered out")
    code = code_allowed(allow_code, wanted)
    how: dict[str, Any] = {"quality": quality, "theme": theme, "aspect": aspect, "language": language}
    how["voice"] = voice
    judged = [load(video, project, allow_code=code, **how).judged(rendered, page) for video in wanted]
    for folder, why in refused.items():
        wrong = InvalidInput([Diagnostic("unusable-video", f"scenes/{folder} {why}")])
        judged.append((wrong, unplanned(folder, wrong)))
    plans, reports = [plan for plan, _ in judged], [report for _, report in judged]
    if against is not None:
        reports = _against(project, against, reports, allow_code, how)
    if sarif is not None:
        _write_sarif(reports, sarif)
    if as_json:
        show_json(formats.as_json(reports, strict))
    else:
        for report in reports:
            # A finding has several lines, which are made of what is one line each.
            print(printable("\n".join(formats.lines(report))))
    for report, planned in zip(reports, plans, strict=True) if sheet else ():
        if isinstance(planned, InvalidInput):
            raise planned
        _write_sheet(project, planned, report)
    if not all(report.passes(strict) for report in reports):
        raise typer.Exit(1)
    return None


def _against(
    project: Project,
    revision: str,
    reports: list[Report],
    allow_code: bool,
    how: dict[str, Any],
) -> list[Report]:
    """The reports with what was not found at a revision yet; a video that is new has all of its findings."""
    from explainers.api import load
    from explainers.review.compare import only_new
    from explainers.review.state import checked_out, code_at

    with checked_out(project, revision) as there:
        videos = [report.video for report in reports if report.video in there.videos()]
        code = code_at(project, there, videos, revision, allow_code or None)
        before = {video: load(video, there, allow_code=code, **how).check() for video in videos}
    return [only_new(before.get(report.video), report) for report in reports]


def verify(
    video: Annotated[Path, typer.Argument(help="A rendered file, such as renders/drex/video.mp4.")],
    as_json: AsJson = False,
) -> None:
    """Is a video what its storyboard and data give? Numbers come from those, and sampled frames are drawn."""
    from explainers.check.delivered import verify as trace
    from explainers.render.planner import products_of

    def content_of(plan: Plan) -> str:
        return products_of(plan).content_id

    def picture_of(plan: Plan, frame: int) -> np.ndarray:
        from explainers.render.stills import still

        return still(plan, frame)

    found = trace(video, the_project(), content_of, picture_of)
    if as_json:
        show_json(found.as_json())
    else:
        show_lines(found.lines())
    if not found.same_file or found.same_inputs is False or found.same_pictures is False:
        raise typer.Exit(1)


def _write_sarif(reports: list[Report], path: Path) -> None:
    from importlib.metadata import version

    from explainers.check.formats import as_sarif

    log = as_sarif(reports, version("explainers"))
    with reported("the SARIF log", path):
        path.write_text(json_text(log) + "\n", encoding="utf-8")


def _write_sheet(project: Project, plan: Plan, report: Report) -> None:
    from explainers.check.sheet import write_sheet

    path = write_sheet(plan, report, project.output(report.video, "check.png"))
    words = f"{project.shown(path)} shows them" if path else f"{report.video}: nothing to show in pictures"
    show_lines([words])
