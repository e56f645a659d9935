"""Flashes by WCAG 2.3.1, counted on grids of block means, and a quick look at what may flash before that.

A general flash is a pair of opposing changes in relative luminance of 0.1 or more where the darker image
is below 0.80. A red flash is a pair of opposing changes to and from a saturated red: R / (R + G + B) of
at least 0.8, and the two states more than 0.2 apart in CIE 1976 u'v'. (Red so dark that R - G - B of its
linear light is under 1/16 has no hue to speak of; the definition before this one had the same floor.)
More than three flashes within a second, over more than a quarter of a 341 x 256 window of a 1024 x 768
picture at the same time, are too many: blocks count that turn to the same side as so many others of a window
do, as those of a moving picture don't, which turn each when something passes through them.

Counting goes frame by frame; the quick look takes a second at once. More than three flashes within a second
are eight changes of direction of one block, with seven whole ways between them: its luminance goes seven
tenths in all and turns round seven times, or its red comes and goes seven times. Where no 10 degree field is
filled to a quarter with such blocks, there is nothing to count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from explainers.compositor.luminance import Luminance

STEP, DARKER = 0.1, 0.80
RED_SHARE, RED_APART, RED_FLOOR = 0.8, 0.2, 1 / 16
MOST, AREA = 3, 0.25
SCREEN, FIELD = (1024, 768), (341, 256)

WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)
TOGETHER_S = 1 / 30
"""Blocks turn together that do within this time; what moves through a picture turns each in its own."""
CHANGES = 2 * (MOST + 1)
"""A flash is two changes: so many within a second are one flash too many."""
_EPSILON = 1e-4
"""What storing luminance in 16 bits may take away."""

Blocks = NDArray[np.float32]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Flashing:
    """A stretch of frames with too many flashes. `share` is of the 10 degree field, at most;
    `region` is left, top, right, bottom as shares of the frame."""

    first: int
    last: int
    share: float
    red: bool
    region: tuple[float, float, float, float]


def flashes(frames: Iterable[tuple[int, Any]], fps: int, only: Mask | None = None) -> list[Flashing]:
    """Every stretch with too many flashes. `frames` are numbers and linear RGB of shape (rows, columns, 3),
    of each frame that is not the same as the one before, in order. With `only` (rows, columns) flashes are
    counted in these blocks alone."""
    found: list[Flashing] = []
    counters: list[_Counter] = []
    before: Blocks | None = None
    for number, grid in frames:
        light = np.asarray(grid, np.float32)
        blocks = light.reshape(-1, 3)
        if before is None:
            counters = [_General(light.shape[:2], fps), _Red(light.shape[:2], fps)]
            where = watched = np.flatnonzero(np.ones(len(blocks), bool) if only is None else only)
        else:
            # A block that is as it was turns nowhere.
            where = watched[(blocks[watched] != before[watched]).any(axis=1)]
        before = blocks.copy()
        for counter in counters:
            stretch = counter.take(number, where, blocks[where])
            if stretch is not None:
                _merge(found, stretch, fps)
    return found


def _merge(found: list[Flashing], new: Flashing, fps: int) -> None:
    """Add a stretch, or let it prolong the one of its sort that it overlaps."""
    for index in range(len(found) - 1, -1, -1):
        old = found[index]
        if old.red == new.red and new.first <= old.last + fps:
            bigger = new if new.share > old.share else old
            found[index] = Flashing(old.first, new.last, bigger.share, old.red, bigger.region)
            return
    found.append(new)


@dataclass
class _Counter:
    """Changes of direction of every block, and when the last of them were; blocks go by their number."""

    shape: tuple[int, ...]
    fps: int
    red = False
    _times: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.count = int(np.prod(self.shape))
        self._times = np.full((CHANGES, self.count), -(10**9), np.int64)
        self._turned = np.full((2, self.count), -(10**9), np.int64)

    def turned(self, where: Places, light: Blocks) -> tuple[Mask, Mask]:
        """Of the blocks at `where`, now of that `light`, whose state turned to one side, and to the other."""
        raise NotImplementedError

    def _together(self, number: int, sides: tuple[Places, Places]) -> Places:
        """The blocks whose turn counts from now on: with others of a field they turned to the same side."""
        found = []
        for last, where in zip(self._turned, sides, strict=True):
            last[where] = number
            if len(where):
                recent = last > number - max(1, round(self.fps * TOGETHER_S))
                found.append(np.flatnonzero(recent & crowded(recent.reshape(self.shape)).reshape(-1)))
                # Each turn counts once.
                last[found[-1]] = -(10**9)
        return np.concatenate(found) if found else np.empty(0, np.intp)

    def take(self, number: int, where: Places, light: Blocks) -> Flashing | None:
        """Count a frame in which the blocks at `where` changed; the stretch up to it where there now are too
        many flashes."""
        one, other = self.turned(where, light)
        turned = self._together(number, (where[one], where[other]))
        if not len(turned):
            return None
        times = self._times
        times[:-1, turned] = times[1:, turned]
        times[-1, turned] = number
        too_many = times[0] > number - self.fps
        if not too_many.any():
            return None
        share, region = densest(too_many.reshape(self.shape))
        if share <= AREA:
            return None
        first = int(times[0][too_many].min())
        return Flashing(first, number, share, self.red, region)


class _General(_Counter):
    """Relative luminance that goes up and down by a tenth or more."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._low = np.full(self.count, np.inf, np.float32)
        self._high = np.full(self.count, -np.inf, np.float32)
        self._going = np.zeros(self.count, np.int8)

    def turned(self, where: Places, light: Blocks) -> tuple[Mask, Mask]:
        now = light @ WEIGHTS
        low, high = np.minimum(self._low[where], now), np.maximum(self._high[where], now)
        going = self._going[where]
        up = (now - low >= STEP - _EPSILON) & (low < DARKER) & (going <= 0)
        down = (high - now >= STEP - _EPSILON) & (now < DARKER) & (going >= 0)
        turned = up | down
        self._going[where] = np.where(up, 1, np.where(down, -1, going))
        # From here on the way back is measured from the furthest point reached.
        self._low[where] = np.where(turned, now, low)
        self._high[where] = np.where(turned, now, high)
        return up, down


