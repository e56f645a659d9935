"""illustration: drawn scenes that move, stand still, and are pointed at."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from pictured import at, drawn, notes, planned

from explainers.errors import InvalidInput


def test_both_scenes_move_until_a_beat_points(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "illustration")
    still = shot.beat("boats").start_s
    left, right = np.s_[:, 48:470], np.s_[:, 490:912]
    for half in (left, right):
        assert not np.array_equal(at(picture, 1.2)[half], at(picture, 1.6)[half])
    assert np.array_equal(at(picture, still + 0.05)[left], at(picture, shot.duration_s - 0.1)[left])


def test_nothing_jumps_when_the_scene_stops(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "illustration")
    still = round(shot.beat("boats").start_s * picture.fps)
    frames = [
        at(picture, (still + step + 0.5) / picture.fps)[130:400, 490:912].astype(int)
        for step in (-3, -2, -1, 0, 1, 2)
    ]
    steps = [np.abs(a - b).mean() for a, b in itertools.pairwise(frames)]
    # Moving, moving, one last step as small as the others, then nothing.
    assert steps[2] < 1.3 * steps[0] + 0.2
    assert steps[3] == steps[4] == 0


def test_what_is_pointed_at_is_outlined_in_its_scene(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "illustration")
    beat = shot.beat("boats")
    before, after = at(picture, beat.start_s + 0.05), at(picture, beat.end_s - 0.4)
    white = ((after.min(axis=2) > 245) & (before.min(axis=2) <= 245))[120:405]
    assert white[:, 490:].sum() > 100
    assert white[:, :470].sum() == 0
    assert "The same boats in another light" in notes(picture)


def test_every_scene_is_marked(tmp_path: Path) -> None:
    assert notes(drawn(tmp_path, "illustration")[1]).count("illustration") == 2


def test_a_point_into_a_scene_that_is_not_shown_is_a_mistake(tmp_path: Path) -> None:
    scenes = [{"scene": "bay"}]
    with pytest.raises(InvalidInput, match="does not show 'bay-at-dusk'"):
        planned(tmp_path, "illustration", {"scenes": scenes})


def test_a_point_at_what_a_scene_does_not_show_names_the_nearest_sort(tmp_path: Path) -> None:
    beats = [{"id": "a", "point": [{"scene": "bay", "at": "boats", "text": "Boats"}]}]
    with pytest.raises(InvalidInput, match="shows no 'boats'") as caught:
        planned(tmp_path, "illustration", {"beats": beats})
    assert caught.value.problems[0].did_you_mean == "boat"


def test_a_scene_that_nothing_brings_names_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no drawn picture 'bai'") as caught:
        planned(tmp_path, "illustration", {"scenes": [{"scene": "bai"}], "beats": None})
    assert caught.value.problems[0].did_you_mean == "bay"
