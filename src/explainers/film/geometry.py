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

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.film.layer import Layer, Note, Rect, Span, TileLayer
from explainers.film.picture import Picture
from explainers.theme import channels, design_scale

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


_INK = 24
"""Alpha, of 255, from which a pixel is ink."""
_NEAR = 90
"""How far, over three channels, a pixel may be from the words' colour to be theirs."""
_PLATE = 0.25
"""Of a text's box, the share of pixels that are not its ink from which it stands on a plate of its own."""
_SAME, _ENOUGH = 15, 3
"""How far, over three channels, a pixel may be from a colour to be of it, and how many show it."""


@dataclass(frozen=True, eq=False)
class Ink:
    """A text's ink: its box, the mask of its pixels, of the box's shape, and its opacity.

    `ground` is the colour of the plate or shape that the layer brings for its words to stand on, if any.
    """

    box: Rect
    mask: NDArray[np.bool_]
    opacity: float
    ground: str | None

    def part(self, box: Rect) -> NDArray[np.bool_]:
        """The mask inside a box that lies in this one's."""
        rows = slice(box.top - self.box.top, box.bottom - self.box.top)
        return self.mask[rows, box.left - self.box.left : box.right - self.box.left]


def ink_of(layer: Layer, state: Any) -> Ink | None:
    """The ink of a text layer in a state; None where there is none."""
    box = layer.box(state)
    if box.empty:
        return None
    pixels = painted(layer, state, box)
    opacity = opacity_of(layer, state)
    there = pixels[:, :, 3] >= max(3.0, _INK * opacity)
    mask = there & _of_the_words(pixels, layer.note)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    tight = Rect(box.left + left, box.top + top, box.left + right, box.top + bottom)
    over = layer.note.over if layer.note else ""
    ground = _ground(pixels[top:bottom, left:right], mask[top:bottom, left:right], opacity, over)
    return Ink(tight, mask[top:bottom, left:right], round(opacity, 3), ground)


def _of_the_words(pixels: NDArray[np.uint8], note: Note | None) -> NDArray[np.bool_]:
    """Which pixels have the words' colour and not that of a shape drawn with them."""
    if note is None or not note.color:
        return np.ones(pixels.shape[:2], bool)
    far = _distance(pixels, note.color)
    if note.over and note.over != note.color:
        return far <= _distance(pixels, note.over)
    return far <= _NEAR


def _distance(pixels: NDArray[np.uint8], color: str) -> NDArray[np.float32]:
    """How far each pixel, freed of its alpha, is from a colour: the sum over its channels."""
    alpha = np.maximum(pixels[:, :, 3:], 1).astype(np.float32)
    plain = pixels[:, :, 2::-1] * (255 / alpha)
    return np.abs(plain - np.array(channels(color), np.float32)).sum(axis=2)


def _ground(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], opacity: float, over: str) -> str | None:
    """The middle colour of what is painted in a text's box and is not its ink, where that is much; `over` is
    what it is said to be."""
    plate = (pixels[:, :, 3] >= 230 * opacity) & ~mask
    if plate.mean() <= _PLATE:
        return None
    # Beside the ink of small words a pixel is half of their colour: the declared plate is believed once seen.
    if over and (plate & (_distance(pixels, over) <= _SAME)).sum() >= _ENOUGH:
        return over
    solid = pixels[plate].astype(np.float32)
    red, green, blue = np.median(solid[:, 2::-1] * (255 / solid[:, 3:]), axis=0)
    return f"#{round(red):02X}{round(green):02X}{round(blue):02X}"


def painted(layer: Layer, state: Any, box: Rect) -> NDArray[np.uint8]:
    """A layer painted alone, in a box: premultiplied BGRA of shape (height, width, 4)."""
    memory, ctx, surface = clear_surface(box)
    layer.paint(ctx, state)
    surface.flush()
    return memory[:, : box.right - box.left]


def clear_surface(box: Rect) -> tuple[NDArray[np.uint8], cairo.Context, cairo.ImageSurface]:
    """A clear surface that shows the frame's pixels in a box: its memory, a context in frame pixels."""
    width, height = box.right - box.left, box.bottom - box.top
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_ARGB32, width)
    memory = np.zeros((height, stride // 4, 4), np.uint8)
    surface = cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_ARGB32, width, height, stride)
    ctx = cairo.Context(surface)
    ctx.rectangle(0, 0, width, height)
    ctx.clip()
    ctx.translate(-box.left, -box.top)
    return memory, ctx, surface


def opacity_of(layer: Layer, state: Any) -> float:
    """Opacity of a tile's state, or of a changing number's; 1 for what does not say."""
    if isinstance(layer, TileLayer):
        return float(state[2])
    number = isinstance(state, tuple) and len(state) >= 4 and isinstance(state[0], str)
    return float(state[3]) if number and isinstance(state[3], float) else 1.0


def scale_of(layer: Layer, state: Any) -> float:
    """How much a tile is grown; 1 for what can't be."""
    return float(state[3]) if isinstance(layer, TileLayer) else 1.0


_STILL_S = 0.2
_CALM_S = 0.3
_MOST_GAPS = 3


def rest_times(picture: Picture, ends_s: Sequence[float] = ()) -> list[float]:
    """Moments at which the picture should be judged: where it stands still in each beat, and near its end.

    `ends_s` are the ends of the beats; the whole shot is one where there are none.
    """
    length = picture.duration_frames / picture.fps
    moving = motion(picture)
    times: set[float] = set()
    start = 0.0
    for end in [*(end for end in ends_s if end < length - 1e-6), length]:
        gaps = sorted(_gaps(moving, start, end), key=lambda gap: gap[0] - gap[1])
        times.update((low + high) / 2 for low, high in gaps[:_MOST_GAPS])
        # What leaves with the beat has not begun to.
        times.add(max((start + end) / 2, end - _CALM_S))
        start = end
    frames = sorted({min(picture.duration_frames - 1, math.floor(t * picture.fps)) for t in times})
    return [frame / picture.fps for frame in frames]


def motion(picture: Picture) -> list[Span]:
    """The stretches in which anything may change, merged and in order."""
    length = picture.duration_frames / picture.fps
    spans = sorted(
        (max(0.0, start), min(length, end))
        for layer in picture.layers
        for start, end in layer.spans()
        if start < length and end > 0
    )
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _gaps(moving: Sequence[Span], start: float, end: float) -> list[Span]:
    edges = [start]
    for low, high in moving:
        edges += [low, high]
    edges.append(end)
    pairs = zip(edges[0::2], edges[1::2], strict=True)
    clipped = [(max(start, low), min(end, high)) for low, high in pairs]
    return [(low, high) for low, high in clipped if high - low >= _STILL_S]
