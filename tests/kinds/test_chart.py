"""Charts: dots, lines and stacks lie where the axes say, come with their beats, and cut axes are marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from chart_shots import box_at, codes_of, frame_at, is_color, noted, picture_of, shot_of, words_at
from small import judged

from explainers.compositor.layer import Layer
from explainers.compositor.picture import Painter, Picture, still
from explainers.errors import RenderFailed
from explainers.kinds import discover, draw
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.stage.brackets import BracketLayer, difference
from explainers.theme import INK, THEMES

PAIRS = """pair,label,off,ours,off_s,ours_s,n
a,"First, long",100,108.3,10,9.5,2160
b,Second,100,103.3,10,11,500
c,Third,100,100.4,10,10.8,100
"""
DOTS = """
- id: range
  kind: chart
  mark: dots
  table: pairs
  key: pair
  label: label
  n: n
  x: {label: gain, format: .0%, ticks: [0, 0.04, 0.08, 0.12]}
  series:
    - {id: gains, value: ours / off - 1, role: ours, hollow: [b], values: {format: +.1%}}
  bands:
    - {id: claim, low: 0.02, high: 0.12, label: the claim}
  beside: {value: ours_s / off_s - 1, heading: ends, format: .1%, signs: [sooner, later]}
  duration: 9s
  beats:
    - {id: one, duration: 2s}
    - {id: two, duration: 4s, show: [gains]}
    - {id: three, duration: 3s, show: [beside], note: {row: b, text: few exits}}
"""
SWEEP = "alpha,tok,wait\n0.01,128,19.5\n1,118,16.3\n2,115,13.8\n"
SCATTER = """
- id: sweep
  kind: chart
  mark: scatter
  table: sweep
  key: alpha
  x: {label: "wait, s", low: 12, high: 20}
  y: {label: tokens / s, low: 110, high: 130}
  series:
    - {id: s, role: ours, x: wait, y: tok, path: true, values: {value: alpha, before: "α = "}}
  duration: 5s
"""


def _center(layer: Layer, seconds: float) -> tuple[float, float]:
    left, top, right, bottom = box_at(layer, seconds)
    return (left + right) / 2, (top + bottom) / 2


def _tick_x(picture: Picture, text: str) -> float:
    """The middle of a tick's words, which stand under their gridline."""
    return _center(noted(picture, "text", text)[0], 0)[0]


def _by_state(picture: Picture, label: str) -> Layer:
    return noted(picture, "data", label)[0]


def test_dots_lie_at_their_values_on_the_axis(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, DOTS, {"pairs": PAIRS}, size="1920x1080")
    zero, eight = _tick_x(picture, "0\u202f%"), _tick_x(picture, "8\u202f%")
    for label, gain in (("First, long", 0.083), ("Second", 0.033), ("Third", 0.004)):
        # The words under a gridline are centred by their ink, so a pixel more is allowed here.
        expected = zero + (eight - zero) * gain / 0.08
        assert _center(_by_state(picture, label), 8)[0] == pytest.approx(expected, abs=2)


def test_a_full_dot_is_solid_and_a_careful_one_is_a_ring(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, DOTS, {"pairs": PAIRS}, size="1920x1080")
    frame = frame_at(picture, 8)
    solid, ring = (_center(_by_state(picture, label), 8) for label in ("First, long", "Second"))
    assert is_color(frame[int(solid[1]), int(solid[0])], INK.color("ours"), 4)
    # A ring shows what lies under it, and its stem ends at it.
    assert not is_color(frame[int(ring[1]), int(ring[0]) - 5 : int(ring[0]) + 6], INK.color("ours"), 60).any()
    assert is_color(frame[int(ring[1]), int(ring[0]) + 14], INK.color("ours"), 4)


