"""What the tests of bars and charts share: shots from storyboard text, and reading pixels."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from explainers.compositor.layer import Layer
from explainers.compositor.picture import Picture, still
from explainers.errors import InvalidInput
from explainers.kinds import draw
from explainers.kinds.base import ShotPlan
from explainers.plan import load_plan
from explainers.project import find_project
from explainers.theme import channels

HEAD = "storyboard: 1\ntitle: Test\ncanvas: {{size: {size}, fps: 30}}\nshots:\n"


def shot_of(
    folder: Path, shot: str, tables: Mapping[str, str], size: str = "960x540", theme: str = "ink"
) -> ShotPlan:
    """The only shot of a storyboard whose shot entry is `shot`; `tables` are CSV texts by name."""
    assets = "sources:\n  made: {kind: illustration, citation: made up}\ntables:\n"
    assets += "".join(f"  {name}: {{file: {name}.csv, source: made}}\n" for name in tables)
    files = {
        "pyproject.toml": "[tool.explainers]\n",
        "scenes/v/storyboard.yaml": HEAD.format(size=size) + textwrap.indent(textwrap.dedent(shot), "  "),
        "assets/v/assets.yaml": assets,
        **{f"assets/v/{name}.csv": text for name, text in tables.items()},
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_plan(find_project(folder), "v", theme=theme).shots[0]


def codes_of(folder: Path, shot: str, tables: Mapping[str, str]) -> list[str]:
    """The codes of the problems that keep the shot from being planned."""
    try:
        shot_of(folder, shot, tables)
    except InvalidInput as error:
        return [problem.code for problem in error.problems]
    return []


def picture_of(folder: Path, shot: str, tables: Mapping[str, str], **more: str) -> Picture:
    return draw(shot_of(folder, shot, tables, **more))


def frame_at(picture: Picture, seconds: float) -> np.ndarray:
    """RGB of the frame at that time."""
    return still(picture, min(picture.duration_frames - 1, round(seconds * picture.fps)))


def is_color(pixels: np.ndarray, color: str, tolerance: int = 12) -> np.ndarray:
    """Where pixels are of a colour, nearly."""
    return np.abs(pixels.astype(int) - np.array(channels(color))).max(axis=-1) <= tolerance


def noted(picture: Picture, kind: str, text: str) -> list[Layer]:
    """The layers whose note is of that kind and says that text."""
    return [one for one in picture.layers if one.note and one.note.kind == kind and one.note.text == text]


def box_at(layer: Layer, seconds: float) -> tuple[int, int, int, int]:
    """The pixels a layer covers at a time."""
    state = layer.state(seconds)
    assert state is not None, "the layer is not seen at that time"
    return tuple(layer.box(state))


def words_at(picture: Picture, seconds: float) -> list[str]:
    """The texts seen at a time."""
    return [
        one.note.text
        for one in picture.layers
        if one.note and one.note.kind == "text" and one.state(seconds) is not None
    ]
