"""The command `render`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    MAX_MIB,
    AllowCode,
    AllowSlates,
    AsJson,
    Aspect,
    ExecutorAddress,
    Jobs,
    Language,
    MaxMib,
    NoCheck,
    Quality,
    SharedStoreUrl,
    Theme,
    Variants,
    Video,
    Voice,
    code_allowed,
    err,
    executor_of,
    make_web_renditions,
    out,
    show_json,
    the_project,
)
from explainers.errors import ExplainersError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from explainers.project import Project
    from explainers.render.batch import Request
    from explainers.render.progress import RenderResult
    from explainers.render.renditions import WebResult
    from explainers.render.workers import Executor

LOOK_EVERY_S = 0.3
"""Saved files are looked for this often: it works on every disk."""

Snapshot = dict[Path, tuple[int, int]]


def register(app: typer.Typer) -> None:
    app.command()(render)


def render(
    video: Video,
    quality: Quality = None,
    shot: Annotated[
        list[str] | None, typer.Option(help="Only this shot, into shots/<id>.mp4; may be given again.")
    ] = None,
    jobs: Jobs = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="Where to; renders/<video> by default.")
    ] = None,
    theme: Theme = None,
    aspect: Aspect = None,
    variants: Variants = None,
    captions: Annotated[
        str, typer.Option(help="track: beside the video; burned: also a rendition with them in the picture.")
    ] = "track",
    voice: Voice = None,
    language: Language = None,
    renditions: Annotated[
        str | None,
        typer.Option(help="web: also AV1, H.264 within the budget and pictures for pages, in web/."),
    ] = None,
    max_mib: MaxMib = MAX_MIB,
    executor: ExecutorAddress = None,
    shared_store: SharedStoreUrl = None,
    allow_slates: AllowSlates = False,
    allow_code: AllowCode = False,
    no_check: NoCheck = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say shot by shot what was drawn, and why.")
    ] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say where the time went.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Render again whenever a file is saved.")] = False,
    as_json: AsJson = False,
) -> int:
    """Render a video: only the shots that changed are drawn."""
    if captions not in ("track", "burned"):
        raise UsageError(f"--captions is track or burned, not {captions!r}")
    if renditions not in (None, "web"):
        raise UsageError(f"--renditions is web, not {renditions!r}")
    if renditions and shot:
        raise UsageError("--renditions are of the whole video; leave --shot out")
    if variants is not None and (theme or aspect):
        raise UsageError("--variants names themes and shapes by itself; leave --theme and --aspect out")
    if variants is not None and language:
        raise UsageError("--language is a variant of its own; leave --variants out")
    from explainers.render.forkserver import warm_up_for

    project = the_project()
    drawing = executor_of(executor, shared_store, jobs, project)

    def once() -> int:
        started = perf_counter()
        if drawing is None:
            warm_up_for(project, [video], jobs)
        from explainers.api import Video
        from explainers.cli._progress import shown_progress
        from explainers.plan import Variant
        from explainers.plan import variants as named
        from explainers.render.pipeline import Request

        request = Request(
            project,
            video,
            quality or project.settings.quality,
            Variant(theme, aspect, captions == "burned", language_folder(project, video, language), language),
            shots=tuple(shot or ()),
            out=out_dir,
            allow_code=code_allowed(allow_code, [video]),
            allow_slates=allow_slates,
            check=not no_check,
            voice=voice,
        )
        if variants is not None:
            request = request.read()
            burned = captions == "burned"
            each = [
                replace(request, variant=one)
                for one in named(project, request.document, variants, burned=burned)
            ]
            return render_variants(
                each, jobs, drawing, max_mib if renditions else None, explain, profile, as_json
            )
        with shown_progress(as_json, jobs) as listener:
            listener.checked = not no_check
            rendered = Video(request).render
            result = rendered(jobs=jobs, out=out_dir, check=not no_check, listener=listener, executor=drawing)
        result = replace(result, elapsed_s=perf_counter() - started)
        web = None
        if renditions:
            web = make_web_renditions(result.directory, max_mib, project.store_dir, jobs)
        show_render(
            result, project, listener.warnings, explain, profile, as_json, web, same_look(request, allow_code)
        )
        if explain and not as_json:
            show_travels(request)
        return 0

    if watch:
        keep_rendering(once, [project.scene_dir(video), project.assets_dir(video)])
        return 0
    return once()


def language_folder(project: Project, video: str, language: str | None) -> str:
    """The folder of a language in the video's own; none for the language of the storyboard."""
    from explainers.storyboard.languages import languages

    return language if language in languages(project.storyboard_path(video)) else ""


