"""Commands that only look: `list`, `kinds`, `schema`, `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from explainers.cli.options import AsJson, err, out, show_json, the_project


def register(app: typer.Typer) -> None:
    app.command("list")(list_videos)
    app.command()(kinds)
    app.command()(schema)
    app.command()(doctor)


def list_videos(as_json: AsJson = False) -> None:
    """The project's videos, and whether each has been rendered."""
    project = the_project()
    rows = [_video(project, video) for video in project.videos()]
    if as_json:
        return show_json(rows)
    if not rows:
        return err().print("no videos yet; `explainers new VIDEO` makes one")
    width = max(len(row["video"]) for row in rows)
    for row in rows:
        state = f"{_clock(row['duration_s'])}  {row['quality']}" if row["rendered"] else "not rendered"
        out().print(f"{row['video']:<{width}}  {state:<16}  {row['title'] or ''}".rstrip(), markup=False)
    return None


def kinds(
    name: Annotated[
        str | None, typer.Argument(help="Show one kind whole: its fields and an example.")
    ] = None,
    docs: Annotated[
        Path | None, typer.Option(help="Write a page with a contact sheet of every kind's example.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The scene kinds, or one of them with its fields and an example."""
    from explainers.errors import UsageError, nearest
    from explainers.kinds import discover

    found = discover()
    if docs is not None:
        from explainers.render.gallery import write_gallery

        chosen = {name: found[name]} if name is not None and name in found else found
        written = write_gallery(chosen, docs)
        return show_json([str(path) for path in written]) if as_json else None
    if name is None:
        rows = [
            {"name": kind.name, "doc": kind.doc.split("\n\n")[0].replace("\n", " ")}
            for kind in found.values()
        ]
        if as_json:
            return show_json(rows)
        width = max(len(row["name"]) for row in rows)
        for row in rows:
            out().print(f"{row['name']:<{width}}  {row['doc']}", markup=False)
        return None
    if name not in found:
        near = nearest(name, found)
        hint = f"; did you mean {near!r}?" if near else f"; kinds: {', '.join(found)}"
        raise UsageError(f"there is no scene kind {name!r}{hint}")
    return _show_kind(found[name], as_json)


def schema() -> None:
    """The JSON Schema of storyboards, for editors."""
    from explainers.schema import storyboard_schema

    show_json(storyboard_schema())


def doctor(as_json: AsJson = False) -> int:
    """Versions, fonts and encoders; what is missing, and the command that brings it."""
    from explainers.cli.diagnosis import findings

    found = findings()
    missing = [one for one in found if not one.fine]
    if as_json:
        show_json(
            [{"name": one.name, "found": one.found, "fine": one.fine, "remedy": one.remedy} for one in found]
        )
    else:
        width = max(len(one.name) for one in found)
        for one in found:
            out().print(
                f"{'ok     ' if one.fine else 'MISSING'}  {one.name:<{width}}  {one.found}", markup=False
            )
            if not one.fine:
                out().print(f"         {' ' * width}  {one.remedy}", markup=False)
    return 4 if missing else 0


def _video(project: Any, video: str) -> dict[str, Any]:
    """What is known of a video without planning it: its title as written, its manifest if there is one."""
    from explainers.manifest import Manifest, manifest_in

    manifest = manifest_in(project.renders_dir(video), Manifest)
    return {
        "video": video,
        "title": (manifest and manifest.title) or _title_written(project.storyboard_path(video)),
        "storyboard": project.shown(project.storyboard_path(video)),
        "rendered": manifest is not None,
        "quality": manifest and manifest.quality,
        "duration_s": manifest and manifest.duration_s,
    }


def _title_written(path: Any) -> str | None:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("title:"):
            return str(line.removeprefix("title:").strip().strip("\"'"))
    return None


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02d}"


def _show_kind(kind: Any, as_json: bool) -> None:
    params = kind.Params.model_json_schema()
    beats = kind.BeatParams.model_json_schema() if kind.BeatParams else None
    if as_json:
        return show_json(
            {
                "name": kind.name,
                "doc": kind.doc,
                "params": params,
                "beat_params": beats,
                "example": kind.example.strip(),
            }
        )
    console = out()
    console.print(f"[bold]{kind.name}[/bold]\n")
    console.print(kind.doc, markup=False)
    _show_fields("fields", params)
    if beats:
        _show_fields("on a beat", beats)
    console.print("\n[bold]example[/bold]\n")
    console.print(kind.example.strip(), markup=False)
    return None


def _show_fields(heading: str, described: dict[str, Any]) -> None:
    console = out()
    console.print(f"\n[bold]{heading}[/bold]")
    properties = described.get("properties", {})
    width = max((len(name) for name in properties), default=0)
    for name, field in properties.items():
        needed = "needed" if name in described.get("required", ()) else f"default {field.get('default')!r}"
        words = " ".join(field.get("description", "").split())
        console.print(f"  {name:<{width}}  {needed}{': ' + words if words else ''}", markup=False)
