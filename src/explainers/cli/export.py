"""The command `export`: a moment of a film as a figure, or a shot as a loop, for papers and slides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    Aspect,
    MaxMib,
    Quality,
    Theme,
    Video,
    out,
    show_json,
    the_project,
)
from explainers.errors import UsageError, did_you_mean
from explainers.scratch import reported

if TYPE_CHECKING:
    from explainers import api
    from explainers.plan import Plan

FIGURES = ("svg", "pdf", "png")


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    video: Video,
    shot: Annotated[str, typer.Option(help="A shot near its end, or SHOT:BEAT for one of its beats.")],
    form: Annotated[
        str, typer.Option("--as", help="svg, pdf or png: a figure. webp or gif: a loop.")
    ] = "webp",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
    transparent: Annotated[
        bool, typer.Option("--transparent", help="Without the background; of svg and pdf.")
    ] = False,
    width: Annotated[
        int, typer.Option(min=160, max=1920, help="Pixels across of a loop; fewer to keep to --max-mib.")
    ] = 960,
    fps: Annotated[int, typer.Option(min=1, max=30, help="Pictures a second of a loop.")] = 12,
    max_mib: MaxMib = 3.0,
    quality: Quality = None,
    theme: Theme = None,
    aspect: Aspect = None,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> None:
    """A film elsewhere: a moment as a figure, in SVG and PDF with lines that are lines and text that is text,
    fonts included; or a shot, or a beat of one, as an animated picture that loops."""
    from explainers.api import Video
    from explainers.cli.stills import request_of
    from explainers.render.stills import LOOPS

    forms = (*FIGURES, *LOOPS)
    if form not in forms:
        hint = did_you_mean(form, forms)
        raise UsageError(f"--as is {', '.join(forms)}, not {form!r}{hint and '; ' + hint}")
    if transparent and form not in ("svg", "pdf"):
        raise UsageError("--transparent is of svg and pdf")
    project = the_project()
    folder = "stills" if form in LOOPS else "figures"
    path = output or project.output(video, f"{folder}/{shot.replace(':', '-')}.{form}")
    if path.suffix.lower() != f".{form}":
        raise UsageError(f"--as {form} makes a .{form} file, not {path.name}")
    # A loop is small, and needs no more pixels than a standard render has.
    quality = quality or ("standard" if form in LOOPS else None)
    one = Video(request_of(project, video, quality, theme, aspect, allow_code))
    if form in LOOPS:
        made = _loop(one, shot, path, width, fps, max_mib)
        if as_json:
            return show_json({"video": video, "file": str(path), **made})
        size = f"{made['pictures']} pictures, {made['width']} across, {made['bytes'] / 2**20:.2f} MiB"
        out().print(f"{project.shown(path)}: {size}")
        return None
    plan, frame = one.plan, one.frame_at(shot)
    with reported("the figure", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _figure(plan, frame, path, form, transparent)
    if as_json:
        return show_json({"video": video, "file": str(path), "at_s": round(frame / plan.canvas.fps, 6)})
    out().print(f"{project.shown(path)}: frame {frame}, {frame / plan.canvas.fps:.3f} s")
    return None


def _loop(one: api.Video, shot: str, path: Path, width: int, fps: int, max_mib: float) -> dict[str, int]:
    """Write a shot or a beat of it as a loop; what was made."""
    from explainers.render.pipeline import known_shot
    from explainers.render.stills import write_loop

    name, _, beat = shot.partition(":")
    chosen = known_shot(one.plan, name)
    if beat:
        # An unknown beat is an error that names the nearest.
        one.frame_at(shot)
    span = next(
        ((each.start_s, each.end_s) for each in chosen.beats if each.id == beat), (0.0, chosen.duration_s)
    )
    with reported("the loop", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_loop(one.plan, chosen, span, path, width, fps, max_mib)


def _figure(plan: Plan, frame: int, path: Path, form: str, transparent: bool) -> None:
    from explainers.cli.stills import save_still
    from explainers.render.stills import picture_at
    from explainers.render.vector import pdf, svg

    if form == "png":
        save_still(plan, frame, path)
        return
    picture, number = picture_at(plan, frame)
    if form == "svg":
        path.write_bytes(svg(picture, number, not transparent).encode())
    else:
        path.write_bytes(pdf(picture, number, not transparent, plan.title))
