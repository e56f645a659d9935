"""The small film that faults are tried on: cards, a fade and a capture, so all sorts of work are in it."""

from __future__ import annotations

from pathlib import Path

from explainers import ffmpeg
from explainers.project import Project
from explainers.render import store as care
from explainers.render.store import Store

VIDEO = "film"

STORYBOARD = """\
storyboard: 1
title: A film to be disturbed
canvas: {size: 192x108, fps: 10}
shots:
  - {id: opening, kind: title, duration: 2s, heading: First card, cue: It begins.}
  - {id: second, kind: title, duration: 2s, heading: Second card, transition: {fade: 0.4s}}
  - {id: shown, kind: capture, file: page.mp4, title: As it was, duration: 2s, statement: It fills.}
  - {id: last, kind: title, duration: 2s, heading: Last card, cue: It ends.}
"""
ASSETS = """\
sources:
  own: {kind: illustration, citation: A test picture made by ffmpeg, label: a test picture}
files:
  page.mp4: {shows: A test picture, from: own}
"""
RENDER = ("render", VIDEO, "--no-check")
"""What the referee thinks of a test picture is no matter here."""


def make(root: Path) -> Path:
    """The project in an empty folder."""
    files = {
        "pyproject.toml": "[tool.explainers]\n",
        f"scenes/{VIDEO}/storyboard.yaml": STORYBOARD,
        f"assets/{VIDEO}/assets.yaml": ASSETS,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    capture = root / f"assets/{VIDEO}/page.mp4"
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    ffmpeg.run(["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=2", *encode, "-y", capture], "the capture")
    (root / "renders").mkdir()
    return root


def published(root: Path) -> dict[str, bytes]:
    """What stands in the video's folder under final names."""
    folder = root / "renders" / VIDEO
    paths = folder.iterdir() if folder.is_dir() else ()
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def damaged(root: Path) -> set[str]:
    """Keys of products in the store that are not whole."""
    return {one.key for one in care.damaged(Store(Project(root).store_dir))}


def remove_damaged(root: Path) -> None:
    """What `explainers store verify --remove` does."""
    store = Store(Project(root).store_dir)
    care.remove(store, care.damaged(store))


def products(root: Path) -> list[Path]:
    """The folders of all products, sorted."""
    return [one.folder for one in care.kept(Store(Project(root).store_dir))]
