"""Drawn streets, seen from a car that drives: they stand in for footage that is not there.

`street` is one of Bandung's: trees over the road, vans, motorcycles between cars, stalls on the pavement,
worn markings. `plain-street` is the orderly kind that most data sets know. `car` is the app's own art.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explainers.compositor.drawn import DrawnPicture, Patch

from . import _figures as figures
from ._figures import LABELS, Shapes
from ._view import BEYOND, FAR_M, KERB_M, Camera, House, ground, house_patches, sky

SIZE = (576.0, 384.0)


@dataclass(frozen=True)
class Thing:
    """A figure with its foot at (`x`, `z`), `size` times as large; `tag` is what points at it.

    It goes `speed` metres a second along the street, and sways by `sway` across it every `sway_s` seconds.
    """

    shapes: Shapes
    x: float
    z: float
    size: float = 1.0
    tag: str = ""
    speed: float = 0.0
    sway: float = 0.0
    sway_s: float = 3.0

    def patches(self, camera: Camera, t: float) -> tuple[float, list[Patch]]:
        """How far away it is, and its patches."""
        z = self.z + self.speed * t
        x = self.x + self.sway * math.sin(2 * math.pi * (t / self.sway_s + self.z * 0.13))
        seen = z - camera.z <= FAR_M and (self.speed or camera.z < z)
        made = camera.upright(self.shapes, x, z, self.size) if seen else []
        return z, [one._replace(tag=self.tag) if one.label else one for one in made]


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
        figure = figures.pedestrian(shirt, skirt, hair, self.gait * t + self.z, bag, veil)
        foot = 0.0 if road[0] < x < road[1] else KERB_M
        return z, camera.upright(figure, x, z, 1.0, self.across < 0, foot)


@dataclass(frozen=True, eq=False)
class Street(DrawnPicture):
    """A whole street; the driver goes `speed` metres a second, and `worn` is how faded its markings are."""

    name: str
    camera: Camera
    road: tuple[float, float]
    pavements: tuple[float, float]
    colors: dict[str, str]
    houses: tuple[House, ...]
    things: tuple[Thing, ...]
    walkers: tuple[Walker, ...]
    speed: float = 4.0
    worn: float = 0.0
    begins: float = 0.0
    """Where on the clock of its things the picture begins, in seconds."""
    size: tuple[float, float] = SIZE
    beyond: tuple[float, float, float, float] = BEYOND
    labels: tuple[str, ...] = LABELS

    def patches(self, t: float) -> list[Patch]:
        """Sky and hills, the ground, then everything on it, the farthest first."""
        t += self.begins
        camera = replace(self.camera, z=t * self.speed)
        groups = [(house.z + house.length, house_patches(camera, house)) for house in self.houses]
        groups += [thing.patches(camera, t) for thing in self.things]
        groups += [walker.patches(camera, t, self.road) for walker in self.walkers]
        groups.sort(key=lambda group: -group[0])
        below = ground(camera, self.road, self.pavements, self.colors, self.worn)
        above = sky(self.size, camera.vanish[1], self.colors, t)
        return [*above, *below, *(patch for _, group in groups for patch in group)]


@dataclass(frozen=True, eq=False)
class Car(DrawnPicture):
    """A car from the front, alone."""

    name: str = "car"
    labels: tuple[str, ...] = (figures.CAR,)
    size: tuple[float, float] = (344.0, 282.08)

    def patches(self, t: float) -> list[Patch]:
        wide, tall = self.size
        camera = Camera(self.size, (wide / 2, tall - 20 - 1.45 * wide / 2.0), wide / 2.0)
        return camera.upright(figures.car("#E9EDF2", front=True), 0, 1.0)


HOUSES = {
    -6.2: (
        (-44.0, 12.0, 7.0, "#D9C3A0", "#A65440", "#6B8CA3", None),
        (-31.0, 9.0, 4.6, "#C7D6CF", "#8F4C3B", "#7598AC", "#2F7F6B"),
        (-21.0, 12.0, 6.6, "#EFE7DA", "#9C4A36", "#5E7F97", None),
        (-8.0, 12.0, 4.4, "#E3C9B4", "#7B5B4A", "#6E93A6", "#E0A030"),
        (5.0, 8.0, 4.6, "#E9DFC7", "#B5583E", "#7FA3B8", "#C9433A"),
        (14.5, 9.0, 6.4, "#D9C3A0", "#9C4A36", "#5E7F97", None),
        (25.0, 7.0, 4.2, "#C7D6CF", "#7B5B4A", "#6E93A6", "#2F7F6B"),
        (33.5, 11.0, 7.6, "#EFE7DA", "#A65440", "#6B8CA3", "#E0A030"),
        (46.0, 9.0, 5.0, "#E3C9B4", "#8F4C3B", "#7598AC", None),
        (57.0, 12.0, 8.4, "#D5D3CC", "#7C6A60", "#5F7E95", "#C9433A"),
        (71.0, 14.0, 6.0, "#E8DCC0", "#AA5741", "#6C8FA4", None),
        (88.0, 20.0, 9.0, "#DAD4C8", "#8C5A48", "#6C8FA4", None),
    ),
    9.4: (
        (-46.0, 14.0, 5.0, "#E8D5BC", "#97503C", "#6C8FA4", "#C9433A"),
        (-31.0, 10.0, 7.6, "#DCE3E2", "#77655B", "#5F7E95", None),
        (-20.0, 11.0, 4.6, "#F0EADF", "#B5583E", "#7FA3B8", "#2F7F6B"),
        (-8.0, 11.0, 6.4, "#E5DCCB", "#8F4C3B", "#6B8CA3", None),
        (4.0, 7.0, 5.2, "#DCE3E2", "#6F5B52", "#6B8CA3", "#2C6FAE"),
        (12.5, 10.0, 4.4, "#EAD2B0", "#B5583E", "#7FA3B8", "#E0A030"),
        (24.5, 8.0, 7.2, "#F0EADF", "#97503C", "#5E7F97", None),
        (34.0, 10.0, 4.8, "#D0DAD3", "#8F4C3B", "#7598AC", "#C9433A"),
        (46.0, 12.0, 9.0, "#E5DCCB", "#77655B", "#5F7E95", None),
        (60.0, 12.0, 5.6, "#E8D5BC", "#A65440", "#6C8FA4", "#2F7F6B"),
        (75.0, 24.0, 7.6, "#DAD4C8", "#8C5A48", "#6C8FA4", None),
    ),
}
"""On either side: begin, length, height, and the colours of wall, roof, windows and awning."""
TREES = {
    (-4.5, 80): "-38 1.1  -28.5 1.2  -18 1.05  -7.5 1.15  2.5 1.1",
    (7.4, 90): "-34 1.05  -24 1.2  -13.5 1.1  -2.5 1.15",
    (-4.5, 0): "12.2 1.05  22.0 1.1  31.0 1.2  40.0 1.1  50.0 1.25  61.0 1.15  72.0 1.3  84.0 1.2  98.0 1.3",
    (7.4, 20): "9.0 1.0  20.5 1.12  29.0 1.05  38.0 1.2  48.0 1.1  58.0 1.2  70.0 1.25  83.0 1.2  97.0 1.3",
}
"""By place across the street and first seed: place along it and size of each tree."""


def _bandung() -> Iterator[Thing]:
    """What stands and moves in Bandung's street; the driver is in the left of two lanes."""
    for (x, seed), row in TREES.items():
        numbers = [float(word) for word in row.split()]
        for index, (z, size) in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
            yield Thing(figures.tree(seed + index), x, z, size)
    for seed, x, z, size in ((3, 8.6, 15.0, 1.15), (5, -5.6, 27.0, 1.1), (8, 8.5, 43.0, 1.2)):
        yield Thing(figures.palm(seed), x, z, size)
    for x, z in (
        (-4.6, -23.0),
        (7.5, -19.0),
        (-4.6, -2.0),
        (7.5, 3.4),
        (-4.6, 8.2),
        (-4.6, 16.5),
        (7.5, 13.2),
        (7.5, 24.0),
        (-4.6, 35.0),
    ):
        yield Thing(figures.bush(), x, z)
    yield Thing(figures.stall("#2F86B5", "#F6EEDC"), -3.9, -13.0, 1.05, "stall")
    yield Thing(figures.stall("#3C8F62", "#F6EEDC"), 6.8, -8.5, 1.0, "stall")
    yield Thing(figures.stall("#D8483C", "#F6EEDC"), -3.9, 14.2, 1.05, "stall")
    yield Thing(figures.stall("#2F86B5", "#F6EEDC"), -4.0, 24.6, 1.05, "stall")
    yield Thing(figures.stall("#E0A030", "#FFF7E6"), 6.8, 17.6, 1.0, "stall")
    yield Thing(figures.stall("#3C8F62", "#F6EEDC"), 6.8, 33.0, 1.0, "stall")
    yield Thing(figures.sign("park"), 5.8, -12.0)
    yield Thing(figures.sign("stop"), -2.95, 18.4)
    yield Thing(figures.sign("cross"), 5.8, 25.5)
    yield Thing(figures.sign("way"), 6.2, 40.0, 1.15)
    yield Thing(figures.sign("park"), -2.95, 37.0)
    yield Thing(figures.car("#B9BEC8"), 4.35, 21.5)
    yield Thing(figures.van(), -0.55, 19.5, 1.0, "van", 3.4, 0.06, 5.0)
    yield Thing(figures.car("#C9CED6"), 0.1, 32.0, 1.0, "", 4.2, 0.05, 4.0)
    yield _rider("#D96C3C", "#F2F2F0", 0.98, 10.6, 4.0, 0.16, 3.2, pillion="#7A5AA6")
    yield _rider("#3F6FB5", "#D23B33", -1.9, 13.6, 3.9, 0.12, 2.7, load=True)
    yield _rider("#4B9A7A", "#2A2E36", 0.85, 24.0, 4.4, 0.18, 3.6)
    yield _rider("#E3B23C", "#FFFFFF", -1.75, 29.0, 4.6, 0.14, 3.0)
    yield Thing(figures.car("#3F5F86", front=True), 3.0, -41.0, speed=-5.0)
    yield Thing(figures.car("#C9CED6", front=True), 3.0, -9.0, speed=-5.0)
    yield _rider("#3F6FB5", "#E3B23C", 2.1, -22.0, -5.5, 0.15, 3.0)
    yield _rider("#C2503F", "#F0E9D8", 2.3, 4.0, -5.8, 0.12, 2.8)
    yield Thing(figures.car("#B8423A", front=True), 3.0, 42.0, speed=-5.0)
    yield Thing(figures.van("#3E7FB0", "#F6EEDC", front=True), 3.1, 62.0, speed=-5.2)
    yield _rider("#8E4A86", "#2F6FB5", 2.0, 34.0, -5.5, 0.15, 2.9)
    yield _rider("#C2503F", "#F0E9D8", 2.15, 54.0, -6.0, 0.15, 3.3)
    yield _rider("#4F7F4A", "#23262D", 4.0, 76.0, -6.0, 0.12, 3.1)


