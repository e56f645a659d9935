"""Charts of what is computed: distributions, heatmaps, what is not certain, names along an axis."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from chart_shots import box_at, codes_of, frame_at, noted, picture_of, shot_of, words_at

from explainers.kinds.chart.data import cells_of, lanes_of, numbers_of, outline_of, points_of
from explainers.stage.axes import Scale, log_ticks, ticks_below
from explainers.stage.stage import Stage
from explainers.theme import THEMES

WAITS = "system,wait\n" + "".join(f"a,{1 + n}\nb,{10 * (1 + n)}\n" for n in range(99))
CDF = """
- id: waits
  kind: chart
  mark: cdf
  table: waits
  x: {label: ms, log: true, format: ".0f"}
  percentiles: [50, 99]
  series:
    - {id: a, label: System A, x: wait, where: {system: a}}
    - {id: b, label: System B, role: ours, x: wait, where: {system: b}}
  lines: [{id: slo, at: 50, label: limit}]
  duration: 6s
"""
GRID = """
- id: grid
  kind: chart
  mark: heatmap
  table: grid
  x: {label: batch}
  series: [{id: rate, label: tokens/s, role: ours, x: batch, y: layers, value: rate, values: {format: .0f}}]
  duration: 5s
"""
CELLS = "batch,layers,rate\n4,8,10\n8,8,30\n4,16,20\n"
GROUPED = """
- id: rates
  kind: chart
  mark: grouped
  table: rates
  key: load
  x: {label: ops/s}
  series:
    - {id: a, label: A, value: a, low: a - 5, high: a + 15, values: {format: .0f}}
    - {id: b, label: B, role: ours, value: b, values: {format: .0f}}
  duration: 5s
