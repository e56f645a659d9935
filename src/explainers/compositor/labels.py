"""Label maps: which class each pixel has, read from a picture of colours, counted, outlined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps, UnidentifiedImageError

from explainers.confined import reader
from explainers.errors import Diagnostic, InvalidInput
from explainers.icc import srgb
from explainers.inputs import picture
from explainers.theme import channels, hex_color

Codes = NDArray[np.uint8]
"""For each pixel the place of its class, of shape (height, width)."""


@dataclass(frozen=True)
class LabelClass:
    """A class as its table names it, in words for the screen, its colour `#RRGGBB`, and its number in maps
    of numbers where the table gives one."""

    name: str
    words: str
    color: str
    id: int | None = None


def read_pixels(path: Path) -> NDArray[np.uint8]:
    """A still picture as sRGB, uint8 of shape (height, width, 3), upright, over white where transparent.

    InvalidInput names the file where it is none that can be read.
    """
    return _colors(path).copy()


@reader
def _colors(path: Path) -> NDArray[np.uint8]:
    return np.asarray(_read(path, srgb))


@reader
def _stored(path: Path) -> dict[str, Any]:
    """A picture as stored, upright: its mode and format, pixels as RGB, and numbers and alpha or None."""
    image = _read(path, _upright)
    numbers = np.asarray(image) if len(image.getbands()) == 1 else None
    if numbers is not None and not numbers.dtype.isnative:
        numbers = numbers.astype(np.int32)
    clear = np.asarray(image.convert("RGBA"))[:, :, 3] if image.has_transparency_data else None
    pixels = np.asarray(image.convert("RGB"))
    return {"mode": image.mode, "format": image.format, "pixels": pixels, "numbers": numbers, "alpha": clear}


def read_labels(path: Path, classes: Sequence[LabelClass]) -> Codes:
    """The class of each pixel of a label map, whether it holds the classes' colours or their ids.

    Numbers are ids only where the class table says which number is whose. InvalidInput names the file and
    what in it is of no class: a colour or a number, its share of the pixels and a place.
    """
    stored = _stored(path)
    mode, numbers, pixels = stored["mode"], stored["numbers"], stored["pixels"]
    if stored["alpha"] is not None and (hole := _place(stored["alpha"] < 255)):
        # Pixels laid over white would be counted for whatever class white is nearest to.
        raise _unfit(path, f"is transparent in {hole}; a label map gives each pixel a class: save it opaque")
    if numbers is None and (pixels == pixels[:, :, :1]).all():
        numbers = pixels[:, :, 0]
    # Modes of more than eight bits lose their numbers in colours; such a map can hold nothing but ids.
    deep, lossy = mode.startswith(("I", "F")), stored["format"] in ("JPEG", "WEBP")
    by_color, strangers = (None, None) if deep else _codes_by_color(pixels, classes, lossy)
    by_id = None if numbers is None else _codes_by_id(numbers, classes)
    if by_color is not None and strangers is None:
        gray = mode != "P" and by_id is not None and not np.array_equal(by_id, by_color)
        if gray:
            raise _unfit(path, "fits both the colours and the ids of its classes; save it in other colours")
        return by_color
    if by_id is not None:
        return by_id
    if numbers is not None and (deep or mode == "P" or _few(numbers, classes)):
        _no_ids(path, numbers, pixels, classes, mode == "P")
    assert strangers is not None
    raise _unfit(path, _strange(pixels, strangers, classes))


def _no_ids(
    path: Path,
    numbers: NDArray[np.generic],
    pixels: NDArray[np.uint8],
    classes: Sequence[LabelClass],
    indexed: bool,
) -> None:
    """InvalidInput where the map holds numbers that are no ids of its classes, or not known to be some."""
    found = [value.item() for value in np.unique(numbers)]
    what = "palette indices" if indexed else "numbers"
    listed = ", ".join(f"{value:g}" for value in found[:6]) + (", ..." if len(found) > 6 else "")
    palette = [channels(one.color) for one in classes]
    strange = [value for value in found if tuple(pixels[numbers == value][0].tolist()) not in palette]
    ids = [one.id for one in classes if one.id is not None]
    wrong = next((value for value in found if value not in ids), found[0]) if ids else (strange or found)[0]
    where = numbers == wrong
    said = f"{wrong:g}, {hex_color(pixels[where][0])}, in {_place(where)}"
    if not ids:
        way = "give the class table a column `id` with the number of each class"
        raise _unfit(path, f"holds {what} ({listed}) that are no class's colours, such as {said}; {way}")
    raise _unfit(path, f"holds {what}, and {said}, is no class's `id` or colour; give its class a row")


def _few(numbers: NDArray[np.generic], classes: Sequence[LabelClass]) -> bool:
    """Whether gray levels look like ids: whole ones, hardly more of them than classes, or low."""
    found = np.unique(numbers)
    return any(one.id is not None for one in classes) or len(found) <= len(classes) + 2


def _codes_by_id(numbers: NDArray[np.generic], classes: Sequence[LabelClass]) -> Codes | None:
    codes = np.full(numbers.shape, 255, np.uint8)
    for index, one in enumerate(classes):
        if one.id is not None:
            codes[numbers == one.id] = index
    return None if (codes == 255).any() else codes


FIT, NOISE, NEAR, BLOCK, STRAY = 12, 48, 3, 8, 0.04
"""How far from its class's colour a pixel may be: anywhere, and within BLOCK pixels of one that fits, as
compressed blocks are; NEAR pixels from an edge it may be a blend of what meets there. Of all pixels, STRAY
may be farther off, if they are no patch of 2 * NEAR + 1 pixels."""


def _codes_by_color(
    pixels: NDArray[np.uint8], classes: Sequence[LabelClass], lossy: bool = False
) -> tuple[Codes, NDArray[np.bool_] | None]:
    """The class of each pixel by its colour, and which pixels are of none; None where all have one."""
    palette = np.array([channels(one.color) for one in classes], np.int32)
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    seen = np.zeros(1 << 24, bool)
    seen[packed.reshape(-1)] = True
    colors = np.flatnonzero(seen)
    flat = np.stack([colors >> 16, colors >> 8 & 255, colors & 255], 1).astype(np.int32)
    best, nearest = np.full(len(flat), np.inf), np.zeros(len(flat), np.uint8)
    for index, color in enumerate(palette):
        distance = np.sqrt(((flat - color) ** 2).sum(axis=1))
        nearer = distance < best
        best[nearer], nearest[nearer] = distance[nearer], index
    apart = _apart(palette)
    odd = np.where(best <= min(FIT, apart), 0, np.where(best <= min(NOISE, apart), 1, 2))
    # A map that was saved as it was made has a few flat colours, one of each class; noise makes many.
    clean = not lossy and len(colors) <= max(64, 4 * len(classes))
    if clean:
        least = np.full(len(classes), np.inf)
        np.minimum.at(least, nearest, best)
        odd[best > least[nearest]] = 1
    table, far = np.zeros(1 << 24, np.uint8), np.zeros(1 << 24, np.uint8)
    table[colors], far[colors] = nearest, odd
    codes, off = table[packed], far[packed]
    if clean or not off.any():
        return codes, off > 0 if off.any() else None
    return _by_neighbors(pixels, codes, off, palette)


def _by_neighbors(
    pixels: NDArray[np.uint8], codes: Codes, off: NDArray[np.uint8], palette: NDArray[np.int32]
) -> tuple[Codes, NDArray[np.bool_] | None]:
    """What pixels that don't fit are, by those that do: noise of the same class, or a blend at an edge."""
    odd = np.nonzero(off)
    own, luma = codes[odd], _luma(pixels[odd])
    best = np.full(len(own), np.inf)
    low, high = np.full((len(own), 3), np.inf), np.full((len(own), 3), -np.inf)
    noise, meeting, codes = np.zeros(len(own), bool), np.zeros(len(own), np.uint8), codes.copy()
    for index, color in enumerate(palette):
        sure = (off == 0) & (codes == index)
        noise |= (own == index) & (off[odd] == 1) & _around(sure, BLOCK)[odd]
        near = _around(sure, NEAR)[odd]
        mixed = _luma(color)
        low[near], high[near] = np.minimum(low[near], mixed), np.maximum(high[near], mixed)
        meeting += near
        distance = np.where(near, ((pixels[odd].astype(np.int32) - color) ** 2).sum(axis=1), np.inf)
        nearer = distance < best
        best[nearer], own[nearer] = distance[nearer], index
    # Chroma has half the pixels of luma in most pictures, so a blend lies in a box and not on a line.
    between = ((luma >= low - NOISE / 2) & (luma <= high + NOISE / 2)).all(axis=1)
    blend = (meeting >= 2) & between
    kept = noise & ~blend
    codes[odd] = np.where(kept, codes[odd], own)
    strange = np.zeros(off.shape, bool)
    strange[odd] = ~(noise | blend)
    # Ringing leaves stray pixels of any colour; what is something else is a patch of it, or much in all.
    solid = not _around(~strange, NEAR).all()
    return codes, strange if solid or strange.mean() > STRAY else None


