"""A pinhole camera on a straight street: metres become places in the picture.

The world's x points right, y up from the road, z ahead of where the camera starts; all in metres.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explainers.stage.drawn import Patch, Rgb, blended

NEAR_M = 0.9
"""What is nearer than this is cut off."""
SMALL = 9.0
"""Picture units a metre under which a figure has no details."""


@dataclass(frozen=True)
class Shape:
    """A patch of an upright figure: polygon corners or centre and half axes, in metres from its foot."""

    points: NDArray[np.float64]
    color: Rgb
    label: str | None
    opacity: float = 1.0
    oval: bool = False


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
        self,
        shapes: Iterable[Shape],
        x: float,
        z: float,
        size: float = 1.0,
        flip: bool = False,
        y: float = 0.0,
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

    def flat(
        self,
        corners: Sequence[tuple[float, float, float]],
        color: Rgb,
        label: str | None,
        opacity: float = 1.0,
    ) -> list[Patch]:
        """A polygon anywhere in the world, cut where it comes too near."""
        kept = _cut([(x, y, z - self.z) for x, y, z in corners])
        if len(kept) < 3:
            return []
        far = sum(z for _, _, z in kept) / len(kept)
        points = np.array(
            [
                (self.vanish[0] + x * self.focal / z, self.vanish[1] + (self.eye_m - y) * self.focal / z)
                for x, y, z in kept
            ]
        )
        return [Patch(points, self.hazed(color, far + self.z), label, opacity)]


def _cut(corners: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """The polygon's part beyond the near plane (Sutherland and Hodgman, one plane)."""
    kept = []
    for before, here in zip([corners[-1], *corners[:-1]], corners, strict=True):
        if (before[2] >= NEAR_M) != (here[2] >= NEAR_M):
            share = (NEAR_M - before[2]) / (here[2] - before[2])
            kept.append(
                (before[0] + (here[0] - before[0]) * share, before[1] + (here[1] - before[1]) * share, NEAR_M)
            )
        if here[2] >= NEAR_M:
            kept.append(here)
    return kept


@dataclass
class Depths:
    """Groups of patches by how far away they are, to be given back to front."""

    groups: list[tuple[float, list[Patch]]] = field(default_factory=list)

    def add(self, z: float, patches: list[Patch]) -> None:
        if patches:
            self.groups.append((z, patches))

    def ordered(self) -> list[Patch]:
        """All patches, the farthest first."""
        return [patch for _, group in sorted(self.groups, key=lambda one: -one[0]) for patch in group]
