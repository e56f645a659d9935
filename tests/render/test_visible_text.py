"""What pictures say: results for the text alternative, and where captions cover nothing."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.manifest import Beat, Line, Result, Shot
from explainers.render.renditions import descriptions_vtt
from explainers.render.visible_text import Band, CaptionPlace, Room, _bands, _free, _moved, _width, results_of

Text = tuple[str, float, float, float, float, float]
"""Words, left, top, right, bottom, size, in design units."""

SENTENCE: list[Text] = [
    ("DREX: done", 600, 800, 850, 846, 46),
    ("1:44", 864, 800, 960, 846, 43),
    ("sooner,", 974, 800, 1130, 850, 46),
    ("+8.3%", 620, 860, 760, 906, 43),
    ("tokens / s", 774, 860, 1000, 906, 46),
]
PANES: list[Text] = [
    ("1:25", 819, 681, 900, 708, 36),
    ("ended", 705, 681, 801, 711, 36),
    ("10,675", 105, 624, 492, 726, 112),
    ("output tokens", 105, 735, 400, 771, 36),
]


def _geometry(*moments: Sequence[Text], shapes: Sequence[tuple[float, ...]] = (), scale: float = 0.5) -> Any:
    texts = [text for moment in moments for text in moment]
    layers: list[dict[str, Any]] = [
        {"layer": number, "kind": "text", "text": words, "size": size, "role": ""}
        for number, (words, *_, size) in enumerate(texts)
    ]
    layers.append({"layer": len(texts), "kind": "data", "text": "bars", "size": 0, "role": ""})
    found, sampled, number = [], [], 0
    for index, moment in enumerate(moments):
        shown = []
        for words, *box, _ in moment:
            shown.append(
                {"layer": number, "text": words, "box": [edge * scale for edge in box]}
                | {"opacity": 1.0, "hidden": 0.0, "grown": 1.0}
            )
            edges = [edge * scale for edge in box]
            sampled.append(_sampled(number, "text", [0], [15 + 25 * index, *edges, 1.0], [90]))
            number += 1
        data = [{"layer": len(texts), "box": [e * scale for e in box], "opacity": 1.0} for box in shapes]
        found.append({"t": 2.0 + index, "texts": shown, "shapes": data})
    sampled += [_sampled(len(texts), "data", [0, *(e * scale for e in box), 1.0]) for box in shapes]
    size = {"width": 1920 * scale, "height": 1080 * scale, "scale": scale, "fps": 10, "frames": 100}
    samples = {"every": 1, "filled": [], "layers": sampled}
    return {"geometry": 3, **size, "layers": layers, "moments": found, "samples": samples}


def _sampled(number: int, kind: str, *states: list[float]) -> dict[str, Any]:
    return {"layer": number, "name": "", "part": "", "pinned": False, "kind": kind, "states": list(states)}


def _shot(**more: Any) -> Any:
    beats = (SimpleNamespace(end_s=2.5, statement=None), SimpleNamespace(end_s=10.0, statement=None))
    return SimpleNamespace(
        **{"title": None, "statement": None, "footer": None, "beats": beats, "duration_s": 10.0} | more
    )


@pytest.mark.parametrize("scale", [1.0, 1 / 3])
def test_a_sentence_of_words_and_changing_numbers_is_put_together(scale: float) -> None:
    found = results_of(_shot(), _geometry([*PANES, *SENTENCE], scale=scale))
    assert found == (Result(start_s=1.5, text="DREX: done 1:44 sooner, +8.3% tokens / s"),)


def test_of_numbers_that_changed_the_last_look_is_given() -> None:
    before = [(words.replace("1:44", "0:12"), *rest) for words, *rest in SENTENCE]
    (found,) = results_of(_shot(), _geometry(before, SENTENCE))
    assert "1:44" in found.text


def test_what_is_a_statement_or_hidden_is_no_result() -> None:
    assert results_of(_shot(statement="DREX: done 1:44 sooner, +8.3% tokens / s"), _geometry(SENTENCE)) == ()
    geometry = _geometry(SENTENCE)
    for one in geometry["moments"][0]["texts"]:
        one["hidden"] = 0.9
    assert results_of(_shot(), geometry) == ()


def test_descriptions_hold_every_statement_of_every_beat_and_the_results() -> None:
    shot = Shot(
        id="race",
        title="Race",
        statement="Both start",
        start_s=10.0,
        end_s=20.0,
        beats=(
            Beat(id="a", start_s=0.0, statement="Both start"),
            Beat(id="b", start_s=2.0, statement="One leads."),
            Beat(id="c", start_s=4.0, statement="One leads."),
        ),
        results=(Result(start_s=6.0, text="done 1:44 sooner"),),
    )
    assert descriptions_vtt([shot]) == (
        "WEBVTT\n\n00:00:10.000 --> 00:00:12.000\nRace. Both start.\n\n"
        "00:00:12.000 --> 00:00:16.000\nOne leads.\n\n00:00:16.000 --> 00:00:20.000\ndone 1:44 sooner.\n"
    )
    assert descriptions_vtt([Shot(id="a", start_s=0, end_s=1)]) == "WEBVTT\n"
    lines = [
        Line(start_s=start, end_s=start + 1, text=text) for start, text in ((12.0, "Look."), (14.0, "Now."))
    ]
    assert descriptions_vtt([shot], lines).split("\n\n")[2:4] == [
        "00:00:12.000 --> 00:00:14.000\nOne leads. “Look.”",
        "00:00:14.000 --> 00:00:16.000\n“Now.”",
    ]


STATEMENT = ("A statement of some length that says it", 300.0, 800.0, 1600.0, 900.0, 64.0)


def test_captions_leave_the_statement_and_the_data_alone() -> None:
    bands = list(_bands(_geometry([], [STATEMENT], shapes=[(200, 100, 1700, 600)])))
    assert [(one.weight, one.start_s, one.end_s) for one in bands] == [(3.0, 4.0, 9.0), (2.0, 0.0, 10.0)]
    words = "Easy tokens leave,\nhard ones wait."
    cost, text, (line, position) = _free(words, Room(bands, 16 / 9, 70), None, (3.0, 5.0))
    assert (cost, text, position) == (0, words, 50)
    assert line * 10.8 >= 600 and (line + 12) * 10.8 <= 800
    assert _free("x", Room(bands, 16 / 9, 70), CaptionPlace(60), (3.0, 5.0))[2] == (60, 50)
    assert _free("x", Room(bands, 16 / 9, 70), CaptionPlace(40), (3.0, 5.0))[2] != (40, 50)
    # Before the statement comes its place is free.
    assert _free("x", Room(bands, 16 / 9, 78), None, (0.0, 3.0))[2] == (78, 50)


def test_a_caption_moves_to_the_side_where_a_title_is_in_its_way() -> None:
    full = [Band(0, 15, 100, 100, 3.0), Band(5, 0, 34, 15, 3.0)]
    _, _, place = _free("The paper says two to twelve.", Room(full, 16 / 9, 70), None, (0.0, 1.0))
    assert place.line + 6 <= 15 and place.position > 50
    assert place.settings == f" line:{place.line}% position:{place.position}%"


@pytest.mark.parametrize(
    ("words", "bands", "parts"),
    [
        pytest.param(
            "Here, then there.",
            [Band(0, 0, 100, 50, 3.0, 0, 5), Band(0, 50, 100, 100, 3.0, 5, 10)],
            [(0, 5, "Here, then there."), (5, 10, "Here, then there.")],
            id="it moves as something comes",
        ),
        pytest.param(
            "Six policies on one set of articles.\nTwo arrive late.",
            [Band(0, 0, 100, 40, 3.0, 0, 10), Band(0, 47, 100, 100, 3.0, 0, 10)],
            [(0, 6.6, "Six policies on one set of articles."), (6.6, 10, "Two arrive late.")],
            id="half of its words after the other",
        ),
        pytest.param(
            "Six policies, one\nset of articles.",
            [Band(0, 0, 100, 40, 3.0, 0, 10), Band(0, 47, 100, 100, 3.0, 0, 10)],
            [(0, 10, "Six policies, one set of articles.")],
            id="in one line",
        ),
        pytest.param(
            "A line of some length.",
            [Band(28, 0, 100, 100, 3.0, 0, 10)],
            [(0, 10, "A line of\nsome length.")],
            id="in two lines at the side",
        ),
    ],
)
def test_a_caption_that_finds_no_room_as_it_is(
    words: str, bands: list[Band], parts: list[tuple[float, float, str]]
) -> None:
    found = _moved(words, Room(bands, 16 / 9, 70), None, (0.0, 10.0))
    assert [(start, pytest.approx(end, abs=0.2), text) for start, end, text, _ in found] == [
        (pytest.approx(start, abs=0.2), end, text) for start, end, text in parts
    ]
    for start, end, text, place in found:
        assert _free(text, Room(bands, 16 / 9, 70), place, (start, end)) == (0, text, place)


_EDGE = st.floats(0, 100, allow_nan=False)
_BAND = st.tuples(_EDGE, _EDGE, _EDGE, _EDGE, st.sampled_from([1.0, 2.0, 3.0])).map(
    lambda each: Band(
        min(each[0], each[2]), min(each[1], each[3]), max(each[0], each[2]), max(each[1], each[3]), each[4]
    )
)


@given(st.lists(_BAND, max_size=8), st.sampled_from(["x", "two\nrows of words"]), st.integers(5, 80))
def test_where_a_free_line_exists_one_is_taken(bands: list[Band], words: str, lowest: int) -> None:
    rows = words.count("\n") + 1
    _, text, (line, position) = _free(words, Room(bands, 16 / 9, lowest), None, (0.0, 1.0))
    rows = text.count("\n") + 1
    assert line >= 3 and line + 6 * rows <= 97

    def free(at: int) -> bool:
        # As if a caption was as wide as the frame: then it is certainly free.
        return all(one.bottom <= at or one.top >= at + 6 * rows for one in bands)

    frees = [at for at in range(3, 97 - 6 * rows + 1) if free(at)]
    if frees:
        half = max(map(_width, text.split("\n"))) / (16 / 9) / 2
        over = [
            one
            for one in bands
            if one.left < position + half and one.right > position - half and one.right > one.left
        ]
        assert all(
            min(line + 6 * rows, one.bottom) - max(line, one.top) < 0.02
            for one in over
            if one.bottom > one.top
        )
