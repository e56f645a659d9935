"""The command `new`: a small storyboard with its data, which renders as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import (
    AsJson,
    DifferentDatasets,
    Labels,
    Streamed,
    err,
    labels_of,
    out,
    project_folder,
    show_json,
)

if TYPE_CHECKING:
    from explainers.cli.race_video import RaceWords
    from explainers.project import Project

SCHEMA_FILE = "storyboard.schema.json"


def register(app: typer.Typer) -> None:
    app.command()(new)


def new(
    video: Annotated[str, typer.Argument(help="The new video's name: letters, digits, - and _.")],
    race: Annotated[
        tuple[Path, Path] | None, typer.Option(help="Two runs or logs: begin with a race of them.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", help="A folder of logs and tables: propose a whole first storyboard of them."),
    ] = None,
    different_datasets: DifferentDatasets = False,
    labels: Labels = None,
    request: Streamed = None,
    as_json: AsJson = False,
) -> None:
    """Make a small storyboard with data of its own, which renders as it is."""
    from explainers.cli.race_video import RaceWords
    from explainers.errors import UsageError
    from explainers.project import NAME_RULE, is_video_name
    from explainers.scratch import reported

    if not is_video_name(video):
        raise UsageError(f"{video!r} can't name a video: {NAME_RULE}")
    for option, given in (("--labels", labels), ("--request", request)):
        if given is not None and race is None:
            raise UsageError(f"{option} is for the runs of --race LEFT RIGHT")
    if race is not None and from_ is not None:
        raise UsageError("--race and --from are two beginnings: one of them")
    called = labels_of(labels)
    here = project_folder().resolve()
    with reported("the project", here):
        project, made = _project(here)
    for folder in (project.scene_dir(video), project.assets_dir(video)):
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{project.shown(folder)} exists and is not empty")
    with reported("the project", project.root):
        if race:
            views = ("stream",) if request else ()
            words = RaceWords(
                labels=called, views=views, different_datasets=different_datasets, request=request
            )
            made += _write_race(project, video, race, words)
        elif from_:
            made += _write_first_draft(project, video, from_)
        else:
            made += _write_all(project, video)
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


def _write_race(project: Project, video: str, race: tuple[Path, Path], words: RaceWords) -> list[Path]:
    from explainers.cli.race_video import write_race
    from explainers.runs.load import run_path

    made = write_race(project, video, (run_path(race[0]), run_path(race[1])), words)
    return [*made, _with_schema(project, video)]


def _write_first_draft(project: Project, video: str, folder: Path) -> list[Path]:
    from explainers.cli.first_draft import write_first_draft

    made, left_out = write_first_draft(project, video, folder)
    for name, why in left_out:
        err().print(f"left out {name}: {why}", style="dim")
    return [*made, _with_schema(project, video)]


def _with_schema(project: Project, video: str) -> Path:
    """The schema beside the storyboard, which names it for editors."""
    from explainers.schema import schema_text
    from explainers.scratch import write_files

    storyboard = project.storyboard_path(video)
    schema = storyboard.with_name(SCHEMA_FILE)
    modeline = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
    write_files({schema: schema_text(), storyboard: modeline + storyboard.read_text(encoding="utf-8")})
    return schema


def _write_all(project: Project, video: str) -> list[Path]:
    from explainers.schema import schema_text
    from explainers.scratch import write_files

    scene, assets = project.scene_dir(video), project.assets_dir(video)
    return write_files(
        {
            scene / "storyboard.yaml": _template("storyboard.yaml"),
            scene / SCHEMA_FILE: schema_text(),
            assets / "assets.yaml": _template("assets.yaml"),
            assets / "data" / "throughput.csv": _template("throughput.csv"),
        }
    )


def _template(name: str) -> str:
    """A file of the folder `templates` beside this one."""
    return Path(__file__).with_name("templates").joinpath(name).read_text(encoding="utf-8")
