"""Where everything in a picture stands, as plain data: the words, their boxes, what lies over and under.

Nothing is guessed from finished frames. Each text is painted alone, so its ink is known exactly; what
is painted after it shows how much of it is hidden, what before it, on which colours it stands.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from explainers.film.inked import Ink, clear_surface, ink_of, opacity_of, painted, scale_of
from explainers.film.layer import Layer, Note
from explainers.film.picture import Picture
from explainers.film.region import Rect
from explainers.film.rests import motion, rest_times
from explainers.theme import design_scale

__all__ = ["FORMAT", "SEEN", "describe", "motion", "rest_times", "save"]

FORMAT = 2

SEEN = 0.5
"""From this opacity on a text counts as being there to be read."""

_COVER = 90
"""Alpha, of 255, from which what lies above hides it."""
_LINES = ("edge", "frame")
"""Kinds of layers that words are not to be crossed by."""
_STEP_S = 0.1
_EDGE = 0.04
"""The share of a text's box that a frame around it, or beside it, may leave uncovered, or cover."""
_SHARE = 0.02
"""Of the pixels under a text, the darkest and the lightest share that is left out of account."""


def describe(picture: Picture, times: Sequence[float]) -> dict[str, Any]:
    """The picture's geometry at `times` (seconds, in order); plain data for JSON.

    Boxes are [left, top, right, bottom] in pixels; sizes are in design units, of which there are
    `scale` pixels each. A layer's number is its place in `layers`.
    """
    ordered = sorted(picture.layers, key=lambda layer: layer.z)
    noted = [i for i, layer in enumerate(ordered) if layer.note is not None and layer.note.kind not in _LINES]
    scene = _Scene(picture, ordered)
    background = picture.background[0, 0, 2::-1]
    return {
        "geometry": FORMAT,
        "width": picture.width,
        "height": picture.height,
        "fps": picture.fps,
        "frames": picture.duration_frames,
        "scale": design_scale(picture.width, picture.height),
        "background": _hex(background),
        "layers": [_layer(index, ordered[index], scene) for index in noted],
        "moments": [scene.moment(t) for t in times],
        "motion": [[round(start, 3), round(end, 3)] for start, end in motion(picture)],
    }


def save(picture: Picture, ends_s: Sequence[float], path: Path) -> None:
    """Write the geometry at the rests of the beats that end at `ends_s`."""
    found = describe(picture, rest_times(picture, ends_s))
    path.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _layer(index: int, layer: Layer, scene: _Scene) -> dict[str, Any]:
    note = layer.note or Note("")
    found: dict[str, Any] = {"layer": index, "kind": note.kind, "text": note.text, "z": layer.z}
    found |= {"size": note.size, "color": note.color, "over": note.over, "role": note.role}
    if note.kind == "text":
        found["visible"] = scene.visible(layer)
    return found