def test_dots_come_one_after_another_with_their_beat(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, DOTS, {"pairs": PAIRS})
    dots = [_by_state(picture, label) for label in ("First, long", "Second", "Third")]
    assert all(dot.state(1.9) is None for dot in dots)
    assert [dot.state(2.6) is not None for dot in dots] == [True, False, False]
    assert all(dot.state(5.9) is not None for dot in dots)


def test_numbers_beside_take_their_colour_from_their_sign_and_rows_their_names(tmp_path: Path) -> None:
    text = DOTS.replace("signs: [sooner, later]", "signs: [sooner, later], roles: [exit, warn]")
    picture = picture_of(tmp_path, text, {"pairs": PAIRS})
    roles = {
        one.note.text.split()[-1]: one.note.role
        for one in picture.layers
        if one.part == "beside" and one.note
    }
    assert roles == {"sooner": "exit", "later": "warn"}
    assert {"label", "dot", "value", "bar", "beside"} <= {
        one.part for one in picture.layers if one.name == "b"
    }


def test_words_of_a_beat_come_with_it_and_stay(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, DOTS, {"pairs": PAIRS})
    later = {"few exits", "ends", "5.0\u202f% sooner", "10.0\u202f% later", "8.0\u202f% later"}
    assert not later & set(words_at(picture, 5.9))
    assert later <= set(words_at(picture, 8.9))
    assert {"the claim", "First, long", "2,160", "n"} <= set(words_at(picture, 1.5))


def test_a_band_covers_the_values_it_names(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, DOTS, {"pairs": PAIRS}, size="1920x1080")
    left, _, right, _ = box_at(noted(picture, "data", "the claim")[0], 1.9)
    zero, twelve = _tick_x(picture, "0\u202f%"), _tick_x(picture, "12\u202f%")
    assert right == pytest.approx(twelve, abs=4)
    assert left == pytest.approx(zero + (twelve - zero) / 6, abs=4)


def test_scatter_points_lie_where_both_axes_say(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, SCATTER, {"sweep": SWEEP}, size="1920x1080")
    frame = frame_at(picture, 4.5)
    xs = {text: _tick_x(picture, text) for text in ("12", "20")}
    ys = {text: _center(noted(picture, "text", text)[0], 0)[1] for text in ("110", "130")}
    for tok, wait in ((128, 19.5), (118, 16.3), (115, 13.8)):
        x = xs["12"] + (xs["20"] - xs["12"]) * (wait - 12) / 8
        y = ys["110"] + (ys["130"] - ys["110"]) * (tok - 110) / 20
        around = is_color(
            frame[round(y) - 16 : round(y) + 17, round(x) - 16 : round(x) + 17], INK.color("ours"), 4
        )
        rows, columns = np.nonzero(around)
        assert columns.mean() == pytest.approx(16, abs=2)
        assert rows.mean() == pytest.approx(16, abs=2)


def test_an_axis_that_does_not_begin_at_zero_says_so_in_words(tmp_path: Path) -> None:
    said = words_at(picture_of(tmp_path, SCATTER, {"sweep": SWEEP}), 4)
    assert "tokens / s, axis starts at 110" in said
    assert "wait, s, axis starts at 12" in said


def test_an_axis_begins_at_zero_where_nothing_is_written(tmp_path: Path) -> None:
    text = SCATTER.replace(", low: 12, high: 20", "").replace(", low: 110, high: 130", "")
    said = words_at(picture_of(tmp_path, text, {"sweep": SWEEP}), 4)
    assert said.count("0") == 2
    assert not any("axis starts" in one for one in said)


def test_years_need_no_mark_and_no_separators(tmp_path: Path) -> None:
    text = SCATTER.replace('x: {label: "wait, s", low: 12, high: 20}', "x: {label: year, zero: none}")
    picture = picture_of(tmp_path, text, {"sweep": "alpha,tok,wait\n1,118,2019\n2,115,2024\n"})
    said = words_at(picture, 4)
    assert "year" in said and "2020" in said


