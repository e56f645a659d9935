"""mask-wipe: a pair side by side, then wiped, faded and laid over each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pictured import ROAD, SKY, at, drawn, has, notes, planned, small, write_pair
from PIL import Image

from explainers.compositor.labels import LabelClass, regions, shares
from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.base import BeatPlan
from explainers.kinds.mask_wipe import THERE_S, TRAVEL_S, BeatParams, steps_of
from explainers.plan import load_plan

CLASSES = (
    LabelClass("Sky", "Sky", "#808080"),
    LabelClass("Road", "Road", "#804080"),
    LabelClass("Car", "Car", "#400080"),
)


def test_the_pair_stands_side_by_side_and_is_wiped_from_left_to_right(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    write_pair(plan.project.assets_dir("mask-wipe") / "captures")
    shot = small(load_plan(plan.project, "mask-wipe").shots[0])
    assert shot.missing == ()
    picture = draw(shot)
    pair = at(picture, 1.8)
    assert has(pair[:, :480], (40, 90, 200))
    assert has(pair[:, 480:], SKY, 500)
    assert not has(pair[:, :480], SKY, 500)
    beat = shot.beat("wipe")
    middle = at(picture, (beat.start_s + beat.end_s) / 2)[:, :480]
    # At the turn of the wipe the picture is uncovered; before and after, the map covers it.
    assert has(middle, (40, 90, 200), 500)
    assert has(at(picture, beat.end_s - 0.2)[:, :480], ROAD, 500)


@pytest.mark.parametrize("first", ["wipe", "image", "labels", "overlay"])
@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.0, 4.0])
def test_what_short_beats_show_waits_its_turn_or_is_refused(first: str, seconds: float) -> None:
    shown = (first, "wipe", "overlay", "image")
    beats = [
        BeatPlan(str(i), i * seconds, (i + 1) * seconds, BeatParams(show=show))
        for i, show in enumerate(shown)
    ]
    steps = list(steps_of(beats).values())
    assert [step.show for step in steps] == list(shown)
    starts = [step.start_s for step in steps]
    assert starts == sorted(starts) and starts[0] >= THERE_S + TRAVEL_S
    assert all(
        after - before > 2 * step.sweep_s * 0.75
        for step, before, after in zip(steps, starts, starts[1:], strict=False)
    )


def test_a_first_beat_may_wipe_and_the_next_ones_are_seen_after_it(tmp_path: Path) -> None:
    beats = [{"id": "a", "show": "wipe", "duration": "1s"}, {"id": "b", "show": "image", "duration": "5s"}]
    _, picture = drawn(tmp_path / "a", "mask-wipe", {"beats": beats})
    assert not np.array_equal(at(picture, 2.6), at(picture, 5.9))
    beats = [
        {"id": "a", "show": "wipe", "duration": "0.5s"},
        {"id": "b", "show": "image", "duration": "0.5s"},
    ]
    with pytest.raises(InvalidInput, match=r"would begin at \d\.\d s, and the shot ends before"):
        planned(tmp_path / "b", "mask-wipe", {"beats": beats, "duration": "1s"})


def test_the_words_over_the_map_are_the_authors_once_it_is_there(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe", {"labels_label": "Our network's"})
    write_pair(plan.project.assets_dir("mask-wipe") / "captures")
    assert "Our network's" in notes(draw(small(load_plan(plan.project, "mask-wipe").shots[0])))


def test_the_wipes_edge_lies_where_its_share_of_the_way_says(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "mask-wipe")
    seconds = [shot.beat("wipe").start_s + 0.8 + 0.1 * step for step in range(14)]
    edges = []
    for t in seconds:
        frame = at(picture, t).astype(int)
        white = (frame[:, :470].min(axis=2) > 250).sum(axis=0)
        edges.append(int(np.argmax(white)) if white.max() > 200 else -1)
    seen = [edge for edge in edges if edge >= 0]
    assert len(seen) > 5
    assert seen == sorted(seen)


def test_shares_are_counted_from_the_map_and_written_beside_their_classes(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    write_pair(plan.project.assets_dir("mask-wipe") / "captures")
    words = notes(draw(small(load_plan(plan.project, "mask-wipe").shots[0])))
    assert "50.0\u202f%" in words
    assert "43.3\u202f%" in words
    assert "6.7\u202f%" in words
    assert "illustration" not in words


def test_a_drawn_stand_in_is_marked_in_the_frame_and_in_the_footer(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "mask-wipe")
    assert [one.path for one in shot.missing] == ["captures/bay.jpg", "captures/bay-labels.png"]
    assert shot.provenance == "illustration"
    assert (shot.footer or "").startswith("drawn bay · ")
    marks = [layer.note for layer in picture.layers if layer.note and layer.note.text == "illustration"]
    assert marks
    assert all(mark.size >= 36 for mark in marks)
    assert "Prediction" not in notes(picture)


def test_one_file_of_a_pair_is_not_shown_with_the_drawn_other(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    folder = plan.project.assets_dir("mask-wipe") / "captures"
    write_pair(folder)
    (folder / "bay-labels.png").unlink()
    picture = draw(small(load_plan(plan.project, "mask-wipe").shots[0]))
    assert not has(at(picture, 1.8), (40, 90, 200))
    assert "illustration" in notes(picture)


def test_without_a_stand_in_there_is_a_slate_that_says_how_to_supply_the_file(tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, "mask-wipe", {"stand_in": None})
    words = " ".join(notes(picture))
    assert "captures/bay.jpg" in words
    assert "not part of the example" in words


def test_a_final_render_without_slates_lists_every_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(tmp_path, "mask-wipe", {"stand_in": None}, allow_slates=False)
    assert [problem.code for problem in caught.value.problems] == ["missing-asset", "missing-asset"]
    assert "captures/bay-labels.png" in str(caught.value)
    assert all(problem.place for problem in caught.value.problems)


def test_a_named_stand_in_lets_a_final_render_pass(tmp_path: Path) -> None:
    assert planned(tmp_path, "mask-wipe", allow_slates=False).shots[0].missing


def test_a_file_that_nobody_declared_is_a_mistake_and_no_slate(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="missing-file"):
        planned(tmp_path, "mask-wipe", {"image": "captures/steret.jpg"})


def test_a_map_of_another_shape_than_its_picture_names_both(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    folder = plan.project.assets_dir("mask-wipe") / "captures"
    write_pair(folder)
    Image.new("RGB", (60, 60), SKY).save(folder / "bay-labels.png")
    with pytest.raises(InvalidInput, match=r"60x60.*90x60"):
        draw(small(load_plan(plan.project, "mask-wipe").shots[0]))


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    folder = plan.project.assets_dir("mask-wipe") / "captures"
    write_pair(folder)
    (folder / "bay.jpg").write_text("no picture")
    with pytest.raises(InvalidInput, match=r"bay\.jpg is not a picture"):
        draw(small(load_plan(plan.project, "mask-wipe").shots[0]))


def test_a_class_table_without_a_class_of_the_drawn_picture_is_a_mistake(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    path = plan.project.assets_dir("mask-wipe") / "data/classes.csv"
    path.write_text(path.read_text().replace("Tree,", "Shrub,"))
    with pytest.raises(InvalidInput, match="shows Tree"):
        load_plan(plan.project, "mask-wipe")


def test_a_map_that_is_none_of_its_classes_is_a_mistake_before_anything_is_drawn(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    folder = plan.project.assets_dir("mask-wipe") / "captures"
    write_pair(folder)
    with Image.open(folder / "bay-labels.png") as image:
        size = image.size
    Image.new("RGB", size, (1, 250, 3)).save(folder / "bay-labels.png")
    with pytest.raises(InvalidInput, match=r"#01FA03 in 100.00.% of its pixels.*another data set"):
        load_plan(plan.project, "mask-wipe")


def test_a_map_coloured_and_counted() -> None:
    codes = np.arange(12, dtype=np.uint8).reshape(3, 4) % 3
    assert shares(codes, 3) == pytest.approx([1 / 3] * 3)


def test_outlines_enclose_exactly_their_pixels() -> None:
    codes = np.zeros((40, 50), np.uint8)
    codes[5:15, 10:30] = 1
    codes[20:36, 35:45] = 1
    found = regions(codes, 1)
    assert [round(one.share * codes.size) for one in found] == [200, 160]
    assert set(found[0].points) == {(10, 5), (30, 5), (30, 15), (10, 15)}
