"""What in a video turns round often enough to flash: a quick look before flashes are counted.

Counting goes frame by frame; this takes a second at once. More than three flashes within a second are
eight changes of direction of one block, with seven whole ways between them: its luminance goes seven
tenths in all and turns round seven times, or its red comes and goes seven times. Where no 10 degree field
is filled to a quarter with such blocks, there is nothing to count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explainers.check.flashes import AREA, CHANGES, STEP, WEIGHTS, Mask, densest, saturated

if TYPE_CHECKING:
    from explainers.film.luminance import Luminance

WAYS = CHANGES - 1
LEAST = WAYS * STEP - 0.01
"""What a flashing block's luminance goes at least in two seconds; a little less, for rounding."""

_AT_ONCE = 1 << 20
"""Changes of blocks that are looked at in one go, which bounds the memory."""


def restless(summaries: Iterable[tuple[int, Luminance]], fps: int) -> Mask | None:
    """The blocks whose flashes have to be counted, of shape (rows, columns); None where there are none.

    `summaries` come in order, each with the frame of the video it counts from.
    """
    seconds: _Seconds | None = None
    for start, luminance in summaries:
        seconds = seconds or _Seconds(luminance.rows, luminance.columns)
        for part in _parts(start, luminance, fps):
            seconds.add(*part)
    return seconds.restless if seconds is not None and seconds.restless.any() else None


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
        self.restless = np.zeros((rows, columns), bool)
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
            grid = mask.reshape(self.restless.shape)
            if mask.any() and densest(grid)[0] > AREA:
                self.restless |= grid


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
