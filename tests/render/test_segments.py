"""Segments: where shots are cut, that a late edit encodes only what it changed, and that reuse is exact."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.plan import load_plan
from explainers.project import Project
from explainers.render.planner import LONGEST_S, SHORTEST_S, cuts_of, products_of

from small import write_project, render as draw  # isort: skip

LONG = """\
storyboard: 1
title: A long shot
canvas: {size: 320x180, fps: 10}
shots:
  - id: line
    kind: diagram
    nodes:
      first: {label: First}
      second: {label: Second}
      third: {label: Third}
    place: [{row: all, nodes: [first, second, third]}]
    edges: [first -> second, second -> third]
    beats:
      - {id: one, duration: 3s, highlight: first}
      - {id: two, duration: 3s, highlight: second}
      - {id: three, duration: 3s, highlight: third}
"""
SEGMENTS = 3


def render(project: Project, **options):
    return draw(load_plan(project, "small"), **{"jobs": 1, **options})


def edit(project: Project, before: str, after: str) -> None:
    path = project.storyboard_path("small")
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = write_project(tmp_path_factory.mktemp("long"), LONG)
    result = render(project)
    assert result.counts["segments"] == SEGMENTS and result.counts["frames"] == 90
    return project


@pytest.fixture
def again(rendered: Project, tmp_path: Path) -> Project:
    shutil.copytree(rendered.root, tmp_path / "copy")
    return replace(rendered, root=tmp_path / "copy")


def test_a_late_edit_encodes_the_last_segment_alone(again: Project) -> None:
    edit(again, "highlight: third", "highlight: first")
    result = render(again)
    (shot,) = result.shots
    assert shot.reason == "beat three changed; 2 of 3 segments reused"
    assert (result.counts["segments"], result.counts["segments_as_before"]) == (1, 2)
    assert result.counts["frames"] == 30


def test_what_is_put_together_from_old_and_new_is_what_would_be_drawn_from_nothing(
    again: Project, tmp_path: Path
) -> None:
    edit(again, "highlight: second", "highlight: [first, second]")
    render(again)
    fresh = write_project(tmp_path / "fresh", again.storyboard_path("small").read_text())
    render(fresh, jobs=2)
    for name in ("video.mp4", "sheet.png", "poster.jpg"):
        one, other = (project.renders_dir("small") / name for project in (again, fresh))
        assert one.read_bytes() == other.read_bytes(), name


def test_an_edit_that_changes_no_pixel_encodes_nothing(again: Project) -> None:
    edit(again, "highlight: third}", "highlight: [third]}")
    before = (again.renders_dir("small") / "video.mp4").read_bytes()
    result = render(again)
    assert result.counts.get("segments", 0) == 0
    assert (again.renders_dir("small") / "video.mp4").read_bytes() == before


def test_going_back_draws_nothing(again: Project) -> None:
    edit(again, "highlight: third", "highlight: first")
    render(again)
    edit(again, "three, duration: 3s, highlight: first", "three, duration: 3s, highlight: third")
    assert {shot.outcome for shot in render(again).shots} == {"reused"}


def test_segments_do_not_depend_on_what_comes_after_them(again: Project) -> None:
    edit(again, "three, duration: 3s", "three, duration: 4s")
    result = render(again)
    assert result.counts["segments"] < SEGMENTS, result.shots


@pytest.mark.parametrize("jobs", [1, 2])
def test_counts_do_not_depend_on_the_number_of_workers(tmp_path: Path, jobs: int) -> None:
    result = render(write_project(tmp_path, LONG), jobs=jobs)
    counts = {name: result.counts[name] for name in ("frames", "segments", "stills")}
    assert counts == {"frames": 90, "segments": SEGMENTS, "stills": 4}


@given(
    first=st.integers(0, 100),
    length=st.integers(1, 5000),
    keyframes=st.lists(st.integers(0, 5000), max_size=20, unique=True),
    fps=st.sampled_from([10, 30, 60]),
)
def test_cuts_follow_each_other_and_are_neither_short_nor_long(
    first: int, length: int, keyframes: list[int], fps: int
) -> None:
    end = first + length
    cuts = cuts_of(first, end, sorted(one for one in keyframes if first < one < end), fps)
    lengths = [after - before for before, after in pairwise(cuts)]
    assert (cuts[0], cuts[-1]) == (first, end) and min(lengths) > 0
    assert max(lengths) <= LONGEST_S * fps
    assert len(lengths) == 1 or min(lengths) >= SHORTEST_S * fps - 1


def test_a_video_of_one_shot_has_work_for_several(rendered: Project) -> None:
    (shot,) = products_of(load_plan(rendered, "small")).shots
    assert len(shot.clip.segments) == SEGMENTS