class _Red(_Counter):
    """To a saturated red and away from it."""

    red = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._in_red = np.zeros(self.count, bool)
        self._known = np.zeros(self.count, bool)
        self._plain = np.zeros((self.count, 2), np.float32)
        self._reddest = np.zeros((self.count, 2), np.float32)

    def turned(self, where: Places, light: Blocks) -> tuple[Mask, Mask]:
        red = saturated(light)
        in_red, known = self._in_red[where], self._known[where]
        plain, reddest = self._plain[where], self._reddest[where]
        hue = _chromaticity(light)
        away = _apart(hue, _PURE_RED)
        into = ~in_red & red & known & (_apart(hue, plain) > RED_APART)
        out = in_red & ~red & (_apart(hue, reddest) > RED_APART)
        # The states a change is measured from: the furthest from red, and the reddest, since the last one.
        further = out | (~in_red & ~into & (~known | (away > _apart(plain, _PURE_RED))) & ~red)
        redder = into | (in_red & red & (away < _apart(reddest, _PURE_RED)))
        first_red = ~known & red
        self._plain[where[further]] = hue[further]
        self._reddest[where[redder | first_red]] = hue[redder | first_red]
        self._in_red[where] = (in_red | into | first_red) & ~out
        self._known[where] = True
        return into, out


_PURE_RED = np.array([0.4507, 0.5229], np.float32)
_NEUTRAL = np.array([0.1978, 0.4683], np.float32)
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""From linear sRGB to CIE XYZ."""


def saturated(light: NDArray[Any]) -> Mask:
    """Which colours are a saturated red; linear RGB of shape (..., 3)."""
    red, green, blue = light[..., 0], light[..., 1], light[..., 2]
    bright: Mask = red - green - blue > RED_FLOOR
    return (red >= RED_SHARE * light.sum(axis=-1)) & bright


def _chromaticity(light: Blocks) -> Blocks:
    """CIE 1976 u'v' of linear RGB; black counts as neutral."""
    x, y, z = np.moveaxis(light @ TO_XYZ.T.astype(np.float32), -1, 0)
    total = x + 15 * y + 3 * z
    dark = total < 0.01
    total = np.where(dark, 1, total)
    hue = np.stack([4 * x / total, 9 * y / total], axis=-1)
    return np.where(dark[..., None], _NEUTRAL, hue).astype(np.float32)


def _apart(one: Blocks, other: Blocks) -> Blocks:
    difference = one - other
    return np.hypot(difference[..., 0], difference[..., 1])


def window_of(rows: int, columns: int) -> tuple[int, int]:
    """Rows and columns of blocks in a 10 degree field, for a picture shown as large as 1024 x 768 allows."""
    block = min(SCREEN[0] / columns, SCREEN[1] / rows)
    return min(rows, max(1, round(FIELD[1] / block))), min(columns, max(1, round(FIELD[0] / block)))


def _sums(mask: NDArray[Any], high: int, wide: int) -> NDArray[np.int64]:
    """How much of a mask lies in each window of that size."""
    rows, columns = mask.shape
    sums = np.zeros((rows + 1, columns + 1), np.int64)
    sums[1:, 1:] = mask.cumsum(axis=0).cumsum(axis=1)
    return sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]


def crowded(mask: Mask) -> Mask:
    """The blocks that lie in a 10 degree field of which the mask fills more than `AREA`."""
    high, wide = window_of(*mask.shape)
    full = _sums(mask, high, wide) > AREA * high * wide
    return _sums(np.pad(full, ((high - 1, high - 1), (wide - 1, wide - 1))), high, wide) > 0


def densest(mask: Mask) -> tuple[float, tuple[float, float, float, float]]:
    """The largest share of a 10 degree field that a mask fills, and where: shares of the frame."""
    rows, columns = mask.shape
    high, wide = window_of(rows, columns)
    windows = _sums(mask, high, wide)
    best = int(windows.argmax())
    top, left = divmod(best, windows.shape[1])
    ys, xs = np.nonzero(mask[top : top + high, left : left + wide])
    if not len(ys):
        return 0.0, (0.0, 0.0, 0.0, 0.0)
    region = (
        (left + int(xs.min())) / columns,
        (top + int(ys.min())) / rows,
        (left + int(xs.max()) + 1) / columns,
        (top + int(ys.max()) + 1) / rows,
    )
    return float(windows.flat[best] / (high * wide)), region


WAYS = CHANGES - 1
LEAST = WAYS * STEP - 0.01
"""What a flashing block's luminance goes at least in two seconds; a little less, for rounding."""