def _luma(pixels: NDArray[np.generic]) -> NDArray[np.float64]:
    """Luma and the two chroma differences as JPEG has them."""
    matrix = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])
    return np.asarray(pixels.astype(np.float64) @ matrix.T)


def _around(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """The pixels within `reach` of what is set, along both axes."""
    from scipy.ndimage import maximum_filter

    return np.asarray(maximum_filter(mask, 2 * reach + 1, mode="constant"))


def _apart(palette: NDArray[np.int32]) -> float:
    """Half the distance of the two classes whose colours are nearest to each other: nearer is unambiguous."""
    between = np.sqrt(((palette[:, None] - palette[None]) ** 2).sum(axis=2)).astype(float)
    return float(np.min(between[between > 0], initial=2 * NOISE)) / 2


def _strange(pixels: NDArray[np.uint8], strangers: NDArray[np.bool_], classes: Sequence[LabelClass]) -> str:
    """What is said of pixels of no class: their most frequent colour, its share, a place, and what to do."""
    colors, counts = np.unique(pixels[strangers], axis=0, return_counts=True)
    color = colors[np.argmax(counts)]
    place = _place(strangers & (pixels == color).all(axis=2))
    palette = np.array([channels(one.color) for one in classes], float)
    nearest = classes[int(np.argmin(((palette - color) ** 2).sum(axis=1)))]
    share = strangers.mean()
    said = f"has the colour {hex_color(color)} in {place}, which is no class's"
    said += f"; the nearest is {nearest.name}, {nearest.color}"
    if share >= 0.5:
        return f"{said}. {share:.0%} of its pixels fit no class: is `classes` the table of another data set?"
    others = f" (pixels of no class are {share:.2%} in all)" if len(colors) > 1 else ""
    return f"{said}{others}. Add its class, or save the map without compression and smoothing (PNG, nearest)"


def _place(mask: NDArray[np.bool_]) -> str:
    """`12.1 % of its pixels, first at x 3, y 4`; empty where nothing is set."""
    if not mask.any():
        return ""
    y, x = np.unravel_index(int(np.argmax(mask)), mask.shape)
    return f"{mask.mean():.2%} of its pixels, first at x {x}, y {y}".replace("%", "\u202f%")


def _read(path: Path, made: Callable[[Any], Any]) -> Any:
    """The picture in a file after `made`; InvalidInput names the file where it is none that can be read."""
    try:
        with picture(path) as image:
            found = made(image)
            found.load()
            return found
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        message = f"{path.name} is not a picture that can be read: {error}".replace(f"{path.parent}/", "")
        raise InvalidInput([Diagnostic("unreadable-picture", message)]) from error


def _upright(image: Any) -> Any:
    found = ImageOps.exif_transpose(image)
    found.format = image.format
    return found


def _unfit(path: Path, what: str) -> InvalidInput:
    return InvalidInput([Diagnostic("wrong-labels", f"{path.name} {what}")])


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
