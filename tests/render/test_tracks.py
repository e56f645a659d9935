"""Captions and chapters, as text."""

from explainers.kinds.base import Stretch
from explainers.plan import ChapterPlan, CuePlan
from explainers.render.publication import captions_vtt, chapters_vtt

WIDE, TALL = Stretch(1920, 1080, 60), Stretch(1080, 1920, 60)


def test_captions_stand_above_the_statement_and_are_escaped():
    cues = [
        CuePlan(0.0, 2.5, "One & <two> --> three", "a"),
        CuePlan(2.5, 3661.0004, "Two lines,\nthe second pushes up", "b"),
    ]
    assert captions_vtt(cues, WIDE) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:02.500 line:76%\nOne &amp; &lt;two&gt; --&gt; three\n\n"
        "00:00:02.500 --> 01:01:01.000 line:70%\nTwo lines,\nthe second pushes up\n"
    )


def test_in_a_tall_frame_they_stand_lower():
    assert "line:85%" in captions_vtt([CuePlan(0, 1, "x", "a")], TALL)


def test_no_captions_are_still_a_track():
    assert captions_vtt([], WIDE) == "WEBVTT\n"


def test_an_empty_line_cannot_end_a_cue_early():
    assert "a\nb\n" in captions_vtt([CuePlan(0, 1, "a\n\nb", "a")], WIDE)


def test_a_chapter_lasts_until_the_next_one_begins():
    chapters = [ChapterPlan(0.0, 0, "Start"), ChapterPlan(12.25, 735, "Race & end")]
    assert chapters_vtt(chapters, 120.0) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:12.250\nStart\n\n00:00:12.250 --> 00:02:00.000\nRace &amp; end\n"
    )
