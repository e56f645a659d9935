"""A street seen from a car that drives: metres become places in the picture; sky, ground and houses.

The world's x points right, y up from the road, z ahead of where the camera starts; all in metres.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explainers.compositor.drawn import Patch, Rgb, blended

from ._figures import BUILDING, ROAD, SIDEWALK, SKY, TREE, Shapes, rgb

NEAR_M = 0.9
"""What is nearer than this is cut off."""
SMALL = 9.0
"""Picture units a metre under which a figure has no details."""
FAR_M = 170.0
KERB_M = 0.16
REACHES_M = (FAR_M, 75.0, 42.0, 24.0, 14.0)
"""How far the pieces of the ground reach that are painted one over the other."""
TAR = ((-1.2, 14.0, 1.3, 4.0), (2.4, 27.0, 1.5, 3.0), (-0.4, 44.0, 1.2, 5.0), (1.6, 9.5, 0.9, 2.0))
"""Patches of newer tar on a worn road: left, near end, width, length, in metres."""
CLOUDS = ((90, 40, 1.0, 2.0), (380, 26, 1.25, 1.4), (500, 78, 0.7, 1.8), (240, 84, 0.6, 1.1))
"""Place, size, and drift in picture units a second."""
PUFFS = ((0, 0, 34, 11), (-22, 4, 24, 8), (24, 4, 26, 8), (-6, -8, 18, 11), (12, -5, 15, 9))
PEAKS = (0, -16), (70, -20), (130, -40), (182, -52), (262, -50), (300, -53), (352, -36), (420, -26)
BOAT = (*PEAKS, (500, -30), (576, -18))
"""Tangkuban Parahu, the upturned boat, closes the view to the north."""
FOOTHILLS = (0, -10), (90, -13), (180, -22), (250, -18), (330, -24), (430, -15), (520, -20), (576, -12)
FLAKES = (
    (0.0, 1.0, 0.0, 0.13),
    (0.0, 0.55, 0.13, 0.3),
    (0.35, 1.0, 0.38, 0.55),
    (0.0, 0.8, 0.55, 0.62),
    (0.5, 1.0, 0.7, 0.9),
    (0.0, 0.4, 0.8, 1.0),
)
"""What is left of a worn dash: shares of its width and of its length."""
POINTED_M = (4.5, 10.5)
"""How far away the one dash on the road begins that is pointed at."""
DETAIL_M = 70.0
"""Beyond this there are no windows."""
DEPTH_M, EAVE_M, RISE_M = 7.0, 0.45, 1.1
BLACK: Rgb = (0.0, 0.0, 0.0)

Corners = list[tuple[float, float, float]]
Colors = Mapping[str, str]


@dataclass(frozen=True)
class Camera:
    """Picture size, horizon and vanishing point in picture units; eye height in metres; `z` its place."""

    size: tuple[float, float]
    vanish: tuple[float, float]
    focal: float
    eye_m: float = 1.45
    z: float = 0.0
    haze: Rgb = (0.8, 0.88, 0.95)
    haze_m: float = 130.0

    def scale(self, z: float) -> float:
        """Picture units a metre at the world's `z`."""
        return self.focal / (z - self.z)

    def hazed(self, color: Rgb, z: float) -> Rgb:
        """A colour as the air between makes it."""
        share = min(0.62, max(0.0, (z - self.z - 8) / self.haze_m))
        return blended(color, self.haze, share)

    def upright(
        self, shapes: Shapes, x: float, z: float, size: float = 1.0, flip: bool = False, y: float = 0.0
    ) -> list[Patch]:
        """A figure that faces the camera, its foot at (`x`, `y`, `z`)."""
        if z - self.z < NEAR_M:
            return []
        scale = self.scale(z)
        foot = np.array([self.vanish[0] + x * scale, self.vanish[1] + (self.eye_m - y) * scale])
        grow = np.array([-scale if flip else scale, -scale]) * size
        made = []
        for shape in shapes:
            if shape.label is None and scale < SMALL:
                continue
            if shape.oval:
                points = np.stack([foot + shape.points[0] * grow, shape.points[1] * scale * size])
            else:
                points = foot + shape.points * grow
            made.append(Patch(points, self.hazed(shape.color, z), shape.label, shape.opacity, shape.oval))
        return made

    def flat(self, corners: Corners, color: Rgb, label: str | None, opacity: float = 1.0) -> list[Patch]:
        """A polygon anywhere in the world, cut where it comes too near."""
        kept = _cut([(x, y, z - self.z) for x, y, z in corners])
        if len(kept) < 3:
            return []
        far, (left, top), focal = sum(z for _, _, z in kept) / len(kept), self.vanish, self.focal
        points = [(left + x * focal / z, top + (self.eye_m - y) * focal / z) for x, y, z in kept]
        return [Patch(np.array(points), self.hazed(color, far + self.z), label, opacity)]