def _rider(shirt: str, helmet: str, *place: float, pillion: str | None = None, load: bool = False) -> Thing:
    """A motorcycle; one that comes towards the driver is seen from the front."""
    x, z, speed, sway, sway_s = place
    shapes = figures.motorcycle(shirt, helmet, speed < 0, pillion, load)
    return Thing(shapes, x, z, 1.0, "motorcycle", speed, sway, sway_s)


def _plain() -> Iterator[Thing]:
    """What stands and moves in the orderly street; the driver is in the right of two lanes."""
    for i in range(8):
        for x in (-7.2, 4.9):
            yield Thing(figures.tree(40 + i), x, 10.0 + 11.0 * i, 0.85)
    yield Thing(figures.sign("park"), 3.4, 14.0)
    yield Thing(figures.sign("cross"), 3.4, 30.0)
    yield Thing(figures.car("#3F5F86"), 0.35, 16.0, speed=4.2)
    yield Thing(figures.car("#A9AFB8"), 0.35, 34.0, speed=4.6)
    yield Thing(figures.car("#8E3B36", front=True), -3.4, 40.0, speed=-5.0)
    yield Thing(figures.car("#5D6B62", front=True), -3.4, 70.0, speed=-5.0)


BANDUNG = """sky #8CC4EE, sky low #E9F4FB, hills #8FB3A8, hills near #6E9F7C, verge #7FA865, road #6A6F7C,
tar #545965, marking #E9E7DC, pavement #CDAE93, joint #A98A70, kerb #EDEBE4, kerb dark #2F333B"""
PLAIN = """sky #A9C4DC, sky low #EDF2F6, verge #93A58C, road #70757F,
marking #FFFFFF, pavement #C4C4C2, joint #A9AAAB, kerb #DADBDC, kerb dark #D0D1D2"""


