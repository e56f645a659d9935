"""How lanes are painted: columns of pixels for any stretch of a run, whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainers.kinds.race.lanes import BEFORE, EXIT, Lanes
from explainers.theme import channels

FINE_PX = 2.5
"""Tokens at least this wide are cells of their own; narrower ones are a share of their column."""
GAP_PX = 6
"""Cells and bars at least this wide end with a gap."""
SHORT = 0.55
"""How high a token that left early is, beside one that went through all layers."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class LaneLook:
    """Colours as `#RRGGBB`: of tokens, of those that left early, of what is held without work, of errors."""

    work: str
    exit: str
    before: str
    held: str
    failed: str


@dataclass(frozen=True)
class LanePainter:
    """Paints `lanes` at `rate` pixels a run second from `from_s`; `rows` are each slot's top and bottom.

    Slots past the last row are not seen.
    """

    lanes: Lanes
    rate: float
    from_s: float
    rows: Sequence[tuple[int, int]]
    look: LaneLook
    gap: int

    @property
    def fine(self) -> bool:
        return self.lanes.typical_part_s * self.rate >= FINE_PX

    def __call__(self, first: int, pixels: Pixels) -> None:
        """Paint the columns from `first` on; see `film.tape`."""
        columns = pixels.shape[1]
        bars = self._bars(first, columns)
        for slot, left, right, _ in bars:
            self._fill(pixels, slot, left - first, right - first, self.look.held)
        parts = self._visible(first, columns)
        if self.fine:
            self._cells(pixels, first, *parts)
        else:
            self._shares(pixels, first, *parts)
        for slot, left, right, failed in bars:
            wide = right - left >= GAP_PX
            if failed:
                reach = max(2, min(3 * self.gap, (right - left) // 2))
                self._fill(pixels, slot, right - reach - first, right - first, self.look.failed)
            if wide:
                self._clear(pixels, slot, right - self.gap - first, right - first)

    def _column(self, s: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.floor((s - self.from_s) * self.rate + 0.5).astype(np.int64)

    def _bars(self, first: int, columns: int) -> list[tuple[int, int, int, bool]]:
        """Slot, first column, column past the last and failure of each bar in sight."""
        lanes = self.lanes
        left, right = self._column(lanes.bar_start_s), self._column(lanes.bar_end_s)
        seen = np.flatnonzero((left < first + columns) & (right > first) & (lanes.bar_slot < len(self.rows)))
        found = (lanes.bar_slot[seen], left[seen], right[seen], lanes.bar_failed[seen])
        return list(zip(*(each.tolist() for each in found), strict=True))

    def _visible(self, first: int, columns: int) -> tuple[NDArray[np.int64], ...]:
        """Slot, first column, column past the last and kind of each stretch in sight."""
        start_s = self.from_s + (first - 1) / self.rate
        part = self.lanes.parts(start_s, self.from_s + (first + columns + 1) / self.rate)
        lanes = self.lanes
        shown = (lanes.part_end_s[part] > start_s) & (lanes.part_slot[part] < len(self.rows))
        slot, kind = lanes.part_slot[part][shown], lanes.part_kind[part][shown]
        return (
            slot,
            self._column(lanes.part_start_s[part][shown]),
            self._column(lanes.part_end_s[part][shown]),
            kind,
        )

    def _cells(
        self,
        pixels: Pixels,
        first: int,
        slots: NDArray[np.int64],
        lefts: NDArray[np.int64],
        rights: NDArray[np.int64],
        kinds: NDArray[np.int64],
    ) -> None:
        colors = {BEFORE: self.look.before, EXIT: self.look.exit}
        found = zip(
            slots.tolist(), (lefts - first).tolist(), (rights - first).tolist(), kinds.tolist(), strict=True
        )
        for slot, left, right, kind in found:
            right -= 1 if right - left >= 4 else 0
            height = SHORT if kind == EXIT else 1.0
            if kind == EXIT:
                self._clear(pixels, slot, left, right)
            self._fill(pixels, slot, left, right, colors.get(kind, self.look.work), height)

    def _shares(
        self,
        pixels: Pixels,
        first: int,
        slots: NDArray[np.int64],
        lefts: NDArray[np.int64],
        rights: NDArray[np.int64],
        kinds: NDArray[np.int64],
    ) -> None:
        """Narrow tokens: the exits' colour rises from the bottom of each column by their share in it."""
        columns, count = pixels.shape[1], len(self.rows)
        long = (kinds == BEFORE) & (rights - lefts > 1)
        found = zip(
            slots[long].tolist(), (lefts[long] - first).tolist(), (rights[long] - first).tolist(), strict=True
        )
        for slot, left, right in found:
            self._fill(pixels, slot, left, right, self.look.before)
        work = kinds != BEFORE
        slots, lefts, rights, kinds = (each[work] for each in (slots, lefts - first, rights - first, kinds))
        all_of = _covered(slots, lefts, rights, (count, columns))
        left_early = kinds == EXIT
        out = _covered(slots[left_early], lefts[left_early], rights[left_early], (count, columns))
        for slot, (top, bottom) in enumerate(self.rows):
            busy = np.flatnonzero(all_of[slot])
            if not busy.size:
                continue
            share = out[slot, busy] / all_of[slot, busy]
            line = bottom - np.round(share * (bottom - top)).astype(int)
            green = np.arange(top, bottom)[:, None] >= line[None, :]
            strip = np.where(green[:, :, None], _bgra(self.look.exit), _bgra(self.look.work))
            pixels[top:bottom, busy] = strip

    def _fill(
        self, pixels: Pixels, slot: int, left: int, right: int, color: str, height: float = 1.0
    ) -> None:
        top, bottom = self.rows[slot]
        top = bottom - max(1, round((bottom - top) * height))
        pixels[top:bottom, max(0, left) : max(0, right)] = _bgra(color)

    def _clear(self, pixels: Pixels, slot: int, left: int, right: int) -> None:
        top, bottom = self.rows[slot]
        pixels[top:bottom, max(0, left) : max(0, right)] = 0


def _covered(
    slots: NDArray[np.int64], lefts: NDArray[np.int64], rights: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """How many of the stretches cover each column of each slot; every one covers a column at least."""
    edges = np.zeros((shape[0], shape[1] + 1))
    np.add.at(edges, (slots, np.clip(lefts, 0, shape[1])), 1)
    np.add.at(edges, (slots, np.clip(np.maximum(rights, lefts + 1), 0, shape[1])), -1)
    return np.asarray(np.cumsum(edges, axis=1)[:, :-1])


def _bgra(color: str) -> Pixels:
    red, green, blue = channels(color)
    return np.array([blue, green, red, 255], np.uint8)
