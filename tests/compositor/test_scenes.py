"""A Manim scene on a stage: its own clock, and the same frames alone as in their order."""

from __future__ import annotations

import numpy as np
import pytest
from manim import Scene, Square

from explainers.compositor.picture import Painter, still
from explainers.errors import RenderFailed
from explainers.kinds.base import Stretch
from explainers.stage import Stage
from explainers.theme import INK


class Moving(Scene):
    """A square that waits, moves for half a second, and waits again."""

    def construct(self) -> None:
        square = Square().set_fill("#FFFFFF", 1)
        self.add(square)
        self.wait(0.5)
        self.play(square.animate.shift([3, 0, 0]), run_time=0.5)
        self.wait(0.2)


class Failing(Scene):
    def construct(self) -> None:
        raise KeyError("no such thing")


def test_a_scene_keeps_its_own_clock_and_its_last_frame_stays() -> None:
    stage = Stage(Stretch(320, 180, 10), INK, 2.0)
    stage.scene(Moving)
    picture = stage.picture()
    painter, frames = Painter(picture), []
    for frame in range(picture.duration_frames):
        painter.paint(frame)
        frames.append(painter.pixels[:, :, 2::-1].copy())
    lefts = [int(np.flatnonzero((frame[90] > 250).all(axis=1)).min()) for frame in frames]
    assert len(set(lefts[:5])) == 1 and len(set(lefts[10:])) == 1
    # A unit of Manim's is an eighth of the frame's height.
    assert lefts[-1] - lefts[0] == pytest.approx(3 * 180 / 8, abs=2)
    assert lefts == sorted(lefts)
    for frame in (12, 3, 7):
        assert np.array_equal(still(picture, frame), frames[frame])


def test_a_scene_that_fails_says_what_it_said() -> None:
    stage = Stage(Stretch(320, 180, 10), INK, 1.0)
    stage.scene(Failing)
    with pytest.raises(RenderFailed, match=r"the scene Failing failed: KeyError.'no such thing'"):
        still(stage.picture(), 0)