def test_a_change_around_zero_is_no_cut_axis(tmp_path: Path) -> None:
    text = DOTS.replace("ticks: [0, 0.04, 0.08, 0.12]", "low: -0.2")
    picture = picture_of(tmp_path, text, {"pairs": PAIRS.replace("108.3", "88")})
    assert not any("axis starts" in one for one in words_at(picture, 8))


LINES = """
- id: lines
  kind: chart
  mark: line
  table: scaling
  key: batch
  x: {label: batch}
  y: {label: tokens / s}
  series:
    - {id: plain, label: Plain, x: batch, y: plain}
    - {id: ours, label: Ours, role: ours, x: batch, y: ours}
  duration: 8s
  beats:
    - {id: one, duration: 4s, show: [plain]}
    - {id: two, duration: 4s, show: [ours], highlight: [ours]}
"""
SCALING = "batch,plain,ours\n0,0,0\n10,100,200\n20,200,400\n"


def test_a_line_is_drawn_on_from_its_first_point_to_its_last(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, LINES, {"scaling": SCALING}, size="1920x1080")
    line = _by_state(picture, "Ours")
    assert line.state(4.2) is None
    start, middle, end = (box_at(line, t) for t in (4.5, 4.3 + 0.75, 7))
    assert start[2] < middle[2] < end[2]
    # Halfway in time an eased line is halfway in length.
    assert middle[2] - start[0] == pytest.approx((end[2] - start[0]) / 2, abs=6)
    assert end[1] == pytest.approx(_center(noted(picture, "text", "400")[0], 0)[1], abs=6)


def test_a_series_is_named_at_its_end_when_it_is_there(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, LINES, {"scaling": SCALING})
    assert "Plain" in words_at(picture, 3.9) and "Ours" not in words_at(picture, 5)
    name, line = noted(picture, "text", "Ours")[0], _by_state(picture, "Ours")
    assert 0 < box_at(name, 7)[0] - box_at(line, 7)[2] < 30


def test_a_highlighted_series_stays_bright_and_the_other_is_quiet(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, LINES, {"scaling": SCALING})
    assert _by_state(picture, "Plain").state(7)[1] == 0.42  # type: ignore[index]
    assert _by_state(picture, "Ours").state(7)[1] == 1.0  # type: ignore[index]


STACKED = """
- id: parts
  kind: chart
  mark: stacked
  table: parts
  key: stage
  x: {label: seconds}
  series:
    - {label: Compute, value: compute, role: accent}
    - {label: Wait, value: wait, role: stay}
  duration: 6s
"""
PARTS = "stage,compute,wait\nprefill,4,2\ndecode,8,4\n"


def test_parts_of_a_stack_follow_each_other_and_end_at_their_sum(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, STACKED, {"parts": PARTS}, size="1920x1080")
    zero, twelve = _tick_x(picture, "0"), _tick_x(picture, "12")
    compute = box_at(_by_state(picture, "decode Compute"), 5)
    wait = box_at(_by_state(picture, "decode Wait"), 5)
    assert compute[0] == pytest.approx(zero, abs=2)
    assert compute[2] == wait[0] == pytest.approx(zero + (twelve - zero) * 8 / 12, abs=2)
    assert wait[2] == pytest.approx(twelve, abs=2)


def test_the_number_of_a_single_bar_is_there_once_it_has_landed(tmp_path: Path) -> None:
    text = STACKED.replace("    - {label: Wait, value: wait, role: stay}\n", "").replace(
        "role: accent", "values: {format: .1f}"
    )
    picture = picture_of(tmp_path, text, {"parts": PARTS})
    number = noted(picture, "text", "8.0")[0]
    assert [number.state(t) is not None for t in (0.9, 1.2, 3)] == [False, False, True]


