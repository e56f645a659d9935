"""Commands that only look: `list`, `kinds`, `schema`, `doctor`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
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
    from explainers.timing import clock

    project = the_project()
    rows = [_video(project, video) for video in project.videos()]
    if as_json:
        return show_json(rows)
    if not rows:
        return err().print("no videos yet; `explainers new VIDEO` makes one")
    width = max(len(row["video"]) for row in rows)
    for row in rows:
        state = f"{clock(row['duration_s'])}  {row['quality']}" if row["rendered"] else "not rendered"
        out().print(f"{row['video']:<{width}}  {state:<16}  {row['title'] or ''}".rstrip())
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
    from explainers.errors import UsageError, did_you_mean
    from explainers.kinds import discover

    found = discover()
    if docs is not None:
        from explainers.render.stills import write_gallery

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
            out().print(f"{row['name']:<{width}}  {row['doc']}")
        return None
    if name not in found:
        hint = did_you_mean(name, found, f"kinds: {', '.join(found)}")
        raise UsageError(f"there is no scene kind {name!r}; {hint}")
    return _show_kind(found[name], as_json)


def schema() -> None:
    """The JSON Schema of storyboards, for editors."""
    from explainers.schema import storyboard_schema

    show_json(storyboard_schema())


def doctor(as_json: AsJson = False) -> int:
    """Versions, fonts and encoders; what is missing, and the command that brings it."""

    found = requirements()
    if as_json:
        show_json([asdict(one) for one in found])
    else:
        width = max(len(one.name) for one in found)
        for one in found:
            out().print(f"{'ok     ' if one.fine else 'MISSING'}  {one.name:<{width}}  {one.found}")
            if not one.fine:
                out().print(f"         {' ' * width}  {one.remedy}")
    return 0 if all(one.fine for one in found) else 4


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


def _show_kind(kind: Any, as_json: bool) -> None:
    from explainers.kinds.base import KindBeat

    params = kind.params.model_json_schema()
    beats = kind.beat_params.model_json_schema() if kind.beat_params is not KindBeat else None
    if as_json:
        facts = {"name": kind.name, "doc": kind.doc, "params": params, "beat_params": beats}
        return show_json(facts | {"example": kind.example.strip()})
    console = out()
    console.print(f"{kind.name}\n", style="bold")
    console.print(kind.doc)
    _show_fields("fields", params)
    if beats:
        _show_fields("on a beat", beats)
    console.print("\nexample\n", style="bold")
    console.print(kind.example.strip())
    return None


def _show_fields(heading: str, described: dict[str, Any]) -> None:
    console = out()
    console.print(f"\n{heading}", style="bold")
    properties = described.get("properties", {})
    width = max((len(name) for name in properties), default=0)
    for name, field in properties.items():
        needed = "needed" if name in described.get("required", ()) else f"default {field.get('default')!r}"
        words = " ".join(field.get("description", "").split())
        console.print(f"  {name:<{width}}  {needed}{': ' + words if words else ''}")


NEEDED_ENCODERS = ("libx264",)
PYTHON = (3, 11)


@dataclass(frozen=True)
class Requirement:
    """One thing that is needed: what was found, whether it will do, and the command that brings it."""

    name: str
    found: str
    fine: bool
    remedy: str = ""


def requirements() -> list[Requirement]:
    """Everything a render needs, looked at here and now."""
    return [*_python(), *_packages(), *_footage(), *_fonts(), *_encoders()]


def _python() -> Iterator[Requirement]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Requirement("python", version, sys.version_info >= PYTHON, "install Python 3.11 or later")


def _packages() -> Iterator[Requirement]:
    from explainers.render.fingerprint import versions

    imports = {name: name for name in ("manim", "manimpango", "av", "moviepy")} | {"pycairo": "cairo"}
    for name, version in versions().items():
        module = imports.get(name)
        problem = _import_problem(module) if module else None
        fine = version != "missing" and problem is None
        yield Requirement(name, problem or version, fine, _remedy(name))


def _footage() -> Iterator[Requirement]:
    """What terminal recordings, PDF figures and other scripts need; its absence is no fault."""
    from explainers.fonts import EXTRA, FALLBACKS
    from explainers.render.fingerprint import footage_versions

    for name, version in footage_versions().items():
        fonts = name in FALLBACKS
        use = "other scripts, symbols and emoji" if fonts else "terminal recordings and PDF figures"
        found = version if version != "missing" else f"missing; {use} need it"
        yield Requirement(name, found, True, EXTRA if fonts else "pip install 'explainers[footage]'")


def _import_problem(module: str) -> str | None:
    try:
        import_module(module)
    except Exception as error:
        # An import may fail in any way: a missing shared library is an OSError or an ImportError.
        return f"{type(error).__name__}: {error}"
    return None


_BUILT = "`make setup`, or libcairo2-dev, libpango1.0-dev, pkg-config, a C compiler and then pip install"


def _remedy(name: str) -> str:
    if name in ("pycairo", "cairo", "manim", "manimpango"):
        return f"{_BUILT} {name}"
    return f"pip install {name}"


def _fonts() -> Iterator[Requirement]:
    from explainers.fonts import PACKAGES, font_files

    for family, package in PACKAGES.items():
        found, problem = _tried(lambda family=family: font_files(family)[0].name)  # type: ignore[misc]
        yield Requirement(f"font {family}", found or problem, bool(found), f"pip install {package}")


def _encoders() -> Iterator[Requirement]:
    from explainers import ffmpeg

    found, problem = _tried(ffmpeg.version)
    yield Requirement("ffmpeg", found or problem, bool(found), "pip install --force-reinstall imageio-ffmpeg")
    for name in NEEDED_ENCODERS:
        there = bool(found) and name in ffmpeg.encoders()
        remedy = "unset IMAGEIO_FFMPEG_EXE, or point it at an ffmpeg that has it"
        yield Requirement(f"encoder {name}", "in ffmpeg" if there else "not in ffmpeg", there, remedy)


def _tried(look: Callable[[], str]) -> tuple[str, str]:
    try:
        return look(), ""
    except Exception as error:
        return "", str(error)
