"""The command `new`: a small storyboard with its data, which renders as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    AsJson,
    DifferentDatasets,
    out,
    project_folder,
    show_json,
)

if TYPE_CHECKING:
    from explainers.project import Project

SCHEMA_FILE = "storyboard.schema.json"


def register(app: typer.Typer) -> None:
    app.command()(new)


def new(
    video: Annotated[str, typer.Argument(help="The new video's name: letters, digits, - and _.")],
    race: Annotated[
        tuple[Path, Path] | None, typer.Option(help="Two runs or logs: begin with a race of them.")
    ] = None,
    different_datasets: DifferentDatasets = False,
    as_json: AsJson = False,
) -> None:
    """Make a small storyboard with data of its own, which renders as it is."""
    from explainers.errors import UsageError
    from explainers.project import NAME_RULE, is_video_name
    from explainers.scratch import reported

    if not is_video_name(video):
        raise UsageError(f"{video!r} can't name a video: {NAME_RULE}")
    here = project_folder().resolve()
    with reported("the project", here):
        project, made = _project(here)
    for folder in (project.scene_dir(video), project.assets_dir(video)):
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{project.shown(folder)} exists and is not empty")
    with reported("the project", project.root):
        made += _write_race(project, video, race, different_datasets) if race else _write_all(project, video)
    if as_json:
        return show_json({"video": video, "files": [str(path) for path in made]})
    for path in made:
        out().print(f"made {project.shown(path)}")
    out().print(f"now: explainers render {video} --quality draft")
    return None


def _project(here: Path) -> tuple[Project, list[Path]]:
    """The project of `here`, begun there where there is none."""
    from explainers.errors import UsageError
    from explainers.project import find_project

    try:
        return find_project(here), []
    except UsageError:
        path = here / "pyproject.toml"
        here.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n" if path.exists() else ""
        path.write_text(before + _template("settings.toml"), encoding="utf-8")
        return find_project(here), [path]


def _write_race(
    project: Project, video: str, race: tuple[Path, Path], different_datasets: bool
) -> list[Path]:
    from explainers.cli.race_video import RaceWords, write_race
    from explainers.runs.load import run_path
    from explainers.schema import schema_text

    words = RaceWords(different_datasets=different_datasets)
    made = write_race(project, video, (run_path(race[0]), run_path(race[1])), words)
    storyboard = project.storyboard_path(video)
    schema = storyboard.with_name(SCHEMA_FILE)
    modeline = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
    _write({schema: schema_text(), storyboard: modeline + storyboard.read_text(encoding="utf-8")})
    return [*made, schema]


def _write_all(project: Project, video: str) -> list[Path]:
    from explainers.schema import schema_text

    scene, assets = project.scene_dir(video), project.assets_dir(video)
    return _write(
        {
            scene / "storyboard.yaml": _template("storyboard.yaml"),
            scene / SCHEMA_FILE: schema_text(),
            assets / "assets.yaml": _template("assets.yaml"),
            assets / "data" / "throughput.csv": _template("throughput.csv"),
        }
    )


def _write(texts: Mapping[Path, str]) -> list[Path]:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _template(name: str) -> str:
    """A file of the folder `templates` beside this one."""
    return Path(__file__).with_name("templates").joinpath(name).read_text(encoding="utf-8")
