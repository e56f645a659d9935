"""mask-wipe: a pair side by side, then wiped, faded and laid over each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pictured import ROAD, SKY, at, drawn, has, notes, planned, small, write_pair
from PIL import Image

from explainers.compositor.labels import LabelClass, regions, shares
from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.plan import load_plan

CLASSES = (
    LabelClass("Sky", "Sky", "#808080"),
    LabelClass("Road", "Road", "#804080"),
    LabelClass("Car", "Car", "#400080"),
)


def test_the_map_sweeps_over_the_picture_as_far_as_a_beat_says(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    write_pair(plan.project.assets_dir("mask-wipe") / "captures")
    shot = small(load_plan(plan.project, "mask-wipe").shots[0])
    assert shot.missing == ()
    picture = draw(shot)
    first = at(picture, 0.1)[:, :580]
    assert has(first, (40, 90, 200), 5000)
    assert not has(first, SKY, 500)
    # Halfway between the edges of what is seen: left of it the map, right of it the picture.
    half = at(picture, shot.beat("half").end_s - 0.1)
    wide = 560
    assert has(half[:, : wide // 2 - 20], SKY, 5000) and not has(
        half[:, : wide // 2 - 20], (40, 90, 200), 200
    )
    assert has(half[:, wide // 2 + 30 : wide], (40, 90, 200), 5000)
    whole = at(picture, shot.beat("map").end_s - 0.1)[:, :wide]
    assert has(whole, SKY, 5000) and has(whole, ROAD, 5000) and not has(whole, (40, 90, 200), 200)


def test_the_source_under_a_column_does_not_lie_across_the_pictures_edge(tmp_path: Path) -> None:
    shot = planned(tmp_path, "mask-wipe", {"layout": {"place": "right", "share": 0.25}}).shots[0]
    picture = draw(small(replace(shot, footer="a long line of sources, published by several authors")))
    source = [one.box(one.state(1.0)) for one in picture.layers if one.name == "source" and one.state(1.0)]
    image = next(one for one in picture.layers if (one.name, one.part) == ("bay", "picture"))
    edge = image.box(image.state(1.0)).right
    assert len(source) >= 3 and all(box.left >= edge for box in source)
    last = shot.duration_s - 0.1
    values = [one.box(one.state(last)).bottom for one in picture.layers if one.part in ("value", "bar")]
    assert len(values) >= 6 and max(values) <= min(box.top for box in source)


@pytest.mark.parametrize(
    ("beats", "reason"),
    [
        (
            [{"id": "a", "cover": 0.5, "duration": "1s"}, {"id": "b", "duration": "2s"}],
            r"the edge takes 1\.2 s, and the beat lasts 1\.0 s",
        ),
        ([{"id": "a", "opacity": 0.5, "duration": "2s"}], "the map covers nothing of the picture yet"),
    ],
)
def test_beats_that_show_nothing_are_refused(tmp_path: Path, beats: list, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        planned(tmp_path, "mask-wipe", {"beats": beats})


def test_an_overlay_shows_the_picture_through_the_map(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    write_pair(plan.project.assets_dir("mask-wipe") / "captures")
    shot = small(load_plan(plan.project, "mask-wipe").shots[0])
    frame = at(draw(shot), shot.duration_s - 0.1)[:, :500]
    mixed = tuple(round(0.7 * one + 0.3 * other) for one, other in zip((40, 90, 200), SKY, strict=True))
    assert has(frame, mixed, 5000)


def test_the_words_over_the_map_are_the_authors_once_it_is_there(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe", {"labels_label": "Our network's"})
    write_pair(plan.project.assets_dir("mask-wipe") / "captures")
    assert "Our network's" in notes(draw(small(load_plan(plan.project, "mask-wipe").shots[0])))


def test_the_wipes_edge_only_goes_forward_on_its_way(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "mask-wipe")
    rule = next(layer for layer in picture.layers if layer.name == "edge")
    start = shot.beat("half").start_s
    edges = [rule.state(start + 0.1 + 0.1 * step)[0] for step in range(12)]
    assert edges == sorted(edges) and edges[-1] > edges[0] + 200


def test_shares_are_counted_from_the_map_and_written_beside_their_classes(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    write_pair(plan.project.assets_dir("mask-wipe") / "captures")
    words = notes(draw(small(load_plan(plan.project, "mask-wipe").shots[0])))
    assert "50.0\u202f%" in words
    assert "43.3\u202f%" in words
    assert "6.7\u202f%" in words


def test_a_drawn_stand_in_is_said_once_and_predicts_nothing(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "mask-wipe")
    assert [one.path for one in shot.missing] == ["captures/bay.jpg", "captures/bay-labels.png"]
    assert shot.provenance == "illustration"
    assert (shot.footer or "").startswith("bay · ")
    words = notes(picture)
    assert words.count("drawn") == 1
    assert "Prediction" not in words


def test_one_file_of_a_pair_is_not_shown_with_the_drawn_other(tmp_path: Path) -> None:
    plan = planned(tmp_path, "mask-wipe")
    folder = plan.project.assets_dir("mask-wipe") / "captures"
    write_pair(folder)
    (folder / "bay-labels.png").unlink()
    picture = draw(small(load_plan(plan.project, "mask-wipe").shots[0]))
    assert not has(at(picture, 1.3), (40, 90, 200))
    assert "drawn" in notes(picture)


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
