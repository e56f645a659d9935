"""What stands in the drawn street: upright figures in metres, made of labelled shapes."""

from __future__ import annotations

import math
import random
from functools import cache

import numpy as np

from explainers.stage.drawn import Rgb
from explainers.stage.perspective import Shape
from explainers.theme import channels

BUILDING, CAR, MOTORCYCLE, PEDESTRIAN, ROAD = "Building", "Car", "MotorcycleScooter", "Pedestrian", "Road"
SIDEWALK, SIGN, SKY, TREE = "Sidewalk", "SignSymbol", "Sky", "Tree"
LABELS = (BUILDING, CAR, MOTORCYCLE, PEDESTRIAN, ROAD, SIDEWALK, SIGN, SKY, TREE)
"""The labels of drawn streets; a class table must have these names for them."""

Shapes = tuple[Shape, ...]


def rgb(color: str) -> Rgb:
    red, green, blue = channels(color)
    return red / 255, green / 255, blue / 255


def polygon(
    points: list[tuple[float, float]], color: str, label: str | None = None, opacity: float = 1.0
) -> Shape:
    return Shape(np.array(points, float), rgb(color), label, opacity)


def box(
    left: float,
    bottom: float,
    right: float,
    top: float,
    color: str,
    label: str | None = None,
    round_m: float = 0.0,
    opacity: float = 1.0,
) -> Shape:
    """A rectangle, its corners rounded by `round_m`."""
    if round_m <= 0:
        return polygon([(left, bottom), (right, bottom), (right, top), (left, top)], color, label, opacity)
    points = []
    for x, y, turn in ((right, top, 0), (left, top, 1), (left, bottom, 2), (right, bottom, 3)):
        cx, cy = (
            x - math.copysign(round_m, x - (left + right) / 2),
            y - math.copysign(round_m, y - (bottom + top) / 2),
        )
        for step in range(5):
            angle = (turn + step / 4) * math.pi / 2
            points.append((cx + round_m * math.cos(angle), cy + round_m * math.sin(angle)))
    return polygon(points, color, label, opacity)


def oval(
    x: float, y: float, rx: float, ry: float, color: str, label: str | None = None, opacity: float = 1.0
) -> Shape:
    return Shape(np.array([[x, y], [rx, ry]], float), rgb(color), label, opacity, True)


def shadow(width: float) -> Shape:
    """Soft dark ground under a figure; paint on whatever is there."""
    return oval(0, 0.02, width / 2, width * 0.045, "#20242C", None, 0.32)


@cache
def tree(seed: int) -> Shapes:
    """A broad tree as they line Bandung's streets: a trunk with a fork, a crown of leafy rounds."""
    dice = random.Random(seed)
    trunk = "#6B4F3A"
    shapes = [
        shadow(2.6),
        polygon(
            [
                (-0.22, 0),
                (0.22, 0),
                (0.15, 1.6),
                (0.5, 2.9),
                (0.32, 3.0),
                (0.02, 2.2),
                (-0.35, 3.0),
                (-0.5, 2.8),
                (-0.14, 1.7),
            ],
            trunk,
            TREE,
        ),
        polygon([(0.02, 0), (0.22, 0), (0.15, 1.6), (0.06, 1.6)], "#543D2C"),
    ]
    dark, middle, light = dice.choice(
        [
            ("#2F6B3C", "#3F8549", "#63A357"),
            ("#37703A", "#4A8A44", "#79AE57"),
            ("#2B6549", "#3A8058", "#5FA06C"),
        ]
    )
    rounds = [
        (-1.15, 3.5, 1.0),
        (1.15, 3.45, 1.05),
        (0, 4.3, 1.35),
        (-0.75, 4.5, 1.0),
        (0.85, 4.45, 0.95),
        (0, 3.35, 0.95),
    ]
    jitter = [
        (x + dice.uniform(-0.15, 0.15), y + dice.uniform(-0.15, 0.2), r * dice.uniform(0.92, 1.1))
        for x, y, r in rounds
    ]
    shapes += [oval(x, y - 0.12, r, r * 0.86, dark, TREE) for x, y, r in jitter]
    shapes += [oval(x - 0.08, y + 0.12, r * 0.84, r * 0.68, middle, TREE) for x, y, r in jitter]
    shapes += [oval(x - 0.28, y + 0.34, r * 0.48, r * 0.34, light, TREE) for x, y, r in jitter[:5]]
    return tuple(shapes)


@cache
def palm(seed: int) -> Shapes:
    """A slim palm."""
    dice = random.Random(seed)
    shapes = [shadow(1.2), polygon([(-0.13, 0), (0.13, 0), (0.22, 4.6), (0.08, 4.6)], "#8A7357", TREE)]
    for angle in (-165, -140, -115, -60, -35, -10, 20, 160, 90):
        turn = math.radians(angle + dice.uniform(-8, 8))
        reach = 1.7
        tip = (0.15 + reach * math.cos(turn), 4.7 + reach * math.sin(turn) * 0.75 - 0.35)
        across = (-math.sin(turn) * 0.2, math.cos(turn) * 0.2)
        mid = (0.15 + reach * 0.5 * math.cos(turn), 4.85 + reach * 0.5 * math.sin(turn) * 0.8)
        shapes.append(
            polygon(
                [
                    (0.15, 4.6),
                    (mid[0] + across[0], mid[1] + across[1]),
                    tip,
                    (mid[0] - across[0], mid[1] - across[1]),
                ],
                dice.choice(["#3E8A4E", "#5BA35A", "#2F7444"]),
                TREE,
            )
        )
    return tuple(shapes)


