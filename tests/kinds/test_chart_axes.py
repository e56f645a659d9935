"""Ticks, scales and free places: the arithmetic under bars and charts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.facts.tables import Table
from explainers.kinds._cells import with_unit
from explainers.kinds.chart.data import axis_of
from explainers.kinds.chart.free_places import free_box, spread
from explainers.kinds.chart.ground import Ruler
from explainers.kinds.chart.params import Axis, Panel
from explainers.stage.axes import Scale, log_ticks, nice_ticks
from explainers.stage.shapes import Box

FINITE = st.floats(-1e9, 1e9, allow_nan=False)


def test_ticks_are_round_and_enclose_the_values() -> None:
    assert nice_ticks(0, 145.05) == [0, 40, 80, 120, 160]
    assert nice_ticks(0, 0.832, 2) == [0, 0.5, 1]
    assert nice_ticks(-0.66, 0.89) == [-0.8, -0.4, 0, 0.4, 0.8, 1.2]
    assert nice_ticks(0, 0.3) == [0, 0.1, 0.2, 0.3]
    assert nice_ticks(5, 5) == [4, 4.5, 5, 5.5, 6]


@given(FINITE, st.floats(1e-6, 1e9))
def test_ticks_always_enclose_and_are_not_many(low: float, length: float) -> None:
    high = low + length
    ticks = nice_ticks(low, high)
    slack = (ticks[-1] - ticks[0]) * 1e-6 + abs(low) * 1e-9
    assert ticks[0] <= low + slack and ticks[-1] >= high - slack
    assert 2 <= len(ticks) <= 9


def test_ticks_of_a_log_scale_are_powers_with_steps_between_where_there_are_few() -> None:
    assert log_ticks(4, 32) == [2, 5, 10, 20, 50]
    assert log_ticks(0.01, 1000) == [0.01, 0.1, 1, 10, 100, 1000]


def test_a_scale_puts_values_between_its_ends() -> None:
    scale = Scale(110, 130, 900, 500)
    assert [scale.at(v) for v in (110, 120, 130)] == [900, 700, 500]
    assert Scale(1, 100, 0, 10, log=True).at(10) == pytest.approx(5)


def test_a_scale_without_zero_is_cut_and_one_around_it_is_not() -> None:
    assert Scale(110, 130, 0, 1).cut
    assert not Scale(-5, 12, 0, 1).cut
    assert not Scale(0, 12, 0, 1).cut
    assert not Scale(1, 100, 0, 1, log=True).cut


def test_words_take_the_side_that_is_free() -> None:
    bounds = Box(0, 0, 1000, 1000)
    point = (500.0, 500.0)
    assert free_box(point, 80, 36, "auto", 20, [], bounds).bottom < 500
    over = Box(400, 400, 600, 475)
    assert free_box(point, 80, 36, "auto", 20, [over], bounds).left > 500
    assert free_box(point, 80, 36, "below", 20, [], bounds).top > 500


def test_words_prefer_to_stay_in_the_panel() -> None:
    box = free_box((990.0, 20.0), 80, 36, "auto", 20, [], Box(0, 0, 1000, 1000))
    assert box.right <= 1000 and box.top >= 0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_names_are_spread_in_their_order(wanted: list[float]) -> None:
    places = spread(wanted, 10, 0, 100)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    for one, other in itertools.pairwise(order):
        assert places[other] - places[one] > 9
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in places)


def test_boxes_that_touch_do_not_meet() -> None:
    assert Box(0, 0, 2, 2).meets(Box(1, 1, 3, 3))
    assert not Box(0, 0, 2, 2).meets(Box(2, 0, 3, 2))


def test_round_marks_are_those_that_their_format_writes_without_rounding() -> None:
    axis = Axis.model_validate({"low": 0, "high": 1, "format": ".1f"})
    ruler = Ruler.over(axis, [0.2, 0.9], 4)
    assert ruler.ticks == [0, 0.2, 0.4, 0.6, 0.8, 1] and ruler.texts == [
        "0.0",
        "0.2",
        "0.4",
        "0.6",
        "0.8",
        "1.0",
    ]
    assert Ruler.over(Axis.model_validate({"format": ".2f"}), [0.2, 0.9], 4).ticks == [0, 0.25, 0.5, 0.75, 1]
    assert Ruler.over(Axis.model_validate({"format": ".0%"}), [0.0, 0.09], 4).texts[-1] == "10\u202f%"


@pytest.mark.parametrize(
    ("label", "unit", "title"),
    [
        ("Throughput", "tok/s", "Throughput, tok/s"),
        ("wait", None, "wait"),
        (None, "ms", "ms"),
        ("wait, ms", "ms", "wait, ms"),
        ("wait (ms)", "ms", "wait (ms)"),
        ("tokens per second", "tok/s", "tokens per second"),
        ("milliseconds", "ms", "milliseconds"),
        ("items", "ms", "items, ms"),
    ],
)
def test_the_title_of_an_axis_is_joined_with_its_unit_once(
    label: str | None, unit: str | None, title: str
) -> None:
    assert with_unit(label, unit) == title


def test_a_column_s_unit_is_that_of_its_axis() -> None:
    both = ("x", "plain", "ours")
    table = Table(
        "t", both, ({"x": 1.0, "plain": 2.0, "ours": 3.0},), "s", "measured", {"plain": "ms", "ours": "ms"}
    )
    series = [{"x": "x", "y": name} for name in both[1:]]

    def title(**more: object) -> str | None:
        panel = Panel.model_validate({"mark": "line", "table": "t", "series": series, **more})
        return axis_of(panel, "y", {"t": table}).label

    assert title(y={"label": "wait"}) == "wait, ms" and title() is None
    assert title(y={"label": "wait", "unit": "s"}) == "wait, s" and title(y={"unit": "s"}) == "s"
    assert title(y={"label": "wait"}, series=[*series, {"x": "x", "y": "plain / ours"}]) == "wait"
