"""The command `export`: a moment of a film as a figure for papers and slides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explainers.cli.options import (
    AllowCode,
    AsJson,
    Aspect,
    Quality,
    Theme,
    Video,
    out,
    show_json,
    the_project,
)

FIGURES = ("svg", "pdf", "png")


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    video: Video,
    shot: Annotated[str, typer.Option(help="A shot near its end, or SHOT:BEAT for one of its beats.")],
    form: Annotated[str, typer.Option("--as", help="svg, pdf or png.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
    transparent: Annotated[
        bool, typer.Option("--transparent", help="Without the background; of svg and pdf.")
    ] = False,
    quality: Quality = None,
    theme: Theme = None,
    aspect: Aspect = None,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> None:
    """A moment of a film elsewhere: in SVG and PDF lines are lines and text is text, fonts included."""
    from explainers.api import Video
    from explainers.cli.stills import request_of, save_still
    from explainers.errors import UsageError, did_you_mean
    from explainers.scratch import reported

    if form not in FIGURES:
        raise UsageError(
            f"--as is {', '.join(FIGURES)}, not {form!r}; {did_you_mean(form, FIGURES)}".rstrip("; ")
        )
    project = the_project()
    one = Video(request_of(project, video, quality, theme, aspect, allow_code))
    plan, frame = one.plan, one.frame_at(shot)
    path = output or project.renders_dir(video) / "figures" / f"{shot.replace(':', '-')}.{form}"
    if form == "png":
        if transparent:
            raise UsageError("--transparent is of svg and pdf")
        save_still(plan, frame, path)
    else:
        from explainers.render.stills import picture_at
        from explainers.render.vector import pdf, svg

        picture, number = picture_at(plan, frame)
        if form == "svg":
            data = svg(picture, number, not transparent).encode()
        else:
            data = pdf(picture, number, not transparent, plan.title)
        with reported("the figure", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    if as_json:
        return show_json({"video": video, "file": str(path), "at_s": round(frame / plan.canvas.fps, 6)})
    out().print(f"{project.shown(path)}: frame {frame}, {frame / plan.canvas.fps:.3f} s")
    return None
