"""Where everything in a picture stands, as plain data: the words, their boxes, what lies over and under.

Nothing is guessed from finished frames. Each text is painted alone, so its ink is known exactly; what is
painted after it shows how much of it is hidden, what before it, on which colours it stands.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from explainers.compositor.camera import camera_of
from explainers.compositor.layer import Layer, Note, Rect, Span, TileLayer
from explainers.compositor.picture import Picture
from explainers.compositor.samples import sampled, unpaintable, widened
from explainers.theme import channels, design_scale, hex_color

FORMAT = 3

_LINES = ("edge", "frame")
"""Kinds of layers that words are not to be crossed by."""
_COVER = 90
"""Alpha, of 255, from which what lies above hides it."""
_EDGE = 0.04
"""The share of a text's box that a frame around it, or beside it, may leave uncovered, or cover."""
_SHARE = 0.05
"""Of the pixels under a text, the darkest and the lightest share that is left out of account."""
_AROUND = 5.0
"""Design units around a text's ink that are what it stands on, beside what is under it."""
_INK = 24
"""Alpha, of 255, from which a pixel is ink."""
_NEAR = 90
"""How far, over three channels, a pixel may be from the words' colour to be theirs."""
_PLATE = 0.25
"""Of a text's box, the share of pixels that are not its ink from which it stands on a plate of its own."""
_SAME, _ENOUGH = 15, 3
"""How far, over three channels, a pixel may be from a colour to be of it, and how many show it."""
_STILL_S, _CALM_S, _MOST_GAPS = 0.2, 0.3, 3


def describe(picture: Picture, times: Sequence[float]) -> dict[str, Any]:
    """The picture's geometry at `times` (seconds, in order); plain data for JSON.

    Boxes are [left, top, right, bottom] in pixels; sizes are in design units, of which there are
    `scale` pixels each. A layer's number is its place in `layers`.
    """
    ordered = sorted(picture.layers, key=lambda layer: layer.z)
    camera = next(filter(None, map(camera_of, ordered)), None)
    inks: dict[Any, Ink | None] = {}
    moments = [_Moment(picture, ordered, t, inks).described() for t in times]

    def ink_box(index: int, state: Any) -> Rect | None:
        layer = ordered[index]
        if layer.note is None or layer.note.kind != "text":
            return _solid(layer, state)
        if (index, state) not in inks:
            inks[index, state] = ink_of(layer, state)
        ink = inks[index, state]
        return ink.box if ink else None

    return {
        "geometry": FORMAT,
        "width": picture.width,
        "height": picture.height,
        "fps": picture.fps,
        "frames": picture.duration_frames,
        "scale": design_scale(picture.width, picture.height),
        "background": hex_color(picture.background[0, 0, 2::-1]),
        "layers": [
            _layer(index, layer, layer.note)
            for index, layer in enumerate(ordered)
            if layer.note is not None and layer.note.kind not in _LINES
        ],
        "camera": camera.departures() if camera else [],
        "moments": moments,
        "samples": sampled(picture, ordered, ink_box),
    }


def save(picture: Picture, ends_s: Sequence[float], path: Path) -> None:
    """Write the geometry at the rests of the beats that end at `ends_s`."""
    found = describe(picture, rest_times(picture, ends_s))
    path.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _layer(index: int, layer: Layer, note: Note) -> dict[str, Any]:
    found: dict[str, Any] = {"layer": index, "kind": note.kind, "text": note.text, "z": layer.z}
    return found | {"size": note.size, "color": note.color, "over": note.over, "role": note.role}