def test_panels_stand_side_by_side_or_below_each_other_by_their_columns() -> None:
    from explainers.kinds.chart.draw import boxes_of
    from explainers.kinds.chart.params import Panel
    from explainers.stage import Box

    def panel(column: int | None, share: float = 1.0) -> Panel:
        return Panel.model_validate(
            {
                "mark": "dots",
                "table": "t",
                "key": "k",
                "series": [{"value": "v"}],
                "column": column,
                "share": share,
            }
        )

    body = Box(0, 0, 1728, 700)
    one, two, three = boxes_of((panel(1), panel(1), panel(3)), body, [])
    assert one.left == two.left and one.bottom < two.top and three.left > one.right
    assert one.right == two.right and three.right == 1728
    narrow = boxes_of((panel(1), panel(1), panel(3)), body, [1, 1, 2])
    assert [box.left for box in narrow] == [0, 0, 0]


def test_matplotlib_draws_the_same_panel_in_the_themes_colours(tmp_path: Path) -> None:
    text = LINES.replace("mark: line", "mark: line\n  engine: matplotlib")
    for theme in ("ink", "paper"):
        picture = picture_of(tmp_path, text, {"scaling": SCALING}, theme=theme)
        frame = frame_at(picture, 3)
        assert is_color(frame, THEMES[theme].color("ours"), 20).sum() > 200
        assert (frame == picture.background[:, :, 2::-1]).all(axis=2).mean() > 0.8


def test_matplotlib_gives_the_same_pixels_twice(tmp_path: Path) -> None:
    text = LINES.replace("mark: line", "mark: line\n  engine: matplotlib")
    one, two = (picture_of(tmp_path, text, {"scaling": SCALING}) for _ in range(2))
    frames = [frame_at(picture, 3) for picture in (one, two)]
    assert np.array_equal(*frames)


def test_matplotlib_draws_a_dollar_as_a_dollar_and_no_mathematics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object) -> None:
        raise AssertionError("a label was read as mathematics")

    monkeypatch.setattr("matplotlib.mathtext.MathTextParser.parse", parse)
    text = LINES.replace("mark: line", "mark: line\n  engine: matplotlib").replace(
        "label: Plain", "label: $x^2$"
    )
    assert "$x^2$" in text
    assert picture_of(tmp_path, text, {"scaling": SCALING}).layers


def test_matplotlib_refuses_letters_it_would_not_join_or_turn(tmp_path: Path) -> None:
    text = LINES.replace("label: Plain", "label: مرحبا")
    assert picture_of(tmp_path, text, {"scaling": SCALING}).layers
    with pytest.raises(RenderFailed, match="has only Inter's letters"):
        picture_of(
            tmp_path, text.replace("mark: line", "mark: line\n  engine: matplotlib"), {"scaling": SCALING}
        )


@pytest.mark.parametrize(
    ("text", "table"), [(DOTS, "pairs"), (SCATTER, "sweep"), (LINES, "scaling"), (STACKED, "parts")]
)
def test_frames_in_sequence_are_the_frames_asked_for_alone(tmp_path: Path, text: str, table: str) -> None:
    tables = {"pairs": PAIRS, "sweep": SWEEP, "scaling": SCALING, "parts": PARTS}
    picture = picture_of(tmp_path, text, {table: tables[table]}, size="640x360")
    painter = Painter(picture)
    for frame in range(picture.duration_frames):
        painter.paint(frame)
        if frame % 17 == 0:
            alone = frame_at(picture, frame / picture.fps)
            assert np.array_equal(painter.pixels[:, :, 2::-1], alone), f"frame {frame}"


@pytest.mark.parametrize("size", ["960x540", "540x540", "540x960"])
def test_all_words_are_inside_the_frame_in_every_format(tmp_path: Path, size: str) -> None:
    for text, tables in ((DOTS, {"pairs": PAIRS}), (SCATTER, {"sweep": SWEEP}), (STACKED, {"parts": PARTS})):
        picture = picture_of(tmp_path, text, tables, size=size)
        end = picture.duration_frames / picture.fps - 0.1
        for layer in picture.layers:
            if layer.note and layer.note.kind == "text" and "made up" not in layer.note.text:
                left, top, right, bottom = box_at(layer, end)
                assert left >= 0 and top >= 0, layer.note.text
                assert right <= picture.width and bottom <= picture.height, layer.note.text


