"""What the tests of diagrams share: a shot from storyboard text, performed, and its pixels."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from chart_shots import shot_of

from explainers.compositor.picture import Painter
from explainers.errors import Diagnostic, InvalidInput
from explainers.kinds.base import ShotPlan, Stretch
from explainers.kinds.diagram.draw import Drawing
from explainers.kinds.diagram.plates import chip_fill
from explainers.kinds.diagram.schedule import Look
from explainers.stage import Stage
from explainers.stage.shapes import Box
from explainers.theme import channels, mix

NO_TABLE = {"unused": "a\n1\n"}
BUFFER = """
- id: buffer
  kind: diagram
  nodes:
    source: {shape: tray, holds: [a, b, c, d], label: ""}
    gate: {label: Gate, shape: diamond, role: ramp, slots: 4}
    waiting: {shape: tray, slots: 4, label: Waiting, counter: true, role: buffer}
    out: {shape: tray, slots: 4, columns: 2, beside: gate, label: out, label_at: top, role: exit}
    worker: {label: Worker, role: layers}
  place:
    - {column: line, nodes: [source, gate, waiting, worker]}
  edges:
    - source => gate
    - gate => waiting
    - {from: gate, to: out, role: exit, badge: 1}
    - {from: waiting, to: worker, badge: 2}
  beats:
    - {id: arrive, duration: 3s, move: {tokens: [a, b, c, d], along: [source, gate]}}
    - {id: leave, duration: 3s, mark: 1, highlight: [out], split: {at: gate, leave: [b, d], to: out}}
    - {id: wait, duration: 3s, move: {tokens: [a, c], into: waiting}}
    - {id: join, duration: 3s, fill: {node: waiting, with: [e, f]}}
    - {id: flush, duration: 3s, mark: 2, merge: {node: waiting, along: [worker]}}
"""


class Performed:
    """A shot's picture with what stands behind it: boxes, slots and tokens."""

    def __init__(self, shot: ShotPlan):
        self.shot = shot
        self.stage = Stage(shot.canvas, shot.theme, shot.duration_s)
        self.drawing = Drawing(self.stage, shot.params, shot.beats, self.stage.body)
        self.at = self.drawing.at

    @cached_property
    def _painter(self) -> Painter:
        return Painter(self.stage.picture())

    def frame(self, t: float) -> np.ndarray:
        """The picture at `t` seconds as RGB."""
        self._painter.paint(min(round(t * self.shot.canvas.fps), self._painter.picture.duration_frames - 1))
        return np.ascontiguousarray(self._painter.pixels[:, :, 2::-1])

    def cut(self, t: float, box: Box) -> np.ndarray:
        """The pixels inside a box of design units at `t` seconds."""
        scale = self.at.stage.scale
        left, top, right, bottom = (round(edge * scale) for edge in box)
        return self.frame(t)[top:bottom, left:right]

    def over_ground(self, t: float, box: Box) -> float:
        """How far the pixels inside a box are from those of the ground there, in levels on average."""
        scale, ground = self.at.stage.scale, self._painter.picture.background[:, :, 2::-1]
        left, top, right, bottom = (round(edge * scale) for edge in box)
        return float(np.abs(self.cut(t, box).astype(int) - ground[top:bottom, left:right]).mean())

    def token(self, name: str, t: float) -> Box:
        """Where a token is, in design units."""
        return self.drawing.sprites[name].box(t)

    def shows_token(self, t: float, x: float, y: float) -> bool:
        """Whether a token of neutral colour covers the point: its inside, left of the text."""
        width, _ = self.at.sizes.token_size(False)
        left = x - width / 2 + 12
        patch = self.cut(t, Box(left, y - 6, left + 6, y + 6)).reshape(-1, 3)
        fill = mix(chip_fill(self.shot.theme, Look("", "text")), "#FFFFFF", 0.05)
        return bool(np.abs(patch.astype(int) - channels(fill)).max() < 14)


def performed(folder: Path, shot: str = BUFFER, size: str = "960x540", theme: str = "ink") -> Performed:
    """The only shot of a storyboard, performed."""
    plan = shot_of(folder, shot, NO_TABLE, size="960x540", theme=theme)
    width, height = (int(side) for side in size.split("x"))
    return Performed(replace(plan, canvas=Stretch(width, height, 30)))


def problems(folder: Path, shot: str) -> list[Diagnostic]:
    """What keeps the shot from being planned."""
    try:
        shot_of(folder, shot, NO_TABLE)
    except InvalidInput as error:
        return list(error.problems)
    return []