def _colors(table: str) -> dict[str, str]:
    return {name: color for name, _, color in (one.strip().rpartition(" ") for one in table.split(","))}


WALLS = ("#C9B9A6", "#B8A99A", "#D3C8B8", "#BFB2A8")

STREET = Street(
    name="street",
    camera=Camera(SIZE, (270.0, 178.0), 460.0),
    road=(-2.5, 5.3),
    pavements=(-6.2, 9.4),
    colors=_colors(BANDUNG),
    houses=tuple(House(x, *row) for x, rows in HOUSES.items() for row in rows),
    things=tuple(_bandung()),
    walkers=(
        Walker(("#6F8FD0", "#40424E", "#251E1A", "#B4703C", False), -3.3, -16.0, 0.7),
        Walker(("#E8B9C4", "#6B4C7C", "#C9B28A", None, True), 6.4, -11.0, 0.8),
        Walker(("#F0D36B", "#3A4660", "#251E1A", None, False), -3.6, -4.0, 0.9),
        Walker(("#E8B9C4", "#6B4C7C", "#7A4E86", None, True), -3.2, 11.4, 0.9),
        Walker(("#F2E6C8", "#35506E", "#2A211C", "#B4703C", False), -3.5, 21.0, -0.8),
        Walker(("#5FA08C", "#3A3F52", "#251E1A", None, False), 6.3, 14.6, -0.9),
        Walker(("#D9694A", "#4A4038", "#C9B28A", "#5C7FB0", True), 6.6, 22.4, 0.8),
        Walker(("#F0D36B", "#3A4660", "#251E1A", None, False), 5.0, 31.5, 0.2, -0.9),
        Walker(("#6F8FD0", "#40424E", "#251E1A", None, False), -3.4, 33.0, 0.7),
    ),
    worn=0.8,
    begins=-8.5,
)
PLAIN_STREET = Street(
    name="plain-street",
    camera=Camera(SIZE, (306.0, 178.0), 460.0),
    road=(-5.6, 2.9),
    pavements=(-9.6, 7.0),
    colors=_colors(PLAIN),
    houses=tuple(
        House(x, 3.0 + 11.0 * index, 11.0, 10.0, WALLS[(index + shift) % 4], "#5B5F68", "#6C8296")
        for x, shift in ((-9.6, 0), (7.0, 2))
        for index in range(9)
    ),
    things=tuple(_plain()),
    walkers=(Walker(("#6F7F9A", "#3A3F4A", "#3A2A20", None, False), 4.6, 18.0, 0.8),),
)
CAR = Car()
