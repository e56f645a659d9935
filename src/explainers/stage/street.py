"""Drawn streets, seen from a car that drives: they stand in for footage that is not there.

`street` is one of Bandung's: trees over the road, vans, motorcycles between cars, stalls on the
pavement, worn markings. `plain-street` is the orderly kind that most data sets know.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from functools import cache

from explainers.stage import street_things as things
from explainers.stage.drawn import Patch, Rgb, Scene
from explainers.stage.perspective import Camera, Depths
from explainers.stage.street_things import BUILDING, ROAD, SIDEWALK, SKY, TREE, Shapes, rgb

SIZE = (576.0, 384.0)
FAR_M = 170.0
KERB_M = 0.16
GROUND_M = (FAR_M, 75.0, 42.0, 24.0, 14.0)
"""How far the pieces of the ground reach that are painted one over the other."""
DETAIL_M = 70.0
"""Beyond this there are no windows."""


@dataclass(frozen=True)
class Standing:
    """A figure with its foot at (`x`, `z`); `size` grows it."""

    shapes: Shapes
    x: float
    z: float
    size: float = 1.0
    tag: str = ""


@dataclass(frozen=True)
class Moving:
    """A figure that goes `speed` metres a second along the street and sways by `sway` across it."""

    shapes: Shapes
    x: float
    z: float
    speed: float
    sway: float = 0.0
    sway_s: float = 3.0
    tag: str = ""


@dataclass(frozen=True)
class Walker:
    """Somebody on foot, who goes `speed` along the street and `across` it, in metres a second."""

    look: tuple[str, str, str, str | None, bool]
    x: float
    z: float
    speed: float
    across: float = 0.0
    gait: float = 0.9


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


@dataclass(frozen=True, eq=False)
class Street:
    """A whole street; `speed` is the driver's own, in metres a second."""

    name: str
    camera: Camera
    road: tuple[float, float]
    pavements: tuple[float, float]
    colors: dict[str, str] = field(hash=False)
    houses: tuple[House, ...] = ()
    standing: tuple[Standing, ...] = ()
    moving: tuple[Moving, ...] = ()
    walkers: tuple[Walker, ...] = ()
    speed: float = 5.0
    worn: float = 0.0
    size: tuple[float, float] = SIZE

    def patches(self, t: float) -> list[Patch]:
        """Sky and hills, the ground, then everything on it, the farthest first."""
        camera = Camera(self.camera.size, self.camera.vanish, self.camera.focal, self.camera.eye_m, t * self.speed, self.camera.haze, self.camera.haze_m)
        depths = Depths()
        for house in self.houses:
            depths.add(house.z + house.length, _house(camera, house))
        for one in self.standing:
            if camera.z < one.z < camera.z + FAR_M:
                depths.add(one.z, _tagged(camera.upright(one.shapes, one.x, one.z, one.size), one.tag))
        for mover in self.moving:
            depths.add(*_moved(camera, mover, t))
        for walker in self.walkers:
            z = walker.z + walker.speed * t
            figure = things.pedestrian(*walker.look[:3], walker.gait * t + walker.z, walker.look[3], walker.look[4])
            on_road = self.road[0] < walker.x + walker.across * t < self.road[1]
            depths.add(z, camera.upright(figure, walker.x + walker.across * t, z, 1.0, walker.across < 0, 0 if on_road else KERB_M))
        return [*self._sky(t), *self._ground(camera), *depths.ordered()]

    def _sky(self, t: float) -> list[Patch]:
        width, height = self.size
        horizon = self.camera.vanish[1]
        top, low = rgb(self.colors["sky"]), rgb(self.colors["sky low"])
        bands = 14
        made = [_rectangle(0, 0, width, height, top, SKY)]
        for i in range(bands):
            share = (i + 1) / bands
            color: Rgb = tuple(a + (b - a) * share for a, b in zip(top, low, strict=True))  # type: ignore[assignment]
            made.append(_rectangle(0, horizon * i / bands, width, horizon + 2, color, SKY))
        for x, y, size, drift in ((90, 40, 1.0, 2.0), (380, 26, 1.25, 1.4), (500, 78, 0.7, 1.8), (240, 84, 0.6, 1.1)):
            made += _cloud((x + drift * t) % (width + 160) - 80, y, size)
        made += _hills(width, horizon, self.colors)
        return made

    def _ground(self, camera: Camera) -> list[Patch]:
        left, right = self.road
        outer_left, outer_right = self.pavements
        near = camera.z + 0.9
        made: list[Patch] = []
        # The whole in the far end's colour, then shorter and shorter pieces of it: air without seams.
        for reach in GROUND_M:
            far = camera.z + reach
            made += _level(camera, -60, 60, 0, near, far, rgb(self.colors["verge"]), TREE)
            made += _level(camera, left, right, 0, near, far, rgb(self.colors["road"]), ROAD)
            for inner, outer in ((left, outer_left), (right, outer_right)):
                made += _level(camera, inner, outer, KERB_M, near, far, rgb(self.colors["pavement"]), SIDEWALK)
        far = camera.z + FAR_M
        for inner, outer in ((left, outer_left), (right, outer_right)):
            made += _joints(camera, inner, outer, self.colors["joint"])
            made += camera.flat([(inner, 0, near), (inner, KERB_M, near), (inner, KERB_M, far), (inner, 0, far)], rgb(self.colors["kerb"]), SIDEWALK)
            made += _kerb_stripes(camera, inner, self.colors["kerb dark"])
        made += self._markings(camera)
        return made

    def _markings(self, camera: Camera) -> list[Patch]:
        left, right = self.road
        white, middle = rgb(self.colors["marking"]), (left + right) / 2
        made: list[Patch] = []
        start = int(camera.z // 6) * 6
        for index in range(24):
            z = start + index * 6.0
            wear = random.Random(int(z) * 7 + 1).random()
            opacity = 1 - self.worn * (0.35 + 0.65 * wear)
            dash = _strip(camera, middle - 0.08, middle + 0.08, max(z, camera.z + 1), z + 3.0 - self.worn * wear * 1.4, white, None, opacity)
            made += [patch._replace(tag="marking") for patch in dash]
        for edge in (left + 0.25, right - 0.25):
            if not self.worn:
                made += _strip(camera, edge - 0.06, edge + 0.06, camera.z + 1, camera.z + FAR_M, white, None, 0.95)
        if self.worn:
            # Patches of newer tar.
            for x, z, w, length in ((-1.2, 14.0, 1.3, 4.0), (2.4, 27.0, 1.5, 3.0), (-0.4, 44.0, 1.2, 5.0), (1.6, 9.5, 0.9, 2.0), (3.1, 58.0, 1.4, 4.0)):
                if z + length > camera.z + 1:
                    made += _strip(camera, x, x + w, max(z, camera.z + 1), z + length, rgb(self.colors["tar"]), None, 0.5)
        return made


def _level(camera: Camera, left: float, right: float, y: float, near: float, far: float, color: Rgb, label: str) -> list[Patch]:
    """Level ground, in the colour that its far end has."""
    (patch,) = camera.flat([(left, y, near), (right, y, near), (right, y, far), (left, y, far)], color, label)
    return [patch._replace(color=camera.hazed(color, near + 0.6 * (far - near)))]


def _strip(camera: Camera, left: float, right: float, near: float, far: float, color: Rgb, label: str | None, opacity: float = 1.0) -> list[Patch]:
    return camera.flat([(left, 0, near), (right, 0, near), (right, 0, far), (left, 0, far)], color, label, opacity) if far > near else []


def _joints(camera: Camera, inner: float, outer: float, color: str) -> list[Patch]:
    start, made = int(camera.z // 1.5) * 1.5, []
    for index in range(26):
        z = start + 1.5 * index + 1.5
        made += camera.flat([(inner, KERB_M, z), (outer, KERB_M, z), (outer, KERB_M, z + 0.06), (inner, KERB_M, z + 0.06)], rgb(color), None, 0.5)
    return made


def _kerb_stripes(camera: Camera, x: float, color: str) -> list[Patch]:
    start, made = int(camera.z // 2) * 2, []
    for index in range(40):
        z = start + 2.0 * index
        made += camera.flat([(x, 0, z), (x, KERB_M, z), (x, KERB_M, z + 1.0), (x, 0, z + 1.0)], rgb(color), None)
    return made


def _moved(camera: Camera, mover: Moving, t: float) -> tuple[float, list[Patch]]:
    z = mover.z + mover.speed * t
    x = mover.x + mover.sway * math.sin(2 * math.pi * (t / mover.sway_s + mover.z * 0.13))
    if z - camera.z > FAR_M:
        return z, []
    return z, _tagged(camera.upright(mover.shapes, x, z), mover.tag)


def _tagged(patches: list[Patch], tag: str) -> list[Patch]:
    return [patch._replace(tag=tag) if patch.label else patch for patch in patches] if tag else patches


def _house(camera: Camera, house: House) -> list[Patch]:
    """The face towards the camera, the wall along the street with its windows, and the roof's edge."""
    outward = 1.0 if house.x > 0 else -1.0
    near, far, high = house.z, house.z + house.length, house.height
    if far - camera.z < 1.2:
        return []
    depth = 7.0 * outward
    wall = rgb(house.wall)
    face: Rgb = tuple(c * 0.88 for c in wall)  # type: ignore[assignment]
    made = []
    if near > camera.z + 0.9:
        made += camera.flat([(house.x, 0, near), (house.x + depth, 0, near), (house.x + depth, high, near), (house.x, high, near)], face, BUILDING)
    made += camera.flat([(house.x, 0, near), (house.x, 0, far), (house.x, high, far), (house.x, high, near)], wall, BUILDING)
    if near - camera.z < DETAIL_M:
        made += _windows(camera, house)
    eave, rise = house.x - 0.45 * outward, 1.1
    roof = rgb(house.roof)
    made += camera.flat([(eave, high - 0.1, near - 0.2), (eave, high - 0.1, far), (house.x + depth * 0.4, high + rise, far), (house.x + depth * 0.4, high + rise, near - 0.2)], roof, BUILDING)
    made += camera.flat([(eave, high - 0.25, near - 0.2), (eave, high - 0.25, far), (eave, high, far), (eave, high, near - 0.2)], tuple(c * 0.75 for c in roof), BUILDING)  # type: ignore[arg-type]
    if near > camera.z + 0.9:
        made += camera.flat([(eave, high - 0.1, near - 0.2), (house.x + depth, high - 0.1, near - 0.2), (house.x + depth, high + rise, near - 0.2), (house.x + depth * 0.4, high + rise, near - 0.2)], tuple(c * 0.84 for c in roof), BUILDING)  # type: ignore[arg-type]
    return made


def _windows(camera: Camera, house: House) -> list[Patch]:
    made: list[Patch] = []
    glass, frame = rgb(house.windows), rgb("#F4EFE2")
    floors = max(1, int(house.height // 2.9))
    count = max(1, int(house.length // 2.6))
    step = house.length / count

    def pane(z: float, low: float, wide: float, tall: float, color: Rgb) -> None:
        made.extend(camera.flat([(house.x, low, z), (house.x, low, z + wide), (house.x, low + tall, z + wide), (house.x, low + tall, z)], color, None))

    for floor in range(floors):
        for index in range(count):
            z = house.z + step * (index + 0.5) - 0.55
            low = 0.9 + floor * 2.8
            if floor == 0 and house.awning:
                pane(z - 0.25, 0.1, 1.6, 2.0, rgb("#3B3F4A"))
                continue
            pane(z - 0.1, low - 0.1, 1.3, 1.5, frame)
            pane(z, low, 1.1, 1.3, glass)
    if house.awning:
        made += _awning(camera, house)
    return made


def _awning(camera: Camera, house: House) -> list[Patch]:
    """A striped cloth over the shop front, part of the building."""
    outward = 1.0 if house.x > 0 else -1.0
    edge, made = house.x - 1.0 * outward, []
    stripes = max(4, int(house.length))
    for index in range(stripes):
        near = house.z + house.length * index / stripes
        far = house.z + house.length * (index + 1) / stripes
        color = rgb(house.awning if index % 2 == 0 else "#F5EFE0")  # type: ignore[arg-type]
        made += camera.flat([(house.x, 2.9, near), (house.x, 2.9, far), (edge, 2.35, far), (edge, 2.35, near)], color, BUILDING)
    return made


def _rectangle(left: float, top: float, right: float, bottom: float, color: Rgb, label: str | None) -> Patch:
    import numpy as np

    return Patch(np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float), color, label)


def _cloud(x: float, y: float, size: float) -> list[Patch]:
    import numpy as np

    white = (1.0, 1.0, 1.0)
    rounds = ((0, 0, 34, 11), (-22, 4, 24, 8), (24, 4, 26, 8), (-6, -8, 18, 11), (12, -5, 15, 9))
    return [Patch(np.array([(x + dx * size, y + dy * size), (rx * size, ry * size)]), white, None, 0.55, True) for dx, dy, rx, ry in rounds]


def _hills(width: float, horizon: float, colors: dict[str, str]) -> list[Patch]:
    import numpy as np

    if "hills" not in colors:
        return []
    # The upturned boat, Tangkuban Parahu, closes the view to the north.
    boat = [(0, 0), (0, -16), (70, -20), (130, -40), (182, -52), (262, -50), (300, -53), (352, -36), (420, -26), (500, -30), (width, -18), (width, 0)]
    near = [(0, 0), (0, -10), (90, -13), (180, -22), (250, -18), (330, -24), (430, -15), (520, -20), (width, -12), (width, 0)]
    return [
        Patch(np.array([(x, horizon + y + 1) for x, y in line], float), rgb(color), TREE)
        for line, color in ((boat, colors["hills"]), (near, colors["hills near"]))
    ]


@cache
def scene(name: str) -> Scene:
    """The drawn street of that name; KeyError where there is none."""
    return {"street": _bandung, "plain-street": _plain}[name]()


def _bandung() -> Street:
    from explainers.stage.street_bandung import street

    return street()


def _plain() -> Street:
    from explainers.stage.street_plain import street

    return street()
