"""Houses along a drawn street: walls in perspective, windows, shop fronts with awnings, roofs."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.stage.drawn import Patch, Rgb, blended
from explainers.stage.perspective import Camera
from explainers.stage.street_ground import wall
from explainers.stage.street_things import BUILDING, rgb

DETAIL_M = 70.0
"""Beyond this there are no windows."""
DEPTH_M, EAVE_M, RISE_M = 7.0, 0.45, 1.1
BLACK: Rgb = (0.0, 0.0, 0.0)


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
    slope = [
        (eave, high - 0.1, edge),
        (eave, high - 0.1, far),
        (ridge, high + RISE_M, far),
        (ridge, high + RISE_M, edge),
    ]
    made += camera.flat(slope, roof, BUILDING)
    made += camera.flat(wall(eave, edge, far, high - 0.25, high), blended(roof, BLACK, 0.25), BUILDING)
    if faces:
        gable = [
            (eave, high - 0.1, edge),
            (back, high - 0.1, edge),
            (back, high + RISE_M, edge),
            (ridge, high + RISE_M, edge),
        ]
        made += camera.flat(gable, blended(roof, BLACK, 0.16), BUILDING)
    return made


def _front(left: float, right: float, low: float, high: float, z: float) -> list[tuple[float, float, float]]:
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
