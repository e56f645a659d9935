"""The project's own videos in other shapes: laid out anew, and what stands in them can be read there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explainers.check import judge
from explainers.check.subject import Drawn
from explainers.compositor import geometry
from explainers.kinds import draw
from explainers.plan import load_plan
from explainers.project import find_project

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("video", "aspect", "theme"), [("drex", "9:16", "ink"), ("drex", "1:1", "paper")])
def test_the_referee_finds_no_error_in_any_shot(tmp_path, video, aspect, theme):
    plan = load_plan(
        find_project(ROOT), video, "standard", theme, strict=False, aspect=aspect, allow_code=True
    )
    drawn = {}
    for shot in plan.shots:
        path = tmp_path / f"{shot.id}.json"
        geometry.save(draw(shot, plan.kinds), [beat.end_s for beat in shot.beats], path)
        drawn[shot.id] = Drawn(json.loads(path.read_text()))
    report = judge(plan, words=False, drawn_of=lambda plan: drawn)
    assert {"text-small", "safe-area", "overlap", "contrast"} <= set(report.rules_run)
    assert [one.text() for one in report.errors] == []