def _cut(corners: Corners) -> Corners:
    """The polygon's part beyond the near plane (Sutherland and Hodgman, one plane)."""
    kept = []
    for before, here in zip([corners[-1], *corners[:-1]], corners, strict=True):
        if (before[2] >= NEAR_M) != (here[2] >= NEAR_M):
            share = (NEAR_M - before[2]) / (here[2] - before[2])
            x, y = (b + (h - b) * share for b, h in zip(before[:2], here[:2], strict=True))
            kept.append((x, y, NEAR_M))
        if here[2] >= NEAR_M:
            kept.append(here)
    return kept


BEYOND = (180.0, 440.0, 180.0, 440.0)
"""How far a street is painted outside of its picture: left, top, right, bottom."""


def sky(size: tuple[float, float], horizon: float, colors: Colors, t: float) -> list[Patch]:
    """Bands from above to the horizon, clouds that drift, hills where the street has any."""
    (width, height), (more_left, more_top, more_right, more_bottom) = size, BEYOND
    left, right = -more_left, width + more_right
    top, low, bands = rgb(colors["sky"]), rgb(colors["sky low"]), 14
    made = [_rectangle(left, -more_top, right, height + more_bottom, top)]
    for i in range(bands):
        color = blended(top, low, (i + 1) / bands)
        made.append(_rectangle(left, horizon * i / bands, right, horizon + 2, color))
    for start, y, grown, drift in CLOUDS:
        x = (start + drift * t) % (width + 160) - 80
        for dx, dy, rx, ry in PUFFS:
            points = np.array([(x + dx * grown, y + dy * grown), (rx * grown, ry * grown)])
            made.append(Patch(points, (1.0, 1.0, 1.0), None, 0.55, True))
    for line, name in ((BOAT, "hills"), (FOOTHILLS, "hills near")):
        if name in colors:
            ridge = [(left, 0), (left, -6), *line, (right, -6), (right, 0)]
            points = np.array([(x, horizon + y + 1) for x, y in ridge])
            made.append(Patch(points, rgb(colors[name]), TREE))
    return made