def render_variants(
    requests: Sequence[Request],
    jobs: int | None,
    drawing: Executor | None,
    web_mib: float | None,
    explain: bool,
    profile: bool,
    as_json: bool,
) -> int:
    """Render variants of one video with one pool of workers; the worst exit code there was.

    With `web_mib` each gets its renditions for pages, of at most so many MiB.
    """
    from explainers.cli._progress import show_outcomes, shown_batch
    from explainers.render.pipeline import run_all

    started, project, store = perf_counter(), requests[0].project, requests[0].project.store_dir
    with shown_batch(len(requests), as_json, jobs) as listener:
        listener.checked = requests[0].check
        outcomes = run_all(requests, jobs=jobs, executor=drawing, listener=listener)
    for outcome in outcomes:
        if outcome.result is None:
            continue
        if web_mib is not None:
            make_web_renditions(outcome.result.directory, web_mib, store, jobs)
        if explain:
            show_shots(outcome.result, err() if as_json else out())
        if profile:
            _show_profile(outcome.result, as_json)
    where = project.shown(project.renders_dir(requests[0].video))
    return show_outcomes(outcomes, "variants", where, perf_counter() - started, as_json=as_json)


def show_travels(request: Request) -> None:
    """Print what each shot carries on, by name."""
    from explainers.render.pipeline import planned
    from explainers.render.stills import travels

    for shot, pairs in travels(planned(request)).items():
        names = (one.name if one.name == one.before else f"{one.before} as {one.name}" for one in pairs)
        out().print(f"{shot} carries on {', '.join(names) or 'nothing'}")


def same_look(request: Request, allow_code: bool = False) -> str:
    """The options with which `check` judges what was rendered, each behind a space."""
    variant = request.variant
    quality = None if request.quality == "final" else request.quality
    given = {
        "quality": quality,
        "theme": variant.theme,
        "aspect": variant.aspect,
        "language": variant.language,
    }
    words = [f" --{name} {value}" for name, value in given.items() if value]
    words += [] if request.voice is None else [" --voice" if request.voice else " --silent"]
    return "".join([*words, *([" --allow-code"] if allow_code else [])])


def show_render(
    result: RenderResult,
    project: Project,
    warnings: int,
    explain: bool,
    profile: bool,
    as_json: bool,
    web: WebResult | None = None,
    look: str = "",
) -> None:
    """Print what a render did; with `as_json` its result alone on stdout, and the rest on stderr. `look` are
    the options with which `check` finds the same."""
    console = err() if as_json else out()
    if explain:
        show_shots(result, console)
    if profile:
        _show_profile(result, as_json)
    if as_json:
        return show_json(result.as_json() | ({"web": web.record.as_json()} if web else {}))
    drawn = sum(shot.outcome == "drawn" for shot in result.shots)
    made = f"{drawn} of {len(result.shots)} shots drawn" if drawn else "nothing drawn"
    from explainers.timing import clock

    where = project.shown(result.directory)
    console.print(
        f"{where}: {clock(result.duration_s)}, {result.frames} frames, {made}, {result.elapsed_s:.1f} s",
        markup=False,
    )
    if warnings:
        console.print(f"{warnings} warning{'s' * (warnings > 1)}: explainers check {result.video}{look}")
    return None


def show_shots(result: RenderResult, console: Console) -> None:
    """Print shot by shot what was drawn, and why."""
    width = max(len(shot.id) for shot in result.shots)
    for shot in result.shots:
        console.print(f"{shot.id:<{width}}  {shot.outcome}  {shot.reason}")


def _show_profile(result: RenderResult, as_json: bool) -> None:
    console = err() if as_json else out()
    console.print("where the time went (workers added up):")
    for name, seconds in result.seconds.items():
        console.print(f"  {name:<12} {seconds:8.2f} s")
    console.print(f"  {'whole':<12} {result.elapsed_s:8.2f} s")
    for name, count in sorted(result.counts.items()):
        console.print(f"  {name.replace('_', ' '):<16} {count:>8}")


def keep_rendering(once: Callable[[], object], folders: Sequence[Path]) -> None:
    """Call `once` now and after every change below `folders`, until interrupted. Its errors are shown."""
    while True:
        before = snapshot(folders)
        try:
            once()
        except ExplainersError as error:
            for line in str(error).split("\n"):
                err().print(line)
        err().print("waiting for changes; Ctrl-C ends", style="dim")
        while snapshot(folders) == before:
            time.sleep(LOOK_EVERY_S)


def snapshot(folders: Sequence[Path]) -> Snapshot:
    """Size and time of change of every file, editors' own files left out."""
    found: Snapshot = {}
    for folder in folders:
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.name.startswith(".") or path.name.endswith("~") or "__pycache__" in path.parts:
                continue
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            found[path] = (facts.st_size, facts.st_mtime_ns)
    return found
