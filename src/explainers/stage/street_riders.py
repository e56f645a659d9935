"""What drives, rides and walks in the drawn street: upright figures in metres, made of labelled shapes."""

from __future__ import annotations

import math
from functools import cache

from explainers.stage.street_things import CAR, MOTORCYCLE, PEDESTRIAN, Shapes, box, oval, polygon, shadow


@cache
def van(color: str = "#3E9B5F", stripe: str = "#F2D94E", front: bool = False) -> Shapes:
    """An angkot, the small public van, seen from behind (or from the `front`)."""
    glass, dark = "#28384A", "#22262E"
    shapes = [
        shadow(2.0),
        box(-0.74, 0, -0.5, 0.42, dark, CAR, 0.06),
        box(0.5, 0, 0.74, 0.42, dark, CAR, 0.06),
        box(-0.82, 0.28, 0.82, 1.86, color, CAR, 0.16),
        box(-0.74, 1.78, 0.74, 1.94, "#F3F0E6", CAR, 0.07),
        box(-0.82, 0.72, 0.82, 0.9, stripe),
        box(-0.64, 1.08, 0.64, 1.66, glass, None, 0.1),
        polygon([(-0.5, 1.12), (-0.2, 1.12), (0.06, 1.62), (-0.24, 1.62)], "#5D7892", None, 0.7),
    ]
    lamp = "#FFF3C4" if front else "#E2563F"
    shapes += [box(x - 0.09, 0.5, x + 0.09, 0.68, lamp, None, 0.03) for x in (-0.68, 0.68)]
    if front:
        shapes += [
            box(-0.42, 0.44, 0.42, 0.6, dark, None, 0.04),
            box(-0.3, 1.95, 0.3, 2.1, "#FFFFFF", CAR, 0.03),
        ]
    else:
        shapes += [
            box(-0.24, 0.46, 0.24, 0.6, "#1F2329", None, 0.02),
            box(-0.24, 0.5, 0.24, 0.56, "#F3F0E6"),
            box(-0.86, 0.3, 0.86, 0.42, dark, CAR, 0.05),
        ]
    return tuple(shapes)


@cache
def car(color: str, front: bool = False) -> Shapes:
    """A small car from behind (or from the `front`)."""
    glass, dark = "#2A3848", "#20242C"
    shapes = [
        shadow(2.0),
        box(-0.8, 0, -0.54, 0.4, dark, CAR, 0.06),
        box(0.54, 0, 0.8, 0.4, dark, CAR, 0.06),
        polygon([(-0.6, 1.38), (0.6, 1.38), (0.78, 0.8), (-0.78, 0.8)], color, CAR),
        box(-0.86, 0.24, 0.86, 0.92, color, CAR, 0.14),
        polygon([(-0.5, 1.3), (0.5, 1.3), (0.64, 0.9), (-0.64, 0.9)], glass),
        polygon([(-0.42, 1.26), (-0.2, 1.26), (-0.28, 0.94), (-0.54, 0.94)], "#6C8399", None, 0.6),
        box(-0.86, 0.24, 0.86, 0.36, dark, None, 0.05),
    ]
    lamp = "#FFF6D6" if front else "#D9412F"
    shapes += [box(x - 0.14, 0.6, x + 0.14, 0.76, lamp, None, 0.05) for x in (-0.66, 0.66)]
    shapes.append(
        box(-0.22, 0.42, 0.22, 0.54, "#EDEFF2")
        if not front
        else box(-0.34, 0.44, 0.34, 0.58, dark, None, 0.05)
    )
    return tuple(shapes)