class _Moment:
    """The layers of a picture at a time, lowest first: their states and the boxes these may touch.

    `inks` are those that are known already, by layer and state.
    """

    def __init__(self, picture: Picture, layers: Sequence[Layer], t: float, inks: dict[Any, Ink | None]):
        self.picture, self.layers, self.t, self.inks = picture, layers, t, inks
        self.around = max(1, round(_AROUND * design_scale(picture.width, picture.height)))
        self.states: list[Any] = [None if unpaintable(layer) else layer.state(t) for layer in layers]
        pairs = zip(layers, self.states, strict=True)
        self.boxes = [None if state is None else layer.box(state) for layer, state in pairs]

    def described(self) -> dict[str, Any]:
        texts, shapes = [], []
        for index, (layer, state) in enumerate(zip(self.layers, self.states, strict=True)):
            note = layer.note
            if note is None or state is None or note.kind in _LINES:
                continue
            if note.kind != "text":
                opacity = round(layer.alpha(state), 3)
                box = layer.box(state)
                shapes.append({"layer": index, "box": list(box), "opacity": opacity})
                if note.kind == "data":
                    ground = self.picture.background[
                        max(0, box.top) : box.bottom, max(0, box.left) : box.right
                    ]
                    shapes[-1]["under"] = _extremes(ground) if ground.size else None
            elif ink := self.ink(index):
                texts.append(self.text(index, note, ink))
        return {"t": round(self.t, 4), "texts": texts, "shapes": shapes}

    def ink(self, index: int) -> Ink | None:
        key = index, self.states[index]
        if key not in self.inks:
            self.inks[key] = ink_of(self.layers[index], self.states[index])
        return self.inks[key]

    def painted(self, index: int, box: Rect) -> NDArray[np.bool_]:
        """Where in a box a layer hides what is under it."""
        return _painted(self.layers[index], self.states[index], box)[:, :, 3] >= _COVER

    def meeting(self, box: Rect, first: int, end: int) -> Iterator[tuple[int, Note | None]]:
        """The layers from `first` to `end`, exclusive, that may touch a box, with their notes."""
        for index in range(first, end):
            covered = self.boxes[index]
            if covered is not None and covered.meets(box):
                yield index, self.layers[index].note

    def text(self, index: int, note: Note, ink: Ink) -> dict[str, Any]:
        layer, state = self.layers[index], self.states[index]
        found: dict[str, Any] = {
            "layer": index,
            "text": layer.words(state),
            "box": list(ink.box),
            "opacity": ink.opacity,
            "grown": round(float(state[3]), 4) if isinstance(layer, TileLayer) else 1.0,
        }
        hidden = np.zeros(ink.mask.shape, bool)
        for above, other in self.meeting(ink.box, index + 1, len(self.layers)):
            if other is not None and other.kind == "text":
                continue
            covered = self.painted(above, ink.box) & ink.mask
            if covered.any():
                hidden |= covered
                named = other if other and other.kind not in _LINES else None
                found.setdefault("hidden_by", named.role or named.kind if named else "a shape")
        found["hidden"] = round(float(hidden.sum() / max(1, ink.mask.sum())), 4)
        found["touches"] = self.touching(index, ink)
        found["crossed"] = [] if ink.ground else self.crossing(index, ink.box)
        found["under"] = [ink.ground, ink.ground] if ink.ground else self.under(index, ink)
        return found

    def touching(self, index: int, ink: Ink) -> list[list[float]]:
        """Texts above that share room with this one: layer, and the share of the smaller one's box."""
        touching = []
        for above, note in self.meeting(ink.box, index + 1, len(self.layers)):
            other = self.ink(above) if note is not None and note.kind == "text" else None
            if other is None or (common := ink.box.cut(other.box)).empty:
                continue
            share = common.area / min(ink.box.area, other.box.area)
            if (ink.part(common) & other.part(common)).any() or share > 0.15:
                touching.append([above, round(max(share, 1e-4), 4)])
        return touching

    def crossing(self, index: int, box: Rect) -> list[tuple[str, str]]:
        """Kind and name of the edges that are seen to run through a text's box, and frames that end in it."""
        found = []
        for below, other in self.meeting(box, 0, index):
            if other is None or other.kind not in _LINES:
                continue
            ink = self.painted(below, box)
            for between, note in self.meeting(box, below + 1, index):
                if ink.any() and not (note and note.kind == "text"):
                    ink &= ~self.painted(between, box)
            share = float(ink.mean()) if ink.size else 0.0
            if share > (0.0 if other.kind == "edge" else _EDGE) and share < 1 - _EDGE:
                found.append((other.kind, other.text))
        return list(dict.fromkeys(found))

    def under(self, index: int, ink: Ink) -> list[str] | None:
        """The darkest and the lightest colour under a text's letters, but for the last twentieth of either.

        None where what is under it is not known.
        """
        box = ink.box.cut(Rect(0, 0, self.picture.width, self.picture.height))
        if box.empty or any(unpaintable(layer) for layer in self.layers[:index]):
            return None
        memory, ctx, _ = _clear_surface(box)
        memory[:, : box.width] = self.picture.background[box.top : box.bottom, box.left : box.right]
        for below, note in self.meeting(box, 0, index):
            words = self.ink(below) if note and note.kind == "text" else None
            # Words under words are for another rule; the plate that some bring is ground like any other.
            if note is None or note.kind != "text" or (words and words.ground):
                self.layers[below].paint(ctx, self.states[below])
        return _extremes(memory[:, : box.width][widened(ink.part(box), self.around)])


def _extremes(pixels: NDArray[np.uint8]) -> list[str]:
    """The darkest and the lightest colour of BGRA pixels, but for a few of them at either end."""
    colors = pixels.reshape(-1, 4)[:, 2::-1]
    weights = np.array((0.2126, 0.7152, 0.0722), np.float32)
    edge = int(len(colors) * _SHARE)
    ends = edge, len(colors) - 1 - edge
    order = np.argpartition(colors.astype(np.float32) @ weights, ends)
    return [hex_color(colors[order[end]]) for end in ends]


# -- ink ---------------------------------------------------------------------------------------------------


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


