"""Drawn streets, seen from a car that drives: they stand in for footage that is not there.

`street` is one of Bandung's: trees over the road, vans, motorcycles between cars, stalls on the
pavement, worn markings. `plain-street` is the orderly kind that most data sets know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cache

from explainers.stage import street_riders as riders
from explainers.stage.drawn import Patch, Scene
from explainers.stage.perspective import Camera, Depths
from explainers.stage.street_ground import FAR_M, KERB_M, ground, sky
from explainers.stage.street_houses import House, house_patches
from explainers.stage.street_things import Shapes

SIZE = (576.0, 384.0)


@dataclass(frozen=True)
class Standing:
    """A figure with its foot at (`x`, `z`); `size` grows it, `tag` is what points at it."""

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

    def patches(self, camera: Camera, t: float) -> tuple[float, list[Patch]]:
        """How far away it is, and its patches."""
        z = self.z + self.speed * t
        x = self.x + self.sway * math.sin(2 * math.pi * (t / self.sway_s + self.z * 0.13))
        near = z - camera.z <= FAR_M
        return z, _tagged(camera.upright(self.shapes, x, z), self.tag) if near else []


@dataclass(frozen=True)
class Walker:
    """Somebody on foot, who goes `speed` along the street and `across` it, in metres a second.

    `look` is shirt, skirt or trousers, hair or veil, bag, and whether a veil is worn.
    """

    look: tuple[str, str, str, str | None, bool]
    x: float
    z: float
    speed: float
    across: float = 0.0
    gait: float = 0.9

    def patches(self, camera: Camera, t: float, road: tuple[float, float]) -> tuple[float, list[Patch]]:
        """How far away they are, and their patches: on the road or on the pavement."""
        x, z = self.x + self.across * t, self.z + self.speed * t
        shirt, skirt, hair, bag, veil = self.look
        figure = riders.pedestrian(shirt, skirt, hair, self.gait * t + self.z, bag, veil)
        foot = 0.0 if road[0] < x < road[1] else KERB_M
        return z, camera.upright(figure, x, z, 1.0, self.across < 0, foot)


@dataclass(frozen=True, eq=False)
class Street:
    """A whole street; `speed` is the driver's own, in metres a second, `worn` how faded its markings are."""

    name: str
    camera: Camera
    road: tuple[float, float]
    pavements: tuple[float, float]
    colors: dict[str, str]
    houses: tuple[House, ...] = ()
    standing: tuple[Standing, ...] = ()
    moving: tuple[Moving, ...] = ()
    walkers: tuple[Walker, ...] = ()
    speed: float = 5.0
    worn: float = 0.0
    size: tuple[float, float] = field(default=SIZE)

    def patches(self, t: float) -> list[Patch]:
        """Sky and hills, the ground, then everything on it, the farthest first."""
        camera = replace(self.camera, z=t * self.speed)
        depths = Depths()
        for house in self.houses:
            depths.add(house.z + house.length, house_patches(camera, house))
        for one in self.standing:
            if camera.z < one.z < camera.z + FAR_M:
                depths.add(one.z, _tagged(camera.upright(one.shapes, one.x, one.z, one.size), one.tag))
        for mover in self.moving:
            depths.add(*mover.patches(camera, t))
        for walker in self.walkers:
            depths.add(*walker.patches(camera, t, self.road))
        below = ground(camera, self.road, self.pavements, self.colors, self.worn)
        return [*sky(self.size, camera.vanish[1], self.colors, t), *below, *depths.ordered()]


def _tagged(patches: list[Patch], tag: str) -> list[Patch]:
    return [patch._replace(tag=tag) if patch.label else patch for patch in patches] if tag else patches


@cache
def scene(name: str) -> Scene:
    """The drawn street of that name; KeyError where there is none."""
    from explainers.stage import street_bandung, street_plain

    return {"street": street_bandung, "plain-street": street_plain}[name].street()
