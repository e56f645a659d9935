"""The watch page in Firefox and in WebKit: it plays, seeks, captions and marks as it does in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import served
from webdriver import Tab, firefox, webkit


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def tab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    if request.param == "firefox":
        with firefox(tmp_path_factory.mktemp("profile")) as found:
            yield found
    else:
        with webkit() as found:
            yield found


WATCHED = """
const video = document.querySelector('explainer-video video');
const until = async (what, wait = 30000) => {
  for (const end = performance.now() + wait; !what(); await new Promise(go => setTimeout(go, 50)))
    if (performance.now() > end) throw new Error('waited in vain for ' + what + ' at ' + video.currentTime
      + ', state ' + video.readyState + ', error ' + (video.error && video.error.message));
};
const color = () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0, 640, 360);
  return (x, y) => [...pen.getImageData(x, y, 1, 1).data].slice(0, 3);
};
"""

PLAYED = """
document.querySelectorAll('.xv-chapters button')[1].click();
await until(() => video.currentTime > 3.3 && video.readyState > 2);
video.pause();
const track = [...video.textTracks].find(one => one.kind === 'captions');
await until(() => track.cues && track.cues.length === 2);
video.currentTime = 1;
await until(() => !video.seeking && video.readyState > 1);
await until(() => document.querySelector('.xv-captions').textContent.includes('Easy tokens leave.'));
const at = color();
return {
  file: new URL(video.currentSrc).pathname.split('/').pop(), time: video.currentTime,
  muted: video.muted || !video.volume || !(video.mozHasAudio || video.webkitAudioDecodedByteCount),
  ground: at(5, 5), box: at(200, 180), size: [video.videoWidth, video.videoHeight],
  line: track.cues[0].line, snap: track.cues[0].snapToLines,
  strip: document.querySelector('.xv-captions').textContent,
  marked: document.querySelector('.xv-transcript [aria-current]').textContent.trim(),
  chapter: document.querySelector('.xv-chapters [aria-current]').textContent,
  frames: video.getVideoPlaybackQuality().totalVideoFrames,
  wide: document.documentElement.scrollWidth <= innerWidth,
};
"""
BLUE, ORANGE = (31, 58, 95), (230, 159, 0)


def _near(found: list[int], wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= 14 for a, b in zip(found, wanted, strict=True))


def test_it_plays_seeks_captions_and_marks(tab: Tab, static: Path) -> None:
    with served(static) as origin:
        tab.open(f"{origin}/videos/drex/index.html")
        state = tab.run(WATCHED + PLAYED)
    assert state["file"] in ("video.av1.mp4", "video.mp4") and state["size"] == [640, 360]
    assert abs(state["time"] - 1) < 0.01 and state["muted"] and state["wide"]
    assert state["frames"] > 5
    # Without a graphics card WebKit draws its frames black on a canvas.
    if state["ground"] != [0, 0, 0]:
        assert _near(state["ground"], BLUE) and _near(state["box"], ORANGE), state
    assert (state["line"], state["snap"]) == (70, False)
    assert state["strip"] == "Easy tokens leave." and "Easy tokens leave." in state["marked"]
    assert "Design" in state["chapter"]
