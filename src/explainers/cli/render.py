"""The command `render`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    Aspect,
    ExecutorAddress,
    Jobs,
    NoCheck,
    Quality,
    SharedStoreUrl,
    code_allowed,
    executor_of,
    say,
    the_project,
)
from explainers.cli.render_report import show_render
from explainers.cli.web import MAX_MIB, MaxMib, make_web_renditions
from explainers.render.judging import Gate

if TYPE_CHECKING:
    from explainers.plan import Plan
    from explainers.project import Project
    from explainers.render import RenderResult
    from explainers.render.executor import Executor
    from explainers.render.rendering import Judge


def register(app: typer.Typer) -> None:
    app.command()(render)


def render(
    video: Annotated[str, typer.Argument(help="The video: its folder in scenes/.")],
    quality: Quality = None,
    shot: Annotated[
        list[str] | None, typer.Option(help="Only this shot, into shots/<id>.mp4; may be given again.")
    ] = None,
    jobs: Jobs = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Where to; renders/<video> by default.")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="ink or paper, in place of the storyboard's.")] = None,
    aspect: Aspect = None,
    captions: Annotated[
        str, typer.Option(help="track: beside the video; burned: also a rendition with them in the picture.")
    ] = "track",
    renditions: Annotated[
        str | None,
        typer.Option(help="web: also AV1, H.264 within the budget and pictures for pages, in web/."),
    ] = None,
    max_mib: MaxMib = MAX_MIB,
    executor: ExecutorAddress = None,
    shared_store: SharedStoreUrl = None,
    allow_slates: Annotated[
        bool, typer.Option("--allow-slates", help="Let slates stand for missing footage.")
    ] = False,
    allow_code: AllowCode = False,
    no_check: NoCheck = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say shot by shot what was drawn, and why.")
    ] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say where the time went.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Render again whenever a file is saved.")] = False,
    as_json: AsJson = False,
) -> None:
    """Render a video: only the shots that changed are drawn."""
    from explainers.errors import UsageError

    if captions not in ("track", "burned"):
        raise UsageError(f"--captions is track or burned, not {captions!r}")
    if renditions not in (None, "web"):
        raise UsageError(f"--renditions is web, not {renditions!r}")
    if renditions and shot:
        raise UsageError("--renditions are of the whole video; leave --shot out")
    from explainers.cli._warm import warm_up_for

    project = the_project()
    drawing = executor_of(executor, shared_store, jobs, project)

    def once() -> None:
        started = perf_counter()
        if drawing is None:
            warm_up_for(project, [video], jobs)
        wanted = quality or project.settings.quality
        plan = _plan(project, video, wanted, theme, aspect, code_allowed(allow_code), allow_slates)
        read_s = perf_counter() - started
        gate = Gate(plan, allow_slates or wanted != "final", no_check, say)
        gate.judge_words()
        judged_s = perf_counter() - started - read_s
        judge = gate.picture_judge
        burned = captions == "burned"
        result = _rendered(plan, shot or [], jobs, drawing, out_dir, burned, judge, quiet=as_json)
        seconds = {"reading": read_s, "judging": judged_s, **result.seconds}
        result = replace(result, elapsed_s=perf_counter() - started, seconds=seconds)
        web = None
        if renditions:
            web = make_web_renditions(result.directory, max_mib, project.store_dir, jobs)
        show_render(result, project, gate.warnings, explain, profile, as_json, web)

    if watch:
        from explainers.cli.watch import keep_rendering

        keep_rendering(once, [project.scene_dir(video), project.assets_dir(video)])
    else:
        once()


def _plan(
    project: Project,
    video: str,
    quality: str,
    theme: str | None,
    aspect: str | None,
    code: bool | None,
    allow_slates: bool,
) -> Plan:
    from explainers.plan import load_plan

    # Slates are for drafts; a finished video shows what it promises or says what is missing.
    slates = allow_slates or quality != "final"
    # Typed digits are among what the referee finds, and may be let pass with a reason.
    return load_plan(
        project, video, quality, theme, allow_code=code, strict=False, allow_slates=slates, aspect=aspect
    )


def _rendered(
    plan: Plan,
    shots: list[str],
    jobs: int | None,
    executor: Executor | None,
    folder: Path | None,
    burned: bool,
    judge: Judge | None,
    quiet: bool,
) -> RenderResult:
    from explainers import render as build
    from explainers.cli.progress import shown_progress

    with shown_progress(quiet, jobs) as listener:
        if shots:
            return build.render_shots(
                plan, shots, jobs=jobs, executor=executor, out=folder, listener=listener
            )
        return build.render(
            plan, jobs=jobs, executor=executor, out=folder, burned=burned, listener=listener, judge=judge
        )