def ground(
    camera: Camera, road: tuple[float, float], pavements: tuple[float, float], colors: Colors, worn: float
) -> list[Patch]:
    """Verge, road, pavements with their kerbs, and what is painted on the road."""
    (left, right), near = road, camera.z + 0.9
    sides = ((left, pavements[0]), (right, pavements[1]))
    made: list[Patch] = []
    # The whole in the far end's colour, then shorter and shorter pieces of it: air without seams.
    for reach in REACHES_M:
        far = camera.z + reach
        made += _piece(camera, level(-240, 240, near, far), colors["verge"], TREE)
        made += _piece(camera, level(left, right, near, far), colors["road"], ROAD)
        for inner, outer in sides:
            made += _piece(camera, level(inner, outer, near, far, KERB_M), colors["pavement"], SIDEWALK)
    for inner, outer in sides:
        first = int(camera.z // 1.5) * 1.5 + 1.5
        for z in (first + 1.5 * index for index in range(26)):
            made += camera.flat(level(inner, outer, z, z + 0.06, KERB_M), rgb(colors["joint"]), None, 0.5)
        made += camera.flat(wall(inner, near, camera.z + FAR_M, 0, KERB_M), rgb(colors["kerb"]), SIDEWALK)
        for z in (int(camera.z // 2) * 2 + 2.0 * index for index in range(40)):
            made += camera.flat(wall(inner, z, z + 1, 0, KERB_M), rgb(colors["kerb dark"]), None)
    return made + (_worn(camera, road, colors, worn) if worn else _crisp(camera, road, colors))


def level(left: float, right: float, near: float, far: float, y: float = 0.0) -> Corners:
    """The corners of level ground."""
    return [(left, y, near), (right, y, near), (right, y, far), (left, y, far)]


def wall(x: float, near: float, far: float, low: float, high: float) -> Corners:
    """The corners of an upright face along the street."""
    return [(x, low, near), (x, low, far), (x, high, far), (x, high, near)]


def _piece(camera: Camera, corners: Corners, color: str, label: str) -> list[Patch]:
    """Ground in the colour that its far part has in the air."""
    near, far = corners[0][2], corners[2][2]
    hazed = camera.hazed(rgb(color), near + 0.6 * (far - near))
    return [patch._replace(color=hazed) for patch in camera.flat(corners, rgb(color), label)]


def _crisp(camera: Camera, road: tuple[float, float], colors: Colors) -> list[Patch]:
    """Even dashes in the middle, unbroken lines at the edges."""
    white, made = rgb(colors["marking"]), _dashes(camera, road, colors, 0.0)
    for x in (road[0] + 0.25, road[1] - 0.25):
        made += camera.flat(level(x - 0.06, x + 0.06, camera.z + 1, camera.z + FAR_M), white, None, 0.95)
    return made


def _worn(camera: Camera, road: tuple[float, float], colors: Colors, worn: float) -> list[Patch]:
    """Faded dashes of uneven length, and patches of newer tar."""
    made = _dashes(camera, road, colors, worn)
    for x, z, width, length in TAR:
        if z + length > camera.z + 1:
            corners = level(x, x + width, max(z, camera.z + 1), z + length)
            made += camera.flat(corners, rgb(colors["tar"]), None, 0.5)
    return made


def _dashes(camera: Camera, road: tuple[float, float], colors: Colors, worn: float) -> list[Patch]:
    middle, made = sum(road) / 2, []
    for z in (int(camera.z // 6) * 6 + 6.0 * index for index in range(24)):
        wear = random.Random(int(z) * 7 + 1).random()
        near, far = max(z, camera.z + 1), z + 3.0 - worn * wear * 1.4
        if far > near:
            opacity = 1 - worn * (0.35 + 0.65 * wear)
            tag = "marking" if POINTED_M[0] <= z - camera.z < POINTED_M[1] else ""
            for left, right, first, last in FLAKES if worn else ((0.0, 1.0, 0.0, 1.0),):
                # What has worn off is not there, wherever it is looked from.
                ends = (max(near, z + first * (far - z)), z + last * (far - z))
                if ends[0] < ends[1]:
                    corners = level(middle - 0.08 + 0.16 * left, middle - 0.08 + 0.16 * right, *ends)
                    dash = camera.flat(corners, rgb(colors["marking"]), None, opacity)
                    made += [patch._replace(tag=tag) for patch in dash]
    return made


def _rectangle(left: float, top: float, right: float, bottom: float, color: Rgb) -> Patch:
    return Patch(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]), color, SKY)


@dataclass(frozen=True)
class House:
    """A block along the street from `z` to `z + length`, its wall at `x`, `height` metres high."""

    x: float
    z: float
    length: float
    height: float
    wall: str
    roof: str
    windows: str
    awning: str | None = None


def house_patches(camera: Camera, house: House) -> list[Patch]:
    """The face towards the camera, the wall along the street with its windows, and the roof."""
    near, far, high = house.z, house.z + house.length, house.height
    if far - camera.z < 1.2:
        return []
    outward = 1.0 if house.x > 0 else -1.0
    back, eave, ridge = (house.x + d * outward for d in (DEPTH_M, -EAVE_M, DEPTH_M * 0.4))
    color, roof = rgb(house.wall), rgb(house.roof)
    faces = near > camera.z + 0.9
    made: list[Patch] = []
    if faces:
        made += camera.flat(_front(house.x, back, 0, high, near), blended(color, BLACK, 0.12), BUILDING)
    made += camera.flat(wall(house.x, near, far, 0, high), color, BUILDING)
    if near - camera.z < DETAIL_M:
        made += _windows(camera, house)
    edge = near - 0.2
    low, top = high - 0.1, high + RISE_M
    slope = [(eave, low, edge), (eave, low, far), (ridge, top, far), (ridge, top, edge)]
    made += camera.flat(slope, roof, BUILDING)
    made += camera.flat(wall(eave, edge, far, high - 0.25, high), blended(roof, BLACK, 0.25), BUILDING)
    if faces:
        gable = [(eave, low, edge), (back, low, edge), (back, top, edge), (ridge, top, edge)]
        made += camera.flat(gable, blended(roof, BLACK, 0.16), BUILDING)
    return made


def _front(left: float, right: float, low: float, high: float, z: float) -> Corners:
    return [(left, low, z), (right, low, z), (right, high, z), (left, high, z)]


def _windows(camera: Camera, house: House) -> list[Patch]:
    """Framed panes on every floor; an open shop front under an awning."""
    glass, frame, open_shop = rgb(house.windows), rgb("#F4EFE2"), rgb("#3B3F4A")
    count = max(1, int(house.length // 2.6))
    step, made = house.length / count, []
    for floor in range(max(1, int(house.height // 2.9))):
        for index in range(count):
            z, low = house.z + step * (index + 0.5) - 0.55, 0.9 + floor * 2.8
            if floor == 0 and house.awning:
                made += camera.flat(wall(house.x, z - 0.25, z + 1.35, 0.1, 2.1), open_shop, None)
                continue
            made += camera.flat(wall(house.x, z - 0.1, z + 1.2, low - 0.1, low + 1.4), frame, None)
            made += camera.flat(wall(house.x, z, z + 1.1, low, low + 1.3), glass, None)
    return made + (_awning(camera, house, house.awning) if house.awning else [])


def _awning(camera: Camera, house: House, cloth: str) -> list[Patch]:
    """A striped cloth over the shop front, part of the building."""
    edge = house.x - (1.0 if house.x > 0 else -1.0)
    stripes, made = max(4, int(house.length)), []
    for index in range(stripes):
        near, far = (house.z + house.length * i / stripes for i in (index, index + 1))
        corners = [(house.x, 2.9, near), (house.x, 2.9, far), (edge, 2.35, far), (edge, 2.35, near)]
        made += camera.flat(corners, rgb(cloth if index % 2 == 0 else "#F5EFE0"), BUILDING)
    return made
