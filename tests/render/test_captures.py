"""Captures as products: conformed once, kept, found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.kinds import discover
from explainers.plan import load_plan
from explainers.project import Project

from small import render  # isort: skip


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = discover()["capture"].write_example(tmp_path)
    path = made.storyboard_path("capture")
    path.write_text(path.read_text().replace("shots:", "canvas: {size: 320x180, fps: 10}\nshots:", 1))
    return made


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_capture_is_conformed_before_its_shot_and_only_once(project: Project, jobs: int) -> None:
    first = render(load_plan(project, "capture"), jobs=jobs)
    # Whole, in, close up, out, whole: five windows.
    assert first.counts["conformed"] == 5 and first.shots[0].outcome == "drawn"
    path = project.storyboard_path("capture")
    path.write_text(path.read_text().replace("label: Browser", "label: A browser"))
    second = render(load_plan(project, "capture"), jobs=jobs)
    assert second.shots[0].outcome == "drawn" and second.counts.get("conformed", 0) == 0


def test_a_changed_capture_is_conformed_anew(project: Project) -> None:
    render(load_plan(project, "capture"), jobs=1)
    gif = project.assets_dir("capture") / "captures/page.gif"
    gif.write_bytes(gif.read_bytes() + b"\x00")
    again = render(load_plan(project, "capture"), jobs=1)
    assert again.counts["conformed"] == 5 and "captures/page.gif" in again.shots[0].reason
