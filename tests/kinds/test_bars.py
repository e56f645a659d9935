"""Bars: lengths, numbers and order say what the table says, at every moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from chart_shots import box_at, codes_of, frame_at, is_color, noted, picture_of, shot_of, words_at

from explainers.compositor.picture import Painter, Picture
from explainers.kinds import discover
from explainers.kinds.bars.plot import plot_of, rows_of
from explainers.kinds.base import ShotPlan, Stretch
from explainers.stage import Stage
from explainers.stage.cut import FoldingBar
from explainers.theme import INK

SPEEDS = "run,tok,score,error,n\nplain,112.75,0.832,,2160\nours,122.06,0.811,,2160\nfast,145.05,0.73,,2160\n"
SHOT = """
- id: speeds
  kind: bars
  title: Speeds
  table: speeds
  key: run
  value: tok
  unit: tokens / s
  format: .2f
  grow: 2s
  bars:
    - {row: plain, label: Plain}
    - {row: ours, label: Ours, role: ours}
    - {row: fast, label: Fast}
  beside: {value: score, heading: Score, format: .3f, warn: [fast]}
  reference: {at: 112.75}
  duration: 8s
  beats:
    - {id: grow, duration: 4s}
    - {id: compare, duration: 4s, highlight: [ours]}
"""
START_S, GROWN_S = 0.3, 3.5


def _scale_px(shot: ShotPlan, value: float) -> float:
    """The pixel at which the axis has `value`."""
    stage = Stage(shot.canvas, shot.theme, shot.duration_s)
    return plot_of(shot, stage, rows_of(shot)).axis.last(value) * stage.scale


def _end_px(picture: Picture, frame: np.ndarray, label: str) -> float:
    """Where the bright edge of a bar's end is last seen, in the rows that no dash of a line covers."""
    bar = noted(picture, "data", label)[0]
    assert isinstance(bar, FoldingBar)
    left, top, right, bottom = box_at(bar, GROWN_S)
    edge = is_color(frame[top + 20 : bottom - 20, left : right + 8], bar.coat.edge, 10)
    assert edge.any()
    return float(left + np.flatnonzero(edge.any(axis=0))[-1] + 1)


@pytest.fixture
def shot(tmp_path: Path) -> ShotPlan:
    return shot_of(tmp_path, SHOT, {"speeds": SPEEDS}, size="1920x1080")


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    return picture_of(tmp_path, SHOT, {"speeds": SPEEDS}, size="1920x1080")


def test_a_bar_ends_at_the_pixel_that_the_axis_says(shot: ShotPlan, picture: Picture) -> None:
    frame = frame_at(picture, GROWN_S)
    for label, value in (("Plain", 112.75), ("Ours", 122.06), ("Fast", 145.05)):
        assert _end_px(picture, frame, label) == pytest.approx(_scale_px(shot, value), abs=1)


def test_gridlines_stand_where_the_scale_has_their_ticks(shot: ShotPlan, picture: Picture) -> None:
    top = box_at(noted(picture, "data", "Plain")[0], GROWN_S)[1]
    row = frame_at(picture, 0)[top - 8]
    columns = np.flatnonzero(is_color(row, INK.line, 20))
    for tick in (40, 80, 120, 160):
        assert np.abs(columns - _scale_px(shot, tick)).min() <= 1


def test_a_number_comes_as_its_bar_lands_and_never_says_another_value(picture: Picture) -> None:
    for label, text in (("Plain", "112.75"), ("Ours", "122.06"), ("Fast", "145.05")):
        bar, number = noted(picture, "data", label)[0], noted(picture, "text", text)[0]
        whole = box_at(bar, GROWN_S)[2]
        shown = [t for t in np.arange(0, GROWN_S, 0.02) if (state := number.state(t)) and state[0]]
        assert {number.state(t)[0] for t in shown} == {text}  # type: ignore[index]
        assert box_at(bar, shown[0])[2] == pytest.approx(whole, abs=8)
        assert box_at(bar, shown[0] - 0.5)[2] < 0.97 * whole
        gaps = [number.state(t)[1] - box_at(bar, t)[2] for t in (shown[0], GROWN_S)]  # type: ignore[index]
        assert abs(gaps[0] - gaps[1]) <= 2 and min(gaps) >= 16


def test_the_number_at_the_end_is_the_tables_value(picture: Picture) -> None:
    for text in ("112.75", "122.06", "145.05"):
        state = noted(picture, "text", text)[0].state(GROWN_S)
        assert state[0] == text  # type: ignore[index]


