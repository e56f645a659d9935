"""The report of a batch: what it says, and that text in it stays text."""

from pathlib import Path

from explainers.project import Project
from explainers.site.report import (
    ReportedFinding,
    ReportedShot,
    ReportedVideo,
    report_page,
    write_report,
)

EVIL = '<script>alert("x")</script> --> {{ 7 * 7 }}'


def video(**changes) -> ReportedVideo:
    facts = {
        "video": "first",
        "folder": Path("renders/first"),
        "duration_s": 62.4,
        "elapsed_s": 3.21,
        "shots": [
            ReportedShot("opening", "drawn", "title changed", 40),
            ReportedShot("end", "reused", EVIL, 20),
        ],
        "findings": [ReportedFinding("warning", EVIL, "contrast", "scenes/first/storyboard.yaml:3:1")],
        "seconds": {"encoding": 2.0, "looking": 0.01},
    }
    return ReportedVideo(**{**facts, **changes})


def test_a_video_is_there_with_poster_reasons_findings_and_times():
    page = report_page([video()], 4.0)
    for said in (
        'src="first/poster.jpg"',
        'href="first/video.mp4"',
        "1:02, 60 frames, 1 of 2 shots drawn, 3.2 s",
        "title changed",
        "1 warning<",
        "scenes/first/storyboard.yaml:3:1",
        "encoding 2.0 s",
    ):
        assert said in page
    assert "looking" not in page


def test_a_failed_video_says_why_in_the_lines_it_was_said_in():
    page = report_page([video(folder=None, error="a.yaml:1:1: wrong\n    1 | x\n        ^", shots=())], 1.0)
    assert "a.yaml:1:1: wrong\n    1 | x\n        ^</pre>" in page
    assert "0 of 1 videos" in page and "<img" not in page


def test_text_stays_text():
    page = report_page([video(video="a&b"), video(folder=None, error=EVIL)], 1.0)
    assert "<script>" not in page and "{{" not in page and "a&amp;b" in page


def test_it_is_written_beside_the_videos(tmp_path):
    write_report(Project(tmp_path), [video()], 1.0)
    assert (tmp_path / "renders/index.html").read_text().startswith("<!DOCTYPE html>")
    assert [path.name for path in (tmp_path / "renders").iterdir()] == ["index.html"]