def box_of_mask(mask: NDArray[np.bool_], x: int, y: int) -> Rect | None:
    """The box of what is set in a mask whose corner lies at (`x`, `y`); None where nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return Rect(x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1)


def _solid(layer: Layer, state: Any) -> Rect | None:
    """The box of what a plate is, without the shadow and the glow around it."""
    box = layer.box(state)
    alpha = _painted(layer, state, box)[:, :, 3] if not box.empty else np.zeros((0, 0), np.uint8)
    return box_of_mask(alpha >= 0.5 * alpha.max(initial=1), box.left, box.top)


def ink_of(layer: Layer, state: Any) -> Ink | None:
    """The ink of a text layer in a state; None where there is none."""
    box = layer.box(state)
    if box.empty:
        return None
    pixels, opacity = _painted(layer, state, box), layer.alpha(state)
    mask = (pixels[:, :, 3] >= max(3.0, _INK * opacity)) & _of_the_words(pixels, layer.note)
    tight = box_of_mask(mask, box.left, box.top)
    if tight is None:
        return None
    place = (
        slice(tight.top - box.top, tight.bottom - box.top),
        slice(tight.left - box.left, tight.right - box.left),
    )
    inside = mask[place]
    ground = _ground(pixels[place], inside, opacity, layer.note.over if layer.note else "")
    return Ink(tight, inside, round(opacity, 3), ground)


def _of_the_words(pixels: NDArray[np.uint8], note: Note | None) -> NDArray[np.bool_]:
    """Which pixels have the words' colour and not that of a shape drawn with them."""
    if note is None or not note.color:
        return np.ones(pixels.shape[:2], bool)
    far = _distance(pixels, note.color)
    return far <= (_distance(pixels, note.over) if note.over and note.over != note.color else _NEAR)


def _distance(pixels: NDArray[np.uint8], color: str) -> NDArray[np.float32]:
    """How far each pixel, freed of its alpha, is from a colour: the sum over its channels."""
    alpha = np.maximum(pixels[:, :, 3:], 1).astype(np.float32)
    return np.abs(pixels[:, :, 2::-1] * (255 / alpha) - np.array(channels(color), np.float32)).sum(axis=2)


def _ground(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], opacity: float, over: str) -> str | None:
    """The middle colour of what is painted in a text's box and is not its ink, where that is much; `over` is
    what the layer declares it to be."""
    plate = (pixels[:, :, 3] >= 230 * opacity) & ~mask
    if plate.mean() <= _PLATE:
        return None
    # Beside the ink of small words a pixel is half of their colour: a declared plate counts once it shows.
    if over and (plate & (_distance(pixels, over) <= _SAME)).sum() >= _ENOUGH:
        return over
    solid = pixels[plate].astype(np.float32)
    red, green, blue = np.median(solid[:, 2::-1] * (255 / solid[:, 3:]), axis=0)
    return f"#{round(red):02X}{round(green):02X}{round(blue):02X}"


def _painted(layer: Layer, state: Any, box: Rect) -> NDArray[np.uint8]:
    """A layer painted alone, in a box: premultiplied BGRA of shape (height, width, 4)."""
    memory, ctx, surface = _clear_surface(box)
    layer.paint(ctx, state)
    surface.flush()
    return memory[:, : box.width]


def _clear_surface(box: Rect) -> tuple[NDArray[np.uint8], cairo.Context, cairo.ImageSurface]:
    """A clear surface that shows the frame's pixels in a box: its memory, a context in frame pixels."""
    width, height = box.width, box.bottom - box.top
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_ARGB32, width)
    memory = np.zeros((height, stride // 4, 4), np.uint8)
    surface = cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_ARGB32, width, height, stride)
    ctx = cairo.Context(surface)
    ctx.rectangle(0, 0, width, height)
    ctx.clip()
    ctx.translate(-box.left, -box.top)
    return memory, ctx, surface


# -- rests -------------------------------------------------------------------------------------------------


def rest_times(picture: Picture, ends_s: Sequence[float] = ()) -> list[float]:
    """Moments at which the picture should be judged: where it stands still in each beat, and near its end.

    `ends_s` are the ends of the beats; the whole shot is one where there are none.
    """
    length, moving = picture.duration_frames / picture.fps, motion(picture)
    times: set[float] = set()
    start = 0.0
    for end in [*(end for end in ends_s if end < length - 1e-6), length]:
        edges = [start, *(edge for span in moving for edge in span), end]
        gaps = [(max(start, a), min(end, b)) for a, b in zip(edges[0::2], edges[1::2], strict=True)]
        still = sorted((low - high, low, high) for low, high in gaps if high - low >= _STILL_S)
        times.update((low + high) / 2 for _, low, high in still[:_MOST_GAPS])
        # What leaves with the beat has not begun to.
        times.add(max((start + end) / 2, end - _CALM_S))
        start = end
    frames = sorted({min(picture.duration_frames - 1, math.floor(t * picture.fps)) for t in times})
    return [frame / picture.fps for frame in frames]


def motion(picture: Picture) -> list[Span]:
    """The stretches in which anything may change, merged and in order."""
    length = picture.duration_frames / picture.fps
    spans = (span for layer in picture.layers for span in layer.spans())
    merged: list[Span] = []
    for start, end in sorted((max(0.0, a), min(length, b)) for a, b in spans if a < length and b > 0):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