def test_what_can_not_be_drawn_is_a_mistake_with_a_code(tmp_path: Path) -> None:
    pairs = {"pairs": PAIRS}
    assert codes_of(tmp_path, DOTS.replace("key: pair", "key: pear"), pairs) == ["unknown-column"]
    assert codes_of(tmp_path, DOTS.replace("ours / off", "ours / of"), pairs) == ["unknown-column"]
    assert codes_of(tmp_path, DOTS.replace("show: [gains]", "show: [gain]"), pairs) == ["unknown-name"]
    assert codes_of(tmp_path, STACKED.replace("label: seconds", "low: 1"), {"parts": PARTS}) == ["axis-cut"]
    backwards = SCATTER.replace("low: 12, high: 20", "low: 20, high: 12")
    assert codes_of(tmp_path, backwards, {"sweep": SWEEP}) == ["out-of-range"]
    assert codes_of(tmp_path, DOTS.replace("  key: pair\n", ""), pairs) == ["wrong-value"]


@pytest.mark.parametrize("name", ["bars", "chart"])
def test_the_example_can_be_drawn_and_moves(tmp_path: Path, name: str) -> None:
    kind = discover()[name]
    files = {f"assets/v/{path}": text for path, text in kind.example_files.items()}
    files |= {"pyproject.toml": "[tool.explainers]\n", "scenes/v/storyboard.yaml": kind.example}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    for shot in load_plan(find_project(tmp_path), "v", quality="draft").shots:
        picture = draw(shot)
        seen = [
            still(picture, frame) for frame in (0, picture.duration_frames // 2, picture.duration_frames - 1)
        ]
        assert (seen[0] != seen[1]).any() and (seen[1] != seen[2]).any()


_AT_SERIES = {DOTS: "{id: gains, ", SCATTER: "{id: s, ", LINES: "{id: plain, ", STACKED: "{label: Compute, "}
_TABLES = {"pairs": PAIRS, "sweep": SWEEP, "scaling": SCALING, "parts": PARTS}


@pytest.mark.parametrize(
    ("shot", "panel", "series", "code"),
    [
        (DOTS, "y: {label: no}", "", "no-effect"),
        (DOTS, "column: 2", "", "no-effect"),
        (DOTS, "share: 2", "", "no-effect"),
        (DOTS, "", "x: off", "no-effect"),
        (DOTS, "", "where: {pair: a}", "no-effect"),
        (DOTS, "", "path: true", "no-effect"),
        (DOTS, "lines: [{axis: y, at: 0.1}]", "", "no-such-axis"),
        (SCATTER, "n: tok", "", "no-effect"),
        (SCATTER, "stems: false", "", "no-effect"),
        (SCATTER, "order: descending", "", "no-effect"),
        (SCATTER, "label: alpha", "", "no-effect"),
        (SCATTER, "rows: [{row: '1'}]", "", "no-effect"),
        (SCATTER, "beside: {value: tok, heading: H}", "", "no-effect"),
        (SCATTER, "", "points: true", "no-effect"),
        (SCATTER, "", "value: tok", "no-effect"),
        (SCATTER, "", "hollow: ['7']", "unknown-name"),
        (LINES, "", "hollow: ['10']", "no-effect"),
        (LINES, "", "values: {rows: ['11']}", "unknown-name"),
        (LINES, "engine: matplotlib", "points: true", "no-effect"),
        (LINES, "engine: matplotlib\n  lines: [{at: 10}]", "", "no-effect"),
        (STACKED, "stems: true", "", "no-effect"),
        (STACKED, "", "hollow: [decode]", "no-effect"),
        (STACKED, "", "values: {side: left}", "no-effect"),
        (STACKED, "beside: {value: wait, heading: H, warn: [decod]}", "", "unknown-name"),
    ],
)
def test_what_would_change_nothing_is_refused(
    tmp_path: Path, shot: str, panel: str, series: str, code: str
) -> None:
    text = shot.replace("  duration:", f"  {panel}\n  duration:", 1) if panel else shot
    if series:
        text = text.replace(_AT_SERIES[shot], f"{_AT_SERIES[shot]}{series}, ", 1)
    assert text != shot
    table = next(name for name in _TABLES if f"table: {name}" in shot)
    assert codes_of(tmp_path, text, {table: _TABLES[table]}) == [code]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("note: {row: b,", "note: {row: z,", "unknown-name"),
        ("note: {row: b,", "note: {panel: two, row: b,", "unknown-name"),
        ("note: {row: b,", "note: {row: b, x: 0.1,", "no-effect"),
        ("note: {row: b,", "note: {y: 0.1,", "no-effect"),
        ("hollow: [b]", "hollow: [d]", "unknown-name"),
        ("format: .0%, ticks", "format: .0%, log: true, ticks", "out-of-range"),
        ("signs: [sooner, later]}", "signs: [sooner, later], warn: [d]}", "unknown-name"),
    ],
)
def test_a_note_a_name_or_an_axis_without_a_place_is_refused(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    assert codes_of(tmp_path, DOTS.replace(before, after), {"pairs": PAIRS}) == [code]


def test_fields_of_one_chart_are_refused_beside_panels(tmp_path: Path) -> None:
    panel = "{mark: dots, table: pairs, key: pair, series: [{value: off}]}"
    text = f"- id: two\n  kind: chart\n  duration: 4s\n  panels: [{panel}, {panel}]\n"
    assert codes_of(tmp_path, text, {"pairs": PAIRS}) == []
    both = text.replace("  duration", "  mark: dots\n  n: n\n  duration")
    assert codes_of(tmp_path, both, {"pairs": PAIRS}) == ["no-effect", "no-effect"]
    assert codes_of(tmp_path, both.replace(f", {panel}]", "]"), {"pairs": PAIRS}) == [
        "no-effect",
        "no-effect",
    ]


BRACKET = DOTS.replace(
    "  duration: 9s", '  bracket: {from: c, to: a, format: +.0%, words: "more\\nthan third"}\n  duration: 12s'
).replace("{id: three, duration: 3s, show: [beside],", "{id: three, duration: 6s, show: [beside, bracket],")


@pytest.mark.parametrize("ends", [("c", "a"), ("a", "c"), ("a", "b"), ("b", "a")])
@pytest.mark.parametrize("size", ["960x540", "540x540", "540x960"])
def test_a_bracket_joins_two_dots_and_its_number_stands_free(tmp_path: Path, ends, size: str) -> None:
    first, last = ends
    text = BRACKET.replace("from: c, to: a", f"from: {first}, to: {last}").replace(
        ", note: {row: b, text: few exits}", ""
    )
    picture, t = picture_of(tmp_path, text, {"pairs": PAIRS}, size=size), 11.5
    gains = {"a": 0.083, "b": 0.033, "c": 0.004}
    change = difference(gains[first], gains[last], "+.0%")
    assert change in words_at(picture, t)
    assert change not in words_at(picture, 6.0)
    (line,) = (one for one in picture.layers if isinstance(one, BracketLayer))
    place, drawn, _ = line.state(t)
    assert drawn == 2.0
    for x, name in ((place.x0, first), (place.x1, last)):
        (dot,) = (one for one in picture.layers if (one.name, one.part) == (name, "dot") and one.note)
        left, _, right, _ = dot.box(dot.state(t))
        assert abs(x - (left + right) / 2) <= 2
    words = [one for one in picture.layers if (one.name, one.part) == ("bracket", "number")]
    others = [
        one.box(state)
        for one in picture.layers
        if one.note and one.note.kind == "text" and one not in words and (state := one.state(t)) is not None
    ]
    for one in words:
        box = one.box(one.state(t))
        assert box.left >= 0 and box.right <= picture.width
        assert not [other for other in others if box.meets(other)]


def test_a_bracket_of_a_chart_is_refused_where_it_has_no_rows_or_no_difference(tmp_path: Path) -> None:
    cases = {
        "from: d, to: a": ["unknown-name"],
        "from: a, to: a": ["no-effect"],
        "from: zero, to: a": ["not-a-number"],
        "from: none, to: a": ["not-a-number"],
    }
    table = PAIRS + "zero,Zero,100,100,10,10,100\nnone,None,100,,10,10,100\n"
    for index, (written, codes) in enumerate(cases.items()):
        text = BRACKET.replace("from: c, to: a", written)
        assert codes_of(tmp_path / str(index), text, {"pairs": table}) == codes
    scatter = SCATTER.replace("  duration: 5s", "  bracket: {from: 1, to: 2, words: more}\n  duration: 5s")
    assert codes_of(tmp_path / "scatter", scatter, {"sweep": SWEEP}) == ["no-effect"]


def test_a_finding_points_at_the_panel_that_has_the_fault(tmp_path: Path) -> None:
    panel = "{{mark: dots, table: {0}, key: name, heading: {1}, column: {2}, series: [{{value: v}}]}}"
    left, right = panel.format("short", "Short names", 1), panel.format("long", "Long names", 2)
    shot = f"- id: both\n  kind: chart\n  duration: 4s\n  panels:\n    - {left}\n    - {right}\n"
    tables = {"short": "name,v\na,1\nb,2\n", "long": f"name,v\n{'many words ' * 9},1\nb,2\n"}
    shot_of(tmp_path, shot, tables)
    report = judged(load_plan(find_project(tmp_path), "v"))
    named = [one for one in report.findings if "many words" in one.message]
    assert named and all(one.source_line and "Long names" in one.source_line for one in named)


BARS = """
- id: b
  kind: bars
  table: many
  key: row
  value: plain
  unit: ms
  grow: 3s
  bars: [{row: r1, label: One}, {row: r2, label: Two}, {row: r3, label: Three}]
  beats: [{id: first}, {id: second, show: [r2, r3]}, {id: last}]
"""
LANES = """
- id: d
  kind: chart
  mark: MARK
  table: many
  key: row
  series: [{id: p, label: Plain, value: plain}, {id: o, label: Ours, role: ours, value: ours}]
  beats: [{id: first}, {id: second, show: [o]}, {id: last}]
"""
PLANE = """
- id: l
  kind: chart
  mark: MARK
  table: many
  key: row
  series: [{id: p, x: at, y: plain}, {id: o, role: ours, x: at, y: ours}, {id: q, x: at, y: plain / 2}]
  beats: [{id: first}, {id: second, show: [o]}, {id: last}]
"""


@pytest.mark.parametrize(
    "shot",
    [
        BARS,
        *(LANES.replace("MARK", one) for one in ("dots", "stacked", "grouped")),
        *(PLANE.replace("MARK", one) for one in ("line", "scatter")),
    ],
)
def test_a_beat_of_its_own_length_waits_until_what_moves_has_arrived(tmp_path: Path, shot: str) -> None:
    rows = "".join(f"r{n},{n},{10 + n},{12 + n}\n" for n in range(1, 10))
    planned = shot_of(tmp_path, shot, {"many": "row,at,plain,ours\n" + rows})
    spans = [span for layer in draw(planned).layers for span in layer.spans()]
    for beat in planned.beats:
        assert beat.duration_s < 12 and not [
            span for span in spans if beat.start_s <= span[0] < beat.end_s - 0.2 and span[1] > beat.end_s
        ]
