"""A bay, by day and at dusk: the drawn picture of the kinds' examples, with its class table and its source.

It needs no file, and shows what an own drawn picture takes: labelled patches at any time, back to front.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explainers.compositor.drawn import DrawnPicture, Patch, Rgb, blended, rgb

SKY, HILL, SEA, SAND, HOUSE, TREE, BOAT = "Sky", "Hill", "Sea", "Sand", "House", "Tree", "Boat"
DAY = (
    "#7FB7E6 #F3F4EA #FFF6CC #7C9CA6 #54806B #2E7FA8 #8FC4D2 #E6CF9C #F4EADB #B4573F #2F6B4A #F7F3EA #C8463C"
)
DUSK = (
    "#2E2F63 #F2A36B #FFE3B0 #5A4B74 #3C3757 #3B3F78 #D98C79 #B98A6E #E8C9A8 #7C3B46 #2B3A45 #F6DFC4 #A6364A"
)
HILLS = (
    (0, 176, 96, 150, 190, 118, 270, 152, 352, 104, 450, 148, 576, 122),
    (0, 200, 130, 176, 250, 196, 380, 170, 576, 194),
)
"""Two ridges, each as x and y in turn."""
SHORE = (0, 318, 110, 300, 240, 322, 360, 344, 470, 336, 576, 350)
HOUSES = ((52, 286, 40), (104, 278, 34), (148, 292, 44))
"""Left edge, foot and width."""
TREES = ((26, 300, 1.0), (206, 306, 0.85), (238, 314, 1.15))
BOATS = ((120, 236, 0.7, 9.0), (330, 262, 1.0, 14.0), (470, 290, 1.3, -11.0))
"""Place at the start, size, and speed in units a second."""


@dataclass(eq=False)
class Bay(DrawnPicture):
    """Hills, a village on the beach, and boats that sail; `palette` has the colours, back to front."""

    name: str
    palette: str
    labels: tuple[str, ...] = (SKY, HILL, SEA, SAND, HOUSE, TREE, BOAT)
    size: tuple[float, float] = (576.0, 384.0)

    def patches(self, t: float) -> list[Patch]:
        (top, low, sun, far, near, deep, light, sand, wall, roof, leaf, sail, hull) = map(
            rgb, self.palette.split()
        )
        made = [_box(0, 20 * i, 576, 384 - 20 * i, blended(top, low, i / 10), SKY) for i in range(11)]
        made.append(_oval(430, 92, 26, 26, sun, None))
        for ridge, color in zip(HILLS, (far, near), strict=True):
            made.append(_polygon((0, 220, *ridge, 576, 220), color, HILL))
        made += [_box(0, 210 + 18 * i, 576, 174 - 18 * i, blended(light, deep, i / 8), SEA) for i in range(9)]
        for i in range(26):
            x, y = (i * 97 + 14 * t * (1 + i % 3)) % 640 - 40, 218 + (i * 37) % 118
            made.append(_box(x, y, 18 + i % 4 * 8, 1.6, light, None, 0.5))
        for x, y, size, speed in BOATS:
            made += _boat((x + speed * t) % 700 - 60, y + 1.5 * math.sin(t * 2 + x), size, sail, hull)
        made.append(_polygon((0, 384, *SHORE, 576, 384), sand, SAND))
        for x, y, wide in HOUSES:
            made += [
                _box(x, y, wide, 26, wall, HOUSE)._replace(tag="house"),
                _polygon((x - 4, y, x + wide / 2, y - 20, x + wide + 4, y), roof, HOUSE)._replace(
                    tag="house"
                ),
                _box(x + wide * 0.4, y + 10, wide * 0.22, 16, roof, None),
            ]
        for x, y, size in TREES:
            sway = 1.5 * math.sin(t * 1.7 + x)
            made.append(_box(x - 2 * size, y - 20 * size, 4 * size, 24 * size, roof, TREE))
            made += [
                _oval(x + dx + sway, y - h * size, 14 * size, 12 * size, leaf, TREE)
                for dx, h in ((-7, 22), (7, 23), (0, 34))
            ]
        return made


def _boat(x: float, y: float, size: float, sail: Rgb, hull: Rgb) -> list[Patch]:
    shapes = (
        ((-20, -4, 20, -4, 13, 6, -13, 6), hull),
        ((-1, -44, -1, -7, -17, -7), sail),
        ((2, -38, 2, -7, 18, -7), blended(sail, hull, 0.15)),
    )
    return [
        _polygon([v * size + (x, y)[i % 2] for i, v in enumerate(points)], color, BOAT)._replace(tag="boat")
        for points, color in shapes
    ]


def _polygon(points: tuple[float, ...] | list[float], color: Rgb, label: str | None) -> Patch:
    return Patch(np.array(points, float).reshape(-1, 2), color, label)


def _box(
    x: float, y: float, wide: float, tall: float, color: Rgb, label: str | None, opacity: float = 1.0
) -> Patch:
    corners = (x, y, x + wide, y, x + wide, y + tall, x, y + tall)
    return _polygon(corners, color, label)._replace(opacity=opacity)


def _oval(x: float, y: float, rx: float, ry: float, color: Rgb, label: str | None) -> Patch:
    return Patch(np.array([(x, y), (rx, ry)]), color, label, oval=True)


PICTURES: Mapping[str, DrawnPicture] = {one.name: one for one in (Bay("bay", DAY), Bay("bay-at-dusk", DUSK))}
"""The engine's own drawn pictures by name."""

CLASSES = """
name,r,g,b
Sky,128,128,128
Hill,128,128,0
Sea,0,0,192
Sand,128,64,128
House,128,0,0
Tree,64,64,0
Boat,64,0,128
"""
"""The class table, as a file of it is written."""

_HEAD = """
sources:
{camera}  palette: {{kind: published, label: colours of seven classes, citation: Made for this example}}
tables:
  classes: {{file: data/classes.csv, source: palette}}
"""
_CAMERA = "  camera: {kind: measured, label: our camera, citation: Taken for this example}\n"


def bay_files(captures: Mapping[str, str] | None = None) -> dict[str, str]:
    """An example's files: its assets.yaml and class table. `captures` are files it names and does not have,
    and what each shows."""
    written = _HEAD.format(camera=_CAMERA if captures else "")
    if captures:
        written += "files:\n"
    for name, shows in (captures or {}).items():
        written += f"  captures/{name}: {{shows: {shows}, from: camera, note: not part of the example}}\n"
    return {"assets.yaml": written, "data/classes.csv": CLASSES}
