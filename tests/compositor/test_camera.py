"""The camera, seen in decoded frames: what it goes to is in the middle, sharp, and what is pinned stays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from explainers.compositor.camera import FILLS, Move, filmed
from explainers.compositor.picture import Painter, Picture, still
from explainers.errors import RenderFailed
from explainers.kinds.base import Stretch
from explainers.stage import Box, Stage
from explainers.theme import INK

WIDTH, HEIGHT, FPS = 640, 360, 20
RED, GREEN = "#FF0000", "#00FF00"


def staged() -> Picture:
    """A red panel left of the middle, a green one to the right, lit from edge to edge, and a pinned word."""
    stage = Stage(Stretch(WIDTH, HEIGHT, FPS), INK, 4.0)
    with stage.named("right", "light"):
        stage.panel(Box(0, 600, 1920, 700), fill="#202020")
    with stage.named("left", "panel"):
        stage.panel(Box(500, 400, 800, 500), fill=RED)
    with stage.named("right", "panel"):
        stage.panel(Box(1200, 600, 1400, 700), fill=GREEN)
    with stage.named("title", pinned=True):
        stage.words("Pinned", 96, 128, 60)
    return stage.picture()


def where(frame: NDArray[np.uint8], color: str) -> tuple[float, float, float, float]:
    """The box, as shares of the frame, of the pixels that have a colour."""
    wanted = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    rows, columns = np.nonzero(np.abs(frame.astype(int) - wanted).max(axis=2) < 12)
    return columns.min() / WIDTH, rows.min() / HEIGHT, (columns.max() + 1) / WIDTH, (rows.max() + 1) / HEIGHT


@pytest.mark.parametrize(("name", "color"), [("left", RED), ("right", GREEN)])
def test_at_the_end_of_a_move_the_thing_is_in_the_middle_and_fills_at_most_its_share(
    name: str, color: str
) -> None:
    picture = filmed(staged(), [Move(0.5, 2.0, (name,), 2.5)])
    left, top, right, bottom = where(still(picture, 2 * FPS), color)
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.01)
    assert (top + bottom) / 2 == pytest.approx(0.5, abs=0.01)
    before = where(still(picture, 0), color)
    assert right - left == pytest.approx(2.5 * (before[2] - before[0]), rel=0.03)
    assert max(right - left, bottom - top) <= FILLS


def test_it_stays_until_it_is_sent_elsewhere_and_comes_back_to_the_very_frame() -> None:
    plain = staged()
    picture = filmed(plain, [Move(0.5, 1.4, ("left",), 2.0), Move(2.0, 3.0, ("all",), 2.5)])
    assert (still(picture, 30) == still(picture, 39)).all()
    assert (still(picture, 70) == still(plain, 70)).all()


def test_in_the_first_beat_it_is_there_from_the_first_frame() -> None:
    picture = filmed(staged(), [Move(0.0, 1.0, ("right",), 2.5)])
    assert (still(picture, 0) == still(picture, 30)).all()


def test_what_is_pinned_and_the_ground_stay_where_they_are() -> None:
    plain = staged()
    picture = filmed(plain, [Move(0.5, 2.0, ("right",), 2.5)])
    corner = np.s_[: HEIGHT // 6, : WIDTH // 4]
    assert (still(picture, 40)[corner] == still(plain, 40)[corner]).all()
    assert (still(picture, 40)[-8:, -8:] == still(plain, 40)[-8:, -8:]).all()


def test_words_are_as_sharp_as_words_of_that_size() -> None:
    def edge(frame: NDArray[np.uint8]) -> float:
        return float(np.abs(np.diff(frame[:, :, 1].astype(int), axis=1)).max())

    stage = Stage(Stretch(WIDTH, HEIGHT, FPS), INK, 3.0)
    with stage.named("word"):
        stage.words("Illinois", 860, 560, 60)
    picture = stage.picture()
    closer = filmed(picture, [Move(0.2, 1.5, ("word",), 2.5)])
    assert edge(still(closer, 40)) >= 0.95 * edge(still(picture, 40))


def test_a_frame_alone_is_the_frame_in_its_order() -> None:
    picture = filmed(staged(), [Move(0.5, 1.4, ("left", "right"), 2.5), Move(2.0, 3.0, ("all",), 2.5)])
    painter = Painter(picture)
    for frame in range(picture.duration_frames):
        painter.paint(frame)
        if frame % 3 == 0:
            assert (np.ascontiguousarray(painter.pixels[:, :, 2::-1]) == still(picture, frame)).all(), frame


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(RenderFailed, match=r"nothing named 'lefd' for the camera; did you mean 'left'\?"):
        filmed(staged(), [Move(0.5, 2.0, ("lefd",), 2.5)])
