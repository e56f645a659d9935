"""The report of a batch: what it says, and that text in it stays text."""

from pathlib import Path

from explainers.check.finding import Finding
from explainers.errors import ExplainersError, Place
from explainers.project import Project
from explainers.render.batch import Outcome
from explainers.render.progress import RenderResult, ShotOutcome
from explainers.site.report import report_page, write_report

EVIL = '<script>alert("x")</script> --> {{ 7 * 7 }}'
FINDING = Finding("contrast", "warning", EVIL, Place("scenes/first/storyboard.yaml", 3, 1))


def video(name: str = "first") -> Outcome:
    shots = ShotOutcome("opening", "drawn", "title changed", 1400), ShotOutcome("end", "reused", EVIL, 98)
    seconds = {"encoding": 2.0, "looking": 0.01}
    result = RenderResult(name, Path("renders/first"), 24, shots, (), 3.21, seconds=seconds)
    return Outcome(name, result, None, (FINDING,))


def test_a_video_is_there_with_poster_reasons_findings_and_times():
    page = report_page([video()], {}, 4.0)
    for words in (
        'src="first/poster.jpg"',
        'href="first/video.mp4"',
        "1:02, 1,498 frames, 1 of 2 shots drawn, 3.2 s",
        "title changed",
        "1 warning<",
        "scenes/first/storyboard.yaml:3:1",
        "encoding 2.0 s",
    ):
        assert words in page
    assert "looking" not in page


def test_a_failed_video_says_why_in_the_lines_it_was_said_in():
    error = ExplainersError("a.yaml:1:1: wrong\n    1 | x\n        ^")
    page = report_page([Outcome("first", error=error)], {}, 1.0)
    assert "a.yaml:1:1: wrong\n    1 | x\n        ^</pre>" in page
    assert "0 of 1 videos" in page and "<img" not in page


def test_a_video_that_was_not_reached_has_its_note():
    page = report_page([Outcome("first")], {"first": "not rendered"}, 1.0, stopped="The disk is full.")
    assert '<p class="note">not rendered</p>' in page and '<pre class="error">The disk is full.</pre>' in page


def test_text_stays_text():
    page = report_page([video("a&b"), Outcome("c", error=ExplainersError(EVIL))], {}, 1.0)
    assert "<script>" not in page and "{{" not in page and "a&amp;b" in page


def test_it_is_written_beside_the_videos(tmp_path):
    write_report(Project(tmp_path), [video()], {}, 1.0)
    assert (tmp_path / "renders/index.html").read_text().startswith("<!DOCTYPE html>")
    assert [path.name for path in (tmp_path / "renders").iterdir()] == ["index.html"]
