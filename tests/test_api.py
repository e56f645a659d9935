"""`import explainers`: load, check, facts, still, render; and that loading is light."""

import subprocess
import sys

import numpy as np
import pytest

import explainers
from explainers.errors import InvalidInput, UsageError


def test_a_video_from_python(small_project):
    video = explainers.load("small", small_project.root, quality="draft")
    assert isinstance(video, explainers.Video)
    gain = video.facts["gain"]
    assert (gain.text, gain.sources) == ("+8.0\u202f%", ("logs",)) and gain.value == pytest.approx(0.08)
    picture = video.still(shot="second:two")
    assert picture.shape == (180, 320, 3) and picture.dtype == np.uint8
    assert np.array_equal(picture, video.still(at_s=video.frame_at("second:two") / video.plan.canvas.fps))
    made = video.render(jobs=1, check=False)
    assert (made.directory / "video.mp4").is_file() and made.frames == video.plan.total_frames
    assert not video.check().errors


WRONG = {
    "unknown video": (lambda root: explainers.load("smal", root), "did you mean 'small'"),
    "unknown quality": (
        lambda root: explainers.load("small", root, quality="darft").plan,
        "no quality 'darft'",
    ),
    "unknown shot": (
        lambda root: explainers.load("small", root).still(shot="secnd"),
        "did you mean 'second'",
    ),
    "neither": (lambda root: explainers.load("small", root).still(), "one of them"),
    "too late": (lambda root: explainers.load("small", root).still(at_s=60), "60 s is not in the video"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_what_is_wrong_is_said(small_project, case):
    call, words = WRONG[case]
    with pytest.raises(UsageError, match=words):
        call(small_project.root)


def test_a_wrong_storyboard_is_raised_by_what_needs_it_and_reported_by_check(small_project):
    path = small_project.storyboard_path("small")
    path.write_text(path.read_text().replace("heading: Another", "headng: Another"))
    video = explainers.load("small", small_project.root)
    with pytest.raises(InvalidInput, match="did you mean 'heading'"):
        _ = video.facts
    assert "unknown-key" in {one.code for one in video.check().errors}


def test_loading_imports_neither_manim_nor_moviepy(small_project):
    code = (
        "import sys, explainers; "
        f"explainers.load('small', {str(small_project.root)!r}).facts; "
        "print(sorted({'manim', 'moviepy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
