"""A field of cells: which cells are painted again, and that they lie where the grid says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explainers.compositor.picture import Painter, Picture, still
from explainers.kinds.race.requests import CellsLayer, Grid, fitted


def layer_of(grid: Grid, per_second: float, total: int, per_cell: int) -> CellsLayer:
    return CellsLayer(
        grid=grid,
        total=total,
        per_cell=per_cell,
        count_at=lambda t: int(t * per_second),
        rival_at=lambda t: int(t * per_second * 0.8),
        changes=((0.0, 4.0),),
        full="#E69F00",
        empty="#223055",
    )


@given(st.integers(1, 3000), st.integers(1, 50), st.data())
def test_crossed_cells_are_the_last_and_those_that_are_lost_alone(total: int, per_cell: int, data) -> None:
    lost = data.draw(st.integers(0, total))
    grid = fitted(-(-total // per_cell), 0, 0, 600, 300, 2.0)
    layer = replace(layer_of(grid, 0.0, total, per_cell), count_at=lambda t: total - lost, rival_at=None)
    full, _, _, crossed = replace(layer, lost_at=lambda t: lost).state(1.0)
    assert layer.state(1.0)[3] == grid.count
    assert (crossed < grid.count) == (lost > 0)
    if lost > per_cell:
        assert full <= crossed
        assert abs((grid.count - crossed) * per_cell - lost) < 2 * per_cell


def test_crossed_cells_are_painted_where_they_appear() -> None:
    grid = fitted(50, 0, 0, 640, 200, 4.0)
    layer = replace(layer_of(grid, 10.0, 50, 1), lost_at=lambda t: 25 if t >= 2.0 else 0, lost="#00FF00")
    background = np.zeros((200, 640, 4), np.uint8)
    picture = Picture(640, 200, 10, 40, background, (layer,))
    painter = Painter(picture)
    for frame in range(40):
        painter.paint(frame)
        assert np.array_equal(painter.pixels[:, :, 2::-1], still(picture, frame)), frame
    green = (painter.pixels[:, :, 1] > 200) & (painter.pixels[:, :, 2] < 60)
    box = grid.cell(30)
    assert green[box.top : box.bottom, box.left : box.right].any()
    box = grid.cell(10)
    assert not green[box.top : box.bottom, box.left : box.right].any()


@given(st.integers(1, 400), st.integers(80, 900), st.integers(60, 400))
def test_a_fitted_grid_stays_in_its_box_and_fills_its_width(count: int, width: int, height: int) -> None:
    grid = fitted(count, 7, 11, width, height, 2.0)
    last = grid.cell(count - 1)
    assert grid.rows * grid.columns >= count
    assert last.right <= 7 + width and last.bottom <= 11 + height + 1
    if grid.columns > 1:
        assert grid.cell(grid.columns - 1).right == 7 + width


@given(st.integers(0, 216), st.integers(0, 216))
def test_a_stretch_covers_its_cells_and_no_others(one: int, other: int) -> None:
    grid = fitted(216, 0, 0, 766, 220, 4.0)
    first, end = sorted((one, other))
    rects = grid.stretch(first, end)
    for index in range(grid.count):
        assert any(rect.meets(grid.cell(index)) for rect in rects) == (first <= index < end)
    assert len(rects) <= 3


def test_full_rows_are_preferred_to_a_ragged_last_one() -> None:
    grid = fitted(216, 0, 0, 766, 224, 4.5)
    assert grid.rows * grid.columns == 216


def test_cells_painted_by_what_changed_are_the_cells_painted_whole() -> None:
    grid = fitted(30, 3, 4, 90, 40, 2.0)
    picture = Picture(100, 50, 20, 80, np.zeros((50, 100, 4), np.uint8), (layer_of(grid, 31, 120, 4),))
    painter = Painter(picture)
    for frame in range(80):
        dirty = painter.paint(frame)
        assert frame == 0 or sum(rect.area for rect in dirty) < grid.box.area
        if frame % 13 == 0:
            assert np.array_equal(painter.pixels[:, :, 2::-1], still(picture, frame))


def test_a_last_cell_for_fewer_things_is_full_with_those() -> None:
    layer = layer_of(fitted(11, 0, 0, 100, 20, 2.0), 1.0, 105, 10)
    assert layer.state(104.0)[:2] == (10, 4) and layer.state(105.0)[:2] == (11, 0)