@dataclass
class _Scene:
    """The layers of a picture, lowest first, and what was found out about them."""

    picture: Picture
    layers: list[Layer]
    _inks: dict[Any, Ink | None] = field(default_factory=dict)

    def moment(self, t: float) -> dict[str, Any]:
        states = [None if _unpaintable(layer) else layer.state(t) for layer in self.layers]
        boxes = [
            None if state is None else layer.box(state)
            for layer, state in zip(self.layers, states, strict=True)
        ]
        texts, shapes = [], []
        for index, (layer, state) in enumerate(zip(self.layers, states, strict=True)):
            note = layer.note
            if note is None or state is None or note.kind in _LINES:
                continue
            if note.kind == "text":
                ink = self._ink(index, state)
                if ink is not None:
                    texts.append(self._text(index, note, ink, states, boxes))
            else:
                shapes.append(self._shape(index, layer, state))
        return {"t": round(t, 4), "texts": texts, "shapes": shapes}

    def visible(self, layer: Layer) -> list[list[float]]:
        """Stretches of time in which the layer can be read."""
        length = self.picture.duration_frames / self.picture.fps
        times = {0.0, length}
        for start, end in layer.spans():
            steps = max(1, math.ceil((end - start) / _STEP_S))
            between = (start + (end - start) * step / steps for step in range(steps + 1))
            times.update(min(length, max(0.0, t)) for t in between)
        stretches: list[list[float]] = []
        seen_before = False
        for t in sorted(times):
            seen = _opacity(layer, t) >= SEEN
            if seen and seen_before:
                stretches[-1][1] = round(t, 3)
            elif seen:
                stretches.append([round(t, 3), round(t, 3)])
            seen_before = seen
        return stretches

    def _text(
        self, index: int, note: Note, ink: Ink, states: list[Any], boxes: list[Rect | None]
    ) -> dict[str, Any]:
        state = states[index]
        found: dict[str, Any] = {
            "layer": index,
            "text": _words(note, state),
            "box": list(ink.box),
            "opacity": ink.opacity,
            "grown": round(scale_of(self.layers[index], state), 4),
        }
        hidden = np.zeros(ink.mask.shape, bool)
        for above in range(index + 1, len(self.layers)):
            box, other = boxes[above], self.layers[above]
            if box is None or not box.meets(ink.box):
                continue
            if other.note is not None and other.note.kind == "text":
                continue
            covered = (painted(other, states[above], ink.box)[:, :, 3] >= _COVER) & ink.mask
            if covered.any():
                hidden |= covered
                noted = other.note if other.note and other.note.kind not in _LINES else None
                found.setdefault("hidden_by", noted.role or noted.kind if noted else "a shape")
        found["hidden"] = round(float(hidden.sum() / max(1, ink.mask.sum())), 4)
        found["touches"] = self._touching(index, ink, states, boxes)
        found["crossed"] = [] if ink.ground else self._crossing(index, ink.box, states, boxes)
        own = [ink.ground, ink.ground] if ink.ground else None
        found["under"] = own or self._under(index, ink.box, states, boxes)
        return found

    def _touching(
        self, index: int, ink: Ink, states: list[Any], boxes: list[Rect | None]
    ) -> list[list[float]]:
        """Texts above that share room with this one: layer, and the share of the smaller one's box."""
        touching = []
        for above in range(index + 1, len(self.layers)):
            box, note = boxes[above], self.layers[above].note
            if box is None or note is None or note.kind != "text" or not box.meets(ink.box):
                continue
            other = self._ink(above, states[above])
            if other is None:
                continue
            common = ink.box.cut(other.box)
            if common.empty:
                continue
            mine, theirs = ink.part(common), other.part(common)
            share = common.area / min(ink.box.area, other.box.area)
            if (mine & theirs).any() or share > 0.15:
                touching.append([above, round(max(share, 1e-4), 4)])
        return touching

    def _crossing(
        self, index: int, box: Rect, states: list[Any], boxes: list[Rect | None]
    ) -> list[tuple[str, str]]:
        """Kind and name of the edges that are seen to run through a text's box, and frames that end in it."""
        found = []
        for below in range(index):
            other, covered = self.layers[below], boxes[below]
            if (
                covered is None
                or other.note is None
                or other.note.kind not in _LINES
                or not covered.meets(box)
            ):
                continue
            ink = painted(other, states[below], box)[:, :, 3] >= _COVER
            for between in range(below + 1, index):
                lies, note = boxes[between], self.layers[between].note
                if ink.any() and lies is not None and lies.meets(box) and not (note and note.kind == "text"):
                    ink &= painted(self.layers[between], states[between], box)[:, :, 3] < _COVER
            share = float(ink.mean()) if ink.size else 0.0
            if share > (0.0 if other.note.kind == "edge" else _EDGE) and share < 1 - _EDGE:
                found.append((other.note.kind, other.note.text))
        return list(dict.fromkeys(found))

    def _under(self, index: int, box: Rect, states: list[Any], boxes: list[Rect | None]) -> list[str] | None:
        """The darkest and the lightest colour a text stands on; None where what is under it is not known."""
        box = box.cut(Rect(0, 0, self.picture.width, self.picture.height))
        if box.empty or any(_unpaintable(layer) for layer in self.layers[:index]):
            return None
        memory, ctx, _ = clear_surface(box)
        ground = self.picture.background[box.top : box.bottom, box.left : box.right]
        memory[:, : box.right - box.left] = ground
        for below in range(index):
            covered, note = boxes[below], self.layers[below].note
            if covered is not None and covered.meets(box) and not (note and note.kind == "text"):
                self.layers[below].paint(ctx, states[below])
        colors = memory[:, : box.right - box.left, 2::-1].reshape(-1, 3)
        weights = (0.2126, 0.7152, 0.0722)
        order = np.argsort(colors.astype(np.float32) @ np.array(weights, np.float32), kind="stable")
        edge = int(len(order) * _SHARE)
        return [_hex(colors[order[edge]]), _hex(colors[order[-1 - edge]])]

    def _shape(self, index: int, layer: Layer, state: Any) -> dict[str, Any]:
        return {"layer": index, "box": list(layer.box(state)), "opacity": round(opacity_of(layer, state), 3)}

    def _ink(self, index: int, state: Any) -> Ink | None:
        key = index, state
        if key not in self._inks:
            self._inks[key] = ink_of(self.layers[index], state)
        return self._inks[key]


def _opacity(layer: Layer, t: float) -> float:
    state = layer.state(t)
    return 0.0 if state is None else opacity_of(layer, state)


def _words(note: Note, state: Any) -> str:
    """A text's words: of a changing number, those of its state."""
    return state[0] if isinstance(state, tuple) and isinstance(state[0], str) else note.text


def _unpaintable(layer: Layer) -> bool:
    """Whether a layer's frames come in order only, from a clock of its own."""
    return layer.note is not None and layer.note.role == "scene"


def _hex(color: np.ndarray) -> str:
    return "#" + "".join(f"{int(value):02X}" for value in color)
