"""The command `new`: a small storyboard with its data, which renders as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explainers.cli.options import AsJson, out, project_folder, show_json

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
    different_datasets: Annotated[
        bool,
        typer.Option("--different-datasets", help="Race runs of different datasets; the footer says so."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a small storyboard with data of its own, which renders as it is."""
    from explainers.errors import UsageError
    from explainers.scratch import reported

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", video):
        raise UsageError(
            f"a video's name is letters, digits, - and _, and begins with no sign: not {video!r}"
        )
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
        out().print(f"made {project.shown(path)}", markup=False)
    out().print(f"now: explainers render {video} --quality draft", markup=False)
    return None


def _project(here: Path) -> tuple[Project, list[Path]]:
    """The project of `here`, begun there where there is none."""
    from explainers.errors import UsageError
    from explainers.project import find_project

    try:
        return find_project(here), []
    except UsageError:
        path = here / "pyproject.toml"
        if path.exists():
            with path.open("a", encoding="utf-8") as file:
                file.write("\n" + SETTINGS)
        else:
            here.mkdir(parents=True, exist_ok=True)
            path.write_text(SETTINGS, encoding="utf-8")
        return find_project(here), [path]


def _write_race(
    project: Project, video: str, race: tuple[Path, Path], different_datasets: bool
) -> list[Path]:
    from explainers.cli.race_video import RaceWords, write_race
    from explainers.runs.load import run_path
    from explainers.schema import storyboard_schema

    words = RaceWords(different_datasets=different_datasets)
    made = write_race(project, video, (run_path(race[0]), run_path(race[1])), words)
    schema = project.scene_dir(video) / SCHEMA_FILE
    schema.write_text(json.dumps(storyboard_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    storyboard = project.storyboard_path(video)
    modeline = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
    storyboard.write_text(modeline + storyboard.read_text(encoding="utf-8"), encoding="utf-8")
    return [*made, schema]


def _write_all(project: Project, video: str) -> list[Path]:
    from explainers.schema import storyboard_schema

    scene, assets = project.scene_dir(video), project.assets_dir(video)
    schema = json.dumps(storyboard_schema(), indent=2, ensure_ascii=False) + "\n"
    texts = {
        scene / "storyboard.yaml": STORYBOARD.format(schema=SCHEMA_FILE),
        scene / SCHEMA_FILE: schema,
        assets / "assets.yaml": ASSETS,
        assets / "data" / "throughput.csv": TABLE,
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


SETTINGS = """\
[tool.explainers]
theme = "ink"
quality = "final"
"""

STORYBOARD = """\
# yaml-language-server: $schema={schema}
storyboard: 1
title: "A scheduler, before and after"
description: "A first storyboard: a title, two bars and a closing card."
facts:
  before: {{table: throughput, where: {{run: before}}, value: tokens_per_s, unit: tokens/s, format: .1f}}
  after: {{table: throughput, where: {{run: after}}, value: tokens_per_s, unit: tokens/s, format: .1f}}
  gain: {{value: after / before - 1, format: "+.1%"}}

shots:
  - id: opening
    kind: title
    heading: "A scheduler, before and after"
    subtitle: "What one change is worth"
    cue: "One change to the scheduler, and the same workload before and after it."

  - id: throughput
    kind: bars
    title: "Throughput {{gain}}"
    statement: "The new scheduler writes {{gain:.1%}} more tokens per second."
    cue: "From {{before}} to {{after}} tokens per second. The numbers are made up: put yours in the table."
    table: throughput
    key: run
    value: tokens_per_s
    unit: "tokens/s"
    bars:
      - {{row: before, label: "Before"}}
      - {{row: after, label: "After", role: ours}}

  - id: closing
    kind: title
    heading: "{{gain}} throughput"
    subtitle: "Your paper, your link"
"""

ASSETS = """\
# Where every number and picture of this video comes from.
sources:
  example:
    kind: illustration
    label: made-up numbers
    citation: "Made-up numbers that show how a storyboard works; replace them with yours."

tables:
  throughput: {file: data/throughput.csv, source: example}
"""

TABLE = """\
run,tokens_per_s
before,112.4
after,123.9
"""
