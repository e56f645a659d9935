"""What stands, drives, rides and walks in the drawn streets: figures in metres, made of labelled shapes.

A figure is written as a table, a shape a line, back to front: its sort and its numbers, then after `|` its
colour, its label (`-` for paint on what lies under it) and its opacity.

    box LEFT BOTTOM RIGHT TOP [ROUND]      a rectangle, its corners rounded by so many metres
    oval X Y RX RY                         an ellipse
    poly X Y X Y X Y ...                   a polygon
    shadow WIDTH                           soft dark ground under the figure

A colour is written out or is one of the names that the figure's maker gives.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from explainers.compositor.drawn import Rgb, rgb

BUILDING, CAR, MOTORCYCLE, PEDESTRIAN, ROAD = "Building", "Car", "MotorcycleScooter", "Pedestrian", "Road"
SIDEWALK, SIGN, SKY, TREE = "Sidewalk", "SignSymbol", "Sky", "Tree"
LABELS = (BUILDING, CAR, MOTORCYCLE, PEDESTRIAN, ROAD, SIDEWALK, SIGN, SKY, TREE)
"""The labels of drawn streets; a class table must have these names for them."""


@dataclass(frozen=True)
class Shape:
    """A patch of an upright figure: polygon corners, or centre and half axes, in metres from its foot."""

    points: NDArray[np.float64]
    color: Rgb
    label: str | None
    opacity: float = 1.0
    oval: bool = False


Shapes = tuple[Shape, ...]


def figure(table: str, label: str = "-", **colors: str) -> Shapes:
    """The shapes of a table; `label` stands where a line has `*`, and `colors` name some."""
    return tuple(_shape(line, label, colors) for line in table.strip().splitlines())


def _shape(line: str, own: str, colors: dict[str, str]) -> Shape:
    geometry, _, painted = line.partition("|")
    sort, *written = geometry.split()
    numbers = [float(word) for word in written]
    color, label, opacity = [*painted.split(), *("#20242C", "-", "1")[len(painted.split()) :]]
    name = own if label == "*" else label
    paint = rgb(colors.get(color, color)), None if name == "-" else name, float(opacity)
    if sort == "shadow":
        width = numbers[0]
        return Shape(np.array([[0, 0.02], [width / 2, width * 0.045]], float), paint[0], None, 0.32, True)
    if sort == "oval":
        return Shape(np.array(numbers, float).reshape(2, 2), *paint, True)
    points = _box(*numbers) if sort == "box" else np.array(numbers, float).reshape(-1, 2)
    return Shape(points, *paint)


def _box(left: float, bottom: float, right: float, top: float, round_m: float = 0.0) -> NDArray[np.float64]:
    if round_m <= 0:
        return np.array([(left, bottom), (right, bottom), (right, top), (left, top)], float)
    points = []
    for x, y, turn in ((right, top, 0), (left, top, 1), (left, bottom, 2), (right, bottom, 3)):
        cx = x - math.copysign(round_m, x - (left + right) / 2)
        cy = y - math.copysign(round_m, y - (bottom + top) / 2)
        angles = [(turn + step / 4) * math.pi / 2 for step in range(5)]
        points += [(cx + round_m * math.cos(one), cy + round_m * math.sin(one)) for one in angles]
    return np.array(points, float)


VAN = """
shadow 2.0
box -0.74 0 -0.5 0.42 0.06 | dark *
box 0.5 0 0.74 0.42 0.06 | dark *
box -0.82 0.28 0.82 1.86 0.16 | color *
box -0.74 1.78 0.74 1.94 0.07 | #F3F0E6 *
box -0.82 0.72 0.82 0.9 | stripe
box -0.64 1.08 0.64 1.66 0.1 | #28384A
poly -0.5 1.12 -0.2 1.12 0.06 1.62 -0.24 1.62 | #5D7892 - 0.7
"""
VAN_SIDES = (
    """
box -0.77 0.5 -0.59 0.68 0.03 | #E2563F
box 0.59 0.5 0.77 0.68 0.03 | #E2563F
box -0.24 0.46 0.24 0.6 0.02 | #1F2329
box -0.24 0.5 0.24 0.56 | #F3F0E6
box -0.86 0.3 0.86 0.42 0.05 | dark *
""",
    """
