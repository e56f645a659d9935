"""One place to add a thing: each test adds one file, or one entry, to a copy of the package, and uses it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import explainers

from small import SMALL, write_project  # isort: skip

Run = Callable[..., str]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to be added to."""
    copy = tmp_path / "package" / "explainers"
    shutil.copytree(Path(explainers.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def run(package: Path, tmp_path: Path) -> Run:
    """Runs a command of the copy in a small project; what it prints."""
    project = tmp_path / "project"
    write_project(project)

    def ran(*arguments: str, status: int = 0) -> str:
        environment = {**os.environ, "PYTHONPATH": str(package.parent)}
        command = [sys.executable, "-m", "explainers", *arguments]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
        assert done.returncode == status, done.stderr + done.stdout
        return done.stdout

    return ran


def storyboard(project: Path, text: str) -> None:
    (project / "scenes/small/storyboard.yaml").write_text(text, encoding="utf-8")


def added(path: Path, before: str, more: str) -> None:
    """Writes `more` into a file, in front of `before`."""
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, more + before), encoding="utf-8")


def test_a_scene_kind_is_one_file(package: Path, run: Run, tmp_path: Path) -> None:
    (package / "kinds" / "square.py").write_text(
        '''"""A square of a colour by meaning."""

from explainers.kinds.base import KindParams, SceneKind
from explainers.storyboard.types import Role


class Params(KindParams):
    role: Role = "ours"
    """Its colour."""


class Square(SceneKind):
    params = Params

    def picture(self, shot, stage):
        from explainers.stage import Box

        stage.panel(Box(800, 400, 1000, 600), fill=stage.theme.color(shot.params.role))
''',
        encoding="utf-8",
    )
    shot = "{id: a, kind: square, duration: 2s, title: A square}"
    text = f"storyboard: 1\ntitle: x\ncanvas: {{size: 320x180, fps: 10}}\nshots: [{shot}]"
    storyboard(tmp_path / "project", text)
    run("render", "small", "--no-check")
    assert "square" in run("kinds") and '"shot-square"' in run("schema")


def test_a_reader_of_logs_is_one_file(package: Path, run: Run, tmp_path: Path) -> None:
    (package / "runs" / "readers" / "tally.py").write_text(
        '''"""A log of one line: `tally REQUESTS TOKENS SECONDS`."""

from explainers.runs.model import Provenance, Run, Totals
from explainers.runs.reading import Refused, reader


@reader("tally")
def tally(source):
    if not source.text.startswith("tally "):
        raise Refused("no line of a tally")
    _, requests, tokens, seconds = source.text.split()
    totals = Totals(total_time_s=float(seconds), requests=int(requests), output_tokens=int(tokens))
    return Run(Provenance(system="tally"), totals)
''',
        encoding="utf-8",
    )
    (tmp_path / "log.txt").write_text("tally 8 800 20\n", encoding="utf-8")
    found = json.loads(run("runs", "show", str(tmp_path / "log.txt"), "--json"))
    assert (found["totals"]["requests"], found["totals"]["output_tokens"]) == (8, 800)


def test_a_check_is_one_file(package: Path, run: Run) -> None:
    (package / "check" / "rules" / "storyboard" / "loud.py").write_text(
        '''"""A title that shouts."""

from explainers.check.rules import rule


@rule("loud", "warning")
def loud(subject):
    """A title with an exclamation mark."""
    for shot in subject.plan.shots:
        if shot.title and shot.title.endswith("%"):
            yield subject.found("it shouts", (*subject.shot_locs[shot.id], "title"), shot=shot.id)
''',
        encoding="utf-8",
    )
    found = json.loads(run("check", "small", "--json"))
    assert "loud" in [one["code"] for video in found["videos"] for one in video["findings"]]
    assert "### loud" in run("check", "--rules")


def test_a_command_is_one_file(package: Path, run: Run) -> None:
    (package / "cli" / "hello.py").write_text(
        '''def register(app):
    @app.command()
    def hello():
        """Says hello."""
        print("hello there")
''',
        encoding="utf-8",
    )
    assert "hello there" in run("hello") and "Says hello." in run("--help")


def test_a_theme_is_one_entry(package: Path, run: Run, tmp_path: Path) -> None:
    theme = 'NIGHT = Theme("night", "#000000", PAPER.panel, PAPER.line, INK.roles, INK.fills, INK.ground)\n\n'
    source = package / "theme.py"
    added(source, "THEMES = {", theme)
    text = source.read_text(encoding="utf-8").replace("in (INK, PAPER)}", "in (INK, PAPER, NIGHT)}")
    source.write_text(text, encoding="utf-8")
    storyboard(tmp_path / "project", SMALL.replace("storyboard: 1", "storyboard: 1\ntheme: night"))
    run("render", "small", "--no-check")
    manifest = json.loads((tmp_path / "project/renders/small/manifest.json").read_text(encoding="utf-8"))
    assert manifest["theme"] == "night"
    run("still", "small", "--theme", "night", "--shot", "opening", "-o", str(tmp_path / "a.png"))
    assert (tmp_path / "a.png").exists()


def test_a_codec_for_pages_is_one_entry(package: Path, run: Run, tmp_path: Path) -> None:
    source = package / "render" / "renditions.py"
    text = source.read_text(encoding="utf-8")
    line = "CODECS: tuple[Codec, ...] = (AV1, H264, PHONE)"
    assert text.count(line) == 1
    high = (
        'HIGH = Codec("H.264 of ten bits", "avc1.6e", "video.ten.mp4",\n'
        '    ("-c:v", "libx264", "-pix_fmt", "yuv420p10le"),\n'
        "    crf=20, best_crf=10, worst_crf=40, halving=6, mib_per_minute=5)\n"
    )
    source.write_text(text.replace(line, high + line.replace("PHONE)", "PHONE, HIGH)")), encoding="utf-8")
    run("render", "small", "--renditions", "web", "--no-check")
    web = tmp_path / "project/renders/small/web"
    assert (web / "video.ten.mp4").stat().st_size > 1000
