"""A race by itself: a project made for it and thrown away, of which the video stays."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from explainers.cli.race_video import SIDES, RaceWords, write_race
from explainers.errors import InvalidInput, Problem

VIDEO = "race"


def rendered_race(
    sources: tuple[Path, Path],
    output: Path,
    words: RaceWords,
    quality: str,
    theme: str | None,
    jobs: int | None,
    quiet: bool,
) -> dict[str, Any]:
    """Render the race of two logs to `output`, which is replaced at once; facts about it for machines."""
    from explainers import render as build
    from explainers.cli.progress import shown_progress
    from explainers.plan import load_plan
    from explainers.project import find_project
    from explainers.runs.load import run_path
    from explainers.scratch import reported

    with tempfile.TemporaryDirectory(prefix="explainers-race-") as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text("[tool.explainers]\n", encoding="utf-8")
        project = find_project(root)
        write_race(project, VIDEO, (run_path(sources[0]), run_path(sources[1])), words)
        try:
            plan = load_plan(project, VIDEO, quality, theme)
        except InvalidInput as error:
            raise InvalidInput([_without_place(problem) for problem in error.problems]) from None
        with shown_progress(quiet, jobs) as listener:
            result = build.render(plan, jobs=jobs, out=None, burned=False, listener=listener)
        with reported("the race", output):
            output.parent.mkdir(parents=True, exist_ok=True)
            aside = output.with_name(f".{output.name}.aside")
            shutil.copyfile(result.directory / "video.mp4", aside)
            aside.replace(output)
    return {"file": str(output), "duration_s": result.duration_s, "frames": result.frames}


def _without_place(problem: Problem) -> Problem:
    """The problem without the place in a storyboard that nobody wrote; with the run that it is about."""
    line = problem.source_line or ""
    side = next((f"{side}: " for side in SIDES if f"run: {side}" in line), "")
    return replace(problem, message=side + problem.message, place=None, source_line=None)
