"""Bars on a cut axis, brackets, dots beside them, parts and strokes."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from chart_shots import box_at, codes_of, frame_at, noted, picture_of, shot_of, words_at

from explainers.compositor.layer import Layer, Track
from explainers.compositor.picture import Painter, Picture
from explainers.errors import InvalidInput
from explainers.kinds.bars import times_of
from explainers.stage.brackets import difference
from explainers.stage.cut import Folding, FoldingBar, GridLayer
from explainers.timing import BRACKET_S, FOLD_S

RATES = "run,rate,score\nplain,112.75,0.832\nvote,112.58,0.831\nours,122.06,0.811\nfast,145.05,0.73\n"
SHOT = """
- id: rates
  kind: bars
  layout: picture
  table: rates
  key: run
  value: rate
  unit: units/s
  format: .2f
  cut: 100
  bars:
    - {row: plain, label: Plain}
    - {row: vote, label: Vote}
    - {row: ours, label: Ours, role: ours}
    - {row: fast, label: Fast, hatched: true}
  bracket: {from: plain, to: ours, words: "more units a second\\nthan plain"}
  beside:
    {value: score, heading: Score, format: .3f, warn: [fast],
     dots: {ticks: [0.72, 0.78, 0.84], from: plain, change: .1%}}
"""
TABLES = {"rates": RATES}
SPLIT = """
- id: split
  kind: bars
  table: ways
  key: run
  unit: where it went
  format: .1%
  parts:
    - {value: out / all, label: left, role: exit}
    - {value: pushed / all, label: pushed out, role: warn, hatched: true}
    - {value: (all - out - pushed) / all, label: stayed}
  bars: [{row: any, label: Any}, {row: ours, label: Ours, role: ours}]
