"""Commands that only look: `list`, `kinds`, `schema`, `doctor`."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explainers.cli.options import AllowCode, AsJson, err, out, show_json, the_project
from explainers.errors import InvalidInput, UsageError, did_you_mean
from explainers.inputs import MIB, read_bytes
from explainers.scratch import write_files

if TYPE_CHECKING:
    from explainers.kinds import Kinds
    from explainers.kinds.base import SceneKind

OfVideo = Annotated[
    str | None, typer.Option(help="The video whose own kinds are among them; else those of all videos.")
]


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
    rows += [{"video": folder, "problem": why} for folder, why in project.refused().items()]
    if as_json:
        return show_json(rows)
    if not rows:
        return err().print("no videos yet; `explainers new VIDEO` makes one")
    width = max(len(row["video"]) for row in rows)
    for row in rows:
        if "problem" in row:
            out().print(f"{row['video']:<{width}}  {row['problem']}")
            continue
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
    video: OfVideo = None,
    allow_code: AllowCode = False,
    as_json: AsJson = False,
) -> None:
    """The scene kinds, or one of them with its fields and an example; with a project's own kinds."""
    found = _known_kinds(video, allow_code)
    if docs is not None:
        from explainers.render.stills import write_gallery

        chosen = {name: found[name]} if name is not None and name in found else found
        written = write_gallery(chosen, docs)
        return show_json([str(path) for path in written]) if as_json else None
    if name is None:
        rows = [
            {"name": kind.name, "doc": kind.doc.split("\n\n")[0].replace("\n", " "), **_home(kind)}
            for kind in found.values()
        ]
        if as_json:
            return show_json(rows)
        width = max(len(row["name"]) for row in rows)
        for row in rows:
            home = f" ({row['file']})" if "file" in row else ""
            out().print(f"{row['name']:<{width}}  {row['doc']}{home}")
        return None
    if name not in found:
        hint = did_you_mean(name, found, f"kinds: {', '.join(found)}")
        raise UsageError(f"there is no scene kind {name!r}; {hint}")
    return _show_kind(found[name], as_json)


def schema(
    video: OfVideo = None,
    allow_code: AllowCode = False,
    docs: Annotated[
        Path | None, typer.Option(help="Write the reference of storyboards and the schema into this folder.")
    ] = None,
) -> None:
    """The JSON Schema of storyboards, for editors; with a project's own kinds."""
    from explainers.schema import schema_text, storyboard_schema

    if docs is None:
        return show_json(storyboard_schema(_known_kinds(video, allow_code)))
    from explainers.reference import reference_pages

    pages = {"storyboard.schema.json": schema_text(), **reference_pages()}
    write_files({docs / name: text for name, text in pages.items()})
    return None


def _known_kinds(video: str | None, allow_code: bool) -> Kinds:
    """The engine's kinds and, where the project's code may run, those of a video or else of all videos."""
    from explainers.kinds import Kinds, discover

    try:
        project = the_project()
    except UsageError:
        if video is not None:
            raise
        return discover()
    if not (allow_code or project.settings.allow_code):
        return discover()
    videos = project.videos() if video is None else (video,)
    folders = [project.storyboard_path(name).parent for name in videos]
    return Kinds({name: kind for folder in folders for name, kind in discover(folder).own.items()}, {})


def _home(kind: SceneKind) -> dict[str, str]:
    """Where a project's own kind is, from the project's root."""
    return {} if kind.packaged else {"file": the_project().shown(kind.file)}


def doctor(as_json: AsJson = False) -> int:
    """Versions, fonts and encoders; what is missing, and the command that brings it."""
    found = list(requirements())
    if as_json:
        show_json([asdict(one) for one in found])
    else:
        width = max(len(one.name) for one in found)
        for one in found:
            out().print(f"{'ok' if one.fine else 'MISSING':<7}  {one.name:<{width}}  {one.found}")
            if not one.fine:
                out().print(f"{'':{width + 11}}{one.remedy}")
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

    try:
        text = read_bytes(path, path.name, MIB).decode("utf-8", "replace")
    except InvalidInput as error:
        return error.problems[0].message
    for line in text.split("\n"):
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
    console.print(kind.name, style="bold")
    for line in ("", *kind.doc.split("\n")):
        console.print(line)
    _show_fields("fields", params)
    if beats:
        _show_fields("on a beat", beats)
    for line in ("", "example", "", *kind.example.strip().split("\n")):
        console.print(line, style="bold" if line == "example" else None)
    return None


def _show_fields(heading: str, described: dict[str, Any]) -> None:
    console = out()
    console.print("")
    console.print(heading, style="bold")
    properties = described.get("properties", {})
    width = max((len(name) for name in properties), default=0)
    for name, field in properties.items():
        needed = "needed" if name in described.get("required", ()) else f"default {field.get('default')!r}"
        words = " ".join(field.get("description", "").split())
        console.print(f"  {name:<{width}}  {needed}{': ' + words if words else ''}")