def test_the_axis_is_there_from_the_start_and_never_moves(picture: Picture) -> None:
    first, last = frame_at(picture, 0), frame_at(picture, GROWN_S)
    ticks = noted(picture, "text", "120")[0]
    left, top, right, bottom = box_at(ticks, 0)
    assert box_at(ticks, GROWN_S) == (left, top, right, bottom)
    assert np.array_equal(first[top:bottom, left:right], last[top:bottom, left:right])
    assert all(noted(picture, "data", label)[0].state(0) is None for label in ("Plain", "Ours", "Fast"))


def test_no_gridline_or_dashed_line_runs_through_a_number(picture: Picture) -> None:
    frame = frame_at(picture, GROWN_S)
    for text in ("112.75", "122.06", "145.05"):
        left, top, right, bottom = box_at(noted(picture, "text", text)[0], GROWN_S)
        inside = is_color(frame[top + 4 : bottom - 4, left + 2 : right - 2], INK.line, 8)
        assert inside.mean(axis=0).max() < 0.5


def test_the_second_measure_stands_beside_each_bar_and_the_worst_is_a_warning(picture: Picture) -> None:
    scores = [noted(picture, "text", text)[0] for text in ("0.832", "0.811", "0.730")]
    rights = [box_at(one, GROWN_S)[2] for one in scores]
    assert max(rights) - min(rights) <= 2
    assert [one.note.role for one in scores if one.note] == ["text", "ours", "warn"]


def test_a_highlight_quiets_the_other_bars_and_only_while_it_lasts(tmp_path: Path) -> None:
    text = SHOT.replace("duration: 8s", "duration: 9s") + "    - {id: after, duration: 1s}\n"
    picture = picture_of(tmp_path, text, {"speeds": SPEEDS})
    plain, ours = noted(picture, "data", "Plain")[0], noted(picture, "data", "Ours")[0]
    assert [plain.state(t)[2] for t in (3.9, 5.0, 8.9)] == [1.0, 0.42, 1.0]  # type: ignore[index]
    assert [ours.state(t)[2] for t in (3.9, 5.0, 8.9)] == [1.0, 1.0, 1.0]  # type: ignore[index]


def test_no_gridline_shines_through_a_quietened_bar(picture: Picture) -> None:
    frame = frame_at(picture, 7)
    left, top, right, bottom = box_at(noted(picture, "data", "Plain")[0], 7)
    middle = frame[(top + bottom) // 2, left + 12 : right - 12].reshape(-1, 3)
    assert np.abs(np.diff(middle.astype(int), axis=0)).max() <= 4


def test_bars_can_be_sorted_by_value(tmp_path: Path) -> None:
    text = SHOT.replace("grow: 2s", "grow: 2s\n  order: descending")
    picture = picture_of(tmp_path, text, {"speeds": SPEEDS})
    tops = {
        label: box_at(noted(picture, "data", label)[0], GROWN_S)[1] for label in ("Plain", "Ours", "Fast")
    }
    assert tops["Fast"] < tops["Ours"] < tops["Plain"]


@pytest.mark.parametrize(
    ("written", "columns", "ends"),
    [("error: error", "error", (110, 130)), ("low: least\n  high: most", "least,most", (115, 140))],
)
def test_whiskers_reach_as_far_as_the_table_says_and_push_the_number_out(
    tmp_path: Path, written: str, columns: str, ends: tuple[int, int]
) -> None:
    cells = [("5", "10", "0"), ("95,105", "115,140", "150,150")]["," in columns]
    names = zip(("plain,100", "ours,120", "fast,150"), cells, strict=True)
    rows = [f"{name},1,{cell}" for name, cell in names]
    table = "\n".join([f"run,tok,score,{columns}", *rows]) + "\n"
    text = SHOT.replace("grow: 2s", f"grow: 2s\n  {written}")
    shot = shot_of(tmp_path, text, {"speeds": table}, size="1920x1080")
    picture = picture_of(tmp_path, text, {"speeds": table}, size="1920x1080")
    _, top, _, bottom = box_at(noted(picture, "data", "Ours")[0], GROWN_S)
    row = frame_at(picture, GROWN_S)[(top + bottom) // 2 + 8]
    # Off the whisker's own line only its caps are white.
    near = np.flatnonzero(is_color(row, INK.color("text"), 30))
    for value in ends:
        assert np.abs(near - _scale_px(shot, value)).min() <= 2
    number = noted(picture, "text", "120.00")[0]
    assert number.state(GROWN_S)[1] > _scale_px(shot, ends[1])  # type: ignore[index]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("low: error\n  high: score", "out-of-range"),
        ("low: score", "wrong-value"),
        ("low: score\n  high: tok\n  error: error", "wrong-value"),
        ("low: scor\n  high: tok", "unknown-column"),
    ],
)
def test_whiskers_that_miss_their_bar_or_lack_an_end_are_refused(
    tmp_path: Path, written: str, code: str
) -> None:
    table = SPEEDS.replace(",,2160", ",400,2160")
    text = SHOT.replace("grow: 2s", f"grow: 2s\n  {written}")
    assert set(codes_of(tmp_path, text, {"speeds": table})) == {code}


