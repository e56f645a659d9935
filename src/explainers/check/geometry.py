"""Reading a shot's geometry: its texts over time, in design units, and what each is in the shot."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

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
    layers = {one["layer"]: one for one in geometry["layers"]}
    scale = float(geometry["scale"])
    for moment in geometry["moments"]:
        for one in moment["texts"]:
            layer = layers[one["layer"]]
            if not one["text"].strip():
                continue
            yield SeenText(
                one["text"],
                tuple(one["box"]),
                layer["size"] * one["grown"],
                layer["color"],
                tuple(one["under"]) if one["under"] else None,
                one["opacity"],
                one["hidden"],
                one.get("hidden_by", "a shape"),
                tuple((int(other), float(share)) for other, share in one["touches"]),
                one["layer"],
                moment["t"],
                scale,
                tuple((str(kind), str(name)) for kind, name in one.get("crossed", ())),
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
