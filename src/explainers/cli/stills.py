"""Commands that make pictures: `still` and `sheet`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    Aspect,
    Jobs,
    Quality,
    Theme,
    Video,
    code_allowed,
    err,
    out,
    show_json,
    the_project,
)
from explainers.errors import InvalidInput, UsageError, counted
from explainers.scratch import reported

if TYPE_CHECKING:
    from explainers.plan import Plan
    from explainers.project import Project
    from explainers.render.pipeline import Request


def register(app: typer.Typer) -> None:
    app.command()(still)
    app.command()(sheet)


def still(
    video: Video,
    at: Annotated[str | None, typer.Option(help="A time in the video: 12.5, 350ms, 1:30.")] = None,
    shot: Annotated[
        str | None, typer.Option(help="A shot near its end, or SHOT:BEAT for one of its beats.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .png, .jpg or .webp file.")] = None,
    quality: Quality = None,
    theme: Theme = None,
    aspect: Aspect = None,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> None:
    """One exact frame of a video, by the video's own path."""
    from explainers.render.pipeline import planned
    from explainers.render.stills import frame_of

    if (at is None) == (shot is None):
        raise UsageError("a still needs --at TIME or --shot ID[:BEAT], one of them")
    project = the_project()
    request = request_of(project, video, quality, theme, aspect, allow_code)
    try:
        plan = planned(request, judged=False)
    except InvalidInput as error:
        if shot is None:
            raise
        # One shot can be looked at although another is wrong, or has no room in this shape.
        plan = planned(request, judged=False, only=shot.partition(":")[0])
        wrong = counted(len(error.problems), "mistake")
        err().print(f"{video} has {wrong} elsewhere; the frame is of this shot alone")
    frame = _frame_at(plan, at) if at is not None else frame_of(plan, shot or "")
    path = output or project.output(video, f"stills/{(shot or at or '').replace(':', '-')}.png")
    save_still(plan, frame, path)
    if as_json:
        return show_json(
            {"video": video, "file": str(path), "frame": frame, "at_s": round(frame / plan.canvas.fps, 6)}
        )
    out().print(f"{project.shown(path)}: frame {frame}, {frame / plan.canvas.fps:.3f} s")
    return None


def sheet(
    video: Video,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A .png file; renders/<video>/sheet.png else.")
    ] = None,
    jobs: Jobs = None,
    quality: Quality = None,
    theme: Theme = None,
    aspect: Aspect = None,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> None:
    """A contact sheet: a still a beat and both sides of each cut, with ids and times. Nothing is encoded."""
    from explainers.cli._progress import shown_progress
    from explainers.render.pipeline import write_sheet

    project = the_project()
    path = output or project.output(video, "sheet.png")
    request = request_of(project, video, quality, theme, aspect, allow_code)
    with shown_progress(as_json, jobs) as listener:
        write_sheet(request, path, jobs=jobs, listener=listener)
    if as_json:
        return show_json({"video": video, "file": str(path)})
    out().print(project.shown(path))
    return None


def request_of(
    project: Project, video: str, quality: str | None, theme: str | None, aspect: str | None, code: bool
) -> Request:
    """The request for a video whose pictures are looked at."""
    from explainers.plan import Variant
    from explainers.render.pipeline import Request

    variant = Variant(theme, aspect)
    return Request(
        project, video, quality or project.settings.quality, variant, allow_code=code_allowed(code, [video])
    )


def _frame_at(plan: Plan, written: str) -> int:
    from explainers.storyboard.types import parse_duration

    try:
        seconds = parse_duration(written)
    except ValueError as error:
        raise UsageError(f"--at takes {error}, not {written!r}") from None
    frame = int(seconds * plan.canvas.fps + 1e-6)
    if frame >= plan.total_frames:
        raise UsageError(f"--at {written} is past the end: {plan.video} lasts {plan.duration_s:.3f} s")
    return frame


def save_still(plan: Plan, frame: int, path: Path) -> None:
    """Write a frame; UsageError for a name of no picture, RenderFailed where the disk refuses."""
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise UsageError(f"a still is a .png, .jpg or .webp file, not {path.name}")
    from explainers.render.stills import still as exact

    pixels = exact(plan, frame)
    from PIL import Image

    with reported("the still", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
