"""taps: a kernel's taps at true scale over a picture, hollow where they read padding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pictured import at, drawn, has, notes, planned, small, write_pair

from explainers.compositor.picture import Painter, still
from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.taps import Params
from explainers.kinds.taps.draw import TapsLayer
from explainers.plan import load_plan


def taps(picture) -> TapsLayer:
    return next(layer for layer in picture.layers if isinstance(layer, TapsLayer))


def test_the_taps_lie_as_far_apart_as_the_rate_says(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "taps")
    layer = taps(picture)
    rates = [layer.state(shot.beat(name).end_s - 0.05)[0] for name in ("plain", "six", "twelve")]
    assert rates == [1.0, 6.0, 12.0]
    frame = next(one for one in picture.layers if one.name == "bay" and one.part == "picture")
    box = frame.box(frame.state(0.0))
    assert layer.cell == pytest.approx(box.width / 36, rel=0.01)
    column, row = shot.params.middle
    assert layer.middle[0] == pytest.approx(box.left + (column + 0.5) * layer.cell, abs=1)
    assert layer.middle[1] == pytest.approx(box.top + (row + 0.5) * layer.cell, abs=1)
    # Halfway between two rates the taps are between them.
    start = shot.beat("six").start_s
    between = [layer.state(start + t)[0] for t in (0.1, 0.3, 0.5, 0.7)]
    assert between == sorted(between) and 1 < between[1] < 6


def test_a_tap_beyond_the_edge_is_hollow_and_said(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "taps")
    layer, t = taps(picture), shot.beat("twelve").end_s - 0.05
    (x, y), cell = layer.middle, layer.cell
    places = [(x + 12 * i * cell, y + 12 * j * cell) for j in (-1, 0, 1) for i in (-1, 0, 1)]
    inside = [layer._inside(*place) for place in places]
    columns, rows = shot.params.cells
    column, row = shot.params.middle
    wanted = [
        0 <= column + 12 * i < columns and 0 <= row + 12 * j < rows for j in (-1, 0, 1) for i in (-1, 0, 1)
    ]
    assert inside == wanted and not all(wanted)
    said = next(one for one in picture.layers if one.note and one.note.text == "outside the picture: zero")
    assert said.state(shot.beat("six").end_s - 0.1) is None and said.state(t) is not None


def test_what_a_tap_reads_is_the_only_undimmed_part(tmp_path: Path) -> None:
    plan = planned(tmp_path, "taps")
    folder = plan.project.assets_dir("taps")
    (folder / "assets.yaml").write_text(
        (folder / "assets.yaml").read_text()
        + "files:\n  captures/a.jpg: {shows: a, from: palette, note: ask}\n"
        + "  captures/b.png: {shows: b, from: palette, note: ask}\n"
    )
    board = plan.project.storyboard_path("taps")
    board.write_text(
        board.read_text().replace(
            "  stand_in: bay", "  stand_in: bay\n  image: captures/a.jpg\n  labels: captures/b.png"
        )
    )
    write_pair(folder / "captures", "a.jpg", "b.png")
    shot = small(load_plan(plan.project, "taps").shots[0])
    picture = draw(shot)
    layer, t = taps(picture), shot.beat("six").end_s - 0.05
    frame = at(picture, t)
    x, y = (round(layer.middle[axis] - 6 * layer.cell) for axis in (0, 1))
    assert has(frame[y - 4 : y + 4, x - 4 : x + 4], (40, 90, 200), 30)
    beside = frame[y - 60 : y - 40, x - 60 : x - 40]
    assert not has(beside, (40, 90, 200), 1)


def test_a_rate_that_was_left_stays_as_a_ring(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "taps")
    ring = next(one for one in picture.layers if (one.name, one.part) == ("rate-6", "ring"))
    assert ring.state(shot.beat("six").end_s - 0.1) is None
    assert ring.state(shot.duration_s - 0.1) is not None
    assert not any((one.name, one.part) == ("rate-12", "ring") for one in picture.layers)


def test_the_map_says_where_this_is(tmp_path: Path) -> None:
    words = notes(drawn(tmp_path, "taps")[1])
    assert "here: context, rate 12" in words


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stride": 7}, "a stride of 7 does not divide"),
        ({"conv": 4}, "a kernel of 4 cells has no middle"),
        ({"at": [0.5, 1.5]}, r"1\.5 lies outside of the picture"),
        ({"inside": {"layer": "a", "branches": 1}}, "2 rates, and a has 1 branches"),
        ({"outside": "none", "beats": [{"id": "a", "rate": 2}]}, "'outside' has no effect"),
        ({"size": "384x576x3"}, "height and width"),
    ],
)
def test_what_can_not_be_is_refused_with_its_place(tmp_path: Path, change: dict, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        planned(tmp_path, "taps", change)
    assert all(problem.place for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("at_", "rate", "outside"), [((0.5, 0.5), 11, False), ((0.5, 0.5), 13, True), ((0, 0), 1, True)]
)
def test_outside_is_counted_in_cells(at_: tuple, rate: int, outside: bool) -> None:
    params = Params.model_validate({"size": "384x576", "at": list(at_), "classes": "c"})
    assert params.cells == (36, 24)
    assert params.is_outside(rate) is outside


def test_a_frame_alone_is_the_frame_in_sequence(tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, "taps")
    painter = Painter(picture)
    for frame in range(picture.duration_frames):
        painter.paint(frame)
        if frame % 19 == 7:
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(picture, frame)), frame
