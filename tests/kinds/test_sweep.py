"""sweep: every combination has a cell, hatched where no figure is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pictured import at, drawn, notes, planned, small

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
    hatched = [layer for layer in layers(picture, "not published") if layer.note.kind == "shape"]
    assert len(hatched) == 5


def test_the_best_cell_is_outlined_and_no_other(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "sweep")
    best = next(layer for layer in layers(picture, "70.1") if layer.note.kind == "data")
    frame = at(picture, shot.duration_s - 0.1)
    box = best.box(best.state(shot.duration_s - 0.1))
    x = (box.left + box.right) // 2
    assert (frame[box.top - 6 : box.top + 1, x].min(axis=1) > 210).any()
    for other in ("68.4", "64.7", "55.0"):
        one = next(layer for layer in layers(picture, other) if layer.note.kind == "data")
        around = one.box(one.state(shot.duration_s - 0.1))
        edge = frame[around.bottom + 1 : around.bottom + 5, (around.left + around.right) // 2]
        assert edge.min(axis=1).max() < 200


def test_a_better_figure_has_a_stronger_ground(tmp_path: Path) -> None:
    shot, picture = drawn(tmp_path, "sweep")
    frame = at(picture, shot.duration_s - 0.1).astype(int)

    def ground(word: str) -> int:
        layer = next(one for one in layers(picture, word) if one.note.kind == "data")
        box = layer.box(layer.state(shot.duration_s - 0.1))
        return int(frame[box.top + 6, box.left + 14, 2])

    figures = [ground(word) for word in ("55.0", "61.2", "66.8", "70.1")]
    assert figures == sorted(figures)
    assert figures[0] < figures[-1] - 40


def test_cells_arrive_grid_after_grid(tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, "sweep")
    early, late = at(picture, 1.0), at(picture, 3.4)
    changed = np.flatnonzero((early != late).any(axis=(0, 2)))
    assert changed.max() > 700


def test_a_lower_figure_can_be_the_best(tmp_path: Path) -> None:
    _, picture = drawn(tmp_path, "sweep", {"best": "min"})
    assert layers(picture, "55.0")


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
