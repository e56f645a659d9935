"""Flashes, on both sides of each threshold of WCAG 2.3.1."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainers.check import Drawn
from explainers.check.flashes import flashes, flashing_blocks, window_of
from explainers.check.rules.frames.motion import _frames
from explainers.compositor.layer import Rect
from explainers.compositor.luminance import Luminance, LuminanceWatch

FPS, ROWS, COLUMNS = 60, 54, 96
EVERYWHERE = np.ones((ROWS, COLUMNS), bool)


def sequence(low: tuple, high: tuple, count: int, blocks: tuple[int, int] = (24, 32), every: int = 7):
    """`count` flashes from `low` to `high` and back (linear RGB) in a corner of `blocks`, one change each
    `every` frames; the rest of the frame stays `low`."""
    frame = np.empty((ROWS, COLUMNS, 3), np.float32)
    frame[:] = low
    yield 0, frame
    for change in range(2 * count):
        frame = frame.copy()
        frame[: blocks[0], : blocks[1]] = high if change % 2 == 0 else low
        yield (change + 1) * every, frame


def grey(luminance: float) -> tuple[float, float, float]:
    return luminance, luminance, luminance


def test_cross_fades_are_watched_at_their_place_in_the_video() -> None:
    watch = LuminanceWatch(192, 108, FPS)
    for number in range(40):
        pixels = np.full((108, 192, 4), 255 * (number // 4 % 2), np.uint8)
        watch.see(number, pixels, [Rect(0, 0, 192, 108)])
    shots = [SimpleNamespace(id="a"), SimpleNamespace(id="b")]
    fade = SimpleNamespace(before="a", after="b", frames=20)
    plan = SimpleNamespace(shots=shots, transitions=[fade], start_frames={"a": 0, "b": 100})
    seen = SimpleNamespace(plan=plan, drawn={"b": Drawn(fade=watch.summary())})
    frames = [(number, grid.copy()) for number, grid in _frames(seen, EVERYWHERE)]  # type: ignore[arg-type]
    assert (frames[0][0], frames[-1][0]) == (80, 116)
    assert flashes(frames, FPS)


def judged(*args, **kwargs) -> tuple[bool, bool]:
    """Whether general and red flashes are found."""
    found = flashes(sequence(*args, **kwargs), FPS)
    return any(not one.red for one in found), any(one.red for one in found)


def test_a_ten_degree_field_is_341_by_256_of_1024_by_768_pixels() -> None:
    assert window_of(ROWS, COLUMNS) == (24, 32)
    assert window_of(COLUMNS, ROWS) == (32, 43)


@pytest.mark.parametrize(("count", "too_many"), [(1, False), (3, False), (4, True), (6, True)])
def test_more_than_three_flashes_in_a_second_are_too_many(count: int, too_many: bool) -> None:
    assert judged(grey(0.1), grey(0.5), count) == (too_many, False)


@pytest.mark.parametrize(("step", "flash"), [(0.05, False), (0.09, False), (0.11, True), (0.4, True)])
def test_a_change_counts_from_a_tenth_of_full_luminance(step: float, flash: bool) -> None:
    assert judged(grey(0.3), grey(0.3 + step), 5) == (flash, False)


@pytest.mark.parametrize(("dark", "flash"), [(0.79, True), (0.81, False)])
def test_the_darker_image_must_be_below_four_fifths(dark: float, flash: bool) -> None:
    assert judged(grey(dark), grey(dark + 0.15), 5) == (flash, False)


@pytest.mark.parametrize(("share", "flash"), [(0.24, False), (0.25, False), (0.26, True), (0.9, True)])
def test_the_area_counts_from_a_quarter_of_a_ten_degree_field(share: float, flash: bool) -> None:
    rows = 24 * 32 * share / 32
    assert judged(grey(0.1), grey(0.6), 5, (round(rows), 32)) == (round(rows) * 32 > 0.25 * 24 * 32, False)
    # Finer than whole rows: a few blocks either side of the quarter.
    frame = [np.zeros((ROWS, COLUMNS, 3), np.float32) for _ in range(2)]
    frame[1].reshape(-1, 3)[_blocks(round(24 * 32 * share))] = 0.6
    found = flashes(((number * 7, frame[number % 2]) for number in range(12)), FPS)
    assert bool(found) == flash


def _blocks(count: int) -> np.ndarray:
    """The first blocks of the top left field, row by row."""
    numbers = np.arange(count)
    return numbers // 32 * COLUMNS + numbers % 32


def test_the_same_area_spread_over_the_frame_is_no_flash() -> None:
    frames = [np.zeros((ROWS, COLUMNS, 3), np.float32) for _ in range(2)]
    frames[1][::5, ::5] = 0.9
    assert not flashes(((number * 7, frames[number % 2]) for number in range(12)), FPS)


@pytest.mark.parametrize(
    ("name", "low", "high", "red"),
    [
        ("red on black, too dark to be a general flash", grey(0.0), (0.3, 0.0, 0.0), True),
        ("vermillion on navy", (0.005, 0.009, 0.023), (0.665, 0.111, 0.0), True),
        ("a red that is not saturated", (0.05, 0.05, 0.05), (0.3, 0.04, 0.04), False),
        ("a saturated red that hardly changes its hue", (0.3, 0.0, 0.0), (0.38, 0.01, 0.01), False),
        ("blue on black", grey(0.0), (0.0, 0.0, 0.9), False),
        ("green on black", grey(0.0), (0.0, 0.12, 0.0), False),
    ],
)
def test_red_flashes_go_to_and_from_a_saturated_red(name: str, low: tuple, high: tuple, red: bool) -> None:
    assert judged(low, high, 5)[1] is red, name


@pytest.mark.parametrize(("count", "too_many"), [(3, False), (4, True)])
def test_more_than_three_red_flashes_are_too_many(count: int, too_many: bool) -> None:
    assert judged(grey(0.0), (0.4, 0.0, 0.0), count) == (False, too_many)


@pytest.mark.parametrize(("together", "flash"), [(1, True), (2, True), (6, True), (14, False)])
def test_blocks_that_turn_each_in_its_own_time_do_not_flash(together: int, flash: bool) -> None:
    """As blocks of a picture that moves do; a strobe may take a few frames to reach all of its area."""
    late = np.arange(24 * 32).reshape(24, 32) % together
    frames = []
    for number in range(60):
        frame = np.zeros((ROWS, COLUMNS, 3), np.float32)
        frame[:24, :32] = ((number - late) // 7 % 2)[:, :, None] * 0.5
        frames.append((number, frame))
    assert bool(flashes(frames, FPS)) is flash


def test_the_same_flashes_spread_over_two_seconds_pass() -> None:
    assert judged(grey(0.1), grey(0.6), 6, every=20) == (False, False)


def test_a_slow_pulse_by_small_steps_counts_as_a_change() -> None:
    wave = 0.4 + 0.2 * np.sin(np.arange(120) / 60 * 2 * np.pi * 5)
    frames = ((number, np.full((ROWS, COLUMNS, 3), value, np.float32)) for number, value in enumerate(wave))
    assert flashes(frames, FPS)


def test_a_fade_in_one_direction_is_no_flash() -> None:
    frames = ((number, np.full((ROWS, COLUMNS, 3), number / 60, np.float32)) for number in range(60))
    assert not flashes(frames, FPS)


def test_the_stretch_is_told_with_its_frames_and_region() -> None:
    (found,) = flashes(sequence(grey(0.1), grey(0.6), 5), FPS)
    assert (found.first, found.last) == (7, 70)
    assert found.region == (0.0, 0.0, 32 / 96, 24 / 54)


# -- the quick look before counting --------------------------------------------------------------


def summary_of(frames, fps: int = FPS) -> Luminance:
    """A summary of the frames, whose values are linear RGB."""
    numbers, counts, blocks, values = [], [], [], []
    now = np.full((ROWS * COLUMNS, 3), -1)
    for number, frame in frames:
        stored = np.rint(frame.reshape(-1, 3) * 65535).astype(int)
        changed = np.flatnonzero((stored != now).any(axis=1))
        if len(changed):
            numbers.append(number)
            counts.append(len(changed))
            blocks.append(changed)
            values.append(stored[changed])
            now = stored
    arrays = np.array(numbers, np.int32), np.array(counts, np.int32)
    where, light = np.concatenate(blocks).astype(np.uint16), np.concatenate(values).astype(np.uint16)
    return Luminance(fps, ROWS, COLUMNS, numbers[0], numbers[-1] + 1, *arrays, where, light)


@pytest.mark.parametrize("light", [grey(0.5), (0.4, 0.0, 0.0)])
def test_what_flashes_is_flashing_blocks_even_across_seconds_and_shots(light: tuple) -> None:
    for offset in (0, 40, 57):
        assert flashing_blocks([(offset, summary_of(sequence(grey(0.1), light, 4)))], FPS) is not None
    halves = [summary_of(sequence(grey(0.1), light, 2)), summary_of(sequence(grey(0.1), light, 3, every=5))]
    assert flashing_blocks([(0, halves[0]), (29, halves[1])], FPS) is not None


@pytest.mark.parametrize("light", [grey(0.5), (0.4, 0.0, 0.0)])
def test_three_flashes_and_rests_between_are_no_reason_to_count(light: tuple) -> None:
    assert flashing_blocks([(0, summary_of(sequence(grey(0.1), light, 3)))], FPS) is None
    rests = [(180 * part, summary_of(sequence(grey(0.1), light, 3))) for part in range(3)]
    assert flashing_blocks(rests, FPS) is None


@given(seed=st.integers(0, 2**32), steps=st.integers(2, 60), reach=st.floats(0.05, 1), red=st.booleans())
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_counted_is_missed_by_the_quick_look(
    seed: int, steps: int, reach: float, red: bool
) -> None:
    chance = np.random.default_rng(seed)
    frames, frame, number = [], np.zeros((ROWS, COLUMNS, 3), np.float32), 0
    for _ in range(steps):
        frame = frame.copy()
        frame[: chance.integers(8, ROWS), : chance.integers(12, COLUMNS)] = (
            chance.random(3) * (1, 0.1, 0.1) if red else chance.random() * reach
        )
        frames.append((number, frame))
        number += int(chance.integers(1, 12))
    summary = summary_of(frames)
    found, blocks = flashes(summary.steps(), FPS), flashing_blocks([(0, summary)], FPS)
    if blocks is None:
        assert not found
    else:
        counted = flashes(summary.steps(blocks), FPS, blocks)
        assert [(one.first, one.red) for one in counted] == [(one.first, one.red) for one in found]
