"""What tests of several rooms share: small projects on disk, and Debian's prober."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explainers.project import Project, find_project

SMALL = """\
storyboard: 1
title: "Two small cards"
description: "What it is about."
canvas: {size: 320x180, fps: 10}
facts:
  before: {table: runs, where: {run: before}, value: tok, unit: tok/s, format: .1f}
  after: {table: runs, where: {run: after}, value: tok, unit: tok/s, format: .1f}
  gain: {value: after / before - 1, format: "+.1%"}
shots:
  - id: opening
    kind: title
    duration: 2s
    heading: First card
    cue: "Words & <signs> --> escaped."
  - id: second
    kind: title
    title: "Second, {gain}"
    heading: Another
    statement: A statement.
    beats:
      - {id: one, duration: 1.5s, cue: "Beat one."}
      - {id: two, duration: 1.5s, cue: "Beat two.", chapter: Deeper}
    duration: 3s
"""
ASSETS = """\
sources:
  logs: {kind: measured, citation: The run logs of the system, label: run logs, url: https://example.org/logs}
tables:
  runs: {file: data/runs.csv, source: logs}
"""
TABLE = "run,tok\nbefore,100\nafter,108\n"


def write_project(root: Path, storyboard: str = SMALL, video: str = "small") -> Project:
    """A project with one video at `root`."""
    files = {
        "pyproject.toml": "[tool.explainers]\n",
        f"scenes/{video}/storyboard.yaml": storyboard,
        f"assets/{video}/assets.yaml": ASSETS,
        f"assets/{video}/data/runs.csv": TABLE,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return find_project(root)


@pytest.fixture
def small_project(tmp_path: Path) -> Project:
    return write_project(tmp_path)


@pytest.fixture(scope="session")
def ffprobe() -> Callable[..., dict[str, Any]]:
    """Ask the prober; a machine without it is no place to run these tests, so it is not skipped."""
    binary = shutil.which("ffprobe")
    assert binary, "ffprobe is missing: `make test` installs it"

    def probe(path: Path, *arguments: str) -> dict[str, Any]:
        command = [binary, "-v", "error", "-of", "json", *arguments, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return probe


@pytest.fixture(autouse=True)
def no_surprises(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests see errors as users do."""
    monkeypatch.delenv("EXPLAINERS_TRACEBACK", raising=False)
    yield
