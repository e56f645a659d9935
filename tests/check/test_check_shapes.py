"""The project's own videos in other shapes: laid out anew, and what stands in them can be read there."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import judged

from explainers.plan import load_plan
from explainers.project import find_project

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("video", "quality", "aspect", "theme"),
    [
        ("drex", "standard", "9:16", "ink"),
        ("drex", "standard", "1:1", "paper"),
        ("segmentation", "draft", "9:16", "paper"),
        ("segmentation", "draft", "1:1", "ink"),
    ],
)
def test_the_referee_finds_nothing_in_any_picture(video, quality, aspect, theme):
    project = find_project(ROOT)
    plan = load_plan(project, video, quality, theme, strict=False, aspect=aspect, allow_code=True)
    report = judged(plan)
    assert {"text-small", "safe-area", "overlap", "contrast", "carry-pop"} <= set(report.rules_run)
    # What the author has yet to supply is another matter.
    found = [one.text() for one in report.findings if one.code != "asset-missing"]
    assert found == []
