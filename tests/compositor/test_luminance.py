"""The luminance summary: what it keeps, and that it keeps nothing of what did not change."""

from pathlib import Path

import numpy as np
import pytest

from explainers.compositor.layer import Rect
from explainers.compositor.luminance import LuminanceWatch, _linear, grid_of, load_luminance

WIDTH, HEIGHT = 640, 360
WHOLE = Rect(0, 0, WIDTH, HEIGHT)


def surface(value: int = 0) -> np.ndarray:
    """A surface whose rows are longer than the frame, as Cairo's may be."""
    return np.full((HEIGHT, WIDTH + 8, 4), value, np.uint8)[:, :WIDTH]


@pytest.mark.parametrize(
    ("size", "grid"),
    [((1920, 1080), (54, 96)), ((640, 360), (54, 96)), ((1080, 1920), (96, 54)), ((1080, 1080), (96, 96))],
)
def test_the_longer_side_has_96_blocks(size: tuple[int, int], grid: tuple[int, int]) -> None:
    assert grid_of(*size) == grid


def test_a_held_frame_leaves_nothing_and_still_counts() -> None:
    watch, pixels = LuminanceWatch(WIDTH, HEIGHT, 30), surface(90)
    for frame in range(5):
        watch.see(frame, pixels, [WHOLE] if frame == 0 else [])
    summary = watch.summary()
    assert summary.frames.tolist() == [0] and summary.end_exclusive == 5


def test_only_blocks_that_changed_are_kept_and_they_equal_a_look_at_everything() -> None:
    rng = np.random.default_rng(3)
    watch, pixels = LuminanceWatch(WIDTH, HEIGHT, 30), surface()
    grids = {}
    for frame in range(6):
        left, top = int(rng.integers(0, 500)), int(rng.integers(0, 300))
        rect = Rect(left, top, left + int(rng.integers(5, 140)), top + int(rng.integers(5, 60)))
        pixels[rect.top : rect.bottom, rect.left : rect.right, :3] = rng.integers(0, 255, 3)
        watch.see(frame, pixels, [WHOLE] if frame == 0 else [rect.cut(WHOLE)])
        fresh = LuminanceWatch(WIDTH, HEIGHT, 30)
        fresh.see(0, pixels, [WHOLE])
        grids[frame] = next(iter(fresh.summary().steps()))[1].copy()
    summary = watch.summary()
    assert summary.counts[1:].max() < 54 * 96 / 3
    for frame, grid in summary.steps():
        np.testing.assert_allclose(grid, grids[frame], atol=1e-6)


def test_values_are_linear_light_in_red_green_blue() -> None:
    watch, pixels = LuminanceWatch(WIDTH, HEIGHT, 30), surface()
    pixels[:, :, :3] = (200, 100, 50)
    watch.see(0, pixels, [WHOLE])
    _, grid = next(iter(watch.summary().steps()))
    np.testing.assert_allclose(grid[10, 10], _linear()[[50, 100, 200]], atol=1e-4)


def test_a_summary_comes_back_from_its_file_and_equal_ones_are_equal_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "a.npz", tmp_path / "b.npz"]
    for path in paths:
        watch = LuminanceWatch(WIDTH, HEIGHT, 30)
        watch.see(7, surface(40), [WHOLE])
        watch.see(9, surface(90), [Rect(0, 0, 100, 100)])
        watch.summary().save(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    found = load_luminance(paths[0])
    assert (found.first, found.end_exclusive, found.frames.tolist()) == (7, 10, [7, 9])
    assert found.counts.tolist() == watch.summary().counts.tolist()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", head=np.array([99]))
    with pytest.raises(ValueError, match="no luminance summary"):
        load_luminance(tmp_path / "x.npz")