box -0.77 0.5 -0.59 0.68 0.03 | #FFF3C4
box 0.59 0.5 0.77 0.68 0.03 | #FFF3C4
box -0.42 0.44 0.42 0.6 0.04 | dark
box -0.3 1.95 0.3 2.1 0.03 | #FFFFFF *
""",
)
"""What is seen of a van from behind, and from the front."""


@cache
def van(color: str = "#3E9B5F", stripe: str = "#F2D94E", front: bool = False) -> Shapes:
    """An angkot, the small public van, seen from behind (or from the `front`)."""
    return figure(VAN.rstrip() + VAN_SIDES[front], CAR, color=color, stripe=stripe, dark="#22262E")


CAR_BODY = """
shadow 2.0
box -0.8 0 -0.54 0.4 0.06 | dark *
box 0.54 0 0.8 0.4 0.06 | dark *
poly -0.6 1.38 0.6 1.38 0.78 0.8 -0.78 0.8 | color *
box -0.86 0.24 0.86 0.92 0.14 | color *
poly -0.5 1.3 0.5 1.3 0.64 0.9 -0.64 0.9 | #2A3848
poly -0.42 1.26 -0.2 1.26 -0.28 0.94 -0.54 0.94 | #6C8399 - 0.6
box -0.86 0.24 0.86 0.36 0.05 | dark
box -0.8 0.6 -0.52 0.76 0.05 | lamp
box 0.52 0.6 0.8 0.76 0.05 | lamp
"""
CAR_SIDES = ("box -0.22 0.42 0.22 0.54 | #EDEFF2", "box -0.34 0.44 0.34 0.58 0.05 | dark")


@cache
def car(color: str, front: bool = False) -> Shapes:
    """A small car from behind (or from the `front`)."""
    lamp = "#FFF6D6" if front else "#D9412F"
    return figure(CAR_BODY + CAR_SIDES[front], CAR, color=color, dark="#20242C", lamp=lamp)


RIDER = """
shadow 0.95
box -0.07 0 0.07 0.56 0.05 | dark *
box -0.14 0.34 0.14 0.86 0.05 | body *
poly -0.3 0.3 -0.17 0.28 -0.12 0.92 -0.28 0.92 | #3A4660 *
poly 0.3 0.3 0.17 0.28 0.12 0.92 0.28 0.92 | #3A4660 *
box -0.32 0.2 -0.14 0.32 0.04 | #4A3A30 *
box 0.14 0.2 0.32 0.32 0.04 | #4A3A30 *
poly -0.42 1 -0.3 1.42 0.3 1.42 0.42 1 0.3 0.92 0.24 1.1 0.22 0.82 -0.22 0.82 -0.24 1.1 -0.3 0.92 | shirt *
box -0.48 0.98 -0.34 1.06 0.03 | dark *
box 0.34 0.98 0.48 1.06 0.03 | dark *
"""
PILLION = "box -0.24 0.84 0.24 1.4 0.1 | pillion *\n"
LOAD = """box -0.4 0.7 0.4 1.22 0.05 | #C98A4B *
box -0.4 0.92 0.4 0.98 | #8E5E30
box -0.03 0.7 0.03 1.22 | #8E5E30
"""
HELMET = "oval 0 1.6 0.17 0.19 | helmet *\n"
RIDER_SIDES = (
    """box -0.06 0.62 0.06 0.7 0.02 | #FF8A70
oval -0.05 1.68 0.06 0.05 | #FFFFFF - 0.35
""",
    """oval 0 1.58 0.12 0.09 | #20303F