"""
RATES = "load,a,b\nfill,100,50\nread,40,80\n"


def test_a_curve_is_the_share_of_numbers_up_to_each(tmp_path: Path) -> None:
    shot = shot_of(tmp_path, CDF, {"waits": WAITS})
    panel = shot.params.all_panels[0]
    line = outline_of(panel, panel.series[0], shot.tables)
    assert line[0] == (1.0, 0.0) and line[-1] == (99.0, 1.0)
    assert np.interp(50, *zip(*line, strict=True)) == pytest.approx(0.5)
    points = points_of(panel, panel.series[1], shot.tables)
    assert [(one.words, one.x) for one in points] == [("p50 500", 500.0), ("p99 980", pytest.approx(980.2))]


def test_curves_have_names_percentiles_a_limit_and_shares_in_per_cent(tmp_path: Path) -> None:
    said = words_at(picture_of(tmp_path, CDF, {"waits": WAITS}), 5.9)
    assert {"System A", "System B", "p50 50", "p99 98", "limit", "ms, log scale", "100\u202f%"} <= set(said)


def test_names_of_curves_keep_off_other_words_and_their_own_line(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, CDF, {"waits": WAITS}, size="1920x1080")
    boxes = [
        box_at(one, 5.9)
        for one in picture.layers
        if one.note and one.note.kind == "text" and one.state(5.9) is not None
    ]
    for (left, top, right, bottom), other in itertools.combinations(boxes, 2):
        assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@pytest.mark.parametrize(("log", "bins"), [("", 6), ("x: {log: true}", 4)])
def test_a_histogram_has_shares_that_add_up_over_common_bins(tmp_path: Path, log: str, bins: int) -> None:
    text = CDF.replace("mark: cdf", f"mark: histogram\n  bins: {bins}").replace(
        "  percentiles: [50, 99]\n", ""
    )
    text = text.replace('x: {label: ms, log: true, format: ".0f"}', log or "x: {label: ms}")
    shot = shot_of(tmp_path, text, {"waits": WAITS})
    panel = shot.params.all_panels[0]
    lines = [outline_of(panel, series, shot.tables) for series in panel.series]
    edges = [sorted({x for x, _ in line}) for line in lines]
    assert edges[0] == edges[1] and len(edges[0]) == bins + 1 and edges[0][-1] == 990.0
    for line, series in zip(lines, panel.series, strict=True):
        heights = [y for _, y in line[1:-1:2]]
        assert sum(heights) == pytest.approx(1.0)
        numbers = numbers_of(panel, series, shot.tables)
        assert heights[0] * numbers.size == pytest.approx((numbers < edges[0][1]).sum())


def test_a_heatmap_has_a_cell_for_each_row_and_brighter_ones_for_more(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, GRID, {"grid": CELLS})
    middles = {}
    for text in ("8, 4", "8, 8", "16, 4"):
        left, top, right, bottom = box_at(noted(picture, "picture", text)[0], 4.9)
        middles[text] = int(frame_at(picture, 4.9)[(top + 7 * bottom) // 8, (left + right) // 2].sum())
    assert middles["8, 4"] < middles["16, 4"] < middles["8, 8"]
    assert not noted(picture, "picture", "16, 8")
    assert {"4", "8", "16", "10", "20", "30", "tokens/s", "batch"} <= set(words_at(picture, 4.9))
    shot = shot_of(tmp_path, GRID, {"grid": CELLS})
    assert cells_of(shot.params.all_panels[0], shot.tables)["8", "8"] == (30.0, "30")


def test_bars_of_a_group_lie_above_one_another_and_numbers_behind_what_is_not_certain(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, GROUPED, {"rates": RATES}, size="1920x1080")
    a, b = (box_at(noted(picture, "data", one)[0], 4.9) for one in "AB")
    assert a[3] <= b[1] and (b[2] - b[0]) / (a[2] - a[0]) == pytest.approx(0.5, abs=0.01)
    number = box_at(noted(picture, "text", "100")[0], 4.9)
    assert number[0] > a[0] + (a[2] - a[0]) * 1.15
    shot = shot_of(tmp_path, GROUPED, {"rates": RATES})
    lanes = lanes_of(shot.params.all_panels[0], shot.tables)
    assert [lane.ranges for lane in lanes] == [((95.0, 115.0), None), ((35.0, 55.0), None)]


def test_names_lie_evenly_along_an_axis(tmp_path: Path) -> None:
    text = GROUPED.replace("mark: grouped", "mark: line").replace("value:", "x: load, y:")
    text = text.replace("x: {label: ops/s}", "x: {names: true}").replace(", values: {format: .0f}", "")
    shot = shot_of(tmp_path, text, {"rates": RATES})
    panel = shot.params.all_panels[0]
    found = points_of(panel, panel.series[0], shot.tables)
    assert [(one.x, one.y, one.low, one.high) for one in found] == [(0, 100, 95, 115), (1, 40, 35, 55)]
    assert {"fill", "read"} <= set(words_at(picture_of(tmp_path, text, {"rates": RATES}), 4))


@pytest.mark.parametrize("shot", [CDF, GRID, GROUPED, CDF.replace("mark: cdf", "mark: histogram")])
def test_matplotlib_draws_the_same_marks(tmp_path: Path, shot: str) -> None:
    text = shot.replace("  lines: [{id: slo, at: 50, label: limit}]\n", "").replace(
        ", values: {format: .0f}", ""
    )
    text = text.replace("  percentiles: [50, 99]\n", "").replace(
        "kind: chart", "kind: chart\n  engine: matplotlib"
    )
    picture = picture_of(tmp_path, text, {"waits": WAITS, "grid": CELLS, "rates": RATES})
    (tile,) = [one for one in picture.layers if one.note and one.note.kind == "picture"]
    left, top, right, bottom = box_at(tile, 4.9)
    assert right - left > 600 and bottom - top > 250


@pytest.mark.parametrize(
    ("shot", "changed", "code"),
    [
        (CDF, ("log: true", "log: true, zero: none"), "no-effect"),
        (CDF, ("x: wait, where: {system: a}", "x: system"), "not-a-number"),
        (CDF, ("{system: a}", "{system: c}"), "not-a-number"),
        (CDF, ("percentiles: [50, 99]", "bins: 4"), "no-effect"),
        (GRID, ("y: layers", "y: layer"), "unknown-column"),
        (GRID, ("x: {label: batch}", "x: {label: batch, low: 3}"), "no-effect"),
        (GROUPED, ("x: {label: ops/s}", "x: {log: true}"), "axis-cut"),
        (GROUPED, ("low: a - 5, high: a + 15", "low: a - 5"), "wrong-value"),
    ],
)
def test_what_can_not_be_drawn_is_refused(
    tmp_path: Path, shot: str, changed: tuple[str, str], code: str
) -> None:
    assert changed[0] in shot
    codes = codes_of(tmp_path, shot.replace(*changed), {"waits": WAITS, "grid": CELLS, "rates": RATES})
    assert code in codes, codes


@pytest.mark.parametrize(
    ("ticks", "scale", "left"),
    [
        (log_ticks(1, 90), Scale(1, 100, 100, 300, True), ["1", "10", "100"]),
        ([0.0, 1000.0, 2000.0, 3000.0, 4000.0], Scale(0, 4000, 100, 400), ["0", "2,000", "4,000"]),
        ([0.0, 1.0, 2.0], Scale(0, 2, 100, 700), ["0", "1", "2"]),
    ],
)
def test_ticks_that_would_touch_are_left_out(ticks: list[float], scale: Scale, left: list[str]) -> None:
    class Frame:
        width, height, fps = 1920, 1080, 30

    stage = Stage(Frame(), THEMES["ink"], 1.0)
    ticks_below(stage, scale, ticks, [f"{tick:,.0f}" for tick in ticks], 500)
    said = [one.note.text for one in stage.picture().layers if one.note]
    assert sorted(said) == sorted(left)


def test_the_ends_of_a_log_axis_are_near_the_numbers() -> None:
    assert log_ticks(17, 1900) == [10, 100, 1000, 2000]
    assert log_ticks(2, 40) == [2, 5, 10, 20, 50]
