"""Sky, hills and ground of a drawn street: everything that nothing stands behind."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np

from explainers.stage.drawn import Patch, Rgb, blended
from explainers.stage.perspective import Camera
from explainers.stage.street_things import ROAD, SIDEWALK, SKY, TREE, rgb

FAR_M = 170.0
KERB_M = 0.16
REACHES_M = (FAR_M, 75.0, 42.0, 24.0, 14.0)
"""How far the pieces of the ground reach that are painted one over the other."""
TAR = ((-1.2, 14.0, 1.3, 4.0), (2.4, 27.0, 1.5, 3.0), (-0.4, 44.0, 1.2, 5.0), (1.6, 9.5, 0.9, 2.0))
"""Patches of newer tar on a worn road: left, near end, width, length, in metres."""
CLOUDS = ((90, 40, 1.0, 2.0), (380, 26, 1.25, 1.4), (500, 78, 0.7, 1.8), (240, 84, 0.6, 1.1))
"""Place, size, and drift in picture units a second."""
PUFFS = ((0, 0, 34, 11), (-22, 4, 24, 8), (24, 4, 26, 8), (-6, -8, 18, 11), (12, -5, 15, 9))
BOAT = (
    (0, -16),
    (70, -20),
    (130, -40),
    (182, -52),
    (262, -50),
    (300, -53),
    (352, -36),
    (420, -26),
    (500, -30),
    (576, -18),
)
"""Tangkuban Parahu, the upturned boat, closes the view to the north."""
FOOTHILLS = ((0, -10), (90, -13), (180, -22), (250, -18), (330, -24), (430, -15), (520, -20), (576, -12))

Corners = list[tuple[float, float, float]]
Colors = Mapping[str, str]


def sky(size: tuple[float, float], horizon: float, colors: Colors, t: float) -> list[Patch]:
    """Bands from above to the horizon, clouds that drift, hills where the street has any."""
    width, height = size
    top, low, bands = rgb(colors["sky"]), rgb(colors["sky low"]), 14
    made = [_rectangle(0, 0, width, height, top)]
    for i in range(bands):
        color = blended(top, low, (i + 1) / bands)
        made.append(_rectangle(0, horizon * i / bands, width, horizon + 2, color))
    for start, y, grown, drift in CLOUDS:
        x = (start + drift * t) % (width + 160) - 80
        for dx, dy, rx, ry in PUFFS:
            points = np.array([(x + dx * grown, y + dy * grown), (rx * grown, ry * grown)])
            made.append(Patch(points, (1.0, 1.0, 1.0), None, 0.55, True))
    for line, name in ((BOAT, "hills"), (FOOTHILLS, "hills near")):
        if name in colors:
            points = np.array(
                [(0, horizon + 1), *((x, horizon + y + 1) for x, y in line), (width, horizon + 1)]
            )
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
        made += _piece(camera, level(-60, 60, near, far), colors["verge"], TREE)
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
            dash = camera.flat(
                level(middle - 0.08, middle + 0.08, near, far), rgb(colors["marking"]), None, opacity
            )
            made += [patch._replace(tag="marking") for patch in dash]
    return made


def _rectangle(left: float, top: float, right: float, bottom: float, color: Rgb) -> Patch:
    return Patch(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]), color, SKY)
