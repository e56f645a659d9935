"""A throwaway git repository with one small video of two bars, for tests of what changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from explainers.project import Project

from small import write_project  # isort: skip

BARS = """\
storyboard: 1
title: "Throughput, before and after"
canvas: {size: 320x180, fps: 10}
facts:
  before: {table: runs, where: {run: before}, value: tok, unit: tok/s, format: .1f}
  after: {table: runs, where: {run: after}, value: tok, unit: tok/s, format: .1f}
  gain: {value: after / before - 1, format: "+.1%"}
shots:
  - id: opening
    kind: title
    duration: 2s
    heading: A card
    source: logs
    cue: Words.
  - id: bars
    kind: bars
    title: Throughput
    table: runs
    key: run
    value: tok
    unit: tok/s
    duration: 4s
    bars:
      - {row: before, label: Before}
      - {row: after, label: After, role: ours}
    beats:
      - {id: rise, duration: 2s, cue: "From {before} to {after}."}
      - {id: gain, duration: 2s, statement: "{gain:.1%} more tokens per second."}
"""
STORYBOARD, TABLE, ASSETS = (
    "scenes/small/storyboard.yaml",
    "assets/small/data/runs.csv",
    "assets/small/assets.yaml",
)


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    command = ["git", *who, "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout


def commit(root: Path, message: str = "A state") -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def edit(root: Path, path: str, before: str, after: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert before in text
    (root / path).write_text(text.replace(before, after), encoding="utf-8")


def write_repository(root: Path) -> Project:
    project = write_project(root, BARS)
    (root / ".gitignore").write_text("renders/\n")
    git(root, "init", "--quiet")
    commit(root)
    return project