WAYS = {
    "apt-get": "apt-get install build-essential pkg-config libcairo2-dev libpango1.0-dev python3-dev",
    "dnf": "dnf install gcc pkgconf-pkg-config cairo-devel pango-devel python3-devel",
    "pacman": "pacman -S base-devel pkgconf cairo pango",
    "brew": "brew install pkg-config cairo pango",
    "conda": "conda install -c conda-forge python=3.12 cairo pango pkg-config c-compiler",
}
"""The libraries and the compiler by what installs them; `docs/getting-started.md` has the same."""

PYTHON = (3, 11)
TRIED = ((3, 11), (3, 12), (3, 13))
"""The Pythons that the wheel was installed and rendered with."""
_BUILT = "`make setup`, or libcairo2-dev, libpango1.0-dev, pkg-config, a C compiler and then pip install"
_BUILT_FOR = ("pycairo", "cairo", "manim", "manimpango")
_IMPORTED = {
    "manim": "manim",
    "manimpango": "manimpango",
    "pycairo": "cairo",
    "av": "av",
    "moviepy": "moviepy",
}
"""Packages that may be installed and yet fail to load, with the modules that tell."""


@dataclass(frozen=True)
class Requirement:
    """One thing that is needed: what was found, whether it will do, and the command that brings it."""

    name: str
    found: str
    fine: bool
    remedy: str = ""


def requirements() -> Iterator[Requirement]:
    """Everything a render needs, looked at here and now."""
    from explainers import ffmpeg
    from explainers.fonts import EXTRA, FALLBACKS, PACKAGES, font_files
    from explainers.render.fingerprint import footage_versions, versions

    version = ".".join(map(str, sys.version_info[:3]))
    tried = "" if sys.version_info[:2] in TRIED else " (not tried)"
    yield Requirement("python", version + tried, sys.version_info >= PYTHON, "install Python 3.11 or later")
    yield Requirement("installed by", ": ".join(way_of_installing()), True)
    for name, version in versions().items():
        problem = _import_problem(_IMPORTED[name]) if name in _IMPORTED else None
        remedy = f"{_BUILT} {name}" if name in _BUILT_FOR else f"pip install {name}"
        yield Requirement(name, problem or version, version != "missing" and problem is None, remedy)
    from explainers.confined import bubblewrap

    yield Requirement("readers of files", bubblewrap()[1], True)
    # The absence of what terminal recordings, PDF figures and other scripts need is no fault.
    for name, version in footage_versions().items():
        font = name in FALLBACKS
        use = "other scripts, symbols and emoji" if font else "terminal recordings and PDF figures"
        found = version if version != "missing" else f"missing; {use} need it"
        yield Requirement(name, found, True, EXTRA if font else "pip install 'explainers[footage]'")
    for family, package in PACKAGES.items():
        found, fine = _tried(lambda family=family: font_files(family)[0].name)  # type: ignore[misc]
        yield Requirement(f"font {family}", found, fine, f"pip install {package}")
    found, fine = _tried(ffmpeg.version)
    yield Requirement("ffmpeg", found, fine, "pip install --force-reinstall imageio-ffmpeg")
    there = fine and "libx264" in ffmpeg.encoders()
    remedy = "unset IMAGEIO_FFMPEG_EXE, or point it at an ffmpeg that has it"
    yield Requirement("encoder libx264", "in ffmpeg" if there else "not in ffmpeg", there, remedy)


def way_of_installing() -> tuple[str, str]:
    """Which way of docs/getting-started.md is this machine's, and the command that brings the libraries."""
    if sys.platform == "darwin":
        return "macOS with Homebrew", WAYS["brew"]
    if os.environ.get("CONDA_PREFIX") and sys.prefix.startswith(os.environ["CONDA_PREFIX"]):
        return "conda-forge", WAYS["conda"]
    found = next((name for name in ("apt-get", "dnf", "pacman") if shutil.which(name)), "conda")
    named = {
        "apt-get": "Debian or Ubuntu",
        "dnf": "Fedora",
        "pacman": "Arch",
        "conda": "without root, conda-forge",
    }
    within = " in WSL" if "microsoft" in platform.release().lower() else ""
    within = " in a container" if Path("/.dockerenv").exists() else within
    return f"{named[found]}{within}", WAYS[found]


def _import_problem(module: str) -> str | None:
    try:
        import_module(module)
    except Exception as error:
        # An import may fail in any way: a missing shared library is an OSError or an ImportError.
        return f"{type(error).__name__}: {error}"
    return None


def _tried(look: Callable[[], str]) -> tuple[str, bool]:
    """What `look` finds and True, or its error and False."""
    try:
        return look(), True
    except Exception as error:
        return str(error), False
