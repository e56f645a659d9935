"""Text is laid out when a shot is, not frame by frame: counting numbers are put together from glyphs."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.compositor.picture import Painter
from explainers.kinds import discover
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.render.drawing import picture_of
from explainers.render.store import Store
from explainers.render.tasks import PackedShot
from explainers.stage import text as pango

GLYPHS = 24
"""The digits, the point, the comma, signs and letters of units: all that a number is made of."""


# Frames of somebody's Manim scene or Matplotlib function come from there, with whatever words they lay out.
@pytest.mark.parametrize("kind", sorted({*discover()} - {"manim", "matplotlib"}))
def test_frames_lay_out_no_more_than_the_glyphs_of_numbers_and_each_once(kind: str, tmp_path: Path) -> None:
    discover()[kind].write_example(tmp_path)
    (video,) = (path.name for path in (tmp_path / "scenes").iterdir())
    plan = load_plan(find_project(tmp_path), video, "draft")
    store = Store(plan.project.store_dir)
    for shot in plan.shots:
        pango.lay_out.cache_clear()
        picture = picture_of(PackedShot.of(shot), store)
        laid_out = pango.layouts
        _paint_all(picture)
        in_frames = pango.layouts - laid_out
        assert in_frames <= GLYPHS
        _paint_all(picture)
        assert pango.layouts - laid_out == in_frames


def _paint_all(picture) -> None:
    painter = Painter(picture)
    for number in range(picture.duration_frames):
        painter.paint(number)