def test_what_bars_measure_is_joined_with_its_unit(tmp_path: Path) -> None:
    text = SHOT.replace("unit: tokens / s", "label: Throughput\n  unit: tok/s")
    assert "Throughput, tok/s" in words_at(picture_of(tmp_path, text, {"speeds": SPEEDS}), GROWN_S)


def test_sample_sizes_are_written_in_the_bars(tmp_path: Path) -> None:
    text = SHOT.replace("grow: 2s", "grow: 2s\n  n: n")
    assert words_at(picture_of(tmp_path, text, {"speeds": SPEEDS}), GROWN_S).count("n = 2,160") == 3


@pytest.mark.parametrize("size", ["960x540", "540x540", "540x960"])
def test_no_bar_label_or_number_leaves_the_frame_or_meets_another(tmp_path: Path, size: str) -> None:
    picture = picture_of(tmp_path, SHOT, {"speeds": SPEEDS}, size=size)
    names = ("Plain", "Ours", "Fast", "112.75", "122.06", "145.05", "0.832", "0.811", "0.730")
    boxes = {
        name: box_at(noted(picture, "text", name)[0], GROWN_S)
        for name in (*names, "tokens / s", "0", "Score")
    }
    for name, (left, top, right, bottom) in boxes.items():
        assert left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height, name
    for name, one in boxes.items():
        for other_name, other in boxes.items():
            if name < other_name:
                # Two pixels of every box are air.
                apart = (
                    one[2] <= other[0] + 4
                    or other[2] <= one[0] + 4
                    or one[3] <= other[1] + 4
                    or other[3] <= one[1] + 4
                )
                assert apart, (name, other_name)


def test_frames_in_sequence_are_the_frames_asked_for_alone(picture: Picture) -> None:
    painter = Painter(picture)
    for frame in range(0, 140):
        painter.paint(frame)
        if frame in (20, 45, 75, 130):
            assert np.array_equal(painter.pixels[:, :, 2::-1], frame_at(picture, frame / picture.fps))


def test_growing_bars_paint_again_only_a_small_part_of_the_frame(picture: Picture) -> None:
    painter = Painter(picture)
    for frame in range(0, 36):
        dirty = painter.paint(frame)
    assert 0 < sum(rect.area for rect in dirty) < 0.35 * picture.width * picture.height


def test_what_the_table_lacks_is_a_mistake_with_a_code(tmp_path: Path) -> None:
    tables = {"speeds": SPEEDS}
    assert codes_of(tmp_path, SHOT.replace("row: ours", "row: hours"), tables)[:1] == ["no-such-row"]
    assert "unknown-column" in codes_of(tmp_path, SHOT.replace("value: tok", "value: tokk"), tables)
    assert codes_of(tmp_path, SHOT.replace("highlight: [ours]", "highlight: [our]"), tables) == [
        "unknown-name"
    ]
    negative = {"speeds": SPEEDS.replace("122.06", "-5")}
    assert codes_of(tmp_path, SHOT, negative) == ["not-a-number"]


def test_the_kind_asks_for_the_time_its_bars_take() -> None:
    bars = discover()["bars"]
    params = bars.params.model_validate(
        {
            "table": "t",
            "key": "k",
            "value": "v",
            "unit": "u",
            "bars": [{"row": "a", "label": "A"}],
            "grow": "2s",
        }
    )
    plan = ShotPlan("v", "s", "bars", 0, Stretch(640, 360, 15), INK, params)
    assert bars.duration_s(plan) == pytest.approx(0.3 + 2.0 + 1.2)