_AT_ONCE = 1 << 20
"""Changes of blocks that are looked at in one go, which bounds the memory."""


def flashing_blocks(summaries: Iterable[tuple[int, Luminance]], fps: int) -> Mask | None:
    """The blocks whose flashes have to be counted, of shape (rows, columns); None where none may flash.

    `summaries` come in order, each with the frame of the video it counts from.
    """
    seconds: _Seconds | None = None
    for start, luminance in summaries:
        seconds = seconds or _Seconds(luminance.rows, luminance.columns)
        for part in _parts(start, luminance, fps):
            seconds.add(*part)
    if seconds is None or not seconds.flashing.any():
        return None
    # Whether a turn counts depends on those around it, and on theirs: where some may flash, all are counted.
    return np.ones_like(seconds.flashing)


def _parts(start: int, luminance: Luminance, fps: int) -> Iterator[tuple[int, Any, Any]]:
    """Second by second, or less: its number, and the blocks that changed in it with their values."""
    if not len(luminance.frames):
        return
    second = (luminance.frames.astype(np.int64) + start) // fps
    ends = np.cumsum(luminance.counts, dtype=np.int64)
    # A part ends with its second, and where it would get too large.
    piece = np.stack([second, ends // _AT_ONCE])
    cuts = np.flatnonzero((piece[:, 1:] != piece[:, :-1]).any(axis=0)) + 1
    at = 0
    for last in [*cuts.tolist(), len(second)]:
        end = int(ends[last - 1])
        yield int(second[last - 1]), luminance.blocks[at:end], luminance.values[at:end]
        at = end


class _Seconds:
    """What each block did in the second under way and in the one before: how far its luminance went, how
    often it turned round, and how often it became a saturated red or ceased to be one."""

    def __init__(self, rows: int, columns: int):
        count = rows * columns
        self.flashing = np.zeros((rows, columns), bool)
        self._second = -1
        self._now, self._before = np.zeros((3, count)), np.zeros((3, count))
        # The last luminance, direction and redness of each block; unknown at first.
        self._light, self._way, self._red = np.full((3, count), np.nan)

    def add(self, second: int, blocks: NDArray[np.uint16], values: NDArray[np.uint16]) -> None:
        """Take in changes of one second, or of a part of it."""
        if second != self._second:
            self._before = self._now if second == self._second + 1 else np.zeros_like(self._now)
            self._now, self._second = np.zeros_like(self._now), second
        order = np.argsort(blocks, kind="stable")
        where, light = blocks[order], values[order] / np.float32(65535)
        went = _steps(where, light @ WEIGHTS, self._light)
        far, moves = np.abs(went), np.flatnonzero(went)
        turns = _steps(where[moves], np.sign(went[moves]), self._way) != 0
        reddens = _steps(where, saturated(light), self._red) != 0
        for row, (at, amount) in enumerate(((where, far), (where[moves], turns), (where, reddens))):
            self._now[row] += np.bincount(at, amount, self._now.shape[1])
        lengths, turned, reddened = self._now + self._before
        for mask in ((lengths >= LEAST) & (turned >= WAYS), reddened >= WAYS):
            grid = mask.reshape(self.flashing.shape)
            if mask.any() and densest(grid)[0] > AREA:
                self.flashing |= grid


def _steps(where: NDArray[np.uint16], state: NDArray[Any], last: NDArray[np.float64]) -> NDArray[np.float64]:
    """From each value to the next of the same block, the first from its `last` one, which is brought up to
    date. `where` are the blocks, in order; a first value that follows none is no step."""
    if not len(where):
        return np.empty(0)
    changes = where[1:] != where[:-1]
    first, final = np.concatenate([[True], changes]), np.concatenate([changes, [True]])
    now = state.astype(np.float64)
    was = np.concatenate([[0.0], now[:-1]])
    was[first] = last[where[first]]
    last[where[final]] = now[final]
    return np.nan_to_num(now - was)