oval 0 0.8 0.1 0.09 | #FFF3C4
box -0.05 1.36 0.05 1.44 | #B98763
""",
)


@cache
def motorcycle(
    shirt: str, helmet: str, front: bool = False, pillion: str | None = None, load: bool = False
) -> Shapes:
    """A motorcycle with its rider, and a passenger or a load behind; all of it is one class."""
    behind = "" if front else (PILLION if pillion else "") + (LOAD if load else "")
    colors = {"shirt": shirt, "helmet": helmet, "dark": "#23262D", "pillion": pillion or ""}
    body = "#4C6FB0" if front else "#C9433A"
    return figure(RIDER + behind + HELMET + RIDER_SIDES[front], MOTORCYCLE, body=body, **colors)


def pedestrian(
    shirt: str, skirt: str, hair: str, phase: float, bag: str | None = None, veil: bool = False
) -> Shapes:
    """Somebody walking; `phase` (turns) swings legs and arms."""
    swing = 0.17 * math.sin(phase * 2 * math.pi)
    lines = ["shadow 0.6"]
    for side, leg in ((-1, swing), (1, -swing)):
        hip = 0.08 * side
        foot = hip + leg
        lines.append(
            f"poly {hip - 0.08} 0.82 {hip + 0.08} 0.82 {foot + 0.06} 0.04 {foot - 0.06} 0.04 | skirt *"
        )
        lines.append(f"box {foot - 0.07} 0 {foot + 0.1} 0.07 0.03 | #2A2430 *")
    arm = swing * 0.9
    lines += [
        "poly -0.2 1.36 0.2 1.36 0.2 0.74 -0.2 0.74 | shirt *",
        f"poly -0.2 1.34 -0.1 1.34 {-0.2 - arm} 0.8 {-0.3 - arm} 0.82 | shirt *",
        f"poly 0.2 1.34 0.1 1.34 {0.2 + arm} 0.8 {0.3 + arm} 0.82 | shirt *",
    ]
    if bag:
        lines.append("box 0.16 0.72 0.36 1.02 0.05 | bag *")
    if veil:
        lines += ["oval 0 1.54 0.17 0.2 | hair *", "poly -0.2 1.24 0.2 1.24 0.12 1.55 -0.12 1.55 | hair *"]
        lines.append("oval 0 1.55 0.1 0.12 | skin")
    else:
        lines += ["oval 0 1.56 0.13 0.16 | skin *", "oval 0 1.63 0.14 0.12 | hair *"]
    colors = {"shirt": shirt, "skirt": skirt, "hair": hair, "bag": bag or "", "skin": "#B07C58"}
    return figure("\n".join(lines), PEDESTRIAN, **colors)


TRUNK = """
shadow 2.6
poly -0.22 0 0.22 0 0.15 1.6 0.5 2.9 0.32 3.0 0.02 2.2 -0.35 3.0 -0.5 2.8 -0.14 1.7 | #6B4F3A *
poly 0.02 0 0.22 0 0.15 1.6 0.06 1.6 | #543D2C
"""
GREENS = (
    ("#2F6B3C", "#3F8549", "#63A357"),
    ("#37703A", "#4A8A44", "#79AE57"),
    ("#2B6549", "#3A8058", "#5FA06C"),
)
CROWN = (
    (-1.15, 3.5, 1.0),
    (1.15, 3.45, 1.05),
    (0, 4.3, 1.35),
    (-0.75, 4.5, 1.0),
    (0.85, 4.45, 0.95),
    (0, 3.35, 0.95),
)
"""Middle and radius of a tree's leafy rounds."""
LEAFY = ((0.0, -0.12, 1.0, 0.86, 6), (-0.08, 0.12, 0.84, 0.68, 6), (-0.28, 0.34, 0.48, 0.34, 5))
"""The rounds in dark, middle and light green: how they are moved and made smaller, and how many there are."""


@cache
def tree(seed: int) -> Shapes:
    """A broad tree as they line Bandung's streets: a trunk with a fork, a crown of leafy rounds."""
    dice = random.Random(seed)
    greens = dice.choice(GREENS)
    rounds = [
        (x + dice.uniform(-0.15, 0.15), y + dice.uniform(-0.15, 0.2), r * dice.uniform(0.92, 1.1))
        for x, y, r in CROWN
    ]
    leaves = [
        f"oval {x + dx} {y + dy} {r * wide} {r * tall} | {green} *"
        for green, (dx, dy, wide, tall, count) in zip(greens, LEAFY, strict=True)
        for x, y, r in rounds[:count]
    ]
    return figure(TRUNK + "\n".join(leaves), TREE)


@cache
def palm(seed: int) -> Shapes:
    """A slim palm."""
    dice, reach = random.Random(seed), 1.7
    lines = ["shadow 1.2", "poly -0.13 0 0.13 0 0.22 4.6 0.08 4.6 | #8A7357 *"]
    for angle in (-165, -140, -115, -60, -35, -10, 20, 160, 90):
        turn = math.radians(angle + dice.uniform(-8, 8))
        cos, sin = math.cos(turn), math.sin(turn)
        x, y = 0.15 + reach * cos, 4.7 + reach * sin * 0.75 - 0.35
        dx, dy = -sin * 0.2, cos * 0.2
        mx, my = 0.15 + reach * 0.5 * cos, 4.85 + reach * 0.5 * sin * 0.8
        green = dice.choice(["#3E8A4E", "#5BA35A", "#2F7444"])
        lines.append(f"poly 0.15 4.6 {mx + dx} {my + dy} {x} {y} {mx - dx} {my - dy} | {green} *")
    return figure("\n".join(lines), TREE)


