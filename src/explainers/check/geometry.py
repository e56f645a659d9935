"""Reading a shot's geometry: its texts over time, in design units, and what each is in the shot."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest
from typing import Any, Literal, NamedTuple, TypeVar

from explainers.kinds.base import ShotPlan
from explainers.theme import mix

SEEN = 0.5
"""From this opacity on a text is there to be read."""
AT_REST = 0.995

Use = Literal["body", "label", "footer"]

_TENSOR = re.compile(r"[\d\s×x,()]+|n = [\d,]+")


@dataclass(frozen=True)
class SeenText:
    """A text at a moment. `box` is in pixels, `scale` pixels a design unit; `size` counts its growth."""

    words: str
    box: tuple[float, float, float, float]
    size: float
    color: str
    under: tuple[str, str] | None
    opacity: float
    hidden: float
    hidden_by: str
    touches: tuple[tuple[int, float], ...]
    layer: int
    t: float
    scale: float
    crossed: tuple[tuple[str, str], ...] = ()
    role: str = ""

    @property
    def design(self) -> tuple[float, float, float, float]:
        left, top, right, bottom = (edge / self.scale for edge in self.box)
        return left, top, right, bottom

    @property
    def shown_colors(self) -> tuple[tuple[str, str], ...]:
        """The words' colour, as it comes through its opacity, over the darkest and the lightest ground."""
        if self.under is None or not self.color:
            return ()
        return tuple((mix(ground, self.color, min(1.0, self.opacity)), ground) for ground in self.under)


def texts_of(geometry: Mapping[str, Any]) -> Iterator[SeenText]:
    """Every text at every moment, in order of time and then of depth."""
    layers = {layer["layer"]: layer for layer in geometry["layers"]}
    scale = float(geometry["scale"])
    for moment in geometry["moments"]:
        for text in moment["texts"]:
            layer = layers[text["layer"]]
            if not text["text"].strip():
                continue
            yield SeenText(
                text["text"],
                tuple(text["box"]),
                layer["size"] * text["grown"],
                layer["color"],
                tuple(text["under"]) if text["under"] else None,
                text["opacity"],
                text["hidden"],
                text.get("hidden_by", "a shape"),
                tuple((int(other), float(share)) for other, share in text["touches"]),
                text["layer"],
                moment["t"],
                scale,
                tuple((str(kind), str(name)) for kind, name in text.get("crossed", ())),
                layer.get("role", ""),
            )


def use_of(words: str, shot: ShotPlan, role: str = "") -> Use:
    """Whether words are body (title, statement), footer (footer, its chip, tensor sizes, counts), or a label.

    `role` is that of the words' note.
    """
    plain = " ".join(words.split())
    if role == "source":
        return "footer"
    body = [shot.title, shot.statement, *(beat.statement for beat in shot.beats)]
    if any(text and plain == " ".join(text.split()) for text in body):
        return "body"
    if shot.footer and plain in " ".join(shot.footer.split()):
        return "footer"
    return "footer" if _TENSOR.fullmatch(plain) and len(plain) > 3 else "label"


Found = TypeVar("Found")


def first_by(items: Iterable[Found], key: Callable[[Found], Hashable]) -> Iterator[Found]:
    """The first item of each key: what stays wrong is one finding."""
    known: set[Hashable] = set()
    for item in items:
        if (name := key(item)) not in known:
            known.add(name)
            yield item


def first_of_each(texts: Iterable[SeenText]) -> Iterator[SeenText]:
    """Each text of one size and colour once, at its first moment; so are the looks of one thing, and digits
    that change."""
    return first_by(texts, lambda one: (re.sub(r"\d+", "0", one.words), round(one.size, 1), one.color))


