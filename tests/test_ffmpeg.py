"""ffmpeg: found, listed arguments, its own words in errors, files only."""

import pytest

from explainers import ffmpeg
from explainers.errors import MissingDependency, RenderFailed


def test_the_binary_brings_the_encoder_that_is_needed():
    assert "libx264" in ffmpeg.encoders()
    assert ffmpeg.version()


def test_it_makes_what_it_is_told(tmp_path):
    out = tmp_path / "a.png"
    ffmpeg.run(["-f", "lavfi", "-i", "color=red:s=16x16", "-frames:v", "1", out], "a red square")
    assert out.stat().st_size > 0


def test_a_failure_is_told_in_its_own_words(tmp_path):
    with pytest.raises(RenderFailed, match=r"the clip: ffmpeg ended with \d+\n.*No such file"):
        ffmpeg.run(["-i", tmp_path / "none.mp4", tmp_path / "out.mp4"], "the clip")


def test_addresses_are_not_opened(tmp_path):
    with pytest.raises(RenderFailed, match=r"whitelist|Protocol"):
        ffmpeg.run(["-i", "http://127.0.0.1:9/x.mp4", tmp_path / "out.mp4"], "the clip")


def test_a_missing_binary_names_the_remedy(monkeypatch):
    ffmpeg.executable.cache_clear()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    try:
        with pytest.raises(MissingDependency, match="pip install"):
            ffmpeg.run(["-version"], "x")
    finally:
        ffmpeg.executable.cache_clear()
