"""Projects to be stopped: with a shot that draws, and with a capture that ffmpeg has to conform."""

from __future__ import annotations

from pathlib import Path

from explainers import ffmpeg

from small import ASSETS, SMALL, write_project  # isort: skip

CAPTURE = """\
  - id: shown
    kind: capture
    file: page.mp4
    title: As it was
    duration: {seconds}s
    statement: It fills.
"""
GROWING = """\
  - id: growing
    kind: bars
    table: runs
    key: run
    value: tok
    unit: tok/s
    format: .1f
    grow: {seconds}s
    duration: {seconds}s
    bars: [{{row: before, label: Before}}, {{row: after, label: After}}]
"""
"""A picture that is held costs nothing: this one never is."""
DECLARED = ASSETS + "files:\n  page.mp4: {shows: A page, from: logs}\n"


def drawing(root: Path, seconds: int = 60) -> Path:
    """Bars that grow for long enough to be stopped while they are drawn."""
    text = SMALL.replace("320x180, fps: 10", "1280x720, fps: 60") + GROWING.format(seconds=seconds)
    return write_project(root, text).root


def filming(root: Path, seconds: float, size: str, canvas: str) -> Path:
    """The small project with a capture of so many seconds at the end."""
    text = SMALL.replace("size: 320x180, fps: 10", canvas) + CAPTURE.format(seconds=seconds)
    project = write_project(root, text)
    assets = project.assets_dir("small")
    (assets / "assets.yaml").write_text(DECLARED)
    source = f"testsrc2=s={size}:r=30:d={seconds}"
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    ffmpeg.run(["-f", "lavfi", "-i", source, *encode, "-y", assets / "page.mp4"], "the capture")
    return root