@cache
def bush(color: str = "#4A8A44") -> Shapes:
    """A low hedge with flowers."""
    lines = [f"oval {x} 0.32 0.42 0.4 | #3B7740 *" for x in (-0.6, 0, 0.6)]
    lines += [f"oval {x - 0.06} 0.42 0.3 0.24 | color *" for x in (-0.6, 0, 0.6)]
    flowers = ((-0.7, 0.5), (-0.3, 0.62), (0.1, 0.55), (0.5, 0.64), (0.75, 0.44))
    lines += [f"oval {x} {y} 0.05 0.05 | #F2B5C4" for x, y in flowers]
    return figure("\n".join(lines), TREE, color=color)


STALL = """
shadow 2.6
oval -0.7 0.2 0.2 0.2 | #2A2E36 *
oval 0.7 0.2 0.2 0.2 | #2A2E36 *
box -1.05 0.26 1.05 0.98 0.03 | #B4703C *
box -1.05 0.62 1.05 0.68 | #8C5228
box -0.9 0.98 0.9 1.5 | #BFE0E8 *
box -0.6 0.98 -0.3 1.2 0.04 | #9AA3AD
oval 0.1 1.06 0.16 0.1 | #E7B04A
oval 0.48 1.06 0.16 0.1 | #D9694A
box -1.08 0.9 -1.0 2.1 | #6E4A2C *
box 1.0 0.9 1.08 2.1 | #6E4A2C *
"""


@cache
def stall(first: str, second: str) -> Shapes:
    """A street kitchen: a cart with a striped awning, pots and a bench; a small building on wheels."""
    lines, count = [], 8
    for i in range(count):
        left, right = -1.3 + 2.6 * i / count, -1.3 + 2.6 * (i + 1) / count
        color = first if i % 2 == 0 else second
        lines.append(f"poly {left} 1.9 {right} 1.9 {right * 0.82} 2.36 {left * 0.82} 2.36 | {color} *")
        lines.append(f"oval {(left + right) / 2} 1.9 {(right - left) / 2} 0.12 | {color} *")
    return figure(STALL + "\n".join(lines), BUILDING)


POLE = "box -0.045 0 0.045 2.6 | #8D96A3 *"
SIGNS = {
    "way": """
box -0.06 0 0.06 4.9 | #8D96A3 *
box -1.5 3.5 1.5 4.9 0.1 | #1E6B48 *
box -1.42 3.58 1.42 4.82 0.08 | #2C8A5E
box -1.2 4.38 0.5 4.6 0.04 | #FFFFFF
box -1.2 3.86 0.2 4.08 0.04 | #FFFFFF
poly 0.85 3.8 1.15 3.8 1.15 4.3 1.3 4.3 1.0 4.66 0.7 4.3 0.85 4.3 | #FFFFFF
""",
    "cross": f"""
{POLE}
poly 0 2.1 0.5 2.6 0 3.1 -0.5 2.6 | #F4C73B *
poly 0 2.2 0.4 2.6 0 3.0 -0.4 2.6 | #F8D75E
oval 0.02 2.77 0.07 0.08 | #23262D
poly -0.08 2.7 0.1 2.7 0.16 2.36 0.06 2.36 0.02 2.5 -0.08 2.36 -0.17 2.38 | #23262D
""",
    "stop": f"""
{POLE}
oval 0 2.65 0.42 0.42 | #D23B33 *
oval 0 2.65 0.3 0.3 | #F5F2EA
poly -0.26 2.85 -0.18 2.93 0.26 2.45 0.18 2.37 | #D23B33
""",
    "park": f"""
{POLE}
oval 0 2.65 0.42 0.42 | #2A62B8 *
box -0.16 2.42 -0.06 2.9 | #FFFFFF
oval 0.02 2.76 0.16 0.14 | #FFFFFF
oval 0.02 2.76 0.07 0.06 | #2A62B8
""",
}


@cache
def sign(kind: str) -> Shapes:
    """A traffic sign on its pole: `stop`, `park`, `way` (a green board over the road side) or `cross`."""
    return figure(SIGNS[kind], SIGN)