def frame_of(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """Width and height of the frame in design units."""
    scale = float(geometry["scale"])
    return geometry["width"] / scale, geometry["height"] / scale


def css_width(geometry: Mapping[str, Any]) -> float:
    """How many CSS pixels wide the video is judged at: a column of a page, or a phone."""
    width, height = geometry["width"], geometry["height"]
    return 700.0 if width > height else 360.0 if width < height else 480.0


# -- over time ---------------------------------------------------------------------------------------------

FORMAT = 3
"""The version of the geometry that is read here."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


class State(NamedTuple):
    """Where a layer stands from a frame on, and how opaque it is; 0 where it is not there."""

    frame: int
    box: Box
    opacity: float


@dataclass(frozen=True)
class Sampled:
    """A layer over time. `ink` is the share of its box that words or a plate take, `cut` what clips it."""

    layer: int
    name: str
    part: str
    pinned: bool
    kind: str
    words: str
    size: float
    color: str
    over: str
    ink: Box
    cut: Box | None
    states: tuple[State, ...]

    def at(self, frame: int) -> State:
        """The state at a frame."""
        return self.states[max(0, bisect_right(self.states, frame, key=lambda state: state.frame) - 1)]

    def ink_at(self, frame: int) -> Box:
        """The box of words' ink, or of a plate without its shadow, at a frame."""
        left, top, right, bottom = self.at(frame).box
        width, height = right - left, bottom - top
        across = left + self.ink[0] * width, left + self.ink[2] * width
        return across[0], top + self.ink[1] * height, across[1], top + self.ink[3] * height

    def stretches(self, end: int) -> Iterator[tuple[State, int]]:
        """Each state with the frame until which it stands."""
        for one, following in zip_longest(self.states, self.states[1:]):
            yield one, following.frame if following else end

    def when(self, least: float, end: int) -> list[tuple[int, int]]:
        """First and exclusive last frame of the stretches in which it has at least that opacity."""
        found: list[tuple[int, int]] = []
        for one, until in self.stretches(end):
            if one.opacity < least:
                continue
            if found and found[-1][1] == one.frame:
                found[-1] = (found[-1][0], until)
            else:
                found.append((one.frame, until))
        return found


@dataclass(frozen=True)
class Samples:
    """A shot's picture over time: its layers, lowest first, sampled every `every` frames.

    `filled` are frames, the share of the safe area in use, and the share without title, statement and source.
    """

    fps: int
    frames: int
    scale: float
    every: int
    size: tuple[int, int]
    layers: tuple[Sampled, ...]
    filled: tuple[tuple[int, float, float], ...]

    @property
    def grid(self) -> list[int]:
        """The frames that were looked at."""
        return sorted({*range(0, self.frames, self.every), self.frames - 1})

    def named(self, name: str) -> list[Sampled]:
        """The layers of a thing."""
        return [layer for layer in self.layers if layer.name == name]

    @property
    def names(self) -> list[str]:
        """The names of things, each once."""
        return list(dict.fromkeys(layer.name for layer in self.layers if layer.name))

    @cached_property
    def changes(self) -> list[int]:
        """The frames by which anything seen has changed since the sample before, in order."""
        return sorted(
            {
                after.frame
                for layer in self.layers
                for before, after in pairwise(layer.states)
                if max(before.opacity, after.opacity) >= FAINT
            }
        )

    def rests(self) -> Iterator[tuple[int, int]]:
        """First and exclusive last frame of each stretch in which nothing changes."""
        at = 0
        for frame in self.changes:
            # A change is noticed at the sample after it.
            if frame - self.every > at:
                yield at, frame - self.every
            at = frame
        if self.frames > at:
            yield at, self.frames


FAINT = 0.1
"""Under this opacity nothing is seen."""


def samples_of(geometry: Mapping[str, Any]) -> Samples:
    """The samples in a shot's geometry."""
    described = {layer["layer"]: layer for layer in geometry["layers"]}
    held, layers = geometry["samples"], []
    for layer in held["layers"]:
        note = described.get(layer["layer"], {})
        states = tuple(
            State(each[0], tuple(each[1:5]), each[5]) if len(each) > 1 else State(each[0], (0, 0, 0, 0), 0.0)
            for each in layer["states"]
        )
        layers.append(
            Sampled(
                layer["layer"],
                layer["name"],
                layer["part"],
                layer["pinned"],
                layer["kind"],
                note.get("text", "").strip(),
                note.get("size", 0.0),
                note.get("color", ""),
                note.get("over", ""),
                tuple(layer.get("ink", (0, 0, 1, 1))),
                tuple(layer["cut"]) if "cut" in layer else None,
                states,
            )
        )
    size = geometry["width"], geometry["height"]
    filled = tuple(tuple(one) for one in held["filled"])
    return Samples(
        geometry["fps"], geometry["frames"], geometry["scale"], held["every"], size, tuple(layers), filled
    )


def common(one: Box, other: Box) -> Box | None:
    """The box that two boxes share; None where they share none."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def joined(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them, of which there is one at least."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