@cache
def motorcycle(
    shirt: str, helmet: str, front: bool = False, pillion: str | None = None, load: bool = False
) -> Shapes:
    """A motorcycle with its rider, and a passenger or a load behind; all of it is one class."""
    dark, skin, trousers = "#23262D", "#B98763", "#3A4660"
    m = MOTORCYCLE
    shapes = [
        shadow(0.95),
        box(-0.07, 0, 0.07, 0.56, dark, m, 0.05),
        box(-0.14, 0.34, 0.14, 0.86, "#C9433A" if not front else "#4C6FB0", m, 0.05),
        polygon([(-0.3, 0.3), (-0.17, 0.28), (-0.12, 0.92), (-0.28, 0.92)], trousers, m),
        polygon([(0.3, 0.3), (0.17, 0.28), (0.12, 0.92), (0.28, 0.92)], trousers, m),
        box(-0.32, 0.2, -0.14, 0.32, "#4A3A30", m, 0.04),
        box(0.14, 0.2, 0.32, 0.32, "#4A3A30", m, 0.04),
        polygon(
            [
                (-0.42, 1.0),
                (-0.3, 1.42),
                (0.3, 1.42),
                (0.42, 1.0),
                (0.3, 0.92),
                (0.24, 1.1),
                (0.22, 0.82),
                (-0.22, 0.82),
                (-0.24, 1.1),
                (-0.3, 0.92),
            ],
            shirt,
            m,
        ),
        box(-0.48, 0.98, -0.34, 1.06, dark, m, 0.03),
        box(0.34, 0.98, 0.48, 1.06, dark, m, 0.03),
    ]
    if pillion and not front:
        shapes.append(box(-0.24, 0.84, 0.24, 1.4, pillion, m, 0.1))
    if load and not front:
        shapes += [
            box(-0.4, 0.7, 0.4, 1.22, "#C98A4B", m, 0.05),
            box(-0.4, 0.92, 0.4, 0.98, "#8E5E30"),
            box(-0.03, 0.7, 0.03, 1.22, "#8E5E30"),
        ]
    shapes.append(oval(0, 1.6, 0.17, 0.19, helmet, m))
    if front:
        shapes += [
            oval(0, 1.58, 0.12, 0.09, "#20303F"),
            oval(0, 0.8, 0.1, 0.09, "#FFF3C4"),
            box(-0.05, 1.36, 0.05, 1.44, skin),
        ]
    else:
        shapes += [
            box(-0.06, 0.62, 0.06, 0.7, "#FF8A70", None, 0.02),
            oval(-0.05, 1.68, 0.06, 0.05, "#FFFFFF", None, 0.35),
        ]
    return tuple(shapes)


def pedestrian(
    shirt: str, skirt: str, hair: str, phase: float, bag: str | None = None, veil: bool = False
) -> Shapes:
    """Somebody walking; `phase` (turns) swings legs and arms."""
    p = PEDESTRIAN
    swing = 0.17 * math.sin(phase * 2 * math.pi)
    skin = "#B07C58"
    shapes = [shadow(0.6)]
    for side, leg in ((-1, swing), (1, -swing)):
        hip = 0.08 * side
        shapes.append(
            polygon(
                [(hip - 0.08, 0.82), (hip + 0.08, 0.82), (hip + leg + 0.06, 0.04), (hip + leg - 0.06, 0.04)],
                skirt,
                p,
            )
        )
        shapes.append(box(hip + leg - 0.07, 0.0, hip + leg + 0.1, 0.07, "#2A2430", p, 0.03))
    shapes += [
        polygon([(-0.2, 1.36), (0.2, 1.36), (0.2, 0.74), (-0.2, 0.74)], shirt, p),
        polygon(
            [(-0.2, 1.34), (-0.1, 1.34), (-0.2 - swing * 0.9, 0.8), (-0.3 - swing * 0.9, 0.82)], shirt, p
        ),
        polygon([(0.2, 1.34), (0.1, 1.34), (0.2 + swing * 0.9, 0.8), (0.3 + swing * 0.9, 0.82)], shirt, p),
    ]
    if bag:
        shapes.append(box(0.16, 0.72, 0.36, 1.02, bag, p, 0.05))
    if veil:
        shapes += [
            oval(0, 1.54, 0.17, 0.2, hair, p),
            polygon([(-0.2, 1.24), (0.2, 1.24), (0.12, 1.55), (-0.12, 1.55)], hair, p),
            oval(0, 1.55, 0.1, 0.12, skin),
        ]
    else:
        shapes += [oval(0, 1.56, 0.13, 0.16, skin, p), oval(0, 1.63, 0.14, 0.12, hair, p)]
    return tuple(shapes)
