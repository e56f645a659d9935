"""Shots of the kinds that show pictures, planned from their examples, and small made-up pictures for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from explainers.compositor.picture import Picture, still
from explainers.kinds import discover, draw
from explainers.kinds.base import ShotPlan, Stretch
from explainers.plan import Plan, load_plan

SMALL = Stretch(960, 540, 30)
ROAD, SKY, CAR = (128, 64, 128), (128, 128, 128), (64, 0, 128)


def planned(root: Path, kind: str, change: dict | None = None, allow_slates: bool = True) -> Plan:
    """The plan of a kind's example; `change` replaces fields of its shot (None takes one away)."""
    project = discover()[kind].write_example(root)
    path = project.storyboard_path(kind)
    data = yaml.safe_load(path.read_text())
    for name, value in (change or {}).items():
        data["shots"][0].pop(name, None)
        if value is not None:
            data["shots"][0][name] = value
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    return load_plan(project, kind, "final", allow_slates=allow_slates)


def small(shot: ShotPlan, canvas: Stretch = SMALL) -> ShotPlan:
    """The shot on a small canvas: the same layout, fewer pixels."""
    frames = max(1, round(shot.duration_s * canvas.fps))
    return replace(shot, canvas=canvas, duration_frames=frames)


def drawn(root: Path, kind: str, change: dict | None = None) -> tuple[ShotPlan, Picture]:
    """The example's shot, small, and its picture."""
    shot = small(planned(root, kind, change).shots[0])
    return shot, draw(shot)


def at(picture: Picture, seconds: float) -> np.ndarray:
    """The frame at a time, RGB."""
    return still(picture, min(int(seconds * picture.fps), picture.duration_frames - 1))


def notes(picture: Picture) -> list[str]:
    """All words that the picture's layers say they show."""
    return [layer.note.text for layer in picture.layers if layer.note and layer.note.text]


def has(frame: np.ndarray, color: tuple[int, int, int], least: int = 20) -> bool:
    """Whether a colour is seen, on so many pixels at least."""
    return int((np.abs(frame.astype(int) - color).max(axis=2) <= 2).sum()) >= least


def write_pair(folder: Path, image: str = "bay.jpg", labels: str = "bay-labels.png") -> None:
    """A made-up pair, 90x60: sky above road, a car on it; the picture is blue, brown and red."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels, colors = np.zeros((60, 90, 3), np.uint8), np.zeros((60, 90, 3), np.uint8)
    pixels[:30], pixels[30:] = (40, 90, 200), (120, 80, 40)
    colors[:30], colors[30:] = SKY, ROAD
    pixels[36:48, 30:60], colors[36:48, 30:60] = (220, 30, 30), CAR
    Image.fromarray(pixels).save(folder / image, quality=95)
    Image.fromarray(colors).save(folder / labels)
