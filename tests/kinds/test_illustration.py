"""illustration: drawn scenes that move, stand still, and are pointed at."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from pictured import at, drawn, has, notes, planned

from explainers.compositor.picture import Painter, still
from explainers.errors import InvalidInput

STILL = {
    "beats": [
        {"id": "sail", "duration": "2.5s"},
        {"id": "boats", "point": [{"scene": "bay-at-dusk", "at": "boat", "text": "The same boats"}]},
    ]
}
"""Beats without a camera."""


LEFT, RIGHT = np.s_[300:430, 60:470], np.s_[300:430, 490:900]
"""Where boats sail."""


def test_both_scenes_move_until_a_beat_points(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "illustration", {"layout": "picture", **STILL})
    still = shot.beat("boats").start_s
    for half in (LEFT, RIGHT):
        assert not np.array_equal(at(picture, 1.2)[half], at(picture, 1.6)[half])
    assert np.array_equal(at(picture, still + 0.05)[LEFT], at(picture, shot.duration_s - 0.1)[LEFT])


def test_nothing_jumps_when_the_scene_stops(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "illustration", STILL)
    still = round(shot.beat("boats").start_s * picture.fps)
    frames = [
        at(picture, (still + step + 0.5) / picture.fps)[RIGHT].astype(int) for step in (-3, -2, -1, 0, 1, 2)
    ]
    steps = [np.abs(a - b).mean() for a, b in itertools.pairwise(frames)]
    # Moving, moving, one last step as small as the others, then nothing.
    assert steps[2] < 1.3 * steps[0] + 0.2
    assert steps[3] == steps[4] == 0


def test_what_is_pointed_at_is_outlined_in_its_scene(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "illustration", STILL)
    beat = shot.beat("boats")
    before, after = at(picture, beat.start_s + 0.05), at(picture, beat.end_s - 0.4)
    white = (after.min(axis=2) > 245) & (before.min(axis=2) <= 245)
    assert white[:, 490:].sum() > 100
    assert white[:, :470].sum() == 0
    assert "The same boats" in notes(picture)


def test_the_camera_goes_to_what_is_pointed_at(tmp_path: Path) -> None:
    def across(change: dict | None, root: Path) -> int:
        shot, picture = drawn(root, "illustration", change)
        t = shot.beat("boats").end_s - 0.3
        outlines = [layer for layer in picture.layers if layer.name == "bay-at-dusk.boat"]
        boxes = [layer.box(layer.state(t)) for layer in outlines if layer.state(t)]
        return max(box.right for box in boxes) - min(box.left for box in boxes)

    sail, boats = STILL["beats"]
    closer = {"beats": [sail, {**boats, "camera": "bay-at-dusk.boat"}]}
    assert across(closer, tmp_path / "a") > 1.5 * across(STILL, tmp_path / "b")


def test_a_scene_slides_in_over_its_half(tmp_path: Path) -> None:
    scenes = [{"scene": "bay", "enter": "0.5s"}, {"scene": "bay-at-dusk"}]
    _, picture = drawn(tmp_path, "illustration", {"scenes": scenes, "beats": None})
    bare, there = at(picture, 0.3), at(picture, 1.6)
    assert not has(bare, (127, 183, 230), 50)
    assert has(there[:, :470], (127, 183, 230), 50)
    arriving = [int(np.argmax(at(picture, t)[60, ::-1, 2] > 215)) for t in (0.8, 0.9, 1.0)]
    assert len(set(arriving)) > 1


def test_every_shot_says_once_that_it_is_drawn(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "illustration")
    assert notes(picture).count("drawn") == 1
    assert shot.provenance == "illustration"


def test_a_frame_alone_is_the_frame_in_sequence(tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, "illustration")
    painter = Painter(picture)
    for frame in range(picture.duration_frames):
        painter.paint(frame)
        if frame % 23 == 5:
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(picture, frame)), frame


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


def test_the_shade_under_words_stays_while_they_change_and_leaves_the_picture_beside_them(
    tmp_path: Path,
) -> None:
    beats = [{"id": name, "duration": "2s", "statement": f"{name.title()}."} for name in ("first", "second")]
    _, picture = drawn(tmp_path, "illustration", {"beats": beats})
    low, light = [], []
    for t in (1.0, 1.95, 2.0, 2.05, 3.0):
        frame = at(picture, t).astype(float).mean(axis=2)
        low.append(frame[-24:, :24].mean())
        light.append(frame[400:430, -200:].mean())
    assert max(low) < 30 and max(low) - min(low) < 6
    assert min(light) > 2 * max(low)