"""
WAYS = {"ways": "run,out,pushed,all\nany,70,25,100\nours,30,0,100\n"}


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    return picture_of(tmp_path, SHOT, TABLES)


def _bar(picture: Picture, label: str) -> FoldingBar:
    bar = noted(picture, "data", label)[0]
    assert isinstance(bar, FoldingBar)
    return bar


def _piece(picture: Picture, name: str, label: str) -> FoldingBar:
    """The part or stroke of a row by its label."""
    return next(
        one
        for one in picture.layers
        if isinstance(one, FoldingBar) and one.name == name and one.note and one.note.text == label
    )


def _end(bar: Layer, t: float) -> float:
    return bar.state(t)[1]  # type: ignore[index]


def test_an_axis_is_whole_until_it_folds_and_its_bars_end_where_it_says(tmp_path: Path) -> None:
    shot, picture = shot_of(tmp_path, SHOT, TABLES), picture_of(tmp_path, SHOT, TABLES)
    times = times_of(shot)
    assert times.fold is not None
    values = {"Plain": 112.75, "Vote": 112.58, "Ours": 122.06, "Fast": 145.05}
    for label, value in values.items():
        bar = _bar(picture, label)
        # Before the fold lengths are to each other as the values are, from zero.
        length = _end(bar, times.fold - 0.1) - bar.axis.start * bar.scale
        whole = (bar.axis.end - bar.axis.start) * bar.scale * value / bar.axis.high
        assert length == pytest.approx(whole, abs=1)
        assert _end(bar, times.settled + 0.1) == pytest.approx(bar.axis.folded(value) * bar.scale, abs=1)
        assert not bar.state(times.fold - 0.1)[3] and bar.state(times.settled + 0.1)[3][1] == 1.0  # type: ignore[index]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("cut,high", [(100.0, 150.0), (1.0, 9.0), (0.5, 0.6)])
def test_at_every_moment_of_a_fold_a_larger_value_lies_further_out(
    share: float, cut: float, high: float
) -> None:
    axis = Folding(high, 100.0, 900.0, cut, 88.0, Track(share))
    places = [axis.at(high * i / 50, 0.0) for i in range(51)]
    assert all(one < two for one, two in itertools.pairwise(places))
    assert places[0] == 100.0 and places[-1] == pytest.approx(900.0)


def test_a_cut_is_said_three_times(picture: Picture) -> None:
    end = picture.duration_frames / picture.fps - 0.1
    assert {"axis cut at 100", "0", "100", "110"} <= set(words_at(picture, end))
    assert "axis cut at 100" not in words_at(picture, 0.5)
    assert "50" in words_at(picture, 0.5) and "110" not in words_at(picture, 0.5)
    # Through every bar the ground is seen between the two strokes.
    for label in ("Plain", "Vote", "Ours", "Fast"):
        bar = _bar(picture, label)
        (x, _), (_, top, _, bottom) = bar.state(end)[3], bar.covered(bar.state(end))  # type: ignore[index]
        middle = frame_at(picture, end)[(top + bottom) // 2, round(x)]
        solid = frame_at(picture, 1.5)[(top + bottom) // 2, round(x)]
        assert np.abs(middle.astype(int) - solid).max() > 25


def test_numbers_ride_on_their_bars_while_the_axis_folds(tmp_path: Path) -> None:
    times, picture = times_of(shot_of(tmp_path, SHOT, TABLES)), picture_of(tmp_path, SHOT, TABLES)
    assert times.fold is not None
    bar, number = _bar(picture, "Ours"), noted(picture, "text", "122.06")[0]
    gaps = [
        number.state(times.fold + FOLD_S * i / 8)[1] - _end(bar, times.fold + FOLD_S * i / 8)
        for i in range(9)
    ]  # type: ignore[index]
    assert max(gaps) - min(gaps) <= 2


def test_gridlines_stop_at_bars_and_numbers_and_are_whole_between_them(picture: Picture) -> None:
    end = picture.duration_frames / picture.fps - 0.1
    things = [_bar(picture, "Fast").covered(_bar(picture, "Fast").state(end))]
    things.append(noted(picture, "text", "112.75")[0].box(noted(picture, "text", "112.75")[0].state(end)))
    crossed = 0
    for line in (one for one in picture.layers if isinstance(one, GridLayer)):
        if (state := line.state(end)) is None or not line.around:
            continue
        for thing in (one for one in things if one.meets(state[0])):  # type: ignore[index]
            crossed += 1
            assert any(top <= thing.top and thing.bottom <= bottom for top, bottom in state[2])  # type: ignore[index]
    assert crossed >= 3


def test_a_bracket_computes_its_number_and_comes_after_the_bars(tmp_path: Path) -> None:
    times, picture = times_of(shot_of(tmp_path, SHOT, TABLES)), picture_of(tmp_path, SHOT, TABLES)
    text = difference(112.75, 122.06, "+.1%")
    assert text == "+8.3\u202f%"
    assert text not in words_at(picture, times.settled)
    assert {text, "than plain"} <= set(words_at(picture, times.bracket + BRACKET_S + 0.3))
    absolute = SHOT.replace("to: ours,", "to: ours, format: +.1f,")
    assert "+9.3" in words_at(picture_of(tmp_path / "b", absolute, TABLES), 9)


@pytest.mark.parametrize(
    "ends", [("plain", "ours"), ("ours", "plain"), ("fast", "plain"), ("vote", "ours"), ("vote", "fast")]
)
@pytest.mark.parametrize("size", ["960x540", "540x540", "540x960"])
def test_what_stands_in_free_space_meets_nothing(tmp_path: Path, ends: tuple[str, str], size: str) -> None:
    text = SHOT.replace("from: plain, to: ours,", f"from: {ends[0]}, to: {ends[1]},")
    picture = picture_of(tmp_path, text, TABLES, size=size)
    end = picture.duration_frames / picture.fps - 0.05
    boxes = [(one.note.text, box_at(one, end)) for one in picture.layers if _is_word(one, end) and one.note]
    for name, (left, top, right, bottom) in boxes:
        assert left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height, name
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        # Two pixels of every box are air, and a box is a line high.
        apart = a[2] <= b[0] + 4 or b[2] <= a[0] + 4 or a[3] <= b[1] + 5 or b[3] <= a[1] + 5
        assert apart, (one, other)


def test_a_number_stands_on_its_bracket_where_nothing_is_free_beyond_the_longer_bar(tmp_path: Path) -> None:
    text = SHOT.replace("to: ours,", "to: fast,").replace("from: plain, to: fast,", "from: vote, to: fast,")
    text = text.split("  beside")[0].replace("layout: picture", "layout: {place: bleed, share: 0.9}")
    text = text.replace("row: ours, label: Ours, role: ours", "row: ours, label: Ours")
    picture = picture_of(tmp_path, text, TABLES, size="960x540")
    end = picture.duration_frames / picture.fps - 0.05
    bars = {one.name: box_at(one, end) for one in picture.layers if one.part == "bar"}
    number = box_at(noted(picture, "text", difference(112.58, 145.05, "+.1%"))[0], end)
    assert bars["vote"][2] < number[0] and number[2] < bars["fast"][2] and number[3] < bars["fast"][1]
    # No room is kept free over all bars.
    assert bars["plain"][1] < 0.2 * picture.height


def _is_word(layer: Layer, t: float) -> bool:
    return bool(layer.note and layer.note.kind == "text" and layer.state(t) is not None)


def test_a_dot_is_at_its_own_value_from_its_first_frame(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, SHOT, TABLES)
    frames = [frame / picture.fps for frame in range(picture.duration_frames)]
    rests: dict[str, float] = {}
    for name in ("plain", "vote", "ours", "fast"):
        dots = [one for one in picture.layers if one.name == name and one.part == "dot"]
        places = [{box_at(one, t) for t in frames if one.state(t) is not None} for one in dots]
        assert dots and all(len(some) == 1 for some in places), name
        left, _, right, _ = places[0].pop()
        rests[name] = (left + right) / 2
    # The scale is even: dots are as far apart as their values.
    shares = (rests["plain"] - rests["ours"]) / (rests["plain"] - rests["fast"])
    assert shares == pytest.approx((0.832 - 0.811) / (0.832 - 0.73), abs=0.02)
    end = frames[-1] - 0.1
    assert difference(0.832, 0.73, ".1%") in words_at(picture, end)
    way = next(one for one in picture.layers if one.name == "fast" and one.part == "way")
    dot = next(one for one in picture.layers if one.name == "fast" and one.part == "dot")
    came = [next(t for t in frames if one.state(t) is not None) for one in (way, dot)]
    assert came[0] < came[1], "the way is drawn before the dot comes"


def test_a_loss_has_the_colour_that_the_author_says(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, SHOT.replace("to: ours,", "to: ours, role: warn,"), TABLES)
    number = noted(picture, "text", "+8.3\u202f%")[0]
    assert number.note and number.note.role == "warn"


def test_standing_bars_are_there_at_the_first_frame(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, SHOT.replace("cut: 100", "cut: 100\n  standing: [plain, ours]"), TABLES)
    there = {label: _bar(picture, label).state(0) is not None for label in ("Plain", "Vote", "Ours", "Fast")}
    assert there == {"Plain": True, "Vote": False, "Ours": True, "Fast": False}
    assert {"112.75", "122.06"} <= set(words_at(picture, 0)) and "145.05" not in words_at(picture, 0)


def test_everything_of_a_row_carries_its_name(picture: Picture) -> None:
    parts = {one.part for one in picture.layers if one.name == "ours"}
    assert {"bar", "label", "value", "dot", "light"} <= parts
    assert all(one.name for one in picture.layers)


@pytest.mark.parametrize("theme", ["ink", "paper"])
def test_frames_in_sequence_are_the_frames_drawn_alone(tmp_path: Path, theme: str) -> None:
    picture = picture_of(tmp_path, SHOT, TABLES, theme=theme)
    painter, looked = Painter(picture), {12, 55, 62, 70, 90, 100, 110, 150, 190, 230}
    for frame in range(max(looked) + 1):
        painter.paint(frame)
        if frame in looked:
            assert np.array_equal(painter.pixels[:, :, 2::-1], frame_at(picture, frame / picture.fps)), frame


# -- parts and strokes -------------------------------------------------------------------------


def test_parts_follow_one_another_and_say_what_they_are(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, SPLIT, WAYS)
    left, pushed, stayed = (_piece(picture, "any", label) for label in ("left", "pushed out", "stayed"))
    assert left.state(2)[1] == pushed.state(2)[0] and pushed.state(2)[1] == stayed.state(2)[0]  # type: ignore[index]
    words = words_at(picture, 2.5)
    assert {"70.0\u202f%", "left", "25.0\u202f%", "pushed out"} <= set(words)
    # A part of zero has no length and is said; the axis ends where the author says.
    assert "0.0\u202f% pushed out" in words and "100\u202f%" in words and "125\u202f%" not in words
    assert not _piece(picture, "ours", "pushed out").state(2)


def test_words_over_narrow_parts_are_left_out_where_the_author_says(tmp_path: Path) -> None:
    text = SPLIT.replace("label: Ours,", "label: Ours, flags: false,")
    said, silent = (words_at(picture_of(tmp_path, one, WAYS), 2.5) for one in (SPLIT, text))
    assert set(said) - set(silent) == {"0.0\u202f% pushed out"}


def test_an_empty_cell_is_refused_and_never_drawn_as_zero(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="pushed"):
        shot_of(tmp_path, SPLIT, {"ways": WAYS["ways"].replace("ours,30,0,", "ours,30,,")})


def test_words_go_from_a_part_that_is_quietened(tmp_path: Path) -> None:
    text = SPLIT + "  beats:\n    - {id: a, duration: 3s}\n    - {id: b, duration: 3s, highlight: [ours]}\n"
    picture = picture_of(tmp_path, text, WAYS)
    assert "25.0\u202f%" in words_at(picture, 2.5) and "25.0\u202f%" not in words_at(picture, 5)


def test_strokes_stand_above_one_another_on_one_axis(tmp_path: Path) -> None:
    text = SHOT.split("  bracket")[0].replace(
        "value: rate", "strokes: [{value: rate, label: mean}, {value: rate + 9, label: most}]"
    )
    picture = picture_of(tmp_path, text, TABLES)
    mean, most = _piece(picture, "ours", "mean"), _piece(picture, "ours", "most")
    assert mean.lane.bottom < most.lane.top and _end(mean, 5) < _end(most, 5)
    assert {"122.06", "131.06", "mean", "most"} <= set(words_at(picture, 5))


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "old,new,code",
    [
        ("cut: 100", "cut: 113", "out-of-range"),
        ("cut: 100", "cut: -1", "out-of-range"),
        ("from: plain, to", "from: plane, to", "unknown-name"),
        ("to: ours", "to: hours", "unknown-name"),
        ("to: ours", "to: plain", "no-effect"),
        ("from: plain, change", "from: plane, change", "unknown-name"),
        ("[0.72, 0.78, 0.84]", "[0.72, 0.78, 0.82]", "out-of-range"),
        ("[0.72, 0.78, 0.84]", "[0.84, 0.78, 0.72]", "wrong-order"),
        ("warn: [fast],", "", "no-effect"),
        ("cut: 100", "cut: 100\n  standing: [plane]", "unknown-name"),
        ("cut: 100", "cut: 100\n  axis_max: 120", "no-effect"),
        ("value: rate", "value: rate\n  parts: [{value: rate, label: a}]", "invalid"),
    ],
)
def test_what_no_bar_can_show_is_refused(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in SHOT
    codes = codes_of(tmp_path, SHOT.replace(old, new, 1), TABLES)
    assert code in codes or (code == "invalid" and codes), codes


def test_beats_bring_only_what_there_is(tmp_path: Path) -> None:
    bare = SHOT.split("  cut: 100")[0] + "  bars: [{row: plain, label: Plain}]\n"
    for key in ("cut", "bracket", "beside"):
        beats = f"  beats:\n    - {{id: one, duration: 2s, {key}: true}}\n"
        assert codes_of(tmp_path / key, bare + beats, TABLES) == ["no-effect"]


def test_a_share_of_zero_is_refused(tmp_path: Path) -> None:
    text = SHOT.replace("  cut: 100\n", "")
    assert codes_of(tmp_path, text, {"rates": RATES.replace("plain,112.75", "plain,0")}) == ["not-a-number"]
