"""Rules about colours: contrast, dimmed words, and series that differ in colour alone.

Colour-vision deficiencies are simulated with the matrices of Machado, Oliveira and Fernandes, "A
Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 2009, at full severity;
they act on linear RGB. Distances are CIE 1976 Lab, D65.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.check.finding import Finding
from explainers.check.flashes import TO_XYZ
from explainers.check.geometry import (
    AT_REST,
    FAINT,
    SEEN,
    Sampled,
    Samples,
    SeenText,
    css_width,
    first_by,
    first_of_each,
    frame_of,
    samples_of,
    texts_of,
)
from explainers.check.rules import rule
from explainers.check.subject import Pictures
from explainers.theme import contrast, linear, mix

TEXT, LARGE, SHAPE = 4.5, 3.0, 3.0
LARGE_CSS_PX = 24.0


@rule("contrast", "error")
def low_contrast(subject: Pictures) -> Iterator[Finding]:
    """Too little contrast.

    WCAG 2: text 4.5:1 against what it really stands on (the colours painted under its letters, light and
    footage included, but for the last twentieth of the pixels; 3:1 where it is large), shapes that carry data
    3:1 against the ground there. Words that are dimmed are judged by `dim-words`.
    """
    for shot, geometry in subject.geometries():
        ratio = css_width(geometry) / frame_of(geometry)[0]
        for text in first_of_each(text for text in texts_of(geometry) if _too_low(text, ratio)):
            value, needed, ground = _too_low(text, ratio) or (0.0, 0.0, "")
            message = f"{text.words!r} has {value:.1f}:1 on {ground}, and needs {needed:g}:1"
            yield subject.at_text(message, shot, text, fix="another role, or a plate under it")
        shapes = ((t, one) for t, one in _data_shapes(geometry) if _shape_contrast(one)[0] < SHAPE)
        for t, one in first_by(shapes, lambda found: (found[1]["text"], found[1]["color"])):
            name = one["text"] or one["role"] or "a shape"
            value, ground = _shape_contrast(one)
            message = f"{name!r} has {value:.1f}:1 on {ground}, and needs {SHAPE:g}:1"
            yield subject.at_box(message, shot, t, one["box"], one["text"], fix="another role, or an outline")


def _too_low(text: SeenText, ratio: float) -> tuple[float, float, str] | None:
    """Contrast, what is needed and the ground, where it is too little; None where it is enough or unknown."""
    if not text.shown_colors or text.opacity < AT_REST:
        return None
    needed = LARGE if text.size * ratio >= LARGE_CSS_PX else TEXT
    value, ground = min((contrast(shown, ground), ground) for shown, ground in text.shown_colors)
    return (value, needed, ground) if value < needed - 0.005 else None


def _data_shapes(geometry: Mapping[str, Any]) -> Iterator[tuple[float, dict[str, Any]]]:
    """The coloured shapes of data that are fully there, each with the time of its moment."""
    layers = {layer["layer"]: layer for layer in geometry["layers"]}
    for moment in geometry["moments"]:
        for shape in moment["shapes"]:
            layer = layers[shape["layer"]]
            if layer["kind"] == "data" and layer["color"] and shape["opacity"] >= AT_REST:
                yield moment["t"], {**layer, **shape}


def _shape_contrast(shape: Mapping[str, Any]) -> tuple[float, str]:
    """The least contrast of a shape with what it stands on, and that colour."""
    grounds = [shape["over"]] if shape["over"] else shape["under"] or [shape["color"]]
    return min((contrast(shape["color"], ground), ground) for ground in grounds)


DIM_S = 0.3


@rule("dim-words", "error")
def dim_words(subject: Pictures) -> Iterator[Finding]:
    """Words that are dimmed until they can't be read.

    Dimming dims fills and lines. Words that are less than opaque for longer than 0.3 s keep 4.5:1 against
    what really lies under them, or are gone; at half their opacity and more, under 3:1 is an error.
    """
    for shot, geometry in subject.geometries():
        samples, grounds = samples_of(geometry), _grounds(geometry)
        at_once: dict[int, list[tuple[Sampled, int, int, float, float]]] = {}
        for one in samples.layers:
            under = grounds.get(one.layer, ((0.0, one.over or geometry["background"]),))
            for stretch in _dim(one, under, samples) if one.kind == "text" and one.color else ():
                at_once.setdefault(stretch[0], []).append((one, *stretch))
        for together in at_once.values():
            one, first, until, value, opacity = min(together, key=lambda each: each[3])
            needed = _needed(one, [color for _, color in grounds.get(one.layer, ((0.0, one.over),)) if color])
            more = len({each[0].words for each in together}) - 1
            yield subject.at_box(
                f"{one.words or 'a number'!r}{f' (and {more} more)' if more else ''} has {value:.1f}:1 at an "
                f"opacity of {opacity:.2f} for {(until - first) / samples.fps:.1f} s, and needs {TEXT:g}:1",
                shot,
                first / samples.fps,
                one.ink_at(first),
                one.words,
                until=until / samples.fps,
                severity="error" if value < LARGE and opacity >= SEEN else "warning",
                fix=f"an opacity of at least {needed:.2f}, or 0"
                if needed
                else "a brighter role, or an opacity of 0",
            )


Grounds = Sequence[tuple[float, str]]


def _grounds(geometry: Mapping[str, Any]) -> dict[int, Grounds]:
    """The darkest and the lightest colour under each text, by its layer, with the time of the moment."""
    found: dict[int, list[tuple[float, str]]] = {}
    for text in texts_of(geometry):
        found.setdefault(text.layer, []).extend((text.t, ground) for ground in text.under or ())
    return {layer: grounds for layer, grounds in found.items() if grounds}


def _dim(layer: Sampled, grounds: Grounds, samples: Samples) -> Iterator[tuple[int, int, float, float]]:
    """Stretches in which a text is dimmed too far: first and exclusive last frame, contrast and opacity."""
    first: int | None = None
    worst = (TEXT, 1.0)
    for state, until in layer.stretches(samples.frames):
        nearest = min(abs(t - state.frame / samples.fps) for t, _ in grounds)
        near = [color for t, color in grounds if abs(t - state.frame / samples.fps) <= nearest + 1e-6]
        value = min(contrast(mix(ground, layer.color, state.opacity), ground) for ground in near)
        low = FAINT / 2 <= state.opacity < AT_REST and value < TEXT
        if low and first is None:
            first, worst = state.frame, (value, state.opacity)
        # A fade that is noticed at a sample began up to one before.
        if low and until - state.frame > samples.every:
            worst = min(worst, (value, state.opacity))
        if first is not None and (not low or until >= samples.frames):
            end = state.frame if not low else until
            if (end - first - samples.every) / samples.fps > DIM_S - 1e-6:
                yield first, end, *worst
            first = None


def _needed(layer: Sampled, under: Sequence[str]) -> float | None:
    """The least opacity at which a text is read on all of its grounds; None where there is none."""
    for share in range(1, 101):
        if all(contrast(mix(ground, layer.color, share / 100), ground) >= TEXT for ground in under):
            return share / 100
    return None


TELLABLE = 12.0
"""CIE Lab distance from which two colours are told apart at a glance."""


@rule("color-only", "error")
def color_only(subject: Pictures) -> Iterator[Finding]:
    """Two series told apart by colour alone.

    Where two series of data have no name on screen, only their colours tell them apart; to one man in
    twelve they may be the same colour. The three common colour-vision deficiencies are simulated (Machado
    et al. 2009): two unnamed series whose colours come too close in any of them are an error, other unnamed
    series a warning.
    """
    for shot, geometry in subject.geometries():
        words = {" ".join(text.words.split()) for text in texts_of(geometry) if text.opacity >= SEEN}
        pairs = (pair for pair in _pairs(geometry) if not all(_named(one, words) for one in pair[1:]))
        for t, one, other in first_by(pairs, lambda pair: frozenset((pair[1]["color"], pair[2]["color"]))):
            distance, vision = closest(one["color"], other["color"])
            unnamed = other if _named(one, words) else one
            confused = distance < TELLABLE
            alike = f"; with {vision} they are nearly one" if confused else ""
            yield subject.at_box(
                f"{_called(one)} and {_called(other)} differ in colour alone{alike}",
                shot,
                t,
                unnamed["box"],
                unnamed["text"],
                severity="error" if confused else "warning",
                fix="write the series' names beside them, or give one a pattern",
            )


def _pairs(geometry: Mapping[str, Any]) -> Iterator[tuple[float, dict[str, Any], dict[str, Any]]]:
    """Pairs of data shapes with different colours that are there at one moment."""
    by_moment: dict[float, list[dict[str, Any]]] = {}
    for t, shape in _data_shapes(geometry):
        by_moment.setdefault(t, []).append(shape)
    for t, shapes in by_moment.items():
        for one, other in combinations(shapes, 2):
            if one["color"] != other["color"] and _in_one_panel(one["box"], other["box"]):
                yield t, one, other


def _in_one_panel(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two shapes share a good part of their width or height: charts side by side do not."""
    for low, high in ((0, 2), (1, 3)):
        common = min(one[high], other[high]) - max(one[low], other[low])
        if common >= 0.3 * max(1, min(one[high] - one[low], other[high] - other[low])):
            return True
    return False


def _named(shape: Mapping[str, Any], words: set[str]) -> bool:
    name = " ".join(shape["text"].split())
    return bool(name) and any(name in text for text in words)


def _called(shape: Mapping[str, Any]) -> str:
    return repr(shape["text"]) if shape["text"] else f"a series in {shape['color']}"


VISIONS: dict[str, NDArray[np.float64]] = {
    "normal vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_WHITE = np.array([0.95047, 1.0, 1.08883])


def closest(one: str, other: str) -> tuple[float, str]:
    """The smallest Lab distance of two colours over all visions, and the vision."""
    return min((distance(one, other, vision), vision) for vision in VISIONS)


def distance(one: str, other: str, vision: str = "normal vision") -> float:
    """Lab distance of two colours, `#RRGGBB`, as a vision sees them."""
    a, b = (_lab(np.clip(VISIONS[vision] @ np.array(linear(color)), 0, 1)) for color in (one, other))
    return float(np.linalg.norm(a - b))


def _lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    ratios = TO_XYZ @ light / _WHITE
    f = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
