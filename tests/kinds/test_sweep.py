"""sweep: every combination has a place; the best figure that is known steps forward."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictured import at, drawn, notes, planned, small

from explainers.compositor.layer import Layer
from explainers.compositor.picture import Picture
from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.sweep.draw import cells_of
from explainers.plan import load_plan


def layers(picture, word: str) -> list:
    return [layer for layer in picture.layers if layer.note and layer.note.text == word]


def test_every_combination_has_a_cell_and_the_table_fills_some(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "sweep")
    cells = cells_of(shot)
    assert len(cells) == 3 * 2 * 2
    assert sum(cell.value is not None for cell in cells) == 7
    places = [layer for layer in layers(picture, "not published") if layer.note.kind == "shape"]
    assert len(places) == 5
    # All places stand from the first frame on.
    assert all(layer.state(0.0) for layer in (*places, *layers(picture, "place")))
    assert len(layers(picture, "place")) == 7


def cell(picture: Picture, word: str) -> Layer:
    """The ground of the cell that has the figure `word`."""
    return next(layer for layer in layers(picture, word) if layer.note.kind == "data")


def forward(picture: Picture, t: float) -> list[str]:
    """The figures that have stepped forward at `t` seconds."""
    shown = [layer for layer in picture.layers if (layer.name, layer.part) == ("best", "value")]
    return [layer.note.text for layer in shown if layer.note and layer.state(t)]


@pytest.mark.parametrize(("best", "words"), [("max", ["70.1"]), ("min", ["55.0"]), ("none", [])])
def test_the_best_figure_steps_forward_and_no_other(tmp_path: Path, best: str, words: list[str]) -> None:
    shot, picture = drawn(tmp_path, "sweep", {"best": best} | ({"best_label": None} if not words else {}))
    assert forward(picture, shot.duration_s - 0.1) == words
    assert forward(picture, 1.8) == []
    for text in words:
        card = next(one for one in picture.layers if (one.name, one.part) == ("best", "bar"))
        t = shot.duration_s - 0.1
        assert (
            card.box(card.state(t)).width > 1.3 * cell(picture, text).box(cell(picture, text).state(t)).width
        )


def test_a_beat_marks_the_best_figure_and_one_that_could_not_is_refused(tmp_path: Path) -> None:
    beats = [{"id": "grid", "duration": "5s"}, {"id": "best", "duration": "3s", "mark": "true"}]
    _, picture = drawn(tmp_path / "late", "sweep", {"beats": beats})
    assert forward(picture, 4.9) == [] and forward(picture, 6.0) == ["70.1"]
    early = [{**beats[0], "duration": "1s"}, beats[1]]
    for change, reason in (
        ({"beats": early}, "a beat before 1.9 s"),
        ({"beats": [*beats, {"id": "again", "duration": "1s", "mark": "true"}]}, "after the one that marks"),
        ({"beats": beats, "best": "none"}, "a sweep without a best figure"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            planned(tmp_path / reason[:9], "sweep", change)


@pytest.mark.parametrize("best", ["max", "min"])
def test_a_better_figure_has_a_stronger_ground(tmp_path: Path, best: str) -> None:
    shot, picture = drawn(tmp_path, "sweep", {"best": best})
    t = shot.duration_s - 0.1
    frame, strengths = at(picture, t).astype(int), []
    # The best one's own place is behind its card.
    words = ("55.0", "61.2", "66.8", "70.1")[:: 1 if best == "max" else -1][:-1]
    for word in words:
        box = cell(picture, word).box(cell(picture, word).state(t))
        strengths.append(int(frame[box.top + 6, box.left + 14, 2]))
    assert strengths == sorted(strengths)
    assert strengths[0] < strengths[-1] - 20


def test_cells_arrive_grid_after_grid_in_the_order_of_the_axes(tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, "sweep")
    order = ("61.2", "66.8", "63.9", "70.1", "68.4", "55.0", "64.7")
    there = [[cell(picture, word).state(t) is not None for word in order] for t in (0.2, 0.6, 1.1, 1.9)]
    assert there[0] == [False] * 7 and there[-1] == [True] * 7
    assert all(row == sorted(row, reverse=True) for row in there)
    assert 1 < sum(there[1]) < sum(there[2]) < 7


def test_two_figures_for_one_cell_are_a_mistake(tmp_path: Path) -> None:
    plan = planned(tmp_path, "sweep")
    path = plan.project.assets_dir("sweep") / "data/tried.csv"
    path.write_text(path.read_text() + "64,100,0.001,75.4\n")
    with pytest.raises(InvalidInput, match=r"two figures for the cell 64, 100, 0\.001"):
        load_plan(plan.project, "sweep")


def test_a_figure_that_the_axes_leave_out_is_a_mistake(tmp_path: Path) -> None:
    plan = planned(tmp_path, "sweep")
    path = plan.project.assets_dir("sweep") / "data/tried.csv"
    path.write_text(path.read_text() + "512,100,0.001,71.0\n")
    with pytest.raises(InvalidInput, match="width = 512"):
        load_plan(plan.project, "sweep")


def test_an_unknown_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    axis = {"column": "widht", "label": "width", "values": ["64", "128", "256"]}
    with pytest.raises(InvalidInput, match="did you mean 'width'"):
        planned(tmp_path, "sweep", {"x": axis})


def test_two_axes_make_one_grid(tmp_path: Path) -> None:
    plan = planned(tmp_path, "sweep", {"z": None, "where": {"rate": "0.001"}})
    shot = small(plan.shots[0])
    assert len(cells_of(shot)) == 6
    assert "learning rate 0.001" not in notes(draw(shot))