@cache
def bush(color: str = "#4A8A44") -> Shapes:
    """A low hedge with flowers."""
    shapes = [oval(x, 0.32, 0.42, 0.4, "#3B7740", TREE) for x in (-0.6, 0, 0.6)]
    shapes += [oval(x - 0.06, 0.42, 0.3, 0.24, color, TREE) for x in (-0.6, 0, 0.6)]
    shapes += [
        oval(x, y, 0.05, 0.05, "#F2B5C4")
        for x, y in ((-0.7, 0.5), (-0.3, 0.62), (0.1, 0.55), (0.5, 0.64), (0.75, 0.44))
    ]
    return tuple(shapes)


@cache
def stall(first: str, second: str) -> Shapes:
    """A street kitchen: a cart with a striped awning, pots and a bench; a small building on wheels."""
    b = BUILDING
    shapes = [
        shadow(2.6),
        oval(-0.7, 0.2, 0.2, 0.2, "#2A2E36", b),
        oval(0.7, 0.2, 0.2, 0.2, "#2A2E36", b),
        box(-1.05, 0.26, 1.05, 0.98, "#B4703C", b, 0.03),
        box(-1.05, 0.62, 1.05, 0.68, "#8C5228"),
        box(-0.9, 0.98, 0.9, 1.5, "#BFE0E8", b, 0.0, 1.0),
        box(-0.6, 0.98, -0.3, 1.2, "#9AA3AD", None, 0.04),
        oval(0.1, 1.06, 0.16, 0.1, "#E7B04A"),
        oval(0.48, 1.06, 0.16, 0.1, "#D9694A"),
        box(-1.08, 0.9, -1.0, 2.1, "#6E4A2C", b),
        box(1.0, 0.9, 1.08, 2.1, "#6E4A2C", b),
    ]
    count = 8
    for i in range(count):
        left, right = -1.3 + 2.6 * i / count, -1.3 + 2.6 * (i + 1) / count
        color = first if i % 2 == 0 else second
        top = [(left * 0.82, 2.36), (right * 0.82, 2.36)]
        shapes.append(polygon([(left, 1.9), (right, 1.9), top[1], top[0]], color, b))
        shapes.append(oval((left + right) / 2, 1.9, (right - left) / 2, 0.12, color, b))
    return tuple(shapes)


@cache
def sign(kind: str) -> Shapes:
    """A traffic sign on its pole: `stop`, `park`, `way` (a green board over the road side) or `cross`."""
    s = SIGN
    pole = box(-0.045, 0, 0.045, 2.6, "#8D96A3", s)
    if kind == "way":
        return (
            box(-0.06, 0, 0.06, 4.9, "#8D96A3", s),
            box(-1.5, 3.5, 1.5, 4.9, "#1E6B48", s, 0.1),
            box(-1.42, 3.58, 1.42, 4.82, "#2C8A5E", None, 0.08),
            box(-1.2, 4.38, 0.5, 4.6, "#FFFFFF", None, 0.04),
            box(-1.2, 3.86, 0.2, 4.08, "#FFFFFF", None, 0.04),
            polygon(
                [(0.85, 3.8), (1.15, 3.8), (1.15, 4.3), (1.3, 4.3), (1.0, 4.66), (0.7, 4.3), (0.85, 4.3)],
                "#FFFFFF",
            ),
        )
    if kind == "cross":
        return (
            pole,
            polygon([(0, 2.1), (0.5, 2.6), (0, 3.1), (-0.5, 2.6)], "#F4C73B", s),
            polygon([(0, 2.2), (0.4, 2.6), (0, 3.0), (-0.4, 2.6)], "#F8D75E"),
            oval(0.02, 2.77, 0.07, 0.08, "#23262D"),
            polygon(
                [
                    (-0.08, 2.7),
                    (0.1, 2.7),
                    (0.16, 2.36),
                    (0.06, 2.36),
                    (0.02, 2.5),
                    (-0.08, 2.36),
                    (-0.17, 2.38),
                ],
                "#23262D",
            ),
        )
    ring = "#D23B33" if kind == "stop" else "#2A62B8"
    shapes = [pole, oval(0, 2.65, 0.42, 0.42, ring, s)]
    if kind == "stop":
        shapes += [
            oval(0, 2.65, 0.3, 0.3, "#F5F2EA"),
            polygon([(-0.26, 2.85), (-0.18, 2.93), (0.26, 2.45), (0.18, 2.37)], "#D23B33"),
        ]
    else:
        shapes += [
            box(-0.16, 2.42, -0.06, 2.9, "#FFFFFF"),
            oval(0.02, 2.76, 0.16, 0.14, "#FFFFFF"),
            oval(0.02, 2.76, 0.07, 0.06, ring),
        ]
    return tuple(shapes)
