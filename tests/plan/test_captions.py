from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.plan import CuePlan, Plan
from explainers.plan.timeline import captions, in_order

Load = Callable[..., Plan]


def test_a_short_caption_is_one_line_for_its_whole_time() -> None:
    assert captions("Out they go.", 1.0, 3.0, "a") == [CuePlan(1.0, 3.0, "Out they go.", "a")]


def test_a_long_caption_is_two_even_lines() -> None:
    [cue] = captions("The batch reaches the ramp, and two of the four requests want out.", 0, 4, "a")
    assert cue.text == "The batch reaches the ramp, and\ntwo of the four requests want out."


def test_sentences_stay_whole_where_they_fit() -> None:
    text = "The buffer fills up while the others wait. When it is full "
    text += "it is flushed through the deep layers at once."
    assert [cue.text for cue in captions(text, 0, 4, "a")] == [
        "The buffer fills up while the others wait.",
        "When it is full it is flushed\nthrough the deep layers at once.",
    ]


@given(st.text(alphabet="abc defg. ,!", min_size=1, max_size=400).filter(str.strip), st.floats(1, 30))
def test_captions_fill_their_time_in_lines_that_fit(text: str, length_s: float) -> None:
    cues = captions(text, 2.0, 2.0 + length_s, "a")
    assert " ".join(" ".join(cue.text for cue in cues).split()).replace(" ", "") == text.replace(" ", "")
    assert cues[0].start_s == 2.0
    assert cues[-1].end_s == pytest.approx(2.0 + length_s)
    assert all(one.end_s == pytest.approx(two.start_s) for one, two in pairwise(cues))
    for cue in cues:
        lines = cue.text.split("\n")
        assert len(lines) <= 2
        assert all(0 < len(line) <= 42 for line in lines)


def test_cues_never_overlap() -> None:
    cues = in_order([CuePlan(2, 4, "b", "a"), CuePlan(0, 3, "a", "a"), CuePlan(4, 4, "c", "a")])
    assert [(cue.start_s, cue.end_s, cue.text) for cue in cues] == [(0, 2, "a"), (2, 4, "b")]


def test_cues_of_shots_beats_and_times_are_on_the_video_s_clock(load: Load) -> None:
    plan = load(
        """
  - {id: a, kind: card, heading: x, duration: 2s, cue: "Whole shot at {drex:.0f}."}
  - id: b
    kind: mixed
    duration: 6s
    cue: Before the beats.
    beats: [{id: x, duration: 1s}, {id: y, duration: 2s, cue: The second beat.}]
  - {id: c, kind: card, heading: x, duration: 5s,
     cues: [{at: 1s, until: 2s, text: One.}, {at: 3s, text: Two.}]}
"""
    )
    assert [(cue.start_s, cue.end_s, cue.text, cue.shot_id) for cue in plan.cues] == [
        (0.0, 2.0, "Whole shot at 122.", "a"),
        (2.0, 3.0, "Before the beats.", "b"),
        (3.0, 8.0, "The second beat.", "b"),
        (9.0, 10.0, "One.", "c"),
        (11.0, 13.0, "Two.", "c"),
    ]
