"""The README's commands work as written, in a copy of the project with nothing rendered."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from explainers.plan import load_plan
from explainers.project import find_project

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the project, with this environment standing in for a fresh `.venv`."""
    folder = tmp_path_factory.mktemp("clone") / "explainers"
    folder.mkdir()
    for name in ("pyproject.toml", "Makefile", "scenes", "assets", "src", ".ci"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    (folder / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    return folder


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # Small pictures: what is tested is that the commands are right. The stamp says that setup was done.
    environment = {**os.environ, "RENDER_ARGS": "--quality draft"}
    arguments = command.split()
    if arguments[0] == "make":
        arguments += ["-o", ".venv/.ready"]
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


def test_the_commands_do_what_the_readme_says(copy):
    commands = [line.split("#")[0].strip() for block in _blocks("sh") for line in block.splitlines()]
    assert commands, "the README has no commands"
    assert {"make video", "make test"} <= set(commands)
    # `make test` is what runs this.
    for command in filter(None, (one for one in commands if one != "make test")):
        done = _run(command, copy)
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert (copy / "renders/drex/video.mp4").stat().st_size > 100_000
    assert (copy / "renders/hello/video.mp4").exists()


def test_the_storyboard_in_the_readme_is_valid(tmp_path):
    (text,) = _blocks("yaml")
    assert yaml.safe_load(text)["storyboard"] == 1
    files = {
        "pyproject.toml": "[tool.explainers]\n",
        "scenes/hello/storyboard.yaml": text,
        "assets/hello/assets.yaml": (
            "sources:\n  bench: {kind: measured, label: a bench, citation: A bench.}\n"
            "tables:\n  runs: {file: data/runs.csv, source: bench}\n"
        ),
        "assets/hello/data/runs.csv": "system,tokens_per_s\nbaseline,100\nours,120\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    plan = load_plan(find_project(tmp_path), "hello", "draft")
    assert plan.shots[0].beats[1].statement == "120 against 100 tokens per second: +20.0\u202f%."


def test_every_page_the_readme_links_to_is_there():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
