"""Frames that were copied and not encoded, in a browser: shown after a seek, and played through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from browser import served
from playwright.sync_api import Browser

from explainers.compositor.encoder import as_video_frames, record

SIZE, FPS = (320, 180), 30
MOVES = "M" + "." * 44 + "MMMM" + "." * 60 + "MM" + "." * 39
"""Moved (M) and held frames, with more held in a row than numbers of frames there are."""
STEP, SIDE = 40, 30

PIXEL = """([seconds, x, y]) => new Promise(done => {
  const video = document.querySelector('video');
  const look = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0);
    done([...context.getImageData(x, y, 1, 1).data].slice(0, 3));
  };
  video.onseeked = () => requestAnimationFrame(() => requestAnimationFrame(look));
  video.currentTime = seconds;
})"""
PLAYED = """() => new Promise(done => {
  const video = document.querySelector('video');
  video.onended = () => done([video.currentTime, video.getVideoPlaybackQuality().corruptedVideoFrames]);
  video.onerror = () => done([video.error.message]);
  video.currentTime = 0;
  video.playbackRate = 4;
  video.play();
})"""


def moved() -> Iterator[VideoFrame | None]:
    """A white square on dark ground, one step to the right with each moved frame."""

    def pictures() -> Iterator[np.ndarray]:
        for step in range(MOVES.count("M")):
            picture = np.full((SIZE[1], SIZE[0], 3), 24, np.uint8)
            picture[60 : 60 + SIDE, 10 + STEP * step : 10 + STEP * step + SIDE] = 240
            yield picture

    frames = as_video_frames(pictures(), *SIZE)
    return (next(frames) if move == "M" else None for move in MOVES)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("held")
    record(moved(), folder / "video.mp4", SIZE, FPS)
    (folder / "index.html").write_text("<!DOCTYPE html><video muted preload=auto src=video.mp4></video>")
    with served(folder) as origin:
        yield f"{origin}/index.html"


def test_the_square_is_where_it_was_moved_to_at_every_seek_and_nothing_breaks_while_it_plays(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function("document.querySelector('video').readyState >= 2")
    for frame in (140, 30, 44, 45, 48, 100, 2, 108, 109, 120, len(MOVES) - 1):
        steps = MOVES[: frame + 1].count("M") - 1
        for step in range(MOVES.count("M")):
            where = [(frame + 0.5) / FPS, 10 + STEP * step + SIDE // 2, 60 + SIDE // 2]
            bright = page.evaluate(PIXEL, where)[0] > 128
            assert bright == (step == steps), (frame, step)
    ended, corrupted = page.evaluate(PLAYED)
    assert ended == pytest.approx(len(MOVES) / FPS, abs=0.1) and corrupted == 0
    page.close()
