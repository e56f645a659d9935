"""The clock of footage: stretches, factors, pauses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.footage.timeline import timeline


def test_real_time_begins_where_it_is_told() -> None:
    clock = timeline(2.0, 5.0, 1.0, start_s=0.5)
    assert [clock.at(t) for t in (0.0, 0.5, 1.5, 3.5, 9.0)] == [2.0, 2.0, 3.0, 5.0, 5.0]
    assert clock.end_s == 3.5 and clock.rate(60) == Fraction(60)


def test_a_faster_stretch_is_told_with_its_factor() -> None:
    clock = timeline(0.0, 10.0, 1.0, [(2.0, 6.0, 4.0)])
    assert [(one.start_s, one.end_s, one.speed) for one in clock.factors()] == [
        (0.0, 2.0, 1.0),
        (2.0, 3.0, 4.0),
        (3.0, 7.0, 1.0),
    ]
    assert clock.at(2.5) == pytest.approx(4.0) and clock.speed_at(2.5) == 4.0


def test_a_pause_moves_what_comes_after_it() -> None:
    clock = timeline(0.0, 4.0, 2.0, freezes=[(1.0, 2.5)])
    assert [clock.at(t) for t in (1.0, 2.0, 2.5, 3.0)] == [2.0, 2.0, 2.0, 3.0]
    assert clock.end_s == 3.5 and clock.speed_at(1.5) == 0.0
    assert clock.spans() == [(0.0, 1.0), (2.5, 3.5)]


def test_slow_motion_asks_for_more_frames_and_a_timelapse_for_fewer() -> None:
    assert timeline(0, 1, 0.5).rate(60) == 120 and timeline(0, 100, 4.0).rate(60) == 15


@given(
    st.lists(st.tuples(st.floats(0, 9), st.floats(0.1, 5), st.sampled_from([0.5, 2.0, 8.0])), max_size=3),
    st.lists(st.tuples(st.floats(0, 9), st.floats(0.1, 2)), max_size=3),
)
def test_a_clock_never_runs_backwards_and_ends_at_the_end(
    paces: list[tuple[float, float, float]], pauses: list[tuple[float, float]]
) -> None:
    faster = [(start, start + length, speed) for start, length, speed in paces]
    clock = timeline(0.0, 10.0, 1.0, faster, [(start, start + length) for start, length in pauses], 0.5)
    times = [clock.at(n / 20) for n in range(900)]
    assert times == sorted(times) and times[0] == 0.0
    assert clock.at(clock.end_s + 1) == pytest.approx(10.0)
