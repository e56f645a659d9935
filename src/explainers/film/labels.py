"""Label maps: which class each pixel has, read from a picture of colours, counted, outlined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from explainers.errors import InvalidInput, Problem
from explainers.inputs import picture
from explainers.theme import channels

Codes = NDArray[np.uint8]
"""For each pixel the place of its class, of shape (height, width)."""


@dataclass(frozen=True)
class LabelClass:
    """A class as its table names it, in words for the screen, and its colour `#RRGGBB`."""

    name: str
    words: str
    color: str


def read_pixels(path: Path) -> NDArray[np.uint8]:
    """A still picture as RGB, uint8 of shape (height, width, 3), turned upright.

    InvalidInput names the file where it is none that can be read.
    """
    try:
        with picture(path) as image:
            upright = ImageOps.exif_transpose(image)
            if "A" in upright.getbands():
                ground = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(ground, upright.convert("RGBA"))
            return np.asarray(upright.convert("RGB")).copy()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        message = f"{path.name} is not a picture that can be read: {error}".replace(f"{path.parent}/", "")
        raise InvalidInput([Problem("unreadable-picture", message)]) from error


def codes_of(pixels: NDArray[np.uint8], classes: Sequence[LabelClass]) -> Codes:
    """The class of each pixel by the nearest colour: a map saved as JPEG is noisy."""
    palette = np.array([channels(one.color) for one in classes], np.int32)
    flat = pixels.reshape(-1, 3).astype(np.int32)
    best = np.full(len(flat), np.iinfo(np.int32).max)
    codes = np.zeros(len(flat), np.uint8)
    for index, color in enumerate(palette):
        distance = ((flat - color) ** 2).sum(axis=1)
        nearer = distance < best
        best[nearer], codes[nearer] = distance[nearer], index
    return codes.reshape(pixels.shape[:2])


def colored(codes: Codes, classes: Sequence[LabelClass]) -> NDArray[np.uint8]:
    """The map in its classes' own colours, RGB."""
    return np.array([channels(one.color) for one in classes], np.uint8)[codes]


def shares(codes: Codes, count: int) -> list[float]:
    """Of all pixels, the share of each of `count` classes; together they are 1."""
    return [float(n) / codes.size for n in np.bincount(codes.reshape(-1), minlength=count)[:count]]


@dataclass(frozen=True)
class Region:
    """A connected part of one class: its outline in pixels of the map, and its area as a share of it."""

    points: tuple[tuple[float, float], ...]
    share: float


def regions(codes: Codes, index: int, least: float = 0.0004, tolerance: float = 1.5) -> list[Region]:
    """The outer outlines of a class, the largest first, without those under the share `least`.

    Outlines are polygons that leave the pixels' own edges by `tolerance` pixels at most.
    """
    found = []
    for loop in _loops(codes == index):
        area = _area(loop)
        if area > 0 and area / codes.size >= least:
            found.append(Region(tuple(_simplified(loop, tolerance)), area / codes.size))
    return sorted(found, key=lambda one: -one.share)


def _loops(mask: NDArray[np.bool_]) -> list[list[tuple[int, int]]]:
    """The closed ways along the pixels' edges around what is set, clockwise; holes run the other way."""
    inside = np.pad(mask, 1)
    core = inside[1:-1, 1:-1]
    ways: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def edges(open_side: NDArray[np.bool_], start: tuple[int, int], end: tuple[int, int]) -> None:
        rows, columns = np.nonzero(core & ~open_side)
        for y, x in zip(rows.tolist(), columns.tolist(), strict=True):
            ways.setdefault((x + start[0], y + start[1]), []).append((x + end[0], y + end[1]))

    edges(inside[:-2, 1:-1], (0, 0), (1, 0))
    edges(inside[1:-1, 2:], (1, 0), (1, 1))
    edges(inside[2:, 1:-1], (1, 1), (0, 1))
    edges(inside[1:-1, :-2], (0, 1), (0, 0))
    loops = []
    while ways:
        here = start = next(iter(ways))
        loop = []
        while True:
            loop.append(here)
            onward = ways[here]
            following = onward.pop()
            if not onward:
                del ways[here]
            here = following
            if here == start:
                break
        loops.append(loop)
    return loops


def _area(loop: Sequence[tuple[int, int]]) -> float:
    points = np.array(loop, float)
    x, y = points[:, 0], points[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def _simplified(loop: Sequence[tuple[int, int]], tolerance: float) -> list[tuple[float, float]]:
    """The loop with fewer corners (Douglas and Peucker, without recursion), closed."""
    points = np.array([*loop, loop[0]], float)
    kept = np.zeros(len(points), bool)
    # Split at the corner farthest from the first: a closed way has no ends of its own.
    far = int(np.argmax(((points - points[0]) ** 2).sum(axis=1)))
    kept[[0, far, -1]] = True
    pending = [(0, far), (far, len(points) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        start, along = points[first], points[last] - points[first]
        away = points[first + 1 : last] - start
        length = float(np.hypot(*along))
        distance = (
            np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / length if length else np.hypot(*away.T)
        )
        farthest = int(np.argmax(distance))
        if distance[farthest] > tolerance:
            middle = first + 1 + farthest
            kept[middle] = True
            pending += [(first, middle), (middle, last)]
    return [(float(x), float(y)) for x, y in points[kept]]
