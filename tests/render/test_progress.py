"""How far a render is and how long the rest will take: from what earlier ones took, not from frame counts."""

from __future__ import annotations

import pytest

from explainers.cli._progress import left_words
from explainers.render.progress import Progress, ShotProgress, time_left_s

WORKERS = 2


class Task:
    def __init__(self, shot_id: str, frames: int):
        self.shot_id, self.frames = shot_id, frames


def shot(expected_s: float, done_s: float) -> Progress:
    return Progress("a", 0, 0, expected_s=expected_s, done_s=done_s)


def test_before_anything_is_seen_the_estimates_of_earlier_renders_count() -> None:
    assert time_left_s([shot(20.0, 0.0), shot(4.0, 0.0)], 0.0, WORKERS) == pytest.approx(12.0)


def test_a_render_that_is_twice_as_slow_as_the_last_one_is_told_to_be() -> None:
    # Of 100 s of work for two workers 40 are done after 40 s where 20 s were expected.
    left = time_left_s([shot(100.0, 40.0)], 40.0, WORKERS)
    assert 55.0 < left <= 60.0


def test_heavy_frames_count_for_more_than_held_ones() -> None:
    progress = ShotProgress()
    held, heavy = Task("held", 900), Task("heavy", 100)
    progress.add(held, 1.0)
    progress.add(heavy, 9.0)
    progress.finished(held)
    left = time_left_s([progress.of("held"), progress.of("heavy")], 0.5, WORKERS)
    # By frames nine tenths would be done, and a twentieth of a second left.
    assert left == pytest.approx(9.0 / ((1.0 + 2 * 3.0) / 3.5))
    progress.progressed(heavy, 50)
    assert progress.of("heavy").done_s == pytest.approx(4.5)
    progress.finished(heavy)
    assert time_left_s([progress.of("held"), progress.of("heavy")], 5.0, WORKERS) == 0.0


def test_videos_that_are_not_read_yet_are_taken_to_be_like_the_others() -> None:
    assert time_left_s([shot(10.0, 0.0)], 0.0, 1, unread=3.0) == pytest.approx(40.0)
    assert time_left_s([], 5.0, WORKERS) == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, ""), (0.2, "1 s left"), (59.5, "1:00 left"), (125, "2:05 left")]
)
def test_it_is_said_in_words(seconds: float, words: str) -> None:
    assert left_words(seconds) == words
