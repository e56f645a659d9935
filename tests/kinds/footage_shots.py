"""Shots of footage kinds from a storyboard on disk, conformed and drawn as a build does it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from explainers import kinds as scene_kinds
from explainers.compositor.picture import Picture, still
from explainers.errors import Diagnostic, InvalidInput
from explainers.kinds import discover
from explainers.kinds.base import ShotPlan
from explainers.plan import Plan, load_plan
from explainers.project import find_project
from explainers.render.assembly import requests_of, with_media
from explainers.render.store import Store


@dataclass
class Drawn:
    """A shot and its picture."""

    shot: ShotPlan
    picture: Picture

    def frame(self, t: float) -> np.ndarray:
        """The frame at `t` seconds, RGB."""
        return still(self.picture, round(t * self.picture.fps))

    def words(self, t: float) -> list[str]:
        """The texts that can be read at `t` seconds."""
        found = []
        for layer in self.picture.layers:
            state = layer.state(t)
            if layer.note and layer.note.kind == "text" and state is not None:
                found.append(
                    state[0] if isinstance(state, tuple) and isinstance(state[0], str) else layer.note.text
                )
        return found


def planned(root: Path, shot: str, files: Mapping[str, Path], size: str = "640x360", fps: int = 30) -> Plan:
    """The plan of a video of one shot; `files` are put into its assets folder."""
    (root / "scenes/v").mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text("[tool.explainers]\n")
    body = "\n".join(f"  {line}" for line in shot.strip().splitlines())
    canvas = f"canvas: {{size: {size}, fps: {fps}}}"
    (root / "scenes/v/storyboard.yaml").write_text(f"storyboard: 1\ntitle: V\n{canvas}\nshots:\n{body}\n")
    for name, path in files.items():
        target = root / "assets/v" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, target, dirs_exist_ok=True)
        else:
            shutil.copy(path, target)
    return load_plan(find_project(root), "v")


def drawn(root: Path, shot: str, files: Mapping[str, Path], size: str = "640x360", fps: int = 30) -> Drawn:
    """The shot, its captures conformed, and its picture."""
    plan = planned(root, shot, files, size, fps)
    return drawn_of(plan.shots[0], root)


def drawn_of(shot: ShotPlan, root: Path) -> Drawn:
    """A planned shot, drawn."""
    shot = with_media(shot, discover()[shot.kind], Store(root / "store"))
    return Drawn(shot, scene_kinds.draw(shot))


def problems_in(root: Path, shot: str, files: Mapping[str, Path]) -> tuple[Diagnostic, ...]:
    """What is wrong with a shot."""
    try:
        planned(root, shot, files)
    except InvalidInput as error:
        return error.problems
    return ()


@cache
def example(name: str, root: Path) -> Drawn:
    """A kind's own example, drawn small."""
    kind = discover()[name]
    project = kind.write_example(root)
    path = project.storyboard_path(name)
    path.write_text(path.read_text().replace("shots:", "canvas: {size: 640x360, fps: 30}\nshots:", 1))
    return drawn_of(load_plan(project, name).shots[0], root)


__all__ = ["Drawn", "drawn", "drawn_of", "example", "planned", "problems_in", "requests_of"]
